
/*
 * What a mocked result is checked against.  Nobody outside this room includes
 * this.
 */

#ifndef WF_SFN_MOCK_H
#define WF_SFN_MOCK_H


#include "base/error.h"
#include "base/value.h"
#include "flow/program_asl.h"


/*
 * The result of a Task against what its service answers (asl 20); strict:
 * required members have to be there.  A service without a row, and what is no
 * member of a structure, may be anything.  WF_ERROR: err says what is wrong.
 */
wf_rc_t wf_sfn_mock_check(const wf_asl_t *task, const wf_value_t *result,
    bool strict, wf_error_t *err);

/* A context object that is given (asl 20), of a state of that kind. */
wf_rc_t wf_sfn_context_check(const wf_node_t *node,
    const wf_value_t *context, wf_error_t *err);


#endif /* WF_SFN_MOCK_H */
