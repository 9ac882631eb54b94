// The official Go clients, unmodified, against a running server:
//
//	clients KIND HOST:PORT ID SECRET [TOKEN]
//
// One story is told to each kind; see call.go for how they differ.

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"time"
)

var kinds = map[string]func(host string, who key) caller{
	"go-common":     common,
	"go-fnf":        typed,
	"go-openapi-v1": core("v2"),
	"go-openapi-v3": core(""),
}

var (
	kind, host string
	who        key
	client     caller
	count      int
	failed     int
	called     = map[string]bool{} // what was answered well
)

type params map[string]string

func ok(good bool, name string, got any) {
	count++
	state := "ok"
	if !good {
		failed++
		state = "not ok"
	}
	fmt.Printf("%s %d - %s: %s\n", state, count, kind, name)
	if !good {
		text, _ := json.Marshal(got)
		fmt.Printf("# got %s\n", text)
	}
}

// Both as JSON has them: the order of members is free.
func is(got, want any, name string) {
	ok(reflect.DeepEqual(plain(got), plain(want)), name, got)
}

func plain(value any) (out any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	if err = json.Unmarshal(text, &out); err != nil {
		panic(err)
	}
	return out
}

func call(action string, given params) map[string]any {
	answer, _, err := client(action, given)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", action, err))
	}
	called[action] = true
	return answer
}

func refused(name string, status int, code, message, action string, given params) {
	refusedAs(client, name, status, code, message, action, given)
}

// An empty message is any.
func refusedAs(as caller, name string, status int, code, message, action string, given params) {
	answer, refusal, err := as(action, given)
	if refusal == nil {
		ok(false, name, fmt.Sprint(answer, err))
		return
	}
	ok(refusal.status == status && refusal.code == code && refusal.host != "" &&
		(message == "" || refusal.message == message), name, fmt.Sprint(*refusal))
}

func pages(action, member string, limit int, given params) []map[string]any {
	all, next := []map[string]any{}, ""
	for round := 0; round < 1000; round++ {
		asked := params{"Limit": fmt.Sprint(limit)}
		for name, value := range given {
			asked[name] = value
		}
		if next != "" {
			asked["NextToken"] = next
		}
		answer := call(action, asked)
		page := rows(answer, member)
		if len(page) > limit {
			panic(fmt.Sprintf("%s: a page of %d", action, len(page)))
		}
		all = append(all, page...)
		if next, _ = answer["NextToken"].(string); next == "" {
			break
		}
	}
	return all
}

func rows(answer map[string]any, member string) []map[string]any {
	list, found := answer[member].([]any)
	if !found {
		panic(fmt.Sprintf("no %s in %v", member, answer))
	}
	all := []map[string]any{}
	for _, one := range list {
		all = append(all, one.(map[string]any))
	}
	return all
}

func column(all []map[string]any, name string) []any {
	values := []any{}
	for _, row := range all {
		values = append(values, row[name])
	}
	return values
}

func members(answer map[string]any, names ...string) []any {
	values := []any{}
	for _, name := range names {
		values = append(values, answer[name])
	}
	return values
}

// JSON that stands in a string.
func inside(text any) (value any) {
	written, _ := text.(string)
	if json.Unmarshal([]byte(written), &value) != nil {
		return nil
	}
	return value
}

var (
	uuid  = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	clock = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
)

func matches(pattern *regexp.Regexp, value any) bool {
	text, isText := value.(string)
	return isText && pattern.MatchString(text)
}

const (
	never   = "1970-01-01T00:00:00Z"
	passing = `Type: StateMachine
SpecVersion: v1
Name: f
StartAt: greet
States:
  - Type: Pass
    Name: greet
    OutputConstructor:
      text.$: format("hello {}", $Input.who)
    End: true
`
	waiting = `version: v1
type: flow
steps:
  - type: wait
    name: pause
    duration: %d
  - type: pass
    name: after
    outputMappings:
      - target: who
        source: $input.who
`
	asking = `version: v1
type: flow
steps:
  - type: task
    name: greet
    resourceArn: acs:fc:::services/demo/functions/greet
  - type: task
    name: ask
    resourceArn: acs:fc:::services/demo/functions/keep
    pattern: waitForCallback
    inputMappings:
      - target: token
        source: $context.task.token
      - target: name
        source: $input.name
`
	mapping = `Type: StateMachine
SpecVersion: v1
Name: f
StartAt: Each
States:
  - Type: Map
    Name: Each
    ItemsPath: $Input.names
    MaxConcurrency: 1
    ProcessorConfig:
      ExecutionMode: Standard
    ItemConstructor:
      name.$: $Item
    Processor:
      StartAt: Ask
      States:
        - Type: Task
          Name: Ask
          Action: FC:InvokeFunction
          TaskMode: WaitForCustomCallback
          Parameters:
            resourceArn: acs:fc:cn:1:functions/keep
            body:
              token.$: $Context.Current.TaskToken
              name.$: $Input.name
          End: true
    End: true
`
	express = `Type: StateMachine
SpecVersion: v1
Name: f
StartAt: which
States:
  - Type: Choice
    Name: which
    Branches:
      - Condition: $Input.who == "nobody"
        Next: refuse
    Default: greet
  - Type: Fail
    Name: refuse
    Code: Nobody
    Detail: is there & waits
  - Type: Pass
    Name: greet
    OutputConstructor:
      text.$: format("hello {}", $Input.who)
    End: true
`
	awkward = "a b+c*d~e/\u00e9=&%"
)

func create(name, definition string) map[string]any {
	return call("CreateFlow", params{"Name": name, "Definition": definition,
		"Description": "a + b", "Type": "FDL"})
}

func flows(name string) {
	made := call("CreateFlow", params{"Name": name, "Definition": passing, "Type": "FDL",
		"Description": awkward, "RoleArn": "acs:ram::1:role/r"})
	ok(matches(uuid, made["Id"]) && matches(uuid, made["RequestId"]) &&
		matches(clock, made["CreatedTime"]), "CreateFlow: ids and times", made)
	is(members(made, "Name", "Definition", "Description", "Type", "ExecutionMode", "RoleArn"),
		[]any{name, passing, awkward, "FDL", "Standard", "acs:ram::1:role/r"}, "CreateFlow: members")
	refused("CreateFlow: the name is taken", 409, "FlowAlreadyExists",
		fmt.Sprintf("Flow '%s' already exists.", name), "CreateFlow",
		params{"Name": name, "Definition": passing, "Description": "x", "Type": "FDL"})
	seen := call("DescribeFlow", params{"Name": name})
	is(members(seen, "Id", "Definition", "CreatedTime", "LastModifiedTime"),
		members(made, "Id", "Definition", "CreatedTime", "LastModifiedTime"), "DescribeFlow")
	refused("DescribeFlow: no such flow", 404, "FlowNotExists",
		fmt.Sprintf("Flow '%sx' does not exist.", name), "DescribeFlow", params{"Name": name + "x"})
	changed := call("UpdateFlow", params{"Name": name, "Definition": fmt.Sprintf(waiting, 1)})
	is(members(changed, "Id", "Description", "Definition"),
		[]any{made["Id"], awkward, fmt.Sprintf(waiting, 1)}, "UpdateFlow: what is not given stays")

	want := []any{name}
	for _, end := range []string{"_a", "_b", "_c"} {
		create(name+end, passing)
		want = append(want, name+end)
	}
	for _, limit := range []int{2, 1000} {
		own := []any{}
		for _, one := range column(pages("ListFlows", "Flows", limit, nil), "Name") {
			if strings.HasPrefix(one.(string), name) {
				own = append(own, one)
			}
		}
		is(own, want, fmt.Sprintf("ListFlows: in pages of %d", limit))
	}
	for _, end := range []string{"_a", "_b", "_c"} {
		call("DeleteFlow", params{"Name": name + end})
	}
	refused("DeleteFlow: a second time", 404, "FlowNotExists", "", "DeleteFlow",
		params{"Name": name + "_a"})
}

func executions(name string) {
	input := fmt.Sprintf(`{"who": "%s"}`, awkward)
	at := params{"FlowName": name, "ExecutionName": "first"}
	start := params{"FlowName": name, "ExecutionName": "first", "Input": input}
	started := call("StartExecution", start)
	is(members(started, "FlowName", "Name", "Status", "Input", "Output", "StoppedTime", "FlowDefinition"),
		[]any{name, "first", "Running", input, "", never, fmt.Sprintf(waiting, 1)}, "StartExecution")
	is(call("StartExecution", start)["StartedTime"], started["StartedTime"],
		"StartExecution: a running name is the same execution")
	ended := call("DescribeExecution", params{"FlowName": name, "ExecutionName": "first",
		"WaitTimeSeconds": "20"})
	is([]any{ended["Status"], inside(ended["Output"])},
		[]any{"Succeeded", map[string]any{"who": awkward}}, "DescribeExecution: long poll to the end")
	refused("StartExecution: the name of an ended one", 400, "ExecutionAlreadyExists",
		fmt.Sprintf("Execution 'first' for flow '%s' already exists.", name), "StartExecution", start)
	refused("DescribeExecution: none", 404, "ExecutionNotExists",
		fmt.Sprintf("Execution 'none' for flow '%s' does not exist.", name), "DescribeExecution",
		params{"FlowName": name, "ExecutionName": "none"})

	events := pages("GetExecutionHistory", "Events", 3, at)
	is(column(events, "Type"), []any{"ExecutionStarted", "StepEntered", "StepStarted",
		"StepSucceeded", "StepExited", "StepEntered", "StepStarted", "StepSucceeded", "StepExited",
		"ExecutionSucceeded"}, "GetExecutionHistory: in pages")
	is(column(events, "EventId"), []any{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "GetExecutionHistory: EventId")
	is(column(events, "StepName"), []any{"", "pause", "pause", "pause", "pause", "after", "after",
		"after", "after", ""}, "GetExecutionHistory: StepName")

	call("UpdateFlow", params{"Name": name, "Definition": fmt.Sprintf(waiting, 3600)})
	for i := 0; i < 4; i++ {
		call("StartExecution", params{"FlowName": name, "ExecutionName": fmt.Sprintf("long%d", i)})
		time.Sleep(5 * time.Millisecond)
	}
	stop := params{"FlowName": name, "ExecutionName": "long1", "Error": "Enough", "Cause": awkward}
	is(members(call("StopExecution", stop), "Name", "Status"), []any{"long1", "Stopped"}, "StopExecution")
	refused("StopExecution: twice", 400, "ExecutionAlreadyCompleted", fmt.Sprintf(
		"Execution 'long1' for flow '%s' has already completed.", name), "StopExecution", stop)
	list := func(limit int, more params) []any {
		asked := params{"FlowName": name, "ExecutionNamePrefix": "long"}
		for name, value := range more {
			asked[name] = value
		}
		return column(pages("ListExecutions", "Executions", limit, asked), "Name")
	}
	is(list(2, nil), []any{"long3", "long2", "long1", "long0"}, "ListExecutions: newest first, in pages")
	is(list(100, params{"Status": "Stopped"}), []any{"long1"}, "ListExecutions: Status")
	bare := call("ListExecutions", params{"FlowName": name, "MetadataOnly": "true"})
	is(column(rows(bare, "Executions"), "Input"), []any{nil, nil, nil, nil, nil},
		"ListExecutions: MetadataOnly")
	call("DeleteFlow", params{"Name": name})
	refused("DeleteFlow: its executions are gone", 404, "FlowNotExists", "", "DescribeExecution", at)
}

func routes(pairs ...[2]any) string {
	list := []map[string]any{}
	for _, pair := range pairs {
		list = append(list, map[string]any{"Version": pair[0], "Weight": pair[1]})
	}
	text, _ := json.Marshal(list)
	return string(text)
}

func versions(name string) {
	at := params{"FlowName": name}
	alias := params{"FlowName": name, "Name": "prod"}
	create(name, passing)
	first := call("PublishFlowVersion", params{"FlowName": name, "Description": awkward})
	is(members(first, "FlowName", "Version", "Description"), []any{name, "1", awkward},
		"PublishFlowVersion")
	call("UpdateFlow", params{"Name": name, "Definition": fmt.Sprintf(waiting, 1)})
	for _, number := range []string{"2", "3", "4"} {
		is(call("PublishFlowVersion", at)["Version"], number, "PublishFlowVersion: "+number)
	}
	is(column(pages("ListFlowVersions", "FlowVersions", 3, at), "Version"),
		[]any{"4", "3", "2", "1"}, "ListFlowVersions: newest first, in pages")
	is(call("DescribeFlow", params{"Name": name, "FlowVersion": "1"})["Definition"], passing,
		"DescribeFlow: FlowVersion")

	made := call("CreateFlowAlias", params{"FlowName": name, "Name": "prod", "Description": "d",
		"RoutingConfigurations": routes([2]any{"1", 30}, [2]any{"2", 70})})
	is(members(made, "FlowName", "Name", "Description", "RoutingConfigurations"),
		[]any{name, "prod", "d", []any{map[string]any{"Version": "1", "Weight": 30},
			map[string]any{"Version": "2", "Weight": 70}}}, "CreateFlowAlias: flat")
	refused("DeleteFlowVersion: in use", 409, "FlowVersionInUse",
		fmt.Sprintf("Version '2' of flow '%s' is used by alias 'prod'.", name), "DeleteFlowVersion",
		params{"FlowName": name, "FlowVersion": "2"})
	changed := call("UpdateFlowAlias", params{"FlowName": name, "Name": "prod",
		"RoutingConfigurations": routes([2]any{"1", 20})})["Alias"].(map[string]any)
	is(members(changed, "Name", "Description", "RoutingConfigurations", "CreatedTime"),
		[]any{"prod", "d", []any{map[string]any{"Version": "1", "Weight": 20}}, made["CreatedTime"]},
		"UpdateFlowAlias: nested")
	is(call("DescribeFlowAlias", alias)["Alias"], changed, "DescribeFlowAlias")
	is(rows(call("ListFlowAliases", at), "Aliases")[0]["RoutingConfigurations"],
		[]any{map[string]any{"Version": "1", "Weight": "20"}}, "ListFlowAliases: weights are strings")
	is(call("StartExecution", params{"FlowName": name, "ExecutionName": "q", "Qualifier": "prod",
		"Input": `{"who":"q"}`})["FlowDefinition"], passing, "StartExecution: Qualifier")
	is(column(pages("ListExecutions", "Executions", 9, params{"FlowName": name, "Qualifier": "1"}),
		"Name"), []any{"q"}, "ListExecutions: Qualifier")
	call("DeleteFlowAlias", alias)
	refused("DeleteFlowAlias: gone", 404, "FlowAliasNotExists",
		fmt.Sprintf("Alias 'prod' for flow '%s' does not exist.", name), "DescribeFlowAlias", alias)
	call("DeleteFlowVersion", params{"FlowName": name, "FlowVersion": "4"})
	is(call("PublishFlowVersion", at)["Version"], "5", "DeleteFlowVersion: no number is used again")
	call("DeleteFlow", params{"Name": name})
}

// The token that a function was given under this name; see clients.py.
func tokenOf(name string) string {
	answer, err := http.Get(os.Getenv("CLOUDFLOW_SERVICE") + "/" + name)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		panic("no token for " + name)
	}
	return string(text)
}

func end(flow, execution string) map[string]any {
	return call("DescribeExecution", params{"FlowName": flow, "ExecutionName": execution,
		"WaitTimeSeconds": "20"})
}

func tasks(name string) {
	create(name, asking)
	tokens := map[string]string{}
	for _, one := range []string{"good", "bad"} {
		call("StartExecution", params{"FlowName": name, "ExecutionName": one,
			"Input": fmt.Sprintf(`{"who":"%s","name":"%s_%s"}`, one, name, one)})
		tokens[one] = tokenOf(name + "_" + one)
	}
	done := params{"TaskToken": tokens["good"], "Output": `{"by":"` + awkward + `"}`}
	is(call("ReportTaskSucceeded", done)["EventId"].(float64) > 0, true, "ReportTaskSucceeded")
	seen := end(name, "good")
	is([]any{seen["Status"], inside(seen["Output"])}, []any{"Succeeded",
		map[string]any{"text": "hello good", "by": awkward}}, "ReportTaskSucceeded: is the output")
	refused("ReportTaskSucceeded: a second time", 400, "TaskAlreadyCompleted", "",
		"ReportTaskSucceeded", done)
	call("ReportTaskFailed", params{"TaskToken": tokens["bad"], "Error": "Refused", "Cause": awkward})
	is(end(name, "bad")["Status"], "Failed", "ReportTaskFailed")
	events := pages("GetExecutionHistory", "Events", 1000,
		params{"FlowName": name, "ExecutionName": "bad"})
	is(inside(events[len(events)-1]["EventDetail"]),
		map[string]any{"error": "Refused", "cause": awkward}, "ReportTaskFailed: is the error")
	refused("ReportTaskFailed: a token that is none", 400, "InvalidArgument", "",
		"ReportTaskFailed", params{"TaskToken": "nonsense", "Error": "E"})
}

func mapRuns(name string) {
	create(name, mapping)
	items := []string{name + "_0", name + "_1"}
	input, _ := json.Marshal(map[string]any{"names": items})
	call("StartExecution", params{"FlowName": name, "ExecutionName": "e", "Input": string(input)})
	tokens := []string{tokenOf(items[0])}
	run := ""
	for _, event := range pages("GetExecutionHistory", "Events", 1000,
		params{"FlowName": name, "ExecutionName": "e"}) {
		if event["Type"] == "MapRunStarted" {
			detail := inside(event["EventDetail"]).(map[string]any)["output"]
			run = detail.(map[string]any)["MapRunName"].(string)
		}
	}
	at := params{"FlowName": name, "ExecutionName": "e", "MapRunName": run}
	is(members(call("DescribeMapRun", at), "MapRunName", "Status", "Concurrency", "ItemCounts"),
		[]any{run, "Running", 1, map[string]any{"Total": 2, "Pending": 1, "Running": 1, "Succeed": 0,
			"Failed": 0, "Aborted": 0}}, "DescribeMapRun")
	is(members(call("UpdateMapRun", params{"FlowName": name, "ExecutionName": "e", "MapRunName": run,
		"Concurrency": "2", "ToleratedFailedPercentage": "50"}), "MapRunName", "Concurrency",
		"ToleratedFailedPercentage"), []any{run, 2, 50}, "UpdateMapRun")
	tokens = append(tokens, tokenOf(items[1]))
	call("ReportTaskFailed", params{"TaskToken": tokens[0], "Error": "E"})
	call("ReportTaskSucceeded", params{"TaskToken": tokens[1], "Output": `{"n":1}`})
	seen := end(name, "e")
	is([]any{seen["Status"], inside(seen["Output"])}, []any{"Succeeded",
		map[string]any{"Items": []any{nil, map[string]any{"n": 1}}}}, "a map run: half may fail")
	is(call("DescribeMapRun", at)["Status"], "Succeeded", "DescribeMapRun: the end")
	at["MapRunName"] = strings.Repeat("0", 32)
	refused("DescribeMapRun: no such run", 404, "MapRunNotExists", "", "DescribeMapRun", at)
}

func sync(name string) {
	made := call("CreateFlow", params{"Name": name, "Definition": express, "Description": "d",
		"Type": "FDL", "ExecutionMode": "Express"})
	is(made["ExecutionMode"], "Express", "CreateFlow: Express")
	input, _ := json.Marshal(map[string]string{"who": awkward})
	seen := call("StartSyncExecution", params{"FlowName": name, "ExecutionName": "one",
		"Input": string(input)})
	is([]any{seen["FlowName"], seen["Status"], inside(seen["Output"]), seen["ErrorCode"]},
		[]any{name, "Succeeded", map[string]any{"text": "hello " + awkward}, nil},
		"StartSyncExecution: its end is the answer")
	ok(strings.HasPrefix(seen["Name"].(string), "one:"), "StartSyncExecution: Name", seen)
	lost := call("StartSyncExecution", params{"FlowName": name, "Input": `{"who":"nobody"}`})
	is(members(lost, "Status", "ErrorCode", "ErrorMessage"),
		[]any{"Failed", "Nobody", "is there & waits"}, "StartSyncExecution: a failed one")
	refused("StartExecution: of an Express flow", 400, "ActionNotSupported",
		"Express execution is not supported", "StartExecution", params{"FlowName": name})
	call("DeleteFlow", params{"Name": name})
}

func schedules(name string) {
	create(name, passing)
	at := params{"FlowName": name, "ScheduleName": "s"}
	made := call("CreateSchedule", params{"FlowName": name, "ScheduleName": "s", "Enable": "false",
		"CronExpression": "0 0/10 3 * * ?", "Description": awkward, "Payload": `{"who": "a b+c"}`})
	is(members(made, "ScheduleName", "CronExpression", "Description", "Payload", "Enable"),
		[]any{"s", "0 0/10 3 * * ?", awkward, `{"who": "a b+c"}`, false}, "CreateSchedule")
	seen := call("DescribeSchedule", at)
	delete(made, "RequestId")
	delete(seen, "RequestId")
	is(seen, made, "DescribeSchedule")
	refused("CreateSchedule: the name is taken", 409, "ScheduleAlreadyExists",
		fmt.Sprintf("The schedule 's' already exists in flow '%s'.", name), "CreateSchedule",
		params{"FlowName": name, "ScheduleName": "s", "CronExpression": "@every 9m"})
	call("CreateSchedule", params{"FlowName": name, "ScheduleName": "r", "CronExpression": "@every 99m"})
	list := pages("ListSchedules", "Schedules", 1, params{"FlowName": name})
	is([]any{column(list, "ScheduleName"), column(list, "Enable")},
		[]any{[]any{"r", "s"}, []any{true, false}}, "ListSchedules: by name, in pages")
	changed := call("UpdateSchedule", params{"FlowName": name, "ScheduleName": "s", "Enable": "true",
		"CronExpression": time.Now().UTC().Add(3 * time.Second).Format("5 4 15 * * ?")})
	is(members(changed, "Enable", "Payload", "ScheduleId"),
		[]any{true, made["Payload"], made["ScheduleId"]}, "UpdateSchedule")
	fired := []any{}
	for i := 0; i < 300 && len(fired) == 0; i++ {
		time.Sleep(50 * time.Millisecond)
		fired = column(rows(call("ListExecutions", params{"FlowName": name}), "Executions"), "Input")
	}
	is(fired, []any{made["Payload"]}, "a schedule starts an execution")
	for _, one := range []string{"r", "s"} {
		call("DeleteSchedule", params{"FlowName": name, "ScheduleName": one})
	}
	refused("DeleteSchedule: gone", 404, "ScheduleNotExists",
		fmt.Sprintf("The schedule 's' for flow '%s' does not exist.", name), "DescribeSchedule", at)
	call("DeleteFlow", params{"Name": name})
}

func regions() {
	seen := call("DescribeRegions", params{"AcceptLanguage": "en-US"})
	is(seen["Regions"], map[string]any{"Region": []any{map[string]any{"RegionId": "local",
		"LocalName": "local", "RegionEndpoint": host}}}, "DescribeRegions")
	call("DescribeRegions", nil)
}

func mistakes() {
	refused("an unknown action", 400, "ActionNotSupported", "The requested API operation "+
		"'FlyToTheMoon' is incorrect. Please check.", "FlyToTheMoon", nil)
	refused("a missing parameter", 400, "MissingRequiredParams",
		"The HTTP query 'FlowName' must be specified.", "DescribeExecution",
		params{"ExecutionName": "x"})
	if os.Getenv("CLOUDFLOW_SIGNED") == "" {
		return
	}
	make := kinds[kind]
	refusedAs(make(host, key{who.id, who.secret + "x", who.token}), "a wrong secret", 403,
		"SignatureNotMatch", "", "ListFlows", nil)
	refusedAs(make(host, key{"nobody", who.secret, who.token}), "an unknown key", 403,
		"InvalidAccessKeyID", "The AccessKey ID 'nobody' is invalid.", "ListFlows", nil)
}

func story() {
	defer func() {
		if reason := recover(); reason != nil {
			ok(false, fmt.Sprintf("the story breaks off: %v", reason), nil)
		}
	}()
	name := fmt.Sprintf("%s_%d", strings.ReplaceAll(kind, "-", "_"), os.Getpid())
	flows(name)
	executions(name)
	versions(name + "_versions")
	tasks(name + "_tasks")
	mapRuns(name + "_map")
	sync(name + "_sync")
	schedules(name + "_schedules")
	regions()
	mistakes()
}

func main() {
	kind, host = os.Args[1], os.Args[2]
	who = key{id: os.Args[3], secret: os.Args[4]}
	if len(os.Args) > 5 {
		who.token = os.Args[5]
	}
	client = kinds[kind](host, who)
	story()
	actions := []string{}
	for action := range called {
		actions = append(actions, action)
	}
	sort.Strings(actions)
	fmt.Printf("# called %s %s\n1..%d\n", kind, strings.Join(actions, " "), count)
	if failed > 0 {
		os.Exit(1)
	}
}
