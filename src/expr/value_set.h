
/*
 * Inside the room: a set of values, equal ones once, for functions that look
 * for repeated items.  1 equals 1.0; members stand in any order.
 */

#ifndef WF_VALUE_SET_H
#define WF_VALUE_SET_H


#include "base/value.h"


typedef struct {
    const wf_value_t  **values;
    uint64_t            mask;
} value_set_t;

/* For at most count values; WF_ERROR: no memory. */
wf_rc_t value_set_init(wf_arena_t *arena, value_set_t *set, uint32_t count);

/* Was it new? */
bool value_set_add(value_set_t *set, const wf_value_t *value);


#endif /* WF_VALUE_SET_H */
