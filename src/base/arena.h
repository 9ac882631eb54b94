
/*
 * Arenas: memory that is freed all at once by whoever owns the arena, and
 * the byte builder that grows inside one.  The only file that calls
 * malloc().  An arena belongs to one thread at a time.
 */

#ifndef WF_ARENA_H
#define WF_ARENA_H


#include "base/base.h"


typedef struct wf_arena_s  wf_arena_t;

/* first_size: bytes of the first chunk, 0 for the default.  NULL: no memory. */
wf_arena_t *wf_arena_create(size_t first_size);
void wf_arena_free(wf_arena_t *arena);              /* NULL is allowed */

/* Forget everything, keep the first chunk. */
void wf_arena_reset(wf_arena_t *arena);

/* Bytes taken from malloc() so far. */
size_t wf_arena_size(const wf_arena_t *arena);

/* Is it in memory that arena gave out? */
bool wf_arena_owns(const wf_arena_t *arena, const void *address);

/* Aligned to 8; NULL: no memory.  size 0 gives a valid pointer. */
void *wf_arena_alloc(wf_arena_t *arena, size_t size);
void *wf_arena_calloc(wf_arena_t *arena, size_t size);

/* A copy with a NUL behind it (not counted).  data == NULL: no memory. */
wf_str_t wf_arena_copy(wf_arena_t *arena, wf_str_t s);

/*
 * For tables that outgrow every arena (map.c, heap.c).  NULL: no memory.
 * wf_realloc(NULL, size) allocates; wf_free(NULL) is allowed.
 */
void *wf_malloc(size_t size);
void *wf_realloc(void *data, size_t size);
void wf_free(void *data);

/* A thread that made or freed arenas calls this before it ends. */
void wf_arena_trim(void);

/* For tests: the n-th allocation from now fails (1 is the next); 0: none. */
void wf_arena_fail_after(uint64_t count);


/*
 * Byte builder.  Sticky failure: append freely, check once at the end.
 * The bytes live in the arena; a growing builder may leave its old blocks
 * behind there.  data is never NULL; after a failure size equals len, so
 * that nothing fits any more.
 */
typedef struct {
    uint8_t     *data;
    size_t       len;
    size_t       size;
    wf_arena_t  *arena;
    bool         failed;
} wf_buf_t;

void wf_buf_init(wf_buf_t *buf, wf_arena_t *arena, size_t first_size);
void wf_buf_reserve(wf_buf_t *buf, size_t more);
void wf_buf_uint(wf_buf_t *buf, uint64_t number);       /* decimal */
void wf_buf_int(wf_buf_t *buf, int64_t number);

static inline void
wf_buf_byte(wf_buf_t *buf, uint8_t byte)
{
    if (buf->len == buf->size) {
        wf_buf_reserve(buf, 1);

        if (buf->failed) {
            return;
        }
    }

    buf->data[buf->len++] = byte;
}

static inline void
wf_buf_append(wf_buf_t *buf, const void *data, size_t len)
{
    if (len > buf->size - buf->len) {
        wf_buf_reserve(buf, len);

        if (buf->failed) {
            return;
        }
    }

    if (len) {
        memcpy(buf->data + buf->len, data, len);
        buf->len += len;
    }
}

static inline void
wf_buf_str(wf_buf_t *buf, wf_str_t s)
{
    wf_buf_append(buf, s.data, s.len);
}

/* text: a literal. */
#define wf_buf_text(buf, text)  wf_buf_append(buf, "" text, sizeof(text) - 1)

static inline wf_str_t
wf_buf_done(const wf_buf_t *buf)
{
    return (wf_str_t) { buf->len, buf->data };
}


#endif /* WF_ARENA_H */
