
/*
 * What the world is to do for a run of Amazon SWF: offers of its tasks, calls
 * of its functions, words to other runs.  Owns how these are written down;
 * whether there are any is decided elsewhere.
 */

#include "base/json.h"
#include "engine/swf_run.h"
#include "expr/random.h"


static wf_effect_t *
effect_add(wf_run_t *run, wf_effect_type_t type, uint64_t task)
{
    wf_effect_t  *effect;

    effect = wf_arena_calloc(run->step->events.arena, sizeof(wf_effect_t));

    if (effect == NULL) {
        return NULL;
    }

    effect->type = (uint8_t) type;
    effect->dialect = WF_DIALECT_SWF;
    effect->task = task;
    effect->params = wf_str("{}");

    *run->step->last_effect = effect;
    run->step->last_effect = &effect->next;

    return effect;
}


/* What stands before the first '/', and what behind it. */
static wf_str_t
own_part(const wf_run_t *run, bool is_last)
{
    wf_str_t        name;
    const uint8_t  *slash;

    name = run->identity->execution_name;
    slash = name.len ? memchr(name.data, '/', name.len) : NULL;

    if (slash == NULL) {
        return is_last ? wf_str_none : name;
    }

    return is_last
           ? (wf_str_t) { (size_t) (name.data + name.len - slash) - 1,
                          slash + 1 }
           : (wf_str_t) { (size_t) (slash - name.data), name.data };
}


wf_str_t
wf_swf_own_id(const wf_run_t *run)
{
    return own_part(run, false);
}


wf_str_t
wf_swf_own_run(const wf_run_t *run)
{
    return own_part(run, true);
}


wf_str_t
wf_swf_new_run(wf_run_t *run)
{
    unsigned  i;
    uint8_t   digits[WF_SWF_RUN_ID_LEN];
    uint64_t  number;
    wf_str_t  own;

    number = 0;

    for (i = 0; i < WF_SWF_RUN_ID_LEN; i++) {
        if (i % 16 == 0) {
            number = wf_random_next(&run->env.random_state);
        }

        digits[i] = (uint8_t) "0123456789abcdef"[number & 15];
        number >>= 4;
    }

    /* It is kept as long as this one. */

    own = wf_swf_run(run->identity->execution_name);

    if (own.len >= 2) {
        memcpy(&digits[WF_SWF_RUN_ID_LEN - 2], &own.data[own.len - 2], 2);
    }

    return wf_arena_copy(run->step->events.arena,
                         (wf_str_t) { WF_SWF_RUN_ID_LEN, digits });
}


/* FLOWNAME 0x01 KIND 0x01 LIST */
static wf_str_t
list_name(wf_run_t *run, const wf_swf_item_t *item, wf_rc_t *rc)
{
    wf_buf_t  buf;
    wf_str_t  list;

    list = wf_swf_text(wf_value_get(item->attributes, wf_str("taskList")),
                       "name");

    wf_buf_init(&buf, run->step->events.arena,
                run->identity->flow_name.len + list.len + 3);
    wf_buf_str(&buf, run->identity->flow_name);
    wf_buf_byte(&buf, 1);
    wf_buf_byte(&buf, item->kind == WF_SWF_DECISION ? 'd' : 'a');
    wf_buf_byte(&buf, 1);
    wf_buf_str(&buf, list);

    if (buf.failed) {
        *rc = wf_run_out_of_memory(run);
    }

    return wf_buf_done(&buf);
}


/* A string of digits, with a sign or not; else 0. */
static int32_t
priority_of(const wf_value_t *attributes)
{
    size_t    i;
    int64_t   number;
    wf_str_t  text;
    bool      is_negative;

    number = 0;
    text = wf_swf_text(attributes, "taskPriority");
    is_negative = text.len > 0 && text.data[0] == '-';

    for (i = is_negative; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9'
            || number > INT32_MAX)
        {
            return 0;
        }

        number = number * 10 + text.data[i] - '0';
    }

    number = is_negative ? -number : number;

    return (int32_t) wf_max(wf_min(number, INT32_MAX), INT32_MIN);
}


static void
print_member(wf_buf_t *buf, const char *name, const wf_value_t *value)
{
    if (value == NULL) {
        return;
    }

    wf_buf_text(buf, ",\"");
    wf_buf_append(buf, name, strlen(name));
    wf_buf_text(buf, "\":");
    wf_json_print(buf, value);
}


/* What who asked for the task is told of it. */
static wf_str_t
task_params(wf_run_t *run, const wf_swf_item_t *item, wf_rc_t *rc)
{
    wf_buf_t           buf;
    const wf_value_t  *attributes;

    attributes = item->attributes;
    wf_buf_init(&buf, run->step->events.arena, 256);
    wf_buf_text(&buf, "{\"startedEventId\":");
    wf_buf_uint(&buf, item->started_id);
    wf_buf_text(&buf, ",\"workflowExecution\":{\"workflowId\":");
    wf_json_print_string(&buf, wf_swf_own_id(run));
    wf_buf_text(&buf, ",\"runId\":");
    wf_json_print_string(&buf, wf_swf_own_run(run));
    wf_buf_byte(&buf, '}');

    if (item->kind == WF_SWF_DECISION) {
        wf_buf_text(&buf, ",\"previousStartedEventId\":");
        wf_buf_uint(&buf, run->exec->swf->previous_id);
        print_member(&buf, "workflowType",
                     wf_value_get(run->exec->input, wf_str("workflowType")));

    } else {
        wf_buf_text(&buf, ",\"activityId\":");
        wf_json_print_string(&buf, item->id);
        print_member(&buf, "activityType",
                     wf_value_get(attributes, wf_str("activityType")));
        print_member(&buf, "input", wf_value_get(attributes, wf_str("input")));
    }

    wf_buf_byte(&buf, '}');

    if (buf.failed) {
        *rc = wf_run_out_of_memory(run);
    }

    return wf_buf_done(&buf);
}


static wf_rc_t
offer(wf_run_t *run, const wf_swf_item_t *item, wf_effect_t *effect)
{
    wf_rc_t               rc;
    const wf_identity_t  *identity;

    rc = WF_OK;
    identity = run->identity;
    effect->mode = WF_CALL_TOKEN;
    effect->is_activity = true;
    effect->is_started = item->started_id != 0;
    effect->priority = priority_of(item->attributes);
    effect->resource = list_name(run, item, &rc);

    if (!effect->is_started) {
        return rc;
    }

    effect->params = task_params(run, item, &rc);

    if (identity->token) {
        effect->token = identity->token(identity->data, item->no,
                                        run->step->events.arena);

        if (effect->token.data == NULL) {
            return wf_run_out_of_memory(run);
        }
    }

    return rc;
}


/* arn:aws:lambda:REGION:ACCOUNT:function:NAME, of the domain's own. */
static wf_str_t
function_arn(wf_run_t *run, wf_str_t name, wf_rc_t *rc)
{
    unsigned        i;
    wf_buf_t        buf;
    wf_str_t        rest;
    const uint8_t  *slash;

    if (wf_str_starts(name, wf_str("arn:"))) {
        return wf_effect_copy(run, name, rc);
    }

    wf_buf_init(&buf, run->step->events.arena, 64 + name.len);
    wf_buf_text(&buf, "arn:aws:lambda");
    rest = run->identity->flow_name;

    /* swf/REGION/ACCOUNT/DOMAIN */

    for (i = 0; i < 3 && rest.len; i++) {
        slash = memchr(rest.data, '/', rest.len);

        if (slash == NULL) {
            break;
        }

        if (i > 0) {
            wf_buf_byte(&buf, ':');
            wf_buf_append(&buf, rest.data, (size_t) (slash - rest.data));
        }

        rest.len -= (size_t) (slash - rest.data) + 1;
        rest.data = slash + 1;
    }

    wf_buf_text(&buf, ":function:");
    wf_buf_str(&buf, name);

    if (buf.failed) {
        *rc = wf_run_out_of_memory(run);
    }

    return wf_buf_done(&buf);
}


/* The input is JSON for most functions; what is none is a text. */
static wf_str_t
function_input(wf_run_t *run, const wf_value_t *input, wf_rc_t *rc)
{
    wf_type_t   type;
    wf_error_t  err;

    if (input == NULL) {
        return wf_str("{}");
    }

    wf_error_clear(&err);

    return wf_json_check(input->u.string, &type, &err) == WF_OK
           ? wf_effect_copy(run, input->u.string, rc)
           : wf_effect_print(run, input, rc);
}


/* Called as a state machine's task would. */
static wf_rc_t
call(wf_run_t *run, const wf_swf_item_t *item, wf_effect_t *effect)
{
    wf_rc_t            rc;
    const wf_value_t  *attributes;

    rc = WF_OK;
    attributes = item->attributes;
    effect->dialect = WF_DIALECT_ASL;
    effect->mode = WF_CALL_REQUEST;
    effect->has_params = true;
    effect->step = wf_effect_copy(run, item->id, &rc);
    effect->resource = function_arn(run, wf_swf_text(attributes, "name"), &rc);
    effect->params = function_input(run, wf_swf_member(attributes, "input",
                                                       WF_STRING),
                                    &rc);

    return rc;
}


wf_rc_t
wf_swf_owe(wf_run_t *run, const wf_swf_item_t *item)
{
    int64_t       due_ms;
    wf_effect_t  *effect;

    effect = effect_add(run, WF_EFFECT_CALL, item->no);

    if (effect == NULL) {
        return wf_run_out_of_memory(run);
    }

    effect->seq = item->started_id ? item->started_seq : item->seq;
    effect->deadline_ms = wf_swf_item_due(item, &due_ms) != WF_SWF_TIMEOUT_END
                          ? due_ms : 0;

    return item->kind == WF_SWF_LAMBDA ? call(run, item, effect)
                                       : offer(run, item, effect);
}


wf_rc_t
wf_swf_withdraw(wf_run_t *run, const wf_swf_item_t *item)
{
    wf_effect_t  *effect;

    if (!item->is_owed) {
        return WF_OK;
    }

    effect = effect_add(run, WF_EFFECT_CANCEL, item->no);

    if (effect == NULL) {
        return wf_run_out_of_memory(run);
    }

    effect->seq = run->exec->codec.seq;
    effect->is_activity = item->kind != WF_SWF_LAMBDA;

    return WF_OK;
}


/* WORKFLOWID, or WORKFLOWID/RUNID */
static wf_str_t
run_name(wf_run_t *run, wf_str_t id, wf_str_t run_id, wf_rc_t *rc)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, run->step->events.arena, id.len + run_id.len + 1);
    wf_buf_str(&buf, id);

    if (run_id.len) {
        wf_buf_byte(&buf, '/');
        wf_buf_str(&buf, run_id);
    }

    if (buf.failed) {
        *rc = wf_run_out_of_memory(run);
    }

    return wf_buf_done(&buf);
}


wf_rc_t
wf_swf_send(wf_run_t *run, const wf_swf_message_t *message)
{
    wf_rc_t       rc;
    wf_effect_t  *effect;

    effect = effect_add(run, WF_EFFECT_MESSAGE, message->task);

    if (effect == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = WF_OK;
    effect->seq = run->exec->codec.seq + message->is_next;
    effect->resource = wf_str_of(message->what);
    effect->child = run_name(run, message->id, message->run_id, &rc);
    effect->params = wf_effect_print(run, message->params, &rc);

    return rc;
}


wf_rc_t
wf_swf_go_on(wf_run_t *run, wf_str_t run_id, const wf_value_t *started)
{
    wf_rc_t       rc;
    wf_effect_t  *effect;

    effect = effect_add(run, WF_EFFECT_RUN, wf_swf_last_id(run));

    if (effect == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = WF_OK;
    effect->seq = run->exec->codec.seq;
    effect->child = run_name(run, wf_swf_own_id(run), run_id, &rc);
    effect->params = wf_effect_print(run, started, &rc);

    return rc;
}
