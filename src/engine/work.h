
/*
 * What states that work outside of themselves share: effects, the answers of
 * tasks, the branches of forks.  Return codes as in step.h.
 */

#ifndef WF_WORK_H
#define WF_WORK_H


#include "engine/step.h"


/*
 * The loop: step.c, for input.c
 */

/* Branches go on until all have to wait, or it is enough for a turn, which is
 * asked between two states. */
wf_rc_t wf_run_on(wf_run_t *run);
bool wf_run_is_enough(wf_run_t *run);

/* The branch's work begins once more: its pause is over. */
wf_rc_t wf_run_again(wf_run_t *run);

/* The end, from outside; WF_DECLINED: it is over. */
wf_rc_t wf_run_end(wf_run_t *run, wf_event_type_t type, wf_str_t error,
    wf_str_t cause);


/*
 * Effects
 */

/* One that is about the task of entry.  WF_ERROR: no memory. */
wf_rc_t wf_run_add_effect(wf_run_t *run, wf_effect_type_t type,
    const wf_roster_entry_t *entry);

/* What a map run's child is called by. */
wf_rc_t wf_item_describe(wf_run_t *run, wf_effect_t *effect,
    const wf_roster_entry_t *entry);

/* A text of the effect, copied; a value of it, printed.  rc: WF_ERROR, if
 * there is no memory, or as it was. */
wf_str_t wf_effect_copy(wf_run_t *run, wf_str_t text, wf_rc_t *rc);
wf_str_t wf_effect_print(wf_run_t *run, const wf_value_t *value, wf_rc_t *rc);
wf_str_t wf_effect_test_case(wf_run_t *run, wf_rc_t *rc);

/* Are its own parameters sent (fdl.md 1.9), or the step's input? */
bool wf_task_sends_params(const wf_run_t *run, const wf_node_t *node);

/* CANCEL for all tasks of owner's fork and of what is under it; NULL: all. */
wf_rc_t wf_run_cancel(wf_run_t *run, const wf_branch_t *owner);

/* TaskStarted, where a crash left it out. */
wf_rc_t wf_task_begin(wf_run_t *run);

/* TaskTimedOut of the branch's task. */
wf_rc_t wf_task_time_out(wf_run_t *run, wf_str_t error, wf_str_t cause);

/* A sign of life; who has taken it.  Amazon States Language alone. */
wf_rc_t wf_task_heartbeat(wf_run_t *run);
wf_rc_t wf_task_claimed(wf_run_t *run);
wf_rc_t wf_task_open_job(wf_run_t *run);
bool wf_task_is_activity(const wf_node_t *node);

/* Result of a task: of startExecution.sync:2 its texts are values (asl 15), all
 * else is as it was.  NULL: no memory. */
const wf_value_t *wf_machine_job(wf_run_t *run, const wf_value_t *value);

/*
 * Inputs, by the task's entry.  WF_DECLINED: not to be had any more.
 */
wf_rc_t wf_task_done(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_task_reported(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_item_done(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_item_reported(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_map_run_update(wf_run_t *run);

/* How long before the next try, in ms: count tries were there before. */
int64_t wf_retry_delay(const wf_retrier_t *retrier, uint32_t count);


/*
 * Phases of forks: state_fork.c and state_map.c
 */

wf_rc_t wf_fork_next(wf_run_t *run);            /* FORKING */
wf_rc_t wf_fork_join(wf_run_t *run);            /* JOINED */
wf_rc_t wf_fork_leave(wf_run_t *run);           /* a branch has ended */
wf_rc_t wf_fork_raise(wf_run_t *run);           /* a branch has failed */
wf_rc_t wf_item_next(wf_run_t *run);            /* FORKING, of a map run */

/* BRANCH_ABANDONED: failed is a branch's number, or WF_NONE. */
wf_rc_t wf_fork_abandon(wf_run_t *run, uint32_t failed, wf_str_t error,
    wf_str_t cause);

/* The items of a Map, or those of its children; kept in exec's arena. */
wf_rc_t wf_map_items(wf_run_t *run, const wf_node_t *node,
    const wf_value_t **items);
wf_rc_t wf_map_run_enter(wf_run_t *run, const wf_node_t *node);

/* What MAP_RUN_STARTED says: a name of its own; limits.  NULL: no memory. */
wf_value_t *wf_map_run_name(wf_run_t *run);
wf_value_t *wf_map_run_limits(wf_run_t *run, const wf_map_run_t *limits);


#endif /* WF_WORK_H */
