
/*
 * What a shard in memory is made of: a log of committed groups, and the
 * state that they add up to.  Included by store_memory*.c alone.
 */

#ifndef WF_STORE_MEMORY_DISK_H
#define WF_STORE_MEMORY_DISK_H


#include "base/map.h"
#include "store/store_memory.h"


typedef struct wf_memory_group_s  wf_memory_group_t;
typedef struct wf_memory_chunk_s  wf_memory_chunk_t;

/* A committed group, with copies of all it was given. */
struct wf_memory_group_s {
    wf_append_t         append;
    bool                is_forgotten;   /* by the next crash */
    wf_memory_group_t  *next;
};

struct wf_memory_chunk_s {
    uint64_t            first_seq;
    uint32_t            event_count;
    wf_str_t            bytes;
    wf_memory_chunk_t  *next;
};

typedef struct {
    wf_store_row_t       row;
    wf_memory_chunk_t   *first;
    wf_memory_chunk_t  **last;
} wf_memory_exec_t;

typedef struct {
    uint8_t   kind;
    wf_str_t  key;
    wf_str_t  value;
} wf_memory_item_t;

typedef struct {
    bool                 is_there;      /* was opened once */
    bool                 is_broken;     /* no memory for the state */
    uint64_t             epoch;
    uint64_t             appends;

    wf_arena_t          *log_arena;
    wf_memory_group_t   *first;
    wf_memory_group_t  **last;
    wf_memory_group_t   *torn;          /* true after a crash, not before */

    wf_arena_t          *arena;         /* of the state; groups are shared */
    wf_memory_exec_t   **execs;         /* by number */
    uint32_t             exec_count;
    uint32_t             exec_size;
    wf_map_t             names;         /* flow_no and name -> exec */
    wf_memory_item_t    *items;         /* by kind and key */
    uint32_t             item_count;
    uint32_t             item_size;
} wf_memory_disk_t;


/* What an append does that should not, and how opening fails. */
typedef struct {
    uint64_t             countdown;     /* appends; 0: none */
    wf_memory_fault_t    fault;
    wf_store_status_t    status;
    uint32_t             open_count;
    wf_store_status_t    open_status;
} wf_memory_plan_t;

struct wf_memory_s {
    wf_arena_t          *arena;         /* of handles and readers */
    uint64_t             life;          /* crashes so far */
    wf_memory_plan_t     plans[WF_SHARDS_MAX];
    wf_memory_disk_t     disks[WF_SHARDS_MAX];
};


/* WF_ERROR: no memory. */
wf_rc_t wf_memory_disk_init(wf_memory_disk_t *disk);
void wf_memory_disk_free(wf_memory_disk_t *disk);

/* A copy of what is to be committed, in the log's arena.  NULL: no memory. */
wf_memory_group_t *wf_memory_disk_copy(wf_memory_disk_t *disk,
    const wf_append_t *append);

/* Adds it to the log and the state, all or nothing. */
wf_store_status_t wf_memory_disk_commit(wf_memory_disk_t *disk,
    wf_memory_group_t *group, wf_error_t *err);

/* The state anew, from the log.  WF_ERROR: no memory, it is broken. */
wf_rc_t wf_memory_disk_rebuild(wf_memory_disk_t *disk);

/* What power off leaves of the log, and its state. */
void wf_memory_disk_crash(wf_memory_disk_t *disk);

/* NULL: not there. */
wf_memory_exec_t *wf_memory_disk_find(const wf_memory_disk_t *disk,
    uint64_t exec_no);
/* Position of the first execution whose number is not before exec_no. */
uint32_t wf_memory_disk_place(const wf_memory_disk_t *disk, uint64_t exec_no);
wf_memory_exec_t *wf_memory_disk_named(const wf_memory_disk_t *disk,
    uint64_t flow_no, wf_str_t name);

/* Position of the first item that is not before kind and key. */
uint32_t wf_memory_disk_item(const wf_memory_disk_t *disk, uint8_t kind,
    wf_str_t key);


/* The reading half of the vtable: store_memory_read.c. */
wf_rc_t wf_memory_reader_open(void *place, uint32_t shard_count,
    wf_store_reader_t **reader, wf_error_t *err);
void wf_memory_reader_close(wf_store_reader_t *reader);
wf_rc_t wf_memory_find(wf_store_reader_t *reader, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_row_pt each, void *data,
    wf_error_t *err);
wf_rc_t wf_memory_chunks(wf_store_reader_t *reader, uint32_t shard_no,
    uint64_t exec_no, uint64_t first_seq, wf_bytes_pt each, void *data,
    wf_error_t *err);
wf_rc_t wf_memory_names(wf_store_reader_t *reader, uint32_t shard_no,
    uint64_t after, uint32_t limit, wf_row_pt each, void *data,
    wf_error_t *err);
wf_rc_t wf_memory_list(wf_store_reader_t *reader,
    const wf_list_query_t *query, wf_row_pt each, void *data,
    wf_error_t *err);
wf_rc_t wf_memory_item(wf_store_reader_t *reader, uint8_t kind, wf_str_t key,
    wf_bytes_pt each, void *data, wf_error_t *err);
wf_rc_t wf_memory_items(wf_store_reader_t *reader, uint8_t kind,
    wf_str_t from, uint32_t limit, wf_bytes_pt each, void *data,
    wf_error_t *err);


#endif /* WF_STORE_MEMORY_DISK_H */
