
/*
 * Parallel and Map of state machines, and map runs.  Part of machine.h, which
 * is what to include.
 */

#ifndef WF_MACHINE_RUN_H
#define WF_MACHINE_RUN_H


#include "engine/work.h"
#include "flow/program_asl.h"


/*
 * machine_fork.c, machine_run.c
 */

/* Is the state that failed without a catch shown to be aborted? */
bool wf_machine_leaves_open(const wf_run_t *run);

/* A branch has failed: the states of all others are left, one by one, then
 * the fork is given up. */
wf_rc_t wf_machine_raise(wf_run_t *run);

/* OPENED: the map run begins. */
wf_rc_t wf_machine_map_begin(wf_run_t *run);

/* JOINED, of a map run: how it ended; WF_DECLINED: that is recorded. */
wf_rc_t wf_machine_run_end(wf_run_t *run);

/* What a Map works on, an array (distributed: or an object). */
wf_rc_t wf_machine_items(wf_run_t *run, const wf_node_t *node,
    const wf_value_t **items);

/* What its children or iterations are told of items, in batches or one by
 * one.  An array, in scratch. */
wf_rc_t wf_machine_inputs(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *items, bool is_batched, const wf_value_t **inputs);

/* Inputs of the children, in scratch. */
wf_rc_t wf_machine_child_inputs(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *items, const wf_value_t **inputs);

/* machine_call.c: what a map run reads and writes, by calls of its own.  read:
 * FORKING, nothing is read yet; write: JOINED; WF_DECLINED: nothing is to be
 * written, or it is. */
wf_rc_t wf_machine_read(wf_run_t *run);
wf_rc_t wf_machine_write(wf_run_t *run);
wf_rc_t wf_machine_call_done(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_machine_describe_call(wf_run_t *run, wf_effect_t *effect,
    const wf_roster_entry_t *entry);
/* What the Map amounts to; NULL: no memory. */
wf_value_t *wf_machine_gather(wf_run_t *run, const wf_fork_t *fork);

/* MAP_RUN_FAILED */
wf_rc_t wf_machine_run_fail(wf_run_t *run, wf_str_t error, wf_str_t cause);

/* MaxConcurrency; 0: max. */
wf_rc_t wf_machine_width(wf_run_t *run, const wf_asl_number_t *number,
    uint32_t max, uint32_t *width);

wf_rc_t wf_machine_map_run_enter(wf_run_t *run, const wf_node_t *node);


#endif /* WF_MACHINE_RUN_H */
