
/*
 * A task on its way to the world: what the engine asked for (WF_EFFECT_CALL),
 * with the identity of its execution.  The shard makes one when the
 * TaskScheduled event is durable (and again after a recovery, with the same
 * task number), and hands it to port->task().  Whoever holds it calls done()
 * exactly once, from the event loop; after wf_task_cancel() the answer is of
 * no interest, but done() is still called.
 *
 * What an end leaves to be said (the outbox) goes the same way: STOP, the
 * child of a task that was given up is to be stopped; REPORT, the token that
 * the execution was started with is to be reported on.  Any outcome of these
 * means that they are settled, is_lost that they are to be tried again.  So
 * does FIRE: a schedule is due, an execution of its flow is to be started.
 * MESSAGE, of a run of SWF to another: what came of it (value), if the sender
 * wants to know, is told to it.
 */

#ifndef WF_TASK_H
#define WF_TASK_H


#include "engine/engine.h"
#include "shard/table.h"


typedef struct wf_task_s  wf_task_t;

typedef enum {
    WF_TASK_CALL = 0,
    WF_TASK_STOP,
    WF_TASK_REPORT,
    WF_TASK_FIRE,
    WF_TASK_MESSAGE
} wf_task_kind_t;

#define WF_TASK_NO_SHARD  UINT32_MAX

/* A schedule that is due. */
typedef struct {
    wf_str_t   schedule;
    wf_str_t   id;
    int64_t    due_ms;
} wf_fire_t;

/* What is said about a token. */
typedef struct {
    wf_str_t   token;
    uint8_t    outcome;         /* wf_outcome_t: SUCCEEDED, FAILED */
    wf_str_t   value;           /* SUCCEEDED: JSON text */
    wf_str_t   error;           /* FAILED */
    wf_str_t   cause;
} wf_report_t;

/* How it came out; strings and value text are valid during done(). */
typedef struct {
    uint8_t    outcome;         /* wf_outcome_t */
    wf_str_t   value;           /* SUCCEEDED, SUBMITTED: JSON text */
    const wf_value_t  *tree;    /* the same, parsed; may be NULL */
    wf_str_t   error;           /* FAILED */
    wf_str_t   cause;
    wf_str_t   job;             /* SUBMITTED: JSON text of what is to be asked
                                   about, in another call; else empty */
    wf_str_t   trace;           /* if it was wanted: what went out, what came
                                   back (asl 20) */
    bool       is_reported;     /* SUCCEEDED, FAILED: of the job itself, not of
                                   its submission */
    bool       is_lost;         /* not an outcome: the worker leaves; the next
                                   owner makes the call again */
} wf_task_result_t;

struct wf_task_s {
    wf_link_t          link;            /* first: the shard's, by execution and
                                           number */
    wf_arena_t        *arena;           /* owns everything here */
    uint8_t            kind;            /* wf_task_kind_t */
    uint32_t           shard_no;        /* WF_TASK_NO_SHARD: of an execution
                                           that lives in memory alone */
    uint64_t           exec_no;
    uint64_t           flow_no;
    uint64_t           revision;
    uint32_t           depth;           /* of sub-flows; 0: no parent */
    wf_str_t           flow;
    wf_str_t           execution;
    wf_str_t           role;
    wf_effect_t        effect;          /* CALL; STOP: of the call */
    wf_report_t        report;          /* REPORT */
    wf_fire_t          fire;            /* FIRE */
    bool               is_again;        /* a call that was taken before: not
                                           to be refused for its number */
    bool               is_traced;       /* who looks on wants the trace */
    bool               is_revealing;    /* ... with secrets */
    bool               is_cancelled;
    bool               is_held;         /* see wf_task_hold() */
    bool               is_dropped;      /* and its outcome is nobody's concern:
                                           what has not begun need not */
    void             (*done)(wf_task_t *task, const wf_task_result_t *result,
                             int64_t now_ms);
    void             (*cancel)(wf_task_t *task);    /* the holder's; NULL */
    void              *data;            /* the holder's */
    void              *owner;           /* the shard's */
    wf_task_result_t   result;          /* the shard's: kept for later */
    wf_task_t         *next;            /* the shard's */
    wf_task_t        **prev;
};

/* Nobody waits for it any more; the holder is told.  It may be gone then. */
static inline void
wf_task_cancel(wf_task_t *task)
{
    task->is_cancelled = true;

    if (task->cancel != NULL) {
        task->cancel(task);
    }
}


/*
 * With copies of the effect and of the identity's names, kind CALL; where it
 * belongs and done() are the maker's to add.  Goes with its arena.  NULL: no
 * memory.
 */
wf_task_t *wf_task_create(const wf_effect_t *effect,
    const wf_identity_t *identity);

/* The holder's: word of what became of it is on its way, and nobody else will
 * get it.  Its shard, should it be drained, stays until then. */
void wf_task_hold(wf_task_t *task, bool on);

/* Lists of the owner. */
void wf_task_link(wf_task_t **list, wf_task_t *task);
void wf_task_unlink(wf_task_t *task);
wf_task_t *wf_task_find(wf_task_t *list, uint64_t no);  /* NULL: none */

/* In no list any more, and nobody waits for it: the holder is told, the task
 * frees itself when it is done. */
void wf_task_drop(wf_task_t *task);

/* Not to be taken just now: the result waits in the task.  It may have become
 * "lost" for want of memory. */
void wf_task_keep(wf_task_t *task, const wf_task_result_t *result);

/* A result that is not lost as the engine's input; the value is parsed into
 * arena.  What is no JSON fails the task.  WF_ERROR: no memory. */
wf_rc_t wf_task_input(const wf_task_t *task, const wf_task_result_t *result,
    wf_arena_t *arena, wf_input_t *input);


#endif /* WF_TASK_H */
