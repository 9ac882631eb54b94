
/*
 * Inside the intrinsic functions: their functions, by intrinsics.def, and the
 * checks and answers they share.  Nobody but asl_fn*.c includes this.
 */

#ifndef WF_ASL_FN_H
#define WF_ASL_FN_H


#include "expr/asl.h"


#define INTRINSIC(name, min, max, function)                                   \
    wf_rc_t asl_fn_##function(asl_eval_t *asl, const asl_call_t *call,        \
        const wf_value_t **value);
#include "expr/intrinsics.def"
#undef INTRINSIC

/* WF_ERROR: States.IntrinsicFailure, "Invalid arguments in States.X: ...". */
wf_rc_t asl_fn_fail(asl_eval_t *asl, const asl_call_t *call,
    const char *reason);

wf_rc_t asl_fn_need(asl_eval_t *asl, const asl_call_t *call, uint32_t index,
    wf_type_t type);

/* A number, rounded half towards plus infinity (asl 8). */
wf_rc_t asl_fn_need_integer(asl_eval_t *asl, const asl_call_t *call,
    uint32_t index, int64_t *integer);

/* A string of at most WF_INTRINSIC_TEXT_MAX characters; it is charged. */
wf_rc_t asl_fn_need_text(asl_eval_t *asl, const asl_call_t *call,
    uint32_t index, wf_str_t *text);

/* The answer; NULL was no memory. */
wf_rc_t asl_fn_give(asl_eval_t *asl, const wf_value_t *made,
    const wf_value_t **value);
wf_rc_t asl_fn_give_buf(asl_eval_t *asl, const wf_buf_t *buf,
    const wf_value_t **value);
wf_rc_t asl_fn_push(asl_eval_t *asl, wf_value_t *array,
    const wf_value_t *item);


#endif /* WF_ASL_FN_H */
