
/*
 * What answers show, free of any protocol.
 */

#ifndef WF_VIEWS_H
#define WF_VIEWS_H


#include "base/error.h"
#include "base/value.h"
#include "engine/event.h"


/* Times in ms, 0: none. */
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
    bool       is_deleting;
    int64_t    created_ms;
    int64_t    modified_ms;
    wf_str_t   attributes;          /* JSON text: what one API alone knows */
    wf_str_t   references;          /* JSON text: variables by state */
    bool       is_deprecated;       /* a domain of SWF */
    uint64_t   version;             /* that it is about; 0: none */
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
    wf_str_t   qualifier;           /* as it was started; empty: none */
    uint64_t   version;             /* that the qualifier meant */
    bool       is_synchronous;      /* Express: it was waited for */
    uint32_t   redrive_count;
    int64_t    redriven_ms;
    wf_str_t   redrive_reason;      /* why it cannot be redriven; empty: it
                                       can */
    bool       is_run_by_map;       /* ... by its map run alone */
    bool       is_pending;          /* ... which has not come to it yet */
} wf_execution_view_t;

/* As wf_asl_resource_t of flow/program_asl.h. */
typedef enum {
    WF_CALLED_LAMBDA = 1,
    WF_CALLED_ACTIVITY,
    WF_CALLED_SERVICE
} wf_called_t;

typedef struct {
    wf_event_t   event;
    wf_str_t     step;
    bool         is_legacy;         /* generation 1: StepExited shows local */
    bool         is_action;         /* tasks, as in wf_node_t */
    uint8_t      mode;
    wf_str_t     resource;

    /* Amazon States Language, of the state */
    wf_str_t     type;              /* "Pass" */
    uint8_t      kind;              /* wf_called_t */
    wf_str_t     service;
    wf_str_t     operation;
    wf_str_t     label;             /* Map; empty: none */
} wf_event_view_t;

typedef struct {
    wf_str_t   flow;
    wf_str_t   execution;
    wf_str_t   name;
    wf_str_t   step;                /* Amazon States Language alone: the Map */
    wf_str_t   label;               /* ... empty: none */
    bool       is_written;          /* ... results went to a ResultWriter */
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
    uint32_t   pending_redrive;     /* of a redrive: still to be taken up */
    uint32_t   not_redrivable;      /* of the failed ones */
    uint32_t   redrive_count;
    int64_t    redriven_ms;
} wf_map_run_view_t;

typedef struct {
    wf_str_t   name;
    wf_str_t   body;                /* JSON text */
    int64_t    created_ms;
    int64_t    deprecated_ms;       /* a type of SWF; 0: it is not */
} wf_note_view_t;

/* A run of SWF. */
typedef struct {
    wf_str_t     name;              /* WORKFLOW/RUN */
    wf_str_t     input;             /* attributes of its start, JSON */
    uint8_t      status;            /* wf_status_t */
    int64_t      started_ms;
    int64_t      stopped_ms;        /* 0: it is open */
    bool         cancel_requested;
    uint32_t     activities;        /* open: these five */
    uint32_t     decisions;
    uint32_t     timers;
    uint32_t     children;
    uint32_t     lambdas;
    int64_t      latest_activity_ms;
    bool         has_context;
    wf_str_t     context;
} wf_run_view_t;

/* A task that somebody asked for; token empty: there is none. */
typedef struct {
    wf_str_t   token;
    wf_str_t   input;               /* JSON text */
} wf_task_view_t;

typedef struct {
    wf_str_t   id;
    wf_str_t   name;
    wf_str_t   endpoint;            /* empty: where the request went */
} wf_region_t;


#endif /* WF_VIEWS_H */
