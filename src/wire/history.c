
/*
 * The history as clients read it: which parts of an event its detail shows,
 * by table.  Knows events by type, nothing of executions; writes text only.
 */

#include "wire/history.h"

#include "base/json.h"


/*
 * Members of a detail: I input, L local, O output, E error, C cause, K index,
 * R action or resource, P parameters, M pattern, T timeout, if there is one.
 */
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
    { WF_EVENT_BRANCH_ENTERED,      "KI", "KI" },
    { WF_EVENT_BRANCH_EXITED,       "KO", "KO" },
    { WF_EVENT_ITERATION_ENTERED,   "KI", "KI" },
    { WF_EVENT_ITERATION_EXITED,    "KO", "KO" },
    { WF_EVENT_TASK_SCHEDULED,      "RPT", "RMIT" },
    { WF_EVENT_TASK_STARTED,        "",   "" },
    { WF_EVENT_TASK_SUBMITTED,      "O",  "O" },
    { WF_EVENT_TASK_SUBMIT_FAILED,  "EC", "EC" },
    { WF_EVENT_TASK_SUCCEEDED,      "O",  "O" },
    { WF_EVENT_TASK_FAILED,         "EC", "EC" },
    { WF_EVENT_TASK_TIMED_OUT,      "EC", "EC" },
    { WF_EVENT_MAP_RUN_STARTED,     "O",  "O" },
};

/* By wf_task_mode_t. */
static const char  *patterns[] = {
    "requestResponse", "sync", "waitForCallback"
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
detail_number(wf_buf_t *buf, const char *key, uint64_t number)
{
    wf_json_print_string(buf, wf_str_of(key));
    wf_buf_byte(buf, ':');
    wf_buf_uint(buf, number);
}


static void
print_index(wf_buf_t *buf, const wf_event_view_t *view)
{
    detail_number(buf, "index", view->event.index);
}


static void
print_input(wf_buf_t *buf, const wf_event_view_t *view)
{
    detail_value(buf, "input", view->event.input);
}


static void
print_parameters(wf_buf_t *buf, const wf_event_view_t *view)
{
    detail_value(buf, "parameters", view->event.input);
}


static void
print_local(wf_buf_t *buf, const wf_event_view_t *view)
{
    detail_value(buf, "local", view->event.local);
}


static void
print_output(wf_buf_t *buf, const wf_event_view_t *view)
{
    detail_value(buf, "output", view->event.output);
}


static void
print_error(wf_buf_t *buf, const wf_event_view_t *view)
{
    detail_text(buf, "error", view->event.error);
}


static void
print_cause(wf_buf_t *buf, const wf_event_view_t *view)
{
    detail_text(buf, "cause", view->event.error_cause);
}


static void
print_resource(wf_buf_t *buf, const wf_event_view_t *view)
{
    detail_text(buf, view->is_action ? "action" : "resourceArn",
                view->resource);
}


static void
print_pattern(wf_buf_t *buf, const wf_event_view_t *view)
{
    wf_assert(view->mode < wf_countof(patterns));
    detail_text(buf, "pattern", wf_str_of(patterns[view->mode]));
}


/* In seconds, as in the definition. */
static void
print_timeout(wf_buf_t *buf, const wf_event_view_t *view)
{
    int64_t  ms;

    ms = view->event.due_ms - view->event.time_ms;
    detail_number(buf, "timeout", ms > 0 ? (uint64_t) (ms + 500) / 1000 : 0);
}


static const struct {
    char    letter;
    void  (*print)(wf_buf_t *buf, const wf_event_view_t *view);
} members[] = {
    { 'C', print_cause },
    { 'E', print_error },
    { 'I', print_input },
    { 'K', print_index },
    { 'L', print_local },
    { 'M', print_pattern },
    { 'O', print_output },
    { 'P', print_parameters },
    { 'R', print_resource },
    { 'T', print_timeout },
};


static void
detail_member(wf_buf_t *buf, const wf_event_view_t *view, char letter)
{
    size_t  i;

    for (i = 0; i < wf_countof(members); i++) {

        if (members[i].letter == letter) {
            members[i].print(buf, view);
        }
    }
}


void
wf_history_rpc_detail(wf_buf_t *buf, const wf_event_view_t *view)
{
    const char  *letter;

    wf_buf_byte(buf, '{');

    for (letter = detail_members(view); *letter != '\0'; letter++) {

        if (*letter == 'T' && view->event.due_ms == 0) {
            continue;
        }

        if (buf->len > 0 && !buf->failed && buf->data[buf->len - 1] != '{') {
            wf_buf_byte(buf, ',');
        }

        detail_member(buf, view, *letter);
    }

    wf_buf_byte(buf, '}');
}
