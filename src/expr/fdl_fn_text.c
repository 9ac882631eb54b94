
/*
 * Functions over text (fdl.md 2.5): format, split, regular expressions, JSON
 * and base64 text, digests.  Table and checks are fdl_fn.c's.
 */

#define _GNU_SOURCE             /* memmem() */

#include "base/digest.h"
#include "base/json.h"
#include "expr/fdl_fn.h"
#include "expr/regex.h"


/* What it will take is known, and charged, before a byte is written. */
wf_rc_t
fdl_print_json(fdl_eval_t *eval, wf_buf_t *buf, const wf_value_t *value)
{
    if (fdl_weigh(eval, value, 0) != WF_OK
        || fdl_fn_charge(eval, wf_json_size(value)) != WF_OK)
    {
        return WF_ERROR;
    }

    wf_json_print(buf, value);

    return WF_OK;
}


/* Strings as they are, everything else as JSON text. */
static wf_rc_t
format_value(fdl_eval_t *eval, wf_buf_t *buf, const wf_value_t *value)
{
    if (value->type != WF_STRING) {
        return fdl_print_json(eval, buf, value);
    }

    if (fdl_weigh(eval, value, 0) != WF_OK) {
        return WF_ERROR;
    }

    wf_buf_str(buf, value->u.string);

    return WF_OK;
}


wf_rc_t
fdl_fn_format(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    size_t    i, start;
    uint32_t  used;
    wf_buf_t  buf;
    wf_str_t  text;

    if (fdl_fn_need(eval, call, 0, WF_STRING) != WF_OK) {
        return WF_ERROR;
    }

    text = fdl_fn_text(call, 0);
    wf_buf_init(&buf, eval->arena, text.len + 64);
    used = 1;
    start = 0;

    for (i = 0; i + 1 < text.len; i++) {
        if (text.data[i] != '{' || text.data[i + 1] != '}') {
            continue;
        }

        if (used == call->count) {
            return fdl_fn_fail(eval, call, "there are more {} than values");
        }

        wf_buf_append(&buf, text.data + start, i - start);

        if (format_value(eval, &buf, call->args[used++]) != WF_OK) {
            return WF_ERROR;
        }

        start = i + 2;
        i++;
    }

    if (used < call->count) {
        return fdl_fn_fail(eval, call, "there are more values than {}");
    }

    wf_buf_append(&buf, text.data + start, text.len - start);

    if (fdl_charge(eval, buf.len / FDL_MOVED_PER_STEP) != WF_OK) {
        return WF_ERROR;
    }

    return fdl_fn_give_buf(eval, &buf, value);
}


/* Where the separator begins next, or the end; an empty one: each character. */
static size_t
split_next(wf_str_t text, size_t from, wf_str_t separator)
{
    size_t          i;
    const uint8_t  *found;

    if (separator.len == 0) {
        for (i = from + 1; i < text.len && (text.data[i] & 0xc0) == 0x80; i++)
        {
            /* void */
        }

        return wf_min(i, text.len);
    }

    if (from == text.len) {
        return from;
    }

    found = memmem(text.data + from, text.len - from, separator.data,
                   separator.len);

    return found ? (size_t) (found - text.data) : text.len;
}


wf_rc_t
fdl_fn_split(fdl_eval_t *eval, const fdl_call_t *call, const wf_value_t **value)
{
    size_t       from, next;
    wf_str_t     text, separator;
    wf_value_t  *parts;

    if (fdl_fn_need_two(eval, call, WF_STRING) != WF_OK
        || fdl_fn_charge(eval, fdl_fn_text(call, 0).len) != WF_OK)
    {
        return WF_ERROR;
    }

    text = fdl_fn_text(call, 0);
    separator = fdl_fn_text(call, 1);
    parts = wf_value_array(eval->arena, 0);

    for (from = 0; ; from = next + separator.len) {
        next = split_next(text, from, separator);

        if (fdl_charge(eval, FDL_COST_MADE) != WF_OK
            || fdl_fn_push(eval, parts,
                    wf_value_string(eval->arena,
                                    (wf_str_t) { next - from,
                                                 text.data + from }))
               != WF_OK)
        {
            return WF_ERROR;
        }

        if (next == text.len) {
            return fdl_fn_give(eval, parts, value);
        }
    }
}


/* A constant pattern is compiled with the program, and refused there. */
wf_rc_t
fdl_fn_prepare_regex(fdl_parser_t *parser, fdl_node_t *node,
    const uint8_t *at)
{
    uint64_t           ignored;
    wf_regex_t        *regex;
    const wf_value_t  *pattern;

    if (node->args[0]->kind != FDL_CONSTANT) {
        return WF_OK;
    }

    pattern = node->args[0]->u.value;

    if (pattern->type != WF_STRING) {
        fdl_fail(parser, at, "the regular expression must be a string");
        return WF_ERROR;
    }

    ignored = 0;

    if (wf_regex_compile(parser->arena, pattern->u.string, &ignored, &regex,
                         parser->err)
        != WF_OK)
    {
        return fdl_wrap(parser, at);
    }

    node->u.call.prepared = regex;
    return WF_OK;
}


wf_rc_t
fdl_fn_regex_match(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    bool         matched;
    wf_meter_t  *meter;
    wf_regex_t  *regex;

    if (fdl_fn_need_two(eval, call, WF_STRING) != WF_OK) {
        return WF_ERROR;
    }

    meter = &eval->env->meter;
    regex = call->node->u.call.prepared;

    if ((regex == NULL
         && wf_regex_compile(eval->arena, fdl_fn_text(call, 0), &meter->steps,
                             &regex, eval->err)
            != WF_OK)
        || wf_regex_match(eval->arena, regex, fdl_fn_text(call, 1), meter,
                          &matched, eval->err)
           != WF_OK)
    {
        return fdl_fn_wrap(eval, call);
    }

    *value = fdl_bool(matched);
    return WF_OK;
}


/* At most so many values can stand in the text, and each is made. */
wf_rc_t
fdl_charge_json(fdl_eval_t *eval, wf_str_t text)
{
    size_t    i;
    uint64_t  values;

    values = 1;

    for (i = 0; i < text.len; i++) {
        values += text.data[i] == ',' || text.data[i] == '['
                  || text.data[i] == '{';
    }

    return fdl_charge(eval, FDL_COST_MADE * values + text.len / 2);
}


wf_rc_t
fdl_fn_string_to_json(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    wf_value_t  *parsed;

    if (fdl_fn_need(eval, call, 0, WF_STRING) != WF_OK
        || fdl_charge_json(eval, fdl_fn_text(call, 0)) != WF_OK)
    {
        return WF_ERROR;
    }

    if (wf_json_parse(eval->arena, fdl_fn_text(call, 0), &parsed,
                      eval->err)
        != WF_OK)
    {
        return fdl_fn_wrap(eval, call);
    }

    *value = parsed;
    return WF_OK;
}


wf_rc_t
fdl_fn_json_to_string(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, eval->arena, 0);

    if (fdl_print_json(eval, &buf, call->args[0]) != WF_OK) {
        return WF_ERROR;
    }

    return fdl_fn_give_buf(eval, &buf, value);
}


wf_rc_t
fdl_fn_to_base64(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    wf_buf_t  buf;

    if (fdl_fn_need(eval, call, 0, WF_STRING) != WF_OK
        || fdl_fn_charge(eval, fdl_fn_text(call, 0).len) != WF_OK)
    {
        return WF_ERROR;
    }

    wf_buf_init(&buf, eval->arena, 0);
    wf_base64_print(&buf, fdl_fn_text(call, 0));

    return fdl_fn_give_buf(eval, &buf, value);
}


/* The bytes must be a text: JSON has no others. */
wf_rc_t
fdl_fn_from_base64(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    wf_str_t  text, bytes;

    if (fdl_fn_need(eval, call, 0, WF_STRING) != WF_OK
        || fdl_fn_charge(eval, fdl_fn_text(call, 0).len) != WF_OK)
    {
        return WF_ERROR;
    }

    text = fdl_fn_text(call, 0);

    switch (wf_base64_parse(eval->arena, text, &bytes)) {

    case WF_OK:
        break;

    case WF_ERROR:
        return fdl_oom(eval->err);

    default:
        return fdl_fn_fail(eval, call, "the text is not base64");
    }

    if (!wf_utf8_valid(bytes)) {
        return fdl_fn_fail(eval, call, "the result is not valid UTF-8");
    }

    return fdl_fn_give_string(eval, bytes, value);
}


wf_rc_t
fdl_fn_hash(fdl_eval_t *eval, const fdl_call_t *call, const wf_value_t **value)
{
    size_t    len;
    uint8_t   digest[WF_DIGEST_LEN_MAX];
    unsigned  i;
    wf_buf_t  buf;

    static const struct {
        wf_str_t     name;
        wf_digest_t  algorithm;
    } algorithms[] = {
        { wf_str_init("MD5"),     WF_MD5 },
        { wf_str_init("SHA-1"),   WF_SHA1 },
        { wf_str_init("SHA-256"), WF_SHA256 },
        { wf_str_init("SHA-512"), WF_SHA512 }
    };

    if (fdl_fn_need_two(eval, call, WF_STRING) != WF_OK
        || fdl_fn_charge(eval, fdl_fn_text(call, 0).len) != WF_OK)
    {
        return WF_ERROR;
    }

    for (i = 0; i < wf_countof(algorithms); i++) {
        if (!wf_str_eq(algorithms[i].name, fdl_fn_text(call, 1))) {
            continue;
        }

        len = wf_digest(algorithms[i].algorithm, fdl_fn_text(call, 0),
                        digest);

        if (len == 0) {
            return fdl_fn_fail(eval, call, "the algorithm is not available");
        }

        wf_buf_init(&buf, eval->arena, 2 * len);
        wf_hex_print(&buf, (wf_str_t) { len, digest });

        return fdl_fn_give_buf(eval, &buf, value);
    }

    return fdl_fn_fail(eval, call, "the algorithm must be MD5, SHA-1, "
                       "SHA-256 or SHA-512");
}
