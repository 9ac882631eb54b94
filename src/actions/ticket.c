
/*
 * Tickets: names of waiting calls that may cross processes.  A slot's
 * generation moves on whenever its call goes, so what comes late finds
 * nobody.
 */

#include "actions/place.h"


static wf_ticket_slot_t *
ticket_slot(const wf_desk_t *desk, uint32_t index)
{
    return &desk->tickets[index / WF_TICKET_BLOCK][index % WF_TICKET_BLOCK];
}


/* One more block, its slots free. */
static wf_rc_t
ticket_grow(wf_desk_t *desk)
{
    uint32_t           i;
    wf_ticket_slot_t  *block;

    if (desk->ticket_count == WF_TICKET_BLOCK * WF_TICKET_BLOCKS_MAX) {
        return WF_ERROR;
    }

    block = wf_arena_calloc(desk->arena,
                            WF_TICKET_BLOCK * sizeof(wf_ticket_slot_t));

    if (block == NULL) {
        return WF_ERROR;
    }

    desk->tickets[desk->ticket_count / WF_TICKET_BLOCK] = block;

    for (i = WF_TICKET_BLOCK; i > 0; i--) {
        block[i - 1].next_free = desk->ticket_free;
        desk->ticket_free = desk->ticket_count + i;
    }

    desk->ticket_count += WF_TICKET_BLOCK;

    return WF_OK;
}


wf_rc_t
wf_ticket_take(wf_life_t *life)
{
    wf_desk_t         *desk;
    wf_ticket_slot_t  *slot;

    desk = life->call->desk;

    if (life->ticket) {
        return WF_OK;
    }

    if (desk->ticket_free == 0 && ticket_grow(desk) != WF_OK) {
        return WF_ERROR;
    }

    life->ticket = desk->ticket_free;
    slot = ticket_slot(desk, life->ticket - 1);
    desk->ticket_free = slot->next_free;
    slot->life = life;

    return WF_OK;
}


void
wf_ticket_give(wf_life_t *life)
{
    wf_desk_t         *desk;
    wf_ticket_slot_t  *slot;

    if (life->ticket == 0) {
        return;
    }

    desk = life->call->desk;
    slot = ticket_slot(desk, life->ticket - 1);
    wf_assert(slot->life == life);

    slot->life = NULL;
    slot->generation++;
    slot->next_free = desk->ticket_free;
    desk->ticket_free = life->ticket;
    life->ticket = 0;
}


wf_ticket_t
wf_ticket_of(const wf_life_t *life)
{
    wf_desk_t  *desk;

    desk = life->call->desk;
    wf_assert(life->ticket);

    return (wf_ticket_t) {
        .slot = desk->port->slot,
        .slot_generation = desk->port->slot_generation,
        .index = life->ticket - 1,
        .generation = ticket_slot(desk, life->ticket - 1)->generation,
    };
}


wf_life_t *
wf_ticket_find(const wf_desk_t *desk, wf_ticket_t ticket)
{
    wf_ticket_slot_t  *slot;

    if (ticket.index >= desk->ticket_count) {
        return NULL;
    }

    slot = ticket_slot(desk, ticket.index);

    return slot->generation == ticket.generation ? slot->life : NULL;
}
