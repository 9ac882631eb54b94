
/*
 * Services that tasks call, as bytes: what is sent to the location that the
 * operator mapped, and what its answer means.  One row per service in
 * services.def; knows no nginx and no execution.
 */

#ifndef WF_SERVICE_H
#define WF_SERVICE_H


#include "base/error.h"
#include "base/value.h"
#include "wire/connection.h"
#include "wire/service_words.h"


/* What is asked (from wf_effect_t, without its type). */
typedef struct {
    bool       is_legacy;       /* generation 1 */
    bool       is_aws;          /* Amazon States Language: resource is an ARN
                                   of its forms */
    bool       is_action;       /* resource is <Service>:<Operation> */
    uint8_t    mode;            /* wf_task_mode_t */
    uint32_t   attempt;         /* 0: the first */
    wf_str_t   resource;
    wf_str_t   params;          /* JSON text */
    bool       has_params;
    wf_str_t   token;
    wf_str_t   key;             /* idempotency key */

    /* Calls in rounds: 0, and again with what the round before carried on. */
    uint32_t   round;
    const wf_value_t  *carry;

    /* HTTP tasks. */
    wf_str_t   region;          /* the caller's; may be empty */
    const wf_connection_t  *connection;     /* NULL: none */
    wf_str_t   bearer;          /* OAuth's token; empty: the first round is for
                                   it */
    bool       is_kept;         /* ... an older one: if it is refused, another
                                   is asked for */
    bool       is_masked;       /* secrets are not to be seen */

    uint8_t    step;            /* wf_service_step_t */
    const wf_value_t  *job;     /* ASK, STOP: what a result said */
} wf_service_call_t;

typedef struct {
    wf_str_t   name;            /* lower case */
    wf_str_t   value;
} wf_service_header_t;

/* What goes out. */
typedef struct {
    wf_str_t               target;      /* what resource patterns match: the
                                           ARN or URL inside the parameters
                                           where there is one, else resource */
    wf_str_t               function;    /* last part of the target: function,
                                           queue, topic, operation */
    wf_str_t               method;      /* upper case */
    wf_str_t               args;        /* query string, or empty */
    size_t                 args_secret; /* bytes at its end that nobody may
                                           see */
    uint32_t               time_ms;     /* that it may take; 0: as the task */
    wf_str_t               uri;         /* path in the service's own API */
    wf_str_t               host;        /* URLs: the authority; else empty */
    wf_str_t               scheme;      /* URLs: http, https; else empty */
    wf_str_t               endpoint;    /* services of AWS: how the endpoint's
                                           name begins; else empty */
    wf_str_t               signing;     /* ... what signatures call them */
    wf_str_t               region;      /* said by the resource; else empty */
    wf_str_t               body;
    wf_service_header_t   *headers;
    uint32_t               header_count;
} wf_service_request_t;

/* What came back.  status 0: nobody answered; then fault says why. */
typedef struct {
    unsigned               status;
    uint8_t                fault;       /* wf_service_fault_t */
    wf_service_header_t   *headers;
    uint32_t               header_count;
    wf_str_t               body;
} wf_service_answer_t;

/*
 * How it came out; strings in arena or in the answer.  In SYNC mode a function
 * whose answer is no 202 has run to its end already and succeeded or failed;
 * 202 is SUBMITTED, and whoever runs it reports on the header
 * x-fnf-task-token.  In TOKEN mode every good answer is SUBMITTED.  The value
 * of SUBMITTED is always an object.
 */
typedef struct {
    uint8_t    outcome;
    bool       is_more;         /* no outcome yet: the next round is due */
    const wf_value_t  *carry;
    wf_str_t   value;           /* JSON text */
    const wf_value_t  *tree;    /* the same, where it was parsed or built
                                   anyway; else NULL */
    wf_str_t   error;           /* FC.*, MNS.*, HTTP.*, <Service>.<Code>;
                                   at most WF_ERROR_NAME_LEN_MAX bytes */
    wf_str_t   cause;           /* at most WF_CAUSE_LEN_MAX bytes */

    wf_str_t   job;             /* SUBMITTED: JSON text of what is to be asked
                                   about; else empty */
    /* HTTP tasks, with is_more. */
    wf_str_t   bearer;          /* a new token */
    int64_t    bearer_s;        /* ... its life */
    bool       is_refused;      /* the one that was kept is no good */
} wf_service_result_t;


/* Is it a sub-flow (acs:fnf:...:flow/NAME, FNF:StartExecution)?  Then flow,
 * name and input tell what to start (fdl.md 1.9, 1.10, 2.8); a machine's flow
 * has ":VERSION" or ":ALIAS" behind it, where its ARN has.  WF_OK: yes;
 * WF_DECLINED: no; WF_ERROR: bad parameters (err), or no memory. */
wf_rc_t wf_service_child(wf_arena_t *arena, const wf_service_call_t *call,
    wf_str_t *flow, wf_str_t *execution, wf_str_t *input, wf_error_t *err);

/* WF_ERROR: bad parameters: err's first detail is the cause; no memory. */
wf_rc_t wf_service_request(wf_arena_t *arena, const wf_service_call_t *call,
    wf_service_request_t *request, wf_error_t *err);

/* Always finds an outcome; WF_ERROR: no memory. */
wf_rc_t wf_service_result(wf_arena_t *arena, const wf_service_call_t *call,
    const wf_service_answer_t *answer, wf_service_result_t *result);


#endif /* WF_SERVICE_H */
