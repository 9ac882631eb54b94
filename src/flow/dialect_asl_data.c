
/*
 * Fields of a state machine that paths, templates or expressions fill (asl 4,
 * 5, 9, 10), and jumps.  Compiles them and reports what does not compile;
 * which states have them is asl_fields.def's.
 */

#include "flow/dialect_asl_data.h"

#include "base/limits.h"
#include "base/utf8.h"


bool
wf_asl_is_expression(const wf_value_t *value, wf_str_t *text)
{
    wf_str_t  s;

    if (value == NULL || value->type != WF_STRING) {
        return false;
    }

    s = value->u.string;

    if (s.len < 4
        || memcmp(s.data, "{%", 2) != 0
        || memcmp(s.data + s.len - 2, "%}", 2) != 0)
    {
        return false;
    }

    *text = (wf_str_t) { s.len - 4, s.data + 2 };

    return true;
}


wf_expr_t *
wf_asl_expr(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, wf_expr_kind_t kind)
{
    wf_str_t    text;
    wf_expr_t  *expr;

    text = value->u.string;

    if (kind == WF_EXPR_JSONATA && !wf_asl_is_expression(value, &text)) {
        wf_asl_complain(asl, at, "Value must be a JSONata expression: "
                        "'{%% ... %%}'");
        return NULL;
    }

    if (wf_expr_compile(asl->front.arena, kind, text, &expr, asl->err)
        == WF_OK)
    {
        return expr;
    }

    if (asl->err->code != WF_E_INTERNAL && kind == WF_EXPR_ASL_REFERENCE) {
        wf_error_clear(asl->err);
        wf_asl_complain(asl, at, "Value is not a Reference Path");

    } else if (asl->err->code != WF_E_INTERNAL && kind == WF_EXPR_ASL_PATH) {
        wf_error_clear(asl->err);
        wf_asl_complain(asl, at, "Value is not a valid JSONPath");

    } else {
        wf_asl_complain_err(asl, at);
    }

    return NULL;
}


void
wf_asl_path(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, wf_expr_kind_t kind, wf_asl_path_t *path)
{
    if (value == NULL) {
        return;
    }

    if (value->type == WF_NULL) {
        path->is_null = true;
        return;
    }

    if (wf_str_eq(value->u.string, wf_str("$"))) {
        return;
    }

    path->expr = wf_asl_expr(asl, at, value, kind);

    /* results go into the input, not into the context or a variable */

    if (path->expr && kind == WF_EXPR_ASL_REFERENCE
        && !wf_expr_inserts(path->expr))
    {
        wf_asl_complain(asl, at, "Value is not a Reference Path");
    }
}


wf_template_t *
wf_asl_template(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, bool is_jsonata)
{
    wf_rc_t         rc;
    wf_template_t  *template;

    if (value == NULL) {
        return NULL;
    }

    rc = is_jsonata ? wf_template_jsonata(asl->front.arena, value, &template,
                                          asl->err)
                    : wf_template_payload(asl->front.arena, value, &template,
                                          asl->err);
    if (rc != WF_OK) {
        wf_asl_complain_err(asl, at);
        return NULL;
    }

    return template;
}


/* Paths are full ones where the service takes those (asl 5). */
void
wf_asl_number(wf_asl_front_t *asl, const wf_asl_state_t *state,
    const wf_asl_place_t *at, const char *name, const wf_value_t *value,
    const wf_value_t *path, wf_asl_number_t *number)
{
    char             spelling[64];
    size_t           len;
    wf_str_t         text;
    wf_asl_place_t   here;

    if (value == NULL && path == NULL) {
        return;
    }

    len = strlen(name);
    wf_assert(len + sizeof("Path") <= sizeof(spelling));
    memcpy(spelling, name, len);
    memcpy(spelling + len, "Path", sizeof("Path"));

    number->is_set = true;
    number->field = wf_str_of(name);

    if (value && path) {
        wf_asl_complain(asl, at, "There should only be one of the following "
                        "fields: [%s, %s]", name, spelling);
        return;
    }

    if (path) {
        here = wf_asl_at(at, spelling);
        number->expr = wf_asl_expr(asl, &here, path, WF_EXPR_ASL_PATH);
        return;
    }

    if (value->type == WF_NUMBER) {
        number->constant = value->u.number.real;
        return;
    }

    here = wf_asl_at(at, name);

    if (!state->asl->is_jsonata || !wf_asl_is_expression(value, &text)) {
        wf_asl_complain(asl, &here, "Expected value of type Integer");
        return;
    }

    number->expr = wf_asl_expr(asl, &here, value, WF_EXPR_JSONATA);
}


static bool
is_name(wf_str_t name)
{
    size_t   i;
    uint8_t  byte;

    if (name.len == 0 || wf_utf8_length(name) > WF_VARIABLE_NAME_MAX) {
        return false;
    }

    for (i = 0; i < name.len; i++) {
        byte = name.data[i];

        if (byte >= 0x80
            || byte == '_'
            || (byte >= 'a' && byte <= 'z')
            || (byte >= 'A' && byte <= 'Z')
            || (i > 0 && byte >= '0' && byte <= '9'))
        {
            continue;
        }

        return false;
    }

    return true;
}


/* The name of the variable that a key of Assign sets. */
static wf_str_t
variable_of(wf_str_t key, bool is_jsonata)
{
    if (!is_jsonata && key.len > 2
        && memcmp(key.data + key.len - 2, ".$", 2) == 0)
    {
        key.len -= 2;
    }

    return key;
}


wf_template_t *
wf_asl_assign(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, bool is_jsonata)
{
    bool             fits;
    uint32_t         i;
    wf_str_t         name;
    wf_asl_place_t   here;

    if (value == NULL || value->type != WF_OBJECT) {
        return NULL;
    }

    fits = true;

    for (i = 0; i < value->count; i++) {
        name = variable_of(value->u.members[i].key, is_jsonata);
        here = wf_asl_at_key(at, value->u.members[i].key);

        if (wf_str_eq(name, wf_str("states"))) {
            wf_asl_complain(asl, &here, "Variable name 'states' is "
                            "reserved");
            fits = false;

        } else if (!is_name(name)) {
            wf_asl_complain(asl, &here, "Variable name '%.*s' must start "
                            "with a letter and may contain letters, digits "
                            "and underscores, up to %d characters",
                            wf_quoted(name), WF_VARIABLE_NAME_MAX);
            fits = false;
        }
    }

    return fits ? wf_asl_template(asl, at, value, is_jsonata) : NULL;
}


void
wf_asl_link(wf_asl_front_t *asl, const wf_asl_state_t *state,
    const wf_asl_place_t *at, const wf_value_t *name, uint32_t *target)
{
    *target = WF_NONE;

    if (wf_value_get(state->states, name->u.string) == NULL) {
        wf_asl_complain_as(asl, "MISSING_TRANSITION_TARGET", at,
                           "Missing 'Next' target: %.*s",
                           (int) name->u.string.len,
                           (const char *) name->u.string.data);
        return;
    }

    if (wf_builder_link(asl->front.builder, state->node->scope,
                        name->u.string, name->mark, state->node->no, target,
                        asl->err)
        != WF_OK)
    {
        wf_asl_complain_err(asl, at);
    }
}
