
/*
 * UUIDs: form, version, order in time.
 */

#include "unit.h"

#include "actions/uuid.c"


static const uint8_t  ones[16] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};

static const uint8_t  zeros[16];


static wf_str_t
text_of(uint8_t text[WF_UUID_LEN])
{
    return (wf_str_t) { WF_UUID_LEN, text };
}


TEST(version_4)
{
    uint8_t  text[WF_UUID_LEN];

    wf_uuid_v4(ones, text);
    CHECK_STR(text_of(text), wf_str("ffffffff-ffff-4fff-bfff-ffffffffffff"));
    wf_uuid_v4(zeros, text);
    CHECK_STR(text_of(text), wf_str("00000000-0000-4000-8000-000000000000"));
}


TEST(version_7)
{
    uint8_t  text[WF_UUID_LEN], later[WF_UUID_LEN];

    /* The example of RFC 9562, A.6, as to its time. */
    wf_uuid_v7(0x017f22e279b0, zeros, text);
    CHECK_STR(text_of(text), wf_str("017f22e2-79b0-7000-8000-000000000000"));

    wf_uuid_v7(0x017f22e279b0, ones, text);
    wf_uuid_v7(0x017f22e279b1, zeros, later);
    CHECK(wf_str_cmp(text_of(text), text_of(later)) < 0);
}


UNIT_MAIN()
