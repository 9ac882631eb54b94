
/*
 * Submits for executions: the checks only the owner can know.  Is the name
 * taken, by a running execution or by one that is over?  While that is looked
 * up, later submits for the same name queue behind, so check and creation are
 * atomic (cloudflow-api 3.6, 6.8).  What to do is a table: (type, phase).
 */

#include "base/json.h"
#include "shard/admit.h"
#include "shard/buggify.h"
#include "shard/open.h"
#include "shard/runs.h"
#include "shard/serve.h"
#include "shard/tasks.h"


typedef void (*serve_pt)(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);


static void check_begin(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
static void checked(wf_fetch_t *fetch, int64_t now_ms);
static void let_go(wf_shard_t *shard, wf_live_t *live);
static void start_fresh(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
static void start_woken(wf_waiter_t *waiter, wf_rc_t rc,
    wf_revision_t *revision, const wf_error_t *err, int64_t now_ms);
static void start_with(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit,
    wf_revision_t *revision);
static void start_run(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit,
    const wf_value_t *value);
static void start_ended(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
static void start_resting(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
static void start_running(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
static void start_over(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
static void broken(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);


static const serve_pt  serve[][WF_LIVE_PHASES] = {

    [WF_SUBMIT_START] = {
        [WF_LIVE_CHECKING]  = wf_start_wait,
        [WF_LIVE_FRESH]     = start_fresh,
        [WF_LIVE_ENDED]     = start_ended,
        [WF_LIVE_PREPARING] = wf_start_wait,
        [WF_LIVE_RESTING]   = start_resting,
        [WF_LIVE_LOADING]   = wf_start_wait,
        [WF_LIVE_RUNNING]   = start_running,
        [WF_LIVE_OVER]      = start_over,
        [WF_LIVE_BROKEN]    = broken
    },

    [WF_SUBMIT_STOP] = {
        [WF_LIVE_CHECKING]  = wf_start_wait,
        [WF_LIVE_FRESH]     = wf_stop_fresh,
        [WF_LIVE_ENDED]     = wf_stop_ended,
        [WF_LIVE_PREPARING] = wf_start_wait,
        [WF_LIVE_RESTING]   = wf_start_wait_load,
        [WF_LIVE_LOADING]   = wf_start_wait,
        [WF_LIVE_RUNNING]   = wf_stop_running,
        [WF_LIVE_OVER]      = wf_stop_over,
        [WF_LIVE_BROKEN]    = broken
    },

    [WF_SUBMIT_REPORT] = {
        [WF_LIVE_CHECKING]  = wf_start_wait,
        [WF_LIVE_FRESH]     = wf_report_fresh,
        [WF_LIVE_ENDED]     = wf_report_late,
        [WF_LIVE_PREPARING] = wf_start_wait,
        [WF_LIVE_RESTING]   = wf_start_wait_load,
        [WF_LIVE_LOADING]   = wf_start_wait,
        [WF_LIVE_RUNNING]   = wf_report_running,
        [WF_LIVE_OVER]      = wf_report_late,
        [WF_LIVE_BROKEN]    = broken
    },

    [WF_SUBMIT_MAP_RUN] = {
        [WF_LIVE_CHECKING]  = wf_start_wait,
        [WF_LIVE_FRESH]     = wf_map_run_fresh,
        [WF_LIVE_ENDED]     = wf_map_run_late,
        [WF_LIVE_PREPARING] = wf_start_wait,
        [WF_LIVE_RESTING]   = wf_start_wait_load,
        [WF_LIVE_LOADING]   = wf_start_wait,
        [WF_LIVE_RUNNING]   = wf_map_run_running,
        [WF_LIVE_OVER]      = wf_map_run_late,
        [WF_LIVE_BROKEN]    = broken
    },

    [WF_SUBMIT_SWF] = {
        [WF_LIVE_CHECKING]  = wf_start_wait,
        [WF_LIVE_FRESH]     = wf_runs_late,
        [WF_LIVE_ENDED]     = wf_runs_late,
        [WF_LIVE_PREPARING] = wf_start_wait,
        [WF_LIVE_RESTING]   = wf_start_wait_load,
        [WF_LIVE_LOADING]   = wf_start_wait,
        [WF_LIVE_RUNNING]   = wf_runs_tell,
        [WF_LIVE_OVER]      = wf_runs_late,
        [WF_LIVE_BROKEN]    = broken
    },

    [WF_SUBMIT_KEEP] = {
        [WF_LIVE_CHECKING]  = wf_start_wait,
        [WF_LIVE_FRESH]     = wf_keep_fresh,
        [WF_LIVE_ENDED]     = wf_keep_ended,
        [WF_LIVE_PREPARING] = wf_start_wait,
        [WF_LIVE_RESTING]   = wf_keep_taken,
        [WF_LIVE_LOADING]   = wf_keep_taken,
        [WF_LIVE_RUNNING]   = wf_keep_taken,
        [WF_LIVE_OVER]      = wf_keep_over,
        [WF_LIVE_BROKEN]    = broken
    },

    [WF_SUBMIT_REDRIVE] = {
        [WF_LIVE_CHECKING]  = wf_start_wait,
        [WF_LIVE_FRESH]     = wf_redrive_fresh,
        [WF_LIVE_ENDED]     = wf_redrive_ended,
        [WF_LIVE_PREPARING] = wf_start_wait,
        [WF_LIVE_RESTING]   = wf_start_wait_load,
        [WF_LIVE_LOADING]   = wf_start_wait,
        [WF_LIVE_RUNNING]   = wf_redrive_running,
        [WF_LIVE_OVER]      = wf_redrive_over,
        [WF_LIVE_BROKEN]    = broken
    }
};


void
wf_start_submit(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_live_t  *live;

    if (submit->type == WF_SUBMIT_SWF) {
        live = wf_runs_find(shard, submit);

        if (live == NULL) {
            wf_runs_unknown(shard, submit);
            return;
        }

    } else {
        live = wf_live_find(shard->lives, submit->flow_no, submit->name);
    }

    if (live == NULL) {
        live = wf_live_add(shard->lives, submit->flow_no, submit->name);

        if (live == NULL) {
            wf_shard_refuse(shard, submit);
            return;
        }

        check_begin(shard, live, submit);
        return;
    }

    if (live->errand != NULL && live->errand->first != NULL) {
        wf_errand_queue(live->errand, submit);
        return;
    }

    serve[submit->type][live->phase](shard, live, submit);
    let_go(shard, live);
}


/* Not running here.  Was it ever? */

static void
check_begin(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    bool          is_new;
    wf_batch_t   *batch;
    wf_errand_t  *errand;
    wf_record_t   record;

    is_new = submit->type == WF_SUBMIT_START && submit->name_is_fresh
             && !submit->is_repeat;

    /* A token says that there is one: if not here, we may not be its owner
     * any more. */

    if (is_new
        || (submit->type != WF_SUBMIT_REPORT
            && !wf_names_may_have(&shard->used.names,
                                  wf_names_hash(submit->flow_no,
                                                submit->name))
            && !wf_buggify(100)))
    {
        serve[submit->type][WF_LIVE_FRESH](shard, live, submit);
        let_go(shard, live);
        return;
    }

    batch = wf_batch_open(shard);

    /* An end in the index is certain; anything else may be out of date. */

    if (batch != NULL && !wf_buggify(300)
        && shard->port->lookup(shard->port, batch->arena, shard->no,
                               submit->flow_no, submit->name, &record) == WF_OK
        && wf_status_is_final(record.status))
    {
        shard->found = &record;
        wf_live_phase(shard->lives, live, WF_LIVE_ENDED);
        serve[submit->type][WF_LIVE_ENDED](shard, live, submit);
        let_go(shard, live);
        shard->found = NULL;
        return;
    }

    errand = wf_errand_of(shard, shard->lives, live);

    if (errand == NULL) {
        wf_shard_refuse(shard, submit);
        wf_live_remove(shard->lives, live);
        return;
    }

    wf_live_phase(shard->lives, live, WF_LIVE_CHECKING);
    wf_errand_queue(errand, submit);

    errand->fetch = wf_read_find(shard->port, shard->no, submit->flow_no,
                                 submit->name, checked, errand);
    errand->is_away = errand->fetch != NULL;

    if (errand->fetch == NULL) {
        wf_shard_oom(shard);
    }
}


static void
checked(wf_fetch_t *fetch, int64_t now_ms)
{
    wf_live_t    *live;
    wf_error_t    err;
    wf_shard_t   *shard;
    wf_errand_t  *errand;

    errand = fetch->data;
    shard = errand->shard;
    live = errand->live;
    errand->is_away = false;
    wf_shard_now(shard, now_ms);
    wf_shard_want_turn(shard);
    wf_live_phase(shard->lives, live, WF_LIVE_FRESH);

    if (fetch->read.rc == WF_OK
        && !wf_status_is_final(fetch->records[0].status))
    {
        /* Recovery would have brought it. */

        wf_error_set(&err, WF_E_INTERNAL, "the store says it is running");
        wf_shard_log(shard, live, "is unknown to its shard", &err);
        wf_start_fail(shard, live, &err);

    } else if (fetch->read.rc == WF_OK) {
        wf_live_phase(shard->lives, live, WF_LIVE_ENDED);
        shard->found = &fetch->records[0];

    } else if (fetch->read.rc == WF_ERROR) {
        wf_shard_log(shard, live, "could not be looked up", &fetch->read.err);
        wf_start_fail(shard, live, &fetch->read.err);
    }

    wf_start_serve(shard, live);
    shard->found = NULL;
}


void
wf_start_serve(wf_shard_t *shard, wf_live_t *live)
{
    wf_live_phase_t   phase;
    wf_submit_t      *submit;

    while (shard->state < WF_SHARD_DOWN && live->errand != NULL) {
        phase = live->phase;

        if (phase == WF_LIVE_CHECKING || phase == WF_LIVE_PREPARING
            || phase == WF_LIVE_LOADING)
        {
            return;
        }

        submit = wf_errand_take(live->errand);

        if (submit == NULL) {
            break;
        }

        serve[submit->type][phase](shard, live, submit);
    }

    let_go(shard, live);
}


void
wf_start_fail(wf_shard_t *shard, wf_live_t *live, const wf_error_t *err)
{
    wf_submit_t  *submit;

    if (live->errand == NULL) {
        return;
    }

    while ((submit = wf_errand_take(live->errand)) != NULL) {
        wf_answer_err(shard, submit, err);
    }
}


/* An errand nobody needs ends; a name without an execution is forgotten. */

static void
let_go(wf_shard_t *shard, wf_live_t *live)
{
    if (shard->state >= WF_SHARD_DOWN) {
        return;
    }

    if (live->errand != NULL) {
        if (live->phase == WF_LIVE_CHECKING || live->phase == WF_LIVE_PREPARING
            || live->phase == WF_LIVE_LOADING || live->errand->first != NULL)
        {
            return;
        }

        wf_errand_remove(shard->lives, live->errand);
    }

    if (live->phase == WF_LIVE_RUNNING) {
        wf_loaded_settle(shard->lives, live->loaded);
        return;
    }

    if (live->phase != WF_LIVE_FRESH && live->phase != WF_LIVE_ENDED) {
        return;
    }

    while (live->watches != NULL) {
        wf_answer_hint(shard, live->flow_no, wf_live_name(live),
                       live->watches->ticket);
        wf_watch_remove(shard->lives, live->watches);
    }

    wf_live_remove(shard->lives, live);
}


void
wf_start_wait(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_errand_t  *errand;

    errand = wf_errand_of(shard, shard->lives, live);

    if (errand == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_errand_queue(errand, submit);
}


void
wf_start_wait_load(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_start_wait(shard, live, submit);

    if (live->errand != NULL) {
        wf_load_begin(shard, live);
    }
}


static void
broken(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_error_t  err;

    (void) live;
    wf_error_set(&err, WF_E_INTERNAL, "the execution's history is damaged");
    wf_answer_err(shard, submit, &err);
}


/*
 * START
 */

static void
start_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_rc_t         rc;
    wf_errand_t    *errand;
    wf_revision_t  *revision;

    if (wf_admit_barred(shard, submit)) {
        wf_answer_error(shard, submit, WF_E_EXECUTION_EXISTS, submit->name,
                        submit->flow_name);
        return;
    }

    rc = wf_catalog_revision(shard->catalog, submit->flow_no, submit->revision,
                             NULL, &revision);

    if (rc == WF_AGAIN) {
        errand = wf_errand_of(shard, shard->lives, live);

        if (errand == NULL) {
            wf_shard_refuse(shard, submit);
            return;
        }

        errand->waiter.wake = start_woken;
        rc = wf_catalog_revision(shard->catalog, submit->flow_no,
                                 submit->revision, &errand->waiter, &revision);

        if (rc == WF_AGAIN) {
            errand->is_waiting = true;
            wf_errand_push(errand, submit);
            wf_live_phase(shard->lives, live, WF_LIVE_PREPARING);
            return;
        }
    }

    if (rc == WF_OK) {
        start_with(shard, live, submit, revision);

    } else if (rc == WF_DECLINED) {
        wf_answer_error(shard, submit, WF_E_FLOW_NOT_FOUND, submit->flow_name,
                        wf_str_none);
    } else {
        wf_shard_refuse(shard, submit);
    }
}


static void
start_woken(wf_waiter_t *waiter, wf_rc_t rc, wf_revision_t *revision,
    const wf_error_t *err, int64_t now_ms)
{
    wf_live_t    *live;
    wf_shard_t   *shard;
    wf_errand_t  *errand;
    wf_submit_t  *submit;

    errand = waiter->data;
    live = errand->live;
    shard = errand->shard;
    errand->is_waiting = false;
    wf_shard_now(shard, now_ms);
    wf_shard_want_turn(shard);

    wf_live_phase(shard->lives, live, WF_LIVE_FRESH);
    submit = wf_errand_take(errand);

    if (rc == WF_OK) {
        start_with(shard, live, submit, revision);

    } else if (rc == WF_DECLINED) {
        wf_answer_error(shard, submit, WF_E_FLOW_NOT_FOUND, submit->flow_name,
                        wf_str_none);
    } else {
        wf_answer_err(shard, submit, err);
    }

    wf_start_serve(shard, live);
}


/* revision is held for us. */
static void
start_with(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit,
    wf_revision_t *revision)
{
    wf_error_t         err;
    wf_loaded_t       *loaded;
    const wf_value_t  *value;

    if (revision->program == NULL) {
        wf_answer_err(shard, submit, revision->err);
        wf_revision_release(revision);
        return;
    }

    if (revision->program->dialect == WF_DIALECT_SWF
        && wf_runs_is_open(shard, submit))
    {
        wf_answer_error(shard, submit, WF_E_EXECUTION_EXISTS, wf_str_none,
                        wf_str_none);
        wf_revision_release(revision);
        return;
    }

    if (!wf_admit_place(shard, submit)) {
        wf_answer_error(shard, submit, WF_E_EXECUTION_LIMIT, wf_str_none,
                        wf_str_none);
        wf_revision_release(revision);
        return;
    }

    loaded = wf_loaded_create(shard->lives, live);

    if (loaded == NULL) {
        wf_shard_refuse(shard, submit);
        wf_revision_release(revision);
        return;
    }

    loaded->shard = shard;
    loaded->revision = revision;
    wf_error_clear(&err);

    if (wf_start_build(loaded, submit, &value, &err) != WF_OK) {
        wf_answer_err(shard, submit, &err);
        wf_loaded_free(shard->lives, loaded);
        return;
    }

    live->loaded = loaded;
    start_run(shard, live, submit, value);
}


static void
start_run(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit,
    const wf_value_t *value)
{
    wf_loaded_t  *loaded;
    wf_record_t  *started;

    loaded = live->loaded;

    if (wf_start_step(shard, live, submit, value) != WF_OK) {
        wf_shard_refuse(shard, submit);
        wf_shard_oom(shard);            /* if it is not down already */
        return;
    }

    /* The open batch is the one that its unit has just joined. */

    started = wf_arena_alloc(shard->open->arena, sizeof(wf_record_t));

    if (started == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    *started = wf_answer_started(&loaded->record);
    wf_answer(shard, submit, started, NULL);
}


/* The same call again hears what it would have heard the first time. */

static void
start_again(wf_shard_t *shard, wf_submit_t *submit, const wf_record_t *record)
{
    wf_record_t  started;

    started = wf_answer_started(record);
    wf_answer_copy(shard, submit, &started);
}


static void
start_taken(wf_shard_t *shard, wf_submit_t *submit, const wf_record_t *record)
{
    if (record->start_key == submit->key && submit->key != 0) {
        start_again(shard, submit, record);
        return;
    }

    wf_answer_error(shard, submit, WF_E_EXECUTION_EXISTS, submit->name,
                    submit->flow_name);
}


static void
start_ended(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    start_taken(shard, submit, shard->found);
}


static void
start_over(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    start_taken(shard, submit, &live->loaded->record);
}


/* One runs under that name. */

static void
start_found(wf_shard_t *shard, wf_submit_t *submit, const wf_record_t *record)
{
    if (submit->is_idempotent && !wf_str_eq(submit->input, record->input)) {
        start_taken(shard, submit, record);
        return;
    }

    start_again(shard, submit, record);
}


static void
start_running(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    start_found(shard, submit, &live->loaded->record);
}


/* What the index says of a running one we own is what we published. */

static void
start_resting(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_batch_t   *batch;
    wf_record_t   record;

    batch = wf_batch_open(shard);

    if (batch != NULL
        && shard->port->lookup(shard->port, batch->arena, shard->no,
                               submit->flow_no, submit->name, &record)
           == WF_OK)
    {
        start_found(shard, submit, &record);
        return;
    }

    wf_start_wait_load(shard, live, submit);
}
