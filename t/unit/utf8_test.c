
#include "base/utf8.c"
#include "unit.h"


/* A second opinion: decode, then encode the only right way. */

static bool
plain_opinion(const uint8_t *p, size_t len)
{
    size_t    i, need;
    uint32_t  code, least;

    for (i = 0; i < len; i += need) {
        if (p[i] < 0x80) {
            need = 1;
            continue;
        }

        need = p[i] >= 0xf0 ? 4 : p[i] >= 0xe0 ? 3 : 2;
        least = need == 4 ? 0x10000 : need == 3 ? 0x800 : 0x80;
        code = p[i] & (0x7f >> need);

        if (p[i] < 0xc0 || p[i] >= 0xf8 || i + need > len) {
            return false;
        }

        for (size_t j = 1; j < need; j++) {
            if ((p[i + j] & 0xc0) != 0x80) {
                return false;
            }

            code = code << 6 | (p[i + j] & 0x3f);
        }

        if (code < least || code > 0x10ffff
            || (code >= 0xd800 && code <= 0xdfff))
        {
            return false;
        }
    }

    return true;
}


TEST(every_two_bytes)
{
    uint8_t   bytes[2];
    unsigned  i;

    for (i = 0; i < 65536; i++) {
        bytes[0] = (uint8_t) (i >> 8);
        bytes[1] = (uint8_t) i;

        if (wf_utf8_valid((wf_str_t) { 2, bytes })
            != plain_opinion(bytes, 2))
        {
            printf("# %02x %02x\n", bytes[0], bytes[1]);
            CHECK(0);
        }
    }
}


TEST(longer_ones)
{
    static const uint8_t  edge[] = {
        0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff
    };

    uint8_t   bytes[4];
    unsigned  i, j, k, lead;

    for (lead = 0xe0; lead <= 0xff; lead++) {
        for (i = 0; i < 10; i++) {
            for (j = 0; j < 10; j++) {
                for (k = 0; k < 10; k++) {
                    bytes[0] = (uint8_t) lead;
                    bytes[1] = edge[i];
                    bytes[2] = edge[j];
                    bytes[3] = edge[k];
                    CHECK(wf_utf8_valid((wf_str_t) { 4, bytes })
                          == plain_opinion(bytes, 4));
                    CHECK(wf_utf8_valid((wf_str_t) { 3, bytes })
                          == plain_opinion(bytes, 3));
                }
            }
        }
    }
}


/* A character over the edge of eight bytes, a bad byte at any place. */
TEST(words)
{
    size_t    i;
    uint8_t   bytes[20];
    wf_str_t  text;

    text = (wf_str_t) { sizeof(bytes), bytes };

    for (i = 0; i < sizeof(bytes); i++) {
        memset(bytes, 'a', sizeof(bytes));
        CHECK(wf_utf8_valid(text));
        bytes[i] = 0xc3;
        CHECK(!wf_utf8_valid(text));

        if (i + 1 < sizeof(bytes)) {
            bytes[i + 1] = 0xa9;
            CHECK(wf_utf8_valid(text));
        }
    }
}


TEST(length)
{
    CHECK_INT(wf_utf8_length(wf_str("")), 0);
    CHECK_INT(wf_utf8_length(wf_str_none), 0);
    CHECK_INT(wf_utf8_length(wf_str("abc")), 3);
    CHECK_INT(wf_utf8_length(wf_str("\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80x")),
              4);
    CHECK(wf_utf8_valid(wf_str_none));
}


UNIT_MAIN()
