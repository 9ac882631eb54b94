
/*
 * cloudflow_health: may this worker be given calls?
 */

#ifndef NGX_HTTP_CLOUDFLOW_HEALTH_H
#define NGX_HTTP_CLOUDFLOW_HEALTH_H


#include "nginx/ngx_http_cloudflow.h"


/* A commit that takes longer is a problem. */
#define NGX_HTTP_CLOUDFLOW_HEALTH_COMMIT_MS  3000

char *ngx_http_cloudflow_health(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* NGX_HTTP_CLOUDFLOW_HEALTH_H */
