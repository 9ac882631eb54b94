
/*
 * Retention.  A pass goes through the executions of a shard from the oldest
 * on: a reader thread finds a page of those that are over for long enough, and
 * they leave with the next batches, a slice with each, so that nobody's commit
 * waits for more than one slice.  Must never erase what runs, nor the newest
 * execution (its number is not given again), nor one whose end has not been
 * heard by those who should; talks to the store through reads.h and batches
 * alone.
 *
 * Runs of SWF are kept as long as their names say.  Are there any?  A shard
 * that has just been opened does not know, and looks at all of its names once.
 *
 * A name is free when the batch that erases it is durable: a start looks into
 * the store, which says either.  Only then does the index forget it.
 */

#include "shard/buggify.h"
#include "shard/inside.h"


#define PAGE          2000      /* rows that one read looks at */
#define PAUSE_MS      1000      /* between passes, at least */
#define PAUSE_MS_MAX  60000
#define PAUSE_ROWS    50        /* rows that did not go: 1 ms more */
#define RETRY_MS      5000      /* after a read that failed */


static void page_fetched(wf_fetch_t *fetch, int64_t now_ms);


/* How many of them are over and too many. */

static uint64_t
excess(const wf_shard_t *shard)
{
    uint64_t  ended, count;

    count = shard->port->retention.count;

    if (count == 0 || shard->retain.kept <= shard->lives->running_count) {
        return 0;
    }

    ended = shard->retain.kept - shard->lives->running_count;

    return ended > count ? ended - count : 0;
}


static bool
wants_runs(const wf_retain_t *retain)
{
    return retain->has_runs || !retain->knows_runs;
}


/* What is over before that may go. */

static int64_t
before_ms(const wf_shard_t *shard)
{
    int64_t                age_ms;
    const wf_retention_t  *retention;

    retention = &shard->port->retention;
    age_ms = wf_max(retention->age_ms, retention->grace_ms);

    return shard->now_ms - (excess(shard) > 0 || wants_runs(&shard->retain)
                            ? retention->grace_ms : age_ms);
}


/*
 * A parcel that cannot be delivered says that others do not know of an end:
 * whoever started it may ask for it again, and must find it.
 */

static bool
is_wanted(const wf_shard_t *shard)
{
    return shard->port->retention.age_ms > 0 && shard->state == WF_SHARD_OPEN
           && shard->used.names.is_whole
           && wf_heap_min(&shard->outbox.later) == NULL;
}


/* 0: never. */

int64_t
wf_retain_due_ms(const wf_shard_t *shard)
{
    int64_t             due_ms;
    const wf_retain_t  *retain;

    retain = &shard->retain;

    if (!is_wanted(shard) || retain->fetch != NULL || retain->page != NULL) {
        return 0;
    }

    if (retain->is_passing) {
        return wf_max(retain->pause_ms, 1);
    }

    due_ms = retain->age_ms;

    if (excess(shard) > 0) {
        due_ms = wf_min(due_ms, retain->grace_ms);
    }

    return wf_max(wf_max(due_ms, retain->pause_ms), 1);
}


/* The earliest time at which there may be something to do again. */

static void
pass_end(wf_shard_t *shard)
{
    int64_t                oldest_ms, age_ms;
    wf_retain_t           *retain;
    const wf_retention_t  *retention;

    retain = &shard->retain;
    retention = &shard->port->retention;
    age_ms = wf_max(retention->age_ms, retention->grace_ms);
    oldest_ms = wf_min(retain->oldest_ms, shard->now_ms);

    retain->is_passing = false;
    retain->has_runs = wants_runs(retain) && retain->met_runs;
    retain->knows_runs = true;
    retain->age_ms = oldest_ms + age_ms + 1;
    retain->grace_ms = oldest_ms + retention->grace_ms + 1;
    retain->pause_ms = shard->now_ms
                       + (int64_t) wf_min(PAUSE_MS + retain->looked_count
                                                     / PAUSE_ROWS,
                                          PAUSE_MS_MAX);
}


static void
page_ask(wf_shard_t *shard)
{
    wf_retain_t  *retain;

    retain = &shard->retain;

    if (!retain->is_passing) {
        retain->is_passing = true;
        retain->met_runs = false;
        retain->after = 0;
        retain->looked_count = 0;
        retain->oldest_ms = INT64_MAX;
    }

    retain->next = 0;
    retain->fetch = wf_read_ended(shard->port, shard->no, retain->after,
                                  wf_buggify(300) ? 2 : PAGE,
                                  before_ms(shard), page_fetched, shard);

    if (retain->fetch == NULL) {
        retain->pause_ms = shard->now_ms + RETRY_MS;
    }
}


/* The oldest of those that were not fetched: if there may be runs among them,
 * they are looked at when they can be. */
static int64_t
young_ms(const wf_shard_t *shard, int64_t oldest_ms)
{
    const wf_retention_t  *retention;

    retention = &shard->port->retention;

    return oldest_ms == INT64_MAX || !wants_runs(&shard->retain)
           ? oldest_ms
           : oldest_ms + retention->grace_ms - wf_max(retention->age_ms,
                                                      retention->grace_ms);
}


static void
page_fetched(wf_fetch_t *fetch, int64_t now_ms)
{
    wf_shard_t   *shard;
    wf_retain_t  *retain;

    shard = fetch->data;
    retain = &shard->retain;
    retain->fetch = NULL;
    wf_shard_now(shard, now_ms);
    wf_shard_want_turn(shard);

    if (fetch->read.rc != WF_OK) {
        wf_shard_log(shard, NULL, "could not list what is over",
                     &fetch->read.err);
        retain->pause_ms = shard->now_ms + RETRY_MS;
        wf_fetch_free(fetch);
        return;
    }

    if (retain->is_stale) {
        retain->is_stale = false;
        wf_fetch_free(fetch);
        return;
    }

    retain->looked_count += fetch->looked_count - fetch->row_count;
    retain->oldest_ms = wf_min(retain->oldest_ms,
                               young_ms(shard, fetch->oldest_ms));
    retain->page = fetch;
}


static void
page_drop(wf_shard_t *shard)
{
    if (shard->retain.page != NULL) {
        wf_fetch_free(shard->retain.page);
        shard->retain.page = NULL;
    }
}


static void
page_end(wf_shard_t *shard)
{
    wf_retain_t  *retain;

    retain = &shard->retain;
    retain->after = retain->page->next_no;

    if (!retain->page->has_more) {
        pass_end(shard);
    }

    page_drop(shard);
}


/*
 * From when on its time is counted.  The next owner of a schedule may start
 * again what was due in the last minute, and must find that it was started.
 * Such a name is a UUID of version 4; any other name like it stays as long.
 */

static int64_t
over_ms(const wf_store_row_t *row)
{
    const uint8_t  *name;

    name = row->name.data;

    return row->name.len == 36 && name[8] == '-' && name[13] == '-'
           && name[14] == '4' && name[18] == '-' && name[23] == '-'
           ? row->stopped_ms + WF_SCHEDULE_GRACE_MS : row->stopped_ms;
}


/* How long it is kept. */
static int64_t
kept_ms(wf_shard_t *shard, const wf_store_row_t *row)
{
    int64_t                kept_ms;
    const wf_retention_t  *retention;

    retention = &shard->port->retention;
    kept_ms = wf_swf_kept_ms(row->name);
    shard->retain.met_runs |= kept_ms >= 0;

    return wf_max(kept_ms >= 0 ? kept_ms : retention->age_ms,
                  retention->grace_ms);
}


static wf_rc_t
slice_add(wf_shard_t *shard, wf_batch_t *batch, const wf_store_row_t *row)
{
    wf_erased_t   *erased;
    wf_append_t   *append;
    wf_effects_t  *effects;

    effects = batch->effects;
    append = &batch->append;

    if (effects->erased == NULL) {
        append->erased = wf_arena_alloc(batch->arena, WF_ERASE_MAX
                                                      * sizeof(uint64_t));
        effects->erased = wf_arena_alloc(batch->arena, WF_ERASE_MAX
                                                       * sizeof(wf_erased_t));
        if (append->erased == NULL || effects->erased == NULL) {
            effects->erased = NULL;
            return WF_ERROR;
        }
    }

    erased = &effects->erased[append->erased_count];
    erased->flow_no = row->flow_no;
    erased->name = wf_arena_copy(batch->arena, row->name);

    if (erased->name.data == NULL) {
        return WF_ERROR;
    }

    append->erased[append->erased_count++] = row->exec_no;
    shard->retain.kept--;

    return WF_OK;
}


/* One slice a batch, and only with the one that goes next: until it is back
 * the rest has to wait. */

static void
slice_take(wf_shard_t *shard)
{
    int64_t                age_ms, graced_ms;
    uint32_t               left;
    wf_batch_t            *batch;
    wf_retain_t           *retain;
    const wf_store_row_t  *row;

    retain = &shard->retain;
    age_ms = wf_max(shard->port->retention.age_ms,
                    shard->port->retention.grace_ms);
    graced_ms = shard->now_ms - shard->port->retention.grace_ms;
    left = wf_buggify(300) ? 1 : WF_ERASE_MAX;

    while (left > 0 && retain->next < retain->page->row_count) {
        row = &retain->page->rows[retain->next];

        /* Someone asks for it: it may be about to go on. */

        if (wf_live_find(shard->lives, row->flow_no, row->name) != NULL
            || (over_ms(row) >= shard->now_ms - kept_ms(shard, row)
                && (over_ms(row) >= graced_ms || excess(shard) == 0)))
        {
            retain->oldest_ms = wf_min(retain->oldest_ms,
                                       over_ms(row) + kept_ms(shard, row)
                                       - age_ms);
            retain->looked_count++;
            retain->next++;
            continue;
        }

        batch = wf_batch_open(shard);

        if (batch == NULL || slice_add(shard, batch, row) != WF_OK) {
            retain->pause_ms = shard->now_ms + RETRY_MS;
            page_drop(shard);
            return;
        }

        retain->next++;
        left--;
    }

    if (retain->next == retain->page->row_count) {
        page_end(shard);
    }
}


void
wf_retain_turn(wf_shard_t *shard)
{
    int64_t              due_ms;
    wf_retain_t         *retain;
    const wf_effects_t  *effects;

    retain = &shard->retain;
    due_ms = wf_retain_due_ms(shard);

    if (due_ms != 0 && due_ms <= shard->now_ms) {
        page_ask(shard);
    }

    if (retain->page == NULL || !is_wanted(shard) || shard->flight != NULL
        || shard->sealed != NULL)
    {
        return;
    }

    effects = shard->open ? shard->open->effects : NULL;

    if (effects == NULL || effects->erased == NULL) {
        slice_take(shard);
    }
}


void
wf_retain_release(wf_shard_t *shard, const wf_batch_t *batch)
{
    uint32_t             i;
    const wf_effects_t  *effects;

    effects = batch->effects;

    for (i = 0; i < batch->append.erased_count; i++) {
        shard->port->forget(shard->port, shard->no,
                            effects->erased[i].flow_no,
                            effects->erased[i].name);
    }

    shard->stats.erased += batch->append.erased_count;
    shard->used.gone_count += batch->append.erased_count;
}


static bool
is_erased(const wf_batch_t *batch, uint64_t flow_no, wf_str_t name)
{
    uint32_t             i;
    const wf_effects_t  *effects;

    effects = batch->effects;

    for (i = 0; i < batch->append.erased_count; i++) {

        if (effects->erased[i].flow_no == flow_no
            && wf_str_eq(effects->erased[i].name, name))
        {
            return true;
        }
    }

    return false;
}


bool
wf_retain_is_going(const wf_shard_t *shard, uint64_t flow_no, wf_str_t name)
{
    const wf_batch_t  *batch;

    for (batch = shard->sealed; batch != NULL; batch = batch->next) {

        if (is_erased(batch, flow_no, name)) {
            return true;
        }
    }

    return (shard->open != NULL && is_erased(shard->open, flow_no, name))
           || (shard->flight != NULL
               && is_erased(shard->flight, flow_no, name));
}


void
wf_retain_renew(wf_shard_t *shard)
{
    shard->retain.is_stale = shard->retain.fetch != NULL;
    page_drop(shard);
    shard->retain.next = 0;
}


void
wf_retain_stop(wf_shard_t *shard)
{
    wf_fetch_cancel(shard->retain.fetch);
    shard->retain.fetch = NULL;
    page_drop(shard);
}
