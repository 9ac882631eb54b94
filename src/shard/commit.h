
/*
 * Batches and the answers that wait for them, from inside the shard.
 */

#ifndef WF_COMMIT_H
#define WF_COMMIT_H


#include "shard/loaded.h"
#include "shard/outbox.h"
#include "shard/retain.h"
#include "shard/shard.h"


/* What one execution adds to one batch. */
typedef struct wf_unit_s    wf_unit_t;

struct wf_unit_s {
    wf_unit_t     *next;
    wf_loaded_t   *loaded;
    wf_batch_t    *batch;
    wf_step_t      step;
    uint64_t       exec_no;
    uint64_t       first_seq;
    bool           is_redriven;
    wf_record_t   *publish;     /* set by seal; NULL: nothing to see */
};

/* An answer, in order of the submits. */
typedef struct wf_answer_s  wf_answer_t;

struct wf_answer_s {
    wf_answer_t        *next;
    wf_submit_t        *submit;
    wf_error_t         *err;
    const wf_record_t  *record;
    wf_flow_t          *flow;
};

/* A watch of something that is not running. */
typedef struct wf_hint_s    wf_hint_t;

struct wf_hint_s {
    wf_hint_t     *next;
    uint64_t       flow_no;
    wf_str_t       name;
    wf_ticket_t    ticket;
};

typedef struct wf_item_s    wf_item_t;

struct wf_item_s {
    wf_item_t        *next;
    wf_store_item_t   item;
};

/* batch->effects: everything that waits for the batch. */
typedef struct {
    wf_unit_t     *units, **last_unit;
    wf_answer_t   *answers, **last_answer;
    wf_hint_t     *hints, **last_hint;
    wf_item_t     *items, **last_item;
    uint32_t       unit_count;
    uint32_t       item_count;
    wf_parcel_t   *parcels, **last_parcel;
    uint32_t       schedule_count;
    bool           changes_catalog;
    wf_erased_t   *erased;          /* append.erased_count of them */
} wf_effects_t;


/* commit.c: NULL and WF_ERROR mean no memory. */
wf_batch_t *wf_batch_open(wf_shard_t *shard);
wf_unit_t *wf_batch_unit(wf_shard_t *shard, wf_loaded_t *loaded);
wf_rc_t wf_batch_item(wf_shard_t *shard, const wf_store_item_t *item);
/* The open batch takes no more. */
wf_rc_t wf_batch_cut(wf_shard_t *shard);
bool wf_batch_clogged(const wf_shard_t *shard);
/* Hands over what gathered, if nothing is away. */
void wf_batch_flush(wf_shard_t *shard);
bool wf_batch_is_idle(const wf_shard_t *shard);
/* Durable: publish, answer, notify, in this order. */
void wf_batch_release(wf_shard_t *shard, wf_batch_t *batch);
void wf_batch_recycle(wf_shard_t *shard, wf_batch_t *batch);
void wf_batch_free(wf_batch_t *batch);

/* answer.c: into the open batch.  record is only referenced and must live
 * until then; _copy copies it. */
void wf_answer(wf_shard_t *shard, wf_submit_t *submit,
    const wf_record_t *record, wf_flow_t *flow);
void wf_answer_copy(wf_shard_t *shard, wf_submit_t *submit,
    const wf_record_t *record);
void wf_answer_error(wf_shard_t *shard, wf_submit_t *submit,
    wf_error_code_t code, wf_str_t first, wf_str_t second);
void wf_answer_err(wf_shard_t *shard, wf_submit_t *submit,
    const wf_error_t *err);
void wf_answer_throttled(wf_shard_t *shard, wf_submit_t *submit);
void wf_answer_hint(wf_shard_t *shard, uint64_t flow_no, wf_str_t name,
    wf_ticket_t ticket);
/* The record as it was right after the start, whatever came later. */
wf_record_t wf_answer_started(const wf_record_t *record);
/* Fails all answers of a batch. */
void wf_answer_fail(wf_shard_t *shard, wf_batch_t *batch);


#endif /* WF_COMMIT_H */
