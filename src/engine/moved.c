
/*
 * Values that move: see moved.h.  Owns the table of what was copied, which is
 * asked and never walked: nothing depends on where a value lies.
 */

#include "engine/event_value.h"
#include "engine/moved.h"


void
wf_moved_init(wf_moved_t *moved, wf_arena_t *arena)
{
    moved->arena = arena;
    moved->home = NULL;
    moved->places = moved->first;
    moved->size = WF_MOVED_MIN;
    moved->count = 0;
    memset(moved->first, 0, sizeof(moved->first));
}


void
wf_moved_free(wf_moved_t *moved)
{
    wf_arena_free(moved->home);
}


/* Where was stands, or would. */
static wf_moved_place_t *
find(const wf_moved_t *moved, const wf_value_t *was)
{
    uint64_t           hash;
    wf_moved_place_t  *place;

    hash = (uint64_t) (uintptr_t) was * 0x9e3779b97f4a7c15;

    for (hash >>= 32; /* void */ ; hash++) {
        place = &moved->places[hash & (moved->size - 1)];

        if (place->was == was || place->was == NULL) {
            return place;
        }
    }
}


static wf_rc_t
grow(wf_moved_t *moved)
{
    uint32_t           i, size;
    wf_arena_t        *home;
    wf_moved_place_t  *places;

    size = moved->size;
    places = moved->places;
    home = wf_arena_create(size * 4 * sizeof(wf_moved_place_t) + 64);

    if (home == NULL) {
        return WF_ERROR;
    }

    moved->places = wf_arena_calloc(home, size * 4 * sizeof(wf_moved_place_t));

    if (moved->places == NULL) {
        moved->places = places;
        wf_arena_free(home);
        return WF_ERROR;
    }

    moved->size = size * 4;

    for (i = 0; i < size; i++) {
        if (places[i].was) {
            *find(moved, places[i].was) = places[i];
        }
    }

    wf_arena_free(moved->home);
    moved->home = home;

    return WF_OK;
}


wf_rc_t
wf_moved_note(wf_moved_t *moved, const wf_value_t *was, const wf_value_t *is)
{
    wf_moved_place_t  *place;

    if (moved->count >= moved->size / 2 && grow(moved) != WF_OK) {
        return WF_ERROR;
    }

    place = find(moved, was);
    moved->count += place->was == NULL;
    *place = (wf_moved_place_t) { .was = was, .is = is };

    return WF_OK;
}


/* A member: others may have it, too.  NULL: no memory. */
static wf_value_t *
copy_member(wf_moved_t *moved, const wf_value_t *value)
{
    bool         is_common;
    wf_value_t  *copy;

    is_common = wf_event_is_common(value);

    if (is_common && find(moved, value)->was) {
        return (wf_value_t *) find(moved, value)->is;
    }

    copy = wf_value_copy(moved->arena, value);

    if (copy && is_common && wf_moved_note(moved, value, copy) != WF_OK) {
        return NULL;
    }

    return copy;
}


/* NULL: no memory. */
static const wf_value_t *
copy_value(wf_moved_t *moved, const wf_value_t *value)
{
    uint32_t            i;
    wf_str_t            key;
    wf_value_t         *copy;
    const wf_member_t  *member;

    if (value->type != WF_OBJECT) {
        return wf_value_copy(moved->arena, value);
    }

    copy = wf_value_object(moved->arena, value->count);

    for (i = 0; copy && i < value->count; i++) {
        member = &value->u.members[i];
        key = wf_arena_copy(moved->arena, member->key);

        if (key.data == NULL
            || wf_value_set(moved->arena, copy, key,
                            copy_member(moved, member->value))
               != WF_OK)
        {
            return NULL;
        }
    }

    return copy;
}


wf_rc_t
wf_moved_result(wf_moved_t *moved, const wf_value_t **value)
{
    const wf_moved_place_t  *place;

    if (*value == NULL || *value == &wf_event_empty) {
        return WF_OK;
    }

    place = find(moved, *value);
    *value = place->was ? place->is : copy_value(moved, *value);

    return *value ? WF_OK : WF_ERROR;
}


wf_rc_t
wf_moved_value(wf_moved_t *moved, const wf_value_t **value)
{
    const wf_value_t  *was;

    was = *value;

    if (wf_moved_result(moved, value) != WF_OK) {
        return WF_ERROR;
    }

    return was == NULL || was == &wf_event_empty
           ? WF_OK : wf_moved_note(moved, was, *value);
}
