
/*
 * UTF-8: the one table of RFC 3629, section 4, as code.  Knows nobody.
 */

#include "base/utf8.h"


#define HIGH_BITS  0x8080808080808080ull


/* Most texts are; eight bytes at a time. */

static bool
is_ascii(const uint8_t *p)
{
    uint64_t  word;

    memcpy(&word, p, sizeof(word));

    return (word & HIGH_BITS) == 0;
}


/* Bytes of the character at pos; 0: not well-formed (RFC 3629, section 4). */

unsigned
wf_utf8_step(const uint8_t *pos, const uint8_t *end)
{
    size_t    rest;
    uint8_t   low, high;
    unsigned  i, len;

    if (*pos < 0x80) {
        return 1;
    }

    if (*pos < 0xc2 || *pos > 0xf4) {
        return 0;
    }

    len = *pos < 0xe0 ? 2 : *pos < 0xf0 ? 3 : 4;
    rest = (size_t) (end - pos);

    low = *pos == 0xe0 ? 0xa0 : *pos == 0xf0 ? 0x90 : 0x80;
    high = *pos == 0xed ? 0x9f : *pos == 0xf4 ? 0x8f : 0xbf;

    if (rest < len || pos[1] < low || pos[1] > high) {
        return 0;
    }

    for (i = 2; i < len; i++) {
        if ((pos[i] & 0xc0) != 0x80) {
            return 0;
        }
    }

    return len;
}


bool
wf_utf8_valid(wf_str_t s)
{
    unsigned        len;
    const uint8_t  *p, *end;

    if (s.len == 0) {
        return true;
    }

    p = s.data;
    end = p + s.len;

    while (p < end) {

        while (end - p >= 8 && is_ascii(p)) {
            p += 8;
        }

        if (p == end) {
            break;
        }

        len = wf_utf8_step(p, end);

        if (len == 0) {
            return false;
        }

        p += len;
    }

    return true;
}


size_t
wf_utf8_length(wf_str_t s)
{
    size_t  i, count;

    count = 0;

    for (i = 0; i < s.len; i++) {
        count += (s.data[i] & 0xc0) != 0x80;
    }

    return count;
}
