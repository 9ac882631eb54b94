
/*
 * Which notes there are (flow/note.h), and what stands in them, as this worker
 * knows: good as long as port->catalog_version() has not moved since.
 */

#ifndef WF_KNOWN_H
#define WF_KNOWN_H


#include "shard/port.h"


typedef struct wf_known_s  wf_known_t;


wf_known_t *wf_known_create(wf_port_t *port);   /* NULL: no memory */
void wf_known_free(wf_known_t *known);

/* WF_OK: there is one of that name; WF_DECLINED: there is none; WF_AGAIN: it
 * is being looked up, ask again; WF_ERROR: no memory. */
wf_rc_t wf_known_note(wf_known_t *known, wf_str_t name);

/* Its text, until anything else is asked of known.  WF_AGAIN: not known; who
 * wants it reads it, and teaches what was read when the catalogue had that
 * version. */
wf_rc_t wf_known_body(wf_known_t *known, wf_str_t name, wf_str_t *body);
void wf_known_learn(wf_known_t *known, wf_str_t name, uint64_t version,
    bool is_there, wf_str_t body);

/* Remembered at most; then all are forgotten. */
#define WF_KNOWN_MAX  10000


#endif /* WF_KNOWN_H */
