
/*
 * The machine: one input in, events out.  No clock, no randomness, no I/O.
 *
 *   step    decides and emits; emitting encodes the event and calls apply
 *   apply   the only code that writes to wf_exec_t; live and replay alike
 *   replay  apply over stored chunks; evaluates no expression
 *   resume  what is still owed after a replay
 */

#ifndef WF_ENGINE_H
#define WF_ENGINE_H


#include "engine/exec.h"


typedef enum {
    WF_INPUT_START = 1,
    WF_INPUT_TIMER,             /* something may be due at now_ms */
    WF_INPUT_STOP,
    WF_INPUT_CONTINUE,          /* go on after WF_STEP_EVENTS_MAX */
    WF_INPUT_FLOW_GONE          /* the flow was deleted: stop */
} wf_input_type_t;

/* What $context and $Context may show; constant over an execution's life. */
typedef struct {
    wf_str_t   flow_name;
    wf_str_t   execution_name;
    wf_str_t   role;
    wf_str_t   environment;     /* JSON text of the Variables list, or empty */
} wf_identity_t;

typedef struct {
    uint8_t            type;        /* wf_input_type_t */
    int64_t            now_ms;      /* never before the previous input's */
    uint64_t           random_seed; /* for uuid(), randomInt() */
    const wf_value_t  *value;       /* START: the input object */
    wf_str_t           error;       /* STOP */
    wf_str_t           cause;
} wf_input_t;

/* What a step said. */
typedef struct {
    wf_buf_t   events;          /* encoded, unsealed */
    uint32_t   event_count;
    bool       wants_continue;  /* submit WF_INPUT_CONTINUE next turn */
} wf_step_t;


/* events grow in arena (the batch's). */
void wf_step_init(wf_step_t *step, wf_arena_t *arena);

/*
 * Runs until nothing can move without the world.  scratch is the caller's to
 * reset.  WF_ERROR: no memory; exec and step are then of no use (the shard
 * steps down).  WF_DECLINED: the input does not fit the state (STOP of an
 * ended execution, a timer that is not due): nothing was emitted.
 */
wf_rc_t wf_engine_step(wf_exec_t *exec, const wf_program_t *program,
    const wf_identity_t *identity, const wf_input_t *input,
    wf_arena_t *scratch, wf_step_t *step, wf_error_t *err);

/* One stored chunk, in order.  WF_ERROR: corrupt, or no memory. */
wf_rc_t wf_engine_replay(wf_exec_t *exec, wf_str_t chunk, wf_error_t *err);

/* After the last chunk: is a CONTINUE owed (the crash came in mid-run)? */
bool wf_engine_resume(const wf_exec_t *exec);


#endif /* WF_ENGINE_H */
