
/*
 * One shard's committed groups and their sum.  Groups are copied into a log
 * first; the state is applied from it and can be thrown away and made anew,
 * which is all there is to undoing, forgetting and crashing.  Must never
 * depend on the order of a hash or on an address.  Talks to nobody.
 */

#include "store/store_memory_disk.h"


#define SIZE_MIN     64
#define KEY_LEN_MAX  512        /* of a lookup that needs no arena */


static wf_rc_t disk_copy_unit(wf_memory_disk_t *disk, wf_store_unit_t *unit);
static wf_store_status_t disk_apply(wf_memory_disk_t *disk,
    const wf_append_t *append, wf_error_t *err);
static wf_store_status_t disk_add(wf_memory_disk_t *disk,
    const wf_store_unit_t *unit, wf_error_t *err);
static wf_store_status_t disk_set(wf_memory_disk_t *disk,
    const wf_store_unit_t *unit, wf_error_t *err);
static wf_store_status_t disk_chunk(wf_memory_disk_t *disk,
    wf_memory_exec_t *exec, const wf_store_unit_t *unit, wf_error_t *err);
static wf_rc_t disk_insert(wf_memory_disk_t *disk, wf_memory_exec_t *exec);
static wf_store_status_t disk_item(wf_memory_disk_t *disk,
    const wf_store_item_t *item, wf_error_t *err);
static void disk_erase(wf_memory_disk_t *disk, const wf_store_item_t *item);
static wf_store_status_t disk_forget(wf_memory_disk_t *disk, uint64_t exec_no,
    wf_error_t *err);
static wf_rc_t disk_grow(wf_memory_disk_t *disk, void **array,
    uint32_t *size, size_t each);
static wf_str_t disk_key(wf_arena_t *arena, uint64_t flow_no, wf_str_t name);
static wf_store_status_t disk_full(wf_error_t *err);


wf_rc_t
wf_memory_disk_init(wf_memory_disk_t *disk)
{
    memset(disk, 0, sizeof(wf_memory_disk_t));

    disk->last = &disk->first;
    disk->log_arena = wf_arena_create(0);
    disk->arena = wf_arena_create(0);

    if (disk->log_arena == NULL || disk->arena == NULL) {
        wf_memory_disk_free(disk);
        return WF_ERROR;
    }

    wf_map_init(&disk->names, disk->arena);

    return WF_OK;
}


void
wf_memory_disk_free(wf_memory_disk_t *disk)
{
    wf_arena_free(disk->log_arena);
    wf_arena_free(disk->arena);
    disk->log_arena = disk->arena = NULL;
}


wf_memory_group_t *
wf_memory_disk_copy(wf_memory_disk_t *disk, const wf_append_t *append)
{
    uint32_t            i;
    wf_arena_t         *arena;
    wf_append_t        *copy;
    wf_memory_group_t  *group;

    arena = disk->log_arena;
    group = wf_arena_calloc(arena, sizeof(wf_memory_group_t));

    if (group == NULL) {
        return NULL;
    }

    copy = &group->append;
    *copy = *append;
    copy->units = wf_arena_alloc(arena, append->unit_count
                                        * sizeof(wf_store_unit_t));
    copy->items = wf_arena_alloc(arena, append->item_count
                                        * sizeof(wf_store_item_t));
    copy->erased = wf_arena_alloc(arena, append->erased_count
                                         * sizeof(uint64_t));

    if (copy->units == NULL || copy->items == NULL || copy->erased == NULL) {
        return NULL;
    }

    if (append->erased_count) {
        memcpy(copy->erased, append->erased,
               append->erased_count * sizeof(uint64_t));
    }

    for (i = 0; i < append->unit_count; i++) {
        copy->units[i] = append->units[i];

        if (disk_copy_unit(disk, &copy->units[i]) != WF_OK) {
            return NULL;
        }
    }

    for (i = 0; i < append->item_count; i++) {
        copy->items[i] = append->items[i];
        copy->items[i].key = wf_arena_copy(arena, append->items[i].key);
        copy->items[i].value = wf_arena_copy(arena, append->items[i].value);

        if (copy->items[i].key.data == NULL
            || copy->items[i].value.data == NULL)
        {
            return NULL;
        }
    }

    return group;
}


wf_store_status_t
wf_memory_disk_commit(wf_memory_disk_t *disk, wf_memory_group_t *group,
    wf_error_t *err)
{
    wf_store_status_t  status;

    disk->torn = NULL;
    status = disk_apply(disk, &group->append, err);

    if (status != WF_STORE_OK) {
        (void) wf_memory_disk_rebuild(disk);
        return status;
    }

    *disk->last = group;
    disk->last = &group->next;
    disk->appends++;

    return WF_STORE_OK;
}


wf_rc_t
wf_memory_disk_rebuild(wf_memory_disk_t *disk)
{
    wf_error_t          err;
    wf_memory_group_t  *group;

    wf_arena_reset(disk->arena);
    wf_map_init(&disk->names, disk->arena);

    disk->execs = NULL;
    disk->exec_count = disk->exec_size = 0;
    disk->items = NULL;
    disk->item_count = disk->item_size = 0;
    disk->is_broken = false;

    for (group = disk->first; group; group = group->next) {
        if (disk_apply(disk, &group->append, &err) != WF_STORE_OK) {
            disk->is_broken = true;
            return WF_ERROR;
        }
    }

    return WF_OK;
}


void
wf_memory_disk_crash(wf_memory_disk_t *disk)
{
    wf_memory_group_t  **link;

    if (disk->torn) {
        *disk->last = disk->torn;
        disk->last = &disk->torn->next;
        disk->torn = NULL;
    }

    for (link = &disk->first; *link; link = &(*link)->next) {
        if ((*link)->is_forgotten) {
            *link = NULL;
            break;
        }
    }

    disk->last = link;

    (void) wf_memory_disk_rebuild(disk);
}


wf_memory_exec_t *
wf_memory_disk_find(const wf_memory_disk_t *disk, uint64_t exec_no)
{
    uint32_t  i;

    i = wf_memory_disk_place(disk, exec_no);

    return i < disk->exec_count && disk->execs[i]->row.exec_no == exec_no
           ? disk->execs[i] : NULL;
}


wf_memory_exec_t *
wf_memory_disk_named(const wf_memory_disk_t *disk, uint64_t flow_no,
    wf_str_t name)
{
    uint8_t   bytes[KEY_LEN_MAX];
    uint32_t  i;

    /* a name so long is none that a client could have given */
    if (name.len > sizeof(bytes) - 8) {
        for (i = 0; i < disk->exec_count; i++) {
            if (disk->execs[i]->row.flow_no == flow_no
                && wf_str_eq(disk->execs[i]->row.name, name))
            {
                return disk->execs[i];
            }
        }

        return NULL;
    }

    memcpy(bytes, &flow_no, 8);

    if (name.len) {
        memcpy(bytes + 8, name.data, name.len);
    }

    return wf_map_get(&disk->names, (wf_str_t) { name.len + 8, bytes });
}


uint32_t
wf_memory_disk_item(const wf_memory_disk_t *disk, uint8_t kind, wf_str_t key)
{
    uint32_t                 low, high, middle;
    const wf_memory_item_t  *item;

    low = 0;
    high = disk->item_count;

    while (low < high) {
        middle = low + (high - low) / 2;
        item = &disk->items[middle];

        if (item->kind < kind
            || (item->kind == kind && wf_str_cmp(item->key, key) < 0))
        {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low;
}


static wf_rc_t
disk_copy_unit(wf_memory_disk_t *disk, wf_store_unit_t *unit)
{
    unsigned   i;
    wf_str_t  *bytes[] = { &unit->name, &unit->head, &unit->tail,
                           &unit->chunk };

    for (i = 0; i < wf_countof(bytes); i++) {
        *bytes[i] = wf_arena_copy(disk->log_arena, *bytes[i]);

        if (bytes[i]->data == NULL) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_store_status_t
disk_apply(wf_memory_disk_t *disk, const wf_append_t *append, wf_error_t *err)
{
    uint32_t           i;
    wf_store_status_t  status;

    status = WF_STORE_OK;

    if (append->wipes) {
        disk->exec_count = 0;
        disk->item_count = 0;
        wf_map_init(&disk->names, disk->arena);
    }

    for (i = 0; status == WF_STORE_OK && i < append->unit_count; i++) {
        status = append->units[i].is_new
                 ? disk_add(disk, &append->units[i], err)
                 : disk_set(disk, &append->units[i], err);
    }

    for (i = 0; status == WF_STORE_OK && i < append->item_count; i++) {
        status = disk_item(disk, &append->items[i], err);
    }

    for (i = 0; status == WF_STORE_OK && i < append->erased_count; i++) {
        status = disk_forget(disk, append->erased[i], err);
    }

    return status;
}


/* Its memory stays until the state is made anew. */
static wf_store_status_t
disk_forget(wf_memory_disk_t *disk, uint64_t exec_no, wf_error_t *err)
{
    uint32_t           i;
    wf_str_t           key;
    wf_arena_t        *arena;
    wf_memory_exec_t  *exec;

    i = wf_memory_disk_place(disk, exec_no);

    if (i + 1 >= disk->exec_count || disk->execs[i]->row.exec_no != exec_no
        || disk->execs[i]->row.status == 1)
    {
        return WF_STORE_OK;
    }

    exec = disk->execs[i];
    arena = wf_arena_create(KEY_LEN_MAX);
    key = arena ? disk_key(arena, exec->row.flow_no, exec->row.name)
                : wf_str_none;

    if (key.data == NULL) {
        wf_arena_free(arena);
        return disk_full(err);
    }

    wf_map_erase(&disk->names, key);
    wf_arena_free(arena);

    disk->exec_count--;
    memmove(&disk->execs[i], &disk->execs[i + 1],
            (disk->exec_count - i) * sizeof(wf_memory_exec_t *));

    return WF_STORE_OK;
}


static wf_store_status_t
disk_add(wf_memory_disk_t *disk, const wf_store_unit_t *unit, wf_error_t *err)
{
    wf_str_t           key;
    wf_memory_exec_t  *exec;

    if (unit->exec_no == 0 || unit->exec_no > WF_STORE_EXEC_NO_MAX
        || wf_memory_disk_find(disk, unit->exec_no)
        || wf_memory_disk_named(disk, unit->flow_no, unit->name))
    {
        wf_error_set(err, WF_E_INTERNAL,
                     "execution %llu cannot be new: number or name is taken",
                     (unsigned long long) unit->exec_no);
        return WF_STORE_FAILED;
    }

    exec = wf_arena_calloc(disk->arena, sizeof(wf_memory_exec_t));
    key = disk_key(disk->arena, unit->flow_no, unit->name);

    if (exec == NULL || key.data == NULL) {
        return disk_full(err);
    }

    exec->last = &exec->first;
    exec->row.exec_no = unit->exec_no;
    exec->row.flow_no = unit->flow_no;
    exec->row.name = unit->name;
    exec->row.status = unit->status;
    exec->row.started_ms = unit->started_ms;
    exec->row.stopped_ms = unit->stopped_ms;
    exec->row.due_ms = unit->due_ms;
    exec->row.head = unit->head;
    exec->row.tail = unit->tail;

    if (disk_insert(disk, exec) != WF_OK
        || wf_map_set(&disk->names, key, exec) != WF_OK)
    {
        return disk_full(err);
    }

    return disk_chunk(disk, exec, unit, err);
}


static wf_store_status_t
disk_set(wf_memory_disk_t *disk, const wf_store_unit_t *unit, wf_error_t *err)
{
    wf_memory_exec_t  *exec;

    exec = wf_memory_disk_find(disk, unit->exec_no);

    if (exec == NULL || exec->row.flow_no != unit->flow_no
        || (unit->event_count && unit->first_seq <= exec->row.last_seq))
    {
        wf_error_set(err, WF_E_INTERNAL,
                     "execution %llu is not there or is beyond event %llu "
                     "already", (unsigned long long) unit->exec_no,
                     (unsigned long long) unit->first_seq);
        return WF_STORE_FAILED;
    }

    exec->row.status = unit->status;
    exec->row.stopped_ms = unit->stopped_ms;
    exec->row.due_ms = unit->due_ms;

    /* of one that goes on it stays as it was */

    if (unit->tail.len > 0 || unit->status != 1) {
        exec->row.tail = unit->tail;
    }

    return disk_chunk(disk, exec, unit, err);
}


static wf_store_status_t
disk_chunk(wf_memory_disk_t *disk, wf_memory_exec_t *exec,
    const wf_store_unit_t *unit, wf_error_t *err)
{
    wf_memory_chunk_t  *chunk;

    if (unit->event_count == 0) {
        return WF_STORE_OK;
    }

    if (unit->first_seq > WF_STORE_SEQ_MAX) {
        wf_error_set(err, WF_E_INTERNAL, "execution %llu has too many events",
                     (unsigned long long) unit->exec_no);
        return WF_STORE_FAILED;
    }

    chunk = wf_arena_calloc(disk->arena, sizeof(wf_memory_chunk_t));

    if (chunk == NULL) {
        return disk_full(err);
    }

    chunk->first_seq = unit->first_seq;
    chunk->event_count = unit->event_count;
    chunk->bytes = unit->chunk;

    *exec->last = chunk;
    exec->last = &chunk->next;
    exec->row.last_seq = unit->first_seq + unit->event_count - 1;

    return WF_STORE_OK;
}


static wf_rc_t
disk_insert(wf_memory_disk_t *disk, wf_memory_exec_t *exec)
{
    uint32_t   i;
    void      *execs;

    if (disk->exec_count == disk->exec_size) {
        execs = disk->execs;

        if (disk_grow(disk, &execs, &disk->exec_size,
                      sizeof(wf_memory_exec_t *))
            != WF_OK)
        {
            return WF_ERROR;
        }

        disk->execs = execs;
    }

    i = wf_memory_disk_place(disk, exec->row.exec_no);
    memmove(&disk->execs[i + 1], &disk->execs[i],
            (disk->exec_count - i) * sizeof(wf_memory_exec_t *));
    disk->execs[i] = exec;
    disk->exec_count++;

    return WF_OK;
}


static wf_store_status_t
disk_item(wf_memory_disk_t *disk, const wf_store_item_t *item,
    wf_error_t *err)
{
    uint32_t   i;
    void      *items;

    if (item->erase || item->erase_prefix) {
        disk_erase(disk, item);
        return WF_STORE_OK;
    }

    i = wf_memory_disk_item(disk, item->kind, item->key);

    if (i < disk->item_count && disk->items[i].kind == item->kind
        && wf_str_eq(disk->items[i].key, item->key))
    {
        disk->items[i].value = item->value;
        return WF_STORE_OK;
    }

    if (disk->item_count == disk->item_size) {
        items = disk->items;

        if (disk_grow(disk, &items, &disk->item_size,
                      sizeof(wf_memory_item_t))
            != WF_OK)
        {
            return disk_full(err);
        }

        disk->items = items;
    }

    memmove(&disk->items[i + 1], &disk->items[i],
            (disk->item_count - i) * sizeof(wf_memory_item_t));
    disk->items[i].kind = item->kind;
    disk->items[i].key = item->key;
    disk->items[i].value = item->value;
    disk->item_count++;

    return WF_STORE_OK;
}


static void
disk_erase(wf_memory_disk_t *disk, const wf_store_item_t *item)
{
    uint32_t                 first, end;
    const wf_memory_item_t  *found;

    first = wf_memory_disk_item(disk, item->kind, item->key);

    for (end = first; end < disk->item_count; end++) {
        found = &disk->items[end];

        if (found->kind != item->kind
            || !(item->erase_prefix ? wf_str_starts(found->key, item->key)
                                    : wf_str_eq(found->key, item->key)))
        {
            break;
        }
    }

    if (end == first) {
        return;
    }

    memmove(&disk->items[first], &disk->items[end],
            (disk->item_count - end) * sizeof(wf_memory_item_t));
    disk->item_count -= end - first;
}


static wf_rc_t
disk_grow(wf_memory_disk_t *disk, void **array, uint32_t *size, size_t each)
{
    void      *grown;
    uint32_t   more;

    more = *size ? *size * 2 : SIZE_MIN;
    grown = wf_arena_alloc(disk->arena, more * each);

    if (grown == NULL) {
        return WF_ERROR;
    }

    if (*size) {
        memcpy(grown, *array, *size * each);
    }

    *array = grown;
    *size = more;

    return WF_OK;
}


uint32_t
wf_memory_disk_place(const wf_memory_disk_t *disk, uint64_t exec_no)
{
    uint32_t  low, high, middle;

    low = 0;
    high = disk->exec_count;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (disk->execs[middle]->row.exec_no < exec_no) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low;
}


static wf_str_t
disk_key(wf_arena_t *arena, uint64_t flow_no, wf_str_t name)
{
    uint8_t  *bytes;

    bytes = wf_arena_alloc(arena, name.len + 8);

    if (bytes == NULL) {
        return wf_str_none;
    }

    memcpy(bytes, &flow_no, 8);

    if (name.len) {
        memcpy(bytes + 8, name.data, name.len);
    }

    return (wf_str_t) { name.len + 8, bytes };
}


static wf_store_status_t
disk_full(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");

    return WF_STORE_FAILED;
}
