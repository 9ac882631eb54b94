
#include "unit.h"

#include "base/weight.c"


#define STARTS  10000


static wf_str_t
name_of(char *buf, size_t size, const char *form, unsigned i)
{
    int  len;

    len = snprintf(buf, size, form, i);

    return (wf_str_t) { (size_t) len, (const uint8_t *) buf };
}


/* 30 of 100: 4 standard deviations of 10,000 starts are 183. */
TEST(shares)
{
    char      buf[64];
    unsigned  i, form, flow, count[2];

    static const uint32_t  weights[] = { 30, 70 };
    static const char     *forms[] = {
        "%u", "run-%u", "%08x", "36cc6107-26cc-4a5d-9e0f-%012u", "%u-job"
    };

    for (flow = 0; flow < 20; flow++) {
        for (form = 0; form < wf_countof(forms); form++) {
            count[0] = count[1] = 0;

            for (i = 0; i < STARTS; i++) {
                count[wf_weight_choose(
                          wf_weight_lot(flow, name_of(buf, sizeof(buf),
                                                      forms[form], i)),
                          weights, 2)]++;
            }

            CHECK_INT(count[0] + count[1], STARTS);
            CHECK(count[0] > 3000 - 184 && count[0] < 3000 + 184);
        }
    }
}


/* Flows do not repeat each other's choices: half of 10,000, +- 4 sigma. */
TEST(flows_differ)
{
    char      buf[64];
    wf_str_t  name;
    unsigned  i, same;

    static const uint32_t  weights[] = { 1, 1 };

    same = 0;

    for (i = 0; i < STARTS; i++) {
        name = name_of(buf, sizeof(buf), "run-%u", i);
        same += wf_weight_choose(wf_weight_lot(1, name), weights, 2)
                == wf_weight_choose(wf_weight_lot(2, name), weights, 2);
    }

    CHECK(same > 4800 && same < 5200);
}


TEST(stable)
{
    /* On disk by what they chose: never change these. */
    CHECK_INT(wf_weight_lot(1, wf_str("run-1")) >> 32, 3939592433);
    CHECK_INT(wf_weight_lot(7, wf_str("")) >> 32, 851080658);
}


TEST(edges)
{
    static const uint32_t  none[] = { 0, 0 }, first[] = { 5, 0 },
                           second[] = { 0, 5 }, three[] = { 1, 2, 1 },
                           large[] = { UINT32_MAX, UINT32_MAX };

    CHECK_INT(wf_weight_choose(0, none, 2), 2);
    CHECK_INT(wf_weight_choose(UINT64_MAX, none, 0), 0);
    CHECK_INT(wf_weight_choose(0, first, 2), 0);
    CHECK_INT(wf_weight_choose(UINT64_MAX, first, 2), 0);
    CHECK_INT(wf_weight_choose(0, second, 2), 1);
    CHECK_INT(wf_weight_choose(UINT64_MAX, second, 2), 1);
    CHECK_INT(wf_weight_choose(UINT64_C(1) << 62, three, 3), 1);
    CHECK_INT(wf_weight_choose((UINT64_C(1) << 62) - 1, three, 3), 0);
    CHECK_INT(wf_weight_choose(UINT64_C(3) << 62, three, 3), 2);
    CHECK_INT(wf_weight_choose(UINT64_MAX, large, 2), 1);
    CHECK_INT(wf_weight_choose(UINT64_MAX / 2, large, 2), 0);
}


UNIT_MAIN()
