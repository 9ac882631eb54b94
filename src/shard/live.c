
/*
 * Who is running here.  Owns the table and the heap of due times.  Takes no
 * decision about workflows and talks to nobody.
 */

#include "shard/errand.h"
#include "shard/open.h"


static uint32_t live_hash(uint64_t flow_no, wf_str_t name);
static size_t live_size(size_t name_len);
static void live_empty(wf_lives_t *lives, wf_live_t *live);


wf_lives_t *
wf_lives_create(void)
{
    wf_slab_t    slab;
    wf_lives_t  *lives;

    if (wf_slab_init(&slab) != WF_OK) {
        return NULL;
    }

    lives = wf_arena_calloc(slab.arena, sizeof(wf_lives_t));
    if (lives == NULL) {
        wf_slab_done(&slab);
        return NULL;
    }

    lives->slab = slab;
    lives->last_errand = &lives->errands;
    wf_table_init(&lives->table);
    wf_table_init(&lives->watches);
    wf_table_init(&lives->opens);
    wf_table_init(&lives->numbers);
    wf_heap_init(&lives->due);

    return lives;
}


void
wf_lives_free(wf_lives_t *lives)
{
    uint32_t    start;
    wf_slab_t   slab;
    wf_link_t  *link;

    if (lives == NULL) {
        return;
    }

    start = 0;

    while ((link = wf_table_any(&lives->table, &start)) != NULL) {
        live_empty(lives, (wf_live_t *) link);
        wf_table_remove(&lives->table, link);
    }

    wf_table_free(&lives->table);
    wf_table_free(&lives->watches);
    wf_table_free(&lives->opens);
    wf_table_free(&lives->numbers);
    wf_heap_free(&lives->due);

    slab = lives->slab;
    wf_slab_done(&slab);
}


/* Only what does not live in the slab. */

static void
live_empty(wf_lives_t *lives, wf_live_t *live)
{
    if (live->errand != NULL) {
        wf_errand_remove(lives, live->errand);
    }

    if (live->loaded != NULL) {
        wf_loaded_free(lives, live->loaded);
    }
}


static uint32_t
live_hash(uint64_t flow_no, wf_str_t name)
{
    return (uint32_t) wf_hash(wf_hash_secret() ^ flow_no, name);
}


static size_t
live_size(size_t name_len)
{
    return offsetof(wf_live_t, name) + name_len;
}


wf_live_t *
wf_live_find(const wf_lives_t *lives, uint64_t flow_no, wf_str_t name)
{
    uint32_t    hash;
    wf_live_t  *live;
    wf_link_t  *link;

    hash = live_hash(flow_no, name);
    link = wf_table_chain(&lives->table, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        if (link->hash != hash) {
            continue;
        }

        live = (wf_live_t *) link;

        if (live->flow_no == flow_no && wf_str_eq(wf_live_name(live), name)) {
            return live;
        }
    }

    return NULL;
}


wf_live_t *
wf_live_add(wf_lives_t *lives, uint64_t flow_no, wf_str_t name)
{
    wf_live_t  *live;

    if (name.len > WF_EXECUTION_NAME_LEN_MAX) {
        return NULL;
    }

    live = wf_slab_alloc(&lives->slab, live_size(name.len));
    if (live == NULL) {
        return NULL;
    }

    live->flow_no = flow_no;
    live->phase = WF_LIVE_FRESH;
    live->name_len = (uint16_t) name.len;
    memcpy(live->name, name.data, name.len);

    if (wf_table_add(&lives->table, &live->link, live_hash(flow_no, name))
        != WF_OK)
    {
        wf_slab_free(&lives->slab, live, live_size(name.len));
        return NULL;
    }

    return live;
}


wf_rc_t
wf_live_adopt(wf_lives_t *lives, const wf_store_row_t *row)
{
    wf_live_t  *live;

    live = wf_live_add(lives, row->flow_no, row->name);
    if (live == NULL) {
        return WF_ERROR;
    }

    live->exec_no = row->exec_no;
    lives->running_count++;
    wf_live_phase(lives, live, WF_LIVE_RESTING);

    return wf_open_add(lives, live) == WF_OK
           ? wf_live_due(lives, live, row->due_ms) : WF_ERROR;
}


void
wf_live_remove(wf_lives_t *lives, wf_live_t *live)
{
    wf_assert(live->errand == NULL && live->loaded == NULL);
    wf_assert(live->watches == NULL);

    if (live->exec_no != 0) {
        lives->running_count--;
    }

    wf_open_remove(lives, live);
    wf_live_phase(lives, live, WF_LIVE_FRESH);
    wf_heap_remove(&lives->due, &live->due);
    wf_table_remove(&lives->table, &live->link);
    wf_slab_free(&lives->slab, live, live_size(live->name_len));
}


void
wf_live_phase(wf_lives_t *lives, wf_live_t *live, wf_live_phase_t phase)
{
    lives->resting_count -= live->phase == WF_LIVE_RESTING;
    lives->resting_count += phase == WF_LIVE_RESTING;
    live->phase = phase;
}


wf_rc_t
wf_live_due(wf_lives_t *lives, wf_live_t *live, int64_t due_ms)
{
    if (due_ms <= 0) {
        wf_heap_remove(&lives->due, &live->due);
        return WF_OK;
    }

    if (live->due.slot != 0 && live->due.due_ms == (uint64_t) due_ms) {
        return WF_OK;
    }

    return wf_heap_add(&lives->due, &live->due, (uint64_t) due_ms);
}
