
/*
 * Connections and tokens of HTTP tasks.  A token is asked for by the task that
 * needs it first, and is good for all others of this worker until it ends or
 * is refused.  Secrets are in memory alone, those of a task as long as it.
 */

#include "actions/web.h"

#include "wire/service_web.h"


#define MARGIN_MS  10000        /* before a token's end nobody takes it */

/* In an arena of its own. */
struct wf_bearer_s {
    wf_arena_t   *arena;
    wf_str_t      connection;
    wf_str_t      token;
    int64_t       until_ms;
    wf_bearer_t  *next;
};


static wf_bearer_t **
bearer_find(wf_desk_t *desk, wf_str_t connection)
{
    wf_bearer_t  **place;

    for (place = &desk->bearers; *place; place = &(*place)->next) {
        if (wf_str_eq((*place)->connection, connection)) {
            break;
        }
    }

    return place;
}


static void
bearer_drop(wf_desk_t *desk, wf_bearer_t **place)
{
    wf_bearer_t  *bearer;

    bearer = *place;

    if (bearer) {
        *place = bearer->next;
        desk->bearer_count--;
        wf_arena_free(bearer->arena);
    }
}


/* Those that have ended make room; without any, this one is not kept. */
static bool
has_room(wf_desk_t *desk, int64_t now_ms)
{
    wf_bearer_t  **place;

    for (place = &desk->bearers;
         desk->bearer_count >= WF_BEARERS_MAX && *place; /* void */ )
    {
        if ((*place)->until_ms <= now_ms) {
            bearer_drop(desk, place);

        } else {
            place = &(*place)->next;
        }
    }

    return desk->bearer_count < WF_BEARERS_MAX;
}


/* No memory: the next task asks again. */
static void
bearer_keep(wf_desk_t *desk, wf_str_t connection,
    const wf_service_result_t *got, int64_t now_ms)
{
    int64_t       until_ms;
    wf_arena_t   *arena;
    wf_bearer_t  *bearer;

    bearer_drop(desk, bearer_find(desk, connection));
    until_ms = now_ms + got->bearer_s * 1000 - MARGIN_MS;

    if (until_ms <= now_ms || !has_room(desk, now_ms)) {
        return;
    }

    arena = wf_arena_create(0);
    bearer = arena ? wf_arena_calloc(arena, sizeof(wf_bearer_t)) : NULL;

    if (bearer == NULL) {
        wf_arena_free(arena);
        return;
    }

    bearer->arena = arena;
    bearer->connection = wf_arena_copy(arena, connection);
    bearer->token = wf_arena_copy(arena, got->bearer);
    bearer->until_ms = until_ms;

    if (bearer->connection.data == NULL || bearer->token.data == NULL) {
        wf_arena_free(arena);
        return;
    }

    bearer->next = desk->bearers;
    desk->bearers = bearer;
    desk->bearer_count++;
}


static wf_rc_t
bearer_take(wf_trip_t *trip, int64_t now_ms)
{
    wf_bearer_t  *bearer;

    bearer = *bearer_find(trip->desk, trip->connection.name);

    if (bearer == NULL || bearer->until_ms <= now_ms) {
        return WF_OK;
    }

    trip->call.is_kept = true;
    trip->call.bearer = wf_arena_copy(trip->task->arena, bearer->token);

    return trip->call.bearer.data ? WF_OK : WF_ERROR;
}


static void
fail_unknown(wf_trip_t *trip, wf_str_t arn, int64_t now_ms)
{
    wf_buf_t  cause;

    wf_buf_init(&cause, trip->task->arena, 128);
    wf_buf_text(&cause, "Connection '");
    wf_buf_str(&cause, arn);
    wf_buf_text(&cause, "' does not exist.");

    if (cause.failed) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    wf_trip_fail(trip, wf_str("Events.ConnectionResource.ResourceNotFound"),
                 wf_buf_done(&cause), now_ms);
}


wf_rc_t
wf_web_begin(wf_trip_t *trip, int64_t now_ms)
{
    wf_rc_t      rc;
    wf_str_t     arn;
    wf_port_t   *port;
    wf_arena_t  *arena;

    port = trip->desk->port;
    arena = trip->task->arena;
    rc = wf_service_connection(arena, &trip->call, &arn);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : rc;
    }

    rc = port->connection
         ? port->connection(port, arena, arn, &trip->connection)
         : WF_DECLINED;

    if (rc == WF_DECLINED) {
        fail_unknown(trip, arn, now_ms);
        return WF_DECLINED;
    }

    if (rc != WF_OK) {
        return rc;
    }

    trip->call.connection = &trip->connection;

    return trip->connection.kind == WF_CONNECTION_OAUTH
           ? bearer_take(trip, now_ms) : WF_OK;
}


void
wf_web_seen(wf_trip_t *trip, const wf_service_result_t *got, int64_t now_ms)
{
    if (got->bearer.len > 0) {
        bearer_keep(trip->desk, trip->connection.name, got, now_ms);
        trip->call.bearer = got->bearer;
        trip->call.is_kept = false;
    }

    if (got->is_refused) {
        bearer_drop(trip->desk, bearer_find(trip->desk,
                                            trip->connection.name));
        trip->call.bearer = wf_str_none;
        trip->call.is_kept = false;
    }
}


void
wf_web_free_all(wf_desk_t *desk)
{
    while (desk->bearers) {
        bearer_drop(desk, &desk->bearers);
    }
}
