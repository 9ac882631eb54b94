
/* Task tokens: there and back, and nothing that was altered. */

#include "unit.h"

#include "shard/token.c"


static const uint8_t  key[WF_TOKEN_KEY_LEN] = "0123456789abcdef0123456789abcde";
static const uint8_t  other[WF_TOKEN_KEY_LEN] = "1123456789abcdef0123456789abcde";

static wf_arena_t  *arena;


static wf_token_t
sample(void)
{
    wf_token_t  token;

    token = (wf_token_t) {
        .shard_no = 63,
        .flow_no = 12345,
        .exec_no = (1ull << 42) - 1,
        .task = 5001
    };
    wf_token_name(&token, wf_str("order-17"));

    return token;
}


static wf_str_t
sealed(const wf_token_t *token)
{
    wf_str_t  text;

    text = wf_token_seal(arena, key, token);
    CHECK(text.data != NULL);

    return text;
}


TEST(there_and_back)
{
    wf_str_t    text;
    wf_token_t  want, got;

    arena = wf_arena_create(0);
    want = sample();
    text = sealed(&want);

    CHECK_INT(wf_token_open(key, text, &got), WF_OK);
    CHECK_INT(got.shard_no, want.shard_no);
    CHECK_INT(got.flow_no, want.flow_no);
    CHECK_INT(got.exec_no, want.exec_no);
    CHECK_INT(got.task, want.task);
    CHECK_STR(((wf_str_t) { got.name_len, got.name }), wf_str("order-17"));

    /* The same task, the same text. */

    CHECK_STR(sealed(&want), text);
    want.task++;
    CHECK(!wf_str_eq(sealed(&want), text));
    wf_arena_free(arena);
}


TEST(urls_need_no_escapes)
{
    size_t      i;
    uint8_t     name[WF_NAME_LEN_MAX];
    uint64_t    no;
    wf_str_t    text;
    wf_token_t  token, got;

    arena = wf_arena_create(0);
    memset(name, 'n', sizeof(name));

    for (no = 0; no < 200; no++) {
        token = sample();
        token.task = no * 0x9e3779b97f4a7c15;
        wf_token_name(&token, (wf_str_t) { no % 129, name });
        text = sealed(&token);
        CHECK(text.len <= WF_TOKEN_LEN_MAX);

        for (i = 0; i < text.len; i++) {
            CHECK(memchr(letters, text.data[i], 64) != NULL);
        }

        CHECK_INT(wf_token_open(key, text, &got), WF_OK);
        CHECK_INT(got.task, token.task);
        CHECK_INT(got.name_len, no % 129);
    }

    token.shard_no = UINT32_MAX;
    token.flow_no = token.exec_no = token.task = UINT64_MAX;
    text = sealed(&token);
    CHECK_INT(wf_token_open(key, text, &got), WF_OK);
    CHECK(got.exec_no == UINT64_MAX);
    wf_arena_free(arena);
}


TEST(nothing_altered_opens)
{
    size_t      i;
    unsigned    bit;
    uint8_t     copy[WF_TOKEN_LEN_MAX + 2];
    wf_str_t    text;
    wf_token_t  token, got;

    arena = wf_arena_create(0);
    token = sample();
    text = sealed(&token);
    memset(&got, 0x55, sizeof(got));

    for (i = 0; i < text.len; i++) {

        for (bit = 0; bit < 8; bit++) {
            memcpy(copy, text.data, text.len);
            copy[i] ^= (uint8_t) (1 << bit);
            CHECK_INT(wf_token_open(key, (wf_str_t) { text.len, copy }, &got),
                      WF_DECLINED);
        }

        CHECK_INT(wf_token_open(key, (wf_str_t) { i, text.data }, &got),
                  WF_DECLINED);
    }

    memcpy(copy, text.data, text.len);

    for (i = 0; i < 64; i++) {
        copy[text.len] = letters[i];
        CHECK_INT(wf_token_open(key, (wf_str_t) { text.len + 1, copy }, &got),
                  WF_DECLINED);
    }

    CHECK_INT(got.shard_no, 0x55555555);
    CHECK_INT(wf_token_open(other, text, &got), WF_DECLINED);
    wf_arena_free(arena);
}


TEST(garbage)
{
    size_t      i;
    uint8_t     big[WF_TOKEN_LEN_MAX + 1];
    wf_token_t  got;

    static const char  *texts[] = {
        "", "12", "A", "djEjYSN0b2tlbiMxMiMvYSti==", "\x00\x01",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };

    for (i = 0; i < wf_countof(texts); i++) {
        CHECK_INT(wf_token_open(key, wf_str_of(texts[i]), &got), WF_DECLINED);
    }

    memset(big, 'A', sizeof(big));

    for (i = 0; i <= sizeof(big); i++) {
        CHECK_INT(wf_token_open(key, (wf_str_t) { i, big }, &got),
                  WF_DECLINED);
    }
}


/* Sealed all right, but by a release that knows more. */
TEST(another_version)
{
    size_t      len;
    uint8_t     bytes[BYTES_MAX];
    wf_buf_t    buf;
    wf_str_t    text;
    wf_token_t  token, got;

    arena = wf_arena_create(0);
    token = sample();
    text = sealed(&token);
    CHECK_INT(base64url_parse(text, bytes, sizeof(bytes), &len), WF_OK);
    bytes[0] = VERSION + 1;
    CHECK(seal(key, (wf_str_t) { len - SEAL_LEN, bytes },
               bytes + len - SEAL_LEN));
    wf_buf_init(&buf, arena, 0);
    base64url_print(&buf, (wf_str_t) { len, bytes });
    CHECK_INT(wf_token_open(key, wf_buf_done(&buf), &got), WF_DECLINED);
    wf_arena_free(arena);
}


TEST(one_text_for_the_same_bytes)
{
    size_t    len;
    uint8_t   bytes[8];

    CHECK_INT(base64url_parse(wf_str("_-8"), bytes, 8, &len), WF_OK);
    CHECK_INT(len, 2);
    CHECK_INT(bytes[0], 0xff);
    CHECK_INT(bytes[1], 0xef);
    CHECK_INT(base64url_parse(wf_str("_-9"), bytes, 8, &len), WF_DECLINED);
    CHECK_INT(base64url_parse(wf_str("_"), bytes, 8, &len), WF_DECLINED);
    CHECK_INT(base64url_parse(wf_str("AA=="), bytes, 8, &len), WF_DECLINED);
    CHECK_INT(base64url_parse(wf_str("AAAAAAAAAAAA"), bytes, 8, &len),
              WF_DECLINED);
}


TEST(no_memory)
{
    uint64_t    n;
    wf_str_t    text;
    wf_token_t  token;

    token = sample();

    for (n = 1; n < 10; n++) {
        arena = wf_arena_create(1);
        wf_arena_fail_after(n);
        text = wf_token_seal(arena, key, &token);
        wf_arena_fail_after(0);
        CHECK(text.data == NULL || text.len > 40);
        wf_arena_free(arena);
    }
}


UNIT_MAIN()
