
/*
 * What qualifiers mean: a worker's memory of versions and aliases (cloudflow-
 * api 6.5), each good as long as the catalogue is of the version at which it
 * was read.  Knows no store; actions/qualify.c reads what is not here.
 */

#ifndef WF_QUALIFY_H
#define WF_QUALIFY_H


#include "flow/version.h"


typedef struct wf_qualifiers_s  wf_qualifiers_t;

/* Where a qualifier leads. */
typedef struct {
    wf_flow_route_t   routes[WF_ROUTES_MAX];
    uint32_t          count;            /* 0: there is no such qualifier */
} wf_routing_t;

wf_qualifiers_t *wf_qualifiers_create(void);            /* NULL: no memory */
void wf_qualifiers_free(wf_qualifiers_t *qualifiers);   /* NULL is allowed */

/* NULL: not known as of that version of the catalogue. */
const wf_routing_t *wf_qualifiers_find(const wf_qualifiers_t *qualifiers,
    uint64_t flow_no, wf_str_t text, uint64_t version);

/* As read at that version or later.  Without memory it is asked again. */
void wf_qualifiers_keep(wf_qualifiers_t *qualifiers, uint64_t flow_no,
    wf_str_t text, uint64_t version, const wf_routing_t *routing);


#endif /* WF_QUALIFY_H */
