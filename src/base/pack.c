
/*
 * Packed records.  Owns the byte formats of numbers and strings, which are
 * on disk for ever; knows nothing of what the records mean.
 */

#include "base/pack.h"


#define VARINT_MAX  10          /* bytes of a 64-bit number */


static const uint8_t *take(wf_reader_t *reader, uint64_t len);


void
wf_put_uint(wf_buf_t *buf, uint64_t number)
{
    size_t   len;
    uint8_t  bytes[VARINT_MAX];

    len = 0;

    while (number >= 0x80) {
        bytes[len++] = (uint8_t) (number | 0x80);
        number >>= 7;
    }

    bytes[len++] = (uint8_t) number;

    wf_buf_append(buf, bytes, len);
}


void
wf_put_int(wf_buf_t *buf, int64_t number)
{
    wf_put_uint(buf, ((uint64_t) number << 1) ^ (number < 0 ? ~0ull : 0));
}


void
wf_put_u64(wf_buf_t *buf, uint64_t number)
{
    unsigned  i;
    uint8_t   bytes[8];

    for (i = 0; i < 8; i++) {
        bytes[i] = (uint8_t) (number >> (8 * i));
    }

    wf_buf_append(buf, bytes, sizeof(bytes));
}


void
wf_put_str(wf_buf_t *buf, wf_str_t s)
{
    wf_put_uint(buf, s.len);
    wf_buf_append(buf, s.data, s.len);
}


void
wf_put_key_u64(wf_buf_t *buf, uint64_t number)
{
    unsigned  i;
    uint8_t   bytes[8];

    for (i = 0; i < 8; i++) {
        bytes[i] = (uint8_t) (number >> (56 - 8 * i));
    }

    wf_buf_append(buf, bytes, sizeof(bytes));
}


/* The next len bytes; NULL: there are fewer, or it failed before. */

static const uint8_t *
take(wf_reader_t *reader, uint64_t len)
{
    const uint8_t  *bytes;

    if (!reader->ok || len > (uint64_t) (reader->end - reader->pos)) {
        reader->ok = false;
        return NULL;
    }

    bytes = reader->pos;

    if (len) {
        reader->pos += len;
    }

    return bytes;
}


uint64_t
wf_get_uint(wf_reader_t *reader)
{
    unsigned        shift;
    uint64_t        number;
    const uint8_t  *byte;

    number = 0;

    for (shift = 0; shift < 64; shift += 7) {
        byte = take(reader, 1);

        if (byte == NULL) {
            return 0;
        }

        if (shift == 63 && *byte > 1) {
            break;
        }

        number |= (uint64_t) (*byte & 0x7f) << shift;

        if (*byte < 0x80) {
            return number;
        }
    }

    reader->ok = false;
    return 0;
}


int64_t
wf_get_int(wf_reader_t *reader)
{
    uint64_t  number;

    number = wf_get_uint(reader);

    return (int64_t) ((number >> 1) ^ (0 - (number & 1)));
}


uint64_t
wf_get_u64(wf_reader_t *reader)
{
    unsigned        i;
    uint64_t        number;
    const uint8_t  *bytes;

    bytes = take(reader, 8);

    if (bytes == NULL) {
        return 0;
    }

    number = 0;

    for (i = 0; i < 8; i++) {
        number |= (uint64_t) bytes[i] << (8 * i);
    }

    return number;
}


wf_str_t
wf_get_str(wf_reader_t *reader)
{
    uint64_t        len;
    const uint8_t  *bytes;

    len = wf_get_uint(reader);

    if (!reader->ok) {
        return wf_str_none;
    }

    bytes = take(reader, len);

    return bytes ? (wf_str_t) { (size_t) len, bytes } : wf_str_none;
}
