
/*
 * Reading objects by table.  Owns the checks of presence, kind and range and
 * their messages; knows no dialect and never looks behind a field's value.
 */

#include "flow/fields.h"

#include <stdio.h>


/* What is said of a value of the wrong kind, and the JSON type it needs. */
static const struct {
    const char  *words;
    uint8_t      type;
} kinds[] = {
    [WF_FIELD_ANY] = { "anything", WF_NULL },
    [WF_FIELD_STRING] = { "a string", WF_STRING },
    [WF_FIELD_TEXT] = { "a string", WF_STRING },
    [WF_FIELD_BOOL] = { "true or false", WF_BOOL },
    [WF_FIELD_INT] = { "an integer", WF_NUMBER },
    [WF_FIELD_NUMBER] = { "a number", WF_NUMBER },
    [WF_FIELD_OBJECT] = { "a mapping", WF_OBJECT },
    [WF_FIELD_LIST] = { "a list", WF_ARRAY }
};


static const wf_value_t **
slot_of(const wf_field_t *row, void *out)
{
    return (const wf_value_t **) ((char *) out + row->offset);
}


static const wf_field_t *
row_find(const wf_fields_t *table, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < table->count; i++) {
        if (wf_str_eq(table->rows[i].name, name)) {
            return &table->rows[i];
        }
    }

    return NULL;
}


static bool
in_range(const wf_field_t *row, const wf_value_t *value)
{
    switch (row->kind) {

    case WF_FIELD_INT:
        return value->u.number.integer >= row->min
               && value->u.number.integer <= row->max;

    case WF_FIELD_NUMBER:
        return value->u.number.real >= (double) row->min
               && value->u.number.real <= (double) row->max;

    case WF_FIELD_LIST:
        return value->count >= row->min && value->count <= row->max;

    case WF_FIELD_TEXT:
        return value->u.string.len > 0
               && (row->max == 0
                   || value->u.string.len <= (uint64_t) row->max);

    default:
        return true;
    }
}


static wf_rc_t
range_refuse(const wf_field_t *row, const wf_value_t *value, wf_mark_t mark,
    wf_error_t *err)
{
    if (row->kind == WF_FIELD_TEXT && value->u.string.len) {
        return wf_refuse(err, mark, "'%.*s' must not have more than %lld "
                         "bytes", wf_quoted(row->name), (long long) row->max);
    }

    if (row->kind == WF_FIELD_TEXT) {
        return wf_refuse(err, mark, "'%.*s' must not be empty",
                         wf_quoted(row->name));
    }

    if (row->kind == WF_FIELD_LIST && row->max == WF_FIELD_LIST_MAX) {
        return wf_refuse(err, mark, "'%.*s' must have at least %lld %s",
                         wf_quoted(row->name), (long long) row->min,
                         row->min == 1 ? "item" : "items");
    }

    if (row->kind == WF_FIELD_LIST) {
        return wf_refuse(err, mark, "'%.*s' must have %lld to %lld items",
                         wf_quoted(row->name), (long long) row->min,
                         (long long) row->max);
    }

    return wf_refuse(err, mark, "'%.*s' must be %s from %lld to %lld",
                     wf_quoted(row->name), kinds[row->kind].words,
                     (long long) row->min, (long long) row->max);
}


static wf_rc_t
kind_check(const wf_field_t *row, const wf_member_t *member, wf_error_t *err)
{
    bool               fits;
    wf_mark_t          mark;
    const wf_value_t  *value;

    value = member->value;
    mark = value->mark ? value->mark : member->mark;

    if (row->kind == WF_FIELD_REFUSED) {
        return wf_refuse(err, member->mark, "'%.*s' %s",
                         wf_quoted(row->name), row->hint);
    }

    fits = row->kind == WF_FIELD_ANY || value->type == kinds[row->kind].type;

    if (fits && row->kind == WF_FIELD_INT) {
        fits = value->is_integer;
    }

    if (!fits) {
        return wf_refuse(err, mark, "'%.*s' must be %s", wf_quoted(row->name),
                         kinds[row->kind].words);
    }

    if (!in_range(row, value)) {
        return range_refuse(row, value, mark, err);
    }

    return WF_OK;
}


static wf_rc_t
member_read(const wf_member_t *member, const wf_field_t *row, void *out,
    wf_error_t *err)
{
    const wf_value_t  **slot;

    if (kind_check(row, member, err) != WF_OK) {
        return WF_ERROR;
    }

    slot = slot_of(row, out);

    if (*slot) {
        return wf_refuse(err, member->mark,
                         "'%.*s' is another spelling of a field given before",
                         wf_quoted(member->key));
    }

    *slot = member->value;

    return WF_OK;
}


/* Required fields of which no spelling was there. */
static wf_rc_t
required_check(const wf_value_t *object, const wf_fields_t *table,
    uint32_t variant, const char *what, void *out, wf_error_t *err)
{
    uint32_t           i;
    const wf_field_t  *row;

    for (i = 0; i < table->count; i++) {
        row = &table->rows[i];

        if ((row->required & variant) && *slot_of(row, out) == NULL) {
            return wf_refuse(err, object->mark, "%s needs '%.*s'", what,
                             wf_quoted(row->name));
        }
    }

    return WF_OK;
}


wf_rc_t
wf_fields_read(const wf_value_t *object, const wf_fields_t *table,
    uint32_t variant, const char *what, void *out, wf_error_t *err)
{
    uint32_t            i;
    const wf_field_t   *row;
    const wf_member_t  *member;

    if (object->type != WF_OBJECT) {
        return wf_refuse(err, object->mark, "%s must be a mapping", what);
    }

    for (i = 0; i < table->count; i++) {
        if (table->rows[i].kind != WF_FIELD_REFUSED) {
            *slot_of(&table->rows[i], out) = NULL;
        }
    }

    for (i = 0; i < object->count; i++) {
        member = &object->u.members[i];
        row = row_find(table, member->key);

        if (row == NULL && table->open) {
            continue;
        }

        if (row == NULL) {
            return wf_refuse(err, member->mark, "unknown field '%.*s' in %s",
                             wf_quoted(member->key), what);
        }

        if (!(row->allowed & variant)) {
            return wf_refuse(err, member->mark, "'%.*s' is not allowed in %s",
                             wf_quoted(member->key), what);
        }

        if (member_read(member, row, out, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return required_check(object, table, variant, what, out, err);
}


wf_rc_t
wf_fields_either(const wf_value_t *a, const char *name_a, const wf_value_t *b,
    const char *name_b, wf_error_t *err)
{
    if (a && b) {
        return wf_refuse(err, wf_max(a->mark, b->mark),
                         "'%s' and '%s' exclude each other", name_a, name_b);
    }

    return WF_OK;
}


wf_rc_t
wf_fields_word(const wf_value_t *value, const wf_words_t *words,
    const char *what, uint8_t *number, wf_error_t *err)
{
    int       used;
    char      list[256];
    uint32_t  i;

    used = 0;
    list[0] = '\0';

    for (i = 0; i < words->count; i++) {
        if (value->type == WF_STRING
            && wf_str_eq(value->u.string, words->words[i].word))
        {
            *number = words->words[i].number;
            return WF_OK;
        }

        used += snprintf(list + used, sizeof(list) - used, "%s%.*s",
                         i ? ", " : "", wf_quoted(words->words[i].word));
        wf_assert((size_t) used < sizeof(list));
    }

    if (value->type != WF_STRING) {
        return wf_refuse(err, value->mark, "%s must be one of: %s", what,
                         list);
    }

    return wf_refuse(err, value->mark, "unknown %s '%.*s'; known are: %s",
                     what, wf_quoted(value->u.string), list);
}


wf_rc_t
wf_fields_strings(wf_arena_t *arena, const wf_value_t *list, const char *what,
    wf_str_t **strings, wf_error_t *err)
{
    uint32_t           i;
    const wf_value_t  *item;

    *strings = wf_arena_alloc(arena, list->count * sizeof(wf_str_t));
    if (*strings == NULL) {
        return wf_refuse_oom(err);
    }

    for (i = 0; i < list->count; i++) {
        item = list->u.items[i];

        if (item->type != WF_STRING || item->u.string.len == 0) {
            return wf_refuse(err, item->mark,
                             "'%s' must be a list of strings, none empty",
                             what);
        }

        (*strings)[i] = item->u.string;
    }

    return WF_OK;
}
