
/*
 * State machines of the Amazon States Language: what the files machine_*.c
 * and dataflow_asl.c share.  The loop, tasks, forks and map runs are those of
 * all dialects (work.h).  Return codes as in step.h.
 */

#ifndef WF_MACHINE_H
#define WF_MACHINE_H


#include "engine/work.h"
#include "flow/program_asl.h"


extern const wf_handlers_t  wf_handlers_machine[WF_STATE_END];


/*
 * machine_fault.c: failures and their words
 */

/* wf_dataflow_t.fault: what an expression says. */
wf_rc_t wf_machine_fault(wf_run_t *run);

/* The state's own refusal, in the same words: States.Runtime, which nothing
 * catches, or, of JSONata, States.QueryEvaluationError of that field (NULL:
 * none). */
wf_rc_t wf_machine_refuse(wf_run_t *run, const char *field,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "the JSONata expression ... returned an unexpected result type" */
wf_rc_t wf_machine_mistyped(wf_run_t *run, const char *field,
    const wf_expr_t *expr, const char *expected, const wf_value_t *value);

/* An error that may be caught; texts live in scratch, or longer. */
wf_rc_t wf_machine_fail(wf_run_t *run, wf_str_t error, wf_str_t cause);

/* States.NoChoiceMatched */
wf_rc_t wf_machine_unmatched(wf_run_t *run);

/* size > WF_DATA_BYTES_ASL: States.DataLimitExceeded of that state or task. */
wf_rc_t wf_machine_limit(wf_run_t *run, size_t size, wf_str_t what);

/* wf_dataflow_t.matches */
bool wf_machine_matches(const wf_run_t *run, wf_str_t name, wf_str_t error);


/*
 * machine_data.c: expressions
 */

/* self: $; result, error: of $states; either may be NULL. */
wf_rc_t wf_machine_env(wf_run_t *run, const wf_value_t *self,
    const wf_value_t *result, const wf_value_t *error);

wf_rc_t wf_machine_eval(wf_run_t *run, const char *field,
    const wf_expr_t *expr, const wf_value_t **value);
wf_rc_t wf_machine_fill(wf_run_t *run, const char *field,
    const wf_template_t *template, const wf_value_t **value);

/* A path of a state; NULL expression: self. */
wf_rc_t wf_machine_path(wf_run_t *run, const wf_asl_path_t *path,
    const wf_value_t *self, const wf_value_t **value);

/* A number of the definition, whole unless is_real. */
wf_rc_t wf_machine_number(wf_run_t *run, const wf_asl_number_t *number,
    bool is_real, double *value);

/* Parameters, Arguments; without: the effective input.  Kept. */
wf_rc_t wf_machine_params(wf_run_t *run, const wf_node_t *node,
    const wf_value_t **params);

/* In exec's arena, shared if it is there. */
wf_rc_t wf_machine_keep(wf_run_t *run, const wf_value_t *from,
    const wf_value_t **to);

/* For messages: a value as JSON; a string bare. */
wf_str_t wf_machine_json(wf_run_t *run, const wf_value_t *value);
wf_str_t wf_machine_text(wf_run_t *run, const wf_value_t *value);

/* NULL: no memory. */
wf_value_t *wf_machine_map_run_arn(wf_run_t *run, wf_arena_t *arena,
    const wf_map_run_t *map_run);

/* wf_dataflow_t.context: $$ */
const wf_value_t *wf_context_asl(wf_env_t *env, wf_arena_t *arena);


/*
 * machine_link.c: wf_dataflow_t.link
 */
void wf_machine_link(const wf_run_t *run, wf_event_t *event);


wf_rc_t wf_machine_pass_enter(wf_run_t *run, const wf_node_t *node);
wf_rc_t wf_machine_choice_enter(wf_run_t *run, const wf_node_t *node);
wf_rc_t wf_machine_wait_enter(wf_run_t *run, const wf_node_t *node);
wf_rc_t wf_machine_fail_enter(wf_run_t *run, const wf_node_t *node);
wf_rc_t wf_machine_task_enter(wf_run_t *run, const wf_node_t *node);
wf_rc_t wf_machine_task_late(wf_run_t *run, const wf_node_t *node);
wf_rc_t wf_machine_parallel_enter(wf_run_t *run, const wf_node_t *node);
wf_rc_t wf_machine_map_enter(wf_run_t *run, const wf_node_t *node);


#include "engine/machine_run.h"


#endif /* WF_MACHINE_H */
