
/*
 * Shows the counters of metrics.def.  Reads shared memory and nothing else.
 */

#include "nginx/ngx_http_cloudflow_page.h"
#include "nginx/ngx_http_cloudflow_status.h"
#include "nginx/ngx_http_cloudflow_worker.h"


#define PREFIX  "cloudflow_"
#define TYPE    "text/plain; version=0.0.4; charset=utf-8"


static size_t metric_size(const ngx_http_cloudflow_metric_info_t *info);
static u_char *metric_print(u_char *p, ngx_uint_t metric);

static const char  *kinds[] = { "counter", "gauge", "gauge" };


ngx_int_t
ngx_http_cloudflow_status_handler(ngx_http_request_t *r)
{
    size_t        size;
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_uint_t    i;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    if (ngx_http_cloudflow_worker() == NULL) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    size = 0;

    for (i = 0; i < NGX_HTTP_CLOUDFLOW_METRICS; i++) {
        size += metric_size(&ngx_http_cloudflow_metric_infos[i]);
    }

    b = ngx_create_temp_buf(r->pool, size);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (i = 0; i < NGX_HTTP_CLOUDFLOW_METRICS; i++) {
        b->last = metric_print(b->last, i);
    }

    return ngx_http_cloudflow_page_send(r, NGX_HTTP_OK, TYPE, b);
}


static size_t
metric_size(const ngx_http_cloudflow_metric_info_t *info)
{
    return 3 * (sizeof(PREFIX) + info->name.len) + info->help.len
           + sizeof("# HELP  \n# TYPE  counter\n \n") + NGX_INT64_LEN;
}


static u_char *
metric_print(u_char *p, ngx_uint_t metric)
{
    const ngx_http_cloudflow_metric_info_t  *info;

    info = &ngx_http_cloudflow_metric_infos[metric];

    return ngx_sprintf(p, "# HELP " PREFIX "%V %V\n"
                       "# TYPE " PREFIX "%V %s\n"
                       PREFIX "%V %uL\n",
                       &info->name, &info->help, &info->name,
                       kinds[info->kind], &info->name,
                       ngx_http_cloudflow_metric_read(
                                 ngx_http_cloudflow_worker()->zone, metric));
}
