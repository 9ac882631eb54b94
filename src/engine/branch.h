
/*
 * A branch: one position in the program.  An execution begins with one, the
 * root (number 0); Parallel and Map open others, each with frames of its own.
 * Here are its parts; exec.h has the whole, apply.h what is done to them.
 *
 * Only apply changes them.  Branches and forks live in exec->arena, but for
 * the root, which is part of wf_exec_t: compaction moves them.
 */

#ifndef WF_BRANCH_H
#define WF_BRANCH_H


#include "base/heap.h"
#include "engine/fork.h"


/* Where a branch stands.  (phase, event) -> phase is a table in apply.c. */
typedef enum {
    WF_PHASE_NONE = 0,      /* before ExecutionStarted */
    WF_PHASE_READY,         /* about to enter node; WF_NONE: to end the scope;
                               no frame: to open the flow's scope */
    WF_PHASE_ENTERED,       /* StepEntered recorded */
    WF_PHASE_STARTED,       /* StepStarted recorded, work to be done */
    WF_PHASE_WAITING,       /* for due_ms */
    WF_PHASE_OPENED,        /* MAP_OPENED recorded: the run is to begin */
    WF_PHASE_SCHEDULED,     /* TaskScheduled recorded: the call is owed */
    WF_PHASE_CALLED,        /* TaskStarted recorded */
    WF_PHASE_SUBMITTED,     /* the call was taken: a report will come */
    WF_PHASE_FORKING,       /* fork: the next branch or item is to start */
    WF_PHASE_FORKED,        /* fork: waits for its branches or items */
    WF_PHASE_JOINED,        /* fork: nothing more to wait for */
    WF_PHASE_ANSWERED,      /* the task's result is in output */
    WF_PHASE_RETURNED,      /* node's nested scope is over, result in output */
    WF_PHASE_BROKEN,        /* the attempt failed: again, or StepFailed */
    WF_PHASE_BACKOFF,       /* waits for due_ms, then works once more */
    WF_PHASE_SUCCEEDED,     /* StepSucceeded recorded, to be left */
    WF_PHASE_FAILED,        /* StepFailed recorded: to be caught, or left */
    WF_PHASE_UNCAUGHT,      /* the catch failed: to be left */
    WF_PHASE_RAISED,        /* left; the error goes to the frame's owner */
    WF_PHASE_ABORTED,       /* a part of a fork that is given up */
    WF_PHASE_STALLED,       /* kept for a redrive, if there is one */
    WF_PHASE_ENDED          /* the execution is over, the branch has ended */
} wf_phase_t;

/* One open scope; generation 1 choice branches nest. */
typedef struct wf_frame_s  wf_frame_t;

struct wf_frame_s {
    wf_frame_t        *outer;       /* NULL: the first of its branch */
    uint32_t           depth;       /* 1: the flow's; goes on in branches */
    uint32_t           scope;
    uint32_t           owner;       /* node that opened it; WF_NONE: flow */
    uint32_t           after;       /* where the owner goes on; WF_NONE */
    const wf_value_t  *owner_input; /* effective input of the owner */
    const wf_value_t  *input;       /* gen 1: parent input; gen 2: the value
                                       handed to the next state */
    const wf_value_t  *local;       /* gen 1: parent local; Amazon States
                                       Language: variables set in here */
};

/* Retries by one retrier since the step was entered. */
typedef struct wf_tries_s  wf_tries_t;

struct wf_tries_s {
    wf_tries_t        *next;
    uint32_t           retrier;
    uint32_t           count;
};

typedef struct wf_branch_s  wf_branch_t;

struct wf_branch_s {
    uint32_t           no;
    uint32_t           index;       /* place in the parent's fork */
    wf_branch_t       *parent;      /* NULL: the root */
    uint8_t            phase;       /* wf_phase_t */
    uint32_t           node;
    uint32_t           next;        /* RETURNED, SUCCEEDED: node after this */
    uint32_t           attempt;     /* retries so far */
    wf_frame_t        *frame;
    const wf_value_t  *input;       /* effective input of node */
    const wf_value_t  *output;      /* its result */
    const wf_value_t  *params;      /* of the task that is under way */
    const wf_value_t  *job;         /* ... that it began; NULL: none that is
                                       to be asked about */
    const wf_value_t  *assigned;    /* SUCCEEDED: variables to be set; NULL:
                                       none */
    wf_fork_t         *fork;        /* FORKING, FORKED, JOINED */
    wf_fork_t         *stalled;     /* that was given up, its branches too,
                                       while nothing has caught it */
    uint32_t           failed;      /* node that it could not get past, */
    const wf_value_t  *failed_input;    /* its effective input; NULL: none */
    uint8_t            halted;      /* STALLED, ENDED: the phase before */
    wf_tries_t        *tries;
    uint64_t           task;        /* number of the last attempt; 0: none */
    uint32_t           call_no;     /* of that attempt among all calls of
                                       node, if there is a test case */
    uint64_t           cause_id;    /* last visible event of this branch */
    uint64_t           entered_id;  /* StepEntered of node, */
    int64_t            entered_ms;  /* its time */
    int64_t            due_ms;      /* 0: none */
    int64_t            deadline_ms; /* of a task with heartbeats; 0: none */
    uint32_t           heartbeat_s; /* 0: none */
    bool               is_silent;   /* a heartbeat was missed */
    bool               is_claimed;  /* an activity's task: a worker has it */
    wf_str_t           error;
    wf_str_t           error_cause;

    wf_heap_node_t     due;         /* in exec->due while due_ms is not 0 */
    wf_branch_t       *next_ready;  /* in exec->ready while it can move */
    wf_branch_t      **prev_ready;
};


/* The fork of a branch, or what is left of it. */
static inline wf_fork_t *
wf_branch_forked(const wf_branch_t *branch)
{
    return branch->fork ? branch->fork : branch->stalled;
}


#endif /* WF_BRANCH_H */
