
/*
 * The history as clients read it: which parts of an event its detail shows,
 * by table.  Knows events by type, nothing of executions; writes text only.
 */

#include "wire/history.h"

#include "base/json.h"


/* Members of a detail: I input, L local, O output, E error, C cause. */
typedef struct {
    uint8_t      type;
    const char  *members;
    const char  *legacy;        /* generation 1 */
} detail_t;


/* cloudflow-api 5.2 (the published trace, generation 1) and 5.3. */
static const detail_t  details[] = {
    { WF_EVENT_EXECUTION_STARTED,   "I",  "I" },
    { WF_EVENT_EXECUTION_SUCCEEDED, "O",  "O" },
    { WF_EVENT_EXECUTION_FAILED,    "EC", "EC" },
    { WF_EVENT_EXECUTION_STOPPED,   "EC", "EC" },
    { WF_EVENT_EXECUTION_TIMED_OUT, "EC", "EC" },
    { WF_EVENT_STEP_ENTERED,        "I",  "IL" },
    { WF_EVENT_STEP_STARTED,        "I",  "I" },
    { WF_EVENT_STEP_SUCCEEDED,      "O",  "O" },
    { WF_EVENT_STEP_FAILED,         "EC", "EC" },
    { WF_EVENT_STEP_EXITED,         "O",  "L" },
};


static const char *
detail_members(const wf_event_view_t *view)
{
    size_t  i;

    for (i = 0; i < wf_countof(details); i++) {

        if (details[i].type == view->event.type) {
            return view->is_legacy ? details[i].legacy : details[i].members;
        }
    }

    return "";
}


static void
detail_value(wf_buf_t *buf, const char *key, const wf_value_t *value)
{
    wf_json_print_string(buf, wf_str_of(key));
    wf_buf_byte(buf, ':');

    if (value == NULL) {
        wf_buf_text(buf, "{}");
        return;
    }

    wf_json_print(buf, value);
}


static void
detail_text(wf_buf_t *buf, const char *key, wf_str_t text)
{
    wf_json_print_string(buf, wf_str_of(key));
    wf_buf_byte(buf, ':');
    wf_json_print_string(buf, text.len > 0 ? text : wf_str(""));
}


static void
detail_member(wf_buf_t *buf, const wf_event_t *event, char letter)
{
    switch (letter) {

    case 'I':
        detail_value(buf, "input", event->input);
        break;

    case 'L':
        detail_value(buf, "local", event->local);
        break;

    case 'O':
        detail_value(buf, "output", event->output);
        break;

    case 'E':
        detail_text(buf, "error", event->error);
        break;

    default:
        detail_text(buf, "cause", event->error_cause);
        break;
    }
}


void
wf_history_rpc_detail(wf_buf_t *buf, const wf_event_view_t *view)
{
    const char  *letter;

    wf_buf_byte(buf, '{');

    for (letter = detail_members(view); *letter != '\0'; letter++) {
        detail_member(buf, &view->event, *letter);

        if (letter[1] != '\0') {
            wf_buf_byte(buf, ',');
        }
    }

    wf_buf_byte(buf, '}');
}
