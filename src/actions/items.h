
/*
 * Items of the catalogue that are read as they are, in a reader thread: one,
 * or a page of those of one flow.
 */

#ifndef WF_ITEMS_H
#define WF_ITEMS_H


#include "actions/jobs.h"


typedef struct {
    wf_job_t   job;
    uint8_t    kind;            /* wf_item_kind_t */
    wf_str_t   key;
    wf_str_t   value;
    bool       is_there;
    void      *data;            /* the asker's */
} wf_item_read_t;

/* Goes on with life->job; key is copied. */
void wf_item_ask(wf_life_t *life, uint8_t kind, wf_str_t key, void *data,
    wf_go_pt go);
/* NULL: it failed, and the call is answered. */
wf_item_read_t *wf_item_answer(wf_life_t *life);
/* The record is not what it should be; answered. */
void wf_item_damaged(wf_life_t *life);


typedef struct wf_item_page_s  wf_item_page_t;

struct wf_item_page_s {
    wf_job_t   job;
    uint8_t    kind;
    wf_str_t   from;            /* its first WF_VERSION_PREFIX bytes are those
                                   of all keys */
    uint32_t   limit;
    uint32_t   count;
    size_t     bytes;
    wf_str_t   next;            /* key of the next page's first; empty: none */
    void      *views;           /* of limit */

    /* In the thread: value becomes views[count]; it lasts as long as the
     * job.  Bytes of its texts; 0: malformed. */
    size_t   (*keep)(wf_item_page_t *page, wf_str_t value);
};

wf_item_page_t *wf_item_page_of(wf_life_t *life, uint8_t kind, wf_buf_t *from,
    size_t width, uint32_t limit);
/* ... of as many as the call wants.  width: of a view.  NULL: no memory,
 * answered. */
wf_item_page_t *wf_item_page(wf_life_t *life, uint8_t kind, wf_buf_t *from,
    size_t width);


#endif /* WF_ITEMS_H */
