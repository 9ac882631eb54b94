
/*
 * Filling and reading wf_error_t.  Owns the view of errors.def that needs no
 * protocol; the spellings belong to wire.  Never allocates, never fails.
 */

#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"


typedef struct {
    const char  *symbol;
    bool         retryable;
} row_t;


static void arg_print(wf_error_t *err, const char *format, va_list args);
static size_t utf8_cut(const char *text, size_t len);


static const row_t  rows[] = {
    [WF_E_NONE] = { "NONE", false },
#define ERROR(symbol, number, retryable, status, name, text)                  \
    [number] = { #symbol, retryable },
#include "base/errors.def"
#undef ERROR
};


void
wf_error_set(wf_error_t *err, wf_error_code_t code, const char *format, ...)
{
    va_list  args;

    err->code = code;
    err->len[1] = 0;
    err->arg[1][0] = '\0';

    va_start(args, format);
    arg_print(err, format, args);
    va_end(args);
}


void
wf_error_args(wf_error_t *err, wf_error_code_t code, wf_str_t first,
    wf_str_t second)
{
    size_t    len;
    unsigned  i;
    wf_str_t  arg;

    err->code = code;

    for (i = 0; i < 2; i++) {
        arg = i ? second : first;
        len = wf_min(arg.len, WF_ERROR_ARG_MAX - 1);

        if (len) {
            memmove(err->arg[i], arg.data, len);
        }

        if (len < arg.len) {
            len = utf8_cut(err->arg[i], len);
        }

        err->arg[i][len] = '\0';
        err->len[i] = (uint16_t) len;
    }
}


void
wf_error_wrap(wf_error_t *err, const char *format, ...)
{
    char       old[WF_ERROR_ARG_MAX];
    size_t     len, keep;
    va_list    args;

    memcpy(old, err->arg[0], (size_t) err->len[0] + 1);
    keep = err->len[0];

    va_start(args, format);
    arg_print(err, format, args);
    va_end(args);

    len = err->len[0];

    if (len + 2 >= WF_ERROR_ARG_MAX) {
        return;
    }

    memcpy(err->arg[0] + len, ": ", 2);
    len += 2;

    if (keep > WF_ERROR_ARG_MAX - 1 - len) {
        keep = utf8_cut(old, WF_ERROR_ARG_MAX - 1 - len);
    }

    memcpy(err->arg[0] + len, old, keep);
    len += keep;

    err->arg[0][len] = '\0';
    err->len[0] = (uint16_t) len;
}


wf_str_t
wf_error_arg(const wf_error_t *err, unsigned index)
{
    if (index >= wf_countof(err->arg)) {
        return wf_str_none;
    }

    return (wf_str_t) { err->len[index], (const uint8_t *) err->arg[index] };
}


const char *
wf_error_symbol(wf_error_code_t code)
{
    if ((size_t) code >= wf_countof(rows) || rows[code].symbol == NULL) {
        return "UNKNOWN";
    }

    return rows[code].symbol;
}


bool
wf_error_retryable(wf_error_code_t code)
{
    return (size_t) code < wf_countof(rows) && rows[code].retryable;
}


static void
arg_print(wf_error_t *err, const char *format, va_list args)
{
    int     rc;
    size_t  len;

    rc = vsnprintf(err->arg[0], WF_ERROR_ARG_MAX, format, args);
    len = rc < 0 ? 0 : (size_t) rc;

    if (len >= WF_ERROR_ARG_MAX) {
        len = utf8_cut(err->arg[0], WF_ERROR_ARG_MAX - 1);
    }

    err->arg[0][len] = '\0';
    err->len[0] = (uint16_t) len;
}


/* The longest part of the first len bytes that ends with a whole character. */

static size_t
utf8_cut(const char *text, size_t len)
{
    size_t   lead, need;
    uint8_t  byte;

    lead = len;

    while (lead > 0 && len - lead < 3 && (text[lead - 1] & 0xc0) == 0x80) {
        lead--;
    }

    if (lead == 0) {
        return len;
    }

    byte = (uint8_t) text[lead - 1];

    if (byte < 0xc0) {
        return len;
    }

    need = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;

    return len - (lead - 1) < need ? lead - 1 : len;
}
