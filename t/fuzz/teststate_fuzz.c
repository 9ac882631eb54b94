
/*
 * TestState: a definition with a mock, a context, variables and the rest,
 * read, checked and run as the action does, with answers where the state
 * calls for some.  When the execution is over the probe knows how.
 *
 * Input: an object with the members of the request; what is JSON in a string
 * there may stand as it is.
 */

#include "actions/sfn_test.h"
#include "history.h"
#include "mutate_asl.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* A member as a text; data == NULL: there is none. */
static wf_str_t
text_of(wf_arena_t *arena, const wf_value_t *root, wf_str_t name)
{
    wf_buf_t           buf;
    const wf_value_t  *value;

    value = wf_value_get(root, name);

    if (value == NULL) {
        return wf_str_none;
    }

    if (value->type == WF_STRING) {
        return wf_arena_copy(arena, value->u.string);
    }

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);

    return wf_buf_done(&buf);
}


/* As the wire lets them in: structures, their JSON in strings. */
static wf_str_t
structure_of(wf_arena_t *arena, wf_value_t *root, wf_str_t name,
    wf_str_t member)
{
    wf_value_t  *value, *inner;

    value = wf_value_get(root, name);

    if (value == NULL || value->type != WF_OBJECT) {
        return wf_str_none;
    }

    inner = wf_value_get(value, member);

    if (inner && inner->type != WF_STRING) {
        (void) wf_value_set(arena, value, member,
                            wf_value_string(arena, text_of(arena, value,
                                                           member)));
    }

    return text_of(arena, root, name);
}


static void
run_trial(const wf_sfn_test_t *test, const wf_value_t *value)
{
    unsigned     i;
    wf_rc_t      rc;
    wf_exec_t   *exec;
    wf_step_t    step;
    wf_error_t   err;
    wf_input_t   input;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    exec = wf_exec_create();
    exec->probe = test->probe;
    wf_error_clear(&err);
    input = (wf_input_t) {
        .type = WF_INPUT_START, .now_ms = START_MS, .value = value
    };

    for (i = 0; i < TURNS; i++) {
        wf_step_init(&step, arena);
        rc = wf_engine_step(exec, test->program, &fuzz_identity, &input,
                            arena, &step, &err);

        if (rc != WF_OK || wf_probe_is_over(exec)
            || wf_status_is_final(exec->status))
        {
            break;
        }

        input = next_input(exec, i, input.now_ms);
    }

    wf_assert(!wf_status_is_final(exec->status)
              || test->probe->status != WF_TRIAL_RUNNING);
    wf_assert(test->probe->status != WF_TRIAL_SUCCEEDED
              || test->probe->output.data != NULL);

    wf_exec_free(exec);
    wf_arena_free(arena);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_arena_t     *arena;
    wf_error_t      err;
    wf_value_t     *root, *input;
    wf_sfn_test_t   test;

    programs_init();
    arena = wf_arena_create(0);

    if (wf_json_parse(arena, (wf_str_t) { size, data }, &root, &err) != WF_OK
        || root->type != WF_OBJECT)
    {
        wf_arena_free(arena);
        return 0;
    }

    memset(&test, 0, sizeof(wf_sfn_test_t));
    test.arena = test.job.read.arena = arena;
    test.definition = text_of(arena, root, wf_str("definition"));
    test.state_name = text_of(arena, root, wf_str("stateName"));
    test.context_text = text_of(arena, root, wf_str("context"));
    test.variables_text = text_of(arena, root, wf_str("variables"));
    test.role = wf_str("arn:aws:iam::123456789012:role/r");
    test.mock_text = structure_of(arena, root, wf_str("mock"),
                                  wf_str("result"));
    test.configuration_text = structure_of(arena, root,
                                           wf_str("stateConfiguration"),
                                           wf_str("mapItemReaderData"));
    input = wf_value_get(root, wf_str("input"));

    if (test.definition.data == NULL) {
        test.definition = wf_str("");
    }

    if (wf_sfn_test_prepare(&test) == WF_OK) {
        run_trial(&test, input ? input : answer_values[2]);

    } else {
        wf_assert(test.job.read.err.code != WF_E_NONE
                  && test.job.read.err.code != WF_E_INTERNAL);
        wf_assert(wf_error_arg(&test.job.read.err, 0).len > 0);
    }

    if (test.program) {
        wf_program_release(test.program);
    }

    wf_arena_free(arena);

    return 0;
}
