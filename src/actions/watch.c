
/*
 * Parked polls: a call that waits for the end of an execution, its watch at
 * the shard's owner, and what ends the wait.  A watch may be lost with its
 * owner; the next owner gets it again.  Whatever comes, the answer is what
 * the index or the store says then.
 */

#include "actions/answers.h"
#include "actions/moves.h"


static wf_place_t *
place_of(const wf_life_t *life)
{
    return &life->call->desk->places[life->shard_no];
}


static wf_rc_t
watch_send(wf_life_t *life, wf_say_t kind)
{
    wf_rc_t         rc;
    wf_buf_t        buf;
    wf_port_t      *port;
    wf_arena_t     *arena;
    wf_watching_t   watching;

    port = life->call->desk->port;
    arena = wf_arena_create(0);

    if (arena == NULL) {
        return WF_ERROR;
    }

    watching.attempt = life->attempt;
    watching.flow_no = life->revision->flow.flow_no;
    watching.name = wf_arg(life, EXECUTION)->text;

    wf_buf_init(&buf, arena, 256);
    wf_message_watch(&buf, kind, &watching);
    rc = WF_ERROR;

    if (!buf.failed) {
        rc = port->send(port, life->shard_no, wf_ticket_of(life),
                        wf_buf_done(&buf));
    }

    wf_arena_free(arena);

    return rc;
}


/* If nobody can be told now, the next owner is; the deadline comes anyway. */
static void
watch_set(wf_life_t *life, int64_t now_ms)
{
    wf_place_t  *place;
    wf_shard_t  *shard;

    place = place_of(life);
    shard = wf_place_open(place);

    if (shard) {
        life->attempt++;
        life->is_set = true;
        wf_shard_watch(shard, life->revision->flow.flow_no,
                       wf_arg(life, EXECUTION)->text, wf_ticket_of(life),
                       now_ms);
        return;
    }

    life->is_set = false;

    if (place->shard == NULL) {
        life->attempt++;

        switch (watch_send(life, WF_SAY_WATCH)) {

        case WF_OK:
            life->is_set = true;
            return;

        case WF_AGAIN:
            return;

        default:
            break;
        }
    }

    wf_place_retry(life->call->desk, place, now_ms);
}


void
wf_watch_withdraw(wf_life_t *life)
{
    wf_place_t  *place;

    if (!life->is_set) {
        return;
    }

    life->is_set = false;
    place = place_of(life);

    if (place->shard) {
        wf_shard_unwatch(place->shard, life->revision->flow.flow_no,
                         wf_arg(life, EXECUTION)->text, wf_ticket_of(life));
        return;
    }

    /* A lost one does no harm: the notice will find a stale ticket. */
    (void) watch_send(life, WF_SAY_UNWATCH);
}


void
wf_life_park(wf_life_t *life, int64_t now_ms)
{
    wf_life_forget(life);
    life->state = WF_LIFE_WATCHING;

    if (wf_ticket_take(life) != WF_OK
        || wf_life_deadline(life, life->until_ms) != WF_OK)
    {
        wf_life_no_memory(life);
        return;
    }

    wf_life_list(&place_of(life)->lives, life);
    watch_set(life, now_ms);
}


void
wf_move_watch(wf_life_t *life, const wf_input_args_t *in)
{
    watch_set(life, in->now_ms);
}


void
wf_move_watch_late(wf_life_t *life, const wf_input_args_t *in)
{
    if (!life->is_set) {
        watch_set(life, in->now_ms);
    }
}


void
wf_move_watch_lost(wf_life_t *life, const wf_input_args_t *in)
{
    life->is_set = false;
    wf_place_retry(life->call->desk, place_of(life), in->now_ms);
}


/* Back among the living: no list, no deadline, no watch. */
static void
unpark(wf_life_t *life)
{
    wf_life_unlist(life);
    wf_heap_remove(&life->call->desk->due, &life->due.node);
    wf_watch_withdraw(life);
}


void
wf_move_ended(wf_life_t *life, const wf_input_args_t *in)
{
    /* It has fired. */
    life->is_set = false;
    unpark(life);
    wf_describe_ended(life, in->message, in->now_ms);
}


/* With the state of now, whatever it is. */
void
wf_move_look(wf_life_t *life, const wf_input_args_t *in)
{
    unpark(life);
    life->until_ms = 0;
    wf_describe_look(life, in->now_ms);
}
