
#include "unit.h"

#include "wire/credentials.c"


static wf_arena_t  *arena;


/* Policies by name; "missing" is none. */
static wf_rc_t
read_policy(void *data, wf_str_t name, wf_str_t *document, wf_error_t *err)
{
    (*(unsigned *) data)++;

    if (wf_str_eq(name, wf_str("all.json"))) {
        *document = wf_str("{\"Version\":\"1\",\"Statement\":[{\"Effect\":"
                           "\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}");
        return WF_OK;
    }

    if (wf_str_eq(name, wf_str("bad.json"))) {
        *document = wf_str("{\"Version\":\"1\",\n\"Statement\":1}");
        return WF_OK;
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "open() failed");

    return WF_ERROR;
}


static wf_rc_t
parse(const char *text, wf_keys_t *keys, wf_error_t *err)
{
    unsigned  reads;

    reads = 0;
    wf_error_clear(err);
    memset(keys, 0, sizeof(wf_keys_t));

    return wf_keys_parse(arena, wf_str_of(text), read_policy, &reads, keys,
                         err);
}


static bool
allows(const wf_keys_t *keys, const char *id, const char *action,
    const char *flow)
{
    const wf_key_t  *key;

    key = wf_keys_find(keys, wf_str_of(id));
    CHECK(key != NULL);

    return key->policy == NULL
           || wf_policy_allows(key->policy, wf_str_of(action),
                               wf_str_of(flow), wf_str_none);
}


TEST(keys)
{
    wf_keys_t        keys;
    wf_error_t       err;
    const wf_key_t  *key;

    arena = wf_arena_create(0);

    CHECK(parse("# comment\n\n  zed\tsecret#1 \r\n"
                "id secret token # said\n"
                "id2 s t 2026-01-02T03:04:05Z", &keys, &err) == WF_OK);
    CHECK_INT(keys.count, 3);

    key = wf_keys_find(&keys, wf_str("zed"));
    CHECK_STR(key->secret, wf_str("secret#1"));
    CHECK_INT(key->token.len, 0);
    CHECK_INT(key->expires_ms, 0);
    CHECK(key->policy == NULL);

    key = wf_keys_find(&keys, wf_str("id"));
    CHECK_STR(key->token, wf_str("token"));

    key = wf_keys_find(&keys, wf_str("id2"));
    CHECK_STR(key->token, wf_str("t"));
    CHECK_INT(key->expires_ms, 1767323045000);

    CHECK(wf_keys_find(&keys, wf_str("i")) == NULL);
    CHECK(wf_keys_find(&keys, wf_str("id3")) == NULL);
    CHECK(wf_keys_find(&keys, wf_str("ID")) == NULL);
    CHECK(wf_keys_find(&keys, wf_str("secret#1")) == NULL);
    CHECK(wf_keys_find(&keys, wf_str_none) == NULL);

    CHECK(parse("", &keys, &err) == WF_OK);
    CHECK_INT(keys.count, 0);
    CHECK(wf_keys_find(&keys, wf_str("id")) == NULL);

    wf_arena_free(arena);
}


TEST(many_keys)
{
    char        id[16];
    wf_buf_t    buf;
    unsigned    i;
    wf_keys_t   keys;
    wf_error_t  err;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);

    for (i = 0; i < 1000; i++) {
        wf_buf_text(&buf, "key");
        wf_buf_uint(&buf, i * 617 % 1000);
        wf_buf_text(&buf, " secret\n");
    }

    wf_buf_byte(&buf, '\0');
    CHECK(parse((char *) buf.data, &keys, &err) == WF_OK);
    CHECK_INT(keys.count, 1000);

    for (i = 0; i < 1000; i++) {
        (void) snprintf(id, sizeof(id), "key%u", i);
        CHECK_STR(wf_keys_find(&keys, wf_str_of(id))->id, wf_str_of(id));
    }

    wf_arena_free(arena);
}


TEST(policies)
{
    wf_keys_t   keys;
    wf_error_t  err;

    arena = wf_arena_create(0);

    CHECK(parse("root secret\n"
                "two secret token\n"
                "  allow\tfnf:Describe* on flow/b   # and no more\r\n"
                "  deny  * on flow/bb\n"
                "\n"
                "one secret\n"
                "# theirs\n"
                "policy all.json\n"
                "deny fnf:Delete* on *\n"
                "none secret\n"
                "deny oss:* on *\n", &keys, &err) == WF_OK);
    CHECK_INT(keys.count, 4);

    CHECK(allows(&keys, "root", "DeleteFlow", "a"));
    CHECK(allows(&keys, "two", "DescribeFlow", "b"));
    CHECK(!allows(&keys, "two", "DescribeFlow", "a"));
    CHECK(!allows(&keys, "two", "DescribeFlow", "bb"));
    CHECK(!allows(&keys, "two", "UpdateFlow", "b"));
    CHECK(allows(&keys, "one", "UpdateFlow", "b"));
    CHECK(allows(&keys, "one", "ListFlows", ""));
    CHECK(!allows(&keys, "one", "DeleteFlow", "b"));
    CHECK(!allows(&keys, "none", "DescribeFlow", "b"));

    wf_arena_free(arena);
}


TEST(refused)
{
    unsigned    i;
    wf_keys_t   keys;
    wf_error_t  err;

#define WANT  "want \"id secret [token [expiry]]\""
    static const struct {
        const char  *text;
        const char  *why;
    } bad[] = {
        { "id", "line 1: " WANT },
        { "# keys\n\nid s\nid2 s t 2026-01-02T03:04:05Z x",
          "line 4: " WANT },
        { "id s t tomorrow", "line 1: " WANT },
        { "id s\nalow * on *", "line 2: " WANT },
        { "b s\na s\nb t\n", "line 3: names key \"b\" twice" },
        { "b s\na s\nb t\nb u\n", "line 3: names key \"b\" twice" },
        { "allow * on *\nid s", "line 1: no key is above it" },
        { "policy x", "line 1: no key is above it" },
        { "id s\nallow * on *, *", "line 2: want \"allow|deny ACTION[,...] on "
                                   "RESOURCE[,...]\"" },
        { "id s\nallow * on", "line 2: want \"allow|deny ACTION[,...] on "
                              "RESOURCE[,...]\"" },
        { "id s\n\ndeny fnf:Nothing on *", "line 3: \"fnf:Nothing\" is no "
                                           "action of CloudFlow" },
        { "\xef\xbb\xbfid s", "line 1: a special character in a key's id" },
        { "id s\n\001\002 s", "line 2: a special character in a key's id" },
        { "id s\nPolicy good.json", "line 2: want \"policy FILE\"" },
        { "id s\nDENY * on", "line 2: want \"allow|deny ACTION[,...] on "
                             "RESOURCE[,...]\"" },
        { "id s\nAllow *", "line 2: want \"allow|deny ACTION[,...] on "
                           "RESOURCE[,...]\"" },
        { "id s\npolicy", "line 2: want \"policy FILE\"" },
        { "id s\npolicy a b", "line 2: want \"policy FILE\"" },
        { "id s\npolicy missing", "line 2: policy \"missing\": open() "
                                  "failed" },
        { "id s\npolicy bad.json", "line 2: policy \"bad.json\": line 2, "
                                   "column 13: Statement must be a list" },
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(bad); i++) {
        CHECK(parse(bad[i].text, &keys, &err) == WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(bad[i].why));
        CHECK_INT(keys.count, 0);
    }

    wf_arena_free(arena);
}


TEST(secrets_stay)
{
    unsigned    i;
    wf_keys_t   keys;
    wf_error_t  err;

    static const char  *bad[] = {
        "id S3CRET S3CRET tomorrow", "id S3CRET\nid S3CRET S3CRET",
        "id S3CRET S3CRET 2026-01-02T03:04:05Z S3CRET",
        "id S3CRET\nid2 S3CRET\nallow x on y", "id S3CRET\npolicy missing",
        "a S3CRET S3CRET\nb\nc S3CRET", "id S3CRET\nallow S3CRET",
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(bad); i++) {
        CHECK(parse(bad[i], &keys, &err) == WF_ERROR);
        CHECK(strstr(err.arg[0], "S3CRET") == NULL);
        CHECK(err.len[1] == 0);
    }

    wf_arena_free(arena);
}


TEST(limits)
{
    uint8_t     *bytes;
    unsigned     reads;
    wf_keys_t    keys;
    wf_error_t   err;

    arena = wf_arena_create(0);
    bytes = wf_arena_alloc(arena, WF_CREDENTIALS_BYTES_MAX + 1);
    memset(bytes, '\n', WF_CREDENTIALS_BYTES_MAX + 1);

    CHECK(wf_keys_parse(arena, (wf_str_t) { WF_CREDENTIALS_BYTES_MAX, bytes },
                        read_policy, &reads, &keys, &err) == WF_OK);
    CHECK_INT(keys.count, 0);
    CHECK(wf_keys_parse(arena,
                        (wf_str_t) { WF_CREDENTIALS_BYTES_MAX + 1, bytes },
                        read_policy, &reads, &keys, &err) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("is larger than 1048576 bytes"));

    wf_arena_free(arena);
}


TEST(without_memory)
{
    wf_rc_t      rc;
    uint64_t     n;
    wf_keys_t    keys;
    wf_error_t   err;

    rc = WF_ERROR;

    for (n = 1; rc != WF_OK && n < 1000; n++) {
        arena = wf_arena_create(0);
        wf_arena_fail_after(n);
        rc = parse("a s\nallow * on flow/a,flow/b\npolicy all.json\nb s\n",
                   &keys, &err);
        wf_arena_fail_after(0);

        CHECK(rc == WF_OK || err.code == WF_E_INTERNAL);
        wf_arena_free(arena);
    }

    CHECK(rc == WF_OK && n > 5);
}


UNIT_MAIN()
