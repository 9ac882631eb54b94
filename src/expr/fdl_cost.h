
/*
 * Inside the room: what evaluation costs.  Work is counted before it is done,
 * in every language, so that no text and no input is more than one state's
 * share of the event loop.
 */

#ifndef WF_FDL_COST_H
#define WF_FDL_COST_H


#include "expr/fdl.h"


/* What things cost, in steps of about 5 ns. */
#define FDL_COST_NODE      2    /* a node of the tree, a value visited */
#define FDL_COST_MADE      6    /* a value made, a member set */
#define FDL_MOVED_PER_STEP  16  /* bytes */
#define FDL_READ_PER_STEP   4   /* bytes looked at one by one */

/* Count work; WF_ERROR: more than WF_EXPR_STEPS_MAX. */
wf_rc_t fdl_charge(fdl_eval_t *eval, uint64_t steps);

/*
 * Charge for looking at a whole value, and refuse what would be nested deeper
 * than WF_DEPTH_MAX when it stands depth levels inside another.
 */
wf_rc_t fdl_weigh(fdl_eval_t *eval, const wf_value_t *value, uint32_t depth);

/* The JSON text of a value, charged before it is written. */
wf_rc_t fdl_print_json(fdl_eval_t *eval, wf_buf_t *buf,
    const wf_value_t *value);

/* For reading a JSON text. */
wf_rc_t fdl_charge_json(fdl_eval_t *eval, wf_str_t text);


#endif /* WF_FDL_COST_H */
