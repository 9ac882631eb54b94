
/*
 * Policies of access keys, evaluated for each request.  Deny wins, silence
 * refuses.  Knows names, never whether anything of that name exists;
 * policy_read.c reads them.
 */

#include "wire/policy_parts.h"

#include "wire/aws.h"


/*
 * Names longer than this belong to nothing (a flow's has at most 128 bytes,
 * an execution's a UUID more): what is behind it is not compared.
 */
#define ASKED_NAME_MAX  256


static const struct {
    wf_str_t  action;
    wf_ask_t  ask;
} asks[] = {
#define ASK(action, ask)  { wf_str_init(#action), WF_ASK_##ask },
#include "wire/policy.def"
#undef ASK
};


static uint8_t
lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}


/*
 * Without recursion: after a mismatch the last '*' takes one byte more.  A
 * '*' in the text stands for all flows, which only a '*' covers.
 */
bool
wf_pattern_matches(wf_str_t pattern, wf_str_t text, bool any_case)
{
    size_t   p, t, star, from;
    uint8_t  a, b;

    p = t = from = 0;
    star = SIZE_MAX;

    while (t < text.len) {

        if (p < pattern.len) {
            a = pattern.data[p];
            b = text.data[t];

            if (a == '*') {
                star = p++;
                from = t;
                continue;
            }

            if ((a == '?' && b != '*') || a == b
                || (any_case && lower(a) == lower(b)))
            {
                p++;
                t++;
                continue;
            }
        }

        if (star == SIZE_MAX) {
            return false;
        }

        p = star + 1;
        t = ++from;
    }

    while (p < pattern.len && pattern.data[p] == '*') {
        p++;
    }

    return p == pattern.len;
}


bool
wf_policy_service_exists(wf_str_t pattern)
{
    return wf_pattern_matches(pattern, wf_str(WF_POLICY_CLOUDFLOW), true)
           || wf_pattern_matches(pattern, wf_aws_sfn.signing_name, true)
           || wf_pattern_matches(pattern, wf_aws_swf.signing_name, true);
}


static bool
operation_exists(const wf_aws_service_t *service, wf_str_t pattern,
    wf_str_t name)
{
    uint32_t  i;

    if (!wf_pattern_matches(pattern, service->signing_name, true)) {
        return false;
    }

    for (i = 0; i < service->operation_count; i++) {

        if (wf_pattern_matches(name, service->operations[i].action, true)) {
            return true;
        }
    }

    return false;
}


bool
wf_policy_action_exists(wf_str_t service, wf_str_t name)
{
    size_t  i;

    if (wf_pattern_matches(service, wf_str(WF_POLICY_CLOUDFLOW), true)) {

        for (i = 0; i < wf_countof(asks); i++) {

            if (wf_pattern_matches(name, asks[i].action, true)) {
                return true;
            }
        }
    }

    return operation_exists(&wf_aws_sfn, service, name)
           || operation_exists(&wf_aws_swf, service, name);
}


wf_policy_t *
wf_policy_create(wf_arena_t *arena)
{
    wf_policy_t  *policy;

    policy = wf_arena_calloc(arena, sizeof(wf_policy_t));

    if (policy) {
        policy->arena = arena;
    }

    return policy;
}


wf_ask_t
wf_policy_asks(wf_str_t action)
{
    size_t  i;

    for (i = 0; i < wf_countof(asks); i++) {

        if (wf_str_eq(asks[i].action, action)) {
            return asks[i].ask;
        }
    }

    return WF_ASK_UNKNOWN;
}


static bool
covers_action(const wf_statement_t *statement, wf_str_t service,
    wf_str_t action)
{
    const wf_pattern_t  *pattern;

    for (pattern = statement->actions; pattern; pattern = pattern->next) {

        if (wf_pattern_matches(pattern->service, service, true)
            && wf_pattern_matches(pattern->name, action, true))
        {
            return !statement->is_not_action;
        }
    }

    return statement->is_not_action;
}


static bool
pattern_covers(const wf_pattern_t *pattern, wf_ask_t ask, wf_str_t flow,
    wf_str_t execution)
{
    if (pattern->is_all) {
        return true;
    }

    if (ask == WF_ASK_ALL || pattern->is_arn
        || !wf_pattern_matches(pattern->name, flow, false)) {
        return false;
    }

    if (!pattern->has_execution) {
        return true;
    }

    return (ask == WF_ASK_EXECUTION || ask == WF_ASK_TOKEN)
           && wf_pattern_matches(pattern->execution, execution, false);
}


static wf_str_t
asked_name(wf_str_t name)
{
    return (wf_str_t) { wf_min(name.len, ASKED_NAME_MAX), name.data };
}


bool
wf_policy_allows(const wf_policy_t *policy, wf_str_t action, wf_str_t flow,
    wf_str_t execution)
{
    bool                   is_allowed;
    wf_ask_t               ask;
    const wf_pattern_t    *pattern;
    const wf_statement_t  *statement;

    ask = wf_policy_asks(action);

    if (ask == WF_ASK_UNKNOWN) {
        return false;
    }

    is_allowed = false;
    flow = ask == WF_ASK_FLOWS ? wf_str("*") : asked_name(flow);
    execution = asked_name(execution);

    for (statement = policy->statements; statement;
         statement = statement->next)
    {
        if (!covers_action(statement, wf_str(WF_POLICY_CLOUDFLOW), action)) {
            continue;
        }

        for (pattern = statement->resources; pattern;
             pattern = pattern->next)
        {
            if (pattern_covers(pattern, ask, flow, execution)) {

                if (statement->is_deny) {
                    return false;
                }

                is_allowed = true;
            }
        }
    }

    return is_allowed;
}


bool
wf_policy_allows_arn(const wf_policy_t *policy, wf_str_t service,
    wf_str_t action, wf_str_t arn)
{
    bool                   is_allowed;
    const wf_pattern_t    *pattern;
    const wf_statement_t  *statement;

    is_allowed = false;

    for (statement = policy->statements; statement;
         statement = statement->next)
    {
        if (!covers_action(statement, service, action)) {
            continue;
        }

        for (pattern = statement->resources; pattern;
             pattern = pattern->next)
        {
            if (pattern->is_all
                || (pattern->is_arn
                    && wf_pattern_matches(pattern->name, arn, false)))
            {
                if (statement->is_deny) {
                    return false;
                }

                is_allowed = true;
            }
        }
    }

    return is_allowed;
}
