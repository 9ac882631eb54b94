
/*
 * A worker's desk: made, freed, and its entry points for the world: time,
 * owners, answers.  What other workers ask for is in guest.c.
 */

#include "actions/express.h"
#include "actions/home.h"
#include "actions/moves.h"
#include "actions/offer.h"
#include "actions/stand.h"
#include "actions/trip.h"
#include "actions/web.h"
#include "shard/turn.h"


wf_desk_t *
wf_desk_create(wf_port_t *port, const wf_desk_settings_t *settings)
{
    uint32_t     i;
    wf_desk_t   *desk;
    wf_arena_t  *arena;

    wf_assert(settings->shard_count > 0
              && settings->shard_count <= WF_SHARDS_MAX);

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return NULL;
    }

    desk = wf_arena_calloc(arena, sizeof(wf_desk_t));

    if (desk == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    desk->arena = arena;
    desk->port = port;
    desk->settings = *settings;
    desk->places = wf_arena_calloc(arena, settings->shard_count
                                          * sizeof(wf_place_t));
    desk->tickets = wf_arena_calloc(arena, WF_TICKET_BLOCKS_MAX
                                           * sizeof(wf_ticket_slot_t *));
    desk->catalog = wf_catalog_create(port);
    desk->qualifiers = wf_qualifiers_create();
    desk->scratch = wf_arena_create(0);
    desk->last_yielded = &desk->yielded;
    wf_table_init(&desk->matches);
    wf_heap_init(&desk->due);

    if (desk->places == NULL || desk->tickets == NULL
        || desk->catalog == NULL || desk->qualifiers == NULL
        || desk->scratch == NULL)
    {
        wf_desk_free(desk);
        return NULL;
    }

    for (i = 0; i < settings->shard_count; i++) {
        desk->places[i].retry.fire = wf_place_fire;
    }

    return desk;
}


void
wf_desk_free(wf_desk_t *desk)
{
    uint32_t  i;

    desk->is_ending = true;
    wf_express_free_all(desk);
    wf_trip_free_all(desk);
    wf_offer_free_all(desk);
    wf_guest_free_all(desk);
    wf_home_free_all(desk);
    wf_web_free_all(desk);

    for (i = 0; desk->places && i < desk->settings.shard_count; i++) {
        wf_life_free_left(&desk->places[i]);
    }

    if (desk->catalog) {
        wf_catalog_free(desk->catalog);
    }

    wf_qualifiers_free(desk->qualifiers);
    wf_heap_free(&desk->due);
    wf_arena_free(desk->scratch);
    wf_arena_free(desk->arena);
}


wf_catalog_t *
wf_desk_catalog(wf_desk_t *desk)
{
    return desk->catalog;
}


uint32_t
wf_desk_waiting(const wf_desk_t *desk)
{
    return desk->call_count;
}


wf_shard_t *
wf_desk_shard(wf_desk_t *desk, uint32_t shard_no)
{
    return shard_no < desk->settings.shard_count
           ? desk->places[shard_no].shard : NULL;
}


/*
 * Time
 */

wf_rc_t
wf_desk_due(wf_desk_t *desk, wf_due_t *due, int64_t due_ms)
{
    if (wf_heap_add(&desk->due, &due->node, (uint64_t) due_ms) != WF_OK) {
        return WF_ERROR;
    }

    wf_desk_arm(desk);

    return WF_OK;
}


void
wf_desk_arm(wf_desk_t *desk)
{
    int64_t          due_ms;
    wf_heap_node_t  *node;

    node = wf_heap_min(&desk->due);

    if (node == NULL) {
        return;
    }

    due_ms = (int64_t) node->due_ms;

    if (desk->armed_ms == 0 || due_ms < desk->armed_ms) {
        desk->armed_ms = due_ms;
        desk->port->arm(desk->port, due_ms);
    }
}


static void
fire_due(wf_desk_t *desk, int64_t now_ms)
{
    wf_due_t        *due;
    wf_heap_node_t  *node;

    while ((node = wf_heap_min(&desk->due)) != NULL
           && (int64_t) node->due_ms <= now_ms
           && wf_port_goes_on(desk->port))
    {
        wf_heap_remove(&desk->due, node);
        due = (wf_due_t *) ((uint8_t *) node - offsetof(wf_due_t, node));
        due->fire(desk, due, now_ms);
    }
}


/*
 * Every shard, and what is the desk's own, once.  They share the time of a
 * turn, so each is the first in its turn.
 */
static void
take_turns(wf_desk_t *desk, int64_t now_ms,
    void (*shards)(wf_shard_t *shard, int64_t now_ms),
    void (*own)(wf_desk_t *desk, int64_t now_ms))
{
    uint32_t     i, at, count;
    wf_shard_t  *shard;

    count = desk->settings.shard_count + 1;
    desk->turn_no++;
    wf_port_turn(desk->port);

    for (i = 0; i < count; i++) {
        at = (desk->turn_no + i) % count;

        if (at == desk->settings.shard_count) {
            own(desk, now_ms);
            continue;
        }

        shard = desk->places[at].shard;

        if (shard) {
            shards(shard, now_ms);
        }
    }
}


/* The world has one alarm for all of us: it is set again for those that it
 * did not ring for. */
void
wf_desk_tick(wf_desk_t *desk, int64_t now_ms)
{
    int64_t      due_ms;
    uint32_t     i;
    wf_shard_t  *shard;

    desk->armed_ms = 0;
    desk->now_ms = wf_max(desk->now_ms, now_ms);

    take_turns(desk, now_ms, wf_shard_tick, fire_due);

    for (i = 0; i < desk->settings.shard_count; i++) {
        shard = desk->places[i].shard;
        due_ms = shard ? wf_shard_due_ms(shard) : 0;

        if (due_ms) {
            desk->port->arm(desk->port, due_ms);
        }
    }

    wf_desk_arm(desk);
}


void
wf_desk_turn(wf_desk_t *desk, int64_t now_ms)
{
    desk->now_ms = wf_max(desk->now_ms, now_ms);
    take_turns(desk, now_ms, wf_shard_turn, wf_express_turn);
}


/*
 * Owners
 */

void
wf_desk_owner(wf_desk_t *desk, uint32_t shard_no, int64_t now_ms)
{
    wf_place_t  *place;

    if (shard_no >= desk->settings.shard_count) {
        return;
    }

    place = &desk->places[shard_no];
    place->retry_ms = 0;
    wf_heap_remove(&desk->due, &place->retry.node);
    wf_life_input_all(place, WF_IN_OWNER, now_ms);
}


void
wf_desk_shard_open(wf_desk_t *desk, wf_shard_t *shard, int64_t now_ms)
{
    uint32_t  shard_no;

    shard_no = wf_shard_no(shard);
    wf_assert(shard_no < desk->settings.shard_count
              && desk->places[shard_no].shard == NULL);

    desk->places[shard_no].shard = shard;
    wf_desk_owner(desk, shard_no, now_ms);
}


void
wf_desk_shard_closed(wf_desk_t *desk, wf_shard_t *shard, int64_t now_ms)
{
    wf_place_t  *place;

    place = &desk->places[wf_shard_no(shard)];
    wf_assert(place->shard == shard);

    place->shard = NULL;
    wf_home_close(place);
    wf_offer_close(desk, wf_shard_no(shard));

    /* Its watches and task lists are gone with it. */
    wf_life_input_all(place, WF_IN_CLOSED, now_ms);
}


void
wf_desk_release_polls(wf_desk_t *desk, int64_t now_ms)
{
    uint32_t  i;

    desk->is_leaving = true;

    for (i = 0; i < desk->settings.shard_count; i++) {
        wf_life_input_all(&desk->places[i], WF_IN_RELEASE, now_ms);
    }
}


/* What no longer finds its call is dropped; so is "not the owner" about an
 * attempt before the last. */
void
wf_desk_reply(wf_desk_t *desk, wf_ticket_t ticket, wf_str_t message,
    int64_t now_ms)
{
    bool              lost;
    wf_life_t        *life;
    wf_saying_t       answer;
    wf_input_args_t   in;

    desk->now_ms = wf_max(desk->now_ms, now_ms);
    life = wf_ticket_find(desk, ticket);

    if (wf_stand_tell(desk, life, message, now_ms)) {
        return;
    }

    /* What an owner before us says comes too late: our own shard has it. */

    if (life == NULL || life->state == WF_LIFE_SUBMITTED) {
        return;
    }

    in = (wf_input_args_t) { .now_ms = now_ms, .message = message };

    if (wf_message_kind(message) == WF_NOTICE_ENDED) {
        wf_life_input(life, WF_IN_NOTICE, &in);
        return;
    }

    if (wf_message_answer_decode(message, &answer) != WF_OK) {
        desk->port->log(desk->port, "an answer of another worker makes no "
                        "sense");
        return;
    }

    in.answer = &answer;
    lost = answer.kind == WF_SAY_NOT_OWNER || answer.kind == WF_SAY_FELL;

    if (!lost) {
        wf_life_input(life, WF_IN_ANSWER, &in);

    } else if (answer.attempt == life->attempt) {
        wf_life_input(life, WF_IN_LOST, &in);
    }
}
