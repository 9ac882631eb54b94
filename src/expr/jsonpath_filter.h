
/*
 * Inside the room: filters of JSONPath, [?(...)], and functions behind paths.
 * Between jsonpath*.c only.
 */

#ifndef WF_JSONPATH_FILTER_H
#define WF_JSONPATH_FILTER_H


#include "base/json.h"
#include "expr/jsonpath.h"
#include "expr/regex.h"


#define JSONPATH_SEARCHES_KEPT  8

/* Of the patterns that a walk meets. */
struct jsonpath_searches_s {
    const wf_regex_t       *regexes[JSONPATH_SEARCHES_KEPT];
    wf_regex_search_t      *searches[JSONPATH_SEARCHES_KEPT];
    unsigned                next;
};

typedef enum {
    JSONPATH_OR = 0,
    JSONPATH_AND,
    JSONPATH_NOT,
    JSONPATH_COMPARE,
    JSONPATH_TEST,              /* a path leads somewhere; match(), search() */
    JSONPATH_LITERAL,
    JSONPATH_PATH,
    JSONPATH_CALL,              /* length(), count(), value(), ... */
    JSONPATH_NODE_KIND_COUNT
} jsonpath_node_kind_t;

typedef enum {
    JSONPATH_GIVES_VALUE = 0,
    JSONPATH_GIVES_TRUTH        /* a test of its own, never compared */
} jsonpath_gives_t;

typedef struct jsonpath_fn_s        jsonpath_fn_t;
typedef struct jsonpath_operator_s  jsonpath_operator_t;

/* One function behind a path, or a function of a filter. */
struct jsonpath_call_s {
    const jsonpath_fn_t    *fn;
    uint32_t                count;
    jsonpath_node_t       **args;
    struct wf_regex_s      *regex;      /* of a constant pattern */
    bool                    is_void;    /* whose pattern is malformed */
};

struct jsonpath_node_s {
    uint8_t                 kind;       /* jsonpath_node_kind_t */
    uint32_t                count;
    jsonpath_node_t       **args;
    union {
        const wf_value_t           *value;
        jsonpath_t                 *path;
        jsonpath_call_t             call;
        struct {
            const jsonpath_operator_t  *row;
            struct wf_regex_s          *regex;      /* of =~ */
        } compare;
    } u;
};

/* *value NULL: nothing. */
typedef wf_rc_t (*jsonpath_fn_pt)(jsonpath_walk_t *walk,
    const jsonpath_call_t *call, const wf_value_t *self,
    const wf_value_t **value);

/* a or b NULL: nothing. */
typedef bool (*jsonpath_compare_pt)(const wf_value_t *a, const wf_value_t *b);

struct jsonpath_fn_s {
    wf_str_t         name;
    bool             is_method;     /* behind a path: @.a.length() */
    uint8_t          gives;         /* jsonpath_gives_t */
    uint32_t         min;           /* arguments */
    uint32_t         max;
    bool             takes_nodes;   /* argument 1 is all that a path finds */
    jsonpath_fn_pt   call;
};

struct jsonpath_operator_s {
    wf_str_t             spelling;
    bool                 takes_lists;   /* of what paths find; ==: does not */
    bool                 is_regex;
    bool                 is_word;
    jsonpath_compare_pt  compare;
};


/* Behind "?": a filter up to ")" or "]". */
jsonpath_node_t *jsonpath_filter_parse(fdl_parser_t *parser);

/* Behind "(": arguments and ")". */
wf_rc_t jsonpath_call_parse(fdl_parser_t *parser, jsonpath_call_t *call,
    const uint8_t *at);
/* Is it true of walk's current value? */
wf_rc_t jsonpath_filter_test(jsonpath_walk_t *walk,
    const jsonpath_node_t *node, bool *truth);

/* An operand's value; NULL: nothing. */
wf_rc_t jsonpath_operand(jsonpath_walk_t *walk, const jsonpath_node_t *node,
    const wf_value_t **value);

const jsonpath_fn_t *jsonpath_fn_find(wf_str_t name, bool is_method);
const jsonpath_operator_t *jsonpath_operator_find(fdl_parser_t *parser);

/* A string in either quotes, strictly; a number as JSON spells it. */
wf_rc_t jsonpath_string(fdl_parser_t *parser, wf_str_t *string);
const wf_value_t *jsonpath_number(fdl_parser_t *parser);

/* Any of the literals. */
const wf_value_t *jsonpath_literal(fdl_parser_t *parser);

/* null, true or false; NULL: another word. */
const wf_value_t *jsonpath_constant(wf_str_t word);

/* One level down; parser->depth-- is up again. */
wf_rc_t jsonpath_enter(fdl_parser_t *parser);

typedef struct {
    wf_str_t  pattern;
    wf_str_t  flags;            /* Java's letters */
    bool      is_whole;         /* the text from its begin to its end */
} jsonpath_regex_t;

wf_rc_t jsonpath_regex(wf_arena_t *arena, const jsonpath_regex_t *source,
    uint64_t *steps, wf_regex_t **regex, wf_error_t *err);
wf_rc_t jsonpath_match(jsonpath_walk_t *walk, const wf_regex_t *regex,
    wf_str_t text, bool *matched);

/* Steps for comparing each item of a with all of b. */
wf_rc_t jsonpath_charge_pairs(jsonpath_walk_t *walk, const wf_value_t *a,
    const wf_value_t *b);

/* A path as a list of all that it finds. */
wf_rc_t jsonpath_nodes(jsonpath_walk_t *walk, const jsonpath_t *path,
    const wf_value_t **list);

/* Does the path lead anywhere? */
wf_rc_t jsonpath_leads(jsonpath_walk_t *walk, const jsonpath_t *path,
    bool *truth);


#endif /* WF_JSONPATH_FILTER_H */
