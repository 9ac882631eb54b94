
/*
 * A token bucket in one word: "size" calls at once, then "per_second" of
 * them.  Told the time, never asks; keeps nothing itself, so that the word may
 * lie in shared memory and be swapped atomically by many workers:
 *
 *     do {
 *         old = *word;
 *         taken = wf_bucket_take(&bucket, old, now_ms, &new, &wait_ms);
 *     } while (taken && !compare_and_swap(word, old, new));
 */

#ifndef WF_BUCKET_H
#define WF_BUCKET_H


#include "base/base.h"


typedef struct {
    uint32_t   size;            /* 1 to WF_BUCKET_SIZE_MAX */
    uint32_t   per_second;      /* 1 to WF_BUCKET_RATE_MAX */
} wf_bucket_t;

/*
 * old: what the word holds; 0 for a full bucket.  It means the same to a
 * bucket of another size and rate, which a reload may bring.  false: empty;
 * *wait_ms (at least 1) later there is one again, *new is not set.
 */
bool wf_bucket_take(const wf_bucket_t *bucket, uint64_t old, int64_t now_ms,
    uint64_t *new, uint64_t *wait_ms);


#endif /* WF_BUCKET_H */
