
/*
 * The worker's own state: its desk, its port to the world, its threads, the
 * shards it owns, and its end.
 */

#ifndef NGX_HTTP_CLOUDFLOW_WORKER_H
#define NGX_HTTP_CLOUDFLOW_WORKER_H


#include "nginx/ngx_http_cloudflow.h"
#include "nginx/ngx_http_cloudflow_owner.h"
#include "nginx/ngx_http_cloudflow_thread.h"
#include "nginx/ngx_http_cloudflow_zone.h"


#define NGX_HTTP_CLOUDFLOW_UUID_LEN  36

typedef struct {
    wf_port_t                        port;
    wf_desk_t                       *desk;
    ngx_http_cloudflow_main_conf_t  *conf;
    ngx_cycle_t                     *cycle;
    ngx_http_cloudflow_tray_t        tray;
    ngx_http_cloudflow_crew_t        readers;
    ngx_http_cloudflow_owner_t       owners[WF_SHARDS_MAX];
    ngx_http_cloudflow_zone_t       *zone;
    uint64_t                         resets;    /* of zone, as seen last */
    unsigned                         quitting:1;
} ngx_http_cloudflow_worker_t;


/* Process hooks. */
ngx_int_t ngx_http_cloudflow_init_module(ngx_cycle_t *cycle);
ngx_int_t ngx_http_cloudflow_init_process(ngx_cycle_t *cycle);
void ngx_http_cloudflow_exit_process(ngx_cycle_t *cycle);

/* NULL: this process serves no calls. */
ngx_http_cloudflow_worker_t *ngx_http_cloudflow_worker(void);

/* A request waits: a worker that is leaving stays for it. */
void ngx_http_cloudflow_worker_busy(void);

/* Milliseconds since 1970, as cached for this turn of the event loop. */
int64_t ngx_http_cloudflow_now(void);

/* Random (version 4) UUID, lower case. */
void ngx_http_cloudflow_uuid(u_char id[NGX_HTTP_CLOUDFLOW_UUID_LEN]);
void ngx_http_cloudflow_random(void *bytes, size_t len);


#endif /* NGX_HTTP_CLOUDFLOW_WORKER_H */
