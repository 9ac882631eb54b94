
/*
 * What a waiting task hears of a state machine's end.  Owns the members of
 * that object; a protocol's answers are wire's.
 */

#include "shard/job.h"

#include "base/json.h"


#define FLOW_PREFIX  "sfn/"

static const wf_str_t  statuses[] = {
    [WF_STATUS_RUNNING] = wf_str_init("RUNNING"),
    [WF_STATUS_SUCCEEDED] = wf_str_init("SUCCEEDED"),
    [WF_STATUS_FAILED] = wf_str_init("FAILED"),
    [WF_STATUS_STOPPED] = wf_str_init("ABORTED"),
    [WF_STATUS_TIMED_OUT] = wf_str_init("TIMED_OUT")
};


bool
wf_job_is(const wf_loaded_t *loaded)
{
    return loaded->record.root_scope == 0
           && wf_str_starts(loaded->identity.flow_name, wf_str(FLOW_PREFIX));
}


static wf_str_t
cut(wf_str_t *rest)
{
    size_t    i;
    wf_str_t  part;

    for (i = 0; i < rest->len && rest->data[i] != '/'; i++) { /* void */ }

    part = (wf_str_t) { i, rest->data };
    i += i < rest->len;
    *rest = (wf_str_t) { rest->len - i, rest->data + i };

    return part;
}


static void
print_key(wf_buf_t *buf, const char *name)
{
    if (buf->len > 0 && buf->data[buf->len - 1] != '{') {
        wf_buf_byte(buf, ',');
    }

    wf_json_print_string(buf, wf_str_of(name));
    wf_buf_byte(buf, ':');
}


static void
print_text(wf_buf_t *buf, const char *name, wf_str_t text)
{
    print_key(buf, name);
    wf_json_print_string(buf, text);
}


static void
print_data(wf_buf_t *buf, const char *name, const char *details,
    wf_str_t text)
{
    if (text.len) {
        print_text(buf, name, text);
        print_key(buf, details);
        wf_buf_text(buf, "{\"Included\":true}");
    }
}


/* Names in ARNs hold nothing that JSON would escape. */
static void
print_arn(wf_buf_t *buf, const char *name, const char *kind, wf_str_t flow,
    wf_str_t execution)
{
    wf_str_t  rest;

    rest = flow;
    (void) cut(&rest);

    print_key(buf, name);
    wf_buf_text(buf, "\"arn:aws:states:");
    wf_buf_str(buf, cut(&rest));
    wf_buf_byte(buf, ':');
    wf_buf_str(buf, cut(&rest));
    wf_buf_byte(buf, ':');
    wf_buf_str(buf, wf_str_of(kind));
    wf_buf_byte(buf, ':');
    wf_buf_str(buf, rest);

    if (execution.len) {
        wf_buf_byte(buf, ':');
        wf_buf_str(buf, execution);
    }

    wf_buf_byte(buf, '"');
}


static void
print_time(wf_buf_t *buf, const char *name, int64_t ms)
{
    print_key(buf, name);
    wf_buf_int(buf, ms);
}


void
wf_job_print(wf_buf_t *buf, const wf_loaded_t *loaded)
{
    wf_str_t          flow;
    wf_buf_t          output;
    const wf_exec_t  *exec;

    exec = loaded->exec;
    flow = loaded->identity.flow_name;
    wf_buf_init(&output, buf->arena, 512);

    if (exec->output && exec->status == WF_STATUS_SUCCEEDED) {
        wf_json_print(&output, exec->output);
    }

    wf_buf_byte(buf, '{');

    if (exec->error_cause.len) {
        print_text(buf, "Cause", exec->error_cause);
    }

    if (exec->error.len) {
        print_text(buf, "Error", exec->error);
    }

    print_arn(buf, "ExecutionArn", "execution", flow, loaded->record.name);
    print_data(buf, "Input", "InputDetails", loaded->record.input);
    print_text(buf, "Name", loaded->record.name);
    print_data(buf, "Output", "OutputDetails", wf_buf_done(&output));
    print_time(buf, "StartDate", exec->started_ms);
    print_arn(buf, "StateMachineArn", "stateMachine", flow, wf_str_none);
    print_text(buf, "Status", statuses[exec->status]);
    print_time(buf, "StopDate", exec->stopped_ms);
    wf_buf_byte(buf, '}');
    buf->failed |= output.failed;
}
