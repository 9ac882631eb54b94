
/*
 * JSONata 2.x: compile a text once, evaluate it many times.  What is compiled
 * lives in its arena and is read-only: any thread may evaluate it.
 * Evaluation never reads a clock or a random source of its own and ends
 * within the limits of its environment, whatever the text says.
 *
 * Values are JSON; functions and regular expressions exist inside an
 * expression alone.  Docs: docs/jsonata.md.
 */

#ifndef WF_JSONATA_H
#define WF_JSONATA_H


#include "base/value.h"
#include "expr/meter.h"


typedef struct wf_jsonata_s  wf_jsonata_t;

/* Which functions there are. */
typedef enum {
    WF_JSONATA_STATES = 0,      /* Step Functions': $partition, $range, $hash,
                                   $random([seed]), $uuid, $parse; no $eval */
    WF_JSONATA_REFERENCE        /* those of the reference implementation */
} wf_jsonata_dialect_t;

typedef enum {
    WF_JSONATA_RAISED = 0,      /* code and message say why */
    WF_JSONATA_LIMIT,           /* so they do: a limit was reached, D1011
                                   (depth), D1012 (work), D1014 (memory) or
                                   D2014 (the length of a range) */
    WF_JSONATA_UNSUPPORTED,     /* the result is, or has inside, a function or
                                   a regular expression */
    WF_JSONATA_OOM              /* no memory; nothing else is set */
} wf_jsonata_trouble_t;

/* Texts live in the arena of the call that failed, or are constants. */
typedef struct {
    wf_jsonata_trouble_t  trouble;
    char                  code[8];      /* "T1006"; the reference's codes */
    uint32_t              position;     /* in the text, in UTF-16 units: where
                                           the token ends, as the reference
                                           counts; 0: unknown */
    wf_str_t              token;        /* operator or function it is about */
    wf_str_t              message;      /* "Attempted to invoke a
                                           non-function" */
} wf_jsonata_error_t;


/*
 * The text is copied into arena.  WF_ERROR: err says why (codes S....).
 */
wf_rc_t wf_jsonata_compile(wf_arena_t *arena, wf_jsonata_dialect_t dialect,
    wf_str_t text, wf_jsonata_t **jsonata, wf_jsonata_error_t *err);

/* The source text. */
wf_str_t wf_jsonata_text(const wf_jsonata_t *jsonata);


typedef struct {
    wf_str_t           name;        /* without its $ */
    const wf_value_t  *value;       /* NULL: bound to nothing */
} wf_jsonata_binding_t;

/* Evaluation's surroundings. */
typedef struct {
    const wf_value_t            *input;         /* NULL: none */
    const wf_jsonata_binding_t  *bindings;      /* unique names, any order */
    uint32_t                     binding_count;
    int64_t                      now_ms;        /* of $now() and $millis() */
    uint64_t                     random_state;  /* advanced by $random(), ... */
    wf_meter_t                   meter;         /* work so far, added to */

    /* 0: the limits of the house (base/limits.h). */
    uint64_t                     byte_max;      /* of memory for one
                                                   evaluation */
    uint32_t                     depth_max;     /* never above the house's */
} wf_jsonata_env_t;

/*
 * The value, in arena or shared from the environment or the expression.
 * WF_DECLINED: nothing ("undefined").  WF_ERROR: err says why.
 */
wf_rc_t wf_jsonata_eval(wf_arena_t *arena, const wf_jsonata_t *jsonata,
    wf_jsonata_env_t *env, const wf_value_t **value, wf_jsonata_error_t *err);


/* What can be seen without evaluating. */
#define WF_JSONATA_INPUT    0x01    /* $states.input */
#define WF_JSONATA_CONTEXT  0x02    /* $states.context */
#define WF_JSONATA_RESULT   0x04    /* $states.result */
#define WF_JSONATA_ERROR    0x08    /* $states.errorOutput */
#define WF_JSONATA_OTHER    0x10    /* $states.anything else */
#define WF_JSONATA_WHOLE    0x20    /* $states without a member's name */

typedef struct {
    const wf_str_t  *variables;     /* names that the text refers to, binds
                                       nowhere and that are no function's, in
                                       order of appearance; "states" too */
    uint32_t         variable_count;
    const wf_str_t  *unknown;       /* those of them that it calls */
    uint32_t         unknown_count;
    unsigned         states;        /* WF_JSONATA_INPUT | ... */
    bool             context;       /* $ meaning the input as a whole */
    bool             root;          /* $$ */
    bool             relative;      /* a path that begins at the input */
} wf_jsonata_look_t;

const wf_jsonata_look_t *wf_jsonata_look(const wf_jsonata_t *jsonata);


#endif /* WF_JSONATA_H */
