
/*
 * YAML text -> values.  The only file that knows libyaml, which it reads
 * event by event; what a plain scalar means is yaml_scalar.c's business.
 * Values are immutable, so an alias shares the value of its anchor; the
 * expanded size is what counts against the limits.
 *
 * JSON that libyaml refuses (surrogate pairs, tabs, keys beyond 1024 bytes)
 * or would change (U+2028 in a string is a line break in YAML) is read by
 * json.c, without marks.
 */

#include <yaml.h>

#include "base/json.h"
#include "base/map.h"
#include "base/yaml.h"
#include "base/yaml_scalar.h"


#define LINE_LAST     ((1u << 20) - 1)          /* what a wf_mark_t can say */
#define COLUMN_LAST   4095

#define QUOTE(text)   QUOTE_(text)
#define QUOTE_(text)  #text


/* What a value costs when it is written out in full. */
typedef struct {
    uint64_t  nodes;
    uint64_t  bytes;
    unsigned  depth;            /* wf_value_depth() */
} cost_t;

typedef struct {
    wf_value_t  *value;         /* NULL: still being read */
    cost_t       cost;
} anchor_t;

typedef struct {
    wf_arena_t     *arena;      /* of the values */
    wf_arena_t     *scratch;    /* of the anchors */
    wf_error_t     *err;
    wf_map_t        anchors;
    cost_t          cost;       /* so far; depth: of the last value */
    unsigned        level;      /* containers around the current event */
    bool            syntax;     /* it was libyaml that refused */
    size_t          offset;     /* where, in bytes */
    yaml_parser_t   parser;
} reader_t;


static wf_rc_t read_text(reader_t *reader, wf_str_t text, wf_value_t **value);
static wf_rc_t read_stream(reader_t *reader, wf_str_t text,
    wf_value_t **value);
static wf_rc_t read_document(reader_t *reader, wf_value_t **value);
static wf_rc_t read_event(reader_t *reader, yaml_event_t *event);
static wf_rc_t read_node(reader_t *reader, yaml_event_t *event,
    wf_value_t **value);
static wf_rc_t read_alias(reader_t *reader, yaml_event_t *event,
    wf_value_t **value);
static wf_rc_t read_scalar(reader_t *reader, yaml_event_t *event,
    wf_value_t **value);
static wf_rc_t read_sequence(reader_t *reader, wf_value_t **value);
static wf_rc_t read_mapping(reader_t *reader, wf_value_t **value);
static wf_rc_t read_member(reader_t *reader, yaml_event_t *event,
    wf_value_t *object);
static wf_rc_t read_key(reader_t *reader, yaml_event_t *event,
    wf_value_t *object, wf_str_t *key);
static wf_rc_t anchor_open(reader_t *reader, const yaml_char_t *name,
    anchor_t **anchor);
static wf_rc_t spend(reader_t *reader, yaml_mark_t mark, cost_t cost);
static wf_mark_t mark_of(yaml_mark_t mark);
static wf_rc_t refuse(reader_t *reader, yaml_mark_t mark, const char *reason,
    wf_str_t name);
static wf_rc_t refuse_syntax(reader_t *reader, wf_str_t text);
static wf_rc_t no_memory(reader_t *reader);
static bool looks_like_json(wf_str_t text);
static bool has_line_breaks(wf_str_t text);
static wf_rc_t read_json(reader_t *reader, wf_str_t text, wf_value_t **value);
static yaml_mark_t mark_at(wf_str_t text, size_t offset);


wf_rc_t
wf_yaml_parse(wf_arena_t *arena, wf_str_t text, wf_value_t **value,
    wf_error_t *err)
{
    bool      json;
    wf_rc_t   rc;
    reader_t  reader;

    memset(&reader, 0, sizeof(reader_t));
    reader.arena = arena;
    reader.err = err;

    json = looks_like_json(text);

    if (json && has_line_breaks(text)
        && read_json(&reader, text, value) == WF_OK)
    {
        return WF_OK;
    }

    reader.scratch = wf_arena_create(0);

    if (reader.scratch == NULL) {
        return no_memory(&reader);
    }

    wf_map_init(&reader.anchors, reader.scratch);

    rc = read_text(&reader, text, value);

    wf_arena_free(reader.scratch);

    if (rc == WF_ERROR && json && reader.syntax) {
        return read_json(&reader, text, value);
    }

    return rc;
}


static wf_rc_t
read_text(reader_t *reader, wf_str_t text, wf_value_t **value)
{
    wf_rc_t  rc;

    if (!yaml_parser_initialize(&reader->parser)) {
        return no_memory(reader);
    }

    yaml_parser_set_input_string(&reader->parser, text.data, text.len);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);

    rc = read_stream(reader, text, value);

    yaml_parser_delete(&reader->parser);

    return rc;
}


/* WF_DECLINED from within: libyaml has failed, its own words say how. */

static wf_rc_t
read_stream(reader_t *reader, wf_str_t text, wf_value_t **value)
{
    wf_rc_t      rc;
    wf_value_t  *result;

    result = NULL;
    rc = read_document(reader, &result);

    if (rc == WF_DECLINED) {
        return refuse_syntax(reader, text);
    }

    if (rc == WF_OK) {
        *value = result;
    }

    return rc;
}


/* Stream start, [ document start, node, document end ], stream end. */

static wf_rc_t
read_document(reader_t *reader, wf_value_t **value)
{
    wf_rc_t            rc;
    unsigned           documents;
    yaml_event_t       event;
    yaml_event_type_t  type;

    documents = 0;

    for ( ;; ) {
        rc = read_event(reader, &event);

        if (rc != WF_OK) {
            return rc;
        }

        type = event.type;

        if (type == YAML_DOCUMENT_START_EVENT && documents++) {
            rc = refuse(reader, event.start_mark, "a second document",
                        wf_str_none);

        } else if (type == YAML_STREAM_END_EVENT && documents == 0) {
            rc = refuse(reader, event.start_mark, "there is no document",
                        wf_str_none);

        } else if (type == YAML_STREAM_START_EVENT
                   || type == YAML_DOCUMENT_START_EVENT
                   || type == YAML_DOCUMENT_END_EVENT
                   || type == YAML_STREAM_END_EVENT)
        {
            rc = WF_OK;

        } else {
            rc = read_node(reader, &event, value);
        }

        yaml_event_delete(&event);

        if (rc != WF_OK || type == YAML_STREAM_END_EVENT) {
            return rc;
        }
    }
}


static wf_rc_t
read_event(reader_t *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event)) {
        return WF_OK;
    }

    if (reader->parser.error == YAML_MEMORY_ERROR) {
        return no_memory(reader);
    }

    return WF_DECLINED;
}


/* The event is deleted by who read it. */

static wf_rc_t
read_node(reader_t *reader, yaml_event_t *event, wf_value_t **value)
{
    cost_t              before;
    wf_rc_t             rc;
    anchor_t           *anchor;
    const yaml_char_t  *name;

    before = reader->cost;
    rc = spend(reader, event->start_mark, (cost_t) { .nodes = 1 });

    if (rc != WF_OK) {
        return rc;
    }

    reader->cost.depth = 0;

    if (event->type == YAML_ALIAS_EVENT) {
        return read_alias(reader, event, value);
    }

    name = event->type == YAML_SCALAR_EVENT ? event->data.scalar.anchor
           : event->type == YAML_SEQUENCE_START_EVENT
             ? event->data.sequence_start.anchor
             : event->data.mapping_start.anchor;

    if (anchor_open(reader, name, &anchor) != WF_OK) {
        return no_memory(reader);
    }

    if (event->type == YAML_SCALAR_EVENT) {
        rc = read_scalar(reader, event, value);

    } else if (reader->level == WF_DEPTH_MAX) {
        rc = refuse(reader, event->start_mark, "more than "
                    QUOTE(WF_DEPTH_MAX) " levels", wf_str_none);

    } else {
        reader->level++;
        rc = event->type == YAML_SEQUENCE_START_EVENT
             ? read_sequence(reader, value)
             : read_mapping(reader, value);
        reader->level--;
    }

    if (rc != WF_OK) {
        return rc;
    }

    (*value)->mark = mark_of(event->start_mark);

    if (anchor != NULL) {
        anchor->value = *value;
        anchor->cost = (cost_t) { reader->cost.nodes - before.nodes,
                                  reader->cost.bytes - before.bytes,
                                  reader->cost.depth };
    }

    return WF_OK;
}


static wf_rc_t
read_alias(reader_t *reader, yaml_event_t *event, wf_value_t **value)
{
    wf_str_t   name;
    anchor_t  *anchor;

    name = wf_str_of((const char *) event->data.alias.anchor);
    anchor = wf_map_get(&reader->anchors, name);

    if (anchor == NULL) {
        return refuse(reader, event->start_mark, "there is no anchor", name);
    }

    if (anchor->value == NULL) {
        return refuse(reader, event->start_mark, "an alias inside its own "
                      "anchor", name);
    }

    if (reader->level + anchor->cost.depth > WF_DEPTH_MAX) {
        return refuse(reader, event->start_mark, "more than "
                      QUOTE(WF_DEPTH_MAX) " levels by the alias", name);
    }

    *value = anchor->value;
    reader->cost.depth = anchor->cost.depth;

    return spend(reader, event->start_mark, anchor->cost);
}


static wf_rc_t
read_scalar(reader_t *reader, yaml_event_t *event, wf_value_t **value)
{
    wf_rc_t           rc;
    wf_str_t          text;
    const char       *reason;
    wf_yaml_scalar_t  scalar;

    text = (wf_str_t) { event->data.scalar.length, event->data.scalar.value };
    rc = spend(reader, event->start_mark, (cost_t) { .bytes = text.len });

    if (rc != WF_OK) {
        return rc;
    }

    scalar.text = text;
    scalar.tag = (const char *) event->data.scalar.tag;
    scalar.plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

    reason = NULL;
    *value = wf_yaml_scalar(reader->arena, &scalar, &reason);

    if (reason != NULL) {
        return refuse(reader, event->start_mark, reason, text);
    }

    return *value ? WF_OK : no_memory(reader);
}


static wf_rc_t
read_sequence(reader_t *reader, wf_value_t **value)
{
    wf_rc_t        rc;
    unsigned       depth;
    wf_value_t    *array, *item;
    yaml_event_t   event;

    array = wf_value_array(reader->arena, 0);

    if (array == NULL) {
        return no_memory(reader);
    }

    depth = 0;

    for ( ;; ) {
        rc = read_event(reader, &event);

        if (rc != WF_OK) {
            return rc;
        }

        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }

        rc = read_node(reader, &event, &item);

        yaml_event_delete(&event);

        if (rc != WF_OK) {
            return rc;
        }

        if (wf_value_push(reader->arena, array, item) != WF_OK) {
            return no_memory(reader);
        }

        depth = wf_max(depth, reader->cost.depth);
    }

    reader->cost.depth = depth + 1;
    *value = array;

    return WF_OK;
}


static wf_rc_t
read_mapping(reader_t *reader, wf_value_t **value)
{
    wf_rc_t        rc;
    unsigned       depth;
    wf_value_t    *object;
    yaml_event_t   event;

    object = wf_value_object(reader->arena, 0);

    if (object == NULL) {
        return no_memory(reader);
    }

    depth = 0;

    for ( ;; ) {
        rc = read_event(reader, &event);

        if (rc != WF_OK) {
            return rc;
        }

        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }

        rc = read_member(reader, &event, object);

        yaml_event_delete(&event);

        if (rc != WF_OK) {
            return rc;
        }

        depth = wf_max(depth, reader->cost.depth);
    }

    reader->cost.depth = depth + 1;
    *value = object;

    return WF_OK;
}


/* The event is the key's. */

static wf_rc_t
read_member(reader_t *reader, yaml_event_t *event, wf_value_t *object)
{
    wf_rc_t        rc;
    wf_str_t       key;
    wf_mark_t      mark;
    wf_value_t    *value;
    yaml_event_t   next;

    rc = read_key(reader, event, object, &key);

    if (rc != WF_OK) {
        return rc;
    }

    mark = mark_of(event->start_mark);
    rc = read_event(reader, &next);

    if (rc != WF_OK) {
        return rc;
    }

    rc = read_node(reader, &next, &value);

    yaml_event_delete(&next);

    if (rc != WF_OK) {
        return rc;
    }

    if (wf_value_set(reader->arena, object, key, value) != WF_OK) {
        return no_memory(reader);
    }

    object->u.members[object->count - 1].mark = mark;

    return WF_OK;
}


/* A key is its text, whatever that would mean as a value. */

static wf_rc_t
read_key(reader_t *reader, yaml_event_t *event, wf_value_t *object,
    wf_str_t *key)
{
    bool         plain;
    wf_rc_t      rc;
    wf_str_t     text;
    anchor_t    *anchor;
    wf_value_t  *value;

    if (event->type != YAML_SCALAR_EVENT) {
        return refuse(reader, event->start_mark, "a key must be a scalar",
                      wf_str_none);
    }

    text = (wf_str_t) { event->data.scalar.length, event->data.scalar.value };
    plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

    rc = spend(reader, event->start_mark, (cost_t) { .bytes = text.len });

    if (rc != WF_OK) {
        return rc;
    }

    if (plain && wf_str_eq(text, wf_str("<<"))) {
        return refuse(reader, event->start_mark, "merge keys are not "
                      "supported", text);
    }

    if (wf_value_get(object, text) != NULL) {
        return refuse(reader, event->start_mark, "this key is there twice",
                      text);
    }

    *key = wf_arena_copy(reader->arena, text);

    if (key->data == NULL
        || anchor_open(reader, event->data.scalar.anchor, &anchor) != WF_OK)
    {
        return no_memory(reader);
    }

    if (anchor != NULL) {
        value = wf_value_string(reader->arena, *key);

        if (value == NULL) {
            return no_memory(reader);
        }

        value->mark = mark_of(event->start_mark);
        anchor->value = value;
        anchor->cost.bytes = text.len;
    }

    return WF_OK;
}


/* A name may be anchored again; aliases then mean the new one. */

static wf_rc_t
anchor_open(reader_t *reader, const yaml_char_t *name, anchor_t **anchor)
{
    wf_str_t  copy;

    *anchor = NULL;

    if (name == NULL) {
        return WF_OK;
    }

    copy = wf_arena_copy(reader->scratch, wf_str_of((const char *) name));
    *anchor = wf_arena_calloc(reader->scratch, sizeof(anchor_t));

    if (copy.data == NULL || *anchor == NULL) {
        return WF_ERROR;
    }

    return wf_map_set(&reader->anchors, copy, *anchor);
}


static wf_rc_t
spend(reader_t *reader, yaml_mark_t mark, cost_t cost)
{
    reader->cost.nodes += cost.nodes;
    reader->cost.bytes += cost.bytes;

    if (reader->cost.nodes > WF_YAML_NODES_MAX) {
        return refuse(reader, mark, "more than " QUOTE(WF_YAML_NODES_MAX)
                      " values", wf_str_none);
    }

    if (reader->cost.bytes > WF_YAML_BYTES_MAX) {
        return refuse(reader, mark, "the aliases make it too large",
                      wf_str_none);
    }

    return WF_OK;
}


static wf_mark_t
mark_of(yaml_mark_t mark)
{
    return wf_mark((wf_mark_t) wf_min(mark.line + 1, LINE_LAST),
                   (wf_mark_t) wf_min(mark.column + 1, COLUMN_LAST));
}


/* "line 3, column 5: reason: name" */

static wf_rc_t
refuse(reader_t *reader, yaml_mark_t mark, const char *reason, wf_str_t name)
{
    wf_error_set(reader->err, WF_E_INVALID_ARGUMENT,
                 "line %zu, column %zu: %s%s%.*s", mark.line + 1,
                 mark.column + 1, reason, name.len ? ": " : "",
                 (int) wf_min(name.len, WF_ERROR_ARG_MAX),
                 name.len ? (const char *) name.data : "");

    return WF_ERROR;
}


static wf_rc_t
refuse_syntax(reader_t *reader, wf_str_t text)
{
    yaml_mark_t     mark;
    yaml_parser_t  *parser;

    parser = &reader->parser;
    mark = parser->problem_mark;

    if (parser->error == YAML_READER_ERROR) {

        /* The reader counts bytes and knows no lines. */

        mark = mark_at(text, parser->problem_offset);
    }

    reader->syntax = true;
    reader->offset = mark.index;

    wf_error_set(reader->err, WF_E_INVALID_ARGUMENT,
                 "line %zu, column %zu: %s%s%s", mark.line + 1,
                 mark.column + 1, parser->problem,
                 parser->context ? " " : "",
                 parser->context ? parser->context : "");

    return WF_ERROR;
}


static wf_rc_t
no_memory(reader_t *reader)
{
    wf_error_set(reader->err, WF_E_INTERNAL, "out of memory");

    return WF_ERROR;
}


static bool
looks_like_json(wf_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] != ' ' && text.data[i] != '\t'
            && text.data[i] != '\r' && text.data[i] != '\n')
        {
            return text.data[i] == '{' || text.data[i] == '[';
        }
    }

    return false;
}


/* U+0085, U+2028, U+2029: ordinary characters in JSON, not in YAML. */

static bool
has_line_breaks(wf_str_t text)
{
    size_t          i;
    const uint8_t  *p;

    for (i = 0; i + 2 < text.len; i++) {
        p = text.data + i;

        if (*p >= 0x80
            && ((p[0] == 0xc2 && p[1] == 0x85)
                || (p[0] == 0xe2 && p[1] == 0x80 && (p[2] | 1) == 0xa9)))
        {
            return true;
        }
    }

    return false;
}


/*
 * The second opinion, for texts that begin like JSON.  When both refuse, the
 * one that came further has the better reason.
 */

static wf_rc_t
read_json(reader_t *reader, wf_str_t text, wf_value_t **value)
{
    size_t       offset;
    wf_error_t   reason;
    yaml_mark_t  mark;

    if (wf_json_parse_unique(reader->arena, text, value, &offset, &reason)
        == WF_OK)
    {
        return WF_OK;
    }

    if (reason.code == WF_E_INTERNAL) {
        *reader->err = reason;
        return WF_ERROR;
    }

    mark = mark_at(text, offset);

    if (mark.index > reader->offset) {
        wf_error_set(reader->err, WF_E_INVALID_ARGUMENT,
                     "line %zu, column %zu: %s", mark.line + 1,
                     mark.column + 1, reason.arg[0]);
    }

    return WF_ERROR;
}


/* As libyaml counts: from 0, index and column in characters. */

static yaml_mark_t
mark_at(wf_str_t text, size_t offset)
{
    size_t       i;
    yaml_mark_t  mark;

    memset(&mark, 0, sizeof(yaml_mark_t));

    for (i = 0; i < offset && i < text.len; i++) {
        if (text.data[i] == '\n') {
            mark.line++;
            mark.column = 0;
            mark.index++;

        } else if ((text.data[i] & 0xc0) != 0x80) {
            mark.column++;
            mark.index++;
        }
    }

    return mark;
}
