
/*
 * Counting.  Owns the pointer to this process's array and nothing else; the
 * arrays are the slots'.  Must never lock or allocate.
 */

#include "nginx/ngx_http_cloudflow_metrics.h"
#include "nginx/ngx_http_cloudflow_zone.h"


#define WORK_SLACK_NS  100000


const ngx_http_cloudflow_metric_info_t
    ngx_http_cloudflow_metric_infos[NGX_HTTP_CLOUDFLOW_METRICS] = {
#define METRIC(symbol, kind, name, help)                                      \
    { NGX_HTTP_CLOUDFLOW_##kind, ngx_string(name), ngx_string(help) },
#include "nginx/metrics.def"
#undef METRIC
};


static ngx_uint_t is_maximum(ngx_http_cloudflow_metric_t metric,
    uint64_t value);


static uint64_t  *ngx_http_cloudflow_metrics;


void
ngx_http_cloudflow_metrics_init(uint64_t *metrics)
{
    ngx_http_cloudflow_metrics = metrics;
}


void
ngx_http_cloudflow_metrics_renew(uint64_t *metrics)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_CLOUDFLOW_METRICS; i++) {
        if (ngx_http_cloudflow_metric_infos[i].kind
            != NGX_HTTP_CLOUDFLOW_COUNTER)
        {
            __atomic_store_n(&metrics[i], 0, __ATOMIC_RELAXED);
        }
    }
}


void
ngx_http_cloudflow_metric_add(ngx_http_cloudflow_metric_t metric,
    int64_t number)
{
    if (ngx_http_cloudflow_metrics) {
        (void) __atomic_fetch_add(&ngx_http_cloudflow_metrics[metric],
                                  (uint64_t) number, __ATOMIC_RELAXED);
    }
}


void
ngx_http_cloudflow_metric_set(ngx_http_cloudflow_metric_t metric,
    uint64_t value)
{
    if (ngx_http_cloudflow_metrics) {
        __atomic_store_n(&ngx_http_cloudflow_metrics[metric], value,
                         __ATOMIC_RELAXED);
    }
}


/* One thread of the process calls it, so no loop is needed. */
void
ngx_http_cloudflow_metric_max(ngx_http_cloudflow_metric_t metric,
    uint64_t value)
{
    if (is_maximum(metric, value)) {
        ngx_http_cloudflow_metric_set(metric, value);
    }
}


static ngx_uint_t
is_maximum(ngx_http_cloudflow_metric_t metric, uint64_t value)
{
    return ngx_http_cloudflow_metrics
           && value > __atomic_load_n(&ngx_http_cloudflow_metrics[metric],
                                      __ATOMIC_RELAXED);
}


static uint64_t
clock_read(clockid_t clock)
{
    struct timespec  ts;

    (void) clock_gettime(clock, &ts);

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}


/*
 * The clock of work is a system call, dear beside the work of a small request:
 * it is read again only when it was not for a while, and at the end of what
 * might have been the longest of all.
 */
ngx_http_cloudflow_clock_t
ngx_http_cloudflow_metric_clock(void)
{
    ngx_http_cloudflow_clock_t         now;
    static ngx_http_cloudflow_clock_t  last;

    now.wall = clock_read(CLOCK_MONOTONIC);

    if (now.wall - last.wall > WORK_SLACK_NS) {
        last.wall = now.wall;
        last.work = clock_read(CLOCK_THREAD_CPUTIME_ID);
    }

    now.work = last.work;

    return now;
}


uint64_t
ngx_http_cloudflow_metric_wall(void)
{
    return clock_read(CLOCK_MONOTONIC);
}


uint64_t
ngx_http_cloudflow_metric_work(void)
{
    return clock_read(CLOCK_THREAD_CPUTIME_ID);
}


void
ngx_http_cloudflow_metric_held(ngx_http_cloudflow_clock_t since)
{
    uint64_t  held, work;

    held = clock_read(CLOCK_MONOTONIC) - since.wall;

    ngx_http_cloudflow_metric_max(NGX_HTTP_CLOUDFLOW_METRIC_HELD_USEC,
                                  held / 1000);

    if (is_maximum(NGX_HTTP_CLOUDFLOW_METRIC_WORK_USEC, held / 1000)) {
        work = clock_read(CLOCK_THREAD_CPUTIME_ID) - since.work;

        ngx_http_cloudflow_metric_max(NGX_HTTP_CLOUDFLOW_METRIC_WORK_USEC,
                                      ngx_min(work, held) / 1000);
    }
}


uint64_t
ngx_http_cloudflow_metric_read(ngx_http_cloudflow_zone_t *zone,
    ngx_http_cloudflow_metric_t metric)
{
    uint32_t                    i;
    uint64_t                    sum, value;
    ngx_http_cloudflow_slot_t  *slot;

    sum = 0;

    for (i = 0; i < zone->slot_count; i++) {
        slot = ngx_http_cloudflow_zone_slot(zone, i);
        value = __atomic_load_n(&slot->metrics[metric], __ATOMIC_RELAXED);

        if (value == 0
            || (ngx_http_cloudflow_metric_infos[metric].kind
                    != NGX_HTTP_CLOUDFLOW_COUNTER
                && !ngx_http_cloudflow_slot_is_alive(zone, i)))
        {
            continue;
        }

        if (ngx_http_cloudflow_metric_infos[metric].kind
            == NGX_HTTP_CLOUDFLOW_MAXIMUM)
        {
            sum = ngx_max(sum, value);

        } else {
            sum += value;
        }
    }

    return sum;
}
