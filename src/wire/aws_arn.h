
/*
 * ARNs of Step Functions (asl 23), and the names under which the engine
 * knows what they name: a state machine is the flow "sfn/REGION/ACCOUNT/NAME",
 * an activity has the key "REGION/ACCOUNT/NAME".
 */

#ifndef WF_AWS_ARN_H
#define WF_AWS_ARN_H


#include "base/arena.h"
#include "base/error.h"


typedef enum {
    WF_ARN_MACHINE = 1,             /* stateMachine; qualifier: version, alias,
                                       label: of a map state */
    WF_ARN_EXECUTION,
    WF_ARN_EXPRESS,
    WF_ARN_ACTIVITY,
    WF_ARN_MAP_RUN
} wf_arn_kind_t;

/* Parts of a text; empty: none. */
typedef struct {
    uint8_t    kind;                /* wf_arn_kind_t */
    wf_str_t   region;
    wf_str_t   account;
    wf_str_t   name;                /* machine, activity */
    wf_str_t   label;               /* behind a '/' */
    wf_str_t   qualifier;
    wf_str_t   execution;
    wf_str_t   id;                  /* EXPRESS, MAP_RUN: behind the name */
} wf_arn_t;

#define WF_ARN_FLOW  "sfn/"         /* how flows of state machines begin */

/* kinds: bits (1 << wf_arn_kind_t) that will do.  WF_ERROR: INVALID_ARN. */
wf_rc_t wf_arn_parse(wf_str_t text, unsigned kinds, wf_arn_t *arn,
    wf_error_t *err);
void wf_arn_print(wf_buf_t *buf, const wf_arn_t *arn);

/* Versions, aliases and labels of one machine are the same there. */
bool wf_arn_same_machine(const wf_arn_t *a, const wf_arn_t *b);

/* Region, account and name out of "sfn/REGION/ACCOUNT/NAME"; WF_DECLINED: it
 * is no state machine's. */
wf_rc_t wf_arn_of_flow(wf_str_t flow, wf_arn_t *arn);
void wf_arn_flow(wf_buf_t *buf, const wf_arn_t *arn);

/* asl 23: of machines, executions and activities; length apart. */
bool wf_arn_name_is_valid(wf_str_t name);


#endif /* WF_AWS_ARN_H */
