
/*
 * HistoryEvent: every event that a state machine shows, for every kind of task
 * (asl 22), and what is left out without its data.
 */

#include "unit.h"

#include "wire/aws_history.c"


typedef struct {
    uint8_t      type;
    uint8_t      kind;          /* of the task; 0: none is called */
    const char  *state;
    const char  *want;          /* behind previousEventId */
} case_t;

#define INPUT   "\"input\":\"{\\\"i\\\":1}\",\"inputDetails\":"               \
                "{\"truncated\":false}"
#define OUTPUT  "\"output\":\"{\\\"RoleArn\\\":\\\"r\\\"}\","                 \
                "\"outputDetails\":{\"truncated\":false}"
#define ERRORS  "\"error\":\"E\",\"cause\":\"c\""
#define CALLED  "\"resourceType\":\"lambda\",\"resource\":\"invoke\""

static wf_arena_t  *arena;


static const case_t  cases[] = {
    { WF_EVENT_EXECUTION_STARTED, 0, "",
      "\"ExecutionStarted\",{\"executionStartedEventDetails\":{" INPUT
      ",\"roleArn\":\"role\",\"stateMachineAliasArn\":\"alias\","
      "\"stateMachineVersionArn\":\"version\"}}" },
    { WF_EVENT_EXECUTION_SUCCEEDED, 0, "",
      "\"ExecutionSucceeded\",{\"executionSucceededEventDetails\":{" OUTPUT
      "}}" },
    { WF_EVENT_EXECUTION_FAILED, 0, "",
      "\"ExecutionFailed\",{\"executionFailedEventDetails\":{" ERRORS "}}" },
    { WF_EVENT_EXECUTION_STOPPED, 0, "",
      "\"ExecutionAborted\",{\"executionAbortedEventDetails\":{" ERRORS
      "}}" },
    { WF_EVENT_EXECUTION_TIMED_OUT, 0, "",
      "\"ExecutionTimedOut\",{\"executionTimedOutEventDetails\":{" ERRORS
      "}}" },
    { WF_EVENT_EXECUTION_REDRIVEN, 0, "",
      "\"ExecutionRedriven\",{\"executionRedrivenEventDetails\":"
      "{\"redriveCount\":2}}" },
    { WF_EVENT_STEP_ENTERED, 0, "Pass",
      "\"PassStateEntered\",{\"stateEnteredEventDetails\":{\"name\":\"S\","
      INPUT "}}" },
    { WF_EVENT_STEP_EXITED, 0, "Choice",
      "\"ChoiceStateExited\",{\"stateExitedEventDetails\":{\"name\":\"S\","
      OUTPUT ",\"assignedVariables\":{\"x\":\"\\\"y\\\"\"},"
      "\"assignedVariablesDetails\":{\"truncated\":false}}}" },
    { WF_EVENT_STEP_SUCCEEDED, 0, "Map", "\"MapStateSucceeded\",{}" },
    { WF_EVENT_STEP_FAILED, 0, "Parallel", "\"ParallelStateFailed\",{}" },
    { WF_EVENT_STATE_ABORTED, 0, "Wait", "\"WaitStateAborted\",{}" },
    { WF_EVENT_FORK_OPENED, 0, "Map",
      "\"MapStateStarted\",{\"mapStateStartedEventDetails\":{\"length\":2}}"
    },
    { WF_EVENT_FORK_OPENED, 0, "Parallel", "\"ParallelStateStarted\",{}" },
    { WF_EVENT_MAP_OPENED, 0, "Map",
      "\"MapStateStarted\",{\"mapStateStartedEventDetails\":{\"length\":2}}"
    },
    { WF_EVENT_ITERATION_ENTERED, 0, "Map",
      "\"MapIterationStarted\",{\"mapIterationStartedEventDetails\":"
      "{\"name\":\"S\",\"index\":2}}" },
    { WF_EVENT_ITERATION_EXITED, 0, "Map",
      "\"MapIterationSucceeded\",{\"mapIterationSucceededEventDetails\":"
      "{\"name\":\"S\",\"index\":2}}" },
    { WF_EVENT_ITERATION_FAILED, 0, "Map",
      "\"MapIterationFailed\",{\"mapIterationFailedEventDetails\":"
      "{\"name\":\"S\",\"index\":2}}" },
    { WF_EVENT_ITERATION_ABORTED, 0, "Map",
      "\"MapIterationAborted\",{\"mapIterationAbortedEventDetails\":"
      "{\"name\":\"S\",\"index\":2}}" },
    { WF_EVENT_TASK_OPENED, WF_CALLED_LAMBDA, "Task",
      "\"LambdaFunctionScheduled\",{\"lambdaFunctionScheduledEventDetails\":"
      "{\"resource\":\"arn:f\"," INPUT ",\"timeoutInSeconds\":9,"
      "\"taskCredentials\":{\"roleArn\":\"r\"}}}" },
    { WF_EVENT_TASK_OPENED, WF_CALLED_ACTIVITY, "Task",
      "\"ActivityScheduled\",{\"activityScheduledEventDetails\":"
      "{\"resource\":\"arn:f\"," INPUT ",\"timeoutInSeconds\":9,"
      "\"heartbeatInSeconds\":4}}" },
    { WF_EVENT_TASK_OPENED, WF_CALLED_SERVICE, "Task",
      "\"TaskScheduled\",{\"taskScheduledEventDetails\":{" CALLED
      ",\"region\":\"us-east-1\",\"parameters\":\"{\\\"i\\\":1}\","
      "\"timeoutInSeconds\":9,\"heartbeatInSeconds\":4,\"taskCredentials\":"
      "{\"roleArn\":\"r\"}}}" },
    { WF_EVENT_TASK_STARTED, WF_CALLED_LAMBDA, "Task",
      "\"LambdaFunctionStarted\",{}" },
    { WF_EVENT_TASK_STARTED, WF_CALLED_SERVICE, "Task",
      "\"TaskStarted\",{\"taskStartedEventDetails\":{" CALLED "}}" },
    { WF_EVENT_TASK_SUBMITTED, WF_CALLED_SERVICE, "Task",
      "\"TaskSubmitted\",{\"taskSubmittedEventDetails\":{" CALLED "," OUTPUT
      "}}" },
    { WF_EVENT_TASK_SUBMIT_FAILED, WF_CALLED_SERVICE, "Task",
      "\"TaskSubmitFailed\",{\"taskSubmitFailedEventDetails\":{" CALLED ","
      ERRORS "}}" },
    { WF_EVENT_TASK_SUCCEEDED, WF_CALLED_LAMBDA, "Task",
      "\"LambdaFunctionSucceeded\",{\"lambdaFunctionSucceededEventDetails\":"
      "{" OUTPUT "}}" },
    { WF_EVENT_TASK_SUCCEEDED, WF_CALLED_SERVICE, "Task",
      "\"TaskSucceeded\",{\"taskSucceededEventDetails\":{" CALLED "," OUTPUT
      "}}" },
    { WF_EVENT_TASK_FAILED, WF_CALLED_ACTIVITY, "Task",
      "\"ActivityFailed\",{\"activityFailedEventDetails\":{" ERRORS "}}" },
    { WF_EVENT_TASK_TIMED_OUT, WF_CALLED_SERVICE, "Task",
      "\"TaskTimedOut\",{\"taskTimedOutEventDetails\":{" CALLED "," ERRORS
      "}}" },
    { WF_EVENT_MAP_RUN_SUCCEEDED, 0, "Map", "\"MapRunSucceeded\",{}" },
    { WF_EVENT_MAP_RUN_FAILED, 0, "Map",
      "\"MapRunFailed\",{\"mapRunFailedEventDetails\":{" ERRORS "}}" }
};


static wf_value_t *
parse(const char *json)
{
    wf_error_t   err;
    wf_value_t  *value;

    CHECK(wf_json_parse(arena, wf_str_of(json), &value, &err) == WF_OK);

    return value;
}


static wf_event_view_t
view_of(const case_t *item)
{
    wf_event_view_t  view;

    memset(&view, 0, sizeof(view));
    view.event = (wf_event_t) {
        .type = item->type,
        .event_id = 8,
        .cause_id = 7,
        .time_ms = 1700000000123,
        .due_ms = 1700000009123,
        .index = 2,
        .width = 4,
        .input = parse("{\"i\":1}"),
        .local = parse("{\"x\":\"y\"}"),
        .output = parse("{\"RoleArn\":\"r\"}"),
        .error = wf_str("E"),
        .error_cause = wf_str("c")
    };
    view.step = wf_str("S");
    view.type = wf_str_of(item->state);
    view.kind = item->kind;
    view.service = wf_str("lambda");
    view.operation = wf_str("invoke");
    view.resource = wf_str("arn:f");

    return view;
}


static wf_history_frame_t
frame_make(bool has_data)
{
    return (wf_history_frame_t) {
        .place = {
            wf_str("us-east-1"), wf_str("123456789012"), wf_str("m")
        },
        .role = wf_str("role"),
        .version_arn = wf_str("version"),
        .alias_arn = wf_str("alias"),
        .has_data = has_data
    };
}


/* "TYPE",{the other members} */
static void
check_case(const case_t *item)
{
    wf_buf_t             buf, want;
    wf_str_t             type, rest;
    const char          *comma;
    wf_event_view_t      view;
    wf_history_frame_t   frame;

    frame = frame_make(true);
    view = view_of(item);
    wf_buf_init(&buf, arena, 0);
    wf_aws_history_event(&buf, &frame, &view);

    comma = strchr(item->want, ',');
    type = (wf_str_t) { (size_t) (comma - item->want),
                        (const uint8_t *) item->want };
    rest = wf_str_of(comma + 2);
    wf_buf_init(&want, arena, 0);
    wf_buf_text(&want, "{\"timestamp\":1700000000.123,\"type\":");
    wf_buf_str(&want, type);
    wf_buf_text(&want, ",\"id\":8,\"previousEventId\":7");

    if (rest.len > 1) {
        wf_buf_byte(&want, ',');
    }

    wf_buf_str(&want, rest);
    CHECK_STR(wf_buf_done(&buf), wf_buf_done(&want));
    CHECK(parse((const char *) wf_arena_copy(arena,
                                             wf_buf_done(&buf)).data)
          != NULL);
}


TEST(every_event)
{
    size_t  i;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        check_case(&cases[i]);
    }

    wf_arena_free(arena);
}


/* Each row has a case, or one below. */
TEST(no_row_is_forgotten)
{
    bool    found;
    size_t  i, type;

    for (type = 0; type < WF_EVENT_END; type++) {
        found = type == WF_EVENT_ACTIVITY_STARTED
                || type == WF_EVENT_EVALUATION_FAILED
                || type == WF_EVENT_MAP_RUN_STARTED
                || type == WF_EVENT_MAP_RUN_REDRIVEN;

        for (i = 0; i < wf_countof(cases); i++) {
            found |= cases[i].type == type;
        }

        CHECK_INT(found, rows[type].name != NULL);
    }
}


/* Nothing is known of its states, or events are not what they should be. */
TEST(without_a_definition)
{
    size_t               i, type;
    wf_buf_t             buf;
    wf_event_view_t      view;
    wf_history_frame_t   frame;

    static const char *const  odd[] = { NULL, "[1,2]", "7", "\"x\"" };

    arena = wf_arena_create(0);
    frame = frame_make(true);

    for (type = 1; type < WF_EVENT_END; type++) {

        for (i = 0; i < wf_countof(odd); i++) {
            memset(&view, 0, sizeof(view));
            view.event.type = (uint8_t) type;
            view.event.event_id = 1;
            view.event.input = odd[i] ? parse(odd[i]) : NULL;
            view.event.local = view.event.output = view.event.input;
            wf_buf_init(&buf, arena, 0);
            wf_aws_history_event(&buf, &frame, &view);
            CHECK(parse((const char *) wf_arena_copy(arena,
                                                     wf_buf_done(&buf)).data)
                  != NULL);
        }
    }

    view.event.type = WF_EVENT_TASK_OPENED;
    wf_buf_init(&buf, arena, 0);
    wf_aws_history_event(&buf, &frame, &view);
    CHECK(strstr((const char *) wf_arena_copy(arena, wf_buf_done(&buf)).data,
                 "\"type\":\"TaskScheduled\"") != NULL);
    wf_arena_free(arena);
}


static void
check_output(uint8_t type, const char *output, const char *want)
{
    case_t               item;
    wf_buf_t             buf;
    wf_event_view_t      view;
    wf_history_frame_t   frame;

    item = (case_t) { type, 0, "Map", "" };
    frame = frame_make(true);
    view = view_of(&item);
    view.event.output = parse(output);
    wf_buf_init(&buf, arena, 0);
    wf_aws_history_event(&buf, &frame, &view);
    CHECK(strstr((const char *) wf_arena_copy(arena,
                                              wf_buf_done(&buf)).data, want)
          != NULL);
}


TEST(parts_of_outputs)
{
    arena = wf_arena_create(0);
    check_output(WF_EVENT_ACTIVITY_STARTED, "{\"workerName\":\"w\"}",
                 "\"activityStartedEventDetails\":{\"workerName\":\"w\"}");
    check_output(WF_EVENT_ACTIVITY_STARTED, "{}",
                 "\"activityStartedEventDetails\":{}");
    check_output(WF_EVENT_EVALUATION_FAILED, "{\"location\":\"Output/a\"}",
                 "\"evaluationFailedEventDetails\":{" ERRORS
                 ",\"location\":\"Output/a\",\"state\":\"S\"}");
    check_output(WF_EVENT_EVALUATION_FAILED, "{}",
                 "{" ERRORS ",\"state\":\"S\"}");
    check_output(WF_EVENT_MAP_RUN_STARTED,
                 "{\"MapRunName\":\"0123456789abcdef0123456789abcdef\"}",
                 ":01234567-89ab-cdef-0123-456789abcdef\"}");
    check_output(WF_EVENT_MAP_RUN_REDRIVEN,
                 "{\"MapRunName\":\"0123456789abcdef0123456789abcdef\"}",
                 ":01234567-89ab-cdef-0123-456789abcdef\","
                 "\"redriveCount\":2}");
    wf_arena_free(arena);
}


TEST(labels)
{
    wf_buf_t        buf, again;
    wf_arn_place_t  place;

    arena = wf_arena_create(0);
    place = frame_make(true).place;
    wf_buf_init(&buf, arena, 0);
    wf_arn_map_run(&buf, &place, wf_str("S"), wf_str("L"),
                   wf_str("0123456789abcdef0123456789abcdef"));
    CHECK_STR(wf_buf_done(&buf),
              wf_str("arn:aws:states:us-east-1:123456789012:mapRun:m/L:"
                     "01234567-89ab-cdef-0123-456789abcdef"));

    wf_buf_init(&buf, arena, 0);
    wf_arn_label(&buf, &place, wf_str("S"), wf_str_none);
    wf_buf_init(&again, arena, 0);
    wf_arn_label(&again, &place, wf_str("S"), wf_str_none);
    CHECK_INT(buf.len, 36);
    CHECK_STR(wf_buf_done(&buf), wf_buf_done(&again));

    wf_buf_init(&again, arena, 0);
    wf_arn_label(&again, &place, wf_str("T"), wf_str_none);
    CHECK(!wf_str_eq(wf_buf_done(&buf), wf_buf_done(&again)));
    wf_arena_free(arena);
}


/* includeExecutionData: false */
TEST(without_data)
{
    size_t               i;
    wf_buf_t             buf;
    wf_str_t             text;
    wf_event_view_t      view;
    wf_history_frame_t   frame;

    arena = wf_arena_create(0);
    frame = frame_make(false);

    for (i = 0; i < wf_countof(cases); i++) {
        view = view_of(&cases[i]);
        wf_buf_init(&buf, arena, 0);
        wf_aws_history_event(&buf, &frame, &view);
        text = wf_arena_copy(arena, wf_buf_done(&buf));
        CHECK(strstr((const char *) text.data, "put\":") == NULL);
        CHECK(strstr((const char *) text.data, "parameters") == NULL);
        CHECK(strstr((const char *) text.data, "assigned") == NULL);
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
