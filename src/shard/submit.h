
/*
 * A piece of work for a shard.
 */

#ifndef WF_SUBMIT_H
#define WF_SUBMIT_H


#include "engine/engine.h"
#include "flow/flow.h"
#include "flow/note.h"
#include "flow/schedule.h"
#include "flow/version.h"


typedef struct wf_submit_s  wf_submit_t;

typedef enum {
    WF_SUBMIT_START = 1,
    WF_SUBMIT_STOP,
    WF_SUBMIT_FLOW_CREATE,      /* shard 0 */
    WF_SUBMIT_FLOW_UPDATE,
    WF_SUBMIT_FLOW_DELETE,
    WF_SUBMIT_REPORT,           /* ReportTask*, a child's end */
    WF_SUBMIT_MAP_RUN,          /* UpdateMapRun */
    WF_SUBMIT_VERSION_PUBLISH,  /* shard 0 */
    WF_SUBMIT_VERSION_DELETE,
    WF_SUBMIT_ALIAS_CREATE,     /* shard 0 */
    WF_SUBMIT_ALIAS_UPDATE,
    WF_SUBMIT_ALIAS_DELETE,
    WF_SUBMIT_SCHEDULE_CREATE,  /* shard 0 */
    WF_SUBMIT_SCHEDULE_UPDATE,
    WF_SUBMIT_SCHEDULE_DELETE,
    WF_SUBMIT_NOTE_PUT,         /* shard 0 */
    WF_SUBMIT_NOTE_ERASE,
    WF_SUBMIT_KEEP,             /* an Express execution that is over */
    WF_SUBMIT_REDRIVE,          /* one that is over goes on */
    WF_SUBMIT_RESET,            /* everything goes */
    WF_SUBMIT_SWF,              /* what a run of SWF is told */
    WF_SUBMIT_PENDING,          /* a task list's home: how many are offered;
                                   no shard gets to see it */
    WF_SUBMIT_END
} wf_submit_type_t;

/* KEEP: all there is of it.  flow_no, name and start_key are the submit's. */
typedef struct {
    wf_record_t     record;
    wf_str_t        events;         /* encoded, unsealed */
    uint32_t        event_count;
} wf_ended_t;

/*
 * A piece of work from outside.  Owned by the giver; the shard keeps the
 * pointer until it calls done(), exactly once, after the fact is durable (or
 * an error is certain).  err == NULL: done.  record (START, STOP) and
 * flow (FLOW_*) are valid during the call; other answers stand in the submit.
 */
struct wf_submit_s {
    uint8_t         type;           /* wf_submit_type_t */
    uint64_t        key;            /* random, same for a repeated call */
    bool            is_repeat;      /* sent before, to an owner that went */
    bool            is_internal;    /* REPORT, REDRIVE: not of a client, but
                                       of a child; of its map run */
    bool            is_idempotent;  /* START: one that runs under that name
                                       is this one if the input is the same;
                                       STOP: what is over was stopped;
                                       VERSION_PUBLISH: a version of the
                                       revision that is there will do, and
                                       it must be this one (0: any) */

    uint64_t        flow_no;        /* all but FLOW_*: what the giver saw;
                                       RESET, not of shard 0: of the answer */
    uint64_t        revision;       /* START */
    uint64_t        version;        /* START: that the qualifier means */
    wf_str_t        flow_name;      /* for errors; VERSION_*, ALIAS_*,
                                       SCHEDULE_*: whose */
    wf_str_t        name;           /* execution */
    bool            name_is_fresh;  /* START: generated, cannot exist */
    wf_str_t        input;          /* START: text of an object; REPORT: JSON
                                       text of the output */
    wf_str_t        callback_token; /* REPORT: for errors; START, REDRIVE */
    wf_str_t        qualifier;
    uint32_t        depth;          /* START */
    uint32_t        root_scope;
    wf_str_t        test_case;      /* START: of mocks; empty: none */
    uint64_t        start_key;      /* STOP: only what that START began; 0:
                                       whatever runs */
    wf_str_t        error;          /* STOP, REPORT */
    wf_str_t        cause;

    uint64_t        exec_no;        /* REPORT: of the token */
    uint64_t        task;           /* REPORT */
    uint8_t         outcome;        /* REPORT: wf_outcome_t */
    uint64_t        event_id;       /* REPORT, RESET: the answer; SWF: 1 if
                                       the heartbeat's task is to stop */
    uint8_t         swf;            /* SWF: wf_swf_kind_t; input: JSON text of
                                       an object; name: WORKFLOW or
                                       WORKFLOW/RUN; task; or exec_no of a
                                       token, then whatever the name */
    wf_map_run_t    map_run;        /* MAP_RUN: name and what is to change;
                                       the answer: the run as it is then */

    wf_flow_t      *flow;           /* FLOW_*: the record to write; UPDATE and
                                       DELETE name the revision they saw */
    wf_flow_version_t  *published;  /* VERSION_*: PUBLISH gets its number */
    wf_flow_alias_t    *alias;      /* ALIAS_*: to write; UPDATE and DELETE
                                       name the write they saw by its key */
    wf_schedule_t      *schedule;   /* SCHEDULE_*: the same */
    wf_note_t          *note;       /* NOTE_*: to write; PUT names the write it
                                       saw by its key */
    wf_note_t          *tags;       /* NOTE_PUT, FLOW_CREATE: written with it;
                                       NULL: none */
    wf_str_t            zone;       /* bytes of the file of its time zone;
                                       empty: UTC */
    wf_ended_t         *ended;      /* KEEP */

    void          (*done)(wf_submit_t *submit, const wf_error_t *err,
                          const wf_record_t *record, const wf_flow_t *flow,
                          int64_t now_ms);
    void           *data;
    wf_submit_t    *next;           /* the shard's */
};


#endif /* WF_SUBMIT_H */
