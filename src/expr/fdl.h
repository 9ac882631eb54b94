
/*
 * Inside the room: the tree of the FDL expression language (fdl.md 1.5, 1.6,
 * 2.5) and its evaluation.  fdl_parse.h makes trees.  Nobody outside
 * src/expr includes this.  A tree lives in the arena it was compiled in and
 * is read-only afterwards.
 */

#ifndef WF_FDL_H
#define WF_FDL_H


#include "expr/expr.h"


typedef enum {
    FDL_CONSTANT = 0,
    FDL_PATH,
    FDL_OR,
    FDL_AND,
    FDL_NOT,
    FDL_NEGATE,
    FDL_COMPARE,
    FDL_ARRAY,
    FDL_OBJECT,                 /* args: key, value, key, value, ... */
    FDL_CALL,
    FDL_NODE_KIND_COUNT
} fdl_node_kind_t;

typedef enum {
#define OPERATOR(symbol, spelling, function)  FDL_##symbol,
#include "expr/operators.def"
#undef OPERATOR
    FDL_OPERATOR_COUNT
} fdl_operator_t;

typedef enum {
    FDL_MEMBER = 0,
    FDL_ITEM,
    FDL_ALL                     /* [*] */
} fdl_segment_kind_t;

typedef struct {
    uint8_t   kind;             /* fdl_segment_kind_t */
    uint32_t  index;            /* FDL_ITEM */
    wf_str_t  name;             /* FDL_MEMBER */
} fdl_segment_t;

typedef struct {
    uint8_t         root;       /* wf_root_t */
    uint32_t        plain;      /* segments before the first [*] */
    uint32_t        count;
    fdl_segment_t  *segments;
    wf_str_t        text;       /* as written */
} fdl_path_t;

typedef struct fdl_node_s      fdl_node_t;
typedef struct fdl_function_s  fdl_function_t;
typedef struct fdl_parser_s    fdl_parser_t;

struct fdl_node_s {
    uint8_t        kind;        /* fdl_node_kind_t */
    uint8_t        compare;     /* fdl_operator_t of FDL_COMPARE */
    uint32_t       count;       /* args */
    fdl_node_t   **args;        /* operands, items, arguments */
    union {
        const wf_value_t  *value;               /* FDL_CONSTANT */
        fdl_path_t        *path;                /* FDL_PATH */
        struct {
            const fdl_function_t  *function;    /* FDL_CALL */
            void                  *prepared;    /* by function->prepare */
        } call;
    } u;
};

/* One evaluation. */
typedef struct {
    wf_arena_t        *arena;
    wf_env_t          *env;
    wf_error_t        *err;
    const fdl_path_t  *missing; /* which path, after WF_DECLINED */
} fdl_eval_t;

typedef struct {
    const fdl_node_t   *node;
    const wf_value_t  **args;   /* NULL: missing, see may_miss */
    uint32_t            count;
} fdl_call_t;

/* WF_DECLINED: missing, eval->missing tells which path. */
typedef wf_rc_t (*fdl_function_pt)(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value);

/* Called while compiling: work that constant arguments allow to do once. */
typedef wf_rc_t (*fdl_prepare_pt)(fdl_parser_t *parser, fdl_node_t *node,
    const uint8_t *at);

#define FDL_ANY  UINT32_MAX     /* arguments without an upper bound */

struct fdl_function_s {
    wf_str_t         name;
    uint32_t         min;
    uint32_t         max;
    bool             may_miss;  /* called although argument 1 is missing */
    fdl_prepare_pt   prepare;   /* or NULL */
    fdl_function_pt  call;
};


wf_rc_t fdl_eval(fdl_eval_t *eval, const fdl_node_t *node,
    const wf_value_t **value);

/* The path below the environment's root, or below base. */
wf_rc_t fdl_path_eval(fdl_eval_t *eval, const fdl_path_t *path,
    const wf_value_t **value);
wf_rc_t fdl_path_walk(fdl_eval_t *eval, const fdl_path_t *path,
    const wf_value_t *base, const wf_value_t **value);

const wf_value_t *fdl_bool(bool boolean);
bool fdl_is_true(const wf_value_t *value);              /* NULL: no */

/* The evaluation fails for a reason by printf: WF_ERROR. */
wf_rc_t fdl_eval_fail(fdl_eval_t *eval, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
wf_rc_t fdl_oom(wf_error_t *err);                       /* WF_ERROR */

/* Values are shared, never changed; builders want them without const. */
static inline wf_value_t *
fdl_share(const wf_value_t *value)
{
    return (wf_value_t *) value;
}


#endif /* WF_FDL_H */
