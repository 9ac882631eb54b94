
/*
 * A task of an activity (asl 16): offered in the activity's list, and given to
 * who comes for it.  The execution calls twice:
 *
 *   offered     --> somebody is there: done, with the name of who it is
 *   (ActivityStarted becomes durable; meanwhile the match is kept here)
 *   is_started  --> handed over: done when it went to the client.  With no
 *                   match (another worker made it), or nobody there any
 *                   more, it is offered again, before all others
 *
 * Never gives a task to two who both say that they got it; what a worker got
 * that died before it said so is given once more.
 */

#include "actions/answers.h"
#include "actions/home.h"
#include "actions/offer.h"
#include "actions/stand.h"
#include "actions/trip.h"
#include "base/json.h"
#include "flow/note.h"


#define MATCH_MS  5000              /* the poller is let go after that */
#define WORD_MS   1000              /* then who got it is looked after */


/* Between the two calls. */
typedef struct {
    wf_link_t     link;             /* first */
    wf_desk_t    *desk;
    wf_arena_t   *arena;
    uint32_t      shard_no;
    uint64_t      exec_no;
    uint64_t      task;
    wf_ticket_t   poller;
    wf_due_t      due;
} match_t;


static void offer_begin(wf_life_t *life, int64_t now_ms);
static void offer_told(wf_life_t *life, wf_str_t message, int64_t now_ms);
static void offer_over(wf_life_t *life, int64_t now_ms);


static const wf_action_t  offer_action = {
    "desk", wf_str_init("Offer"), offer_begin, wf_action_exec_write,
    WF_ROUTE_ANYWHERE, WF_KIND_RUN, true
};


/*
 * Matches
 */

static uint32_t
match_hash(const wf_task_t *task)
{
    uint64_t  numbers[3];

    numbers[0] = task->shard_no;
    numbers[1] = task->exec_no;
    numbers[2] = task->effect.task;

    return (uint32_t) wf_hash(wf_hash_secret(), (wf_str_t) {
                                  sizeof(numbers), (uint8_t *) numbers });
}


static void
match_free(match_t *match)
{
    wf_table_remove(&match->desk->matches, &match->link);
    wf_heap_remove(&match->desk->due, &match->due.node);
    wf_arena_free(match->arena);
}


static match_t *
match_find(wf_desk_t *desk, const wf_task_t *task)
{
    uint32_t    hash;
    match_t    *match;
    wf_link_t  *link;

    hash = match_hash(task);
    link = wf_table_chain(&desk->matches, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        match = (match_t *) link;

        if (link->hash == hash && match->shard_no == task->shard_no
            && match->exec_no == task->exec_no
            && match->task == task->effect.task)
        {
            return match;
        }
    }

    return NULL;
}


/* The second call does not come: it was stopped, or its shard has gone. */
static void
match_fire(wf_desk_t *desk, wf_due_t *due, int64_t now_ms)
{
    match_t  *match;

    (void) now_ms;

    match = (match_t *) ((uint8_t *) due - offsetof(match_t, due));
    wf_home_say(desk, match->poller, WF_SAY_REJOIN);
    match_free(match);
}


static match_t *
match_create(wf_desk_t *desk, const wf_task_t *task, wf_ticket_t poller)
{
    match_t     *match;
    wf_arena_t  *arena;

    arena = wf_arena_create(sizeof(match_t));
    match = arena ? wf_arena_calloc(arena, sizeof(match_t)) : NULL;

    if (match == NULL
        || wf_table_add(&desk->matches, &match->link, match_hash(task))
           != WF_OK)
    {
        wf_arena_free(arena);
        return NULL;
    }

    match->desk = desk;
    match->arena = arena;
    match->shard_no = task->shard_no;
    match->exec_no = task->exec_no;
    match->task = task->effect.task;
    match->poller = poller;
    match->due.fire = match_fire;

    return match;
}


/* Not kept: the poller comes again, the task is offered once more. */
static void
match_keep(wf_desk_t *desk, const wf_task_t *task, wf_ticket_t poller,
    int64_t now_ms)
{
    match_t  *match;

    match = match_find(desk, task);

    if (match) {
        wf_home_say(desk, match->poller, WF_SAY_REJOIN);
        match_free(match);
    }

    match = match_create(desk, task, poller);

    if (match == NULL) {
        wf_home_say(desk, poller, WF_SAY_REJOIN);

    } else if (wf_desk_due(desk, &match->due, now_ms + MATCH_MS) != WF_OK) {
        wf_home_say(desk, poller, WF_SAY_REJOIN);
        match_free(match);
    }
}


void
wf_offer_free_all(wf_desk_t *desk)
{
    uint32_t    start;
    wf_link_t  *link;

    start = 0;

    while ((link = wf_table_any(&desk->matches, &start)) != NULL) {
        match_free((match_t *) link);
    }

    wf_table_free(&desk->matches);
}


/*
 * Ends
 */

/* {"workerName"}, or {} for one without a name. */
static wf_rc_t
started_print(wf_trip_t *trip, wf_str_t word, wf_str_t *value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, trip->task->arena, 32 + word.len);
    wf_buf_byte(&buf, '{');

    if (word.len > 0) {
        wf_buf_text(&buf, "\"workerName\":");
        wf_json_print_string(&buf, word);
    }

    wf_buf_byte(&buf, '}');
    *value = wf_buf_done(&buf);

    return buf.failed ? WF_ERROR : WF_OK;
}


static void
offer_done(wf_call_t *call)
{
    wf_desk_t         *desk;
    wf_trip_t         *trip;
    wf_life_t         *life;
    wf_ticket_t        poller;
    wf_task_result_t   result;

    trip = call->data;
    desk = trip->desk;
    life = call->state;
    trip->task->cancel = NULL;
    memset(&result, 0, sizeof(result));
    result.outcome = WF_OUTCOME_SUBMITTED;

    if (call->reply.error) {
        wf_trip_call_free(trip);
        wf_trip_lost(trip, desk->now_ms);
        return;
    }

    if (trip->task->effect.is_started) {
        wf_trip_call_free(trip);
        result.value = wf_str("{}");
        wf_trip_done(trip, &result, desk->now_ms);
        return;
    }

    poller = life->standing->other;

    if (started_print(trip, life->standing->word, &result.value) != WF_OK) {
        wf_home_say(desk, poller, WF_SAY_REJOIN);
        wf_trip_call_free(trip);
        wf_trip_lost(trip, desk->now_ms);
        return;
    }

    wf_trip_call_free(trip);
    match_keep(desk, trip->task, poller, desk->now_ms);
    wf_trip_done(trip, &result, desk->now_ms);
}


/* Time-out, stop, the shard's end: nobody is to get it any more. */
static void
offer_cancel(wf_task_t *task)
{
    wf_trip_t  *trip;

    trip = task->data;
    wf_call_abandon(trip->inner);
    trip->inner = NULL;
    wf_trip_lost(trip, trip->desk->now_ms);
}


/*
 * Handing over
 */

static void
again(wf_life_t *life, int64_t now_ms)
{
    life->standing->is_first = true;
    life->standing->until_ms = 0;
    wf_heap_remove(&life->call->desk->due, &life->due.node);
    wf_stand_begin(life, now_ms);
}


static wf_rc_t
hand_send(wf_life_t *life)
{
    wf_buf_t            buf;
    wf_desk_t          *desk;
    wf_hand_t           hand;
    wf_arena_t         *arena;
    const wf_effect_t  *effect;

    desk = life->call->desk;
    effect = &life->internal->task->effect;
    arena = wf_arena_create(0);

    if (arena == NULL) {
        return WF_ERROR;
    }

    hand = (wf_hand_t) {
        .giver = wf_ticket_of(life),
        .token = effect->token,
        .input = effect->params
    };

    wf_buf_init(&buf, arena, 64 + hand.token.len + hand.input.len);
    wf_message_hand(&buf, &hand);

    if (!buf.failed) {
        desk->port->reply(desk->port, life->standing->other,
                          wf_buf_done(&buf));
    }

    wf_arena_free(arena);

    return buf.failed ? WF_ERROR : WF_OK;
}


static void
hand(wf_life_t *life, int64_t now_ms)
{
    life->state = WF_LIFE_HANDING;

    if (wf_ticket_take(life) != WF_OK
        || wf_life_deadline(life, now_ms + WORD_MS) != WF_OK
        || hand_send(life) != WF_OK)
    {
        wf_home_say(life->call->desk, life->standing->other, WF_SAY_REJOIN);
        wf_life_no_memory(life);
    }
}


/*
 * No word yet: the worker has gone, and its client with it; or it is busy, or
 * did not get the message.  Should it have given its word meanwhile, that is
 * here before what it says to the second one.
 */
static void
offer_over(wf_life_t *life, int64_t now_ms)
{
    wf_port_t  *port;

    port = life->call->desk->port;

    if (port->is_there(port, life->standing->other)) {
        hand(life, now_ms);

    } else {
        again(life, now_ms);
    }
}


static void
offer_taken(wf_life_t *life, wf_str_t message, int64_t now_ms)
{
    wf_taken_t      taken;
    wf_standing_t  *standing;

    standing = life->standing;

    if (wf_message_taken_decode(message, &taken) != WF_OK) {
        wf_life_no_memory(life);
        return;
    }

    wf_stand_met(life);
    standing->other = taken.poller;

    if (life->internal->task->effect.is_started) {
        hand(life, now_ms);
        return;
    }

    standing->word = wf_arena_copy(life->call->arena, taken.word);

    if (standing->word.data == NULL) {
        wf_home_say(life->call->desk, taken.poller, WF_SAY_REJOIN);
        wf_life_no_memory(life);
        return;
    }

    wf_life_done(life);
}


static void
offer_told(wf_life_t *life, wf_str_t message, int64_t now_ms)
{
    switch (wf_message_kind(message)) {

    case WF_SAY_TAKEN:
        offer_taken(life, message, now_ms);
        return;

    case WF_SAY_RECEIVED:
        wf_life_done(life);
        return;

    default:
        again(life, now_ms);
        return;
    }
}


/*
 * The call
 */

/* The activity's note, or what a run of SWF says; who asks for its tasks
 * stands in the same list. */
static wf_str_t
list_of(wf_arena_t *arena, const wf_effect_t *effect)
{
    wf_buf_t  buf;

    if (effect->dialect == WF_DIALECT_SWF) {
        return wf_arena_copy(arena, effect->resource);
    }

    wf_buf_init(&buf, arena, effect->resource.len);

    return wf_note_activity(&buf, effect->resource) == WF_OK
           ? wf_buf_done(&buf) : wf_str_none;
}


static void
offer_begin(wf_life_t *life, int64_t now_ms)
{
    match_t          *match;
    wf_desk_t        *desk;
    wf_standing_t    *standing;
    const wf_task_t  *task;

    desk = life->call->desk;
    task = life->internal->task;
    standing = wf_arena_calloc(life->call->arena, sizeof(wf_standing_t));

    if (standing) {
        standing->list = list_of(life->call->arena, &task->effect);
    }

    if (standing == NULL || standing->list.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    standing->is_offer = true;
    standing->is_first = task->effect.is_started;
    standing->priority = task->effect.priority;
    standing->told = offer_told;
    standing->over = offer_over;
    life->standing = standing;
    match = task->effect.is_started ? match_find(desk, task) : NULL;

    if (match == NULL) {
        wf_stand_begin(life, now_ms);
        return;
    }

    standing->other = match->poller;
    match_free(match);
    hand(life, now_ms);
}


void
wf_offer_call(wf_trip_t *trip, int64_t now_ms)
{
    wf_call_t  *call;

    call = wf_trip_call(trip, &offer_action, offer_done);

    if (call == NULL) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    trip->task->data = trip;
    trip->task->cancel = offer_cancel;
    wf_call_run(call, now_ms);
}
