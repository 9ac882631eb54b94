
/*
 * The partition of ngx_http_cloudflow_partition.h.  Owns nothing: the bytes
 * belong to the zone.  Must never include an nginx header or know a record;
 * index.c is its user, and index_test.c.
 *
 *   log:  ... | position key len check | bytes, padded to 8 | ...
 *                ^ word of the bucket: tag (16 bits), position / 8 (48 bits)
 *
 * An entry never wraps; what is left at the end of the log is not used.  The
 * order that makes reading without a lock right, and its counterpart:
 *
 *   writer: tail, fence, bytes, release word      (tail before overwriting)
 *   reader: acquire word, bytes, fence, tail      (tail after copying)
 *
 * So if a reader copied a byte of a later entry it sees the later tail.
 * Position, key and checksum in the entry catch what a crash may have left.
 */

#include "nginx/ngx_http_cloudflow_partition.h"

#include "base/digest.h"


#define WAYS        NGX_HTTP_CLOUDFLOW_PARTITION_WAYS
#define BUCKET      (WAYS * sizeof(uint64_t))
#define WORD_PER    256                 /* bytes of the block */
#define FIRST       64                  /* position; no word is zero */
#define WORD_BITS   48
#define WORD_MASK   (((uint64_t) 1 << WORD_BITS) - 1)

typedef ngx_http_cloudflow_partition_t  part_t;

typedef struct {
    uint64_t   position;
    uint64_t   key;
    uint32_t   len;
    uint32_t   check;
} entry_t;

#define round_up(len)  (((uint64_t) (len) + 7) & ~(uint64_t) 7)


static uint64_t *word_choose(part_t *part, uint64_t key, uint64_t tail,
    uint64_t head);
static wf_rc_t entry_copy(const part_t *part, wf_arena_t *arena,
    uint64_t key, uint64_t position, wf_str_t *bytes);
static bool entry_get(const part_t *part, uint64_t position, uint64_t key,
    entry_t *entry);
static uint32_t entry_check(const entry_t *entry, wf_str_t bytes);


static inline uint64_t
word_make(uint64_t key, uint64_t position)
{
    return (key >> WORD_BITS) << WORD_BITS | position >> 3;
}


static inline bool
word_is_of(uint64_t word, uint64_t key)
{
    return word != 0 && word >> WORD_BITS == key >> WORD_BITS;
}


static inline uint64_t
word_position(uint64_t word)
{
    return (word & WORD_MASK) << 3;
}


static inline uint64_t *
bucket_of(const part_t *part, uint64_t key)
{
    return (uint64_t *) part->words + (key & (part->bucket_count - 1)) * WAYS;
}


static inline uint8_t *
log_at(const part_t *part, uint64_t position)
{
    return (uint8_t *) part->words + part->bucket_count * BUCKET
           + position % part->log_bytes;
}


void
ngx_http_cloudflow_partition_init(part_t *part, size_t bytes)
{
    size_t  buckets;

    wf_assert(bytes >= 8192);

    buckets = 1;

    while (buckets * 2 * WAYS * WORD_PER <= bytes) {
        buckets *= 2;
    }

    part->bucket_count = buckets;
    part->log_bytes = (bytes - sizeof(part_t) - buckets * BUCKET)
                      & ~(size_t) 63;
    part->head = FIRST;
    part->tail = FIRST;
}


/* Readers that are about to copy find the tail beyond what they copied. */
void
ngx_http_cloudflow_partition_clear(part_t *part)
{
    uint64_t  head, tail;

    head = round_up(__atomic_load_n(&part->head, __ATOMIC_RELAXED));
    tail = round_up(__atomic_load_n(&part->tail, __ATOMIC_RELAXED));
    head = wf_max(wf_max(head, tail), FIRST);

    if (head >> 3 > WORD_MASK / 2) {
        head = FIRST;               /* nonsense: no disk writes that much */
    }

    __atomic_store_n(&part->head, head, __ATOMIC_RELAXED);
    __atomic_store_n(&part->tail, head, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&part->generation, 1, __ATOMIC_SEQ_CST);
}


bool
ngx_http_cloudflow_partition_put(part_t *part, uint64_t key, wf_str_t bytes)
{
    entry_t    entry;
    uint8_t   *p;
    uint64_t   room, rest, head, tail, *word;

    room = sizeof(entry_t) + round_up(bytes.len);

    if (bytes.len > UINT32_MAX
        || room > part->log_bytes / NGX_HTTP_CLOUDFLOW_PARTITION_SHARE)
    {
        ngx_http_cloudflow_partition_erase(part, key);
        return false;
    }

    head = part->head;
    rest = part->log_bytes - head % part->log_bytes;

    if (rest < room) {
        head += rest;
    }

    tail = part->tail;

    if (head + room > tail + part->log_bytes) {
        tail = head + room - part->log_bytes;
        __atomic_store_n(&part->tail, tail, __ATOMIC_RELAXED);
    }

    __atomic_thread_fence(__ATOMIC_SEQ_CST);

    entry.position = head;
    entry.key = key;
    entry.len = (uint32_t) bytes.len;
    entry.check = entry_check(&entry, bytes);

    p = log_at(part, head);
    memcpy(p, &entry, sizeof(entry_t));

    if (bytes.len) {
        memcpy(p + sizeof(entry_t), bytes.data, bytes.len);
    }

    word = word_choose(part, key, tail, head);

    __atomic_store_n(&part->head, head + room, __ATOMIC_RELAXED);
    __atomic_store_n(word, word_make(key, head), __ATOMIC_RELEASE);

    return true;
}


void
ngx_http_cloudflow_partition_erase(part_t *part, uint64_t key)
{
    unsigned   i;
    entry_t    entry;
    uint64_t   position, *bucket;

    bucket = bucket_of(part, key);

    for (i = 0; i < WAYS; i++) {
        position = word_position(bucket[i]);

        if (word_is_of(bucket[i], key)
            && position >= part->tail && position < part->head
            && entry_get(part, position, key, &entry))
        {
            __atomic_store_n(&bucket[i], 0, __ATOMIC_RELEASE);
        }
    }
}


/* The key's own word, else a dead one, else that of the oldest entry. */
static uint64_t *
word_choose(part_t *part, uint64_t key, uint64_t tail, uint64_t head)
{
    unsigned   i;
    entry_t    entry;
    uint64_t   position, oldest, *bucket, *word;

    bucket = bucket_of(part, key);
    word = bucket;
    oldest = UINT64_MAX;

    for (i = 0; i < WAYS; i++) {
        position = word_position(bucket[i]);

        if (position < tail || position >= head) {
            position = 0;

        } else if (word_is_of(bucket[i], key)
                   && entry_get(part, position, key, &entry))
        {
            return &bucket[i];
        }

        if (position < oldest) {
            oldest = position;
            word = &bucket[i];
        }
    }

    return word;
}


wf_rc_t
ngx_http_cloudflow_partition_find(const part_t *part, wf_arena_t *arena,
    uint64_t key, wf_str_t *bytes)
{
    bool       again;
    wf_rc_t    rc;
    unsigned   i, try;
    uint64_t   word, *bucket;

    bucket = bucket_of(part, key);

    for (try = 0; try < NGX_HTTP_CLOUDFLOW_PARTITION_TRIES; try++) {
        again = false;

        for (i = 0; i < WAYS; i++) {
            word = __atomic_load_n(&bucket[i], __ATOMIC_ACQUIRE);

            if (!word_is_of(word, key)) {
                continue;
            }

            rc = entry_copy(part, arena, key, word_position(word), bytes);

            if (rc == WF_OK) {
                return WF_OK;
            }

            /* Replaced meanwhile: the new word may be there already. */
            again |= rc == WF_AGAIN
                     || __atomic_load_n(&bucket[i], __ATOMIC_ACQUIRE) != word;
        }

        if (!again) {
            break;
        }
    }

    return WF_DECLINED;
}


/* WF_AGAIN: overwritten while being copied.  WF_DECLINED: another key's, long
 * overwritten, or no memory. */
static wf_rc_t
entry_copy(const part_t *part, wf_arena_t *arena, uint64_t key,
    uint64_t position, wf_str_t *bytes)
{
    entry_t    entry;
    uint8_t   *copy;
    wf_str_t   str;

    if (position < __atomic_load_n(&part->tail, __ATOMIC_ACQUIRE)
        || !entry_get(part, position, key, &entry))
    {
        return WF_DECLINED;
    }

    copy = wf_arena_alloc(arena, entry.len);
    if (copy == NULL) {
        return WF_DECLINED;
    }

    memcpy(copy, log_at(part, position) + sizeof(entry_t), entry.len);

    __atomic_thread_fence(__ATOMIC_ACQUIRE);

    str.len = entry.len;
    str.data = copy;

    if (position < __atomic_load_n(&part->tail, __ATOMIC_RELAXED)
        || entry.check != entry_check(&entry, str))
    {
        return WF_AGAIN;
    }

    *bytes = str;

    return WF_OK;
}


/* False: not an entry of the key, or one that cannot be. */
static bool
entry_get(const part_t *part, uint64_t position, uint64_t key,
    entry_t *entry)
{
    uint64_t  rest, room;

    rest = part->log_bytes - position % part->log_bytes;

    if (rest < sizeof(entry_t)) {
        return false;
    }

    memcpy(entry, log_at(part, position), sizeof(entry_t));

    room = sizeof(entry_t) + round_up(entry->len);

    return entry->position == position
           && entry->key == key
           && room <= rest
           && room <= part->log_bytes / NGX_HTTP_CLOUDFLOW_PARTITION_SHARE;
}


static uint32_t
entry_check(const entry_t *entry, wf_str_t bytes)
{
    return wf_crc32(bytes) ^ entry->len
           ^ (uint32_t) (entry->position >> 3)
           ^ (uint32_t) entry->key ^ (uint32_t) (entry->key >> 32);
}
