
/*
 * A bell: other threads ring it, the event loop hears it.  An eventfd with
 * a static connection of its own, so that it takes no slot of
 * worker_connections and is not closed by a shutdown.
 */

#ifndef NGX_HTTP_CLOUDFLOW_BELL_H
#define NGX_HTTP_CLOUDFLOW_BELL_H


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


typedef struct {
    ngx_connection_t   connection;
    ngx_event_t        read;
    ngx_event_t        write;
    void             (*heard)(void *data);
    void              *data;
} ngx_http_cloudflow_bell_t;

/* heard() is called in the event loop, once for any number of rings. */
ngx_int_t ngx_http_cloudflow_bell_open(ngx_http_cloudflow_bell_t *bell,
    ngx_log_t *log, void (*heard)(void *data), void *data);
void ngx_http_cloudflow_bell_close(ngx_http_cloudflow_bell_t *bell);

/* The same with somebody else's eventfd, which stays open.  After NGX_ERROR
 * (-1, or no events) posting bell->read is all that makes it heard. */
ngx_int_t ngx_http_cloudflow_bell_listen(ngx_http_cloudflow_bell_t *bell,
    int fd, ngx_log_t *log, void (*heard)(void *data), void *data);
void ngx_http_cloudflow_bell_ignore(ngx_http_cloudflow_bell_t *bell);

/* From now on with this log. */
void ngx_http_cloudflow_bell_renew(ngx_http_cloudflow_bell_t *bell,
    ngx_log_t *log);

/* From any thread. */
void ngx_http_cloudflow_bell_ring(ngx_http_cloudflow_bell_t *bell);


#endif /* NGX_HTTP_CLOUDFLOW_BELL_H */
