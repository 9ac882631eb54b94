
/*
 * Outbound calls: tasks of executions go through locations of this nginx.
 * call.c decides when a call is made, request.c makes nginx run it, filter.c
 * catches the answer, answer.c says what it means, variable.c tells the
 * location about the task (nginx-engineering B).
 */

#ifndef NGX_HTTP_CLOUDFLOW_CALL_H
#define NGX_HTTP_CLOUDFLOW_CALL_H


#include "nginx/ngx_http_cloudflow_worker.h"


#define NGX_HTTP_CLOUDFLOW_CALL_HOLD_MS  5000   /* a leaving worker's shards */

typedef enum {
#define FIELD(symbol, name)  NGX_HTTP_CLOUDFLOW_FIELD_##symbol,
#include "nginx/fields.def"
#undef FIELD
    NGX_HTTP_CLOUDFLOW_FIELDS
} ngx_http_cloudflow_field_t;

typedef struct ngx_http_cloudflow_lane_s  ngx_http_cloudflow_lane_t;
typedef struct ngx_http_cloudflow_call_s  ngx_http_cloudflow_call_t;

/* What the filters saw; made by the worker's memory, as the request's is gone
 * when the answer is read. */
typedef struct {
    ngx_uint_t             status;      /* 0: no header was sent */
    wf_service_header_t   *headers;     /* in call->pool */
    ngx_uint_t             header_count;
    u_char                *body;
    size_t                 len;
    size_t                 size;
    unsigned               complete:1;
    unsigned               made_here:1; /* by nginx, not by the backend */
    unsigned               too_large:1;
} ngx_http_cloudflow_seen_t;

/*
 *   WAITING   in its lane
 *   RUNNING   connection is the fake one; ends by its cleanup handler
 *   OVER      in the list of calls to be answered
 */
typedef enum {
    NGX_HTTP_CLOUDFLOW_CALL_WAITING = 0,
    NGX_HTTP_CLOUDFLOW_CALL_RUNNING,
    NGX_HTTP_CLOUDFLOW_CALL_OVER
} ngx_http_cloudflow_call_state_t;

struct ngx_http_cloudflow_call_s {
    ngx_http_log_ctx_t               log_ctx;   /* first: see call_of() */
    ngx_log_t                        log;
    ngx_http_connection_t            http;
    ngx_http_cloudflow_call_state_t  state;
    ngx_queue_t                      queue;     /* of the state */
    ngx_queue_t                      look;      /* is_looked_at */
    ngx_http_cloudflow_lane_t       *lane;      /* NULL: none maps it */
    wf_outbound_t                   *out;       /* NULL: cancelled, answered */
    ngx_pool_t                      *pool;      /* NULL: not run yet */
    ngx_connection_t                *connection;
    ngx_event_t                      deadline;
    ngx_str_t                       *fields;
    size_t                           args_secret;   /* bytes at their end */
    ngx_http_cloudflow_seen_t        seen;
    uint64_t                         began_ns;
    uint8_t                          fault;     /* decided here */
    unsigned                         is_looked_at:1;
    unsigned                         is_lost:1;
    unsigned                         is_urgent:1;   /* of an execution that
                                                       lives here alone */
};


/* init_process; exit_process. */
void ngx_http_cloudflow_call_init(ngx_http_cloudflow_worker_t *worker);
void ngx_http_cloudflow_call_stop(void);

/* A single process has read a new configuration. */
void ngx_http_cloudflow_call_reload(ngx_http_cloudflow_main_conf_t *conf);

/* port->outbound(), port->outbound_cancel(). */
void ngx_http_cloudflow_call(wf_port_t *port, wf_outbound_t *out);
void ngx_http_cloudflow_call_cancel(wf_port_t *port, wf_outbound_t *out);

/* The worker leaves: no call is begun any more. */
void ngx_http_cloudflow_call_quit(void);

/* Shards should be kept for a while: calls in flight may end soon. */
ngx_uint_t ngx_http_cloudflow_call_holds(void);


/* From here on for the files of calls only. */

/* request.c.  NGX_ERROR: not begun, nothing is left of it. */
ngx_int_t ngx_http_cloudflow_call_begin(ngx_http_cloudflow_call_t *call,
    ngx_str_t *uri, ngx_http_core_srv_conf_t *server);
void ngx_http_cloudflow_call_end(ngx_http_cloudflow_call_t *call);
ngx_int_t ngx_http_cloudflow_call_socket(ngx_cycle_t *cycle);
void ngx_http_cloudflow_call_socket_close(void);

/* The call that r, or its main request, is; NULL: somebody else's request. */
ngx_http_cloudflow_call_t *ngx_http_cloudflow_call_of(ngx_http_request_t *r);

/* call.c: the cleanup handler of the request. */
void ngx_http_cloudflow_call_over(void *data);

/* call.c: the answer is whole, or can't become so. */
void ngx_http_cloudflow_call_seen(ngx_http_cloudflow_call_t *call);

/* answer.c: once; later ones are of no effect. */
void ngx_http_cloudflow_call_answer(ngx_http_cloudflow_call_t *call);

/* filter.c: postconfiguration. */
void ngx_http_cloudflow_call_filters(void);

/* variable.c: preconfiguration; and the strings, safe for logs and headers. */
ngx_int_t ngx_http_cloudflow_call_variables(ngx_conf_t *cf);
ngx_int_t ngx_http_cloudflow_call_fields(ngx_http_cloudflow_call_t *call);


#endif /* NGX_HTTP_CLOUDFLOW_CALL_H */
