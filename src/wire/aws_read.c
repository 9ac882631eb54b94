
/*
 * Inputs of Amazon's services through the tables of their models: what is
 * there, of the right kind, within its bounds; and the words of a refusal
 * (asl 25).  Knows no operation.  Walks over the text of the request; what
 * goes on is copied once.
 */

#include "wire/aws.h"

#include <stdio.h>

#include "base/json.h"
#include "wire/aws_walk.h"


#define MEMBERS_MAX   16            /* of a structure */
#define PATH_LEN_MAX  256
#define DEPTH_MAX     8             /* of the model's structures */

/* What is wrong so far. */
typedef struct {
    wf_message_t          *message;
    const wf_aws_model_t  *model;
    wf_buf_t               faults;
    unsigned               count;
    uint8_t                path[PATH_LEN_MAX];
    size_t                 path_len;
    unsigned               depth;
    wf_error_t            *err;
} check_t;

/* A value of the input; text is empty but for texts and numbers. */
typedef struct {
    wf_str_t   raw;                 /* data == NULL: not there */
    wf_str_t   text;
    int64_t    number;
    double     real;
} item_t;


typedef wf_rc_t (*check_pt)(check_t *check, const wf_aws_type_t *type,
    item_t *item);


static wf_rc_t check_value(check_t *check, const wf_aws_type_t *type,
    item_t *item);


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


/* It is not even of that kind. */
static wf_rc_t
unreadable(check_t *check, wf_str_t raw, const char *wanted)
{
    const char  *found;

    switch (raw.data[0]) {

    case '{':
        wf_error_set(check->err, WF_E_SERIALIZATION,
                     "Start of structure or map found where not expected.");
        return WF_ERROR;

    case '[':
        wf_error_set(check->err, WF_E_SERIALIZATION,
                     "Start of list found where not expected");
        return WF_ERROR;

    case '"':
        found = "STRING_VALUE";
        break;

    case 't':
        found = "TRUE_VALUE";
        break;

    case 'f':
        found = "FALSE_VALUE";
        break;

    default:
        found = memchr(raw.data, '.', raw.len) ? "DECIMAL_VALUE"
                                               : "NUMBER_VALUE";
        break;
    }

    wf_error_set(check->err, WF_E_SERIALIZATION,
                 "%s can not be converted to %s", found, wanted);

    return WF_ERROR;
}


/*
 * Where in the input
 */

static size_t
path_push(check_t *check, wf_str_t name)
{
    size_t  before, len;

    before = check->path_len;

    if (before > 0 && before < PATH_LEN_MAX) {
        check->path[check->path_len++] = '.';
    }

    len = wf_min(name.len, PATH_LEN_MAX - check->path_len);
    memcpy(check->path + check->path_len, name.data, len);
    check->path_len += len;

    return before;
}


static size_t
path_push_index(check_t *check, uint32_t index)
{
    int   len;
    char  text[32];

    len = snprintf(text, sizeof(text), "%u.member", (unsigned) index);

    return path_push(check, (wf_str_t) { (size_t) len,
                                         (const uint8_t *) text });
}


/*
 * Words
 */

/* As the service prints them. */
static void
value_print(check_t *check, const wf_aws_type_t *type, wf_str_t raw,
    unsigned depth)
{
    uint16_t                i;
    bool                    again;
    wf_buf_t               *buf;
    wf_str_t                key, value;
    wf_walk_t               walk;
    const wf_aws_member_t  *member;

    buf = &check->faults;

    if (raw.data[0] == '"') {
        value = wf_walk_text(check->message->scratch, raw);
        buf->failed |= value.data == NULL;
        wf_buf_str(buf, value);
        return;
    }

    again = false;
    walk = wf_walk(raw);

    if (type->kind == WF_AWS_LIST && depth < DEPTH_MAX) {
        wf_buf_byte(buf, '[');
        wf_walk_enter(&walk);

        while (wf_walk_entry(&walk, &value)) {
            wf_buf_str(buf, again ? wf_str(", ") : wf_str(""));
            value_print(check, &check->model->types[type->first], value,
                        depth + 1);
            again = true;
        }

        wf_buf_byte(buf, ']');
        return;
    }

    if (type->kind != WF_AWS_STRUCTURE || depth >= DEPTH_MAX) {
        wf_buf_str(buf, raw);
        return;
    }

    wf_buf_str(buf, wf_str_of(type->name));
    wf_buf_byte(buf, '(');
    wf_walk_enter(&walk);

    while (wf_walk_member(&walk, &key, &value)) {

        for (i = 0; i < type->count; i++) {
            member = &check->model->members[type->first + i];

            if (wf_walk_is(key, member->name)) {
                wf_buf_str(buf, again ? wf_str(", ") : wf_str(""));
                wf_buf_str(buf, member->name);
                wf_buf_byte(buf, '=');
                value_print(check, &check->model->types[member->type], value,
                            depth + 1);
                again = true;
            }
        }
    }

    wf_buf_byte(buf, ')');
}


static void
fault(check_t *check, const wf_aws_type_t *type, const item_t *item,
    const char *constraint)
{
    wf_buf_t  *buf;

    buf = &check->faults;
    wf_buf_str(buf, check->count++ ? wf_str("; ") : wf_str(""));

    if (item->raw.data == NULL) {
        wf_buf_text(buf, "Value null at '");

    } else if (type->is_sensitive) {
        wf_buf_text(buf, "Value at '");

    } else {
        wf_buf_text(buf, "Value '");
        value_print(check, type, item->raw, 0);
        wf_buf_text(buf, "' at '");
    }

    wf_buf_append(buf, check->path, check->path_len);
    wf_buf_text(buf, "' failed to satisfy constraint: ");
    wf_buf_str(buf, wf_str_of(constraint));
}


static void
fault_bound(check_t *check, const wf_aws_type_t *type, const item_t *item,
    bool is_value, int64_t size)
{
    char  text[128];

    if (type->max != WF_AWS_NONE && size > type->max) {
        (void) snprintf(text, sizeof(text),
                        "Member must have %s less than or equal to %lld",
                        is_value ? "value" : "length", (long long) type->max);
        fault(check, type, item, text);
    }

    if (type->min != WF_AWS_NONE && size < type->min) {
        (void) snprintf(text, sizeof(text),
                        "Member must have %s greater than or equal to %lld",
                        is_value ? "value" : "length", (long long) type->min);
        fault(check, type, item, text);
    }
}


static void
check_pattern(check_t *check, const wf_aws_type_t *type, const item_t *item)
{
    char         text[256];
    const char  *words;

    words = type->text ? wf_aws_mismatch(type->text, item->text) : NULL;

    if (words) {
        (void) snprintf(text, sizeof(text), "Member must %s", words);
        fault(check, type, item, text);
    }
}


/*
 * Kinds
 */

static wf_rc_t
text_read(check_t *check, item_t *item)
{
    if (item->raw.data[0] != '"') {
        return unreadable(check, item->raw, "String");
    }

    item->text = wf_walk_text(check->message->arena, item->raw);

    return item->text.data ? WF_OK : no_memory(check->err);
}


static wf_rc_t
check_string(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    size_t  length;

    if (text_read(check, item) != WF_OK) {
        return WF_ERROR;
    }

    length = item->text.len;

    /* Bytes are never fewer than characters. */
    if (type->max != WF_AWS_NONE && length > (size_t) type->max) {
        length = wf_walk_length(item->text);
    }

    fault_bound(check, type, item, false, (int64_t) length);
    check_pattern(check, type, item);

    return WF_OK;
}


int64_t
wf_aws_choice(const char *choices, wf_str_t text)
{
    size_t       len;
    int64_t      number;
    const char  *choice;

    number = 0;

    for (choice = choices; *choice != '\0'; choice += len) {
        choice += strspn(choice, ", ");
        len = strcspn(choice, ",");

        if (wf_str_eq(text, (wf_str_t) { len, (const uint8_t *) choice })) {
            return number;
        }

        number++;
    }

    return -1;
}


static wf_rc_t
check_enum(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    char  text[512];

    if (text_read(check, item) != WF_OK) {
        return WF_ERROR;
    }

    item->number = wf_aws_choice(type->text, item->text);

    if (item->number < 0) {
        (void) snprintf(text, sizeof(text), "Member must satisfy enum value "
                        "set: [%s]", type->text);
        fault(check, type, item, text);
    }

    return WF_OK;
}


static wf_rc_t
check_boolean(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    (void) type;

    item->number = wf_str_eq(item->raw, wf_str("true"));

    if (item->number == 0 && !wf_str_eq(item->raw, wf_str("false"))) {
        return unreadable(check, item->raw, "Boolean");
    }

    return WF_OK;
}


/* The digits are JSON's; strtod() would read the locale's, too. */
static wf_rc_t
number_read(check_t *check, item_t *item, const char *wanted)
{
    wf_error_t   err;
    wf_value_t  *value;

    if (item->raw.data[0] != '-'
        && (item->raw.data[0] < '0' || item->raw.data[0] > '9'))
    {
        return unreadable(check, item->raw, wanted);
    }

    if (wf_json_parse(check->message->scratch, item->raw, &value, &err)
        != WF_OK)
    {
        return err.code == WF_E_INTERNAL ? no_memory(check->err)
                                         : unreadable(check, item->raw, wanted);
    }

    item->real = value->u.number.real;
    item->number = item->real >= (double) INT64_MAX ? INT64_MAX
                   : item->real <= (double) INT64_MIN ? INT64_MIN
                   : (int64_t) item->real;
    item->text = wf_arena_copy(check->message->arena, item->raw);

    return item->text.data ? WF_OK : no_memory(check->err);
}


static wf_rc_t
check_integer(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    if (number_read(check, item,
                    type->kind == WF_AWS_INTEGER ? "Integer" : "Long")
        != WF_OK)
    {
        return WF_ERROR;
    }

    fault_bound(check, type, item, true, item->number);

    return WF_OK;
}


/* 100.5 is more than 100, and -0.5 less than 0. */
static wf_rc_t
check_float(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    int64_t  bound;

    if (number_read(check, item, "Float") != WF_OK) {
        return WF_ERROR;
    }

    bound = item->number;

    if (bound < INT64_MAX && item->real > (double) bound) {
        bound += bound == type->max;
    }

    if (bound > INT64_MIN && item->real < (double) bound) {
        bound -= bound == type->min;
    }

    fault_bound(check, type, item, true, bound);

    return WF_OK;
}


/* Seconds since 1970. */
static wf_rc_t
check_timestamp(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    (void) type;

    if (number_read(check, item, "Timestamp") != WF_OK) {
        return WF_ERROR;
    }

    if (item->number > INT64_MAX / 1000 || item->number < INT64_MIN / 1000) {
        return unreadable(check, item->raw, "Timestamp");
    }

    item->number = (int64_t) (item->real * 1000.0);

    return WF_OK;
}


static wf_rc_t
check_list(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    size_t      before;
    wf_rc_t     rc;
    uint32_t    count;
    wf_walk_t   walk;
    item_t      entry;

    if (item->raw.data[0] != '[') {
        return item->raw.data[0] == '{'
               ? unreadable(check, item->raw, "")
               : (wf_error_set(check->err, WF_E_SERIALIZATION,
                               "Expected list or null"), WF_ERROR);
    }

    count = 0;
    walk = wf_walk(item->raw);
    wf_walk_enter(&walk);
    memset(&entry, 0, sizeof(item_t));

    while (wf_walk_entry(&walk, &entry.raw)) {
        before = path_push_index(check, ++count);
        rc = check_value(check, &check->model->types[type->first], &entry);
        check->path_len = before;

        if (rc != WF_OK) {
            return rc;
        }
    }

    fault_bound(check, type, item, false, count);

    return WF_OK;
}


static wf_rc_t
check_map(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    wf_rc_t     rc;
    wf_str_t    key;
    wf_walk_t   walk;
    item_t      entry;

    if (item->raw.data[0] != '{') {
        wf_error_set(check->err, WF_E_SERIALIZATION, "Expected map or null");
        return WF_ERROR;
    }

    walk = wf_walk(item->raw);
    wf_walk_enter(&walk);
    memset(&entry, 0, sizeof(item_t));
    rc = WF_OK;

    while (rc == WF_OK && wf_walk_member(&walk, &key, &entry.raw)) {
        rc = check_value(check, &check->model->types[type->first], &entry);
    }

    return rc;
}


/* Members as they stand there; of equal ones the last. */
static wf_rc_t
members_find(check_t *check, const wf_aws_type_t *type, wf_str_t raw,
    item_t *items)
{
    uint16_t   i;
    wf_str_t   key, value;
    wf_walk_t  walk;

    if (raw.data[0] != '{') {
        wf_error_set(check->err, WF_E_SERIALIZATION,
                     "Expected structure or null");
        return WF_ERROR;
    }

    wf_assert(type->count <= MEMBERS_MAX);
    memset(items, 0, type->count * sizeof(item_t));
    walk = wf_walk(raw);
    wf_walk_enter(&walk);

    while (wf_walk_member(&walk, &key, &value)) {

        for (i = 0; i < type->count; i++) {

            if (wf_walk_is(key, check->model->members[type->first + i].name)) {
                items[i].raw = wf_str_eq(value, wf_str("null"))
                               ? wf_str_none : value;
                break;
            }
        }
    }

    return WF_OK;
}


static wf_rc_t
members_check(check_t *check, const wf_aws_type_t *type, item_t *items)
{
    size_t                  before;
    wf_rc_t                 rc;
    uint16_t                i;
    const wf_aws_type_t    *inner;
    const wf_aws_member_t  *member;

    for (i = 0; i < type->count; i++) {
        member = &check->model->members[type->first + i];
        inner = &check->model->types[member->type];
        before = path_push(check, member->name);
        rc = WF_OK;

        if (items[i].raw.data) {
            rc = check_value(check, inner, &items[i]);

        } else if (member->is_required) {
            fault(check, inner, &items[i], "Member must not be null");
        }

        check->path_len = before;

        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


/* What a union names and lacks is taken as empty: its own members may be
 * missing. */
static wf_rc_t
union_fill(check_t *check, const wf_aws_type_t *type, item_t *items)
{
    int64_t               number;
    wf_str_t              text;
    const wf_aws_type_t  *names;

    if (items[0].raw.data == NULL || items[0].raw.data[0] != '"') {
        return WF_OK;
    }

    text = wf_walk_text(check->message->scratch, items[0].raw);

    if (text.data == NULL) {
        return no_memory(check->err);
    }

    names = &check->model->types[check->model->members[type->first].type];
    number = wf_aws_choice(names->text, text) + 1;
    wf_assert(number < type->count);

    if (number > 0 && items[number].raw.data == NULL) {
        items[number].raw = wf_str("{}");
    }

    return WF_OK;
}


static wf_rc_t
check_structure(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    item_t  items[MEMBERS_MAX];

    if (members_find(check, type, item->raw, items) != WF_OK
        || (type->text && union_fill(check, type, items) != WF_OK))
    {
        return WF_ERROR;
    }

    return members_check(check, type, items);
}


static const check_pt  checks[] = {
    [WF_AWS_STRING] = check_string,
    [WF_AWS_ENUM] = check_enum,
    [WF_AWS_BOOLEAN] = check_boolean,
    [WF_AWS_INTEGER] = check_integer,
    [WF_AWS_LONG] = check_integer,
    [WF_AWS_FLOAT] = check_float,
    [WF_AWS_TIMESTAMP] = check_timestamp,
    [WF_AWS_LIST] = check_list,
    [WF_AWS_MAP] = check_map,
    [WF_AWS_STRUCTURE] = check_structure,
};


static wf_rc_t
check_value(check_t *check, const wf_aws_type_t *type, item_t *item)
{
    wf_rc_t  rc;

    /* An entry of a list may be null. */
    if (wf_str_eq(item->raw, wf_str("null"))) {
        item->raw = wf_str_none;
        fault(check, type, item, "Member must not be null");
        return WF_OK;
    }

    wf_assert(check->depth < DEPTH_MAX);
    check->depth++;
    rc = checks[type->kind](check, type, item);
    check->depth--;

    return rc;
}


/*
 * The whole input
 */

bool
wf_aws_may_be_empty(const wf_aws_type_t *type)
{
    return type->kind == WF_AWS_STRING && type->text != NULL
           && type->min == WF_AWS_NONE;
}


static wf_rc_t
args_fill(check_t *check, const wf_aws_type_t *type, const item_t *items,
    wf_args_t *args)
{
    uint16_t                i;
    wf_arg_t               *arg;
    wf_arena_t             *arena;
    const wf_aws_member_t  *member;

    arena = check->message->arena;

    for (i = 0; i < type->count; i++) {
        member = &check->model->members[type->first + i];

        if (items[i].raw.data == NULL
            || (items[i].raw.len == 2
                && wf_aws_may_be_empty(&check->model->types[member->type])))
        {
            continue;
        }

        arg = wf_args_add(arena, args, member->arg);

        if (arg == NULL) {
            return no_memory(check->err);
        }

        arg->number = items[i].number;
        arg->text = items[i].text;

        if (arg->text.data == NULL) {
            arg->text = wf_arena_copy(arena, items[i].raw);
        }

        if (arg->text.data == NULL) {
            return no_memory(check->err);
        }
    }

    return WF_OK;
}


static wf_rc_t
faults_tell(check_t *check)
{
    wf_buf_t         buf;
    wf_aws_state_t  *state;

    state = check->message->state;
    wf_buf_init(&buf, check->message->arena, check->faults.len + 64);
    wf_buf_uint(&buf, check->count);
    wf_buf_str(&buf, check->count == 1
                     ? wf_str(" validation error detected: ")
                     : wf_str(" validation errors detected: "));
    wf_buf_str(&buf, wf_buf_done(&check->faults));

    if (check->faults.failed || buf.failed) {
        return no_memory(check->err);
    }

    state->fault = wf_buf_done(&buf);
    wf_error_args(check->err, WF_E_VALIDATION, state->fault, wf_str_none);

    return WF_ERROR;
}


wf_rc_t
wf_aws_read(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    item_t                 items[MEMBERS_MAX];
    check_t                check;
    wf_str_t               body;
    wf_type_t              json;
    const wf_aws_type_t   *type;
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);
    body = message->request->body.len ? message->request->body : wf_str("{}");

    if (wf_json_check(body, &json, err) != WF_OK || json != WF_OBJECT) {
        wf_error_set(err, WF_E_SERIALIZATION, "%s", "");
        return WF_ERROR;
    }

    memset(&check, 0, sizeof(check_t));
    check.message = message;
    check.model = state->service->model;
    check.err = err;
    wf_buf_init(&check.faults, message->scratch, 0);
    type = &check.model->types[state->operation->input];
    args->first = NULL;

    if (members_find(&check, type, wf_walk_value(&(wf_walk_t) {
            body.data, body.data + body.len }), items) != WF_OK
        || members_check(&check, type, items) != WF_OK
        || (state->operation->check
            && state->operation->check(message, err) != WF_OK))
    {
        return WF_ERROR;
    }

    if (check.count > 0) {
        return faults_tell(&check);
    }

    return args_fill(&check, type, items, args);
}
