
/*
 * Values of events without the tokens in them.  A token is known by its seal,
 * so no list of those that were given is needed; values are immutable, so
 * only what leads to a token is built anew.
 */

#include "actions/redact.h"
#include "base/digest.h"


/* A seal alone is longer. */
#define TOKEN_LEN_MIN  24


typedef struct {
    wf_arena_t     *arena;
    const uint8_t  *key;
    bool            failed;
} redact_t;


static const wf_value_t *redact(redact_t *ctx, const wf_value_t *value);


static bool
is_token(const redact_t *ctx, wf_str_t text)
{
    wf_token_t  token;

    return text.len >= TOKEN_LEN_MIN && text.len <= WF_TOKEN_LEN_MAX
           && wf_token_open(ctx->key, text, &token) == WF_OK;
}


/* A copy of an array up to place i, or of an object. */
static wf_value_t *
container_begin(redact_t *ctx, const wf_value_t *value, uint32_t count)
{
    uint32_t     i;
    wf_value_t  *copy;

    copy = value->type == WF_ARRAY
           ? wf_value_array(ctx->arena, value->count)
           : wf_value_object(ctx->arena, value->count);

    for (i = 0; copy && i < count; i++) {

        if (value->type == WF_ARRAY
            ? wf_value_push(ctx->arena, copy, value->u.items[i])
            : wf_value_set(ctx->arena, copy, value->u.members[i].key,
                           value->u.members[i].value))
        {
            copy = NULL;
        }
    }

    ctx->failed |= copy == NULL;

    return copy;
}


static void
container_add(redact_t *ctx, wf_value_t *copy, const wf_value_t *value,
    uint32_t i, const wf_value_t *part)
{
    wf_rc_t  rc;

    rc = value->type == WF_ARRAY
         ? wf_value_push(ctx->arena, copy, (wf_value_t *) part)
         : wf_value_set(ctx->arena, copy, value->u.members[i].key,
                        (wf_value_t *) part);

    ctx->failed |= rc != WF_OK;
}


static const wf_value_t *
redact_parts(redact_t *ctx, const wf_value_t *value)
{
    uint32_t           i;
    wf_value_t        *copy;
    const wf_value_t  *part, *clean;

    copy = NULL;

    for (i = 0; i < value->count && !ctx->failed; i++) {
        part = value->type == WF_ARRAY ? value->u.items[i]
                                       : value->u.members[i].value;
        clean = redact(ctx, part);

        if (copy == NULL && clean != part) {
            copy = container_begin(ctx, value, i);
        }

        if (copy && !ctx->failed) {
            container_add(ctx, copy, value, i, clean);
        }
    }

    return copy ? copy : value;
}


static const wf_value_t *
redact(redact_t *ctx, const wf_value_t *value)
{
    wf_value_t  *text;

    if (value->type == WF_ARRAY || value->type == WF_OBJECT) {
        return redact_parts(ctx, value);
    }

    if (value->type != WF_STRING || !is_token(ctx, value->u.string)) {
        return value;
    }

    text = wf_value_string(ctx->arena, wf_str("<token>"));
    ctx->failed |= text == NULL;

    return text ? text : value;
}


wf_rc_t
wf_redact_event(wf_arena_t *arena, const uint8_t key[WF_TOKEN_KEY_LEN],
    wf_event_t *event)
{
    size_t             i;
    redact_t           ctx;
    const wf_value_t **values[3];

    ctx = (redact_t) { .arena = arena, .key = key };
    values[0] = &event->input;
    values[1] = &event->local;
    values[2] = &event->output;

    for (i = 0; i < wf_countof(values) && !ctx.failed; i++) {

        if (*values[i]) {
            *values[i] = redact(&ctx, *values[i]);
        }
    }

    return ctx.failed ? WF_ERROR : WF_OK;
}
