
/*
 * Task lists of our shards: who comes, who goes, who meets whom.  A worker
 * that died left its tickets behind: they are passed over when their turn
 * comes.  Decides nothing about the task; that is for who offers it.
 */

#include "actions/home.h"


#define HOME_SEED  7                /* which shard: for the life of a build */


uint32_t
wf_home_of(const wf_desk_t *desk, wf_str_t list)
{
    return (uint32_t) (wf_hash(HOME_SEED, list) % desk->settings.shard_count);
}


void
wf_home_say(wf_desk_t *desk, wf_ticket_t ticket, wf_say_t kind)
{
    uint8_t  byte;

    byte = (uint8_t) kind;
    desk->port->reply(desk->port, ticket, (wf_str_t) { 1, &byte });
}


/* WF_ERROR: no memory. */
static wf_rc_t
taken_say(wf_desk_t *desk, wf_ticket_t offer, const wf_taken_t *taken)
{
    wf_rc_t      rc;
    wf_buf_t     buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return WF_ERROR;
    }

    wf_buf_init(&buf, arena, 64 + taken->word.len);
    wf_message_taken(&buf, taken);
    rc = buf.failed ? WF_ERROR : WF_OK;

    if (rc == WF_OK) {
        desk->port->reply(desk->port, offer, wf_buf_done(&buf));
    }

    wf_arena_free(arena);

    return rc;
}


/* No memory to say so: both come again. */
static void
introduce(wf_desk_t *desk, wf_tasklists_t *lists, wf_str_t list,
    const wf_stand_t *one, const wf_stand_t *two)
{
    wf_stand_t   offer, nobody;
    wf_taken_t   taken;

    offer = one->is_offer ? *one : *two;
    taken.poller = one->is_offer ? two->ticket : one->ticket;
    taken.word = one->is_offer ? two->word : one->word;

    if (taken_say(desk, offer.ticket, &taken) != WF_OK) {
        wf_home_say(desk, taken.poller, WF_SAY_REJOIN);
        offer.is_first = true;
        (void) wf_tasklist_join(lists, list, &offer, &nobody);
    }
}


wf_rc_t
wf_home_join(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket,
    const wf_joining_t *joining)
{
    wf_rc_t       rc;
    wf_place_t   *place;
    wf_stand_t    stand, other;

    place = &desk->places[shard_no];

    if (place->lists == NULL) {
        place->lists = wf_tasklists_create();

        if (place->lists == NULL) {
            return WF_ERROR;
        }
    }

    stand = (wf_stand_t) {
        .ticket = ticket,
        .is_offer = joining->is_offer,
        .is_first = joining->is_first,
        .priority = joining->priority,
        .word = joining->word
    };

    do {
        rc = wf_tasklist_join(place->lists, joining->list, &stand, &other);

    } while (rc == WF_OK && !desk->port->is_there(desk->port, other.ticket));

    if (rc == WF_OK) {
        introduce(desk, place->lists, joining->list, &stand, &other);
    }

    return rc == WF_ERROR ? WF_ERROR : WF_OK;
}


void
wf_home_leave(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket)
{
    wf_place_t  *place;

    place = &desk->places[shard_no];

    if (place->lists) {
        wf_tasklist_leave(place->lists, ticket);
    }
}


uint32_t
wf_home_pending(const wf_desk_t *desk, uint32_t shard_no, wf_str_t list)
{
    const wf_place_t  *place;

    place = &desk->places[shard_no];

    return place->lists ? wf_tasklist_count(place->lists, list, true) : 0;
}


void
wf_home_receive_join(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message, int64_t now_ms)
{
    wf_buf_t       buf;
    wf_arena_t    *arena;
    wf_joining_t   joining;

    (void) now_ms;

    if (wf_message_join_decode(message, &joining) != WF_OK) {
        desk->port->log(desk->port, "who joins a task list makes no sense");
        return;
    }

    if (wf_place_open(&desk->places[shard_no])
        && wf_home_join(desk, shard_no, ticket, &joining) == WF_OK)
    {
        return;
    }

    /* It comes again before long. */

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return;
    }

    wf_buf_init(&buf, arena, 16);
    wf_message_bare(&buf, WF_SAY_NOT_OWNER, joining.attempt);

    if (!buf.failed) {
        desk->port->reply(desk->port, ticket, wf_buf_done(&buf));
    }

    wf_arena_free(arena);
}


void
wf_home_receive_leave(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message, int64_t now_ms)
{
    (void) message;
    (void) now_ms;

    wf_home_leave(desk, shard_no, ticket);
}


void
wf_home_close(wf_place_t *place)
{
    wf_tasklists_free(place->lists);
    place->lists = NULL;
}


void
wf_home_free_all(wf_desk_t *desk)
{
    uint32_t  i;

    for (i = 0; desk->places && i < desk->settings.shard_count; i++) {
        wf_home_close(&desk->places[i]);
    }
}
