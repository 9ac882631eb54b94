
/*
 * What the actions of Step Functions share: arguments that they add, tokens of
 * their pages.  Their meaning is mostly that of CloudFlow's actions, which do
 * the work.
 */

#include "actions/sfn.h"

#include "base/digest.h"


#define PAGE_DEFAULT  100
#define CHECK_LEN     8             /* hexadecimal digits */


static wf_arg_t *
arg_make(wf_life_t *life, wf_arg_id_t id)
{
    wf_arg_t  *arg;

    for (arg = life->call->args.first; arg; arg = arg->next) {

        if (arg->id == id) {
            return arg;
        }
    }

    arg = wf_args_add(life->call->arena, &life->call->args, id);

    if (arg == NULL) {
        wf_life_no_memory(life);
    }

    return arg;
}


wf_rc_t
wf_sfn_arg(wf_life_t *life, wf_arg_id_t id, wf_str_t text)
{
    wf_arg_t  *arg;

    arg = arg_make(life, id);

    if (arg == NULL) {
        return WF_ERROR;
    }

    arg->text = text;

    return WF_OK;
}


wf_rc_t
wf_sfn_number(wf_life_t *life, wf_arg_id_t id, int64_t number)
{
    wf_arg_t  *arg;

    arg = arg_make(life, id);

    if (arg == NULL) {
        return WF_ERROR;
    }

    arg->number = number;

    return WF_OK;
}


/* Base64 of a checksum and the text. */
wf_str_t
wf_sfn_token(wf_arena_t *arena, wf_str_t text)
{
    unsigned  i;
    uint8_t   sum[CHECK_LEN / 2];
    uint32_t  crc;
    wf_buf_t  plain, token;

    crc = wf_crc32(text);

    for (i = 0; i < sizeof(sum); i++) {
        sum[i] = (uint8_t) (crc >> 8 * i);
    }

    wf_buf_init(&plain, arena, text.len + CHECK_LEN);
    wf_buf_init(&token, arena, 2 * text.len + 32);
    wf_hex_print(&plain, (wf_str_t) { sizeof(sum), sum });
    wf_buf_str(&plain, text);
    wf_base64_print(&token, wf_buf_done(&plain));

    return plain.failed || token.failed ? wf_str_none : wf_buf_done(&token);
}


/* WF_DECLINED: it is none of ours. */
static wf_rc_t
token_open(wf_arena_t *arena, wf_str_t token, wf_str_t *text)
{
    wf_rc_t   rc;
    wf_str_t  plain, inner, again;

    rc = wf_base64_parse(arena, token, &plain);

    if (rc != WF_OK) {
        return rc;
    }

    if (plain.len < CHECK_LEN) {
        return WF_DECLINED;
    }

    inner = (wf_str_t) { plain.len - CHECK_LEN, plain.data + CHECK_LEN };
    again = wf_sfn_token(arena, inner);

    if (again.data == NULL) {
        return WF_ERROR;
    }

    if (!wf_str_eq(again, token)) {
        return WF_DECLINED;
    }

    *text = inner;

    return WF_OK;
}


wf_rc_t
wf_sfn_page(wf_life_t *life)
{
    wf_str_t         text;
    const wf_arg_t  *token;

    token = wf_arg(life, PAGE_TOKEN);

    if (wf_arg(life, LIMIT)->number == 0
        && wf_sfn_number(life, WF_ARG_LIMIT, PAGE_DEFAULT) != WF_OK)
    {
        return WF_ERROR;
    }

    if (!token->present) {
        return WF_OK;
    }

    switch (token_open(life->call->arena, token->text, &text)) {

    case WF_OK:
        return wf_sfn_arg(life, WF_ARG_NEXT_TOKEN, text);

    case WF_DECLINED:
        wf_life_fail(life, WF_E_INVALID_TOKEN, wf_str_none, wf_str_none);
        return WF_ERROR;

    default:
        wf_life_no_memory(life);
        return WF_ERROR;
    }
}


void
wf_sfn_done(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    life->call->reply.kind = WF_REPLY_EMPTY;
    wf_life_done(life);
}
