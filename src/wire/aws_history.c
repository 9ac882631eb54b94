
/*
 * The history of a state machine as clients read it (asl 22): types by state
 * and by what a task calls, details by table.  Knows events by type, nothing
 * of executions; writes text only.
 */

#include "wire/aws_history.h"

#include "base/json.h"
#include "base/map.h"


typedef enum {
    PLAIN = 0,                      /* the name is the type */
    OF_STATE,                       /* "Pass" stands before it */
    OF_TASK                         /* "LambdaFunction", "Activity", "Task" */
} naming_t;

/*
 * Members of the details, in order: I input, O output, E error, C cause, N
 * name, K index, A variables that are assigned, R what is called, L length, M
 * map run, W worker, X location, S state, F role and what it was started by, P
 * parameters, T time-out, H heartbeat, D credentials, V redrives.
 */
typedef struct {
    uint8_t      naming;
    const char  *name;
    const char  *members;           /* NULL: no details */
    const char  *details;           /* NULL: "{type}EventDetails" */
} row_t;

static const row_t  rows[WF_EVENT_END] = {
    [WF_EVENT_EXECUTION_STARTED] = { PLAIN, "ExecutionStarted", "IF", NULL },
    [WF_EVENT_EXECUTION_SUCCEEDED] = {
        PLAIN, "ExecutionSucceeded", "O", NULL
    },
    [WF_EVENT_EXECUTION_FAILED] = { PLAIN, "ExecutionFailed", "EC", NULL },
    [WF_EVENT_EXECUTION_STOPPED] = { PLAIN, "ExecutionAborted", "EC", NULL },
    [WF_EVENT_EXECUTION_TIMED_OUT] = {
        PLAIN, "ExecutionTimedOut", "EC", NULL
    },
    [WF_EVENT_STEP_ENTERED] = {
        OF_STATE, "StateEntered", "NI", "stateEnteredEventDetails"
    },
    [WF_EVENT_STEP_EXITED] = {
        OF_STATE, "StateExited", "NOA", "stateExitedEventDetails"
    },
    [WF_EVENT_STEP_SUCCEEDED] = { OF_STATE, "StateSucceeded", NULL, NULL },
    [WF_EVENT_STEP_FAILED] = { OF_STATE, "StateFailed", NULL, NULL },
    [WF_EVENT_STATE_ABORTED] = { OF_STATE, "StateAborted", NULL, NULL },
    [WF_EVENT_FORK_OPENED] = { OF_STATE, "StateStarted", "L", NULL },
    [WF_EVENT_MAP_OPENED] = { OF_STATE, "StateStarted", "L", NULL },
    [WF_EVENT_ITERATION_ENTERED] = { PLAIN, "MapIterationStarted", "NK", NULL
    },
    [WF_EVENT_ITERATION_EXITED] = { PLAIN, "MapIterationSucceeded", "NK", NULL
    },
    [WF_EVENT_ITERATION_FAILED] = { PLAIN, "MapIterationFailed", "NK", NULL },
    [WF_EVENT_ITERATION_ABORTED] = { PLAIN, "MapIterationAborted", "NK", NULL
    },
    [WF_EVENT_TASK_OPENED] = { OF_TASK, "Scheduled", "RPTHD", NULL },
    [WF_EVENT_TASK_STARTED] = { OF_TASK, "Started", "R", NULL },
    [WF_EVENT_TASK_SUBMITTED] = { OF_TASK, "Submitted", "RO", NULL },
    [WF_EVENT_TASK_SUBMIT_FAILED] = { OF_TASK, "SubmitFailed", "REC", NULL },
    [WF_EVENT_TASK_SUCCEEDED] = { OF_TASK, "Succeeded", "RO", NULL },
    [WF_EVENT_TASK_FAILED] = { OF_TASK, "Failed", "REC", NULL },
    [WF_EVENT_TASK_TIMED_OUT] = { OF_TASK, "TimedOut", "REC", NULL },
    [WF_EVENT_ACTIVITY_STARTED] = { PLAIN, "ActivityStarted", "W", NULL },
    [WF_EVENT_EVALUATION_FAILED] = { PLAIN, "EvaluationFailed", "ECXS", NULL
    },
    [WF_EVENT_MAP_RUN_STARTED] = { PLAIN, "MapRunStarted", "M", NULL },
    [WF_EVENT_MAP_RUN_SUCCEEDED] = { PLAIN, "MapRunSucceeded", NULL, NULL },
    [WF_EVENT_MAP_RUN_FAILED] = { PLAIN, "MapRunFailed", "EC", NULL },
    [WF_EVENT_EXECUTION_REDRIVEN] = { PLAIN, "ExecutionRedriven", "V", NULL },
    [WF_EVENT_MAP_RUN_REDRIVEN] = { PLAIN, "MapRunRedriven", "MV", NULL }
};

static const char *const  prefixes[] = {
    [WF_CALLED_LAMBDA] = "LambdaFunction",
    [WF_CALLED_ACTIVITY] = "Activity",
    [WF_CALLED_SERVICE] = "Task"
};


typedef struct {
    wf_buf_t                  *buf;
    const wf_history_frame_t  *frame;
    const wf_event_view_t     *view;
} printer_t;


static void
print_key(wf_buf_t *buf, const char *key)
{
    if (buf->len && !buf->failed && buf->data[buf->len - 1] != '{') {
        wf_buf_byte(buf, ',');
    }

    wf_json_print_string(buf, wf_str_of(key));
    wf_buf_byte(buf, ':');
}


static void
print_text(wf_buf_t *buf, const char *key, wf_str_t text)
{
    if (text.len) {
        print_key(buf, key);
        wf_json_print_string(buf, text);
    }
}


static void
print_number(wf_buf_t *buf, const char *key, uint64_t number)
{
    print_key(buf, key);
    wf_buf_uint(buf, number);
}


/* JSON text inside a string. */
static void
print_json(wf_buf_t *buf, const char *key, const wf_value_t *value)
{
    wf_buf_t  text;

    wf_buf_init(&text, buf->arena, wf_json_size(value));
    wf_json_print(&text, value);
    buf->failed |= text.failed;
    print_key(buf, key);
    wf_json_print_string(buf, wf_buf_done(&text));
}


/* key and "{key}Details" */
static void
print_data(const printer_t *to, const char *key, const char *details,
    const wf_value_t *value)
{
    if (value == NULL || !to->frame->has_data) {
        return;
    }

    print_json(to->buf, key, value);
    print_key(to->buf, details);
    wf_buf_text(to->buf, "{\"truncated\":false}");
}


static void
print_input(const printer_t *to)
{
    print_data(to, "input", "inputDetails", to->view->event.input);
}


static void
print_output(const printer_t *to)
{
    print_data(to, "output", "outputDetails", to->view->event.output);
}


static void
print_error(const printer_t *to)
{
    print_text(to->buf, "error", to->view->event.error);
}


static void
print_cause(const printer_t *to)
{
    print_text(to->buf, "cause", to->view->event.error_cause);
}


static void
print_name(const printer_t *to)
{
    print_text(to->buf, "name", to->view->step);
}


static void
print_index(const printer_t *to)
{
    print_number(to->buf, "index", to->view->event.index);
}


/* {"x": "JSON text"} */
static void
print_assigned(const printer_t *to)
{
    uint32_t            i;
    wf_buf_t            name;
    const wf_value_t   *assigned;

    assigned = to->view->event.local;

    if (assigned == NULL || assigned->type != WF_OBJECT
        || !to->frame->has_data)
    {
        return;
    }

    print_key(to->buf, "assignedVariables");
    wf_buf_byte(to->buf, '{');

    for (i = 0; i < assigned->count; i++) {
        wf_buf_init(&name, to->buf->arena, assigned->u.members[i].key.len + 1);
        wf_buf_str(&name, assigned->u.members[i].key);
        wf_buf_byte(&name, '\0');

        if (name.failed) {
            to->buf->failed = true;
            return;
        }

        print_json(to->buf, (const char *) name.data,
                   assigned->u.members[i].value);
    }

    wf_buf_byte(to->buf, '}');
    print_key(to->buf, "assignedVariablesDetails");
    wf_buf_text(to->buf, "{\"truncated\":false}");
}


/* Lambda's and an activity's ARN stand in Scheduled alone. */
static void
print_called(const printer_t *to)
{
    const wf_event_view_t  *view;

    view = to->view;

    if (view->kind == WF_CALLED_SERVICE) {
        print_text(to->buf, "resourceType", view->service);
        print_text(to->buf, "resource", view->operation);

    } else if (view->event.type == WF_EVENT_TASK_OPENED) {
        print_text(to->buf, "resource", view->resource);
    }
}


static void
print_parameters(const printer_t *to)
{
    if (to->view->kind != WF_CALLED_SERVICE) {
        print_input(to);
        return;
    }

    print_text(to->buf, "region", to->frame->place.region);

    if (to->frame->has_data && to->view->event.input) {
        print_json(to->buf, "parameters", to->view->event.input);
    }
}


static void
print_timeout(const printer_t *to)
{
    const wf_event_t  *event;

    event = &to->view->event;

    if (event->due_ms > event->time_ms) {
        print_number(to->buf, "timeoutInSeconds",
                     (uint64_t) (event->due_ms - event->time_ms) / 1000);
    }
}


static void
print_heartbeat(const printer_t *to)
{
    if (to->view->event.width && to->view->kind != WF_CALLED_LAMBDA) {
        print_number(to->buf, "heartbeatInSeconds", to->view->event.width);
    }
}


static void
print_credentials(const printer_t *to)
{
    const wf_value_t  *role;

    role = wf_value_get(to->view->event.output, wf_str("RoleArn"));

    if (role && role->type == WF_STRING
        && to->view->kind != WF_CALLED_ACTIVITY)
    {
        print_key(to->buf, "taskCredentials");
        wf_buf_byte(to->buf, '{');
        print_text(to->buf, "roleArn", role->u.string);
        wf_buf_byte(to->buf, '}');
    }
}


static void
print_length(const printer_t *to)
{
    print_number(to->buf, "length", to->view->event.index);
}


/* A text of the event's output object. */
static wf_str_t
output_text(const printer_t *to, wf_str_t key)
{
    const wf_value_t  *value;

    value = wf_value_get(to->view->event.output, key);

    return value && value->type == WF_STRING ? value->u.string : wf_str_none;
}


static void
print_map_run(const printer_t *to)
{
    wf_buf_t  arn;

    wf_buf_init(&arn, to->buf->arena, 160);
    wf_arn_map_run(&arn, &to->frame->place, to->view->step, to->view->label,
                   output_text(to, wf_str("MapRunName")));
    to->buf->failed |= arn.failed;
    print_text(to->buf, "mapRunArn", wf_buf_done(&arn));
}


static void
print_worker(const printer_t *to)
{
    print_text(to->buf, "workerName", output_text(to, wf_str("workerName")));
}


static void
print_location(const printer_t *to)
{
    print_text(to->buf, "location", output_text(to, wf_str("location")));
}


static void
print_state(const printer_t *to)
{
    print_text(to->buf, "state", to->view->step);
}


static void
print_redrives(const printer_t *to)
{
    print_number(to->buf, "redriveCount", to->view->event.index);
}


static void
print_frame(const printer_t *to)
{
    print_text(to->buf, "roleArn", to->frame->role);
    print_text(to->buf, "stateMachineAliasArn", to->frame->alias_arn);
    print_text(to->buf, "stateMachineVersionArn", to->frame->version_arn);
}


static void (*const members['Z' - 'A' + 1])(const printer_t *to) = {
    ['A' - 'A'] = print_assigned,
    ['C' - 'A'] = print_cause,
    ['D' - 'A'] = print_credentials,
    ['E' - 'A'] = print_error,
    ['F' - 'A'] = print_frame,
    ['H' - 'A'] = print_heartbeat,
    ['I' - 'A'] = print_input,
    ['K' - 'A'] = print_index,
    ['L' - 'A'] = print_length,
    ['M' - 'A'] = print_map_run,
    ['N' - 'A'] = print_name,
    ['O' - 'A'] = print_output,
    ['P' - 'A'] = print_parameters,
    ['R' - 'A'] = print_called,
    ['S' - 'A'] = print_state,
    ['T' - 'A'] = print_timeout,
    ['V' - 'A'] = print_redrives,
    ['W' - 'A'] = print_worker,
    ['X' - 'A'] = print_location
};


/* A machine whose definition is not there, or none any more, has no kinds. */
static void
name_event(wf_buf_t *buf, const row_t *row, const wf_event_view_t *view)
{
    uint8_t  kind;

    if (row->naming == OF_STATE) {
        wf_buf_str(buf, view->type);

    } else if (row->naming == OF_TASK) {
        kind = view->kind ? view->kind : WF_CALLED_SERVICE;
        wf_assert(kind < wf_countof(prefixes));
        wf_buf_str(buf, wf_str_of(prefixes[kind]));
    }

    wf_buf_str(buf, wf_str_of(row->name));
}


/* Some events of a family have no details. */
static bool
has_details(const row_t *row, const wf_event_view_t *view)
{
    if (view->event.type == WF_EVENT_FORK_OPENED) {
        return wf_str_eq(view->type, wf_str("Map"));
    }

    return row->members != NULL
           && (view->event.type != WF_EVENT_TASK_STARTED
               || view->kind == WF_CALLED_SERVICE);
}


static void
print_details(const printer_t *to, const row_t *row, wf_str_t type)
{
    const char  *letter;

    if (!has_details(row, to->view)) {
        return;
    }

    if (row->details) {
        print_key(to->buf, row->details);

    } else {
        wf_buf_text(to->buf, ",\"");
        wf_buf_byte(to->buf, (uint8_t) (type.data[0] | 0x20));
        wf_buf_append(to->buf, type.data + 1, type.len - 1);
        wf_buf_text(to->buf, "EventDetails\":");
    }

    wf_buf_byte(to->buf, '{');

    for (letter = row->members; *letter; letter++) {
        members[*letter - 'A'](to);
    }

    wf_buf_byte(to->buf, '}');
}


void
wf_aws_history_event(wf_buf_t *buf, const wf_history_frame_t *frame,
    const wf_event_view_t *view)
{
    wf_buf_t      name;
    wf_str_t      type;
    printer_t     to;
    const row_t  *row;

    static const row_t  unknown = { PLAIN, "Unknown", NULL, NULL };

    wf_assert(view->event.type < WF_EVENT_END);

    to = (printer_t) { buf, frame, view };
    row = rows[view->event.type].name ? &rows[view->event.type] : &unknown;
    wf_buf_init(&name, buf->arena, 40);
    name_event(&name, row, view);
    type = wf_buf_done(&name);

    if (name.failed) {
        buf->failed = true;
        return;
    }

    wf_buf_byte(buf, '{');
    print_key(buf, "timestamp");
    wf_buf_uint(buf, (uint64_t) view->event.time_ms / 1000);
    wf_buf_byte(buf, '.');
    wf_buf_byte(buf, (uint8_t) ('0' + view->event.time_ms / 100 % 10));
    wf_buf_byte(buf, (uint8_t) ('0' + view->event.time_ms / 10 % 10));
    wf_buf_byte(buf, (uint8_t) ('0' + view->event.time_ms % 10));
    print_text(buf, "type", type);
    print_number(buf, "id", view->event.event_id);
    print_number(buf, "previousEventId", view->event.cause_id);
    print_details(&to, row, type);
    wf_buf_byte(buf, '}');
}
