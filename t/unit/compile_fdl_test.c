
/*
 * Generation 1: golden programs, and what a dump does not show.
 */

#include "flow/dialect_fdl.c"

#include "flow_case.h"


TEST(golden)
{
    CHECK(case_golden("t/cases/flows/fdl_*.yaml") >= 6);
}


/* The templates and expressions are there and mean what was written. */
TEST(mappings)
{
    wf_env_t           env;
    wf_error_t         err;
    wf_arena_t        *arena;
    wf_value_t        *input;
    wf_program_t      *program;
    const wf_value_t  *value;

    program = case_compile(wf_str("version: v1\n"
                                  "type: flow\n"
                                  "steps:\n"
                                  "  - type: pass\n"
                                  "    name: a\n"
                                  "    inputMappings:\n"
                                  "      - {target: x, source: $input.y}\n"
                                  "      - {target: none}\n"
                                  "      - {target: text, source: $outputs}\n"
                                 ),
                           WF_MODE_STANDARD, "mappings");
    if (program == NULL) {
        return;
    }

    arena = wf_arena_create(0);
    input = wf_value_object(arena, 1);
    CHECK_INT(wf_value_set(arena, input, wf_str("y"), wf_value_int(arena, 7)),
              WF_OK);
    memset(&env, 0, sizeof(env));
    env.roots[WF_ROOT_INPUT] = input;
    CHECK_INT(wf_template_fill(arena, program->nodes[0].input, &env, &value,
                               &err), WF_OK);
    CHECK_INT(wf_value_get(value, wf_str("x"))->u.number.integer, 7);
    CHECK_INT(wf_value_get(value, wf_str("none"))->type, WF_NULL);
    CHECK_STR(wf_value_get(value, wf_str("text"))->u.string,
              wf_str("$outputs"));
    wf_arena_free(arena);
    wf_program_release(program);
}


TEST(retry_defaults)
{
    wf_program_t        *program;
    const wf_retrier_t  *retrier;

    program = case_compile(wf_str("version: v1\n"
                                  "type: flow\n"
                                  "steps:\n"
                                  "  - type: task\n"
                                  "    name: a\n"
                                  "    resourceArn: r\n"
                                  "    retry: [{errors: [X, Y]}]\n"),
                           WF_MODE_EXPRESS, "retry");
    if (program == NULL) {
        return;
    }

    retrier = program->nodes[0].retriers;
    CHECK_INT(program->nodes[0].retrier_count, 1);
    CHECK_INT(retrier->error_count, 2);
    CHECK_STR(retrier->errors[1], wf_str("Y"));
    CHECK_INT(retrier->interval_ms, 1000);
    CHECK_INT(retrier->max_interval_ms, 86400000);
    CHECK_INT(retrier->max_attempts, 3);
    CHECK(retrier->multiplier == 2.0);
    wf_program_release(program);
}


TEST(fails_lead_nowhere)
{
    wf_program_t  *program;

    program = case_compile(wf_str("version: v1\n"
                                  "type: flow\n"
                                  "steps:\n"
                                  "  - {type: fail, name: a}\n"
                                  "  - {type: pass, name: b}\n"),
                           WF_MODE_STANDARD, "fail");
    if (program) {
        CHECK_INT(program->nodes[0].next, WF_NONE);
        CHECK(!program->nodes[0].ends_scope);
        wf_program_release(program);
    }
}


UNIT_MAIN()
