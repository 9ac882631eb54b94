
/*
 * Decisions of Amazon SWF: what a decider answered, and what is made of it.
 * decision.c has the list as a whole, the others one function for each kind.
 */

#ifndef WF_DECISION_H
#define WF_DECISION_H


#include "engine/swf_run.h"


/* What comes after the whole list: swf 6, rule 5. */
typedef struct wf_swf_after_s  wf_swf_after_t;

struct wf_swf_after_s {
    wf_swf_item_t   *item;
    wf_swf_after_t  *next;
};

typedef struct {
    wf_run_t         *run;
    uint64_t          completed_id; /* DecisionTaskCompleted's */
    const wf_value_t *types;        /* that the decisions name */
    bool              has_failed;   /* a decision has */
    wf_swf_after_t   *after;        /* in scratch, in order */
    wf_swf_after_t  **last_after;
} wf_decider_t;

/* A setting: a member of the decision, or of its type's defaults; without
 * both, the cause.  NULL: it may be missing. */
typedef struct {
    const char  *name;
    const char  *fallback;          /* NULL: of the decision alone */
    const char  *cause;
} wf_setting_t;


/* DECIDED. */
wf_rc_t wf_swf_decided(wf_run_t *run);

/* Of each decision; attributes: an object, perhaps an empty one. */
#define DECISION(type, attributes, decide, text, text2, pair)                 \
    wf_rc_t decide(wf_decider_t *decider, const wf_value_t *attributes_);
#include "engine/decisions.def"
#undef DECISION


/* What all events of decisions end with. */
void wf_decision_id(wf_decider_t *decider, wf_sheet_t *sheet);

/* A failure event: the sheet, its cause. */
wf_rc_t wf_decision_fail(wf_decider_t *decider, uint8_t type,
    wf_sheet_t *sheet, const char *cause);

/* The item is looked at after the list. */
wf_rc_t wf_decision_later(wf_decider_t *decider, wf_swf_item_t *item);

/* What is known of a type ("a", "w"); NULL: it does not exist.  rc: WF_ERROR,
 * if there is no memory, or as it was. */
const wf_value_t *wf_decision_type(wf_decider_t *decider, const char *kind,
    wf_str_t name, wf_str_t version, wf_rc_t *rc);
bool wf_decision_is_deprecated(const wf_value_t *type);

/* The cause of the first setting that is missing; NULL: none is. */
const char *wf_decision_missing(const wf_setting_t *settings,
    const wf_value_t *attributes, const wf_value_t *type);

/* Those that there are. */
void wf_decision_settle(wf_sheet_t *sheet, const wf_setting_t *settings,
    const wf_value_t *attributes, const wf_value_t *type);

/* decision_work.c: after the list. */
wf_rc_t wf_decision_canceled(wf_decider_t *decider, wf_swf_item_t *item);
wf_rc_t wf_decision_call(wf_decider_t *decider, wf_swf_item_t *item);


#endif /* WF_DECISION_H */
