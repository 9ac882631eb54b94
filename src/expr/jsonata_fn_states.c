
/*
 * JSONata: the functions that Step Functions adds, $random(), and $eval(),
 * which it takes away.  Randomness comes from the environment's state alone.
 */

#include <math.h>

#include "base/digest.h"
#include "base/json.h"
#include "expr/jsonata_fn.h"
#include "expr/jsonata_text.h"


#define UUID_LEN        36
#define HASH_TEXT_MAX   10000       /* characters, as States.Hash */
#define RANGE_MAX       1000        /* items, as States.ArrayRange */
#define PARSE_STEPS     8           /* bytes that are one step */


/* SplitMix64: one word of state, every state good. */
uint64_t
jn_random_next(uint64_t *state)
{
    uint64_t  z;

    z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;

    return z ^ z >> 31;
}


/* From 0 on, below 1. */
static jn_val_t
fraction(uint64_t random)
{
    return jn_number((double) (random >> 11) / 9007199254740992.0);
}


jn_val_t
jn_fn_random(jn_eval_t *eval, const jn_call_t *call)
{
    (void) call;
    return fraction(jn_random_next(&eval->env->random_state));
}


/* The same seed gives the same number. */
jn_val_t
jn_fn_random_seeded(jn_eval_t *eval, const jn_call_t *call)
{
    uint64_t  state;

    if (call->args[0].type != JN_NUMBER) {
        return jn_fn_random(eval, call);
    }

    memcpy(&state, &call->args[0].u.number, sizeof(state));

    return fraction(jn_random_next(&state));
}


/* Version 4, RFC 9562. */
jn_val_t
jn_fn_uuid(jn_eval_t *eval, const jn_call_t *call)
{
    int       i;
    uint8_t   bytes[16];
    uint64_t  half[2];
    wf_buf_t  buf;

    (void) call;

    half[0] = jn_random_next(&eval->env->random_state);
    half[1] = jn_random_next(&eval->env->random_state);

    for (i = 0; i < 16; i++) {
        bytes[i] = (uint8_t) (half[i / 8] >> (8 * (i % 8)));
    }

    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;

    wf_buf_init(&buf, eval->arena, UUID_LEN);

    for (i = 0; i < 16; i += 2) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            wf_buf_byte(&buf, '-');
        }

        wf_hex_print(&buf, (wf_str_t) { 2, &bytes[i] });
    }

    return jn_give(eval, &buf);
}


/* Stays an array even of a single part. */
jn_val_t
jn_fn_partition(jn_eval_t *eval, const jn_call_t *call)
{
    double     size;
    uint32_t   from, i, len;
    jn_val_t   array, part;
    jn_list_t  list;

    array = call->args[0];

    if (array.type != JN_ARRAY) {
        return jn_none;
    }

    size = call->args[1].type == JN_NUMBER ? call->args[1].u.number : 0;

    if (size < 1 || size != floor(size)) {
        return jn_fn_fail(eval, "D3150", call->args[1], 2);
    }

    jn_list_init(&list);

    for (from = 0; from < array.len; from += len) {
        len = array.len - from;
        len = size < len ? (uint32_t) size : len;
        part = (jn_val_t) { .type = JN_ARRAY, .len = len };
        part.u.items = jn_alloc(eval, len * sizeof(jn_val_t));

        if (part.u.items == NULL || !jn_list_push(eval, &list, part)) {
            return jn_failed;
        }

        for (i = 0; i < len; i++) {
            part.u.items[i] = jn_item(array, from + i);
        }
    }

    return jn_list_array(eval, &list, 0);
}


jn_val_t
jn_fn_range(jn_eval_t *eval, const jn_call_t *call)
{
    double     first, last, step, count;
    uint32_t   i;
    jn_list_t  list;

    if (call->args[0].type != JN_NUMBER || call->args[1].type != JN_NUMBER) {
        return jn_none;
    }

    first = call->args[0].u.number;
    last = call->args[1].u.number;
    step = call->args[2].type == JN_NUMBER ? call->args[2].u.number : 1;

    if (step == 0) {
        return jn_fn_fail(eval, "D3151", call->args[2], 3);
    }

    count = floor((last - first) / step) + 1;

    if (!(count <= RANGE_MAX)) {
        return jn_fn_fail(eval, "D3152", jn_number(count), 0);
    }

    jn_list_init(&list);

    for (i = 0; i < count; i++) {
        if (!jn_list_push(eval, &list, jn_number(first + i * step))) {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, JN_SEQ);
}


jn_val_t
jn_fn_hash(jn_eval_t *eval, const jn_call_t *call)
{
    size_t    len;
    uint8_t   digest[WF_DIGEST_LEN_MAX];
    unsigned  i;
    wf_buf_t  buf;
    jn_val_t  text, name;

    static const struct {
        wf_str_t     name;
        wf_digest_t  algorithm;
    } algorithms[] = {
        { wf_str_init("MD5"), WF_MD5 }, { wf_str_init("SHA-1"), WF_SHA1 },
        { wf_str_init("SHA-256"), WF_SHA256 },
        { wf_str_init("SHA-384"), WF_SHA384 },
        { wf_str_init("SHA-512"), WF_SHA512 }
    };

    text = call->args[0];
    name = call->args[1];

    if (text.type != JN_STRING || name.type != JN_STRING) {
        return jn_none;
    }

    if (jn_text_length(jn_str(text)) > HASH_TEXT_MAX) {
        return jn_fn_fail(eval, "D3154", jn_number(HASH_TEXT_MAX), 1);
    }

    for (i = 0; i < wf_countof(algorithms); i++) {
        if (wf_str_eq(algorithms[i].name, jn_str(name))) {
            break;
        }
    }

    if (i == wf_countof(algorithms)) {
        return jn_fn_fail(eval, "D3153", name, 2);
    }

    len = wf_digest(algorithms[i].algorithm, jn_str(text), digest);
    wf_buf_init(&buf, eval->arena, 2 * len);

    if (len == 0) {
        return jn_fail_oom(eval);
    }

    wf_hex_print(&buf, (wf_str_t) { len, digest });

    return jn_give(eval, &buf);
}


jn_val_t
jn_fn_parse(jn_eval_t *eval, const jn_call_t *call)
{
    jn_val_t     text;
    wf_error_t   err;
    wf_value_t  *value;

    text = call->args[0];

    if (text.type != JN_STRING) {
        return jn_none;
    }

    if (!jn_work(eval, text.len / PARSE_STEPS)) {
        return jn_failed;
    }

    if (wf_json_parse(eval->arena, jn_str(text), &value, &err) == WF_OK) {
        return jn_json(value);
    }

    return err.code == WF_E_INTERNAL ? jn_fail_oom(eval)
                                     : jn_fn_fail(eval, "D3155", text, 1);
}


/* An error about the text of $eval(): code with the inner message. */
static jn_val_t
nested(jn_eval_t *eval, const char *code, const jn_trouble_t *trouble,
    wf_str_t text)
{
    wf_jsonata_error_t  err;

    if (trouble->trouble != WF_JSONATA_RAISED) {
        eval->trouble = *trouble;
        return jn_failed;
    }

    jn_trouble_tell(eval->arena, trouble, text, &err);

    return jn_fail_value(eval, code, jn_string(err.message));
}


/* The names that the text sees are those around the call. */
jn_val_t
jn_fn_eval(jn_eval_t *eval, const jn_call_t *call)
{
    jn_val_t             result, input;
    jn_frame_t          *frame;
    jn_trouble_t         trouble;
    wf_jsonata_t        *inner;
    const wf_jsonata_t  *outer;

    if (call->args[0].type != JN_STRING) {
        return jn_none;
    }

    if (!jn_enter(eval)
        || !jn_work(eval, call->args[0].len))
    {
        return jn_failed;
    }

    inner = jn_compile_inner(eval, jn_str(call->args[0]),
                             call->node ? call->node->around : NULL,
                             &trouble);

    if (inner == NULL) {
        return nested(eval, "D3120", &trouble, jn_str(call->args[0]));
    }

    frame = call->node ? call->frame : NULL;

    if (!jn_globals(eval, inner, &eval->globals)
        || (inner->scope
            && (frame = jn_frame_create(eval, inner->scope, frame)) == NULL))
    {
        return jn_failed;
    }

    outer = eval->jsonata;
    eval->jsonata = inner;
    input = call->input;

    if (call->args[1].type != JN_NONE) {
        input = call->args[1];

        if (input.type == JN_ARRAY && !(input.flags & JN_SEQ)) {
            input = jn_array_of(eval, input, JN_SEQ | JN_OUTER);
        }
    }

    result = jn_bad(input) ? input : jn_eval(eval, inner->root, input, frame);
    eval->jsonata = outer;
    jn_leave(eval);

    if (jn_bad(result)) {
        trouble = eval->trouble;
        return nested(eval, "D3121", &trouble, jn_str(call->args[0]));
    }

    return result;
}
