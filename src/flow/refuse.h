
/*
 * The words of a refusal: "line L, column C: reason".  Used by everything
 * that reads a definition.
 */

#ifndef WF_REFUSE_H
#define WF_REFUSE_H


#include "base/error.h"
#include "base/value.h"


/* For "'%.*s'": a text of the user's, cut at 64 bytes, at a UTF-8 edge. */
#define wf_quoted(s)  wf_quoted_len(s), wf_quoted_data(s)

int wf_quoted_len(wf_str_t s);

static inline const char *
wf_quoted_data(wf_str_t s)
{
    return s.data ? (const char *) s.data : "";
}


/* INVALID_ARGUMENT; always WF_ERROR, so that it may stand after return. */
wf_rc_t wf_refuse(wf_error_t *err, wf_mark_t mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* INTERNAL, "out of memory"; always WF_ERROR. */
wf_rc_t wf_refuse_oom(wf_error_t *err);

/*
 * The place before an error that came from below, and what stands there;
 * nothing is added when it already names a line, nor to INTERNAL.  Always
 * WF_ERROR.
 */
wf_rc_t wf_refuse_wrap(wf_error_t *err, wf_mark_t mark, const char *what);


#endif /* WF_REFUSE_H */
