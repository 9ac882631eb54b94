
/*
 * Paths: how they are read, recognised, and walked.  What they yield stands
 * in t/cases/expressions.txt.
 */

#include "expr/fdl_path.c"

#include "base/json.h"
#include "unit.h"


static wf_error_t  err;


static fdl_path_t *
path_of(wf_arena_t *arena, fdl_dialect_t dialect, const char *text)
{
    fdl_parser_t  parser;

    if (fdl_parser_init(&parser, arena, dialect, wf_str_of(text), &err)
        != WF_OK)
    {
        return NULL;
    }

    return fdl_path_parse(&parser);
}


TEST(starts)
{
    unsigned  i;

    static const struct {
        const char  *text;
        bool         path;
    } cases[] = {
        { "$input", true }, { "$local.a", true }, { "$context[0]", true },
        { "$input..", true }, { "$", false }, { "$.a", false },
        { "$Input.a", false }, { "$inputs", false }, { "$input-a", false },
        { "$input ", false }, { " $input", false }, { "", false },
        { "x$input", false }, { "$contex", false }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK(fdl_path_starts(wf_str_of(cases[i].text)) == cases[i].path);
    }
}


TEST(parsed)
{
    fdl_path_t  *path;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    path = path_of(arena, FDL_FULL, "$Input.a-b[12][\"c d\"][*].e[*] == 1");

    CHECK_INT(path->root, WF_ROOT_INPUT);
    CHECK_INT(path->count, 6);
    CHECK_INT(path->plain, 3);
    CHECK_STR(path->segments[0].name, wf_str("a-b"));
    CHECK_INT(path->segments[1].index, 12);
    CHECK_STR(path->segments[2].name, wf_str("c d"));
    CHECK_INT(path->segments[3].kind, FDL_ALL);
    CHECK_STR(path->text, wf_str("$Input.a-b[12][\"c d\"][*].e[*]"));

    path = path_of(arena, FDL_RELATIVE, "a[0].b");
    CHECK_INT(path->count, 3);
    CHECK_INT(path->plain, 3);

    path = path_of(arena, FDL_SELF_PATH, "$[*]");
    CHECK_INT(path->count, 1);
    CHECK_INT(path->plain, 0);

    wf_arena_free(arena);
}


/* Every root of every dialect, and none of the others. */
TEST(roots)
{
    unsigned     i, dialect;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(root_names); i++) {
        for (dialect = 0; dialect <= FDL_MAPPING; dialect++) {
            bool         known;
            unsigned     n;
            fdl_path_t  *path;

            known = false;

            for (n = 0; n < wf_countof(root_names); n++) {
                known |= root_names[n].dialect == dialect
                         && wf_str_eq(root_names[n].name,
                                      root_names[i].name);
            }

            path = path_of(arena, dialect,
                           (const char *) root_names[i].name.data);
            CHECK((path != NULL) == known);
        }
    }

    wf_arena_free(arena);
}


/* Many segments, many matches: work is charged. */
TEST(charged)
{
    unsigned           i;
    wf_buf_t           buf;
    wf_env_t           env;
    wf_value_t        *data;
    fdl_path_t        *path;
    fdl_eval_t         eval;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "[0");

    for (i = 0; i < 1000; i++) {
        wf_buf_text(&buf, ",[1]");
    }

    wf_buf_text(&buf, "]");
    CHECK(wf_json_parse(arena, wf_buf_done(&buf), &data, &err) == WF_OK);

    env.roots[WF_ROOT_INPUT] = data;
    eval = (fdl_eval_t) { arena, &env, &err, NULL };
    path = path_of(arena, FDL_FULL, "$Input[*][*]");

    CHECK(fdl_path_eval(&eval, path, &value) == WF_OK);
    CHECK_INT(value->count, 1000);
    CHECK_INT(env.meter.steps, 2002 * FDL_COST_NODE + 1000 * FDL_COST_MADE);

    env.meter.steps = WF_EXPR_STEPS_MAX - 100;
    CHECK(fdl_path_eval(&eval, path, &value) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("the expression takes more than 500000 steps"));

    wf_arena_free(arena);
}


static const wf_value_t *
context_none(wf_env_t *env, wf_arena_t *arena)
{
    (void) env;
    (void) arena;

    return NULL;
}


TEST(context_without_memory)
{
    wf_env_t           env;
    fdl_eval_t         eval;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    eval = (fdl_eval_t) { arena, &env, &err, NULL };

    CHECK(fdl_path_eval(&eval, path_of(arena, FDL_FULL, "$Env.A"), &value)
          == WF_DECLINED);
    CHECK_STR(eval.missing->text, wf_str("$Env.A"));

    env.context = context_none;
    CHECK(fdl_path_eval(&eval, path_of(arena, FDL_FULL, "$Env.A"), &value)
          == WF_ERROR);
    CHECK(err.code == WF_E_INTERNAL);

    wf_arena_free(arena);
}


UNIT_MAIN()
