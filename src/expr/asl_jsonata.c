
/*
 * JSONata as Step Functions has it (asl.md 9): what an expression sees, and
 * the service's words for its failures.  The language itself is jsonata*.c's.
 */

#include "base/json.h"
#include "expr/asl.h"
#include "expr/jsonata.h"


#define QUERY_ERROR  "States.QueryEvaluationError"


static bool
is_blank(uint8_t ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}


wf_str_t
asl_jsonata_trim(wf_str_t text)
{
    while (text.len && is_blank(text.data[0])) {
        text.data++;
        text.len--;
    }

    while (text.len && is_blank(text.data[text.len - 1])) {
        text.len--;
    }

    return text;
}


wf_rc_t
asl_jsonata_compile(wf_arena_t *arena, wf_str_t text,
    wf_jsonata_t **jsonata, wf_error_t *err)
{
    wf_jsonata_error_t  trouble;

    if (text.len > WF_EXPR_LEN_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "column 1: the expression is "
                     "longer than %u bytes", (unsigned) WF_EXPR_LEN_MAX);
        return WF_ERROR;
    }

    if (!wf_utf8_valid(text)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "column 1: the expression is "
                     "not valid UTF-8");
        return WF_ERROR;
    }

    if (wf_jsonata_compile(arena, WF_JSONATA_STATES, text, jsonata, &trouble)
        == WF_OK)
    {
        return WF_OK;
    }

    if (trouble.trouble == WF_JSONATA_OOM) {
        return fdl_oom(err);
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "column %u: %s: %.*s",
                 (unsigned) wf_max(trouble.position, 1), trouble.code,
                 (int) trouble.message.len, trouble.message.data);
    return WF_ERROR;
}


/* "The JSONata expression 'E' specified for the field 'F' " */
static void
begin(wf_buf_t *buf, fdl_eval_t *eval, const wf_jsonata_t *jsonata)
{
    wf_buf_init(buf, eval->arena, 256);
    wf_buf_text(buf, "The JSONata expression '");
    wf_buf_str(buf, wf_jsonata_text(jsonata));
    wf_buf_text(buf, "' specified for the field '");
    wf_buf_str(buf, eval->env->field);
    wf_buf_text(buf, "' ");
}


static wf_rc_t
fail(wf_buf_t *buf, fdl_eval_t *eval)
{
    eval->env->location = eval->env->field;

    return asl_fault(eval, buf, QUERY_ERROR);
}


static wf_rc_t
fail_threw(fdl_eval_t *eval, const wf_jsonata_t *jsonata, const char *code,
    wf_str_t message)
{
    wf_buf_t  buf;

    begin(&buf, eval, jsonata);
    wf_buf_text(&buf, "threw an error during evaluation. ");

    if (*code) {
        wf_buf_str(&buf, wf_str_of(code));
        wf_buf_text(&buf, ": ");
    }

    wf_buf_str(&buf, message);

    return fail(&buf, eval);
}


static wf_rc_t
fail_for(fdl_eval_t *eval, const wf_jsonata_t *jsonata,
    const wf_jsonata_error_t *trouble)
{
    wf_buf_t  buf;

    if (trouble->trouble == WF_JSONATA_OOM) {
        return fdl_oom(eval->err);
    }

    if (trouble->trouble == WF_JSONATA_UNSUPPORTED) {
        begin(&buf, eval, jsonata);
        wf_buf_text(&buf, "returned an unsupported result type.");
        return fail(&buf, eval);
    }

    return fail_threw(eval, jsonata, trouble->code, trouble->message);
}


static uint32_t
bindings_count(const wf_env_t *env)
{
    uint32_t  i, count;

    count = 1;

    for (i = 0; i < env->variable_count; i++) {
        count += env->variables[i] ? env->variables[i]->count : 0;
    }

    return count;
}


/*
 * $states and every variable, inner scopes first: one that is named like a
 * function of the language hides it.
 */
static void
bind(const wf_env_t *env, wf_jsonata_binding_t *binding)
{
    uint32_t            i, k;
    const wf_member_t  *member;

    *binding++ = (wf_jsonata_binding_t) { wf_str("states"), env->states };

    for (i = 0; i < env->variable_count; i++) {
        for (k = 0; env->variables[i] && k < env->variables[i]->count; k++) {
            member = &env->variables[i]->u.members[k];
            *binding++ = (wf_jsonata_binding_t) { member->key, member->value };
        }
    }
}


/* Names are looked up in them one by one. */
static wf_rc_t
bindings_make(fdl_eval_t *eval, const wf_jsonata_t *jsonata,
    wf_jsonata_env_t *inner)
{
    uint32_t               count;
    wf_jsonata_binding_t  *bindings;

    count = bindings_count(eval->env);

    if (fdl_charge(eval, count * (1 + (uint64_t)
                                  wf_jsonata_look(jsonata)->variable_count))
        != WF_OK)
    {
        return WF_ERROR;
    }

    bindings = wf_arena_alloc(eval->arena,
                              count * sizeof(wf_jsonata_binding_t));

    if (bindings == NULL) {
        return fdl_oom(eval->err);
    }

    bind(eval->env, bindings);
    inner->bindings = bindings;
    inner->binding_count = count;

    return WF_OK;
}


wf_rc_t
asl_jsonata_eval(fdl_eval_t *eval, const wf_jsonata_t *jsonata,
    const wf_value_t **value)
{
    wf_rc_t             rc;
    wf_buf_t            buf;
    wf_env_t           *env;
    wf_jsonata_env_t    inner;
    wf_jsonata_error_t  trouble;

    env = eval->env;
    memset(&inner, 0, sizeof(inner));

    if (bindings_make(eval, jsonata, &inner) != WF_OK) {
        return eval->err->code == WF_E_INTERNAL
               ? WF_ERROR
               : fail_threw(eval, jsonata, "", wf_error_arg(eval->err, 0));
    }

    inner.now_ms = env->now_ms;
    inner.random_state = env->random_state;
    inner.meter = env->meter;

    rc = wf_jsonata_eval(eval->arena, jsonata, &inner, value, &trouble);

    env->random_state = inner.random_state;
    env->meter = inner.meter;

    if (rc == WF_DECLINED) {
        env->is_missing = true;
        begin(&buf, eval, jsonata);
        wf_buf_text(&buf, "returned nothing (undefined).");
        return fail(&buf, eval);
    }

    if (rc != WF_OK) {
        return fail_for(eval, jsonata, &trouble);
    }

    if (fdl_weigh(eval, *value, 0) != WF_OK) {
        return fail_threw(eval, jsonata, "", wf_error_arg(eval->err, 0));
    }

    return WF_OK;
}


/* Values are shown as JSON text. */
wf_rc_t
asl_jsonata_unexpected(fdl_eval_t *eval, const wf_jsonata_t *jsonata,
    const char *expected, const wf_value_t *value)
{
    wf_buf_t  buf;

    static const char *const  names[] = {
        [WF_NULL] = "null",
        [WF_BOOL] = "boolean",
        [WF_NUMBER] = "number",
        [WF_STRING] = "string",
        [WF_ARRAY] = "array",
        [WF_OBJECT] = "object"
    };

    begin(&buf, eval, jsonata);
    wf_buf_text(&buf, "returned an unexpected result type. Expected '");
    wf_buf_str(&buf, wf_str_of(expected));
    wf_buf_text(&buf, "', but was '");
    wf_buf_str(&buf, wf_str_of(names[value->type]));
    wf_buf_text(&buf, "' for value: ");
    wf_json_print(&buf, value);

    return fail(&buf, eval);
}


wf_rc_t
asl_jsonata_variables(wf_arena_t *arena, const wf_jsonata_t *jsonata,
    wf_value_t *names)
{
    wf_rc_t                   rc;
    uint32_t                  i;
    const wf_jsonata_look_t  *look;

    look = wf_jsonata_look(jsonata);
    rc = WF_OK;

    for (i = 0; rc == WF_OK && i < look->variable_count; i++) {
        if (!wf_str_eq(look->variables[i], wf_str("states"))) {
            rc = asl_name_add(arena, look->variables[i], names);
        }
    }

    return rc;
}
