
/*
 * The builder and the life of a program, without any dialect.
 */

#include "flow/program.c"

#include "flow_case.h"


static wf_error_t  err;


static wf_builder_t *
builder_create(wf_dialect_t dialect)
{
    wf_error_clear(&err);
    return wf_builder_create(wf_arena_create(0), dialect);
}


static wf_node_t *
add(wf_builder_t *builder, uint32_t scope, wf_state_type_t type,
    const char *name)
{
    return wf_builder_node(builder, scope, type, wf_str_of(name),
                           wf_mark(7, 3), &err);
}


static wf_rc_t
link_to(wf_builder_t *builder, wf_node_t *node, const char *name)
{
    return wf_builder_link(builder, node->scope, wf_str_of(name),
                           wf_mark(9, 5), node->no, &node->next, &err);
}


TEST(numbers_are_in_order_of_creation)
{
    uint32_t       outer, inner;
    wf_node_t     *first, *choice, *nested, *last;
    wf_builder_t  *builder;
    wf_program_t  *program;
    wf_alternative_t  alternative;

    builder = builder_create(WF_DIALECT_FDL);
    program = wf_builder_program(builder);
    outer = wf_builder_scope(builder, WF_NONE, 0, &err);
    first = add(builder, outer, WF_STATE_PASS, "first");
    choice = add(builder, outer, WF_STATE_CHOICE, "choice");
    inner = wf_builder_scope(builder, choice->no, 0, &err);
    nested = add(builder, inner, WF_STATE_PASS, "nested");
    last = add(builder, outer, WF_STATE_SUCCEED, "last");

    alternative = (wf_alternative_t) { .scope = inner, .next = WF_NONE };
    choice->u.choice.alternatives = &alternative;
    choice->u.choice.count = 1;

    CHECK_INT(link_to(builder, first, "last"), WF_OK);
    CHECK_INT(wf_builder_link(builder, outer, wf_str("first"), 0, choice->no,
                              &alternative.next, &err), WF_OK);
    CHECK_INT(nested->no, 2);
    CHECK_INT(last->no, 3);
    CHECK_INT(wf_builder_finish(builder, &err), WF_OK);

    CHECK_INT(program->node_count, 4);
    CHECK_INT(program->scope_count, 2);
    CHECK_INT(program->nodes[0].next, 3);
    CHECK_INT(alternative.next, 0);
    CHECK_INT(program->nodes[2].next, WF_NONE);
    CHECK_INT(program->scopes[0].first, 0);
    CHECK_INT(program->scopes[0].owner, WF_NONE);
    CHECK_INT(program->scopes[1].first, 2);
    CHECK_INT(program->scopes[1].owner, 1);
    CHECK_INT(program->scopes[1].depth, 1);

    wf_program_release(program);
}


TEST(start_may_name_a_later_node)
{
    uint32_t       scope;
    wf_builder_t  *builder;
    wf_program_t  *program;

    builder = builder_create(WF_DIALECT_CFL);
    program = wf_builder_program(builder);
    scope = wf_builder_scope(builder, WF_NONE, 0, &err);
    CHECK_INT(wf_builder_start(builder, scope, wf_str("b"), 0, &err), WF_OK);
    (void) add(builder, scope, WF_STATE_SUCCEED, "a");
    (void) add(builder, scope, WF_STATE_SUCCEED, "b");
    CHECK_INT(wf_builder_finish(builder, &err), WF_OK);
    CHECK_INT(program->scopes[0].first, 1);
    wf_program_release(program);
}


TEST(links_stay_in_their_scope)
{
    uint32_t       outer, inner;
    wf_node_t     *fork, *nested;
    wf_builder_t  *builder;

    builder = builder_create(WF_DIALECT_CFL);
    outer = wf_builder_scope(builder, WF_NONE, 0, &err);
    fork = add(builder, outer, WF_STATE_MAP, "a");
    inner = wf_builder_scope(builder, fork->no, 0, &err);
    nested = add(builder, inner, WF_STATE_PASS, "b");
    CHECK_INT(link_to(builder, nested, "a"), WF_OK);
    CHECK_INT(wf_builder_finish(builder, &err), WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("line 9, column 5: state 'b' leads to 'a', "
                     "which is not in the same scope"));
    wf_program_release(wf_builder_program(builder));
}


TEST(names_generation_1_unique_in_the_flow)
{
    uint32_t       outer, inner;
    wf_node_t     *fork;
    wf_builder_t  *builder;

    builder = builder_create(WF_DIALECT_FDL);
    outer = wf_builder_scope(builder, WF_NONE, 0, &err);
    fork = add(builder, outer, WF_STATE_MAP, "a");
    inner = wf_builder_scope(builder, fork->no, 0, &err);
    CHECK(add(builder, inner, WF_STATE_PASS, "a") == NULL);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("line 7, column 3: step name 'a' is already used in "
                     "line 7"));
    wf_program_release(wf_builder_program(builder));
}


TEST(names_generation_2_unique_in_the_scope)
{
    uint32_t       outer, inner;
    wf_node_t     *fork;
    wf_builder_t  *builder;

    builder = builder_create(WF_DIALECT_CFL);
    outer = wf_builder_scope(builder, WF_NONE, 0, &err);
    fork = add(builder, outer, WF_STATE_MAP, "a");
    inner = wf_builder_scope(builder, fork->no, 0, &err);
    CHECK(add(builder, inner, WF_STATE_PASS, "a") != NULL);
    CHECK(add(builder, inner, WF_STATE_PASS, "a") == NULL);
    wf_program_release(wf_builder_program(builder));
}


TEST(name_length_in_characters)
{
    char           name[3 * 129 + 1];
    size_t         i;
    uint32_t       scope;
    wf_builder_t  *builder;

    for (i = 0; i < 129; i++) {
        memcpy(name + 3 * i, "\xe8\xa7\x86", 3);
    }

    name[3 * 129] = '\0';

    builder = builder_create(WF_DIALECT_CFL);
    scope = wf_builder_scope(builder, WF_NONE, 0, &err);
    CHECK(add(builder, scope, WF_STATE_PASS, name) == NULL);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK(strstr(err.arg[0], "more than 128 characters") != NULL);
    wf_error_clear(&err);
    name[3 * 128] = '\0';
    CHECK(add(builder, scope, WF_STATE_PASS, name) != NULL);
    CHECK(add(builder, scope, WF_STATE_PASS, "") == NULL);
    wf_program_release(wf_builder_program(builder));
}


TEST(limit_of_nodes)
{
    char           name[16];
    unsigned       i;
    uint32_t       scope;
    wf_builder_t  *builder;

    builder = builder_create(WF_DIALECT_FDL);
    scope = wf_builder_scope(builder, WF_NONE, 0, &err);

    for (i = 0; i < WF_NODES_MAX; i++) {
        (void) snprintf(name, sizeof(name), "%u", i);

        /* The builder refers to names, so they need a place of their own. */
        if (wf_builder_node(builder, scope, WF_STATE_PASS,
                            wf_arena_copy(builder->program->arena,
                                          wf_str_of(name)),
                            0, &err)
            == NULL)
        {
            break;
        }
    }

    CHECK_INT(i, WF_NODES_MAX);
    CHECK(add(builder, scope, WF_STATE_PASS, "one more") == NULL);
    CHECK(strstr(err.arg[0], "more than 10000") != NULL);
    wf_program_release(wf_builder_program(builder));
}


TEST(limit_of_depth)
{
    char           name[16];
    unsigned       i;
    uint32_t       scope;
    wf_node_t     *node;
    wf_builder_t  *builder;

    builder = builder_create(WF_DIALECT_CFL);
    scope = wf_builder_scope(builder, WF_NONE, 0, &err);

    for (i = 1; scope != WF_NONE; i++) {
        (void) snprintf(name, sizeof(name), "%u", i);
        node = add(builder, scope, WF_STATE_MAP, name);
        scope = wf_builder_scope(builder, node->no, wf_mark(1, 2), &err);
    }

    CHECK_INT(i, WF_SCOPE_DEPTH_MAX + 1);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("line 1, column 2: nested deeper than 32 levels"));
    wf_program_release(wf_builder_program(builder));
}


TEST(dump_escapes_and_aligns)
{
    wf_buf_t       dump;
    wf_arena_t    *arena;
    wf_program_t  *program;

    program = case_compile(wf_str("version: v1\ntype: flow\nsteps:\n"
                                  "- {type: pass, name: \"a\\nb\"}\n"
                                  "- {type: succeed, name: z}\n"),
                           WF_MODE_STANDARD, "dump");
    arena = wf_arena_create(0);
    wf_buf_init(&dump, arena, 0);
    wf_program_dump(&dump, program);
    CHECK_STR(wf_buf_done(&dump),
              wf_str("program fdl  nodes 2  scopes 1\n"
                     "scope 0  of -  first 0  depth 0\n"
                     "node 0  in 0  next 1  pass      \"a\\nb\"  at 4:3\n"
                     "node 1  in 0  next -  succeed   \"z\"    at 5:3  ends\n"
                    ));
    wf_arena_free(arena);
    wf_program_release(program);
}


UNIT_MAIN()
