
/*
 * ListStateMachines: the flows of one region and account, by name (asl 1).
 * The page is put together in a reader thread.
 */

#include "actions/sfn.h"

#include "wire/aws_arn.h"


typedef struct {
    wf_job_t         job;
    wf_str_t         prefix;
    wf_str_t         from;
    uint32_t         limit;
    wf_flow_view_t  *views;
    uint32_t         count;
    wf_str_t         next;
} machines_t;


/* DECLINED: the page is full, or there are no more. */
static wf_rc_t
machines_each(void *data, wf_str_t key, wf_str_t value)
{
    wf_flow_t    flow;
    wf_read_t   *read;
    machines_t  *list;

    list = data;
    read = &list->job.read;

    if (!wf_str_starts(key, list->prefix)) {
        return WF_DECLINED;
    }

    if (list->count == list->limit) {
        list->next = key;
        return wf_job_copy(read, &list->next) == WF_OK ? WF_DECLINED
                                                       : WF_ERROR;
    }

    if (wf_flow_decode(value, &flow) != WF_OK) {
        wf_error_set(&read->err, WF_E_INTERNAL,
                     "the record of a flow is damaged");
        return WF_ERROR;
    }

    /* A list shows neither definitions nor anything else that is long. */

    wf_flow_view(&list->views[list->count], &flow);
    list->views[list->count].name = flow.name;

    return wf_job_copy(read, &list->views[list->count++].name);
}


static void
machines_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    machines_t  *list;

    list = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = type->items(reader, WF_ITEM_FLOW, list->from, UINT32_MAX,
                           machines_each, list, &read->err);

    if (read->rc == WF_DECLINED) {
        read->rc = WF_OK;
    }
}


static void
machines_done(wf_life_t *life, int64_t now_ms)
{
    machines_t  *list;
    wf_reply_t  *reply;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    list = (machines_t *) life->job;
    reply = &life->call->reply;
    reply->kind = WF_REPLY_FLOWS;
    reply->count = list->count;
    reply->u.flows = list->views;

    reply->next_token = list->next;
    wf_life_done(life);
}


static wf_rc_t
machines_ask(machines_t *list, wf_life_t *life)
{
    wf_buf_t    prefix;
    wf_read_t  *read;

    read = &list->job.read;
    wf_buf_init(&prefix, read->arena, 64);
    wf_arn_flow(&prefix, &(wf_arn_t) {
        .region = wf_arg(life, REGION)->text,
        .account = wf_arg(life, ACCOUNT)->text
    });

    list->prefix = wf_buf_done(&prefix);
    list->from = list->prefix;
    list->limit = (uint32_t) wf_arg(life, LIMIT)->number;
    list->views = wf_arena_alloc(read->arena,
                                 list->limit * sizeof(wf_flow_view_t));

    if (wf_arg(life, NEXT_TOKEN)->present) {
        list->from = wf_arg(life, NEXT_TOKEN)->text;
    }

    if (prefix.failed || list->views == NULL) {
        return WF_ERROR;
    }

    return wf_job_copy(read, &list->from);
}


void
wf_action_sfn_machines(wf_life_t *life, int64_t now_ms)
{
    machines_t  *list;

    (void) now_ms;

    list = (machines_t *) wf_job_create(sizeof(machines_t), machines_run);

    if (list && machines_ask(list, life) != WF_OK) {
        wf_job_drop(&list->job);
        list = NULL;
    }

    wf_job_run(life, (wf_job_t *) list, machines_done);
}
