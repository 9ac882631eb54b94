
/*
 * Immutable JSON values living in an arena.  Sharing is free, changing means
 * building.  A number keeps the digits it was read with, so what passes
 * through unchanged comes out with the same text, beyond 2^53 too.
 *
 * "Missing" is not a value: functions that may find nothing return NULL.
 */

#ifndef WF_VALUE_H
#define WF_VALUE_H


#include "base/arena.h"


typedef enum {
    WF_NULL = 0,
    WF_BOOL,
    WF_NUMBER,
    WF_STRING,
    WF_ARRAY,
    WF_OBJECT
} wf_type_t;

typedef struct wf_value_s   wf_value_t;
typedef struct wf_member_s  wf_member_t;

/* Where a value stood in its text: 20 bits line, 12 bits column; 0: unknown. */
typedef uint32_t  wf_mark_t;

#define wf_mark(line, column)                                                 \
    ((wf_mark_t) ((line) << 12 | ((column) < 4095 ? (column) : 4095)))
#define wf_mark_line(mark)    ((mark) >> 12)
#define wf_mark_column(mark)  ((mark) & 4095)

struct wf_value_s {
    uint8_t     type;           /* wf_type_t */
    bool        boolean;        /* WF_BOOL */
    bool        is_integer;     /* WF_NUMBER: integer holds it exactly */
    wf_mark_t   mark;
    uint32_t    count;          /* items or members */
    union {
        struct {
            wf_str_t       text;        /* RFC 8259 spelling */
            double         real;
            int64_t        integer;
        } number;
        wf_str_t           string;      /* UTF-8 */
        wf_value_t       **items;
        wf_member_t       *members;     /* in order of the text; keys unique */
    } u;
};

struct wf_member_s {
    wf_str_t     key;
    wf_value_t  *value;
    wf_mark_t    mark;          /* of the key */
};


/*
 * Constructors: NULL means no memory.  Strings and texts are referenced.
 * Items and members of a container come from these functions alone: what
 * stands in front of them in memory is value.c's own.
 *
 * int, real: spelled in decimal; real in the shortest digits that read back
 * the same, spelled as in ECMAScript.  number: digits beyond an int64 or a
 * double are kept in the text, the double is the nearest finite one.
 */
wf_value_t *wf_value_null(wf_arena_t *arena);
wf_value_t *wf_value_bool(wf_arena_t *arena, bool boolean);
wf_value_t *wf_value_int(wf_arena_t *arena, int64_t integer);
wf_value_t *wf_value_real(wf_arena_t *arena, double real);  /* must be finite */
wf_value_t *wf_value_number(wf_arena_t *arena, wf_str_t text); /* valid JSON */
wf_value_t *wf_value_string(wf_arena_t *arena, wf_str_t string);
wf_value_t *wf_value_array(wf_arena_t *arena, uint32_t size);   /* empty */
wf_value_t *wf_value_object(wf_arena_t *arena, uint32_t size);  /* empty */

/*
 * Building: only while the container is still private to its builder.
 * push: append an item.  set: replace or append a member.  WF_ERROR: no
 * memory, also when value is NULL (so constructors may be nested).
 */
wf_rc_t wf_value_push(wf_arena_t *arena, wf_value_t *array, wf_value_t *value);
wf_rc_t wf_value_set(wf_arena_t *arena, wf_value_t *object, wf_str_t key,
    wf_value_t *value);

/*
 * NULL: not an object, or no such member.  Linear in small objects, by an
 * index in large ones.
 */
wf_value_t *wf_value_get(const wf_value_t *object, wf_str_t key);

/* Levels of containers: 0 for a scalar, 1 for [], 2 for [[]]. */
unsigned wf_value_depth(const wf_value_t *value);

/* A deep copy into another lifetime, marks included. */
wf_value_t *wf_value_copy(wf_arena_t *arena, const wf_value_t *value);

/* A new object: members of a, then of b; b wins.  Both may be NULL. */
wf_value_t *wf_value_merge(wf_arena_t *arena, const wf_value_t *a,
    const wf_value_t *b);

/* Deep JSON equality; 1 equals 1.0; member order does not matter. */
bool wf_value_eq(const wf_value_t *a, const wf_value_t *b);

/* Numbers by value: <0, 0, >0.  Exact for integers, else as doubles. */
int wf_number_cmp(const wf_value_t *a, const wf_value_t *b);


#endif /* WF_VALUE_H */
