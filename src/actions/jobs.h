
/*
 * Work of reader threads on behalf of calls.
 */

#ifndef WF_JOBS_H
#define WF_JOBS_H


#include "actions/life.h"


/* Work of a reader thread, in its own arena; begins every kind of job. */
struct wf_job_s {
    wf_read_t    read;
    wf_life_t   *life;          /* NULL: nobody wants it any more */
    void       (*drop)(wf_job_t *job);  /* what is not in its arena; NULL:
                                   all is */
};

/* size: of the whole structure.  NULL: no memory. */
wf_job_t *wf_job_create(size_t size, void (*run)(wf_read_t *read,
    const wf_store_type_t *type, wf_store_reader_t *reader));
/* Goes on when it is done; life->job holds it.  job == NULL: no memory. */
void wf_job_run(wf_life_t *life, wf_job_t *job, wf_go_pt go);
void wf_job_drop(wf_job_t *job);        /* away, or its answer; NULL too */
/* Back again: its error is the call's, which is answered. */
bool wf_job_failed(wf_life_t *life);
/* Entries of a page. */
uint32_t wf_list_limit(const wf_life_t *life);
/* In the thread; both WF_ERROR. */
wf_rc_t wf_job_no_memory(wf_read_t *read);
/* Copies s into the job's arena. */
wf_rc_t wf_job_copy(wf_read_t *read, wf_str_t *s);


#endif /* WF_JOBS_H */
