
/*
 * Who must commit a call: our own shard, another worker, nobody just now.
 * Owns the moves between the three and what an answer becomes.  Never gives
 * a submit to two owners at once; an owner that went is assumed to have done
 * it, and the next one is told so.
 */

#include "actions/answers.h"
#include "actions/moves.h"


#define RETRY_FIRST_MS  50      /* after "not the owner" */
#define RETRY_LAST_MS   1000
#define SENT_WAITS      4       /* owner_wait_ms, for an owner that is there */
#define FALLS_MAX       2       /* then the failure is the answer */


wf_shard_t *
wf_place_open(const wf_place_t *place)
{
    return place->shard && wf_shard_is_open(place->shard) ? place->shard
                                                          : NULL;
}


/* A shard that steps down answers what it held with a retryable error. */
bool
wf_place_is_lost(const wf_place_t *place, const wf_error_t *err)
{
    return err->code == WF_E_INTERNAL && wf_place_open(place) == NULL;
}


void
wf_place_fire(wf_desk_t *desk, wf_due_t *due, int64_t now_ms)
{
    wf_place_t  *place;

    (void) desk;

    place = (wf_place_t *) ((uint8_t *) due - offsetof(wf_place_t, retry));
    wf_life_input_all(place, WF_IN_RETRY, now_ms);
}


void
wf_place_retry(wf_desk_t *desk, wf_place_t *place, int64_t now_ms)
{
    if (place->retry.node.slot) {
        return;
    }

    place->retry_ms = wf_min(wf_max(2 * place->retry_ms, RETRY_FIRST_MS),
                             RETRY_LAST_MS);

    /* No memory: the next owner, or the deadline, comes all the same. */
    (void) wf_desk_due(desk, &place->retry, now_ms + place->retry_ms);
}


static wf_place_t *
place_of(const wf_life_t *life)
{
    return &life->call->desk->places[life->shard_no];
}


/* From our own shard: what it said in the words of a message. */
static void
submit_done(wf_submit_t *submit, const wf_error_t *err,
    const wf_record_t *record, const wf_flow_t *flow, int64_t now_ms)
{
    bool              lost;
    wf_life_t        *life;
    wf_saying_t       answer;
    wf_input_args_t   in;

    life = submit->data;
    lost = false;
    answer.attempt = life->attempt;
    answer.kind = WF_SAY_NOTHING;

    if (err) {
        lost = wf_place_is_lost(place_of(life), err);
        answer.kind = lost ? WF_SAY_FELL : WF_SAY_ERROR;
        answer.err = *err;

    } else if (record) {
        answer.kind = WF_SAY_RECORD;
        answer.record = *record;

    } else if (flow) {
        answer.kind = WF_SAY_FLOW;
        answer.flow = *flow;

    } else if (submit->type == WF_SUBMIT_REPORT
               || submit->type == WF_SUBMIT_RESET
               || submit->type == WF_SUBMIT_SWF
               || submit->type == WF_SUBMIT_PENDING)
    {
        answer.kind = WF_SAY_EVENT;
        answer.event_id = submit->event_id;

    } else if (submit->type == WF_SUBMIT_MAP_RUN) {
        answer.kind = WF_SAY_MAP_RUN;
        answer.map_run = submit->map_run;

    } else if (submit->published) {
        answer.kind = WF_SAY_VERSION;
        answer.version = *submit->published;

    } else if (submit->alias) {
        answer.kind = WF_SAY_ALIAS;
        answer.alias = *submit->alias;

    } else if (submit->schedule) {
        answer.kind = WF_SAY_SCHEDULE;
        answer.schedule = *submit->schedule;
    }

    in = (wf_input_args_t) { .now_ms = now_ms, .answer = &answer };
    wf_life_input(life, lost ? WF_IN_LOST : WF_IN_ANSWER, &in);
}


static void
submit_here(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_life_unlist(life);
    wf_heap_remove(&life->call->desk->due, &life->due.node);

    life->state = WF_LIFE_SUBMITTED;
    life->submit->done = submit_done;
    life->submit->data = life;
    life->call->action->commit(life, shard, now_ms);
}


static wf_rc_t
submit_send(wf_life_t *life)
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

    wf_buf_init(&buf, arena, 512);
    wf_message_submit(&buf, life->attempt, life->submit);
    rc = WF_ERROR;

    if (!buf.failed) {
        rc = port->send(port, life->shard_no, wf_ticket_of(life),
                        wf_buf_done(&buf));
    }

    wf_arena_free(arena);

    return rc;
}


/* It stays in its shard's list until something happens. */
static void
stay(wf_life_t *life, wf_life_state_t state, int64_t due_ms)
{
    life->state = state;

    if (wf_life_deadline(life, due_ms) != WF_OK) {
        wf_life_no_memory(life);
        return;
    }

    wf_life_list(&place_of(life)->lives, life);
}


static void
route(wf_life_t *life, int64_t now_ms)
{
    wf_desk_t   *desk;
    wf_place_t  *place;
    wf_shard_t  *shard;

    desk = life->call->desk;
    place = place_of(life);
    shard = wf_place_open(place);
    life->submit->is_repeat = life->attempt > life->attempt_first;

    if (shard) {
        life->attempt++;
        submit_here(life, shard, now_ms);
        return;
    }

    if (place->shard) {
        /* On its way out; its successor comes later. */
        wf_place_retry(desk, place, now_ms);
        stay(life, WF_LIFE_WAITING, life->until_ms);
        return;
    }

    if (wf_ticket_take(life) != WF_OK) {
        wf_life_no_memory(life);
        return;
    }

    life->attempt++;

    switch (submit_send(life)) {

    case WF_OK:
        stay(life, WF_LIFE_SENT,
             now_ms + SENT_WAITS * (int64_t) desk->settings.owner_wait_ms);
        break;

    case WF_AGAIN:
        /* It has not left us. */
        life->attempt--;
        stay(life, WF_LIFE_WAITING, life->until_ms);
        break;

    default:
        wf_life_fail(life, WF_E_INTERNAL, wf_str("cannot reach the owner"),
                     wf_str_none);
    }
}


void
wf_life_submit(wf_life_t *life, int64_t now_ms)
{
    wf_desk_t  *desk;

    desk = life->call->desk;

    /* The client's own key is one already. */

    if (life->internal == NULL && life->submit->key == 0) {
        desk->port->random(desk->port, &life->submit->key,
                           sizeof(life->submit->key));

        /* 0 means none. */
        life->submit->key += life->submit->key == 0;
    }

    life->attempt_first = life->attempt;
    life->until_ms = now_ms + desk->settings.owner_wait_ms;
    route(life, now_ms);
}


void
wf_move_route(wf_life_t *life, const wf_input_args_t *in)
{
    route(life, in->now_ms);
}


/* A new owner: the wait begins anew. */
void
wf_move_route_anew(wf_life_t *life, const wf_input_args_t *in)
{
    life->until_ms = in->now_ms + life->call->desk->settings.owner_wait_ms;
    route(life, in->now_ms);
}


void
wf_move_wait(wf_life_t *life, const wf_input_args_t *in)
{
    life->fall_count += in->answer->kind == WF_SAY_FELL;

    if (life->fall_count > FALLS_MAX) {
        wf_life_fail(life, WF_E_INTERNAL, wf_str("the shard fell"),
                     wf_str_none);
        return;
    }

    wf_place_retry(life->call->desk, place_of(life), in->now_ms);
    stay(life, WF_LIFE_WAITING, wf_max(life->until_ms, in->now_ms));
}


void
wf_move_give_up(wf_life_t *life, const wf_input_args_t *in)
{
    (void) in;

    wf_life_fail(life, WF_E_INTERNAL, wf_str("the shard has no owner"),
                 wf_str_none);
}


/* Strings of an answer last as long as the message; the reply's last as long
 * as the call. */
static wf_rc_t
keep_record(wf_life_t *life, const wf_record_t *record)
{
    wf_buf_t  buf;

    life->record = wf_arena_alloc(life->call->arena, sizeof(wf_record_t));
    wf_buf_init(&buf, life->call->arena,
                record->input.len + record->output.len + 256);
    wf_record_encode(&buf, record);

    return life->record == NULL || buf.failed
           ? WF_ERROR
           : wf_record_decode_whole(wf_buf_done(&buf), life->record);
}


static wf_flow_view_t *
keep_flow(wf_life_t *life, const wf_flow_t *flow)
{
    wf_buf_t         buf;
    wf_flow_t        kept;
    wf_flow_view_t  *view;

    view = wf_arena_alloc(life->call->arena, sizeof(wf_flow_view_t));
    wf_buf_init(&buf, life->call->arena, flow->definition.len + 512);
    wf_flow_encode(&buf, flow);

    if (view == NULL || buf.failed
        || wf_flow_decode(wf_buf_done(&buf), &kept) != WF_OK)
    {
        return NULL;
    }

    wf_flow_view(view, &kept);

    return view;
}


/*
 * What each answer becomes
 */

static void
finish_empty(wf_life_t *life, const wf_input_args_t *in)
{
    (void) in;

    life->call->reply.kind = WF_REPLY_EMPTY;
    wf_life_done(life);
}


/* A keeper's reply has waited for that. */
static void
finish_nothing(wf_life_t *life, const wf_input_args_t *in)
{
    if (life->is_keeper) {
        wf_life_done(life);
        return;
    }

    finish_empty(life, in);
}


static void
finish_error(wf_life_t *life, const wf_input_args_t *in)
{
    *life->call->err = in->answer->err;
    wf_life_failed(life);
}


static void
finish_record(wf_life_t *life, const wf_input_args_t *in)
{
    if (keep_record(life, &in->answer->record) != WF_OK) {
        wf_life_no_memory(life);

    } else if (life->internal && !life->internal->wants_reply) {
        finish_empty(life, in);

    } else {
        wf_execution_answer(life, in->now_ms);
    }
}


static void
finish_event(wf_life_t *life, const wf_input_args_t *in)
{
    life->call->reply.kind = WF_REPLY_EVENT_ID;
    life->call->reply.u.event_id = in->answer->event_id;
    wf_life_done(life);
}


static void
finish_map_run(wf_life_t *life, const wf_input_args_t *in)
{
    wf_map_run_answer(life, &in->answer->map_run, WF_REPLY_MAP_RUN_LIMITS);
}


static void
finish_flow(wf_life_t *life, const wf_input_args_t *in)
{
    wf_reply_t  *reply;

    if (life->submit->type == WF_SUBMIT_FLOW_DELETE) {
        finish_empty(life, in);
        return;
    }

    reply = &life->call->reply;
    reply->u.flows = keep_flow(life, &in->answer->flow);

    if (reply->u.flows == NULL) {
        wf_life_no_memory(life);
        return;
    }

    reply->kind = WF_REPLY_FLOW;
    reply->count = 1;
    wf_life_done(life);
}


static void
finish_version(wf_life_t *life, const wf_input_args_t *in)
{
    if (life->submit->type == WF_SUBMIT_VERSION_DELETE) {
        finish_empty(life, in);
        return;
    }

    wf_version_answer(life, &in->answer->version);
}


static void
finish_alias(wf_life_t *life, const wf_input_args_t *in)
{
    if (life->submit->type == WF_SUBMIT_ALIAS_DELETE) {
        finish_empty(life, in);
        return;
    }

    wf_alias_answer(life, &in->answer->alias);
}


static void
finish_schedule(wf_life_t *life, const wf_input_args_t *in)
{
    if (life->submit->type == WF_SUBMIT_SCHEDULE_DELETE) {
        finish_empty(life, in);
        return;
    }

    wf_schedule_answer(life, &in->answer->schedule);
}


void
wf_move_finish(wf_life_t *life, const wf_input_args_t *in)
{
    wf_move_pt  finish;

    static const wf_move_pt  finishes[WF_SAY_END] = {
        [WF_SAY_RECORD] = finish_record,
        [WF_SAY_FLOW] = finish_flow,
        [WF_SAY_NOTHING] = finish_nothing,
        [WF_SAY_EVENT] = finish_event,
        [WF_SAY_MAP_RUN] = finish_map_run,
        [WF_SAY_VERSION] = finish_version,
        [WF_SAY_ALIAS] = finish_alias,
        [WF_SAY_SCHEDULE] = finish_schedule,
        [WF_SAY_ERROR] = finish_error,
    };

    if (life->after) {
        wf_life_unlist(life);
        wf_heap_remove(&life->call->desk->due, &life->due.node);
        life->state = WF_LIFE_IDLE;
        life->after(life, in->answer, in->now_ms);
        return;
    }

    finish = finishes[in->answer->kind];
    wf_assert(finish);
    finish(life, in);
}
