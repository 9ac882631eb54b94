
/*
 * Inside JSONata: the tree.  jsonata_lex.c and jsonata_parse.c make it,
 * jsonata_shape.c turns dots into paths and finds parents, jsonata_scope.c
 * gives variables their slots.  Read-only afterwards.
 */

#ifndef WF_JSONATA_NODE_H
#define WF_JSONATA_NODE_H


#include "expr/jsonata.h"
#include "expr/jsonata_value.h"
#include "expr/regex.h"


typedef enum {
    /* what remains */
    JN_PATH = 0, JN_BINARY, JN_AND, JN_OR, JN_NEGATE, JN_LIST, JN_RECORD,
    JN_NAME, JN_LITERAL, JN_WILDCARD, JN_DESCENDANT, JN_PARENT, JN_CONDITION,
    JN_DEFAULT, JN_BLOCK, JN_BIND, JN_REGEX, JN_CALL, JN_VARIABLE, JN_LAMBDA,
    JN_PARTIAL, JN_APPLY, JN_TRANSFORM, JN_SORT, JN_PLACE,
    /* what jsonata_shape.c takes out */
    JN_DOT, JN_SELECT, JN_GROUP, JN_ORDER, JN_FOCUS, JN_INDEX, JN_WORD,
    JN_END, JN_NODE_COUNT
} jn_node_type_t;

/* Operators of JN_BINARY, and what else a token may be. */
typedef enum {
#define TOKEN(symbol, text, power, prefix, infix)  JN_T_##symbol,
#include "expr/jsonata_tokens.def"
#undef TOKEN
    JN_T_COUNT
} jn_token_type_t;

typedef struct jn_slot_s  jn_slot_t;    /* of a parent: % */
typedef struct jn_ref_s   jn_ref_t;
typedef struct jn_scope_s jn_scope_t;
typedef struct jn_sig_s   jn_sig_t;

typedef struct {
    jn_node_t  **items;
    uint32_t     count;
    uint32_t     size;
} jn_nodes_t;

struct jn_slot_s {
    wf_str_t  label;
    int       level;
};

typedef struct {
    jn_slot_t  **items;
    uint32_t     count;
    uint32_t     size;
} jn_slots_t;

/* Where a name may be bound, innermost first; then globals[global]. */
struct jn_ref_s {
    uint32_t         up;        /* frames outwards */
    uint32_t         slot;
    const jn_ref_t  *next;
};

/* The names of a frame; of tuples slot 0 is the context. */
struct jn_scope_s {
    const jn_scope_t  *parent;
    wf_str_t          *names;
    uint32_t           count;
    uint32_t           size;
    uint32_t           sure;    /* the first so many are always bound */
};

struct jn_node_s {
    uint8_t             type;           /* jn_node_type_t */
    uint8_t             op;             /* jn_token_type_t */
    bool                keep;           /* x[]: stays an array */
    bool                keep_single;    /* a path with such a step */
    bool                cons;           /* a constructor that is a step */
    bool                tuple;          /* makes or hands on tuples */
    bool                descending;     /* a term of JN_SORT */
    bool                tail;           /* a call that ends a function */
    bool                grouped;
    uint32_t            position;       /* byte offset behind the token */
    uint32_t            height;
    wf_str_t            text;           /* name, variable, source of a regex */
    jn_val_t            value;          /* of a literal */
    jn_node_t          *left;           /* condition, pattern, procedure */
    jn_node_t          *right;          /* then, update, body */
    jn_node_t          *third;          /* else, delete */
    jn_nodes_t          list;           /* steps, items, terms, pairs,
                                           arguments, parameters */
    jn_nodes_t          predicates;     /* x[...] */
    jn_nodes_t          stages;         /* the same of a step in a path, and
                                           its #$x behind them */
    jn_nodes_t          group;          /* pairs, flat */
    uint32_t            group_position;
    wf_str_t            focus;          /* @$x; data NULL: none */
    wf_str_t            index;          /* #$x */
    uint32_t            focus_slot;
    uint32_t            index_slot;
    uint32_t            parent_slot;
    jn_slot_t          *ancestor;       /* this step is somebody's parent */
    jn_slot_t          *slot;           /* JN_PARENT */
    jn_slots_t          seeking;
    const jn_ref_t     *ref;            /* JN_VARIABLE, JN_PARENT, JN_BIND */
    int32_t             global;         /* -1: none */
    const jn_scope_t   *scope;          /* frame that it makes: block, lambda,
                                           tuples of a path; of JN_BIND none */
    const jn_scope_t   *around;         /* JN_CALL of $eval */
    uint32_t            first_tuple;    /* JN_PATH: the step from which on */
    const wf_regex_t   *regex;
    const jn_sig_t     *signature;
};

/* A name that is bound nowhere in the text: the environment's, or one of
 * functions.def. */
typedef struct {
    wf_str_t  name;
    jn_val_t  value;            /* the function; JN_NONE */
} jn_global_t;

struct wf_jsonata_s {
    wf_str_t              text;
    wf_jsonata_dialect_t  dialect;
    jn_node_t            *root;
    const jn_scope_t     *scope;        /* of the root's frame; NULL: none */
    jn_global_t          *globals;
    uint32_t              global_count;
    uint32_t              regex_count;
    wf_jsonata_look_t     look;
};


#endif /* WF_JSONATA_NODE_H */
