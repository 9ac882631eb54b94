
/*
 * Walking over JSON text that is known to be valid, without making values of
 * it: a request has a few members, and most of them are texts.
 */

#ifndef WF_AWS_WALK_H
#define WF_AWS_WALK_H


#include "base/arena.h"


typedef struct {
    const uint8_t  *pos;
    const uint8_t  *end;
} wf_walk_t;

/* At the first value of text. */
wf_walk_t wf_walk(wf_str_t text);

/* The next value as it stands there; the walk goes behind it. */
wf_str_t wf_walk_value(wf_walk_t *walk);

/* Into the object or array at hand. */
void wf_walk_enter(wf_walk_t *walk);
/* The next entry of an array, of an object; false: it is over, and the walk is
 * behind it.  key: with its quotes. */
bool wf_walk_entry(wf_walk_t *walk, wf_str_t *value);
bool wf_walk_member(wf_walk_t *walk, wf_str_t *key, wf_str_t *value);

/* Is the string, quotes included, that text? */
bool wf_walk_is(wf_str_t string, wf_str_t text);

/* A string, quotes included, as text; data == NULL: no memory. */
wf_str_t wf_walk_text(wf_arena_t *arena, wf_str_t string);

/* A member of an object as it stands there; empty: not there, or null. */
wf_str_t wf_aws_member(wf_str_t object, wf_str_t name);

/* Units of UTF-16 of a UTF-8 text. */
size_t wf_walk_length(wf_str_t text);


#endif /* WF_AWS_WALK_H */
