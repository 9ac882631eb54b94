
/*
 * wf_exec_t: what an execution's events add up to.  Written by apply alone
 * (and by the codec, whose memory is part of it).  Rebuilt at any time from
 * its chunks.
 *
 * Memory: home holds wf_exec_t itself, arena the values and the branches.
 * Events leave old ones behind in arena; wf_exec_compact() moves the live ones
 * into a fresh one, so a long life needs no more than a short one.
 */

#ifndef WF_EXEC_H
#define WF_EXEC_H


#include "engine/record.h"
#include "engine/roster.h"
#include "flow/program.h"


typedef struct wf_probe_s  wf_probe_t;
typedef struct wf_swf_s    wf_swf_t;

/* Items of a map run on their way to its children, some in each turn.  No
 * event tells of them: who loses them begins anew. */
typedef struct {
    wf_arena_t        *arena;       /* of all this */
    uint32_t           branch;      /* whose */
    uint64_t           entered_id;  /* its StepEntered */
    size_t             size;        /* as JSON */
    wf_value_t        *items;       /* an array */
} wf_making_t;

typedef struct {
    wf_arena_t        *home;
    wf_arena_t        *arena;       /* of all values; moves */
    wf_codec_t         codec;       /* seq, event_id: last used */
    uint8_t            status;      /* wf_status_t; 0: not started */
    bool               is_replayed; /* not yet compared with its program */
    bool               is_asl;      /* the Amazon States Language: values of
                                       any type, variables in frames */
    int64_t            started_ms;
    int64_t            stopped_ms;
    int64_t            timeout_ms;  /* absolute; when TimedOut is due */
    uint32_t           scope;       /* that is run; 0: the flow's */
    const wf_value_t  *input;
    const wf_value_t  *output;
    const wf_value_t  *globals;     /* generation 2; never NULL once started */
    wf_str_t           error;
    wf_str_t           error_cause;
    wf_branch_t        branch;      /* the root */
    uint32_t           last_branch; /* number of the latest */
    wf_roster_t        branches;    /* all but the root */
    wf_roster_t        tasks;       /* called and not over */
    uint32_t           owed_count;  /* of tasks: not taken yet */
    uint32_t           retry_count; /* of all steps, so far */
    uint32_t           redrive_count;
    int64_t            redriven_ms; /* 0: never */
    wf_branch_t       *ready;       /* can move, in order */
    wf_branch_t      **last_ready;
    wf_heap_t          due;         /* branches that wait for a time */
    wf_map_run_link_t *map_runs;    /* latest first */
    size_t             live_bytes;  /* of arena, after the last compaction */
    const wf_value_t  *test_case;   /* its name, a string; NULL: none */
    uint32_t          *call_counts; /* by node, of calls so far; in home; of a
                                       test case's alone */
    uint32_t           call_nodes;  /* room in call_counts */
    wf_probe_t        *probe;       /* of a state on trial; else NULL */
    wf_swf_t          *swf;         /* in arena; NULL: not a run of SWF */
    wf_making_t       *making;      /* NULL: nothing; no part of the state */
} wf_exec_t;


/* How many retries all of its steps may have together. */
static inline uint32_t
wf_exec_retries_max(const wf_exec_t *exec)
{
    return exec->is_asl ? WF_EVENTS_ASL_MAX : WF_RETRIES_MAX;
}

/* NULL: no memory.  Freed by wf_exec_free(), arena and all. */
wf_exec_t *wf_exec_create(void);
void wf_exec_free(wf_exec_t *exec);                 /* NULL is allowed */

/* What is being made is given up. */
void wf_exec_unmake(wf_exec_t *exec);

/* The earliest time something is due, 0: never (ended). */
int64_t wf_exec_due_ms(const wf_exec_t *exec);

/* Running, and a CONTINUE or a call that nobody has taken is owed. */
bool wf_exec_owes(const wf_exec_t *exec);

/* Bytes taken from malloc(). */
size_t wf_exec_size(const wf_exec_t *exec);

/* A map run of exec, as DescribeMapRun shows it.  NULL: no such run. */
const wf_map_run_t *wf_exec_map_run(const wf_exec_t *exec, wf_str_t name);

/*
 * Moves what is alive into a fresh arena and frees the old one: pointers to
 * values and branches of exec end here, but for the root.  Changes nothing
 * that an event could tell.  Step and replay do it themselves when garbage has
 * grown (WF_EXEC_GARBAGE_BYTES_MAX); a shard may do it before a long sleep.
 * WF_ERROR: no memory; nothing has changed.
 */
wf_rc_t wf_exec_compact(wf_exec_t *exec);

/* Compacts if it pays; WF_ERROR: no memory. */
bool wf_exec_is_untidy(const wf_exec_t *exec);
wf_rc_t wf_exec_tidy(wf_exec_t *exec);

/* Invariants; asserts.  all: of every branch, else of the root. */
void wf_exec_check(const wf_exec_t *exec, bool all);

/* Equal for equal states; ignores pointers, arenas and value sharing. */
uint64_t wf_exec_fingerprint(const wf_exec_t *exec);


#endif /* WF_EXEC_H */
