
/*
 * Small things that come and go one by one, by size class, over an arena.
 * What is given back is used again for its class and returns to the system
 * with the slab.
 */

#ifndef WF_SLAB_H
#define WF_SLAB_H


#include "base/arena.h"


#define WF_SLAB_STEP     16
#define WF_SLAB_CLASSES  136
#define WF_SLAB_MAX      (WF_SLAB_STEP * WF_SLAB_CLASSES)   /* bytes */

typedef struct {
    wf_arena_t  *arena;
    void        *spare[WF_SLAB_CLASSES];    /* linked by their first word */
} wf_slab_t;

wf_rc_t wf_slab_init(wf_slab_t *slab);      /* WF_ERROR: no memory */
void wf_slab_done(wf_slab_t *slab);         /* everything in it is gone */

/* Zeroed.  size: at most WF_SLAB_MAX.  NULL: no memory. */
void *wf_slab_alloc(wf_slab_t *slab, size_t size);

/* With the size it was asked for. */
void wf_slab_free(wf_slab_t *slab, void *thing, size_t size);


#endif /* WF_SLAB_H */
