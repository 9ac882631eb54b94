
/*
 * The door to libcrypto (and to zlib's CRC).  Owns the algorithms, fetched
 * once for the process, and a context of each kind per thread, made when it
 * is first asked for and freed when the thread ends: signatures of every
 * request pass here.  Never keeps a key longer than a call.
 */

#include <zlib.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/digest.h"


#define DIGEST_COUNT  (WF_SM3 + 1)


typedef struct {
    EVP_MD_CTX   *digest;
    EVP_MAC_CTX  *hmac[DIGEST_COUNT];
} thread_t;


static void door_open(void);
static void thread_free(void *data);
static thread_t *thread_get(void);
static EVP_MAC_CTX *hmac_create(wf_digest_t algorithm);
static int base64_value(uint8_t byte);


static const char *const  names[DIGEST_COUNT] = {
    [WF_MD5] = "MD5",
    [WF_SHA1] = "SHA1",
    [WF_SHA256] = "SHA256",
    [WF_SHA384] = "SHA384",
    [WF_SHA512] = "SHA512",
    [WF_SM3] = "SM3"
};

static const uint8_t  base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Written once, before anybody reads; NULL: this libcrypto has it not. */
static EVP_MD               *digests[DIGEST_COUNT];
static EVP_MAC              *hmac;
static bool                  has_local;
static CRYPTO_THREAD_LOCAL   thread_slot;
static CRYPTO_ONCE           door_once = CRYPTO_ONCE_STATIC_INIT;


static void
door_open(void)
{
    unsigned  i;

    for (i = 0; i < DIGEST_COUNT; i++) {
        digests[i] = EVP_MD_fetch(NULL, names[i], NULL);
    }

    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    has_local = CRYPTO_THREAD_init_local(&thread_slot, thread_free);
}


static void
thread_free(void *data)
{
    unsigned   i;
    thread_t  *thread;

    thread = data;

    EVP_MD_CTX_free(thread->digest);

    for (i = 0; i < DIGEST_COUNT; i++) {
        EVP_MAC_CTX_free(thread->hmac[i]);
    }

    wf_free(thread);
}


static thread_t *
thread_get(void)
{
    thread_t  *thread;

    if (!CRYPTO_THREAD_run_once(&door_once, door_open) || !has_local) {
        return NULL;
    }

    thread = CRYPTO_THREAD_get_local(&thread_slot);

    if (thread != NULL) {
        return thread;
    }

    thread = wf_malloc(sizeof(thread_t));

    if (thread == NULL) {
        return NULL;
    }

    memset(thread, 0, sizeof(thread_t));
    thread->digest = EVP_MD_CTX_new();

    if (thread->digest == NULL
        || !CRYPTO_THREAD_set_local(&thread_slot, thread))
    {
        thread_free(thread);
        return NULL;
    }

    return thread;
}


size_t
wf_digest(wf_digest_t algorithm, wf_str_t data,
    uint8_t out[WF_DIGEST_LEN_MAX])
{
    unsigned   len;
    thread_t  *thread;

    wf_assert((unsigned) algorithm < DIGEST_COUNT);

    thread = thread_get();

    if (thread == NULL || digests[algorithm] == NULL
        || EVP_DigestInit_ex(thread->digest, digests[algorithm], NULL) != 1
        || EVP_DigestUpdate(thread->digest, data.data, data.len) != 1
        || EVP_DigestFinal_ex(thread->digest, out, &len) != 1)
    {
        return 0;
    }

    return len;
}


size_t
wf_hmac(wf_digest_t algorithm, wf_str_t key, wf_str_t data,
    uint8_t out[WF_DIGEST_LEN_MAX])
{
    size_t          len;
    thread_t       *thread;
    EVP_MAC_CTX    *context;
    const uint8_t  *bytes;

    wf_assert((unsigned) algorithm < DIGEST_COUNT);

    thread = thread_get();

    if (thread == NULL) {
        return 0;
    }

    if (thread->hmac[algorithm] == NULL) {
        thread->hmac[algorithm] = hmac_create(algorithm);
    }

    context = thread->hmac[algorithm];

    /* A key of NULL would mean the one before. */

    bytes = key.len ? key.data : (const uint8_t *) "";

    if (context == NULL
        || EVP_MAC_init(context, bytes, key.len, NULL) != 1
        || EVP_MAC_update(context, data.data, data.len) != 1
        || EVP_MAC_final(context, out, &len, WF_DIGEST_LEN_MAX) != 1)
    {
        return 0;
    }

    return len;
}


static EVP_MAC_CTX *
hmac_create(wf_digest_t algorithm)
{
    OSSL_PARAM    params[2];
    EVP_MAC_CTX  *context;

    if (hmac == NULL || digests[algorithm] == NULL) {
        return NULL;
    }

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                                 (char *) names[algorithm], 0);
    params[1] = OSSL_PARAM_construct_end();

    context = EVP_MAC_CTX_new(hmac);

    if (context != NULL && EVP_MAC_CTX_set_params(context, params) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }

    return context;
}


bool
wf_secret_eq(wf_str_t a, wf_str_t b)
{
    return a.len == b.len
           && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}


void
wf_hex_print(wf_buf_t *buf, wf_str_t bytes)
{
    static const uint8_t  hex[] = "0123456789abcdef";

    size_t  i;

    wf_buf_reserve(buf, 2 * bytes.len);

    for (i = 0; i < bytes.len; i++) {
        wf_buf_byte(buf, hex[bytes.data[i] >> 4]);
        wf_buf_byte(buf, hex[bytes.data[i] & 15]);
    }
}


void
wf_base64_print(wf_buf_t *buf, wf_str_t bytes)
{
    size_t    i, have, j;
    uint8_t   text[4];
    uint32_t  group;

    wf_buf_reserve(buf, (bytes.len + 2) / 3 * 4);

    for (i = 0; i < bytes.len; i += 3) {
        have = wf_min(bytes.len - i, 3);
        group = 0;

        for (j = 0; j < 3; j++) {
            group = group << 8 | (j < have ? bytes.data[i + j] : 0);
        }

        for (j = 0; j < 4; j++) {
            text[j] = j <= have ? base64_digits[group >> (18 - 6 * j) & 63]
                                : '=';
        }

        wf_buf_append(buf, text, sizeof(text));
    }
}


wf_rc_t
wf_base64_parse(wf_arena_t *arena, wf_str_t text, wf_str_t *bytes)
{
    int       value;
    size_t    i, len, pads;
    uint8_t  *data;
    uint32_t  group;

    if (text.len % 4 != 0) {
        return WF_DECLINED;
    }

    data = wf_arena_alloc(arena, text.len / 4 * 3 + 1);

    if (data == NULL) {
        return WF_ERROR;
    }

    pads = 0;

    while (pads < 2 && pads < text.len
           && text.data[text.len - 1 - pads] == '=')
    {
        pads++;
    }

    group = 0;
    len = 0;

    for (i = 0; i < text.len; i++) {
        value = i < text.len - pads ? base64_value(text.data[i]) : 0;

        if (value < 0) {
            return WF_DECLINED;
        }

        group = group << 6 | (uint32_t) value;

        if (i % 4 == 3) {
            data[len++] = (uint8_t) (group >> 16);
            data[len++] = (uint8_t) (group >> 8);
            data[len++] = (uint8_t) group;
        }
    }

    /* One text for the bytes: bits behind the end are zero. */

    if (pads && (group & (pads == 1 ? 0xff : 0xffff)) != 0) {
        return WF_DECLINED;
    }

    data[len - pads] = '\0';
    *bytes = (wf_str_t) { len - pads, data };

    return WF_OK;
}


static int
base64_value(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z') {
        return byte - 'A';
    }

    if (byte >= 'a' && byte <= 'z') {
        return byte - 'a' + 26;
    }

    if (byte >= '0' && byte <= '9') {
        return byte - '0' + 52;
    }

    return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}


uint32_t
wf_crc32(wf_str_t data)
{
    return (uint32_t) crc32_z(0, data.len ? data.data : (const uint8_t *) "",
                              data.len);
}
