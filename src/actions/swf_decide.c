
/*
 * RespondDecisionTaskCompleted (swf 6, 8).  What a decision may do hangs on
 * types: they are looked up here and go with the decisions, so that the
 * engine asks nobody.
 */

#include "actions/jobs.h"
#include "actions/permit.h"
#include "actions/place.h"
#include "actions/swf.h"
#include "actions/swf_types.h"
#include "base/json.h"
#include "wire/aws_walk.h"


static const wf_swf_member_t  members[] = {
    { WF_ARG_DECISIONS, "decisions", true },
    { WF_ARG_EXECUTION_CONTEXT, "executionContext", false },
    { WF_ARG_TASK_LIST_TIMEOUT, "taskListScheduleToStartTimeout", false },
    { 0, NULL, false }
};

/* Decisions that name a type. */
static const struct {
    const char  *decision;
    const char  *attributes;
    const char  *type;              /* NULL: the run's own */
    bool         is_workflow;
} namers[] = {
    { "ScheduleActivityTask", "scheduleActivityTaskDecisionAttributes",
      "activityType", false },
    { "StartChildWorkflowExecution",
      "startChildWorkflowExecutionDecisionAttributes", "workflowType", true },
    { "ContinueAsNewWorkflowExecution",
      "continueAsNewWorkflowExecutionDecisionAttributes", NULL, true }
};


/* In the call's arena. */
typedef struct {
    wf_swf_type_t  *types;
    uint32_t        count;
    bool            wants_own;      /* the run's type is to be found out */
    wf_str_t        own_version;    /* of the next run; empty: the same */
} looked_t;


typedef struct {
    wf_job_t   job;
    uint32_t   shard_no;
    uint64_t   flow_no;
    wf_str_t   name;
    wf_str_t   type;                /* JSON text */
} own_t;


static wf_str_t
text_of(wf_life_t *life, wf_str_t object, const char *name)
{
    wf_str_t  value;

    value = wf_aws_member(object, wf_str_of(name));

    return value.len ? wf_walk_text(life->call->arena, value) : wf_str_none;
}


/* Once each; types has room for all. */
static void
type_add(looked_t *looked, bool is_workflow, wf_str_t name, wf_str_t version)
{
    uint32_t        i;
    wf_swf_type_t  *type;

    for (i = 0; i < looked->count; i++) {
        type = &looked->types[i];

        if (type->is_workflow == is_workflow && wf_str_eq(type->name, name)
            && wf_str_eq(type->version, version))
        {
            return;
        }
    }

    type = &looked->types[looked->count++];
    type->is_workflow = is_workflow;
    type->name = name;
    type->version = version;
}


static void
decision_look(wf_life_t *life, looked_t *looked, wf_str_t decision)
{
    size_t    i;
    wf_str_t  kind, attributes, type;

    kind = wf_aws_member(decision, wf_str("decisionType"));

    for (i = 0; i < wf_countof(namers); i++) {

        if (!wf_walk_is(kind, wf_str_of(namers[i].decision))) {
            continue;
        }

        attributes = wf_aws_member(decision, wf_str_of(namers[i].attributes));

        if (namers[i].type == NULL) {
            looked->wants_own = true;
            looked->own_version = text_of(life, attributes,
                                          "workflowTypeVersion");
            continue;
        }

        type = wf_aws_member(attributes, wf_str_of(namers[i].type));
        type_add(looked, namers[i].is_workflow, text_of(life, type, "name"),
                 text_of(life, type, "version"));
    }
}


/* NULL: no memory. */
static looked_t *
decisions_look(wf_life_t *life)
{
    uint32_t    count;
    wf_str_t    decision, decisions;
    wf_walk_t   walk;
    looked_t   *looked;

    decisions = wf_arg(life, DECISIONS)->text;
    looked = wf_arena_calloc(life->call->arena, sizeof(looked_t));
    count = 1;

    if (decisions.len > 0) {
        walk = wf_walk(decisions);
        wf_walk_enter(&walk);

        while (wf_walk_entry(&walk, &decision)) {
            count++;
        }
    }

    if (looked) {
        looked->types = wf_arena_calloc(life->call->arena,
                                        count * sizeof(wf_swf_type_t));
    }

    if (looked == NULL || looked->types == NULL) {
        return NULL;
    }

    if (decisions.len > 0) {
        walk = wf_walk(decisions);
        wf_walk_enter(&walk);

        while (wf_walk_entry(&walk, &decision)) {
            decision_look(life, looked, decision);
        }
    }

    return looked;
}


static void
type_print(wf_buf_t *buf, wf_life_t *life, const wf_swf_type_t *type)
{
    wf_buf_t  key;

    wf_buf_init(&key, life->call->arena, 4 + type->name.len
                                         + type->version.len);
    wf_buf_str(&key, type->is_workflow ? wf_str("w") : wf_str("a"));
    wf_buf_byte(&key, 1);
    wf_buf_str(&key, type->name);
    wf_buf_byte(&key, 1);
    wf_buf_str(&key, type->version);
    buf->failed |= key.failed;
    wf_json_print_string(buf, wf_buf_done(&key));
    wf_buf_text(buf, ":{\"status\":");
    wf_json_print_string(buf, type->is_deprecated ? wf_str("DEPRECATED")
                                                  : wf_str("REGISTERED"));
    wf_buf_text(buf, ",\"defaults\":");
    wf_buf_str(buf, type->defaults.len ? type->defaults : wf_str("{}"));
    wf_buf_byte(buf, '}');
}


/* The submit's value ends with what is known of types. */
static void
submit_go(wf_life_t *life, const wf_swf_type_t *types, uint32_t type_count,
    int64_t now_ms)
{
    bool       is_first;
    uint32_t   i;
    wf_buf_t   buf;
    wf_str_t   value;

    value = life->submit->input;
    wf_buf_init(&buf, life->call->arena, value.len + 64);
    wf_buf_str(&buf, (wf_str_t) { value.len - 1, value.data });
    wf_buf_str(&buf, value.len > 2 ? wf_str(",\"types\":{")
                                   : wf_str("\"types\":{"));

    for (is_first = true, i = 0; i < type_count; i++) {

        if (types[i].is_there) {
            wf_buf_str(&buf, is_first ? wf_str("") : wf_str(","));
            type_print(&buf, life, &types[i]);
            is_first = false;
        }
    }

    wf_buf_byte(&buf, '}');

    if (wf_arg(life, TASK_LIST)->present) {
        wf_buf_text(&buf, ",\"taskList\":{\"name\":");
        wf_json_print_string(&buf, wf_arg(life, TASK_LIST)->text);
        wf_buf_byte(&buf, '}');
    }

    wf_buf_byte(&buf, '}');

    if (buf.failed) {
        wf_life_no_memory(life);
        return;
    }

    life->submit->input = wf_buf_done(&buf);
    wf_life_submit(life, now_ms);
}


static void
typed(wf_life_t *life, int64_t now_ms)
{
    looked_t             *looked;
    const wf_swf_type_t  *types;

    looked = life->after_data;
    types = wf_swf_types_answer(life);

    if (types) {
        submit_go(life, types, looked->count, now_ms);
    }
}


static void
look(wf_life_t *life, looked_t *looked, int64_t now_ms)
{
    if (looked->count == 0) {
        submit_go(life, NULL, 0, now_ms);
        return;
    }

    wf_swf_types_look(life, looked->types, looked->count, typed, now_ms);
}


/*
 * The run's own type, which its start says
 */

static wf_rc_t
own_row(void *data, const wf_store_row_t *row)
{
    own_t        *own;
    wf_str_t      head;
    wf_record_t   record;

    own = data;
    head = row->head;

    if (wf_job_copy(&own->job.read, &head) != WF_OK) {
        return WF_ERROR;
    }

    if (wf_record_decode(head, wf_str_none, &record) != WF_OK) {
        wf_error_set(&own->job.read.err, WF_E_INTERNAL,
                     "the record of an execution is damaged");
        return WF_ERROR;
    }

    own->type = wf_aws_member(record.input, wf_str("workflowType"));

    return WF_OK;
}


static void
own_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    own_t  *own;

    own = read->data;
    read->rc = WF_ERROR;

    if (reader) {
        read->rc = type->find(reader, own->shard_no, own->flow_no, own->name,
                              own_row, own, &read->err);
    }
}


/* Not there: the owner will say so. */
static void
own_read(wf_life_t *life, int64_t now_ms)
{
    own_t     *own;
    looked_t  *looked;
    wf_str_t   version;

    looked = life->after_data;
    own = (own_t *) life->job;

    if (own->job.read.rc == WF_OK) {
        version = looked->own_version.len
                  ? looked->own_version : text_of(life, own->type, "version");
        type_add(looked, true, text_of(life, own->type, "name"), version);

    } else if (own->job.read.rc != WF_DECLINED && wf_job_failed(life)) {
        return;
    }

    wf_job_drop(life->job);
    life->job = NULL;
    look(life, looked, now_ms);
}


static void
own_look(wf_life_t *life)
{
    own_t  *own;

    own = (own_t *) wf_job_create(sizeof(own_t), own_run);

    if (own) {
        own->shard_no = life->shard_no;
        own->flow_no = life->submit->flow_no;
        own->name = life->submit->name;

        if (wf_job_copy(&own->job.read, &own->name) != WF_OK) {
            wf_job_drop(&own->job);
            own = NULL;
        }
    }

    wf_job_run(life, (wf_job_t *) own, own_read);
}


static void
decide_known(wf_life_t *life, int64_t now_ms)
{
    looked_t  *looked;

    looked = decisions_look(life);

    if (looked == NULL) {
        wf_life_no_memory(life);
        return;
    }

    life->after_data = looked;

    if (looked->wants_own) {
        own_look(life);

    } else {
        look(life, looked, now_ms);
    }
}


void
wf_action_swf_decide(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = wf_swf_report(life, WF_SWF_DECIDED, members);

    if (submit) {
        wf_permit_domain(life, decide_known, now_ms);
    }
}
