
/*
 * What passes between wire and actions: a decoded request and its answer,
 * free of any protocol.
 */

#ifndef WF_CALL_H
#define WF_CALL_H


#include "base/error.h"
#include "base/value.h"
#include "engine/event.h"
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


/* Answers.  Times in ms, 0: none. */
typedef struct {
    wf_str_t   id;
    wf_str_t   name;
    wf_str_t   definition;
    wf_str_t   description;
    wf_str_t   type;
    wf_str_t   role;
    wf_str_t   storage;
    wf_str_t   group;
    wf_str_t   environment;         /* JSON text of the Variables list */
    bool       is_express;
    int64_t    created_ms;
    int64_t    modified_ms;
} wf_flow_view_t;

typedef struct {
    wf_str_t   flow;
    wf_str_t   name;
    wf_str_t   definition;
    wf_str_t   input;
    wf_str_t   output;
    wf_str_t   role;
    wf_str_t   environment;         /* JSON text of the Variables list */
    uint8_t    status;              /* wf_status_t of engine/record.h */
    int64_t    started_ms;
    int64_t    stopped_ms;
    wf_str_t   error;
    wf_str_t   cause;
} wf_execution_view_t;

typedef struct {
    wf_event_t   event;
    wf_str_t     step;
    bool         is_legacy;         /* generation 1: StepExited shows local */
    bool         is_action;         /* tasks, as in wf_node_t */
    uint8_t      mode;
    wf_str_t     resource;
} wf_event_view_t;

typedef struct {
    wf_str_t   flow;
    wf_str_t   execution;
    wf_str_t   name;
    uint8_t    status;              /* wf_status_t; 0: Pending */
    int64_t    started_ms;
    int64_t    stopped_ms;
    uint32_t   concurrency;
    uint32_t   tolerated_count;     /* UINT32_MAX: not set */
    double     tolerated_percentage;    /* < 0: not set */
    uint32_t   total;
    uint32_t   pending;
    uint32_t   running;
    uint32_t   succeeded;
    uint32_t   failed;
    uint32_t   aborted;
} wf_map_run_view_t;

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
    WF_REPLY_VERSION,
    WF_REPLY_VERSIONS,
    WF_REPLY_ALIAS,
    WF_REPLY_ALIASES
} wf_reply_kind_t;

typedef struct {
    wf_error_t  *error;             /* not NULL: nothing else counts */
    uint8_t      kind;              /* wf_reply_kind_t */
    bool         metadata_only;     /* lists: no definition, input, output */
    uint32_t     count;             /* 1 for single ones */
    union {
        wf_flow_view_t       *flows;
        wf_execution_view_t  *executions;
        wf_event_view_t      *events;
        wf_map_run_view_t    *map_run;
        wf_version_view_t    *versions;
        wf_alias_view_t      *aliases;
        uint64_t              event_id;
    } u;
    wf_str_t     next_token;        /* empty: the end */
} wf_reply_t;


#endif /* WF_CALL_H */
