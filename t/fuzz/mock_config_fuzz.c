
/*
 * Mock configurations: any text is read or refused with a reason; in one that
 * is read each state of each test case is mocked, no other is, and a mock is
 * either a value or an error with a name.
 */

#include <stdlib.h>

#include "base/json.h"
#include "wire/mock_config.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
check_state(const wf_mock_config_t *config, wf_mock_call_t *call)
{
    wf_rc_t    rc;
    uint32_t   i;
    wf_mock_t  mock;

    for (i = 0; i < 4; i++) {
        call->call_no = i == 3 ? UINT32_MAX : i;
        rc = wf_mock_config_find(config, call, &mock);
        wf_assert(rc != WF_DECLINED);
        wf_assert(rc != WF_OK || mock.value || mock.error.len > 0);
    }
}


static void
check_case(const wf_mock_config_t *config, wf_mock_call_t *call,
    const wf_value_t *states)
{
    uint32_t   i;
    wf_mock_t  mock;

    wf_assert(wf_mock_config_has(config, call->machine, call->test_case));

    for (i = 0; i < states->count; i++) {
        call->state = states->u.members[i].key;
        check_state(config, call);
    }

    call->state = wf_str("no state has this name");

    if (wf_value_get(states, call->state) == NULL) {
        wf_assert(wf_mock_config_find(config, call, &mock) == WF_DECLINED);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t           i, j;
    wf_error_t         err;
    wf_arena_t        *arena;
    wf_mock_call_t     call;
    wf_mock_config_t   config;
    const wf_value_t  *cases;

    arena = wf_arena_create(0);
    wf_error_clear(&err);

    if (wf_mock_config_parse(arena, (wf_str_t) { size, data }, &config, &err)
        != WF_OK)
    {
        wf_assert(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);
        wf_arena_free(arena);
        return 0;
    }

    for (i = 0; i < config.machines->count; i++) {
        call.machine = config.machines->u.members[i].key;
        cases = wf_value_get(config.machines->u.members[i].value,
                             wf_str("TestCases"));

        for (j = 0; j < cases->count; j++) {
            call.test_case = cases->u.members[j].key;
            check_case(&config, &call, cases->u.members[j].value);
        }
    }

    wf_arena_free(arena);

    return 0;
}
