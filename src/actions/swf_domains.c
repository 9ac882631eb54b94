
/*
 * RegisterDomain, DescribeDomain, DeprecateDomain, UndeprecateDomain (swf 4).
 * A domain is a flow that has no program of its own; what becomes of it stands
 * in its attributes.
 */

#include "actions/sfn_machine.h"
#include "actions/sfn_notes.h"
#include "actions/swf_types.h"


#define LOOKS_MAX   5               /* at a domain that others change */
#define DEFINITION  "{\"Decider\":\"SWF\"}"


/* data == NULL: no memory.  retention: JSON text. */
static wf_str_t
attributes_print(wf_life_t *life, const wf_swf_domain_state_t *domain)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, life->call->arena, 128);
    wf_buf_text(&buf, "{\"retention\":");
    wf_buf_str(&buf, domain->retention);
    wf_buf_text(&buf, ",\"deprecatedMs\":");
    wf_buf_int(&buf, domain->deprecated_ms);
    wf_buf_text(&buf, ",\"typesMs\":");
    wf_buf_int(&buf, domain->types_ms);
    wf_buf_byte(&buf, '}');

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


static void
answer(wf_life_t *life, const wf_flow_t *flow)
{
    wf_reply_t       *reply;
    wf_flow_view_t   *view;
    wf_swf_domain_state_t   domain;

    view = wf_arena_alloc(life->call->arena, sizeof(wf_flow_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_swf_domain_read(flow, &domain);
    wf_flow_view(view, flow);
    view->is_deprecated = domain.deprecated_ms != 0;
    reply = &life->call->reply;
    reply->kind = WF_REPLY_FLOW;
    reply->count = 1;
    reply->u.flows = view;
    wf_life_done(life);
}


/*
 * Register
 */

static void
registered(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    life->after = NULL;

    if (answer->kind == WF_SAY_ERROR) {
        *life->call->err = answer->err;
        wf_life_failed(life);
        return;
    }

    wf_sfn_done(life, now_ms);
}


/* Digits, or NONE: as JSON it needs quotes alone.  data == NULL: no memory. */
static wf_str_t
retention_print(wf_life_t *life)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, life->call->arena, 16);
    wf_buf_byte(&buf, '"');
    wf_buf_str(&buf, wf_arg(life, RETENTION)->text);
    wf_buf_byte(&buf, '"');

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


void
wf_action_swf_domain_register(wf_life_t *life, int64_t now_ms)
{
    wf_flow_t        *flow;
    wf_submit_t      *submit;
    wf_swf_domain_state_t   domain;

    domain = (wf_swf_domain_state_t) { .retention = retention_print(life) };
    submit = wf_sfn_submit(life, WF_SUBMIT_FLOW_CREATE);

    if (submit == NULL) {
        return;
    }

    flow = submit->flow;
    flow->name = wf_arg(life, FLOW)->text;
    flow->definition = wf_str(DEFINITION);
    flow->description = wf_arg(life, DESCRIPTION)->text;
    flow->type = wf_str("SWF");
    flow->attributes = attributes_print(life, &domain);
    flow->created_ms = now_ms;
    flow->modified_ms = now_ms;

    if (domain.retention.data == NULL || flow->attributes.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (wf_sfn_tags_new(life, flow->name, &submit->tags) == WF_OK) {
        life->after = registered;
        wf_life_submit(life, now_ms);
    }
}


/*
 * Describe
 */

static void
describe(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    answer(life, &life->revision->flow);
}


void
wf_action_swf_domain_describe(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, describe, now_ms);
}


/*
 * Deprecate and undeprecate
 */

static void
changed(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    life->after = NULL;

    if (answer->kind != WF_SAY_ERROR) {
        wf_sfn_done(life, now_ms);
        return;
    }

    if (answer->err.code == WF_E_CONCURRENT_UPDATE
        && life->look_count++ < LOOKS_MAX)
    {
        life->call->action->begin(life, now_ms);
        return;
    }

    *life->call->err = answer->err;
    wf_life_failed(life);
}


static void
change(wf_life_t *life, const wf_swf_domain_state_t *domain, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = wf_sfn_submit(life, WF_SUBMIT_FLOW_UPDATE);

    if (submit == NULL) {
        return;
    }

    *submit->flow = life->revision->flow;
    submit->flow->attributes = attributes_print(life, domain);
    submit->flow->modified_ms = now_ms;

    if (submit->flow->attributes.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    life->after = changed;
    wf_life_submit(life, now_ms);
}


static void
deprecate(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain_state_t  domain;

    wf_swf_domain_read(&life->revision->flow, &domain);

    if (domain.deprecated_ms != 0) {
        wf_life_fail(life, WF_E_DOMAIN_DEPRECATED, wf_arg(life, DOMAIN)->text,
                     wf_str_none);
        return;
    }

    domain.deprecated_ms = now_ms;
    domain.types_ms = wf_max(now_ms, domain.types_ms);
    change(life, &domain, now_ms);
}


void
wf_action_swf_domain_deprecate(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, deprecate, now_ms);
}


/* Its types stay as they are. */
static void
undeprecate(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain_state_t  domain;

    wf_swf_domain_read(&life->revision->flow, &domain);

    if (domain.deprecated_ms == 0) {
        wf_life_fail(life, WF_E_FLOW_EXISTS, wf_arg(life, DOMAIN)->text,
                     wf_str_none);
        return;
    }

    domain.deprecated_ms = 0;
    change(life, &domain, now_ms);
}


void
wf_action_swf_domain_undeprecate(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, undeprecate, now_ms);
}
