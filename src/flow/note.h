
/*
 * Notes: small JSON texts that are kept in the catalogue under a name.  What
 * other APIs than CloudFlow's keep besides flows and executions: activities,
 * tags.  The same bytes serve the store and the rings between workers.
 */

#ifndef WF_NOTE_H
#define WF_NOTE_H


#include "base/pack.h"


typedef struct {
    uint64_t   request_key;     /* of the last write: who changes it names the
                                   write that it saw; 0: there was none */
    wf_str_t   name;            /* "activity/REGION/ACCOUNT/NAME",
                                   "tags/" and the name of what has them;
                                   a type of SWF: the flow of its domain, "w"
                                   or "a", name, version */
    wf_str_t   body;
    int64_t    created_ms;
} wf_note_t;

#define WF_NOTE_ACTIVITY  "activity/"
#define WF_NOTE_TAGS      "tags/"
#define WF_NOTE_SWF       "swf/"        /* how flows of domains begin, too */
#define WF_NOTE_MARK      0x01          /* between the parts of a type's name,
                                           which hold no such byte */

/* The name of the activity's note that the ARN names.  WF_DECLINED: it is no
 * activity's. */
wf_rc_t wf_note_activity(wf_buf_t *buf, wf_str_t arn);

void wf_note_encode(wf_buf_t *buf, const wf_note_t *note);

/* Strings point into bytes.  WF_ERROR: malformed. */
wf_rc_t wf_note_decode(wf_str_t bytes, wf_note_t *note);


#endif /* WF_NOTE_H */
