
/*
 * A clock that is handed to those who may not have one.
 */

#ifndef WF_CLOCK_H
#define WF_CLOCK_H


#include "base/base.h"


/* Processor time of this thread, in ns; never 0. */
typedef uint64_t (*wf_clock_pt)(void);


#endif /* WF_CLOCK_H */
