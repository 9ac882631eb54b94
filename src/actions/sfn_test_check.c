
/*
 * What TestState is given: read, compiled and checked in a reader thread, with
 * the service's words for all that is wrong (asl 20).
 */

#include <stdarg.h>
#include <stdio.h>

#include "actions/sfn_mock.h"
#include "actions/sfn_test.h"
#include "base/json.h"


#define TEXT_MAX  512


wf_rc_t
wf_sfn_test_refuse(wf_sfn_test_t *test, const char *format, ...)
{
    char     text[TEXT_MAX];
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    wf_error_set(&test->job.read.err, WF_E_VALIDATION, "%s", text);

    return WF_ERROR;
}


/* What is said of the one state: places in it, and nothing of a machine that
 * has no end but for that. */
static void
of_state(wf_diagnostics_t *list)
{
    wf_diagnostic_t  **at, *diagnostic;

    static const wf_str_t  place = wf_str_init("/States/StateName");

    for (at = &list->first; (diagnostic = *at) != NULL; /* void */) {

        if (wf_str_starts(diagnostic->location, place)) {
            diagnostic->location.data += place.len;
            diagnostic->location.len -= place.len;
        }

        if (list->error_count > 1
            && strcmp(diagnostic->code, "MISSING_END_STATE") == 0)
        {
            *at = diagnostic->next;
            list->error_count--;
            continue;
        }

        at = &diagnostic->next;
    }
}


wf_rc_t
wf_sfn_test_invalid(wf_sfn_test_t *test, const wf_diagnostics_t *list)
{
    wf_buf_t          buf;
    wf_diagnostics_t  own;

    own = *list;

    if (test->state_name.data == NULL) {
        of_state(&own);
    }

    wf_buf_init(&buf, test->job.read.arena, 256);
    wf_diagnostics_print(&buf, &own);

    if (buf.failed || list->failed) {
        return wf_job_no_memory(&test->job.read);
    }

    wf_error_set(&test->job.read.err, WF_E_INVALID_DEFINITION,
                 "Invalid State Machine Definition: '%.*s'", (int) buf.len,
                 (const char *) buf.data);

    return WF_ERROR;
}


/* text of the caller -> value; WF_DECLINED: it is not JSON. */
static wf_rc_t
parse(wf_sfn_test_t *test, wf_str_t text, const wf_value_t **value)
{
    wf_value_t  *made;
    wf_error_t  *err;

    err = &test->job.read.err;

    if (wf_json_parse(test->arena, text, &made, err) == WF_OK) {
        *value = made;
        return WF_OK;
    }

    if (err->code == WF_E_INTERNAL) {
        return WF_ERROR;
    }

    wf_error_clear(err);

    return WF_DECLINED;
}


/* Structures of the request, which wire has checked. */
static wf_rc_t
read_structure(wf_sfn_test_t *test, wf_str_t text, const wf_value_t **value)
{
    if (text.data == NULL) {
        return WF_OK;
    }

    return parse(test, text, value) == WF_OK
           ? WF_OK : wf_job_no_memory(&test->job.read);
}


static wf_str_t
string_of(const wf_value_t *object, wf_str_t name)
{
    const wf_value_t  *value;

    value = object ? wf_value_get(object, name) : NULL;

    return value && value->type == WF_STRING ? value->u.string : wf_str_none;
}


static uint32_t
count_of(const wf_value_t *object, wf_str_t name)
{
    const wf_value_t  *value;

    value = object ? wf_value_get(object, name) : NULL;

    return value && value->type == WF_NUMBER && value->u.number.integer > 0
           ? (uint32_t) wf_min(value->u.number.integer, (int64_t) UINT32_MAX)
           : 0;
}


/*
 * Mocks
 */

static wf_rc_t
read_mock(wf_sfn_test_t *test)
{
    wf_rc_t            rc;
    wf_str_t           result;
    wf_probe_t        *probe;
    const wf_value_t  *error;

    if (test->mock == NULL) {
        return WF_OK;
    }

    probe = test->probe;
    probe->is_mocked = true;
    result = string_of(test->mock, wf_str("result"));
    error = wf_value_get(test->mock, wf_str("errorOutput"));

    if ((result.data != NULL) == (error != NULL)) {
        return wf_sfn_test_refuse(test, "A test mock should have only one of "
                                  "the following fields: [result, "
                                  "errorOutput].");
    }

    if (error) {
        probe->mock_error = string_of(error, wf_str("error"));
        probe->mock_cause = string_of(error, wf_str("cause"));
        return WF_OK;
    }

    rc = parse(test, result, &probe->result);

    return rc == WF_DECLINED ? wf_sfn_test_refuse(test, "Mocked result must "
                                                  "be valid JSON")
                             : rc;
}


static wf_rc_t
check_branches(wf_sfn_test_t *test, const wf_node_t *node)
{
    const wf_value_t  *result;

    result = test->probe->result;

    if (result->type != WF_ARRAY) {
        return wf_sfn_test_refuse(test, "Mocked result must be an array.");
    }

    return result->count == node->u.fork.count
           ? WF_OK
           : wf_sfn_test_refuse(test, "Mocked result must contain the same "
                                "number of items as number of Parallel "
                                "branches.");
}


static wf_rc_t
check_iterations(wf_sfn_test_t *test, const wf_node_t *node)
{
    const wf_value_t  *result;

    result = test->probe->result;

    if (node->asl->writer_resource.len > 0) {
        return result->type == WF_OBJECT
               ? WF_OK : wf_sfn_test_refuse(test, "Mocked result must be a "
                                            "JSON object.");
    }

    return result->type == WF_ARRAY
           ? WF_OK : wf_sfn_test_refuse(test, "Mocked result must be an "
                                        "array.");
}


/* What is reported by whoever has the token may be anything. */
static wf_rc_t
check_answer(wf_sfn_test_t *test, const wf_node_t *node)
{
    wf_str_t  mode;

    mode = string_of(test->mock, wf_str("fieldValidationMode"));

    if (wf_str_eq(mode, wf_str("NONE"))
        || node->asl->kind != WF_ASL_SERVICE
        || node->u.task.mode == WF_CALL_TOKEN)
    {
        return WF_OK;
    }

    return wf_sfn_mock_check(node->asl, test->probe->result,
                             !wf_str_eq(mode, wf_str("PRESENT")),
                             &test->job.read.err);
}


static wf_rc_t
check_mock(wf_sfn_test_t *test, const wf_node_t *node, wf_str_t type)
{
    if (node->type != WF_STATE_TASK && node->type != WF_STATE_MAP
        && node->type != WF_STATE_PARALLEL)
    {
        return wf_sfn_test_refuse(test, "State type '%.*s' is not supported "
                                  "when a mock is specified", (int) type.len,
                                  (const char *) type.data);
    }

    if (test->reveals) {
        return wf_sfn_test_refuse(test, "TestState does not support "
                                  "RevealSecrets when a mock is specified.");
    }

    if (test->probe->result == NULL) {
        return WF_OK;
    }

    return node->type == WF_STATE_MAP ? check_iterations(test, node)
           : node->type == WF_STATE_PARALLEL ? check_branches(test, node)
                                             : check_answer(test, node);
}


static wf_rc_t
check_real(wf_sfn_test_t *test, const wf_node_t *node)
{
    if (wf_value_get(test->configuration, wf_str("mapIterationFailureCount")))
    {
        return wf_sfn_test_refuse(test, "TestState does not support "
                                  "MapIterationFailureCount when a mock is "
                                  "not specified.");
    }

    if (node->type == WF_STATE_TASK && test->role.data == NULL) {
        return wf_sfn_test_refuse(test, "RoleArn must be specified when "
                                  "testing a Task state");
    }

    return WF_OK;
}


/*
 * Configuration, context, variables
 */

static wf_rc_t
read_items(wf_sfn_test_t *test)
{
    wf_rc_t   rc;
    wf_str_t  text;

    text = string_of(test->configuration, wf_str("mapItemReaderData"));

    if (text.data == NULL) {
        return WF_OK;
    }

    rc = parse(test, text, &test->probe->items);

    if (rc == WF_OK && test->probe->items->type != WF_ARRAY) {
        rc = WF_DECLINED;
    }

    return rc == WF_DECLINED ? wf_sfn_test_refuse(test, "Map item reader "
                                                  "data must be a JSON "
                                                  "array.")
                             : rc;
}


static wf_rc_t
read_configuration(wf_sfn_test_t *test, const wf_node_t *node)
{
    wf_probe_t        *probe;
    const wf_value_t  *iterations;

    probe = test->probe;
    probe->retry_count = count_of(test->configuration,
                                  wf_str("retrierRetryCount"));
    probe->failure_count = count_of(test->configuration,
                                    wf_str("mapIterationFailureCount"));

    if (read_items(test) != WF_OK) {
        return WF_ERROR;
    }

    iterations = probe->items && probe->items->type == WF_ARRAY
                 ? probe->items : probe->result;

    if (node->type == WF_STATE_MAP && iterations
        && iterations->type == WF_ARRAY
        && probe->failure_count > iterations->count)
    {
        return wf_sfn_test_refuse(test, "Map iteration failure count must be "
                                  "less than or equal to the number of Map "
                                  "iterations");
    }

    return WF_OK;
}


static wf_rc_t
read_surroundings(wf_sfn_test_t *test, const wf_node_t *node)
{
    wf_rc_t      rc;
    wf_probe_t  *probe;

    probe = test->probe;

    if (test->context_text.data) {
        rc = parse(test, test->context_text, &probe->context);

        if (rc == WF_DECLINED
            || (rc == WF_OK && probe->context->type != WF_OBJECT))
        {
            return wf_sfn_test_refuse(test, "Invalid Context object "
                                      "provided: Context object must be a "
                                      "valid JSON object");
        }

        if (rc != WF_OK
            || wf_sfn_context_check(node, probe->context,
                                    &test->job.read.err)
               != WF_OK)
        {
            return WF_ERROR;
        }
    }

    if (test->variables_text.data == NULL) {
        return WF_OK;
    }

    rc = parse(test, test->variables_text, &probe->variables);

    if (rc == WF_DECLINED
        || (rc == WF_OK && probe->variables->type != WF_OBJECT))
    {
        return wf_sfn_test_refuse(test, "Variables must be a valid JSON "
                                  "object");
    }

    return rc;
}


/*
 * All of it
 */

/* Without a mock nothing that needs a durable execution can be tried. */
static wf_rc_t
compile(wf_sfn_test_t *test, wf_str_t *type)
{
    wf_mode_t          mode;
    wf_str_t           machine;
    wf_read_t         *read;
    wf_diagnostics_t   list;

    read = &test->job.read;

    if (wf_sfn_test_machine(test, &machine, type) != WF_OK) {
        return WF_ERROR;
    }

    if (test->mock == NULL && (wf_str_eq(*type, wf_str("Map"))
                               || wf_str_eq(*type, wf_str("Parallel"))))
    {
        if (wf_value_get(test->configuration,
                         wf_str("mapIterationFailureCount")))
        {
            return check_real(test, NULL);
        }

        wf_error_set(&read->err, WF_E_INVALID_DEFINITION, "TestState API does "
                     "not support Map or Parallel states. Supported state "
                     "types include: [Task, Wait, Pass, Succeed, Fail, "
                     "Choice]");
        return WF_ERROR;
    }

    mode = test->mock ? WF_MODE_STANDARD : WF_MODE_EXPRESS;
    list = (wf_diagnostics_t) { .arena = read->arena };

    if (wf_asl_compile(machine, mode, &test->program, &list, &read->err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    return list.error_count ? wf_sfn_test_invalid(test, &list) : WF_OK;
}


wf_rc_t
wf_sfn_test_prepare(wf_sfn_test_t *test)
{
    wf_str_t          type;
    const wf_node_t  *node;

    test->probe = wf_arena_calloc(test->arena, sizeof(wf_probe_t));

    if (test->probe == NULL) {
        return wf_job_no_memory(&test->job.read);
    }

    test->probe->arena = test->arena;

    if (read_structure(test, test->mock_text, &test->mock) != WF_OK
        || read_structure(test, test->configuration_text,
                          &test->configuration)
           != WF_OK
        || read_mock(test) != WF_OK
        || compile(test, &type) != WF_OK)
    {
        return WF_ERROR;
    }

    test->probe->node = test->program->scopes[0].first;
    node = &test->program->nodes[test->probe->node];

    if ((test->mock ? check_mock(test, node, type) : check_real(test, node))
            != WF_OK
        || read_configuration(test, node) != WF_OK)
    {
        return WF_ERROR;
    }

    return read_surroundings(test, node);
}
