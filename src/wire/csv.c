
/*
 * CSV -> values.  One pass; bytes are anybody's, the caller has seen to it
 * that they are UTF-8.
 */

#include "wire/csv.h"


typedef struct {
    wf_arena_t  *arena;
    wf_str_t     text;
    size_t       at;
    uint8_t      delimiter;
    bool         failed;        /* no memory */
} csv_t;


/* In quotes; the closing one may be missing. */
static wf_str_t
quoted(csv_t *csv)
{
    uint8_t   c;
    wf_buf_t  buf;

    wf_buf_init(&buf, csv->arena, 32);
    csv->at++;

    while (csv->at < csv->text.len) {
        c = csv->text.data[csv->at++];

        if (c != '"') {
            wf_buf_byte(&buf, c);
            continue;
        }

        if (csv->at == csv->text.len || csv->text.data[csv->at] != '"') {
            break;
        }

        wf_buf_byte(&buf, '"');
        csv->at++;
    }

    csv->failed |= buf.failed;

    return wf_buf_done(&buf);
}


/* Up to the delimiter or the line's end, which is not taken. */
static wf_str_t
field(csv_t *csv)
{
    size_t    from;
    uint8_t   c;
    wf_str_t  text;

    from = csv->at;

    if (csv->at < csv->text.len && csv->text.data[csv->at] == '"') {
        text = quoted(csv);
        from = csv->at;

    } else {
        text = wf_str_none;
    }

    while (csv->at < csv->text.len) {
        c = csv->text.data[csv->at];

        if (c == csv->delimiter || c == '\n' || c == '\r') {
            break;
        }

        csv->at++;
    }

    return text.data ? text : (wf_str_t) { csv->at - from,
                                           csv->text.data + from };
}


static void
line_end(csv_t *csv)
{
    if (csv->at < csv->text.len && csv->text.data[csv->at] == '\r') {
        csv->at++;
    }

    if (csv->at < csv->text.len && csv->text.data[csv->at] == '\n') {
        csv->at++;
    }
}


/* The fields of a line; NULL: no memory. */
static wf_value_t *
row(csv_t *csv)
{
    wf_str_t     text;
    wf_value_t  *list;

    list = wf_value_array(csv->arena, 8);

    for ( ;; ) {
        text = field(csv);

        if (list == NULL
            || wf_value_push(csv->arena, list,
                             wf_value_string(csv->arena, text.len
                                                         ? text : wf_str("")))
               != WF_OK)
        {
            return NULL;
        }

        if (csv->at == csv->text.len
            || csv->text.data[csv->at] != csv->delimiter)
        {
            break;
        }

        csv->at++;
    }

    line_end(csv);

    return list;
}


static bool
is_empty(const wf_value_t *fields)
{
    return fields->count == 1 && fields->u.items[0]->u.string.len == 0;
}


static wf_value_t *
object_make(csv_t *csv, const wf_value_t *headers, const wf_value_t *fields)
{
    uint32_t     i;
    wf_value_t  *object, *value;

    object = wf_value_object(csv->arena, headers->count);

    for (i = 0; object && i < headers->count; i++) {
        value = i < fields->count ? fields->u.items[i]
                                  : wf_value_string(csv->arena, wf_str(""));

        if (wf_value_set(csv->arena, object, headers->u.items[i]->u.string,
                         value)
            != WF_OK)
        {
            return NULL;
        }
    }

    return object;
}


wf_value_t *
wf_csv_parse(wf_arena_t *arena, wf_str_t text, uint8_t delimiter,
    const wf_value_t *headers)
{
    csv_t        csv;
    wf_value_t  *list, *fields;

    csv = (csv_t) { arena, text, 0, delimiter, false };
    list = wf_value_array(arena, 16);

    /* the mark that some programs put in front */

    if (wf_str_starts(text, wf_str("\xef\xbb\xbf"))) {
        csv.at = 3;
    }

    while (list && csv.at < text.len) {
        fields = row(&csv);

        if (fields == NULL || csv.failed) {
            return NULL;
        }

        if (headers == NULL) {
            headers = fields;

        } else if (!is_empty(fields)
                   && wf_value_push(arena, list,
                                    object_make(&csv, headers, fields))
                      != WF_OK)
        {
            return NULL;
        }
    }

    return list;
}
