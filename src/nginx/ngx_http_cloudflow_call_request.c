
/*
 * A call as nginx sees it: a main request on a connection without a peer,
 * sent into an internal location (nginx-engineering B).  Owns the socket that
 * all these connections name; it is never connected, read or written.
 */

#include "nginx/ngx_http_cloudflow_call.h"


#define CALL_POOL_SIZE  2048

/* Not in every binary: nginx may be built without stub_status. */
#pragma weak ngx_stat_active
extern ngx_atomic_t  *ngx_stat_active;


static ngx_connection_t *connection_create(ngx_http_cloudflow_call_t *call,
    ngx_http_core_srv_conf_t *server);
static void connection_quiet(ngx_connection_t *c);
static void secret_hide(ngx_http_cloudflow_call_t *call, u_char *from,
    u_char *last);
static u_char *call_log(ngx_log_t *log, u_char *buf, size_t len);
static ngx_int_t request_create(ngx_http_cloudflow_call_t *call,
    ngx_connection_t *c, ngx_str_t *uri);
static ngx_int_t request_fill(ngx_http_cloudflow_call_t *call,
    ngx_http_request_t *r, ngx_str_t *uri);
static ngx_int_t request_line(ngx_http_cloudflow_call_t *call,
    ngx_http_request_t *r, ngx_str_t *uri);
static ngx_int_t request_headers(ngx_http_cloudflow_call_t *call,
    ngx_http_request_t *r);
static ngx_int_t header_known(ngx_http_request_t *r, ngx_table_elt_t *h);
#if (nginx_version < 1023000)
static ngx_int_t header_listed(ngx_http_request_t *r, ngx_array_t *list,
    ngx_table_elt_t *h);
#endif
static ngx_table_elt_t *header_add(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *value);
static ngx_int_t request_host(ngx_http_cloudflow_call_t *call,
    ngx_http_request_t *r);
static ngx_int_t request_body(ngx_http_cloudflow_call_t *call,
    ngx_http_request_t *r);
static ngx_int_t body_length(ngx_http_request_t *r, size_t len);
static ngx_int_t str_copy(ngx_pool_t *pool, ngx_str_t *to, wf_str_t from);


static ngx_socket_t        call_fd = (ngx_socket_t) -1;

/* The access, realip, hash and address variables read it. */
static struct sockaddr_un  call_sockaddr = { .sun_family = AF_UNIX };
static u_char              call_byte;

static const struct {
    ngx_str_t   name;
    ngx_uint_t  method;
} methods[] = {
    { ngx_string("GET"), NGX_HTTP_GET },
    { ngx_string("HEAD"), NGX_HTTP_HEAD },
    { ngx_string("POST"), NGX_HTTP_POST },
    { ngx_string("PUT"), NGX_HTTP_PUT },
    { ngx_string("DELETE"), NGX_HTTP_DELETE },
    { ngx_string("PATCH"), NGX_HTTP_PATCH },
    { ngx_string("OPTIONS"), NGX_HTTP_OPTIONS },
};

/* Before nginx 1.23 the first ones are arrays. */
#define KNOWN_LISTS  2

static ngx_str_t  known_headers[] = {
    ngx_string("cookie"),
    ngx_string("x-forwarded-for"),
    ngx_string("authorization"),
    ngx_string("content-type"),
    ngx_string("referer"),
    ngx_string("user-agent"),
    ngx_string("via"),
};


ngx_int_t
ngx_http_cloudflow_call_socket(ngx_cycle_t *cycle)
{
    call_fd = ngx_socket(AF_UNIX, SOCK_STREAM, 0);

    if (call_fd == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, ngx_socket_errno,
                      ngx_socket_n " failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_cloudflow_call_socket_close(void)
{
    if (call_fd != (ngx_socket_t) -1) {
        (void) ngx_close_socket(call_fd);
        call_fd = (ngx_socket_t) -1;
    }
}


ngx_http_cloudflow_call_t *
ngx_http_cloudflow_call_of(ngx_http_request_t *r)
{
    if (r->connection->fd != call_fd || call_fd == (ngx_socket_t) -1) {
        return NULL;
    }

    return r->connection->log->data;
}


ngx_int_t
ngx_http_cloudflow_call_begin(ngx_http_cloudflow_call_t *call,
    ngx_str_t *uri, ngx_http_core_srv_conf_t *server)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    call->pool = ngx_create_pool(CALL_POOL_SIZE, ngx_cycle->log);

    if (call->pool == NULL || ngx_http_cloudflow_call_fields(call) != NGX_OK) {
        return NGX_ERROR;
    }

    c = connection_create(call, server);

    if (c == NULL) {
        return NGX_ERROR;
    }

    if (request_create(call, c, uri) != NGX_OK) {
        ngx_http_close_connection(c);
        return NGX_ERROR;
    }

    /* The call may be over, and even c be another's, when these return. */

    r = c->data;
    call->connection = c;

    ngx_http_process_request(r);
    ngx_http_run_posted_requests(c);

    return NGX_OK;
}


static ngx_connection_t *
connection_create(ngx_http_cloudflow_call_t *call,
    ngx_http_core_srv_conf_t *server)
{
    ngx_connection_t  *c;

    if (call_fd == (ngx_socket_t) -1) {
        return NULL;
    }

    c = ngx_get_connection(call_fd, ngx_cycle->log);
    if (c == NULL) {
        return NULL;
    }

    c->shared = 1;
    c->pool = ngx_create_pool(NGX_MIN_POOL_SIZE, ngx_cycle->log);

    if (c->pool == NULL) {
        ngx_close_connection(c);
        return NULL;
    }

    c->buffer = ngx_calloc_buf(c->pool);

    if (c->buffer == NULL) {
        ngx_destroy_pool(c->pool);
        ngx_close_connection(c);
        return NULL;
    }

    c->buffer->start = &call_byte;
    c->buffer->pos = &call_byte;
    c->buffer->last = &call_byte;
    c->buffer->end = &call_byte + 1;
    c->buffer->memory = 1;

    connection_quiet(c);

    call->log = *ngx_cycle->log;
    call->log_ctx.connection = c;
    call->log_ctx.request = NULL;
    call->log_ctx.current_request = NULL;
    call->log.connection = c->number;
    call->log.data = &call->log_ctx;
    call->log.handler = call_log;
    call->log.action = "calling a service";

    c->log = &call->log;
    c->read->log = c->log;
    c->write->log = c->log;
    c->pool->log = c->log;

    call->http.conf_ctx = server->ctx;
    c->data = &call->http;

    if (&ngx_stat_active) {
        (void) ngx_atomic_fetch_add(ngx_stat_active, 1);
    }

    return c;
}


/* Nobody is there: nothing is polled, sent, delayed or kept alive. */
static void
connection_quiet(ngx_connection_t *c)
{
    c->sockaddr = (struct sockaddr *) &call_sockaddr;
    c->socklen = sizeof(call_sockaddr);
    c->local_sockaddr = (struct sockaddr *) &call_sockaddr;
    c->local_socklen = sizeof(call_sockaddr);
    ngx_str_set(&c->addr_text, "unix:");

    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    c->start_time = ngx_current_msec;
    c->log_error = NGX_ERROR_INFO;
    c->tcp_nodelay = NGX_TCP_NODELAY_DISABLED;
    c->tcp_nopush = NGX_TCP_NOPUSH_DISABLED;

    c->recv = ngx_recv;
    c->send = ngx_send;
    c->recv_chain = ngx_recv_chain;
    c->send_chain = ngx_send_chain;

    c->read->active = 1;
    c->read->eof = 1;
    c->write->ready = 1;

    /* Where events are not of the edge, what is active is taken out. */
    c->write->active = (ngx_event_flags & NGX_USE_CLEAR_EVENT) != 0;
}


/* Which task it is about stands in every line of the error log. */
static u_char *
call_log(ngx_log_t *log, u_char *buf, size_t len)
{
    u_char                     *p;
    ngx_str_t                  *fields;
    ngx_http_request_t         *r;
    ngx_http_cloudflow_call_t  *call;

    call = log->data;
    fields = call->fields;
    r = call->log_ctx.request;

    if (log->action) {
        p = ngx_snprintf(buf, len, " while %s", log->action);
        len -= p - buf;
        buf = p;
    }

    p = ngx_snprintf(buf, len, ", cloudflow flow: \"%V\", execution: \"%V\", "
                     "step: \"%V\", resource: \"%V\"",
                     &fields[NGX_HTTP_CLOUDFLOW_FIELD_FLOW],
                     &fields[NGX_HTTP_CLOUDFLOW_FIELD_EXECUTION],
                     &fields[NGX_HTTP_CLOUDFLOW_FIELD_STEP],
                     &fields[NGX_HTTP_CLOUDFLOW_FIELD_TARGET]);
    len -= p - buf;

    if (r == NULL) {
        return p;
    }

    buf = p;
    p = r->log_handler(r, call->log_ctx.current_request, p, len);
    secret_hide(call, buf, p);

    return p;
}


/* The query that went to the service may stand there. */
static void
secret_hide(ngx_http_cloudflow_call_t *call, u_char *from, u_char *last)
{
    size_t      len;
    u_char     *p;
    ngx_str_t  *args;

    args = &call->fields[NGX_HTTP_CLOUDFLOW_FIELD_ARGS];
    len = call->args_secret;

    for (p = from; len > 0 && p < last; p++) {

        if (ngx_memcmp(p, args->data + args->len - len,
                       ngx_min(len, (size_t) (last - p)))
            == 0)
        {
            ngx_memset(p, '*', ngx_min(len, (size_t) (last - p)));
        }
    }
}


static ngx_int_t
request_create(ngx_http_cloudflow_call_t *call, ngx_connection_t *c,
    ngx_str_t *uri)
{
    ngx_pool_cleanup_t  *cln;
    ngx_http_request_t  *r;

    r = ngx_http_create_request(c);
    if (r == NULL) {
        return NGX_ERROR;
    }

    c->data = r;
    cln = ngx_pool_cleanup_add(r->pool, 0);

    if (cln == NULL || request_fill(call, r, uri) != NGX_OK) {
        r->logged = 1;
        ngx_http_free_request(r, 0);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_cloudflow_call_over;
    cln->data = call;

    return NGX_OK;
}


static ngx_int_t
request_fill(ngx_http_cloudflow_call_t *call, ngx_http_request_t *r,
    ngx_str_t *uri)
{
    r->internal = 1;
    r->filter_need_in_memory = 1;
    r->main_filter_need_in_memory = 1;

    if (request_line(call, r, uri) != NGX_OK
        || request_headers(call, r) != NGX_OK
        || request_host(call, r) != NGX_OK
        || request_body(call, r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->http_state = NGX_HTTP_PROCESS_REQUEST_STATE;

    return NGX_OK;
}


static ngx_int_t
request_line(ngx_http_cloudflow_call_t *call, ngx_http_request_t *r,
    ngx_str_t *uri)
{
    u_char      *p;
    ngx_str_t    shown;
    ngx_uint_t   i;

    r->method_name = call->fields[NGX_HTTP_CLOUDFLOW_FIELD_METHOD];
    r->args = call->fields[NGX_HTTP_CLOUDFLOW_FIELD_ARGS];
    r->schema = call->fields[NGX_HTTP_CLOUDFLOW_FIELD_SCHEME];
    r->uri = *uri;

    for (i = 0; i < wf_countof(methods); i++) {
        if (methods[i].name.len == r->method_name.len
            && ngx_memcmp(methods[i].name.data, r->method_name.data,
                          r->method_name.len) == 0)
        {
            r->method = methods[i].method;
        }
    }

    r->http_version = NGX_HTTP_VERSION_11;
    r->http_major = 1;
    r->http_minor = 1;
    ngx_str_set(&r->http_protocol, "HTTP/1.1");

    /* The line is what logs show. */

    shown = r->args;
    shown.len -= call->out->request.args_secret;

    p = ngx_pnalloc(r->pool, r->method_name.len + 2 * (uri->len + r->args.len)
                             + sizeof(" ?? HTTP/1.1"));
    if (p == NULL) {
        return NGX_ERROR;
    }

    r->unparsed_uri.data = p;
    p = ngx_sprintf(p, "%V%s%V", uri, r->args.len ? "?" : "", &r->args);
    r->unparsed_uri.len = p - r->unparsed_uri.data;
    r->valid_unparsed_uri = 1;

    r->request_line.data = p;
    p = ngx_sprintf(p, "%V %V%s%V HTTP/1.1", &r->method_name, uri,
                    shown.len ? "?" : "", &shown);
    r->request_line.len = p - r->request_line.data;

    ngx_http_set_exten(r);

    return NGX_OK;
}


static ngx_int_t
request_headers(ngx_http_cloudflow_call_t *call, ngx_http_request_t *r)
{
    uint32_t               i;
    ngx_str_t              name, value;
    ngx_table_elt_t       *h;
    wf_service_request_t  *request;

    request = &call->out->request;

    if (ngx_list_init(&r->headers_in.headers, r->pool, 12,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < request->header_count; i++) {

        if (str_copy(r->pool, &name, request->headers[i].name) != NGX_OK
            || str_copy(r->pool, &value, request->headers[i].value) != NGX_OK)
        {
            return NGX_ERROR;
        }

        h = header_add(r, &name, &value);

        if (h == NULL || header_known(r, h) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* What variables and modules look at.  Not those by which nginx would make
 * another answer than the service's (ranges, conditions). */
static ngx_int_t
header_known(ngx_http_request_t *r, ngx_table_elt_t *h)
{
    ngx_uint_t                  i;
    ngx_table_elt_t           **place;
    ngx_http_header_t          *header;
    ngx_http_core_main_conf_t  *cmcf;

    for (i = 0; i < wf_countof(known_headers); i++) {
        if (known_headers[i].len == h->key.len
            && ngx_memcmp(known_headers[i].data, h->key.data, h->key.len) == 0)
        {
            break;
        }
    }

    if (i == wf_countof(known_headers)) {
        return NGX_OK;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);
    header = ngx_hash_find(&cmcf->headers_in_hash, h->hash, h->lowcase_key,
                           h->key.len);

    if (header == NULL) {
        return NGX_OK;
    }

    place = (ngx_table_elt_t **) ((char *) &r->headers_in + header->offset);

#if (nginx_version >= 1023000)

    while (*place) {
        place = &(*place)->next;
    }

#else

    if (i < KNOWN_LISTS) {
        return header_listed(r, (ngx_array_t *) place, h);
    }

    if (*place) {
        return NGX_OK;
    }

#endif

    *place = h;

    return NGX_OK;
}


#if (nginx_version < 1023000)

static ngx_int_t
header_listed(ngx_http_request_t *r, ngx_array_t *list, ngx_table_elt_t *h)
{
    ngx_table_elt_t  **place;

    if (list->elts == NULL
        && ngx_array_init(list, r->pool, 1, sizeof(ngx_table_elt_t *))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    place = ngx_array_push(list);
    if (place == NULL) {
        return NGX_ERROR;
    }

    *place = h;

    return NGX_OK;
}

#endif


/* name is in lower case. */
static ngx_table_elt_t *
header_add(ngx_http_request_t *r, ngx_str_t *name, ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_in.headers);
    if (h == NULL) {
        return NULL;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));
    h->hash = ngx_hash_key(name->data, name->len);
    h->key = *name;
    h->value = *value;
    h->lowcase_key = name->data;

    return h;
}


/* $host is the name in a URL; else the server's, as for a request without. */
static ngx_int_t
request_host(ngx_http_cloudflow_call_t *call, ngx_http_request_t *r)
{
    u_char     *p, *last;
    ngx_str_t   name, host;

    host = call->fields[NGX_HTTP_CLOUDFLOW_FIELD_HOST];

    if (host.len == 0) {
        return NGX_OK;
    }

    ngx_str_set(&name, "host");
    r->headers_in.host = header_add(r, &name, &host);

    if (r->headers_in.host == NULL) {
        return NGX_ERROR;
    }

    last = host.data + host.len;
    p = last;

    while (p > host.data && p[-1] >= '0' && p[-1] <= '9') {
        p--;
    }

    if (p > host.data && p[-1] == ':' && p < last) {
        host.len = p - 1 - host.data;
    }

    r->headers_in.server = host;

    return NGX_OK;
}


/* Present even when there is none, so that nobody reads a client. */
static ngx_int_t
request_body(ngx_http_cloudflow_call_t *call, ngx_http_request_t *r)
{
    ngx_str_t                 body;
    ngx_buf_t                *b;
    ngx_chain_t              *cl;
    ngx_http_request_body_t  *rb;

    rb = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));
    if (rb == NULL) {
        return NGX_ERROR;
    }

    r->request_body = rb;

    if (call->out->request.body.len == 0) {
        return r->method == NGX_HTTP_GET || r->method == NGX_HTTP_HEAD
               || r->method == NGX_HTTP_DELETE
               ? NGX_OK : body_length(r, 0);
    }

    b = ngx_calloc_buf(r->pool);
    cl = ngx_alloc_chain_link(r->pool);

    if (b == NULL || cl == NULL
        || str_copy(r->pool, &body, call->out->request.body) != NGX_OK)
    {
        return NGX_ERROR;
    }

    b->start = body.data;
    b->pos = body.data;
    b->last = body.data + body.len;
    b->end = b->last;
    b->memory = 1;
    b->last_buf = 1;

    cl->buf = b;
    cl->next = NULL;
    rb->bufs = cl;
    rb->buf = b;

    return body_length(r, body.len);
}


static ngx_int_t
body_length(ngx_http_request_t *r, size_t len)
{
    ngx_str_t  name, value;

    ngx_str_set(&name, "content-length");

    value.data = ngx_pnalloc(r->pool, NGX_SIZE_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%uz", len) - value.data;

    r->headers_in.content_length_n = len;
    r->headers_in.content_length = header_add(r, &name, &value);

    return r->headers_in.content_length ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
str_copy(ngx_pool_t *pool, ngx_str_t *to, wf_str_t from)
{
    to->len = from.len;
    to->data = ngx_pnalloc(pool, from.len + 1);

    if (to->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(to->data, from.data, from.len);
    to->data[from.len] = '\0';

    return NGX_OK;
}


/* The door that nginx itself uses when a shutdown takes too long. */
void
ngx_http_cloudflow_call_end(ngx_http_cloudflow_call_t *call)
{
    ngx_connection_t  *c;

    c = call->connection;

    if (c == NULL) {
        return;
    }

    c->close = 1;
    c->error = 1;
    c->read->handler(c->read);
}
