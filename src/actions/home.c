
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
    (void) desk->port->reply(desk->port, ticket, (wf_str_t) { 1, &byte });
}


/* What is said is small: a byte, numbers, a worker's name. */
static wf_buf_t *
saying(wf_buf_t *buf)
{
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return NULL;
    }

    wf_buf_init(buf, arena, 128);

    return buf;
}


/* WF_ERROR: no memory, or it does not get there. */
static wf_rc_t
say(wf_desk_t *desk, wf_ticket_t ticket, wf_buf_t *buf)
{
    wf_rc_t      rc;
    wf_arena_t  *arena;

    arena = buf->arena;
    rc = buf->failed ? WF_ERROR : WF_OK;

    if (rc == WF_OK) {
        rc = desk->port->reply(desk->port, ticket, wf_buf_done(buf));
    }

    wf_arena_free(arena);

    return rc;
}


void
wf_home_rejoin(wf_desk_t *desk, wf_claim_t poller)
{
    wf_buf_t  buf;

    /* No memory: who polls finds out before long. */

    if (saying(&buf)) {
        wf_message_rejoin(&buf, poller.attempt);
        (void) say(desk, poller.ticket, &buf);
    }
}


static wf_rc_t
say_taken(wf_desk_t *desk, const wf_stand_t *offer, const wf_stand_t *poller)
{
    wf_buf_t    buf;
    wf_taken_t  taken;

    taken = (wf_taken_t) {
        .attempt = offer->attempt,
        .poller = { poller->ticket, poller->attempt },
        .word = poller->word
    };

    if (saying(&buf) == NULL) {
        return WF_ERROR;
    }

    wf_message_taken(&buf, &taken);

    return say(desk, offer->ticket, &buf);
}


static void
say_met(wf_desk_t *desk, const wf_stand_t *offer, const wf_stand_t *poller)
{
    wf_met_t  met;
    wf_buf_t  buf;

    met = (wf_met_t) {
        .attempt = poller->attempt,
        .giver = offer->ticket
    };

    if (saying(&buf)) {
        wf_message_met(&buf, &met);
        (void) say(desk, poller->ticket, &buf);
    }
}


/*
 * Who offers is told first: should we die between the two, who polls stands
 * here as far as it knows, and goes to the next owner.  WF_ERROR: it could not
 * be told; who has come is to come again, who stood still does, or will.
 */
static wf_rc_t
introduce(wf_desk_t *desk, wf_tasklists_t *lists, wf_str_t list,
    const wf_stand_t *stand, wf_stand_t *other)
{
    wf_stand_t          nobody;
    const wf_stand_t   *offer, *poller;

    offer = stand->is_offer ? stand : other;
    poller = stand->is_offer ? other : stand;

    if (say_taken(desk, offer, poller) == WF_OK) {
        say_met(desk, offer, poller);
        return WF_OK;
    }

    if (other->is_offer) {
        other->is_first = true;
        (void) wf_tasklist_join(lists, list, other, &nobody);

    } else {
        wf_home_rejoin(desk, (wf_claim_t) { other->ticket, other->attempt });
    }

    return WF_ERROR;
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
        .attempt = joining->attempt,
        .is_offer = joining->is_offer,
        .is_first = joining->is_first,
        .priority = joining->priority,
        .word = joining->word
    };

    do {
        rc = wf_tasklist_join(place->lists, joining->list, &stand, &other);

    } while (rc == WF_OK && !desk->port->is_there(desk->port, other.ticket));

    if (rc == WF_OK) {
        rc = introduce(desk, place->lists, joining->list, &stand, &other);
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
