
/*
 * Reading objects of a state machine by table, and saying what is wrong with
 * them and where (asl 3, 21).  Owns the words of schema faults; knows no
 * meaning of a field.
 */

#include "flow/dialect_asl_data.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"


/* What is said of a value of the wrong kind, and its JSON type. */
static const struct {
    const char  *noun;
    uint8_t      type;
} kinds[] = {
    [WF_ASL_ANY] = { "any", WF_NULL },
    [WF_ASL_STRING] = { "String", WF_STRING },
    [WF_ASL_BOOL] = { "Boolean", WF_BOOL },
    [WF_ASL_INT] = { "Integer", WF_NUMBER },
    [WF_ASL_NUMBER] = { "Float", WF_NUMBER },
    [WF_ASL_OBJECT] = { "Object", WF_OBJECT },
    [WF_ASL_LIST] = { "Array", WF_ARRAY },
    [WF_ASL_PATH] = { "String", WF_STRING }
};

static const char *const  languages[] = {
    [WF_ASL_JSONPATH] = "JSONPath",
    [WF_ASL_JSONATA] = "JSONata"
};

typedef struct {
    const char  *name;
    uint8_t      kind;
    uint16_t     states;
    uint8_t      language;
    double       min;
    double       max;
    uint16_t     offset;
} state_row_t;

/* By their types' numbers. */
enum {
    PASS = 1 << WF_STATE_PASS,
    CHOICE = 1 << WF_STATE_CHOICE,
    WAIT = 1 << WF_STATE_WAIT,
    SUCCEED = 1 << WF_STATE_SUCCEED,
    FAIL = 1 << WF_STATE_FAIL,
    TASK = 1 << WF_STATE_TASK,
    PARALLEL = 1 << WF_STATE_PARALLEL,
    MAP = 1 << WF_STATE_MAP
};

static const state_row_t  state_rows[] = {
#define FIELD(slot, name, kind, states, language, min, max)                   \
    { name, WF_ASL_##kind, states, WF_ASL_##language, min, max,               \
      offsetof(wf_asl_fields_t, slot) },
#include "flow/asl_fields.def"
#undef FIELD
};


wf_asl_place_t
wf_asl_at(const wf_asl_place_t *outer, const char *key)
{
    return (wf_asl_place_t) { outer, wf_str_of(key), 0 };
}


wf_asl_place_t
wf_asl_at_key(const wf_asl_place_t *outer, wf_str_t key)
{
    return (wf_asl_place_t) { outer, key, 0 };
}


wf_asl_place_t
wf_asl_at_index(const wf_asl_place_t *outer, uint32_t index)
{
    return (wf_asl_place_t) { outer, wf_str_none, index };
}


/* "/States/X/Catch[0]/Next", cut at its limit; the root adds nothing. */
static size_t
place_print(char *text, size_t size, const wf_asl_place_t *at)
{
    int     len;
    size_t  used;

    if (at == NULL) {
        return 0;
    }

    if (at->outer == NULL && at->key.data && at->key.len == 0) {
        return 0;
    }

    used = place_print(text, size, at->outer);

    if (at->key.data) {
        len = snprintf(text + used, size - used, "/%.*s", (int) at->key.len,
                       (const char *) at->key.data);

    } else {
        len = snprintf(text + used, size - used, "[%u]", at->index);
    }

    return wf_min(used + (size_t) len, size - 1);
}


static void complain(wf_asl_front_t *asl, const char *code,
    const wf_asl_place_t *at, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));


static void
complain(wf_asl_front_t *asl, const char *code, const wf_asl_place_t *at,
    const char *format, va_list args)
{
    int     written;
    char    message[WF_DIAGNOSTIC_LEN_MAX];
    char    location[WF_LOCATION_LEN_MAX];
    size_t  len, used;

    written = vsnprintf(message, sizeof(message), format, args);
    len = wf_min((size_t) wf_max(written, 0), sizeof(message) - 1);
    used = place_print(location, sizeof(location), at);

    if (at && used == 0) {
        location[used++] = '/';
    }

    wf_diagnostics_add(asl->list, false, code,
                       (wf_str_t) { len, (const uint8_t *) message },
                       (wf_str_t) { used, (const uint8_t *) location });
}


void
wf_asl_complain(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    complain(asl, "SCHEMA_VALIDATION_FAILED", at, format, args);
    va_end(args);
}


void
wf_asl_complain_as(wf_asl_front_t *asl, const char *code,
    const wf_asl_place_t *at, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    complain(asl, code, at, format, args);
    va_end(args);
}


void
wf_asl_complain_err(wf_asl_front_t *asl, const wf_asl_place_t *at)
{
    wf_str_t        reason, where;
    wf_asl_place_t  inner;

    if (asl->err->code == WF_E_INTERNAL) {
        asl->failed = true;
        return;
    }

    reason = wf_error_arg(asl->err, 0);
    where = wf_error_arg(asl->err, 1);

    if (where.len > 1 && where.data[0] == '/') {
        inner = wf_asl_at_key(at, (wf_str_t) { where.len - 1,
                                               where.data + 1 });
        at = &inner;
    }

    wf_asl_complain(asl, at, "%.*s", (int) reason.len,
                    (const char *) reason.data);
    wf_error_clear(asl->err);
}


/* Numbers of JSONata states may be expressions. */
static bool
kind_fits(const wf_value_t *value, uint8_t kind, bool is_jsonata)
{
    wf_str_t  text;

    if (kind == WF_ASL_ANY
        || (kind == WF_ASL_PATH && value->type == WF_NULL)
        || (is_jsonata
            && (kind == WF_ASL_INT || kind == WF_ASL_NUMBER)
            && wf_asl_is_expression(value, &text)))
    {
        return true;
    }

    if (value->type != kinds[kind].type) {
        return false;
    }

    return kind != WF_ASL_INT || value->is_integer
           || value->u.number.real == floor(value->u.number.real);
}


/* The bounds of the tables are whole. */
static bool
range_check(wf_asl_front_t *asl, const wf_asl_place_t *at, uint8_t kind,
    double min, double max, const wf_value_t *value)
{
    const char  *places;

    if (kind == WF_ASL_LIST && value->count < min) {
        wf_asl_complain(asl, at, "Value cannot be empty");
        return false;
    }

    if ((kind != WF_ASL_INT && kind != WF_ASL_NUMBER)
        || value->type != WF_NUMBER)
    {
        return true;
    }

    places = kind == WF_ASL_INT ? "" : ".0";

    if (value->u.number.real < min) {
        wf_asl_complain(asl, at, "Minimum value is %lld%s", (long long) min,
                        places);
        return false;
    }

    if (value->u.number.real > max) {
        wf_asl_complain(asl, at, "Maximum value is %lld%s", (long long) max,
                        places);
        return false;
    }

    return true;
}


/* The value, if there is nothing wrong with it; else NULL. */
static const wf_value_t *
member_check(wf_asl_front_t *asl, const wf_asl_place_t *outer,
    const char *name, uint8_t kind, double min, double max,
    const wf_value_t *value, bool is_jsonata)
{
    wf_asl_place_t  at;

    at = wf_asl_at(outer, name);

    if (!kind_fits(value, kind, is_jsonata)) {
        wf_asl_complain(asl, &at, "Expected value of type %s",
                        kinds[kind].noun);
        return NULL;
    }

    return range_check(asl, &at, kind, min, max, value) ? value : NULL;
}


static bool
language_check(wf_asl_front_t *asl, const wf_asl_place_t *at, wf_str_t name,
    uint8_t language, bool is_jsonata)
{
    uint8_t  own;

    own = is_jsonata ? WF_ASL_JSONATA : WF_ASL_JSONPATH;

    if (language == WF_ASL_BOTH || language == own) {
        return true;
    }

    wf_asl_complain(asl, at, "The QueryLanguage is set to '%s', but field "
                    "'%.*s' is only supported for the '%s' QueryLanguage",
                    languages[own], wf_quoted(name), languages[language]);

    return false;
}


static void
report_required(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_asl_row_t *rows, uint32_t count, const void *out)
{
    char      list[256];
    size_t    used;
    uint32_t  i;

    used = 0;
    list[0] = '\0';

    for (i = 0; i < count; i++) {
        if (rows[i].required
            && *(const wf_value_t *const *)
                   ((const char *) out + rows[i].offset) == NULL)
        {
            used += (size_t) snprintf(list + used, sizeof(list) - used,
                                      "%s%s", used ? ", " : "", rows[i].name);
            wf_assert(used < sizeof(list));
        }
    }

    if (used) {
        wf_asl_complain(asl, at, "These fields are required: [%s]", list);
    }
}


static const wf_asl_row_t *
row_find(const wf_asl_row_t *rows, uint32_t count, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < count; i++) {
        if (wf_str_eq(wf_str_of(rows[i].name), name)) {
            return &rows[i];
        }
    }

    return NULL;
}


/* What is there but wrong is not missing as well. */
bool
wf_asl_read(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *object, const wf_asl_row_t *rows, uint32_t count,
    bool is_jsonata, void *out)
{
    uint32_t              i;
    const wf_value_t    **slot;
    const wf_member_t    *member;
    const wf_asl_row_t   *row;

    if (object->type != WF_OBJECT) {
        wf_asl_complain(asl, at, "Expected value of type Object");
        return false;
    }

    for (i = 0; i < count; i++) {
        *(const wf_value_t **) ((char *) out + rows[i].offset) =
            wf_value_get(object, wf_str_of(rows[i].name));
    }

    report_required(asl, at, rows, count, out);

    for (i = 0; i < object->count; i++) {
        member = &object->u.members[i];
        row = row_find(rows, count, member->key);

        if (row == NULL) {
            wf_asl_complain(asl, at, "Field '%.*s' is not supported",
                            wf_quoted(member->key));
            continue;
        }

        slot = (const wf_value_t **) ((char *) out + row->offset);

        *slot = language_check(asl, at, member->key, row->language,
                               is_jsonata)
                ? member_check(asl, at, row->name, row->kind, row->min,
                               row->max, member->value, is_jsonata)
                : NULL;
    }

    return true;
}


void
wf_asl_read_state(wf_asl_front_t *asl, wf_state_type_t type, bool is_jsonata,
    wf_asl_state_t *state)
{
    uint32_t             i, k;
    const state_row_t   *row;
    const wf_member_t   *member;
    const wf_value_t   **slot;

    memset(&state->f, 0, sizeof(state->f));

    for (i = 0; i < state->value->count; i++) {
        member = &state->value->u.members[i];
        row = NULL;

        for (k = 0; k < wf_countof(state_rows); k++) {
            if (wf_str_eq(wf_str_of(state_rows[k].name), member->key)) {
                row = &state_rows[k];
                break;
            }
        }

        if (row == NULL || !(row->states & 1u << type)) {
            wf_asl_complain(asl, &state->at, "Field '%.*s' is not supported",
                            wf_quoted(member->key));
            continue;
        }

        if (!language_check(asl, &state->at, member->key, row->language,
                            is_jsonata))
        {
            continue;
        }

        slot = (const wf_value_t **) ((char *) &state->f + row->offset);
        *slot = member_check(asl, &state->at, row->name, row->kind, row->min,
                             row->max, member->value, is_jsonata);
    }
}


bool
wf_asl_only_one(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *object, const char *const *names)
{
    char      list[256];
    size_t    used;
    uint32_t  i, count;

    used = 0;
    count = 0;

    for (i = 0; names[i]; i++) {
        used += (size_t) snprintf(list + used, sizeof(list) - used, "%s%s",
                                  i ? ", " : "", names[i]);
        wf_assert(used < sizeof(list));

        count += wf_value_get(object, wf_str_of(names[i])) != NULL;
    }

    if (count > 1) {
        wf_asl_complain(asl, at, "There should only be one of the following "
                        "fields: [%s]", list);
    }

    return count <= 1;
}
