
/*
 * Bytes in order.  The store knows executions by number and name, chunks by
 * sequence, items by kind and key; it knows no event by name.
 *
 * A writer is used by one thread (the shard's writer thread), a reader by one
 * thread (a reader thread); they never share a connection.  Nothing here is
 * called before the fork.
 */

#ifndef WF_STORE_H
#define WF_STORE_H


#include "base/value.h"
#include "store/store_types.h"


typedef struct wf_store_s         wf_store_t;          /* writer of a shard */
typedef struct wf_store_reader_s  wf_store_reader_t;   /* reads all shards */

typedef struct {
    /*
     * Opens shard_no for writing, creating or migrating it, and raises its
     * epoch.  exec_no: the highest number used.  Blocks: writer thread only.
     * The place itself (a directory) must be there.
     */
    wf_store_status_t (*open)(void *place, uint32_t shard_no, uint64_t *epoch,
        uint64_t *exec_no, wf_store_t **store, wf_error_t *err);

    /* All running executions, by due time.  Then the catalogue, by key. */
    wf_store_status_t (*scan_running)(wf_store_t *store, wf_row_pt each,
        void *data, wf_error_t *err);
    wf_store_status_t (*scan_items)(wf_store_t *store, uint8_t kind,
        wf_bytes_pt each, void *data, wf_error_t *err);

    /* All names ever used and still kept (for the shard's name filter):
     * exec_no, flow_no and name, the rest is zero.  In no order. */
    wf_store_status_t (*scan_names)(wf_store_t *store, wf_row_pt each,
        void *data, wf_error_t *err);

    /* Failed: nothing of it is visible; what a crash right after it leaves
     * is all or nothing.  FENCED, READONLY, CORRUPT will not pass. */
    wf_store_status_t (*append)(wf_store_t *store, const wf_append_t *append,
        wf_error_t *err);

    /* Idle moments: checkpoint, give space back, both in small steps.  True:
     * there is more of it to do, as soon as nobody wants to append. */
    bool (*rest)(wf_store_t *store);

    void (*close)(wf_store_t *store);

    /* Readers see committed facts only.  WF_DECLINED: not there. */
    wf_rc_t (*reader_open)(void *place, uint32_t shard_count,
        wf_store_reader_t **reader, wf_error_t *err);
    wf_rc_t (*find)(wf_store_reader_t *reader, uint32_t shard_no,
        uint64_t flow_no, wf_str_t name, wf_row_pt each, void *data,
        wf_error_t *err);
    /* Chunks in order, from the one that holds first_seq; key is empty.
     * None so far ahead: WF_OK and no call.  No such execution: declined. */
    wf_rc_t (*chunks)(wf_store_reader_t *reader, uint32_t shard_no,
        uint64_t exec_no, uint64_t first_seq, wf_bytes_pt each, void *data,
        wf_error_t *err);
    /* Over all shards, merged.  WF_DECLINED: nothing is named from. */
    wf_rc_t (*list)(wf_store_reader_t *reader, const wf_list_query_t *query,
        wf_row_pt each, void *data, wf_error_t *err);
    wf_rc_t (*item)(wf_store_reader_t *reader, uint8_t kind, wf_str_t key,
        wf_bytes_pt each, void *data, wf_error_t *err);
    /* Keys >= from, ascending, at most limit. */
    wf_rc_t (*items)(wf_store_reader_t *reader, uint8_t kind, wf_str_t from,
        uint32_t limit, wf_bytes_pt each, void *data, wf_error_t *err);
    /*
     * Names ever used in shard_no and still kept, ascending by exec_no, those
     * with exec_no > after, at most limit.  Rows carry exec_no, flow_no,
     * name, status, started_ms and stopped_ms alone.
     */
    wf_rc_t (*names)(wf_store_reader_t *reader, uint32_t shard_no,
        uint64_t after, uint32_t limit, wf_row_pt each, void *data,
        wf_error_t *err);
    void (*reader_close)(wf_store_reader_t *reader);
} wf_store_type_t;


extern const wf_store_type_t  wf_store_sqlite;      /* place: const char *dir */
extern const wf_store_type_t  wf_store_memory;      /* place: wf_memory_t * */


#endif /* WF_STORE_H */
