
/*
 * wf_exec_t: what an execution's events add up to.  Written by apply alone
 * (and by the codec, whose memory is part of it).  Rebuilt at any time from
 * its chunks.
 *
 * Memory: home holds wf_exec_t itself, arena the values.  Events leave old
 * values behind in arena; wf_exec_compact() moves the live ones into a fresh
 * one, so a long life needs no more than a short one.
 *
 * The values of an event are new, or stand in the state before it.  So what
 * is in a register of the codec and nowhere in the state is never referred to
 * again: compaction forgets it.
 */

#ifndef WF_EXEC_H
#define WF_EXEC_H


#include "engine/event.h"
#include "engine/record.h"
#include "flow/program.h"


/* Where a branch stands.  (phase, event) -> phase is a table in apply.c. */
typedef enum {
    WF_PHASE_NONE = 0,      /* before ExecutionStarted */
    WF_PHASE_READY,         /* about to enter node; WF_NONE: to end the scope;
                               no frame: to open the flow's scope */
    WF_PHASE_ENTERED,       /* StepEntered recorded */
    WF_PHASE_STARTED,       /* StepStarted recorded, work to be done */
    WF_PHASE_WAITING,       /* for due_ms */
    WF_PHASE_RETURNED,      /* node's nested scope is over, result in output */
    WF_PHASE_SUCCEEDED,     /* StepSucceeded recorded, to be left */
    WF_PHASE_FAILED,        /* StepFailed recorded, to be left */
    WF_PHASE_RAISED,        /* left; the error goes to the frame's owner */
    WF_PHASE_ENDED          /* the execution is over */
} wf_phase_t;

/* One open scope; generation 1 choice branches nest. */
typedef struct wf_frame_s  wf_frame_t;

struct wf_frame_s {
    wf_frame_t        *outer;
    uint32_t           depth;       /* 1: the flow's */
    uint32_t           scope;
    uint32_t           owner;       /* node that opened it; WF_NONE: flow */
    uint32_t           after;       /* where the owner goes on; WF_NONE */
    const wf_value_t  *owner_input; /* effective input of the owner */
    const wf_value_t  *input;       /* gen 1: parent input; gen 2: the value
                                       handed to the next state */
    const wf_value_t  *local;       /* gen 1: parent local */
};

typedef struct {
    uint32_t           no;
    uint8_t            phase;       /* wf_phase_t */
    uint32_t           node;
    uint32_t           next;        /* RETURNED, SUCCEEDED: node after this */
    wf_frame_t        *frame;
    const wf_value_t  *input;       /* effective input of node */
    const wf_value_t  *output;      /* its result */
    uint64_t           cause_id;    /* last visible event of this branch */
    int64_t            due_ms;      /* WAITING; 0: none */
    wf_str_t           error;
    wf_str_t           error_cause;
} wf_branch_t;

typedef struct {
    wf_arena_t        *home;
    wf_arena_t        *arena;
    wf_codec_t         codec;       /* seq, event_id: last used */
    uint8_t            status;      /* wf_status_t; 0: not started */
    int64_t            started_ms;
    int64_t            stopped_ms;
    int64_t            timeout_ms;  /* absolute; when TimedOut is due */
    const wf_value_t  *input;
    const wf_value_t  *output;
    const wf_value_t  *globals;     /* generation 2; never NULL once started */
    wf_str_t           error;
    wf_str_t           error_cause;
    wf_branch_t        branch;      /* the first; others come with Parallel */
    size_t             live_bytes;  /* of arena, after the last compaction */
} wf_exec_t;


/* NULL: no memory.  Freed by wf_exec_free(), arena and all. */
wf_exec_t *wf_exec_create(void);
void wf_exec_free(wf_exec_t *exec);                 /* NULL is allowed */

/* The earliest time something is due, 0: never (ended). */
int64_t wf_exec_due_ms(const wf_exec_t *exec);

/* Bytes taken from malloc(). */
size_t wf_exec_size(const wf_exec_t *exec);

/*
 * Moves what is alive into a fresh arena and frees the old one: pointers to
 * values of exec end here.  Changes nothing that an event could tell.  Step
 * and replay do it themselves when garbage has grown
 * (WF_EXEC_GARBAGE_BYTES_MAX); a shard may do it before a long sleep.
 * WF_ERROR: no memory; nothing has changed.
 */
wf_rc_t wf_exec_compact(wf_exec_t *exec);

/* Compacts if it pays; WF_ERROR: no memory. */
wf_rc_t wf_exec_tidy(wf_exec_t *exec);

/* Invariants; asserts. */
void wf_exec_check(const wf_exec_t *exec);

/* Equal for equal states; ignores pointers, arenas and value sharing. */
uint64_t wf_exec_fingerprint(const wf_exec_t *exec);


#endif /* WF_EXEC_H */
