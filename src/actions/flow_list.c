
/*
 * ListFlows (cloudflow-api 3.5, 1.11).  The page is put together in a reader
 * thread; it ends at its limit, or at WF_PAGE_BYTES_MAX.
 */

#include "actions/answers.h"
#include "actions/jobs.h"


typedef struct {
    wf_job_t         job;
    wf_str_t         from;
    wf_str_t         group;
    uint32_t         limit;
    wf_flow_view_t  *views;
    uint32_t         count;
    size_t           bytes;
    wf_str_t         next_token;
} flows_t;


static size_t
flow_bytes(const wf_flow_t *flow)
{
    return flow->definition.len + flow->description.len
           + flow->environment.len + 512;
}


/* DECLINED: the page is full. */
static wf_rc_t
flows_each(void *data, wf_str_t key, wf_str_t value)
{
    flows_t    *list;
    wf_flow_t   flow;

    list = data;

    if (memchr(key.data, '/', key.len)) {
        return WF_OK;               /* another API's */
    }

    if (wf_flow_decode(value, &flow) != WF_OK) {
        wf_error_set(&list->job.read.err, WF_E_INTERNAL,
                     "the record of a flow is damaged");
        return WF_ERROR;
    }

    if (list->group.len > 0 && !wf_str_eq(flow.group, list->group)) {
        return WF_OK;
    }

    if (list->count == list->limit || list->bytes > WF_PAGE_BYTES_MAX) {
        list->next_token = key;
        return wf_job_copy(&list->job.read, &list->next_token) == WF_OK
               ? WF_DECLINED : WF_ERROR;
    }

    if (wf_job_copy(&list->job.read, &value) != WF_OK) {
        return WF_ERROR;
    }

    list->bytes += flow_bytes(&flow);
    (void) wf_flow_decode(value, &flow);
    wf_flow_view(&list->views[list->count++], &flow);

    return WF_OK;
}


static void
flows_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    flows_t  *list;

    list = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = type->items(reader, WF_ITEM_FLOW, list->from, UINT32_MAX,
                           flows_each, list, &read->err);

    if (read->rc == WF_DECLINED) {
        read->rc = WF_OK;
    }
}


static void
flows_done(wf_life_t *life, int64_t now_ms)
{
    flows_t     *list;
    wf_reply_t  *reply;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    list = (flows_t *) life->job;
    reply = &life->call->reply;
    reply->kind = WF_REPLY_FLOWS;
    reply->count = list->count;
    reply->u.flows = list->views;
    reply->next_token = list->next_token;
    wf_life_done(life);
}


void
wf_action_flow_list(wf_life_t *life, int64_t now_ms)
{
    flows_t    *list;
    wf_read_t  *read;

    (void) now_ms;

    list = (flows_t *) wf_job_create(sizeof(flows_t), flows_run);

    if (list == NULL) {
        wf_life_no_memory(life);
        return;
    }

    read = &list->job.read;
    list->limit = wf_list_limit(life);
    list->from = wf_arg(life, NEXT_TOKEN)->text;
    list->group = wf_arg(life, GROUP)->text;
    list->views = wf_arena_alloc(read->arena,
                                 list->limit * sizeof(wf_flow_view_t));

    if (list->views == NULL || wf_job_copy(read, &list->from) != WF_OK
        || wf_job_copy(read, &list->group) != WF_OK)
    {
        wf_job_drop(&list->job);
        wf_life_no_memory(life);
        return;
    }

    wf_job_run(life, &list->job, flows_done);
}
