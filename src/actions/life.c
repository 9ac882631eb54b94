
/*
 * The life of a call: what it waits for, what may happen meanwhile, what
 * follows.  Owns states, tickets, deadlines and the lists by shard; knows no
 * action.
 *
 * Invariants
 *   A call is in its shard's list if and only if it is WAITING, SENT, WATCHING,
 *   STANDING or MET; it has a ticket from the first message until it goes.
 *   SUBMITTED: a shard of ours holds life->submit and will call done() once;
 *   nothing else moves the call, and abandoning it only makes it an orphan.
 *   RUNNING: an Express execution holds the life, and forgets it when it is
 *   abandoned.
 *   A keeper that is abandoned goes on as if nothing had happened, and frees
 *   itself when it is done: what has run is written.
 *   LOOKING, READING: the waiter, the fetch or the job points here; abandoning
 *   cancels it.
 *   A call is sent to one owner at a time; an owner that goes is forgotten,
 *   and the next one is told that it may have been done (is_repeat).
 *   done() is called once, from wf_life_done() alone, in no list, no heap.
 *
 * Task lists: of a poll P, an offer O and the list's home H, each in a worker
 * that may die or leave at any time
 *   STANDING waits for H: when that has gone, the next owner of its shard is
 *   told (OWNER, CLOSED, LOST).  H holds a ticket once; having matched it, it
 *   forgets it.
 *   MET waits for O, which H has told (TAKEN) before P (MET): P looks every
 *   now and then whether O's worker is there, and stands again if not.  While
 *   that lives, O answers for P: HAND, or REJOIN when nothing comes of the
 *   match, be it that O has gone, its execution ended, or its shard closed.
 *   HANDING waits for P (RECEIVED, REFUSED), and looks whether P's worker is
 *   there.  Nobody else is offered the task meanwhile, and O's shard is not
 *   drained: what was handed over is recorded where it was.
 *   A poll in neither state answers HAND with REFUSED; an offer that does not
 *   stand answers TAKEN with REJOIN.  So each of the two is told, or asks.
 *   What is said to a poll names the joining that it is about (attempt): MET
 *   and REJOIN of an earlier one are not obeyed.  A HAND is, whatever joining
 *   it was matched by: then the present home is told that P has left.
 *   The execution owes the call until RECEIVED is durable, so that a task is
 *   never lost: not even when the worker dies before the client has it, for
 *   RECEIVED is said after that.
 */

#include "actions/answers.h"
#include "actions/express.h"
#include "actions/jobs.h"
#include "actions/moves.h"
#include "actions/stand.h"


/* No entry: it means nothing there. */
static const wf_move_pt  moves[WF_LIFE_STATES][WF_IN_END] = {
    [WF_LIFE_IDLE] = {
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_LOOKING] = {
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_READING] = {
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_WAITING] = {
        [WF_IN_OWNER] = wf_move_route_anew,
        [WF_IN_RETRY] = wf_move_route,
        [WF_IN_ANSWER] = wf_move_finish,
        [WF_IN_DEADLINE] = wf_move_give_up,
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_SENT] = {
        [WF_IN_OWNER] = wf_move_route_anew,
        [WF_IN_ANSWER] = wf_move_finish,
        [WF_IN_LOST] = wf_move_wait,
        [WF_IN_DEADLINE] = wf_move_give_up,
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_SUBMITTED] = {
        [WF_IN_ANSWER] = wf_move_finish,
        [WF_IN_LOST] = wf_move_wait,
        [WF_IN_ABANDON] = wf_move_orphan,
    },
    [WF_LIFE_RUNNING] = {
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_WATCHING] = {
        [WF_IN_OWNER] = wf_move_watch,
        [WF_IN_RETRY] = wf_move_watch_late,
        [WF_IN_LOST] = wf_move_watch_lost,
        [WF_IN_CLOSED] = wf_move_watch_lost,
        [WF_IN_NOTICE] = wf_move_ended,
        [WF_IN_DEADLINE] = wf_move_look,
        [WF_IN_RELEASE] = wf_move_look,
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_STANDING] = {
        [WF_IN_OWNER] = wf_move_join,
        [WF_IN_RETRY] = wf_move_join_late,
        [WF_IN_LOST] = wf_move_join_lost,
        [WF_IN_CLOSED] = wf_move_join_lost,
        [WF_IN_NOTICE] = wf_move_told,
        [WF_IN_DEADLINE] = wf_move_stood,
        [WF_IN_RELEASE] = wf_move_release,
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_MET] = {
        [WF_IN_NOTICE] = wf_move_told,
        [WF_IN_DEADLINE] = wf_move_met_long,
        [WF_IN_RELEASE] = wf_move_release,
        [WF_IN_ABANDON] = wf_move_drop,
    },
    [WF_LIFE_HANDING] = {
        [WF_IN_NOTICE] = wf_move_told,
        [WF_IN_DEADLINE] = wf_move_stood,
        [WF_IN_ABANDON] = wf_move_drop,
    },
};


/* An orphan has waited for its shard alone. */
void
wf_life_input(wf_life_t *life, wf_life_input_t type, const wf_input_args_t *in)
{
    wf_move_pt  move;

    move = moves[life->state][type];

    if (move == NULL) {
        return;
    }

    if (life->is_orphan) {
        wf_life_done(life);
        return;
    }

    move(life, in);
}


/*
 * Lists and deadlines
 */

void
wf_life_unlist(wf_life_t *life)
{
    if (life->prev == NULL) {
        return;
    }

    *life->prev = life->next;

    if (life->next) {
        life->next->prev = life->prev;
    }

    life->next = NULL;
    life->prev = NULL;
}


void
wf_life_list(wf_life_t **list, wf_life_t *life)
{
    wf_life_unlist(life);

    life->next = *list;
    life->prev = list;

    if (*list) {
        (*list)->prev = &life->next;
    }

    *list = life;
}


static void
deadline_fire(wf_desk_t *desk, wf_due_t *due, int64_t now_ms)
{
    wf_life_t        *life;
    wf_input_args_t   in;

    (void) desk;

    life = (wf_life_t *) ((uint8_t *) due - offsetof(wf_life_t, due));
    in = (wf_input_args_t) { .now_ms = now_ms };
    wf_life_input(life, WF_IN_DEADLINE, &in);
}


wf_rc_t
wf_life_deadline(wf_life_t *life, int64_t due_ms)
{
    wf_heap_remove(&life->call->desk->due, &life->due.node);
    life->due.fire = deadline_fire;

    return wf_desk_due(life->call->desk, &life->due, due_ms);
}


/* Out of every list and heap, nothing points here any more. */
static void
life_detach(wf_life_t *life)
{
    wf_life_unlist(life);
    wf_heap_remove(&life->call->desk->due, &life->due.node);
    wf_ticket_give(life);
}


/*
 * The end
 */

void
wf_life_done(wf_life_t *life)
{
    wf_call_t  *call;

    call = life->call;
    wf_assert(life->state != WF_LIFE_DONE);

    life_detach(life);
    life->state = WF_LIFE_DONE;
    call->desk->call_count--;

    if (life->is_orphan) {
        wf_life_free(life);
        return;
    }

    call->done(call);
}


void
wf_life_failed(wf_life_t *life)
{
    life->call->reply.error = life->call->err;
    wf_life_done(life);
}


void
wf_life_fail(wf_life_t *life, wf_error_code_t code, wf_str_t first,
    wf_str_t second)
{
    wf_error_args(life->call->err, code, first, second);
    wf_life_failed(life);
}


void
wf_life_no_memory(wf_life_t *life)
{
    wf_life_fail(life, WF_E_INTERNAL, wf_str("out of memory"), wf_str_none);
}


void
wf_life_forget(wf_life_t *life)
{
    if (life->fetch) {
        wf_fetch_free(life->fetch);
        life->fetch = NULL;
    }

    wf_arena_free(life->scratch);
    life->scratch = NULL;
    life->record = NULL;
}


void
wf_life_free(wf_life_t *life)
{
    wf_life_forget(life);
    wf_job_drop(life->job);

    if (life->revision) {
        wf_revision_release(life->revision);
    }

    wf_arena_free(life->call->arena);
}


/* The client is gone, and nobody holds a pointer into the call. */
void
wf_move_drop(wf_life_t *life, const wf_input_args_t *in)
{
    (void) in;

    if (life->state == WF_LIFE_LOOKING) {
        wf_catalog_cancel(&life->waiter);

    } else if (life->state == WF_LIFE_READING) {
        wf_fetch_cancel(life->fetch);
        life->fetch = NULL;

    } else if (life->state == WF_LIFE_WATCHING) {
        wf_watch_withdraw(life);

    } else if (life->state == WF_LIFE_RUNNING && life->express) {
        wf_express_forsake(life->express);

    } else if (life->state == WF_LIFE_STANDING) {
        wf_stand_withdraw(life);
    }

    if (life->state != WF_LIFE_IDLE) {
        life->call->desk->call_count--;
    }

    life_detach(life);
    wf_life_free(life);
}


/* A shard of ours holds a pointer into it. */
void
wf_move_orphan(wf_life_t *life, const wf_input_args_t *in)
{
    (void) in;

    life->is_orphan = true;
}


void
wf_life_abandon(wf_life_t *life)
{
    wf_input_args_t  in;

    if (life->is_keeper && (life->express || life->submit)) {
        life->is_left = true;
        life->internal = NULL;
        life->call->done = wf_call_free;
        return;
    }

    in = (wf_input_args_t) { 0 };
    wf_life_input(life, WF_IN_ABANDON, &in);
}


void
wf_life_free_left(wf_place_t *place)
{
    wf_life_t  *life, *next;

    for (life = place->lives; life != NULL; life = next) {
        next = life->next;

        if (life->is_left) {
            life_detach(life);
            wf_life_free(life);
        }
    }
}


/*
 * Asking
 */

void
wf_life_read(wf_life_t *life, wf_go_pt go)
{
    life->go = go;
    life->state = WF_LIFE_READING;
}


/* Takes the place of the one held before. */
static void
revision_take(wf_life_t *life, wf_revision_t *revision)
{
    if (life->revision) {
        wf_revision_release(life->revision);
    }

    life->revision = revision;
}


static void
flow_missing(wf_life_t *life, int64_t now_ms)
{
    if (life->missing) {
        life->missing(life, now_ms);
        return;
    }

    wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                 wf_str_none);
}


static bool
has_slash(wf_str_t name)
{
    return name.len > 0 && memchr(name.data, '/', name.len);
}


/* CloudFlow's flows have no '/' in their names, those of others have: neither
 * API finds what is the other's.  Executions find what is of their own. */
static bool
is_foreign(const wf_life_t *life, wf_str_t name)
{
    return life->call->action->is_cloudflow && has_slash(name)
           && !(life->internal && has_slash(life->internal->task->flow));
}


/*
 * DECLINED means FLOW_NOT_FOUND for a name.  A number may have gone: then the
 * one held stays, or what came by a token goes on with none.
 */
static void
catalog_answer(wf_life_t *life, wf_rc_t rc, wf_revision_t *revision,
    const wf_error_t *err, int64_t now_ms)
{
    switch (rc) {

    case WF_OK:
        revision_take(life, revision);
        life->go(life, now_ms);
        return;

    case WF_DECLINED:

        if (life->revision
            || life->call->action->route == WF_ROUTE_TOKEN)
        {
            life->go(life, now_ms);
            return;
        }

        flow_missing(life, now_ms);
        return;

    default:

        if (err) {
            *life->call->err = *err;
            wf_life_failed(life);
            return;
        }

        wf_life_no_memory(life);
        return;
    }
}


static void
catalog_wake(wf_waiter_t *waiter, wf_rc_t rc, wf_revision_t *revision,
    const wf_error_t *err, int64_t now_ms)
{
    catalog_answer(waiter->data, rc, revision, err, now_ms);
}


static void
catalog_wait(wf_life_t *life, wf_go_pt go)
{
    life->go = go;
    life->waiter.wake = catalog_wake;
    life->waiter.data = life;
    life->state = WF_LIFE_LOOKING;
}


void
wf_life_flow(wf_life_t *life, wf_str_t name, wf_go_pt go, int64_t now_ms)
{
    wf_rc_t         rc;
    wf_revision_t  *revision;

    if (name.len > WF_FLOW_NAME_LEN_MAX || is_foreign(life, name)) {
        life->go = go;
        flow_missing(life, now_ms);
        return;
    }

    catalog_wait(life, go);
    rc = wf_catalog_flow(life->call->desk->catalog, name, &life->waiter,
                         &revision);

    if (rc != WF_AGAIN) {
        catalog_answer(life, rc, revision, NULL, now_ms);
    }
}


void
wf_life_revision(wf_life_t *life, uint64_t flow_no, uint64_t revision_no,
    wf_go_pt go, int64_t now_ms)
{
    wf_rc_t           rc;
    wf_revision_t    *revision;
    const wf_flow_t  *held;

    held = life->revision ? &life->revision->flow : NULL;

    if (held && held->flow_no == flow_no && held->revision == revision_no) {
        go(life, now_ms);
        return;
    }

    catalog_wait(life, go);
    rc = wf_catalog_revision(life->call->desk->catalog, flow_no, revision_no,
                             &life->waiter, &revision);

    if (rc != WF_AGAIN) {
        catalog_answer(life, rc, revision, NULL, now_ms);
    }
}


/*
 * Many at once.  A move may end calls and so make the edge drop others: what
 * is left of the list hangs off a head of its own meanwhile.
 */
void
wf_life_input_all(wf_place_t *place, wf_life_input_t type, int64_t now_ms)
{
    wf_life_t        *life, *rest;
    wf_input_args_t   in;

    rest = place->lives;
    place->lives = NULL;

    if (rest) {
        rest->prev = &rest;
    }

    in = (wf_input_args_t) { .now_ms = now_ms };

    while ((life = rest) != NULL) {
        wf_life_list(&place->lives, life);
        wf_life_input(life, type, &in);
    }
}
