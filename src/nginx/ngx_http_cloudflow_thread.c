
/*
 * Threads of our own: a crew works on one queue, a tray collects what is
 * finished.  Own pthreads, not nginx's pools: they need no --with-threads
 * and keep a store connection each.
 */

#include "nginx/ngx_http_cloudflow_metrics.h"
#include "nginx/ngx_http_cloudflow_thread.h"

#include <signal.h>
#include <time.h>


static void jobs_init(ngx_http_cloudflow_jobs_t *jobs);
static void jobs_add(ngx_http_cloudflow_jobs_t *jobs,
    ngx_http_cloudflow_job_t *job);
static void *crew_thread(void *data);
static ngx_http_cloudflow_job_t *crew_take(ngx_http_cloudflow_crew_t *crew,
    void *thread_data);
static int crew_sleep(ngx_http_cloudflow_crew_t *crew, int forever);
static void tray_add(ngx_http_cloudflow_tray_t *tray,
    ngx_http_cloudflow_job_t *job);


ngx_int_t
ngx_http_cloudflow_tray_open(ngx_http_cloudflow_tray_t *tray,
    ngx_log_t *log)
{
    if (pthread_mutex_init(&tray->mutex, NULL) != 0) {
        return NGX_ERROR;
    }

    jobs_init(&tray->finished);

    return ngx_http_cloudflow_bell_open(&tray->bell, log,
                                        ngx_http_cloudflow_tray_collect,
                                        tray);
}


void
ngx_http_cloudflow_tray_close(ngx_http_cloudflow_tray_t *tray)
{
    ngx_http_cloudflow_tray_collect(tray);
    ngx_http_cloudflow_bell_close(&tray->bell);
    (void) pthread_mutex_destroy(&tray->mutex);
}


void
ngx_http_cloudflow_tray_collect(void *data)
{
    ngx_http_cloudflow_clock_t  since;
    ngx_http_cloudflow_job_t   *job, *next;
    ngx_http_cloudflow_tray_t  *tray;

    tray = data;
    since = ngx_http_cloudflow_metric_clock();

    (void) pthread_mutex_lock(&tray->mutex);
    job = tray->finished.first;
    jobs_init(&tray->finished);
    (void) pthread_mutex_unlock(&tray->mutex);

    for ( /* void */ ; job; job = next) {
        next = job->next;
        job->done(job);
    }

    ngx_http_cloudflow_metric_held(since);
}


static void
tray_add(ngx_http_cloudflow_tray_t *tray, ngx_http_cloudflow_job_t *job)
{
    int  was_empty;

    (void) pthread_mutex_lock(&tray->mutex);
    was_empty = tray->finished.first == NULL;
    jobs_add(&tray->finished, job);
    (void) pthread_mutex_unlock(&tray->mutex);

    if (was_empty) {
        ngx_http_cloudflow_bell_ring(&tray->bell);
    }
}


ngx_int_t
ngx_http_cloudflow_crew_open(ngx_http_cloudflow_crew_t *crew,
    ngx_uint_t count, ngx_log_t *log)
{
    int                 err;
    sigset_t            all, old;
    pthread_attr_t      attr;
    pthread_condattr_t  cond_attr;

    crew->threads = ngx_calloc(count * sizeof(pthread_t), log);
    if (crew->threads == NULL) {
        return NGX_ERROR;
    }

    jobs_init(&crew->queue);
    crew->quit = 0;
    crew->sleeping = 0;
    crew->thread_count = 0;

    (void) pthread_mutex_init(&crew->mutex, NULL);
    (void) pthread_condattr_init(&cond_attr);
    (void) pthread_condattr_setclock(&cond_attr, CLOCK_MONOTONIC);
    (void) pthread_cond_init(&crew->wake, &cond_attr);
    (void) pthread_condattr_destroy(&cond_attr);

    (void) pthread_attr_init(&attr);
    (void) pthread_attr_setstacksize(&attr, 512 * 1024);

    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_SETMASK, &all, &old);

    for (err = 0; crew->thread_count < count; crew->thread_count++) {
        err = pthread_create(&crew->threads[crew->thread_count], &attr,
                             crew_thread, crew);
        if (err) {
            break;
        }
    }

    (void) pthread_sigmask(SIG_SETMASK, &old, NULL);
    (void) pthread_attr_destroy(&attr);

    if (err) {
        ngx_log_error(NGX_LOG_ALERT, log, err,
                      "cloudflow: pthread_create() failed");

        if (crew->thread_count == 0) {
            (void) pthread_cond_destroy(&crew->wake);
            (void) pthread_mutex_destroy(&crew->mutex);
            ngx_free(crew->threads);
            crew->threads = NULL;
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


void
ngx_http_cloudflow_crew_post(ngx_http_cloudflow_crew_t *crew,
    ngx_http_cloudflow_job_t *job)
{
    int  wake;

    (void) pthread_mutex_lock(&crew->mutex);
    jobs_add(&crew->queue, job);
    wake = crew->sleeping != 0;
    (void) pthread_mutex_unlock(&crew->mutex);

    if (wake) {
        (void) pthread_cond_signal(&crew->wake);
    }
}


void
ngx_http_cloudflow_crew_close(ngx_http_cloudflow_crew_t *crew)
{
    ngx_uint_t  i;

    if (crew->threads == NULL) {
        return;
    }

    (void) pthread_mutex_lock(&crew->mutex);
    crew->quit = 1;
    (void) pthread_mutex_unlock(&crew->mutex);
    (void) pthread_cond_broadcast(&crew->wake);

    for (i = 0; i < crew->thread_count; i++) {
        (void) pthread_join(crew->threads[i], NULL);
    }

    (void) pthread_cond_destroy(&crew->wake);
    (void) pthread_mutex_destroy(&crew->mutex);
    ngx_free(crew->threads);
    crew->threads = NULL;
}


static void *
crew_thread(void *data)
{
    void                       *thread_data;
    ngx_http_cloudflow_job_t   *job;
    ngx_http_cloudflow_crew_t  *crew;

    crew = data;
    thread_data = crew->enter ? crew->enter(crew->data) : crew->data;

    while ((job = crew_take(crew, thread_data)) != NULL) {
        job->run(job, thread_data);
        tray_add(crew->tray, job);
    }

    if (crew->leave) {
        crew->leave(thread_data);
    }

    return NULL;
}


/* NULL: time to go, and the queue is empty. */
static ngx_http_cloudflow_job_t *
crew_take(ngx_http_cloudflow_crew_t *crew, void *thread_data)
{
    int                        rested;
    ngx_uint_t                 again;
    ngx_http_cloudflow_job_t  *job;

    rested = crew->rest == NULL || crew->rest_ms == 0;
    again = 0;

    (void) pthread_mutex_lock(&crew->mutex);

    while (crew->queue.first == NULL && !crew->quit) {
        if (!again && crew_sleep(crew, rested) == ETIMEDOUT && !rested) {
            rested = 1;
            again = 1;
        }

        if (again) {
            (void) pthread_mutex_unlock(&crew->mutex);
            again = crew->rest(thread_data);
            (void) pthread_mutex_lock(&crew->mutex);
        }
    }

    job = crew->queue.first;

    if (job) {
        crew->queue.first = job->next;

        if (job->next == NULL) {
            crew->queue.last = &crew->queue.first;
        }
    }

    (void) pthread_mutex_unlock(&crew->mutex);

    return job;
}


static int
crew_sleep(ngx_http_cloudflow_crew_t *crew, int forever)
{
    int              rc;
    struct timespec  until;

    crew->sleeping++;

    if (forever) {
        rc = pthread_cond_wait(&crew->wake, &crew->mutex);

    } else {
        (void) clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += crew->rest_ms / 1000;
        until.tv_nsec += (crew->rest_ms % 1000) * 1000000;

        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }

        rc = pthread_cond_timedwait(&crew->wake, &crew->mutex, &until);
    }

    crew->sleeping--;

    return rc;
}


static void
jobs_init(ngx_http_cloudflow_jobs_t *jobs)
{
    jobs->first = NULL;
    jobs->last = &jobs->first;
}


static void
jobs_add(ngx_http_cloudflow_jobs_t *jobs, ngx_http_cloudflow_job_t *job)
{
    job->next = NULL;
    *jobs->last = job;
    jobs->last = &job->next;
}
