
/*
 * Values of inputs as the engine shall see them: what the model knows, once,
 * in its order.  Only values that aws_read.c has passed come here; texts are
 * copied as they stand.
 */

#include "wire/aws.h"


static bool
is_absent(const wf_aws_type_t *type, wf_str_t raw)
{
    return raw.len == 0
           || (raw.len == 2 && raw.data[0] == '"'
               && wf_aws_may_be_empty(type));
}


static void
comma(wf_buf_t *buf, uint8_t opening)
{
    if (buf->len > 0 && buf->data[buf->len - 1] != opening) {
        wf_buf_byte(buf, ',');
    }
}


static void
list_tidy(wf_buf_t *buf, const wf_aws_model_t *model,
    const wf_aws_type_t *type, wf_str_t raw)
{
    wf_str_t   entry;
    wf_walk_t  walk;

    wf_buf_byte(buf, '[');
    walk = wf_walk(raw);
    wf_walk_enter(&walk);

    while (wf_walk_entry(&walk, &entry)) {
        comma(buf, '[');
        wf_aws_tidy(buf, model, &model->types[type->first], entry);
    }

    wf_buf_byte(buf, ']');
}


static void
member_tidy(wf_buf_t *buf, const wf_aws_model_t *model,
    const wf_aws_member_t *member, wf_str_t raw)
{
    const wf_aws_type_t  *type;

    type = &model->types[member->type];

    if (is_absent(type, raw)) {
        return;
    }

    comma(buf, '{');
    wf_buf_byte(buf, '"');
    wf_buf_str(buf, member->name);
    wf_buf_text(buf, "\":");
    wf_aws_tidy(buf, model, type, raw);
}


/* The first member says which other one there is. */
static void
union_tidy(wf_buf_t *buf, const wf_aws_model_t *model,
    const wf_aws_type_t *type, wf_str_t raw)
{
    int64_t                 number;
    wf_str_t                name, value;
    const wf_aws_member_t  *member;

    member = &model->members[type->first];
    value = wf_aws_member(raw, member->name);
    name = wf_walk_text(buf->arena, value);

    if (name.data == NULL) {
        buf->failed = true;
        return;
    }

    number = wf_aws_choice(model->types[member->type].text, name);
    wf_assert(number >= 0);
    member_tidy(buf, model, member, value);
    member += number + 1;
    value = wf_aws_member(raw, member->name);
    member_tidy(buf, model, member, value.len ? value : wf_str("{}"));
}


static void
structure_tidy(wf_buf_t *buf, const wf_aws_model_t *model,
    const wf_aws_type_t *type, wf_str_t raw)
{
    uint16_t                i;
    const wf_aws_member_t  *member;

    wf_buf_byte(buf, '{');

    if (type->text) {
        union_tidy(buf, model, type, raw);

    } else {
        for (i = 0; i < type->count; i++) {
            member = &model->members[type->first + i];
            member_tidy(buf, model, member, wf_aws_member(raw, member->name));
        }
    }

    wf_buf_byte(buf, '}');
}


void
wf_aws_tidy(wf_buf_t *buf, const wf_aws_model_t *model,
    const wf_aws_type_t *type, wf_str_t raw)
{
    switch (type->kind) {

    case WF_AWS_LIST:
        list_tidy(buf, model, type, raw);
        return;

    case WF_AWS_STRUCTURE:
        structure_tidy(buf, model, type, raw);
        return;

    default:
        wf_buf_str(buf, raw);
        return;
    }
}
