
/*
 * Intrinsic functions over text (asl.md 8): format, split, JSON and base64
 * texts, digests.  Table and checks are asl_fn.c's.
 */

#include "base/digest.h"
#include "base/json.h"
#include "expr/asl_fn.h"


static wf_rc_t
format_value(asl_eval_t *asl, wf_buf_t *buf, const wf_value_t *value)
{
    size_t  before;

    if (fdl_weigh(&asl->eval, value, 0) != WF_OK) {
        return WF_ERROR;
    }

    before = buf->len;
    asl_java_print(buf, value);

    return fdl_charge(&asl->eval, (buf->len - before) / FDL_READ_PER_STEP);
}


/*
 * The template as it is written, escapes included: "\{" is a brace, "{}" is
 * where a value goes, a brace alone is a mistake.
 */
static wf_rc_t
format(asl_eval_t *asl, const asl_call_t *call, wf_str_t text, wf_buf_t *buf)
{
    size_t    i;
    uint32_t  used;

    for (i = 0, used = 1; i < text.len; i++) {
        if (text.data[i] == '\\' && i + 1 < text.len) {
            wf_buf_byte(buf, text.data[++i]);
            continue;
        }

        if (text.data[i] == '}') {
            return asl_fn_fail(asl, call, "matching '{' not found for '}'.");
        }

        if (text.data[i] != '{') {
            wf_buf_byte(buf, text.data[i]);
            continue;
        }

        if (++i == text.len || text.data[i] != '}') {
            return asl_fn_fail(asl, call, "matching '}' not found for '{'.");
        }

        if (used < call->count
            && format_value(asl, buf, call->args[used]) != WF_OK)
        {
            return WF_ERROR;
        }

        used++;
    }

    return used == call->count
           ? WF_OK
           : asl_fn_fail(asl, call, "number of arguments do not match the "
                         "occurrences of {}.");
}


wf_rc_t
asl_fn_format(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    wf_buf_t           buf;
    wf_str_t           text;
    const asl_node_t  *node;

    if (asl_fn_need(asl, call, 0, WF_STRING) != WF_OK) {
        return WF_ERROR;
    }

    node = call->node->args[0];
    text = node->kind == ASL_CONSTANT ? node->raw : call->args[0]->u.string;

    if (fdl_charge(&asl->eval, text.len / FDL_READ_PER_STEP) != WF_OK) {
        return WF_ERROR;
    }

    wf_buf_init(&buf, asl->eval.arena, text.len + 64);

    if (format(asl, call, text, &buf) != WF_OK) {
        return WF_ERROR;
    }

    return asl_fn_give_buf(asl, &buf, value);
}


/* Does the character stand among the separators? */
static bool
separates(wf_str_t separators, const uint8_t *ch, unsigned len)
{
    unsigned        size;
    const uint8_t  *p, *end;

    p = separators.data;
    end = p + separators.len;

    for ( ; p < end; p += size) {
        size = wf_utf8_step(p, end);

        if (size == len && memcmp(p, ch, len) == 0) {
            return true;
        }
    }

    return false;
}


static wf_rc_t
split_push(asl_eval_t *asl, wf_value_t *parts, const uint8_t *from,
    const uint8_t *end)
{
    wf_arena_t  *arena;

    if (from == end) {
        return WF_OK;
    }

    arena = asl->eval.arena;

    if (wf_value_push(arena, parts,
                      wf_value_string(arena, (wf_str_t) { end - from, from }))
        != WF_OK)
    {
        return fdl_oom(asl->eval.err);
    }

    return fdl_charge(&asl->eval, FDL_COST_MADE);
}


wf_rc_t
asl_fn_string_split(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    unsigned        size;
    wf_str_t        text, separators;
    wf_value_t     *parts;
    const uint8_t  *p, *from, *end;

    if (asl_fn_need(asl, call, 0, WF_STRING) != WF_OK
        || asl_fn_need(asl, call, 1, WF_STRING) != WF_OK)
    {
        return WF_ERROR;
    }

    text = call->args[0]->u.string;
    separators = call->args[1]->u.string;

    if (fdl_charge(&asl->eval, text.len * (1 + (uint64_t) separators.len) / 2)
        != WF_OK)
    {
        return WF_ERROR;
    }

    parts = wf_value_array(asl->eval.arena, 0);

    if (parts == NULL) {
        return fdl_oom(asl->eval.err);
    }

    from = text.data;
    end = from + text.len;

    for (p = from; p < end; p += size) {
        size = wf_utf8_step(p, end);

        if (!separates(separators, p, size)) {
            continue;
        }

        if (split_push(asl, parts, from, p) != WF_OK) {
            return WF_ERROR;
        }

        from = p + size;
    }

    return split_push(asl, parts, from, end) == WF_OK
           ? asl_fn_give(asl, parts, value) : WF_ERROR;
}


static bool
is_blank(wf_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (strchr(" \t\r\n", text.data[i]) == NULL || text.data[i] == '\0') {
            return false;
        }
    }

    return true;
}


/* Nothing gives null, "-0" gives 0: as Jackson reads them. */
wf_rc_t
asl_fn_string_to_json(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    wf_str_t     text;
    wf_error_t   err;
    wf_value_t  *parsed;

    static const wf_value_t  null = { .type = WF_NULL };

    if (asl_fn_need(asl, call, 0, WF_STRING) != WF_OK) {
        return WF_ERROR;
    }

    text = call->args[0]->u.string;

    if (fdl_charge_json(&asl->eval, text) != WF_OK) {
        return WF_ERROR;
    }

    if (is_blank(text)) {
        *value = &null;
        return WF_OK;
    }

    if (wf_json_parse(asl->eval.arena, text, &parsed, &err) != WF_OK) {
        return err.code == WF_E_INTERNAL ? fdl_oom(asl->eval.err)
                                         : asl_fn_fail(asl, call, err.arg[0]);
    }

    if (parsed->type == WF_NUMBER
        && wf_str_eq(parsed->u.number.text, wf_str("-0")))
    {
        parsed = wf_value_int(asl->eval.arena, 0);
    }

    return asl_fn_give(asl, parsed, value);
}


wf_rc_t
asl_fn_json_to_string(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, asl->eval.arena, 0);

    if (fdl_print_json(&asl->eval, &buf, call->args[0]) != WF_OK) {
        return WF_ERROR;
    }

    return asl_fn_give_buf(asl, &buf, value);
}


wf_rc_t
asl_fn_base64_encode(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    wf_buf_t  buf;
    wf_str_t  text;

    if (asl_fn_need_text(asl, call, 0, &text) != WF_OK) {
        return WF_ERROR;
    }

    wf_buf_init(&buf, asl->eval.arena, 0);
    wf_base64_print(&buf, text);

    return asl_fn_give_buf(asl, &buf, value);
}


/* Bytes as a text: what is no UTF-8 becomes U+FFFD, as in Java. */
static void
print_text(wf_buf_t *buf, wf_str_t bytes)
{
    unsigned        size;
    const uint8_t  *p, *end;

    p = bytes.data;
    end = p + bytes.len;

    while (p < end) {
        size = wf_utf8_step(p, end);

        if (size) {
            wf_buf_append(buf, p, size);
            p += size;

        } else {
            wf_buf_text(buf, "\xef\xbf\xbd");
            p++;
        }
    }
}


wf_rc_t
asl_fn_base64_decode(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    wf_rc_t   rc;
    wf_buf_t  buf, padded;
    wf_str_t  text, bytes;

    if (asl_fn_need_text(asl, call, 0, &text) != WF_OK) {
        return WF_ERROR;
    }

    /* Java takes texts without their padding, too. */

    wf_buf_init(&padded, asl->eval.arena, text.len + 2);
    wf_buf_str(&padded, text);

    while (padded.len % 4 && padded.len < text.len + 2) {
        wf_buf_byte(&padded, '=');

        if (padded.failed) {
            return fdl_oom(asl->eval.err);
        }
    }

    rc = wf_base64_parse(asl->eval.arena, wf_buf_done(&padded), &bytes);

    if (padded.failed || rc == WF_ERROR) {
        return fdl_oom(asl->eval.err);
    }

    if (rc == WF_DECLINED) {
        return asl_fn_fail(asl, call, "the text is not base64");
    }

    wf_buf_init(&buf, asl->eval.arena, bytes.len);
    print_text(&buf, bytes);

    return asl_fn_give_buf(asl, &buf, value);
}


wf_rc_t
asl_fn_hash(asl_eval_t *asl, const asl_call_t *call, const wf_value_t **value)
{
    size_t    len;
    uint8_t   digest[WF_DIGEST_LEN_MAX];
    unsigned  i;
    wf_buf_t  buf;
    wf_str_t  text;

    static const struct {
        wf_str_t     name;
        wf_digest_t  algorithm;
    } algorithms[] = {
        { wf_str_init("MD5"),     WF_MD5 },
        { wf_str_init("SHA-1"),   WF_SHA1 },
        { wf_str_init("SHA-256"), WF_SHA256 },
        { wf_str_init("SHA-384"), WF_SHA384 },
        { wf_str_init("SHA-512"), WF_SHA512 }
    };

    if (asl_fn_need_text(asl, call, 0, &text) != WF_OK
        || asl_fn_need(asl, call, 1, WF_STRING) != WF_OK)
    {
        return WF_ERROR;
    }

    for (i = 0; i < wf_countof(algorithms); i++) {
        if (wf_str_eq(algorithms[i].name, call->args[1]->u.string)) {
            break;
        }
    }

    if (i == wf_countof(algorithms)) {
        return asl_fn_fail(asl, call, "the algorithm must be MD5, SHA-1, "
                           "SHA-256, SHA-384 or SHA-512");
    }

    len = wf_digest(algorithms[i].algorithm, text, digest);

    if (len == 0) {
        return asl_fn_fail(asl, call, "the algorithm is not available");
    }

    wf_buf_init(&buf, asl->eval.arena, 2 * len);
    wf_hex_print(&buf, (wf_str_t) { len, digest });

    return asl_fn_give_buf(asl, &buf, value);
}
