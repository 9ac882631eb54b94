
/*
 * Notes of Step Functions: activities, and tags of whatever has them.  Nobody
 * outside this room includes this.
 */

#ifndef WF_SFN_NOTES_H
#define WF_SFN_NOTES_H


#include "actions/items.h"
#include "actions/sfn_machine.h"
#include "flow/note.h"


/* first and second in one; data == NULL: no memory. */
wf_str_t wf_sfn_note_name(wf_life_t *life, wf_str_t first, wf_str_t second);

/* Goes on with life->job. */
void wf_sfn_note_ask(wf_life_t *life, wf_str_t name, wf_go_pt go);
/* Its strings last as long as the job.  WF_DECLINED: there is none; WF_ERROR:
 * answered. */
wf_rc_t wf_sfn_note_answer(wf_life_t *life, wf_note_t *note);

/* life->submit, with room for the note; NULL: no memory, answered. */
wf_note_t *wf_sfn_note_submit(wf_life_t *life, wf_submit_type_t type);

/* A reply with one note. */
void wf_sfn_note_reply(wf_life_t *life, const wf_note_t *note);

/* sfn_tags.c: of TAGS, those of the same key once; list: [{"key","value"}].
 * Not WF_OK: answered. */
wf_rc_t wf_sfn_tags_merge(wf_life_t *life, wf_str_t before, wf_str_t *list);
/* TAGS as a note of what has that name; NULL: none are given.  Not WF_OK:
 * answered. */
wf_rc_t wf_sfn_tags_new(wf_life_t *life, wf_str_t name, wf_note_t **tags);


#endif /* WF_SFN_NOTES_H */
