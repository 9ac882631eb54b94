
/*
 * apply: the only code that changes a wf_exec_t, called by emit and by
 * replay alike.  It evaluates nothing and reads no program.
 */

#ifndef WF_APPLY_H
#define WF_APPLY_H


#include "engine/exec.h"


/*
 * Values of the event must live in exec->arena; strings are copied.
 * WF_DECLINED: the event does not fit the state (a corrupt history, or our
 * mistake).  WF_ERROR: no memory.  After both exec is of no use.
 */
wf_rc_t wf_engine_apply(wf_exec_t *exec, const wf_event_t *event);


#endif /* WF_APPLY_H */
