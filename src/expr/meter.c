
/*
 * The meter of expressions.  Reads the caller's clock seldom, a small state
 * never does; owns no clock of its own.
 */

#include "expr/meter.h"


bool
wf_meter_look(wf_meter_t *meter)
{
    uint64_t  now, max;

    max = meter->steps_max ? meter->steps_max : WF_EXPR_STEPS_MAX;

    if (meter->steps > max || meter->is_late) {
        return false;
    }

    if (meter->stop == 0) {
        meter->stop = wf_min(WF_EXPR_LOOK_STEPS, max);

        if (meter->steps <= meter->stop) {
            return true;
        }
    }

    if (meter->clock == NULL) {
        meter->stop = max;
        return true;
    }

    now = meter->clock();
    meter->ns += meter->seen_ns ? now - meter->seen_ns
                                : meter->stop * WF_EXPR_STEP_PRICE;
    meter->seen_ns = now;

    /* What has been charged is still to be done. */

    if (meter->ns + (meter->steps - meter->stop) * WF_EXPR_STEP_PRICE
        > WF_EXPR_NS_MAX)
    {
        meter->is_late = true;
        return false;
    }

    meter->stop = wf_min(meter->steps + WF_EXPR_LOOK_STEPS, max);

    return true;
}


uint64_t
wf_meter_renew(wf_meter_t *meter)
{
    uint64_t  now, spent;

    spent = meter->steps;

    if (meter->seen_ns) {
        now = meter->clock();
        meter->ns += now - meter->seen_ns;
        meter->seen_ns = now;
        spent = wf_max(spent, meter->ns / WF_EXPR_STEP_PRICE);
        meter->stop = WF_EXPR_LOOK_STEPS;

    } else if (meter->stop > meter->steps) {
        meter->stop -= meter->steps;

    } else {
        meter->stop = 0;
    }

    meter->steps = 0;
    meter->ns = 0;
    meter->is_late = false;

    return spent;
}
