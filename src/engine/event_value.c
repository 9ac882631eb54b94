
/*
 * Values inside history records.  Owns their bytes and the registers; knows
 * no event.
 *
 *   value   none | {} | reference to a register | length and JSON text | parts
 *   parts   register, number of members, members
 *   member  place in the register's object, from 1 | 0, key, length and text
 *
 * Parts are for objects that have large members in common with one that was
 * written a moment ago, as the input of an iteration has with all others of
 * its foreach.  What one had in common with another it has so again after a
 * replay: otherwise memory would grow with the number of iterations.
 */

#include "base/json.h"
#include "engine/event_value.h"


/* Tags; from FIRST_REGISTER on, references.  There may be more registers one
 * day. */
#define TAG_NONE        0
#define TAG_TEXT        1
#define TAG_EMPTY       2       /* {} */
#define FIRST_REGISTER  3
#define TAG_PARTS       127

/* Objects with more members, or with less in common, are written as text. */
#define PARTS_MAX       32


static wf_rc_t
malformed(wf_error_t *err, const char *what)
{
    wf_error_set(err, WF_E_INTERNAL, "corrupt history: %s", what);

    return WF_ERROR;
}


/* The register at index becomes the latest; a new one drops the oldest. */
static void
register_use(wf_codec_t *codec, uint32_t index, const wf_value_t *value)
{
    memmove(&codec->registers[1], &codec->registers[0],
            index * sizeof(codec->registers[0]));
    codec->registers[0] = value;
}


/*
 * Writing
 */

static void
put_text(wf_buf_t *buf, const wf_value_t *value)
{
    wf_put_uint(buf, wf_json_size(value));
    wf_json_print(buf, value);
}


static bool
has_parts(const wf_value_t *value)
{
    return value != NULL
           && value->type == WF_OBJECT
           && value->count <= PARTS_MAX;
}


/* From 1; 0: not in base. */
static uint32_t
find_part(const wf_value_t *base, const wf_member_t *member)
{
    uint32_t  i;

    if (!wf_event_is_common(member->value)) {
        return 0;
    }

    for (i = 0; i < base->count; i++) {
        if (base->u.members[i].value == member->value
            && wf_str_eq(base->u.members[i].key, member->key))
        {
            return i + 1;
        }
    }

    return 0;
}


/* Is it worth it? */
static bool
is_base(const wf_value_t *base, const wf_value_t *value)
{
    uint32_t            i;
    const wf_member_t  *member;

    for (i = 0; i < value->count; i++) {
        member = &value->u.members[i];

        if (find_part(base, member) != 0
            && wf_json_size(member->value) >= WF_COMMON_MIN)
        {
            return true;
        }
    }

    return false;
}


static void
put_parts(wf_buf_t *buf, const wf_codec_t *codec, uint32_t index,
    const wf_value_t *value)
{
    uint32_t            i, place;
    const wf_member_t  *member;

    wf_buf_byte(buf, TAG_PARTS);
    wf_put_uint(buf, index);
    wf_put_uint(buf, value->count);

    for (i = 0; i < value->count; i++) {
        member = &value->u.members[i];
        place = find_part(codec->registers[index], member);
        wf_put_uint(buf, place);

        if (place == 0) {
            wf_put_str(buf, member->key);
            put_text(buf, member->value);
        }
    }
}


/* Not in a register. */
static void
put_new(wf_buf_t *buf, const wf_codec_t *codec, const wf_value_t *value)
{
    uint32_t  index;

    for (index = 0; has_parts(value) && index < WF_EVENT_REGISTERS; index++) {
        if (has_parts(codec->registers[index])
            && is_base(codec->registers[index], value))
        {
            put_parts(buf, codec, index, value);
            return;
        }
    }

    wf_buf_byte(buf, TAG_TEXT);
    put_text(buf, value);
}


void
wf_event_value_put(wf_buf_t *buf, wf_codec_t *codec, const wf_value_t *value)
{
    uint32_t  index;

    if (value == NULL) {
        wf_buf_byte(buf, TAG_NONE);
        return;
    }

    if (value->type == WF_OBJECT && value->count == 0) {
        wf_buf_byte(buf, TAG_EMPTY);
        return;
    }

    for (index = 0; index < WF_EVENT_REGISTERS; index++) {
        if (codec->registers[index] == value) {
            wf_buf_byte(buf, (uint8_t) (FIRST_REGISTER + index));
            register_use(codec, index, value);
            return;
        }
    }

    put_new(buf, codec, value);
    register_use(codec, WF_EVENT_REGISTERS - 1, value);
}


/*
 * Reading
 */

static wf_rc_t
get_text(wf_arena_t *arena, wf_reader_t *reader, wf_value_t **value,
    wf_error_t *err)
{
    wf_str_t  text;

    text = wf_get_str(reader);

    if (!reader->ok) {
        return malformed(err, "value cut off");
    }

    if (wf_json_parse(arena, text, value, err) == WF_OK) {
        return WF_OK;
    }

    return err->code == WF_E_INTERNAL ? WF_ERROR
                                      : malformed(err, "value is no JSON");
}


/* The next member of object. */
static wf_rc_t
get_part(wf_arena_t *arena, wf_reader_t *reader, const wf_value_t *base,
    wf_value_t *object, wf_error_t *err)
{
    wf_str_t      key;
    uint64_t      place;
    wf_value_t   *value;

    place = wf_get_uint(reader);

    if (place > base->count) {
        return malformed(err, "place of a member");
    }

    if (place != 0) {
        key = base->u.members[place - 1].key;
        value = base->u.members[place - 1].value;

    } else {
        key = wf_arena_copy(arena, wf_get_str(reader));

        if (key.data == NULL) {
            wf_error_set(err, WF_E_INTERNAL, "out of memory");
            return WF_ERROR;
        }

        if (get_text(arena, reader, &value, err) != WF_OK) {
            return WF_ERROR;
        }

        if (wf_value_depth(value) >= WF_DEPTH_MAX
            || !wf_utf8_valid(key))
        {
            return malformed(err, "member");
        }
    }

    if (wf_value_get(object, key) != NULL) {
        return malformed(err, "member twice");
    }

    if (wf_value_set(arena, object, key, value) != WF_OK) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
get_parts(wf_arena_t *arena, wf_reader_t *reader, const wf_codec_t *codec,
    wf_value_t **value, wf_error_t *err)
{
    uint64_t     index, count;
    wf_value_t  *object;

    index = wf_get_uint(reader);
    count = wf_get_uint(reader);

    if (!reader->ok
        || index >= WF_EVENT_REGISTERS
        || !has_parts(codec->registers[index])
        || count == 0
        || count > PARTS_MAX)
    {
        return malformed(err, "parts");
    }

    object = wf_value_object(arena, (uint32_t) count);

    if (object == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    while (count-- > 0) {
        if (get_part(arena, reader, codec->registers[index], object, err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    *value = object;

    return WF_OK;
}


static wf_rc_t
get_register(wf_codec_t *codec, uint64_t index, const wf_value_t **value,
    wf_error_t *err)
{
    if (index >= WF_EVENT_REGISTERS || codec->registers[index] == NULL) {
        return malformed(err, "value reference");
    }

    *value = codec->registers[index];
    register_use(codec, (uint32_t) index, *value);

    return WF_OK;
}


wf_rc_t
wf_event_value_get(wf_arena_t *arena, wf_reader_t *reader, wf_codec_t *codec,
    const wf_value_t **value, wf_error_t *err)
{
    wf_rc_t      rc;
    uint64_t     tag;
    wf_value_t  *fresh;

    tag = wf_get_uint(reader);

    if (tag == TAG_NONE) {
        *value = NULL;
        return WF_OK;
    }

    if (tag == TAG_EMPTY) {
        *value = &wf_event_empty;
        return WF_OK;
    }

    if (tag != TAG_TEXT && tag != TAG_PARTS) {
        return get_register(codec, tag - FIRST_REGISTER, value, err);
    }

    rc = tag == TAG_TEXT ? get_text(arena, reader, &fresh, err)
                         : get_parts(arena, reader, codec, &fresh, err);

    if (rc != WF_OK) {
        return WF_ERROR;
    }

    /* the encoder never writes {} this way: registers would differ */
    if (fresh->type == WF_OBJECT && fresh->count == 0) {
        return malformed(err, "value tag");
    }

    register_use(codec, WF_EVENT_REGISTERS - 1, fresh);
    *value = fresh;

    return WF_OK;
}
