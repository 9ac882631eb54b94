
/*
 * What the files of Step Functions share among themselves; nobody outside of
 * this room includes this.
 */

#ifndef WF_AWS_SFN_H
#define WF_AWS_SFN_H


#include "wire/aws.h"
#include "wire/aws_print.h"


typedef void  wf_sfn_encode_pt(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);

wf_sfn_encode_pt  wf_sfn_encode_empty;

/* aws_routes.c: routes of an alias (asl 19) as ROUTES, and whose they are. */
wf_rc_t wf_sfn_routes(wf_message_t *message, wf_args_t *args, wf_error_t *err,
    wf_str_t *version_arn);

/* aws_sfn_machines.c */
wf_sfn_encode_pt  wf_sfn_encode_created;
wf_sfn_encode_pt  wf_sfn_encode_machine;
wf_sfn_encode_pt  wf_sfn_encode_machines;

wf_sfn_encode_pt  wf_sfn_encode_updated;
wf_sfn_encode_pt  wf_sfn_encode_for_execution;
wf_sfn_encode_pt  wf_sfn_encode_json;

/* aws_sfn_versions.c */
wf_sfn_encode_pt  wf_sfn_encode_version;
wf_sfn_encode_pt  wf_sfn_encode_versions;
wf_sfn_encode_pt  wf_sfn_encode_alias;
wf_sfn_encode_pt  wf_sfn_encode_alias_updated;
wf_sfn_encode_pt  wf_sfn_encode_alias_described;
wf_sfn_encode_pt  wf_sfn_encode_aliases;

/* aws_sfn_notes.c */
wf_sfn_encode_pt  wf_sfn_encode_activity;
wf_sfn_encode_pt  wf_sfn_encode_activity_described;
wf_sfn_encode_pt  wf_sfn_encode_activities;
wf_sfn_encode_pt  wf_sfn_encode_tags;
wf_sfn_encode_pt  wf_sfn_encode_task;

/* aws_sfn_executions.c */
wf_sfn_encode_pt  wf_sfn_encode_sync;
wf_sfn_encode_pt  wf_sfn_encode_start;
wf_sfn_encode_pt  wf_sfn_encode_execution;
wf_sfn_encode_pt  wf_sfn_encode_stop;
wf_sfn_encode_pt  wf_sfn_encode_redriven;
wf_sfn_encode_pt  wf_sfn_encode_executions;
wf_sfn_encode_pt  wf_sfn_encode_history;

/*
 * aws_sfn_map_runs.c: children of map runs.  The engine calls them
 * "<run>:<number>", clients see "<run>-<number>" behind MACHINE/LABEL.
 */
bool wf_sfn_is_child(wf_str_t name);
/* WF_DECLINED: it is none; data == NULL: no memory. */
wf_rc_t wf_sfn_child_name(wf_arena_t *arena, wf_str_t shown, wf_str_t *name);
/* Its executionArn, mapRunArn, stateMachineArn and name; the label is that of
 * what was asked for. */
void wf_sfn_child_print(wf_buf_t *buf, const wf_message_t *message,
    const wf_execution_view_t *view);

wf_sfn_encode_pt  wf_sfn_encode_map_runs;
wf_sfn_encode_pt  wf_sfn_encode_map_run;


/*
 * Pieces of answers, as those of aws_print.h.
 */

/* The ARN of a flow, with a version (0: none) or an alias. */
void wf_aws_machine(wf_buf_t *buf, const char *name, wf_str_t flow,
    wf_str_t qualifier);
void wf_aws_version(wf_buf_t *buf, const char *name, wf_str_t flow,
    uint64_t version);
void wf_aws_execution(wf_buf_t *buf, const char *name, wf_str_t flow,
    wf_str_t execution);


#endif /* WF_AWS_SFN_H */
