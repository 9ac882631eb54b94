
/*
 * A domain of Amazon SWF as a definition: {"Decider": "SWF"}.  Deciders decide
 * what happens, so there is one scope and nothing in it.
 */

#include "flow/front.h"

#include "flow/refuse.h"


wf_rc_t
wf_dialect_swf(wf_front_t *front, const wf_value_t *root, wf_error_t *err)
{
    if (root->count != 1) {
        return wf_refuse(err, root->mark, "a domain is no more than its "
                         "'Decider'");
    }

    return wf_builder_scope(front->builder, WF_NONE, root->mark, err)
           == WF_NONE ? WF_ERROR : WF_OK;
}
