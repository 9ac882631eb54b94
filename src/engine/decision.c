
/*
 * A decider's answer as a whole (swf 6): the task is completed, its decisions
 * are carried out in order, then what they leave behind.  Owns what decisions
 * have in common; knows none of them.
 */

#include "engine/decision.h"


static const struct {
    wf_str_t      type;
    wf_str_t      attributes;
    wf_rc_t     (*decide)(wf_decider_t *decider, const wf_value_t *attributes);
    const char   *texts[2];
    const char   *pair;
} kinds[] = {
#define DECISION(type, attributes, decide, text, text2, pair)                 \
    { wf_str_init(type), wf_str_init(attributes), decide, { text, text2 },    \
      pair },
#include "engine/decisions.def"
#undef DECISION
};


void
wf_decision_id(wf_decider_t *decider, wf_sheet_t *sheet)
{
    wf_sheet_id(sheet, "decisionTaskCompletedEventId", decider->completed_id);
}


wf_rc_t
wf_decision_fail(wf_decider_t *decider, uint8_t type, wf_sheet_t *sheet,
    const char *cause)
{
    wf_sheet_text(sheet, "cause", wf_str_of(cause));
    wf_decision_id(decider, sheet);
    decider->has_failed = true;

    return wf_swf_emit(decider->run, type, sheet);
}


wf_rc_t
wf_decision_later(wf_decider_t *decider, wf_swf_item_t *item)
{
    wf_swf_after_t  *after;

    after = wf_arena_alloc(decider->run->scratch, sizeof(wf_swf_after_t));

    if (after == NULL) {
        return wf_run_out_of_memory(decider->run);
    }

    after->item = item;
    after->next = NULL;
    *decider->last_after = after;
    decider->last_after = &after->next;

    return WF_OK;
}


const wf_value_t *
wf_decision_type(wf_decider_t *decider, const char *kind, wf_str_t name,
    wf_str_t version, wf_rc_t *rc)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, decider->run->scratch, name.len + version.len + 3);
    wf_buf_byte(&buf, (uint8_t) kind[0]);
    wf_buf_byte(&buf, 1);
    wf_buf_str(&buf, name);
    wf_buf_byte(&buf, 1);
    wf_buf_str(&buf, version);

    if (buf.failed) {
        *rc = wf_run_out_of_memory(decider->run);
        return NULL;
    }

    return decider->types ? wf_value_get(decider->types, wf_buf_done(&buf))
                          : NULL;
}


bool
wf_decision_is_deprecated(const wf_value_t *type)
{
    return wf_str_eq(wf_swf_text(type, "status"), wf_str("DEPRECATED"));
}


/* An empty text is none. */
static const wf_value_t *
given(const wf_value_t *object, const char *name)
{
    const wf_value_t  *value;

    value = object && name ? wf_value_get(object, wf_str_of(name)) : NULL;

    return value && value->type == WF_STRING && value->u.string.len == 0
           ? NULL : value;
}


static const wf_value_t *
setting(const wf_setting_t *row, const wf_value_t *attributes,
    const wf_value_t *type)
{
    const wf_value_t  *value;

    value = given(attributes, row->name);

    return value ? value
                 : given(wf_swf_member(type, "defaults", WF_OBJECT),
                         row->fallback);
}


const char *
wf_decision_missing(const wf_setting_t *settings, const wf_value_t *attributes,
    const wf_value_t *type)
{
    for ( /* void */ ; settings->name; settings++) {
        if (settings->cause && !setting(settings, attributes, type)) {
            return settings->cause;
        }
    }

    return NULL;
}


void
wf_decision_settle(wf_sheet_t *sheet, const wf_setting_t *settings,
    const wf_value_t *attributes, const wf_value_t *type)
{
    for ( /* void */ ; settings->name; settings++) {
        wf_sheet_put(sheet, settings->name,
                     setting(settings, attributes, type));
    }
}


/* wf_countof(kinds): none. */
static size_t
kind_of(const wf_value_t *decision)
{
    size_t    i;
    wf_str_t  type;

    type = wf_swf_text(decision, "decisionType");

    for (i = 0; i < wf_countof(kinds); i++) {
        if (wf_str_eq(kinds[i].type, type)) {
            break;
        }
    }

    return i;
}


static const wf_value_t *
attributes_of(const wf_value_t *decision, size_t kind)
{
    const wf_value_t  *attributes;

    attributes = wf_value_get(decision, kinds[kind].attributes);

    return attributes ? attributes : &wf_event_empty;
}


/* Members that an applier would not take. */
static bool
are_sound(const wf_value_t *attributes)
{
    int64_t             limit_ms;
    uint32_t            i;
    const wf_member_t  *member;

    static const char  suffix[] = "Timeout";

    for (i = 0; i < attributes->count; i++) {
        member = &attributes->u.members[i];

        if (member->key.len > sizeof(suffix) - 1
            && memcmp(member->key.data + member->key.len
                      - (sizeof(suffix) - 1), suffix, sizeof(suffix) - 1) == 0
            && !wf_swf_limit_of(member->value, &limit_ms))
        {
            return false;
        }
    }

    return wf_value_get(attributes, wf_str("taskList")) == NULL
           || wf_swf_pair(attributes, "taskList", "name", NULL);
}


/* What the API's shapes let through is; nothing else gets into a history. */
static bool
is_sound(const wf_value_t *decision)
{
    size_t             i, kind;
    const wf_value_t  *attributes;

    kind = kind_of(decision);

    if (kind == wf_countof(kinds)) {
        return false;
    }

    attributes = attributes_of(decision, kind);

    if (attributes->type != WF_OBJECT || !are_sound(attributes)) {
        return false;
    }

    for (i = 0; i < wf_countof(kinds[kind].texts); i++) {
        if (kinds[kind].texts[i]
            && wf_swf_text(attributes, kinds[kind].texts[i]).len == 0)
        {
            return false;
        }
    }

    return kinds[kind].pair == NULL
           || wf_swf_pair(attributes, kinds[kind].pair, "name", "version");
}


static bool
is_sound_answer(const wf_value_t *value, const wf_value_t *decisions)
{
    uint32_t  i;

    for (i = 0; decisions && i < decisions->count; i++) {
        if (!is_sound(decisions->u.items[i])) {
            return false;
        }
    }

    return value == NULL || are_sound(value);
}


/* A closing decision is the last one. */
static wf_rc_t
decide_all(wf_decider_t *decider, const wf_value_t *list)
{
    size_t    kind;
    uint32_t  i;
    wf_rc_t   rc;

    for (i = 0; list && i < list->count
                && wf_run_goes_on(decider->run); i++)
    {
        kind = kind_of(list->u.items[i]);
        rc = kinds[kind].decide(decider,
                                attributes_of(list->u.items[i], kind));

        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


/* Whatever a decision left to be done, unless the run is over. */
static wf_rc_t
do_later(wf_decider_t *decider)
{
    wf_rc_t                rc;
    const wf_swf_after_t  *after;

    if (decider->run->exec->status != WF_STATUS_RUNNING) {
        return WF_OK;
    }

    rc = decider->has_failed ? wf_swf_schedule(decider->run) : WF_OK;

    for (after = decider->after; rc == WF_OK && after; after = after->next) {
        rc = after->item->kind == WF_SWF_LAMBDA
             ? wf_decision_call(decider, after->item)
             : wf_decision_canceled(decider, after->item);
    }

    return rc;
}


/* The next task may have been waiting for this one. */
static wf_rc_t
complete(wf_run_t *run)
{
    wf_rc_t               rc;
    wf_sheet_t            sheet;
    const wf_value_t     *value;
    const wf_swf_item_t  *item;

    static const char *const  context[] = { "executionContext", NULL };
    static const char *const  list[] = {
        "taskList", "taskListScheduleToStartTimeout", NULL
    };

    value = run->input->value;
    item = run->exec->swf->started;
    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, value, context);
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", item->started_id);
    wf_sheet_copy(&sheet, value, list);

    if (wf_swf_withdraw(run, item) != WF_OK) {
        return WF_ERROR;
    }

    rc = wf_swf_emit(run, WF_EVENT_SWF_DECISION_COMPLETED, &sheet);

    return rc == WF_OK && run->exec->swf->scheduled
           ? wf_swf_owe(run, run->exec->swf->scheduled) : rc;
}


wf_rc_t
wf_swf_decided(wf_run_t *run)
{
    wf_rc_t            rc;
    wf_decider_t       decider;
    const wf_value_t  *value, *decisions;

    value = run->input->value;
    decisions = wf_swf_member(value, "decisions", WF_ARRAY);

    if (!wf_swf_has_decision(run->exec, run->input->task)
        || !is_sound_answer(value, decisions))
    {
        return WF_DECLINED;
    }

    rc = complete(run);

    decider = (wf_decider_t) {
        .run = run,
        .completed_id = wf_swf_last_id(run),
        .types = wf_swf_member(value, "types", WF_OBJECT)
    };
    decider.last_after = &decider.after;

    if (rc == WF_OK) {
        rc = decide_all(&decider, decisions);
    }

    return rc == WF_OK ? do_later(&decider) : rc;
}
