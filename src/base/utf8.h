
/*
 * UTF-8 (RFC 3629): is it well-formed, how long is it.
 */

#ifndef WF_UTF8_H
#define WF_UTF8_H


#include "base/base.h"


/* Bytes of the character at pos < end; 0: not well-formed. */
unsigned wf_utf8_step(const uint8_t *pos, const uint8_t *end);

/* Is it well-formed UTF-8 (RFC 3629)? */
bool wf_utf8_valid(wf_str_t s);

/* Code points of valid UTF-8. */
size_t wf_utf8_length(wf_str_t s);


#endif /* WF_UTF8_H */
