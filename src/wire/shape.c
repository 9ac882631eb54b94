
/*
 * Parameter tables put to work: what must be there, what each text may be.
 * Knows no protocol: texts come through a source, refusals leave as codes
 * with a reason.  Arguments live in the given arena, copies of the texts.
 */

#include "wire/shape.h"

#include "base/json.h"
#include "base/timefmt.h"
#include "wire/routes.h"


typedef wf_rc_t (*check_pt)(wf_arena_t *scratch, const wf_field_t *field,
    wf_arg_t *arg, wf_error_t *err);


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


/* "Limit must be ..." */
static wf_rc_t
refuse(const wf_field_t *field, wf_error_t *err, const char *must)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%.*s must be %s.",
                 (int) field->name.len, (const char *) field->name.data, must);
    return WF_ERROR;
}


static wf_rc_t
refuse_range(const wf_field_t *field, wf_error_t *err, const char *what,
    const char *unit)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT,
                 "%.*s must be %s %lld and %lld%s.",
                 (int) field->name.len, (const char *) field->name.data, what,
                 (long long) field->min, (long long) field->max, unit);
    return WF_ERROR;
}


static wf_rc_t
check_string(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    size_t  length;

    (void) scratch;

    if (field->max == 0) {
        return WF_OK;
    }

    length = wf_utf8_length(arg->text);

    if (length < (size_t) field->min || length > (size_t) field->max) {
        return refuse_range(field, err, "between", " characters long");
    }

    return WF_OK;
}


static bool
is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}


static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}


bool
wf_name_valid(wf_str_t name)
{
    size_t   i;
    uint8_t  c;

    if (name.len == 0 || name.len > WF_NAME_LEN_MAX) {
        return false;
    }

    for (i = 0; i < name.len; i++) {
        c = name.data[i];

        if (!is_letter(c) && (i == 0 || (!is_digit(c) && c != '-'))) {
            return false;
        }
    }

    return true;
}


static wf_rc_t
check_name(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    (void) scratch;

    if (wf_name_valid(arg->text)) {
        return WF_OK;
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT,
                 "%.*s must be 1 to %d characters long, begin with a letter "
                 "or '_' and consist of letters, digits, '_' and '-'.",
                 (int) field->name.len, (const char *) field->name.data,
                 WF_NAME_LEN_MAX);
    return WF_ERROR;
}


/* Decimal digits with an optional sign; WF_DECLINED: beyond 64 bits. */
static wf_rc_t
parse_integer(wf_str_t text, int64_t *number)
{
    bool      negative;
    size_t    i;
    uint64_t  value;

    negative = text.len > 0 && text.data[0] == '-';
    value = 0;

    if (text.len == (size_t) negative) {
        return WF_ERROR;
    }

    for (i = negative; i < text.len; i++) {

        if (!is_digit(text.data[i])) {
            return WF_ERROR;
        }
    }

    for (i = negative; i < text.len; i++) {
        value = value * 10 + (text.data[i] - '0');

        if (value > INT64_MAX / 16) {
            return WF_DECLINED;
        }
    }

    *number = negative ? -(int64_t) value : (int64_t) value;

    return WF_OK;
}


static wf_rc_t
check_integer(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    wf_rc_t  rc;

    (void) scratch;

    rc = parse_integer(arg->text, &arg->number);

    if (rc == WF_ERROR) {
        return refuse(field, err, "an integer");
    }

    if (field->max == 0) {

        if (rc == WF_DECLINED || arg->number < field->min) {
            return refuse(field, err, "an integer that is not negative and "
                          "not beyond 64 bits");
        }

        return WF_OK;
    }

    if (rc == WF_DECLINED || arg->number < field->min
        || arg->number > field->max)
    {
        return refuse_range(field, err, "between", "");
    }

    return WF_OK;
}


/* word is lower case. */
static bool
is_word(wf_str_t text, const char *word)
{
    size_t   i;
    uint8_t  c;

    if (text.len != strlen(word)) {
        return false;
    }

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (c != (uint8_t) word[i]) {
            return false;
        }
    }

    return true;
}


static wf_rc_t
check_boolean(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    (void) scratch;

    arg->number = is_word(arg->text, "true");

    if (arg->number == 0 && !is_word(arg->text, "false")) {
        return refuse(field, err, "true or false");
    }

    return WF_OK;
}


static wf_rc_t
check_time(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    (void) scratch;

    if (wf_time_parse(arg->text, &arg->number) != WF_OK) {
        return refuse(field, err,
                      "a time by RFC 3339, like 2026-01-02T03:04:05Z");
    }

    return WF_OK;
}


/* Puts the parameter's name before the parser's reason. */
static wf_rc_t
refuse_json(const wf_field_t *field, wf_error_t *err)
{
    if (err->code == WF_E_INVALID_ARGUMENT) {
        wf_error_wrap(err, "%.*s is not valid JSON", (int) field->name.len,
                      (const char *) field->name.data);
    }

    return WF_ERROR;
}


static wf_rc_t
json_type(const wf_field_t *field, wf_str_t text, wf_type_t *type,
    wf_error_t *err)
{
    if (field->max != 0 && text.len > (size_t) field->max) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "%.*s must be at most %lld bytes long.",
                     (int) field->name.len, (const char *) field->name.data,
                     (long long) field->max);
        return WF_ERROR;
    }

    if (wf_json_check(text, type, err) != WF_OK) {
        return refuse_json(field, err);
    }

    return WF_OK;
}


static wf_rc_t
check_json_object(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    wf_type_t  type;

    (void) scratch;

    if (json_type(field, arg->text, &type, err) != WF_OK) {
        return WF_ERROR;
    }

    if (type != WF_OBJECT) {
        return refuse(field, err, "a JSON object");
    }

    return WF_OK;
}


static wf_rc_t
check_json(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    wf_type_t  type;

    (void) scratch;

    return json_type(field, arg->text, &type, err);
}


/* Spelled as in JSON; the parser's own reason would not help anybody. */
static wf_rc_t
check_number(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    wf_value_t  *value;

    if (wf_json_parse(scratch, arg->text, &value, err) != WF_OK) {
        return err->code == WF_E_INTERNAL ? WF_ERROR
                                          : refuse(field, err, "a number");
    }

    if (value->type != WF_NUMBER) {
        return refuse(field, err, "a number");
    }

    if (value->u.number.real < (double) field->min
        || value->u.number.real > (double) field->max)
    {
        return refuse_range(field, err, "between", "");
    }

    arg->text = value->u.number.text;

    return WF_OK;
}


static wf_rc_t
variable_refuse(const wf_field_t *field, uint32_t index, const char *reason,
    wf_error_t *err)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%.*s.Variables[%u]%s.",
                 (int) field->name.len, (const char *) field->name.data,
                 (unsigned) index, reason);
    return WF_ERROR;
}


/* A string member; null counts as absent. */
static bool
variable_text(const wf_value_t *variable, wf_str_t key, wf_str_t *text)
{
    const wf_value_t  *value;

    *text = wf_str("");
    value = wf_value_get(variable, key);

    if (value == NULL || value->type == WF_NULL) {
        return true;
    }

    if (value->type != WF_STRING) {
        return false;
    }

    *text = value->u.string;

    return true;
}


static wf_rc_t
variable_print(wf_buf_t *buf, const wf_field_t *field,
    const wf_value_t *variables, uint32_t index, wf_error_t *err)
{
    uint32_t           i;
    wf_str_t           name, value, description, other;
    const wf_value_t  *variable;

    variable = variables->u.items[index];

    if (variable->type != WF_OBJECT) {
        return variable_refuse(field, index, " must be an object", err);
    }

    if (!variable_text(variable, wf_str("Name"), &name) || name.len == 0) {
        return variable_refuse(field, index,
                               ".Name must be a string that is not empty",
                               err);
    }

    if (!variable_text(variable, wf_str("Value"), &value)
        || !variable_text(variable, wf_str("Description"), &description))
    {
        return variable_refuse(field, index,
                               ": Value and Description must be strings", err);
    }

    for (i = 0; i < index; i++) {

        if (variable_text(variables->u.items[i], wf_str("Name"), &other)
            && wf_str_eq(other, name))
        {
            return variable_refuse(field, index, ".Name is used twice", err);
        }
    }

    wf_buf_text(buf, "{\"Name\":");
    wf_json_print_string(buf, name);
    wf_buf_text(buf, ",\"Value\":");
    wf_json_print_string(buf, value);
    wf_buf_text(buf, ",\"Description\":");
    wf_json_print_string(buf, description);
    wf_buf_byte(buf, '}');

    return WF_OK;
}


/* cloudflow-api 1.3, item 8.  The text becomes the list alone, in one form. */
static wf_rc_t
check_environment(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    wf_buf_t     buf;
    uint32_t     i;
    wf_value_t  *value, *variables;

    if (wf_json_parse_bounded(scratch, arg->text, WF_PARAM_VALUES_MAX, &value,
                              err)
        != WF_OK)
    {
        return refuse_json(field, err);
    }

    if (value->type != WF_OBJECT) {
        return refuse(field, err, "a JSON object with a member Variables");
    }

    variables = wf_value_get(value, wf_str("Variables"));
    wf_buf_init(&buf, scratch, arg->text.len + 2);
    wf_buf_byte(&buf, '[');

    if (variables && variables->type != WF_NULL) {

        if (variables->type != WF_ARRAY
            || variables->count > WF_ENVIRONMENT_MAX)
        {
            wf_error_set(err, WF_E_INVALID_ARGUMENT, "%.*s.Variables must be "
                         "a list of at most %d variables.",
                         (int) field->name.len,
                         (const char *) field->name.data, WF_ENVIRONMENT_MAX);
            return WF_ERROR;
        }

        for (i = 0; i < variables->count; i++) {

            if (i > 0) {
                wf_buf_byte(&buf, ',');
            }

            if (variable_print(&buf, field, variables, i, err) != WF_OK) {
                return WF_ERROR;
            }
        }
    }

    wf_buf_byte(&buf, ']');

    if (buf.failed) {
        return no_memory(err);
    }

    arg->text = wf_buf_done(&buf);

    return WF_OK;
}


static wf_rc_t
check_routes(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    wf_value_t  *value;

    if (wf_json_parse_bounded(scratch, arg->text, WF_PARAM_VALUES_MAX, &value,
                              err)
        != WF_OK)
    {
        return refuse_json(field, err);
    }

    return wf_routes_check(scratch, field->name, value, &arg->text, err);
}


static wf_rc_t
check_enum(wf_arena_t *scratch, const wf_field_t *field, wf_arg_t *arg,
    wf_error_t *err)
{
    size_t       len;
    const char  *choice;

    (void) scratch;

    arg->number = 0;

    for (choice = field->choices; *choice != '\0'; choice += len) {
        choice += *choice == '|';
        len = strcspn(choice, "|");

        if (wf_str_eq(arg->text,
                      (wf_str_t) { len, (const uint8_t *) choice }))
        {
            return WF_OK;
        }

        arg->number++;
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%.*s must be one of %s.",
                 (int) field->name.len, (const char *) field->name.data,
                 field->choices);
    return WF_ERROR;
}


static const check_pt  checks[] = {
    [WF_FIELD_STRING] = check_string,
    [WF_FIELD_NAME] = check_name,
    [WF_FIELD_INTEGER] = check_integer,
    [WF_FIELD_BOOLEAN] = check_boolean,
    [WF_FIELD_TIME] = check_time,
    [WF_FIELD_JSON_OBJECT] = check_json_object,
    [WF_FIELD_JSON] = check_json,
    [WF_FIELD_NUMBER] = check_number,
    [WF_FIELD_ENVIRONMENT] = check_environment,
    [WF_FIELD_ROUTES] = check_routes,
    [WF_FIELD_ENUM] = check_enum,
};


/* cloudflow-api, "how to read": an empty value is an absent one. */
static wf_rc_t
find_text(wf_arena_t *scratch, const wf_field_t *field,
    const wf_source_t *source, wf_str_t *text, wf_error_t *err)
{
    wf_rc_t  rc;

    rc = source->get(source->data, scratch, field, text);

    if (rc == WF_ERROR) {
        return no_memory(err);
    }

    if (rc == WF_OK && (text->len > 0 || field->may_be_empty)) {
        return WF_OK;
    }

    if (field->required) {
        wf_error_args(err, WF_E_MISSING_PARAM, field->name, wf_str_none);
        return WF_ERROR;
    }

    return WF_DECLINED;
}


/* The copy is what the check made of the text. */
static wf_rc_t
check_arg(wf_arena_t *arena, wf_arena_t *scratch, const wf_field_t *field,
    wf_arg_t *arg, wf_error_t *err)
{
    wf_assert(field->kind < wf_countof(checks));

    if (arg->text.len > 0
        && checks[field->kind](scratch, field, arg, err) != WF_OK)
    {
        return WF_ERROR;
    }

    arg->text = wf_arena_copy(arena, arg->text);

    return arg->text.data ? WF_OK : no_memory(err);
}


wf_rc_t
wf_shape_decode(wf_arena_t *arena, wf_arena_t *scratch,
    const wf_shape_t *shape, const wf_source_t *source, wf_args_t *args,
    wf_error_t *err)
{
    wf_rc_t            rc;
    wf_str_t           text;
    wf_arg_t          *arg;
    const wf_field_t  *field;

    args->first = NULL;

    for (field = shape->fields; field < shape->fields + shape->count; field++) {
        rc = find_text(scratch, field, source, &text, err);

        if (rc == WF_ERROR) {
            return WF_ERROR;
        }

        if (rc == WF_DECLINED) {
            continue;
        }

        arg = wf_args_add(arena, args, field->arg);

        if (arg == NULL) {
            return no_memory(err);
        }

        arg->text = text;
    }

    field = shape->fields;

    for (arg = args->first; arg; arg = arg->next) {

        while (field->arg != arg->id) {
            field++;
        }

        if (check_arg(arena, scratch, field, arg, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}
