
/*
 * JSON values: making, finding, copying, comparing.  Owns the layout of
 * containers: a room_t lies in front of the items or members and says how
 * many fit; large objects carry an index there.  Texts of numbers are
 * number.c's business, JSON text is json.c's.
 *
 *     value->u.members ----v
 *                [ room_t | member 0 | member 1 | ... ]
 *                    `--> slots: member numbers by hash of the key
 */

#include "base/value.h"


#define ROOM_MIN     4                  /* first growth of an empty container */
#define ROOM_MAX     (1u << 28)
#define LINEAR_MAX   16                 /* more members than this: an index */


typedef struct {
    uint32_t   size;                    /* items or members that fit */
    uint32_t   mask;                    /* slots - 1; 0: no index */
    uint32_t  *slots;                   /* member number + 1; 0: free */
} room_t;


static wf_value_t *value_create(wf_arena_t *arena, wf_type_t type);
static room_t *room_of(const wf_value_t *value);
static wf_rc_t room_grow(wf_arena_t *arena, wf_value_t *value, uint32_t size);
static wf_rc_t room_for_one(wf_arena_t *arena, wf_value_t *value);
static uint32_t index_start(const room_t *room, wf_str_t key);
static void index_add(room_t *room, wf_str_t key, uint32_t number);
static wf_member_t *member_find(const wf_value_t *object, wf_str_t key);
static wf_rc_t member_append(wf_arena_t *arena, wf_value_t *object,
    const wf_member_t *member);
static wf_rc_t copy_scalar(wf_arena_t *arena, wf_value_t *copy,
    const wf_value_t *value);
static wf_rc_t copy_members(wf_arena_t *arena, wf_value_t *copy,
    const wf_value_t *value);
static bool items_eq(const wf_value_t *a, const wf_value_t *b);
static bool members_eq(const wf_value_t *a, const wf_value_t *b);


wf_value_t *
wf_value_null(wf_arena_t *arena)
{
    return value_create(arena, WF_NULL);
}


wf_value_t *
wf_value_bool(wf_arena_t *arena, bool boolean)
{
    wf_value_t  *value;

    value = value_create(arena, WF_BOOL);

    if (value != NULL) {
        value->boolean = boolean;
    }

    return value;
}


wf_value_t *
wf_value_string(wf_arena_t *arena, wf_str_t string)
{
    wf_value_t  *value;

    value = value_create(arena, WF_STRING);

    if (value != NULL) {
        value->u.string = string;
    }

    return value;
}


wf_value_t *
wf_value_array(wf_arena_t *arena, uint32_t size)
{
    wf_value_t  *value;

    value = value_create(arena, WF_ARRAY);

    if (value == NULL || (size && room_grow(arena, value, size) != WF_OK)) {
        return NULL;
    }

    return value;
}


wf_value_t *
wf_value_object(wf_arena_t *arena, uint32_t size)
{
    wf_value_t  *value;

    value = value_create(arena, WF_OBJECT);

    if (value == NULL || (size && room_grow(arena, value, size) != WF_OK)) {
        return NULL;
    }

    return value;
}


static wf_value_t *
value_create(wf_arena_t *arena, wf_type_t type)
{
    wf_value_t  *value;

    value = wf_arena_calloc(arena, sizeof(wf_value_t));

    if (value != NULL) {
        value->type = type;
    }

    return value;
}


wf_rc_t
wf_value_push(wf_arena_t *arena, wf_value_t *array, wf_value_t *value)
{
    wf_assert(array == NULL || array->type == WF_ARRAY);

    if (array == NULL || value == NULL || room_for_one(arena, array) != WF_OK) {
        return WF_ERROR;
    }

    array->u.items[array->count++] = value;

    return WF_OK;
}


wf_rc_t
wf_value_set(wf_arena_t *arena, wf_value_t *object, wf_str_t key,
    wf_value_t *value)
{
    wf_member_t  *member;

    wf_assert(object == NULL || object->type == WF_OBJECT);

    if (object == NULL || value == NULL) {
        return WF_ERROR;
    }

    member = member_find(object, key);

    if (member != NULL) {
        member->value = value;
        return WF_OK;
    }

    return member_append(arena, object, &(wf_member_t) { key, value, 0 });
}


wf_value_t *
wf_value_get(const wf_value_t *object, wf_str_t key)
{
    wf_member_t  *member;

    if (object == NULL || object->type != WF_OBJECT) {
        return NULL;
    }

    member = member_find(object, key);

    return member ? member->value : NULL;
}


static room_t *
room_of(const wf_value_t *value)
{
    void  *data;

    data = value->type == WF_ARRAY ? (void *) value->u.items
                                   : (void *) value->u.members;

    return data ? (room_t *) data - 1 : NULL;
}


static wf_rc_t
room_for_one(wf_arena_t *arena, wf_value_t *value)
{
    room_t  *room;

    room = room_of(value);

    if (room != NULL && value->count < room->size) {
        return WF_OK;
    }

    return room_grow(arena, value, room ? room->size * 2 : ROOM_MIN);
}


/* The old room stays behind in the arena; on failure nothing has changed. */

static wf_rc_t
room_grow(wf_arena_t *arena, wf_value_t *value, uint32_t size)
{
    void      *data;
    size_t     width;
    room_t    *room;
    uint32_t   i, slots;

    if (size > ROOM_MAX) {
        return WF_ERROR;
    }

    width = value->type == WF_ARRAY ? sizeof(wf_value_t *)
                                    : sizeof(wf_member_t);
    room = wf_arena_alloc(arena, sizeof(room_t) + width * size);

    if (room == NULL) {
        return WF_ERROR;
    }

    *room = (room_t) { size, 0, NULL };

    if (value->type == WF_OBJECT && size > LINEAR_MAX) {
        for (slots = 4 * LINEAR_MAX; slots < 2 * size; slots *= 2) {
            /* void */
        }

        room->slots = wf_arena_calloc(arena, slots * sizeof(uint32_t));

        if (room->slots == NULL) {
            return WF_ERROR;
        }

        room->mask = slots - 1;
    }

    data = room + 1;

    if (value->type == WF_ARRAY) {
        if (value->count) {
            memcpy(data, value->u.items, width * value->count);
        }

        value->u.items = data;
        return WF_OK;
    }

    if (value->count) {
        memcpy(data, value->u.members, width * value->count);
    }

    value->u.members = data;

    for (i = 0; room->mask && i < value->count; i++) {
        index_add(room, value->u.members[i].key, i);
    }

    return WF_OK;
}


static uint32_t
index_start(const room_t *room, wf_str_t key)
{
    return (uint32_t) wf_hash(wf_hash_secret(), key) & room->mask;
}


static void
index_add(room_t *room, wf_str_t key, uint32_t number)
{
    uint32_t  i;

    i = index_start(room, key);

    while (room->slots[i] != 0) {
        i = (i + 1) & room->mask;
    }

    room->slots[i] = number + 1;
}


static wf_member_t *
member_find(const wf_value_t *object, wf_str_t key)
{
    room_t       *room;
    uint32_t      i;
    wf_member_t  *member;

    if (object->count <= LINEAR_MAX) {
        for (i = 0; i < object->count; i++) {
            member = &object->u.members[i];

            if (wf_str_eq(member->key, key)) {
                return member;
            }
        }

        return NULL;
    }

    room = room_of(object);

    for (i = index_start(room, key);
         room->slots[i] != 0;
         i = (i + 1) & room->mask)
    {
        member = &object->u.members[room->slots[i] - 1];

        if (wf_str_eq(member->key, key)) {
            return member;
        }
    }

    return NULL;
}


static wf_rc_t
member_append(wf_arena_t *arena, wf_value_t *object, const wf_member_t *member)
{
    room_t  *room;

    if (room_for_one(arena, object) != WF_OK) {
        return WF_ERROR;
    }

    room = room_of(object);

    if (room->mask) {
        index_add(room, member->key, object->count);
    }

    object->u.members[object->count++] = *member;

    return WF_OK;
}


unsigned
wf_value_depth(const wf_value_t *value)
{
    uint32_t           i;
    unsigned           depth, deepest;
    const wf_value_t  *child;

    if (value->type != WF_ARRAY && value->type != WF_OBJECT) {
        return 0;
    }

    deepest = 0;

    for (i = 0; i < value->count; i++) {
        child = value->type == WF_ARRAY ? value->u.items[i]
                                        : value->u.members[i].value;
        depth = wf_value_depth(child);
        deepest = wf_max(deepest, depth);
    }

    return deepest + 1;
}


wf_value_t *
wf_value_copy(wf_arena_t *arena, const wf_value_t *value)
{
    uint32_t     i;
    wf_value_t  *copy;

    copy = wf_arena_alloc(arena, sizeof(wf_value_t));

    if (copy == NULL) {
        return NULL;
    }

    *copy = *value;

    if (value->type == WF_OBJECT) {
        return copy_members(arena, copy, value) == WF_OK ? copy : NULL;
    }

    if (value->type != WF_ARRAY) {
        return copy_scalar(arena, copy, value) == WF_OK ? copy : NULL;
    }

    copy->count = 0;
    copy->u.items = NULL;

    if (value->count && room_grow(arena, copy, value->count) != WF_OK) {
        return NULL;
    }

    for (i = 0; i < value->count; i++) {
        if (wf_value_push(arena, copy, wf_value_copy(arena, value->u.items[i]))
            != WF_OK)
        {
            return NULL;
        }
    }

    return copy;
}


static wf_rc_t
copy_scalar(wf_arena_t *arena, wf_value_t *copy, const wf_value_t *value)
{
    wf_str_t  *text;

    if (value->type == WF_STRING) {
        text = &copy->u.string;

    } else if (value->type == WF_NUMBER) {
        text = &copy->u.number.text;

    } else {
        return WF_OK;
    }

    *text = wf_arena_copy(arena, *text);

    return text->data ? WF_OK : WF_ERROR;
}


static wf_rc_t
copy_members(wf_arena_t *arena, wf_value_t *copy, const wf_value_t *value)
{
    uint32_t      i;
    wf_member_t   member;

    copy->count = 0;
    copy->u.members = NULL;

    if (value->count && room_grow(arena, copy, value->count) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < value->count; i++) {
        member = value->u.members[i];
        member.key = wf_arena_copy(arena, member.key);
        member.value = wf_value_copy(arena, member.value);

        if (member.key.data == NULL || member.value == NULL
            || member_append(arena, copy, &member) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


wf_value_t *
wf_value_merge(wf_arena_t *arena, const wf_value_t *a, const wf_value_t *b)
{
    uint32_t           i;
    wf_value_t        *object;
    wf_member_t       *member;
    const wf_value_t  *from;

    object = wf_value_object(arena, (a ? a->count : 0) + (b ? b->count : 0));

    if (object == NULL) {
        return NULL;
    }

    for (from = a; ; from = b) {
        wf_assert(from == NULL || from->type == WF_OBJECT);

        for (i = 0; from != NULL && i < from->count; i++) {
            member = &from->u.members[i];

            if (wf_value_set(arena, object, member->key, member->value)
                != WF_OK)
            {
                return NULL;
            }
        }

        if (from == b) {
            return object;
        }
    }
}


bool
wf_value_eq(const wf_value_t *a, const wf_value_t *b)
{
    if (a == b) {
        return true;
    }

    if (a->type != b->type) {
        return false;
    }

    switch ((wf_type_t) a->type) {

    case WF_NULL:
        return true;

    case WF_BOOL:
        return a->boolean == b->boolean;

    case WF_NUMBER:
        return wf_number_cmp(a, b) == 0;

    case WF_STRING:
        return wf_str_eq(a->u.string, b->u.string);

    case WF_ARRAY:
        return items_eq(a, b);

    case WF_OBJECT:
        return members_eq(a, b);
    }

    return false;
}


static bool
items_eq(const wf_value_t *a, const wf_value_t *b)
{
    uint32_t  i;

    if (a->count != b->count) {
        return false;
    }

    for (i = 0; i < a->count; i++) {
        if (!wf_value_eq(a->u.items[i], b->u.items[i])) {
            return false;
        }
    }

    return true;
}


/* Keys are unique, so with equal counts one direction is enough. */

static bool
members_eq(const wf_value_t *a, const wf_value_t *b)
{
    uint32_t      i;
    wf_member_t  *member;

    if (a->count != b->count) {
        return false;
    }

    for (i = 0; i < a->count; i++) {
        member = member_find(b, a->u.members[i].key);

        if (member == NULL
            || !wf_value_eq(a->u.members[i].value, member->value))
        {
            return false;
        }
    }

    return true;
}
