
/*
 * JSON text -> values.  The only file that knows cJSON.  Never hands out a
 * cJSON node, never writes to err what is not about the text or memory.
 *
 * cJSON parses leniently, thinks in C strings and turns numbers into
 * doubles.  So json_scan.c checks the text first and rewrites it into a form
 * that loses nothing.  What passed is well-formed: when cJSON still fails, it
 * had no memory.  It notes its last error in a global that we never read.
 */

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/json_scan.h"


typedef struct {
    wf_arena_t  *arena;
    wf_str_t     text;
    bool         unique;                /* repeated keys are refused */
    uint64_t     count_max;             /* values; 0: any number */
    bool         has_nul;
    uint64_t     key_count;             /* in the order of the text */
    size_t       offset;                /* what reason is about */
    const char  *reason;                /* NULL after a failure: no memory */
} convert_t;


static wf_rc_t refuse(size_t offset, const char *reason, wf_error_t *err);
static wf_type_t type_of(wf_str_t text);
static wf_value_t *convert_start(convert_t *convert);
static wf_value_t *convert_scanned(convert_t *convert, wf_arena_t *scratch);
static wf_value_t *convert_item(convert_t *convert, const cJSON *item);
static wf_value_t *convert_text(convert_t *convert, const char *text);
static wf_value_t *convert_array(convert_t *convert, const cJSON *item);
static wf_value_t *convert_object(convert_t *convert, const cJSON *item);
static wf_str_t convert_string(convert_t *convert, const char *text);
static uint32_t child_count(const cJSON *item);


wf_rc_t
wf_json_parse(wf_arena_t *arena, wf_str_t text, wf_value_t **value,
    wf_error_t *err)
{
    return wf_json_parse_bounded(arena, text, 0, value, err);
}


wf_rc_t
wf_json_parse_bounded(wf_arena_t *arena, wf_str_t text, uint64_t count_max,
    wf_value_t **value, wf_error_t *err)
{
    convert_t    convert;
    wf_value_t  *result;

    convert = (convert_t) {
        .arena = arena, .text = text, .count_max = count_max
    };
    result = convert_start(&convert);

    if (result != NULL) {
        *value = result;
        return WF_OK;
    }

    return refuse(convert.offset, convert.reason, err);
}


wf_rc_t
wf_json_parse_unique(wf_arena_t *arena, wf_str_t text, wf_value_t **value,
    size_t *offset, wf_error_t *err)
{
    convert_t    convert;
    wf_value_t  *result;

    convert = (convert_t) { .arena = arena, .text = text, .unique = true };
    result = convert_start(&convert);

    if (result != NULL) {
        *value = result;
        return WF_OK;
    }

    *offset = convert.offset;

    if (convert.reason == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%s", convert.reason);
    return WF_ERROR;
}


wf_rc_t
wf_json_check(wf_str_t text, wf_type_t *type, wf_error_t *err)
{
    const char      *reason;
    wf_json_scan_t   scan;

    wf_json_scan_init(&scan, text, NULL);
    reason = wf_json_scan(&scan);

    if (reason != NULL) {
        return refuse((size_t) (scan.pos - text.data), reason, err);
    }

    *type = type_of(text);

    return WF_OK;
}


static wf_rc_t
refuse(size_t offset, const char *reason, wf_error_t *err)
{
    if (reason == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "invalid JSON at byte %zu: %s",
                 offset + 1, reason);
    return WF_ERROR;
}


/* The text is known to be JSON. */

static wf_type_t
type_of(wf_str_t text)
{
    const uint8_t  *p;

    for (p = text.data; strchr(" \t\r\n", *p); p++) {
        /* void */
    }

    switch (*p) {

    case '{':
        return WF_OBJECT;

    case '[':
        return WF_ARRAY;

    case '"':
        return WF_STRING;

    case 't':
    case 'f':
        return WF_BOOL;

    case 'n':
        return WF_NULL;

    default:
        return WF_NUMBER;
    }
}


static wf_value_t *
convert_start(convert_t *convert)
{
    wf_arena_t  *scratch;
    wf_value_t  *value;

    if (wf_str_eq(convert->text, wf_str("{}"))) {
        return wf_value_object(convert->arena, 0);
    }

    scratch = wf_arena_create(0);

    if (scratch == NULL) {
        return NULL;
    }

    value = convert_scanned(convert, scratch);

    wf_arena_free(scratch);

    return value;
}


static wf_value_t *
convert_scanned(convert_t *convert, wf_arena_t *scratch)
{
    cJSON           *tree;
    uint8_t         *out;
    wf_str_t         text;
    wf_value_t      *value;
    wf_json_scan_t   scan;

    text = convert->text;

    if (text.len > SIZE_MAX / 2 / WF_JSON_SCAN_GROWTH) {
        return NULL;
    }

    out = wf_arena_alloc(scratch, text.len * WF_JSON_SCAN_GROWTH + 1);

    if (out == NULL) {
        return NULL;
    }

    wf_json_scan_init(&scan, text, out);
    scan.value_stop = convert->count_max ? convert->count_max + 1 : 0;
    convert->reason = wf_json_scan(&scan);
    convert->offset = (size_t) (scan.pos - text.data);

    if (convert->reason != NULL) {
        return NULL;
    }

    *scan.out++ = '\0';

    tree = cJSON_ParseWithLengthOpts((char *) out, (size_t) (scan.out - out),
                                     NULL, true);
    if (tree == NULL) {
        return NULL;
    }

    convert->has_nul = scan.has_nul;
    value = convert_item(convert, tree);

    cJSON_Delete(tree);

    if (convert->reason != NULL) {

        /* A tree has no offsets, but its keys come in the same order. */

        wf_json_scan_init(&scan, text, out);
        scan.key_stop = convert->key_count;
        (void) wf_json_scan(&scan);
        convert->offset = (size_t) (scan.pos - text.data);
    }

    return value;
}


/* NULL: no memory, or a reason. */

static wf_value_t *
convert_item(convert_t *convert, const cJSON *item)
{
    switch (item->type & 0xff) {

    case cJSON_NULL:
        return wf_value_null(convert->arena);

    case cJSON_False:
    case cJSON_True:
        return wf_value_bool(convert->arena, (item->type & cJSON_True) != 0);

    case cJSON_String:
        return convert_text(convert, item->valuestring);

    case cJSON_Array:
        return convert_array(convert, item);

    default:
        wf_assert(cJSON_IsObject(item));
        return convert_object(convert, item);
    }
}


static wf_value_t *
convert_text(convert_t *convert, const char *text)
{
    wf_str_t  string;

    string = convert_string(convert, text + 1);

    if (string.data == NULL) {
        return NULL;
    }

    if (*text == WF_JSON_MARK_NUMBER) {
        return wf_value_number(convert->arena, string);
    }

    return wf_value_string(convert->arena, string);
}


static wf_str_t
convert_string(convert_t *convert, const char *text)
{
    size_t    i;
    uint8_t  *data;
    wf_str_t  copy;

    copy = wf_arena_copy(convert->arena, wf_str_of(text));

    if (convert->has_nul && copy.data != NULL) {
        data = (uint8_t *) copy.data;

        for (i = 0; i < copy.len; i++) {
            if (data[i] == WF_JSON_BYTE_NUL) {
                data[i] = '\0';
            }
        }
    }

    return copy;
}


static wf_value_t *
convert_array(convert_t *convert, const cJSON *item)
{
    const cJSON  *child;
    wf_value_t   *array;

    array = wf_value_array(convert->arena, child_count(item));

    if (array == NULL) {
        return NULL;
    }

    for (child = item->child; child != NULL; child = child->next) {
        if (wf_value_push(convert->arena, array, convert_item(convert, child))
            != WF_OK)
        {
            return NULL;
        }
    }

    return array;
}


static wf_value_t *
convert_object(convert_t *convert, const cJSON *item)
{
    wf_str_t      key;
    const cJSON  *child;
    wf_value_t   *object;

    object = wf_value_object(convert->arena, child_count(item));

    if (object == NULL) {
        return NULL;
    }

    for (child = item->child; child != NULL; child = child->next) {
        convert->key_count++;
        key = convert_string(convert, child->string);

        if (key.data == NULL) {
            return NULL;
        }

        if (convert->unique && wf_value_get(object, key) != NULL) {
            convert->reason = "this key is there twice";
            return NULL;
        }

        if (wf_value_set(convert->arena, object, key,
                         convert_item(convert, child))
            != WF_OK)
        {
            return NULL;
        }
    }

    return object;
}


static uint32_t
child_count(const cJSON *item)
{
    uint32_t      count;
    const cJSON  *child;

    count = 0;

    for (child = item->child; child != NULL; child = child->next) {
        count++;
    }

    return count;
}


