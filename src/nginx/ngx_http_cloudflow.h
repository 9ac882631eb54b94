
/*
 * Configuration structures and the worker's own state.  Nothing else: each
 * part of the glue has a header of its own.
 */

#ifndef NGX_HTTP_CLOUDFLOW_H
#define NGX_HTTP_CLOUDFLOW_H


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "actions/desk.h"
#include "base/bucket.h"
#include "wire/credentials.h"
#include "wire/wire.h"


/* Limits and defaults of the glue. */
#define NGX_HTTP_CLOUDFLOW_SHARDS          2       /* of a new store */
#define NGX_HTTP_CLOUDFLOW_READERS         1       /* threads per worker */
#define NGX_HTTP_CLOUDFLOW_READERS_MAX     16
#define NGX_HTTP_CLOUDFLOW_BODY_MAX        (64 * 1024 * 1024)
#define NGX_HTTP_CLOUDFLOW_STORE_REST_MS   1000    /* idle, then checkpoint */
#define NGX_HTTP_CLOUDFLOW_CALLS           512     /* in flight per worker */
#define NGX_HTTP_CLOUDFLOW_CALLS_MAX       65536
#define NGX_HTTP_CLOUDFLOW_CALLS_QUEUE     100000  /* that wait for a place */
#define NGX_HTTP_CLOUDFLOW_RESPONSE_SIZE   (1024 * 1024)
#define NGX_HTTP_CLOUDFLOW_THROTTLES       32      /* rows of buckets */
#define NGX_HTTP_CLOUDFLOW_ACTIONS         128     /* buckets of a row */


/* One credentials file, shared by the locations that name it. */
typedef struct {
    ngx_str_t    name;
    wf_arena_t  *arena;             /* lives as long as the cycle */
    wf_keys_t    keys;
} ngx_http_cloudflow_keys_t;


typedef struct {
    ngx_str_t         store;        /* directory; empty: module not in use */
    ngx_uint_t        shards;
    ngx_uint_t        readers;
    ngx_msec_t        owner_wait;
    ngx_msec_t        activity_poll;
    ngx_msec_t        swf_poll;
    ngx_shm_zone_t   *zone;
    ngx_array_t       keys;         /* ngx_http_cloudflow_keys_t * */
    ngx_uint_t        apis;         /* locations that need the store */

    wf_quota_t        quota;
    ngx_uint_t        throttles;    /* rows of buckets in use */
    ngx_uint_t        express_history;  /* also of what schedules start */

    ngx_msec_t        retention_age;    /* 0: for ever */
    ngx_msec_t        retention_grace;
    ngx_uint_t        retention_count;  /* in the store; 0: any number */

    ngx_array_t      *flows;        /* declared ones; NULL: none */
    ngx_array_t      *regions;      /* wf_region_t; NULL: none is said */
    wf_mock_config_t *mocks;        /* NULL: none */
    ngx_array_t       resources;    /* ngx_http_cloudflow_resource_t */
    ngx_http_cloudflow_keys_t  *signing_keys;   /* NULL: no file */
    wf_connections_t           *connections;    /* NULL: no file */
    ngx_uint_t        calls;
    ngx_uint_t        calls_queue;
    size_t            response_size;

    /* Whose locations resources name: cloudflow_tasks, else the first with an
     * API. */
    ngx_http_core_srv_conf_t  *tasks_server;
    ngx_http_core_srv_conf_t  *api_server;

    u_char            token_key[32];    /* the store's; read by the master */
} ngx_http_cloudflow_main_conf_t;


/* A location that is a flow. */
typedef struct {
    ngx_str_t                   action;
    ngx_http_complex_value_t   *flow;
    ngx_http_complex_value_t   *name;       /* NULL: a fresh one */
} ngx_http_cloudflow_door_t;


/* What one level says of throttling.  Buckets of size 0: nothing. */
typedef struct {
    ngx_uint_t    row;              /* in the zone */
    unsigned      off:1;
    unsigned      published:1;      /* actions without one have this preset */
    wf_bucket_t   rest;             /* or this */
    wf_bucket_t   buckets[NGX_HTTP_CLOUDFLOW_ACTIONS];
} ngx_http_cloudflow_throttle_t;


typedef struct {
    ngx_array_t                *protocols;  /* wf_protocol_t *; NULL: none */
    ngx_http_cloudflow_door_t  *door;       /* NULL: none */
    ngx_http_cloudflow_keys_t  *keys;       /* NULL: no authentication */
    ngx_msec_t                  clock_skew;
    ngx_flag_t                  replay_check;
    ngx_str_t                   account;    /* of Amazon's ARNs; empty: the
                                               usual one */
    ngx_flag_t                  express_history;
    ngx_http_cloudflow_throttle_t  *throttle;   /* NULL: none */
} ngx_http_cloudflow_loc_conf_t;


extern ngx_module_t  ngx_http_cloudflow_module;


#endif /* NGX_HTTP_CLOUDFLOW_H */
