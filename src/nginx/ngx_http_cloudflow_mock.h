
/*
 * The file of mocks.
 */

#ifndef NGX_HTTP_CLOUDFLOW_MOCK_H
#define NGX_HTTP_CLOUDFLOW_MOCK_H


#include "nginx/ngx_http_cloudflow.h"


char *ngx_http_cloudflow_mock_config(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* NGX_HTTP_CLOUDFLOW_MOCK_H */
