
/*
 * Policies from inside: shared by what reads them and what evaluates them.
 * Nobody else includes this.
 */

#ifndef WF_POLICY_PARTS_H
#define WF_POLICY_PARTS_H


#include "wire/policy.h"


typedef struct wf_pattern_s    wf_pattern_t;
typedef struct wf_statement_s  wf_statement_t;

/*
 * The parts of a resource are compared one by one, so that a '*' meant for
 * flows never reaches into the name of an execution, which its caller
 * chooses.
 */
struct wf_pattern_s {
    wf_str_t         service;       /* of an action */
    wf_str_t         name;          /* of an action, without the service; of a
                                       flow; an ARN, whole */
    wf_str_t         execution;
    bool             is_all;        /* "*": whatever there is */
    bool             is_arn;        /* of a service of Amazon's */
    bool             has_execution; /* only these of the flow */
    wf_pattern_t    *next;
};

struct wf_statement_s {
    bool             is_deny;
    bool             is_not_action;
    wf_pattern_t    *actions;       /* those of services that are here */
    wf_pattern_t    *resources;     /* as above */
    wf_statement_t  *next;
};

struct wf_policy_s {
    wf_arena_t      *arena;
    wf_statement_t  *statements;
    uint32_t         pattern_count;
};

#define WF_POLICY_CLOUDFLOW  "fnf"

/* Do the patterns cover an action that there is? */
bool wf_policy_action_exists(wf_str_t service, wf_str_t name);
/* Is a service here that the pattern covers? */
bool wf_policy_service_exists(wf_str_t pattern);


#endif /* WF_POLICY_PARTS_H */
