
/*
 * State machines, for the actions that make, change or show them.  Nobody
 * outside this room includes this.
 */

#ifndef WF_SFN_MACHINE_H
#define WF_SFN_MACHINE_H


#include "actions/message.h"
#include "actions/place.h"
#include "actions/sfn.h"


typedef void (*wf_sfn_answer_pt)(wf_life_t *life, const wf_flow_t *flow,
    uint64_t version);

void wf_action_sfn_machine_delete(wf_life_t *life, int64_t now_ms);
void wf_action_sfn_machine_update(wf_life_t *life, int64_t now_ms);
void wf_action_sfn_alias_update(wf_life_t *life, int64_t now_ms);
void wf_action_sfn_alias_delete(wf_life_t *life, int64_t now_ms);

/* life->submit, of the flow that the arguments name, with room for one; NULL:
 * no memory, answered. */
wf_submit_t *wf_sfn_submit(wf_life_t *life, wf_submit_type_t type);

/* A version of flow, which is the machine's present revision: a new one or the
 * one that there is.  again: it is not any more (NULL: that is the answer). */
void wf_sfn_publish(wf_life_t *life, const wf_flow_t *flow,
    wf_str_t description, wf_sfn_answer_pt answer, wf_go_pt again,
    int64_t now_ms);

/* DescribeStateMachine of a version; the flow is at hand. */
void wf_sfn_version_describe(wf_life_t *life, int64_t now_ms);

/* All aliases of the flow at hand: a wf_item_page_t of views. */
void wf_sfn_alias_page(wf_life_t *life, wf_go_pt go);

/* versionDescription needs publish.  Not WF_OK: answered. */
wf_rc_t wf_sfn_description_check(wf_life_t *life);

/* Goes on if the definition is one; else answers what is wrong with it. */
void wf_sfn_try(wf_life_t *life, wf_str_t definition, wf_mode_t mode,
    wf_go_pt go);

/* With all there is to say of it; its revision is at hand. */
void wf_sfn_machine_describe(wf_life_t *life, const wf_flow_t *flow,
    uint64_t version);
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
