
/*
 * Versions and aliases as answers show them; part of call.h.
 */

#ifndef WF_VERSION_VIEW_H
#define WF_VERSION_VIEW_H


#include "base/base.h"


typedef struct {
    wf_str_t   flow;
    uint64_t   version;
    wf_str_t   description;
    int64_t    created_ms;
} wf_version_view_t;

typedef struct {
    uint64_t   version;
    uint32_t   weight;
} wf_route_view_t;

typedef struct {
    wf_str_t          flow;
    wf_str_t          name;
    wf_str_t          description;
    wf_route_view_t   routes[WF_ROUTES_MAX];
    uint32_t          route_count;
    int64_t           created_ms;
    int64_t           modified_ms;
} wf_alias_view_t;


#endif /* WF_VERSION_VIEW_H */
