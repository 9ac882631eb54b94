
/*
 * Queues of work between the event loop and threads of our own.  A job's
 * run() is called in a thread, done() in the event loop.  Threads block all
 * signals: nginx's handlers belong to the main thread.
 */

#ifndef NGX_HTTP_CLOUDFLOW_THREAD_H
#define NGX_HTTP_CLOUDFLOW_THREAD_H


#include "nginx/ngx_http_cloudflow_bell.h"

#include <pthread.h>


typedef struct ngx_http_cloudflow_job_s  ngx_http_cloudflow_job_t;

struct ngx_http_cloudflow_job_s {
    void                      (*run)(ngx_http_cloudflow_job_t *job,
                                     void *thread_data);
    void                      (*done)(ngx_http_cloudflow_job_t *job);
    void                       *data;
    ngx_http_cloudflow_job_t   *next;
};

typedef struct {
    ngx_http_cloudflow_job_t   *first;
    ngx_http_cloudflow_job_t  **last;
} ngx_http_cloudflow_jobs_t;


/* Where finished jobs of all threads of a worker meet. */
typedef struct {
    pthread_mutex_t             mutex;
    ngx_http_cloudflow_jobs_t   finished;
    ngx_http_cloudflow_bell_t   bell;
} ngx_http_cloudflow_tray_t;

ngx_int_t ngx_http_cloudflow_tray_open(ngx_http_cloudflow_tray_t *tray,
    ngx_log_t *log);
void ngx_http_cloudflow_tray_close(ngx_http_cloudflow_tray_t *tray);

/* Calls done() of everything finished; what the bell does. */
void ngx_http_cloudflow_tray_collect(void *tray);


/* One or more threads on one queue. */
typedef struct {
    ngx_http_cloudflow_tray_t  *tray;
    pthread_mutex_t                mutex;
    pthread_cond_t                 wake;
    ngx_http_cloudflow_jobs_t      queue;
    ngx_uint_t                     sleeping;
    ngx_uint_t                     thread_count;
    unsigned                       quit;
    pthread_t                     *threads;
    ngx_msec_t                     rest_ms;   /* idle so long: rest(), again
                                                 while it says so and no job
                                                 has come */
    void                        *(*enter)(void *data);  /* thread_data */
    ngx_uint_t                   (*rest)(void *thread_data);
    void                         (*leave)(void *thread_data);
    void                          *data;
} ngx_http_cloudflow_crew_t;

/* enter, rest and leave may be NULL. */
ngx_int_t ngx_http_cloudflow_crew_open(ngx_http_cloudflow_crew_t *crew,
    ngx_uint_t count, ngx_log_t *log);
void ngx_http_cloudflow_crew_post(ngx_http_cloudflow_crew_t *crew,
    ngx_http_cloudflow_job_t *job);

/* Finishes what is queued, joins the threads. */
void ngx_http_cloudflow_crew_close(ngx_http_cloudflow_crew_t *crew);


#endif /* NGX_HTTP_CLOUDFLOW_THREAD_H */
