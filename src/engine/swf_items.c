
/*
 * What is open in a run of Amazon SWF: decision tasks, activities, timers,
 * children, functions, words to other runs.  Owns their list, how they are
 * found, what they wait for and whether somebody must be told of them; knows
 * no event.
 */

#include "engine/swf_state.h"


#define RUN_ID_BYTES_MAX  256
#define CHECKED_MAX       16        /* items, at every step */

/* A decider names them, and no two open ones alike. */
static const bool  is_named[WF_SWF_ITEM_END] = {
    [WF_SWF_ACTIVITY] = true,
    [WF_SWF_TIMER] = true,
    [WF_SWF_LAMBDA] = true
};


/* The number's own bytes: a table in memory alone. */
static wf_str_t
number_key(const uint64_t *no)
{
    return (wf_str_t) { sizeof(*no), (const uint8_t *) no };
}


static wf_rc_t
enter(wf_swf_t *swf, wf_swf_item_t *item)
{
    if (wf_map_set(&swf->numbers, number_key(&item->no), item) != WF_OK) {
        return WF_ERROR;
    }

    return is_named[item->kind]
           ? wf_map_set(&swf->ids[item->kind], item->id, item) : WF_OK;
}


static void
append(wf_swf_t *swf, wf_swf_item_t *item)
{
    item->prev = swf->last;
    item->next = NULL;

    if (swf->last) {
        swf->last->next = item;

    } else {
        swf->first = item;
    }

    swf->last = item;
}


wf_swf_item_t *
wf_swf_item_add(wf_exec_t *exec, wf_swf_item_kind_t kind,
    const wf_event_t *event, wf_str_t id)
{
    unsigned        i;
    wf_swf_t       *swf;
    wf_swf_item_t  *item;

    swf = exec->swf;
    item = wf_arena_calloc(exec->arena, sizeof(wf_swf_item_t));

    if (item == NULL) {
        return NULL;
    }

    item->kind = (uint8_t) kind;
    item->no = event->event_id;
    item->seq = event->seq;
    item->since_ms = event->time_ms;
    item->id = id;
    item->attributes = event->input;

    for (i = 0; i < WF_SWF_TIMEOUT_END; i++) {
        item->limits[i] = WF_SWF_NO_LIMIT;
    }

    if (enter(swf, item) != WF_OK) {
        return NULL;
    }

    append(swf, item);
    swf->counts[kind]++;

    return item;
}


wf_swf_item_t *
wf_swf_item_find(const wf_exec_t *exec, uint64_t no)
{
    return exec->swf ? wf_map_get(&exec->swf->numbers, number_key(&no)) : NULL;
}


wf_swf_item_t *
wf_swf_item_named(const wf_exec_t *exec, wf_swf_item_kind_t kind, wf_str_t id)
{
    return wf_map_get(&exec->swf->ids[kind], id);
}


void
wf_swf_item_remove(wf_exec_t *exec, wf_swf_item_t *item)
{
    wf_swf_t  *swf;

    swf = exec->swf;
    wf_map_erase(&swf->numbers, number_key(&item->no));

    if (is_named[item->kind]) {
        wf_map_erase(&swf->ids[item->kind], item->id);
    }

    wf_heap_remove(&exec->due, &item->due);
    exec->owed_count -= item->is_owed;
    swf->counts[item->kind]--;

    if (item->prev) {
        item->prev->next = item->next;

    } else {
        swf->first = item->next;
    }

    if (item->next) {
        item->next->prev = item->prev;

    } else {
        swf->last = item->prev;
    }
}


void
wf_swf_items_drop(wf_exec_t *exec)
{
    unsigned        i;
    wf_swf_t       *swf;
    wf_swf_item_t  *item;

    swf = exec->swf;

    for (item = swf->first; item; item = item->next) {
        wf_heap_remove(&exec->due, &item->due);
    }

    swf->first = NULL;
    swf->last = NULL;
    swf->scheduled = NULL;
    swf->started = NULL;
    swf->list = NULL;
    swf->list_timeout = NULL;
    exec->owed_count = 0;
    wf_map_init(&swf->numbers, exec->arena);
    wf_map_init(&swf->told, exec->arena);

    for (i = 0; i < WF_SWF_ITEM_END; i++) {
        wf_map_init(&swf->ids[i], exec->arena);
    }
}


/* Where the time-out's clock started; WF_SWF_NO_LIMIT: it does not run. */
static int64_t
clock_start(const wf_swf_item_t *item, wf_swf_timeout_t timeout)
{
    bool  is_started;

    is_started = item->started_id != 0;

    switch (timeout) {

    case WF_SWF_SCHEDULE_TO_START:
        return is_started ? WF_SWF_NO_LIMIT : item->since_ms;

    case WF_SWF_START_TO_CLOSE:
        return is_started ? item->started_ms : WF_SWF_NO_LIMIT;

    case WF_SWF_HEARTBEAT_LATE:
        return is_started ? item->beat_ms : WF_SWF_NO_LIMIT;

    default:
        return item->since_ms;
    }
}


wf_swf_timeout_t
wf_swf_item_due(const wf_swf_item_t *item, int64_t *due_ms)
{
    unsigned          i;
    int64_t           start_ms;
    wf_swf_timeout_t  first;

    first = WF_SWF_TIMEOUT_END;
    *due_ms = INT64_MAX;

    for (i = 0; i < WF_SWF_TIMEOUT_END && !item->is_held; i++) {
        start_ms = clock_start(item, (wf_swf_timeout_t) i);

        if (item->limits[i] != WF_SWF_NO_LIMIT && start_ms != WF_SWF_NO_LIMIT
            && start_ms + item->limits[i] < *due_ms)
        {
            *due_ms = start_ms + item->limits[i];
            first = (wf_swf_timeout_t) i;
        }
    }

    return first;
}


/* A task that is offered or handed over; a function that is called. */
static bool
owes(const wf_swf_item_t *item)
{
    switch (item->kind) {

    case WF_SWF_DECISION:
        return !item->is_held && !item->is_delivered;

    case WF_SWF_ACTIVITY:
        return !item->is_delivered;

    case WF_SWF_LAMBDA:
        return item->started_id != 0;

    default:
        return false;
    }
}


wf_rc_t
wf_swf_item_settle(wf_exec_t *exec, wf_swf_item_t *item)
{
    bool     is_owed;
    int64_t  due_ms;

    is_owed = owes(item);
    exec->owed_count += is_owed;
    exec->owed_count -= item->is_owed;
    item->is_owed = is_owed;

    if (wf_swf_item_due(item, &due_ms) == WF_SWF_TIMEOUT_END) {
        wf_heap_remove(&exec->due, &item->due);
        return WF_OK;
    }

    return wf_heap_add(&exec->due, &item->due, (uint64_t) due_ms);
}


/*
 * Doubles
 */

static wf_str_t
told_key(uint8_t *bytes, wf_str_t run_id, uint64_t no)
{
    memcpy(bytes, &no, sizeof(no));
    memcpy(bytes + sizeof(no), run_id.data, run_id.len);

    return (wf_str_t) { sizeof(no) + run_id.len, bytes };
}


bool
wf_swf_told(const wf_exec_t *exec, wf_str_t run_id, uint64_t no)
{
    uint8_t  bytes[sizeof(no) + RUN_ID_BYTES_MAX];

    return run_id.len <= RUN_ID_BYTES_MAX
           && wf_map_get(&exec->swf->told, told_key(bytes, run_id, no)) != NULL;
}


wf_rc_t
wf_swf_note(wf_exec_t *exec, wf_str_t run_id, uint64_t no)
{
    wf_str_t  key;
    uint8_t  *bytes;

    if (run_id.len == 0 || run_id.len > RUN_ID_BYTES_MAX
        || wf_swf_told(exec, run_id, no))
    {
        return WF_OK;
    }

    bytes = wf_arena_alloc(exec->arena, sizeof(no) + run_id.len);

    if (bytes == NULL) {
        return WF_ERROR;
    }

    key = told_key(bytes, run_id, no);

    return wf_map_set(&exec->swf->told, key, bytes);
}


/*
 * Moving
 */

static wf_rc_t
move_str(wf_arena_t *arena, wf_str_t *s)
{
    if (s->len == 0) {
        *s = wf_str_none;
        return WF_OK;
    }

    *s = wf_arena_copy(arena, *s);

    return s->data ? WF_OK : WF_ERROR;
}


static wf_rc_t
move_item(wf_arena_t *arena, wf_moved_t *moved, wf_swf_t *swf,
    const wf_swf_item_t *was)
{
    wf_swf_item_t  *item;

    item = wf_arena_alloc(arena, sizeof(wf_swf_item_t));

    if (item == NULL) {
        return WF_ERROR;
    }

    *item = *was;

    if (move_str(arena, &item->id) != WF_OK
        || move_str(arena, &item->run_id) != WF_OK
        || wf_moved_value(moved, &item->attributes) != WF_OK
        || wf_moved_value(moved, &item->details) != WF_OK
        || enter(swf, item) != WF_OK)
    {
        return WF_ERROR;
    }

    append(swf, item);

    if (was == swf->scheduled) {
        swf->scheduled = item;
    }

    if (was == swf->started) {
        swf->started = item;
    }

    return WF_OK;
}


static wf_rc_t
move_told(wf_arena_t *arena, wf_map_t *told)
{
    uint32_t   i;
    wf_map_t   was;
    wf_str_t   key;

    was = *told;
    wf_map_init(told, arena);

    for (i = 0; i < was.entry_count; i++) {
        key = wf_arena_copy(arena, was.entries[i].key);

        if (key.data == NULL
            || wf_map_set(told, key, (void *) key.data) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


wf_rc_t
wf_swf_move(wf_arena_t *arena, wf_moved_t *moved, wf_swf_t **at)
{
    unsigned              i;
    wf_swf_t             *swf;
    const wf_swf_item_t  *item;

    if (*at == NULL) {
        return WF_OK;
    }

    swf = wf_arena_alloc(arena, sizeof(wf_swf_t));

    if (swf == NULL) {
        return WF_ERROR;
    }

    *swf = **at;
    *at = swf;
    item = swf->first;
    swf->first = NULL;
    swf->last = NULL;
    wf_map_init(&swf->numbers, arena);

    for (i = 0; i < WF_SWF_ITEM_END; i++) {
        wf_map_init(&swf->ids[i], arena);
    }

    for ( /* void */ ; item; item = item->next) {
        if (move_item(arena, moved, swf, item) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (wf_moved_value(moved, &swf->context) != WF_OK
        || wf_moved_value(moved, &swf->list) != WF_OK
        || wf_moved_value(moved, &swf->list_timeout) != WF_OK)
    {
        return WF_ERROR;
    }

    return move_told(arena, &swf->told);
}


void
wf_swf_relink(wf_exec_t *exec)
{
    wf_swf_item_t  *item;

    for (item = exec->swf ? exec->swf->first : NULL; item; item = item->next) {
        if (item->due.slot != 0) {
            exec->due.nodes[item->due.slot - 1] = &item->due;
        }
    }
}


/*
 * Invariants
 */

static void
check_item(const wf_exec_t *exec, const wf_swf_item_t *item)
{
    bool     is_due;
    int64_t  due_ms;

    is_due = wf_swf_item_due(item, &due_ms) != WF_SWF_TIMEOUT_END;

    wf_assert(item->prev ? item->prev->no < item->no
                         : exec->swf->first == item);
    wf_assert(item->no > item->started_id
              ? item->started_id == 0 : item->started_seq > item->seq);
    wf_assert(item->no <= exec->codec.event_id);
    wf_assert(wf_swf_item_find(exec, item->no) == item);
    wf_assert(!is_named[item->kind]
              || wf_swf_item_named(exec, item->kind, item->id) == item);
    wf_assert(is_due == (item->due.slot != 0));
    wf_assert(!is_due || (int64_t) item->due.due_ms == due_ms);
    wf_assert(item->is_owed == owes(item));
    wf_assert(item->is_delivered ? item->started_id != 0
                                 : item->attributes != NULL);
    wf_assert(item->kind != WF_SWF_DECISION || item == exec->swf->scheduled
              || item == exec->swf->started);
}


void
wf_swf_check(const wf_exec_t *exec, bool all)
{
    uint32_t              owed, counts[WF_SWF_ITEM_END] = { 0 };
    const wf_swf_t       *swf;
    const wf_swf_item_t  *item;

    swf = exec->swf;

    if (wf_status_is_final(exec->status)) {
        wf_assert(exec->stopped_ms == exec->codec.time_ms);
        wf_assert(exec->due.count == 0 && swf->first == NULL);
        wf_assert(exec->owed_count == 0);
        return;
    }

    wf_assert(swf->children <= swf->counts[WF_SWF_CHILD]);
    wf_assert(swf->scheduled == NULL
              || swf->scheduled->is_held == (swf->started != NULL));

    if (!all && swf->numbers.live_count > CHECKED_MAX) {
        return;
    }

    owed = 0;

    for (item = swf->first; item; item = item->next) {
        check_item(exec, item);
        counts[item->kind]++;
        owed += item->is_owed;
    }

    wf_assert(memcmp(counts, swf->counts, sizeof(counts)) == 0);
    wf_assert(owed == exec->owed_count);
    wf_assert(counts[WF_SWF_DECISION] == (swf->scheduled != NULL)
                                         + (uint32_t) (swf->started != NULL));
}
