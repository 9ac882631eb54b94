
/*
 * A POST to the location removes everything, and is answered when that is
 * done; it goes on to its end if the client does not wait.  Who may send one
 * the location says by nginx's own means.
 */

#include "nginx/ngx_http_cloudflow_reset.h"
#include "nginx/ngx_http_cloudflow_flow.h"
#include "nginx/ngx_http_cloudflow_page.h"
#include "nginx/ngx_http_cloudflow_worker.h"


#define DONE    "{\"status\":\"ok\"}"
#define FAILED  "{\"status\":\"unavailable\"}"

/* In the call's arena. */
typedef struct {
    ngx_http_request_t  *request;   /* NULL: gone */
    ngx_http_cleanup_t  *cleanup;   /* its */
} reset_t;


static ngx_int_t reset_handler(ngx_http_request_t *r);
static void reset_gone(void *data);
static void reset_done(wf_call_t *call);
static ngx_int_t reset_answer(ngx_http_request_t *r, ngx_uint_t failed);


/* cloudflow_reset; */
char *
ngx_http_cloudflow_reset(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t        *core;
    ngx_http_cloudflow_main_conf_t  *cmcf;

    core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    core->handler = reset_handler;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cloudflow_module);
    cmcf->apis++;

    return NGX_CONF_OK;
}


static ngx_int_t
reset_handler(ngx_http_request_t *r)
{
    ngx_int_t                     rc;
    wf_call_t                    *call;
    reset_t                      *reset;
    ngx_http_cleanup_t           *cln;
    ngx_http_cloudflow_worker_t  *worker;

    if (r->method != NGX_HTTP_POST) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    worker = ngx_http_cloudflow_worker();

    if (worker == NULL) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    cln = ngx_http_cleanup_add(r, 0);
    call = cln ? wf_call_create(worker->desk) : NULL;

    if (call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    reset = wf_arena_calloc(call->arena, sizeof(reset_t));

    if (reset == NULL) {
        wf_call_free(call);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                  "cloudflow: everything is being removed");

    reset->request = r;
    reset->cleanup = cln;
    cln->handler = reset_gone;
    cln->data = reset;
    call->action = wf_desk_reset();
    call->done = reset_done;
    call->data = reset;
    r->main->count++;
    ngx_http_cloudflow_worker_busy();
    wf_call_run(call, ngx_http_cloudflow_now());

    return NGX_DONE;
}


static void
reset_gone(void *data)
{
    reset_t  *reset;

    reset = data;
    reset->request = NULL;
}


static void
reset_done(wf_call_t *call)
{
    reset_t             *reset;
    ngx_uint_t           failed;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    reset = call->data;
    r = reset->request;
    failed = call->reply.error != NULL;

    if (r != NULL) {
        c = r->connection;
        reset->cleanup->handler = NULL;
        ngx_http_finalize_request(r, reset_answer(r, failed));
        ngx_http_run_posted_requests(c);
    }

    wf_call_free(call);
}


static ngx_int_t
reset_answer(ngx_http_request_t *r, ngx_uint_t failed)
{
    ngx_buf_t  *b;

    b = ngx_create_temp_buf(r->pool, sizeof(FAILED));

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_sprintf(b->last, failed ? FAILED : DONE);

    return ngx_http_cloudflow_page_send(r, failed
                                           ? NGX_HTTP_SERVICE_UNAVAILABLE
                                           : NGX_HTTP_OK,
                                        NGX_HTTP_CLOUDFLOW_PAGE_JSON, b);
}


void
ngx_http_cloudflow_reset_tell(uint64_t flow_no)
{
    ngx_http_cloudflow_zone_t  *zone;

    zone = ngx_http_cloudflow_worker()->zone;

    if (flow_no > __atomic_load_n(&zone->reset_no, __ATOMIC_RELAXED)) {
        __atomic_store_n(&zone->reset_no, flow_no, __ATOMIC_RELAXED);
    }

    (void) __atomic_add_fetch(&zone->resets, 1, __ATOMIC_RELEASE);
}


/* Flows that the configuration declares come again. */
void
ngx_http_cloudflow_reset_look(void)
{
    uint64_t                      resets;
    ngx_http_cloudflow_worker_t  *worker;

    worker = ngx_http_cloudflow_worker();
    resets = __atomic_load_n(&worker->zone->resets, __ATOMIC_ACQUIRE);

    if (resets == worker->resets) {
        return;
    }

    worker->resets = resets;
    wf_desk_was_reset(worker->desk,
                      __atomic_load_n(&worker->zone->reset_no,
                                      __ATOMIC_RELAXED),
                      ngx_http_cloudflow_now());

    if (!worker->quitting) {
        ngx_http_cloudflow_flows_init(worker->conf);
    }
}
