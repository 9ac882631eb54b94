
/*
 * The parser: shapes of trees, folding, limits.  Which texts are refused,
 * and how, stands in t/cases/expressions.txt.
 */

#include "expr/fdl_parse.c"

#include "base/json.h"
#include "unit.h"


static wf_error_t  err;


static fdl_node_t *
tree_of(wf_arena_t *arena, fdl_dialect_t dialect, wf_str_t text)
{
    fdl_parser_t  parser;

    if (fdl_parser_init(&parser, arena, dialect, text, &err) != WF_OK) {
        return NULL;
    }

    return fdl_parse(&parser);
}


/* The tree in prefix form, for comparison. */
static void
tree_print(wf_buf_t *buf, const fdl_node_t *node)
{
    uint32_t  i;

    static const char *const  kinds[FDL_NODE_KIND_COUNT] = {
        [FDL_OR] = "or", [FDL_AND] = "and", [FDL_NOT] = "not",
        [FDL_NEGATE] = "neg", [FDL_ARRAY] = "array", [FDL_OBJECT] = "object"
    };

    if (node->kind == FDL_CONSTANT) {
        wf_json_print(buf, node->u.value);
        return;
    }

    if (node->kind == FDL_PATH) {
        wf_buf_str(buf, node->u.path->text);
        return;
    }

    wf_buf_byte(buf, '(');

    if (node->kind == FDL_CALL) {
        wf_buf_str(buf, node->u.call.function->name);

    } else if (node->kind == FDL_COMPARE) {
        wf_buf_str(buf, wf_str_of(operators[node->compare]));

    } else {
        wf_buf_str(buf, wf_str_of(kinds[node->kind]));
    }

    for (i = 0; i < node->count; i++) {
        wf_buf_byte(buf, ' ');
        tree_print(buf, node->args[i]);
    }

    wf_buf_byte(buf, ')');
}


TEST(shapes)
{
    unsigned     i;
    wf_buf_t     buf;
    fdl_node_t  *tree;
    wf_arena_t  *arena;

    static const struct {
        const char  *text;
        const char  *tree;
    } cases[] = {
        { "$Input", "$Input" },
        { "$Input.a || $Input.b && $Input.c",
          "(or $Input.a (and $Input.b $Input.c))" },
        { "$Input.a && $Input.b || $Input.c && $Input.d",
          "(or (and $Input.a $Input.b) (and $Input.c $Input.d))" },
        { "$Input.a||$Input.b||$Input.c", "(or $Input.a $Input.b $Input.c)" },
        { "($Input.a || $Input.b) && $Input.c",
          "(and (or $Input.a $Input.b) $Input.c)" },
        { "!$Input.a == -$Input.b", "(== (not $Input.a) (neg $Input.b))" },
        { "!!$Input.a", "(not (not $Input.a))" },
        { "!($Input.a == 1)", "(not (== $Input.a 1))" },
        { "$Input.a<=1", "(<= $Input.a 1)" },
        { "$Input.a<-1", "(< $Input.a -1)" },
        { "$Input.a!=!$Input.b", "(!= $Input.a (not $Input.b))" },
        { "\"a\"in$Input.a", "(in \"a\" $Input.a)" },
        { "$Input.a\nin\t[ 1 ,2]", "(in $Input.a [1,2])" },
        { "[1, [$Input.a], {'k': $Input.b}]",
          "(array 1 (array $Input.a) (object \"k\" $Input.b))" },
        { "get( $Input , 'a.b' , toArray (1) )",
          "(get $Input \"a.b\" (toArray 1))" },
        { "in_order.a", NULL },
        { "truely", NULL },
        { "true(1)", NULL }
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        tree = tree_of(arena, FDL_FULL, wf_str_of(cases[i].text));
        CHECK((tree == NULL) == (cases[i].tree == NULL));

        if (tree && cases[i].tree) {
            wf_buf_init(&buf, arena, 0);
            tree_print(&buf, tree);
            CHECK_STR(wf_buf_done(&buf), wf_str_of(cases[i].tree));
        }
    }

    wf_arena_free(arena);
}


/* What needs no environment is computed while compiling, calls excepted. */
TEST(folded)
{
    unsigned     i;
    wf_buf_t     buf;
    fdl_node_t  *tree;
    wf_arena_t  *arena;

    static const struct {
        const char  *text;
        const char  *value;
    } cases[] = {
        { "-1", "-1" }, { "--1", "1" }, { "-0", "0" }, { "-1.50", "-1.50" },
        { "1 < 2 && \"a\" in [\"a\"]", "true" }, { "!true", "false" },
        { "{\"a\": [1, {}], 'b': !false}", "{\"a\":[1,{}],\"b\":true}" },
        { "(((7)))", "7" }, { "1 == \"1\" || 1 != \"1\"", "true" }
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        tree = tree_of(arena, FDL_FULL, wf_str_of(cases[i].text));
        CHECK(tree && tree->kind == FDL_CONSTANT);

        wf_buf_init(&buf, arena, 0);
        tree_print(&buf, tree);
        CHECK_STR(wf_buf_done(&buf), wf_str_of(cases[i].value));
    }

    tree = tree_of(arena, FDL_FULL, wf_str("uuid()"));
    CHECK(tree && tree->kind == FDL_CALL);

    wf_arena_free(arena);
}


/* count times head, then middle, then count times tail. */
static fdl_node_t *
nested(wf_arena_t *arena, unsigned count, const char *head,
    const char *middle, const char *tail)
{
    unsigned  i;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);

    for (i = 0; i < count; i++) {
        wf_buf_str(&buf, wf_str_of(head));
    }

    wf_buf_str(&buf, wf_str_of(middle));

    for (i = 0; i < count; i++) {
        wf_buf_str(&buf, wf_str_of(tail));
    }

    return tree_of(arena, FDL_FULL, wf_buf_done(&buf));
}


TEST(depth)
{
    unsigned     i;
    wf_arena_t  *arena;

    static const struct {
        const char  *head;
        const char  *middle;
        const char  *tail;
    } cases[] = {
        { "(", "$Input.a", ")" },
        { "!", "$Input.a", "" },
        { "-", "$Input.a", "" },
        { "[", "$Input.a", "]" },
        { "{\"k\":", "$Input.a", "}" },
        { "true && (", "$Input.a", ")" },
        { "1 in [", "$Input.a", "]" }
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK(nested(arena, WF_EXPR_DEPTH_MAX - 1, cases[i].head,
                     cases[i].middle, cases[i].tail) != NULL);
        CHECK(nested(arena, WF_EXPR_DEPTH_MAX, cases[i].head,
                     cases[i].middle, cases[i].tail) == NULL);
        CHECK(strstr(err.arg[0], "nested deeper than 100 levels"));
        CHECK(nested(arena, 5000, cases[i].head, cases[i].middle,
                     cases[i].tail) == NULL);
    }

    wf_arena_free(arena);
}


/* Long is not deep. */
TEST(long_chain)
{
    fdl_node_t  *tree;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    tree = nested(arena, 4000, "$Input.a || ", "true", "");

    CHECK(tree && tree->kind == FDL_OR);
    CHECK_INT(tree->count, 4001);
    CHECK_INT(tree->args[4000]->kind, FDL_CONSTANT);

    wf_arena_free(arena);
}


/* Each comparison is found by its own spelling, however it is surrounded. */
TEST(operators)
{
    unsigned     i;
    wf_buf_t     buf;
    fdl_node_t  *tree;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    for (i = 0; i < FDL_OPERATOR_COUNT; i++) {
        wf_buf_init(&buf, arena, 0);
        wf_buf_text(&buf, "$Input[0]");
        wf_buf_str(&buf, wf_str_of(operators[i]));
        wf_buf_text(&buf, "$Input[1]");

        tree = tree_of(arena, FDL_CONDITION + FDL_FULL, wf_buf_done(&buf));
        CHECK(tree && tree->kind == FDL_COMPARE && tree->compare == i);
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
