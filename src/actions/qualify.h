
/*
 * Which version a start means (cloudflow-api 6.5).
 */

#ifndef WF_ACTIONS_QUALIFY_H
#define WF_ACTIONS_QUALIFY_H


#include "actions/life.h"


/* What a qualifier came to; in the call's arena. */
struct wf_pinned_s {
    uint64_t   version;
    uint64_t   revision;
    wf_go_pt   go;
};

/*
 * With the flow at hand: without a qualifier goes on at once; else chooses,
 * once, and goes on with life->pinned, the version's revision in
 * life->revision.  No such version or alias: answered.
 */
void wf_life_qualify(wf_life_t *life, wf_go_pt go, int64_t now_ms);


#endif /* WF_ACTIONS_QUALIFY_H */
