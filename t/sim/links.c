
/*
 * A second opinion of a state machine's history (asl 22), from its events and
 * its definition's shape alone: which of them are shown, that their ids have
 * no gaps, and what each follows.  Knows no phase and no table of the engine.
 */

#include "engine/exec.h"
#include "t/sim/ledger.h"


typedef struct line_s  line_t;

/* A branch, as the history tells of it. */
struct line_s {
    uint32_t   no;
    line_t    *parent;
    uint64_t   last;            /* what its next event follows */
    uint64_t   fork;            /* what its next branch follows */
    uint64_t   result;          /* MAP_RUN_SUCCEEDED; 0: none */
    line_t    *next;
};

struct sim_links_s {
    bool       is_asl;
    uint64_t   shown;           /* ids so far */
    line_t    *lines;
};


sim_links_t *
sim_links_create(void)
{
    sim_links_t  *links;

    links = wf_arena_calloc(sim.arena, sizeof(sim_links_t));
    links->lines = wf_arena_calloc(sim.arena, sizeof(line_t));

    return links;
}


static line_t *
line_of(const sim_links_t *links, uint32_t no)
{
    line_t  *line;

    for (line = links->lines; line && line->no != no; line = line->next) {
        /* void */
    }

    return line;
}


static line_t *
line_add(sim_links_t *links, const wf_event_t *event)
{
    line_t  *line;

    line = wf_arena_calloc(sim.arena, sizeof(line_t));
    line->no = event->branch;
    line->parent = line_of(links, event->parent);
    line->last = line->parent->fork;
    line->next = links->lines;
    links->lines = line;

    return line;
}


/* What the event should follow. */
static uint64_t
expected(sim_links_t *links, const wf_event_t *event, line_t *line)
{
    switch (event->type) {

    case WF_EVENT_EXECUTION_STARTED:
    case WF_EVENT_EXECUTION_STOPPED:
    case WF_EVENT_EXECUTION_TIMED_OUT:
        return 0;

    case WF_EVENT_EXECUTION_FAILED:
        return event->cause_id;         /* of any branch */

    case WF_EVENT_STEP_ENTERED:
        return links->shown == 1 ? 0 : line->last;

    case WF_EVENT_STEP_SUCCEEDED:
        return line->result ? line->result : line->last;

    case WF_EVENT_ITERATION_FAILED:
        return line_of(links, event->parent)->last;

    default:
        return line->last;
    }
}


/* Shown, and the next one follows it. */
static bool
leads(const wf_event_t *event)
{
    return event->event_id != 0
           && event->type != WF_EVENT_STEP_SUCCEEDED
           && event->type != WF_EVENT_STATE_ABORTED
           && event->type != WF_EVENT_ITERATION_FAILED
           && event->type != WF_EVENT_ITERATION_ABORTED
           && event->type != WF_EVENT_MAP_RUN_SUCCEEDED;
}


static void
note_fork(sim_links_t *links, const wf_event_t *event, line_t *line)
{
    line_t  *failed, *other;

    switch (event->type) {

    case WF_EVENT_EXECUTION_REDRIVEN:

        for (other = links->lines; other; other = other->next) {
            other->last = event->event_id;
            other->fork = event->event_id;
            other->result = 0;
        }

        break;

    case WF_EVENT_FORK_OPENED:
        line->fork = event->event_id;
        break;

    case WF_EVENT_MAP_RUN_STARTED:
    case WF_EVENT_MAP_RUN_REDRIVEN:
        line->result = 0;
        break;

    case WF_EVENT_MAP_RUN_SUCCEEDED:
        line->result = event->event_id;
        break;

    case WF_EVENT_STEP_SUCCEEDED:
        line->result = 0;
        break;

    case WF_EVENT_BRANCH_ABANDONED:
    case WF_EVENT_ITERATION_FAILED:
        failed = line_of(links, event->type == WF_EVENT_ITERATION_FAILED
                                ? event->parent : event->index);

        if (failed) {
            line->last = failed->last;
        }

        break;

    default:
        break;
    }
}


static const char *
read_one(sim_links_t *links, const wf_event_t *event)
{
    line_t    *line;
    uint64_t   before;

    line = event->type == WF_EVENT_BRANCH_ENTERED
           || event->type == WF_EVENT_ITERATION_ENTERED
           ? line_add(links, event) : line_of(links, event->branch);

    if (line == NULL) {
        return "an event of a branch that nobody began";
    }

    before = line->last;

    if (event->event_id != 0) {
        if (event->event_id != links->shown + 1) {
            return "an event's id is not the next one";
        }

        if (event->cause_id != expected(links, event, line)) {
            return "an event follows the wrong one";
        }

        links->shown++;
    }

    if (leads(event)) {
        line->last = event->event_id;
    }

    note_fork(links, event, line);

    if (event->type == WF_EVENT_ITERATION_EXITED
        || event->type == WF_EVENT_BRANCH_EXITED)
    {
        line->parent->fork = before;
        line->parent->last = event->event_id ? event->event_id : before;
    }

    return NULL;
}


/* NULL: all is well, or it is none of ours. */
const char *
sim_links_read(sim_links_t *links, const wf_event_t *event)
{
    if (event->type == WF_EVENT_EXECUTION_STARTED) {
        links->is_asl = event->is_asl;
    }

    return links->is_asl ? read_one(links, event) : NULL;
}
