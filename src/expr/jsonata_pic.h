
/*
 * Numbers and times as JSONata spells and reads them: the picture strings of
 * $formatNumber, $formatInteger, $parseInteger, $fromMillis and $toMillis,
 * the digits of $string, $number, $formatBase and $round.  Pure functions of
 * their arguments: no clock, no locale, no evaluator.
 *
 * Texts are valid UTF-8; data NULL is as good as "" unless it says otherwise.
 * The answers are
 *   WF_OK        *out, *v or *ms holds it;
 *   WF_DECLINED  nothing (undefined), outputs untouched;
 *   WF_ERROR     *code is the error code as documented ("D3130"), a constant,
 *                or NULL: no memory.
 */

#ifndef WF_JSONATA_PIC_H
#define WF_JSONATA_PIC_H


#include "base/value.h"


/*
 * $formatNumber: a picture of XPath's format-number().  options NULL, or an
 * object whose members override the decimal format's.  v need not be finite.
 */
wf_rc_t wf_pic_format_number(wf_arena_t *arena, double v, wf_str_t picture,
    const wf_value_t *options, wf_str_t *out, const char **code);

/* $formatInteger, $parseInteger: a picture of XPath's format-integer(). */
wf_rc_t wf_pic_format_integer(wf_arena_t *arena, double v, wf_str_t picture,
    wf_str_t *out, const char **code);
wf_rc_t wf_pic_parse_integer(wf_arena_t *arena, wf_str_t text,
    wf_str_t picture, double *v, const char **code);

/*
 * $fromMillis: a picture of XPath's format-dateTime(); picture.data NULL: ISO
 * 8601.  zone is "+hhmm", data NULL: UTC.
 */
wf_rc_t wf_pic_from_millis(wf_arena_t *arena, double ms, wf_str_t picture,
    wf_str_t zone, wf_str_t *out, const char **code);

/*
 * $toMillis; picture.data NULL: ISO 8601.  What the picture does not tell of
 * the date is taken from now_ms.
 */
wf_rc_t wf_pic_to_millis(wf_arena_t *arena, wf_str_t text, wf_str_t picture,
    double now_ms, double *ms, const char **code);

/* $string: at most 15 significant digits, spelled as ECMAScript spells them.
 * v must be finite. */
wf_rc_t wf_pic_number_text(wf_arena_t *arena, double v, wf_str_t *out);

/* $formatBase. */
wf_rc_t wf_pic_format_base(wf_arena_t *arena, double v, double radix,
    wf_str_t *out, const char **code);

/* $round: half to even at 10^-precision. */
double wf_pic_round(double v, double precision);

/* $number: of JSON, 0x, 0o, 0b.  WF_DECLINED: not a number. */
wf_rc_t wf_pic_parse_number(wf_str_t text, double *v);


#endif /* WF_JSONATA_PIC_H */
