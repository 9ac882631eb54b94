
/*
 * Amazon States Language: values that paths, templates and expressions of a
 * definition make (dialect_asl_data.c), for the builders of states.
 */

#ifndef WF_DIALECT_ASL_DATA_H
#define WF_DIALECT_ASL_DATA_H


#include "flow/dialect_asl.h"


/* Is it a string of the form {% ... %}?  Its inside. */
bool wf_asl_is_expression(const wf_value_t *value, wf_str_t *text);

wf_expr_t *wf_asl_expr(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, wf_expr_kind_t kind);
void wf_asl_path(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, wf_expr_kind_t kind, wf_asl_path_t *path);
wf_template_t *wf_asl_template(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, bool is_jsonata);

/* X and XPath of one number; either may be NULL. */
void wf_asl_number(wf_asl_front_t *asl, const wf_asl_state_t *state,
    const wf_asl_place_t *at, const char *name, const wf_value_t *value,
    const wf_value_t *path, wf_asl_number_t *number);

wf_template_t *wf_asl_assign(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, bool is_jsonata);

/* A jump to a state of the same scope; "Next", "Default". */
void wf_asl_link(wf_asl_front_t *asl, const wf_asl_state_t *state,
    const wf_asl_place_t *at, const wf_value_t *name, uint32_t *target);


#endif /* WF_DIALECT_ASL_DATA_H */
