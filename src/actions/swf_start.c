
/*
 * StartWorkflowExecution (swf 5): what the call leaves open the type's
 * defaults say; the run's first event holds what came of it.
 */

#include "actions/message.h"
#include "actions/place.h"
#include "actions/swf.h"
#include "actions/swf_types.h"
#include "base/digest.h"
#include "base/json.h"
#include "wire/aws_walk.h"


#define RUN_BYTES  16               /* of its id, printed as hexadecimal */


/* In the order in which the first that is missing is named. */
static const struct {
    wf_arg_id_t   arg;
    const char   *name;
    const char   *fallback;         /* of the type */
    bool          is_list;          /* {"name"} */
    bool          may_miss;
} settings[] = {
    { WF_ARG_EXECUTION_TIMEOUT, "executionStartToCloseTimeout",
      "defaultExecutionStartToCloseTimeout", false, false },
    { WF_ARG_TASK_LIST, "taskList", "defaultTaskList", true, false },
    { WF_ARG_TASK_TIMEOUT, "taskStartToCloseTimeout",
      "defaultTaskStartToCloseTimeout", false, false },
    { WF_ARG_CHILD_POLICY, "childPolicy", "defaultChildPolicy", false, false },
    { WF_ARG_TASK_PRIORITY, "taskPriority", "defaultTaskPriority", false,
      true },
    { WF_ARG_LAMBDA_ROLE, "lambdaRole", "defaultLambdaRole", false, true }
};

static const wf_swf_member_t  members[] = {
    { WF_ARG_INPUT, "input", false },
    { WF_ARG_TAG_LIST, "tagList", true },
    { 0, NULL, false }
};


static void
key_print(wf_buf_t *buf, const char *name)
{
    wf_buf_byte(buf, ',');
    wf_json_print_string(buf, wf_str_of(name));
    wf_buf_byte(buf, ':');
}


/* false: one is missing, which is answered. */
static bool
settings_print(wf_buf_t *buf, wf_life_t *life, const wf_swf_type_t *type)
{
    size_t           i;
    wf_str_t         value;
    const wf_arg_t  *arg;

    for (i = 0; i < wf_countof(settings); i++) {
        arg = wf_args_get(&life->call->args, settings[i].arg);
        value = wf_aws_member(type->defaults,
                              wf_str_of(settings[i].fallback));

        if (arg->present && settings[i].is_list) {
            key_print(buf, settings[i].name);
            wf_buf_text(buf, "{\"name\":");
            wf_json_print_string(buf, arg->text);
            wf_buf_byte(buf, '}');

        } else if (arg->present) {
            key_print(buf, settings[i].name);
            wf_json_print_string(buf, arg->text);

        } else if (value.len > 0) {
            key_print(buf, settings[i].name);
            wf_buf_str(buf, value);

        } else if (!settings[i].may_miss) {
            wf_life_fail(life, WF_E_DEFAULT_UNDEFINED,
                         wf_str_of(settings[i].name), wf_str_none);
            return false;
        }
    }

    return true;
}


/* The attributes of WorkflowExecutionStarted; data == NULL: answered. */
static wf_str_t
attributes_print(wf_life_t *life, const wf_swf_type_t *type)
{
    unsigned  count;
    wf_buf_t  buf;

    wf_buf_init(&buf, life->call->arena, 512 + wf_arg(life, INPUT)->text.len);
    wf_buf_text(&buf, "{\"parentInitiatedEventId\":0,\"workflowType\":"
                      "{\"name\":");
    wf_json_print_string(&buf, wf_arg(life, TYPE_NAME)->text);
    wf_buf_text(&buf, ",\"version\":");
    wf_json_print_string(&buf, wf_arg(life, TYPE_VERSION)->text);
    wf_buf_byte(&buf, '}');

    if (!settings_print(&buf, life, type)) {
        return wf_str_none;
    }

    count = 1;
    wf_swf_members(&buf, life, members, &count);
    wf_buf_byte(&buf, '}');

    if (buf.failed) {
        wf_life_no_memory(life);
        return wf_str_none;
    }

    return wf_buf_done(&buf);
}


/* "30"; "NONE" is 0. */
static uint8_t
days_of(wf_str_t retention)
{
    size_t    i;
    unsigned  days;

    for (days = 0, i = 0; i < retention.len && i < 8; i++) {

        if (retention.data[i] >= '0' && retention.data[i] <= '9') {
            days = wf_min(10 * days + retention.data[i] - '0', 255u);
        }
    }

    return (uint8_t) days;
}


/* WORKFLOW/RUN, and how long it is kept (engine/record.h); data == NULL: no
 * memory. */
static wf_str_t
name_create(wf_life_t *life)
{
    wf_buf_t                name;
    wf_str_t                workflow;
    uint8_t                 random[RUN_BYTES];
    wf_port_t              *port;
    wf_swf_domain_state_t   domain;

    port = life->call->desk->port;
    port->random(port, random, sizeof(random));
    wf_swf_domain_read(&life->revision->flow, &domain);
    random[RUN_BYTES - 1] = days_of(domain.retention);
    workflow = wf_arg(life, WORKFLOW_ID)->text;
    wf_buf_init(&name, life->call->arena, workflow.len + 2 * RUN_BYTES + 1);
    wf_buf_str(&name, workflow);
    wf_buf_byte(&name, '/');
    wf_hex_print(&name, (wf_str_t) { sizeof(random), random });

    return name.failed ? wf_str_none : wf_buf_done(&name);
}


static void
started(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    wf_run_view_t  *view;

    (void) now_ms;

    life->after = NULL;

    if (answer->kind == WF_SAY_ERROR) {
        *life->call->err = answer->err;
        wf_life_failed(life);
        return;
    }

    view = wf_arena_calloc(life->call->arena, sizeof(wf_run_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    view->name = life->submit->name;
    life->call->reply.kind = WF_REPLY_RUNS;
    life->call->reply.count = 1;
    life->call->reply.u.runs = view;
    wf_life_done(life);
}


static wf_submit_t *
submit_create(wf_life_t *life, wf_str_t attributes)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->name = name_create(life);
    }

    if (submit == NULL || submit->name.data == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->type = WF_SUBMIT_START;
    submit->flow_no = life->revision->flow.flow_no;
    submit->revision = life->revision->flow.revision;
    submit->flow_name = life->revision->flow.name;
    submit->name_is_fresh = true;
    submit->input = attributes;
    life->submit = submit;
    life->after = started;
    life->shard_no = wf_shard_of(submit->flow_no, submit->name,
                                 life->call->desk->settings.shard_count);

    return submit;
}


static void
typed(wf_life_t *life, int64_t now_ms)
{
    wf_str_t              attributes;
    const wf_swf_type_t  *type;

    type = wf_swf_types_answer(life);

    if (type == NULL) {
        return;
    }

    if (!type->is_there || type->is_deprecated) {
        wf_life_fail(life, type->is_there ? WF_E_WORKFLOW_TYPE_DEPRECATED
                                          : WF_E_UNKNOWN_WORKFLOW_TYPE,
                     wf_arg(life, TYPE_NAME)->text,
                     wf_arg(life, TYPE_VERSION)->text);
        return;
    }

    attributes = attributes_print(life, type);

    if (attributes.data && submit_create(life, attributes)) {
        wf_life_submit(life, now_ms);
    }
}


static void
start_known(wf_life_t *life, int64_t now_ms)
{
    wf_swf_type_t  *type;

    type = wf_arena_calloc(life->call->arena, sizeof(wf_swf_type_t));

    if (type == NULL) {
        wf_life_no_memory(life);
        return;
    }

    type->is_workflow = true;
    type->name = wf_arg(life, TYPE_NAME)->text;
    type->version = wf_arg(life, TYPE_VERSION)->text;
    wf_swf_types_look(life, type, 1, typed, now_ms);
}


void
wf_action_swf_start(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, start_known, now_ms);
}
