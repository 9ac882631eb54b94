
/*
 * What goes into a store and comes out of it.  Bytes and strings belong to
 * the giver and are valid during the call.
 */

#ifndef WF_STORE_TYPES_H
#define WF_STORE_TYPES_H


#include "base/arena.h"
#include "base/error.h"


/* Layout of shard files; a newer one is refused, an older one migrated. */
#define WF_STORE_LAYOUT       1

/* Limits of the layout; append answers WF_STORE_FAILED beyond them. */
#define WF_STORE_SEQ_MAX      ((1ull << 20) - 1)
#define WF_STORE_EXEC_NO_MAX  ((1ull << 42) - 1)


/* An execution's row; one per execution and append. */
typedef struct {
    uint64_t   exec_no;         /* within the shard, increasing, never reused */
    bool       is_new;          /* insert, else update; one that was over may
                                   run again, with a tail */
    uint64_t   flow_no;
    wf_str_t   name;
    uint8_t    status;          /* 1 is running, others are final, 2 is the
                                   usual end: lists of others are indexed */
    int64_t    started_ms;      /* when new */
    int64_t    stopped_ms;
    int64_t    due_ms;          /* earliest due time; running ones only */
    wf_str_t   head;            /* when new */
    wf_str_t   tail;            /* empty and running: as it was */
    uint64_t   first_seq;       /* of the chunk */
    uint32_t   event_count;     /* 0: no chunk */
    wf_str_t   chunk;           /* sealed */
} wf_store_unit_t;

/* Items: the catalogue (shard 0), and what a shard still has to say. */
typedef enum {
    WF_ITEM_COUNTER = 1,        /* key: name (and number); value: u64s */
    WF_ITEM_FLOW = 2,           /* key: flow name; value: wf_flow_t, current */
    WF_ITEM_REVISION = 3,       /* key: flow_no, revision (big-endian) */
    WF_ITEM_OUTBOX = 4,         /* every shard; key: exec_no, task
                                   (big-endian; task 0: the end) */
    WF_ITEM_VERSION = 5,        /* flow/version.h has their keys */
    WF_ITEM_ALIAS = 6,
    WF_ITEM_SCHEDULE = 7,       /* flow/schedule.h */
    WF_ITEM_NOTE = 8            /* flow/note.h; key: name */
} wf_item_kind_t;

typedef struct {
    uint8_t    kind;
    wf_str_t   key;
    wf_str_t   value;
    bool       erase;           /* key exactly */
    bool       erase_prefix;    /* every key that starts with key */
} wf_store_item_t;

/*
 * One group commit: all or nothing, durable on return.  Units come first, then
 * items, then erased: rows, names and chunks of executions that are over.  One
 * that runs, is the newest of its shard (its number must not be given again)
 * or is not there is left as it is.  With wipes everything that is there goes
 * before all that, counters too.
 */
typedef struct {
    uint64_t          epoch;
    wf_store_unit_t  *units;
    uint32_t          unit_count;
    wf_store_item_t  *items;
    uint32_t          item_count;
    uint64_t         *erased;           /* executions to be forgotten */
    uint32_t          erased_count;
    uint64_t          wipes;            /* 0: no; else flows with numbers
                                           below are gone for ever */
} wf_append_t;

/* Why an append failed. */
typedef enum {
    WF_STORE_OK = 0,
    WF_STORE_FENCED,            /* another owner raised the epoch */
    WF_STORE_FULL,              /* disk full, quota */
    WF_STORE_READONLY,          /* cannot write here */
    WF_STORE_CORRUPT,           /* damaged, not ours, of a newer layout */
    WF_STORE_FAILED             /* everything else; may pass */
} wf_store_status_t;

/* A row as recovery and lists see it. */
typedef struct {
    uint64_t   exec_no;
    uint64_t   flow_no;
    wf_str_t   name;
    uint8_t    status;
    int64_t    started_ms;
    int64_t    stopped_ms;
    int64_t    due_ms;
    uint64_t   last_seq;        /* of its last chunk */
    wf_str_t   head;            /* not in recovery scans */
    wf_str_t   tail;
} wf_store_row_t;

/*
 * Bytes are valid during the call.  Not WF_OK: stop, pass it on (a scan,
 * which has a status, ends as WF_STORE_FAILED).  It must not call the store
 * or the reader that it is called by.
 */
typedef wf_rc_t (*wf_row_pt)(void *data, const wf_store_row_t *row);
typedef wf_rc_t (*wf_bytes_pt)(void *data, wf_str_t key, wf_str_t value);

/* ListExecutions: newest start first, ties by name. */
typedef struct {
    uint64_t   flow_no;
    uint8_t    status;          /* 0: any */
    wf_str_t   prefix;          /* of the name */
    int64_t    begin_ms;        /* inclusive */
    int64_t    end_ms;          /* inclusive; 0: no end */
    wf_str_t   from;            /* name of the first one; empty: the newest */
    uint32_t   limit;
} wf_list_query_t;


#endif /* WF_STORE_TYPES_H */
