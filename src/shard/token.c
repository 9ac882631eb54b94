
/*
 * Task tokens: packed fields and their seal, in base64url (RFC 4648, 5)
 * without padding.  Owns the layout, which clients keep for as long as their
 * tasks run: a new layout gets a new version.  Knows no shard and no state.
 *
 *   version, shard, flow, execution, task, name | seal
 */

#include "base/digest.h"
#include "base/pack.h"
#include "shard/token.h"


#define VERSION     1
#define SEAL_LEN    16              /* of an HMAC-SHA256 */
#define FIELDS_MAX  (1 + 5 + 3 * 10 + 2 + WF_TOKEN_NAME_LEN_MAX)
#define BYTES_MAX   (FIELDS_MAX + SEAL_LEN)

/* So that a key serves nothing else that looks like a token. */
#define PURPOSE     "task-token:"


static const uint8_t  letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";


void
wf_token_name(wf_token_t *token, wf_str_t name)
{
    wf_assert(name.len <= WF_TOKEN_NAME_LEN_MAX);
    token->name_len = (uint16_t) name.len;
    memcpy(token->name, name.data, name.len);
}


/* In the place of the name: 8 bytes, and the name. */
void
wf_token_run(wf_token_t *token, uint64_t revision, wf_str_t name)
{
    unsigned  i;

    if (name.len > WF_TOKEN_NAME_LEN_MAX - 8) {
        name.len = 0;
    }

    for (i = 0; i < 8; i++) {
        token->name[i] = (uint8_t) (revision >> 8 * i);
    }

    if (name.len) {
        memcpy(token->name + 8, name.data, name.len);
    }

    token->name_len = (uint16_t) (8 + name.len);
}


void
wf_token_run_read(const wf_token_t *token, uint64_t *revision, wf_str_t *name)
{
    unsigned  i;

    *revision = 0;
    *name = wf_str_none;

    if (token->name_len < 8) {
        return;
    }

    for (i = 0; i < 8; i++) {
        *revision |= (uint64_t) token->name[i] << 8 * i;
    }

    *name = (wf_str_t) { token->name_len - 8u, token->name + 8 };
}


/* false: libcrypto cannot. */
static bool
seal(const uint8_t *key, wf_str_t fields, uint8_t *out)
{
    size_t   len;
    uint8_t  text[sizeof(PURPOSE) - 1 + FIELDS_MAX];
    uint8_t  whole[WF_DIGEST_LEN_MAX];

    len = sizeof(PURPOSE) - 1;
    wf_assert(fields.len <= FIELDS_MAX);
    memcpy(text, PURPOSE, len);
    memcpy(text + len, fields.data, fields.len);

    if (wf_hmac(WF_SHA256, (wf_str_t) { WF_TOKEN_KEY_LEN, key },
                (wf_str_t) { len + fields.len, text }, whole)
        < SEAL_LEN)
    {
        return false;
    }

    memcpy(out, whole, SEAL_LEN);

    return true;
}


static void
base64url_print(wf_buf_t *buf, wf_str_t bytes)
{
    size_t    i;
    uint32_t  bits;
    unsigned  count;

    bits = 0;
    count = 0;

    for (i = 0; i < bytes.len; i++) {
        bits = (bits << 8 | bytes.data[i]) & 0xffff;
        count += 8;

        while (count >= 6) {
            count -= 6;
            wf_buf_byte(buf, letters[bits >> count & 63]);
        }
    }

    if (count > 0) {
        wf_buf_byte(buf, letters[bits << (6 - count) & 63]);
    }
}


static int
letter_value(uint8_t ch)
{
    const uint8_t  *at;

    at = memchr(letters, ch, 64);

    return at ? (int) (at - letters) : -1;
}


/* One text for the same bytes: bits left over must be zero. */
static wf_rc_t
base64url_parse(wf_str_t text, uint8_t *out, size_t size, size_t *len)
{
    int       value;
    size_t    i, used;
    uint32_t  bits;
    unsigned  count;

    bits = 0;
    count = 0;
    used = 0;

    for (i = 0; i < text.len; i++) {
        value = letter_value(text.data[i]);

        if (value < 0) {
            return WF_DECLINED;
        }

        bits = (bits << 6 | (uint32_t) value) & 0xffff;
        count += 6;

        if (count >= 8) {
            count -= 8;

            if (used == size) {
                return WF_DECLINED;
            }

            out[used++] = (uint8_t) (bits >> count);
        }
    }

    if (count >= 6 || (bits & ((1u << count) - 1)) != 0) {
        return WF_DECLINED;
    }

    *len = used;

    return WF_OK;
}


wf_str_t
wf_token_seal(wf_arena_t *arena, const uint8_t key[WF_TOKEN_KEY_LEN],
    const wf_token_t *token)
{
    uint8_t   sum[SEAL_LEN];
    wf_buf_t  fields, text;

    wf_buf_init(&fields, arena, BYTES_MAX);
    wf_buf_byte(&fields, VERSION);
    wf_put_uint(&fields, token->shard_no);
    wf_put_uint(&fields, token->flow_no);
    wf_put_uint(&fields, token->exec_no);
    wf_put_uint(&fields, token->task);
    wf_put_str(&fields, (wf_str_t) { token->name_len, token->name });

    if (fields.failed || !seal(key, wf_buf_done(&fields), sum)) {
        return wf_str_none;
    }

    wf_buf_append(&fields, sum, SEAL_LEN);
    wf_buf_init(&text, arena, fields.len * 4 / 3 + 2);
    base64url_print(&text, wf_buf_done(&fields));

    return fields.failed || text.failed ? wf_str_none : wf_buf_done(&text);
}


static wf_rc_t
fields_read(wf_str_t bytes, wf_token_t *token)
{
    uint64_t      shard_no;
    wf_str_t      name;
    wf_token_t    got;
    wf_reader_t   reader;

    if (bytes.len == 0 || bytes.data[0] != VERSION) {
        return WF_DECLINED;
    }

    reader = wf_reader((wf_str_t) { bytes.len - 1, bytes.data + 1 });
    shard_no = wf_get_uint(&reader);
    got.flow_no = wf_get_uint(&reader);
    got.exec_no = wf_get_uint(&reader);
    got.task = wf_get_uint(&reader);
    name = wf_get_str(&reader);

    if (!reader.ok || reader.pos != reader.end || shard_no > UINT32_MAX
        || name.len > WF_TOKEN_NAME_LEN_MAX)
    {
        return WF_DECLINED;
    }

    got.shard_no = (uint32_t) shard_no;
    wf_token_name(&got, name);
    *token = got;

    return WF_OK;
}


/* Nothing of it is believed before the seal is right. */
wf_rc_t
wf_token_open(const uint8_t key[WF_TOKEN_KEY_LEN], wf_str_t text,
    wf_token_t *token)
{
    size_t    len;
    uint8_t   bytes[BYTES_MAX], sum[SEAL_LEN];

    if (text.len > WF_TOKEN_LEN_MAX
        || base64url_parse(text, bytes, sizeof(bytes), &len) != WF_OK
        || len <= SEAL_LEN || len - SEAL_LEN > FIELDS_MAX)
    {
        return WF_DECLINED;
    }

    len -= SEAL_LEN;

    if (!seal(key, (wf_str_t) { len, bytes }, sum)
        || !wf_secret_eq((wf_str_t) { SEAL_LEN, sum },
                         (wf_str_t) { SEAL_LEN, bytes + len }))
    {
        return WF_DECLINED;
    }

    return fields_read((wf_str_t) { len, bytes }, token);
}
