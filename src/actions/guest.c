
/*
 * Work for other workers' calls: submits and watches that came to a shard of
 * ours by message.  A guest lives in its own arena from the message until the
 * shard has answered; its answer goes to the ticket, wherever that is.
 */

#include "actions/home.h"
#include "actions/moves.h"


/* A submit on behalf of a ticket somewhere. */
struct wf_guest_s {
    wf_submit_t    submit;
    wf_desk_t     *desk;
    wf_arena_t    *arena;
    wf_ticket_t    ticket;
    uint32_t       shard_no;
    uint32_t       attempt;
    wf_guest_t    *next;
    wf_guest_t   **prev;
};


void
wf_guest_free_all(wf_desk_t *desk)
{
    wf_guest_t  *guest;

    while ((guest = desk->guests) != NULL) {
        desk->guests = guest->next;
        wf_arena_free(guest->arena);
    }
}


static void
say_bare(wf_desk_t *desk, wf_ticket_t ticket, wf_say_t kind, uint32_t attempt)
{
    wf_buf_t     buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return;
    }

    wf_buf_init(&buf, arena, 16);
    wf_message_bare(&buf, kind, attempt);

    if (!buf.failed) {
        desk->port->reply(desk->port, ticket, wf_buf_done(&buf));
    }

    wf_arena_free(arena);
}


static void
guest_free(wf_guest_t *guest)
{
    *guest->prev = guest->next;

    if (guest->next) {
        guest->next->prev = guest->prev;
    }

    wf_arena_free(guest->arena);
}


static void
guest_done(wf_submit_t *submit, const wf_error_t *err,
    const wf_record_t *record, const wf_flow_t *flow, int64_t now_ms)
{
    wf_buf_t     buf;
    wf_desk_t   *desk;
    wf_guest_t  *guest;

    (void) now_ms;

    guest = submit->data;
    desk = guest->desk;
    wf_buf_init(&buf, guest->arena, 1024);

    if (err && wf_place_is_lost(&desk->places[guest->shard_no], err)) {
        wf_message_bare(&buf, WF_SAY_FELL, guest->attempt);

    } else if (err) {
        wf_message_error(&buf, guest->attempt, err);

    } else if (record) {
        wf_message_record(&buf, guest->attempt, record);

    } else if (flow) {
        wf_message_flow(&buf, guest->attempt, flow);

    } else if (submit->type == WF_SUBMIT_REPORT
               || submit->type == WF_SUBMIT_RESET
               || submit->type == WF_SUBMIT_SWF
               || submit->type == WF_SUBMIT_PENDING)
    {
        wf_message_event(&buf, guest->attempt, submit->event_id);

    } else if (submit->type == WF_SUBMIT_MAP_RUN) {
        wf_message_map_run(&buf, guest->attempt, &submit->map_run);

    } else if (submit->published) {
        wf_message_version(&buf, guest->attempt, submit->published);

    } else if (submit->alias) {
        wf_message_alias(&buf, guest->attempt, submit->alias);

    } else if (submit->schedule) {
        wf_message_schedule(&buf, guest->attempt, submit->schedule);

    } else {
        wf_message_bare(&buf, WF_SAY_NOTHING, guest->attempt);
    }

    if (!buf.failed) {
        desk->port->reply(desk->port, guest->ticket, wf_buf_done(&buf));

    } else {
        /* The origin asks again and finds its own work. */
        say_bare(desk, guest->ticket, WF_SAY_FELL, guest->attempt);
    }

    guest_free(guest);
}


/* NULL: no memory, or malformed. */
static wf_guest_t *
guest_create(wf_desk_t *desk, wf_str_t message)
{
    wf_str_t     copy;
    wf_arena_t  *arena;
    wf_guest_t  *guest;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return NULL;
    }

    copy = wf_arena_copy(arena, message);
    guest = wf_arena_calloc(arena, sizeof(wf_guest_t));

    if (copy.data == NULL || guest == NULL
        || wf_message_submit_decode(arena, copy, &guest->attempt,
                                    &guest->submit) != WF_OK)
    {
        wf_arena_free(arena);
        return NULL;
    }

    guest->desk = desk;
    guest->arena = arena;
    guest->submit.done = guest_done;
    guest->submit.data = guest;
    guest->next = desk->guests;
    guest->prev = &desk->guests;

    if (desk->guests) {
        desk->guests->prev = &guest->next;
    }

    desk->guests = guest;

    return guest;
}


static void
receive_submit(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message, int64_t now_ms)
{
    wf_shard_t  *shard;
    wf_guest_t  *guest;

    guest = guest_create(desk, message);

    if (guest == NULL) {
        desk->port->log(desk->port, "a submit of another worker is lost: "
                        "no memory, or malformed");
        return;
    }

    guest->ticket = ticket;
    guest->shard_no = shard_no;
    shard = wf_place_open(&desk->places[shard_no]);

    if (shard == NULL) {
        say_bare(desk, ticket, WF_SAY_NOT_OWNER, guest->attempt);
        guest_free(guest);
        return;
    }

    if (guest->submit.type == WF_SUBMIT_PENDING) {
        guest->submit.event_id = wf_home_pending(desk, shard_no,
                                                 guest->submit.name);
        guest_done(&guest->submit, NULL, NULL, NULL, now_ms);
        return;
    }

    wf_shard_submit(shard, &guest->submit, now_ms);
}


static void
receive_watch(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message, int64_t now_ms)
{
    wf_shard_t     *shard;
    wf_watching_t   watching;

    if (wf_message_watch_decode(message, &watching) != WF_OK) {
        return;
    }

    shard = wf_place_open(&desk->places[shard_no]);

    if (wf_message_kind(message) == WF_SAY_UNWATCH) {

        if (shard) {
            wf_shard_unwatch(shard, watching.flow_no, watching.name, ticket);
        }

        return;
    }

    if (shard == NULL) {
        say_bare(desk, ticket, WF_SAY_NOT_OWNER, watching.attempt);
        return;
    }

    wf_shard_watch(shard, watching.flow_no, watching.name, ticket, now_ms);
}


typedef void (*receive_pt)(wf_desk_t *desk, uint32_t shard_no,
    wf_ticket_t ticket, wf_str_t message, int64_t now_ms);


void
wf_desk_message(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message, int64_t now_ms)
{
    uint8_t  kind;

    static const receive_pt  receivers[WF_SAY_END] = {
        [WF_SAY_SUBMIT] = receive_submit,
        [WF_SAY_WATCH] = receive_watch,
        [WF_SAY_UNWATCH] = receive_watch,
        [WF_SAY_JOIN] = wf_home_receive_join,
        [WF_SAY_LEAVE] = wf_home_receive_leave,
    };

    kind = wf_message_kind(message);

    if (shard_no >= desk->settings.shard_count || kind >= WF_SAY_END
        || receivers[kind] == NULL)
    {
        desk->port->log(desk->port, "a message of another worker makes no "
                        "sense");
        return;
    }

    receivers[kind](desk, shard_no, ticket, message, now_ms);
}
