
/*
 * Versions and aliases of a flow (cloudflow-api 6.5), as the catalogue keeps
 * them.  A version is a number for a revision; an alias routes to one or two
 * versions by weight.  The same bytes serve the store and the rings between
 * workers.
 */

#ifndef WF_VERSION_H
#define WF_VERSION_H


#include "base/pack.h"


typedef struct {
    uint64_t   flow_no;
    uint64_t   version;         /* from 1, never used again */
    uint64_t   revision;        /* that it froze */
    uint64_t   request_key;     /* of the call that published it */
    wf_str_t   description;
    int64_t    created_ms;
} wf_flow_version_t;

typedef struct {
    uint64_t   version;
    uint64_t   revision;        /* of that version: the owner's to fill in */
    uint32_t   weight;          /* 0 to WF_WEIGHT_MAX */
} wf_flow_route_t;

typedef struct {
    uint64_t          flow_no;
    uint64_t          request_key;  /* of the last write: who changes it names
                                       the write that it saw */
    wf_str_t          name;
    wf_str_t          description;
    wf_flow_route_t   routes[WF_ROUTES_MAX];
    uint32_t          route_count;  /* 1 to WF_ROUTES_MAX */
    int64_t           created_ms;
    int64_t           modified_ms;
} wf_flow_alias_t;

void wf_version_encode(wf_buf_t *buf, const wf_flow_version_t *version);
void wf_alias_encode(wf_buf_t *buf, const wf_flow_alias_t *alias);

/* Strings point into bytes.  WF_ERROR: malformed. */
wf_rc_t wf_version_decode(wf_str_t bytes, wf_flow_version_t *version);
wf_rc_t wf_alias_decode(wf_str_t bytes, wf_flow_alias_t *alias);

/*
 * Keys of their items; both begin with the flow's number, WF_VERSION_PREFIX
 * bytes.  Versions sort newest first, aliases by name.
 */
#define WF_VERSION_PREFIX  8

void wf_version_key(wf_buf_t *key, uint64_t flow_no, uint64_t version);
void wf_alias_key(wf_buf_t *key, uint64_t flow_no, wf_str_t name);

/* The one way to write a number: digits, no zero in front.  0: it is none. */
uint64_t wf_version_parse(wf_str_t text);

/* Digits mean a version, all else an alias. */
bool wf_version_is_meant(wf_str_t qualifier);

/* One of the routes, in proportion to their weights; random: any number.
 * Their sum is positive. */
const wf_flow_route_t *wf_route_choose(const wf_flow_route_t *routes,
    uint32_t count, uint64_t random);


#endif /* WF_VERSION_H */
