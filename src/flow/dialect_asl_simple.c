
/*
 * Pass, Wait, Fail, Choice of the Amazon States Language (asl 3, 7).
 */

#include "flow/dialect_asl_data.h"

#include "base/timefmt.h"


void
wf_asl_pass(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    if (state->f.result == NULL) {
        return;
    }

    state->asl->result = wf_value_copy(asl->front.arena, state->f.result);
    asl->failed |= state->asl->result == NULL;
}


static void
timestamp_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    wf_str_t         text;
    wf_asl_place_t   at;

    at = wf_asl_at(&state->at, "Timestamp");

    if (state->asl->is_jsonata
        && wf_asl_is_expression(state->f.timestamp, &text))
    {
        state->asl->timestamp = wf_asl_expr(asl, &at, state->f.timestamp,
                                            WF_EXPR_JSONATA);
        return;
    }

    text = state->f.timestamp->u.string;

    if (memchr(text.data, 'T', text.len) == NULL
        || wf_time_parse(text, &state->node->u.wait.until_ms) != WF_OK)
    {
        wf_asl_complain(asl, &at, "String does not match RFC3339 timestamp");
    }
}


void
wf_asl_wait(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    wf_asl_place_t  at;

    static const char *const  names[] = {
        "Seconds", "SecondsPath", "Timestamp", "TimestampPath", NULL
    };

    if (!wf_asl_only_one(asl, &state->at, state->value, names)) {
        return;
    }

    if (state->f.seconds || state->f.seconds_path) {
        state->node->u.wait.has_seconds = true;

        if (state->f.seconds_path) {
            state->asl->wait_path = state->f.seconds_path->u.string;
        }

        wf_asl_number(asl, state, &state->at, "Seconds", state->f.seconds,
                      state->f.seconds_path, &state->asl->seconds);
        return;
    }

    if (state->f.timestamp_path) {
        at = wf_asl_at(&state->at, "TimestampPath");
        state->asl->wait_path = state->f.timestamp_path->u.string;
        state->asl->timestamp = wf_asl_expr(asl, &at, state->f.timestamp_path,
                                            WF_EXPR_ASL_PATH);
        return;
    }

    if (state->f.timestamp) {
        timestamp_build(asl, state);
        return;
    }

    wf_asl_complain(asl, &state->at, "There should be one of the following "
                    "fields: [Seconds, SecondsPath, Timestamp, "
                    "TimestampPath]");
}


/* Error or Cause: constant, path, intrinsic function or expression; absent
 * is something else than empty. */
static void
text_build(wf_asl_front_t *asl, wf_asl_state_t *state, const char *name,
    const wf_value_t *value, const wf_value_t *path, wf_str_t *constant,
    wf_expr_t **expr)
{
    wf_str_t         text;
    const char      *spelling;
    wf_asl_place_t   at;

    spelling = name[0] == 'E' ? "ErrorPath" : "CausePath";

    if (value && path) {
        wf_asl_complain(asl, &state->at, "There should only be one of the "
                        "following fields: [%s, %s]", name, spelling);
        return;
    }

    if (path) {
        at = wf_asl_at(&state->at, spelling);
        *expr = wf_asl_expr(asl, &at, path, WF_EXPR_ASL_VALUE);
        return;
    }

    if (value == NULL) {
        return;
    }

    at = wf_asl_at(&state->at, name);

    if (state->asl->is_jsonata && wf_asl_is_expression(value, &text)) {
        *expr = wf_asl_expr(asl, &at, value, WF_EXPR_JSONATA);
        return;
    }

    *constant = wf_arena_copy(asl->front.arena, value->u.string);
    asl->failed |= constant->data == NULL;
}


void
wf_asl_fail(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    text_build(asl, state, "Error", state->f.error, state->f.error_path,
               &state->node->u.fail.error, &state->node->u.fail.error_expr);
    text_build(asl, state, "Cause", state->f.cause, state->f.cause_path,
               &state->node->u.fail.cause, &state->node->u.fail.cause_expr);
}


typedef struct {
    const wf_value_t  *condition;
    const wf_value_t  *next;
    const wf_value_t  *assign;
    const wf_value_t  *output;
    const wf_value_t  *comment;
} rule_t;

#define ROW(name, kind, language, required, slot)                             \
    { name, WF_ASL_##kind, WF_ASL_##language, required, 0, 0,                 \
      offsetof(rule_t, slot) }

static const wf_asl_row_t  jsonata_rows[] = {
    ROW("Condition", ANY, JSONATA, true, condition),
    ROW("Next", STRING, BOTH, true, next),
    ROW("Assign", OBJECT, BOTH, false, assign),
    ROW("Output", ANY, JSONATA, false, output),
    ROW("Comment", STRING, BOTH, false, comment)
};

#undef ROW


/* Condition: an expression, or a literal. */
static wf_expr_t *
condition_build(wf_asl_front_t *asl, const wf_asl_place_t *rule,
    const wf_value_t *value)
{
    wf_value_t      literal;
    wf_asl_place_t  at;

    at = wf_asl_at(rule, "Condition");

    if (value->type == WF_BOOL) {
        literal = (wf_value_t) {
            .type = WF_STRING,
            .mark = value->mark,
            .u.string = value->boolean ? wf_str("{%true%}")
                                       : wf_str("{%" "false%}")
        };

        return wf_asl_expr(asl, &at, &literal, WF_EXPR_JSONATA);
    }

    if (value->type != WF_STRING) {
        wf_asl_complain(asl, &at, "Expected value of type Boolean");
        return NULL;
    }

    return wf_asl_expr(asl, &at, value, WF_EXPR_JSONATA);
}


/* JSONPath: the rule but for what is not of the comparison. */
static wf_expr_t *
comparison_build(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, rule_t *rule)
{
    wf_expr_t  *expr;

    rule->next = wf_value_get(value, wf_str("Next"));
    rule->assign = wf_value_get(value, wf_str("Assign"));

    if (rule->next == NULL) {
        wf_asl_complain(asl, at, "These fields are required: [Next]");

    } else if (rule->next->type != WF_STRING) {
        wf_asl_complain(asl, at, "Expected value of type String");
        rule->next = NULL;
    }

    if (rule->assign && rule->assign->type != WF_OBJECT) {
        wf_asl_complain(asl, at, "Expected value of type Object");
        rule->assign = NULL;
    }

    if (wf_expr_choice(asl->front.arena, value, &expr, asl->err) != WF_OK) {
        wf_asl_complain_err(asl, at);
        return NULL;
    }

    return expr;
}


static void
rule_build(wf_asl_front_t *asl, wf_asl_state_t *state,
    const wf_asl_place_t *at, const wf_value_t *value,
    wf_alternative_t *alternative)
{
    bool            is_jsonata;
    rule_t          rule;
    wf_asl_place_t  here;

    is_jsonata = state->asl->is_jsonata;
    memset(&rule, 0, sizeof(rule));
    alternative->scope = WF_NONE;
    alternative->next = WF_NONE;

    if (value->type != WF_OBJECT) {
        wf_asl_complain(asl, at, "Expected value of type Object");
        return;
    }

    if (is_jsonata) {
        wf_asl_read(asl, at, value, jsonata_rows, wf_countof(jsonata_rows),
                    true, &rule);

        alternative->condition = rule.condition
                                 ? condition_build(asl, at, rule.condition)
                                 : NULL;

    } else {
        alternative->condition = comparison_build(asl, at, value, &rule);
    }

    if (rule.next) {
        here = wf_asl_at(at, "Next");
        wf_asl_link(asl, state, &here, rule.next, &alternative->next);
    }

    here = wf_asl_at(at, "Assign");
    alternative->assign = wf_asl_assign(asl, &here, rule.assign, is_jsonata);
    here = wf_asl_at(at, "Output");
    alternative->output = wf_asl_template(asl, &here, rule.output,
                                          is_jsonata);
}


void
wf_asl_choice(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    uint32_t           i, count;
    wf_asl_place_t     at, here;
    wf_alternative_t  *alternatives;

    if (state->f.choices == NULL) {
        if (wf_value_get(state->value, wf_str("Choices")) == NULL) {
            wf_asl_complain(asl, &state->at,
                            "These fields are required: [Choices]");
        }

        return;
    }

    count = state->f.choices->count;
    alternatives = wf_front_array(&asl->front, count + 1,
                                  sizeof(wf_alternative_t), asl->err);

    if (alternatives == NULL) {
        asl->failed = true;
        return;
    }

    at = wf_asl_at(&state->at, "Choices");

    for (i = 0; i < count; i++) {
        here = wf_asl_at_index(&at, i);
        rule_build(asl, state, &here, state->f.choices->u.items[i],
                   &alternatives[i]);
    }

    state->node->u.choice.alternatives = alternatives;
    state->node->u.choice.count = count;

    if (state->f.otherwise) {
        state->node->u.choice.count++;
        alternatives[count].scope = WF_NONE;
        here = wf_asl_at(&state->at, "Default");
        wf_asl_link(asl, state, &here, state->f.otherwise,
                    &alternatives[count].next);
    }
}
