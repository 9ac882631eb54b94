
/*
 * A lease's word in the zone: state and owner in one atomic store.
 *
 *   state (2 bits) | slot (30 bits) | generation (32 bits); 0: nobody
 */

#ifndef NGX_HTTP_CLOUDFLOW_WORD_H
#define NGX_HTTP_CLOUDFLOW_WORD_H


#include <ngx_config.h>
#include <ngx_core.h>

#include "nginx/ngx_http_cloudflow_zone.h"


/* See lease.h. */
typedef enum {
    NGX_HTTP_CLOUDFLOW_WORD_NONE = 0,
    NGX_HTTP_CLOUDFLOW_WORD_OPENING,
    NGX_HTTP_CLOUDFLOW_WORD_OPEN,
    NGX_HTTP_CLOUDFLOW_WORD_DRAINING
} ngx_http_cloudflow_word_state_t;

#define ngx_http_cloudflow_word_state(word)                                   \
    ((ngx_http_cloudflow_word_state_t) ((word) >> 62))
#define ngx_http_cloudflow_word_slot(word)                                    \
    ((uint32_t) ((word) >> 32 & 0x3fffffff))
#define ngx_http_cloudflow_word_generation(word)  ((uint32_t) (word))


/* By the holder of the shard's lock. */
void ngx_http_cloudflow_word_set(ngx_http_cloudflow_zone_t *zone,
    uint32_t shard_no, ngx_http_cloudflow_word_state_t state, uint32_t slot,
    uint32_t generation);

/* The word if its slot still has that tenant, else 0.  Cheap. */
uint64_t ngx_http_cloudflow_word_get(ngx_http_cloudflow_zone_t *zone,
    uint32_t shard_no);

/* The same, with a look at the tenant's process; the word of a dead one is
 * taken off the zone. */
uint64_t ngx_http_cloudflow_word_look(ngx_http_cloudflow_zone_t *zone,
    uint32_t shard_no);


#endif /* NGX_HTTP_CLOUDFLOW_WORD_H */
