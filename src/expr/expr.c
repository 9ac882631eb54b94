
/*
 * The door of the room: compile a text, evaluate it, test it.  Owns
 * wf_expr_t.  What a missing path means is left to the caller.
 */

#include "expr/fdl_parse.h"


struct wf_expr_s {
    wf_str_t      text;
    fdl_node_t   *root;
};


wf_rc_t
fdl_expr_compile(wf_arena_t *arena, fdl_dialect_t dialect, wf_str_t text,
    wf_expr_t **expr, wf_error_t *err)
{
    wf_expr_t     *made;
    fdl_parser_t   parser;

    if (fdl_parser_init(&parser, arena, dialect, text, err) != WF_OK) {
        return WF_ERROR;
    }

    made = wf_arena_alloc(arena, sizeof(wf_expr_t));
    if (made == NULL) {
        return fdl_oom(err);
    }

    made->text = parser.text;
    made->root = fdl_parse(&parser);

    if (made->root == NULL) {
        return WF_ERROR;
    }

    *expr = made;
    return WF_OK;
}


const wf_value_t *
fdl_expr_constant(const wf_expr_t *expr)
{
    return expr->root->kind == FDL_CONSTANT ? expr->root->u.value : NULL;
}


wf_rc_t
fdl_expr_eval(fdl_eval_t *eval, const wf_expr_t *expr,
    const wf_value_t **value)
{
    return fdl_eval(eval, expr->root, value);
}


wf_rc_t
wf_expr_compile(wf_arena_t *arena, wf_expr_kind_t kind, wf_str_t text,
    wf_expr_t **expr, wf_error_t *err)
{
    wf_assert(kind <= WF_EXPR_CFL);

    return fdl_expr_compile(arena, (fdl_dialect_t) kind, text, expr, err);
}


wf_rc_t
wf_expr_eval(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    const wf_value_t **value, wf_error_t *err)
{
    wf_rc_t            rc;
    fdl_eval_t         eval;
    const wf_value_t  *result;

    eval = (fdl_eval_t) { arena, env, err, NULL };

    rc = fdl_eval(&eval, expr->root, &result);
    if (rc != WF_OK) {
        return rc;
    }

    /* What a path found is bounded already; what was built may be too deep. */
    if (expr->root->kind != FDL_PATH && expr->root->kind != FDL_CONSTANT
        && fdl_weigh(&eval, result, 0) != WF_OK)
    {
        return WF_ERROR;
    }

    *value = result;
    return WF_OK;
}


wf_rc_t
wf_expr_test(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    bool *result, wf_error_t *err)
{
    wf_rc_t            rc;
    fdl_eval_t         eval;
    const wf_value_t  *value;

    eval = (fdl_eval_t) { arena, env, err, NULL };

    rc = fdl_eval(&eval, expr->root, &value);
    if (rc == WF_ERROR) {
        return WF_ERROR;
    }

    *result = rc == WF_OK && fdl_is_true(value);
    return WF_OK;
}


wf_str_t
wf_expr_text(const wf_expr_t *expr)
{
    return expr->text;
}
