
/*
 * Random bytes and a time -> the text of a UUID.  Asks nobody for either.
 */

#include "actions/uuid.h"


static void
print(const uint8_t bytes[16], uint8_t text[WF_UUID_LEN])
{
    size_t  i;

    static const char  hex[] = "0123456789abcdef";

    for (i = 0; i < 16; i++) {

        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *text++ = '-';
        }

        *text++ = (uint8_t) hex[bytes[i] >> 4];
        *text++ = (uint8_t) hex[bytes[i] & 15];
    }
}


static void
stamp(uint8_t bytes[16], uint8_t version, uint8_t text[WF_UUID_LEN])
{
    bytes[6] = (uint8_t) (version << 4 | (bytes[6] & 0x0f));
    bytes[8] = 0x80 | (bytes[8] & 0x3f);

    print(bytes, text);
}


void
wf_uuid_v4(const uint8_t random[16], uint8_t text[WF_UUID_LEN])
{
    uint8_t  bytes[16];

    memcpy(bytes, random, 16);
    stamp(bytes, 4, text);
}


/* 48 bits of milliseconds, then random ones. */
void
wf_uuid_v7(int64_t now_ms, const uint8_t random[16],
    uint8_t text[WF_UUID_LEN])
{
    size_t   i;
    uint8_t  bytes[16];

    memcpy(bytes, random, 16);

    for (i = 0; i < 6; i++) {
        bytes[i] = (uint8_t) ((uint64_t) now_ms >> (40 - 8 * i));
    }

    stamp(bytes, 7, text);
}
