
/*
 * The door of the room: compile a text, evaluate it, test it.  Owns
 * wf_expr_t, and which language does what for which kind.  What a missing
 * path means is left to the caller, but in the Amazon States Language.
 */

#include "expr/asl.h"
#include "expr/fdl_parse.h"
#include "expr/jsonata.h"


typedef struct {
    wf_rc_t (*compile)(wf_arena_t *arena, wf_expr_t *expr, wf_error_t *err);
    wf_rc_t (*eval)(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
        const wf_value_t **value, wf_error_t *err);
    wf_rc_t (*variables)(wf_arena_t *arena, const wf_expr_t *expr,
        wf_value_t *names);
} language_t;

struct wf_expr_s {
    wf_str_t             text;
    uint8_t              kind;      /* wf_expr_kind_t; of rules: ASL_VALUE */
    const language_t    *language;
    union {
        fdl_node_t      *fdl;
        asl_node_t      *asl;
        asl_rule_t      *rule;
        wf_jsonata_t    *jsonata;
    } u;
};


static const language_t  fdl_language;


wf_rc_t
fdl_expr_compile(wf_arena_t *arena, fdl_dialect_t dialect, wf_str_t text,
    wf_expr_t **expr, wf_error_t *err)
{
    wf_expr_t     *made;
    fdl_parser_t   parser;

    if (fdl_parser_init(&parser, arena, dialect, text, err) != WF_OK) {
        return WF_ERROR;
    }

    made = wf_arena_calloc(arena, sizeof(wf_expr_t));
    if (made == NULL) {
        return fdl_oom(err);
    }

    made->text = parser.text;
    made->kind = WF_EXPR_CFL;
    made->language = &fdl_language;
    made->u.fdl = fdl_parse(&parser);

    if (made->u.fdl == NULL) {
        return WF_ERROR;
    }

    *expr = made;
    return WF_OK;
}


const wf_value_t *
fdl_expr_constant(const wf_expr_t *expr)
{
    return expr->u.fdl->kind == FDL_CONSTANT ? expr->u.fdl->u.value : NULL;
}


wf_rc_t
fdl_expr_eval(fdl_eval_t *eval, const wf_expr_t *expr,
    const wf_value_t **value)
{
    return fdl_eval(eval, expr->u.fdl, value);
}


static wf_rc_t
fdl_language_eval(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    const wf_value_t **value, wf_error_t *err)
{
    wf_rc_t            rc;
    fdl_eval_t         eval;
    const wf_value_t  *result;

    eval = (fdl_eval_t) { arena, env, err, NULL };

    rc = fdl_eval(&eval, expr->u.fdl, &result);
    if (rc != WF_OK) {
        return rc;
    }

    /* What a path found is bounded already; what was built may be too deep. */
    if (expr->u.fdl->kind != FDL_PATH && expr->u.fdl->kind != FDL_CONSTANT
        && fdl_weigh(&eval, result, 0) != WF_OK)
    {
        return WF_ERROR;
    }

    *value = result;
    return WF_OK;
}


/* CloudFlow's languages have no variables. */
static wf_rc_t
fdl_language_variables(wf_arena_t *arena, const wf_expr_t *expr,
    wf_value_t *names)
{
    (void) arena;
    (void) expr;
    (void) names;

    return WF_OK;
}


static wf_rc_t
asl_language_compile(wf_arena_t *arena, wf_expr_t *expr, wf_error_t *err)
{
    return asl_compile(arena, expr->kind, expr->text, &expr->u.asl, err);
}


static asl_eval_t
asl_begin(wf_arena_t *arena, wf_env_t *env, wf_error_t *err)
{
    env->fault = wf_str_none;
    env->location = wf_str_none;
    env->is_missing = false;

    return (asl_eval_t) { { arena, env, err, NULL }, NULL };
}


static wf_rc_t
asl_language_eval(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    const wf_value_t **value, wf_error_t *err)
{
    asl_eval_t  asl;

    asl = asl_begin(arena, env, err);

    return asl_eval_whole(&asl, expr->kind, expr->u.asl, expr->text, value);
}


static wf_rc_t
asl_language_variables(wf_arena_t *arena, const wf_expr_t *expr,
    wf_value_t *names)
{
    return asl_variables(arena, expr->u.asl, names);
}


static wf_rc_t
jsonata_language_compile(wf_arena_t *arena, wf_expr_t *expr, wf_error_t *err)
{
    expr->text = asl_jsonata_trim(expr->text);

    return asl_jsonata_compile(arena, expr->text, &expr->u.jsonata, err);
}


static wf_rc_t
jsonata_language_eval(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    const wf_value_t **value, wf_error_t *err)
{
    asl_eval_t  asl;

    asl = asl_begin(arena, env, err);

    return asl_jsonata_eval(&asl.eval, expr->u.jsonata, value);
}


static wf_rc_t
jsonata_language_variables(wf_arena_t *arena, const wf_expr_t *expr,
    wf_value_t *names)
{
    return asl_jsonata_variables(arena, expr->u.jsonata, names);
}


static wf_rc_t
rule_language_eval(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    const wf_value_t **value, wf_error_t *err)
{
    bool        truth;
    asl_eval_t  asl;

    asl = asl_begin(arena, env, err);

    if (asl_rule_test(&asl, expr->u.rule, &truth) != WF_OK) {
        return WF_ERROR;
    }

    *value = fdl_bool(truth);
    return WF_OK;
}


static wf_rc_t
rule_language_variables(wf_arena_t *arena, const wf_expr_t *expr,
    wf_value_t *names)
{
    return asl_rule_variables(arena, expr->u.rule, names);
}


static const language_t  fdl_language = {
    NULL, fdl_language_eval, fdl_language_variables
};

static const language_t  asl_language = {
    asl_language_compile, asl_language_eval, asl_language_variables
};

static const language_t  jsonata_language = {
    jsonata_language_compile, jsonata_language_eval, jsonata_language_variables
};

static const language_t  rule_language = {
    NULL, rule_language_eval, rule_language_variables
};

static const language_t *const  languages[] = {
    [WF_EXPR_FDL_CONDITION] = &fdl_language,
    [WF_EXPR_FDL_PATH] = &fdl_language,
    [WF_EXPR_CFL] = &fdl_language,
    [WF_EXPR_ASL_PATH] = &asl_language,
    [WF_EXPR_ASL_REFERENCE] = &asl_language,
    [WF_EXPR_ASL_VALUE] = &asl_language,
    [WF_EXPR_JSONATA] = &jsonata_language
};


wf_rc_t
wf_expr_compile(wf_arena_t *arena, wf_expr_kind_t kind, wf_str_t text,
    wf_expr_t **expr, wf_error_t *err)
{
    wf_expr_t  *made;

    wf_assert(kind < wf_countof(languages));

    if (languages[kind] == &fdl_language) {
        return fdl_expr_compile(arena, (fdl_dialect_t) kind, text, expr, err);
    }

    made = wf_arena_calloc(arena, sizeof(wf_expr_t));

    if (made == NULL) {
        return fdl_oom(err);
    }

    made->kind = kind;
    made->language = languages[kind];
    made->text = wf_arena_copy(arena, text);

    if (made->text.data == NULL) {
        return fdl_oom(err);
    }

    if (made->language->compile(arena, made, err) != WF_OK) {
        return WF_ERROR;
    }

    *expr = made;
    return WF_OK;
}


wf_rc_t
wf_expr_choice(wf_arena_t *arena, const wf_value_t *rule, wf_expr_t **expr,
    wf_error_t *err)
{
    wf_expr_t  *made;

    made = wf_arena_calloc(arena, sizeof(wf_expr_t));

    if (made == NULL) {
        return fdl_oom(err);
    }

    made->kind = WF_EXPR_ASL_VALUE;
    made->language = &rule_language;

    if (asl_rule_compile(arena, rule, &made->u.rule, err) != WF_OK) {
        return WF_ERROR;
    }

    *expr = made;
    return WF_OK;
}


wf_rc_t
wf_expr_eval(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    const wf_value_t **value, wf_error_t *err)
{
    return expr->language->eval(arena, expr, env, value, err);
}


wf_rc_t
wf_expr_unexpected(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    const char *expected, const wf_value_t *value, wf_error_t *err)
{
    asl_eval_t  asl;

    wf_assert(expr->language == &jsonata_language);

    asl = asl_begin(arena, env, err);

    return asl_jsonata_unexpected(&asl.eval, expr->u.jsonata, expected, value);
}


const wf_jsonata_t *
wf_expr_jsonata(const wf_expr_t *expr)
{
    return expr->language == &jsonata_language ? expr->u.jsonata : NULL;
}


wf_rc_t
wf_expr_test(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    bool *result, wf_error_t *err)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    rc = wf_expr_eval(arena, expr, env, &value, err);
    if (rc == WF_ERROR) {
        return WF_ERROR;
    }

    *result = rc == WF_OK && fdl_is_true(value);
    return WF_OK;
}


wf_rc_t
wf_expr_variables(wf_arena_t *arena, const wf_expr_t *expr, wf_value_t *names)
{
    return expr->language->variables(arena, expr, names);
}


bool
wf_expr_inserts(const wf_expr_t *path)
{
    return path->kind == WF_EXPR_ASL_REFERENCE
           && path->u.asl->u.path->root == JSONPATH_SELF;
}


wf_rc_t
wf_expr_insert(wf_arena_t *arena, const wf_expr_t *path,
    const wf_value_t *root, const wf_value_t *value, const wf_value_t **out,
    wf_error_t *err)
{
    wf_assert(wf_expr_inserts(path));

    return asl_insert(arena, path->u.asl, root, value, out, err);
}


wf_str_t
wf_expr_text(const wf_expr_t *expr)
{
    return expr->text;
}
