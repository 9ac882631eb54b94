
/*
 * A mock configuration in the format of Step Functions Local: what tasks of a
 * test case answer instead of their services.
 *
 *   {"StateMachines": {MACHINE: {"TestCases": {CASE: {STATE: RESPONSE}}}},
 *    "MockedResponses": {RESPONSE: {"0": {"Return": any JSON},
 *                                   "1-3": {"Throw": {"Error", "Cause"}}}}}
 */

#ifndef WF_MOCK_CONFIG_H
#define WF_MOCK_CONFIG_H


#include "base/error.h"
#include "base/value.h"


typedef struct {
    const wf_value_t  *machines;
    const wf_value_t  *responses;
} wf_mock_config_t;

/* Which call of which state. */
typedef struct {
    wf_str_t   machine;
    wf_str_t   test_case;
    wf_str_t   state;
    uint32_t   call_no;             /* from 0, in one execution */
} wf_mock_call_t;

/* Lives as long as the configuration. */
typedef struct {
    const wf_value_t  *value;       /* NULL: it fails */
    wf_str_t           error;
    wf_str_t           cause;
} wf_mock_t;


/* Everything that a call could stumble over later is found here.  In arena.
 * WF_ERROR: err says what is wrong, and where. */
wf_rc_t wf_mock_config_parse(wf_arena_t *arena, wf_str_t text,
    wf_mock_config_t *config, wf_error_t *err);

bool wf_mock_config_has(const wf_mock_config_t *config, wf_str_t machine,
    wf_str_t test_case);

/* WF_DECLINED: the state is not mocked; WF_ERROR: it is, but not that call,
 * or there is no such test case. */
wf_rc_t wf_mock_config_find(const wf_mock_config_t *config,
    const wf_mock_call_t *call, wf_mock_t *mock);


#endif /* WF_MOCK_CONFIG_H */
