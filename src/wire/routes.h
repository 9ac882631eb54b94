
/*
 * The routes of an alias as a parameter (cloudflow-api 3.22, 6.5).
 */

#ifndef WF_ROUTES_H
#define WF_ROUTES_H


#include "base/error.h"
#include "base/value.h"


/*
 * One to WF_ROUTES_MAX routes to different versions, weights of 0 to
 * WF_WEIGHT_MAX with a positive sum; what else a version's text may be is not
 * looked at.  text: the same in one form, [{"Version":"1","Weight":30}].
 * name: of the parameter, for the reason of a refusal.
 */
wf_rc_t wf_routes_check(wf_arena_t *scratch, wf_str_t name,
    const wf_value_t *value, wf_str_t *text, wf_error_t *err);


#endif /* WF_ROUTES_H */
