
/*
 * ngx_http_cloudflow_module: a durable workflow server inside nginx.
 * Declares directives, contexts and process hooks; decides nothing.
 */

#include "nginx/ngx_http_cloudflow.h"
#include "nginx/ngx_http_cloudflow_call.h"
#include "nginx/ngx_http_cloudflow_conf.h"
#include "nginx/ngx_http_cloudflow_connection.h"
#include "nginx/ngx_http_cloudflow_door.h"
#include "nginx/ngx_http_cloudflow_flow.h"
#include "nginx/ngx_http_cloudflow_health.h"
#include "nginx/ngx_http_cloudflow_limit.h"
#include "nginx/ngx_http_cloudflow_mock.h"
#include "nginx/ngx_http_cloudflow_reset.h"
#include "nginx/ngx_http_cloudflow_resource.h"
#include "nginx/ngx_http_cloudflow_sign.h"
#include "nginx/ngx_http_cloudflow_throttle.h"
#include "nginx/ngx_http_cloudflow_variable.h"
#include "nginx/ngx_http_cloudflow_worker.h"


static ngx_command_t  ngx_http_cloudflow_commands[] = {

    /* Where shards live: a directory, made by the master for the worker's
     * user; how many there are is fixed when the store is made. */
    { ngx_string("cloudflow_store"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_http_cloudflow_store,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* Shared memory: leases, rings between workers, execution index. */
    { ngx_string("cloudflow_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_cloudflow_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_readers"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_cloudflow_main_conf_t, readers),
      NULL },

    /* How long a call waits for a shard that changes its owner. */
    { ngx_string("cloudflow_owner_wait"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_cloudflow_main_conf_t, owner_wait),
      NULL },

    { ngx_string("cloudflow_activity_poll"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_cloudflow_main_conf_t, activity_poll),
      NULL },

    { ngx_string("cloudflow_swf_poll"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_cloudflow_main_conf_t, swf_poll),
      NULL },

    /* How long executions are kept that are over, and how many. */
    { ngx_string("cloudflow_retention"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_http_cloudflow_retention,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_limit"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_cloudflow_limit,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_wait_speed"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_cloudflow_wait_speed,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* Which location tasks with such a resource are called through. */
    { ngx_string("cloudflow_resource"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_2MORE,
      ngx_http_cloudflow_resource,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_connections"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_cloudflow_connections,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_signing_keys"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_cloudflow_signing_keys,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* A flow that is to be in the store, with its definition's file. */
    { ngx_string("cloudflow_flow"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_2MORE,
      ngx_http_cloudflow_flow,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* What tasks of test cases answer, as Step Functions Local has it. */
    { ngx_string("cloudflow_mock_config"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_cloudflow_mock_config,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* A region that DescribeRegions names, its endpoint and its name. */
    { ngx_string("cloudflow_region"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE123,
      ngx_http_cloudflow_region,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* Calls of tasks in flight per worker, and how many may wait. */
    { ngx_string("cloudflow_calls"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_http_cloudflow_calls,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_response_size"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_cloudflow_main_conf_t, response_size),
      NULL },

    /* The locations of resources are in this server. */
    { ngx_string("cloudflow_tasks"),
      NGX_HTTP_SRV_CONF|NGX_CONF_NOARGS,
      ngx_http_cloudflow_tasks,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* The location speaks these APIs. */
    { ngx_string("cloudflow_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_cloudflow_api,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    /* Any request to the location starts an execution, under this name. */
    { ngx_string("cloudflow_start"),
      NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF|NGX_CONF_TAKE12,
      ngx_http_cloudflow_door,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    /* Any request to the location runs an Express flow and is answered with
     * its output. */
    { ngx_string("cloudflow_run"),
      NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF|NGX_CONF_TAKE1,
      ngx_http_cloudflow_door,
      NGX_HTTP_LOC_CONF_OFFSET,
      1,
      NULL },

    /* The location says whether every shard can be reached. */
    { ngx_string("cloudflow_health"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_cloudflow_health,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    /* A POST to the location removes everything. */
    { ngx_string("cloudflow_reset"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_cloudflow_reset,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_cloudflow_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    /* Access keys; with a file every request must be signed. */
    { ngx_string("cloudflow_credentials"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cloudflow_credentials_file,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_account"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cloudflow_account,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cloudflow_clock_skew"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cloudflow_loc_conf_t, clock_skew),
      NULL },

    { ngx_string("cloudflow_replay_check"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cloudflow_loc_conf_t, replay_check),
      NULL },

    /* Express executions are written, with their events, when they are over,
     * before the answer is given. */
    { ngx_string("cloudflow_express_history"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cloudflow_loc_conf_t, express_history),
      NULL },

    /* How many calls of an action are taken. */
    { ngx_string("cloudflow_throttle"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE123,
      ngx_http_cloudflow_throttle,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_int_t ngx_http_cloudflow_preconfiguration(ngx_conf_t *cf);


static ngx_http_module_t  ngx_http_cloudflow_module_ctx = {
    ngx_http_cloudflow_preconfiguration,    /* preconfiguration */
    ngx_http_cloudflow_postconfiguration,   /* postconfiguration */

    ngx_http_cloudflow_create_main_conf,    /* create main configuration */
    ngx_http_cloudflow_init_main_conf,      /* init main configuration */

    NULL,                                   /* create server configuration */
    NULL,                                   /* merge server configuration */

    ngx_http_cloudflow_create_loc_conf,     /* create location configuration */
    ngx_http_cloudflow_merge_loc_conf       /* merge location configuration */
};


ngx_module_t  ngx_http_cloudflow_module = {
    NGX_MODULE_V1,
    &ngx_http_cloudflow_module_ctx,         /* module context */
    ngx_http_cloudflow_commands,            /* module directives */
    NGX_HTTP_MODULE,                        /* module type */
    NULL,                                   /* init master */
    ngx_http_cloudflow_init_module,         /* init module */
    ngx_http_cloudflow_init_process,        /* init process */
    NULL,                                   /* init thread */
    NULL,                                   /* exit thread */
    ngx_http_cloudflow_exit_process,        /* exit process */
    NULL,                                   /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_cloudflow_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_cloudflow_call_variables(cf) == NGX_OK
           ? ngx_http_cloudflow_variables(cf) : NGX_ERROR;
}
