
/*
 * The hash and the last words of a process.  Stores nothing, asks nobody.
 */

#include <stdio.h>
#include <stdlib.h>

#if defined(__linux__)
#include <sys/auxv.h>
#endif

#include "base/base.h"


#define HASH_BASIS  0xcbf29ce484222325ull
#define HASH_PRIME  0x00000100000001b3ull


uint64_t
wf_hash(uint64_t seed, wf_str_t s)
{
    size_t    i;
    uint64_t  hash;

    hash = HASH_BASIS ^ seed;

    for (i = 0; i < s.len; i++) {
        hash = (hash ^ s.data[i]) * HASH_PRIME;
    }

    /* FNV leaves the high bits of short keys idle; tables use any bits. */

    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdull;
    hash ^= hash >> 33;
    hash *= 0xc4ceb9fe1a85ec53ull;
    hash ^= hash >> 33;

    return hash;
}


uint64_t
wf_hash_secret(void)
{
    /*
     * Written by any thread with the same number, so a race is harmless; it
     * is atomic only to say so.
     */
    static _Atomic uint64_t  secret;

    uint64_t     number;
    const void  *random;

    number = secret;

    if (number != 0) {
        return number;
    }

#if defined(WF_SIM)
    /* One seed, one life: the order of a table is part of it. */
    random = NULL;
    number = WF_SIM;
#elif defined(__linux__)
    random = (const void *) (uintptr_t) getauxval(AT_RANDOM);
#else
    random = NULL;
#endif

    if (random != NULL) {
        memcpy(&number, random, sizeof(number));

    } else if (number == 0) {
        number = (uint64_t) (uintptr_t) &secret;
    }

    number = wf_hash(0, (wf_str_t) { sizeof(number), (uint8_t *) &number }) | 1;
    secret = number;

    return number;
}


void
wf_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "workflow: assertion \"%s\" failed at %s:%d\n",
            condition, file, line);
    fflush(stderr);

    abort();
}
