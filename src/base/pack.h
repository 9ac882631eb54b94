
/*
 * Packed records: varints, strings, fixed numbers.  The bytes inside chunks,
 * rows, ring messages and index entries.  A reader is sticky: after the
 * first short or malformed field every get returns zero and ok is false.
 */

#ifndef WF_PACK_H
#define WF_PACK_H


#include "base/arena.h"


void wf_put_uint(wf_buf_t *buf, uint64_t number);       /* LEB128 */
void wf_put_int(wf_buf_t *buf, int64_t number);         /* zigzag */
void wf_put_u64(wf_buf_t *buf, uint64_t number);        /* 8 bytes, LE */
void wf_put_str(wf_buf_t *buf, wf_str_t s);             /* length, bytes */


typedef struct {
    const uint8_t  *pos;
    const uint8_t  *end;
    bool            ok;
} wf_reader_t;

static inline wf_reader_t
wf_reader(wf_str_t s)
{
    return (wf_reader_t) { s.data, s.data + s.len, true };
}

uint64_t wf_get_uint(wf_reader_t *reader);
int64_t wf_get_int(wf_reader_t *reader);
uint64_t wf_get_u64(wf_reader_t *reader);
wf_str_t wf_get_str(wf_reader_t *reader);               /* points inside */

/* Big-endian key helper: byte order is number order. */
void wf_put_key_u64(wf_buf_t *buf, uint64_t number);


#endif /* WF_PACK_H */
