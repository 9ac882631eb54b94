
/*
 * Inside JSONata: the function library, by jsonata_functions.def, and what
 * its files share.
 */

#ifndef WF_JSONATA_FN_H
#define WF_JSONATA_FN_H


#include "expr/jsonata_make.h"


struct jn_builtin_s {
    wf_str_t    name;
    wf_str_t    signature;
    uint32_t    arity;          /* what functions that call it go by */
    uint32_t    params;
    unsigned    dialects;       /* bits by wf_jsonata_dialect_t */
    jn_val_t  (*function)(jn_eval_t *eval, const jn_call_t *call);
};

/* A match of a regular expression, or what a function made of one. */
struct jn_match_s {
    jn_val_t  text;             /* JN_NONE: there is no match */
    jn_val_t  start;            /* UTF-16 units */
    jn_val_t  end;
    jn_val_t  groups;
    jn_val_t  next;             /* function */
    uint32_t  from;             /* bytes, of a regular expression */
    uint32_t  to;
};

#define FUNCTION(name, signature, arity, params, dialects, function)          \
    jn_val_t jn_fn_##function(jn_eval_t *eval, const jn_call_t *call);
#include "expr/jsonata_functions.def"
#undef FUNCTION

/* Call a function that came as an argument. */
jn_val_t jn_fn_invoke(jn_eval_t *eval, const jn_call_t *call,
    jn_val_t function, jn_val_t *args, uint32_t count);

/* The same with as many of (value, key, whole) as it takes. */
jn_val_t jn_fn_visit(jn_eval_t *eval, const jn_call_t *call,
    jn_val_t function, const jn_val_t args[3]);

/* Is an answer true: JN_FAILED or JN_BOOL. */
jn_val_t jn_fn_test(jn_eval_t *eval, jn_val_t answer);

/* Fails about the index-th argument. */
jn_val_t jn_fn_fail(jn_eval_t *eval, const char *code, jn_val_t value,
    uint32_t index);

/* Code points and UTF-16 units. */
uint32_t jn_text_length(wf_str_t text);
uint32_t jn_text_units(wf_str_t text);
/* The bytes in front of the n-th code point. */
uint32_t jn_text_offset(wf_str_t text, uint32_t n);
uint32_t jn_text_unit_offset(wf_str_t text, uint32_t units);
/* Where needle is in text from a byte on; -1: nowhere. */
int64_t jn_text_find(wf_str_t text, wf_str_t needle, size_t from);

/* jsonata_fn_states.c: advances a random state. */
uint64_t jn_random_next(uint64_t *state);

/* jsonata_match.c: functions of regular expressions. */
jn_val_t jn_regex_apply(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call);
jn_val_t jn_regex_next(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call);

/* The first match, by a regular expression or by a function; then the next
 * one.  false: failed. */
bool jn_match_first(jn_eval_t *eval, const jn_call_t *call, jn_val_t matcher,
    jn_val_t text, jn_match_t *match);
bool jn_match_next(jn_eval_t *eval, const jn_call_t *call, jn_val_t matcher,
    jn_val_t text, jn_match_t *match);
/* The match as the object that functions see. */
jn_val_t jn_match_object(jn_eval_t *eval, const jn_match_t *match);


#endif /* WF_JSONATA_FN_H */
