
/*
 * Variables of a state machine, seen from its text (asl 10): which states
 * refer to which, and that no inner scope assigns what an outer one does.
 */

#include "flow/dialect_asl.h"


/* Names that a scope assigns, and those around it. */
typedef struct assigned_s  assigned_t;

struct assigned_s {
    const assigned_t  *outer;
    const wf_value_t  *states;
};


/* Names that a state refers to. */
typedef struct {
    wf_asl_front_t  *asl;
    wf_value_t      *names;
    bool             is_full;   /* there are more than may be */
} collection_t;


static void
collected(collection_t *to, wf_rc_t rc)
{
    if (rc == WF_DECLINED) {
        to->is_full = true;

    } else if (rc != WF_OK) {
        to->asl->failed = true;
    }
}


static void
expr_collect(collection_t *to, const wf_expr_t *expr)
{
    if (expr) {
        collected(to, wf_expr_variables(to->asl->front.arena, expr,
                                        to->names));
    }
}


static void
template_collect(collection_t *to, const wf_template_t *template)
{
    if (template) {
        collected(to, wf_template_variables(to->asl->front.arena, template,
                                            to->names));
    }
}


static void
work_collect(collection_t *to, const wf_node_t *node)
{
    uint32_t                 i;
    const wf_alternative_t  *alternative;

    if (node->type == WF_STATE_CHOICE) {
        for (i = 0; i < node->u.choice.count; i++) {
            alternative = &node->u.choice.alternatives[i];
            expr_collect(to, alternative->condition);
            template_collect(to, alternative->assign);
            template_collect(to, alternative->output);
        }

    } else if (node->type == WF_STATE_FAIL) {
        expr_collect(to, node->u.fail.error_expr);
        expr_collect(to, node->u.fail.cause_expr);

    } else if (node->type == WF_STATE_MAP) {
        expr_collect(to, node->u.fork.items);
        template_collect(to, node->u.fork.item);
    }

    for (i = 0; i < node->catcher_count; i++) {
        template_collect(to, node->catchers[i].asl->output);
        template_collect(to, node->catchers[i].asl->assign);
    }
}


void
wf_asl_references(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    size_t         i;
    wf_asl_t      *own;
    collection_t   to;

    own = state->asl;
    to = (collection_t) { .asl = asl };
    to.names = wf_value_array(asl->front.arena, 0);

    if (to.names == NULL) {
        asl->failed = true;
        return;
    }

    {
        const wf_expr_t *const  exprs[] = {
            own->input_path.expr, own->output_path.expr, own->timeout.expr,
            own->heartbeat.expr, own->seconds.expr, own->timestamp,
            own->concurrency.expr, own->tolerated_count.expr,
            own->tolerated_percentage.expr, own->reader_max_items.expr,
            own->batch_items.expr, own->batch_bytes.expr
        };
        const wf_template_t *const  templates[] = {
            own->parameters, own->selector, own->output, own->assign,
            own->credentials, own->items_template, own->reader,
            own->batch_input, own->writer
        };

        for (i = 0; i < wf_countof(exprs); i++) {
            expr_collect(&to, exprs[i]);
        }

        for (i = 0; i < wf_countof(templates); i++) {
            template_collect(&to, templates[i]);
        }
    }

    work_collect(&to, state->node);
    own->variables = to.names;

    if (to.is_full) {
        wf_asl_complain(asl, &state->at, "The state refers to more than %d "
                        "variables", WF_VARIABLE_NAMES_MAX);
    }
}


static bool
key_assigns(const wf_value_t *assign, wf_str_t name)
{
    uint32_t  i;
    wf_str_t  key;

    if (assign == NULL || assign->type != WF_OBJECT) {
        return false;
    }

    for (i = 0; i < assign->count; i++) {
        key = assign->u.members[i].key;

        if (wf_str_starts(key, name)
            && (key.len == name.len
                || (key.len == name.len + 2
                    && memcmp(key.data + name.len, ".$", 2) == 0)))
        {
            return true;
        }
    }

    return false;
}


static bool
rules_assign(const wf_value_t *rules, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; rules && rules->type == WF_ARRAY && i < rules->count; i++) {
        if (key_assigns(wf_value_get(rules->u.items[i], wf_str("Assign")),
                        name))
        {
            return true;
        }
    }

    return false;
}


/* What a catcher assigns does not count: the service lets a branch assign the
 * same. */
static bool
scope_assigns(const wf_value_t *states, wf_str_t name)
{
    uint32_t           i;
    const wf_value_t  *state;

    for (i = 0; i < states->count; i++) {
        state = states->u.members[i].value;

        if (key_assigns(wf_value_get(state, wf_str("Assign")), name)
            || rules_assign(wf_value_get(state, wf_str("Choices")), name))
        {
            return true;
        }
    }

    return false;
}


static void
assign_check(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *assign, const assigned_t *outer)
{
    uint32_t           i;
    wf_str_t           name;
    wf_asl_place_t     here;
    const assigned_t  *scope;

    if (assign == NULL || assign->type != WF_OBJECT) {
        return;
    }

    for (i = 0; i < assign->count; i++) {
        name = assign->u.members[i].key;
        here = wf_asl_at_key(at, name);

        if (name.len > 2
            && memcmp(name.data + name.len - 2, ".$", 2) == 0)
        {
            name.len -= 2;
        }

        for (scope = outer; scope; scope = scope->outer) {
            if (scope_assigns(scope->states, name)) {
                wf_asl_complain(asl, &here, "Variable '%.*s' is assigned in "
                                "an outer scope", wf_quoted(name));
                break;
            }
        }
    }
}


/* The rules of Choices and Catch. */
static void
rules_check(wf_asl_front_t *asl, const wf_asl_place_t *state,
    const char *list, const wf_value_t *rules, const assigned_t *outer)
{
    uint32_t        i;
    wf_asl_place_t  all, rule, at;

    all = wf_asl_at(state, list);

    for (i = 0; rules && rules->type == WF_ARRAY && i < rules->count; i++) {
        rule = wf_asl_at_index(&all, i);
        at = wf_asl_at(&rule, "Assign");
        assign_check(asl, &at, wf_value_get(rules->u.items[i],
                                            wf_str("Assign")), outer);
    }
}


/* The children of a distributed Map see no variables from outside. */
static bool
is_apart(const wf_value_t *processor)
{
    const wf_value_t  *mode;

    mode = wf_value_get(wf_value_get(processor, wf_str("ProcessorConfig")),
                        wf_str("Mode"));

    return mode && mode->type == WF_STRING
           && wf_str_eq(mode->u.string, wf_str("DISTRIBUTED"));
}


static void scope_check(wf_asl_front_t *asl, const wf_asl_place_t *outer_at,
    const wf_value_t *states, const assigned_t *outer);


/* The scopes inside of a state. */
static void
inner_check(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *state, const assigned_t *scope)
{
    uint32_t           i;
    wf_asl_place_t     list, here;
    const wf_value_t  *part;

    static const char *const  names[] = { "ItemProcessor", "Iterator" };

    for (i = 0; i < wf_countof(names); i++) {
        here = wf_asl_at(at, names[i]);
        part = wf_value_get(state, wf_str_of(names[i]));

        if (part) {
            scope_check(asl, &here, wf_value_get(part, wf_str("States")),
                        is_apart(part) ? NULL : scope);
        }
    }

    part = wf_value_get(state, wf_str("Branches"));
    list = wf_asl_at(at, "Branches");

    for (i = 0; part && part->type == WF_ARRAY && i < part->count; i++) {
        here = wf_asl_at_index(&list, i);
        scope_check(asl, &here, wf_value_get(part->u.items[i],
                                             wf_str("States")), scope);
    }
}


static void
scope_check(wf_asl_front_t *asl, const wf_asl_place_t *outer_at,
    const wf_value_t *states, const assigned_t *outer)
{
    uint32_t           i;
    assigned_t         scope;
    wf_asl_place_t     all, at, here;
    const wf_value_t  *state;

    if (states == NULL || states->type != WF_OBJECT) {
        return;
    }

    scope = (assigned_t) { outer, states };
    all = wf_asl_at(outer_at, "States");

    for (i = 0; i < states->count; i++) {
        state = states->u.members[i].value;
        at = wf_asl_at_key(&all, states->u.members[i].key);
        here = wf_asl_at(&at, "Assign");
        assign_check(asl, &here, wf_value_get(state, wf_str("Assign")),
                     outer);
        rules_check(asl, &at, "Choices", wf_value_get(state,
                                                      wf_str("Choices")),
                    outer);
        rules_check(asl, &at, "Catch", wf_value_get(state, wf_str("Catch")),
                    outer);
        inner_check(asl, &at, state, &scope);
    }
}


void
wf_asl_variables(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *states)
{
    scope_check(asl, at, states, NULL);
}
