
/*
 * TestState, between its files.  Nobody outside this room includes this.
 */

#ifndef WF_SFN_TEST_H
#define WF_SFN_TEST_H


#include "actions/jobs.h"
#include "actions/sfn.h"
#include "engine/probe.h"
#include "flow/diagnostics.h"


typedef struct {
    wf_job_t       job;
    wf_arena_t    *arena;           /* of all below; the execution's, once it
                                       runs */

    /* As they came, data == NULL: not given. */
    wf_str_t       definition;
    wf_str_t       state_name;
    wf_str_t       role;
    wf_str_t       mock_text;
    wf_str_t       configuration_text;
    wf_str_t       context_text;
    wf_str_t       variables_text;
    bool           reveals;

    /* Made of them. */
    const wf_value_t  *mock;        /* NULL: none */
    const wf_value_t  *configuration;
    wf_program_t      *program;     /* of the one state */
    wf_probe_t        *probe;
} wf_sfn_test_t;


/* sfn_test_check.c: in the reader thread.  Not WF_OK: test->job.read.err. */
wf_rc_t wf_sfn_test_prepare(wf_sfn_test_t *test);

/* sfn_test_state.c: the text of a machine of the one state, in test->arena;
 * sets *type, the state's.  Not WF_OK: as above. */
wf_rc_t wf_sfn_test_machine(wf_sfn_test_t *test, wf_str_t *machine,
    wf_str_t *type);

/* Both answer WF_ERROR, with that error. */
wf_rc_t wf_sfn_test_refuse(wf_sfn_test_t *test, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
wf_rc_t wf_sfn_test_invalid(wf_sfn_test_t *test,
    const wf_diagnostics_t *list);


#endif /* WF_SFN_TEST_H */
