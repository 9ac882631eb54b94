
/*
 * Inside of the generation-1 dialect: the fields of a step, and what the
 * files of the dialect call from one another.
 */

#ifndef WF_DIALECT_FDL_H
#define WF_DIALECT_FDL_H


#include "flow/front.h"


/* The fields of a step of any type; NULL: absent. */
typedef struct {
    const wf_value_t  *type;
    const wf_value_t  *name;
    const wf_value_t  *end;
    const wf_value_t  *input;           /* inputMappings */
    const wf_value_t  *output;          /* outputMappings */
    const wf_value_t  *error_output;    /* errorMappings */
    const wf_value_t  *resource;        /* resourceArn */
    const wf_value_t  *action;
    const wf_value_t  *pattern;
    const wf_value_t  *timeout;         /* timeoutSeconds */
    const wf_value_t  *params;          /* serviceParams */
    const wf_value_t  *retry;
    const wf_value_t  *catch;
    const wf_value_t  *duration;
    const wf_value_t  *timestamp;
    const wf_value_t  *error;
    const wf_value_t  *cause;
    const wf_value_t  *choices;
    const wf_value_t  *otherwise;       /* default */
    const wf_value_t  *branches;
    const wf_value_t  *iteration;       /* iterationMapping */
    const wf_value_t  *steps;
} wf_fdl_step_t;

/* What a step type adds to the common fields of its node. */
typedef wf_rc_t (*wf_fdl_build_pt)(wf_front_t *front,
    const wf_fdl_step_t *step, wf_node_t *node, wf_error_t *err);


wf_rc_t wf_fdl_task(wf_front_t *front, const wf_fdl_step_t *step,
    wf_node_t *node, wf_error_t *err);
wf_rc_t wf_fdl_wait(wf_front_t *front, const wf_fdl_step_t *step,
    wf_node_t *node, wf_error_t *err);
wf_rc_t wf_fdl_choice(wf_front_t *front, const wf_fdl_step_t *step,
    wf_node_t *node, wf_error_t *err);
wf_rc_t wf_fdl_parallel(wf_front_t *front, const wf_fdl_step_t *step,
    wf_node_t *node, wf_error_t *err);
wf_rc_t wf_fdl_foreach(wf_front_t *front, const wf_fdl_step_t *step,
    wf_node_t *node, wf_error_t *err);

/* A new scope of owner with the steps of list; WF_NONE: refused. */
uint32_t wf_fdl_scope(wf_front_t *front, uint32_t owner,
    const wf_value_t *list, wf_error_t *err);

/* A list of {target, source}; NULL gives NULL. */
wf_rc_t wf_fdl_mappings(wf_front_t *front, const wf_value_t *list,
    wf_template_t **template, wf_error_t *err);


#endif /* WF_DIALECT_FDL_H */
