
/*
 * State machines, for the actions that make, change or show them.  Nobody
 * outside this room includes this.
 */

#ifndef WF_SFN_MACHINE_H
#define WF_SFN_MACHINE_H


#include "actions/message.h"
#include "actions/place.h"
#include "actions/sfn.h"


void wf_action_sfn_machine_delete(wf_life_t *life, int64_t now_ms);

/* Goes on if the definition is one; else answers what is wrong with it. */
void wf_sfn_try(wf_life_t *life, wf_str_t definition, wf_mode_t mode,
    wf_go_pt go);

/* version: 0, or what was published. */
void wf_sfn_machine_answer(wf_life_t *life, const wf_flow_t *flow,
    uint64_t version);

/*
 * sfn_attributes.c: a flow's attributes are
 *
 *   {"loggingConfiguration": {...}, "tracingConfiguration": {...},
 *    "encryptionConfiguration": {...}, "creation": {...}}
 *
 * each in the one form in which it is answered; creation: what
 * CreateStateMachine compares besides.
 */

/* Of the arguments; what they do not say is as it was in before, or what it
 * is without being said.  data == NULL: no memory. */
wf_str_t wf_sfn_attributes(wf_life_t *life, const wf_flow_t *before);
void wf_sfn_encryption_print(wf_buf_t *buf, wf_str_t text);
/* Not WF_OK: answered. */
wf_rc_t wf_sfn_encryption_check(wf_life_t *life);
wf_rc_t wf_sfn_attributes_check(wf_life_t *life);


#endif /* WF_SFN_MACHINE_H */
