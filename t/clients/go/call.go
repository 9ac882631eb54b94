// How each of the official Go clients makes a call, and what it shows of an
// error.  The story that is told through them is in main.go.

package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/fnf"
)

const version = "2019-03-15"

type key struct{ id, secret, token string }

// A refusal as the client shows it.
type refusal struct {
	status        int
	code, message string
	// The host, where the client keeps it.
	host string
}

// One call; a refusal, or an error that is no answer of the server.
type caller func(action string, given map[string]string) (
	map[string]any, *refusal, error)

var reads = regexp.MustCompile(`^(Describe|List|Get|UpdateMapRun$)`)

func isRead(action string) bool {
	return reads.MatchString(action) && action != "DescribeRegions"
}

// Where a generic call puts its parameters: reads and task tokens in the
// query, the rest in a form.
func split(action string, given map[string]string) (query, form map[string]string) {
	query, form = map[string]string{}, map[string]string{}
	for name, value := range given {
		if isRead(action) || name == "TaskToken" {
			query[name] = value
		} else {
			form[name] = value
		}
	}
	return query, form
}

func method(action string) string {
	if isRead(action) {
		return "GET"
	}
	return "POST"
}

// The old SDK: without classes, as the command line tool uses it.
func common(host string, who key) caller {
	client := oldClient(who)
	return func(action string, given map[string]string) (map[string]any, *refusal, error) {
		request := requests.NewCommonRequest()
		request.Version, request.ApiName, request.Product = version, action, "fnf"
		request.Scheme, request.Domain, request.Method = "http", host, method(action)
		request.QueryParams, request.FormParams = split(action, flatten(given))
		answer, err := client.ProcessCommonRequest(request)
		if err != nil {
			return nil, oldRefusal(err), err
		}
		return decoded(answer.GetHttpContentString())
	}
}

func oldClient(who key) *sdk.Client {
	config := sdk.NewConfig().WithTimeout(70 * time.Second).WithAutoRetry(false)
	var credential auth.Credential = credentials.NewAccessKeyCredential(who.id, who.secret)
	if who.token != "" {
		credential = credentials.NewStsTokenCredential(who.id, who.secret, who.token)
	}
	client, err := sdk.NewClientWithOptions("cn-hangzhou", config, credential)
	if err != nil {
		panic(err)
	}
	return client
}

func oldRefusal(err error) *refusal {
	server, ok := err.(*errors.ServerError)
	if !ok {
		return nil
	}
	return &refusal{server.HttpStatus(), server.ErrorCode(), server.Message(), server.HostId()}
}

// The form that generic clients send a list in.
func flatten(given map[string]string) map[string]string {
	flat := map[string]string{}
	for name, value := range given {
		var list []map[string]any
		if name != "RoutingConfigurations" || json.Unmarshal([]byte(value), &list) != nil {
			flat[name] = value
			continue
		}
		for i, one := range list {
			for member, value := range one {
				flat[fmt.Sprintf("%s.%d.%s", name, i+1, member)] = fmt.Sprint(value)
			}
		}
	}
	return flat
}

// The old SDK's classes, which read every answer into types of their own.
var classes = map[string]func() (requests.AcsRequest, responses.AcsResponse){
	"CreateFlow": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateCreateFlowRequest(), fnf.CreateCreateFlowResponse()
	},
	"UpdateFlow": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateUpdateFlowRequest(), fnf.CreateUpdateFlowResponse()
	},
	"DeleteFlow": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateDeleteFlowRequest(), fnf.CreateDeleteFlowResponse()
	},
	"DescribeFlow": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateDescribeFlowRequest(), fnf.CreateDescribeFlowResponse()
	},
	"ListFlows": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateListFlowsRequest(), fnf.CreateListFlowsResponse()
	},
	"StartExecution": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateStartExecutionRequest(), fnf.CreateStartExecutionResponse()
	},
	"StartSyncExecution": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateStartSyncExecutionRequest(), fnf.CreateStartSyncExecutionResponse()
	},
	"StopExecution": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateStopExecutionRequest(), fnf.CreateStopExecutionResponse()
	},
	"DescribeExecution": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateDescribeExecutionRequest(), fnf.CreateDescribeExecutionResponse()
	},
	"ListExecutions": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateListExecutionsRequest(), fnf.CreateListExecutionsResponse()
	},
	"GetExecutionHistory": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateGetExecutionHistoryRequest(), fnf.CreateGetExecutionHistoryResponse()
	},
	"ReportTaskSucceeded": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateReportTaskSucceededRequest(), fnf.CreateReportTaskSucceededResponse()
	},
	"ReportTaskFailed": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateReportTaskFailedRequest(), fnf.CreateReportTaskFailedResponse()
	},
	"CreateSchedule": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateCreateScheduleRequest(), fnf.CreateCreateScheduleResponse()
	},
	"UpdateSchedule": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateUpdateScheduleRequest(), fnf.CreateUpdateScheduleResponse()
	},
	"DeleteSchedule": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateDeleteScheduleRequest(), fnf.CreateDeleteScheduleResponse()
	},
	"DescribeSchedule": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateDescribeScheduleRequest(), fnf.CreateDescribeScheduleResponse()
	},
	"ListSchedules": func() (requests.AcsRequest, responses.AcsResponse) {
		return fnf.CreateListSchedulesRequest(), fnf.CreateListSchedulesResponse()
	},
}

// With classes where there are some; parameters and actions that came after
// them go the other way.
func typed(host string, who key) caller {
	client, rest := oldClient(who), common(host, who)
	return func(action string, given map[string]string) (map[string]any, *refusal, error) {
		class := classes[action]
		if class == nil {
			return rest(action, given)
		}
		request, response := class()
		fields := reflect.ValueOf(request).Elem()
		for name, value := range given {
			field := fields.FieldByName(name)
			if !field.IsValid() {
				return rest(action, given)
			}
			field.SetString(value)
		}
		request.SetScheme("http")
		request.SetDomain(host)
		if err := client.DoAction(request, response); err != nil {
			return nil, oldRefusal(err), err
		}
		answer, _, err := decoded(response.GetHttpContentString())
		if err != nil {
			return nil, nil, err
		}
		return overlaid(answer, response)
	}
}

// What the class has read takes the place of what was sent.
func overlaid(answer map[string]any, response any) (map[string]any, *refusal, error) {
	text, err := json.Marshal(response)
	if err != nil {
		return nil, nil, err
	}
	read, _, err := decoded(string(text))
	for name, value := range read {
		if _, sent := answer[name]; sent {
			answer[name] = value
		}
	}
	return answer, nil, err
}

func decoded(text string) (answer map[string]any, none *refusal, err error) {
	err = json.Unmarshal([]byte(text), &answer)
	return answer, nil, err
}

// The core of the new SDKs: "v2" is signature V1, anything else V3.
func core(algorithm string) func(host string, who key) caller {
	return func(host string, who key) caller {
		config := &utils.Config{Endpoint: tea.String(host), Protocol: tea.String("http"),
			AccessKeyId: tea.String(who.id), AccessKeySecret: tea.String(who.secret)}
		if who.token != "" {
			config.SecurityToken, config.Type = tea.String(who.token), tea.String("sts")
		}
		if algorithm != "" {
			config.SignatureAlgorithm = tea.String(algorithm)
		}
		client, err := openapi.NewClient(config)
		if err != nil {
			panic(err)
		}
		runtime := &dara.RuntimeOptions{ReadTimeout: tea.Int(70000), ConnectTimeout: tea.Int(5000)}
		return func(action string, given map[string]string) (map[string]any, *refusal, error) {
			query, form := split(action, given)
			request := &utils.OpenApiRequest{Query: pointers(query)}
			if !isRead(action) {
				body := map[string]any{}
				for name, value := range form {
					body[name] = value
				}
				request.Body = body
			}
			answer, err := client.CallApi(&utils.Params{Action: tea.String(action),
				Version: tea.String(version), Protocol: tea.String("HTTP"),
				Pathname: tea.String("/"), Method: tea.String(method(action)),
				AuthType: tea.String("AK"), Style: tea.String("RPC"),
				ReqBodyType: tea.String("formData"), BodyType: tea.String("json")}, request, runtime)
			if err != nil {
				return nil, newRefusal(err), err
			}
			// Numbers and lists as plain JSON has them.
			text, err := json.Marshal(answer["body"])
			if err != nil {
				return nil, nil, err
			}
			return decoded(string(text))
		}
	}
}

func pointers(given map[string]string) map[string]*string {
	all := map[string]*string{}
	for name, value := range given {
		all[name] = tea.String(value)
	}
	return all
}

func newRefusal(err error) *refusal {
	server, ok := err.(*tea.SDKError)
	if !ok || server.StatusCode == nil {
		return nil
	}
	var data struct{ Message, HostId string }
	if json.Unmarshal([]byte(tea.StringValue(server.Data)), &data) != nil {
		return nil
	}
	shown := tea.StringValue(server.Message)
	if !strings.Contains(shown, data.Message) {
		data.Message = shown
	}
	return &refusal{*server.StatusCode, tea.StringValue(server.Code), data.Message, data.HostId}
}
