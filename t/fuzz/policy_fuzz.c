
/*
 * Policies: any line or document is read or refused with a reason; what is
 * read decides alike however often it is asked, and a "deny * on *" behind it
 * refuses everything.  Patterns agree with a plain recursive reading of them.
 *
 * Input: an action, a flow, an execution, a pattern, each with a newline
 * behind it; then lines up to an empty one, then a document.
 */

#include <stdlib.h>

#include "wire/policy_parts.h"


#define TEXT_MAX  24            /* of the plain reading, which is slow */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static wf_str_t
cut(wf_str_t *rest)
{
    wf_str_t        head;
    const uint8_t  *pos;

    head = *rest;
    pos = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;

    if (pos == NULL) {
        *rest = (wf_str_t) { 0, head.data + head.len };
        return head;
    }

    head.len = (size_t) (pos - rest->data);
    rest->data = pos + 1;
    rest->len -= head.len + 1;

    return head;
}


static bool
plainly(const uint8_t *p, const uint8_t *p_end, const uint8_t *t,
    const uint8_t *t_end)
{
    if (p == p_end) {
        return t == t_end;
    }

    if (*p == '*') {
        return plainly(p + 1, p_end, t, t_end)
               || (t < t_end && plainly(p, p_end, t + 1, t_end));
    }

    return t < t_end && (*p == *t || (*p == '?' && *t != '*'))
           && plainly(p + 1, p_end, t + 1, t_end);
}


static void
check_pattern(wf_str_t pattern, wf_str_t text)
{
    pattern.len = wf_min(pattern.len, TEXT_MAX / 2);
    text.len = wf_min(text.len, TEXT_MAX);

    wf_assert(wf_pattern_matches(pattern, text, false)
              == plainly(pattern.data, pattern.data + pattern.len, text.data,
                         text.data + text.len));
}


static void
check_policy(wf_policy_t *policy, wf_str_t action, wf_str_t flow,
    wf_str_t execution)
{
    bool        before;
    wf_error_t  err;

    before = wf_policy_allows(policy, action, flow, execution);

    wf_assert(before == wf_policy_allows(policy, action, flow, execution));
    wf_assert(!before || wf_policy_asks(action) != WF_ASK_UNKNOWN);

    wf_error_clear(&err);

    if (wf_policy_line(policy, wf_str("deny * on *"), &err) == WF_OK) {
        wf_assert(!wf_policy_allows(policy, action, flow, execution));
        wf_assert(!wf_policy_allows(policy, wf_str("ListFlows"), flow,
                                    execution));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_str_t      rest, line, action, flow, execution, pattern;
    wf_error_t    err;
    wf_arena_t   *arena;
    wf_policy_t  *policy;

    arena = wf_arena_create(0);
    rest = (wf_str_t) { size, data };
    action = cut(&rest);
    flow = cut(&rest);
    execution = cut(&rest);
    pattern = cut(&rest);

    check_pattern(pattern, flow);
    policy = wf_policy_create(arena);

    for (line = cut(&rest); line.len > 0; line = cut(&rest)) {
        wf_error_clear(&err);

        if (wf_policy_line(policy, line, &err) != WF_OK) {
            wf_assert(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);
        }
    }

    check_policy(policy, action, flow, execution);

    wf_error_clear(&err);
    policy = wf_policy_create(arena);

    if (wf_policy_document(policy, rest, &err) == WF_OK) {
        check_policy(policy, action, flow, execution);

    } else {
        wf_assert(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);
    }

    wf_arena_free(arena);

    return 0;
}
