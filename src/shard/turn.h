
/*
 * How long a turn of the event loop, or a tick of its clock, may last: all
 * shards and what is the desk's own share its time.  What is dearer than its
 * price is found by the clock; without one only counts limit a turn.
 */

#ifndef WF_TURN_H
#define WF_TURN_H


#include "shard/port.h"


/* A turn or tick of all shards begins. */
static inline void
wf_port_turn(wf_port_t *port)
{
    port->turn_steps = 0;
    port->turn_ns = port->clock ? port->clock() : 0;
}

/* May one more execution move in it?  One may always. */
static inline bool
wf_port_goes_on(wf_port_t *port)
{
    return port->turn_steps++ == 0 || port->clock == NULL
           || port->clock() - port->turn_ns < WF_TURN_NS_MAX;
}


#endif /* WF_TURN_H */
