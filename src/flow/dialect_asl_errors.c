
/*
 * Retry and Catch of the Amazon States Language (asl 11).
 */

#include "flow/dialect_asl_data.h"

#include "base/limits.h"


typedef struct {
    const wf_value_t  *errors;
    const wf_value_t  *interval;
    const wf_value_t  *attempts;
    const wf_value_t  *rate;
    const wf_value_t  *delay_max;
    const wf_value_t  *jitter;
    const wf_value_t  *next;
    const wf_value_t  *result_path;
    const wf_value_t  *output;
    const wf_value_t  *assign;
    const wf_value_t  *comment;
} rule_t;

#define ROW(name, kind, language, required, min, max, slot)                   \
    { name, WF_ASL_##kind, WF_ASL_##language, required, min, max,             \
      offsetof(rule_t, slot) }
#define ERRORS   ROW("ErrorEquals", LIST, BOTH, true, 1, 0, errors)
#define COMMENT  ROW("Comment", STRING, BOTH, false, 0, 0, comment)

static const wf_asl_row_t  retry_rows[] = {
    ERRORS,
    ROW("IntervalSeconds", INT, BOTH, false, 1, WF_SECONDS_ASL_MAX, interval),
    ROW("MaxAttempts", INT, BOTH, false, 0, WF_SECONDS_ASL_MAX, attempts),
    ROW("BackoffRate", NUMBER, BOTH, false, 1, 1e9, rate),
    ROW("MaxDelaySeconds", INT, BOTH, false, 1, WF_MAX_DELAY_ASL_MAX - 1,
        delay_max),
    ROW("JitterStrategy", STRING, BOTH, false, 0, 0, jitter),
    COMMENT
};

static const wf_asl_row_t  catch_rows[] = {
    ERRORS,
    ROW("Next", STRING, BOTH, true, 0, 0, next),
    ROW("ResultPath", PATH, JSONPATH, false, 0, 0, result_path),
    ROW("Output", ANY, JSONATA, false, 0, 0, output),
    ROW("Assign", OBJECT, BOTH, false, 0, 0, assign),
    COMMENT
};

#undef ROW
#undef ERRORS
#undef COMMENT


/* States.ALL alone, and only in the last rule. */
static void
errors_build(wf_asl_front_t *asl, const wf_asl_place_t *rule,
    const wf_value_t *list, bool is_last, wf_str_t **errors, uint32_t *count)
{
    uint32_t           i;
    wf_asl_place_t     at, here;
    const wf_value_t  *item;

    *errors = wf_front_array(&asl->front, list->count, sizeof(wf_str_t),
                             asl->err);
    if (*errors == NULL) {
        asl->failed = true;
        return;
    }

    at = wf_asl_at(rule, "ErrorEquals");

    for (i = 0; i < list->count; i++) {
        item = list->u.items[i];
        here = wf_asl_at_index(&at, i);

        if (item->type != WF_STRING) {
            wf_asl_complain(asl, &here, "Expected value of type String");
            continue;
        }

        if (wf_str_eq(item->u.string, wf_str("States.ALL"))
            && (list->count > 1 || !is_last))
        {
            wf_asl_complain(asl, &here,
                            "States.ALL must appear alone and at end of list");
        }

        (*errors)[(*count)++] = item->u.string;
    }
}


static double
number_of(const wf_value_t *value, double otherwise)
{
    return value && value->type == WF_NUMBER ? value->u.number.real
                                             : otherwise;
}


static void
jitter_build(wf_asl_front_t *asl, const wf_asl_place_t *rule,
    const wf_value_t *value, wf_retrier_t *retrier)
{
    wf_asl_place_t  at;

    if (value == NULL || wf_str_eq(value->u.string, wf_str("NONE"))) {
        return;
    }

    if (wf_str_eq(value->u.string, wf_str("FULL"))) {
        retrier->is_jittered = true;
        return;
    }

    at = wf_asl_at(rule, "JitterStrategy");
    wf_asl_complain(asl, &at, "The field 'JitterStrategy' should have one of "
                    "these values: [FULL, NONE]");
}


static void
retrier_build(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *value, bool is_last, bool is_jsonata,
    wf_retrier_t *retrier)
{
    rule_t          rule;
    double          interval, max;
    wf_asl_place_t  here;

    memset(&rule, 0, sizeof(rule));

    if (!wf_asl_read(asl, at, value, retry_rows, wf_countof(retry_rows),
                     is_jsonata, &rule))
    {
        return;
    }

    if (rule.errors) {
        errors_build(asl, at, rule.errors, is_last, &retrier->errors,
                     &retrier->error_count);
    }

    interval = number_of(rule.interval, 1);
    max = number_of(rule.delay_max, 0);

    if (rule.delay_max && max <= interval) {
        here = wf_asl_at(at, "MaxDelaySeconds");
        wf_asl_complain(asl, &here, "MaxDelaySeconds must be greater than "
                        "IntervalSeconds");
    }

    retrier->interval_ms = (uint64_t) interval * 1000;
    retrier->max_interval_ms = rule.delay_max ? (uint64_t) max * 1000
                                              : WF_EXECUTION_MS_MAX;
    retrier->max_attempts = (uint32_t) number_of(rule.attempts, 3);
    retrier->multiplier = number_of(rule.rate, 2.0);
    jitter_build(asl, at, rule.jitter, retrier);
}


static void
catcher_build(wf_asl_front_t *asl, const wf_asl_state_t *state,
    const wf_asl_place_t *at, const wf_value_t *value, bool is_last,
    wf_catcher_t *catcher)
{
    bool             is_jsonata;
    rule_t           rule;
    wf_asl_place_t   here;
    wf_asl_catch_t  *own;

    is_jsonata = state->asl->is_jsonata;
    catcher->next = WF_NONE;
    own = wf_front_array(&asl->front, 1, sizeof(wf_asl_catch_t), asl->err);
    memset(&rule, 0, sizeof(rule));

    if (own == NULL) {
        asl->failed = true;
        return;
    }

    catcher->asl = own;

    if (!wf_asl_read(asl, at, value, catch_rows, wf_countof(catch_rows),
                     is_jsonata, &rule))
    {
        return;
    }

    if (rule.errors) {
        errors_build(asl, at, rule.errors, is_last, &catcher->errors,
                     &catcher->error_count);
    }

    if (rule.next) {
        here = wf_asl_at(at, "Next");
        wf_asl_link(asl, state, &here, rule.next, &catcher->next);
    }

    here = wf_asl_at(at, "ResultPath");
    wf_asl_path(asl, &here, rule.result_path, WF_EXPR_ASL_REFERENCE,
                &own->result_path);
    here = wf_asl_at(at, "Output");
    own->output = wf_asl_template(asl, &here, rule.output, is_jsonata);
    here = wf_asl_at(at, "Assign");
    own->assign = wf_asl_assign(asl, &here, rule.assign, is_jsonata);
}


void
wf_asl_errors(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    uint32_t           i;
    wf_asl_place_t     at, here;
    const wf_value_t  *list;

    list = state->f.retry;

    if (list) {
        asl->failed |= wf_front_retriers(&asl->front, state->node,
                                         list->count, asl->err) != WF_OK;
        at = wf_asl_at(&state->at, "Retry");

        for (i = 0; i < list->count && !asl->failed; i++) {
            here = wf_asl_at_index(&at, i);
            retrier_build(asl, &here, list->u.items[i], i == list->count - 1,
                          state->asl->is_jsonata, &state->node->retriers[i]);
        }
    }

    list = state->f.catch;

    if (list) {
        asl->failed |= wf_front_catchers(&asl->front, state->node,
                                         list->count, asl->err) != WF_OK;
        at = wf_asl_at(&state->at, "Catch");

        for (i = 0; i < list->count && !asl->failed; i++) {
            here = wf_asl_at_index(&at, i);
            catcher_build(asl, state, &here, list->u.items[i],
                          i == list->count - 1, &state->node->catchers[i]);
        }
    }
}
