
/*
 * Services of AWS that take forms and answer XML (the query protocol): SNS and
 * its like.  Lists and maps of parameters become names with numbers.
 */

#include "wire/service_aws.h"

#include "base/json.h"
#include "wire/xml.h"

#include <stdio.h>


#define NAME_MAX  512           /* bytes of a parameter's whole name */


/* What is written: a form, and the name so far. */
typedef struct {
    wf_aws_call_t  *call;
    wf_buf_t        form;
    char            name[NAME_MAX];
    size_t          len;
    bool            is_too_long;
} form_t;


static void
put_pair(form_t *form, wf_str_t value)
{
    if (form->form.len) {
        wf_buf_byte(&form->form, '&');
    }

    wf_buf_append(&form->form, form->name, form->len);
    wf_buf_byte(&form->form, '=');
    wf_buf_str(&form->form, wf_service_segment(form->call->sheet, value));
}


static void
name_add(form_t *form, wf_str_t part)
{
    wf_str_t  text;

    text = wf_service_segment(form->call->sheet, part);

    if (form->len + text.len + 1 > NAME_MAX) {
        form->is_too_long = true;
        return;
    }

    if (form->len) {
        form->name[form->len++] = '.';
    }

    memcpy(form->name + form->len, text.data, text.len);
    form->len += text.len;
}


static void put_value(form_t *form, const wf_value_t *value);


/* LIST.member.N */
static void
put_list(form_t *form, const wf_value_t *list)
{
    char      number[16];
    size_t    len;
    uint32_t  i;

    for (i = 0; i < list->count && !form->is_too_long; i++) {
        len = form->len;
        (void) snprintf(number, sizeof(number), "%u", i + 1);
        name_add(form, wf_str("member"));
        name_add(form, wf_str_of(number));
        put_value(form, list->u.items[i]);
        form->len = len;
    }
}


static void
put_object(form_t *form, const wf_value_t *object)
{
    size_t    len;
    uint32_t  i;

    for (i = 0; i < object->count && !form->is_too_long; i++) {
        len = form->len;
        name_add(form, object->u.members[i].key);
        put_value(form, object->u.members[i].value);
        form->len = len;
    }
}


/* MAP.entry.N.Name and .Value, whose value is a structure again. */
static void
put_map(form_t *form, const wf_value_t *map)
{
    char                number[16];
    size_t              len, entry;
    uint32_t            i;
    const wf_member_t  *member;

    for (i = 0; i < map->count && !form->is_too_long; i++) {
        member = &map->u.members[i];
        len = form->len;
        (void) snprintf(number, sizeof(number), "%u", i + 1);
        name_add(form, wf_str("entry"));
        name_add(form, wf_str_of(number));
        entry = form->len;
        name_add(form, wf_str("Name"));
        put_pair(form, member->key);
        form->len = entry;
        name_add(form, wf_str("Value"));
        put_value(form, member->value);
        form->len = len;
    }
}


/* Values are as deep as JSON may be, and names have an end before that. */
static void
put_value(form_t *form, const wf_value_t *value)
{
    if (value->type == WF_ARRAY) {
        put_list(form, value);

    } else if (value->type == WF_OBJECT) {
        put_object(form, value);

    } else if (value->type != WF_NULL) {
        put_pair(form, wf_service_raw(form->call->sheet, value));
    }
}


/* Of which members a map of attributes is made. */
static bool
is_map(wf_str_t name)
{
    return wf_str_eq(name, wf_str("MessageAttributes"))
           || wf_str_eq(name, wf_str("Attributes"));
}


static void
put_params(form_t *form, const wf_value_t *params)
{
    uint32_t            i;
    const wf_member_t  *member;

    for (i = 0; i < params->count && !form->is_too_long; i++) {
        member = &params->u.members[i];
        form->len = 0;
        name_add(form, member->key);

        if (member->value->type == WF_OBJECT && is_map(member->key)) {
            put_map(form, member->value);

        } else if (wf_str_eq(member->key, wf_str("Message"))) {
            put_pair(form, wf_service_raw(form->call->sheet,
                                          member->value));

        } else {
            put_value(form, member->value);
        }
    }
}


static wf_rc_t
query_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    form_t  form;

    form.call = call;
    form.is_too_long = false;
    form.len = 0;
    wf_buf_init(&form.form, call->sheet->arena, 512);

    name_add(&form, wf_str("Action"));
    put_pair(&form, wf_aws_operation(call));
    form.len = 0;
    name_add(&form, wf_str("Version"));
    put_pair(&form, wf_str_of(call->row->target));
    put_params(&form, call->sheet->params);

    if (form.is_too_long) {
        return wf_service_refuse(err, "Parameters", "nest too deep");
    }

    call->sheet->failed |= form.form.failed;
    request->body = wf_buf_done(&form.form);
    wf_service_headers(call->sheet, request, 1);

    if (call->sheet->failed) {
        return WF_ERROR;
    }

    wf_service_header(request, wf_str("content-type"),
                      wf_str("application/x-www-form-urlencoded"));

    return WF_OK;
}


static wf_str_t
text_member(const wf_value_t *object, wf_str_t name)
{
    const wf_value_t  *value;

    value = wf_value_get(object, name);

    return value && value->type == WF_STRING ? value->u.string : wf_str_none;
}


/* <ErrorResponse><Error><Code/><Message/></Error>, or <Error> itself. */
static void
query_fail(wf_aws_call_t *call, const wf_service_answer_t *answer,
    const wf_value_t *root, wf_service_result_t *result)
{
    const wf_value_t  *error;

    error = wf_value_get(root, wf_str("Error"));
    error = error ? error : root;

    wf_aws_fail(call, answer, text_member(error, wf_str("Code")),
                text_member(error, wf_str("Message")), result);
}


/* <PublishResponse><PublishResult>...: what is in the result. */
static void
query_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    uint32_t     i;
    wf_str_t     name;
    wf_value_t  *root, *object;

    root = wf_xml_parse(call->sheet->arena, answer->body, &name,
                        &call->sheet->failed);

    if (!wf_service_is_good(answer)) {
        query_fail(call, answer, root, result);
        return;
    }

    object = NULL;

    for (i = 0; root && root->type == WF_OBJECT && i < root->count; i++) {
        name = root->u.members[i].key;

        if (name.len > 6
            && memcmp(name.data + name.len - 6, "Result", 6) == 0
            && root->u.members[i].value->type == WF_OBJECT)
        {
            object = root->u.members[i].value;
        }
    }

    if (object == NULL) {
        object = wf_value_object(call->sheet->arena, 2);
    }

    wf_aws_result(call, answer, object, result);
}


const wf_aws_protocol_t  wf_aws_query = { query_request, query_result };
