
/*
 * JSONPath against the public compliance suite, when it is there, and what
 * hostile paths may cost.  What paths yield stands in t/cases/asl.json.
 */

#include "expr/jsonpath_parse.c"

#include "base/json.h"
#include "flow_case.h"
#include "unit.h"


/*
 * Where Jayway, and with it Step Functions, takes what the suite refuses:
 * dotted names may begin with a digit.
 */
static const char *const  ours[] = { "$.1" };


static bool
is_ours(wf_str_t selector)
{
    unsigned  i;

    for (i = 0; i < wf_countof(ours); i++) {
        if (wf_str_eq(selector, wf_str_of(ours[i]))) {
            return true;
        }
    }

    return false;
}


/* One node is a value for us, where it can be one alone; none is a fault. */
static bool
result_fits(wf_rc_t rc, const wf_value_t *got, const wf_value_t *nodes)
{
    if (rc != WF_OK) {
        return nodes->count == 0;
    }

    return wf_value_eq(got, nodes)
           || (nodes->count == 1 && wf_value_eq(got, nodes->u.items[0]));
}


static bool
test_fits(wf_arena_t *arena, const wf_value_t *test)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_env_t           env;
    wf_str_t           selector;
    wf_expr_t         *expr;
    wf_error_t         err;
    const wf_value_t  *got, *results;

    memset(&env, 0, sizeof(env));
    selector = wf_value_get(test, wf_str("selector"))->u.string;
    env.roots[WF_ROOT_SELF] = wf_value_get(test, wf_str("document"));

    rc = wf_expr_compile(arena, WF_EXPR_ASL_PATH, selector, &expr, &err);

    if (wf_value_get(test, wf_str("invalid_selector")) || rc != WF_OK) {
        return (rc != WF_OK) == (wf_value_get(test, wf_str("invalid_selector"))
                                 != NULL);
    }

    rc = wf_expr_eval(arena, expr, &env, &got, &err);
    results = wf_value_get(test, wf_str("results"));

    if (results == NULL) {
        return result_fits(rc, got, wf_value_get(test, wf_str("result")));
    }

    for (i = 0; i < results->count; i++) {
        if (result_fits(rc, got, results->u.items[i])) {
            return true;
        }
    }

    return false;
}


TEST(compliance)
{
    char               path[512];
    uint32_t           i, good, other;
    wf_str_t           text, selector;
    wf_arena_t        *arena;
    wf_error_t         err;
    wf_value_t        *suite;
    const wf_value_t  *tests;

    (void) snprintf(path, sizeof(path), "%s/conformance/jsonpath/cts.json",
                    case_shared());
    arena = wf_arena_create(0);
    text = case_read(arena, path);

    if (text.data == NULL) {
        printf("# %s: not there, skipped\n", path);
        wf_arena_free(arena);
        return;
    }

    CHECK(wf_json_parse(arena, text, &suite, &err) == WF_OK);
    tests = wf_value_get(suite, wf_str("tests"));
    CHECK(tests && tests->count > 300);

    for (i = 0, good = other = 0; tests && i < tests->count; i++) {
        selector = wf_value_get(tests->u.items[i],
                                wf_str("selector"))->u.string;

        if (test_fits(arena, tests->u.items[i])) {
            good++;
            CHECK(!is_ours(selector));

        } else if (is_ours(selector)) {
            other++;

        } else {
            unit_failed(path, (int) i, "a test of the suite");
            printf("#   %.*s\n", (int) selector.len, selector.data);
        }
    }

    printf("# %u of %u, %u otherwise on purpose\n", (unsigned) good,
           tests ? (unsigned) tests->count : 0, (unsigned) other);
    wf_arena_free(arena);
}


typedef struct {
    const char  *begin;
    const char  *more;              /* so often */
    const char  *end;
    unsigned     count;
} long_t;


static wf_str_t
long_text(wf_arena_t *arena, const long_t *parts)
{
    unsigned  i;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_buf_str(&buf, wf_str_of(parts->begin));

    for (i = 0; i < parts->count; i++) {
        wf_buf_str(&buf, wf_str_of(parts->more));
    }

    wf_buf_str(&buf, wf_str_of(parts->end));

    return wf_buf_done(&buf);
}


/* Arrays in arrays, each with so many items, the last ones numbers. */
static wf_value_t *
tree(wf_arena_t *arena, unsigned depth, unsigned width)
{
    unsigned     i;
    wf_value_t  *value;

    value = depth ? wf_value_array(arena, width) : wf_value_int(arena, 1);

    for (i = 0; depth && i < width; i++) {
        CHECK(wf_value_push(arena, value, tree(arena, depth - 1, width))
              == WF_OK);
    }

    return value;
}


/* Ends in time: with an answer, or with the limit's error. */
static void
hostile(const long_t *parts, wf_value_t *document, bool is_over)
{
    wf_rc_t            rc;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    wf_error_t         err;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    env.roots[WF_ROOT_SELF] = document;

    CHECK(wf_expr_compile(arena, WF_EXPR_ASL_PATH, long_text(arena, parts),
                          &expr, &err)
          == WF_OK);

    rc = wf_expr_eval(arena, expr, &env, &value, &err);
    CHECK_INT(rc, is_over ? WF_ERROR : WF_OK);
    CHECK((env.meter.steps > WF_EXPR_STEPS_MAX) == is_over);
    CHECK(env.meter.steps < 10 * WF_EXPR_STEPS_MAX);
    CHECK(wf_arena_size(arena) < 64 * 1024 * 1024);

    if (is_over) {
        CHECK(err.code == WF_E_INVALID_ARGUMENT && err.len[1] == 0);
    }

    wf_arena_free(arena);
}


TEST(work_is_bounded)
{
    wf_arena_t  *arena;
    wf_value_t  *deep, *wide;

    arena = wf_arena_create(0);
    deep = tree(arena, 90, 1);
    wide = tree(arena, 2, 300);

    hostile(&(long_t) { "$", "..[*]", "", 8 }, deep, true);
    hostile(&(long_t) { "$", "..[0]", "", 30 }, deep, true);
    hostile(&(long_t) { "$", "[*]", "", 20000 }, deep, false);
    hostile(&(long_t) { "$[*]", ".a", "", 20000 }, deep, false);
    hostile(&(long_t) { "$[0", ",0", "][*]", 20000 }, wide, true);
    hostile(&(long_t) { "$[?($..[*] contains 9", " || $..[*] contains 9",
                        ")]", 100 }, wide, true);
    hostile(&(long_t) { "$[?(@ subsetof $[0]", "", ")]", 0 }, wide, true);
    hostile(&(long_t) { "$..[?(@ == 1", "&& @ == 1", ")]", 5000 }, wide,
            true);
    hostile(&(long_t) { "$.append($..*", ", $..*", ")", 60 }, wide, true);
    hostile(&(long_t) { "$[0].sum($..*", ", $..*", ")", 60 }, wide, true);

    wf_arena_free(arena);
}


/* What nests in a text is refused before it is too deep for the stack. */
TEST(nesting_is_bounded)
{
    unsigned     i;
    wf_expr_t   *expr;
    wf_arena_t  *arena;
    wf_error_t   err;

    static const long_t  texts[] = {
        { "$", "[?(@", "", 20000 },
        { "$[?", "(", "", 60000 },
        { "$[?(@.a == ", "[", "", 60000 },
        { "$[?(@.a == ", "{\"a\":", "", 10000 },
        { "$", ".concat($", "", 6000 },
        { "$[?", "length(", "", 8000 },
        { "$[?(", "!(", "", 30000 },
        { "$[?", "!", "@.a]", 30000 }
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(texts); i++) {
        CHECK(wf_expr_compile(arena, WF_EXPR_ASL_PATH,
                              long_text(arena, &texts[i]), &expr, &err)
              == WF_ERROR);
        CHECK(err.code == WF_E_INVALID_ARGUMENT && err.len[0]);
    }

    CHECK(wf_expr_compile(arena, WF_EXPR_ASL_PATH,
                          long_text(arena, &(long_t) { "$[?", "(", "@.a", 20 }),
                          &expr, &err)
          == WF_ERROR);
    CHECK(wf_expr_compile(arena, WF_EXPR_ASL_PATH,
                          wf_str("$[?((((((@.a == 1 || (!(@.b)))))))) ]"),
                          &expr, &err)
          == WF_OK);

    wf_arena_free(arena);
}


UNIT_MAIN()
