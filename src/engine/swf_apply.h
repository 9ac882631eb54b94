
/*
 * For the appliers of Amazon SWF, and for who reads attributes as they do.
 */

#ifndef WF_SWF_APPLY_H
#define WF_SWF_APPLY_H


#include "engine/swf_state.h"


/* Does it fit the run's life, and has it attributes? */
bool wf_swf_takes(const wf_exec_t *exec, const wf_event_t *event);

/* A member of that type; NULL: there is none. */
const wf_value_t *wf_swf_member(const wf_value_t *attributes,
    const char *name, wf_type_t type);

/* Its text; empty: there is none. */
wf_str_t wf_swf_text(const wf_value_t *attributes, const char *name);

/* The id of an event; 0: there is none. */
uint64_t wf_swf_id(const wf_value_t *attributes, const char *name);

/* Seconds, as ms; NONE, "" and nothing: WF_SWF_NO_LIMIT.  false: neither. */
bool wf_swf_limit(const wf_value_t *attributes, const char *name,
    int64_t *limit_ms);
bool wf_swf_limit_of(const wf_value_t *value, int64_t *limit_ms);

/* An object with one or two (second may be NULL) texts that are not empty;
 * NULL: it is none. */
const wf_value_t *wf_swf_pair(const wf_value_t *attributes, const char *name,
    const char *first, const char *second);

/* Attributes that a run can start with, and how long it may take. */
bool wf_swf_starts(const wf_value_t *attributes, int64_t *life_ms);

/* Somebody has it.  WF_ERROR: no memory. */
wf_rc_t wf_swf_item_start(wf_exec_t *exec, wf_swf_item_t *item,
    const wf_event_t *event);


#endif /* WF_SWF_APPLY_H */
