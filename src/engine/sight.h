
/*
 * How states on trial are seen by the engine (probe.h).
 */

#ifndef WF_SIGHT_H
#define WF_SIGHT_H


#include "engine/probe.h"
#include "engine/step.h"


/* What follows does nothing where there is no probe. */

/* A step of the data flow of the branch's state has made value. */
void wf_probe_see(const wf_run_t *run, wf_seen_t what,
    const wf_value_t *value);

/* Before event is applied. */
void wf_probe_event(const wf_run_t *run, const wf_event_t *event);

/* Is a result or an error given instead of the state's own work? */
static inline bool
wf_probe_is_mocked(const wf_run_t *run)
{
    return run->exec->probe && run->exec->probe->is_mocked;
}

/* The state ends as the mock says. */
wf_rc_t wf_probe_answer(wf_run_t *run, const wf_node_t *node);

/* A Map: what it would work on is looked at, then it ends so, too. */
wf_rc_t wf_probe_map(wf_run_t *run, const wf_node_t *node);


#endif /* WF_SIGHT_H */
