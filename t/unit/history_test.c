
/*
 * EventDetail: the published trace and the rest of cloudflow-api 5.
 */

#include "unit.h"

#include "wire/history.c"


typedef struct {
    uint8_t      type;
    bool         is_legacy;
    const char  *detail;
} row_t;


TEST(details)
{
    size_t            i;
    wf_buf_t          buf;
    wf_error_t        err;
    wf_arena_t       *arena;
    wf_value_t       *input, *local, *output;
    wf_event_view_t   view;

    static const row_t  rows[] = {
        { WF_EVENT_EXECUTION_STARTED, true, "{\"input\":{\"i\":1}}" },
        { WF_EVENT_EXECUTION_STARTED, false, "{\"input\":{\"i\":1}}" },
        { WF_EVENT_EXECUTION_SUCCEEDED, false, "{\"output\":{\"o\":2}}" },
        { WF_EVENT_EXECUTION_FAILED, false,
          "{\"error\":\"E\\\"\",\"cause\":\"c\\n\"}" },
        { WF_EVENT_EXECUTION_STOPPED, true,
          "{\"error\":\"E\\\"\",\"cause\":\"c\\n\"}" },
        { WF_EVENT_EXECUTION_TIMED_OUT, true,
          "{\"error\":\"E\\\"\",\"cause\":\"c\\n\"}" },
        { WF_EVENT_STEP_ENTERED, true,
          "{\"input\":{\"i\":1},\"local\":{\"l\":3}}" },
        { WF_EVENT_STEP_ENTERED, false, "{\"input\":{\"i\":1}}" },
        { WF_EVENT_STEP_STARTED, true, "{\"input\":{\"i\":1}}" },
        { WF_EVENT_STEP_SUCCEEDED, true, "{\"output\":{\"o\":2}}" },
        { WF_EVENT_STEP_FAILED, true,
          "{\"error\":\"E\\\"\",\"cause\":\"c\\n\"}" },
        { WF_EVENT_STEP_EXITED, true, "{\"local\":{\"l\":3}}" },
        { WF_EVENT_STEP_EXITED, false, "{\"output\":{\"o\":2}}" },
        { WF_EVENT_WAIT_STARTED, false, "{}" },
        { WF_EVENT_BRANCH_ENTERED, false, "{\"index\":2,\"input\":{\"i\":1}}" },
        { WF_EVENT_BRANCH_EXITED, true, "{\"index\":2,\"output\":{\"o\":2}}" },
        { WF_EVENT_ITERATION_ENTERED, true,
          "{\"index\":2,\"input\":{\"i\":1}}" },
        { WF_EVENT_ITERATION_EXITED, false,
          "{\"index\":2,\"output\":{\"o\":2}}" },
        { WF_EVENT_TASK_SCHEDULED, false,
          "{\"action\":\"FC:InvokeFunction\",\"parameters\":{\"i\":1}}" },
        { WF_EVENT_TASK_SCHEDULED, true,
          "{\"resourceArn\":\"acs:fc:::f\",\"pattern\":\"waitForCallback\","
          "\"input\":{\"i\":1}}" },
        { WF_EVENT_TASK_STARTED, false, "{}" },
        { WF_EVENT_TASK_SUBMITTED, true, "{\"output\":{\"o\":2}}" },
        { WF_EVENT_TASK_SUBMIT_FAILED, true,
          "{\"error\":\"E\\\"\",\"cause\":\"c\\n\"}" },
        { WF_EVENT_TASK_SUCCEEDED, false, "{\"output\":{\"o\":2}}" },
        { WF_EVENT_TASK_FAILED, false,
          "{\"error\":\"E\\\"\",\"cause\":\"c\\n\"}" },
        { WF_EVENT_TASK_TIMED_OUT, false,
          "{\"error\":\"E\\\"\",\"cause\":\"c\\n\"}" },
        { WF_EVENT_MAP_RUN_STARTED, false, "{\"output\":{\"o\":2}}" },
        { WF_EVENT_RETRY_SCHEDULED, false, "{}" },
    };

    arena = wf_arena_create(0);
    memset(&view, 0, sizeof(view));

    CHECK_INT(wf_json_parse(arena, wf_str("{\"i\":1}"), &input, &err), WF_OK);
    CHECK_INT(wf_json_parse(arena, wf_str("{\"o\":2}"), &output, &err), WF_OK);
    CHECK_INT(wf_json_parse(arena, wf_str("{\"l\":3}"), &local, &err), WF_OK);
    view.event.input = input;
    view.event.local = local;
    view.event.output = output;
    view.event.error = wf_str("E\"");
    view.event.error_cause = wf_str("c\n");
    view.event.index = 2;
    view.mode = 2;

    for (i = 0; i < wf_countof(rows); i++) {
        view.event.type = rows[i].type;
        view.is_legacy = rows[i].is_legacy;
        view.is_action = !rows[i].is_legacy;
        view.resource = rows[i].is_legacy ? wf_str("acs:fc:::f")
                                          : wf_str("FC:InvokeFunction");
        wf_buf_init(&buf, arena, 0);
        wf_history_rpc_detail(&buf, &view);
        CHECK_STR(wf_buf_done(&buf), wf_str_of(rows[i].detail));
    }

    view.event.input = view.event.local = NULL;
    view.event.type = WF_EVENT_STEP_ENTERED;
    view.is_legacy = true;
    wf_buf_init(&buf, arena, 0);
    wf_history_rpc_detail(&buf, &view);
    CHECK_STR(wf_buf_done(&buf), wf_str("{\"input\":{},\"local\":{}}"));

    view.event.type = WF_EVENT_TASK_SCHEDULED;
    view.event.time_ms = 1000;
    view.event.due_ms = 31001;
    view.is_action = true;
    view.resource = wf_str("ocr:Read");
    view.mode = 0;
    wf_buf_init(&buf, arena, 0);
    wf_history_rpc_detail(&buf, &view);
    CHECK_STR(wf_buf_done(&buf),
              wf_str("{\"action\":\"ocr:Read\",\"pattern\":"
                     "\"requestResponse\",\"input\":{},\"timeout\":30}"));

    wf_arena_free(arena);
}


/* Every event that has an EventId says what it shows. */
TEST(every_visible_event)
{
    size_t            i;
    bool              found;
    unsigned          type;

    for (type = 1; !wf_event_is_swf((uint8_t) type); type++) {
        found = false;

        for (i = 0; i < wf_countof(details); i++) {
            found |= details[i].type == type;
        }

        CHECK_INT(found, wf_event_rpc_name((uint8_t) type)[0] != '\0');
    }
}


UNIT_MAIN()
