
/*
 * shard/port.h made of nginx: timers, threads, rings, the index.
 */

#ifndef NGX_HTTP_CLOUDFLOW_PORT_H
#define NGX_HTTP_CLOUDFLOW_PORT_H


#include "nginx/ngx_http_cloudflow_worker.h"


/* Fills worker->port.  The worker has its tray and readers already. */
void ngx_http_cloudflow_port_init(ngx_http_cloudflow_worker_t *worker);

/* Callbacks of ipc and lease, which belong to the same wall. */
void ngx_http_cloudflow_port_talk(ngx_http_cloudflow_worker_t *worker);

/* enter() and leave() of the reader threads. */
void *ngx_http_cloudflow_port_reader_enter(void *data);
void ngx_http_cloudflow_port_reader_leave(void *thread_data);

/* No timer of ours fires any more. */
void ngx_http_cloudflow_port_stop(void);


#endif /* NGX_HTTP_CLOUDFLOW_PORT_H */
