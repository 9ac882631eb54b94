
/*
 * The state that TestState tries, as a machine of its own: what it leads to
 * is there by name alone.
 */

#include "actions/sfn_test.h"
#include "base/json.h"


#define NAME        "StateName"     /* the service's */
#define DEPTH_MAX   64              /* of states in states */


/* In the tree of states; NULL: not there. */
static const wf_value_t *
find_state(const wf_value_t *machine, wf_str_t name, unsigned depth)
{
    uint32_t           i, j;
    const wf_value_t  *states, *state, *inner, *found;

    states = wf_value_get(machine, wf_str("States"));

    if (states == NULL || states->type != WF_OBJECT || depth > DEPTH_MAX) {
        return NULL;
    }

    found = wf_value_get(states, name);

    for (i = 0; found == NULL && i < states->count; i++) {
        state = states->u.members[i].value;
        inner = wf_value_get(state, wf_str("ItemProcessor"));

        if (inner == NULL) {
            inner = wf_value_get(state, wf_str("Iterator"));
        }

        if (inner) {
            found = find_state(inner, name, depth + 1);
        }

        inner = wf_value_get(state, wf_str("Branches"));

        for (j = 0; found == NULL && inner && inner->type == WF_ARRAY
                    && j < inner->count; j++)
        {
            found = find_state(inner->u.items[j], name, depth + 1);
        }
    }

    return found;
}


/* A state that is led to: it ends there. */
static wf_rc_t
add_target(wf_sfn_test_t *test, wf_value_t *states, const wf_value_t *target)
{
    wf_value_t  *state;

    if (target == NULL || target->type != WF_STRING
        || wf_value_get(states, target->u.string))
    {
        return WF_OK;
    }

    state = wf_value_object(test->arena, 1);

    if (state == NULL
        || wf_value_set(test->arena, state, wf_str("Type"),
                        wf_value_string(test->arena, wf_str("Succeed")))
           != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_value_set(test->arena, states, target->u.string, state);
}


/* Of rules or catchers. */
static wf_rc_t
add_targets(wf_sfn_test_t *test, wf_value_t *states, const wf_value_t *list)
{
    uint32_t  i;

    for (i = 0; list && list->type == WF_ARRAY && i < list->count; i++) {

        if (add_target(test, states,
                       wf_value_get(list->u.items[i], wf_str("Next")))
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* The state and all that it leads to; sets *name, which none of these has. */
static wf_value_t *
states_of(wf_sfn_test_t *test, const wf_value_t *state, wf_str_t *name)
{
    wf_buf_t     buf;
    wf_value_t  *states;

    states = wf_value_object(test->arena, 4);

    if (states == NULL
        || add_target(test, states, wf_value_get(state, wf_str("Next")))
           != WF_OK
        || add_target(test, states, wf_value_get(state, wf_str("Default")))
           != WF_OK
        || add_targets(test, states, wf_value_get(state, wf_str("Choices")))
           != WF_OK
        || add_targets(test, states, wf_value_get(state, wf_str("Catch")))
           != WF_OK)
    {
        return NULL;
    }

    wf_buf_init(&buf, test->arena, sizeof(NAME) + 8);
    wf_buf_text(&buf, NAME);

    while (!buf.failed && wf_value_get(states, wf_buf_done(&buf))) {
        wf_buf_byte(&buf, '_');
    }

    *name = wf_buf_done(&buf);

    return !buf.failed && wf_value_set(test->arena, states, *name,
                                       (wf_value_t *) state)
                          == WF_OK ? states : NULL;
}


static wf_rc_t
print_machine(wf_sfn_test_t *test, const wf_value_t *language,
    const wf_value_t *state, wf_str_t *machine)
{
    wf_buf_t     buf;
    wf_str_t     name;
    wf_value_t  *states;

    states = states_of(test, state, &name);

    if (states == NULL) {
        return wf_job_no_memory(&test->job.read);
    }

    wf_buf_init(&buf, test->arena, 512);
    wf_buf_byte(&buf, '{');

    if (language) {
        wf_buf_text(&buf, "\"QueryLanguage\":");
        wf_json_print(&buf, language);
        wf_buf_byte(&buf, ',');
    }

    wf_buf_text(&buf, "\"StartAt\":");
    wf_json_print_string(&buf, name);
    wf_buf_text(&buf, ",\"TimeoutSeconds\":300,\"States\":");
    wf_json_print(&buf, states);
    wf_buf_byte(&buf, '}');

    if (buf.failed) {
        return wf_job_no_memory(&test->job.read);
    }

    *machine = wf_buf_done(&buf);

    return WF_OK;
}


/* What is wrong with a machine is wrong with each of its states. */
static wf_rc_t
check_whole(wf_sfn_test_t *test)
{
    wf_read_t         *read;
    wf_diagnostics_t   list;

    read = &test->job.read;
    list = (wf_diagnostics_t) { .arena = read->arena };

    if (wf_asl_compile(test->definition, WF_MODE_STANDARD, NULL, &list,
                       &read->err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    return list.error_count ? wf_sfn_test_invalid(test, &list) : WF_OK;
}


static wf_rc_t
named_state(wf_sfn_test_t *test, const wf_value_t *machine,
    const wf_value_t **state)
{
    *state = NULL;

    if (wf_value_get(machine, wf_str("States"))) {
        if (check_whole(test) != WF_OK) {
            return WF_ERROR;
        }

        *state = find_state(machine, test->state_name, 0);
    }

    return *state ? WF_OK : wf_sfn_test_refuse(test, "State not found in "
                                               "definition");
}


wf_rc_t
wf_sfn_test_machine(wf_sfn_test_t *test, wf_str_t *machine, wf_str_t *type)
{
    wf_read_t         *read;
    wf_value_t        *value;
    const wf_value_t  *state, *language, *member;

    read = &test->job.read;

    if (wf_json_parse(test->arena, test->definition, &value, &read->err)
        != WF_OK)
    {
        /* Its reasons are the compiler's. */

        if (read->err.code == WF_E_INTERNAL) {
            return WF_ERROR;
        }

        wf_error_clear(&read->err);

        return check_whole(test) == WF_OK ? wf_job_no_memory(read) : WF_ERROR;
    }

    state = value;
    language = NULL;

    if (value->type != WF_OBJECT) {
        return check_whole(test) == WF_OK ? wf_job_no_memory(read) : WF_ERROR;
    }

    if (test->state_name.data) {
        if (named_state(test, value, &state) != WF_OK) {
            return WF_ERROR;
        }

        language = wf_value_get(value, wf_str("QueryLanguage"));
    }

    member = wf_value_get(state, wf_str("Type"));
    *type = member && member->type == WF_STRING ? member->u.string
                                                : wf_str("");

    return print_machine(test, language, state, machine);
}
