
/*
 * Services of AWS as tasks call them (asl 15): what their files share.  Nobody
 * outside wire includes this.
 */

#ifndef WF_SERVICE_AWS_H
#define WF_SERVICE_AWS_H


#include "wire/service_row.h"


typedef struct wf_aws_row_s  wf_aws_row_t;

/* A call that is written or read. */
typedef struct {
    wf_service_sheet_t    *sheet;       /* arena, call, params, failed */
    const wf_aws_row_t    *row;
    bool                   is_sdk;      /* aws-sdk:SERVICE:ACTION */
    bool                   is_direct;   /* the function's own ARN */
    wf_str_t               service;     /* as written, without "aws-sdk:" */
    wf_str_t               action;      /* "getItem", without its pattern */
} wf_aws_call_t;

typedef struct {
    wf_rc_t  (*request)(wf_aws_call_t *call, wf_service_request_t *request,
                        wf_error_t *err);
    void     (*result)(wf_aws_call_t *call, const wf_service_answer_t *answer,
                       wf_service_result_t *result);
} wf_aws_protocol_t;

struct wf_aws_row_s {
    const char               *service;
    const char               *sdk;
    const char               *prefix;       /* of errors, optimised */
    const char               *long_name;
    const char               *sdk_prefix;   /* of errors, aws-sdk */
    const wf_aws_protocol_t  *protocol;
    const char               *target;
    bool                      is_lower;     /* members on the wire */
    const char               *endpoint;     /* "": as the service */
    const char               *signing;      /* ... */
};

extern const wf_aws_protocol_t  wf_aws_json_1_0;
extern const wf_aws_protocol_t  wf_aws_json_1_1;
extern const wf_aws_protocol_t  wf_aws_rest_json;
extern const wf_aws_protocol_t  wf_aws_http;
extern const wf_aws_protocol_t  wf_aws_lambda;
extern const wf_aws_protocol_t  wf_aws_query;
extern const wf_aws_protocol_t  wf_aws_s3;
extern const wf_aws_protocol_t  wf_aws_map;


/* For service.c. */
wf_rc_t wf_aws_service_request(wf_service_sheet_t *sheet,
    wf_service_request_t *request, wf_error_t *err);
void wf_aws_service_result(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result);
/* An execution that is waited for: states:startExecution.sync; what is to be
 * started. */
bool wf_aws_service_is_job(const wf_service_call_t *call);
wf_rc_t wf_aws_service_child(wf_service_sheet_t *sheet, wf_str_t *flow,
    wf_str_t *execution, wf_str_t *input, wf_error_t *err);

/* Nobody answered: name and cause of that.  fault: wf_service_fault_t. */
void wf_aws_service_fault(wf_service_sheet_t *sheet, uint8_t fault,
    wf_str_t cause, wf_service_result_t *result);
/* http:invoke, in any of its rounds. */
bool wf_aws_service_is_http(const wf_service_call_t *call);


/* The action with a capital letter: "GetItem". */
wf_str_t wf_aws_operation(wf_aws_call_t *call);

/* A failure that the service told: code "ResourceNotFoundException", in the
 * words of the integration's generation. */
void wf_aws_fail(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_str_t code, wf_str_t message, wf_service_result_t *result);

/* An error and a cause as they are. */
void wf_aws_fail_as(wf_aws_call_t *call, wf_str_t error, wf_str_t cause,
    wf_service_result_t *result);

/* The result object, with what optimised integrations add of the exchange:
 * SdkHttpMetadata and SdkResponseMetadata.  object is changed. */
void wf_aws_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_value_t *object, wf_service_result_t *result);

/* The value is the result. */
void wf_aws_print(wf_aws_call_t *call, const wf_value_t *value,
    wf_service_result_t *result);

/* A page of ListObjectsV2 as XML has it; NULL: none. */
const wf_value_t *wf_aws_s3_page(wf_aws_call_t *call,
    const wf_service_answer_t *answer);

/* service_aws_json.c: the parameters as the body; what its answer means. */
void wf_aws_body(wf_aws_call_t *call, wf_service_request_t *request);
void wf_aws_json_result(wf_aws_call_t *call,
    const wf_service_answer_t *answer, wf_service_result_t *result);

/* Members' first letters; up: to capitals.  Deep. */
wf_value_t *wf_aws_letters(wf_aws_call_t *call, const wf_value_t *value,
    bool up);


#endif /* WF_SERVICE_AWS_H */
