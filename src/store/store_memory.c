
/*
 * Shards in memory: the place, its faults, and the writer.  Must never
 * change anything by itself: the same calls give the same answers.  Talks to
 * store_memory_disk.c.
 */

#include <stdlib.h>

#include "store/store_memory_disk.h"


struct wf_store_s {
    wf_memory_t       *memory;
    wf_memory_disk_t  *disk;
    wf_memory_plan_t  *plan;
    uint64_t           life;            /* of the memory, when opened */
};


static wf_store_status_t memory_open(void *place, uint32_t shard_no,
    uint64_t *epoch, uint64_t *exec_no, wf_store_t **store, wf_error_t *err);
static bool memory_is_alive(wf_store_t *store, wf_error_t *err);
static wf_store_status_t memory_scan_running(wf_store_t *store,
    wf_row_pt each, void *data, wf_error_t *err);
static int memory_by_due(const void *one, const void *two);
static wf_store_status_t memory_scan_items(wf_store_t *store, uint8_t kind,
    wf_bytes_pt each, void *data, wf_error_t *err);
static wf_store_status_t memory_scan_names(wf_store_t *store, wf_row_pt each,
    void *data, wf_error_t *err);
static wf_store_status_t memory_stopped(wf_rc_t rc, wf_error_t *err);
static wf_store_status_t memory_append(wf_store_t *store,
    const wf_append_t *append, wf_error_t *err);
static wf_store_status_t memory_tear(wf_store_t *store,
    wf_memory_group_t *group, wf_error_t *err);
static wf_store_status_t memory_failed(wf_store_status_t status,
    wf_error_t *err);
static bool memory_rest(wf_store_t *store);
static void memory_close(wf_store_t *store);


const wf_store_type_t  wf_store_memory = {
    .open = memory_open,
    .scan_running = memory_scan_running,
    .scan_items = memory_scan_items,
    .scan_names = memory_scan_names,
    .append = memory_append,
    .rest = memory_rest,
    .close = memory_close,
    .reader_open = wf_memory_reader_open,
    .find = wf_memory_find,
    .chunks = wf_memory_chunks,
    .names = wf_memory_names,
    .list = wf_memory_list,
    .item = wf_memory_item,
    .items = wf_memory_items,
    .reader_close = wf_memory_reader_close
};


wf_memory_t *
wf_memory_create(void)
{
    uint32_t      i;
    wf_arena_t   *arena;
    wf_memory_t  *memory;

    arena = wf_arena_create(0);
    memory = arena ? wf_arena_calloc(arena, sizeof(wf_memory_t)) : NULL;

    if (memory == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    memory->arena = arena;

    for (i = 0; i < WF_SHARDS_MAX; i++) {
        if (wf_memory_disk_init(&memory->disks[i]) != WF_OK) {
            wf_memory_free(memory);
            return NULL;
        }
    }

    return memory;
}


void
wf_memory_free(wf_memory_t *memory)
{
    uint32_t  i;

    if (memory == NULL) {
        return;
    }

    for (i = 0; i < WF_SHARDS_MAX; i++) {
        wf_memory_disk_free(&memory->disks[i]);
    }

    wf_arena_free(memory->arena);
}


void
wf_memory_fault(wf_memory_t *memory, uint32_t shard_no, uint64_t nth,
    wf_memory_fault_t fault, wf_store_status_t status)
{
    wf_memory_plan_t  *plan;

    wf_assert(shard_no < WF_SHARDS_MAX);
    wf_assert(nth == 0 || fault == WF_MEMORY_FORGET || status != WF_STORE_OK);

    plan = &memory->plans[shard_no];
    plan->countdown = nth;
    plan->fault = fault;
    plan->status = status;
}


void
wf_memory_fail_open(wf_memory_t *memory, uint32_t shard_no, uint32_t count,
    wf_store_status_t status)
{
    wf_assert(shard_no < WF_SHARDS_MAX);
    wf_assert(count == 0 || status != WF_STORE_OK);

    memory->plans[shard_no].open_count = count;
    memory->plans[shard_no].open_status = status;
}


void
wf_memory_fence(wf_memory_t *memory, uint32_t shard_no)
{
    wf_assert(shard_no < WF_SHARDS_MAX);

    memory->disks[shard_no].epoch++;
}


void
wf_memory_crash(wf_memory_t *memory)
{
    uint32_t  i;

    for (i = 0; i < WF_SHARDS_MAX; i++) {
        if (memory->disks[i].is_there) {
            wf_memory_disk_crash(&memory->disks[i]);
        }
    }

    memory->life++;
}


uint64_t
wf_memory_appends(const wf_memory_t *memory, uint32_t shard_no)
{
    wf_assert(shard_no < WF_SHARDS_MAX);

    return memory->disks[shard_no].appends;
}


static wf_store_status_t
memory_open(void *place, uint32_t shard_no, uint64_t *epoch,
    uint64_t *exec_no, wf_store_t **store, wf_error_t *err)
{
    wf_store_t        *made;
    wf_memory_t       *memory;
    wf_memory_disk_t  *disk;
    wf_memory_plan_t  *plan;

    memory = place;
    wf_assert(shard_no < WF_SHARDS_MAX);

    disk = &memory->disks[shard_no];
    plan = &memory->plans[shard_no];

    if (plan->open_count) {
        plan->open_count--;
        return memory_failed(plan->open_status, err);
    }

    made = wf_arena_calloc(memory->arena, sizeof(wf_store_t));

    if (made == NULL
        || (disk->is_broken && wf_memory_disk_rebuild(disk) != WF_OK))
    {
        wf_error_set(err, WF_E_INTERNAL, "cannot open shard %u: out of memory",
                     (unsigned) shard_no);
        return WF_STORE_FAILED;
    }

    made->memory = memory;
    made->disk = disk;
    made->plan = plan;
    made->life = memory->life;

    /* the new epoch is a commit of its own */
    disk->torn = NULL;
    disk->is_there = true;

    *epoch = ++disk->epoch;
    *exec_no = disk->exec_count
               ? disk->execs[disk->exec_count - 1]->row.exec_no : 0;
    *store = made;

    return WF_STORE_OK;
}


static bool
memory_is_alive(wf_store_t *store, wf_error_t *err)
{
    if (store->life != store->memory->life || store->disk->is_broken) {
        wf_error_set(err, WF_E_INTERNAL, store->disk->is_broken
                                         ? "out of memory"
                                         : "the store is gone: it crashed");
        return false;
    }

    return true;
}


static wf_store_status_t
memory_scan_running(wf_store_t *store, wf_row_pt each, void *data,
    wf_error_t *err)
{
    wf_rc_t             rc;
    uint32_t            i, count;
    wf_arena_t         *arena;
    wf_store_row_t      row;
    wf_memory_exec_t  **running;

    if (!memory_is_alive(store, err)) {
        return WF_STORE_FAILED;
    }

    arena = wf_arena_create(0);
    running = arena ? wf_arena_alloc(arena, store->disk->exec_count
                                            * sizeof(wf_memory_exec_t *))
                    : NULL;

    if (running == NULL) {
        wf_arena_free(arena);
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_STORE_FAILED;
    }

    count = 0;

    for (i = 0; i < store->disk->exec_count; i++) {
        if (store->disk->execs[i]->row.status == 1) {
            running[count++] = store->disk->execs[i];
        }
    }

    qsort(running, count, sizeof(wf_memory_exec_t *), memory_by_due);
    rc = WF_OK;

    for (i = 0; rc == WF_OK && i < count; i++) {
        row = running[i]->row;
        row.head = wf_str_none;
        rc = each(data, &row);
    }

    wf_arena_free(arena);

    return memory_stopped(rc, err);
}


static int
memory_by_due(const void *one, const void *two)
{
    const wf_store_row_t  *a, *b;

    a = &(*(wf_memory_exec_t *const *) one)->row;
    b = &(*(wf_memory_exec_t *const *) two)->row;

    if (a->due_ms != b->due_ms) {
        return a->due_ms < b->due_ms ? -1 : 1;
    }

    return a->exec_no < b->exec_no ? -1 : a->exec_no > b->exec_no;
}


static wf_store_status_t
memory_scan_items(wf_store_t *store, uint8_t kind, wf_bytes_pt each,
    void *data, wf_error_t *err)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_memory_disk_t  *disk;

    if (!memory_is_alive(store, err)) {
        return WF_STORE_FAILED;
    }

    disk = store->disk;
    rc = WF_OK;

    for (i = wf_memory_disk_item(disk, kind, wf_str_none);
         rc == WF_OK && i < disk->item_count && disk->items[i].kind == kind;
         i++)
    {
        rc = each(data, disk->items[i].key, disk->items[i].value);
    }

    return memory_stopped(rc, err);
}


static wf_store_status_t
memory_scan_names(wf_store_t *store, wf_row_pt each, void *data,
    wf_error_t *err)
{
    wf_rc_t                rc;
    uint32_t               i;
    wf_store_row_t         row;
    const wf_store_row_t  *found;

    if (!memory_is_alive(store, err)) {
        return WF_STORE_FAILED;
    }

    memset(&row, 0, sizeof(wf_store_row_t));
    rc = WF_OK;

    for (i = 0; rc == WF_OK && i < store->disk->exec_count; i++) {
        found = &store->disk->execs[i]->row;
        row.exec_no = found->exec_no;
        row.flow_no = found->flow_no;
        row.name = found->name;
        rc = each(data, &row);
    }

    return memory_stopped(rc, err);
}


static wf_store_status_t
memory_stopped(wf_rc_t rc, wf_error_t *err)
{
    if (rc == WF_OK) {
        return WF_STORE_OK;
    }

    wf_error_set(err, WF_E_INTERNAL, "what was read was refused");

    return WF_STORE_FAILED;
}


static wf_store_status_t
memory_append(wf_store_t *store, const wf_append_t *append, wf_error_t *err)
{
    bool                is_due;
    wf_memory_plan_t   *plan;
    wf_memory_group_t  *group;

    if (!memory_is_alive(store, err)) {
        return WF_STORE_FAILED;
    }

    if (append->epoch != store->disk->epoch) {
        wf_error_set(err, WF_E_INTERNAL,
                     "the epoch is %llu, the writer's is %llu",
                     (unsigned long long) store->disk->epoch,
                     (unsigned long long) append->epoch);
        return WF_STORE_FENCED;
    }

    plan = store->plan;
    is_due = plan->countdown && --plan->countdown == 0;

    if (is_due && plan->fault == WF_MEMORY_FAIL) {
        return memory_failed(plan->status, err);
    }

    group = wf_memory_disk_copy(store->disk, append);

    if (group == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_STORE_FAILED;
    }

    if (is_due && plan->fault == WF_MEMORY_TEAR) {
        return memory_tear(store, group, err);
    }

    group->is_forgotten = is_due;

    return wf_memory_disk_commit(store->disk, group, err);
}


/* It must have been right to be torn: a wrong one is refused as ever. */
static wf_store_status_t
memory_tear(wf_store_t *store, wf_memory_group_t *group, wf_error_t *err)
{
    wf_store_status_t    status;
    wf_memory_disk_t    *disk;
    wf_memory_group_t  **last;

    disk = store->disk;
    last = disk->last;
    status = wf_memory_disk_commit(disk, group, err);

    if (status != WF_STORE_OK) {
        return status;
    }

    *last = NULL;
    disk->last = last;
    disk->appends--;
    disk->torn = group;

    (void) wf_memory_disk_rebuild(disk);

    return memory_failed(store->plan->status, err);
}


static wf_store_status_t
memory_failed(wf_store_status_t status, wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "the store was told to fail (%d)",
                 (int) status);

    return status;
}


/* Nothing to fold, nothing to give back. */
static bool
memory_rest(wf_store_t *store)
{
    wf_assert(store->memory != NULL);

    return false;
}


/* The handle's bytes stay with the memory, which outlives it. */
static void
memory_close(wf_store_t *store)
{
    wf_assert(store->memory != NULL);
    store->memory = NULL;
}
