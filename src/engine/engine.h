
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


#include "engine/effect.h"
#include "engine/exec.h"


typedef enum {
    WF_INPUT_START = 1,
    WF_INPUT_TIMER,             /* something may be due at now_ms */
    WF_INPUT_STOP,
    WF_INPUT_CONTINUE,          /* go on after WF_STEP_EVENTS_MAX */
    WF_INPUT_FLOW_GONE,         /* the flow was deleted: stop */
    WF_INPUT_TASK_DONE,         /* what the world did with a WF_EFFECT_CALL */
    WF_INPUT_TASK_REPORTED,     /* ReportTask*, or a child's end */
    WF_INPUT_MAP_RUN,           /* UpdateMapRun */
    WF_INPUT_TASK_HEARTBEAT,    /* SendTaskHeartbeat */
    WF_INPUT_REDRIVE,           /* RedriveExecution: of one that is over */
    WF_INPUT_SWF                /* what an SWF run is told: engine/swf.h */
} wf_input_type_t;

/* How a task came out. */
typedef enum {
    WF_OUTCOME_SUCCEEDED = 1,   /* value: the service's result */
    WF_OUTCOME_FAILED,          /* error, cause */
    WF_OUTCOME_SUBMITTED,       /* accepted; a report will follow */
    WF_OUTCOME_ALIVE            /* of a report: a heartbeat */
} wf_outcome_t;

/* What $context and $Context may show; constant over an execution's life. */
typedef struct {
    wf_str_t   flow_name;
    wf_str_t   execution_name;
    wf_str_t   role;
    wf_str_t   environment;     /* JSON text of the Variables list, or empty */
    uint64_t   number;          /* names of map runs tell it; 0: none */

    /* The sealed token of a task (by its number) of this execution: pure,
     * the same text for the same number.  In arena; data == NULL: no memory. */
    wf_str_t (*token)(void *data, uint64_t task, wf_arena_t *arena);

    /* Is there an activity of that ARN?  WF_OK, WF_DECLINED; WF_AGAIN: not
     * known yet, the step stops there and wants to go on.  NULL: there are
     * all. */
    wf_rc_t  (*activity)(void *data, wf_str_t arn);
    void      *data;
} wf_identity_t;

typedef struct {
    uint8_t            type;        /* wf_input_type_t */
    int64_t            now_ms;      /* never before the previous input's */
    uint64_t           random_seed; /* for uuid(), randomInt() */
    const wf_value_t  *value;       /* START: the input object; TASK_*: the
                                       result, read during the step only;
                                       NULL: {} */
    const wf_value_t  *job;         /* TASK_DONE, SUBMITTED: what is to be
                                       asked about; NULL: a report will come */
    wf_str_t           error;       /* STOP, FAILED */
    wf_str_t           cause;
    uint32_t           scope;       /* START: to be run, 0: the flow's */
    wf_str_t           test_case;   /* START: empty: none */
    uint64_t           task;        /* TASK_*: number of the attempt */
    uint8_t            outcome;     /* wf_outcome_t */
    uint8_t            swf;         /* SWF: wf_swf_kind_t */
    const wf_map_run_t *map_run;    /* MAP_RUN: what is to change */
    uint32_t           map_concurrency; /* children of a map run at a time; 0:
                                       WF_CONCURRENCY_MAP_RUN */
    uint32_t           wait_speed;  /* waits and pauses take that part of
                                       their time; 0: all of it */
    wf_clock_pt        clock;       /* by which work is found that takes longer
                                       than its price says; NULL: none.  What
                                       it decides is recorded. */
} wf_input_t;

/* What a step said. */
typedef struct {
    wf_buf_t       events;          /* encoded, unsealed */
    uint32_t       event_count;
    bool           wants_continue;  /* submit WF_INPUT_CONTINUE next turn */
    uint64_t       event_id;        /* TASK_REPORTED: of TaskSucceeded or
                                       TaskFailed */
    bool           cancel_requested; /* SWF, HEARTBEAT: the answer */
    bool           is_double;       /* SWF: declined, it was told before */
    wf_effect_t   *effects;         /* in order */
    wf_effect_t  **last_effect;
} wf_step_t;


/* events grow in arena (the batch's). */
void wf_step_init(wf_step_t *step, wf_arena_t *arena);

/*
 * Runs until nothing can move without the world.  scratch is the caller's to
 * reset.  For STOP and FLOW_GONE program->nodes may be NULL (there is none):
 * CANCEL effects then know no more than the task's number.  WF_ERROR: no
 * memory; exec and step are then of no use (the shard steps down).
 * WF_DECLINED: the input does not fit the state (STOP of an ended execution,
 * a timer that is not due): nothing was emitted.
 */
wf_rc_t wf_engine_step(wf_exec_t *exec, const wf_program_t *program,
    const wf_identity_t *identity, const wf_input_t *input,
    wf_arena_t *scratch, wf_step_t *step, wf_error_t *err);

/* Would WF_INPUT_REDRIVE be taken?  It is over, may be redriven, its history
 * has room for that (asl 18) and is its definition's. */
bool wf_engine_may_redrive(const wf_exec_t *exec,
    const wf_program_t *program);

/* One stored chunk, in order.  WF_ERROR: corrupt, or no memory. */
wf_rc_t wf_engine_replay(wf_exec_t *exec, wf_str_t chunk, wf_error_t *err);

/*
 * After the last chunk.  Adds the effects that are still owed: calls that
 * were scheduled and neither answered nor taken are made again, under the
 * same number.  step->wants_continue: a CONTINUE is owed (the crash came in
 * mid-run).  WF_ERROR: no memory.
 */
wf_rc_t wf_engine_resume(wf_exec_t *exec, const wf_program_t *program,
    const wf_identity_t *identity, wf_step_t *step, wf_error_t *err);


#endif /* WF_ENGINE_H */
