
/*
 * What an access key may do: a list of statements, as RAM policies have them.
 * An action is allowed if some statement allows it and none denies it.
 *
 * Patterns: '*' stands for any bytes, '?' for one.  Actions ("fnf:Start*")
 * are compared without regard to case.  Resources are written
 * "acs:fnf:REGION:ACCOUNT:flow/NAME" or, for short, "flow/NAME"; a server has
 * one region and one account, so these two are not compared.  A flow's
 * resource covers its executions; "flow/NAME/execution/NAME" covers some of
 * them and not the flow.  "*" covers everything.
 *
 * Actions of Amazon's services ("states:Start*") are allowed on ARNs, which
 * are compared whole.
 */

#ifndef WF_POLICY_H
#define WF_POLICY_H


#include "base/arena.h"
#include "base/error.h"


typedef struct wf_policy_s  wf_policy_t;

typedef enum {
    WF_ASK_UNKNOWN = 0,             /* no such action: never allowed */
    WF_ASK_ALL,
    WF_ASK_FLOWS,
    WF_ASK_FLOW,
    WF_ASK_EXECUTION,
    WF_ASK_TOKEN
} wf_ask_t;

/* Without statements: nothing is allowed.  NULL: no memory. */
wf_policy_t *wf_policy_create(wf_arena_t *arena);

/*
 * "allow ACTIONS on RESOURCES", "deny ..."; several are separated by commas.
 * Texts are referenced.  WF_ERROR: err is INVALID_ARGUMENT with the reason,
 * or INTERNAL.
 */
wf_rc_t wf_policy_line(wf_policy_t *policy, wf_str_t line, wf_error_t *err);

/*
 * A RAM policy document: Version "1", Statement with Effect, Action or
 * NotAction, and Resource.  What would widen it if it were ignored, as a
 * Condition, is refused.  Reasons begin with "line L, column C: ".
 */
wf_rc_t wf_policy_document(wf_policy_t *policy, wf_str_t text,
    wf_error_t *err);

/* What the action (without "fnf:") asks for. */
wf_ask_t wf_policy_asks(wf_str_t action);

/*
 * flow and execution: as the action asks for them, empty where it does not.
 * An execution without a name yet is asked for with an empty one.  Takes
 * time in proportion to the policy and the names; needs no memory.
 */
bool wf_policy_allows(const wf_policy_t *policy, wf_str_t action,
    wf_str_t flow, wf_str_t execution);

/* The same for a service of Amazon's ("states"); arn: what the action is
 * about, empty: nothing that has one. */
bool wf_policy_allows_arn(const wf_policy_t *policy, wf_str_t service,
    wf_str_t action, wf_str_t arn);

/* The same for a domain of Amazon SWF, which is that flow; without memory
 * nothing is allowed. */
bool wf_policy_allows_domain(const wf_policy_t *policy, wf_arena_t *arena,
    wf_str_t action, wf_str_t flow);

/* Does the pattern cover the text? */
bool wf_pattern_matches(wf_str_t pattern, wf_str_t text, bool any_case);


#endif /* WF_POLICY_H */
