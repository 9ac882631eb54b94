
/*
 * The tables that drive code: one row per symbol, numbers that stand on disk
 * or cross workers equal to the golden lists below, and rows of different
 * tables in agreement.
 */

#include "unit.h"

#include "actions/desk.h"
#include "engine/event.h"
#include "engine/record.h"
#include "flow/program.h"
#include "wire/aws.h"
#include "wire/policy.h"
#include "wire/wire.h"


typedef struct {
    const char  *symbol;
    int          number;
} row_t;


static const row_t  events[] = {
#define EVENT(symbol, number, apply, rpc, fields)  { #symbol, number },
#include "engine/events.def"
#undef EVENT
};

/* Numbers on disk, for ever.  A new event is a new row here. */
static const row_t  events_golden[] = {
    { "EXECUTION_STARTED", 1 },
    { "EXECUTION_SUCCEEDED", 2 },
    { "EXECUTION_FAILED", 3 },
    { "EXECUTION_STOPPED", 4 },
    { "EXECUTION_TIMED_OUT", 5 },
    { "STEP_ENTERED", 6 },
    { "STEP_STARTED", 7 },
    { "STEP_SUCCEEDED", 8 },
    { "STEP_FAILED", 9 },
    { "STEP_EXITED", 10 },
    { "WAIT_STARTED", 11 },
    { "SCOPE_ENTERED", 12 },
    { "SCOPE_EXITED", 13 },
    { "FORK_STARTED", 14 },
    { "BRANCH_ENTERED", 15 },
    { "BRANCH_EXITED", 16 },
    { "ITERATION_ENTERED", 17 },
    { "ITERATION_EXITED", 18 },
    { "BRANCH_ABANDONED", 19 },
    { "TASK_SCHEDULED", 20 },
    { "TASK_STARTED", 21 },
    { "TASK_SUBMITTED", 22 },
    { "TASK_SUBMIT_FAILED", 23 },
    { "TASK_SUCCEEDED", 24 },
    { "TASK_FAILED", 25 },
    { "TASK_TIMED_OUT", 26 },
    { "RETRY_SCHEDULED", 27 },
    { "STEP_CAUGHT", 28 },
    { "MAP_RUN_STARTED", 29 },
    { "MAP_RUN_UPDATED", 30 },
    { "MAP_ITEM_STARTED", 31 },
    { "MAP_ITEM_ENDED", 32 },
    { "MAP_ITEM_TAKEN", 33 },
    { "EVALUATION_FAILED", 40 },
    { "STATE_ABORTED", 41 },
    { "ERROR_CAUGHT", 42 },
    { "FORK_OPENED", 43 },
    { "ITERATION_FAILED", 44 },
    { "ITERATION_ABORTED", 45 },
    { "TASK_OPENED", 46 },
    { "TASK_HEARTBEAT", 47 },
    { "ACTIVITY_STARTED", 48 },
    { "MAP_OPENED", 49 },
    { "MAP_RUN_SUCCEEDED", 50 },
    { "MAP_RUN_FAILED", 51 },
    { "MAP_READER_STARTED", 52 },
    { "MAP_ITEMS_READ", 53 },
    { "MAP_WRITER_STARTED", 54 },
    { "MAP_WRITTEN", 55 },
    { "EXECUTION_REDRIVEN", 56 },
    { "MAP_RUN_REDRIVEN", 57 },
    { "MAP_ITEM_REDRIVEN", 58 },
    { "MAP_ITEM_REFUSED", 59 },
    { "SWF_STARTED", 60 },
    { "SWF_CANCEL_REQUESTED", 61 },
    { "SWF_COMPLETED", 62 },
    { "SWF_COMPLETE_FAILED", 63 },
    { "SWF_FAILED", 64 },
    { "SWF_FAIL_FAILED", 65 },
    { "SWF_TIMED_OUT", 66 },
    { "SWF_CANCELED", 67 },
    { "SWF_CANCEL_FAILED", 68 },
    { "SWF_CONTINUED", 69 },
    { "SWF_CONTINUE_FAILED", 70 },
    { "SWF_TERMINATED", 71 },
    { "SWF_DECISION_SCHEDULED", 72 },
    { "SWF_DECISION_STARTED", 73 },
    { "SWF_DECISION_COMPLETED", 74 },
    { "SWF_DECISION_TIMED_OUT", 75 },
    { "SWF_ACTIVITY_SCHEDULED", 76 },
    { "SWF_SCHEDULE_FAILED", 77 },
    { "SWF_ACTIVITY_STARTED", 78 },
    { "SWF_ACTIVITY_COMPLETED", 79 },
    { "SWF_ACTIVITY_FAILED", 80 },
    { "SWF_ACTIVITY_TIMED_OUT", 81 },
    { "SWF_ACTIVITY_CANCELED", 82 },
    { "SWF_ACTIVITY_CANCELING", 83 },
    { "SWF_CANCELING_FAILED", 84 },
    { "SWF_SIGNALED", 85 },
    { "SWF_MARKER_RECORDED", 86 },
    { "SWF_MARKER_FAILED", 87 },
    { "SWF_TIMER_STARTED", 88 },
    { "SWF_TIMER_FAILED", 89 },
    { "SWF_TIMER_FIRED", 90 },
    { "SWF_TIMER_CANCELED", 91 },
    { "SWF_CANCEL_TIMER_FAILED", 92 },
    { "SWF_CHILD_INITIATED", 93 },
    { "SWF_CHILD_START_FAILED", 94 },
    { "SWF_CHILD_STARTED", 95 },
    { "SWF_CHILD_COMPLETED", 96 },
    { "SWF_CHILD_FAILED", 97 },
    { "SWF_CHILD_TIMED_OUT", 98 },
    { "SWF_CHILD_CANCELED", 99 },
    { "SWF_CHILD_TERMINATED", 100 },
    { "SWF_SIGNAL_INITIATED", 101 },
    { "SWF_SIGNAL_FAILED", 102 },
    { "SWF_EXTERNAL_SIGNALED", 103 },
    { "SWF_REQUEST_INITIATED", 104 },
    { "SWF_REQUEST_FAILED", 105 },
    { "SWF_EXTERNAL_CANCELING", 106 },
    { "SWF_LAMBDA_SCHEDULED", 107 },
    { "SWF_LAMBDA_STARTED", 108 },
    { "SWF_LAMBDA_COMPLETED", 109 },
    { "SWF_LAMBDA_FAILED", 110 },
    { "SWF_LAMBDA_TIMED_OUT", 111 },
    { "SWF_LAMBDA_REFUSED", 112 },
    { "SWF_LAMBDA_START_FAILED", 113 },
    { "SWF_DELIVERED", 120 },
    { "SWF_HEARTBEAT", 121 },
    { "TEST_CASE_CHOSEN", 122 },
    { "JOB_OPENED", 123 }
};

static const row_t  states[] = {
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
    { #symbol, number },
#include "flow/states.def"
#undef STATE
};

static const row_t  states_golden[] = {
    { "PASS", 1 }, { "CHOICE", 2 }, { "WAIT", 3 }, { "SUCCEED", 4 },
    { "FAIL", 5 }, { "TASK", 6 }, { "PARALLEL", 7 }, { "MAP", 8 }
};

static const row_t  errors[] = {
#define ERROR(symbol, number, retryable, status, name, text)                  \
    { #symbol, number },
#include "base/errors.def"
#undef ERROR
};

static const row_t  args[] = {
#define ARG(symbol, number)  { #symbol, number },
#include "wire/args.def"
#undef ARG
};

static const char  *actions[] = {
#define ACTION(protocol, name, begin, commit, route, kind)  #name,
#include "actions/actions.def"
#undef ACTION
};


static void
check_unique(const row_t *rows, size_t count)
{
    size_t  i, j;

    for (i = 0; i < count; i++) {
        for (j = i + 1; j < count; j++) {
            CHECK(rows[i].number != rows[j].number);
            CHECK(strcmp(rows[i].symbol, rows[j].symbol) != 0);
        }
    }
}


static void
check_golden(const row_t *rows, size_t count, const row_t *golden,
    size_t golden_count)
{
    size_t  i;

    CHECK_INT(count, golden_count);

    for (i = 0; i < count && i < golden_count; i++) {
        CHECK_STR(wf_str_of(rows[i].symbol), wf_str_of(golden[i].symbol));
        CHECK_INT(rows[i].number, golden[i].number);
    }
}


TEST(events_keep_their_numbers)
{
    check_unique(events, wf_countof(events));
    check_golden(events, wf_countof(events), events_golden,
                 wf_countof(events_golden));
}


TEST(states_keep_their_numbers)
{
    check_unique(states, wf_countof(states));
    check_golden(states, wf_countof(states), states_golden,
                 wf_countof(states_golden));
}


TEST(statuses_keep_their_numbers)
{
    CHECK_INT(WF_STATUS_RUNNING, 1);
    CHECK_INT(WF_STATUS_SUCCEEDED, 2);
    CHECK_INT(WF_STATUS_FAILED, 3);
    CHECK_INT(WF_STATUS_STOPPED, 4);
    CHECK_INT(WF_STATUS_TIMED_OUT, 5);
}


TEST(store_kinds_keep_their_numbers)
{
    CHECK_INT(WF_ITEM_COUNTER, 1);
    CHECK_INT(WF_ITEM_FLOW, 2);
    CHECK_INT(WF_ITEM_REVISION, 3);
    CHECK_INT(WF_ITEM_OUTBOX, 4);
    CHECK_INT(WF_ITEM_VERSION, 5);
    CHECK_INT(WF_ITEM_ALIAS, 6);
    CHECK_INT(WF_ITEM_SCHEDULE, 7);
    CHECK_INT(WF_ITEM_NOTE, 8);
}


TEST(errors_are_unique_and_have_symbols)
{
    size_t  i;

    check_unique(errors, wf_countof(errors));

    for (i = 0; i < wf_countof(errors); i++) {
        CHECK(errors[i].number > 0 && errors[i].number < WF_E_END);
        CHECK_STR(wf_str_of(wf_error_symbol(errors[i].number)),
                  wf_str_of(errors[i].symbol));
    }
}


TEST(args_are_unique)
{
    size_t  i;

    check_unique(args, wf_countof(args));

    for (i = 0; i < wf_countof(args); i++) {
        CHECK(args[i].number < WF_ARG_COUNT);
    }

    CHECK(WF_ARG_COUNT < WF_AWS_INSIDE);
}


/* Every action has a shape and asks a policy, and every field of a shape has a
 * place. */
TEST(actions_have_shapes)
{
    size_t               i;
    uint32_t             j, k;
    const wf_shape_t    *shape;
    const wf_action_t   *action;

    for (i = 0; i < wf_countof(actions); i++) {
        action = wf_action_find("rpc", wf_str_of(actions[i]));
        shape = wf_rpc_shape(wf_str_of(actions[i]));

        CHECK(action != NULL);
        CHECK(shape != NULL);
        CHECK(wf_policy_asks(wf_str_of(actions[i])) != WF_ASK_UNKNOWN);

        if (action == NULL || shape == NULL) {
            continue;
        }

        CHECK_STR(wf_str_of(wf_action_name(action)), wf_str_of(actions[i]));

        for (j = 0; j < shape->count; j++) {
            CHECK(shape->fields[j].arg < WF_ARG_COUNT);
            CHECK(shape->fields[j].name.len > 0);

            for (k = j + 1; k < shape->count; k++) {
                CHECK(!wf_str_eq(shape->fields[j].name,
                                 shape->fields[k].name));
                CHECK(shape->fields[j].arg != shape->fields[k].arg);
            }
        }
    }

    CHECK(wf_action_find("rpc", wf_str("Nothing")) == NULL);
    CHECK(wf_action_find("swf", wf_str("StartExecution")) == NULL);
}


/* What Amazon's services can do is in both of their tables. */
static void
operations_check(const wf_aws_service_t *service, const char *protocol,
    const char *const *rows, size_t count)
{
    size_t    i, k;
    wf_str_t  name;

    CHECK_INT(count, service->operation_count);

    for (i = 0; i < service->operation_count; i++) {
        name = service->operations[i].action;
        CHECK(wf_action_find(protocol, name) != NULL);

        for (k = 0; k < count; k++) {

            if (wf_str_eq(wf_str_of(rows[k]), name)) {
                break;
            }
        }

        CHECK(k < count);
    }
}


TEST(operations_have_actions)
{
#define ACTION(protocol, name, begin, commit, route, kind)  #name,

    static const char *const  sfn[] = {
#include "actions/actions_sfn.def"
    };

    static const char *const  swf[] = {
#include "actions/actions_swf.def"
    };

#undef ACTION

    operations_check(&wf_aws_sfn, "sfn", sfn, wf_countof(sfn));
    operations_check(&wf_aws_swf, "swf", swf, wf_countof(swf));
    CHECK(wf_action_count() <= 128);
}


UNIT_MAIN()
