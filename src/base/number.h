
/*
 * Doubles and their digits, without a locale: read and spelled as ECMAScript
 * does it.
 */

#ifndef WF_NUMBER_H
#define WF_NUMBER_H


#include "base/arena.h"


/* -digits[.digits][e[+-]digits]; zeros in front are allowed.  The nearest
 * double, infinite above the largest. */
double wf_number_parse(wf_str_t text);

/* The shortest digits that read back the same; real must be finite. */
void wf_number_print(wf_buf_t *buf, double real);

/* With so many digits behind the point, exact, a tie to even; real must be
 * finite, places at most WF_NUMBER_PLACES_MAX. */
void wf_number_fixed(wf_buf_t *buf, double real, unsigned places);

/* The nearest of those with at most precision significant digits (1 to 15),
 * a tie away from 0; infinite if that is above the largest. */
double wf_number_precise(double real, unsigned precision);


#endif /* WF_NUMBER_H */
