
/*
 * Aliases, for the actions of both APIs that have them (aliases.c).  Nobody
 * outside this room includes this.
 */

#ifndef WF_ALIAS_H
#define WF_ALIAS_H


#include "actions/answers.h"
#include "flow/version.h"


/* The submit, of the flow and the alias that the arguments name; NULL: no
 * memory, answered. */
wf_flow_alias_t *wf_alias_submit(wf_life_t *life, wf_submit_type_t type);

/* ROUTES into the alias.  Not WF_OK: answered. */
wf_rc_t wf_alias_routes(wf_life_t *life, wf_flow_alias_t *alias);

/* Goes on with life->job, a wf_item_read_t; an impossible name is answered. */
void wf_alias_look(wf_life_t *life, wf_go_pt go);

void wf_alias_view(wf_alias_view_t *view, const wf_flow_alias_t *alias);


#endif /* WF_ALIAS_H */
