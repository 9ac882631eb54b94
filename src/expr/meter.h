
/*
 * What the expressions of one state may cost: work, which is counted, and
 * time, if the caller has a clock.  Work is the same wherever it is done; time
 * catches what is dearer than its price.
 */

#ifndef WF_METER_H
#define WF_METER_H


#include "base/base.h"
#include "base/limits.h"


typedef struct {
    uint64_t     steps;         /* work so far */
    uint64_t     steps_max;     /* 0: WF_EXPR_STEPS_MAX */
    uint64_t     stop;          /* steps at which to look; 0: at first */
    uint64_t     ns;            /* time so far, when it was looked at last */
    uint64_t     seen_ns;       /* what the clock said then; 0: nothing yet */
    bool         is_late;
    wf_clock_pt  clock;         /* NULL: none */
} wf_meter_t;


/* After steps > stop: may it go on? */
bool wf_meter_look(wf_meter_t *meter);

/* Count work before it is done; false: that is too much. */
static inline bool
wf_meter_charge(wf_meter_t *meter, uint64_t steps)
{
    meter->steps += steps;

    return meter->steps <= meter->stop || wf_meter_look(meter);
}

/* The next state has all of it again.  What the last one cost, in steps. */
uint64_t wf_meter_renew(wf_meter_t *meter);


#endif /* WF_METER_H */
