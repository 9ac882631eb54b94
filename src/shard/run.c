
/*
 * Inputs into the engine: one at a time, with the time and a seed, into the
 * open batch.  Decides who moves in a turn: due timers and executions that
 * yielded, in slices, so that the loop is never held.
 */

#include "shard/buggify.h"
#include "shard/open.h"
#include "shard/runs.h"
#include "shard/tasks.h"
#include "shard/turn.h"


#define DUE_MAX      100        /* executions a tick looks at */
#define YIELDED_MAX  8          /* continuations a turn runs */
#define LOADS_MAX    128        /* reads away for due executions */
#define ASK_MS       1          /* then what is looked up is asked for again */
#define REFUSED_MS   1000       /* then a timer the engine refused is tried
                                   again */


static void run_broken(wf_shard_t *shard, wf_live_t *live,
    const wf_error_t *err);
static wf_rc_t run_outbox(wf_shard_t *shard, wf_loaded_t *loaded,
    const wf_effect_t *effect);
static void run_after(wf_shard_t *shard, wf_live_t *live, bool wants_continue);
static void unyield(wf_shard_t *shard, wf_loaded_t *loaded);


/*
 * An end from outside needs no program: the flow may be gone, its definition
 * may not compile any more, or not be what the history was made with.  This
 * one stands for all of them.
 */
static const wf_program_t  no_program = {
    .dialect = WF_DIALECT_CFL,
    .node_count = UINT32_MAX,
    .scope_count = UINT32_MAX
};


static bool
is_end(const wf_input_t *input)
{
    return input->type == WF_INPUT_STOP || input->type == WF_INPUT_FLOW_GONE;
}


static const wf_program_t *
program_for(const wf_loaded_t *loaded, const wf_input_t *input)
{
    if (loaded->revision != NULL && loaded->revision->program != NULL) {
        return loaded->revision->program;
    }

    return is_end(input) ? &no_program : NULL;
}


static bool
is_oom(const wf_error_t *err)
{
    return wf_str_eq(wf_error_arg(err, 0), wf_str("out of memory"));
}


static wf_rc_t
run_step(wf_shard_t *shard, wf_loaded_t *loaded, const wf_program_t *program,
    const wf_input_t *input, wf_error_t *err)
{
    wf_rc_t     rc;
    uint32_t    count;
    wf_step_t  *step;

    step = &loaded->unit->step;
    count = step->event_count;
    step->wants_continue = false;
    step->cancel_requested = false;
    step->is_double = false;
    wf_error_clear(err);

    rc = wf_engine_step(loaded->exec, program, &loaded->identity, input,
                        shard->scratch, step, err);

    if (rc == WF_ERROR && is_end(input) && program != &no_program
        && step->event_count == count && !is_oom(err))
    {
        wf_error_clear(err);
        rc = wf_engine_step(loaded->exec, &no_program, &loaded->identity,
                            input, shard->scratch, step, err);
    }

    wf_arena_reset(shard->scratch);

    return rc;
}


wf_rc_t
wf_run_input(wf_shard_t *shard, wf_live_t *live, wf_input_t *input)
{
    wf_rc_t              rc;
    uint32_t             count;
    wf_unit_t           *unit;
    wf_error_t           err;
    wf_effect_t        **effects;
    wf_loaded_t         *loaded;
    const wf_program_t  *program;

    loaded = live->loaded;
    program = program_for(loaded, input);

    if (program == NULL) {
        shard->stats.dropped++;
        return WF_DECLINED;
    }

    wf_loaded_touch(shard->lives, loaded);
    unit = wf_batch_unit(shard, loaded);

    if (unit == NULL) {
        wf_shard_oom(shard);
        return WF_ERROR;
    }

    /* Law 7, for the execution as well as for the shard. */

    input->now_ms = wf_max(shard->now_ms, loaded->exec->codec.time_ms);
    shard->port->random(shard->port, &input->random_seed,
                        sizeof(input->random_seed));
    input->map_concurrency = (uint32_t) shard->port->quota.map_concurrency;
    input->wait_speed = (uint32_t) shard->port->quota.wait_speed;
    input->clock = shard->port->clock;

    count = unit->step.event_count;
    effects = unit->step.last_effect;
    rc = run_step(shard, loaded, program, input, &err);

    if (rc == WF_ERROR) {
        if (unit->step.event_count == count && !is_oom(&err)) {
            run_broken(shard, live, &err);

        } else {
            wf_shard_down(shard, &err);
        }

        return WF_ERROR;
    }

    if (rc == WF_DECLINED) {
        shard->stats.dropped++;
        return WF_DECLINED;
    }

    shard->stats.events += unit->step.event_count - count;

    if (run_outbox(shard, loaded, *effects) != WF_OK) {
        wf_shard_oom(shard);
        return WF_ERROR;
    }

    run_after(shard, live, unit->step.wants_continue);

    return WF_OK;
}


/* Parcels go with the events that make them true. */

static wf_rc_t
run_outbox(wf_shard_t *shard, wf_loaded_t *loaded, const wf_effect_t *effect)
{
    for ( /* void */ ; effect != NULL; effect = effect->next) {

        if (effect->type == WF_EFFECT_CANCEL && effect->mode == WF_CALL_SYNC
            && wf_outbox_stop(shard, loaded, effect) != WF_OK)
        {
            return WF_ERROR;
        }

        if (effect->type == WF_EFFECT_MESSAGE
            && wf_outbox_message(shard, loaded, effect) != WF_OK)
        {
            return WF_ERROR;
        }

        if (effect->type == WF_EFFECT_RUN
            && wf_runs_next(shard, loaded, effect) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    if (wf_status_is_final(loaded->exec->status)
        && wf_outbox_token(&loaded->record).len > 0)
    {
        return wf_outbox_report(shard, loaded);
    }

    return WF_OK;
}


/* It was refused before anything happened: its own trouble, nobody else's. */

static void
run_broken(wf_shard_t *shard, wf_live_t *live, const wf_error_t *err)
{
    wf_shard_log(shard, live, "is broken and will not run", err);

    if (live->loaded->owes) {
        unyield(shard, live->loaded);
    }

    wf_live_due(shard->lives, live, 0);
    wf_live_phase(shard->lives, live, WF_LIVE_BROKEN);
}


/* Something is being looked up: not in the next turn, but soon. */

static void
run_ask(wf_shard_t *shard, wf_loaded_t *loaded)
{
    loaded->is_asking = false;

    if (loaded->owes) {
        unyield(shard, loaded);
    }

    if (wf_live_due(shard->lives, loaded->live, shard->now_ms + ASK_MS)
        != WF_OK)
    {
        wf_shard_oom(shard);
        return;
    }

    wf_shard_arm(shard);
}


static void
run_after(wf_shard_t *shard, wf_live_t *live, bool wants_continue)
{
    wf_loaded_t  *loaded;

    loaded = live->loaded;
    loaded->is_cut = wants_continue;

    if (loaded->owes && !wants_continue) {
        unyield(shard, loaded);
    }

    if (wf_status_is_final(loaded->exec->status)) {
        wf_open_remove(shard->lives, live);
        wf_live_phase(shard->lives, live, WF_LIVE_OVER);
        wf_live_due(shard->lives, live, 0);
        return;
    }

    if (wants_continue && loaded->is_asking) {
        run_ask(shard, loaded);
        return;
    }

    if (wants_continue) {
        wf_live_due(shard->lives, live, 0);

        if (!loaded->owes) {
            loaded->owes = true;
            loaded->next_yielded = NULL;
            *shard->last_yielded = loaded;
            shard->last_yielded = &loaded->next_yielded;
        }

        wf_shard_want_turn(shard);
        return;
    }

    if (wf_live_due(shard->lives, live, wf_run_due_ms(loaded))
        != WF_OK)
    {
        wf_shard_oom(shard);
        return;
    }

    wf_shard_arm(shard);
}


/* A call that was lost is made again soon, whatever else happens. */

int64_t
wf_run_due_ms(const wf_loaded_t *loaded)
{
    int64_t  due_ms;

    due_ms = wf_exec_due_ms(loaded->exec);

    if (loaded->resume_ms == 0) {
        return due_ms;
    }

    return due_ms == 0 ? loaded->resume_ms
                       : wf_min(due_ms, loaded->resume_ms);
}


static void
unyield(wf_shard_t *shard, wf_loaded_t *loaded)
{
    wf_loaded_t  **at;

    for (at = &shard->yielded; *at != loaded; at = &(*at)->next_yielded) {
        wf_assert(*at != NULL);
    }

    *at = loaded->next_yielded;

    if (*at == NULL) {
        shard->last_yielded = at;
    }

    loaded->owes = false;
}


/* It cannot move, but can be stopped; another release may do better. */

static void
run_rest(wf_shard_t *shard, wf_live_t *live, const char *what,
    const wf_error_t *err)
{
    wf_shard_log(shard, live, what, err);
    wf_live_due(shard->lives, live, 0);
    wf_loaded_settle(shard->lives, live->loaded);
}


/* WF_ERROR: it does not go on just now. */

static wf_rc_t
run_resume(wf_shard_t *shard, wf_live_t *live)
{
    wf_error_t  err;

    wf_error_clear(&err);

    if (wf_tasks_resume(shard, live, &err) == WF_OK) {
        return live->phase == WF_LIVE_RUNNING && shard->state < WF_SHARD_DOWN
               ? WF_OK : WF_ERROR;
    }

    if (is_oom(&err)) {
        wf_shard_down(shard, &err);

    } else {
        run_rest(shard, live, "rests: what it owes is not known", &err);
    }

    return WF_ERROR;
}


void
wf_run_touch(wf_shard_t *shard, wf_live_t *live)
{
    int64_t       due_ms;
    wf_rc_t       rc;
    wf_input_t    input;
    wf_loaded_t  *loaded;

    loaded = live->loaded;

    if (loaded->revision != NULL && loaded->revision->program == NULL) {
        run_rest(shard, live, "rests: its definition does not compile",
                 loaded->revision->err);
        return;
    }

    rc = wf_load_check(shard, live);

    if (rc == WF_AGAIN) {
        return;
    }

    if (rc == WF_OK && loaded->resume_ms != 0) {
        if (run_resume(shard, live) != WF_OK) {
            return;
        }
    }

    input = (wf_input_t) { .type = WF_INPUT_TIMER };
    due_ms = wf_exec_due_ms(loaded->exec);

    if (rc == WF_DECLINED) {
        input.type = WF_INPUT_FLOW_GONE;

    } else if (loaded->is_cut) {
        input.type = WF_INPUT_CONTINUE;

    } else if (due_ms == 0 || due_ms > shard->now_ms) {
        input.type = 0;
    }

    if (input.type != 0 && wf_run_input(shard, live, &input) != WF_DECLINED) {
        return;
    }

    /* Nothing to do, or the engine does not agree: not again at once. */

    due_ms = wf_run_due_ms(loaded);

    if (input.type != 0) {
        due_ms = wf_max(due_ms, shard->now_ms + REFUSED_MS);
    }

    if (wf_live_due(shard->lives, live, due_ms) != WF_OK) {
        wf_shard_oom(shard);
        return;
    }

    wf_loaded_settle(shard->lives, loaded);
    wf_shard_arm(shard);
}


/* Is there no use in looking at due executions now? */

bool
wf_run_is_saturated(const wf_shard_t *shard)
{
    return shard->state != WF_SHARD_OPEN || shard->load_count >= LOADS_MAX
           || wf_batch_clogged(shard);
}


void
wf_run_due(wf_shard_t *shard)
{
    uint32_t         budget;
    wf_live_t       *live;
    wf_heap_node_t  *node;

    for (budget = DUE_MAX; budget > 0; budget--) {
        node = wf_heap_min(&shard->lives->due);

        if (node == NULL || node->due_ms > (uint64_t) shard->now_ms
            || wf_run_is_saturated(shard) || wf_buggify(50)
            || !wf_port_goes_on(shard->port))
        {
            break;
        }

        live = wf_live_of_due(node);
        wf_live_due(shard->lives, live, 0);

        if (live->phase == WF_LIVE_RESTING) {
            wf_load_begin(shard, live);

        } else if (live->phase == WF_LIVE_RUNNING) {
            wf_run_touch(shard, live);
        }
    }

    wf_shard_arm(shard);
}


void
wf_run_yielded(wf_shard_t *shard)
{
    bool           is_last;
    uint32_t       budget;
    wf_loaded_t   *loaded, **end;

    end = shard->last_yielded;

    for (budget = YIELDED_MAX; budget > 0; budget--) {
        loaded = shard->yielded;

        if (loaded == NULL || shard->state != WF_SHARD_OPEN
            || wf_batch_clogged(shard) || wf_buggify(50)
            || !wf_port_goes_on(shard->port))
        {
            break;
        }

        is_last = &loaded->next_yielded == end;
        unyield(shard, loaded);
        wf_run_touch(shard, loaded->live);

        if (is_last) {
            break;
        }
    }

    if (shard->yielded != NULL && shard->state == WF_SHARD_OPEN
        && !wf_batch_clogged(shard))
    {
        wf_shard_want_turn(shard);
    }
}
