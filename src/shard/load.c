
/*
 * Bringing a resting execution back: its row and chunks by a reader thread,
 * replay in pieces between other work, its program from the catalogue.  Also
 * asks the catalogue whether a flow still exists.  A history that cannot be
 * read breaks that execution, not the shard.
 */

#include "shard/buggify.h"
#include "shard/serve.h"
#include "shard/tasks.h"


#define REPLAY_BYTES  (256 * 1024)  /* of chunks in one turn */
#define RETRY_MS      1000          /* after the store could not be read */


static void load_fetched(wf_fetch_t *fetch, int64_t now_ms);
static wf_rc_t load_build(wf_errand_t *errand);
static void load_failed(wf_errand_t *errand, const wf_error_t *err);
static void load_gone(wf_errand_t *errand);
static void load_broken(wf_errand_t *errand, const char *text,
    const wf_error_t *err);
static void load_more(wf_errand_t *errand);
static void load_program(wf_errand_t *errand);
static void load_woken(wf_waiter_t *waiter, wf_rc_t rc,
    wf_revision_t *revision, const wf_error_t *err, int64_t now_ms);
static void load_install(wf_errand_t *errand, wf_revision_t *revision);
static void check_woken(wf_waiter_t *waiter, wf_rc_t rc,
    wf_revision_t *revision, const wf_error_t *err, int64_t now_ms);
static void load_ready(wf_shard_t *shard, wf_live_t *live);


static void
load_away(wf_errand_t *errand, wf_fetch_t *fetch)
{
    wf_error_t  err;

    if (errand->fetch != NULL) {
        wf_fetch_free(errand->fetch);
    }

    errand->fetch = fetch;
    errand->chunk = 0;

    if (fetch == NULL) {
        wf_error_set(&err, WF_E_INTERNAL, "out of memory");
        load_failed(errand, &err);
        return;
    }

    errand->is_away = true;
    errand->shard->load_count++;
}


static void
load_begin(wf_shard_t *shard, wf_live_t *live, bool is_ended)
{
    wf_errand_t  *errand;

    errand = wf_errand_of(shard, shard->lives, live);

    if (errand == NULL) {
        wf_shard_oom(shard);
        return;
    }

    errand->is_ended = is_ended;
    wf_live_phase(shard->lives, live, WF_LIVE_LOADING);

    load_away(errand, wf_read_history(shard->port, shard->no, live->flow_no,
                                      wf_live_name(live), load_fetched,
                                      errand));
}


void
wf_load_begin(wf_shard_t *shard, wf_live_t *live)
{
    load_begin(shard, live, false);
}


void
wf_load_ended(wf_shard_t *shard, wf_live_t *live)
{
    load_begin(shard, live, true);
}


static void
load_fetched(wf_fetch_t *fetch, int64_t now_ms)
{
    wf_shard_t   *shard;
    wf_errand_t  *errand;

    errand = fetch->data;
    shard = errand->shard;
    wf_shard_now(shard, now_ms);
    errand->is_away = false;
    shard->load_count--;
    wf_shard_want_turn(shard);

    if (fetch->read.rc == WF_DECLINED && errand->is_ended) {
        load_gone(errand);
        return;
    }

    if (fetch->read.rc == WF_DECLINED) {
        load_broken(errand, "it is not in the store", NULL);
        return;
    }

    if (fetch->read.rc != WF_OK) {
        if (fetch->row_count > 0 && errand->loaded == NULL) {
            load_broken(errand, "its record", &fetch->read.err);

        } else {
            load_failed(errand, &fetch->read.err);
        }

        return;
    }

    if (errand->loaded == NULL && load_build(errand) != WF_OK) {
        return;
    }

    errand->is_replaying = true;
    errand->next_replay = NULL;
    *shard->last_replay = errand;
    shard->last_replay = &errand->next_replay;
}


/* Its strings move to its home, but for those of an end, which nobody will
 * ask for any more. */

static wf_rc_t
record_own(wf_loaded_t *loaded)
{
    wf_arena_t   *home;
    wf_record_t  *record;

    home = loaded->exec->home;
    record = &loaded->record;
    record->name = wf_arena_copy(home, record->name);
    record->input = wf_arena_copy(home, record->input);
    record->callback_token = wf_arena_copy(home, record->callback_token);
    record->qualifier = wf_arena_copy(home, record->qualifier);
    record->redrive_token = wf_arena_copy(home, record->redrive_token);
    record->redrives = wf_arena_copy(home, record->redrives);
    record->output = wf_str_none;
    record->error = wf_str_none;
    record->cause = wf_str_none;

    return record->name.data && record->input.data
           && record->callback_token.data && record->qualifier.data
           && record->redrive_token.data && record->redrives.data
           ? WF_OK : WF_ERROR;
}


/* The loaded part from the row. */

static wf_rc_t
load_build(wf_errand_t *errand)
{
    wf_live_t   *live;
    wf_error_t   err;
    wf_fetch_t  *fetch;

    live = errand->live;
    fetch = errand->fetch;

    if (errand->is_ended) {
        live->exec_no = fetch->rows[0].exec_no;
        errand->shard->lives->running_count++;
    }

    if (fetch->rows[0].exec_no != live->exec_no
        || wf_status_is_final(fetch->rows[0].status) != errand->is_ended)
    {
        load_broken(errand, "the store knows another one", NULL);
        return WF_ERROR;
    }

    errand->loaded = wf_loaded_create(errand->shard->lives, live);
    errand->last_seq = fetch->rows[0].last_seq;

    if (errand->loaded == NULL) {
        wf_error_set(&err, WF_E_INTERNAL, "out of memory");
        load_failed(errand, &err);
        return WF_ERROR;
    }

    errand->loaded->shard = errand->shard;

    errand->loaded->record = fetch->records[0];

    if (record_own(errand->loaded) != WF_OK) {
        wf_error_set(&err, WF_E_INTERNAL, "out of memory");
        load_failed(errand, &err);
        return WF_ERROR;
    }

    return WF_OK;
}


/* Not one of those that run, after all. */

static void
uncount(wf_shard_t *shard, wf_live_t *live)
{
    if (live->exec_no != 0) {
        live->exec_no = 0;
        shard->lives->running_count--;
    }

    wf_live_phase(shard->lives, live, WF_LIVE_FRESH);
}


/* What is over stays in the store. */

static void
load_unmake(wf_errand_t *errand, const wf_error_t *err)
{
    wf_live_t   *live;
    wf_shard_t  *shard;

    live = errand->live;
    shard = errand->shard;
    errand->is_ended = false;

    if (errand->loaded != NULL) {
        wf_loaded_free(shard->lives, errand->loaded);
        errand->loaded = NULL;
    }

    uncount(shard, live);

    if (err != NULL) {
        wf_start_fail(shard, live, err);
    }

    wf_start_serve(shard, live);
}


/* It was erased meanwhile: its name is free. */

static void
load_gone(wf_errand_t *errand)
{
    load_unmake(errand, NULL);
}


void
wf_load_drop(wf_shard_t *shard, wf_live_t *live)
{
    wf_error_t  err;

    wf_loaded_free(shard->lives, live->loaded);
    uncount(shard, live);
    wf_error_set(&err, WF_E_INTERNAL, "it could not be redriven");
    wf_start_fail(shard, live, &err);
}


/* The world's failure: it rests as before, and is tried again. */

static void
load_failed(wf_errand_t *errand, const wf_error_t *err)
{
    wf_live_t   *live;
    wf_shard_t  *shard;

    live = errand->live;
    shard = errand->shard;

    wf_shard_log(shard, live, "could not be loaded", err);

    if (errand->is_ended) {
        load_unmake(errand, err);
        return;
    }

    if (errand->loaded != NULL) {
        wf_loaded_free(shard->lives, errand->loaded);
        errand->loaded = NULL;
    }

    wf_live_phase(shard->lives, live, WF_LIVE_RESTING);
    wf_start_fail(shard, live, err);
    wf_errand_remove(shard->lives, errand);

    if (wf_live_due(shard->lives, live, shard->now_ms + RETRY_MS) != WF_OK) {
        wf_shard_oom(shard);
    }

    wf_shard_arm(shard);
}


static void
load_broken(wf_errand_t *errand, const char *text, const wf_error_t *err)
{
    wf_live_t   *live;
    wf_error_t   why;
    wf_shard_t  *shard;

    live = errand->live;
    shard = errand->shard;

    wf_error_set(&why, WF_E_INTERNAL, "%s", err ? err->arg[0] : "");
    wf_error_wrap(&why, "%s", text);
    wf_shard_log(shard, live, "is broken and will not run", &why);

    if (errand->is_ended) {
        load_unmake(errand, &why);
        return;
    }

    wf_live_phase(shard->lives, live, WF_LIVE_BROKEN);
    wf_start_fail(shard, live, &why);
    wf_errand_remove(shard->lives, errand);
}


void
wf_load_replays(wf_shard_t *shard)
{
    size_t        bytes;
    wf_str_t      chunk;
    wf_error_t    err;
    wf_errand_t  *errand;

    for (bytes = 0; shard->replays != NULL && bytes < REPLAY_BYTES; ) {
        if (bytes > 0 && wf_buggify(200)) {
            break;
        }

        errand = shard->replays;

        if (errand->chunk < errand->fetch->chunk_count) {
            chunk = errand->fetch->chunks[errand->chunk++];
            bytes += chunk.len;
            wf_error_clear(&err);

            if (wf_engine_replay(errand->loaded->exec, chunk, &err) == WF_OK) {
                continue;
            }

        } else {
            wf_error_clear(&err);
        }

        errand->is_replaying = false;
        shard->replays = errand->next_replay;

        if (shard->replays == NULL) {
            shard->last_replay = &shard->replays;
        }

        if (err.code != WF_E_NONE) {
            load_broken(errand, "its history", &err);

        } else if (errand->fetch->has_more) {
            load_more(errand);

        } else {
            load_program(errand);
        }
    }

    if (shard->replays != NULL) {
        wf_shard_want_turn(shard);
    }
}


static void
load_more(wf_errand_t *errand)
{
    wf_shard_t  *shard;

    shard = errand->shard;

    load_away(errand, wf_read_chunks(shard->port, shard->no,
                                     errand->live->exec_no,
                                     errand->loaded->exec->codec.seq + 1,
                                     load_fetched, errand));
}


static void
load_program(wf_errand_t *errand)
{
    wf_rc_t         rc;
    wf_exec_t      *exec;
    wf_error_t      err;
    wf_shard_t     *shard;
    wf_revision_t  *revision;

    shard = errand->shard;
    exec = errand->loaded->exec;

    if (wf_status_is_final(exec->status) != errand->is_ended
        || exec->codec.seq < errand->last_seq)
    {
        load_broken(errand, "its history ends too early", NULL);
        return;
    }

    wf_fetch_free(errand->fetch);
    errand->fetch = NULL;
    errand->waiter.wake = load_woken;

    rc = wf_catalog_revision(shard->catalog, errand->live->flow_no,
                             errand->loaded->record.revision, &errand->waiter,
                             &revision);
    switch (rc) {

    case WF_OK:
        load_install(errand, revision);
        break;

    case WF_AGAIN:
        errand->is_waiting = true;
        break;

    case WF_DECLINED:
        load_install(errand, NULL);
        break;

    default:
        wf_error_set(&err, WF_E_INTERNAL, "out of memory");
        load_failed(errand, &err);
    }
}


static void
load_woken(wf_waiter_t *waiter, wf_rc_t rc, wf_revision_t *revision,
    const wf_error_t *err, int64_t now_ms)
{
    wf_errand_t  *errand;

    errand = waiter->data;
    errand->is_waiting = false;
    wf_shard_now(errand->shard, now_ms);
    wf_shard_want_turn(errand->shard);

    if (rc == WF_ERROR) {
        load_failed(errand, err);
        return;
    }

    load_install(errand, rc == WF_OK ? revision : NULL);
}


/* revision NULL: the flow is gone. */

static void
load_install(wf_errand_t *errand, wf_revision_t *revision)
{
    wf_live_t    *live;
    wf_shard_t   *shard;
    wf_loaded_t  *loaded;

    live = errand->live;
    shard = errand->shard;
    loaded = errand->loaded;
    errand->loaded = NULL;
    live->loaded = loaded;

    loaded->durable_seq = loaded->exec->codec.seq;
    loaded->resume_ms = shard->now_ms;
    loaded->revision = revision;
    loaded->is_gone = revision == NULL;
    loaded->identity.execution_name = loaded->record.name;
    loaded->identity.number = wf_shard_number(shard->no, live->exec_no);
    loaded->identity.token = wf_tasks_token;
    loaded->identity.activity = wf_tasks_activity;
    loaded->identity.data = loaded;

    if (revision != NULL) {
        loaded->identity.flow_name = revision->flow.name;
        loaded->identity.role = revision->flow.role;
        loaded->identity.environment = revision->flow.environment;
    }

    if (errand->is_ended) {
        errand->is_ended = false;
        loaded->resume_ms = 0;
        wf_live_phase(shard->lives, live, WF_LIVE_RUNNING);
        wf_start_serve(shard, live);
        return;
    }

    /* The index may have forgotten it. */

    shard->port->publish(shard->port, shard->no, &loaded->record);

    load_ready(shard, live);
}


static void
load_ready(wf_shard_t *shard, wf_live_t *live)
{
    wf_live_phase(shard->lives, live, WF_LIVE_RUNNING);

    if (!live->loaded->is_gone) {
        wf_tasks_results(shard, live);
    }

    if (shard->state == WF_SHARD_OPEN && live->phase == WF_LIVE_RUNNING) {
        wf_run_touch(shard, live);
    }

    if (shard->state < WF_SHARD_DOWN) {
        wf_start_serve(shard, live);
    }
}


wf_rc_t
wf_load_check(wf_shard_t *shard, wf_live_t *live)
{
    wf_rc_t       rc;
    uint64_t      version;
    wf_errand_t  *errand;
    wf_loaded_t  *loaded;

    loaded = live->loaded;

    if (loaded->is_gone) {
        return WF_DECLINED;
    }

    version = shard->port->catalog_version(shard->port);

    if (version == loaded->version) {
        return WF_OK;
    }

    errand = wf_errand_of(shard, shard->lives, live);

    if (errand == NULL) {
        wf_shard_oom(shard);
        return WF_AGAIN;
    }

    errand->waiter.wake = check_woken;
    rc = wf_catalog_check(shard->catalog, loaded->revision, &errand->waiter);

    if (rc == WF_AGAIN) {
        errand->is_waiting = true;
        wf_live_phase(shard->lives, live, WF_LIVE_LOADING);
        return WF_AGAIN;
    }

    if (errand->first == NULL) {
        wf_errand_remove(shard->lives, errand);
    }

    /* Without memory for the question it is asked at the next touch. */

    loaded->is_gone = rc == WF_DECLINED;

    if (rc == WF_OK) {
        loaded->version = version;
    }

    return loaded->is_gone ? WF_DECLINED : WF_OK;
}


static void
check_woken(wf_waiter_t *waiter, wf_rc_t rc, wf_revision_t *revision,
    const wf_error_t *err, int64_t now_ms)
{
    wf_shard_t   *shard;
    wf_errand_t  *errand;
    wf_loaded_t  *loaded;

    errand = waiter->data;
    shard = errand->shard;
    loaded = errand->live->loaded;
    errand->is_waiting = false;
    wf_shard_now(shard, now_ms);
    wf_shard_want_turn(shard);

    if (rc == WF_OK) {
        wf_revision_release(revision);

    } else if (rc == WF_ERROR) {
        wf_shard_log(shard, errand->live, "could not look for its flow", err);
    }

    /* Good for this touch, even if the catalogue has moved on meanwhile. */

    loaded->is_gone = rc == WF_DECLINED;
    loaded->version = shard->port->catalog_version(shard->port);

    load_ready(shard, errand->live);
}
