
/*
 * Answers and errors of CloudFlow's RPC protocol (cloudflow-api 1.8, 1.9 and
 * section 3): which member belongs to which answer is a table.  Writes text,
 * decides nothing.  A success never has a top-level Code.
 */

#include "wire/rpc_print.h"

#include "wire/history.h"


/* Which answers show an optional member. */
#define SHOW_MODE          0x01     /* ExecutionMode */
#define SHOW_STORAGE       0x02     /* ExternalStorageLocation */
#define SHOW_ROLE          0x04     /* of an execution */
#define SHOW_ENVIRONMENT   0x08     /* of an execution */
#define SHOW_FLAT          0x10     /* an alias, with its flow's name */

typedef struct {
    wf_str_t  action;
    unsigned  shows;
} answer_t;


static const answer_t  answers[] = {
    { wf_str_init("CreateFlow"),        SHOW_MODE },
    { wf_str_init("UpdateFlow"),        SHOW_STORAGE },
    { wf_str_init("DescribeFlow"),      SHOW_MODE },
    { wf_str_init("ListFlows"),         SHOW_MODE },
    { wf_str_init("StartExecution"),    0 },
    { wf_str_init("StopExecution"),     SHOW_ROLE },
    { wf_str_init("DescribeExecution"), SHOW_ENVIRONMENT },
    { wf_str_init("ListExecutions"),    SHOW_ENVIRONMENT },
    { wf_str_init("CreateFlowAlias"),   SHOW_FLAT },
};

/* By wf_status_t. */
static const char  *statuses[] = {
    "Starting", "Running", "Succeeded", "Failed", "Stopped", "TimedOut"
};

/* As above, of a map run. */
static const char  *run_statuses[] = {
    "Pending", "Running", "Succeeded", "Failed", "Aborted", "Failed"
};


static unsigned
answer_shows(const wf_message_t *message)
{
    size_t  i;

    for (i = 0; i < wf_countof(answers); i++) {

        if (wf_str_eq(answers[i].action, message->action)) {
            return answers[i].shows;
        }
    }

    return 0;
}


/* 1.8: what has not ended yet is sent with the epoch. */
static void
print_stopped(wf_buf_t *buf, int64_t ms)
{
    if (ms == 0) {
        wf_buf_text(buf, ",\"StoppedTime\":\"1970-01-01T00:00:00Z\"");

    } else {
        print_time(buf, KEY("StoppedTime"), ms);
    }
}


/* The list as it is kept; cloudflow-api 1.8 on empty ones. */
static void
print_environment(wf_buf_t *buf, wf_str_t list)
{
    wf_buf_str(buf, KEY("Environment"));
    wf_buf_text(buf, "{\"Variables\":");
    wf_buf_str(buf, list.len > 0 ? list : wf_str("[]"));
    wf_buf_byte(buf, '}');
}


static void
print_variables(wf_buf_t *buf, const wf_value_t *list)
{
    uint32_t           i;
    const wf_value_t  *name, *value;

    for (i = 0; i < list->count; i++) {
        name = wf_value_get(list->u.items[i], wf_str("Name"));
        value = wf_value_get(list->u.items[i], wf_str("Value"));

        if (name == NULL || value == NULL) {
            continue;
        }

        wf_buf_text(buf, "{\"Name\":");
        wf_json_print(buf, name);
        wf_buf_text(buf, ",\"Value\":");
        wf_json_print(buf, value);
        wf_buf_text(buf, "},");
    }

    if (list->count > 0 && !buf->failed && buf->data[buf->len - 1] == ',') {
        buf->len--;
    }
}


/* cloudflow-api 3.9: an execution's variables have no descriptions. */
static void
print_bare_environment(wf_buf_t *buf, wf_str_t list)
{
    wf_error_t   err;
    wf_value_t  *value;

    wf_buf_str(buf, KEY("Environment"));
    wf_buf_text(buf, "{\"Variables\":[");

    if (list.len > 2) {

        if (wf_json_parse(buf->arena, list, &value, &err) != WF_OK) {
            buf->failed |= err.code == WF_E_INTERNAL;

        } else if (value->type == WF_ARRAY) {
            print_variables(buf, value);
        }
    }

    wf_buf_text(buf, "]}");
}


/* The members after the first one, which the caller has written. */
static void
print_flow(wf_buf_t *buf, const wf_flow_view_t *flow, unsigned shows)
{
    print_text(buf, KEY("Name"), flow->name);
    print_text(buf, KEY("Description"), flow->description);
    print_text(buf, KEY("Definition"), flow->definition);
    print_text(buf, KEY("Type"), flow->type);
    print_if_set(buf, KEY("RoleArn"), flow->role);

    if (shows & SHOW_MODE) {
        print_text(buf, KEY("ExecutionMode"),
                   flow->is_express ? wf_str("Express") : wf_str("Standard"));
    }

    if (shows & SHOW_STORAGE) {
        print_if_set(buf, KEY("ExternalStorageLocation"), flow->storage);
    }

    print_environment(buf, flow->environment);
    print_if_set(buf, KEY("ResourceGroupId"), flow->group);
    print_time(buf, KEY("CreatedTime"), flow->created_ms);
    print_time(buf, KEY("LastModifiedTime"), flow->modified_ms);
}


/* Running executions: 1.8, "Output" and the epoch are sent all the same. */
static void
print_execution(wf_buf_t *buf, const wf_execution_view_t *execution,
    unsigned shows, bool metadata_only)
{
    wf_assert(execution->status < wf_countof(statuses));

    print_text(buf, KEY("Name"), execution->name);

    if (!metadata_only) {
        print_text(buf, KEY("FlowDefinition"), execution->definition);
        print_text(buf, KEY("Input"), execution->input);
        print_text(buf, KEY("Output"), execution->output);
    }

    print_text(buf, KEY("Status"), wf_str_of(statuses[execution->status]));
    print_time(buf, KEY("StartedTime"), execution->started_ms);
    print_stopped(buf, execution->stopped_ms);

    if (shows & SHOW_ROLE) {
        print_if_set(buf, KEY("RoleArn"), execution->role);
    }

    if (shows & SHOW_ENVIRONMENT) {
        print_bare_environment(buf, execution->environment);
    }
}


/* cloudflow-api 5.1.  detail is the caller's, used again and again. */
static void
print_event(wf_buf_t *buf, wf_buf_t *detail, const wf_event_view_t *view)
{
    detail->len = 0;
    wf_history_rpc_detail(detail, view);
    buf->failed |= detail->failed;

    wf_buf_text(buf, "{\"EventId\":");
    wf_buf_uint(buf, view->event.event_id);
    wf_buf_str(buf, KEY("ScheduleEventId"));
    wf_buf_uint(buf, view->event.cause_id);
    print_text(buf, KEY("Type"),
               wf_str_of(wf_event_rpc_name(view->event.type)));
    print_text(buf, KEY("StepName"), view->step);
    print_time(buf, KEY("Time"), view->event.time_ms);

    if (!buf->failed) {
        print_text(buf, KEY("EventDetail"), wf_buf_done(detail));
    }

    wf_buf_byte(buf, '}');
}


typedef void (*print_pt)(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);


static void
print_empty(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) buf;
    (void) message;
    (void) reply;
}


static void
print_one_flow(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    print_text(buf, KEY("Id"), reply->u.flows->id);
    print_flow(buf, reply->u.flows, answer_shows(message));
}


static void
print_one_execution(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    print_text(buf, KEY("FlowName"), reply->u.executions->flow);
    print_execution(buf, reply->u.executions, answer_shows(message),
                    reply->metadata_only);
}


/* 3.7: ErrorCode and ErrorMessage if it did not succeed. */
static void
print_sync_execution(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_execution_view_t  *execution;

    (void) message;

    execution = reply->u.executions;
    wf_assert(execution->status < wf_countof(statuses));

    print_text(buf, KEY("FlowName"), execution->flow);
    print_text(buf, KEY("Name"), execution->name);
    print_text(buf, KEY("Status"), wf_str_of(statuses[execution->status]));
    print_text(buf, KEY("Output"), execution->output);

    if (execution->error.len > 0) {
        print_text(buf, KEY("ErrorCode"), execution->error);
        print_text(buf, KEY("ErrorMessage"), execution->cause);
    }

    print_time(buf, KEY("StartedTime"), execution->started_ms);
    print_time(buf, KEY("StoppedTime"), execution->stopped_ms);
    print_bare_environment(buf, execution->environment);
}


static void
print_flows(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;
    unsigned  shows;

    shows = answer_shows(message);
    open_list(buf, KEY("Flows"));

    for (i = 0; i < reply->count; i++) {
        open_element(buf, FIRST_KEY("Id"), i, reply->u.flows[i].id);
        print_flow(buf, &reply->u.flows[i], shows);
        wf_buf_byte(buf, '}');
    }

    close_list(buf, reply);
}


static void
print_executions(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;
    unsigned  shows;

    shows = answer_shows(message);
    open_list(buf, KEY("Executions"));

    for (i = 0; i < reply->count; i++) {
        open_element(buf, FIRST_KEY("FlowName"), i,
                     reply->u.executions[i].flow);
        print_execution(buf, &reply->u.executions[i], shows,
                        reply->metadata_only);
        wf_buf_byte(buf, '}');
    }

    close_list(buf, reply);
}


static void
print_events(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;
    wf_buf_t  detail;

    (void) message;

    wf_buf_init(&detail, buf->arena, 256);
    open_list(buf, KEY("Events"));

    for (i = 0; i < reply->count; i++) {

        if (i > 0) {
            wf_buf_byte(buf, ',');
        }

        print_event(buf, &detail, &reply->u.events[i]);
    }

    close_list(buf, reply);
}


static void
print_event_id(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_str(buf, KEY("EventId"));
    wf_buf_uint(buf, reply->u.event_id);
}


/* Tolerances that are not set tolerate nothing (cloudflow-api 6.7). */
static void
print_limits(wf_buf_t *buf, const wf_map_run_view_t *run)
{
    wf_value_t  *percentage;

    percentage = wf_value_real(buf->arena,
                               wf_max(run->tolerated_percentage, 0.0));

    wf_buf_str(buf, KEY("Concurrency"));
    wf_buf_uint(buf, run->concurrency);
    wf_buf_str(buf, KEY("ToleratedFailedCount"));
    wf_buf_uint(buf, run->tolerated_count == UINT32_MAX
                     ? 0 : run->tolerated_count);
    wf_buf_str(buf, KEY("ToleratedFailedPercentage"));

    if (percentage == NULL) {
        buf->failed = true;
        return;
    }

    wf_json_print(buf, percentage);
}


static void
print_counts(wf_buf_t *buf, const wf_map_run_view_t *run)
{
    size_t  i;

    const struct {
        const char  *name;
        uint32_t     count;
    } counts[] = {
        { "Total", run->total },
        { "Pending", run->pending },
        { "Running", run->running },
        { "Succeed", run->succeeded },
        { "Failed", run->failed },
        { "Aborted", run->aborted },
    };

    wf_buf_str(buf, KEY("ItemCounts"));

    for (i = 0; i < wf_countof(counts); i++) {
        wf_buf_byte(buf, i == 0 ? '{' : ',');
        wf_json_print_string(buf, wf_str_of(counts[i].name));
        wf_buf_byte(buf, ':');
        wf_buf_uint(buf, counts[i].count);
    }

    wf_buf_byte(buf, '}');
}


static void
print_map_run(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_map_run_view_t  *run;

    (void) message;

    run = reply->u.map_run;
    wf_assert(run->status < wf_countof(run_statuses));

    print_text(buf, KEY("MapRunName"), run->name);
    print_text(buf, KEY("ExecutionName"), run->execution);
    print_text(buf, KEY("Status"), wf_str_of(run_statuses[run->status]));
    print_time(buf, KEY("StartedTime"), run->started_ms);
    print_stopped(buf, run->stopped_ms);
    print_limits(buf, run);
    print_counts(buf, run);
}


static void
print_map_run_limits(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_map_run_view_t  *run;

    (void) message;

    run = reply->u.map_run;
    print_text(buf, KEY("FlowName"), run->flow);
    print_text(buf, KEY("ExecutionName"), run->execution);
    print_text(buf, KEY("MapRunName"), run->name);
    print_limits(buf, run);
}


static void
print_alias(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_rpc_print_alias(buf, reply->u.aliases,
                       answer_shows(message) & SHOW_FLAT);
}


static const print_pt  printers[] = {
    [WF_REPLY_EMPTY] = print_empty,
    [WF_REPLY_FLOW] = print_one_flow,
    [WF_REPLY_FLOWS] = print_flows,
    [WF_REPLY_EXECUTION] = print_one_execution,
    [WF_REPLY_EXECUTIONS] = print_executions,
    [WF_REPLY_SYNC_EXECUTION] = print_sync_execution,
    [WF_REPLY_EVENTS] = print_events,
    [WF_REPLY_EVENT_ID] = print_event_id,
    [WF_REPLY_MAP_RUN] = print_map_run,
    [WF_REPLY_MAP_RUN_LIMITS] = print_map_run_limits,
    [WF_REPLY_VERSION] = wf_rpc_print_version,
    [WF_REPLY_VERSIONS] = wf_rpc_print_versions,
    [WF_REPLY_ALIAS] = print_alias,
    [WF_REPLY_ALIASES] = wf_rpc_print_aliases,
};


unsigned
wf_rpc_encode(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_assert(reply->error == NULL);
    wf_assert(reply->kind < wf_countof(printers));

    wf_buf_text(buf, "{\"RequestId\":");
    wf_json_print_string(buf, message->request_id);
    printers[reply->kind](buf, message, reply);
    wf_buf_byte(buf, '}');

    return 200;
}


typedef struct {
    unsigned     status;
    const char  *name;
    const char  *text;
} error_t;


static const error_t  errors[] = {
#define ERROR(symbol, number, retryable, status, name, text)                  \
    [WF_E_##symbol] = { status, name, text },
#include "base/errors.def"
#undef ERROR
};


/* Header values may be no UTF-8; a JSON text must be. */
static void
text_append(wf_buf_t *buf, wf_str_t text)
{
    size_t  i;

    if (text.len == 0 || wf_utf8_valid(text)) {
        wf_buf_str(buf, text);
        return;
    }

    for (i = 0; i < text.len; i++) {
        wf_buf_byte(buf, text.data[i] < 0x80 ? text.data[i] : '?');
    }
}


/* %s the next detail, %q the next detail in single quotes (1.9). */
static void
error_text(wf_buf_t *buf, const char *format, const wf_error_t *err)
{
    size_t    len;
    unsigned  index;

    index = 0;

    while (*format != '\0') {
        len = strcspn(format, "%");
        wf_buf_append(buf, format, len);
        format += len;

        if (*format == '\0') {
            break;
        }

        wf_assert(index < 2 && (format[1] == 's' || format[1] == 'q'));

        if (format[1] == 'q') {
            wf_buf_byte(buf, '\'');
        }

        text_append(buf, wf_error_arg(err, index++));

        if (format[1] == 'q') {
            wf_buf_byte(buf, '\'');
        }

        format += 2;
    }
}


static const error_t *
error_of(wf_error_code_t code)
{
    return (size_t) code < wf_countof(errors) && errors[code].name
           ? &errors[code] : &errors[WF_E_INTERNAL];
}


wf_str_t
wf_rpc_error_code(wf_error_code_t code)
{
    return wf_str_of(error_of(code)->name);
}


wf_str_t
wf_rpc_status(uint8_t status)
{
    return status < wf_countof(statuses) ? wf_str_of(statuses[status])
                                         : wf_str_none;
}


unsigned
wf_rpc_encode_error(wf_buf_t *buf, const wf_message_t *message,
    const wf_error_t *err)
{
    wf_buf_t               text;
    wf_str_t               host;
    const error_t         *error;
    const wf_rpc_state_t  *state;

    error = error_of(err->code);

    wf_buf_init(&text, buf->arena, 128);
    wf_buf_text(buf, "{\"RequestId\":");
    wf_json_print_string(buf, message->request_id);

    state = message->state;
    host = state ? state->host : wf_str_none;
    text_append(&text, host.len > 0 ? host : wf_str("localhost"));

    if (!text.failed) {
        print_text(buf, KEY("HostId"), wf_buf_done(&text));
    }

    print_text(buf, KEY("Code"), wf_str_of(error->name));

    text.len = 0;
    error_text(&text, error->text, err);
    buf->failed |= text.failed;

    if (!buf->failed) {
        print_text(buf, KEY("Message"), wf_buf_done(&text));
    }

    wf_buf_byte(buf, '}');

    return error->status;
}
