
/*
 * A state on trial (asl 20, TestState): what an execution in memory is given
 * besides its input, and what is seen of its one state.  Nothing of this is in
 * any event: an execution that is replayed has no probe.
 */

#ifndef WF_PROBE_H
#define WF_PROBE_H


#include "engine/exec.h"


typedef enum {
    WF_SEEN_INPUT_PATH = 0,     /* JSON texts */
    WF_SEEN_PARAMETERS,
    WF_SEEN_ARGUMENTS,
    WF_SEEN_RESULT,
    WF_SEEN_SELECTOR,
    WF_SEEN_RESULT_PATH,
    WF_SEEN_ITEMS,
    WF_SEEN_ITEM_SELECTOR,
    WF_SEEN_BATCHES,
    WF_SEEN_CONCURRENCY,        /* numbers */
    WF_SEEN_TOLERATED_COUNT,
    WF_SEEN_TOLERATED_PERCENTAGE,
    WF_SEEN_COUNT
} wf_seen_t;

typedef enum {
    WF_TRIAL_RUNNING = 0,
    WF_TRIAL_SUCCEEDED,
    WF_TRIAL_FAILED,
    WF_TRIAL_RETRIABLE,
    WF_TRIAL_CAUGHT
} wf_trial_t;

struct wf_probe_s {
    wf_arena_t         *arena;      /* of all of this */
    uint32_t            node;       /* the state */

    /* given */
    bool                is_mocked;
    const wf_value_t   *result;     /* mocked; NULL: the error */
    wf_str_t            mock_error;
    wf_str_t            mock_cause;
    const wf_value_t   *context;    /* $$; NULL: the execution's own */
    const wf_value_t   *variables;  /* NULL: none */
    const wf_value_t   *items;      /* that the ItemReader would find, or
                                       NULL */
    uint32_t            retry_count;    /* by the retrier that matches */
    uint32_t            failure_count;  /* iterations that failed */
    bool                is_traced;  /* calls are to be seen */
    bool                is_revealing;   /* ... with their secrets */

    /* seen */
    wf_trial_t          status;
    bool                failed;     /* no memory: it is not whole */
    wf_str_t            values[WF_SEEN_COUNT];  /* data == NULL: not seen */
    const wf_value_t   *assigned;   /* NULL: nothing */
    wf_str_t            output;
    wf_str_t            next;       /* empty: none */
    wf_str_t            error;
    wf_str_t            cause;
    uint32_t            index;      /* of the retrier or catcher */
    int64_t             pause_ms;   /* until the next try */
    wf_str_t            trace;      /* JSON members; empty: no call */
};


static inline bool
wf_probe_is_over(const wf_exec_t *exec)
{
    return exec->probe && exec->probe->status != WF_TRIAL_RUNNING;
}


#endif /* WF_PROBE_H */
