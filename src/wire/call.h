
/*
 * What passes between wire and actions: a decoded request and its answer,
 * free of any protocol.
 */

#ifndef WF_CALL_H
#define WF_CALL_H


#include "wire/views.h"
#include "wire/schedule_view.h"
#include "wire/version_view.h"


typedef enum {
#define ARG(symbol, number)  WF_ARG_##symbol = number,
#include "wire/args.def"
#undef ARG
    WF_ARG_COUNT
} wf_arg_id_t;

typedef struct wf_arg_s  wf_arg_t;

struct wf_arg_s {
    wf_arg_t     *next;
    wf_arg_id_t   id;
    bool          present;          /* an empty optional value is absent */
    wf_str_t      text;
    int64_t       number;           /* integers, booleans, times in ms */
};

/* A list: of many possible arguments a request has few.  Begins as { 0 }. */
typedef struct {
    wf_arg_t  *first;
} wf_args_t;

/* Never NULL: one that is not there is not present. */
const wf_arg_t *wf_args_get(const wf_args_t *args, wf_arg_id_t id);

/* A new last one, present and otherwise empty; none of that id is there yet.
 * NULL: no memory. */
wf_arg_t *wf_args_add(wf_arena_t *arena, wf_args_t *args, wf_arg_id_t id);


typedef enum {
    WF_REPLY_EMPTY = 0,             /* the request id alone */
    WF_REPLY_FLOW,
    WF_REPLY_FLOWS,
    WF_REPLY_EXECUTION,
    WF_REPLY_EXECUTIONS,
    WF_REPLY_SYNC_EXECUTION,        /* StartSyncExecution */
    WF_REPLY_EVENTS,
    WF_REPLY_EVENT_ID,              /* of ReportTask*: event_id */
    WF_REPLY_MAP_RUN,               /* DescribeMapRun */
    WF_REPLY_MAP_RUN_LIMITS,        /* UpdateMapRun */
    WF_REPLY_MAP_RUNS,
    WF_REPLY_VERSION,
    WF_REPLY_VERSIONS,
    WF_REPLY_ALIAS,
    WF_REPLY_ALIASES,
    WF_REPLY_REGIONS,
    WF_REPLY_SCHEDULE,
    WF_REPLY_SCHEDULES,
    WF_REPLY_NOTE,                  /* what other APIs keep by name */
    WF_REPLY_NOTES,
    WF_REPLY_JSON,                  /* the answer itself */
    WF_REPLY_TASK,                  /* for who asked for one */
    WF_REPLY_RUNS,                  /* of SWF */
    WF_REPLY_COUNT                  /* count, is_truncated */
} wf_reply_kind_t;

typedef struct {
    wf_error_t  *error;             /* not NULL: nothing else counts */
    uint8_t      kind;              /* wf_reply_kind_t */
    bool         metadata_only;     /* lists: no definition, input, output */
    bool         has_changed;       /* an update: it was one */
    bool         is_truncated;      /* COUNT: there are more */
    uint32_t     count;             /* 1 for single ones */
    union {
        wf_flow_view_t       *flows;
        wf_execution_view_t  *executions;
        wf_event_view_t      *events;
        wf_map_run_view_t    *map_run;
        wf_region_t          *regions;
        wf_version_view_t    *versions;
        wf_alias_view_t      *aliases;
        wf_schedule_view_t   *schedules;
        wf_note_view_t       *notes;
        wf_task_view_t        task;
        wf_run_view_t        *runs;
        uint64_t              event_id;
        wf_str_t              json;
    } u;
    wf_str_t     next_token;        /* empty: the end */
    const wf_execution_view_t *of;  /* EVENTS: whose they are */
    const wf_task_view_t      *task;    /* EVENTS: that they go with */
} wf_reply_t;


#endif /* WF_CALL_H */
