
#include "unit.h"

#include "base/bucket.c"


static uint64_t  word;


static bool
take(const wf_bucket_t *bucket, int64_t now_ms, uint64_t *wait_ms)
{
    uint64_t  new;

    if (!wf_bucket_take(bucket, word, now_ms, &new, wait_ms)) {
        return false;
    }

    CHECK(new > word);
    word = new;

    return true;
}


static unsigned
take_all(const wf_bucket_t *bucket, int64_t now_ms)
{
    uint64_t  wait_ms;
    unsigned  count;

    for (count = 0; count < 2000000 && take(bucket, now_ms, &wait_ms);
         count++)
    {
        /* void */
    }

    return count;
}


TEST(burst_then_rate)
{
    uint64_t  wait_ms;

    static const wf_bucket_t  bucket = { 10, 2 };

    word = 0;
    CHECK_INT(take_all(&bucket, 1700000000000), 10);
    CHECK(!take(&bucket, 1700000000000, &wait_ms));
    CHECK_INT(wait_ms, 500);
    CHECK(!take(&bucket, 1700000000499, &wait_ms));
    CHECK_INT(wait_ms, 1);
    CHECK(take(&bucket, 1700000000500, &wait_ms));
    CHECK(!take(&bucket, 1700000000500, &wait_ms));
    CHECK_INT(take_all(&bucket, 1700000003000), 5);
    CHECK_INT(take_all(&bucket, 1700000003000 + 4999), 9);
    CHECK_INT(take_all(&bucket, 1700000003000 + 5000), 1);
    CHECK_INT(take_all(&bucket, 1700009999999), 10);
}


/* Never more than size and rate allow, and never one less, at any pace. */
TEST(any_pace)
{
    int64_t   now, start;
    uint64_t  wait_ms, bound;
    unsigned  i, j, taken;

    static const wf_bucket_t  buckets[] = {
        { 1, 1 }, { 1, 1000 }, { 100, 100 }, { 50, 5 }, { 7, 3 },
        { 10000, 1000 }, { 3, 999 },
    };

    for (i = 0; i < wf_countof(buckets); i++) {
        word = 0;
        taken = 0;
        start = now = 1700000000000;

        for (j = 0; j < 20000; j++) {
            now += (j * 7919 % 13) / 4;
            taken += take(&buckets[i], now, &wait_ms);
            bound = buckets[i].size
                    + (uint64_t) (now - start) * buckets[i].per_second / 1000;
            CHECK(taken <= bound + 1);
        }

        /* Demand was above the rate: all of it was used. */
        if (buckets[i].per_second < 500) {
            CHECK(taken + 1 >= bound);
        }
    }
}


TEST(clocks)
{
    uint64_t  wait_ms;

    static const wf_bucket_t  bucket = { 10, 2 };

    /* Set back by an hour: closed for as long as a refill at most. */

    word = 0;
    CHECK_INT(take_all(&bucket, 1700000000000), 10);
    CHECK(!take(&bucket, 1699996400000, &wait_ms));
    CHECK_INT(wait_ms, 500);
    CHECK_INT(take_all(&bucket, 1699996400000 + 500), 0);

    word = 0;
    CHECK_INT(take_all(&bucket, -5), 10);
    word = 0;
    CHECK_INT(take_all(&bucket, INT64_MAX), 10);
    word = UINT64_MAX;
    CHECK(!take(&bucket, INT64_MIN, &wait_ms));
    CHECK_INT(wait_ms, 500);
}


TEST(extremes)
{
    static const wf_bucket_t  most = { WF_BUCKET_SIZE_MAX,
                                       WF_BUCKET_RATE_MAX };
    static const wf_bucket_t  slow = { WF_BUCKET_SIZE_MAX, 1 };

    word = 0;
    CHECK_INT(take_all(&most, 1700000000000), WF_BUCKET_SIZE_MAX);
    CHECK_INT(take_all(&most, 1700000000001), 1000);

    word = 0;
    CHECK_INT(take_all(&slow, 1700000000000), WF_BUCKET_SIZE_MAX);
    CHECK_INT(take_all(&slow, 1700000000999), 0);
    CHECK_INT(take_all(&slow, 1700000001000), 1);
}


/* A reload brings another bucket to the same word. */
TEST(changed)
{
    uint64_t  wait_ms;

    static const wf_bucket_t  small = { 10, 2 }, large = { 100, 100 };

    word = 0;
    CHECK_INT(take_all(&large, 1700000000000), 100);
    CHECK_INT(take_all(&small, 1700000000000), 8);
    CHECK(!take(&large, 1700000000000, &wait_ms));
    CHECK(wait_ms <= 1000);
    CHECK_INT(take_all(&large, 1700000010000), 100);
}


UNIT_MAIN()
