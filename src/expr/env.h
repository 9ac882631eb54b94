
/*
 * What expressions are evaluated in: filled by the engine for one step, told
 * back what a failure is about.
 */

#ifndef WF_ENV_H
#define WF_ENV_H


#include "base/error.h"
#include "base/value.h"
#include "expr/meter.h"


typedef enum {
    WF_ROOT_SELF = 0,       /* $            generation 1: the step's input */
    WF_ROOT_INPUT,          /* $input, $Input */
    WF_ROOT_LOCAL,          /* $local */
    WF_ROOT_OUTPUT,         /* $Output */
    WF_ROOT_CONTEXT,        /* $context, $Context, $$ */
    WF_ROOT_GLOBAL,         /* $Global */
    WF_ROOT_ITEM,           /* $Item */
    WF_ROOT_ENV,            /* $Env: alias of $Context.Environment */
    WF_ROOT_COUNT
} wf_root_t;

typedef struct wf_env_s  wf_env_t;

struct wf_env_s {
    const wf_value_t   *roots[WF_ROOT_COUNT];   /* NULL: missing */

    /* Called once when CONTEXT or ENV is first needed and its root is NULL;
     * returns the $Context object (its member Environment serves $Env), which
     * is kept in roots; NULL from it: no memory.  No callback: missing. */
    const wf_value_t *(*context)(wf_env_t *env, wf_arena_t *arena);
    void               *data;                   /* the callback's own */

    /* Generation 1, choice branches: enclosing scopes' $local, inner first
     * (fdl.md 1.4); a $local path not resolved by roots[LOCAL] tries them. */
    const wf_value_t  **outer_locals;
    uint32_t            outer_local_count;

    /* Amazon States Language: objects of variables, inner scope first; what
     * $states is (JSONata). */
    const wf_value_t  **variables;
    uint32_t            variable_count;
    const wf_value_t   *states;
    int64_t             now_ms;                 /* $now(), $millis() */

    /* The state's field that is evaluated ("Output", "ErrorPath"), for
     * messages; a template puts its own keys behind it. */
    wf_str_t            field;

    /* Amazon States Language, written by what fails: the whole text, where an
     * error's detail has room for its begin alone; where the expression
     * stands ("Output/a/b"), if it is JSONata; whether a path led nowhere. */
    wf_str_t            fault;
    wf_str_t            location;
    bool                is_missing;

    uint64_t            random_state;           /* advanced by uuid(), ... */
    wf_meter_t          meter;                  /* of the state */
};


#endif /* WF_ENV_H */
