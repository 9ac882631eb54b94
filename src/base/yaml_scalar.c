
/*
 * The core schema (YAML 1.2.2, section 10.3.2), with JSON's idea of numbers:
 * .inf and .nan have no JSON and stay strings, as do octal and hexadecimal
 * numbers beyond 64 bits.  Owns the table of tags; a tag that is not YAML's
 * own (!Ref x of a deployment template) makes a string of its scalar.
 */

#include "base/yaml_scalar.h"


#define TAG_PREFIX  "tag:yaml.org,2002:"

/* JSON's spelling of a number may be two characters longer (-.5: -0.5). */
#define NUMBER_MAX  (WF_NUMBER_LEN_MAX - 2)


typedef struct {
    wf_arena_t  *arena;
    wf_str_t     text;
    wf_value_t  *value;
    const char  *reason;        /* of a WF_ERROR; NULL: no memory */
} resolve_t;

/* WF_DECLINED: the text is not of this kind. */
typedef wf_rc_t (*resolver_pt)(resolve_t *resolve);

typedef struct {
    const char   *tag;
    resolver_pt   resolve;
    const char   *reason;
} tag_t;

/* A decimal number of the schema, in pieces. */
typedef struct {
    bool      negative;
    wf_str_t  whole;            /* digits before the point, may be none */
    wf_str_t  fraction;
    wf_str_t  exponent;         /* with its letter and sign */
} pieces_t;


static wf_rc_t resolve_tagged(resolve_t *resolve, const char *tag);
static wf_rc_t resolve_plain(resolve_t *resolve);
static wf_rc_t resolve_null(resolve_t *resolve);
static wf_rc_t resolve_bool(resolve_t *resolve);
static wf_rc_t resolve_int(resolve_t *resolve);
static wf_rc_t resolve_float(resolve_t *resolve);
static wf_rc_t resolve_string(resolve_t *resolve);
static wf_rc_t resolve_based(resolve_t *resolve);
static wf_rc_t resolve_pieces(resolve_t *resolve, const pieces_t *pieces);
static wf_rc_t resolved(resolve_t *resolve, wf_value_t *value);
static bool one_of(wf_str_t text, const wf_str_t *words, unsigned count);
static int digit_value(uint8_t byte);
static bool pieces_split(wf_str_t text, pieces_t *pieces);
static wf_str_t take_digits(wf_str_t *rest);


static const tag_t  tags[] = {
    { TAG_PREFIX "str", resolve_string, NULL },
    { TAG_PREFIX "null", resolve_null, "this is not a null" },
    { TAG_PREFIX "bool", resolve_bool, "this is not a boolean" },
    { TAG_PREFIX "int", resolve_int, "this is not an integer" },
    { TAG_PREFIX "float", resolve_float, "this is not a number" }
};

/* In this order a plain scalar is asked what it is; the last never declines. */
static const resolver_pt  resolvers[] = {
    resolve_null, resolve_bool, resolve_int, resolve_float, resolve_string
};


wf_value_t *
wf_yaml_scalar(wf_arena_t *arena, const wf_yaml_scalar_t *scalar,
    const char **reason)
{
    wf_rc_t    rc;
    resolve_t  resolve;

    resolve = (resolve_t) { arena, scalar->text, NULL, NULL };

    if (scalar->tag != NULL) {
        rc = resolve_tagged(&resolve, scalar->tag);

    } else if (scalar->plain) {
        rc = resolve_plain(&resolve);

    } else {
        rc = resolve_string(&resolve);
    }

    if (rc == WF_OK) {
        return resolve.value;
    }

    if (resolve.reason != NULL) {
        *reason = resolve.reason;
    }

    return NULL;
}


static wf_rc_t
resolve_tagged(resolve_t *resolve, const char *tag)
{
    wf_rc_t   rc;
    unsigned  i;

    for (i = 0; i < wf_countof(tags); i++) {
        if (strcmp(tag, tags[i].tag) == 0) {
            rc = tags[i].resolve(resolve);

            if (rc == WF_DECLINED) {
                resolve->reason = tags[i].reason;
            }

            return rc;
        }
    }

    return resolve_string(resolve);
}


static wf_rc_t
resolve_plain(resolve_t *resolve)
{
    wf_rc_t   rc;
    unsigned  i;

    rc = WF_DECLINED;

    for (i = 0; i < wf_countof(resolvers) && rc == WF_DECLINED; i++) {
        rc = resolvers[i](resolve);
    }

    return rc;
}


static wf_rc_t
resolved(resolve_t *resolve, wf_value_t *value)
{
    resolve->value = value;

    return value ? WF_OK : WF_ERROR;
}


static wf_rc_t
resolve_null(resolve_t *resolve)
{
    static const wf_str_t  words[] = {
        wf_str_init(""), wf_str_init("~"), wf_str_init("null"),
        wf_str_init("Null"), wf_str_init("NULL")
    };

    if (!one_of(resolve->text, words, wf_countof(words))) {
        return WF_DECLINED;
    }

    return resolved(resolve, wf_value_null(resolve->arena));
}


static wf_rc_t
resolve_bool(resolve_t *resolve)
{
    static const wf_str_t  words[] = {
        wf_str_init("true"), wf_str_init("True"), wf_str_init("TRUE"),
        wf_str_init("false"), wf_str_init("False"), wf_str_init("FALSE")
    };

    bool  truth;

    if (!one_of(resolve->text, words, wf_countof(words))) {
        return WF_DECLINED;
    }

    truth = (*resolve->text.data | 0x20) == 't';

    return resolved(resolve, wf_value_bool(resolve->arena, truth));
}


static wf_rc_t
resolve_string(resolve_t *resolve)
{
    wf_str_t  copy;

    copy = wf_arena_copy(resolve->arena, resolve->text);

    if (copy.data == NULL) {
        return WF_ERROR;
    }

    return resolved(resolve, wf_value_string(resolve->arena, copy));
}


static wf_rc_t
resolve_int(resolve_t *resolve)
{
    wf_str_t  text;
    pieces_t  pieces;

    text = resolve->text;

    if (text.len > 2 && text.data[0] == '0' && text.data[1] > '9') {
        return resolve_based(resolve);
    }

    if (!pieces_split(resolve->text, &pieces)
        || pieces.fraction.data != NULL || pieces.exponent.data != NULL)
    {
        return WF_DECLINED;
    }

    return resolve_pieces(resolve, &pieces);
}


static wf_rc_t
resolve_float(resolve_t *resolve)
{
    pieces_t  pieces;

    if (!pieces_split(resolve->text, &pieces)) {
        return WF_DECLINED;
    }

    return resolve_pieces(resolve, &pieces);
}


/* 0o17, 0x1f */

static wf_rc_t
resolve_based(resolve_t *resolve)
{
    int        digit, base;
    size_t     i;
    uint64_t   number;
    wf_str_t   text;
    wf_buf_t   buf;

    text = resolve->text;
    base = text.data[1] == 'o' ? 8 : text.data[1] == 'x' ? 16 : 0;
    number = 0;

    for (i = 2; i < text.len; i++) {
        digit = digit_value(text.data[i]);

        if (digit < 0 || digit >= base || number > UINT64_MAX / base) {
            return WF_DECLINED;
        }

        /* number * base is a multiple of a power of two: the sum fits. */

        number = number * (unsigned) base + (unsigned) digit;
    }

    wf_buf_init(&buf, resolve->arena, 20);
    wf_buf_uint(&buf, number);

    if (buf.failed) {
        return WF_ERROR;
    }

    return resolved(resolve, wf_value_number(resolve->arena,
                                             wf_buf_done(&buf)));
}


static int
digit_value(uint8_t byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }

    byte |= 0x20;

    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}


static bool
one_of(wf_str_t text, const wf_str_t *words, unsigned count)
{
    unsigned  i;

    for (i = 0; i < count; i++) {
        if (wf_str_eq(text, words[i])) {
            return true;
        }
    }

    return false;
}


/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */

static bool
pieces_split(wf_str_t text, pieces_t *pieces)
{
    wf_str_t  rest, letter;

    memset(pieces, 0, sizeof(pieces_t));
    rest = text;

    if (rest.len && (*rest.data == '-' || *rest.data == '+')) {
        pieces->negative = *rest.data == '-';
        rest = (wf_str_t) { rest.len - 1, rest.data + 1 };
    }

    pieces->whole = take_digits(&rest);

    if (rest.len && *rest.data == '.') {
        rest = (wf_str_t) { rest.len - 1, rest.data + 1 };
        pieces->fraction = take_digits(&rest);
    }

    if (pieces->whole.len + pieces->fraction.len == 0) {
        return false;
    }

    if (rest.len && (*rest.data | 0x20) == 'e') {
        letter = rest;
        rest = (wf_str_t) { rest.len - 1, rest.data + 1 };

        if (rest.len && (*rest.data == '-' || *rest.data == '+')) {
            rest = (wf_str_t) { rest.len - 1, rest.data + 1 };
        }

        if (take_digits(&rest).len == 0) {
            return false;
        }

        pieces->exponent = (wf_str_t) { letter.len - rest.len, letter.data };
    }

    return rest.len == 0;
}


static wf_str_t
take_digits(wf_str_t *rest)
{
    size_t    len;
    wf_str_t  digits;

    for (len = 0; len < rest->len; len++) {
        if (rest->data[len] < '0' || rest->data[len] > '9') {
            break;
        }
    }

    digits = (wf_str_t) { len, rest->data };
    *rest = (wf_str_t) { rest->len - len, rest->data + len };

    return digits;
}


/* JSON wants no +, no leading zeros, and digits on both sides of a point. */

static wf_rc_t
resolve_pieces(resolve_t *resolve, const pieces_t *pieces)
{
    wf_str_t  whole;
    wf_buf_t  buf;

    if (resolve->text.len > NUMBER_MAX) {
        resolve->reason = "a number with too many characters";
        return WF_ERROR;
    }

    whole = pieces->whole;

    while (whole.len > 1 && *whole.data == '0') {
        whole = (wf_str_t) { whole.len - 1, whole.data + 1 };
    }

    wf_buf_init(&buf, resolve->arena, 32);

    if (pieces->negative) {
        wf_buf_byte(&buf, '-');
    }

    wf_buf_str(&buf, whole.len ? whole : wf_str("0"));

    if (pieces->fraction.len) {
        wf_buf_byte(&buf, '.');
        wf_buf_str(&buf, pieces->fraction);
    }

    wf_buf_str(&buf, pieces->exponent);

    if (buf.failed) {
        return WF_ERROR;
    }

    return resolved(resolve, wf_value_number(resolve->arena,
                                             wf_buf_done(&buf)));
}
