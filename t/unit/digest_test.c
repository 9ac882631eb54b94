
#include <pthread.h>

#include "base/digest.c"
#include "unit.h"


static wf_arena_t  *arena;


static wf_str_t
hex(const uint8_t *bytes, size_t len)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_hex_print(&buf, (wf_str_t) { len, bytes });

    return wf_buf_done(&buf);
}


static wf_str_t
digest(wf_digest_t algorithm, wf_str_t data)
{
    uint8_t  out[WF_DIGEST_LEN_MAX];

    return hex(out, wf_digest(algorithm, data, out));
}


static wf_str_t
mac(wf_digest_t algorithm, wf_str_t key, wf_str_t data)
{
    uint8_t  out[WF_DIGEST_LEN_MAX];

    return hex(out, wf_hmac(algorithm, key, data, out));
}


TEST(digests)
{
    arena = wf_arena_create(0);

    CHECK_STR(digest(WF_MD5, wf_str("abc")),
              wf_str("900150983cd24fb0d6963f7d28e17f72"));
    CHECK_STR(digest(WF_SHA1, wf_str("abc")),
              wf_str("a9993e364706816aba3e25717850c26c9cd0d89d"));
    CHECK_STR(digest(WF_SHA256, wf_str("abc")),
              wf_str("ba7816bf8f01cfea414140de5dae2223"
                     "b00361a396177a9cb410ff61f20015ad"));
    CHECK_STR(digest(WF_SHA256, wf_str_none),
              wf_str("e3b0c44298fc1c149afbf4c8996fb924"
                     "27ae41e4649b934ca495991b7852b855"));
    CHECK_STR(digest(WF_SHA384, wf_str("abc")),
              wf_str("cb00753f45a35e8bb5a03d699ac65007"
                     "272c32ab0eded1631a8b605a43ff5bed"
                     "8086072ba1e7cc2358baeca134c825a7"));
    CHECK_STR(digest(WF_SHA512, wf_str("abc")),
              wf_str("ddaf35a193617abacc417349ae204131"
                     "12e6fa4e89a97ea20a9eeee64b55d39a"
                     "2192992a274fc1a836ba3c23a3feebbd"
                     "454d4423643ce80e2a9ac94fa54ca49f"));
    CHECK_STR(digest(WF_SM3, wf_str("abc")),
              wf_str("66c7f0f462eeedd9d1f2d46bdc10e4e2"
                     "4167c4875cf2f7a2297da02b8f4ba8e0"));

    wf_arena_free(arena);
}


/* RFC 2202 and RFC 4231; the empty key last, after others. */

TEST(hmacs)
{
    unsigned  round;

    arena = wf_arena_create(0);

    for (round = 0; round < 2; round++) {
        CHECK_STR(mac(WF_SHA1, wf_str("Jefe"),
                      wf_str("what do ya want for nothing?")),
                  wf_str("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
        CHECK_STR(mac(WF_SHA256, wf_str("Jefe"),
                      wf_str("what do ya want for nothing?")),
                  wf_str("5bdcc146bf60754e6a042426089575c7"
                         "5a003f089d2739839dec58b964ec3843"));
        CHECK_STR(mac(WF_MD5, wf_str("Jefe"),
                      wf_str("what do ya want for nothing?")),
                  wf_str("750c783e6ab0b503eaa86e310a5db738"));
        CHECK_STR(mac(WF_SHA1, wf_str(""), wf_str("")),
                  wf_str("fbdb1d1b18aa6c08324b7d64b71fb76370690e1d"));
        CHECK_STR(mac(WF_SHA256, wf_str_none, wf_str_none),
                  wf_str("b613679a0814d9ec772f95d778c35fc5"
                         "ff1697c493715653c6c712144292c5ad"));
        CHECK_INT(mac(WF_SHA512, wf_str("k"), wf_str("d")).len, 128);
        CHECK_INT(mac(WF_SM3, wf_str("k"), wf_str("d")).len, 64);
    }

    wf_arena_free(arena);
}


static void *
thread_body(void *data)
{
    int      i;
    uint8_t  out[WF_DIGEST_LEN_MAX];

    for (i = 0; i < 100; i++) {
        if (wf_digest(WF_SHA256, wf_str("abc"), out) != 32 || out[0] != 0xba
            || wf_hmac(WF_SHA1, wf_str("Jefe"),
                       wf_str("what do ya want for nothing?"), out) != 20
            || out[0] != 0xef)
        {
            return data;
        }
    }

    return NULL;
}


TEST(threads)
{
    void       *result;
    unsigned    i;
    pthread_t   threads[4];

    for (i = 0; i < 4; i++) {
        CHECK(pthread_create(&threads[i], NULL, thread_body, &threads) == 0);
    }

    for (i = 0; i < 4; i++) {
        CHECK(pthread_join(threads[i], &result) == 0 && result == NULL);
    }
}


TEST(secrets)
{
    CHECK(wf_secret_eq(wf_str("abc"), wf_str("abc")));
    CHECK(!wf_secret_eq(wf_str("abc"), wf_str("abd")));
    CHECK(!wf_secret_eq(wf_str("abc"), wf_str("abcd")));
    CHECK(wf_secret_eq(wf_str_none, wf_str("")));
}


TEST(base64)
{
    static const char  *pairs[][2] = {
        { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" },
        { "\xfb\xef\xbe", "++++" }
    };
    static const char  *bad[] = {
        "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=",
        "Zm9vZg", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Zm-_", "Zm9\xc3", "=Zm9"
    };

    size_t    i;
    wf_buf_t  buf;
    wf_str_t  bytes;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(pairs); i++) {
        wf_buf_init(&buf, arena, 0);
        wf_base64_print(&buf, wf_str_of(pairs[i][0]));
        CHECK_STR(wf_buf_done(&buf), wf_str_of(pairs[i][1]));

        CHECK(wf_base64_parse(arena, wf_str_of(pairs[i][1]), &bytes) == WF_OK);
        CHECK_STR(bytes, wf_str_of(pairs[i][0]));
        CHECK(bytes.data[bytes.len] == '\0');
    }

    for (i = 0; i < wf_countof(bad); i++) {
        if (wf_base64_parse(arena, wf_str_of(bad[i]), &bytes) != WF_DECLINED) {
            printf("# accepted: %s\n", bad[i]);
            CHECK(0);
        }
    }

    wf_arena_fail_after(1);
    CHECK(wf_base64_parse(arena, wf_str("Zm9v"), &bytes) == WF_ERROR);

    wf_arena_free(arena);
}


TEST(crc)
{
    CHECK(wf_crc32(wf_str("123456789")) == 0xcbf43926u);
    CHECK(wf_crc32(wf_str_none) == 0);
}


UNIT_MAIN()
