
/*
 * DescribeWorkflowExecution and GetWorkflowExecutionHistory (swf 13).  A run is
 * described from its history, replayed in a reader thread, so that closed ones
 * and open ones are told alike.
 */

#include "actions/jobs.h"
#include "actions/pages.h"
#include "actions/place.h"
#include "actions/swf.h"
#include "actions/swf_sight.h"


typedef struct {
    wf_job_t        job;
    wf_swf_place_t  place;
    wf_run_view_t   view;
} sight_t;

typedef struct {
    wf_read_t      *read;
    uint64_t        exec_no;
    int64_t         now_ms;
    bool            is_gone;        /* not kept any more */
    wf_exec_t      *exec;
    wf_run_view_t  *view;
} replay_t;


static void
run_unknown(wf_life_t *life)
{
    wf_life_fail(life, WF_E_UNKNOWN_RUN, wf_arg(life, WORKFLOW_ID)->text,
                 wf_arg(life, RUN_ID)->text);
}


bool
wf_swf_is_gone(const wf_record_t *record, int64_t now_ms)
{
    return wf_status_is_final(record->status)
           && now_ms - record->stopped_ms >= wf_swf_kept_ms(record->name);
}


static wf_rc_t
each_row(void *data, const wf_store_row_t *row)
{
    wf_str_t      head, tail;
    replay_t     *replay;
    wf_record_t   record;

    replay = data;
    head = row->head;
    tail = row->tail;
    replay->exec_no = row->exec_no;

    if (wf_job_copy(replay->read, &head) != WF_OK
        || wf_job_copy(replay->read, &tail) != WF_OK)
    {
        return WF_ERROR;
    }

    if (wf_record_decode(head, tail, &record) != WF_OK) {
        wf_error_set(&replay->read->err, WF_E_INTERNAL,
                     "the record of an execution is damaged");
        return WF_ERROR;
    }

    *replay->view = (wf_run_view_t) {
        .name = record.name,
        .input = record.input,
        .status = record.status,
        .started_ms = record.started_ms,
        .stopped_ms = record.stopped_ms
    };

    replay->is_gone = wf_swf_is_gone(&record, replay->now_ms);

    return WF_OK;
}


static wf_rc_t
each_chunk(void *data, wf_str_t key, wf_str_t value)
{
    replay_t  *replay;

    (void) key;

    replay = data;

    return wf_engine_replay(replay->exec, value, &replay->read->err);
}


static wf_rc_t
view_fill(replay_t *replay)
{
    wf_swf_view_t   seen;
    wf_run_view_t  *view;

    view = replay->view;
    wf_swf_view(replay->exec, &seen);
    view->cancel_requested = seen.cancel_requested;
    view->activities = seen.activities;
    view->decisions = seen.decisions;
    view->timers = seen.timers;
    view->children = seen.children;
    view->lambdas = seen.lambdas;
    view->latest_activity_ms = seen.latest_activity_ms;
    view->has_context = seen.has_context;
    view->context = seen.context;

    return wf_job_copy(replay->read, &view->context);
}


wf_rc_t
wf_swf_see(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader, const wf_swf_place_t *place,
    wf_run_view_t *view)
{
    wf_rc_t   rc;
    replay_t  replay;

    replay = (replay_t) {
        .read = read, .now_ms = place->now_ms, .view = view
    };
    rc = type->find(reader, place->shard_no, place->flow_no, place->name,
                    each_row, &replay, &read->err);

    if (rc != WF_OK) {
        return rc;
    }

    if (replay.is_gone) {
        return WF_DECLINED;
    }

    replay.exec = wf_exec_create();

    if (replay.exec == NULL) {
        return wf_job_no_memory(read);
    }

    rc = type->chunks(reader, place->shard_no, replay.exec_no, 1, each_chunk,
                      &replay, &read->err);

    if (rc == WF_OK && wf_exec_is_swf(replay.exec)) {
        rc = view_fill(&replay);
    }

    wf_exec_free(replay.exec);

    return rc;
}


static void
sight_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    sight_t  *sight;

    sight = read->data;
    read->rc = WF_ERROR;

    if (reader) {
        read->rc = wf_swf_see(read, type, reader, &sight->place,
                              &sight->view);
    }
}


static void
described(wf_life_t *life, int64_t now_ms)
{
    sight_t     *sight;
    wf_reply_t  *reply;

    (void) now_ms;

    sight = (sight_t *) life->job;

    if (sight->job.read.rc == WF_DECLINED) {
        run_unknown(life);
        return;
    }

    if (wf_job_failed(life)) {
        return;
    }

    reply = &life->call->reply;
    reply->kind = WF_REPLY_RUNS;
    reply->count = 1;
    reply->u.runs = &sight->view;
    wf_life_done(life);
}


static void
describe_known(wf_life_t *life, int64_t now_ms)
{
    sight_t         *sight;
    wf_swf_place_t  *place;

    sight = (sight_t *) wf_job_create(sizeof(sight_t), sight_run);

    if (sight) {
        place = &sight->place;
        place->flow_no = life->revision->flow.flow_no;
        place->name = wf_swf_name(life);
        place->now_ms = now_ms;
        place->shard_no = wf_shard_of(place->flow_no, place->name,
                                      life->call->desk->settings.shard_count);

        if (place->name.data == NULL
            || wf_job_copy(&sight->job.read, &place->name) != WF_OK)
        {
            wf_job_drop(&sight->job);
            sight = NULL;
        }
    }

    wf_job_run(life, (wf_job_t *) sight, described);
}


void
wf_action_swf_describe(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, describe_known, now_ms);
}


/*
 * History
 */

static void
history_read(wf_life_t *life, int64_t now_ms)
{
    switch (wf_history_reply(life)) {

    case WF_OK:

        if (wf_swf_is_gone(wf_history_record(life), now_ms)) {
            run_unknown(life);

        } else {
            wf_life_done(life);
        }

        return;

    case WF_DECLINED:
        run_unknown(life);
        return;

    default:
        return;
    }
}


static void
history_known(wf_life_t *life, int64_t now_ms)
{
    wf_history_t  wanted;

    (void) now_ms;

    wanted = (wf_history_t) {
        .flow_no = life->revision->flow.flow_no,
        .name = wf_swf_name(life),
        .first_id = 1,
        .limit = (uint32_t) wf_arg(life, LIMIT)->number,
        .is_reversed = wf_arg(life, REVERSE_ORDER)->number
    };

    if (wanted.name.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (wf_arg(life, NEXT_TOKEN)->present) {

        if (wf_arg(life, NEXT_TOKEN)->number <= 0) {
            wf_life_fail(life, WF_E_INVALID_TOKEN, wf_str_none, wf_str_none);
            return;
        }

        *(wanted.is_reversed ? &wanted.last_id : &wanted.first_id)
            = (uint64_t) wf_arg(life, NEXT_TOKEN)->number;
    }

    wf_history_read(life, &wanted, history_read);
}


void
wf_action_swf_history(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, history_known, now_ms);
}
