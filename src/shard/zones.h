
/*
 * The time zones that schedules of a shard name, each of them once.  Read
 * from files when the shard is opened, in the writer thread; later ones come
 * as bytes with the schedule that names them.  A zone stays as it is until
 * the shard is opened anew.
 */

#ifndef WF_ZONES_H
#define WF_ZONES_H


#include "base/tz.h"


typedef struct wf_zones_s  wf_zones_t;
typedef struct wf_zone_s   wf_zone_t;

struct wf_zone_s {
    wf_zone_t       *next;
    wf_str_t         name;
    const wf_tz_t   *tz;        /* NULL: UTC, or not to be had */
    const char      *why;       /* not to be had; else NULL */
};

wf_zones_t *wf_zones_create(void);      /* NULL: no memory */
void wf_zones_free(wf_zones_t *zones);  /* NULL is allowed */

/* NULL: not there. */
const wf_zone_t *wf_zones_find(const wf_zones_t *zones, wf_str_t name);

/* bytes: of its file.  NULL: no zone, or no memory. */
const wf_zone_t *wf_zones_add(wf_zones_t *zones, wf_str_t name,
    wf_str_t bytes);

/* Reads the file; one that is not there, or damaged, leaves a zone that has
 * no tz.  It may be there already.  WF_ERROR: no memory. */
wf_rc_t wf_zones_load(wf_zones_t *zones, wf_str_t name);


#endif /* WF_ZONES_H */
