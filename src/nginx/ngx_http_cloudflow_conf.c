
/*
 * Directives.  Everything that can be wrong in a configuration is found
 * here, with file and line; nothing is created or migrated.
 */

#include "nginx/ngx_http_cloudflow_call.h"
#include "nginx/ngx_http_cloudflow_conf.h"
#include "nginx/ngx_http_cloudflow_credentials.h"
#include "nginx/ngx_http_cloudflow_flow.h"
#include "nginx/ngx_http_cloudflow_folder.h"
#include "nginx/ngx_http_cloudflow_handler.h"
#include "nginx/ngx_http_cloudflow_limit.h"
#include "nginx/ngx_http_cloudflow_resource.h"
#include "nginx/ngx_http_cloudflow_sign.h"
#include "nginx/ngx_http_cloudflow_status.h"
#include "nginx/ngx_http_cloudflow_zone.h"


#define OWNER_WAIT_MS      15000
#define OWNER_WAIT_MS_MAX  (60 * 60 * 1000)
#define ACTIVITY_POLL_MS      60000
#define ACTIVITY_POLL_MS_MAX  (60 * 60 * 1000)
#define SWF_POLL_MS           58000         /* clients give up after 60 s */
#define CLOCK_SKEW_MS      (15 * 60 * 1000)     /* cloudflow-api 1.7 */
#define ACCOUNT_LEN        12
#define NGINX_BODY_MAX     (1024 * 1024)        /* nginx's own default */


static const wf_protocol_t  *protocols[] = {
    &wf_protocol_rpc,
    &wf_protocol_sfn,
    &wf_protocol_swf
};

/* As cloudflow_api names them, in the order of protocols. */
static ngx_str_t  protocol_names[] = {
    ngx_string("cloudflow"),
    ngx_string("stepfunctions"),
    ngx_string("swf")
};


static ngx_int_t tasks_check(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf);
static void api_inherit(ngx_conf_t *cf, ngx_http_cloudflow_loc_conf_t *prev,
    ngx_http_cloudflow_loc_conf_t *conf);
static void body_limits(ngx_conf_t *cf);


void *
ngx_http_cloudflow_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_cloudflow_main_conf_t  *cmcf;

    cmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_cloudflow_main_conf_t));
    if (cmcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&cmcf->keys, cf->pool, 2,
                       sizeof(ngx_http_cloudflow_keys_t *))
        != NGX_OK
        || ngx_array_init(&cmcf->resources, cf->pool, 4,
                          sizeof(ngx_http_cloudflow_resource_t))
           != NGX_OK)
    {
        return NULL;
    }

    cmcf->shards = NGX_CONF_UNSET_UINT;
    cmcf->readers = NGX_CONF_UNSET_UINT;
    cmcf->owner_wait = NGX_CONF_UNSET_MSEC;
    cmcf->activity_poll = NGX_CONF_UNSET_MSEC;
    cmcf->swf_poll = NGX_CONF_UNSET_MSEC;
    cmcf->response_size = NGX_CONF_UNSET_SIZE;
    cmcf->retention_age = NGX_CONF_UNSET_MSEC;
    cmcf->signing_keys = NGX_CONF_UNSET_PTR;
    cmcf->connections = NGX_CONF_UNSET_PTR;

    return cmcf;
}


char *
ngx_http_cloudflow_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_cloudflow_main_conf_t  *cmcf = conf;

    ngx_conf_init_uint_value(cmcf->readers, NGX_HTTP_CLOUDFLOW_READERS);
    ngx_conf_init_msec_value(cmcf->owner_wait, OWNER_WAIT_MS);
    ngx_conf_init_msec_value(cmcf->activity_poll, ACTIVITY_POLL_MS);
    ngx_conf_init_msec_value(cmcf->swf_poll, SWF_POLL_MS);
    ngx_conf_init_size_value(cmcf->response_size,
                             NGX_HTTP_CLOUDFLOW_RESPONSE_SIZE);
    ngx_conf_init_ptr_value(cmcf->signing_keys, NULL);
    ngx_conf_init_ptr_value(cmcf->connections, NULL);

    if (cmcf->calls == 0) {
        cmcf->calls = NGX_HTTP_CLOUDFLOW_CALLS;
    }

    if (cmcf->calls_queue == 0) {
        cmcf->calls_queue = NGX_HTTP_CLOUDFLOW_CALLS_QUEUE;
    }

    if (cmcf->readers == 0
        || cmcf->readers > NGX_HTTP_CLOUDFLOW_READERS_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_readers\" must be between 1 and %d",
                           NGX_HTTP_CLOUDFLOW_READERS_MAX);
        return NGX_CONF_ERROR;
    }

    if (cmcf->owner_wait > OWNER_WAIT_MS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_owner_wait\" must not be longer than "
                           "one hour");
        return NGX_CONF_ERROR;
    }

    if (cmcf->activity_poll > ACTIVITY_POLL_MS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_activity_poll\" must not be longer "
                           "than one hour");
        return NGX_CONF_ERROR;
    }

    if (cmcf->swf_poll > ACTIVITY_POLL_MS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_swf_poll\" must not be longer than "
                           "one hour");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_cloudflow_folder_check(cf, cmcf) != NGX_OK
        || ngx_http_cloudflow_limit_init(cf, cmcf) != NGX_OK
        || ngx_http_cloudflow_sign_check(cf, cmcf) != NGX_OK
        || ngx_http_cloudflow_flows_check(cf, cmcf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


void *
ngx_http_cloudflow_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_cloudflow_loc_conf_t  *clcf;

    clcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_cloudflow_loc_conf_t));
    if (clcf == NULL) {
        return NULL;
    }

    clcf->keys = NGX_CONF_UNSET_PTR;
    clcf->throttle = NGX_CONF_UNSET_PTR;
    clcf->clock_skew = NGX_CONF_UNSET_MSEC;
    clcf->replay_check = NGX_CONF_UNSET;
    clcf->express_history = NGX_CONF_UNSET;

    return clcf;
}


char *
ngx_http_cloudflow_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_cloudflow_loc_conf_t *prev = parent;
    ngx_http_cloudflow_loc_conf_t *conf = child;

    ngx_conf_merge_ptr_value(conf->keys, prev->keys, NULL);
    ngx_conf_merge_ptr_value(conf->throttle, prev->throttle, NULL);
    ngx_conf_merge_str_value(conf->account, prev->account, "");
    ngx_conf_merge_msec_value(conf->clock_skew, prev->clock_skew,
                              CLOCK_SKEW_MS);
    ngx_conf_merge_value(conf->replay_check, prev->replay_check, 1);
    ngx_conf_merge_value(conf->express_history, prev->express_history, 0);

    api_inherit(cf, prev, conf);

    if (conf->protocols) {
        body_limits(cf);
    }

    return NGX_CONF_OK;
}


/*
 * cloudflow_api sets a handler and so is not inherited, but "if" and
 * "limit_except" only look like locations: a request that enters one is
 * still for the API (or comes with its handler already).
 */
static void
api_inherit(ngx_conf_t *cf, ngx_http_cloudflow_loc_conf_t *prev,
    ngx_http_cloudflow_loc_conf_t *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (!clcf->noname || conf->protocols || prev->protocols == NULL) {
        return;
    }

    conf->protocols = prev->protocols;
    conf->door = prev->door;

    if (clcf->lmt_excpt && clcf->handler == NULL) {
        clcf->handler = ngx_http_cloudflow_handler;
    }
}


/*
 * nginx's default of 1m would answer in HTML what the API has an error of
 * its own for, and is less than a form of legal size when percent-encoded.
 * The core module has merged before us.
 */
static void
body_limits(ngx_conf_t *cf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->client_max_body_size == NGINX_BODY_MAX) {
        clcf->client_max_body_size = NGX_HTTP_CLOUDFLOW_BODY_MAX;
    }
}


ngx_int_t
ngx_http_cloudflow_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_cloudflow_loc_conf_t   *clcf;
    ngx_http_cloudflow_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cloudflow_module);

    /* Schedules belong to no location: they have what http says. */

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_cloudflow_module);
    cmcf->express_history = clcf->express_history == 1;

    if (cmcf->store.len == 0 && cmcf->apis == 0 && cmcf->zone == NULL
        && cmcf->resources.nelts == 0 && cmcf->flows == NULL)
    {
        return NGX_OK;
    }

    if (cmcf->store.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_store\" is required by "
                           "\"cloudflow_api\", \"cloudflow_status\", "
                           "\"cloudflow_resource\", \"cloudflow_flow\" "
                           "and \"cloudflow_zone\"");
        return NGX_ERROR;
    }

    if (cmcf->zone == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_zone\" is required by "
                           "\"cloudflow_store\"");
        return NGX_ERROR;
    }

    if (tasks_check(cf, cmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_cloudflow_zone_setup(cf, cmcf);
}


static ngx_int_t
tasks_check(ngx_conf_t *cf, ngx_http_cloudflow_main_conf_t *cmcf)
{
    if (cmcf->resources.nelts == 0) {
        return NGX_OK;
    }

    if (cmcf->tasks_server == NULL) {
        cmcf->tasks_server = cmcf->api_server;
    }

    if (cmcf->tasks_server == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_resource\" needs a server with "
                           "\"cloudflow_tasks\" or \"cloudflow_api\"");
        return NGX_ERROR;
    }

    ngx_http_cloudflow_call_filters();

    return NGX_OK;
}


/* cloudflow_store directory [shards=number]; */
char *
ngx_http_cloudflow_store(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    ngx_str_t  *value;

    if (cmcf->store.len) {
        return "is duplicate";
    }

    value = cf->args->elts;
    cmcf->store = value[1];

    if (cmcf->store.len == 0) {
        return "has an empty directory";
    }

    if (cmcf->store.len > 1
        && cmcf->store.data[cmcf->store.len - 1] == '/')
    {
        cmcf->store.data[--cmcf->store.len] = '\0';
    }

    if (ngx_conf_full_name(cf->cycle, &cmcf->store, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts > 2
        && ngx_http_cloudflow_option(cf, &value[2], "shards=", 1,
                                     WF_SHARDS_MAX, &cmcf->shards)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_cloudflow_option(ngx_conf_t *cf, ngx_str_t *word, const char *name,
    ngx_uint_t min, ngx_uint_t max, ngx_uint_t *value)
{
    size_t     len;
    ngx_int_t  n;

    len = ngx_strlen(name);
    n = NGX_ERROR;

    if (word->len > len && ngx_strncmp(word->data, name, len) == 0) {
        n = ngx_atoi(word->data + len, word->len - len);
    }

    if (n == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"",
                           word);
        return NGX_ERROR;
    }

    if ((ngx_uint_t) n < min || (ngx_uint_t) n > max) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%*s\" must be between %ui and %ui", len - 1,
                           name, min, max);
        return NGX_ERROR;
    }

    *value = n;

    return NGX_OK;
}


/* cloudflow_calls number [queue=number]; */
char *
ngx_http_cloudflow_calls(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    ngx_int_t   n;
    ngx_str_t  *value;

    if (cmcf->calls) {
        return "is duplicate";
    }

    value = cf->args->elts;
    n = ngx_atoi(value[1].data, value[1].len);

    if (n == NGX_ERROR || n == 0 || n > NGX_HTTP_CLOUDFLOW_CALLS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_calls\" must be between 1 and %d",
                           NGX_HTTP_CLOUDFLOW_CALLS_MAX);
        return NGX_CONF_ERROR;
    }

    cmcf->calls = n;

    if (cf->args->nelts > 2
        && ngx_http_cloudflow_option(cf, &value[2], "queue=", 1,
                                     NGX_MAX_INT32_VALUE, &cmcf->calls_queue)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* cloudflow_tasks; */
char *
ngx_http_cloudflow_tasks(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    if (cmcf->tasks_server) {
        return "is duplicate";
    }

    cmcf->tasks_server = ngx_http_conf_get_module_srv_conf(cf,
                                                       ngx_http_core_module);
    return NGX_CONF_OK;
}


/* cloudflow_region id [endpoint [name]]; */
char *
ngx_http_cloudflow_region(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    wf_str_t     *texts[3];
    ngx_str_t    *value;
    ngx_uint_t    i;
    wf_region_t  *region;

    if (cmcf->regions == NULL) {
        cmcf->regions = ngx_array_create(cf->pool, 2, sizeof(wf_region_t));

        if (cmcf->regions == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    region = ngx_array_push(cmcf->regions);
    if (region == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(region, sizeof(wf_region_t));
    texts[0] = &region->id;
    texts[1] = &region->endpoint;
    texts[2] = &region->name;
    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        texts[i - 1]->data = value[i].data;
        texts[i - 1]->len = value[i].len;
    }

    return region->id.len ? NGX_CONF_OK : "has an empty region";
}


/* cloudflow_zone name:size; */
char *
ngx_http_cloudflow_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    u_char     *p;
    ssize_t     size;
    ngx_str_t  *value, name, text;

    if (cmcf->zone) {
        return "is duplicate";
    }

    value = cf->args->elts;
    name = value[1];

    p = (u_char *) ngx_strchr(name.data, ':');

    if (p == NULL || p == name.data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "want name:size, not \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    name.len = p - name.data;
    text.data = p + 1;
    text.len = value[1].data + value[1].len - text.data;

    size = ngx_parse_size(&text);

    if (size == NGX_ERROR || size == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone size \"%V\"", &text);
        return NGX_CONF_ERROR;
    }

    cmcf->zone = ngx_shared_memory_add(cf, &name, size,
                                       &ngx_http_cloudflow_module);
    if (cmcf->zone == NULL) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* cloudflow_api cloudflow; */
char *
ngx_http_cloudflow_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_loc_conf_t *clcf = conf;

    ngx_str_t                       *value;
    ngx_uint_t                       i, j;
    const wf_protocol_t            **protocol;
    ngx_http_core_loc_conf_t        *core;
    ngx_http_cloudflow_main_conf_t  *cmcf;

    if (clcf->protocols) {
        return "is duplicate";
    }

    clcf->protocols = ngx_array_create(cf->pool, 1, sizeof(wf_protocol_t *));
    if (clcf->protocols == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        for (j = 0; j < wf_countof(protocol_names); j++) {
            if (value[i].len == protocol_names[j].len
                && ngx_strncmp(value[i].data, protocol_names[j].data,
                               value[i].len) == 0)
            {
                break;
            }
        }

        if (j == wf_countof(protocol_names)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown API \"%V\"", &value[i]);
            return NGX_CONF_ERROR;
        }

        protocol = ngx_array_push(clcf->protocols);
        if (protocol == NULL) {
            return NGX_CONF_ERROR;
        }

        *protocol = protocols[j];
    }

    core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    core->handler = ngx_http_cloudflow_handler;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cloudflow_module);
    cmcf->apis++;

    if (cmcf->api_server == NULL) {
        cmcf->api_server = ngx_http_conf_get_module_srv_conf(cf,
                                                       ngx_http_core_module);
    }

    return NGX_CONF_OK;
}


/* cloudflow_account number; */
char *
ngx_http_cloudflow_account(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_loc_conf_t *clcf = conf;

    size_t      i;
    ngx_str_t  *value;

    if (clcf->account.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 0; i < value[1].len; i++) {

        if (value[1].data[i] < '0' || value[1].data[i] > '9') {
            break;
        }
    }

    if (value[1].len != ACCOUNT_LEN || i < value[1].len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid account \"%V\", it must have %d digits",
                           &value[1], ACCOUNT_LEN);
        return NGX_CONF_ERROR;
    }

    clcf->account = value[1];

    return NGX_CONF_OK;
}


/* cloudflow_status; */
char *
ngx_http_cloudflow_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t        *core;
    ngx_http_cloudflow_main_conf_t  *cmcf;

    core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    core->handler = ngx_http_cloudflow_status_handler;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cloudflow_module);
    cmcf->apis++;

    return NGX_CONF_OK;
}


/* cloudflow_credentials file | off; */
char *
ngx_http_cloudflow_credentials_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_cloudflow_loc_conf_t *clcf = conf;

    ngx_str_t  *value;

    if (clcf->keys != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        clcf->keys = NULL;
        return NGX_CONF_OK;
    }

    clcf->keys = ngx_http_cloudflow_credentials_read(cf, &value[1]);

    return clcf->keys ? NGX_CONF_OK : NGX_CONF_ERROR;
}
