
/*
 * TZif files, all versions (RFC 8536).  Owns the list of changes; what comes
 * after the last one tz_rule.c tells.  Distrusts every count and every
 * number of the file.  Zones with leap seconds are refused: POSIX time has
 * none.
 */

#include "base/tz.h"


#define HEADER_LEN     44
#define OFFSET_MAX     93599            /* RFC 8536: below 26 hours */
#define SECOND_MAX     (INT64_C(1) << 40)   /* asked for: beyond any calendar */


typedef struct {
    int64_t    at;
    int32_t    offset;          /* from then on */
} change_t;

struct wf_tz_s {
    change_t      *changes;     /* strictly in order of time */
    uint32_t       count;
    int32_t        first;       /* the offset before all of them */
    bool           has_rule;    /* from the last change on */
    wf_tz_rule_t   rule;
};

/* What a header says of the block behind it. */
typedef struct {
    uint8_t    version;
    size_t     time_size;       /* 4 or 8 bytes */
    uint32_t   isut_count;
    uint32_t   isstd_count;
    uint32_t   leap_count;
    uint32_t   time_count;
    uint32_t   type_count;
    uint32_t   char_count;
} header_t;


static wf_rc_t
refuse(wf_error_t *err, const char *why)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "not a time zone: %s", why);
    return WF_ERROR;
}


static uint64_t
get_uint(const uint8_t *pos, size_t size)
{
    uint64_t  number;

    number = 0;

    while (size-- > 0) {
        number = number << 8 | *pos++;
    }

    return number;
}


static int64_t
get_int(const uint8_t *pos, size_t size)
{
    uint64_t  number;

    number = get_uint(pos, size);

    return size == 4 ? (int32_t) (uint32_t) number : (int64_t) number;
}


static bool
name_byte(uint8_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9')
           || c == '_' || c == '-' || c == '+';
}


/* No dot, so that a path leads nowhere else. */
bool
wf_tz_name_valid(wf_str_t name)
{
    size_t   i;
    uint8_t  last;

    if (name.len == 0 || name.len > WF_TZ_NAME_LEN_MAX) {
        return false;
    }

    last = '/';

    for (i = 0; i < name.len; i++) {

        if (!name_byte(name.data[i])
            && (name.data[i] != '/' || last == '/'))
        {
            return false;
        }

        last = name.data[i];
    }

    return last != '/';
}


static wf_rc_t
header_read(wf_str_t bytes, header_t *header)
{
    const uint8_t  *p;

    if (bytes.len < HEADER_LEN || memcmp(bytes.data, "TZif", 4) != 0) {
        return WF_ERROR;
    }

    p = bytes.data + 20;

    header->version = bytes.data[4];
    header->time_size = 4;
    header->isut_count = (uint32_t) get_uint(p, 4);
    header->isstd_count = (uint32_t) get_uint(p + 4, 4);
    header->leap_count = (uint32_t) get_uint(p + 8, 4);
    header->time_count = (uint32_t) get_uint(p + 12, 4);
    header->type_count = (uint32_t) get_uint(p + 16, 4);
    header->char_count = (uint32_t) get_uint(p + 20, 4);

    return WF_OK;
}


static uint64_t
block_size(const header_t *header)
{
    return (uint64_t) header->time_count * (header->time_size + 1)
           + (uint64_t) header->type_count * 6
           + header->char_count
           + (uint64_t) header->leap_count * (header->time_size + 4)
           + header->isstd_count + header->isut_count;
}


static wf_str_t
skip(wf_str_t bytes, size_t len)
{
    return (wf_str_t) { bytes.len - len, bytes.data + len };
}


/* Changes nothing: dropped, unless it is the last one. */
static void
change_add(wf_tz_t *tz, int64_t at, int32_t offset, bool is_last)
{
    int32_t  before;

    before = tz->count > 0 ? tz->changes[tz->count - 1].offset : tz->first;

    if (offset != before || is_last) {
        tz->changes[tz->count++] = (change_t) { at, offset };
    }
}


static wf_rc_t
block_read(wf_arena_t *arena, wf_str_t block, const header_t *header,
    wf_tz_t *tz, wf_error_t *err)
{
    int64_t         at, last, offset;
    uint32_t        i, count;
    const uint8_t  *times, *indexes, *types;

    count = header->time_count;
    times = block.data;
    indexes = times + count * header->time_size;
    types = indexes + count;

    for (i = 0; i < header->type_count; i++) {
        offset = get_int(types + i * 6, 4);

        if (offset < -OFFSET_MAX || offset > OFFSET_MAX) {
            return refuse(err, "an offset of more than a day");
        }
    }

    tz->first = (int32_t) get_int(types, 4);
    tz->changes = wf_arena_alloc(arena, count * sizeof(change_t));

    if (tz->changes == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    last = 0;

    for (i = 0; i < count; i++) {
        at = get_int(times + i * header->time_size, header->time_size);

        if (i > 0 && at <= last) {
            return refuse(err, "changes out of order");
        }

        if (indexes[i] >= header->type_count) {
            return refuse(err, "a type that is not there");
        }

        last = at;
        change_add(tz, at, (int32_t) get_int(types + indexes[i] * 6, 4),
                   i == count - 1);
    }

    return WF_OK;
}


/* "\n", the rule or nothing, "\n". */
static wf_rc_t
footer_read(wf_str_t footer, wf_tz_t *tz, wf_error_t *err)
{
    const uint8_t  *end;

    if (footer.len < 2 || footer.data[0] != '\n') {
        return refuse(err, "no footer");
    }

    footer = skip(footer, 1);
    end = memchr(footer.data, '\n', footer.len);

    if (end == NULL) {
        return refuse(err, "no end of the footer");
    }

    footer.len = (size_t) (end - footer.data);

    if (footer.len == 0) {
        return WF_OK;
    }

    if (wf_tz_rule_parse(footer, &tz->rule) != WF_OK) {
        return refuse(err, "a rule that cannot be read");
    }

    tz->has_rule = true;

    return WF_OK;
}


/* Version 1 has one block; later ones begin with one for old readers. */
static wf_rc_t
blocks_read(wf_arena_t *arena, wf_str_t bytes, wf_tz_t *tz, wf_error_t *err)
{
    wf_rc_t   rc;
    header_t  header;
    unsigned  pass;

    for (pass = 0; pass < 2; pass++) {

        if (header_read(bytes, &header) != WF_OK) {
            return refuse(err, "no TZif header");
        }

        bytes = skip(bytes, HEADER_LEN);
        header.time_size = pass ? 8 : 4;

        if (block_size(&header) > bytes.len) {
            return refuse(err, "cut short");
        }

        if (pass == 0 && header.version >= '2') {
            bytes = skip(bytes, block_size(&header));
            continue;
        }

        break;
    }

    if (header.type_count == 0 || header.type_count > 256) {
        return refuse(err, "no types of time, or too many");
    }

    if (header.leap_count > 0) {
        return refuse(err, "it counts leap seconds");
    }

    rc = block_read(arena, bytes, &header, tz, err);

    if (rc != WF_OK || pass == 0) {
        return rc;
    }

    return footer_read(skip(bytes, block_size(&header)), tz, err);
}


wf_rc_t
wf_tz_parse(wf_arena_t *arena, wf_str_t bytes, const wf_tz_t **tz,
    wf_error_t *err)
{
    wf_tz_t  *made;

    if (bytes.len > WF_TZ_BYTES_MAX) {
        return refuse(err, "too large");
    }

    made = wf_arena_calloc(arena, sizeof(wf_tz_t));

    if (made == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    if (blocks_read(arena, bytes, made, err) != WF_OK) {
        return WF_ERROR;
    }

    *tz = made;

    return WF_OK;
}


/* How many changes are not after the second. */
static uint32_t
changes_until(const wf_tz_t *tz, int64_t second)
{
    uint32_t  low, high, middle;

    low = 0;
    high = tz->count;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (tz->changes[middle].at <= second) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low;
}


static int32_t
offset_after(const wf_tz_t *tz, uint32_t count)
{
    return count > 0 ? tz->changes[count - 1].offset : tz->first;
}


void
wf_tz_span(const wf_tz_t *tz, int64_t second, wf_tz_span_t *span)
{
    uint32_t      n;
    wf_tz_span_t  listed;

    if (tz == NULL) {
        *span = (wf_tz_span_t) { INT64_MIN, INT64_MAX, 0, 0 };
        return;
    }

    second = wf_min(wf_max(second, -SECOND_MAX), SECOND_MAX);
    n = changes_until(tz, second);

    listed.begin = n > 0 ? tz->changes[n - 1].at : INT64_MIN;
    listed.end = n < tz->count ? tz->changes[n].at : INT64_MAX;
    listed.offset = offset_after(tz, n);
    listed.offset_before = offset_after(tz, n > 0 ? n - 1 : 0);

    if (!tz->has_rule || n < tz->count) {
        *span = listed;
        return;
    }

    wf_tz_rule_span(&tz->rule, second, span);

    if (span->begin <= listed.begin) {
        span->begin = listed.begin;
        span->offset_before = n > 0 ? listed.offset_before : span->offset;
    }
}
