
/*
 * Opening a shard.  wf_recover() reads in the writer thread and builds the
 * table of running executions there, so that the worker only takes it over;
 * none of them is loaded until something happens to it.  The filter of names
 * is filled afterwards, page by page, by reader threads.
 */

#include "shard/inside.h"


#define NAMES_PAGE      10000
#define NAMES_RETRY_MS  5000


static wf_rc_t recover_row(void *data, const wf_store_row_t *row);
static wf_rc_t recover_flow(void *data, wf_str_t key, wf_str_t value);
static wf_rc_t recover_parcel(void *data, wf_str_t key, wf_str_t value);
static wf_rc_t recover_counter(void *data, wf_str_t key, wf_str_t value);
static void names_fetched(wf_fetch_t *fetch, int64_t now_ms);


wf_recovery_t *
wf_recover(const wf_store_type_t *type, void *place, uint32_t shard_no)
{
    wf_arena_t     *arena;
    wf_recovery_t  *recovery;

    arena = wf_arena_create(0);
    recovery = arena ? wf_arena_calloc(arena, sizeof(wf_recovery_t)) : NULL;

    if (recovery == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    recovery->arena = arena;
    recovery->lives = wf_lives_create();

    if (recovery->lives == NULL) {
        wf_recovery_free(recovery);
        return NULL;
    }

    recovery->status = type->open(place, shard_no, &recovery->epoch,
                                  &recovery->exec_no, &recovery->store,
                                  &recovery->err);

    if (recovery->status == WF_STORE_OK) {
        recovery->status = type->scan_running(recovery->store, recover_row,
                                              recovery, &recovery->err);
    }

    if (recovery->status == WF_STORE_OK) {
        recovery->status = type->scan_items(recovery->store, WF_ITEM_OUTBOX,
                                            recover_parcel, recovery,
                                            &recovery->err);
    }

    if (recovery->status == WF_STORE_OK && shard_no == 0) {
        recovery->status = type->scan_items(recovery->store, WF_ITEM_FLOW,
                                            recover_flow, recovery,
                                            &recovery->err);
    }

    if (recovery->status == WF_STORE_OK && shard_no == 0) {
        recovery->status = type->scan_items(recovery->store, WF_ITEM_COUNTER,
                                            recover_counter, recovery,
                                            &recovery->err);
    }

    return recovery;
}


void
wf_recovery_free(wf_recovery_t *recovery)
{
    wf_lives_free(recovery->lives);
    wf_parcels_free(recovery->parcels);
    wf_arena_free(recovery->arena);
}


static wf_rc_t
recover_row(void *data, const wf_store_row_t *row)
{
    wf_recovery_t  *recovery;

    recovery = data;

    if (row->name.len > WF_NAME_LEN_MAX) {
        wf_error_set(&recovery->err, WF_E_INTERNAL,
                     "execution %llu has an impossible name",
                     (unsigned long long) row->exec_no);
        return WF_ERROR;
    }

    if (wf_live_adopt(recovery->lives, row) != WF_OK) {
        wf_error_set(&recovery->err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    recovery->row_count++;
    recovery->exec_no = wf_max(recovery->exec_no, row->exec_no);
    recovery->now_ms = wf_max(recovery->now_ms, row->started_ms);

    return WF_OK;
}


/* In the order of executions, as it was left. */

static wf_rc_t
recover_parcel(void *data, wf_str_t key, wf_str_t value)
{
    wf_parcel_t    *parcel, **last;
    wf_recovery_t  *recovery;

    recovery = data;
    parcel = wf_parcel_adopt(key, value);

    if (parcel == NULL) {
        wf_error_set(&recovery->err, WF_E_INTERNAL,
                     "what an execution left to be said is damaged, or no "
                     "memory");
        return WF_ERROR;
    }

    last = (wf_parcel_t **) (recovery->last_parcel ? recovery->last_parcel
                                                   : &recovery->parcels);
    *last = parcel;
    recovery->last_parcel = &parcel->next;

    return WF_OK;
}


/* The catalogue's owner needs to know little; definitions stay behind. */

static wf_rc_t
recover_flow(void *data, wf_str_t key, wf_str_t value)
{
    uint32_t        size;
    wf_flow_t       flow, *flows;
    wf_recovery_t  *recovery;

    recovery = data;

    if (wf_flow_decode(value, &flow) != WF_OK) {
        wf_error_set(&recovery->err, WF_E_INTERNAL,
                     "catalogue entry \"%.*s\" is damaged",
                     (int) wf_min(key.len, WF_NAME_LEN_MAX),
                     (const char *) key.data);
        return WF_ERROR;
    }

    /* Full at every power of two. */

    if ((recovery->flow_count & (recovery->flow_count - 1)) == 0) {
        size = wf_max(recovery->flow_count * 2, 1);
        flows = wf_arena_calloc(recovery->arena, size * sizeof(wf_flow_t));

        if (flows == NULL) {
            goto oom;
        }

        if (recovery->flow_count > 0) {
            memcpy(flows, recovery->flows,
                   recovery->flow_count * sizeof(wf_flow_t));
        }

        recovery->flows = flows;
    }

    flows = &recovery->flows[recovery->flow_count];
    flows->name = wf_arena_copy(recovery->arena, key);

    if (flows->name.data == NULL) {
        goto oom;
    }

    flows->flow_no = flow.flow_no;
    flows->revision = flow.revision;
    flows->request_key = flow.request_key;
    recovery->flow_count++;
    recovery->flow_no = wf_max(recovery->flow_no, flow.flow_no);

    return WF_OK;

oom:

    wf_error_set(&recovery->err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
recover_counter(void *data, wf_str_t key, wf_str_t value)
{
    uint64_t        flow_no;
    wf_reader_t     reader;
    wf_recovery_t  *recovery;

    recovery = data;

    if (wf_str_eq(key, wf_str("flow_no"))) {
        reader = wf_reader(value);
        flow_no = wf_get_u64(&reader);
        recovery->flow_no = wf_max(recovery->flow_no, flow_no);
    }

    return WF_OK;
}


/*
 * The filter of names
 */

void
wf_recover_names(wf_shard_t *shard)
{
    if (shard->names.is_whole || shard->names_fetch != NULL
        || shard->names_retry_ms > shard->now_ms)
    {
        return;
    }

    if (shard->names_done >= shard->names_end) {
        shard->names.is_whole = true;
        return;
    }

    shard->names_fetch = wf_read_names(shard->port, shard->no,
                                       shard->names_done, NAMES_PAGE,
                                       names_fetched, shard);

    if (shard->names_fetch == NULL) {
        shard->names_retry_ms = shard->now_ms + NAMES_RETRY_MS;
    }
}


static void
names_fetched(wf_fetch_t *fetch, int64_t now_ms)
{
    uint32_t     i;
    wf_shard_t  *shard;

    shard = fetch->data;
    shard->names_fetch = NULL;
    wf_shard_now(shard, now_ms);

    if (fetch->read.rc != WF_OK) {
        wf_shard_log(shard, NULL, "could not list its names",
                     &fetch->read.err);
        shard->names_retry_ms = shard->now_ms + NAMES_RETRY_MS;
        wf_fetch_free(fetch);
        return;
    }

    for (i = 0; i < fetch->row_count; i++) {
        wf_names_add(&shard->names, fetch->rows[i].last_seq);
        shard->names_done = wf_max(shard->names_done, fetch->rows[i].exec_no);
    }

    if (fetch->row_count < NAMES_PAGE) {
        shard->names_done = shard->names_end;
    }

    wf_fetch_free(fetch);
    wf_recover_names(shard);
}
