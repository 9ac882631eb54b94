
/*
 * Catches what a location answers to a call: status, headers, body up to
 * cloudflow_response_size.  Nothing of it goes further down the chain: there
 * is no client.  For everybody else's requests it is one comparison.
 */

#include "nginx/ngx_http_cloudflow_call.h"


#define BODY_SIZE_FIRST  1024       /* what malloc() keeps at hand */


static ngx_int_t header_filter(ngx_http_request_t *r);
static ngx_int_t header_catch(ngx_http_request_t *r,
    ngx_http_cloudflow_call_t *call);
static ngx_int_t headers_copy(ngx_http_request_t *r,
    ngx_http_cloudflow_call_t *call);
static ngx_int_t header_add(ngx_http_cloudflow_call_t *call, ngx_str_t *name,
    ngx_str_t *value);
static ngx_int_t body_filter(ngx_http_request_t *r, ngx_chain_t *in);
static ngx_int_t body_catch(ngx_http_cloudflow_call_t *call, ngx_buf_t *b,
    size_t size_max);
static ngx_int_t body_append(ngx_http_cloudflow_call_t *call, u_char *data,
    size_t len, size_t size_max);
static void buf_consume(ngx_buf_t *b);


static ngx_http_output_header_filter_pt  next_header_filter;
static ngx_http_output_body_filter_pt    next_body_filter;


void
ngx_http_cloudflow_call_filters(void)
{
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;

    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = body_filter;
}


/* The subrequests of a call (auth_request, mirror) are left to others. */
static ngx_int_t
header_filter(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_http_cloudflow_call_t  *call;

    call = ngx_http_cloudflow_call_of(r);

    if (call == NULL || r != r->main) {
        return next_header_filter(r);
    }

    if (r->header_sent) {
        return NGX_OK;
    }

    r->header_sent = 1;
    rc = header_catch(r, call);

    if (rc != NGX_OK || r->header_only) {
        ngx_http_cloudflow_call_seen(call);
    }

    return rc;
}


static ngx_int_t
header_catch(ngx_http_request_t *r, ngx_http_cloudflow_call_t *call)
{
    ngx_uint_t                       status;
    ngx_http_cloudflow_main_conf_t  *conf;

    status = r->headers_out.status;

    if (status < NGX_HTTP_OK) {
        /* An upgraded connection has nobody at this end. */
        return NGX_ERROR;
    }

    call->seen.status = status;
    call->seen.made_here = r->upstream
                           && r->upstream->headers_in.status_n == 0;

    if (headers_copy(r, call) != NGX_OK) {
        call->is_lost = 1;
        return NGX_ERROR;
    }

    if (r->method == NGX_HTTP_HEAD || status == NGX_HTTP_NO_CONTENT
        || status == NGX_HTTP_NOT_MODIFIED)
    {
        r->header_only = 1;
        call->seen.complete = 1;
        return NGX_OK;
    }

    conf = ngx_http_get_module_main_conf(r, ngx_http_cloudflow_module);

    if (r->headers_out.content_length_n > (off_t) conf->response_size) {
        call->seen.too_large = 1;
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
headers_copy(ngx_http_request_t *r, ngx_http_cloudflow_call_t *call)
{
    ngx_str_t         name;
    ngx_uint_t        i, count;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    count = 1;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        count += part->nelts;
    }

    call->seen.headers = ngx_palloc(call->pool,
                                    count * sizeof(wf_service_header_t));
    if (call->seen.headers == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&name, "content-type");

    if (r->headers_out.content_type.len
        && header_add(call, &name, &r->headers_out.content_type) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash
                && header_add(call, &h[i].key, &h[i].value) != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
header_add(ngx_http_cloudflow_call_t *call, ngx_str_t *name, ngx_str_t *value)
{
    u_char               *p;
    wf_service_header_t  *header;

    p = ngx_pnalloc(call->pool, name->len + value->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    header = &call->seen.headers[call->seen.header_count++];

    header->name.len = name->len;
    header->name.data = p;
    ngx_strlow(p, name->data, name->len);
    p += name->len;

    header->value.len = value->len;
    header->value.data = p;
    ngx_memcpy(p, value->data, value->len);

    return NGX_OK;
}


static ngx_int_t
body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_int_t                        rc;
    ngx_http_cloudflow_call_t       *call;
    ngx_http_cloudflow_main_conf_t  *conf;

    call = ngx_http_cloudflow_call_of(r);

    if (call == NULL || r->subrequest_in_memory) {
        return next_body_filter(r, in);
    }

    rc = NGX_OK;
    conf = ngx_http_get_module_main_conf(r, ngx_http_cloudflow_module);

    for ( /* void */ ; in; in = in->next) {

        if (r == r->main && rc == NGX_OK) {
            rc = body_catch(call, in->buf, conf->response_size);

            if (rc != NGX_OK || call->seen.complete) {
                ngx_http_cloudflow_call_seen(call);
            }
        }

        buf_consume(in->buf);
    }

    return rc;
}


static ngx_int_t
body_catch(ngx_http_cloudflow_call_t *call, ngx_buf_t *b, size_t size_max)
{
    size_t  len;

    if (ngx_buf_in_memory(b)) {
        len = b->last - b->pos;

        if (len && body_append(call, b->pos, len, size_max) != NGX_OK) {
            return NGX_ERROR;
        }

        call->log_ctx.connection->sent += len;

    } else if (b->in_file && b->file_last > b->file_pos) {
        /* The copy filter reads files, as we asked it to. */
        return NGX_ERROR;
    }

    if (b->last_buf) {
        call->seen.complete = 1;
    }

    return NGX_OK;
}


static ngx_int_t
body_append(ngx_http_cloudflow_call_t *call, u_char *data, size_t len,
    size_t size_max)
{
    u_char  *body;
    size_t   size;

    if (len > size_max - call->seen.len) {
        call->seen.too_large = 1;
        return NGX_ERROR;
    }

    if (call->seen.len + len > call->seen.size) {
        size = ngx_max(call->seen.size * 2, BODY_SIZE_FIRST);
        size = ngx_max(size, call->seen.len + len);

        body = ngx_alloc(size, ngx_cycle->log);

        if (body == NULL) {
            call->is_lost = 1;
            return NGX_ERROR;
        }

        if (call->seen.body) {
            ngx_memcpy(body, call->seen.body, call->seen.len);
            ngx_free(call->seen.body);
        }

        call->seen.body = body;
        call->seen.size = size;
    }

    ngx_memcpy(call->seen.body + call->seen.len, data, len);
    call->seen.len += len;

    return NGX_OK;
}


static void
buf_consume(ngx_buf_t *b)
{
    b->pos = b->last;
    b->file_pos = b->file_last;
}
