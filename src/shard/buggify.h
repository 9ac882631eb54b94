
/*
 * Rare paths made common under simulation: wf_buggify(n) is true n times of a
 * thousand there, and compiles to nothing elsewhere.  Only where both ways are
 * right.
 */

#ifndef WF_BUGGIFY_H
#define WF_BUGGIFY_H


#include "base/base.h"


#ifdef WF_SIM

/* Set by the simulator; NULL: never. */
extern bool  (*wf_buggify_hook)(uint32_t per_mille);

#define wf_buggify(per_mille)                                                 \
    (wf_buggify_hook != NULL && wf_buggify_hook(per_mille))

#else

#define wf_buggify(per_mille)  false

#endif


#endif /* WF_BUGGIFY_H */
