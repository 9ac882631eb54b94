
/*
 * The system's time zones.  Reads a small file, so never in the middle of an
 * event loop's work: when a schedule is made or comes back from the store.
 */

#ifndef WF_TZ_FILE_H
#define WF_TZ_FILE_H


#include "base/tz.h"


/*
 * *tz in the arena; NULL for "UTC", which needs no file.  WF_ERROR: no such
 * zone (err: INVALID_ARGUMENT), no memory, or the file cannot be read.
 */
wf_rc_t wf_tz_load(wf_arena_t *arena, wf_str_t name, const wf_tz_t **tz,
    wf_error_t *err);

/* The same as bytes, for whoever is to parse them elsewhere; empty for "UTC".
 * They have been parsed once. */
wf_rc_t wf_tz_read(wf_arena_t *arena, wf_str_t name, wf_str_t *bytes,
    wf_error_t *err);


#endif /* WF_TZ_FILE_H */
