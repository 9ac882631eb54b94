
/*
 * Generation 2: golden programs, and what a dump does not show.
 */

#include "flow/dialect_cfl.c"

#include "flow_case.h"


#define HEAD                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: a\nStates:\n"


TEST(golden)
{
    CHECK(case_golden("t/cases/flows/cfl_*.yaml") >= 5);
}


TEST(retry_defaults)
{
    wf_program_t        *program;
    const wf_retrier_t  *retrier;

    program = case_compile(wf_str(HEAD
                                  "  - Type: Task\n"
                                  "    Name: a\n"
                                  "    Action: FC:InvokeFunction\n"
                                  "    Retry:\n"
                                  "      - Errors: [X]\n"
                                  "        MaxAttempts: 4\n"
                                  "        IntervalSeconds: 2\n"
                                  "    End: true\n"),
                           WF_MODE_STANDARD, "retry");
    if (program == NULL) {
        return;
    }

    retrier = program->nodes[0].retriers;
    CHECK_INT(retrier->interval_ms, 2000);
    CHECK_INT(retrier->max_attempts, 4);
    CHECK(retrier->max_interval_ms == WF_EXECUTION_MS_MAX);
    CHECK(retrier->multiplier == 1.0);
    wf_program_release(program);
}


/* A rule of OnErrors that does not retry, or does not catch, still decides. */
TEST(on_errors)
{
    const wf_node_t  *node;
    wf_program_t     *program;

    program = case_compile(wf_str(HEAD
                                  "  - Type: Task\n"
                                  "    Name: a\n"
                                  "    Action: FC:InvokeFunction\n"
                                  "    OnErrors:\n"
                                  "      - Errors: [X]\n"
                                  "        Next: a\n"
                                  "      - Errors: [FnF.ALL]\n"
                                  "        Retry: {MaxAttempts: 2}\n"
                                  "    End: true\n"),
                           WF_MODE_STANDARD, "OnErrors");
    if (program == NULL) {
        return;
    }

    node = &program->nodes[0];
    CHECK_INT(node->retrier_count, 2);
    CHECK_INT(node->catcher_count, 2);
    CHECK_INT(node->retriers[0].max_attempts, 0);
    CHECK_INT(node->retriers[1].max_attempts, 2);
    CHECK_INT(node->retriers[1].interval_ms, 1000);
    CHECK_INT(node->catchers[0].next, 0);
    CHECK_INT(node->catchers[1].next, WF_NONE);
    wf_program_release(program);
}


/* The mode of a map run's children does not leak to their siblings. */
TEST(map_run_mode)
{
    wf_program_t  *program;

    program = case_compile(wf_str(HEAD
                                  "  - Type: Map\n"
                                  "    Name: a\n"
                                  "    ItemsPath: $Input.a\n"
                                  "    ProcessorConfig:\n"
                                  "      ExecutionMode: Express\n"
                                  "    Processor:\n"
                                  "      StartAt: w\n"
                                  "      States:\n"
                                  "        - {Type: Wait, Name: w,\n"
                                  "           Seconds: 20, End: true}\n"
                                  "    Next: b\n"
                                  "  - Type: Wait\n"
                                  "    Name: b\n"
                                  "    Seconds: 300\n"
                                  "    End: true\n"),
                           WF_MODE_STANDARD, "mode");
    if (program) {
        wf_program_release(program);
    }
}


TEST(map_run_templates)
{
    wf_env_t           env;
    wf_error_t         err;
    wf_arena_t        *arena;
    wf_program_t      *program;
    const wf_value_t  *value;

    program = case_compile(wf_str(HEAD
                                  "  - Type: Map\n"
                                  "    Name: a\n"
                                  "    ItemsPath: $Input.a\n"
                                  "    ItemConstructor: {x.$: $Item}\n"
                                  "    Processor:\n"
                                  "      ProcessorConfig:\n"
                                  "        ExecutionMode: Standard\n"
                                  "      StartAt: p\n"
                                  "      States:\n"
                                  "        - {Type: Succeed, Name: p}\n"
                                  "    End: true\n"),
                           WF_MODE_STANDARD, "templates");
    if (program == NULL) {
        return;
    }

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    env.roots[WF_ROOT_ITEM] = wf_value_int(arena, 5);
    CHECK_INT(wf_template_fill(arena, program->nodes[0].u.fork.item, &env,
                               &value, &err), WF_OK);
    CHECK_INT(wf_value_get(value, wf_str("x"))->u.number.integer, 5);
    wf_arena_free(arena);
    wf_program_release(program);
}


UNIT_MAIN()
