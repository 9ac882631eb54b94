
/*
 * Standing in a task list: the home of the list is told, and told again when
 * its shard has another owner.  What comes for a call that has gone is sent
 * back, so that a poller is not forgotten and no task is lost.  A poller that
 * was met knows by whom, and comes again when that worker has died.
 */

#include "actions/answers.h"
#include "actions/home.h"
#include "actions/stand.h"


#define MET_LOOK_MS  500            /* is who gives still there? */
#define MET_MAX_MS   6000           /* longer than a match is kept */


static wf_place_t *
place_of(const wf_life_t *life)
{
    return &life->call->desk->places[life->shard_no];
}


static wf_rc_t
join_send(const wf_life_t *life, const wf_joining_t *joining)
{
    wf_rc_t      rc;
    wf_buf_t     buf;
    wf_port_t   *port;
    wf_arena_t  *arena;

    port = life->call->desk->port;
    arena = wf_arena_create(0);

    if (arena == NULL) {
        return WF_ERROR;
    }

    wf_buf_init(&buf, arena, 64 + joining->list.len + joining->word.len);
    wf_message_join(&buf, joining);
    rc = WF_ERROR;

    if (!buf.failed) {
        rc = port->send(port, life->shard_no, wf_ticket_of(life),
                        wf_buf_done(&buf));
    }

    wf_arena_free(arena);

    return rc;
}


/* Nobody can be told now: the next owner is, or it is tried again. */
static void
join(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t         rc;
    wf_place_t     *place;
    wf_joining_t    joining;
    wf_standing_t  *standing;

    place = place_of(life);
    standing = life->standing;
    standing->is_set = false;
    rc = WF_ERROR;

    joining = (wf_joining_t) {
        .attempt = ++life->attempt,
        .is_offer = standing->is_offer,
        .is_first = standing->is_first,
        .priority = standing->priority,
        .list = standing->list,
        .word = standing->word
    };

    if (wf_place_open(place)) {
        rc = wf_home_join(life->call->desk, life->shard_no,
                          wf_ticket_of(life), &joining);

    } else if (place->shard == NULL) {
        rc = join_send(life, &joining);
    }

    if (rc == WF_OK) {
        standing->is_set = true;

    } else if (rc == WF_ERROR) {
        wf_place_retry(life->call->desk, place, now_ms);
    }
}


void
wf_stand_begin(wf_life_t *life, int64_t now_ms)
{
    wf_standing_t  *standing;

    standing = life->standing;
    life->shard_no = wf_home_of(life->call->desk, standing->list);
    life->state = WF_LIFE_STANDING;

    if (wf_ticket_take(life) != WF_OK
        || (standing->until_ms
            && wf_life_deadline(life, standing->until_ms) != WF_OK))
    {
        wf_life_no_memory(life);
        return;
    }

    wf_life_list(&place_of(life)->lives, life);
    join(life, now_ms);
}


void
wf_stand_withdraw(wf_life_t *life)
{
    uint8_t         kind;
    wf_desk_t      *desk;
    wf_place_t     *place;
    wf_standing_t  *standing;

    desk = life->call->desk;
    standing = life->standing;

    if (!standing->is_set || desk->is_ending) {
        return;
    }

    standing->is_set = false;
    place = place_of(life);

    if (place->shard) {
        wf_home_leave(desk, life->shard_no, wf_ticket_of(life));
        return;
    }

    /* A lost one does no harm: who meets it finds a stale ticket. */
    kind = WF_SAY_LEAVE;
    (void) desk->port->send(desk->port, life->shard_no, wf_ticket_of(life),
                            (wf_str_t) { 1, &kind });
}


void
wf_stand_end(wf_life_t *life)
{
    wf_stand_withdraw(life);
    wf_life_unlist(life);
    wf_heap_remove(&life->call->desk->due, &life->due.node);
}


/* An earlier joining's: the present home still has it. */
void
wf_stand_met(wf_life_t *life, uint32_t attempt)
{
    if (attempt == life->attempt) {
        life->standing->is_set = false;
    }

    wf_stand_end(life);
}


/*
 * Met
 */

/* It has waited: before all others. */
static void
come_again(wf_life_t *life, int64_t now_ms)
{
    life->standing->is_first = true;
    wf_stand_begin(life, now_ms);
}


static void
met_look_later(wf_life_t *life, int64_t now_ms)
{
    if (wf_life_deadline(life, wf_min(life->standing->until_ms,
                                      now_ms + MET_LOOK_MS))
        != WF_OK)
    {
        wf_life_no_memory(life);
    }
}


static void
met(wf_life_t *life, wf_str_t message, int64_t now_ms)
{
    wf_met_t        met;
    wf_standing_t  *standing;

    if (wf_message_met_decode(message, &met) != WF_OK
        || met.attempt != life->attempt)
    {
        return;
    }

    standing = life->standing;
    standing->is_set = false;
    standing->met_ms = now_ms;
    standing->other = (wf_claim_t) { .ticket = met.giver };
    life->state = WF_LIFE_MET;
    met_look_later(life, now_ms);
}


static void
told_to_rejoin(wf_life_t *life, wf_str_t message, int64_t now_ms)
{
    uint32_t  attempt;

    if (wf_message_rejoin_decode(message, &attempt) == WF_OK
        && attempt == life->attempt)
    {
        come_again(life, now_ms);
    }
}


/*
 * Moves
 */

void
wf_move_join(wf_life_t *life, const wf_input_args_t *in)
{
    join(life, in->now_ms);
}


void
wf_move_join_late(wf_life_t *life, const wf_input_args_t *in)
{
    if (!life->standing->is_set) {
        join(life, in->now_ms);
    }
}


void
wf_move_join_lost(wf_life_t *life, const wf_input_args_t *in)
{
    life->standing->is_set = false;
    wf_place_retry(life->call->desk, place_of(life), in->now_ms);
}


void
wf_move_told(wf_life_t *life, const wf_input_args_t *in)
{
    life->standing->told(life, in->message, in->now_ms);
}


void
wf_move_stood(wf_life_t *life, const wf_input_args_t *in)
{
    life->standing->over(life, in->now_ms);
}


/* Who gives has died, or what it said was lost; else it is waited for. */
void
wf_move_met_long(wf_life_t *life, const wf_input_args_t *in)
{
    wf_port_t      *port;
    wf_standing_t  *standing;

    port = life->call->desk->port;
    standing = life->standing;

    if (in->now_ms >= standing->until_ms) {
        standing->over(life, in->now_ms);

    } else if (in->now_ms - standing->met_ms >= MET_MAX_MS
               || !port->is_there(port, standing->other.ticket))
    {
        come_again(life, in->now_ms);

    } else {
        met_look_later(life, in->now_ms);
    }
}


/* The worker is leaving: offers go with their shards. */
void
wf_move_release(wf_life_t *life, const wf_input_args_t *in)
{
    if (!life->standing->is_offer) {
        life->standing->over(life, in->now_ms);
    }
}


/*
 * Messages
 */

/* Which of the two that stand, or wait for word, it is for. */
static bool
is_for(const wf_life_t *life, uint8_t kind)
{
    if (life == NULL || life->standing == NULL) {
        return false;
    }

    switch (kind) {

    case WF_SAY_TAKEN:
        return life->state == WF_LIFE_STANDING && life->standing->is_offer;

    case WF_SAY_MET:
        return life->state == WF_LIFE_STANDING && !life->standing->is_offer;

    case WF_SAY_HAND:
    case WF_SAY_REJOIN:
        return life->state == WF_LIFE_MET
               || (life->state == WF_LIFE_STANDING
                   && !life->standing->is_offer);

    default:
        return life->state == WF_LIFE_HANDING;
    }
}


/* It was handed a task, and reads what goes with it. */
static bool
is_read_for(const wf_life_t *life)
{
    return life && life->standing && life->state == WF_LIFE_READING;
}


static void
send_back(wf_desk_t *desk, wf_str_t message)
{
    wf_hand_t   hand;
    wf_taken_t  taken;

    switch (wf_message_kind(message)) {

    case WF_SAY_TAKEN:

        if (wf_message_taken_decode(message, &taken) == WF_OK) {
            wf_home_rejoin(desk, taken.poller);
        }

        return;

    case WF_SAY_HAND:

        if (wf_message_hand_decode(message, &hand) == WF_OK) {
            wf_home_say(desk, hand.giver, WF_SAY_REFUSED);
        }

        return;

    default:
        return;
    }
}


bool
wf_stand_tell(wf_desk_t *desk, wf_life_t *life, wf_str_t message,
    int64_t now_ms)
{
    uint8_t          kind;
    wf_input_args_t  in;

    kind = wf_message_kind(message);

    if (kind < WF_SAY_TAKEN || kind >= WF_SAY_END) {
        return false;
    }

    if (kind == WF_SAY_HAND && is_read_for(life)) {
        return true;                /* it has it; word follows */
    }

    if (!is_for(life, kind)) {
        send_back(desk, message);

    } else if (kind == WF_SAY_MET) {
        met(life, message, now_ms);

    } else if (kind == WF_SAY_REJOIN) {
        told_to_rejoin(life, message, now_ms);

    } else {
        in = (wf_input_args_t) { .now_ms = now_ms, .message = message };
        wf_life_input(life, WF_IN_NOTICE, &in);
    }

    return true;
}
