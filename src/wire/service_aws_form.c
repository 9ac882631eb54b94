
/*
 * Forms and queries of HTTP tasks: values as "name=value" pairs, escaped, with
 * lists and objects in the ways that are in use.
 */

#include "wire/service_aws_http.h"

#include "base/json.h"


#define OPEN   "%5B"
#define CLOSE  "%5D"


static void put_value(wf_form_t *form, wf_str_t name,
    const wf_value_t *value);


void
wf_form_init(wf_form_t *form, wf_service_sheet_t *sheet, uint8_t arrays)
{
    form->sheet = sheet;
    form->arrays = arrays;
    wf_buf_init(&form->text, sheet->arena, 256);
}


/* name is escaped. */
static void
put_name(wf_form_t *form, wf_str_t name)
{
    if (form->text.len > 0) {
        wf_buf_byte(&form->text, '&');
    }

    wf_buf_str(&form->text, name);
    wf_buf_byte(&form->text, '=');
}


static wf_str_t
text_of(wf_form_t *form, const wf_value_t *value)
{
    return value->type == WF_NULL
           ? wf_str("") : wf_service_segment(form->sheet,
                              wf_service_raw(form->sheet, value));
}


/* "name[part]" */
static wf_str_t
name_of(wf_form_t *form, wf_str_t name, wf_str_t part)
{
    wf_str_t  parts[4];

    parts[0] = name;
    parts[1] = wf_str(OPEN);
    parts[2] = part;
    parts[3] = wf_str(CLOSE);

    return wf_service_join(form->sheet, parts, 4);
}


static void
put_commas(wf_form_t *form, wf_str_t name, const wf_value_t *list)
{
    uint32_t  i;

    put_name(form, name);

    for (i = 0; i < list->count; i++) {
        wf_buf_str(&form->text, i ? wf_str(",") : wf_str(""));
        wf_buf_str(&form->text, text_of(form, list->u.items[i]));
    }
}


static void
put_list(wf_form_t *form, wf_str_t name, const wf_value_t *list)
{
    uint32_t  i;
    wf_buf_t  number;
    wf_str_t  item;

    if (form->arrays == WF_FORM_COMMAS) {
        put_commas(form, name, list);
        return;
    }

    for (i = 0; i < list->count && !form->sheet->failed; i++) {
        wf_buf_init(&number, form->sheet->arena, 16);

        if (form->arrays == WF_FORM_INDICES) {
            wf_buf_uint(&number, i);
        }

        form->sheet->failed |= number.failed;
        item = form->arrays == WF_FORM_REPEAT
               ? name : name_of(form, name, wf_buf_done(&number));
        put_value(form, item, list->u.items[i]);
    }
}


/* As deep as JSON may be. */
static void
put_value(wf_form_t *form, wf_str_t name, const wf_value_t *value)
{
    uint32_t            i;
    const wf_member_t  *member;

    if (value->type == WF_ARRAY) {
        put_list(form, name, value);
        return;
    }

    if (value->type != WF_OBJECT) {
        put_name(form, name);
        wf_buf_str(&form->text, text_of(form, value));
        return;
    }

    for (i = 0; i < value->count && !form->sheet->failed; i++) {
        member = &value->u.members[i];
        put_value(form, name_of(form, name,
                                wf_service_segment(form->sheet, member->key)),
                  member->value);
    }
}


void
wf_form_put(wf_form_t *form, wf_str_t name, const wf_value_t *value)
{
    put_value(form, wf_service_segment(form->sheet, name), value);
}


void
wf_form_put_text(wf_form_t *form, wf_str_t name, wf_str_t text)
{
    put_name(form, wf_service_segment(form->sheet, name));
    wf_buf_str(&form->text, wf_service_segment(form->sheet, text));
}


void
wf_form_put_raw(wf_form_t *form, wf_str_t text)
{
    if (text.len > 0) {
        if (form->text.len > 0) {
            wf_buf_byte(&form->text, '&');
        }

        wf_buf_str(&form->text, text);
    }
}


wf_str_t
wf_form_done(wf_form_t *form)
{
    form->sheet->failed |= form->text.failed;

    return wf_buf_done(&form->text);
}
