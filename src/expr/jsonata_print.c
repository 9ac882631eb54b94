
/*
 * JSONata: values as text, for $string() and for messages, and on their way
 * out as JSON values.
 */

#include <math.h>

#include "base/json.h"
#include "expr/jsonata_make.h"
#include "expr/jsonata_pic.h"


#define SAFE_INTEGER   9007199254740992.0
#define TEXT_FIRST     64
#define BRIEF_DEPTH    8        /* of a value quoted by a message */
#define BRIEF_BYTES    1024


typedef struct {
    jn_eval_t  *eval;
    wf_buf_t    buf;
    bool        pretty;
    unsigned    level;
} printer_t;


static bool print(printer_t *printer, jn_val_t value);


static bool
print_number(printer_t *printer, jn_val_t value)
{
    wf_str_t  text;

    if (value.u.number == floor(value.u.number)
        && fabs(value.u.number) < SAFE_INTEGER)
    {
        wf_buf_int(&printer->buf, (int64_t) value.u.number);
        return true;
    }

    if (isnan(value.u.number)) {
        wf_buf_text(&printer->buf, "null");
        return true;
    }

    if (isinf(value.u.number)) {
        (void) jn_fail_value(printer->eval, "D1001", value);
        return false;
    }

    if (wf_pic_number_text(printer->eval->arena, value.u.number, &text)
        != WF_OK)
    {
        (void) jn_fail_oom(printer->eval);
        return false;
    }

    wf_buf_str(&printer->buf, text);

    return true;
}


static void
line(printer_t *printer)
{
    unsigned  i;

    if (!printer->pretty) {
        return;
    }

    wf_buf_byte(&printer->buf, '\n');

    for (i = 0; i < printer->level; i++) {
        wf_buf_text(&printer->buf, "  ");
    }
}


/* Items or members between their brackets. */
static bool
print_inside(printer_t *printer, jn_val_t value)
{
    bool         array;
    uint32_t     i, count;
    jn_val_t     item;
    jn_member_t  member;

    array = value.type == JN_ARRAY;
    count = array ? value.len : jn_count(value);

    if (!jn_work(printer->eval, count)) {
        return false;
    }

    wf_buf_byte(&printer->buf, array ? '[' : '{');
    printer->level++;

    for (i = 0; i < count; i++) {
        if (i) {
            wf_buf_byte(&printer->buf, ',');
        }

        line(printer);

        if (array) {
            item = jn_item(value, i);

        } else {
            member = jn_member(value, i);
            item = member.value;
            wf_json_print_string(&printer->buf, member.key);
            wf_buf_byte(&printer->buf, ':');

            if (printer->pretty) {
                wf_buf_byte(&printer->buf, ' ');
            }
        }

        if (!print(printer, item)) {
            return false;
        }
    }

    printer->level--;

    if (count) {
        line(printer);
    }

    wf_buf_byte(&printer->buf, array ? ']' : '}');

    return true;
}


static bool
print(printer_t *printer, jn_val_t value)
{
    bool        done;
    jn_eval_t  *eval;

    eval = printer->eval;

    switch (value.type) {

    case JN_BOOL:
        if (value.u.boolean) {
            wf_buf_text(&printer->buf, "true");

        } else {
            wf_buf_text(&printer->buf, "false");
        }

        return true;

    case JN_NUMBER:
        return print_number(printer, value);

    case JN_STRING:
        wf_json_print_string(&printer->buf, jn_str(value));
        return jn_work(eval, value.len / 16);

    case JN_FUNCTION:
        wf_buf_text(&printer->buf, "\"\"");
        return true;

    case JN_ARRAY:
    case JN_OBJECT:
        if (!jn_enter(eval)) {
            return false;
        }

        done = print_inside(printer, value);
        jn_leave(eval);
        return done && jn_work(eval, 1);

    default:
        wf_buf_text(&printer->buf, "null");
        return true;
    }
}


jn_val_t
jn_text(jn_eval_t *eval, jn_val_t value, bool pretty)
{
    printer_t  printer;

    if (value.type == JN_STRING || value.type == JN_NONE) {
        return value;
    }

    if (value.type == JN_FUNCTION) {
        return jn_string(wf_str(""));
    }

    if (value.type == JN_NUMBER && !isfinite(value.u.number)) {
        return jn_fail_value(eval, "D3001", value);
    }

    if (value.type == JN_ARRAY && (value.flags & JN_OUTER)) {
        value = jn_item(value, 0);
    }

    printer.eval = eval;
    printer.pretty = pretty;
    printer.level = 0;
    wf_buf_init(&printer.buf, eval->arena, TEXT_FIRST);

    if (!print(&printer, value)) {
        return jn_failed;
    }

    return jn_give(eval, &printer.buf);
}


jn_val_t
jn_give(jn_eval_t *eval, const wf_buf_t *buf)
{
    if (buf->failed || buf->len > UINT32_MAX) {
        return jn_fail_oom(eval);
    }

    eval->bytes += buf->size;

    if (eval->bytes > eval->byte_max) {
        (void) jn_fail(eval, "D1014");
        eval->trouble.trouble = WF_JSONATA_LIMIT;
        return jn_failed;
    }

    if (!jn_work(eval, buf->len / 16)) {
        return jn_failed;
    }

    return jn_string(wf_buf_done(buf));
}


static void
brief(wf_buf_t *buf, jn_val_t value, unsigned level)
{
    bool         array;
    uint32_t     i, count;
    wf_value_t  *number;
    jn_member_t  member;

    if (value.type == JN_STRING) {
        wf_json_print_string(buf, jn_str(value));
        return;
    }

    if (value.type == JN_BOOL) {
        wf_buf_str(buf, value.u.boolean ? wf_str("true") : wf_str("false"));
        return;
    }

    if (value.type == JN_NUMBER && isfinite(value.u.number)) {
        number = wf_value_real(buf->arena, value.u.number);

        if (number != NULL) {
            wf_buf_str(buf, number->u.number.text);
        }

        return;
    }

    if (value.type != JN_ARRAY && value.type != JN_OBJECT) {
        wf_buf_str(buf, value.type == JN_FUNCTION ? wf_str("\"\"")
                                                  : wf_str("null"));
        return;
    }

    array = value.type == JN_ARRAY;
    count = array ? value.len : jn_count(value);
    wf_buf_byte(buf, array ? '[' : '{');

    for (i = 0; i < count; i++) {
        if (i) {
            wf_buf_byte(buf, ',');
        }

        if (level == BRIEF_DEPTH || buf->len > BRIEF_BYTES) {
            wf_buf_text(buf, "...");
            break;
        }

        if (array) {
            brief(buf, jn_item(value, i), level + 1);
            continue;
        }

        member = jn_member(value, i);
        wf_json_print_string(buf, member.key);
        wf_buf_byte(buf, ':');
        brief(buf, member.value, level + 1);
    }

    wf_buf_byte(buf, array ? ']' : '}');
}


void
jn_print_brief(wf_buf_t *buf, jn_val_t value)
{
    if (value.type == JN_NONE) {
        wf_buf_text(buf, "undefined");
        return;
    }

    brief(buf, value, 0);
}


/* A lone surrogate, kept as three bytes inside, has no UTF-8: U+FFFD. */
wf_str_t
jn_text_export(wf_arena_t *arena, wf_str_t text)
{
    size_t    i;
    uint8_t  *fixed;

    for (i = 0; i + 2 < text.len; i++) {
        if (text.data[i] == 0xed && text.data[i + 1] >= 0xa0) {
            break;
        }
    }

    if (i + 2 >= text.len) {
        return text;
    }

    fixed = wf_arena_alloc(arena, text.len);

    if (fixed == NULL) {
        return wf_str_none;
    }

    memcpy(fixed, text.data, text.len);

    for ( ; i + 2 < text.len; i++) {
        if (fixed[i] == 0xed && fixed[i + 1] >= 0xa0) {
            fixed[i] = 0xef;
            fixed[i + 1] = 0xbf;
            fixed[i + 2] = 0xbd;
        }
    }

    return (wf_str_t) { text.len, fixed };
}


static wf_value_t *
export_string(jn_eval_t *eval, wf_str_t text)
{
    wf_str_t  made;

    made = jn_text_export(eval->arena, text);

    return text.len && made.data == NULL ? NULL
                                         : wf_value_string(eval->arena, made);
}


static bool
export_inside(jn_eval_t *eval, jn_val_t value, wf_value_t **made)
{
    wf_rc_t       rc;
    uint32_t      i, count;
    wf_value_t   *item;
    jn_member_t   member;

    if (value.type == JN_ARRAY) {
        count = value.len;
        *made = wf_value_array(eval->arena, count);

    } else {
        count = jn_count(value);
        *made = wf_value_object(eval->arena, count);
    }

    if (!jn_work(eval, count)) {
        return false;
    }

    for (i = 0; *made != NULL && i < count; i++) {
        if (value.type == JN_ARRAY) {
            if (!jn_export(eval, jn_item(value, i), &item)) {
                return false;
            }

            rc = wf_value_push(eval->arena, *made, item);

        } else {
            member = jn_member(value, i);

            if (!jn_export(eval, member.value, &item)) {
                return false;
            }

            rc = wf_value_set(eval->arena, *made,
                              jn_text_export(eval->arena, member.key), item);
        }

        if (rc != WF_OK) {
            *made = NULL;
        }
    }

    return true;
}


static bool
export_deep(jn_eval_t *eval, jn_val_t value, wf_value_t **made)
{
    bool  done;

    if (++eval->depth > WF_DEPTH_MAX) {
        (void) jn_fail(eval, "D1011");
        eval->trouble.trouble = WF_JSONATA_LIMIT;
        return false;
    }

    done = export_inside(eval, value, made);
    eval->depth--;

    return done;
}


/* eval->depth counts the levels of the result here: begin at 0. */
bool
jn_export(jn_eval_t *eval, jn_val_t value, wf_value_t **made)
{
    bool  done;

    done = true;

    if (value.flags & JN_JSON) {
        *made = (wf_value_t *) value.u.json;
        return true;
    }

    switch (value.type) {

    case JN_BOOL:
        *made = wf_value_bool(eval->arena, value.u.boolean);
        break;

    case JN_NUMBER:
        if (!isfinite(value.u.number)) {
            (void) jn_fail_value(eval, "D1001", value);
            return false;
        }

        *made = wf_value_real(eval->arena,
                              value.u.number == 0 ? 0 : value.u.number);
        break;

    case JN_STRING:
        *made = export_string(eval, jn_str(value));
        break;

    case JN_ARRAY:
    case JN_OBJECT:
        done = export_deep(eval, value, made);
        break;

    case JN_FUNCTION:
        (void) jn_fail(eval, "D1013");
        eval->trouble.trouble = WF_JSONATA_UNSUPPORTED;
        return false;

    default:
        *made = wf_value_null(eval->arena);
    }

    if (done && *made == NULL) {
        (void) jn_fail_oom(eval);
        return false;
    }

    return done;
}
