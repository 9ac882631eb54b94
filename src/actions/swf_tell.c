
/*
 * What clients and workers say to a run of SWF (swf 10, 11, 13): signals,
 * requests to cancel, termination; what came of an activity, and that it is
 * still at work.  The run's owner knows whether it is open.
 */

#include "actions/permit.h"
#include "actions/place.h"
#include "actions/swf.h"
#include "base/json.h"
#include "shard/token.h"


static const wf_swf_member_t  no_members[] = { { 0, NULL, false } };

static const wf_swf_member_t  signal_members[] = {
    { WF_ARG_SIGNAL_NAME, "signalName", false },
    { WF_ARG_INPUT, "input", false },
    { 0, NULL, false }
};

static const wf_swf_member_t  terminate_members[] = {
    { WF_ARG_REASON, "reason", false },
    { WF_ARG_DETAILS, "details", false },
    { WF_ARG_CHILD_POLICY, "childPolicy", false },
    { 0, NULL, false }
};

static const wf_swf_member_t  result_members[] = {
    { WF_ARG_RESULT, "result", false },
    { 0, NULL, false }
};

static const wf_swf_member_t  failure_members[] = {
    { WF_ARG_REASON, "reason", false },
    { WF_ARG_DETAILS, "details", false },
    { 0, NULL, false }
};

static const wf_swf_member_t  details_members[] = {
    { WF_ARG_DETAILS, "details", false },
    { 0, NULL, false }
};


void
wf_swf_domain(wf_life_t *life, wf_go_pt go, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, go, now_ms);
}


void
wf_swf_members(wf_buf_t *buf, const wf_life_t *life,
    const wf_swf_member_t *members, unsigned *count)
{
    const wf_arg_t  *arg;

    for ( /* void */ ; members->name; members++) {
        arg = wf_args_get(&life->call->args, members->arg);

        if (!arg->present) {
            continue;
        }

        if ((*count)++ > 0) {
            wf_buf_byte(buf, ',');
        }

        wf_json_print_string(buf, wf_str_of(members->name));
        wf_buf_byte(buf, ':');

        if (members->is_json) {
            wf_buf_str(buf, arg->text);

        } else {
            wf_json_print_string(buf, arg->text);
        }
    }
}


wf_str_t
wf_swf_name(wf_life_t *life)
{
    wf_buf_t   name;
    wf_str_t   workflow, run;

    workflow = wf_arg(life, WORKFLOW_ID)->text;
    run = wf_arg(life, RUN_ID)->text;
    wf_buf_init(&name, life->call->arena, workflow.len + run.len + 1);
    wf_buf_str(&name, workflow);

    if (run.len > 0) {
        wf_buf_byte(&name, '/');
        wf_buf_str(&name, run);
    }

    return name.failed ? wf_str_none : wf_buf_done(&name);
}


/*
 * Submits
 */

/* data == NULL: no memory. */
static wf_str_t
object_print(wf_life_t *life, const wf_swf_member_t *members)
{
    unsigned  count;
    wf_buf_t  buf;

    count = 0;
    wf_buf_init(&buf, life->call->arena, 128);
    wf_buf_byte(&buf, '{');
    wf_swf_members(&buf, life, members, &count);
    wf_buf_byte(&buf, '}');

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


static wf_submit_t *
submit_create(wf_life_t *life, wf_swf_kind_t kind,
    const wf_swf_member_t *members)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->input = object_print(life, members);
    }

    if (submit == NULL || submit->input.data == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->type = WF_SUBMIT_SWF;
    submit->swf = (uint8_t) kind;
    life->submit = submit;

    return submit;
}


wf_submit_t *
wf_swf_submit(wf_life_t *life, wf_swf_kind_t kind,
    const wf_swf_member_t *members)
{
    wf_submit_t  *submit;

    submit = submit_create(life, kind, members);

    if (submit == NULL) {
        return NULL;
    }

    submit->flow_no = life->revision->flow.flow_no;
    submit->flow_name = life->revision->flow.name;
    submit->name = wf_swf_name(life);

    if (submit->name.data == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    life->shard_no = wf_shard_of(submit->flow_no, submit->name,
                                 life->call->desk->settings.shard_count);

    return submit;
}


/*
 * Tokens: "t" and a task token (shard/token.h), so that they begin with a
 * small letter.  Where the name of an execution is said otherwise, a run says
 * the revision of its domain, and its name as far as there is room.
 */

wf_str_t
wf_swf_token(wf_arena_t *arena, wf_str_t token)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 1 + token.len);
    wf_buf_byte(&buf, 't');
    wf_buf_str(&buf, token);

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


static wf_rc_t
token_open(const wf_life_t *life, wf_token_t *token)
{
    wf_str_t          text;
    const wf_desk_t  *desk;

    desk = life->call->desk;
    text = wf_arg(life, TASK_TOKEN)->text;

    if (text.len < 2 || text.data[0] != 't') {
        return WF_DECLINED;
    }

    text.data++;
    text.len--;

    if (wf_token_open(desk->port->token_key, text, token) != WF_OK
        || token->shard_no >= desk->settings.shard_count)
    {
        return WF_DECLINED;
    }

    return WF_OK;
}


wf_submit_t *
wf_swf_report(wf_life_t *life, wf_swf_kind_t kind,
    const wf_swf_member_t *members)
{
    wf_str_t      name;
    wf_token_t    token;
    wf_submit_t  *submit;

    if (token_open(life, &token) != WF_OK) {
        wf_life_fail(life, WF_E_INVALID_TOKEN, wf_str_none, wf_str_none);
        return NULL;
    }

    submit = submit_create(life, kind, members);

    if (submit == NULL) {
        return NULL;
    }

    wf_token_run_read(&token, &submit->revision, &name);
    submit->name = wf_arena_copy(life->call->arena, name);

    if (submit->name.data == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->flow_no = token.flow_no;
    submit->exec_no = token.exec_no;
    submit->task = token.task;
    life->shard_no = token.shard_no;

    return submit;
}


/*
 * Actions
 */

static void
signal_known(wf_life_t *life, int64_t now_ms)
{
    if (wf_swf_submit(life, WF_SWF_SIGNAL, signal_members)) {
        wf_life_submit(life, now_ms);
    }
}


void
wf_action_swf_signal(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, signal_known, now_ms);
}


static void
cancel_known(wf_life_t *life, int64_t now_ms)
{
    if (wf_swf_submit(life, WF_SWF_CANCEL, no_members)) {
        wf_life_submit(life, now_ms);
    }
}


void
wf_action_swf_cancel(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, cancel_known, now_ms);
}


static void
terminate_known(wf_life_t *life, int64_t now_ms)
{
    if (wf_swf_submit(life, WF_SWF_TERMINATE, terminate_members)) {
        wf_life_submit(life, now_ms);
    }
}


void
wf_action_swf_terminate(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, terminate_known, now_ms);
}


static void
report(wf_life_t *life, wf_swf_kind_t kind, const wf_swf_member_t *members,
    int64_t now_ms)
{
    if (wf_swf_report(life, kind, members) == NULL) {
        return;
    }

    if (life->call->policy == NULL) {
        wf_life_submit(life, now_ms);
        return;
    }

    wf_permit_domain(life, wf_life_submit, now_ms);
}


void
wf_action_swf_completed(wf_life_t *life, int64_t now_ms)
{
    report(life, WF_SWF_COMPLETED, result_members, now_ms);
}


void
wf_action_swf_failed(wf_life_t *life, int64_t now_ms)
{
    report(life, WF_SWF_FAILED, failure_members, now_ms);
}


void
wf_action_swf_canceled(wf_life_t *life, int64_t now_ms)
{
    report(life, WF_SWF_CANCELED, details_members, now_ms);
}


void
wf_action_swf_heartbeat(wf_life_t *life, int64_t now_ms)
{
    report(life, WF_SWF_HEARTBEAT, details_members, now_ms);
}


/* All of these: the owner's. */
void
wf_action_swf_told(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}
