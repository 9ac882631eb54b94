
/*
 * Values that move into another arena.  One that several hold is copied once,
 * and so are the members of objects: an object that was made of another has
 * them in common with it.
 */

#ifndef WF_MOVED_H
#define WF_MOVED_H


#include "base/value.h"


#define WF_MOVED_MIN  128           /* places; a power of two */

typedef struct {
    const wf_value_t  *was;
    const wf_value_t  *is;
} wf_moved_place_t;

typedef struct {
    wf_arena_t        *arena;       /* of the copies */
    wf_arena_t        *home;        /* of places; NULL: they are first */
    wf_moved_place_t  *places;
    uint32_t           size;
    uint32_t           count;
    wf_moved_place_t   first[WF_MOVED_MIN];
} wf_moved_t;


void wf_moved_init(wf_moved_t *moved, wf_arena_t *arena);
void wf_moved_free(wf_moved_t *moved);

/* *value becomes its copy; NULL stays.  WF_ERROR: no memory. */
wf_rc_t wf_moved_value(wf_moved_t *moved, const wf_value_t **value);

/* The same for a value that nobody will ask for again. */
wf_rc_t wf_moved_result(wf_moved_t *moved, const wf_value_t **value);

/* is: the copy of was, made elsewhere. */
wf_rc_t wf_moved_note(wf_moved_t *moved, const wf_value_t *was,
    const wf_value_t *is);


#endif /* WF_MOVED_H */
