
/*
 * Words of leases.  Owns their spelling.  Must never take the word of a
 * process off that may be alive.
 */

#include "nginx/ngx_http_cloudflow_word.h"


static uint64_t word_load(ngx_http_cloudflow_zone_t *zone, uint32_t shard_no);
static ngx_uint_t word_is_valid(ngx_http_cloudflow_zone_t *zone,
    uint64_t word);


void
ngx_http_cloudflow_word_set(ngx_http_cloudflow_zone_t *zone,
    uint32_t shard_no, ngx_http_cloudflow_word_state_t state, uint32_t slot,
    uint32_t generation)
{
    uint64_t  word;

    word = state == NGX_HTTP_CLOUDFLOW_WORD_NONE ? 0
           : (uint64_t) state << 62 | (uint64_t) slot << 32 | generation;

    __atomic_store_n(&ngx_http_cloudflow_zone_lease(zone, shard_no)->owner,
                     word, __ATOMIC_SEQ_CST);
}


uint64_t
ngx_http_cloudflow_word_get(ngx_http_cloudflow_zone_t *zone,
    uint32_t shard_no)
{
    uint64_t  word;

    word = word_load(zone, shard_no);

    return word_is_valid(zone, word) ? word : 0;
}


/* The kernel has given up a dead owner's lock, and what its part of the index
 * says may be old. */
uint64_t
ngx_http_cloudflow_word_look(ngx_http_cloudflow_zone_t *zone,
    uint32_t shard_no)
{
    uint64_t  word;

    word = word_load(zone, shard_no);

    if (word == 0
        || (word_is_valid(zone, word)
            && ngx_http_cloudflow_slot_is_alive(zone,
                                        ngx_http_cloudflow_word_slot(word))))
    {
        return word;
    }

    if (__atomic_compare_exchange_n(
            &ngx_http_cloudflow_zone_lease(zone, shard_no)->owner, &word, 0,
            0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "cloudflow: the owner of shard %uD is dead", shard_no);
        return 0;
    }

    return word;
}


static uint64_t
word_load(ngx_http_cloudflow_zone_t *zone, uint32_t shard_no)
{
    return __atomic_load_n(
               &ngx_http_cloudflow_zone_lease(zone, shard_no)->owner,
               __ATOMIC_ACQUIRE);
}


static ngx_uint_t
word_is_valid(ngx_http_cloudflow_zone_t *zone, uint64_t word)
{
    return word != 0
           && ngx_http_cloudflow_word_slot(word) < zone->slot_count
           && ngx_http_cloudflow_slot_is_tenant(zone,
                                    ngx_http_cloudflow_word_slot(word),
                                    ngx_http_cloudflow_word_generation(word));
}
