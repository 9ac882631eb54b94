
/*
 * Errands and watches, by execution.  Owns the list of errands, in the order
 * they began, and the table of watches by ticket.
 */

#include "shard/errand.h"


wf_errand_t *
wf_errand_of(wf_shard_t *shard, wf_lives_t *lives, wf_live_t *live)
{
    wf_errand_t  *errand;

    if (live->errand != NULL) {
        return live->errand;
    }

    errand = wf_slab_alloc(&lives->slab, sizeof(wf_errand_t));
    if (errand == NULL) {
        return NULL;
    }

    errand->shard = shard;
    errand->live = live;
    errand->last = &errand->first;
    errand->waiter.data = errand;
    errand->prev = lives->last_errand;
    *lives->last_errand = errand;
    lives->last_errand = &errand->next;
    live->errand = errand;

    if (live->loaded != NULL) {
        wf_loaded_touch(lives, live->loaded);
    }

    return errand;
}


void
wf_errand_queue(wf_errand_t *errand, wf_submit_t *submit)
{
    submit->next = NULL;
    *errand->last = submit;
    errand->last = &submit->next;
}


void
wf_errand_push(wf_errand_t *errand, wf_submit_t *submit)
{
    submit->next = errand->first;

    if (errand->first == NULL) {
        errand->last = &submit->next;
    }

    errand->first = submit;
}


wf_submit_t *
wf_errand_take(wf_errand_t *errand)
{
    wf_submit_t  *submit;

    submit = errand->first;

    if (submit != NULL) {
        errand->first = submit->next;
        submit->next = NULL;

        if (errand->first == NULL) {
            errand->last = &errand->first;
        }
    }

    return submit;
}


void
wf_errand_remove(wf_lives_t *lives, wf_errand_t *errand)
{
    wf_live_t  *live;

    live = errand->live;

    if (errand->fetch != NULL) {
        if (errand->is_away) {
            wf_fetch_cancel(errand->fetch);

        } else {
            wf_fetch_free(errand->fetch);
        }
    }

    if (errand->is_waiting) {
        wf_catalog_cancel(&errand->waiter);
    }

    if (errand->loaded != NULL) {
        wf_loaded_free(lives, errand->loaded);
    }

    *errand->prev = errand->next;

    if (errand->next != NULL) {
        errand->next->prev = errand->prev;

    } else {
        lives->last_errand = errand->prev;
    }

    live->errand = NULL;
    wf_slab_free(&lives->slab, errand, sizeof(wf_errand_t));
}


/*
 * Watches
 */

static uint32_t
ticket_hash(wf_ticket_t ticket)
{
    return (uint32_t) wf_hash(wf_hash_secret(),
                 (wf_str_t) { sizeof(ticket), (const uint8_t *) &ticket });
}


wf_watch_t *
wf_watch_find(const wf_lives_t *lives, wf_ticket_t ticket)
{
    uint32_t     hash;
    wf_link_t   *link;
    wf_watch_t  *watch;

    hash = ticket_hash(ticket);
    link = wf_table_chain(&lives->watches, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        watch = (wf_watch_t *) link;

        if (link->hash == hash
            && memcmp(&watch->ticket, &ticket, sizeof(ticket)) == 0)
        {
            return watch;
        }
    }

    return NULL;
}


wf_rc_t
wf_watch_add(wf_lives_t *lives, wf_live_t *live, wf_ticket_t ticket)
{
    wf_watch_t  *watch;

    watch = wf_slab_alloc(&lives->slab, sizeof(wf_watch_t));
    if (watch == NULL) {
        return WF_ERROR;
    }

    if (wf_table_add(&lives->watches, &watch->link, ticket_hash(ticket))
        != WF_OK)
    {
        wf_slab_free(&lives->slab, watch, sizeof(wf_watch_t));
        return WF_ERROR;
    }

    watch->ticket = ticket;
    watch->live = live;
    watch->next = live->watches;
    live->watches = watch;

    if (watch->next != NULL) {
        watch->next->prev = watch;
    }

    return WF_OK;
}


void
wf_watch_remove(wf_lives_t *lives, wf_watch_t *watch)
{
    *(watch->prev ? &watch->prev->next : &watch->live->watches) = watch->next;

    if (watch->next != NULL) {
        watch->next->prev = watch->prev;
    }

    wf_table_remove(&lives->watches, &watch->link);
    wf_slab_free(&lives->slab, watch, sizeof(wf_watch_t));
}
