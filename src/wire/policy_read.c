
/*
 * Reads policies when the configuration is read: lines, and RAM's documents.
 * Refuses what it does not know, with its place; a policy that is half
 * understood would let somebody in.
 */

#include "wire/policy_parts.h"

#include "base/yaml.h"


#define QUOTED_MAX      64


typedef wf_rc_t (*add_pt)(wf_policy_t *policy, wf_statement_t *statement,
    wf_str_t text, wf_error_t *err);


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
refuse(wf_error_t *err, wf_str_t text, const char *why)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "\"%.*s\" %s",
                 (int) wf_min(text.len, QUOTED_MAX),
                 text.data ? (const char *) text.data : "", why);
    return WF_ERROR;
}


static wf_str_t
slice(wf_str_t text, size_t from, size_t to)
{
    return (wf_str_t) { to - from, text.data + from };
}


/* The place of a byte; text.len: not there. */
static size_t
find(wf_str_t text, uint8_t byte)
{
    const uint8_t  *pos;

    pos = text.len ? memchr(text.data, byte, text.len) : NULL;

    return pos ? (size_t) (pos - text.data) : text.len;
}


static wf_rc_t
pattern_add(wf_policy_t *policy, wf_pattern_t **list, const wf_pattern_t *of,
    wf_error_t *err)
{
    wf_pattern_t  *pattern;

    pattern = wf_arena_alloc(policy->arena, sizeof(wf_pattern_t));

    if (pattern == NULL) {
        return no_memory(err);
    }

    *pattern = *of;
    pattern->next = *list;
    *list = pattern;

    return WF_OK;
}


static wf_rc_t
pattern_check(wf_policy_t *policy, wf_str_t text, wf_error_t *err)
{
    size_t  i;

    if (policy->pattern_count++ >= WF_POLICY_PATTERNS_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "more than %d actions and "
                     "resources", WF_POLICY_PATTERNS_MAX);
        return WF_ERROR;
    }

    if (text.len > WF_POLICY_PATTERN_LEN_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "an action or a resource of "
                     "more than %d bytes", WF_POLICY_PATTERN_LEN_MAX);
        return WF_ERROR;
    }

    for (i = 0; i < text.len; i++) {

        if (text.data[i] <= ' ' || text.data[i] >= 0x7f) {
            wf_error_set(err, WF_E_INVALID_ARGUMENT, "a blank or a special "
                         "character in an action or a resource");
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* "SERVICE:NAME", "NAME" or "*". */
static wf_rc_t
action_add(wf_policy_t *policy, wf_statement_t *statement, wf_str_t text,
    wf_error_t *err)
{
    size_t        colon;
    wf_pattern_t  pattern = { .name = text };

    if (pattern_check(policy, text, err) != WF_OK) {
        return WF_ERROR;
    }

    /* Without a service it is CloudFlow's, but for "*". */

    colon = find(text, ':');
    pattern.service = wf_str_eq(text, wf_str("*"))
                      ? wf_str("*") : wf_str(WF_POLICY_CLOUDFLOW);

    if (colon < text.len) {
        pattern.name = slice(text, colon + 1, text.len);
        pattern.service = slice(text, 0, colon);

        if (!wf_policy_service_exists(pattern.service)) {
            return WF_OK;               /* another service's */
        }
    }

    if (!wf_policy_action_exists(pattern.service, pattern.name)) {
        return refuse(err, text, "is no action of CloudFlow");
    }

    return pattern_add(policy, &statement->actions, &pattern, err);
}


/*
 * What stands behind the account: "*", "flow/NAME", "flow/NAME/execution/NAME"
 * or, for all of these, a "*" behind the second
 * slash.
 */
static bool
relative_read(wf_str_t text, wf_pattern_t *pattern)
{
    size_t    slash;
    wf_str_t  rest;

    if (wf_str_eq(text, wf_str("*"))) {
        pattern->is_all = true;
        return true;
    }

    if (!wf_str_starts(text, wf_str("flow/"))) {
        return false;
    }

    rest = slice(text, sizeof("flow/") - 1, text.len);
    slash = find(rest, '/');
    pattern->name = slice(rest, 0, slash);

    if (slash == rest.len) {
        return slash > 0;
    }

    pattern->has_execution = true;
    pattern->execution = slice(rest, slash + 1, rest.len);

    if (wf_str_starts(pattern->execution, wf_str("execution/"))) {
        pattern->execution = slice(pattern->execution,
                                   sizeof("execution/") - 1,
                                   pattern->execution.len);

        return slash > 0 && pattern->execution.len > 0
               && find(pattern->execution, '/') == pattern->execution.len;
    }

    return slash > 0 && wf_str_eq(pattern->execution, wf_str("*"));
}


/* "acs:SERVICE:REGION:ACCOUNT:NAME", "flow/NAME", "arn:..." or "*". */
static wf_rc_t
resource_add(wf_policy_t *policy, wf_statement_t *statement, wf_str_t text,
    wf_error_t *err)
{
    size_t        at, colon;
    unsigned      i;
    wf_str_t      parts[4], rest;
    wf_pattern_t  pattern = { .name = text };

    if (pattern_check(policy, text, err) != WF_OK) {
        return WF_ERROR;
    }

    rest = text;

    if (wf_str_starts(text, wf_str("arn:"))) {
        pattern.is_arn = true;
        return pattern_add(policy, &statement->resources, &pattern, err);
    }

    if (wf_str_starts(text, wf_str("acs:"))) {
        at = 0;

        for (i = 0; i < wf_countof(parts); i++) {
            colon = at + find(slice(text, at, text.len), ':');

            if (colon == text.len) {
                return refuse(err, text, "is not acs:SERVICE:REGION:ACCOUNT:"
                              "RESOURCE");
            }

            parts[i] = slice(text, at, colon);
            at = colon + 1;
        }

        rest = slice(text, at, text.len);

        if (!wf_pattern_matches(parts[1], wf_str(WF_POLICY_CLOUDFLOW),
                                false))
        {
            return WF_OK;               /* another service's */
        }
    }

    if (!relative_read(rest, &pattern)) {
        return refuse(err, text, "is no resource of CloudFlow: want "
                      "flow/NAME, flow/NAME/execution/NAME or *");
    }

    return pattern_add(policy, &statement->resources, &pattern, err);
}


static void
statement_link(wf_policy_t *policy, wf_statement_t *statement)
{
    statement->next = policy->statements;
    policy->statements = statement;
}


/*
 * Lines
 */

static wf_str_t
cut_word(wf_str_t *rest)
{
    size_t    i;
    wf_str_t  word;

    for (i = 0; i < rest->len
                && (rest->data[i] == ' ' || rest->data[i] == '\t'); i++)
    {
        /* void */
    }

    *rest = slice(*rest, i, rest->len);

    for (i = 0; i < rest->len
                && rest->data[i] != ' ' && rest->data[i] != '\t'; i++)
    {
        /* void */
    }

    word = slice(*rest, 0, i);
    *rest = slice(*rest, i, rest->len);

    return word;
}


static wf_rc_t
list_add(wf_policy_t *policy, wf_statement_t *statement, wf_str_t list,
    add_pt add, wf_error_t *err)
{
    size_t    comma;
    wf_str_t  rest;

    rest = list;

    for ( ;; ) {
        comma = find(rest, ',');

        if (comma == 0) {
            return refuse(err, list, "has a comma too many");
        }

        if (add(policy, statement, slice(rest, 0, comma), err) != WF_OK) {
            return WF_ERROR;
        }

        if (comma == rest.len) {
            return WF_OK;
        }

        rest = slice(rest, comma + 1, rest.len);
    }
}


wf_rc_t
wf_policy_line(wf_policy_t *policy, wf_str_t line, wf_error_t *err)
{
    wf_str_t         effect, actions, on, resources;
    wf_statement_t  *statement;

    if (line.len == 0) {
        line = wf_str("");
    }

    effect = cut_word(&line);
    actions = cut_word(&line);
    on = cut_word(&line);
    resources = cut_word(&line);

    if (!(wf_str_eq(effect, wf_str("allow"))
          || wf_str_eq(effect, wf_str("deny")))
        || !wf_str_eq(on, wf_str("on")) || resources.len == 0
        || cut_word(&line).len > 0)
    {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "want \"allow|deny "
                     "ACTION[,...] on RESOURCE[,...]\"");
        return WF_ERROR;
    }

    statement = wf_arena_calloc(policy->arena, sizeof(wf_statement_t));

    if (statement == NULL) {
        return no_memory(err);
    }

    statement->is_deny = wf_str_eq(effect, wf_str("deny"));

    if (list_add(policy, statement, actions, action_add, err) != WF_OK
        || list_add(policy, statement, resources, resource_add, err) != WF_OK)
    {
        return WF_ERROR;
    }

    statement_link(policy, statement);

    return WF_OK;
}


/*
 * Documents
 */

static wf_rc_t
refuse_at(wf_error_t *err, wf_mark_t mark, const char *why)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "line %u, column %u: %s",
                 wf_mark_line(mark), wf_mark_column(mark), why);
    return WF_ERROR;
}


static wf_rc_t
text_add(wf_policy_t *policy, wf_statement_t *statement,
    const wf_value_t *value, add_pt add, wf_error_t *err)
{
    if (value->type != WF_STRING || value->u.string.len == 0) {
        return refuse_at(err, value->mark, "want a text, or a list of them");
    }

    if (add(policy, statement, value->u.string, err) == WF_OK) {
        return WF_OK;
    }

    if (err->code == WF_E_INVALID_ARGUMENT) {
        wf_error_wrap(err, "line %u, column %u", wf_mark_line(value->mark),
                      wf_mark_column(value->mark));
    }

    return WF_ERROR;
}


/* A text, or a list of at least one. */
static wf_rc_t
texts_add(wf_policy_t *policy, wf_statement_t *statement,
    const wf_value_t *value, add_pt add, wf_error_t *err)
{
    uint32_t  i;

    if (value->type != WF_ARRAY) {
        return text_add(policy, statement, value, add, err);
    }

    if (value->count == 0) {
        return refuse_at(err, value->mark, "an empty list");
    }

    for (i = 0; i < value->count; i++) {

        if (text_add(policy, statement, value->u.items[i], add, err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
effect_read(wf_statement_t *statement, const wf_value_t *value, wf_error_t *err)
{
    if (value->type == WF_STRING) {
        statement->is_deny = wf_str_eq(value->u.string, wf_str("Deny"));

        if (statement->is_deny
            || wf_str_eq(value->u.string, wf_str("Allow")))
        {
            return WF_OK;
        }
    }

    return refuse_at(err, value->mark, "Effect must be \"Allow\" or "
                     "\"Deny\"");
}


static wf_rc_t
member_read(wf_policy_t *policy, wf_statement_t *statement,
    const wf_member_t *member, wf_error_t *err)
{
    if (wf_str_eq(member->key, wf_str("Effect"))) {
        return effect_read(statement, member->value, err);
    }

    if (wf_str_eq(member->key, wf_str("Sid"))) {
        return WF_OK;               /* only a name */
    }

    if (wf_str_eq(member->key, wf_str("Action"))) {
        return texts_add(policy, statement, member->value, action_add, err);
    }

    if (wf_str_eq(member->key, wf_str("NotAction"))) {
        statement->is_not_action = true;
        return texts_add(policy, statement, member->value, action_add, err);
    }

    if (wf_str_eq(member->key, wf_str("Resource"))) {
        return texts_add(policy, statement, member->value, resource_add, err);
    }

    return refuse_at(err, member->mark, "a statement has Effect, Action or "
                     "NotAction, and Resource; nothing else is supported");
}


static wf_rc_t
statement_read(wf_policy_t *policy, const wf_value_t *value, wf_error_t *err)
{
    uint32_t         i;
    wf_statement_t  *statement;

    if (value->type != WF_OBJECT) {
        return refuse_at(err, value->mark, "a statement must be an object");
    }

    if (wf_value_get(value, wf_str("Effect")) == NULL
        || wf_value_get(value, wf_str("Resource")) == NULL
        || (wf_value_get(value, wf_str("Action")) == NULL)
            == (wf_value_get(value, wf_str("NotAction")) == NULL))
    {
        return refuse_at(err, value->mark, "a statement needs Effect, either "
                         "Action or NotAction, and Resource");
    }

    statement = wf_arena_calloc(policy->arena, sizeof(wf_statement_t));

    if (statement == NULL) {
        return no_memory(err);
    }

    for (i = 0; i < value->count; i++) {

        if (member_read(policy, statement, &value->u.members[i], err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    statement_link(policy, statement);

    return WF_OK;
}


static wf_rc_t
document_check(const wf_value_t *document, wf_error_t *err)
{
    uint32_t            i;
    const wf_value_t   *version, *statements;
    const wf_member_t  *member;

    if (document->type != WF_OBJECT) {
        return refuse_at(err, document->mark, "a policy must be an object");
    }

    for (i = 0; i < document->count; i++) {
        member = &document->u.members[i];

        if (!wf_str_eq(member->key, wf_str("Version"))
            && !wf_str_eq(member->key, wf_str("Statement")))
        {
            return refuse_at(err, member->mark, "a policy has Version and "
                             "Statement, nothing else");
        }
    }

    version = wf_value_get(document, wf_str("Version"));
    statements = wf_value_get(document, wf_str("Statement"));

    if (version == NULL || version->type != WF_STRING
        || !(wf_str_eq(version->u.string, wf_str("1"))
             || wf_str_eq(version->u.string, wf_str("2012-10-17"))))
    {
        return refuse_at(err, version ? version->mark : document->mark,
                         "Version must be \"1\" or \"2012-10-17\"");
    }

    if (statements == NULL || statements->type != WF_ARRAY) {
        return refuse_at(err, statements ? statements->mark : document->mark,
                         "Statement must be a list");
    }

    return WF_OK;
}


wf_rc_t
wf_policy_document(wf_policy_t *policy, wf_str_t text, wf_error_t *err)
{
    uint32_t           i;
    wf_value_t        *document;
    const wf_value_t  *statements;

    text = text.len > 0 ? text : wf_str("");

    if (wf_yaml_parse(policy->arena, text, &document, err) != WF_OK
        || document_check(document, err) != WF_OK)
    {
        return WF_ERROR;
    }

    statements = wf_value_get(document, wf_str("Statement"));

    for (i = 0; i < statements->count; i++) {

        if (statement_read(policy, statements->u.items[i], err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}
