
/*
 * Map runs of state machines: ListMapRuns, DescribeMapRun, UpdateMapRun, and
 * ListExecutions of one (asl 14).  The ARN of a run does not name its
 * execution: the run's own name tells its number.  Runs are seen by a replay
 * in a reader thread; labels come from the program of the revision.
 */

#include "actions/place.h"
#include "actions/sfn.h"

#include "base/arn.h"
#include "flow/program_asl.h"
#include "shard/shard.h"
#include "wire/aws_arn.h"


typedef struct {
    wf_job_t       job;
    uint32_t       shard_no;
    uint64_t       flow_no;
    uint64_t       exec_no;
    wf_str_t       name;        /* of the execution; empty: not known yet */
    wf_str_t       run_name;    /* empty: all of them */
    uint64_t       revision;
    wf_exec_t     *exec;
    uint64_t       from;        /* the oldest run is 1; 0: the latest */
    uint32_t       limit;
    wf_map_run_t  *runs;        /* latest first */
    uint32_t       count;
    uint64_t       next;        /* 0: the end */
    wf_go_pt       go;          /* with the one run and its ARN proved */
    wf_map_run_view_t  *views;
} runs_t;


/*
 * In the thread
 */

static wf_rc_t
each_name(void *data, const wf_store_row_t *row)
{
    runs_t  *runs;

    runs = data;

    if (row->exec_no != runs->exec_no || row->flow_no != runs->flow_no) {
        return WF_OK;
    }

    runs->name = row->name;

    return wf_job_copy(&runs->job.read, &runs->name);
}


static wf_rc_t
each_row(void *data, const wf_store_row_t *row)
{
    runs_t       *runs;
    wf_record_t   record;

    runs = data;
    runs->exec_no = row->exec_no;

    if (wf_record_decode(row->head, row->tail, &record) != WF_OK) {
        wf_error_set(&runs->job.read.err, WF_E_INTERNAL,
                     "the record of an execution is damaged");
        return WF_ERROR;
    }

    runs->revision = record.revision;

    return WF_OK;
}


static wf_rc_t
each_chunk(void *data, wf_str_t key, wf_str_t value)
{
    runs_t  *runs;

    (void) key;

    runs = data;

    return wf_engine_replay(runs->exec, value, &runs->job.read.err);
}


static wf_rc_t
run_take(runs_t *runs, const wf_map_run_t *run)
{
    wf_map_run_t  *copy;

    copy = &runs->runs[runs->count++];
    *copy = *run;

    return wf_job_copy(&runs->job.read, &copy->name);
}


/* WF_DECLINED: the one that is wanted is not there. */
static wf_rc_t
runs_collect(runs_t *runs)
{
    uint64_t                  number;
    const wf_map_run_t       *run;
    const wf_map_run_link_t  *link;

    if (runs->run_name.len) {
        run = wf_exec_map_run(runs->exec, runs->run_name);
        return run ? run_take(runs, run) : WF_DECLINED;
    }

    number = 0;

    for (link = runs->exec->map_runs; link; link = link->next) {
        number++;
    }

    for (link = runs->exec->map_runs; link; link = link->next, number--) {

        if (runs->from != 0 && number > runs->from) {
            continue;
        }

        if (runs->count == runs->limit) {
            runs->next = number;
            break;
        }

        if (run_take(runs, &link->run) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
runs_find(runs_t *runs, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t      rc;
    wf_error_t  *err;

    err = &runs->job.read.err;

    if (runs->name.len == 0) {
        rc = type->names(reader, runs->shard_no, runs->exec_no - 1, 1,
                         each_name, runs, err);

        if (rc != WF_OK) {
            return rc;
        }

        if (runs->name.len == 0) {
            return WF_DECLINED;
        }
    }

    return type->find(reader, runs->shard_no, runs->flow_no, runs->name,
                      each_row, runs, err);
}


static void
runs_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    runs_t  *runs;

    runs = read->data;
    read->rc = reader ? runs_find(runs, type, reader) : WF_ERROR;

    if (read->rc != WF_OK) {
        return;
    }

    runs->exec = wf_exec_create();

    if (runs->exec == NULL) {
        read->rc = wf_job_no_memory(read);
        return;
    }

    read->rc = type->chunks(reader, runs->shard_no, runs->exec_no, 1,
                            each_chunk, runs, &read->err);

    if (read->rc == WF_OK) {
        read->rc = runs_collect(runs);
    }

    wf_exec_free(runs->exec);
    runs->exec = NULL;
}


/*
 * Back again
 */

static void
missing(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    if (wf_arg(life, MAP_RUN_ARN)->present) {
        wf_life_fail(life, WF_E_RESOURCE_NOT_FOUND,
                     wf_arg(life, MAP_RUN_ARN)->text, wf_str_none);
        return;
    }

    wf_execution_not_found(life);
}


/* Where the run is in the definition. */
static void
view_fill(const wf_life_t *life, wf_map_run_view_t *view,
    const wf_map_run_t *run)
{
    const wf_node_t     *node;
    const wf_program_t  *program;

    wf_map_run_view(life, view, run);
    program = life->revision->program;

    if (program && run->node < program->node_count
        && program->nodes[run->node].asl)
    {
        node = &program->nodes[run->node];
        view->step = node->name;
        view->label = node->asl->label;
        view->is_written = node->asl->writer_resource.len > 0
                           && run->status == WF_STATUS_SUCCEEDED;
    }
}


/* WF_DECLINED: the ARN that was asked for is not this run's. */
static wf_rc_t
arn_check(const wf_life_t *life, const wf_map_run_view_t *view)
{
    wf_arn_t        arn;
    wf_buf_t        text;
    wf_arn_place_t  place;

    memset(&arn, 0, sizeof(wf_arn_t));
    (void) wf_arn_of_flow(view->flow, &arn);
    place = (wf_arn_place_t) { arn.region, arn.account, arn.name };
    wf_buf_init(&text, life->call->arena, 160);
    wf_arn_map_run(&text, &place, view->step, view->label, view->name);

    if (text.failed) {
        return WF_ERROR;
    }

    return wf_str_eq(wf_buf_done(&text), wf_arg(life, MAP_RUN_ARN)->text)
           ? WF_OK : WF_DECLINED;
}


static void
one_done(wf_life_t *life, runs_t *runs, int64_t now_ms)
{
    switch (arn_check(life, runs->views)) {

    case WF_OK:
        break;

    case WF_DECLINED:
        missing(life, now_ms);
        return;

    default:
        wf_life_no_memory(life);
        return;
    }

    runs->go(life, now_ms);
}


static void
list_done(wf_life_t *life, runs_t *runs)
{
    wf_buf_t     token;
    wf_reply_t  *reply;

    wf_buf_init(&token, life->call->arena, 24);

    if (runs->next) {
        wf_buf_uint(&token, runs->next);
    }

    if (token.failed) {
        wf_life_no_memory(life);
        return;
    }

    reply = &life->call->reply;
    reply->kind = WF_REPLY_MAP_RUNS;
    reply->count = runs->count;
    reply->u.map_run = runs->views;
    reply->next_token = wf_buf_done(&token);
    wf_life_done(life);
}


static void
runs_named(wf_life_t *life, int64_t now_ms)
{
    runs_t    *runs;
    uint32_t   i;

    runs = (runs_t *) life->job;

    if (life->revision->flow.revision != runs->revision) {
        /* The machine has gone meanwhile. */
        missing(life, now_ms);
        return;
    }

    if (wf_arg(life, MAP_RUN)->present
        && wf_sfn_arg(life, WF_ARG_EXECUTION,
                      wf_arena_copy(life->call->arena, runs->name)) != WF_OK)
    {
        return;
    }

    for (i = 0; i < runs->count; i++) {
        view_fill(life, &runs->views[i], &runs->runs[i]);
    }

    if (runs->go) {
        one_done(life, runs, now_ms);

    } else {
        list_done(life, runs);
    }
}


static void
runs_done(wf_life_t *life, int64_t now_ms)
{
    runs_t  *runs;

    runs = (runs_t *) life->job;

    if (runs->job.read.rc == WF_DECLINED) {
        missing(life, now_ms);
        return;
    }

    if (!wf_job_failed(life)) {
        wf_life_revision(life, runs->flow_no, runs->revision, runs_named,
                         now_ms);
    }
}


static void
runs_ask(wf_life_t *life, runs_t *runs)
{
    wf_arena_t  *arena;

    if (runs == NULL) {
        wf_life_no_memory(life);
        return;
    }

    arena = runs->job.read.arena;
    runs->flow_no = life->revision->flow.flow_no;
    runs->runs = wf_arena_alloc(arena, runs->limit * sizeof(wf_map_run_t));
    runs->views = wf_arena_alloc(arena,
                                 runs->limit * sizeof(wf_map_run_view_t));

    if (runs->runs == NULL || runs->views == NULL
        || wf_job_copy(&runs->job.read, &runs->name) != WF_OK
        || wf_job_copy(&runs->job.read, &runs->run_name) != WF_OK)
    {
        wf_job_drop(&runs->job);
        runs = NULL;
    }

    wf_job_run(life, (wf_job_t *) runs, runs_done);
}


/*
 * ListMapRuns
 */

static void
list_ask(wf_life_t *life, int64_t now_ms)
{
    runs_t  *runs;

    (void) now_ms;

    if (wf_execution_exists_never(life)) {
        return;
    }

    runs = (runs_t *) wf_job_create(sizeof(runs_t), runs_run);

    if (runs) {
        runs->name = wf_arg(life, EXECUTION)->text;
        runs->shard_no = wf_shard_of(life->revision->flow.flow_no, runs->name,
                                     life->call->desk->settings.shard_count);
        runs->limit = wf_list_limit(life);
        runs->from = (uint64_t) wf_arg(life, NEXT_TOKEN)->number;
    }

    runs_ask(life, runs);
}


void
wf_action_sfn_map_runs(wf_life_t *life, int64_t now_ms)
{
    life->missing = missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, list_ask, now_ms);
}


/*
 * One run
 */

static void
one_ask(wf_life_t *life, wf_go_pt go, int64_t now_ms)
{
    runs_t    *runs;
    uint64_t   number;
    uint32_t   shard_no;

    number = wf_map_run_origin(wf_arg(life, MAP_RUN)->text);
    shard_no = wf_number_shard(number);

    if (wf_arg(life, MAP_RUN)->text.len == 0 || wf_number_exec(number) == 0
        || shard_no >= life->call->desk->settings.shard_count)
    {
        missing(life, now_ms);
        return;
    }

    runs = (runs_t *) wf_job_create(sizeof(runs_t), runs_run);

    if (runs) {
        runs->run_name = wf_arg(life, MAP_RUN)->text;
        runs->shard_no = shard_no;
        runs->exec_no = wf_number_exec(number);
        runs->limit = 1;
        runs->go = go;
    }

    runs_ask(life, runs);
}


static void
describe(wf_life_t *life, int64_t now_ms)
{
    wf_reply_t  *reply;

    (void) now_ms;

    reply = &life->call->reply;
    reply->kind = WF_REPLY_MAP_RUN;
    reply->count = 1;
    reply->u.map_run = ((runs_t *) life->job)->views;
    wf_life_done(life);
}


static void
describe_ask(wf_life_t *life, int64_t now_ms)
{
    one_ask(life, describe, now_ms);
}


void
wf_action_sfn_map_run(wf_life_t *life, int64_t now_ms)
{
    life->missing = missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, describe_ask, now_ms);
}


/* What is more than can be is as much as can be; so is 0. */
static void
update(wf_life_t *life, int64_t now_ms)
{
    int64_t  max, wanted;

    wanted = wf_arg(life, CONCURRENCY)->number;
    max = (int64_t) life->call->desk->port->quota.map_concurrency;
    max = max ? max : WF_CONCURRENCY_RUN_MAX;

    if (wf_arg(life, CONCURRENCY)->present
        && wf_sfn_number(life, WF_ARG_CONCURRENCY,
                         wanted ? wf_min(wanted, max) : max) != WF_OK)
    {
        return;
    }

    wf_map_run_change(life, now_ms);
}


static void
update_ask(wf_life_t *life, int64_t now_ms)
{
    one_ask(life, update, now_ms);
}


void
wf_action_sfn_map_run_update(wf_life_t *life, int64_t now_ms)
{
    life->missing = missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, update_ask, now_ms);
}


static void
children(wf_life_t *life, int64_t now_ms)
{
    const wf_map_run_t  *run;

    run = ((runs_t *) life->job)->runs;

    if (run->redrive_count > 0 && run->stopped_ms == 0
        && wf_sfn_number(life, WF_ARG_REDRIVEN_MS, run->redriven_ms) != WF_OK)
    {
        return;
    }

    wf_life_forget(life);
    wf_execution_list(life, now_ms);
}


static void
children_ask(wf_life_t *life, int64_t now_ms)
{
    one_ask(life, children, now_ms);
}


void
wf_sfn_children(wf_life_t *life, int64_t now_ms)
{
    life->missing = missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, children_ask, now_ms);
}
