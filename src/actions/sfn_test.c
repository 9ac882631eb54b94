
/*
 * TestState (asl 20): one state, run by the engine in this worker's memory as
 * an Express execution is, with a probe that sees what becomes of its data.
 * Owns the request's way there and the answer; nothing is written.
 */

#include "actions/sfn_test.h"

#include "actions/express.h"
#include "actions/uuid.h"
#include "base/json.h"


#define FLOW_PREFIX  "sfn/"

enum {
    LEVEL_INFO = 0,
    LEVEL_DEBUG,
    LEVEL_TRACE
};


/*
 * Answer
 */

static void
key_print(wf_buf_t *buf, const char *name)
{
    if (buf->data[buf->len - 1] != '{') {
        wf_buf_byte(buf, ',');
    }

    wf_buf_byte(buf, '"');
    wf_buf_str(buf, wf_str_of(name));
    wf_buf_text(buf, "\":");
}


/* Nothing if it is empty. */
static void
text_print(wf_buf_t *buf, const char *name, wf_str_t text)
{
    if (text.len > 0) {
        key_print(buf, name);
        wf_json_print_string(buf, text);
    }
}


/* The variables as the state leaves them. */
static void
variables_print(wf_buf_t *buf, const wf_probe_t *probe)
{
    wf_buf_t           text;
    const wf_value_t  *variables;

    variables = wf_value_merge(buf->arena, probe->variables,
                               probe->assigned);
    buf->failed |= variables == NULL;

    if (variables == NULL || variables->count == 0) {
        return;
    }

    wf_buf_init(&text, buf->arena, 128);
    wf_json_print(&text, variables);
    buf->failed |= text.failed;
    text_print(buf, "variables", wf_buf_done(&text));
}


static void
details_print(wf_buf_t *buf, const wf_probe_t *probe)
{
    if (probe->status == WF_TRIAL_CAUGHT) {
        key_print(buf, "errorDetails");
        wf_buf_text(buf, "{\"catchIndex\":");
        wf_buf_uint(buf, probe->index);
        wf_buf_byte(buf, '}');
    }

    if (probe->status == WF_TRIAL_RETRIABLE) {
        key_print(buf, "errorDetails");
        wf_buf_text(buf, "{\"retryIndex\":");
        wf_buf_uint(buf, probe->index);
        wf_buf_text(buf, ",\"retryBackoffIntervalSeconds\":");
        wf_buf_uint(buf, (uint64_t) (probe->pause_ms + 999) / 1000);
        wf_buf_byte(buf, '}');
    }
}


static void
inspection_print(wf_buf_t *buf, const wf_life_t *life)
{
    size_t             i;
    const wf_probe_t  *probe;

    static const struct {
        const char  *name;
        bool         is_number;
    } names[WF_SEEN_COUNT] = {
        [WF_SEEN_INPUT_PATH] = { "afterInputPath", false },
        [WF_SEEN_PARAMETERS] = { "afterParameters", false },
        [WF_SEEN_ARGUMENTS] = { "afterArguments", false },
        [WF_SEEN_RESULT] = { "result", false },
        [WF_SEEN_SELECTOR] = { "afterResultSelector", false },
        [WF_SEEN_RESULT_PATH] = { "afterResultPath", false },
        [WF_SEEN_ITEMS] = { "afterItemsPath", false },
        [WF_SEEN_ITEM_SELECTOR] = { "afterItemSelector", false },
        [WF_SEEN_BATCHES] = { "afterItemBatcher", false },
        [WF_SEEN_CONCURRENCY] = { "maxConcurrency", true },
        [WF_SEEN_TOLERATED_COUNT] = { "toleratedFailureCount", true },
        [WF_SEEN_TOLERATED_PERCENTAGE] = {
            "toleratedFailurePercentage", true
        }
    };

    probe = life->probe;
    key_print(buf, "inspectionData");
    wf_buf_byte(buf, '{');
    text_print(buf, "input", wf_express_input(life));

    for (i = 0; i < WF_SEEN_COUNT; i++) {

        if (probe->values[i].data == NULL) {
            continue;
        }

        if (names[i].is_number) {
            key_print(buf, names[i].name);
            wf_buf_str(buf, probe->values[i]);
            continue;
        }

        text_print(buf, names[i].name, probe->values[i]);
    }

    variables_print(buf, probe);
    details_print(buf, probe);

    if (probe->trace.len > 0) {
        wf_buf_byte(buf, ',');
        wf_buf_str(buf, probe->trace);
    }

    wf_buf_byte(buf, '}');
}


void
wf_sfn_test_answer(wf_life_t *life)
{
    wf_buf_t           buf;
    const wf_probe_t  *probe;

    static const wf_str_t  statuses[] = {
        [WF_TRIAL_SUCCEEDED] = wf_str_init("SUCCEEDED"),
        [WF_TRIAL_FAILED] = wf_str_init("FAILED"),
        [WF_TRIAL_RETRIABLE] = wf_str_init("RETRIABLE"),
        [WF_TRIAL_CAUGHT] = wf_str_init("CAUGHT_ERROR")
    };

    probe = life->probe;
    wf_assert(probe->status != WF_TRIAL_RUNNING);
    wf_buf_init(&buf, life->call->arena, 512);
    wf_buf_byte(&buf, '{');
    text_print(&buf, "status", statuses[probe->status]);
    text_print(&buf, "output", probe->output);

    if (probe->status != WF_TRIAL_SUCCEEDED) {
        text_print(&buf, "error", probe->error);
        text_print(&buf, "cause", probe->cause);
    }

    text_print(&buf, "nextState", probe->next);

    if (wf_arg(life, INSPECTION_LEVEL)->number != LEVEL_INFO) {
        inspection_print(&buf, life);
    }

    wf_buf_byte(&buf, '}');

    if (buf.failed || probe->failed) {
        wf_life_no_memory(life);
        return;
    }

    life->call->reply.kind = WF_REPLY_JSON;
    life->call->reply.u.json = wf_buf_done(&buf);
    wf_life_done(life);
}


/*
 * Request
 */

static void
test_drop(wf_job_t *job)
{
    wf_sfn_test_t  *test;

    test = (wf_sfn_test_t *) job;

    if (test->arena) {
        if (test->program) {
            wf_program_release(test->program);
        }

        wf_arena_free(test->arena);
    }
}


/* In the reader thread. */
static void
test_read(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    (void) type;
    (void) reader;

    read->rc = wf_sfn_test_prepare(read->data);
}


/* A machine of no catalogue, whose name nobody else has. */
static wf_rc_t
revision_create(wf_life_t *life, wf_sfn_test_t *test)
{
    uint8_t     uuid[WF_UUID_LEN], random[16];
    wf_buf_t    name;
    wf_port_t  *port;
    wf_flow_t   flow;

    port = life->call->desk->port;
    port->random(port, random, sizeof(random));
    wf_uuid_v4(random, uuid);

    wf_buf_init(&name, test->arena, 128);
    wf_buf_text(&name, FLOW_PREFIX);
    wf_buf_str(&name, wf_arg(life, REGION)->text);
    wf_buf_byte(&name, '/');
    wf_buf_str(&name, wf_arg(life, ACCOUNT)->text);
    wf_buf_byte(&name, '/');
    wf_buf_append(&name, uuid, WF_UUID_LEN);

    if (name.failed) {
        return WF_ERROR;
    }

    memset(&flow, 0, sizeof(wf_flow_t));
    flow.name = wf_buf_done(&name);
    flow.role = test->role;
    flow.mode = WF_MODE_EXPRESS;

    life->revision = wf_revision_alone(test->arena, &flow, test->program);

    if (life->revision == NULL) {
        return WF_ERROR;
    }

    life->probe = test->probe;
    life->probe->is_traced = wf_arg(life, INSPECTION_LEVEL)->number
                             == LEVEL_TRACE;
    life->probe->is_revealing = test->reveals;
    test->arena = NULL;

    return WF_OK;
}


static void
test_run(wf_life_t *life, int64_t now_ms)
{
    if (wf_job_failed(life)) {
        return;
    }

    if (revision_create(life, (wf_sfn_test_t *) life->job) != WF_OK) {
        wf_life_no_memory(life);
        return;
    }

    wf_job_drop(life->job);
    life->job = NULL;
    wf_express_start(life, now_ms);
}


/* WF_ERROR: no memory. */
static wf_rc_t
copy(wf_sfn_test_t *test, const wf_arg_t *arg, wf_str_t *text)
{
    if (!arg->present) {
        return WF_OK;
    }

    *text = wf_arena_copy(test->arena, arg->text);

    return text->data ? WF_OK : WF_ERROR;
}


static wf_sfn_test_t *
test_create(wf_life_t *life)
{
    wf_sfn_test_t  *test;

    test = (wf_sfn_test_t *) wf_job_create(sizeof(wf_sfn_test_t), test_read);

    if (test == NULL) {
        return NULL;
    }

    test->job.drop = test_drop;
    test->arena = wf_arena_create(0);
    test->reveals = wf_arg(life, REVEAL_SECRETS)->number;

    if (test->arena == NULL
        || copy(test, wf_arg(life, DEFINITION), &test->definition) != WF_OK
        || copy(test, wf_arg(life, STATE_NAME), &test->state_name) != WF_OK
        || copy(test, wf_arg(life, ROLE), &test->role) != WF_OK
        || copy(test, wf_arg(life, MOCK), &test->mock_text) != WF_OK
        || copy(test, wf_arg(life, CONTEXT), &test->context_text) != WF_OK
        || copy(test, wf_arg(life, VARIABLES), &test->variables_text)
           != WF_OK
        || copy(test, wf_arg(life, STATE_CONFIGURATION),
                &test->configuration_text)
           != WF_OK)
    {
        wf_job_drop(&test->job);
        return NULL;
    }

    return test;
}


void
wf_action_sfn_test(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    if (wf_sfn_input(life) == WF_OK) {
        wf_job_run(life, (wf_job_t *) test_create(life), test_run);
    }
}
