
/*
 * Arenas and the byte builder: the only file that calls malloc().  An arena
 * is a bump pointer in its newest chunk; it never looks at what it gives
 * out and knows nobody.
 *
 *     first block                     later chunks, newest first
 *     [ wf_arena_t | bytes ....... ]  [ chunk_t | bytes ... ] -> [ ... ]
 *
 * Chunks double up to CHUNK_MAX.  What is large beside the next chunk gets a
 * chunk of its own, so that the rest of the current one is not thrown away.
 */

#include <stdlib.h>

#include "base/arena.h"


#define FIRST_DEFAULT   4096            /* bytes of a first block, all in */
#define FIRST_MIN       64
#define CHUNK_MAX       (256 * 1024)
#define SPARE_MAX       32              /* first blocks kept by a thread */
#define ALLOC_MAX       (SIZE_MAX / 4)
#define BUF_MIN         64

#define ALIGN(size)     (((size) + 7) & ~(size_t) 7)


/* Under ASan blocks really are freed: it shall find who uses them later. */

#if defined(__SANITIZE_ADDRESS__)
#define SPARE  0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SPARE  0
#endif
#endif

#ifndef SPARE
#define SPARE  1
#endif


typedef struct chunk_s  chunk_t;

struct chunk_s {
    chunk_t  *next;
    size_t    size;             /* bytes behind this header */
};

struct wf_arena_s {
    uint8_t  *pos;              /* both aligned to 8 */
    uint8_t  *end;
    chunk_t  *chunks;
    size_t    next_size;        /* of the next chunk */
    size_t    total;
    size_t    first_size;       /* of the first block, all in */
};


static bool fail_now(void);
static void *first_block(size_t size);
static void chunks_free(wf_arena_t *arena);
static void arena_begin(wf_arena_t *arena, size_t size);
static void *alloc_slow(wf_arena_t *arena, size_t size);
static size_t buf_extend(wf_buf_t *buf, size_t need, size_t want);


#if SPARE
static _Thread_local void      *spare;          /* linked by their first word */
static _Thread_local unsigned   spare_count;
#endif

/* Only tests ever make it non-zero. */
static _Atomic uint64_t         fail_countdown;


void
wf_arena_fail_after(uint64_t count)
{
    fail_countdown = count;
}


static bool
fail_now(void)
{
    uint64_t  left;

    left = fail_countdown;

    if (left == 0) {
        return false;
    }

    fail_countdown = left - 1;

    return left == 1;
}


void *
wf_malloc(size_t size)
{
    if (fail_now() || size > ALLOC_MAX) {
        return NULL;
    }

    return malloc(size ? size : 1);
}


void *
wf_realloc(void *data, size_t size)
{
    if (fail_now() || size > ALLOC_MAX) {
        return NULL;
    }

    return realloc(data, size ? size : 1);
}


void
wf_free(void *data)
{
    free(data);
}


wf_arena_t *
wf_arena_create(size_t first_size)
{
    size_t       size;
    wf_arena_t  *arena;

    if (fail_now() || first_size > ALLOC_MAX) {
        return NULL;
    }

    size = FIRST_DEFAULT;

    if (first_size) {
        size = sizeof(wf_arena_t) + ALIGN(wf_max(first_size, FIRST_MIN));
    }

    arena = first_block(size);

    if (arena == NULL) {
        return NULL;
    }

    arena->chunks = NULL;
    arena_begin(arena, size);

    return arena;
}


static void *
first_block(size_t size)
{
#if SPARE
    void  *block;

    if (size == FIRST_DEFAULT && spare != NULL) {
        block = spare;
        memcpy(&spare, block, sizeof(void *));
        spare_count--;
        return block;
    }
#endif

    return malloc(size);
}


void
wf_arena_free(wf_arena_t *arena)
{
    if (arena == NULL) {
        return;
    }

    chunks_free(arena);

#if SPARE
    if (arena->first_size == FIRST_DEFAULT && spare_count < SPARE_MAX) {
        memcpy(arena, &spare, sizeof(void *));
        spare = arena;
        spare_count++;
        return;
    }
#endif

    free(arena);
}


void
wf_arena_trim(void)
{
#if SPARE
    void  *block;

    while (spare != NULL) {
        block = spare;
        memcpy(&spare, block, sizeof(void *));
        free(block);
    }

    spare_count = 0;
#endif
}


void
wf_arena_reset(wf_arena_t *arena)
{
    chunks_free(arena);
    arena_begin(arena, arena->first_size);
}


static void
arena_begin(wf_arena_t *arena, size_t size)
{
    arena->pos = (uint8_t *) (arena + 1);
    arena->end = (uint8_t *) arena + size;
    arena->next_size = wf_min(2 * size, CHUNK_MAX);
    arena->total = size;
    arena->first_size = size;
}


static void
chunks_free(wf_arena_t *arena)
{
    chunk_t  *chunk;

    while (arena->chunks != NULL) {
        chunk = arena->chunks;
        arena->chunks = chunk->next;
        free(chunk);
    }
}


size_t
wf_arena_size(const wf_arena_t *arena)
{
    return arena->total;
}


bool
wf_arena_owns(const wf_arena_t *arena, const void *address)
{
    uintptr_t       at, start;
    const chunk_t  *chunk;

    at = (uintptr_t) address;
    start = (uintptr_t) arena;

    if (at >= start && at - start < arena->first_size) {
        return true;
    }

    for (chunk = arena->chunks; chunk; chunk = chunk->next) {
        start = (uintptr_t) (chunk + 1);

        if (at >= start && at - start < chunk->size) {
            return true;
        }
    }

    return false;
}


void *
wf_arena_alloc(wf_arena_t *arena, size_t size)
{
    void  *data;

    if (fail_now()) {
        return NULL;
    }

    if (size > (size_t) (arena->end - arena->pos)) {
        return alloc_slow(arena, size);
    }

    data = arena->pos;
    arena->pos += ALIGN(size);

    return data;
}


static void *
alloc_slow(wf_arena_t *arena, size_t size)
{
    bool      own;
    size_t    bytes;
    chunk_t  *chunk;

    if (size > ALLOC_MAX) {
        return NULL;
    }

    own = size > arena->next_size / 4;
    bytes = own ? sizeof(chunk_t) + ALIGN(size) : arena->next_size;

    chunk = malloc(bytes);

    if (chunk == NULL) {
        return NULL;
    }

    chunk->next = arena->chunks;
    chunk->size = bytes - sizeof(chunk_t);
    arena->chunks = chunk;
    arena->total += bytes;

    if (!own) {
        arena->pos = (uint8_t *) (chunk + 1) + ALIGN(size);
        arena->end = (uint8_t *) (chunk + 1) + chunk->size;
    }

    /* Own chunks count too: an arena of many large things grows as well. */

    arena->next_size = wf_min(2 * arena->next_size, CHUNK_MAX);

    return chunk + 1;
}


void *
wf_arena_calloc(wf_arena_t *arena, size_t size)
{
    void  *data;

    data = wf_arena_alloc(arena, size);

    if (data != NULL) {
        memset(data, 0, size);
    }

    return data;
}


wf_str_t
wf_arena_copy(wf_arena_t *arena, wf_str_t s)
{
    uint8_t  *data;

    if (s.len > ALLOC_MAX) {
        return wf_str_none;
    }

    data = wf_arena_alloc(arena, s.len + 1);

    if (data == NULL) {
        return wf_str_none;
    }

    if (s.len) {
        memcpy(data, s.data, s.len);
    }

    data[s.len] = '\0';

    return (wf_str_t) { s.len, data };
}


void
wf_buf_init(wf_buf_t *buf, wf_arena_t *arena, size_t first_size)
{
    static uint8_t  empty[1];           /* never written: size is 0 */

    buf->data = empty;
    buf->len = 0;
    buf->size = 0;
    buf->arena = arena;
    buf->failed = false;

    if (first_size) {
        wf_buf_reserve(buf, first_size);
    }
}


void
wf_buf_reserve(wf_buf_t *buf, size_t more)
{
    size_t    need, want, extra;
    uint8_t  *data;

    if (buf->failed || more <= buf->size - buf->len) {
        return;
    }

    if (more > ALLOC_MAX - buf->len) {
        goto failed;
    }

    need = ALIGN(buf->len + more);
    want = wf_max(need, wf_max(2 * buf->size, BUF_MIN));

    extra = buf_extend(buf, need, want);

    if (extra) {
        buf->size += extra;
        return;
    }

    data = wf_arena_alloc(buf->arena, want);

    if (data == NULL) {
        goto failed;
    }

    memcpy(data, buf->data, buf->len);
    buf->data = data;
    buf->size = want;

    return;

failed:

    buf->failed = true;
    buf->size = buf->len;
}


/* The last thing of its arena grows where it stands; 0: it cannot. */

static size_t
buf_extend(wf_buf_t *buf, size_t need, size_t want)
{
    size_t       extra;
    wf_arena_t  *arena;

    arena = buf->arena;

    if (buf->size == 0 || buf->data + buf->size != arena->pos) {
        return 0;
    }

    extra = wf_min(want - buf->size, (size_t) (arena->end - arena->pos));

    if (buf->size + extra < need || fail_now()) {
        return 0;
    }

    arena->pos += extra;

    return extra;
}


void
wf_buf_uint(wf_buf_t *buf, uint64_t number)
{
    uint8_t  digits[20], *p;

    p = digits + sizeof(digits);

    do {
        *--p = (uint8_t) ('0' + number % 10);
        number /= 10;
    } while (number);

    wf_buf_append(buf, p, (size_t) (digits + sizeof(digits) - p));
}


void
wf_buf_int(wf_buf_t *buf, int64_t number)
{
    if (number < 0) {
        wf_buf_byte(buf, '-');
        wf_buf_uint(buf, 0 - (uint64_t) number);
        return;
    }

    wf_buf_uint(buf, (uint64_t) number);
}
