
/*
 * When calls are made, and what became of them.  Every resource has a lane
 * with its calls that wait; lanes take turns, so that a slow service holds up
 * nobody else's.  Bounds: calls in flight in all and per lane, connections
 * that are left to others, calls that wait.  Answers are handed over from
 * events of our own, never from inside nginx's work on the request.
 */

#include "nginx/ngx_http_cloudflow_call.h"
#include "nginx/ngx_http_cloudflow_resource.h"
#include "nginx/ngx_http_cloudflow_sign.h"


#define SLICE               100     /* calls begun, answered in one go */
#define SLICE_NS            1000000 /* of work: then no further ones */
#define SLICE_LOOK          4       /* calls between two looks at the clock */
#define RESERVE_MIN         8       /* connections for others */
#define RESERVE_PART        8       /* of all: an eighth; below a sixteenth
                                       nginx closes idle clients */
#define RETRY_MS            20      /* when there was no connection */
#define DEADLINE_MS_MAX     86400000
#define DEADLINE_GRACE_MS   1000    /* the engine's own comes first */


/* Outlives its configuration until its last call is over. */
struct ngx_http_cloudflow_lane_s {
    ngx_queue_t   queue;            /* of ready lanes, while it is one */
    ngx_queue_t   urgent;           /* somebody waits for the answer here */
    ngx_queue_t   waiting;
    ngx_str_t     uri;              /* behind the structure */
    wf_signer_t  *signer;           /* NULL: nobody signs */
    ngx_uint_t    limit;
    ngx_uint_t    running;
    ngx_uint_t    calls;            /* all that point here */
    unsigned      is_ready:1;
    unsigned      is_retired:1;
};

typedef struct {
    ngx_http_cloudflow_main_conf_t   *conf;
    ngx_http_cloudflow_lane_t       **lanes;    /* as conf->resources */
    ngx_uint_t                        lane_count;
    ngx_queue_t                       ready;
    ngx_queue_t                       over;
    ngx_queue_t                       looks;
    ngx_uint_t                        running;
    ngx_uint_t                        waiting;
    ngx_event_t                       begin_event;
    ngx_event_t                       over_event;
    ngx_event_t                       look_event;
    ngx_event_t                       retry_timer;
    ngx_msec_t                        quit_at;
    unsigned                          is_quitting:1;
} calls_t;


static void event_init(ngx_event_t *ev, ngx_event_handler_pt handler);
static void event_post(ngx_event_t *ev, ngx_queue_t *queue);
static ngx_int_t lanes_create(ngx_http_cloudflow_main_conf_t *conf);
static ngx_uint_t is_leaving(void);
static void lane_free(ngx_http_cloudflow_lane_t *lane);
static void lane_leave(ngx_http_cloudflow_call_t *call);
static ngx_queue_t *lane_queue(ngx_http_cloudflow_lane_t *lane);
static void lane_look(ngx_http_cloudflow_lane_t *lane);
static void lane_line_up(ngx_http_cloudflow_lane_t *lane);
static void gauges_set(void);
static ngx_uint_t is_full(ngx_http_cloudflow_lane_t *lane);
static void call_wait(ngx_http_cloudflow_call_t *call, ngx_int_t place);
static void deadline_set(ngx_http_cloudflow_call_t *call);
static void deadline_handler(ngx_event_t *ev);
static void begin_handler(ngx_event_t *ev);
static ngx_uint_t is_enough(ngx_uint_t n, ngx_http_cloudflow_clock_t since);
static ngx_uint_t has_room(void);
static ngx_uint_t has_connections(void);
static void begin_next(void);
static void call_look(ngx_http_cloudflow_call_t *call);
static void look_handler(ngx_event_t *ev);
static void call_put_over(ngx_http_cloudflow_call_t *call);
static void over_handler(ngx_event_t *ev);
static void call_free(ngx_http_cloudflow_call_t *call);


static calls_t           calls;

/* A timer's data must look like a connection in debug logs. */
static ngx_connection_t  dumb = { .fd = (ngx_socket_t) -1 };


void
ngx_http_cloudflow_call_init(ngx_http_cloudflow_worker_t *worker)
{
    ngx_memzero(&calls, sizeof(calls_t));

    ngx_queue_init(&calls.ready);
    ngx_queue_init(&calls.over);
    ngx_queue_init(&calls.looks);

    event_init(&calls.begin_event, begin_handler);
    event_init(&calls.over_event, over_handler);
    event_init(&calls.look_event, look_handler);
    event_init(&calls.retry_timer, begin_handler);
    calls.retry_timer.cancelable = 1;

    ngx_http_cloudflow_call_reload(worker->conf);

    (void) ngx_http_cloudflow_call_socket(worker->cycle);
}


static void
event_init(ngx_event_t *ev, ngx_event_handler_pt handler)
{
    ev->handler = handler;
    ev->data = &dumb;
    ev->log = ngx_cycle->log;
}


static void
event_post(ngx_event_t *ev, ngx_queue_t *queue)
{
    if (!ev->posted) {
        ngx_post_event(ev, queue);
    }
}


void
ngx_http_cloudflow_call_reload(ngx_http_cloudflow_main_conf_t *conf)
{
    ngx_uint_t                   i;
    ngx_http_cloudflow_lane_t  **old;

    old = calls.lanes;

    for (i = 0; i < calls.lane_count; i++) {
        old[i]->is_retired = 1;

        if (old[i]->calls == 0) {
            lane_free(old[i]);
        }
    }

    if (old) {
        ngx_free(old);
    }

    calls.lanes = NULL;
    calls.lane_count = 0;
    calls.conf = conf;

    if (lanes_create(conf) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "cloudflow: no memory for resources; "
                      "tasks will find none");
    }
}


static ngx_int_t
lanes_create(ngx_http_cloudflow_main_conf_t *conf)
{
    ngx_uint_t                      i;
    ngx_http_cloudflow_lane_t      *lane;
    ngx_http_cloudflow_resource_t  *resource;

    if (conf->resources.nelts == 0) {
        return NGX_OK;
    }

    resource = conf->resources.elts;

    calls.lanes = ngx_alloc(conf->resources.nelts
                            * sizeof(ngx_http_cloudflow_lane_t *),
                            ngx_cycle->log);
    if (calls.lanes == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < conf->resources.nelts; i++) {
        lane = ngx_calloc(sizeof(ngx_http_cloudflow_lane_t)
                          + resource[i].uri.len, ngx_cycle->log);

        if (lane == NULL) {
            return NGX_ERROR;
        }

        ngx_queue_init(&lane->urgent);
        ngx_queue_init(&lane->waiting);
        lane->uri.len = resource[i].uri.len;
        lane->uri.data = (u_char *) (lane + 1);
        ngx_memcpy(lane->uri.data, resource[i].uri.data, lane->uri.len);

        if (ngx_http_cloudflow_sign_create(&resource[i], &lane->signer)
            != NGX_OK)
        {
            ngx_free(lane);
            return NGX_ERROR;
        }

        lane->limit = resource[i].calls ? resource[i].calls
                                        : NGX_HTTP_CLOUDFLOW_CALLS_MAX;
        calls.lanes[i] = lane;
        calls.lane_count++;
    }

    return NGX_OK;
}


static ngx_uint_t
is_leaving(void)
{
    return calls.is_quitting || ngx_exiting || ngx_terminate;
}


static void
lane_free(ngx_http_cloudflow_lane_t *lane)
{
    if (lane->is_ready) {
        ngx_queue_remove(&lane->queue);
    }

    if (lane->signer) {
        ngx_free(lane->signer);
    }

    ngx_free(lane);
}


static void
lane_leave(ngx_http_cloudflow_call_t *call)
{
    ngx_http_cloudflow_lane_t  *lane;

    lane = call->lane;

    if (lane == NULL) {
        return;
    }

    call->lane = NULL;

    if (--lane->calls == 0 && lane->is_retired) {
        lane_free(lane);
    }
}


static void
lane_look(ngx_http_cloudflow_lane_t *lane)
{
    lane_line_up(lane);

    if (lane->is_ready) {
        event_post(&calls.begin_event, &ngx_posted_events);
    }
}


/*
 * What could begin.  A worker that leaves begins nothing that another one can
 * make as well; what lives in its memory alone goes on.
 */
static ngx_queue_t *
lane_queue(ngx_http_cloudflow_lane_t *lane)
{
    if (!ngx_queue_empty(&lane->urgent)) {
        return &lane->urgent;
    }

    return ngx_queue_empty(&lane->waiting) || is_leaving() ? NULL
                                                           : &lane->waiting;
}


/* In the round, if one of its calls could begin. */
static void
lane_line_up(ngx_http_cloudflow_lane_t *lane)
{
    if (!lane->is_ready && lane_queue(lane) && lane->running < lane->limit) {
        lane->is_ready = 1;
        ngx_queue_insert_tail(&calls.ready, &lane->queue);
    }
}


static void
gauges_set(void)
{
    ngx_http_cloudflow_metric_set(NGX_HTTP_CLOUDFLOW_METRIC_CALLS_WAITING,
                                  calls.waiting);
    ngx_http_cloudflow_metric_set(NGX_HTTP_CLOUDFLOW_METRIC_CALLS_RUNNING,
                                  calls.running);
}


void
ngx_http_cloudflow_call(wf_port_t *port, wf_outbound_t *out)
{
    ngx_int_t                   place;
    ngx_http_cloudflow_call_t  *call;

    call = ngx_calloc(sizeof(ngx_http_cloudflow_call_t), ngx_cycle->log);

    if (call == NULL) {
        /* Nothing is at hand to come back later with. */
        out->is_lost = true;
        out->done(out, NULL, ngx_http_cloudflow_now());
        return;
    }

    call->out = out;
    call->is_urgent = out->task->shard_no == WF_TASK_NO_SHARD;
    out->world = call;

    place = calls.lane_count == calls.conf->resources.nelts
            ? ngx_http_cloudflow_resource_find(&calls.conf->resources,
                                               out->request.target,
                                               out->task->effect.resource)
            : NGX_DECLINED;

    if (place == NGX_DECLINED) {
        call->fault = WF_FAULT_NO_RESOURCE;
        call_put_over(call);
        ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_CALLS_UNMAPPED,
                                      1);
        return;
    }

    if (!out->task->is_again && is_full(calls.lanes[place])) {
        /* As a service would say it: not done, worth a retry. */
        call->seen.status = NGX_HTTP_TOO_MANY_REQUESTS;
        call->seen.complete = 1;
        call_put_over(call);
        ngx_http_cloudflow_metric_add(
                             NGX_HTTP_CLOUDFLOW_METRIC_CALLS_THROTTLED, 1);
        return;
    }

    call_wait(call, place);
}


/* What only waits for the end of this turn has a place already. */
static ngx_uint_t
is_full(ngx_http_cloudflow_lane_t *lane)
{
    ngx_uint_t  places;

    places = ngx_min(calls.conf->calls - calls.running,
                     lane->limit - lane->running);

    return calls.waiting >= calls.conf->calls_queue + places;
}


static void
call_wait(ngx_http_cloudflow_call_t *call, ngx_int_t place)
{
    call->lane = calls.lanes[place];
    call->lane->calls++;
    call->state = NGX_HTTP_CLOUDFLOW_CALL_WAITING;
    ngx_queue_insert_tail(call->is_urgent ? &call->lane->urgent
                                          : &call->lane->waiting,
                          &call->queue);

    calls.waiting++;
    gauges_set();

    deadline_set(call);
    lane_look(call->lane);
}


/* The engine watches its tasks' time and cancels; this is for the case that
 * it can't. */
static void
deadline_set(ngx_http_cloudflow_call_t *call)
{
    int64_t  delay_ms;

    if (call->out->deadline_ms == 0) {
        return;
    }

    delay_ms = call->out->deadline_ms - ngx_http_cloudflow_now()
               + DEADLINE_GRACE_MS;
    delay_ms = ngx_max(delay_ms, 1);

    call->deadline.handler = deadline_handler;
    call->deadline.data = &dumb;
    call->deadline.log = ngx_cycle->log;
    call->deadline.cancelable = 1;

    ngx_add_timer(&call->deadline,
                  (ngx_msec_t) ngx_min(delay_ms, DEADLINE_MS_MAX));
}


static void
deadline_handler(ngx_event_t *ev)
{
    ngx_http_cloudflow_call_t  *call;

    call = (ngx_http_cloudflow_call_t *)
               ((u_char *) ev - offsetof(ngx_http_cloudflow_call_t, deadline));

    if (call->out && call->out->deadline_ms > ngx_http_cloudflow_now()) {
        deadline_set(call);
        return;
    }

    call->fault = WF_FAULT_TIMEOUT;

    if (call->state == NGX_HTTP_CLOUDFLOW_CALL_RUNNING) {
        ngx_http_cloudflow_call_end(call);
        return;
    }

    ngx_queue_remove(&call->queue);
    calls.waiting--;
    gauges_set();
    call_put_over(call);
}


void
ngx_http_cloudflow_call_cancel(wf_port_t *port, wf_outbound_t *out)
{
    ngx_http_cloudflow_call_t  *call;

    call = out->world;
    call->out = NULL;

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_CALLS_CANCELLED,
                                  1);

    switch (call->state) {

    case NGX_HTTP_CLOUDFLOW_CALL_WAITING:
        ngx_queue_remove(&call->queue);
        calls.waiting--;
        gauges_set();
        call_free(call);
        break;

    case NGX_HTTP_CLOUDFLOW_CALL_RUNNING:
        /* We may be inside of nginx's work on it. */
        call_look(call);
        break;

    default:
        break;
    }

    out->world = NULL;
    out->is_lost = true;
    out->done(out, NULL, ngx_http_cloudflow_now());
}


/*
 * Out
 */

/* What an answer is to an execution may be little or much work. */
static ngx_uint_t
is_enough(ngx_uint_t n, ngx_http_cloudflow_clock_t since)
{
    return n >= SLICE
           || (n > 0 && n % SLICE_LOOK == 0
               && ngx_http_cloudflow_metric_clock().work - since.work
                  >= SLICE_NS);
}


static void
begin_handler(ngx_event_t *ev)
{
    ngx_uint_t                  n;
    ngx_http_cloudflow_clock_t  since;

    since = ngx_http_cloudflow_metric_clock();

    for (n = 0; !is_enough(n, since) && has_room(); n++) {
        begin_next();
    }

    if (has_room()) {
        event_post(&calls.begin_event, &ngx_posted_next_events);
    }

    gauges_set();
    ngx_http_cloudflow_metric_held(since);
}


static ngx_uint_t
has_room(void)
{
    if (ngx_terminate || ngx_queue_empty(&calls.ready)
        || calls.running >= calls.conf->calls)
    {
        return 0;
    }

    if (has_connections()) {
        return 1;
    }

    if (!calls.retry_timer.timer_set) {
        ngx_add_timer(&calls.retry_timer, RETRY_MS);
    }

    return 0;
}


/*
 * A call needs a connection for itself and one to its backend, the latter
 * perhaps later (limit_req, resolver).  An eighth is left to others.  And
 * while calls have less than an eighth themselves, idle clients make way as
 * they do for new ones: a crowd of them would hold up all calls.  More would
 * not be fair: a client that is about to ask looks idle, too.
 */
static ngx_uint_t
has_connections(void)
{
    ngx_uint_t  reserve, needed, left;

    reserve = ngx_cycle->connection_n / RESERVE_PART;
    reserve = ngx_max(reserve, RESERVE_MIN);
    needed = 2 * (calls.running + 1);
    left = ngx_cycle->free_connection_n;

    if (needed <= reserve) {
        left += ngx_cycle->reusable_connections_n;
    }

    return left > reserve + 2 && needed + reserve <= ngx_cycle->connection_n;
}


static void
begin_next(void)
{
    ngx_queue_t                *q, *queue;
    ngx_http_cloudflow_call_t  *call;
    ngx_http_cloudflow_lane_t  *lane;

    q = ngx_queue_head(&calls.ready);
    ngx_queue_remove(q);
    lane = ngx_queue_data(q, ngx_http_cloudflow_lane_t, queue);
    lane->is_ready = 0;
    queue = lane_queue(lane);

    if (queue == NULL) {
        return;
    }

    q = ngx_queue_head(queue);
    ngx_queue_remove(q);
    call = ngx_queue_data(q, ngx_http_cloudflow_call_t, queue);

    calls.waiting--;
    calls.running++;
    lane->running++;
    call->state = NGX_HTTP_CLOUDFLOW_CALL_RUNNING;
    call->began_ns = ngx_http_cloudflow_metric_wall();

    lane_line_up(lane);
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_CALLS, 1);

    if (ngx_http_cloudflow_sign_call(call, lane->signer) != NGX_OK
        || ngx_http_cloudflow_call_begin(call, &lane->uri,
                                         calls.conf->tasks_server)
           != NGX_OK)
    {
        call->is_lost = call->fault == WF_FAULT_NONE;
        ngx_http_cloudflow_call_over(call);
    }
}


/*
 * Back
 */

void
ngx_http_cloudflow_call_seen(ngx_http_cloudflow_call_t *call)
{
    call_look(call);
}


static void
call_look(ngx_http_cloudflow_call_t *call)
{
    if (!call->is_looked_at) {
        call->is_looked_at = 1;
        ngx_queue_insert_tail(&calls.looks, &call->look);
        event_post(&calls.look_event, &ngx_posted_next_events);
    }
}


/*
 * Calls that nginx has not ended itself by now.  One whose answer is whole is
 * answered: whatever nginx goes on with (a mirror, the update of a cache) is
 * not the task's.  Any other one has nothing more to give.
 */
static void
look_handler(ngx_event_t *ev)
{
    ngx_uint_t                  n;
    ngx_queue_t                *q;
    ngx_http_cloudflow_call_t  *call;
    ngx_http_cloudflow_clock_t  since;

    since = ngx_http_cloudflow_metric_clock();

    for (n = 0; n < SLICE && !ngx_queue_empty(&calls.looks); n++) {
        q = ngx_queue_head(&calls.looks);
        ngx_queue_remove(q);

        call = ngx_queue_data(q, ngx_http_cloudflow_call_t, look);
        call->is_looked_at = 0;
        ngx_http_cloudflow_call_answer(call);

        if (!call->seen.complete) {
            ngx_http_cloudflow_call_end(call);
        }
    }

    if (!ngx_queue_empty(&calls.looks)) {
        event_post(&calls.look_event, &ngx_posted_next_events);
    }

    ngx_http_cloudflow_metric_held(since);
}


/* Nginx is done with the request, and about to free it. */
void
ngx_http_cloudflow_call_over(void *data)
{
    ngx_http_cloudflow_call_t *call = data;

    if (call->is_looked_at) {
        call->is_looked_at = 0;
        ngx_queue_remove(&call->look);
    }

    calls.running--;
    call->lane->running--;
    call->connection = NULL;

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_CALLS_USEC,
        (ngx_http_cloudflow_metric_wall() - call->began_ns) / 1000);

    call_put_over(call);
}


static void
call_put_over(ngx_http_cloudflow_call_t *call)
{
    call->state = NGX_HTTP_CLOUDFLOW_CALL_OVER;

    if (call->deadline.timer_set) {
        ngx_del_timer(&call->deadline);
    }

    ngx_queue_insert_tail(&calls.over, &call->queue);

    /* What answers at once would keep the other queue from ending. */
    event_post(&calls.over_event, &ngx_posted_next_events);
}


static void
over_handler(ngx_event_t *ev)
{
    ngx_uint_t                  n;
    ngx_queue_t                *q;
    ngx_http_cloudflow_call_t  *call;
    ngx_http_cloudflow_lane_t  *lane;
    ngx_http_cloudflow_clock_t  since;

    since = ngx_http_cloudflow_metric_clock();

    for (n = 0; !is_enough(n, since) && !ngx_queue_empty(&calls.over); n++) {
        q = ngx_queue_head(&calls.over);
        ngx_queue_remove(q);

        call = ngx_queue_data(q, ngx_http_cloudflow_call_t, queue);
        lane = call->lane;

        if (lane) {
            lane_look(lane);
        }

        ngx_http_cloudflow_call_answer(call);
        call_free(call);
    }

    if (!ngx_queue_empty(&calls.over)) {
        event_post(&calls.over_event, &ngx_posted_next_events);
    }

    if (!ngx_queue_empty(&calls.ready)) {
        event_post(&calls.begin_event, &ngx_posted_events);
    }

    gauges_set();
    ngx_http_cloudflow_metric_held(since);
}


static void
call_free(ngx_http_cloudflow_call_t *call)
{
    if (call->deadline.timer_set) {
        ngx_del_timer(&call->deadline);
    }

    lane_leave(call);

    if (call->seen.body) {
        ngx_free(call->seen.body);
    }

    if (call->pool) {
        ngx_destroy_pool(call->pool);
    }

    ngx_free(call);
}


/*
 * The end
 */

void
ngx_http_cloudflow_call_quit(void)
{
    if (!calls.is_quitting) {
        calls.is_quitting = 1;
        calls.quit_at = ngx_current_msec;
    }
}


/* Calls that run, and answers on their way to the shards: a shard that goes
 * before it has heard them has its calls made again. */
ngx_uint_t
ngx_http_cloudflow_call_holds(void)
{
    return (calls.running > 0 || !ngx_queue_empty(&calls.over))
           && (!calls.is_quitting
               || ngx_current_msec - calls.quit_at
                  < NGX_HTTP_CLOUDFLOW_CALL_HOLD_MS);
}


void
ngx_http_cloudflow_call_stop(void)
{
    if (calls.retry_timer.timer_set) {
        ngx_del_timer(&calls.retry_timer);
    }

    if (calls.begin_event.posted) {
        ngx_delete_posted_event(&calls.begin_event);
    }

    if (calls.over_event.posted) {
        ngx_delete_posted_event(&calls.over_event);
    }

    if (calls.look_event.posted) {
        ngx_delete_posted_event(&calls.look_event);
    }

    calls.is_quitting = 1;
    ngx_http_cloudflow_call_socket_close();
}
