
/*
 * The ring of ngx_http_cloudflow_ring.h.  Owns nothing: the bytes belong to
 * the zone.  Must never include an nginx header; ipc.c is its only user, and
 * ring_test.c, which runs it between two processes.
 *
 *   | len check | payload, padded to 8 | len check | ... | SKIP |
 *
 * A record never wraps; what is left at the end is skipped.  Heads and tails
 * are multiples of 8, so a skip mark always fits.
 */

#include "nginx/ngx_http_cloudflow_ring.h"


#define SKIP   0xffffffff
#define SALT   0x5bd1e995

typedef struct {
    uint32_t   len;
    uint32_t   check;           /* of len and position */
} mark_t;

#define round_up(len)  (((uint64_t) (len) + 7) & ~(uint64_t) 7)


static void mark_put(ngx_http_cloudflow_ring_t *ring, uint32_t size,
    uint64_t position, uint32_t len);
static bool mark_get(ngx_http_cloudflow_ring_t *ring, uint32_t size,
    uint64_t position, uint32_t *len);
static uint32_t mark_check(uint64_t position, uint32_t len);


/* 0 if the other side left nonsense: the reader will repair that. */
uint32_t
ngx_http_cloudflow_ring_free(const ngx_http_cloudflow_ring_t *ring,
    uint32_t size)
{
    uint64_t  used;

    used = round_up(__atomic_load_n(&ring->head, __ATOMIC_RELAXED))
           - __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);

    return used > size ? 0 : size - (uint32_t) used;
}


bool
ngx_http_cloudflow_ring_write(ngx_http_cloudflow_ring_t *ring, uint32_t size,
    wf_str_t first, wf_str_t second)
{
    uint8_t   *p;
    uint64_t   head, room, rest;
    uint32_t   len;

    len = (uint32_t) (first.len + second.len);

    wf_assert(first.len + second.len
              <= ngx_http_cloudflow_ring_record_max(size));

    /* Aligned unless a dead writer left it otherwise. */
    head = round_up(__atomic_load_n(&ring->head, __ATOMIC_RELAXED));
    room = sizeof(mark_t) + round_up(len);
    rest = size - (head & (size - 1));

    if (rest >= room) {
        rest = 0;
    }

    if (ngx_http_cloudflow_ring_free(ring, size) < rest + room) {
        return false;
    }

    if (rest) {
        mark_put(ring, size, head, SKIP);
        head += rest;
    }

    mark_put(ring, size, head, len);
    p = ring->bytes + (head & (size - 1)) + sizeof(mark_t);

    if (first.len) {
        memcpy(p, first.data, first.len);
    }

    if (second.len) {
        memcpy(p + first.len, second.data, second.len);
    }

    __atomic_store_n(&ring->head, head + room, __ATOMIC_RELEASE);

    return true;
}


bool
ngx_http_cloudflow_ring_peek(ngx_http_cloudflow_ring_t *ring, uint32_t size,
    wf_str_t *record, bool *damaged)
{
    uint64_t  head, tail, rest;
    uint32_t  len;

    *damaged = false;

    head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
    tail = __atomic_load_n(&ring->tail, __ATOMIC_RELAXED);

    while (head != tail) {
        rest = size - (tail & (size - 1));

        if (head - tail > size || !mark_get(ring, size, tail, &len)) {
            break;
        }

        if (len == SKIP) {
            if (rest > head - tail) {
                break;
            }

            tail += rest;
            __atomic_store_n(&ring->tail, tail, __ATOMIC_RELEASE);
            continue;
        }

        if (sizeof(mark_t) + round_up(len) > wf_min(rest, head - tail)) {
            break;
        }

        record->len = len;
        record->data = ring->bytes + (tail & (size - 1)) + sizeof(mark_t);
        return true;
    }

    if (head != tail) {
        *damaged = true;
        __atomic_store_n(&ring->tail, head, __ATOMIC_RELEASE);
    }

    return false;
}


void
ngx_http_cloudflow_ring_next(ngx_http_cloudflow_ring_t *ring, uint32_t size)
{
    uint64_t  tail;
    uint32_t  len;

    tail = __atomic_load_n(&ring->tail, __ATOMIC_RELAXED);

    if (mark_get(ring, size, tail, &len) && len != SKIP) {
        tail += sizeof(mark_t) + round_up(len);

    } else {
        tail = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
    }

    __atomic_store_n(&ring->tail, tail, __ATOMIC_RELEASE);
}


bool
ngx_http_cloudflow_ring_is_empty(const ngx_http_cloudflow_ring_t *ring)
{
    return __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE)
           == __atomic_load_n(&ring->tail, __ATOMIC_RELAXED);
}


static void
mark_put(ngx_http_cloudflow_ring_t *ring, uint32_t size, uint64_t position,
    uint32_t len)
{
    mark_t  mark;

    mark.len = len;
    mark.check = mark_check(position, len);

    memcpy(ring->bytes + (position & (size - 1)), &mark, sizeof(mark_t));
}


static bool
mark_get(ngx_http_cloudflow_ring_t *ring, uint32_t size, uint64_t position,
    uint32_t *len)
{
    mark_t  mark;

    if (position & 7) {
        return false;
    }

    memcpy(&mark, ring->bytes + (position & (size - 1)), sizeof(mark_t));
    *len = mark.len;

    return mark.check == mark_check(position, mark.len)
           && (mark.len == SKIP
               || mark.len <= ngx_http_cloudflow_ring_record_max(size));
}


static uint32_t
mark_check(uint64_t position, uint32_t len)
{
    return (uint32_t) (position >> 3) * SALT ^ len ^ SALT;
}
