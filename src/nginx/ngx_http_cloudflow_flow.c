
/*
 * Declared flows.  A definition that does not compile is a mistake of the
 * configuration, found by nginx -t with its line and column.  The first worker
 * asks for each flow what the store has, and creates or updates it by calls
 * like those of clients.  A flow that is not declared any more is left alone:
 * it may have executions.
 */

#include "nginx/ngx_http_cloudflow_flow.h"
#include "nginx/ngx_http_cloudflow_worker.h"
#include "base/utf8.h"
#include "wire/shape.h"


#define RETRY_MS      500
#define RETRY_MS_MAX  30000


typedef struct {
    ngx_str_t    name;
    ngx_str_t    file;
    ngx_str_t    definition;
    ngx_str_t    role;
    ngx_str_t    description;
    wf_mode_t    mode;
} flow_t;

/* The flow that is being looked at; one at a time. */
typedef struct {
    ngx_http_cloudflow_main_conf_t  *conf;      /* NULL: nothing to do */
    ngx_uint_t                       place;
    wf_call_t                       *call;
    ngx_event_t                      timer;
    ngx_msec_t                       delay;
    ngx_uint_t                       missed;    /* 1: look at all again */
} flows_t;

typedef struct {
    ngx_str_t      name;
    size_t         offset;
} option_t;


static ngx_int_t definition_read(ngx_conf_t *cf, flow_t *flow);
static ngx_int_t definition_check(ngx_conf_t *cf, flow_t *flow,
    uint64_t map_concurrency);
static char *option_set(ngx_conf_t *cf, flow_t *flow, ngx_str_t *word);
static void flows_handler(ngx_event_t *ev);
static void flow_ask(void);
static void flow_asked(wf_call_t *call);
static void flow_write(const char *action);
static void flow_written(wf_call_t *call);
static ngx_uint_t flow_differs(const flow_t *flow,
    const wf_flow_view_t *view);
static void flow_failed(const wf_error_t *err);
static void flow_later(void);
static void flow_next(void);


static flows_t           flows;
static ngx_connection_t  dumb = { .fd = (ngx_socket_t) -1 };

static const option_t  options[] = {
    { ngx_string("role="), offsetof(flow_t, role) },
    { ngx_string("description="), offsetof(flow_t, description) }
};


char *
ngx_http_cloudflow_flow(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    char        *rc;
    flow_t      *flow, *known;
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    if (!wf_name_valid((wf_str_t) { value[1].len, value[1].data })) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no name of a flow", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (cmcf->flows == NULL) {
        cmcf->flows = ngx_array_create(cf->pool, 4, sizeof(flow_t));

        if (cmcf->flows == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    known = cmcf->flows->elts;

    for (i = 0; i < cmcf->flows->nelts; i++) {
        if (known[i].name.len == value[1].len
            && ngx_strncmp(known[i].name.data, value[1].data, value[1].len)
               == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "duplicate flow \"%V\"",
                               &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    flow = ngx_array_push(cmcf->flows);
    if (flow == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(flow, sizeof(flow_t));
    flow->name = value[1];
    flow->file = value[2];

    for (i = 3; i < cf->args->nelts; i++) {
        rc = option_set(cf, flow, &value[i]);

        if (rc != NGX_CONF_OK) {
            return rc;
        }
    }

    if (definition_read(cf, flow) != NGX_OK
        || definition_check(cf, flow, WF_CONCURRENCY_RUN_MAX) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
option_set(ngx_conf_t *cf, flow_t *flow, ngx_str_t *word)
{
    ngx_str_t   *text;
    ngx_uint_t   i;

    if (ngx_strcmp(word->data, "mode=express") == 0) {
        flow->mode = WF_MODE_EXPRESS;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(word->data, "mode=standard") == 0) {
        return NGX_CONF_OK;
    }

    for (i = 0; i < wf_countof(options); i++) {

        if (word->len > options[i].name.len
            && ngx_strncmp(word->data, options[i].name.data,
                           options[i].name.len) == 0)
        {
            text = (ngx_str_t *) ((u_char *) flow + options[i].offset);
            text->data = word->data + options[i].name.len;
            text->len = word->len - options[i].name.len;

            if (wf_utf8_valid((wf_str_t) { text->len, text->data })) {
                return NGX_CONF_OK;
            }

            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "parameter \"%V\" is not UTF-8", word);
            return NGX_CONF_ERROR;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"",
                       word);

    return NGX_CONF_ERROR;
}


static ngx_int_t
definition_read(ngx_conf_t *cf, flow_t *flow)
{
    size_t           size;
    ssize_t          n;
    ngx_fd_t         fd;
    ngx_file_info_t  fi;

    if (ngx_conf_full_name(cf->cycle, &flow->file, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    /* Not blocking: a FIFO would keep nginx from starting. */

    fd = ngx_open_file(flow->file.data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", &flow->file);
        return NGX_ERROR;
    }

    n = -1;

    if (ngx_fd_info(fd, &fi) != NGX_FILE_ERROR && ngx_is_file(&fi)
        && ngx_file_size(&fi) <= WF_REQUEST_BYTES_MAX)
    {
        size = (size_t) ngx_file_size(&fi);
        flow->definition.data = ngx_pnalloc(cf->pool, size + 1);

        if (flow->definition.data != NULL) {
            n = ngx_read_fd(fd, flow->definition.data, size);
        }
    }

    (void) ngx_close_file(fd);

    if (n == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no file of at most %d bytes",
                           &flow->file, WF_REQUEST_BYTES_MAX);
        return NGX_ERROR;
    }

    flow->definition.len = n;

    return NGX_OK;
}


static ngx_int_t
definition_check(ngx_conf_t *cf, flow_t *flow, uint64_t map_concurrency)
{
    wf_rc_t        rc;
    wf_str_t       reason;
    wf_error_t     err;
    wf_program_t  *program;

    wf_error_clear(&err);

    if (wf_compile((wf_str_t) { flow->definition.len, flow->definition.data },
                   flow->mode, &program, &err)
        == WF_OK)
    {
        rc = wf_compile_allowed(program, map_concurrency, &err);
        wf_program_release(program);

        if (rc == WF_OK) {
            return NGX_OK;
        }
    }

    reason = wf_error_arg(&err, 0);
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "flow \"%V\" in \"%V\": %*s",
                       &flow->name, &flow->file, reason.len, reason.data);

    return NGX_ERROR;
}


ngx_int_t
ngx_http_cloudflow_flows_check(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf)
{
    flow_t      *flow;
    ngx_uint_t   i;

    if (cmcf->flows == NULL) {
        return NGX_OK;
    }

    flow = cmcf->flows->elts;

    for (i = 0; i < cmcf->flows->nelts; i++) {

        if (definition_check(cf, &flow[i], cmcf->quota.map_concurrency)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * In a worker
 */

void
ngx_http_cloudflow_flows_init(ngx_http_cloudflow_main_conf_t *conf)
{
    ngx_http_cloudflow_flows_stop();
    ngx_memzero(&flows, sizeof(flows_t));

    if (conf->flows == NULL
        || (ngx_process == NGX_PROCESS_WORKER && ngx_worker != 0))
    {
        return;
    }

    flows.conf = conf;
    flows.delay = RETRY_MS;
    flows.timer.handler = flows_handler;
    flows.timer.data = &dumb;
    flows.timer.log = ngx_cycle->log;
    flows.timer.cancelable = 1;

    ngx_add_timer(&flows.timer, 1);
}


void
ngx_http_cloudflow_flows_stop(void)
{
    if (flows.timer.timer_set) {
        ngx_del_timer(&flows.timer);
    }

    if (flows.call) {
        wf_call_abandon(flows.call);
        flows.call = NULL;
    }

    flows.conf = NULL;
}


static void
flows_handler(ngx_event_t *ev)
{
    flow_ask();
}


static flow_t *
flow_here(void)
{
    return (flow_t *) flows.conf->flows->elts + flows.place;
}


static ngx_int_t
arg_add(wf_call_t *call, wf_arg_id_t id, const ngx_str_t *text)
{
    wf_arg_t  *arg;

    arg = wf_args_add(call->arena, &call->args, id);

    if (arg == NULL) {
        return NGX_ERROR;
    }

    arg->text.data = text->data;
    arg->text.len = text->len;

    return NGX_OK;
}


static wf_call_t *
call_create(const char *action, void (*done)(wf_call_t *call))
{
    wf_call_t  *call;

    call = wf_call_create(ngx_http_cloudflow_worker()->desk);

    if (call == NULL) {
        return NULL;
    }

    call->action = wf_action_find("rpc", wf_str_of(action));
    call->done = done;

    if (arg_add(call, WF_ARG_FLOW, &flow_here()->name) != NGX_OK) {
        wf_call_free(call);
        return NULL;
    }

    flows.call = call;

    return call;
}


static void
flow_ask(void)
{
    wf_call_t  *call;

    call = call_create("DescribeFlow", flow_asked);

    if (call == NULL) {
        flow_later();
        return;
    }

    wf_call_run(call, ngx_http_cloudflow_now());
}


static void
flow_asked(wf_call_t *call)
{
    flow_t            *flow;
    wf_error_t         err;
    wf_flow_view_t    *view;

    flow = flow_here();
    flows.call = NULL;

    if (call->reply.error) {
        err = *call->reply.error;
        wf_call_free(call);

        if (err.code == WF_E_FLOW_NOT_FOUND) {
            flow_write("CreateFlow");

        } else {
            flow_failed(&err);
        }

        return;
    }

    view = call->reply.u.flows;

    if (view->is_express != (flow->mode == WF_MODE_EXPRESS)) {
        wf_call_free(call);
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "cloudflow: flow \"%V\" is there in another mode, which "
                      "cannot be changed: delete it first", &flow->name);
        flow_next();
        return;
    }

    if (flow_differs(flow, view)) {
        wf_call_free(call);
        flow_write("UpdateFlow");
        return;
    }

    wf_call_free(call);
    flow_next();
}


static ngx_uint_t
text_differs(const ngx_str_t *text, wf_str_t other)
{
    return text->len != other.len
           || ngx_memcmp(text->data, other.data, other.len) != 0;
}


/* An option that is not given says nothing about the flow. */
static ngx_uint_t
flow_differs(const flow_t *flow, const wf_flow_view_t *view)
{
    return text_differs(&flow->definition, view->definition)
           || (flow->role.len && text_differs(&flow->role, view->role))
           || (flow->description.len
               && text_differs(&flow->description, view->description));
}


static void
flow_write(const char *action)
{
    flow_t           *flow;
    wf_arg_t         *mode;
    wf_call_t        *call;
    static ngx_str_t  type = ngx_string("FDL");

    flow = flow_here();
    call = call_create(action, flow_written);

    if (call == NULL) {
        flow_later();
        return;
    }

    mode = wf_args_add(call->arena, &call->args, WF_ARG_MODE);

    if (mode == NULL
        || arg_add(call, WF_ARG_DEFINITION, &flow->definition) != NGX_OK
        || arg_add(call, WF_ARG_TYPE, &type) != NGX_OK
        || (flow->description.len
            && arg_add(call, WF_ARG_DESCRIPTION, &flow->description)
               != NGX_OK)
        || (flow->role.len
            && arg_add(call, WF_ARG_ROLE, &flow->role) != NGX_OK))
    {
        flows.call = NULL;
        wf_call_free(call);
        flow_later();
        return;
    }

    mode->number = flow->mode;
    wf_call_run(call, ngx_http_cloudflow_now());
}


static void
flow_written(wf_call_t *call)
{
    wf_error_t  err;

    flows.call = NULL;

    if (call->reply.error == NULL) {
        wf_call_free(call);
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "cloudflow: flow \"%V\" was written",
                      &flow_here()->name);
        flow_next();
        return;
    }

    err = *call->reply.error;
    wf_call_free(call);
    flow_failed(&err);
}


/* Somebody else was faster, or there is no owner: look again.  What takes
 * longer, as a flow too many, keeps no other waiting. */
static void
flow_failed(const wf_error_t *err)
{
    wf_str_t  reason;

    if (wf_error_retryable(err->code) || err->code == WF_E_FLOW_EXISTS) {

        if (err->code != WF_E_THROTTLED && flows.delay < RETRY_MS_MAX) {
            flow_later();
            return;
        }

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "cloudflow: flow \"%V\" could not be written yet: %s",
                      &flow_here()->name, wf_error_symbol(err->code));
        flows.missed = 1;
        flow_next();
        return;
    }

    reason = wf_error_arg(err, 0);
    ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                  "cloudflow: flow \"%V\" could not be written: %*s",
                  &flow_here()->name, reason.len, reason.data);
    flow_next();
}


static void
flow_later(void)
{
    ngx_add_timer(&flows.timer, flows.delay);
    flows.delay = ngx_min(2 * flows.delay, RETRY_MS_MAX);
}


/* Never from inside of the answer to the one before. */
static void
flow_next(void)
{
    flows.delay = RETRY_MS;

    if (++flows.place < flows.conf->flows->nelts) {
        ngx_add_timer(&flows.timer, 1);
        return;
    }

    if (flows.missed) {
        flows.missed = 0;
        flows.place = 0;
        ngx_add_timer(&flows.timer, RETRY_MS_MAX);
    }
}
