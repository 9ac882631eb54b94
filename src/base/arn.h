
/*
 * Names of what a state machine makes, as ARNs: the engine shows them to
 * expressions, wire to clients.
 */

#ifndef WF_ARN_H
#define WF_ARN_H


#include "base/arena.h"


typedef struct {
    wf_str_t   region;
    wf_str_t   account;
    wf_str_t   machine;
} wf_arn_place_t;


/* The LABEL of a Map without one: a UUID that only depends on the names. */
void wf_arn_label(wf_buf_t *buf, const wf_arn_place_t *place, wf_str_t state,
    wf_str_t label);

/* "arn:aws:states:...:mapRun:MACHINE/LABEL:UUID"; name: 32 hex digits. */
void wf_arn_map_run(wf_buf_t *buf, const wf_arn_place_t *place,
    wf_str_t state, wf_str_t label, wf_str_t name);


#endif /* WF_ARN_H */
