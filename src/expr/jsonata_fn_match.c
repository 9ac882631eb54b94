
/*
 * JSONata: the functions over strings that look for something in them, by a
 * string, a regular expression or any function that answers like one.
 */

#include <math.h>

#include "expr/jsonata_fn.h"


#define GROUP_DIGITS_MAX  9
#define LIMIT_TURN        4294967296.0      /* JavaScript has 32 bits for it */


static bool replacement(jn_eval_t *eval, const jn_call_t *call,
    const jn_match_t *match, wf_buf_t *buf);


static jn_val_t
part(jn_val_t text, uint32_t from, uint32_t to)
{
    return jn_string((wf_str_t) { to - from, text.u.data + from });
}


/* A limit: infinity without one; negative ones are an error. */
static bool
limit_of(jn_eval_t *eval, jn_val_t arg, const char *code, uint32_t index,
    double *limit)
{
    *limit = INFINITY;

    if (arg.type != JN_NUMBER) {
        return true;
    }

    *limit = arg.u.number;

    if (*limit >= 0) {
        return true;
    }

    (void) jn_fn_fail(eval, code, arg, index);

    return false;
}


static jn_val_t
match_record(jn_eval_t *eval, const jn_match_t *match)
{
    jn_object_t  *object;

    object = jn_object_create(eval, 3);

    return object
           && jn_object_set(eval, object, wf_str("match"), match->text)
           && jn_object_set(eval, object, wf_str("index"), match->start)
           && jn_object_set(eval, object, wf_str("groups"), match->groups)
           ? jn_object(object) : jn_failed;
}


jn_val_t
jn_fn_match(jn_eval_t *eval, const jn_call_t *call)
{
    double      limit;
    jn_val_t    record, text;
    jn_list_t   list;
    jn_match_t  match;

    text = call->args[0];

    if (text.type != JN_STRING) {
        return jn_none;
    }

    if (!limit_of(eval, call->args[2], "D3040", 3, &limit)) {
        return jn_failed;
    }

    jn_list_init(&list);
    match.text = jn_none;

    if (limit > 0
        && !jn_match_first(eval, call, call->args[1], text, &match))
    {
        return jn_failed;
    }

    while (match.text.type != JN_NONE && list.count < limit) {
        record = match_record(eval, &match);

        if (jn_bad(record) || !jn_list_push(eval, &list, record)
            || !jn_match_next(eval, call, call->args[1], text, &match))
        {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, JN_SEQ);
}


jn_val_t
jn_fn_contains(jn_eval_t *eval, const jn_call_t *call)
{
    jn_val_t    text, token;
    jn_match_t  match;

    text = call->args[0];
    token = call->args[1];

    if (text.type != JN_STRING || token.type == JN_NONE) {
        return jn_none;
    }

    if (token.type == JN_STRING) {
        return jn_work(eval, text.len / 16)
               ? jn_bool(jn_text_find(jn_str(text), jn_str(token), 0) >= 0)
               : jn_failed;
    }

    return jn_match_first(eval, call, token, text, &match)
           ? jn_bool(match.text.type != JN_NONE) : jn_failed;
}


/* $replace() of a string by a string or, as it stands, anything. */
static jn_val_t
replace_string(jn_eval_t *eval, const jn_call_t *call, double limit)
{
    int64_t    at;
    double     count;
    size_t     from;
    wf_buf_t   buf;
    wf_str_t   text, pattern, by;

    text = jn_str(call->args[0]);
    pattern = jn_str(call->args[1]);
    by = call->args[2].type == JN_STRING ? jn_str(call->args[2])
                                         : wf_str("undefined");
    wf_buf_init(&buf, eval->arena, text.len);
    from = 0;

    for (count = 0; count < limit; count++) {
        at = jn_text_find(text, pattern, from);

        if (at < 0) {
            break;
        }

        if (!jn_work(eval, 1 + by.len / 8) || buf.len > eval->byte_max) {
            (void) jn_give(eval, &buf);
            return jn_failed;
        }

        wf_buf_append(&buf, text.data + from, (size_t) at - from);
        wf_buf_str(&buf, by);
        from = (size_t) at + pattern.len;
    }

    wf_buf_append(&buf, text.data + from, text.len - from);

    return jn_give(eval, &buf);
}


static jn_val_t
replace_matches(jn_eval_t *eval, const jn_call_t *call, double limit)
{
    double      count;
    wf_buf_t    buf;
    uint32_t    from;
    jn_val_t    text;
    jn_match_t  match;

    text = call->args[0];

    if (!jn_match_first(eval, call, call->args[1], text, &match)) {
        return jn_failed;
    }

    wf_buf_init(&buf, eval->arena, text.len);
    from = 0;

    for (count = 0; match.text.type != JN_NONE && count < limit; count++) {
        if (match.from >= from) {
            wf_buf_append(&buf, text.u.data + from, match.from - from);
        }

        if (!replacement(eval, call, &match, &buf)) {
            return jn_failed;
        }

        if (buf.len > eval->byte_max) {
            return jn_give(eval, &buf);
        }

        from = wf_min(match.from + match.text.len, text.len);

        if (!jn_match_next(eval, call, call->args[1], text, &match)) {
            return jn_failed;
        }
    }

    wf_buf_append(&buf, text.u.data + from, text.len - from);

    return jn_give(eval, &buf);
}


jn_val_t
jn_fn_replace(jn_eval_t *eval, const jn_call_t *call)
{
    double    limit;
    jn_val_t  pattern;

    pattern = call->args[1];

    if (call->args[0].type != JN_STRING) {
        return jn_none;
    }

    if (pattern.type == JN_STRING && pattern.len == 0) {
        return jn_fn_fail(eval, "D3010", pattern, 2);
    }

    if (!limit_of(eval, call->args[3], "D3011", 4, &limit)) {
        return jn_failed;
    }

    if (limit <= 0) {
        return call->args[0];
    }

    return pattern.type == JN_STRING ? replace_string(eval, call, limit)
                                     : replace_matches(eval, call, limit);
}


/* The number behind a $, of at most so many digits; -1: none is there. */
static int64_t
group_number(wf_str_t text, size_t pos, unsigned digits)
{
    int64_t   number;
    unsigned  i;

    number = -1;

    for (i = 0; i < digits && pos + i < text.len; i++) {
        if (text.data[pos + i] < '0' || text.data[pos + i] > '9') {
            break;
        }

        number = (number < 0 ? 0 : number * 10) + (text.data[pos + i] - '0');
    }

    return number;
}


static unsigned
digits_of(uint64_t number)
{
    unsigned  count;

    for (count = 1; number >= 10; number /= 10) {
        count++;
    }

    return count;
}


/* What stands for $N at pos; returns how many bytes of it were read. */
static size_t
substitute(wf_str_t by, size_t pos, const jn_match_t *match, wf_buf_t *buf)
{
    int64_t   number;
    jn_val_t  group;
    uint32_t  groups;
    unsigned  digits;

    groups = match->groups.type == JN_ARRAY ? match->groups.len : 0;
    digits = groups ? wf_min(digits_of(groups), GROUP_DIGITS_MAX) : 1;
    number = group_number(by, pos, digits);

    if (digits > 1 && number > groups) {
        number = group_number(by, pos, digits - 1);
    }

    if (number < 0) {
        wf_buf_byte(buf, '$');
        return 0;
    }

    if (number > 0 && number <= groups) {
        group = jn_item(match->groups, (uint32_t) number - 1);

        if (group.type == JN_STRING) {
            wf_buf_str(buf, jn_str(group));
        }
    }

    return digits_of((uint64_t) number);
}


static void
expand(wf_str_t by, const jn_match_t *match, wf_buf_t *buf)
{
    size_t  pos;

    for (pos = 0; pos < by.len; ) {
        if (by.data[pos] != '$') {
            wf_buf_byte(buf, by.data[pos++]);
            continue;
        }

        pos++;

        if (pos < by.len && by.data[pos] == '$') {
            wf_buf_byte(buf, '$');
            pos++;

        } else if (pos < by.len && by.data[pos] == '0') {
            wf_buf_str(buf, jn_str(match->text));
            pos++;

        } else {
            pos += substitute(by, pos, match, buf);
        }
    }
}


/* What comes in place of a match: a string with $N, or a function's. */
static bool
replacement(jn_eval_t *eval, const jn_call_t *call, const jn_match_t *match,
    wf_buf_t *buf)
{
    jn_val_t  answer, object;

    if (call->args[2].type == JN_STRING) {
        expand(jn_str(call->args[2]), match, buf);
        return jn_work(eval, 1 + call->args[2].len / 16);
    }

    object = jn_match_object(eval, match);

    if (jn_bad(object)) {
        return false;
    }

    answer = jn_normal(jn_fn_invoke(eval, call, call->args[2], &object, 1));

    if (jn_bad(answer)) {
        return false;
    }

    if (answer.type != JN_STRING) {
        (void) jn_fail_value(eval, "D3012", answer);
        return false;
    }

    wf_buf_str(buf, jn_str(answer));

    return true;
}


/* Each character, if the separator is empty. */
static jn_val_t
split_string(jn_eval_t *eval, jn_val_t text, wf_str_t separator, double limit)
{
    int64_t    at;
    uint32_t   from, to;
    jn_list_t  list;

    jn_list_init(&list);
    limit = isinf(limit) ? limit : fmod(floor(limit), LIMIT_TURN);
    from = 0;

    while (list.count < limit && (separator.len || from < text.len)) {
        at = separator.len
             ? jn_text_find(jn_str(text), separator, from)
             : from + jn_text_offset(jn_str(part(text, from, text.len)), 1);
        to = at < 0 ? text.len : (uint32_t) at;

        if (!jn_list_push(eval, &list, part(text, from, to))
            || !jn_work(eval, 1 + (to - from) / 16))
        {
            return jn_failed;
        }

        if (at < 0) {
            break;
        }

        from = to + (uint32_t) separator.len;
    }

    return jn_list_array(eval, &list, 0);
}


jn_val_t
jn_fn_split(jn_eval_t *eval, const jn_call_t *call)
{
    double      limit;
    uint32_t    from;
    jn_val_t    text;
    jn_list_t   list;
    jn_match_t  match;

    text = call->args[0];

    if (text.type != JN_STRING) {
        return jn_none;
    }

    if (!limit_of(eval, call->args[2], "D3020", 3, &limit)) {
        return jn_failed;
    }

    if (call->args[1].type == JN_STRING) {
        return split_string(eval, text, jn_str(call->args[1]), limit);
    }

    jn_list_init(&list);
    from = 0;

    if (limit > 0 && call->args[1].type == JN_FUNCTION) {
        if (!jn_match_first(eval, call, call->args[1], text, &match)) {
            return jn_failed;
        }

        while (match.text.type != JN_NONE && list.count < limit) {
            if (!jn_list_push(eval, &list,
                              part(text, from, wf_max(from, match.from))))
            {
                return jn_failed;
            }

            from = match.to;

            if (!jn_match_next(eval, call, call->args[1], text, &match)) {
                return jn_failed;
            }
        }
    }

    if (list.count < limit
        && !jn_list_push(eval, &list, part(text, from, text.len)))
    {
        return jn_failed;
    }

    return jn_list_array(eval, &list, 0);
}
