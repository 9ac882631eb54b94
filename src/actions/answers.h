
/*
 * Rows of actions.def, and the answers that several actions give.
 */

#ifndef WF_ANSWERS_H
#define WF_ANSWERS_H


#include "actions/life.h"


struct wf_action_s {
    const char  *protocol;
    wf_str_t     name;
    void       (*begin)(wf_life_t *life, int64_t now_ms);
    void       (*commit)(wf_life_t *life, wf_shard_t *shard, int64_t now_ms);
    uint8_t      route;                 /* wf_route_t */
    uint8_t      kind;                  /* wf_action_kind_t */
    bool         is_cloudflow;          /* of that API */
};

typedef enum {
    WF_ROUTE_ANYWHERE = 0,
    WF_ROUTE_EXECUTION,
    WF_ROUTE_CATALOG,
    WF_ROUTE_TOKEN
} wf_route_t;

typedef enum {
    WF_KIND_READ = 0,
    WF_KIND_WRITE,
    WF_KIND_POLL,
    WF_KIND_RUN                     /* an effect, but nothing durable */
} wf_action_kind_t;

/* Shard of flows. */
#define WF_CATALOG_SHARD  0


/* With the flow at hand (executions.c).  check: what forbids a start of an
 * execution of that mode before anyone is asked; WF_ERROR: it is answered. */
wf_rc_t wf_execution_check(wf_life_t *life, wf_mode_t mode);
void wf_execution_start(wf_life_t *life, int64_t now_ms);
void wf_execution_stop(wf_life_t *life, int64_t now_ms);
void wf_execution_redrive(wf_life_t *life, int64_t now_ms);
void wf_action_exec_write(wf_life_t *life, wf_shard_t *shard, int64_t now_ms);

/* A page of executions; the flow is at hand (execution_list.c). */
void wf_execution_list(wf_life_t *life, int64_t now_ms);
/* life->record, with the definition of its revision (executions.c). */
void wf_execution_answer(wf_life_t *life, int64_t now_ms);
void wf_execution_view(wf_execution_view_t *view, wf_str_t flow,
    const wf_record_t *record, const wf_flow_t *revision);
/* life->submit: a report on what the token names, and where it belongs;
 * refusal: it is no token.  NULL: answered (reports.c). */
wf_submit_t *wf_report_create(wf_life_t *life, wf_str_t token,
    wf_error_code_t refusal);
/* Names that no execution can have are answered at once. */
bool wf_execution_exists_never(wf_life_t *life);
void wf_execution_not_found(wf_life_t *life);

/* kind: MAP_RUN, MAP_RUN_LIMITS (map_runs.c). */
void wf_map_run_answer(wf_life_t *life, const wf_map_run_t *run,
    wf_reply_kind_t kind);

void wf_map_run_view(const wf_life_t *life, wf_map_run_view_t *view,
    const wf_map_run_t *run);
/* UpdateMapRun; the flow is at hand. */
void wf_map_run_change(wf_life_t *life, int64_t now_ms);

void wf_flow_view(wf_flow_view_t *view, const wf_flow_t *flow);

/* Copied (versions.c, aliases.c, schedules.c). */
void wf_version_answer(wf_life_t *life, const wf_flow_version_t *version);
void wf_alias_answer(wf_life_t *life, const wf_flow_alias_t *alias);
void wf_schedule_answer(wf_life_t *life, const wf_schedule_t *schedule);
/* DescribeFlow of a version; the flow is at hand (versions.c). */
void wf_version_describe(wf_life_t *life, int64_t now_ms);

/* Looks (again) at the execution; parks if the poll goes on (describe.c). */
void wf_describe_look(wf_life_t *life, int64_t now_ms);
void wf_describe_ended(wf_life_t *life, wf_str_t message, int64_t now_ms);


#endif /* WF_ANSWERS_H */
