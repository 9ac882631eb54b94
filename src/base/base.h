
/*
 * The ground floor: strings, return codes, assertions; limits.h has every
 * limit.
 * Knows nobody.  Everything here is plain C11 and libc.
 */

#ifndef WF_BASE_H
#define WF_BASE_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"


/* The world's answers.  A rc is checked on the spot. */
typedef enum {
    WF_OK = 0,
    WF_ERROR = -1,          /* failed; wf_error_t says why */
    WF_AGAIN = -2,          /* you will hear from me */
    WF_DECLINED = -5        /* not mine, not there */
} wf_rc_t;


/* Bytes with a length; not NUL-terminated, may hold NUL. */
typedef struct {
    size_t          len;
    const uint8_t  *data;
} wf_str_t;


#define wf_str(text)                                                          \
    ((wf_str_t) { sizeof(text) - 1, (const uint8_t *) (text) })
#define wf_str_init(text)   { sizeof(text) - 1, (const uint8_t *) (text) }
#define wf_str_none         ((wf_str_t) { 0, NULL })


static inline bool
wf_str_eq(wf_str_t a, wf_str_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


/* Byte order; a proper prefix comes first. */
static inline int
wf_str_cmp(wf_str_t a, wf_str_t b)
{
    int     rc;
    size_t  len;

    len = a.len < b.len ? a.len : b.len;
    rc = len ? memcmp(a.data, b.data, len) : 0;

    if (rc != 0) {
        return rc;
    }

    return a.len < b.len ? -1 : a.len > b.len;
}


static inline bool
wf_str_starts(wf_str_t s, wf_str_t prefix)
{
    return s.len >= prefix.len
           && (prefix.len == 0 || memcmp(s.data, prefix.data, prefix.len) == 0);
}


static inline wf_str_t
wf_str_of(const char *text)
{
    return (wf_str_t) { text ? strlen(text) : 0, (const uint8_t *) text };
}


/* FNV-1a with a final mix; stable for ever: shard numbers depend on it. */
uint64_t wf_hash(uint64_t seed, wf_str_t s);

/*
 * A seed for tables in memory only: differs from process to process, so that
 * nobody can send us keys that all collide.  Never store what it made.
 */
uint64_t wf_hash_secret(void);


/*
 * Our own mistake: the process dies, its successor replays.  On in
 * production; never used for what the world may do to us.
 */
#define wf_assert(condition)                                                  \
    ((condition) ? (void) 0 : wf_assert_failed(#condition, __FILE__, __LINE__))

void wf_assert_failed(const char *condition, const char *file, int line)
    __attribute__((noreturn));


#define wf_countof(array)  (sizeof(array) / sizeof((array)[0]))
/* Plain macros: their arguments must have no side effects. */
/* Processor time of the calling thread, in ns; never 0. */
typedef uint64_t (*wf_clock_pt)(void);

#define wf_min(a, b)       ((a) < (b) ? (a) : (b))
#define wf_max(a, b)       ((a) > (b) ? (a) : (b))


#endif /* WF_BASE_H */
