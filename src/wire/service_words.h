
/*
 * Words of services and calls that are numbers.
 */

#ifndef WF_SERVICE_WORDS_H
#define WF_SERVICE_WORDS_H


/* Numbers of wf_task_mode_t and wf_outcome_t, which this room can't see. */
enum {
    WF_SERVICE_REQUEST = 0,     /* the answer is the result */
    WF_SERVICE_SYNC,            /* the service tells the end later */
    WF_SERVICE_TOKEN            /* somebody else does */
};

/* Of a job whose service does not tell the end. */
typedef enum {
    WF_SERVICE_START = 0,
    WF_SERVICE_ASK,             /* is it over?  is_more: not yet */
    WF_SERVICE_STOP
} wf_service_step_t;

enum {
    WF_SERVICE_SUCCEEDED = 1,
    WF_SERVICE_FAILED,
    WF_SERVICE_SUBMITTED
};

/* Why nobody answered. */
typedef enum {
    WF_FAULT_NONE = 0,
    WF_FAULT_CONNECT,           /* refused, reset, unresolvable, no server */
    WF_FAULT_TIMEOUT,           /* of the location's proxy or our deadline */
    WF_FAULT_CUT,               /* body cut off after the header */
    WF_FAULT_TOO_LARGE,         /* over the limit of a response */
    WF_FAULT_NO_RESOURCE,       /* no cloudflow_resource maps the target */
    WF_FAULT_UNSIGNED           /* it has more parts than are signed */
} wf_service_fault_t;


#endif /* WF_SERVICE_WORDS_H */
