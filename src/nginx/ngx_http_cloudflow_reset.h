
/*
 * cloudflow_reset: everything goes, for tests.
 */

#ifndef NGX_HTTP_CLOUDFLOW_RESET_H
#define NGX_HTTP_CLOUDFLOW_RESET_H


#include "nginx/ngx_http_cloudflow.h"


char *ngx_http_cloudflow_reset(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* A shard of ours was emptied, and that is durable: all workers shall know
 * when they see that it has another owner. */
void ngx_http_cloudflow_reset_tell(uint64_t flow_no);
/* Was one, since we looked last? */
void ngx_http_cloudflow_reset_look(void);


#endif /* NGX_HTTP_CLOUDFLOW_RESET_H */
