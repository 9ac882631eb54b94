
/*
 * What an Express execution is called (cloudflow-api 3.7), and what becomes of
 * its end: the answer, and, if it is to be kept, the record and events that
 * its shard writes before anyone hears that answer (law 2).
 */

#include "actions/answers.h"
#include "actions/express.h"
#include "actions/qualify.h"
#include "actions/uuid.h"
#include "base/json.h"


#define NAME_TRIES   16             /* for a name of a shard of ours */


static uint32_t
shard_of(const wf_life_t *life, wf_str_t name)
{
    return wf_shard_of(life->revision->flow.flow_no, name,
                       life->call->desk->settings.shard_count);
}


/* "{name}:{uuid}"; without a name a UUID takes its place, which alone is that
 * of a state on trial.  One that is to be
 * kept may as well belong to a shard of ours. */
wf_str_t
wf_express_name(wf_life_t *life, wf_arena_t *arena)
{
    unsigned     i;
    uint8_t      uuid[WF_UUID_LEN], random[16];
    wf_buf_t     buf;
    wf_str_t     name, made;
    wf_desk_t   *desk;
    wf_port_t   *port;

    desk = life->call->desk;
    port = desk->port;
    name = wf_arg(life, EXECUTION)->text;
    wf_buf_init(&buf, arena, name.len + 2 * WF_UUID_LEN + 1);

    if (name.len == 0) {
        port->random(port, random, sizeof(random));
        wf_uuid_v4(random, uuid);
        name = (wf_str_t) { WF_UUID_LEN, uuid };
    }

    wf_buf_str(&buf, name);

    if (life->probe) {
        return buf.failed ? wf_str_none : wf_buf_done(&buf);
    }

    wf_buf_byte(&buf, ':');
    port->random(port, random, sizeof(random));
    wf_uuid_v4(random, uuid);
    wf_buf_append(&buf, uuid, WF_UUID_LEN);

    if (buf.failed) {
        return wf_str_none;
    }

    made = wf_buf_done(&buf);

    for (i = 1; life->is_keeper && i < NAME_TRIES; i++) {
        if (wf_place_open(&desk->places[shard_of(life, made)])) {
            break;
        }

        port->random(port, random, sizeof(random));
        wf_uuid_v4(random, (uint8_t *) made.data + made.len - WF_UUID_LEN);
    }

    return made;
}


wf_str_t
wf_express_input(const wf_life_t *life)
{
    return wf_arg(life, INPUT)->present ? wf_arg(life, INPUT)->text
                                        : wf_str("{}");
}


/* All of it in the step's arena, but for what the revision and the call
 * hold. */
static wf_execution_view_t *
view_create(wf_express_t *express)
{
    wf_buf_t              text;
    wf_arena_t           *arena;
    const wf_exec_t      *exec;
    wf_execution_view_t  *view;

    exec = express->exec;
    arena = express->arena;
    wf_arena_reset(arena);
    view = wf_arena_alloc(arena, sizeof(wf_execution_view_t));

    if (view == NULL) {
        return NULL;
    }

    *view = (wf_execution_view_t) {
        .flow = express->identity.flow_name,
        .name = wf_arena_copy(arena, express->identity.execution_name),
        .input = wf_express_input(express->life),
        .environment = express->identity.environment,
        .status = exec->status,
        .started_ms = exec->started_ms,
        .stopped_ms = exec->stopped_ms,
        .error = wf_arena_copy(arena, exec->error),
        .cause = wf_arena_copy(arena, exec->error_cause)
    };

    wf_buf_init(&text, arena, 256);

    if (exec->output != NULL && exec->status == WF_STATUS_SUCCEEDED) {
        wf_json_print(&text, exec->output);
    }

    view->output = wf_buf_done(&text);

    return view->name.data && view->error.data && view->cause.data
           && !text.failed ? view : NULL;
}


/* WF_ERROR: no memory. */
static wf_rc_t
submit_create(const wf_express_t *express, const wf_execution_view_t *view)
{
    wf_life_t        *life;
    wf_ended_t       *ended;
    wf_submit_t      *submit;
    const wf_flow_t  *flow;

    life = express->life;
    flow = &express->revision->flow;
    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));
    ended = wf_arena_calloc(life->call->arena, sizeof(wf_ended_t));

    if (submit == NULL || ended == NULL || express->events.failed) {
        return WF_ERROR;
    }

    ended->record = (wf_record_t) {
        .revision = flow->revision,
        .name = view->name,
        .input = wf_express_input(life),
        .started_ms = view->started_ms,
        .status = view->status,
        .stopped_ms = view->stopped_ms,
        .output = view->output,
        .error = view->error,
        .cause = view->cause
    };

    if (life->pinned) {
        ended->record.version = life->pinned->version;
        ended->record.qualifier = wf_arg(life, QUALIFIER)->text;
    }

    ended->events = (wf_str_t) { express->events.len, express->events.data };
    ended->event_count = express->event_count;

    submit->type = WF_SUBMIT_KEEP;
    submit->flow_no = flow->flow_no;
    submit->flow_name = flow->name;
    submit->name = view->name;
    submit->key = life->internal ? life->internal->key : 0;
    submit->ended = ended;

    life->submit = submit;
    life->shard_no = shard_of(life, view->name);

    return WF_OK;
}


void
wf_express_answer(wf_express_t *express, int64_t now_ms)
{
    wf_life_t            *life;
    wf_reply_t           *reply;
    wf_execution_view_t  *view;

    life = express->life;

    if (life == NULL) {
        wf_express_free(express);
        return;
    }

    if (life->probe) {
        life->express = NULL;
        wf_express_free(express);
        wf_sfn_test_answer(life);
        return;
    }

    view = view_create(express);

    if (view && life->is_keeper && submit_create(express, view) != WF_OK) {
        view = NULL;
    }

    life->express = NULL;
    life->scratch = express->arena;     /* the answer's from now on */
    express->arena = NULL;
    wf_express_free(express);

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    reply = &life->call->reply;
    reply->kind = WF_REPLY_SYNC_EXECUTION;
    reply->count = 1;
    reply->u.executions = view;

    if (life->is_keeper) {
        wf_life_submit(life, now_ms);
        return;
    }

    wf_life_done(life);
}
