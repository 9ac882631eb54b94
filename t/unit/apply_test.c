
/*
 * The table of phases, proved by exhaustion, and events that do not fit.
 */

#include "engine/apply.c"
#include "unit.h"


#define SECOND  40                  /* the Amazon States Language's first */

/* One letter a phase: the table of apply.c, once more. */
static const char *const  golden[WF_PHASE_ENDED + 1] = {
    /* events 1 .. 33; '.' does not fit */
    [WF_PHASE_NONE]      = "R................................",
    [WF_PHASE_READY]     = ".XXXXE.....Rr..X.X...............",
    [WF_PHASE_ENTERED]   = "..XXX.S.F........................",
    [WF_PHASE_STARTED]   = "..XXX..UF.WR.f.....c......o.f....",
    [WF_PHASE_WAITING]   = "..XXX..UF........................",
    [WF_PHASE_OPENED]    = "..XXX...F.................o.f....",
    [WF_PHASE_SCHEDULED] = "..XXX...............C............",
    [WF_PHASE_CALLED]    = "..XXX................bBaBB.......",
    [WF_PHASE_SUBMITTED] = "..XXX..................aBB.......",
    [WF_PHASE_FORKING]   = "..XXX.........f.f.B..........ffff",
    [WF_PHASE_FORKED]    = "..XXX.............B..........f.ff",
    [WF_PHASE_JOINED]    = "..XXX..UF.........B.......o..f.ff",
    [WF_PHASE_ANSWERED]  = "..XXX..UF.................o......",
    [WF_PHASE_RETURNED]  = "..XXX..UF........................",
    [WF_PHASE_BROKEN]    = "..XXX...F.................o......",
    [WF_PHASE_BACKOFF]   = "..XXX...F....f.....c......o.f....",
    [WF_PHASE_SUCCEEDED] = "..XXX....R.......................",
    [WF_PHASE_FAILED]    = "..XXX...NA.................U.....",
    [WF_PHASE_UNCAUGHT]  = "..XXX....A.......................",
    [WF_PHASE_RAISED]    = "..XXX...F........................",
    [WF_PHASE_ABORTED]   = ".................................",
    [WF_PHASE_STALLED]   = ".................................",
    [WF_PHASE_ENDED]     = "................................."
};

static const char *const  golden_asl[WF_PHASE_ENDED + 1] = {
    /* events 40 .. 56 */
    [WF_PHASE_NONE]      = ".................",
    [WF_PHASE_READY]     = ".d...d...........",
    [WF_PHASE_ENTERED]   = ".d...d...........",
    [WF_PHASE_STARTED]   = "Bd.f.dc..O.......",
    [WF_PHASE_WAITING]   = "Bd...d...........",
    [WF_PHASE_OPENED]    = "Bd...d...........",
    [WF_PHASE_SCHEDULED] = ".d...d...........",
    [WF_PHASE_CALLED]    = ".d...d.CC........",
    [WF_PHASE_SUBMITTED] = ".d...d.b.........",
    [WF_PHASE_FORKING]   = "Bd..Bd.....Bff.f.",
    [WF_PHASE_FORKED]    = "Bd..Bd.....B.f.f.",
    [WF_PHASE_JOINED]    = "Bd..Bd....fB.fff.",
    [WF_PHASE_ANSWERED]  = "Bd...d...........",
    [WF_PHASE_RETURNED]  = ".................",
    [WF_PHASE_BROKEN]    = ".d...d...........",
    [WF_PHASE_BACKOFF]   = "Bd.f.dc..O.......",
    [WF_PHASE_SUCCEEDED] = ".d...d...........",
    [WF_PHASE_FAILED]    = "NAU..............",
    [WF_PHASE_UNCAUGHT]  = ".A...............",
    [WF_PHASE_RAISED]    = ".................",
    [WF_PHASE_ABORTED]   = ".....d...........",
    [WF_PHASE_STALLED]   = ".................",
    [WF_PHASE_ENDED]     = "................R"
};

static const char  letters[] = ".RESWOcCbgfjarBoUFNAdtX";


/* Events that came later; those of SWF move no phase. */
static const struct {
    unsigned     type;
    const char  *from;              /* letters of phases, before ... */
    const char  *to;                /* ... and after */
} later[] = {
    { WF_EVENT_MAP_RUN_REDRIVEN, "S", "f" },
    { WF_EVENT_MAP_ITEM_REDRIVEN, "g", "f" },
    { WF_EVENT_MAP_ITEM_REFUSED, "gfj", "fff" },
    { WF_EVENT_TEST_CASE_CHOSEN, "R", "R" },
    { WF_EVENT_JOB_OPENED, "b", "b" }
};


static char
later_letter(unsigned phase, unsigned type)
{
    size_t       i;
    const char  *at;

    for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {

        if (later[i].type == type) {
            at = strchr(later[i].from, letters[phase]);

            return at ? later[i].to[at - later[i].from] : '.';
        }
    }

    return '.';
}


/* Of an event's type; none has the numbers between. */
static char
letter_of(unsigned phase, unsigned type)
{
    if (type >= SECOND + strlen(golden_asl[0])) {
        return later_letter(phase, type);
    }

    if (type >= SECOND) {
        return golden_asl[phase][type - SECOND];
    }

    return type <= strlen(golden[phase]) ? golden[phase][type - 1] : '.';
}


static wf_value_t  object = { .type = WF_OBJECT };
static wf_value_t  number = { .type = WF_NUMBER, .is_integer = true,
                              .u.number.text = wf_str_init("0") };


TEST(table)
{
    unsigned  phase, type;

    CHECK_INT(sizeof(letters) - 1, WF_PHASE_ENDED + 1);

    for (phase = 0; phase <= WF_PHASE_ENDED; phase++) {
        CHECK_INT(moves[phase][0], 0);

        for (type = 1; type < WF_EVENT_END; type++) {
            CHECK_INT(appliers[type] != NULL,
                      wf_event_fields((uint8_t) type)[0] != '\0');
            CHECK_INT(letters[moves[phase][type]], letter_of(phase, type));
        }
    }

}


/* Node 4 of a choice's scope owned by node 2, at the given phase. */
static wf_exec_t *
make(uint8_t phase)
{
    wf_exec_t    *exec;
    wf_frame_t   *outer, *inner;
    wf_branch_t  *branch;

    exec = wf_exec_create();
    branch = &exec->branch;
    branch->phase = phase;

    if (phase == WF_PHASE_NONE) {
        return exec;
    }

    exec->status = WF_STATUS_RUNNING;
    exec->input = exec->globals = &object;
    exec->codec.seq = exec->codec.event_id = branch->cause_id = 7;

    outer = wf_arena_calloc(exec->arena, sizeof(wf_frame_t));
    inner = wf_arena_calloc(exec->arena, sizeof(wf_frame_t));
    outer->depth = 1;
    outer->owner = outer->after = WF_NONE;
    outer->input = outer->local = &object;
    inner->depth = 2;
    inner->outer = outer;
    inner->owner = 2;
    inner->after = 3;
    inner->owner_input = inner->input = inner->local = &object;

    branch->frame = inner;
    branch->node = 4;
    branch->input = branch->output = &object;
    branch->due_ms = phase == WF_PHASE_WAITING ? 2000 : 0;

    return exec;
}


/* An event that fits node 4 as far as its phase allows. */
static wf_event_t
fit(uint8_t type)
{
    return (wf_event_t) {
        .type = type,
        .seq = 8,
        .event_id = wf_event_rpc_name(type)[0] ? 8 : 0,
        .cause_id = 7,
        .time_ms = 1000,
        .node = 4,
        .next = 5,
        .scope = type == WF_EVENT_EXECUTION_STARTED ? 0 : 2,
        .after = 6,
        .due_ms = 2000,
        .input = &object,
        .output = &object,
        .error = wf_str("E"),
        .error_cause = wf_str("C")
    };
}


static wf_rc_t
try(uint8_t phase, const wf_event_t *event)
{
    wf_rc_t     rc;
    wf_exec_t  *exec;

    exec = make(phase);
    rc = wf_engine_apply(exec, event);

    if (rc == WF_OK) {
        CHECK_INT(exec->branch.phase, moves[phase][event->type]);
        CHECK_INT(exec->branch.cause_id, event->event_id ? 8 : 7);
    }

    wf_exec_free(exec);

    return rc;
}


TEST(fits)
{
    wf_event_t  event;

#define OK(phase, type)                                                       \
    event = fit(WF_EVENT_##type);                                             \
    CHECK(try(WF_PHASE_##phase, &event) == WF_OK)

    OK(NONE, EXECUTION_STARTED);
    OK(READY, STEP_ENTERED);
    OK(ENTERED, STEP_STARTED);
    OK(ENTERED, STEP_FAILED);
    OK(STARTED, STEP_SUCCEEDED);
    OK(STARTED, STEP_FAILED);
    OK(STARTED, WAIT_STARTED);
    OK(STARTED, SCOPE_ENTERED);
    OK(WAITING, STEP_SUCCEEDED);
    OK(WAITING, STEP_FAILED);
    OK(RETURNED, STEP_SUCCEEDED);
    OK(RETURNED, STEP_FAILED);
    OK(SUCCEEDED, STEP_EXITED);
    OK(FAILED, STEP_EXITED);
    OK(READY, EXECUTION_FAILED);
    OK(WAITING, EXECUTION_STOPPED);
    OK(ENTERED, EXECUTION_TIMED_OUT);

#undef OK
}


/* One field wrong at a time. */
TEST(does_not_fit)
{
    wf_event_t  event;

#define BAD(phase, type, field, value)                                        \
    event = fit(WF_EVENT_##type);                                             \
    event.field = value;                                                      \
    CHECK(try(WF_PHASE_##phase, &event) == WF_DECLINED)

    BAD(NONE, EXECUTION_STARTED, input, NULL);
    BAD(NONE, EXECUTION_STARTED, input, &number);
    BAD(NONE, EXECUTION_STARTED, due_ms, 1000);
    BAD(READY, STEP_ENTERED, node, 5);
    BAD(READY, STEP_ENTERED, input, NULL);
    BAD(READY, STEP_ENTERED, branch, 1);
    BAD(READY, STEP_ENTERED, event_id, WF_EVENTS_MAX);
    BAD(READY, EXECUTION_FAILED, event_id, WF_EVENTS_MAX + 1);
    BAD(READY, STEP_STARTED, node, 4);
    BAD(READY, SCOPE_ENTERED, node, WF_NONE);       /* has a frame already */
    BAD(READY, SCOPE_EXITED, node, 2);              /* not at its end */
    BAD(READY, EXECUTION_SUCCEEDED, node, 4);       /* not the flow's scope */
    BAD(ENTERED, STEP_STARTED, node, WF_NONE);
    BAD(ENTERED, STEP_STARTED, input, NULL);
    BAD(STARTED, STEP_SUCCEEDED, output, NULL);
    BAD(STARTED, STEP_SUCCEEDED, output, &number);
    BAD(STARTED, STEP_SUCCEEDED, globals, &number);
    BAD(STARTED, STEP_SUCCEEDED, node, 3);
    BAD(STARTED, STEP_FAILED, node, 3);
    BAD(STARTED, WAIT_STARTED, due_ms, 1000);
    BAD(STARTED, WAIT_STARTED, node, 3);
    BAD(STARTED, SCOPE_ENTERED, node, 3);
    BAD(STARTED, SCOPE_ENTERED, scope, WF_NONE);
    BAD(STARTED, SCOPE_ENTERED, input, NULL);
    BAD(SUCCEEDED, STEP_EXITED, local, &number);
    BAD(SUCCEEDED, STEP_EXITED, output, &number);
    BAD(SUCCEEDED, STEP_EXITED, node, 3);
    BAD(FAILED, STEP_EXITED, node, 3);
    BAD(RAISED, STEP_FAILED, node, 4);
    BAD(ENDED, EXECUTION_FAILED, node, 4);

#undef BAD
}


/* A frame is pushed, popped by its end, and popped by a failure. */
TEST(frames)
{
    wf_exec_t   *exec;
    wf_event_t   event;

    exec = make(WF_PHASE_STARTED);
    event = fit(WF_EVENT_SCOPE_ENTERED);
    event.next = WF_NONE;
    CHECK(wf_engine_apply(exec, &event) == WF_OK);
    CHECK_INT(exec->branch.frame->depth, 3);
    CHECK_INT(exec->branch.frame->owner, 4);
    CHECK(exec->branch.frame->local == &wf_event_empty);
    CHECK_INT(exec->branch.node, WF_NONE);

    event = fit(WF_EVENT_SCOPE_EXITED);
    CHECK(wf_engine_apply(exec, &event) == WF_OK);
    CHECK_INT(exec->branch.phase, WF_PHASE_RETURNED);
    CHECK_INT(exec->branch.node, 4);
    CHECK_INT(exec->branch.next, 6);
    CHECK_INT(exec->branch.frame->depth, 2);

    event = fit(WF_EVENT_STEP_FAILED);
    CHECK(wf_engine_apply(exec, &event) == WF_OK);
    event = fit(WF_EVENT_STEP_EXITED);
    CHECK(wf_engine_apply(exec, &event) == WF_OK);
    CHECK_INT(exec->branch.phase, WF_PHASE_RAISED);
    CHECK_STR(exec->branch.error, wf_str("E"));

    event = fit(WF_EVENT_STEP_FAILED);
    event.node = 2;
    CHECK(wf_engine_apply(exec, &event) == WF_OK);
    CHECK_INT(exec->branch.frame->depth, 1);
    event = fit(WF_EVENT_STEP_EXITED);
    event.node = 2;
    CHECK(wf_engine_apply(exec, &event) == WF_OK);

    /* nobody is left to fail but the execution */

    event = fit(WF_EVENT_STEP_FAILED);
    event.node = WF_NONE;
    CHECK(wf_engine_apply(exec, &event) == WF_DECLINED);
    event = fit(WF_EVENT_EXECUTION_FAILED);
    event.output = NULL;
    CHECK(wf_engine_apply(exec, &event) == WF_OK);
    CHECK(exec->branch.frame == NULL);
    CHECK_INT(exec->status, WF_STATUS_FAILED);
    CHECK_INT(exec->branch.phase, WF_PHASE_ENDED);

    wf_exec_free(exec);
}


TEST(depth)
{
    unsigned     i;
    wf_exec_t   *exec;
    wf_event_t   event;

    exec = make(WF_PHASE_STARTED);

    for (i = 3; i <= WF_SCOPE_DEPTH_MAX + 1; i++) {
        event = fit(WF_EVENT_SCOPE_ENTERED);
        event.next = 4;
        CHECK(wf_engine_apply(exec, &event)
              == (i <= WF_SCOPE_DEPTH_MAX ? WF_OK : WF_DECLINED));
        exec->branch.phase = WF_PHASE_STARTED;
        exec->branch.input = &object;
    }

    CHECK_INT(exec->branch.frame->depth, WF_SCOPE_DEPTH_MAX);
    wf_exec_free(exec);
}


UNIT_MAIN()
