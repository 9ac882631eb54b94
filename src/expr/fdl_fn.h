
/*
 * Inside the function library: its functions, by functions.def, and the
 * checks and answers they share.  Nobody but fdl_fn*.c includes this.
 */

#ifndef WF_FDL_FN_H
#define WF_FDL_FN_H


#include "expr/fdl_parse.h"


#define FUNCTION(name, min, max, miss, prepare, function)                     \
    wf_rc_t fdl_fn_##function(fdl_eval_t *eval, const fdl_call_t *call,       \
        const wf_value_t **value);
#include "expr/functions.def"
#undef FUNCTION

wf_rc_t fdl_fn_prepare_get(fdl_parser_t *parser, fdl_node_t *node,
    const uint8_t *at);
wf_rc_t fdl_fn_prepare_regex(fdl_parser_t *parser, fdl_node_t *node,
    const uint8_t *at);

/* WF_ERROR, "name(): reason". */
wf_rc_t fdl_fn_fail(fdl_eval_t *eval, const fdl_call_t *call,
    const char *reason);

/* The same around what eval->err already says. */
wf_rc_t fdl_fn_wrap(fdl_eval_t *eval, const fdl_call_t *call);

/* The argument, or arguments 1 and 2, must be of that type. */
wf_rc_t fdl_fn_need(fdl_eval_t *eval, const fdl_call_t *call, uint32_t index,
    wf_type_t type);
wf_rc_t fdl_fn_need_two(fdl_eval_t *eval, const fdl_call_t *call,
    wf_type_t type);

/* A string argument's text; its data is never NULL. */
wf_str_t fdl_fn_text(const fdl_call_t *call, uint32_t index);

/* For text that is read, encoded or printed byte by byte. */
wf_rc_t fdl_fn_charge(fdl_eval_t *eval, size_t bytes);

/* The function's answer; what is NULL or failed was no memory. */
wf_rc_t fdl_fn_give(fdl_eval_t *eval, const wf_value_t *made,
    const wf_value_t **value);
wf_rc_t fdl_fn_give_string(fdl_eval_t *eval, wf_str_t string,
    const wf_value_t **value);
wf_rc_t fdl_fn_give_buf(fdl_eval_t *eval, const wf_buf_t *buf,
    const wf_value_t **value);
wf_rc_t fdl_fn_push(fdl_eval_t *eval, wf_value_t *array,
    const wf_value_t *item);


#endif /* WF_FDL_FN_H */
