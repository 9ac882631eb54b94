
/*
 * Failures of state machines and their words (asl 4, 9, 11, 14): what the
 * interpreter gives up on, what a catcher may take.  Decides nothing about
 * what comes next; retry.c does.
 */

#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "engine/machine.h"


#define TEXT_MAX  1024


/* A state on trial is alone. */
static void
prefix(wf_run_t *run, wf_buf_t *buf)
{
    if (run->exec->probe) {
        return;
    }

    wf_buf_text(buf, "An error occurred while executing the state '");
    wf_buf_str(buf, run->node->name);
    wf_buf_text(buf, "' (entered at the event id #");
    wf_buf_uint(buf, run->branch->entered_id);
    wf_buf_text(buf, "). ");
}


/* {"location": ...}; of an empty one: none. */
static wf_rc_t
set_location(wf_run_t *run, wf_str_t text)
{
    wf_str_t     copy;
    wf_value_t  *location;

    run->location = NULL;

    if (text.len == 0) {
        return WF_OK;
    }

    location = wf_value_object(run->exec->arena, 1);
    copy = wf_arena_copy(run->exec->arena, text);

    if (location == NULL || copy.data == NULL
        || wf_value_set(run->exec->arena, location, wf_str("location"),
                        wf_value_string(run->exec->arena, copy))
           != WF_OK)
    {
        return wf_run_out_of_memory(run);
    }

    run->location = location;

    return WF_OK;
}


/* name: of the error; empty: the interpreter's own. */
static wf_rc_t
give_up(wf_run_t *run, wf_str_t name, wf_str_t text, wf_str_t location)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, run->scratch, 128 + text.len);
    prefix(run, &buf);
    wf_buf_str(&buf, text);

    if (buf.failed) {
        return wf_run_out_of_memory(run);
    }

    run->cause = wf_buf_done(&buf);

    if (run->node->asl->is_jsonata) {
        run->error = wf_str("States.QueryEvaluationError");
        run->fault = WF_FAULT_EXPRESSION;

        return set_location(run, location) == WF_OK ? WF_DECLINED : WF_ERROR;
    }

    if (name.len == 0 || wf_str_eq(name, wf_str("States.Runtime"))) {
        run->error = wf_str("States.Runtime");
        run->fault = WF_FAULT_FATAL;
        return WF_DECLINED;
    }

    run->error = wf_arena_copy(run->scratch, name);

    return run->error.data ? WF_DECLINED : wf_run_out_of_memory(run);
}


wf_rc_t
wf_machine_fault(wf_run_t *run)
{
    wf_rc_t   rc;
    wf_str_t  text;

    text = run->env.fault.len ? run->env.fault : wf_error_arg(run->err, 0);
    rc = give_up(run, wf_error_arg(run->err, 1), text,
                 run->env.location.len ? run->env.location : run->env.field);

    if (rc == WF_DECLINED) {
        wf_error_clear(run->err);
    }

    return rc;
}


wf_rc_t
wf_machine_refuse(wf_run_t *run, const char *field, const char *format, ...)
{
    int      len;
    char     text[TEXT_MAX];
    va_list  args;

    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    wf_assert(len >= 0);

    return give_up(run, wf_str_none,
                   (wf_str_t) { wf_min((size_t) len, sizeof(text) - 1),
                                (const uint8_t *) text },
                   field ? wf_str_of(field) : wf_str_none);
}


wf_rc_t
wf_machine_mistyped(wf_run_t *run, const char *field, const wf_expr_t *expr,
    const char *expected, const wf_value_t *value)
{
    wf_buf_t  buf;

    static const char *const  names[] = {
        [WF_NULL] = "null",
        [WF_BOOL] = "boolean",
        [WF_NUMBER] = "number",
        [WF_STRING] = "string",
        [WF_ARRAY] = "array",
        [WF_OBJECT] = "object"
    };

    wf_buf_init(&buf, run->scratch, 256);
    wf_buf_text(&buf, "The JSONata expression '");
    wf_buf_str(&buf, wf_expr_text(expr));
    wf_buf_text(&buf, "' specified for the field '");
    wf_buf_str(&buf, wf_str_of(field));
    wf_buf_text(&buf, "' returned an unexpected result type. Expected '");
    wf_buf_str(&buf, wf_str_of(expected));
    wf_buf_text(&buf, "', but was '");
    wf_buf_str(&buf, wf_str_of(names[value->type]));
    wf_buf_text(&buf, "' for value: ");
    wf_json_print(&buf, value);

    if (buf.failed) {
        return wf_run_out_of_memory(run);
    }

    return give_up(run, wf_str_none, wf_buf_done(&buf), wf_str_of(field));
}


wf_rc_t
wf_machine_fail(wf_run_t *run, wf_str_t error, wf_str_t cause)
{
    run->error = error;
    run->cause = cause;

    return WF_DECLINED;
}


wf_rc_t
wf_machine_unmatched(wf_run_t *run)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, run->scratch, 192);
    prefix(run, &buf);
    wf_buf_text(&buf, "Failed to transition out of the state. The state does "
                "not point to a next state.");

    return buf.failed ? wf_run_out_of_memory(run)
                      : wf_machine_fail(run, wf_str("States.NoChoiceMatched"),
                                        wf_buf_done(&buf));
}


wf_rc_t
wf_machine_limit(wf_run_t *run, size_t size, wf_str_t what)
{
    wf_buf_t  buf;

    run->work += size / WF_STEP_BYTES_PER_WORK;

    if (size <= WF_DATA_BYTES_ASL) {
        return WF_OK;
    }

    wf_buf_init(&buf, run->scratch, 160);
    wf_buf_text(&buf, "The state/task '");
    wf_buf_str(&buf, what);
    wf_buf_text(&buf, "' returned a result with a size exceeding the maximum "
                "number of bytes service limit.");

    if (buf.failed) {
        return wf_run_out_of_memory(run);
    }

    return wf_machine_fail(run, wf_str("States.DataLimitExceeded"),
                           wf_buf_done(&buf));
}


/* A missed heartbeat has two names (asl 12).  A call of a test case that no
 * mock answers is a mistake of the test: nothing goes on with it. */
bool
wf_machine_matches(const wf_run_t *run, wf_str_t name, wf_str_t error)
{
    if (run->exec->test_case && wf_str_eq(error, wf_str("States.Runtime"))) {
        return false;
    }

    if (wf_str_eq(name, error) || wf_str_eq(name, wf_str("States.ALL"))) {
        return true;
    }

    if (wf_str_eq(name, wf_str("States.TaskFailed"))) {
        return !wf_str_eq(error, wf_str("States.Timeout"));
    }

    return wf_str_eq(name, wf_str("States.HeartbeatTimeout"))
           && run->branch->is_silent
           && wf_str_eq(error, wf_str("States.Timeout"));
}
