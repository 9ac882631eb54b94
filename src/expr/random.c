
/*
 * SplitMix64 and what is made of it.  Reads no clock and no device.
 */

#include "base/digest.h"
#include "expr/random.h"


uint64_t
wf_random_next(uint64_t *state)
{
    uint64_t  z;

    z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;

    return z ^ z >> 31;
}


int64_t
wf_random_between(uint64_t *state, int64_t min, int64_t max)
{
    uint64_t  range, number, limit;

    range = (uint64_t) max - (uint64_t) min + 1;    /* 0: all of 64 bits */
    limit = range ? UINT64_MAX - (UINT64_MAX % range + 1) % range : UINT64_MAX;

    do {
        number = wf_random_next(state);
    } while (number > limit);

    number = range ? number % range : number;

    return (int64_t) (number + (uint64_t) min);
}


void
wf_random_uuid(uint64_t *state, wf_buf_t *buf)
{
    int       i;
    uint8_t   bytes[16];
    uint64_t  half[2];

    half[0] = wf_random_next(state);
    half[1] = wf_random_next(state);

    for (i = 0; i < 16; i++) {
        bytes[i] = half[i / 8] >> (8 * (i % 8));
    }

    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;

    for (i = 0; i < 16; i += 2) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            wf_buf_byte(buf, '-');
        }

        wf_hex_print(buf, (wf_str_t) { 2, &bytes[i] });
    }
}
