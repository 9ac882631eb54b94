
/*
 * What the world may do to us, as a value: a code of errors.def and up to
 * two details.  Filled where it is understood, turned into a protocol's
 * words by wire, logged once by the edge that answers.
 */

#ifndef WF_ERROR_H
#define WF_ERROR_H


#include "base/base.h"


#define WF_ERROR_ARG_MAX  1024

typedef enum {
    WF_E_NONE = 0,
#define ERROR(symbol, number, retryable, status, name, text)                  \
    WF_E_##symbol = number,
#include "base/errors.def"
#undef ERROR
    WF_E_END
} wf_error_code_t;

typedef struct {
    wf_error_code_t  code;
    uint16_t         len[2];
    char             arg[2][WF_ERROR_ARG_MAX];  /* always NUL-terminated */
} wf_error_t;

static inline void
wf_error_clear(wf_error_t *err)
{
    err->code = WF_E_NONE;
    err->len[0] = err->len[1] = 0;
    err->arg[0][0] = err->arg[1][0] = '\0';
}

/* The first detail by printf; cut at WF_ERROR_ARG_MAX - 1, at a UTF-8 edge. */
void wf_error_set(wf_error_t *err, wf_error_code_t code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Two details, for the templates of errors.def with two %s. */
void wf_error_args(wf_error_t *err, wf_error_code_t code, wf_str_t first,
    wf_str_t second);

/* Put "context: " before the first detail. */
void wf_error_wrap(wf_error_t *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

wf_str_t wf_error_arg(const wf_error_t *err, unsigned index);
const char *wf_error_symbol(wf_error_code_t code);
bool wf_error_retryable(wf_error_code_t code);


#endif /* WF_ERROR_H */
