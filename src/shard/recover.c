
/*
 * Opening a shard.  wf_recover() reads in the writer thread and builds the
 * table of running executions there, so that the worker only takes it over;
 * none of them is loaded until something happens to it.
 */

#include "shard/inside.h"


static wf_rc_t recover_row(void *data, const wf_store_row_t *row);
static wf_rc_t recover_flow(void *data, wf_str_t key, wf_str_t value);
static wf_rc_t recover_parcel(void *data, wf_str_t key, wf_str_t value);
static wf_rc_t recover_counter(void *data, wf_str_t key, wf_str_t value);
static wf_rc_t recover_version(void *data, wf_str_t key, wf_str_t value);
static wf_rc_t recover_alias(void *data, wf_str_t key, wf_str_t value);
static wf_rc_t recover_schedule(void *data, wf_str_t key, wf_str_t value);
static wf_rc_t recover_note(void *data, wf_str_t key, wf_str_t value);


/* What only shard 0 has, in this order. */

static const struct {
    uint8_t      kind;
    wf_bytes_pt  each;
} catalogue[] = {
    { WF_ITEM_FLOW, recover_flow },
    { WF_ITEM_VERSION, recover_version },
    { WF_ITEM_ALIAS, recover_alias },
    { WF_ITEM_SCHEDULE, recover_schedule },
    { WF_ITEM_NOTE, recover_note }
};


static void
recover_catalogue(wf_recovery_t *recovery, const wf_store_type_t *type)
{
    size_t  i;

    for (i = 0; i < wf_countof(catalogue); i++) {
        if (recovery->status != WF_STORE_OK) {
            return;
        }

        recovery->status = type->scan_items(recovery->store,
                                            catalogue[i].kind,
                                            catalogue[i].each, recovery,
                                            &recovery->err);
    }
}


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
    recovery->zones = wf_zones_create();

    if (recovery->lives == NULL || recovery->zones == NULL) {
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

    if (recovery->status == WF_STORE_OK) {
        recovery->status = type->scan_items(recovery->store, WF_ITEM_COUNTER,
                                            recover_counter, recovery,
                                            &recovery->err);
    }

    if (shard_no == 0) {
        recover_catalogue(recovery, type);
    }

    /* The store knows only that it was refused. */

    if (recovery->status != WF_STORE_OK && recovery->why.code != WF_E_NONE) {
        recovery->err = recovery->why;
    }

    return recovery;
}


void
wf_recovery_free(wf_recovery_t *recovery)
{
    wf_lives_free(recovery->lives);
    wf_zones_free(recovery->zones);
    wf_parcels_free(recovery->parcels);
    wf_arena_free(recovery->arena);
}


static wf_rc_t
recover_row(void *data, const wf_store_row_t *row)
{
    wf_recovery_t  *recovery;

    recovery = data;

    if (row->name.len > WF_EXECUTION_NAME_LEN_MAX) {
        wf_error_set(&recovery->why, WF_E_INTERNAL,
                     "execution %llu has an impossible name",
                     (unsigned long long) row->exec_no);
        return WF_ERROR;
    }

    if (wf_live_adopt(recovery->lives, row) != WF_OK) {
        wf_error_set(&recovery->why, WF_E_INTERNAL, "out of memory");
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
        wf_error_set(&recovery->why, WF_E_INTERNAL,
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


/* A place more in a table of count; full at every power of two. */

static void *
room_for(wf_recovery_t *recovery, void *table, uint32_t count, size_t width)
{
    void  *larger;

    if ((count & (count - 1)) != 0) {
        return table;
    }

    larger = wf_arena_calloc(recovery->arena,
                             wf_max((size_t) count * 2, 1) * width);

    if (larger == NULL) {
        wf_error_set(&recovery->why, WF_E_INTERNAL, "out of memory");
        return NULL;
    }

    if (count > 0) {
        memcpy(larger, table, count * width);
    }

    return larger;
}


static wf_rc_t
damaged(wf_recovery_t *recovery, const char *what)
{
    wf_error_set(&recovery->why, WF_E_INTERNAL, "%s is damaged", what);

    return WF_ERROR;
}


/* The catalogue's owner needs to know little; definitions stay behind. */

static wf_rc_t
recover_flow(void *data, wf_str_t key, wf_str_t value)
{
    wf_flow_t       flow, *flows;
    wf_recovery_t  *recovery;

    recovery = data;

    if (wf_flow_decode(value, &flow) != WF_OK) {
        wf_error_set(&recovery->why, WF_E_INTERNAL,
                     "catalogue entry \"%.*s\" is damaged",
                     (int) wf_min(key.len, WF_NAME_LEN_MAX),
                     (const char *) key.data);
        return WF_ERROR;
    }

    flows = room_for(recovery, recovery->flows, recovery->flow_count,
                     sizeof(wf_flow_t));
    if (flows == NULL) {
        return WF_ERROR;
    }

    recovery->flows = flows;
    flows = &recovery->flows[recovery->flow_count];
    flows->name = wf_arena_copy(recovery->arena, key);

    if (flows->name.data == NULL) {
        wf_error_set(&recovery->why, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    flows->flow_no = flow.flow_no;
    flows->revision = flow.revision;
    flows->request_key = flow.request_key;
    flows->is_deleting = flow.is_deleting;
    recovery->flow_count++;
    recovery->flow_no = wf_max(recovery->flow_no, flow.flow_no);

    return WF_OK;
}


static wf_rc_t
recover_last(wf_recovery_t *recovery, wf_str_t key, wf_str_t value)
{
    size_t              i;
    wf_reader_t         reader;
    wf_flow_version_t  *lasts, *last;

    lasts = room_for(recovery, recovery->lasts, recovery->last_count,
                     sizeof(wf_flow_version_t));
    if (lasts == NULL) {
        return WF_ERROR;
    }

    recovery->lasts = lasts;
    last = &lasts[recovery->last_count++];
    reader = wf_reader(value);
    last->version = wf_get_u64(&reader);
    last->request_key = wf_get_u64(&reader);

    for (i = sizeof(WF_VERSION_COUNTER) - 1; i < key.len; i++) {
        last->flow_no = last->flow_no << 8 | key.data[i];
    }

    return reader.ok ? WF_OK : damaged(recovery, "a counter of versions");
}


static wf_rc_t
recover_counter(void *data, wf_str_t key, wf_str_t value)
{
    size_t          i;
    uint64_t        number, *last;
    wf_reader_t     reader;
    wf_recovery_t  *recovery;

    static const struct {
        wf_str_t    key;
        size_t      offset;
    } counters[] = {
        { wf_str_init("flow_no"), offsetof(wf_recovery_t, flow_no) },
        { wf_str_init(WF_RESET_EXEC), offsetof(wf_recovery_t, exec_no) },
        { wf_str_init(WF_RESET_FLOW), offsetof(wf_recovery_t, reset_no) }
    };

    recovery = data;

    for (i = 0; i < wf_countof(counters); i++) {

        if (wf_str_eq(key, counters[i].key)) {
            reader = wf_reader(value);
            number = wf_get_u64(&reader);
            last = (uint64_t *) ((uint8_t *) data + counters[i].offset);
            *last = wf_max(*last, number);
        }
    }

    if (wf_str_starts(key, wf_str(WF_VERSION_COUNTER))) {
        return recover_last(recovery, key, value);
    }

    return WF_OK;
}


static wf_rc_t
recover_version(void *data, wf_str_t key, wf_str_t value)
{
    wf_recovery_t      *recovery;
    wf_flow_version_t  *versions;

    (void) key;
    recovery = data;
    versions = room_for(recovery, recovery->versions, recovery->version_count,
                        sizeof(wf_flow_version_t));
    if (versions == NULL) {
        return WF_ERROR;
    }

    recovery->versions = versions;
    versions += recovery->version_count;

    if (wf_version_decode(value, versions) != WF_OK) {
        return damaged(recovery, "a version");
    }

    versions->description = wf_str_none;
    recovery->version_count++;

    return WF_OK;
}


static wf_rc_t
recover_alias(void *data, wf_str_t key, wf_str_t value)
{
    wf_recovery_t    *recovery;
    wf_flow_alias_t  *aliases;

    (void) key;
    recovery = data;
    aliases = room_for(recovery, recovery->aliases, recovery->alias_count,
                       sizeof(wf_flow_alias_t));
    if (aliases == NULL) {
        return WF_ERROR;
    }

    recovery->aliases = aliases;
    aliases += recovery->alias_count;

    if (wf_alias_decode(value, aliases) != WF_OK) {
        return damaged(recovery, "an alias");
    }

    aliases->description = wf_str_none;
    aliases->name = wf_arena_copy(recovery->arena, aliases->name);

    if (aliases->name.data == NULL) {
        wf_error_set(&recovery->why, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    recovery->alias_count++;

    return WF_OK;
}


/* Its zone, too: no file is read in the middle of the loop's work.  What does
 * not parse, or names no zone, is told when it is taken over. */

static wf_rc_t
recover_times(wf_recovery_t *recovery, wf_str_t text)
{
    wf_cron_t   cron;
    wf_error_t  err;

    if (wf_cron_parse(text, &cron, &err) != WF_OK || cron.zone.len == 0
        || wf_str_eq(cron.zone, wf_str("UTC")))
    {
        return WF_OK;
    }

    return wf_zones_load(recovery->zones, cron.zone);
}


static wf_rc_t
recover_schedule(void *data, wf_str_t key, wf_str_t value)
{
    wf_schedule_t  *schedules;
    wf_recovery_t  *recovery;

    (void) key;
    recovery = data;
    schedules = room_for(recovery, recovery->schedules,
                         recovery->schedule_count, sizeof(wf_schedule_t));
    if (schedules == NULL) {
        return WF_ERROR;
    }

    recovery->schedules = schedules;
    schedules += recovery->schedule_count;

    if (wf_schedule_decode(value, schedules) != WF_OK) {
        return damaged(recovery, "a schedule");
    }

    schedules->description = wf_str_none;
    schedules->payload = wf_str_none;
    schedules->id = wf_arena_copy(recovery->arena, schedules->id);
    schedules->name = wf_arena_copy(recovery->arena, schedules->name);
    schedules->cron = wf_arena_copy(recovery->arena, schedules->cron);

    if (schedules->id.data == NULL || schedules->name.data == NULL
        || schedules->cron.data == NULL
        || recover_times(recovery, schedules->cron) != WF_OK)
    {
        wf_error_set(&recovery->why, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    recovery->schedule_count++;

    return WF_OK;
}


static wf_rc_t
recover_note(void *data, wf_str_t key, wf_str_t value)
{
    wf_note_t       note, *notes;
    wf_recovery_t  *recovery;

    recovery = data;

    if (wf_note_decode(value, &note) != WF_OK) {
        return damaged(recovery, "a note");
    }

    notes = room_for(recovery, recovery->notes, recovery->note_count,
                     sizeof(wf_note_t));
    if (notes == NULL) {
        return WF_ERROR;
    }

    recovery->notes = notes;
    notes = &recovery->notes[recovery->note_count];
    notes->request_key = note.request_key;
    notes->name = wf_arena_copy(recovery->arena, key);

    if (notes->name.data == NULL) {
        wf_error_set(&recovery->why, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    recovery->note_count++;

    return WF_OK;
}
