
/*
 * The file of connections that HTTP tasks name.  Secrets reach no log.
 */

#ifndef NGX_HTTP_CLOUDFLOW_CONNECTION_H
#define NGX_HTTP_CLOUDFLOW_CONNECTION_H


#include "nginx/ngx_http_cloudflow_worker.h"


/* cloudflow_connections file | off; */
char *ngx_http_cloudflow_connections(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* port->connection(). */
wf_rc_t ngx_http_cloudflow_connection(wf_port_t *port, wf_arena_t *arena,
    wf_str_t arn, wf_connection_t *connection);


#endif /* NGX_HTTP_CLOUDFLOW_CONNECTION_H */
