
/*
 * Counters for operators: rows of metrics.def, an array per worker's slot.
 * Adding is one atomic addition to memory that no other worker writes.
 */

#ifndef NGX_HTTP_CLOUDFLOW_METRICS_H
#define NGX_HTTP_CLOUDFLOW_METRICS_H


#include <ngx_config.h>
#include <ngx_core.h>

#include "base/base.h"


typedef enum {
#define METRIC(symbol, kind, name, help)  NGX_HTTP_CLOUDFLOW_METRIC_##symbol,
#include "nginx/metrics.def"
#undef METRIC
    NGX_HTTP_CLOUDFLOW_METRICS
} ngx_http_cloudflow_metric_t;

typedef enum {
    NGX_HTTP_CLOUDFLOW_COUNTER = 0,
    NGX_HTTP_CLOUDFLOW_GAUGE,
    NGX_HTTP_CLOUDFLOW_MAXIMUM      /* a gauge: the largest so far */
} ngx_http_cloudflow_metric_kind_t;

typedef struct {
    ngx_http_cloudflow_metric_kind_t   kind;
    ngx_str_t                          name;
    ngx_str_t                          help;
} ngx_http_cloudflow_metric_info_t;

extern const ngx_http_cloudflow_metric_info_t
    ngx_http_cloudflow_metric_infos[NGX_HTTP_CLOUDFLOW_METRICS];

typedef struct ngx_http_cloudflow_zone_s  ngx_http_cloudflow_zone_t;


/* Allowed at any time, from any thread; without a slot: ignored. */
void ngx_http_cloudflow_metric_add(ngx_http_cloudflow_metric_t metric,
    int64_t number);
void ngx_http_cloudflow_metric_set(ngx_http_cloudflow_metric_t metric,
    uint64_t value);

/* Kind MAXIMUM: becomes value if that is larger. */
void ngx_http_cloudflow_metric_max(ngx_http_cloudflow_metric_t metric,
    uint64_t value);

/* Sum over all workers (MAXIMUM: the largest); gauges of live ones only. */
uint64_t ngx_http_cloudflow_metric_read(ngx_http_cloudflow_zone_t *zone,
    ngx_http_cloudflow_metric_t metric);

/* Around everything that the event loop calls of this module: for how long
 * was the loop held, and how much of that was work?  The rest is waiting, for
 * a processor or for the world.  Both clocks are monotonic, in ns; work may
 * count what the thread did in the tenth of a millisecond before. */
typedef struct {
    uint64_t   wall;
    uint64_t   work;            /* of this thread */
} ngx_http_cloudflow_clock_t;

ngx_http_cloudflow_clock_t ngx_http_cloudflow_metric_clock(void);

/* That clock alone: the other one is a system call. */
uint64_t ngx_http_cloudflow_metric_wall(void);
uint64_t ngx_http_cloudflow_metric_work(void);
void ngx_http_cloudflow_metric_held(ngx_http_cloudflow_clock_t since);

/* Where this process counts: a slot's array. */
void ngx_http_cloudflow_metrics_init(uint64_t *metrics);

/* A new tenant of the slot: its gauges are zero. */
void ngx_http_cloudflow_metrics_renew(uint64_t *metrics);


#endif /* NGX_HTTP_CLOUDFLOW_METRICS_H */
