
/*
 * Work that would hold the event loop up: it goes to a reader thread and
 * comes back with its result in its own arena.  Between the two the thread
 * owns the job; a call that goes meanwhile leaves it to free itself.
 */

#include "actions/jobs.h"
#include "actions/place.h"


static void
job_free(wf_job_t *job)
{
    if (job->drop) {
        job->drop(job);
    }

    wf_arena_free(job->read.arena);
}


static void
job_done(wf_read_t *read, int64_t now_ms)
{
    wf_job_t   *job;
    wf_life_t  *life;

    job = read->data;
    life = job->life;

    if (life == NULL) {
        job_free(job);
        return;
    }

    job->life = NULL;
    life->go(life, now_ms);
}


wf_job_t *
wf_job_create(size_t size, void (*run)(wf_read_t *read,
    const wf_store_type_t *type, wf_store_reader_t *reader))
{
    wf_job_t    *job;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return NULL;
    }

    job = wf_arena_calloc(arena, size);

    if (job == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    job->read.run = run;
    job->read.done = job_done;
    job->read.data = job;
    job->read.arena = arena;

    return job;
}


void
wf_job_run(wf_life_t *life, wf_job_t *job, wf_go_pt go)
{
    wf_port_t  *port;

    if (job == NULL) {
        wf_life_no_memory(life);
        return;
    }

    port = life->call->desk->port;
    job->life = life;
    life->job = job;
    wf_life_read(life, go);
    port->read(port, &job->read);
}


void
wf_job_drop(wf_job_t *job)
{
    if (job == NULL) {
        return;
    }

    if (job->life) {
        job->life = NULL;
        return;
    }

    job_free(job);
}


wf_rc_t
wf_job_no_memory(wf_read_t *read)
{
    wf_error_set(&read->err, WF_E_INTERNAL, "out of memory");
    read->rc = WF_ERROR;

    return WF_ERROR;
}


wf_rc_t
wf_job_copy(wf_read_t *read, wf_str_t *s)
{
    wf_str_t  copy;

    copy = wf_arena_copy(read->arena, *s);

    if (copy.data == NULL) {
        return wf_job_no_memory(read);
    }

    *s = copy;

    return WF_OK;
}


/* The job's error is the call's. */
bool
wf_job_failed(wf_life_t *life)
{
    if (life->job->read.rc == WF_OK) {
        return false;
    }

    *life->call->err = life->job->read.err;

    if (life->call->err->code == WF_E_NONE) {
        life->call->err->code = WF_E_INTERNAL;
    }

    wf_life_failed(life);

    return true;
}


uint32_t
wf_list_limit(const wf_life_t *life)
{
    return wf_arg(life, LIMIT)->present
           ? (uint32_t) wf_arg(life, LIMIT)->number : WF_LIST_LIMIT_DEFAULT;
}
