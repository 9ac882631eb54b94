
/*
 * A reader of all shards: one read-only connection per shard's file, opened
 * when it is first asked for.  Included by store_sqlite*.c alone.
 */

#ifndef WF_STORE_SQLITE_READ_H
#define WF_STORE_SQLITE_READ_H


#include "store/store_sqlite.h"


/* Keys that a list looks at in one read transaction. */
#ifndef WF_SQLITE_SCAN_MAX
#define WF_SQLITE_SCAN_MAX  1024
#endif


struct wf_store_reader_s {
    wf_arena_t        *arena;
    wf_arena_t        *scratch;     /* of one list */
    uint32_t           shard_count;
    wf_sqlite_file_t  *files;       /* by shard number */
};


/* The open file of a shard.  WF_DECLINED: there is none yet. */
wf_rc_t wf_sqlite_reader_file(wf_store_reader_t *reader, uint32_t shard_no,
    wf_sqlite_file_t **file, wf_error_t *err);

/* After an error: says why, and connects anew next time.  WF_ERROR. */
wf_rc_t wf_sqlite_reader_failed(wf_sqlite_file_t *file, wf_error_t *err);


/* The reading half of the vtable. */
wf_rc_t wf_sqlite_reader_open(void *place, uint32_t shard_count,
    wf_store_reader_t **reader, wf_error_t *err);
void wf_sqlite_reader_close(wf_store_reader_t *reader);
wf_rc_t wf_sqlite_find(wf_store_reader_t *reader, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_row_pt each, void *data,
    wf_error_t *err);
wf_rc_t wf_sqlite_chunks(wf_store_reader_t *reader, uint32_t shard_no,
    uint64_t exec_no, uint64_t first_seq, wf_bytes_pt each, void *data,
    wf_error_t *err);
wf_rc_t wf_sqlite_names(wf_store_reader_t *reader, uint32_t shard_no,
    uint64_t after, uint32_t limit, wf_row_pt each, void *data,
    wf_error_t *err);
wf_rc_t wf_sqlite_list(wf_store_reader_t *reader,
    const wf_list_query_t *query, wf_row_pt each, void *data,
    wf_error_t *err);
wf_rc_t wf_sqlite_item(wf_store_reader_t *reader, uint8_t kind, wf_str_t key,
    wf_bytes_pt each, void *data, wf_error_t *err);
wf_rc_t wf_sqlite_items(wf_store_reader_t *reader, uint8_t kind,
    wf_str_t from, uint32_t limit, wf_bytes_pt each, void *data,
    wf_error_t *err);


#endif /* WF_STORE_SQLITE_READ_H */
