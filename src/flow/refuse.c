
/*
 * The words of a refusal.  Owns their form and nothing else; never decides
 * what is refused.
 */

#include "flow/refuse.h"

#include <stdarg.h>
#include <stdio.h>


#define QUOTED_LEN_MAX  64


int
wf_quoted_len(wf_str_t s)
{
    size_t  len;

    if (s.len <= QUOTED_LEN_MAX) {
        return (int) s.len;
    }

    len = QUOTED_LEN_MAX;

    while (len > 0 && (s.data[len] & 0xC0) == 0x80) {
        len--;
    }

    return (int) len;
}


wf_rc_t
wf_refuse(wf_error_t *err, wf_mark_t mark, const char *format, ...)
{
    char     reason[WF_ERROR_ARG_MAX];
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "line %u, column %u: %s",
                 wf_mark_line(mark), wf_mark_column(mark), reason);

    return WF_ERROR;
}


wf_rc_t
wf_refuse_oom(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


wf_rc_t
wf_refuse_wrap(wf_error_t *err, wf_mark_t mark, const char *what)
{
    if (err->code == WF_E_INTERNAL
        || wf_str_starts(wf_error_arg(err, 0), wf_str("line ")))
    {
        return WF_ERROR;
    }

    wf_error_wrap(err, "line %u, column %u: %s", wf_mark_line(mark),
                  wf_mark_column(mark), what);

    return WF_ERROR;
}
