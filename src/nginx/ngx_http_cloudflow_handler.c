
/*
 * Requests of cloudflow_api locations.  Reads the body, lets the protocol
 * understand it, hands the call to the worker's desk, and sends the answer
 * when the desk has it, at once or later.  Knows nothing about what a call
 * means.
 */

#include "nginx/ngx_http_cloudflow_handler.h"
#include "nginx/ngx_http_cloudflow_credentials.h"
#include "nginx/ngx_http_cloudflow_door.h"
#include "nginx/ngx_http_cloudflow_throttle.h"
#include "nginx/ngx_http_cloudflow_worker.h"


static void body_read(ngx_http_request_t *r);
static void request_begin(ngx_http_request_t *r);
static ngx_http_cloudflow_ctx_t *ctx_create(ngx_http_request_t *r);
static void ctx_cleanup(void *data);
static void ctx_free(void *data);
static wf_rc_t message_read(ngx_http_cloudflow_ctx_t *ctx, wf_error_t *err);
static wf_rc_t message_begin(ngx_http_cloudflow_ctx_t *ctx,
    wf_request_t *in, wf_error_t *err);
static wf_rc_t message_decode(ngx_http_cloudflow_ctx_t *ctx, wf_error_t *err);
static const wf_protocol_t *message_protocol(ngx_http_request_t *r,
    const wf_request_t *in);
static wf_rc_t request_fill(ngx_http_request_t *r, wf_arena_t *scratch,
    wf_request_t *in);
static wf_rc_t request_headers(ngx_http_request_t *r, wf_arena_t *scratch,
    wf_request_t *in);
static wf_rc_t request_body(ngx_http_request_t *r, wf_arena_t *scratch,
    wf_request_t *in);
static wf_rc_t body_gather(ngx_http_request_t *r, u_char *to, size_t size);
static wf_rc_t body_read_part(ngx_http_request_t *r, ngx_buf_t *b, u_char *to,
    size_t size);
static void call_start(ngx_http_cloudflow_ctx_t *ctx);
static void call_park(ngx_http_request_t *r);
static void call_done(wf_call_t *call);
static void answer(ngx_http_cloudflow_ctx_t *ctx);
static ngx_buf_t *answer_encode(ngx_http_cloudflow_ctx_t *ctx,
    ngx_uint_t *status);
static ngx_int_t answer_send(ngx_http_cloudflow_ctx_t *ctx, ngx_buf_t *b,
    ngx_uint_t status);
static ngx_int_t answer_headers(ngx_http_cloudflow_ctx_t *ctx);
static ngx_int_t answer_header(ngx_http_request_t *r, wf_str_t name,
    wf_str_t value);
static ngx_int_t answer_retry(ngx_http_cloudflow_ctx_t *ctx);
static void answer_log(ngx_http_cloudflow_ctx_t *ctx);


ngx_int_t
ngx_http_cloudflow_handler(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    if (ngx_http_cloudflow_worker() == NULL) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, body_read);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
body_read(ngx_http_request_t *r)
{
    ngx_http_cloudflow_clock_t  since;

    since = ngx_http_cloudflow_metric_clock();
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_REQUESTS, 1);

    request_begin(r);

    ngx_http_cloudflow_metric_held(since);
}


static void
request_begin(ngx_http_request_t *r)
{
    ngx_http_cloudflow_ctx_t  *ctx;

    ctx = ctx_create(r);

    if (ctx == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    wf_error_clear(ctx->call->err);

    if (message_read(ctx, ctx->call->err) != WF_OK) {
        ctx->call->reply.error = ctx->call->err;
        ctx->answered = 1;
        answer(ctx);
        return;
    }

    call_start(ctx);
}


static ngx_http_cloudflow_ctx_t *
ctx_create(ngx_http_request_t *r)
{
    ngx_http_cleanup_t        *cln;
    ngx_http_cloudflow_ctx_t  *ctx;

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_cloudflow_ctx_t));
    if (ctx == NULL) {
        return NULL;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    ctx->request = r;
    ctx->call = wf_call_create(ngx_http_cloudflow_worker()->desk);

    if (ctx->call == NULL) {
        return NULL;
    }

    ctx->call->data = ctx;
    ctx->call->done = call_done;
    ctx->began_ms = ngx_current_msec;

    ngx_http_set_ctx(r, ctx, ngx_http_cloudflow_module);

    cln->handler = ctx_cleanup;
    cln->data = ctx;

    return ctx;
}


/* The request ends: by its answer, which may yet be logged, or because the
 * client is gone. */
static void
ctx_cleanup(void *data)
{
    ngx_pool_cleanup_t        *last;
    ngx_http_cloudflow_ctx_t  *ctx;

    ctx = data;

    if (ctx->parked) {
        ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_PARKED, -1);
    }

    if (!ctx->answered) {
        wf_call_abandon(ctx->call);
        ctx->call = NULL;
        return;
    }

    /* Only now: a parked request has no room for it. */

    last = ngx_pool_cleanup_add(ctx->request->pool, 0);

    if (last == NULL) {
        ctx_free(ctx);
        return;
    }

    last->handler = ctx_free;
    last->data = ctx;
}


static void
ctx_free(void *data)
{
    ngx_http_cloudflow_ctx_t  *ctx;

    ctx = data;

    wf_call_free(ctx->call);
    ctx->call = NULL;
}


/*
 * The request's bytes, parameters and headers are looked at in memory that is
 * dropped here; what the call may need when they are gone, or its client has
 * vanished, the protocol copies into the call's own arena.
 */
static wf_rc_t
message_read(ngx_http_cloudflow_ctx_t *ctx, wf_error_t *err)
{
    wf_rc_t                         rc;
    wf_door_t                       door;
    wf_message_t                   *message;
    wf_request_t                    in;
    ngx_http_cloudflow_loc_conf_t  *clcf;

    message = &ctx->message;
    clcf = ngx_http_get_module_loc_conf(ctx->request,
                                        ngx_http_cloudflow_module);

    ngx_memzero(&in, sizeof(wf_request_t));

    message->arena = ctx->call->arena;
    message->scratch = wf_arena_create(0);
    message->request = &in;

    if (clcf->door) {
        in.door = &door;

        if (ngx_http_cloudflow_door_fill(ctx->request, clcf->door, &door)
            != NGX_OK)
        {
            wf_arena_free(message->scratch);
            message->scratch = NULL;
        }
    }

    rc = message_begin(ctx, &in, err);

    if (rc == WF_OK) {
        rc = message_decode(ctx, err);
    }

    wf_arena_free(message->scratch);

    message->scratch = NULL;
    message->request = NULL;

    return rc;
}


static wf_rc_t
message_begin(ngx_http_cloudflow_ctx_t *ctx, wf_request_t *in,
    wf_error_t *err)
{
    u_char         id[NGX_HTTP_CLOUDFLOW_UUID_LEN];
    wf_str_t       fresh_id;
    wf_message_t  *message;

    message = &ctx->message;

    ngx_http_cloudflow_uuid(id);

    fresh_id = wf_arena_copy(message->arena, (wf_str_t) { sizeof(id), id });
    message->request_id = fresh_id;
    message->protocol = message_protocol(ctx->request, in);

    if (fresh_id.data == NULL || message->scratch == NULL
        || request_fill(ctx->request, message->scratch, in) != WF_OK)
    {
        wf_error_set(err, WF_E_INTERNAL, "the request could not be read");
        return WF_ERROR;
    }

    message->protocol = message_protocol(ctx->request, in);

    return message->protocol->begin(message, fresh_id, err);
}


static wf_rc_t
message_decode(ngx_http_cloudflow_ctx_t *ctx, wf_error_t *err)
{
    wf_call_t                      *call;
    wf_message_t                   *message;
    const wf_shape_t               *shape;
    wf_credentials_t                credentials;
    ngx_http_cloudflow_loc_conf_t  *clcf;

    call = ctx->call;
    message = &ctx->message;

    call->action = wf_action_find(message->protocol->name, message->action);
    shape = wf_rpc_shape(message->action);

    if (call->action == NULL || !message->protocol->knows(message)) {
        wf_error_args(err, WF_E_UNKNOWN_ACTION, message->action, wf_str_none);
        return WF_ERROR;
    }

    clcf = ngx_http_get_module_loc_conf(ctx->request,
                                        ngx_http_cloudflow_module);

    if (clcf->keys) {
        ngx_http_cloudflow_credentials(clcf, &credentials);

        if (message->protocol->verify(message, &credentials, err) != WF_OK) {
            return WF_ERROR;
        }

        call->policy = message->policy;
    }

    call->keeps_express = clcf->express_history;

    /* Nobody empties a bucket who may not call at all. */

    if (clcf->throttle
        && ngx_http_cloudflow_throttle_take(clcf->throttle, call->action,
                                            &ctx->wait_ms)
           != NGX_OK)
    {
        wf_error_args(err, WF_E_THROTTLED, wf_str_none, wf_str_none);
        return WF_ERROR;
    }

    return message->protocol->decode(message, shape, &call->args, err);
}


/* The first one that knows the tongue, else the first one configured. */
static const wf_protocol_t *
message_protocol(ngx_http_request_t *r, const wf_request_t *in)
{
    ngx_uint_t                      i;
    const wf_protocol_t           **protocols;
    ngx_http_cloudflow_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_cloudflow_module);
    protocols = clcf->protocols->elts;

    for (i = 0; i < clcf->protocols->nelts; i++) {
        if (protocols[i]->recognise(in)) {
            return protocols[i];
        }
    }

    return protocols[0];
}


static wf_rc_t
request_fill(ngx_http_request_t *r, wf_arena_t *scratch, wf_request_t *in)
{
    u_char                         *p;
    ngx_http_cloudflow_loc_conf_t  *clcf;

    in->method.data = r->method_name.data;
    in->method.len = r->method_name.len;
    in->path.data = r->unparsed_uri.data;
    in->path.len = r->unparsed_uri.len;

    p = ngx_strlchr(r->unparsed_uri.data,
                    r->unparsed_uri.data + r->unparsed_uri.len, '?');
    if (p) {
        in->path.len = p - r->unparsed_uri.data;
    }

    in->query.data = r->args.data;
    in->query.len = r->args.len;

    if (r->headers_in.content_type) {
        in->content_type.data = r->headers_in.content_type->value.data;
        in->content_type.len = r->headers_in.content_type->value.len;
    }

    in->now_ms = ngx_http_cloudflow_now();

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_cloudflow_module);
    in->account.data = clcf->account.data;
    in->account.len = clcf->account.len;

    if (request_headers(r, scratch, in) != WF_OK) {
        return WF_ERROR;
    }

    return request_body(r, scratch, in);
}


static wf_rc_t
request_headers(ngx_http_request_t *r, wf_arena_t *scratch, wf_request_t *in)
{
    ngx_uint_t        i, count;
    wf_header_t      *header;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *elt;

    count = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        count += part->nelts;
    }

    header = wf_arena_alloc(scratch, count * sizeof(wf_header_t));
    if (header == NULL) {
        return WF_ERROR;
    }

    in->headers = header;
    in->header_count = count;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        elt = part->elts;

        for (i = 0; i < part->nelts; i++) {
            header->name.data = elt[i].lowcase_key;
            header->name.len = elt[i].key.len;
            header->value.data = elt[i].value.data;
            header->value.len = elt[i].value.len;
            header++;
        }
    }

    return WF_OK;
}


/* Of a body over the limit one byte too many is enough to refuse it. */
static wf_rc_t
request_body(ngx_http_request_t *r, wf_arena_t *scratch, wf_request_t *in)
{
    size_t        size;
    u_char       *p;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return WF_OK;
    }

    cl = r->request_body->bufs;
    b = cl->buf;

    if (ngx_buf_in_memory(b) && cl->next == NULL) {
        in->body.data = b->pos;
        in->body.len = b->last - b->pos;
        return WF_OK;
    }

    size = 0;

    for ( /* void */ ; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    size = ngx_min(size, WF_RAW_REQUEST_BYTES_MAX + 1);

    p = wf_arena_alloc(scratch, size);
    if (p == NULL) {
        return WF_ERROR;
    }

    in->body.data = p;
    in->body.len = size;

    return body_gather(r, p, size);
}


static wf_rc_t
body_gather(ngx_http_request_t *r, u_char *to, size_t size)
{
    size_t        part;
    u_char       *last;
    ngx_chain_t  *cl;

    last = to + size;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        part = ngx_min(ngx_buf_size(cl->buf), last - to);

        if (body_read_part(r, cl->buf, to, part) != WF_OK) {
            return WF_ERROR;
        }

        to += part;
    }

    return WF_OK;
}


/* A chunked body ends with a special buffer that is nowhere. */
static wf_rc_t
body_read_part(ngx_http_request_t *r, ngx_buf_t *b, u_char *to, size_t size)
{
    ssize_t     n;
    ngx_file_t  file;

    if (size == 0) {
        return WF_OK;
    }

    if (ngx_buf_in_memory(b)) {
        ngx_memcpy(to, b->pos, size);
        return WF_OK;
    }

    /* client_body_buffer_size was too small; the page cache has it. */

    file = *b->file;
    file.log = r->connection->log;

    n = ngx_read_file(&file, to, size, b->file_pos);

    return n >= 0 && (size_t) n == size ? WF_OK : WF_ERROR;
}


static void
call_start(ngx_http_cloudflow_ctx_t *ctx)
{
    ctx->running = 1;
    wf_call_run(ctx->call, ngx_http_cloudflow_now());
    ctx->running = 0;

    if (ctx->answered) {
        answer(ctx);
        return;
    }

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_PARKED, 1);
    ctx->parked = 1;

    ngx_http_cloudflow_worker_busy();
    call_park(ctx->request);
}


/* The reading handler notices a client that leaves. */
static void
call_park(ngx_http_request_t *r)
{
    ngx_event_t  *rev;

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    rev = r->connection->read;

    /* An edge that has passed will not come back. */
    if (rev->ready) {
        ngx_post_event(rev, &ngx_posted_events);
    }
}


static void
call_done(wf_call_t *call)
{
    ngx_connection_t          *c;
    ngx_http_cloudflow_ctx_t  *ctx;

    ctx = call->data;
    ctx->answered = 1;

    if (ctx->running) {
        return;
    }

    c = ctx->request->connection;

    answer(ctx);
    ngx_http_run_posted_requests(c);
}


static void
answer(ngx_http_cloudflow_ctx_t *ctx)
{
    ngx_int_t    rc;
    ngx_buf_t   *b;
    ngx_uint_t   status;

    ctx->took_ms = ngx_current_msec - ctx->began_ms;

    if (ctx->call->reply.error) {
        ctx->error_code = ctx->call->reply.error->code;
        answer_log(ctx);
    }

    b = answer_encode(ctx, &status);

    rc = b ? answer_send(ctx, b, status) : NGX_HTTP_INTERNAL_SERVER_ERROR;

    ngx_http_finalize_request(ctx->request, rc);
}


/* The builder grows elsewhere: the request keeps what is sent alone. */
static ngx_buf_t *
answer_encode(ngx_http_cloudflow_ctx_t *ctx, ngx_uint_t *status)
{
    wf_buf_t       buf;
    ngx_buf_t     *b;
    wf_reply_t    *reply;
    wf_message_t  *message;

    reply = &ctx->call->reply;
    message = &ctx->message;

    message->scratch = wf_arena_create(0);
    if (message->scratch == NULL) {
        return NULL;
    }

    wf_buf_init(&buf, message->scratch, 1024);

    *status = reply->error
              ? message->protocol->encode_error(&buf, message, reply->error)
              : message->protocol->encode(&buf, message, reply);

    b = buf.failed ? NULL : ngx_create_temp_buf(ctx->request->pool, buf.len);
    if (b) {
        b->last = ngx_cpymem(b->last, buf.data, buf.len);
    }

    wf_arena_free(message->scratch);
    message->scratch = NULL;

    return b;
}


static ngx_int_t
answer_send(ngx_http_cloudflow_ctx_t *ctx, ngx_buf_t *b, ngx_uint_t status)
{
    ngx_int_t            rc;
    ngx_chain_t          out;
    ngx_http_request_t  *r;

    r = ctx->request;

    b->last_buf = (r == r->main);
    b->last_in_chain = 1;

    r->headers_out.status = status;
    r->headers_out.content_length_n = b->last - b->pos;

    /* nginx sends an empty buffer only if it is none at all. */

    if (b->last == b->pos) {
        b->temporary = 0;
        b->sync = 1;
    }

    if (answer_headers(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
answer_headers(ngx_http_cloudflow_ctx_t *ctx)
{
    wf_str_t              type;
    const wf_error_t     *err;
    ngx_http_request_t   *r;
    const wf_protocol_t  *protocol;

    r = ctx->request;
    err = ctx->call->reply.error;
    protocol = ctx->message.protocol;
    type = protocol->content_type;

    r->headers_out.content_type.data = (u_char *) type.data;
    r->headers_out.content_type.len = type.len;
    r->headers_out.content_type_len = type.len;
    r->headers_out.content_type_lowcase = NULL;

    if (err && protocol->error_code
        && answer_header(r, protocol->error_code_header,
                         protocol->error_code(&ctx->message, err))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (answer_header(r, protocol->request_id_header, ctx->message.request_id)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ctx->wait_ms ? answer_retry(ctx) : NGX_OK;
}


/* Both live as long as the request. */
static ngx_int_t
answer_header(ngx_http_request_t *r, wf_str_t name, wf_str_t value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));
    h->hash = 1;
    h->key.data = (u_char *) name.data;
    h->key.len = name.len;
    h->value.data = (u_char *) value.data;
    h->value.len = value.len;

    return NGX_OK;
}


/* When its bucket will have room again, in the protocol's unit. */
static ngx_int_t
answer_retry(ngx_http_cloudflow_ctx_t *ctx)
{
    u_char               *p;
    uint64_t              unit_ms;
    wf_str_t              value;
    const wf_protocol_t  *protocol;

    protocol = ctx->message.protocol;
    unit_ms = protocol->retry_unit_ms;

    p = ngx_pnalloc(ctx->request->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;
    value.len = ngx_sprintf(p, "%uL", (ctx->wait_ms + unit_ms - 1) / unit_ms)
                - p;

    return answer_header(ctx->request, protocol->retry_header, value);
}


/* Only what an operator may have to act on. */
static void
answer_log(ngx_http_cloudflow_ctx_t *ctx)
{
    wf_str_t           detail, key_id;
    const wf_error_t  *err;

    err = ctx->call->reply.error;

    if (err->code == WF_E_ACCESS_DENIED) {
        key_id = ctx->message.key_id;

        ngx_log_error(NGX_LOG_INFO, ctx->request->connection->log, 0,
                      "cloudflow: key \"%*s\" is not allowed %s:%s",
                      key_id.len, key_id.data,
                      ctx->message.protocol->service,
                      wf_action_name(ctx->call->action));
    }

    if (err->code != WF_E_INTERNAL) {
        ngx_http_cloudflow_metric_add(
                             NGX_HTTP_CLOUDFLOW_METRIC_REQUEST_ERRORS, 1);
        return;
    }

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_REQUEST_FAILURES,
                                  1);

    detail = wf_error_arg(err, 0);

    ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                  "cloudflow: internal error: %*s",
                  detail.len, detail.data);
}
