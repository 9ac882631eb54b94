
/*
 * Where a scope of a state machine can get to (asl 2, 21): it needs a
 * terminal state, and something must lead to each of its states.
 */

#include "flow/dialect_asl.h"


/* What a walk has to do; marks: by number of the state in its scope. */
typedef struct {
    const wf_value_t  *states;
    bool              *seen;
    uint32_t          *queue;
    uint32_t           queued;
} walk_t;


static void
walk_to(walk_t *walk, const wf_value_t *name)
{
    uint32_t           i;
    const wf_value_t  *state;

    state = name && name->type == WF_STRING
            ? wf_value_get(walk->states, name->u.string) : NULL;

    if (state == NULL) {
        return;
    }

    for (i = 0; walk->states->u.members[i].value != state; i++) {
        /* void */
    }

    if (!walk->seen[i]) {
        walk->seen[i] = true;
        walk->queue[walk->queued++] = i;
    }
}


/* The rules of Choices and Catch. */
static void
walk_rules(walk_t *walk, const wf_value_t *rules)
{
    uint32_t  i;

    if (rules == NULL || rules->type != WF_ARRAY) {
        return;
    }

    for (i = 0; i < rules->count; i++) {
        walk_to(walk, wf_value_get(rules->u.items[i], wf_str("Next")));
    }
}


static bool
is_terminal(const wf_value_t *state)
{
    const wf_value_t  *end, *type;

    end = wf_value_get(state, wf_str("End"));
    type = wf_value_get(state, wf_str("Type"));

    return (end && end->type == WF_BOOL && end->boolean)
           || (type && type->type == WF_STRING
               && (wf_str_eq(type->u.string, wf_str("Succeed"))
                   || wf_str_eq(type->u.string, wf_str("Fail"))));
}


static bool
has_terminal(const wf_value_t *states)
{
    uint32_t  i;

    for (i = 0; i < states->count; i++) {
        if (is_terminal(states->u.members[i].value)) {
            return true;
        }
    }

    return false;
}


void
wf_asl_reach(wf_asl_front_t *asl, const wf_asl_place_t *outer,
    const wf_value_t *start, const wf_value_t *states)
{
    walk_t             walk;
    uint32_t           i;
    wf_str_t           name;
    wf_asl_place_t     at, here;
    const wf_value_t  *state;

    if (!has_terminal(states)) {
        wf_asl_complain_as(asl, "MISSING_END_STATE", NULL,
                           "Workflow has no terminal state");
        return;
    }

    if (wf_value_get(states, start->u.string) == NULL) {
        return;
    }

    walk.states = states;
    walk.queued = 0;
    walk.seen = wf_arena_calloc(asl->front.arena, states->count);
    walk.queue = wf_arena_alloc(asl->front.arena,
                                states->count * sizeof(uint32_t));

    if (walk.seen == NULL || walk.queue == NULL) {
        asl->failed = true;
        return;
    }

    walk_to(&walk, start);

    for (i = 0; i < walk.queued; i++) {
        state = states->u.members[walk.queue[i]].value;
        walk_to(&walk, wf_value_get(state, wf_str("Next")));
        walk_to(&walk, wf_value_get(state, wf_str("Default")));
        walk_rules(&walk, wf_value_get(state, wf_str("Choices")));
        walk_rules(&walk, wf_value_get(state, wf_str("Catch")));
    }

    at = wf_asl_at(outer, "States");

    for (i = 0; i < states->count; i++) {
        if (!walk.seen[i]) {
            name = states->u.members[i].key;
            here = wf_asl_at_key(&at, name);
            wf_asl_complain_as(asl, "MISSING_TRANSITION_TARGET", &here,
                               "State \"%.*s\" is not reachable.",
                               (int) name.len, (const char *) name.data);
        }
    }
}
