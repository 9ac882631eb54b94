
/*
 * Inside JSONata: the state of one evaluation and what its files share.  What
 * fails answers jn_failed (or false), the reason is in eval->trouble.
 */

#ifndef WF_JSONATA_EVAL_H
#define WF_JSONATA_EVAL_H


#include "expr/jsonata_error.h"
#include "expr/jsonata_parse.h"


typedef enum {
    JN_F_LAMBDA = 0,
    JN_F_BUILTIN,
    JN_F_PARTIAL,           /* u.partial: function with some arguments */
    JN_F_CHAIN,             /* u.chain: second after first */
    JN_F_TRANSFORM,
    JN_F_REGEX,
    JN_F_NEXT               /* of a match: the next one */
} jn_kind_t;

typedef struct jn_builtin_s  jn_builtin_t;
typedef struct jn_match_s    jn_match_t;
typedef struct jn_matcher_s  jn_matcher_t;

struct jn_function_s {
    uint8_t           kind;
    uint32_t          arity;
    const jn_sig_t   *signature;        /* NULL: anything goes */
    union {
        struct {
            const jn_node_t      *node;
            jn_frame_t           *frame;
            jn_val_t              input;
        } lambda;                       /* and transform */
        const jn_builtin_t       *builtin;
        struct {
            const jn_function_t  *function;
            jn_val_t             *args;     /* JN_UNBOUND: still open */
            uint32_t              count;
        } partial;
        struct {
            jn_val_t              first;
            jn_val_t              second;
        } chain;
        struct {
            const jn_node_t      *node;
            jn_val_t              text;
            uint32_t              from;     /* bytes */
            uint32_t              units;    /* the same in UTF-16 units */
        } regex;                        /* and next */
    } u;
};

struct jn_frame_s {
    jn_frame_t        *parent;
    const jn_scope_t  *scope;
    jn_val_t           slots[];
};

typedef struct {
    const jn_node_t  *node;             /* NULL: not from the text */
    jn_frame_t       *frame;
    jn_val_t          input;            /* the context */
    jn_val_t         *args;
    uint32_t          count;
} jn_call_t;

struct jn_eval_s {
    wf_arena_t          *arena;
    const wf_jsonata_t  *jsonata;
    wf_jsonata_env_t    *env;
    jn_val_t            *globals;
    jn_val_t             input;         /* $$ */
    wf_meter_t          *meter;
    uint64_t             bytes;
    uint64_t             byte_max;
    uint32_t             depth;
    uint32_t             depth_max;
    struct {
        const jn_node_t *node;
        jn_frame_t      *frame;
        jn_val_t         input;
    } thunk;
    jn_matcher_t        *matchers;      /* of regexes used so far */
    jn_trouble_t         trouble;
};

/* jsonata_eval.c */
jn_val_t jn_eval(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame);
jn_frame_t *jn_frame_create(jn_eval_t *eval, const jn_scope_t *scope,
    jn_frame_t *parent);
jn_val_t jn_variable(jn_eval_t *eval, const jn_node_t *node,
    jn_frame_t *frame);
bool jn_globals(jn_eval_t *eval, const wf_jsonata_t *jsonata,
    jn_val_t **globals);

/* jsonata_operate.c; strings are compared by UTF-16 units. */
jn_val_t jn_operate(jn_eval_t *eval, const jn_node_t *node, jn_val_t left,
    jn_val_t right);
int jn_string_cmp(wf_str_t a, wf_str_t b);

/* jsonata_path.c */
jn_val_t jn_path(jn_eval_t *eval, const jn_node_t *path, jn_val_t input,
    jn_frame_t *frame);
jn_val_t jn_filter(jn_eval_t *eval, const jn_node_t *predicate,
    jn_val_t input, jn_frame_t *frame);
jn_val_t jn_lookup(jn_eval_t *eval, jn_val_t value, wf_str_t key);
jn_val_t jn_wildcard(jn_eval_t *eval, jn_val_t value);
jn_val_t jn_descendants(jn_eval_t *eval, jn_val_t value);

/* jsonata_tuple.c: tuples is JN_NONE in the first such step. */
jn_val_t jn_tuple_step(jn_eval_t *eval, const jn_node_t *path, uint32_t step,
    jn_val_t input, jn_val_t tuples, jn_frame_t *frame);
jn_val_t jn_tuple_contexts(jn_eval_t *eval, jn_val_t tuples);
/* jsonata_group.c, jsonata_sort.c, jsonata_transform.c */
jn_val_t jn_group(jn_eval_t *eval, const jn_nodes_t *pairs,
    uint32_t position, jn_val_t input, jn_frame_t *frame);
jn_val_t jn_order(jn_eval_t *eval, const jn_node_t *step, jn_val_t input,
    jn_frame_t *frame);
jn_val_t jn_sort(jn_eval_t *eval, jn_val_t array, const jn_call_t *call,
    jn_val_t function);
jn_val_t jn_transform(jn_eval_t *eval, const jn_function_t *function,
    jn_val_t value);

/* jsonata_call.c */
jn_val_t jn_apply(jn_eval_t *eval, jn_val_t function, const jn_call_t *call);
jn_val_t jn_eval_call(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame, const jn_val_t *first);
jn_val_t jn_eval_partial(jn_eval_t *eval, const jn_node_t *node,
    jn_val_t input, jn_frame_t *frame);
jn_val_t jn_eval_chain(jn_eval_t *eval, const jn_node_t *node,
    jn_val_t input, jn_frame_t *frame);
jn_val_t jn_lambda(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame);

/* jsonata_signature.c: the arguments as the function wants them. */
bool jn_signature_check(jn_eval_t *eval, const jn_sig_t *signature,
    jn_call_t *call);

/* jsonata_fn.c: the function of that name, or JN_NONE. */
wf_rc_t jn_builtin_value(jn_parser_t *parser, wf_str_t name, jn_val_t *value);


#endif /* WF_JSONATA_EVAL_H */
