
/*
 * Definitions for fuzzers.  Few changes of bytes leave JSON, so most of them
 * are made to values: they go, move, are renamed, or become others that mean
 * something there.  Who includes this has mutate_keys and mutate_values.
 */

#ifndef WF_FUZZ_MUTATE_H
#define WF_FUZZ_MUTATE_H


#include "base/json.h"


size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
    unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size,
    const uint8_t *other, size_t other_size, uint8_t *out, size_t max,
    unsigned seed);


typedef enum {
    EDIT_REPLACE = 0,               /* by other */
    EDIT_DROP,
    EDIT_RENAME,                    /* to key */
    EDIT_ADD,                       /* other beside it */
    EDIT_SCRAMBLE,                  /* a string's bytes */
    EDITS
} edit_type_t;

typedef struct {
    wf_arena_t        *arena;
    uint32_t           at;          /* values passed so far */
    uint32_t           place;       /* of the edit; UINT32_MAX: is done */
    unsigned           type;        /* edit_type_t */
    wf_str_t           key;
    wf_value_t        *other;
} edit_t;


static inline uint32_t
draw(uint64_t *state, uint32_t max)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;

    return (uint32_t) (*state >> 33) % max;
}


static inline uint32_t
count_values(const wf_value_t *value)
{
    uint32_t  i, count;

    count = 1;

    for (i = 0; value->type == WF_ARRAY && i < value->count; i++) {
        count += count_values(value->u.items[i]);
    }

    for (i = 0; value->type == WF_OBJECT && i < value->count; i++) {
        count += count_values(value->u.members[i].value);
    }

    return count;
}


/* The value that is passed as the n-th, in the order of edit(). */
static inline wf_value_t *
nth(wf_value_t *value, uint32_t *n)
{
    uint32_t     i;
    wf_value_t  *found;

    if ((*n)-- == 0) {
        return value;
    }

    for (i = 0; value->type >= WF_ARRAY && i < value->count; i++) {
        found = nth(value->type == WF_ARRAY ? value->u.items[i]
                                            : value->u.members[i].value, n);

        if (found) {
            return found;
        }
    }

    return NULL;
}


static inline wf_value_t *
scramble(edit_t *edit, wf_value_t *value)
{
    size_t   len;
    uint8_t  text[512];

    if (value->type != WF_STRING || value->u.string.len > 256) {
        return edit->other;
    }

    memcpy(text, value->u.string.data, value->u.string.len);
    len = LLVMFuzzerMutate(text, value->u.string.len, sizeof(text));

    if (!wf_utf8_valid((wf_str_t) { len, text })) {
        return edit->other;
    }

    return wf_value_string(edit->arena,
                           wf_arena_copy(edit->arena,
                                         (wf_str_t) { len, text }));
}


static inline wf_value_t *edited(edit_t *edit, wf_value_t *value);


static inline wf_value_t *
edited_object(edit_t *edit, const wf_value_t *value)
{
    bool          here;
    uint32_t      i;
    wf_str_t      key;
    wf_value_t   *copy;
    wf_member_t  *member;

    copy = wf_value_object(edit->arena, value->count);

    for (i = 0; i < value->count; i++) {
        member = &value->u.members[i];
        here = edit->at == edit->place;
        key = here && edit->type == EDIT_RENAME ? edit->key : member->key;

        if (here && edit->type == EDIT_DROP) {
            edit->place = UINT32_MAX;
            continue;
        }

        (void) wf_value_set(edit->arena, copy, key,
                            edited(edit, member->value));

        if (here && edit->type == EDIT_ADD) {
            (void) wf_value_set(edit->arena, copy, edit->key, edit->other);
        }
    }

    return copy;
}


static inline wf_value_t *
edited_array(edit_t *edit, const wf_value_t *value)
{
    bool         here;
    uint32_t     i;
    wf_value_t  *copy;

    copy = wf_value_array(edit->arena, value->count);

    for (i = 0; i < value->count; i++) {
        here = edit->at == edit->place;

        if (here && edit->type == EDIT_DROP) {
            edit->place = UINT32_MAX;
            continue;
        }

        (void) wf_value_push(edit->arena, copy,
                             edited(edit, value->u.items[i]));

        if (here && edit->type == EDIT_ADD) {
            (void) wf_value_push(edit->arena, copy, edit->other);
        }
    }

    return copy;
}


static inline wf_value_t *
edited(edit_t *edit, wf_value_t *value)
{
    if (edit->at++ == edit->place) {
        edit->place = UINT32_MAX;

        if (edit->type == EDIT_REPLACE) {
            return edit->other;
        }

        if (edit->type == EDIT_SCRAMBLE) {
            return scramble(edit, value);
        }
    }

    if (value->type == WF_OBJECT) {
        return edited_object(edit, value);
    }

    return value->type == WF_ARRAY ? edited_array(edit, value) : value;
}


static inline wf_value_t *
parse(wf_arena_t *arena, wf_str_t text)
{
    wf_value_t  *value;
    wf_error_t   err;

    return wf_json_parse(arena, text, &value, &err) == WF_OK ? value : NULL;
}


/* One edit; other values come from donor, or from the table. */
static inline wf_value_t *
edit_once(wf_arena_t *arena, wf_value_t *root, wf_value_t *donor,
    uint64_t *state)
{
    edit_t    edit;
    uint32_t  n;

    edit = (edit_t) {
        .arena = arena,
        .place = draw(state, count_values(root)),
        .type = draw(state, EDITS),
        .key = wf_str_of(mutate_keys[draw(state, wf_countof(mutate_keys))])
    };

    if (donor || draw(state, 3) == 0) {
        donor = donor ? donor : root;
        n = draw(state, count_values(donor));
        edit.other = nth(donor, &n);

    } else {
        n = draw(state, wf_countof(mutate_values));
        edit.other = parse(arena, wf_str_of(mutate_values[n]));
    }

    return edited(&edit, root);
}


/* 0: too large, or too deep. */
static inline size_t
print(wf_arena_t *arena, const wf_value_t *value, uint8_t *out, size_t max)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);

    if (buf.failed || buf.len > max || !parse(arena, wf_buf_done(&buf))) {
        return 0;
    }

    memcpy(out, buf.data, buf.len);

    return buf.len;
}


size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    size_t       len;
    uint64_t     state;
    unsigned     i;
    wf_arena_t  *arena;
    wf_value_t  *root;

    len = 0;
    state = seed;
    arena = wf_arena_create(0);
    root = parse(arena, (wf_str_t) { size, data });

    if (root && draw(&state, 16) != 0) {

        for (i = draw(&state, 3) + 1; i > 0; i--) {
            root = edit_once(arena, root, NULL, &state);
        }

        len = print(arena, root, data, max);
    }

    wf_arena_free(arena);

    return len ? len : LLVMFuzzerMutate(data, size, max);
}


size_t
LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size,
    const uint8_t *other, size_t other_size, uint8_t *out, size_t max,
    unsigned seed)
{
    size_t       len;
    uint64_t     state;
    wf_arena_t  *arena;
    wf_value_t  *root, *donor;

    len = 0;
    state = seed;
    arena = wf_arena_create(0);
    root = parse(arena, (wf_str_t) { size, data });
    donor = parse(arena, (wf_str_t) { other_size, other });

    if (root && donor) {
        root = edit_once(arena, root, donor, &state);
        len = print(arena, root, out, max);
    }

    wf_arena_free(arena);

    return len;
}


#endif /* WF_FUZZ_MUTATE_H */
