
/*
 * JSON with places in it, filled from an answer ("$.A[0].B") and from a task's
 * parameters ("$$.A"): how the tables of services say what goes where.
 */

#include "wire/service_aws_watch.h"

#include "base/json.h"


static const wf_value_t *fill(wf_service_sheet_t *sheet,
    const wf_value_t *shape, const wf_value_t *answer);


/* NULL: it is not there. */
static const wf_value_t *
member_at(const wf_value_t *value, wf_str_t *path)
{
    size_t    len;
    uint32_t  index;

    if (path->data[0] == '[') {
        index = path->data[1] - '0';
        path->data += 3;
        path->len -= 3;

        return value && value->type == WF_ARRAY && index < value->count
               ? value->u.items[index] : NULL;
    }

    path->data++;
    path->len--;

    for (len = 0; len < path->len; len++) {
        if (path->data[len] == '.' || path->data[len] == '[') {
            break;
        }
    }

    value = wf_value_get(value, (wf_str_t) { len, path->data });
    path->data += len;
    path->len -= len;

    return value;
}


const wf_value_t *
wf_aws_at(wf_service_sheet_t *sheet, wf_str_t path, const wf_value_t *answer)
{
    const wf_value_t  *value;

    value = answer;
    path.data++;
    path.len--;

    if (path.len > 0 && path.data[0] == '$') {
        value = sheet->params;
        path.data++;
        path.len--;
    }

    while (value && path.len > 0) {
        value = member_at(value, &path);
    }

    return value;
}


static const wf_value_t *
fill_list(wf_service_sheet_t *sheet, const wf_value_t *shape,
    const wf_value_t *answer)
{
    uint32_t           i;
    wf_value_t        *list;
    const wf_value_t  *item;

    list = wf_value_array(sheet->arena, shape->count);

    for (i = 0; list && i < shape->count; i++) {
        item = fill(sheet, shape->u.items[i], answer);

        if (item && wf_value_push(sheet->arena, list, (wf_value_t *) item)
                    != WF_OK)
        {
            list = NULL;
        }
    }

    sheet->failed |= list == NULL;

    return list;
}


static const wf_value_t *
fill(wf_service_sheet_t *sheet, const wf_value_t *shape,
    const wf_value_t *answer)
{
    uint32_t           i;
    wf_value_t        *object;
    const wf_value_t  *value;

    if (shape->type == WF_STRING && wf_str_starts(shape->u.string,
                                                  wf_str("$")))
    {
        return wf_aws_at(sheet, shape->u.string, answer);
    }

    if (shape->type == WF_ARRAY) {
        return fill_list(sheet, shape, answer);
    }

    if (shape->type != WF_OBJECT) {
        return shape;
    }

    object = wf_value_object(sheet->arena, shape->count);

    for (i = 0; object && i < shape->count; i++) {
        value = fill(sheet, shape->u.members[i].value, answer);

        if (value && wf_value_set(sheet->arena, object,
                                  shape->u.members[i].key,
                                  (wf_value_t *) value) != WF_OK)
        {
            object = NULL;
        }
    }

    sheet->failed |= object == NULL;

    return object;
}


const wf_value_t *
wf_aws_fill(wf_service_sheet_t *sheet, const char *shape,
    const wf_value_t *answer)
{
    const wf_value_t  *value;

    value = wf_service_json(sheet, wf_str_of(shape));

    if (value == NULL) {
        sheet->failed = true;
        return NULL;
    }

    return fill(sheet, value, answer);
}
