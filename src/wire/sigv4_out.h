
/*
 * Requests of tasks that are signed for the service that they go to.  Same
 * steps as the check of requests that come (sigv4.h).
 */

#ifndef WF_SIGV4_OUT_H
#define WF_SIGV4_OUT_H


#include "wire/service.h"


/* Who signs, and for what. */
typedef struct {
    wf_str_t   key_id;
    wf_str_t   secret;
    wf_str_t   token;           /* empty: none */
    wf_str_t   region;
    wf_str_t   service;         /* empty: the request's */
    wf_str_t   host;            /* empty: the request's, or the service's usual
                                   one in the region */
} wf_signer_t;


/*
 * Adds host, date and Authorization.  What is signed is path, query, body and
 * the headers host, content-type and x-amz-*: the location must send them as
 * they are.  WF_DECLINED: more parts than can be signed; WF_ERROR: no memory.
 */
wf_rc_t wf_sigv4_out(wf_arena_t *arena, const wf_signer_t *signer,
    wf_service_request_t *request, int64_t now_ms);


#endif /* WF_SIGV4_OUT_H */
