
/*
 * Tokens of pages: Base64 of a checksum and a text of ours.  The checksum is
 * against typing errors and other services' tokens; nothing hangs on it.
 */

#include "wire/aws_print.h"

#include "base/digest.h"


#define SFN_PAGE      100           /* asl 1 */
#define SWF_PAGE      1000          /* swf 3 */
#define SWF_LIFE_MS   (24ll * 3600 * 1000)      /* swf 7 */
#define CHECK_LEN     8             /* hexadecimal digits */


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


/* data == NULL: no memory. */
static wf_str_t
token_make(wf_arena_t *arena, wf_str_t text)
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


static void
token_print(wf_buf_t *buf, const char *name, wf_str_t text)
{
    wf_str_t  token;

    token = token_make(buf->arena, text);
    buf->failed |= token.data == NULL;
    wf_aws_string(buf, name, token);
}


void
wf_aws_next(wf_buf_t *buf, const wf_reply_t *reply)
{
    if (reply->next_token.len > 0) {
        token_print(buf, "nextToken", reply->next_token);
    }
}


/* OPERATION/MILLISECONDS/ and the text. */
void
wf_swf_next(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_buf_t  text;

    if (reply->next_token.len == 0) {
        return;
    }

    wf_buf_init(&text, buf->arena, reply->next_token.len + 64);
    wf_buf_str(&text, message->action);
    wf_buf_byte(&text, '/');
    wf_buf_int(&text, wf_aws_state(message)->now_ms);
    wf_buf_byte(&text, '/');
    wf_buf_str(&text, reply->next_token);
    buf->failed |= text.failed;
    token_print(buf, "nextPageToken", wf_buf_done(&text));
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

    if (plain.len <= CHECK_LEN) {
        return WF_DECLINED;
    }

    inner = (wf_str_t) { plain.len - CHECK_LEN, plain.data + CHECK_LEN };
    again = token_make(arena, inner);

    if (again.data == NULL) {
        return WF_ERROR;
    }

    if (!wf_str_eq(again, token)) {
        return WF_DECLINED;
    }

    *text = inner;

    return WF_OK;
}


static int64_t
number_of(wf_str_t text)
{
    size_t   i;
    int64_t  number;

    for (number = 0, i = 0; i < text.len && i < 18; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }

        number = 10 * number + text.data[i] - '0';
    }

    return number;
}


static wf_rc_t
limit_set(wf_message_t *message, wf_args_t *args, int64_t size,
    wf_error_t *err)
{
    wf_arg_t  *arg;

    for (arg = args->first; arg && arg->id != WF_ARG_LIMIT; arg = arg->next) {
        /* void */
    }

    if (arg == NULL) {
        arg = wf_args_add(message->arena, args, WF_ARG_LIMIT);
    }

    if (arg == NULL) {
        return no_memory(err);
    }

    arg->number += arg->number ? 0 : size;

    return WF_OK;
}


static wf_rc_t
next_add(wf_message_t *message, wf_args_t *args, wf_str_t text,
    wf_error_t *err)
{
    wf_arg_t  *arg;

    arg = wf_args_add(message->arena, args, WF_ARG_NEXT_TOKEN);

    if (arg == NULL) {
        return no_memory(err);
    }

    arg->text = text;
    arg->number = number_of(text);

    return WF_OK;
}


/* WF_DECLINED: there is none. */
static wf_rc_t
page_read(wf_message_t *message, wf_args_t *args, int64_t size,
    wf_str_t *text, wf_error_t *err)
{
    const wf_arg_t  *token;

    token = wf_args_get(args, WF_ARG_PAGE_TOKEN);

    if (limit_set(message, args, size, err) != WF_OK) {
        return WF_ERROR;
    }

    if (!token->present) {
        return WF_DECLINED;
    }

    switch (token_open(message->arena, token->text, text)) {

    case WF_OK:
        return WF_OK;

    case WF_DECLINED:
        wf_error_set(err, WF_E_INVALID_TOKEN, "Invalid token");
        return WF_ERROR;

    default:
        return no_memory(err);
    }
}


wf_rc_t
wf_aws_page(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_rc_t   rc;
    wf_str_t  text;

    rc = page_read(message, args, SFN_PAGE, &text, err);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : WF_ERROR;
    }

    return next_add(message, args, text, err);
}


/* What stands before the next '/', which goes, too; data == NULL: nothing. */
static wf_str_t
part_take(wf_str_t *text)
{
    wf_str_t        part;
    const uint8_t  *slash;

    slash = text->len ? memchr(text->data, '/', text->len) : NULL;

    if (slash == NULL) {
        return wf_str_none;
    }

    part = (wf_str_t) { (size_t) (slash - text->data), text->data };
    text->len -= part.len + 1;
    text->data = slash + 1;

    return part;
}


wf_rc_t
wf_swf_page(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_rc_t   rc;
    int64_t   age;
    wf_str_t  text, action, issued;

    rc = page_read(message, args, SWF_PAGE, &text, err);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : WF_ERROR;
    }

    action = part_take(&text);
    issued = part_take(&text);

    if (issued.data == NULL || !wf_str_eq(action, message->action)) {
        wf_error_set(err, WF_E_INVALID_TOKEN, "Invalid token");
        return WF_ERROR;
    }

    age = wf_aws_state(message)->now_ms - number_of(issued);

    if (age > SWF_LIFE_MS) {
        wf_error_set(err, WF_E_VALIDATION, "Specified token has exceeded its "
                     "maximum lifetime");
        return WF_ERROR;
    }

    return next_add(message, args, text, err);
}
