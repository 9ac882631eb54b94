
/*
 * Inside the room: expressions of the Amazon States Language in JSONPath mode
 * (asl.md 4, 7, 8): paths, intrinsic calls, choice rules, payload templates.
 * Nobody outside src/expr includes this.
 */

#ifndef WF_ASL_H
#define WF_ASL_H


#include "expr/jsonpath.h"


typedef enum {
    ASL_CONSTANT = 0,
    ASL_PATH,
    ASL_CALL
} asl_node_kind_t;

typedef struct asl_node_s      asl_node_t;
typedef struct asl_function_s  asl_function_t;
typedef struct asl_rule_s      asl_rule_t;
typedef struct asl_template_s  asl_template_t;

struct asl_node_s {
    uint8_t                     kind;       /* asl_node_kind_t */
    uint32_t                    count;      /* arguments */
    asl_node_t                **args;
    wf_str_t                    raw;        /* a literal string as written */
    union {
        const wf_value_t       *value;
        jsonpath_t             *path;
        const asl_function_t   *function;
    } u;
};

/* One evaluation; missing: the path that led nowhere, after WF_DECLINED. */
typedef struct {
    fdl_eval_t                  eval;
    const jsonpath_t           *missing;
} asl_eval_t;

typedef struct {
    const asl_node_t           *node;
    const wf_value_t          **args;
    uint32_t                    count;
} asl_call_t;

typedef wf_rc_t (*asl_function_pt)(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value);

struct asl_function_s {
    wf_str_t                    name;       /* without "States." */
    uint32_t                    min;        /* arguments */
    uint32_t                    max;
    asl_function_pt             call;
};


/*
 * The whole text as a path (kinds WF_EXPR_ASL_PATH and _REFERENCE), or as a
 * path or an intrinsic call (_VALUE).  text is wf_expr_t's own copy.
 */
wf_rc_t asl_compile(wf_arena_t *arena, wf_expr_kind_t kind, wf_str_t text,
    asl_node_t **node, wf_error_t *err);

/* A string with the escapes of asl 8. */
wf_rc_t asl_unescape(wf_arena_t *arena, wf_str_t raw, wf_str_t *string);

/* WF_DECLINED: asl->missing leads nowhere. */
wf_rc_t asl_eval(asl_eval_t *asl, const asl_node_t *node,
    const wf_value_t **value);

/*
 * The same with a missing path told in the words for that kind; text: the
 * expression's.  field: for ASL_VALUE.
 */
wf_rc_t asl_eval_whole(asl_eval_t *asl, wf_expr_kind_t kind,
    const asl_node_t *node, wf_str_t text, const wf_value_t **value);

const asl_function_t *asl_function_find(wf_str_t name);

/* Names of variables into names, each once. */
wf_rc_t asl_variables(wf_arena_t *arena, const asl_node_t *node,
    wf_value_t *names);
wf_rc_t asl_name_add(wf_arena_t *arena, wf_str_t name, wf_value_t *names);


/* asl_missing.c: faults and their words.  All of them return WF_ERROR. */
wf_rc_t asl_fault(fdl_eval_t *eval, wf_buf_t *text, const char *name);
wf_rc_t asl_fault_path(asl_eval_t *asl);
wf_rc_t asl_fault_reference(asl_eval_t *asl);
wf_rc_t asl_fault_field(asl_eval_t *asl, wf_str_t field);
wf_rc_t asl_fault_call(asl_eval_t *asl, wf_str_t call);
wf_rc_t asl_fault_choice(asl_eval_t *asl);

/* As Java's toString() would: {a=1, b=[x, null]}. */
void asl_java_print(wf_buf_t *buf, const wf_value_t *value);


/* asl_jsonata.c: the field is env->field. */
wf_str_t asl_jsonata_trim(wf_str_t text);
wf_rc_t asl_jsonata_compile(wf_arena_t *arena, wf_str_t text,
    struct wf_jsonata_s **jsonata, wf_error_t *err);
wf_rc_t asl_jsonata_eval(fdl_eval_t *eval, const struct wf_jsonata_s *jsonata,
    const wf_value_t **value);
wf_rc_t asl_jsonata_unexpected(fdl_eval_t *eval,
    const struct wf_jsonata_s *jsonata, const char *expected,
    const wf_value_t *value);
wf_rc_t asl_jsonata_variables(wf_arena_t *arena,
    const struct wf_jsonata_s *jsonata, wf_value_t *names);


/* asl_choice.c */
wf_rc_t asl_rule_compile(wf_arena_t *arena, const wf_value_t *value,
    asl_rule_t **rule, wf_error_t *err);
wf_rc_t asl_rule_test(asl_eval_t *asl, const asl_rule_t *rule, bool *result);
wf_rc_t asl_rule_variables(wf_arena_t *arena, const asl_rule_t *rule,
    wf_value_t *names);


/* asl_insert.c */
wf_rc_t asl_insert(wf_arena_t *arena, const asl_node_t *path,
    const wf_value_t *root, const wf_value_t *value, const wf_value_t **out,
    wf_error_t *err);


/* asl_template.c */
wf_rc_t asl_template_compile(wf_arena_t *arena, const wf_value_t *value,
    bool is_jsonata, asl_template_t **template, wf_error_t *err);
wf_rc_t asl_template_fill(wf_arena_t *arena, const asl_template_t *template,
    bool is_jsonata, wf_env_t *env, const wf_value_t **value,
    wf_error_t *err);
wf_rc_t asl_template_variables(wf_arena_t *arena,
    const asl_template_t *template, wf_value_t *names);


#endif /* WF_ASL_H */
