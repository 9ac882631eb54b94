
/*
 * Says whether each shard has an owner that this worker can reach, and
 * whether its commits come back.  Looks at shared memory alone: it never
 * waits, whatever the store does.
 */

#include "nginx/ngx_http_cloudflow_health.h"
#include "nginx/ngx_http_cloudflow_lease.h"
#include "nginx/ngx_http_cloudflow_page.h"
#include "nginx/ngx_http_cloudflow_worker.h"


#define OK        "{\"status\":\"ok\",\"shards\":%ui}"
#define BROKEN    "{\"status\":\"unavailable\",\"problems\":["
#define PROBLEM   "%s{\"shard\":%ui,\"problem\":\"%s\"}"
#define PROBLEM_LEN_MAX  (sizeof(PROBLEM) + NGX_INT_T_LEN + 64)


static ngx_int_t health_handler(ngx_http_request_t *r);
static const char *shard_problem(ngx_uint_t shard_no);


/* cloudflow_health; */
char *
ngx_http_cloudflow_health(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t        *core;
    ngx_http_cloudflow_main_conf_t  *cmcf;

    core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    core->handler = health_handler;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cloudflow_module);
    cmcf->apis++;

    return NGX_CONF_OK;
}


static ngx_int_t
health_handler(ngx_http_request_t *r)
{
    ngx_int_t                     rc;
    ngx_buf_t                    *b;
    ngx_uint_t                    i, shards, problems;
    const char                   *problem;
    ngx_http_cloudflow_worker_t  *worker;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
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

    shards = worker->conf->shards;
    problems = 0;
    b = ngx_create_temp_buf(r->pool, sizeof(OK) + sizeof(BROKEN)
                                     + NGX_INT_T_LEN
                                     + shards * PROBLEM_LEN_MAX);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_cpymem(b->last, BROKEN, sizeof(BROKEN) - 1);

    for (i = 0; i < shards; i++) {
        problem = shard_problem(i);

        if (problem) {
            b->last = ngx_sprintf(b->last, PROBLEM, problems++ ? "," : "", i,
                                  problem);
        }
    }

    if (problems == 0) {
        b->last = ngx_sprintf(b->pos, OK, shards);

    } else {
        *b->last++ = ']';
        *b->last++ = '}';
    }

    return ngx_http_cloudflow_page_send(r, problems
                                           ? NGX_HTTP_SERVICE_UNAVAILABLE
                                           : NGX_HTTP_OK,
                                        NGX_HTTP_CLOUDFLOW_PAGE_JSON, b);
}


/* NULL: none. */
static const char *
shard_problem(ngx_uint_t shard_no)
{
    uint32_t                     slot, generation;
    uint64_t                     since_ms;
    ngx_http_cloudflow_lease_t  *lease;

    if (ngx_http_cloudflow_lease_owner(shard_no, &slot, &generation)
        != NGX_OK)
    {
        return "no owner";
    }

    lease = ngx_http_cloudflow_zone_lease(ngx_http_cloudflow_worker()->zone,
                                          shard_no);
    since_ms = __atomic_load_n(&lease->commit_ms, __ATOMIC_RELAXED);

    return since_ms != 0
           && (int64_t) (ngx_current_msec - since_ms)
              > NGX_HTTP_CLOUDFLOW_HEALTH_COMMIT_MS
           ? "a commit hangs" : NULL;
}
