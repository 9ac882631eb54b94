
/*
 * One step of a run of Amazon SWF: what swf*.c and decision*.c share.  Return
 * codes as in step.h: WF_DECLINED before anything was recorded, WF_ERROR: no
 * memory.
 */

#ifndef WF_SWF_RUN_H
#define WF_SWF_RUN_H


#include "engine/swf.h"
#include "engine/swf_apply.h"
#include "engine/work.h"


/*
 * Attributes being built, in exec's arena; sticky failure.  A value that is
 * NULL is left out.
 */
typedef struct {
    wf_run_t    *run;
    wf_value_t  *object;
    bool         failed;
} wf_sheet_t;

wf_sheet_t wf_sheet(wf_run_t *run);

/* put: a copy; share: it is exec's already. */
void wf_sheet_put(wf_sheet_t *sheet, const char *name,
    const wf_value_t *value);
void wf_sheet_share(wf_sheet_t *sheet, const char *name,
    const wf_value_t *value);
void wf_sheet_text(wf_sheet_t *sheet, const char *name, wf_str_t text);
void wf_sheet_id(wf_sheet_t *sheet, const char *name, uint64_t id);

/* {"workflowId", "runId"} */
void wf_sheet_execution(wf_sheet_t *sheet, const char *name, wf_str_t id,
    wf_str_t run_id);

/* Those of the members that from has; names: NULL ends it. */
void wf_sheet_copy(wf_sheet_t *sheet, const wf_value_t *from,
    const char *const *names);


/*
 * swf_tell.c
 */

/* One event.  error: CHILD_INITIATED's. */
wf_rc_t wf_swf_emit(wf_run_t *run, uint8_t type, const wf_sheet_t *sheet);
wf_rc_t wf_swf_emit_child(wf_run_t *run, const wf_sheet_t *sheet,
    wf_str_t run_id);
wf_rc_t wf_swf_emit_hidden(wf_run_t *run, uint8_t type, uint64_t task,
    const wf_value_t *value);

/* The event, and the decision task that it makes. */
wf_rc_t wf_swf_tell(wf_run_t *run, uint8_t type, const wf_sheet_t *sheet);

/* A decision task, unless there is one that waits, or the run is over. */
wf_rc_t wf_swf_schedule(wf_run_t *run);

/* The id of the latest event. */
uint64_t wf_swf_last_id(const wf_run_t *run);


/*
 * swf_effect.c
 */

/* What the item owes: an offer, a handing over, a call. */
wf_rc_t wf_swf_owe(wf_run_t *run, const wf_swf_item_t *item);

/* Nobody is to get it, or to answer, any more. */
wf_rc_t wf_swf_withdraw(wf_run_t *run, const wf_swf_item_t *item);

/* To another run, of the event that comes next (is_next) or was the latest.
 * run_id: empty, whichever is open. */
typedef struct {
    const char        *what;
    uint64_t           task;
    wf_str_t           id;
    wf_str_t           run_id;
    const wf_value_t  *params;
    bool               is_next;
} wf_swf_message_t;

wf_rc_t wf_swf_send(wf_run_t *run, const wf_swf_message_t *message);

/* The next run of the workflow, of the latest event. */
wf_rc_t wf_swf_go_on(wf_run_t *run, wf_str_t run_id,
    const wf_value_t *started);

/* The run's own names. */
wf_str_t wf_swf_own_id(const wf_run_t *run);
wf_str_t wf_swf_own_run(const wf_run_t *run);

/* A name for a run that is to be, in step's arena; data == NULL: no memory. */
wf_str_t wf_swf_new_run(wf_run_t *run);


/*
 * swf_close.c
 */

/* The end.  policy: what becomes of the children, NULL: nothing. */
wf_rc_t wf_swf_close(wf_run_t *run, uint8_t type, const wf_sheet_t *sheet,
    wf_str_t policy);
wf_rc_t wf_swf_terminate(wf_run_t *run, const wf_value_t *value,
    const char *cause);
wf_rc_t wf_swf_time_out(wf_run_t *run);

/* Inputs. */
wf_rc_t wf_swf_told_closed(wf_run_t *run);
wf_rc_t wf_swf_answered(wf_run_t *run);


#endif /* WF_SWF_RUN_H */
