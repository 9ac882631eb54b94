
/*
 * What the actions of Amazon SWF share.  Nobody outside this room includes
 * this.
 */

#ifndef WF_SWF_ACTIONS_H
#define WF_SWF_ACTIONS_H


#include "actions/answers.h"
#include "engine/swf.h"


/* An argument that becomes a member of an object. */
typedef struct {
    wf_arg_id_t   arg;
    const char   *name;
    bool          is_json;          /* the text is JSON already */
} wf_swf_member_t;


/* The domain's flow -> life->revision; there is none: answered. */
void wf_swf_domain(wf_life_t *life, wf_go_pt go, int64_t now_ms);

/* The arguments that are there, ", " before each but the first; count: how
 * many members are printed already, and then. */
void wf_swf_members(wf_buf_t *buf, const wf_life_t *life,
    const wf_swf_member_t *members, unsigned *count);

/* WORKFLOW_ID, with RUN_ID if that is given; data == NULL: no memory. */
wf_str_t wf_swf_name(wf_life_t *life);

/* life->submit: WF_SUBMIT_SWF with those arguments as its value; to the run
 * that they name.  NULL: answered. */
wf_submit_t *wf_swf_submit(wf_life_t *life, wf_swf_kind_t kind,
    const wf_swf_member_t *members);

/* The same, to the run and about the task of TASK_TOKEN; its revision is that
 * of the run's domain. */
wf_submit_t *wf_swf_report(wf_life_t *life, wf_swf_kind_t kind,
    const wf_swf_member_t *members);

/* Task lists: FLOWNAME, kind, LIST.  kind: "d", "a".  data == NULL: no
 * memory. */
wf_str_t wf_swf_list(wf_life_t *life, const char *kind);

/* Tokens as clients see them; data == NULL: no memory. */
wf_str_t wf_swf_token(wf_arena_t *arena, wf_str_t token);


#endif /* WF_SWF_ACTIONS_H */
