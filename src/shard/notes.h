
/*
 * Notes as the catalogue's owner knows them: that they are there, and who
 * wrote them last.  Nobody outside this room includes this.
 */

#ifndef WF_NOTES_H
#define WF_NOTES_H


#include "flow/note.h"
#include "shard/inside.h"


/* NOTE_PUT, NOTE_ERASE. */
void wf_notes_submit(wf_shard_t *shard, wf_submit_t *submit);

/* Into the open batch, written by this submit.  WF_ERROR: no memory, or there
 * are too many. */
wf_rc_t wf_notes_put(wf_shard_t *shard, const wf_note_t *note, uint64_t key);

/* The tags of what goes, if there are any.  WF_ERROR: no memory. */
wf_rc_t wf_notes_untag(wf_shard_t *shard, wf_str_t name);

wf_rc_t wf_notes_adopt(wf_shard_t *shard, const wf_recovery_t *recovery);


#endif /* WF_NOTES_H */
