
/*
 * Mocked results and context objects against their models (asl 20).  Knows no
 * call; says what is wrong in the service's words.
 */

#include "actions/sfn_mock.h"


#define NONE  (-1)

enum {
#define TYPE(symbol, kind, min, max, first, count, values)  TYPE_##symbol,
#define MEMBER(structure, name, type, required)
#define RESULT(service, operation, type)
#include "actions/sfn_mock.def"
#undef TYPE
#undef MEMBER
    TYPE_COUNT
};

enum {
#define TYPE(symbol, kind, min, max, first, count, values)
#define MEMBER(structure, name, type, required)                               \
    MEMBER_##structure##_##name,
#include "actions/sfn_mock.def"
#undef TYPE
#undef MEMBER
#undef RESULT
    MEMBER_COUNT
};

typedef enum {
    KIND_ANY = 0,
    KIND_STRING,
    KIND_NUMBER,
    KIND_BOOLEAN,
    KIND_LIST,
    KIND_MAP,
    KIND_STRUCTURE
} kind_t;

typedef struct {
    uint8_t      kind;
    int64_t      min, max;          /* NONE: no bound */
    uint32_t     first;             /* member; LIST, MAP: type of items */
    uint32_t     count;             /* of members */
    const char  *values;            /* of an enumeration, or NULL */
} mock_type_t;

typedef struct {
    wf_str_t     name;
    uint32_t     type;
    bool         required;
} mock_member_t;

typedef struct {
    wf_str_t     service;
    wf_str_t     operation;
    uint32_t     type;
} mock_result_t;

static const mock_type_t  types[TYPE_COUNT] = {
#define TYPE(symbol, kind, min, max, first, count, values)                    \
    { KIND_##kind, min, max, first, count, values },
#define MEMBER(structure, name, type, required)
#define RESULT(service, operation, type)
#include "actions/sfn_mock.def"
#undef TYPE
#undef MEMBER
};

static const mock_member_t  members[MEMBER_COUNT] = {
#define TYPE(symbol, kind, min, max, first, count, values)
#define MEMBER(structure, name, type, required)                               \
    { wf_str_init(#name), TYPE_##type, required },
#include "actions/sfn_mock.def"
#undef MEMBER
#undef RESULT
};

static const mock_result_t  results[] = {
#define MEMBER(structure, name, type, required)
#define RESULT(service, operation, type)                                      \
    { wf_str_init(service), wf_str_init(operation), TYPE_##type },
#include "actions/sfn_mock.def"
#undef TYPE
#undef MEMBER
#undef RESULT
};

/* By kind: the type of the value, and what it is called. */
static const struct {
    uint8_t      type;
    const char  *text;
} kinds[] = {
    [KIND_ANY] = { WF_NULL, "" },
    [KIND_STRING] = { WF_STRING, "must be a string" },
    [KIND_NUMBER] = { WF_NUMBER, "must be a number" },
    [KIND_BOOLEAN] = { WF_BOOL, "must be a boolean" },
    [KIND_LIST] = { WF_ARRAY, "must be an array" },
    [KIND_MAP] = { WF_OBJECT, "must be an object" },
    [KIND_STRUCTURE] = { WF_OBJECT, "must be an object" }
};


typedef struct {
    bool         strict;
    wf_str_t     field;             /* nearest name */
    wf_error_t  *err;
} check_t;


static wf_rc_t check_value(check_t *check, uint32_t no,
    const wf_value_t *value);


static wf_rc_t
refuse(const check_t *check, const char *text)
{
    wf_error_set(check->err, WF_E_VALIDATION,
                 "Mock result schema validation error: Field '%.*s' %s",
                 (int) wf_min(check->field.len, 128u),
                 (const char *) check->field.data, text);

    return WF_ERROR;
}


/* A word of a list that blanks separate. */
static bool
is_one_of(const char *values, wf_str_t text)
{
    size_t       len;
    const char  *at;

    for (at = values; *at != '\0'; at += len + (at[len] == ' ')) {
        len = strcspn(at, " ");

        if (len == text.len && memcmp(at, text.data, len) == 0) {
            return true;
        }
    }

    return false;
}


static wf_rc_t
check_length(const check_t *check, const mock_type_t *type, uint64_t length)
{
    if (type->min != NONE && length < (uint64_t) type->min) {
        return refuse(check, "is smaller than the minimum length");
    }

    if (type->max != NONE && length > (uint64_t) type->max) {
        return refuse(check, "exceeds the maximum length");
    }

    return WF_OK;
}


static wf_rc_t
check_number(const check_t *check, const mock_type_t *type,
    const wf_value_t *value)
{
    double  real;

    real = value->is_integer ? (double) value->u.number.integer
                             : value->u.number.real;

    if (type->min != NONE && real < (double) type->min) {
        return refuse(check, "is less than the minimum value");
    }

    if (type->max != NONE && real > (double) type->max) {
        return refuse(check, "exceeds the maximum value");
    }

    return WF_OK;
}


static wf_rc_t
check_text(const check_t *check, const mock_type_t *type,
    const wf_value_t *value)
{
    size_t    i;
    uint64_t  length;

    if (type->values && !is_one_of(type->values, value->u.string)) {
        return refuse(check, "is not an expected value");
    }

    length = 0;

    for (i = 0; i < value->u.string.len; i++) {
        length += (value->u.string.data[i] & 0xc0) != 0x80;
    }

    return check_length(check, type, length);
}


static wf_rc_t
check_items(check_t *check, const mock_type_t *type, const wf_value_t *value)
{
    wf_rc_t   rc;
    uint32_t  i;
    wf_str_t  field;

    field = check->field;
    rc = check_length(check, type, value->count);

    for (i = 0; rc == WF_OK && i < value->count; i++) {
        check->field = field;
        rc = check_value(check, type->first,
                         value->type == WF_ARRAY ? value->u.items[i]
                                                 : value->u.members[i].value);
    }

    return rc;
}


static wf_rc_t
check_members(check_t *check, const mock_type_t *type,
    const wf_value_t *value)
{
    wf_rc_t               rc;
    uint32_t              i;
    const wf_value_t     *member;
    const mock_member_t  *row;

    for (i = 0; check->strict && i < type->count; i++) {
        row = &members[type->first + i];

        if (row->required && wf_value_get(value, row->name) == NULL) {
            wf_error_set(check->err, WF_E_VALIDATION,
                         "Mock result schema validation error: Required "
                         "field '%.*s' is missing", (int) row->name.len,
                         (const char *) row->name.data);
            return WF_ERROR;
        }
    }

    rc = WF_OK;

    for (i = 0; rc == WF_OK && i < type->count; i++) {
        row = &members[type->first + i];
        member = wf_value_get(value, row->name);

        if (member) {
            check->field = row->name;
            rc = check_value(check, row->type, member);
        }
    }

    return rc;
}


/* Values are no deeper than JSON may be, and types go with them. */
static wf_rc_t
check_value(check_t *check, uint32_t no, const wf_value_t *value)
{
    const mock_type_t  *type;

    type = &types[no];

    if (type->kind == KIND_ANY) {
        return WF_OK;
    }

    if (value->type != kinds[type->kind].type) {
        return refuse(check, kinds[type->kind].text);
    }

    switch (type->kind) {

    case KIND_STRING:
        return check_text(check, type, value);

    case KIND_NUMBER:
        return check_number(check, type, value);

    case KIND_LIST:
    case KIND_MAP:
        return check_items(check, type, value);

    case KIND_STRUCTURE:
        return check_members(check, type, value);

    default:
        return WF_OK;
    }
}


wf_rc_t
wf_sfn_mock_check(const wf_asl_t *task, const wf_value_t *result, bool strict,
    wf_error_t *err)
{
    size_t    i;
    check_t   check;
    wf_str_t  service;

    static const wf_str_t  sdk = wf_str_init("aws-sdk:");

    service = task->service;

    if (wf_str_starts(service, sdk)) {
        service.data += sdk.len;
        service.len -= sdk.len;
    }

    for (i = 0; i < wf_countof(results); i++) {

        if (wf_str_eq(results[i].service, service)
            && wf_str_eq(results[i].operation, task->operation))
        {
            check = (check_t) {
                .strict = strict,
                .field = wf_str("result"),
                .err = err
            };

            return check_value(&check, results[i].type, result);
        }
    }

    return WF_OK;
}


/*
 * Context objects
 */

typedef struct {
    const char  *parent;            /* NULL: of the context itself */
    wf_str_t     name;
    uint8_t      kind;
} context_field_t;

static const context_field_t  context_fields[] = {
    { NULL, wf_str_init("Execution"), KIND_STRUCTURE },
    { NULL, wf_str_init("State"), KIND_STRUCTURE },
    { NULL, wf_str_init("StateMachine"), KIND_STRUCTURE },
    { NULL, wf_str_init("Task"), KIND_STRUCTURE },
    { "Execution", wf_str_init("Id"), KIND_STRING },
    { "Execution", wf_str_init("Input"), KIND_ANY },
    { "Execution", wf_str_init("Name"), KIND_STRING },
    { "Execution", wf_str_init("RoleArn"), KIND_STRING },
    { "Execution", wf_str_init("StartTime"), KIND_STRING },
    { "Execution", wf_str_init("RedriveCount"), KIND_NUMBER },
    { "Execution", wf_str_init("RedriveTime"), KIND_STRING },
    { "State", wf_str_init("EnteredTime"), KIND_STRING },
    { "State", wf_str_init("Name"), KIND_STRING },
    { "State", wf_str_init("RetryCount"), KIND_NUMBER },
    { "StateMachine", wf_str_init("Id"), KIND_STRING },
    { "StateMachine", wf_str_init("Name"), KIND_STRING },
    { "Task", wf_str_init("Token"), KIND_STRING }
};

#define CONTEXT  "Invalid Context object provided: "


static const context_field_t *
context_field(const char *parent, wf_str_t name)
{
    size_t                  i;
    const context_field_t  *field;

    for (i = 0; i < wf_countof(context_fields); i++) {
        field = &context_fields[i];

        if (wf_str_eq(field->name, name)
            && (parent ? field->parent && strcmp(field->parent, parent) == 0
                       : field->parent == NULL))
        {
            return field;
        }
    }

    return NULL;
}


/* Those of one object, and what is in them. */
static wf_rc_t
check_context(const char *parent, const wf_value_t *object, wf_error_t *err)
{
    wf_rc_t                 rc;
    uint32_t                i;
    const wf_member_t      *member;
    const context_field_t  *field;

    rc = WF_OK;

    for (i = 0; rc == WF_OK && i < object->count; i++) {
        member = &object->u.members[i];
        field = context_field(parent, member->key);

        if (field == NULL) {
            wf_error_set(err, WF_E_VALIDATION,
                         CONTEXT "Field '%.*s' is not allowed",
                         (int) wf_min(member->key.len, 128u),
                         (const char *) member->key.data);
            return WF_ERROR;
        }

        if (field->kind != KIND_ANY
            && member->value->type != kinds[field->kind].type)
        {
            wf_error_set(err, WF_E_VALIDATION, CONTEXT "%s%s%.*s %s",
                         parent ? parent : "", parent ? "." : "",
                         (int) field->name.len,
                         (const char *) field->name.data,
                         kinds[field->kind].text);
            return WF_ERROR;
        }

        if (field->kind == KIND_STRUCTURE) {
            rc = check_context((const char *) field->name.data,
                               member->value, err);
        }
    }

    return rc;
}


wf_rc_t
wf_sfn_context_check(const wf_node_t *node, const wf_value_t *context,
    wf_error_t *err)
{
    if (wf_value_get(context, wf_str("Map"))) {
        wf_error_set(err, WF_E_VALIDATION, CONTEXT "'Map' field is not "
                     "supported when mocking a Context object");
        return WF_ERROR;
    }

    if (wf_value_get(context, wf_str("Task"))
        && (node->type != WF_STATE_TASK
            || node->u.task.mode == WF_CALL_REQUEST
            || node->asl->kind != WF_ASL_SERVICE))
    {
        wf_error_set(err, WF_E_VALIDATION, CONTEXT "Context object contains "
                     "'Task' when state is not a Task state with a '.sync' "
                     "or '.waitForTaskToken' service integration pattern");
        return WF_ERROR;
    }

    return check_context(NULL, context, err);
}
