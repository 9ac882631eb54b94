
/*
 * What the actions of Step Functions share.  Nobody outside this room
 * includes this.
 */

#ifndef WF_SFN_H
#define WF_SFN_H


#include "actions/answers.h"
#include "actions/jobs.h"


/* CloudFlow's actions that do the work. */
void wf_action_exec_stop(wf_life_t *life, int64_t now_ms);
void wf_action_exec_describe(wf_life_t *life, int64_t now_ms);
void wf_action_express_start(wf_life_t *life, int64_t now_ms);
void wf_action_exec_history(wf_life_t *life, int64_t now_ms);

/* Another argument, of the call's arena; text: of the call's arena, too.
 * WF_ERROR: no memory, answered. */
wf_rc_t wf_sfn_arg(wf_life_t *life, wf_arg_id_t id, wf_str_t text);
wf_rc_t wf_sfn_number(wf_life_t *life, wf_arg_id_t id, int64_t number);

/* ListExecutions of a map run (sfn_map_runs.c). */
void wf_sfn_children(wf_life_t *life, int64_t now_ms);

/* StopExecution's and others' answer where nothing is to be said. */
void wf_sfn_done(wf_life_t *life, int64_t now_ms);

/* Is the input JSON?  Not WF_OK: answered. */
wf_rc_t wf_sfn_input(wf_life_t *life);


#endif /* WF_SFN_H */
