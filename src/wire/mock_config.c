
/*
 * Reads and looks up mock configurations.  Knows no file and no execution.
 * What a mocked answer may look like is nobody's concern: any JSON will do,
 * as in Step Functions Local.
 */

#include "wire/mock_config.h"

#include "base/json.h"


#define QUOTED_MAX  64

/* Of a member, with what it must be. */
typedef wf_rc_t (*check_pt)(const wf_mock_config_t *config,
    const wf_member_t *member, wf_error_t *err);


static wf_rc_t
refuse(wf_error_t *err, const char *what, wf_str_t name, const char *why)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%s \"%.*s\" %s", what,
                 (int) wf_min(name.len, QUOTED_MAX), name.data, why);
    return WF_ERROR;
}


/*
 * "N" or "N-M"
 */

static wf_rc_t
number_take(wf_str_t text, size_t *at, uint32_t *number)
{
    size_t    begin;
    uint64_t  value;

    begin = *at;
    value = 0;

    while (*at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9') {
        value = 10 * value + (text.data[(*at)++] - '0');

        if (value > UINT32_MAX) {
            return WF_ERROR;
        }
    }

    *number = (uint32_t) value;

    return *at > begin ? WF_OK : WF_ERROR;
}


static wf_rc_t
range_parse(wf_str_t text, uint32_t *first, uint32_t *last)
{
    size_t  at;

    at = 0;

    if (number_take(text, &at, first) != WF_OK) {
        return WF_ERROR;
    }

    *last = *first;

    if (at < text.len && text.data[at] == '-') {
        at++;

        if (number_take(text, &at, last) != WF_OK) {
            return WF_ERROR;
        }
    }

    return at == text.len && *first <= *last ? WF_OK : WF_ERROR;
}


/*
 * What is asked of each part
 */

static wf_rc_t
members_check(const wf_mock_config_t *config, const wf_value_t *value,
    check_pt check, wf_error_t *err)
{
    uint32_t  i;

    for (i = 0; i < value->count; i++) {

        if (check(config, &value->u.members[i], err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static bool
is_text(const wf_value_t *value)
{
    return value && value->type == WF_STRING;
}


static wf_rc_t
throw_check(wf_str_t range, const wf_value_t *thrown, wf_error_t *err)
{
    const wf_value_t  *error, *cause;

    error = wf_value_get(thrown, wf_str("Error"));
    cause = wf_value_get(thrown, wf_str("Cause"));

    if (!is_text(error) || error->u.string.len == 0) {
        return refuse(err, "the \"Throw\" of", range, "has no \"Error\"");
    }

    return cause == NULL || is_text(cause)
           ? WF_OK : refuse(err, "the \"Cause\" of", range, "is no text");
}


static wf_rc_t
attempt_check(const wf_mock_config_t *config, const wf_member_t *member,
    wf_error_t *err)
{
    uint32_t           first, last;
    const wf_value_t  *given, *thrown;

    (void) config;

    if (range_parse(member->key, &first, &last) != WF_OK) {
        return refuse(err, "attempt", member->key, "is neither a number nor "
                      "a range like \"1-3\"");
    }

    given = wf_value_get(member->value, wf_str("Return"));
    thrown = wf_value_get(member->value, wf_str("Throw"));

    if ((given == NULL) == (thrown == NULL) || member->value->count != 1) {
        return refuse(err, "attempt", member->key, "has to have a \"Return\" "
                      "or a \"Throw\", and nothing else");
    }

    return thrown ? throw_check(member->key, thrown, err) : WF_OK;
}


/* Which answer is meant must not depend on their order. */
static wf_rc_t
overlap_check(const wf_value_t *response, wf_error_t *err)
{
    uint32_t  i, j, first[2], last[2];

    for (i = 1; i < response->count; i++) {
        (void) range_parse(response->u.members[i].key, &first[0], &last[0]);

        for (j = 0; j < i; j++) {
            (void) range_parse(response->u.members[j].key, &first[1],
                               &last[1]);

            if (first[0] <= last[1] && first[1] <= last[0]) {
                return refuse(err, "attempt", response->u.members[i].key,
                              "is answered twice");
            }
        }
    }

    return WF_OK;
}


/* Where: the error is about a part of what. */
static wf_rc_t
place(wf_error_t *err, const char *what, wf_str_t name)
{
    wf_error_t  inner;

    inner = *err;
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%s \"%.*s\": %s", what,
                 (int) wf_min(name.len, QUOTED_MAX), name.data, inner.arg[0]);

    return WF_ERROR;
}


/* One without any attempt is none the worse until it is used. */
static wf_rc_t
response_check(const wf_mock_config_t *config, const wf_member_t *member,
    wf_error_t *err)
{
    const wf_value_t  *response;

    response = member->value;

    if (response->type != WF_OBJECT) {
        return refuse(err, "response", member->key, "is no object");
    }

    if (response->count > WF_MOCK_ATTEMPTS_MAX) {
        return refuse(err, "response", member->key, "has too many attempts");
    }

    if (members_check(config, response, attempt_check, err) != WF_OK
        || overlap_check(response, err) != WF_OK)
    {
        return place(err, "response", member->key);
    }

    return WF_OK;
}


static wf_rc_t
state_check(const wf_mock_config_t *config, const wf_member_t *member,
    wf_error_t *err)
{
    if (!is_text(member->value)) {
        return refuse(err, "state", member->key, "names no response");
    }

    if (wf_value_get(config->responses, member->value->u.string) == NULL) {
        return refuse(err, "response", member->value->u.string,
                      "is not in \"MockedResponses\"");
    }

    return WF_OK;
}


static wf_rc_t
case_check(const wf_mock_config_t *config, const wf_member_t *member,
    wf_error_t *err)
{
    if (member->key.len == 0 || member->value->type != WF_OBJECT) {
        return refuse(err, "test case", member->key, "is no object");
    }

    return members_check(config, member->value, state_check, err) == WF_OK
           ? WF_OK : place(err, "test case", member->key);
}


static wf_rc_t
machine_check(const wf_mock_config_t *config, const wf_member_t *member,
    wf_error_t *err)
{
    const wf_value_t  *cases;

    cases = wf_value_get(member->value, wf_str("TestCases"));

    if (cases == NULL || cases->type != WF_OBJECT) {
        return refuse(err, "state machine", member->key,
                      "has no \"TestCases\"");
    }

    return members_check(config, cases, case_check, err) == WF_OK
           ? WF_OK : place(err, "state machine", member->key);
}


/*
 * The whole
 */

static wf_rc_t
part_find(const wf_value_t *root, wf_str_t name, const wf_value_t **part,
    wf_error_t *err)
{
    static const wf_value_t  nothing = { .type = WF_OBJECT };

    *part = wf_value_get(root, name);

    if (*part == NULL) {
        *part = &nothing;
    }

    return (*part)->type == WF_OBJECT
           ? WF_OK : refuse(err, "member", name, "is no object");
}


static uint32_t
line_of(wf_str_t text, size_t offset)
{
    size_t    i;
    uint32_t  line;

    line = 1;

    for (i = 0; i < offset && i < text.len; i++) {
        line += text.data[i] == '\n';
    }

    return line;
}


static wf_rc_t
root_parse(wf_arena_t *arena, wf_str_t text, wf_value_t **root,
    wf_error_t *err)
{
    size_t      offset;
    wf_error_t  inner;

    if (wf_json_parse_unique(arena, text, root, &offset, &inner) != WF_OK) {

        if (inner.code == WF_E_INTERNAL) {
            *err = inner;
            return WF_ERROR;
        }

        wf_error_set(err, WF_E_INVALID_ARGUMENT, "line %u: %s",
                     line_of(text, offset), inner.arg[0]);
        return WF_ERROR;
    }

    if ((*root)->type != WF_OBJECT
        || wf_value_get(*root, wf_str("StateMachines")) == NULL)
    {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "has no \"StateMachines\"");
        return WF_ERROR;
    }

    return WF_OK;
}


wf_rc_t
wf_mock_config_parse(wf_arena_t *arena, wf_str_t text,
    wf_mock_config_t *config, wf_error_t *err)
{
    wf_value_t        *root;
    wf_mock_config_t   got;

    if (root_parse(arena, text, &root, err) != WF_OK
        || part_find(root, wf_str("StateMachines"), &got.machines, err)
           != WF_OK
        || part_find(root, wf_str("MockedResponses"), &got.responses, err)
           != WF_OK
        || members_check(&got, got.responses, response_check, err) != WF_OK
        || members_check(&got, got.machines, machine_check, err) != WF_OK)
    {
        return WF_ERROR;
    }

    *config = got;

    return WF_OK;
}


static const wf_value_t *
case_find(const wf_mock_config_t *config, wf_str_t machine,
    wf_str_t test_case)
{
    const wf_value_t  *found, *cases;

    found = wf_value_get(config->machines, machine);
    cases = found ? wf_value_get(found, wf_str("TestCases")) : NULL;

    return cases ? wf_value_get(cases, test_case) : NULL;
}


bool
wf_mock_config_has(const wf_mock_config_t *config, wf_str_t machine,
    wf_str_t test_case)
{
    return case_find(config, machine, test_case) != NULL;
}


static void
mock_fill(wf_mock_t *mock, const wf_value_t *attempt)
{
    const wf_value_t  *thrown, *cause;

    memset(mock, 0, sizeof(wf_mock_t));
    mock->value = wf_value_get(attempt, wf_str("Return"));

    if (mock->value == NULL) {
        thrown = wf_value_get(attempt, wf_str("Throw"));
        cause = wf_value_get(thrown, wf_str("Cause"));
        mock->error = wf_value_get(thrown, wf_str("Error"))->u.string;
        mock->cause = cause ? cause->u.string : wf_str_none;
    }
}


wf_rc_t
wf_mock_config_find(const wf_mock_config_t *config,
    const wf_mock_call_t *call, wf_mock_t *mock)
{
    uint32_t           i, first, last;
    const wf_value_t  *states, *name, *response;

    states = case_find(config, call->machine, call->test_case);

    if (states == NULL) {
        return WF_ERROR;
    }

    name = wf_value_get(states, call->state);

    if (name == NULL) {
        return WF_DECLINED;
    }

    response = wf_value_get(config->responses, name->u.string);

    for (i = 0; i < response->count; i++) {

        if (range_parse(response->u.members[i].key, &first, &last) == WF_OK
            && first <= call->call_no && call->call_no <= last)
        {
            mock_fill(mock, response->u.members[i].value);
            return WF_OK;
        }
    }

    return WF_ERROR;
}
