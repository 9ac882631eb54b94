
/*
 * DescribeExecution, with its long poll (cloudflow-api 3.9 and 6.2).  The
 * flow first, then the index, then the store; a poll whose execution runs is
 * parked and looks again when it is over, or the time is.
 */

#include "actions/answers.h"
#include "actions/place.h"
#include "shard/notice.h"


/* Empty notices of an execution that still seems to run: then what is known
 * is the answer. */
#define LOOKS_MAX  3


static void
found(wf_life_t *life, int64_t now_ms)
{
    if (life->record->status == WF_STATUS_RUNNING
        && life->until_ms > now_ms
        && life->look_count < LOOKS_MAX
        && !life->call->desk->is_leaving)
    {
        wf_life_park(life, now_ms);
        return;
    }

    wf_execution_answer(life, now_ms);
}


static void
fetched(wf_fetch_t *fetch, int64_t now_ms)
{
    wf_life_t  *life;

    life = fetch->data;

    switch (fetch->read.rc) {

    case WF_OK:
        wf_assert(fetch->row_count == 1);
        life->record = fetch->records;
        found(life, now_ms);
        return;

    case WF_DECLINED:
        wf_execution_not_found(life);
        return;

    default:
        *life->call->err = fetch->read.err;
        wf_life_failed(life);
        return;
    }
}


void
wf_describe_look(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t     rc;
    uint64_t    flow_no;
    wf_str_t    name;
    wf_port_t  *port;

    wf_life_forget(life);

    port = life->call->desk->port;
    flow_no = life->revision->flow.flow_no;
    name = wf_arg(life, EXECUTION)->text;
    life->scratch = wf_arena_create(0);

    if (life->scratch == NULL) {
        wf_life_no_memory(life);
        return;
    }

    life->record = wf_arena_alloc(life->scratch, sizeof(wf_record_t));
    rc = WF_ERROR;

    if (life->record) {
        rc = port->lookup(port, life->scratch, life->shard_no, flow_no, name,
                          life->record);
    }

    if (rc == WF_OK) {
        found(life, now_ms);
        return;
    }

    wf_life_forget(life);

    if (rc == WF_DECLINED) {
        wf_life_read(life, NULL);
        life->fetch = wf_read_find(port, life->shard_no, flow_no, name,
                                   fetched, life);
    }

    if (life->fetch == NULL) {
        wf_life_no_memory(life);
    }
}


/* A notice with the record of the end spares the look. */
void
wf_describe_ended(wf_life_t *life, wf_str_t message, int64_t now_ms)
{
    wf_rc_t      rc;
    wf_str_t     copy;
    wf_record_t  record;

    rc = wf_notice_decode(message, &record);

    if (rc != WF_OK) {
        life->look_count++;
        wf_describe_look(life, now_ms);
        return;
    }

    wf_life_forget(life);
    life->scratch = wf_arena_create(message.len + sizeof(wf_record_t) + 64);

    if (life->scratch == NULL) {
        wf_life_no_memory(life);
        return;
    }

    copy = wf_arena_copy(life->scratch, message);
    life->record = wf_arena_alloc(life->scratch, sizeof(wf_record_t));

    if (copy.data == NULL || life->record == NULL) {
        wf_life_no_memory(life);
        return;
    }

    rc = wf_notice_decode(copy, life->record);
    wf_assert(rc == WF_OK);

    wf_execution_answer(life, now_ms);
}


static void
described(wf_life_t *life, int64_t now_ms)
{
    wf_desk_t  *desk;

    if (wf_execution_exists_never(life)) {
        return;
    }

    desk = life->call->desk;
    life->shard_no = wf_shard_of(life->revision->flow.flow_no,
                                 wf_arg(life, EXECUTION)->text,
                                 desk->settings.shard_count);

    wf_describe_look(life, now_ms);
}


void
wf_action_exec_describe(wf_life_t *life, int64_t now_ms)
{
    if (wf_arg(life, WAIT_SECONDS)->number > 0) {
        life->until_ms = now_ms + wf_arg(life, WAIT_SECONDS)->number * 1000;
    }

    wf_life_flow(life, wf_arg(life, FLOW)->text, described, now_ms);
}


/* A watch commits nothing: it is set by watch.c, wherever the owner is. */
void
wf_action_exec_watch(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_watch(shard, life->revision->flow.flow_no,
                   wf_arg(life, EXECUTION)->text, wf_ticket_of(life), now_ms);
}
