
/*
 * One door to expressions: compile text once, evaluate it many times, fill
 * templates.  Compiled things live in the arena of their program and are
 * read-only.  Evaluation never reads a clock or a random source of its own.
 *
 * Languages: fdl.md 1.5, 1.6 (generation 1) and 2.5 (generation 2); asl.md 4,
 * 5, 7, 8 (Amazon States Language).
 */

#ifndef WF_EXPR_H
#define WF_EXPR_H


#include "expr/env.h"


/* Which grammar a text is read by. */
typedef enum {
    WF_EXPR_FDL_CONDITION = 0,  /* 1.6: operators over $.path */
    WF_EXPR_FDL_PATH,           /* 1.5 jsonpath: $.path alone */
    WF_EXPR_CFL,                /* 2.5: everything */
    WF_EXPR_ASL_PATH,           /* asl 5: $..., $$..., $variable... */
    WF_EXPR_ASL_REFERENCE,      /* asl 5: a reference path */
    WF_EXPR_ASL_VALUE,          /* asl 4, 8: a path or an intrinsic call */
    WF_EXPR_JSONATA             /* asl 9: what stands between {% and %} */
} wf_expr_kind_t;

typedef struct wf_expr_s      wf_expr_t;
typedef struct wf_template_s  wf_template_t;


/*
 * The text is copied into arena.  WF_ERROR: err has code INVALID_ARGUMENT and
 * its detail is "column N: reason", in characters from 1, line breaks
 * counted; or code INTERNAL.
 */
wf_rc_t wf_expr_compile(wf_arena_t *arena, wf_expr_kind_t kind, wf_str_t text,
    wf_expr_t **expr, wf_error_t *err);

/*
 * The value, in arena or shared from the environment.  WF_DECLINED: a path is
 * missing (the caller decides what that means).  WF_ERROR: the evaluation
 * failed; err has code INVALID_ARGUMENT and its detail is the reason; oom is
 * code INTERNAL.  Work is counted in env->meter.steps, against
 * WF_EXPR_STEPS_MAX.
 *
 * Amazon States Language: never WF_DECLINED.  What is missing fails, too, in
 * the words of asl.md 4 without the state's name in front (env->fault: all of
 * them); the second detail is the error's name, "": States.Runtime.
 */
wf_rc_t wf_expr_eval(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    const wf_value_t **value, wf_error_t *err);

/*
 * A choice rule of JSONPath mode (asl 7), for wf_expr_test(): a comparison, or
 * And, Or, Not of rules.  "Next", "Assign", "Comment" are the caller's.  Its
 * text is empty.
 * WF_ERROR: the details are the reason and where, from rule: "/And/0/Variable".
 */
wf_rc_t wf_expr_choice(wf_arena_t *arena, const wf_value_t *rule,
    wf_expr_t **expr, wf_error_t *err);

/*
 * Variables that an expression refers to, without "$", each once, into names,
 * an array.  wf_template_variables() likewise.  WF_DECLINED: names are more
 * than WF_VARIABLE_NAMES_MAX.
 */
wf_rc_t wf_expr_variables(wf_arena_t *arena, const wf_expr_t *expr,
    wf_value_t *names);

/*
 * ResultPath (asl 4): root with value at path, objects made where there are
 * none.  root is not changed.  WF_ERROR: States.ResultPathMatchFailure, or no
 * memory.  path: a reference path that wf_expr_inserts(), below $ that is.
 */
bool wf_expr_inserts(const wf_expr_t *path);
wf_rc_t wf_expr_insert(wf_arena_t *arena, const wf_expr_t *path,
    const wf_value_t *root, const wf_value_t *value, const wf_value_t **out,
    wf_error_t *err);

/*
 * JSONata: the value that expr gave is not what its field takes ("array",
 * "number", ...): WF_ERROR with the service's words, as wf_expr_eval().
 */
wf_rc_t wf_expr_unexpected(wf_arena_t *arena, const wf_expr_t *expr,
    wf_env_t *env, const char *expected, const wf_value_t *value,
    wf_error_t *err);

/* What jsonata.h tells more of; NULL: another language. */
const struct wf_jsonata_s *wf_expr_jsonata(const wf_expr_t *expr);

/* True only if the result is boolean true; missing and other types: false. */
wf_rc_t wf_expr_test(wf_arena_t *arena, const wf_expr_t *expr, wf_env_t *env,
    bool *result, wf_error_t *err);

/* The source text. */
wf_str_t wf_expr_text(const wf_expr_t *expr);


/*
 * Templates: JSON with expressions inside.
 *   mappings     generation 1: list of {target, source}; missing source paths
 *                leave the target out
 *   params       generation 1 serviceParams: "$" and "$.x" anywhere inside;
 *                a missing path is an error
 *   constructor  generation 2: keys that end in ".$"; a missing path is an
 *                error
 *   payload      Amazon States Language, JSONPath: keys that end in ".$"
 *   jsonata      Amazon States Language, JSONata: strings that are {% ... %}
 * Compiling copies what it keeps into arena, checks form and syntax; err's
 * detail begins with "line L, column C: " when marks are known.  payload and
 * jsonata: the details are the reason and where, from value, "" or "/a/0/b";
 * of a wrong ".$" that is the object it stands in.
 */
wf_rc_t wf_template_mappings(wf_arena_t *arena, const wf_value_t *list,
    wf_template_t **template, wf_error_t *err);
wf_rc_t wf_template_params(wf_arena_t *arena, const wf_value_t *value,
    wf_template_t **template, wf_error_t *err);
wf_rc_t wf_template_constructor(wf_arena_t *arena, const wf_value_t *value,
    wf_template_t **template, wf_error_t *err);
wf_rc_t wf_template_payload(wf_arena_t *arena, const wf_value_t *value,
    wf_template_t **template, wf_error_t *err);
wf_rc_t wf_template_jsonata(wf_arena_t *arena, const wf_value_t *value,
    wf_template_t **template, wf_error_t *err);

wf_rc_t wf_template_variables(wf_arena_t *arena,
    const wf_template_t *template, wf_value_t *names);

/*
 * The value, in arena, or shared from the environment or the template itself.
 * WF_ERROR as wf_expr_eval(); a missing path is an error named by its text.
 */
wf_rc_t wf_template_fill(wf_arena_t *arena, const wf_template_t *template,
    wf_env_t *env, const wf_value_t **value, wf_error_t *err);


#endif /* WF_EXPR_H */
