
/*
 * Inside the room: JSONPath (asl.md 5), Jayway's way of it.  A path is read
 * once into segments and walked without recursion or memory as long as it is
 * definite; what can match many nodes makes a list.  Nobody outside src/expr
 * includes this.
 */

#ifndef WF_JSONPATH_H
#define WF_JSONPATH_H


#include "expr/fdl_parse.h"


typedef enum {
    JSONPATH_SELF = 0,          /* $ */
    JSONPATH_CONTEXT,           /* $$ */
    JSONPATH_VARIABLE,          /* $name */
    JSONPATH_CURRENT            /* @, in filters */
} jsonpath_root_t;

typedef enum {
    JSONPATH_NAME = 0,
    JSONPATH_INDEX,
    JSONPATH_ALL,               /* * */
    JSONPATH_SLICE,
    JSONPATH_FILTER,
    JSONPATH_SELECTOR_KIND_COUNT
} jsonpath_selector_kind_t;

typedef struct jsonpath_s       jsonpath_t;
typedef struct jsonpath_node_s  jsonpath_node_t;
typedef struct jsonpath_call_s  jsonpath_call_t;
typedef struct jsonpath_walk_s  jsonpath_walk_t;

typedef struct jsonpath_searches_s  jsonpath_searches_t;

typedef struct {
    uint8_t                 kind;       /* jsonpath_selector_kind_t */
    bool                    has_start;
    bool                    has_end;
    union {
        wf_str_t            name;
        int64_t             index;      /* negative: from the end */
        struct {
            int64_t         start;
            int64_t         end;
            int64_t         step;
        } slice;
        jsonpath_node_t    *filter;
    } u;
} jsonpath_selector_t;

typedef struct {
    bool                    is_deep;    /* ..: below any descendant */
    uint32_t                count;
    jsonpath_selector_t    *selectors;
} jsonpath_segment_t;

struct jsonpath_s {
    uint8_t                 root;       /* jsonpath_root_t */
    bool                    has_filter;
    wf_str_t                variable;
    uint32_t                plain;      /* segments that are definite */
    uint32_t                count;
    jsonpath_segment_t     *segments;
    jsonpath_call_t        *call;       /* .length() behind it, or NULL */
    wf_str_t                text;       /* as written */
};

/* One walk: $ and @ of filters, and what its regular expressions keep. */
struct jsonpath_walk_s {
    fdl_eval_t             *eval;
    const wf_value_t       *root;
    const wf_value_t       *current;
    jsonpath_searches_t    *searches;   /* NULL: none are kept */
};


/* Reads at pos as far as the path goes; NULL: parser->err says why. */
jsonpath_t *jsonpath_parse(fdl_parser_t *parser);

/* $, .name, ['name'], [n] alone? */
bool jsonpath_is_reference(const jsonpath_t *path);

static inline bool
jsonpath_is_definite(const jsonpath_t *path)
{
    return path->plain == path->count;
}

/*
 * WF_DECLINED: a definite path leads nowhere; an indefinite one yields a
 * list, an empty one if need be.
 */
wf_rc_t jsonpath_eval(fdl_eval_t *eval, const jsonpath_t *path,
    const wf_value_t **value);

/* Below walk's root or current, whichever the path begins with. */
wf_rc_t jsonpath_walk(jsonpath_walk_t *walk, const jsonpath_t *path,
    const wf_value_t **value);

/* What $, $$ or the variable is; NULL: missing. */
wf_rc_t jsonpath_root(fdl_eval_t *eval, const jsonpath_t *path,
    const wf_value_t **root);

/* The inner scope's hides the outer one's; NULL: no such variable. */
const wf_value_t *jsonpath_variable(const wf_env_t *env, wf_str_t name);

/* What a plain segment leads to from value, perhaps NULL. */
const wf_value_t *jsonpath_step(const jsonpath_segment_t *segment,
    const wf_value_t *value);


#endif /* WF_JSONPATH_H */
