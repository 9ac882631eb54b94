
/*
 * DescribeMapRun, UpdateMapRun (cloudflow-api 3.27, 3.28, 6.7).  A run is
 * described from the history, replayed in a reader thread, so that ended
 * executions and running ones are told alike; it is changed by its owner.
 */

#include "actions/answers.h"
#include "actions/jobs.h"
#include "actions/place.h"
#include "base/json.h"


typedef struct {
    wf_job_t       job;
    uint32_t       shard_no;
    uint64_t       flow_no;
    uint64_t       exec_no;
    wf_str_t       name;
    wf_str_t       run_name;
    wf_exec_t     *exec;
    bool           is_found;
    wf_map_run_t   run;
} sight_t;


void
wf_map_run_view(const wf_life_t *life, wf_map_run_view_t *view,
    const wf_map_run_t *run)
{
    *view = (wf_map_run_view_t) {
        .flow = wf_arg(life, FLOW)->text,
        .execution = wf_arg(life, EXECUTION)->text,
        .name = run->name,
        .status = run->status,
        .started_ms = run->started_ms,
        .stopped_ms = run->stopped_ms,
        .concurrency = run->concurrency,
        .tolerated_count = run->tolerated_count,
        .tolerated_percentage = run->tolerated_percentage,
        .total = run->total,
        .pending = run->pending,
        .running = run->running,
        .succeeded = run->succeeded,
        .failed = run->failed,
        .aborted = run->aborted,
        .pending_redrive = run->pending_redrive,
        .not_redrivable = run->not_redrivable,
        .redrive_count = run->redrive_count,
        .redriven_ms = run->redriven_ms
    };
}


void
wf_map_run_answer(wf_life_t *life, const wf_map_run_t *run,
    wf_reply_kind_t kind)
{
    wf_reply_t         *reply;
    wf_map_run_view_t  *view;

    view = wf_arena_alloc(life->call->arena, sizeof(wf_map_run_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_map_run_view(life, view, run);
    view->name = wf_arg(life, MAP_RUN)->text;

    reply = &life->call->reply;
    reply->kind = kind;
    reply->count = 1;
    reply->u.map_run = view;
    wf_life_done(life);
}


static void
not_found(wf_life_t *life)
{
    wf_life_fail(life, WF_E_MAP_RUN_NOT_FOUND, wf_arg(life, MAP_RUN)->text,
                 wf_arg(life, EXECUTION)->text);
}


/*
 * Describe
 */

static wf_rc_t
each_row(void *data, const wf_store_row_t *row)
{
    sight_t  *sight;

    sight = data;
    sight->exec_no = row->exec_no;

    return WF_OK;
}


static wf_rc_t
each_chunk(void *data, wf_str_t key, wf_str_t value)
{
    sight_t  *sight;

    (void) key;

    sight = data;

    return wf_engine_replay(sight->exec, value, &sight->job.read.err);
}


static void
sight_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    sight_t             *sight;
    const wf_map_run_t  *run;

    sight = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = type->find(reader, sight->shard_no, sight->flow_no,
                          sight->name, each_row, sight, &read->err);

    if (read->rc != WF_OK) {
        return;
    }

    sight->exec = wf_exec_create();

    if (sight->exec == NULL) {
        read->rc = wf_job_no_memory(read);
        return;
    }

    read->rc = type->chunks(reader, sight->shard_no, sight->exec_no, 1,
                            each_chunk, sight, &read->err);

    if (read->rc == WF_OK) {
        run = wf_exec_map_run(sight->exec, sight->run_name);
        sight->is_found = run != NULL;

        if (run) {
            sight->run = *run;
            sight->run.name = wf_str_none;
        }
    }

    wf_exec_free(sight->exec);
    sight->exec = NULL;
}


static void
sight_done(wf_life_t *life, int64_t now_ms)
{
    sight_t  *sight;

    (void) now_ms;

    sight = (sight_t *) life->job;

    if (sight->job.read.rc == WF_DECLINED) {
        wf_execution_not_found(life);
        return;
    }

    if (wf_job_failed(life)) {
        return;
    }

    if (!sight->is_found) {
        not_found(life);
        return;
    }

    wf_map_run_answer(life, &sight->run, WF_REPLY_MAP_RUN);
}


static void
sight_ask(wf_life_t *life, int64_t now_ms)
{
    sight_t  *sight;

    (void) now_ms;

    if (wf_execution_exists_never(life)) {
        return;
    }

    sight = (sight_t *) wf_job_create(sizeof(sight_t), sight_run);

    if (sight) {
        sight->flow_no = life->revision->flow.flow_no;
        sight->name = wf_arg(life, EXECUTION)->text;
        sight->run_name = wf_arg(life, MAP_RUN)->text;
        sight->shard_no = wf_shard_of(sight->flow_no, sight->name,
                                      life->call->desk->settings.shard_count);

        if (wf_job_copy(&sight->job.read, &sight->name) != WF_OK
            || wf_job_copy(&sight->job.read, &sight->run_name) != WF_OK)
        {
            wf_job_drop(&sight->job);
            sight = NULL;
        }
    }

    wf_job_run(life, (wf_job_t *) sight, sight_done);
}


void
wf_action_map_run_describe(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, sight_ask, now_ms);
}


/*
 * Update
 */

static wf_rc_t
percent_parse(wf_life_t *life, double *percent)
{
    double       real;
    wf_error_t   err;
    wf_value_t  *value;

    real = -1;

    if (wf_json_parse(life->call->arena, wf_arg(life, TOLERATED_PERCENT)->text,
                      &value, &err) == WF_OK
        && value->type == WF_NUMBER)
    {
        real = value->u.number.real;
    }

    if (!(real >= 0 && real <= 100)) {
        wf_life_fail(life, WF_E_INVALID_ARGUMENT,
                     wf_str("ToleratedFailedPercentage must be between 0 and "
                            "100."), wf_str_none);
        return WF_ERROR;
    }

    *percent = real;

    return WF_OK;
}


/* cloudflow-api 3.28: the quota is the operator's. */
static wf_rc_t
concurrency_check(wf_life_t *life, uint32_t *concurrency)
{
    int64_t  max;

    max = (int64_t) life->call->desk->port->quota.map_concurrency;

    if (max == 0) {
        max = life->call->action->is_cloudflow ? WF_CONCURRENCY_MAP_RUN
                                               : WF_CONCURRENCY_RUN_MAX;
    }

    if (wf_arg(life, CONCURRENCY)->number > max) {
        wf_error_set(life->call->err, WF_E_INVALID_ARGUMENT,
                     "Concurrency must be between 1 and %d.", (int) max);
        wf_life_failed(life);
        return WF_ERROR;
    }

    *concurrency = (uint32_t) wf_arg(life, CONCURRENCY)->number;

    return WF_OK;
}


void
wf_map_run_change(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t   *submit;
    wf_map_run_t  *run;

    if (wf_execution_exists_never(life)) {
        return;
    }

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit == NULL) {
        wf_life_no_memory(life);
        return;
    }

    submit->type = WF_SUBMIT_MAP_RUN;
    submit->flow_no = life->revision->flow.flow_no;
    submit->flow_name = wf_arg(life, FLOW)->text;
    submit->name = wf_arg(life, EXECUTION)->text;

    run = &submit->map_run;
    run->name = wf_arg(life, MAP_RUN)->text;
    run->tolerated_count = UINT32_MAX;
    run->tolerated_percentage = -1;

    if (wf_arg(life, CONCURRENCY)->present
        && concurrency_check(life, &run->concurrency) != WF_OK)
    {
        return;
    }

    if (wf_arg(life, TOLERATED_COUNT)->present) {
        run->tolerated_count = (uint32_t)
            wf_min(wf_arg(life, TOLERATED_COUNT)->number,
                   WF_MAP_RUN_ITEMS_MAX);
    }

    if (wf_arg(life, TOLERATED_PERCENT)->present
        && percent_parse(life, &run->tolerated_percentage) != WF_OK)
    {
        return;
    }

    life->submit = submit;
    life->shard_no = wf_shard_of(submit->flow_no, submit->name,
                                 life->call->desk->settings.shard_count);
    wf_life_submit(life, now_ms);
}


void
wf_action_map_run_update(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, wf_map_run_change, now_ms);
}


void
wf_action_map_run_access(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}
