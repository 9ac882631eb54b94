
/*
 * A ledger of one execution's tasks, read from its events alone, not from
 * what the engine makes of them: who was called, who has answered, what was
 * given up, what the map runs have counted, and what was not to happen before
 * its time.  Knows no store and no shard.
 */

#include "base/json.h"
#include "engine/exec.h"
#include "t/sim/ledger.h"


typedef struct spot_s  spot_t;
typedef struct run_s   run_t;

/* A branch. */
struct spot_s {
    uint32_t     no;
    uint32_t     parent;            /* WF_NONE: the root */
    bool         is_over;
    bool         is_left;           /* not even a redrive wakes it */
    int64_t      not_before_ms;     /* its next event */
    sim_debt_t  *debt;              /* its own, open */
    run_t       *run;               /* its latest */
    spot_t      *next;
};

struct run_s {
    wf_str_t     name;
    uint32_t     total;
    uint32_t     started;
    uint32_t     ended[2];          /* succeeded, failed */
    bool        *is_done;           /* by place: it has succeeded */
    uint32_t     redo;              /* places before that are taken up again */
    uint32_t     redo_end;
    run_t       *next;
};

struct sim_ledger_s {
    wf_codec_t     codec;
    spot_t        *spots;
    sim_debt_t    *debts;
    run_t         *runs;
    uint32_t       open_count;
    sim_links_t   *links;
    int64_t        timeout_ms;
    const char    *trouble;
};

typedef void (*note_pt)(sim_ledger_t *ledger, const wf_event_t *event,
    spot_t *spot);


sim_ledger_t *
sim_ledger_create(void)
{
    sim_ledger_t  *ledger;

    ledger = wf_arena_calloc(sim.arena, sizeof(sim_ledger_t));
    ledger->spots = wf_arena_calloc(sim.arena, sizeof(spot_t));
    ledger->spots->parent = WF_NONE;
    ledger->links = sim_links_create();

    return ledger;
}


static void
wrong(sim_ledger_t *ledger, const char *what)
{
    if (ledger->trouble == NULL) {
        ledger->trouble = what;
    }
}


static spot_t *
spot_of(sim_ledger_t *ledger, uint32_t no)
{
    spot_t  *spot;

    for (spot = ledger->spots; spot != NULL; spot = spot->next) {
        if (spot->no == no) {
            break;
        }
    }

    return spot;
}


static bool
is_under(sim_ledger_t *ledger, const spot_t *spot, uint32_t owner)
{
    while (spot != NULL && spot->parent != WF_NONE) {
        if (spot->parent == owner) {
            return true;
        }

        spot = spot_of(ledger, spot->parent);
    }

    return false;
}


sim_debt_t *
sim_ledger_debts(const sim_ledger_t *ledger)
{
    return ledger->debts;
}


static sim_debt_t *
debt_of(const sim_ledger_t *ledger, uint64_t task)
{
    sim_debt_t  *debt;

    for (debt = ledger->debts; debt != NULL; debt = debt->next) {
        if (debt->task == task) {
            break;
        }
    }

    return debt;
}


const sim_debt_t *
sim_ledger_find(const sim_ledger_t *ledger, uint64_t task)
{
    return debt_of(ledger, task);
}


static sim_debt_t *
debt_add(sim_ledger_t *ledger, const wf_event_t *event)
{
    sim_debt_t  *debt;

    debt = wf_arena_calloc(sim.arena, sizeof(sim_debt_t));
    debt->task = event->seq;
    debt->branch = event->branch;
    debt->due_ms = event->due_ms;
    debt->next = ledger->debts;
    ledger->debts = debt;
    ledger->open_count++;

    return debt;
}


static void
debt_end(sim_ledger_t *ledger, sim_debt_t *debt, const wf_event_t *event)
{
    wf_buf_t  text;

    if (debt->state != SIM_DEBT_OPEN) {
        wrong(ledger, "a task ends twice");
        return;
    }

    ledger->open_count--;
    debt->state = event->output != NULL ? SIM_DEBT_PAID : SIM_DEBT_FAILED;
    debt->event_id = event->event_id;

    if (event->output != NULL) {
        wf_buf_init(&text, sim.arena, 64);
        wf_json_print(&text, event->output);
        debt->output = wf_buf_done(&text);
    }
}


static void
give_up(sim_ledger_t *ledger, uint32_t owner, bool is_all)
{
    spot_t      *spot;
    sim_debt_t  *debt;

    for (debt = ledger->debts; debt != NULL; debt = debt->next) {
        spot = spot_of(ledger, debt->branch);

        if (debt->state == SIM_DEBT_OPEN
            && (is_all || debt->branch == owner
                || is_under(ledger, spot, owner)))
        {
            debt->state = SIM_DEBT_GIVEN_UP;
            debt->ended_ms = sim.time_ms;
            ledger->open_count--;
        }
    }
}


/*
 * Events
 */

static void
note_started(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    (void) spot;
    ledger->timeout_ms = event->due_ms;
}


/* Whatever is not left, and not forgotten, may go on. */
static void
note_redriven(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    ledger->timeout_ms = event->due_ms;

    for (spot = ledger->spots; spot != NULL; spot = spot->next) {
        spot->is_over = spot->is_left;
        spot->not_before_ms = 0;
    }
}


static void
note_forgotten(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    spot_t  *other;

    (void) spot;

    for (other = ledger->spots; other != NULL; other = other->next) {
        other->is_left |= is_under(ledger, other, event->branch);
    }
}


static void
note_end(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    (void) spot;

    if (event->type == WF_EVENT_EXECUTION_TIMED_OUT
        && event->time_ms < ledger->timeout_ms)
    {
        wrong(ledger, "it times out too early");
    }

    if (event->type == WF_EVENT_EXECUTION_SUCCEEDED && ledger->open_count > 0)
    {
        wrong(ledger, "it succeeds with open tasks");
    }

    give_up(ledger, 0, true);
}


static void
note_wait(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    (void) ledger;
    spot->not_before_ms = event->due_ms;
}


/* All that it has begun is forgotten. */
static void
note_retry(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    note_wait(ledger, event, spot);
    note_forgotten(ledger, event, spot);
}


static void
note_branch(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    if (spot != NULL) {
        wrong(ledger, "a branch begins twice");
        return;
    }

    spot = wf_arena_calloc(sim.arena, sizeof(spot_t));
    spot->no = event->branch;
    spot->parent = event->parent;
    spot->next = ledger->spots;
    ledger->spots = spot;
}


static void
note_exit(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    (void) event;

    if (spot->debt != NULL && spot->debt->state == SIM_DEBT_OPEN) {
        wrong(ledger, "a branch ends with an open task");
    }

    spot->is_over = true;
    spot->is_left = true;
}


static void
note_abandoned(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    spot_t  *other;

    (void) spot;
    give_up(ledger, event->branch, false);

    for (other = ledger->spots; other != NULL; other = other->next) {
        other->is_over |= is_under(ledger, other, event->branch);
    }
}


/* Its own task, too; the branch may go on, if it is caught. */
static void
note_broken(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    note_abandoned(ledger, event, spot);
}


static void
note_scheduled(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    if (spot->debt != NULL && spot->debt->state == SIM_DEBT_OPEN) {
        wrong(ledger, "two tasks of one branch at a time");
    }

    spot->debt = debt_add(ledger, event);
}


/* Given up when there is no word of it, too. */
static void
note_opened(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    int64_t  silent_ms;

    note_scheduled(ledger, event, spot);
    silent_ms = event->time_ms + event->width * 1000ll;

    if (event->width
        && (spot->debt->due_ms == 0 || silent_ms < spot->debt->due_ms))
    {
        spot->debt->due_ms = silent_ms;
    }
}


static void
note_taken(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    sim_debt_t  *debt;

    debt = event->type == WF_EVENT_MAP_ITEM_TAKEN
           ? debt_of(ledger, event->task) : spot->debt;

    if (debt == NULL || debt->state != SIM_DEBT_OPEN || debt->is_taken) {
        wrong(ledger, "a task is taken that is not to be called");
        return;
    }

    debt->is_taken = true;
}


static void
note_answer(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    if (spot->debt == NULL) {
        wrong(ledger, "an answer to no task");
        return;
    }

    if (event->type == WF_EVENT_TASK_TIMED_OUT
        && (spot->debt->due_ms == 0 || event->time_ms < spot->debt->due_ms))
    {
        wrong(ledger, "a task times out too early");
    }

    debt_end(ledger, spot->debt, event);
}


static void
note_run(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    run_t  *run;

    run = wf_arena_calloc(sim.arena, sizeof(run_t));
    run->name = wf_arena_copy(sim.arena,
                    wf_value_get(event->output, wf_str("MapRunName"))
                        ->u.string);
    run->total = event->input->count;
    run->is_done = wf_arena_calloc(sim.arena, run->total + 1);
    run->next = ledger->runs;
    ledger->runs = run;
    spot->run = run;
}


static void
note_item(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    sim_debt_t  *debt;

    if (spot->run == NULL || event->index != spot->run->started
        || event->index >= spot->run->total)
    {
        wrong(ledger, "an item that is not the next");
        return;
    }

    if (spot->run->redo < spot->run->redo_end) {
        wrong(ledger, "an item begins before others go on");
    }

    spot->run->started++;
    debt = debt_add(ledger, event);
    debt->is_item = true;
    debt->place = event->index;
}


static void
redo_find(run_t *run)
{
    while (run->redo < run->redo_end && run->is_done[run->redo]) {
        run->redo++;
    }
}


static void
note_run_again(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    run_t     *run;
    wf_str_t   name;

    name = wf_value_get(event->output, wf_str("MapRunName"))->u.string;

    for (run = ledger->runs; run != NULL; run = run->next) {
        if (wf_str_eq(run->name, name)) {
            break;
        }
    }

    if (run == NULL || run != spot->run) {
        wrong(ledger, "a map run that is not the latest goes on");
        return;
    }

    run->ended[1] = 0;
    run->redo = 0;
    run->redo_end = run->started;
    redo_find(run);
}


/* None that has succeeded, and none twice. */
static void
note_item_again(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    run_t       *run;
    sim_debt_t  *debt;

    run = spot->run;

    if (run == NULL || run->redo >= run->redo_end || event->index != run->redo)
    {
        wrong(ledger, "an item goes on that has not to");
        return;
    }

    run->redo++;
    redo_find(run);
    debt = debt_add(ledger, event);
    debt->is_item = true;
    debt->place = event->index;
}


static void
note_item_end(sim_ledger_t *ledger, const wf_event_t *event, spot_t *spot)
{
    sim_debt_t  *debt;

    debt = debt_of(ledger, event->task);

    if (debt == NULL || !debt->is_item || debt->branch != event->branch) {
        wrong(ledger, "an end of no item");
        return;
    }

    debt_end(ledger, debt, event);
    spot->run->ended[event->output == NULL]++;
    spot->run->is_done[debt->place] = event->output != NULL;
}


static const note_pt  notes[WF_EVENT_END] = {
    [WF_EVENT_EXECUTION_STARTED] = note_started,
    [WF_EVENT_EXECUTION_SUCCEEDED] = note_end,
    [WF_EVENT_EXECUTION_FAILED] = note_end,
    [WF_EVENT_EXECUTION_STOPPED] = note_end,
    [WF_EVENT_EXECUTION_TIMED_OUT] = note_end,
    [WF_EVENT_WAIT_STARTED] = note_wait,
    [WF_EVENT_RETRY_SCHEDULED] = note_retry,
    [WF_EVENT_STEP_CAUGHT] = note_forgotten,
    [WF_EVENT_ERROR_CAUGHT] = note_forgotten,
    [WF_EVENT_EXECUTION_REDRIVEN] = note_redriven,
    [WF_EVENT_BRANCH_ENTERED] = note_branch,
    [WF_EVENT_ITERATION_ENTERED] = note_branch,
    [WF_EVENT_BRANCH_EXITED] = note_exit,
    [WF_EVENT_ITERATION_EXITED] = note_exit,
    [WF_EVENT_BRANCH_ABANDONED] = note_abandoned,
    [WF_EVENT_ITERATION_FAILED] = note_abandoned,
    [WF_EVENT_MAP_RUN_FAILED] = note_abandoned,
    [WF_EVENT_EVALUATION_FAILED] = note_broken,
    [WF_EVENT_STATE_ABORTED] = note_broken,
    [WF_EVENT_ITERATION_ABORTED] = note_broken,
    [WF_EVENT_TASK_OPENED] = note_opened,
    [WF_EVENT_TASK_SCHEDULED] = note_scheduled,
    [WF_EVENT_TASK_SUBMITTED] = note_taken,
    [WF_EVENT_TASK_SUBMIT_FAILED] = note_answer,
    [WF_EVENT_TASK_SUCCEEDED] = note_answer,
    [WF_EVENT_TASK_FAILED] = note_answer,
    [WF_EVENT_TASK_TIMED_OUT] = note_answer,
    [WF_EVENT_MAP_RUN_STARTED] = note_run,
    [WF_EVENT_MAP_ITEM_STARTED] = note_item,
    [WF_EVENT_MAP_ITEM_TAKEN] = note_taken,
    [WF_EVENT_MAP_ITEM_ENDED] = note_item_end,
    [WF_EVENT_MAP_ITEM_REFUSED] = note_item_end,
    [WF_EVENT_MAP_ITEM_REDRIVEN] = note_item_again,
    [WF_EVENT_MAP_RUN_REDRIVEN] = note_run_again
};


static bool
is_new_branch(uint8_t type)
{
    return type == WF_EVENT_BRANCH_ENTERED
           || type == WF_EVENT_ITERATION_ENTERED;
}


static void
note(sim_ledger_t *ledger, const wf_event_t *event)
{
    spot_t  *spot;

    spot = NULL;

    if (strchr(wf_event_fields(event->type), 'B') != NULL) {
        spot = spot_of(ledger, event->branch);

        if (!is_new_branch(event->type)) {
            if (spot == NULL || spot->is_over) {
                wrong(ledger, "an event of no branch");
                return;
            }

            if (event->time_ms < spot->not_before_ms
                && event->type != WF_EVENT_STATE_ABORTED
                && event->type != WF_EVENT_ITERATION_ABORTED)
            {
                wrong(ledger, "a wait ends too early");
            }

            spot->not_before_ms = 0;
        }
    }

    if (notes[event->type] != NULL) {
        notes[event->type](ledger, event, spot);
    }
}


/* NULL: all is well. */
const char *
sim_ledger_read(sim_ledger_t *ledger, wf_str_t chunk)
{
    uint32_t     i, count;
    wf_event_t   event;
    wf_error_t   err;
    const char  *trouble;
    wf_reader_t  reader;

    if (wf_chunk_open(chunk, &reader, &count, &err) != WF_OK) {
        return "a chunk is damaged";
    }

    for (i = 0; i < count; i++) {
        if (wf_event_decode(sim.arena, &reader, &ledger->codec, &event, &err)
            != WF_OK)
        {
            return "an event is malformed";
        }

        sim_say("    %llu: event %u, branch %u, task %llu, index %u",
                (unsigned long long) event.seq, event.type, event.branch,
                (unsigned long long) event.task, event.index);
        note(ledger, &event);
        trouble = sim_links_read(ledger->links, &event);

        if (trouble) {
            wrong(ledger, trouble);
        }
    }

    return ledger->trouble;
}


/* The engine's own sums against ours. */
const char *
sim_ledger_compare(const sim_ledger_t *ledger, const wf_exec_t *exec)
{
    const run_t         *run;
    const wf_map_run_t  *theirs;

    if (exec->tasks.live != ledger->open_count) {
        return "not so many tasks are open";
    }

    for (run = ledger->runs; run != NULL; run = run->next) {
        theirs = wf_exec_map_run(exec, run->name);

        if (theirs == NULL || theirs->total != run->total
            || theirs->succeeded != run->ended[0]
            || theirs->failed != run->ended[1]
            || theirs->pending + theirs->running + theirs->aborted
               + theirs->pending_redrive
               != run->total - run->ended[0] - run->ended[1])
        {
            return "a map run has counted wrongly";
        }
    }

    return NULL;
}
