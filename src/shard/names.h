
/*
 * Was this name ever used?  A scalable Bloom filter over (flow, name): "no"
 * is certain, "maybe" asks the store.  About 16 bits a name.
 */

#ifndef WF_NAMES_H
#define WF_NAMES_H


#include "base/base.h"


#define WF_NAMES_LAYERS_MAX  32

typedef struct {
    uint8_t   *bits;
    uint32_t   block_count;     /* of 64 bytes */
    uint64_t   room;            /* names it may still take */
} wf_names_layer_t;

typedef struct {
    wf_names_layer_t  layers[WF_NAMES_LAYERS_MAX];
    uint32_t          layer_count;
    bool              is_whole;     /* every name that was used is in it */
    bool              is_lossy;     /* one could not be added */
} wf_names_t;

/* expected: names to come, a guess. */
void wf_names_init(wf_names_t *names, uint64_t expected);
void wf_names_free(wf_names_t *names);

/* The same in every process: pages of names are hashed by reader threads. */
uint64_t wf_names_hash(uint64_t flow_no, wf_str_t name);

/* WF_ERROR: no memory; the filter is of no use any more. */
wf_rc_t wf_names_add(wf_names_t *names, uint64_t hash);

/* False: certainly never used.  Until the filter is whole: true. */
bool wf_names_may_have(const wf_names_t *names, uint64_t hash);


#endif /* WF_NAMES_H */
