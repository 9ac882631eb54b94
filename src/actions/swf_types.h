
/*
 * Domains and types of Amazon SWF as the catalogue has them (swf 4).  Nobody
 * outside this room includes this.
 *
 * A domain is a flow whose attributes are
 * {"retention":"30","deprecatedMs":0,"typesMs":0}: types that were registered
 * (or undeprecated) by typesMs are deprecated, as the domain was then.  A type
 * is a note, {"registeredMs":..,"createdMs":..,"deprecatedMs":..,
 * "defaults":{..},"description":".."}: so deprecating a domain writes nothing
 * else.
 */

#ifndef WF_SWF_TYPES_H
#define WF_SWF_TYPES_H


#include "actions/swf.h"
#include "flow/note.h"


typedef struct {
    wf_str_t   retention;           /* JSON text, quotes included */
    int64_t    deprecated_ms;       /* 0: it is not */
    int64_t    types_ms;
} wf_swf_domain_state_t;

typedef struct wf_swf_type_s  wf_swf_type_t;

struct wf_swf_type_s {
    bool       is_workflow;         /* else an activity's; the question */
    wf_str_t   name;
    wf_str_t   version;
    bool       is_there;            /* the answer */
    bool       is_deprecated;       /* by itself, or with its domain */
    wf_str_t   defaults;            /* JSON text of an object */
    wf_str_t   key;                 /* of its note */
};


/* Of the flow's attributes. */
void wf_swf_domain_read(const wf_flow_t *flow, wf_swf_domain_state_t *domain);

/* Since when the type with that text is deprecated; 0: it is not. */
int64_t wf_swf_type_deprecated(const wf_swf_domain_state_t *domain,
    wf_str_t body);

/* A whole number among the members of a record; 0: there is none. */
int64_t wf_swf_number(wf_str_t record, const char *member);

/* FLOW, kind, NAME, VERSION; what is NULL, and all behind it, is left out.
 * data == NULL: no memory. */
wf_str_t wf_swf_type_key(wf_arena_t *arena, wf_str_t flow, bool is_workflow,
    const wf_str_t *name, const wf_str_t *version);


/*
 * What is known of types of the domain life->revision: go is called with
 * wf_swf_types_answer() filled in, maybe at once.  types is of the call's
 * arena, and what it is filled with, too.  In one read, for what the worker
 * does not remember (shard/known.h).
 */
void wf_swf_types_look(wf_life_t *life, wf_swf_type_t *types, uint32_t count,
    wf_go_pt go, int64_t now_ms);

/* NULL: answered. */
const wf_swf_type_t *wf_swf_types_answer(wf_life_t *life);


#endif /* WF_SWF_TYPES_H */
