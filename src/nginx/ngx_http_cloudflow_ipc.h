
/*
 * Workers that talk: a slot per live worker, a ring per pair of slots, an
 * eventfd per slot as doorbell (nginx-engineering C).  Messages are hints
 * and copies; a worker that dies takes its rings' contents along, and
 * whoever waits for an answer learns of it from the lease (owner_changed).
 *
 * Everything here belongs to one process and its event loop; no thread may
 * call it.
 */

#ifndef NGX_HTTP_CLOUDFLOW_IPC_H
#define NGX_HTTP_CLOUDFLOW_IPC_H


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "shard/port.h"
#include "nginx/ngx_http_cloudflow_zone.h"


/* One message. */
#define NGX_HTTP_CLOUDFLOW_IPC_BYTES_MAX                                      \
    (WF_RAW_REQUEST_BYTES_MAX + 64 * 1024)

/* All messages that wait in this worker because a ring is full. */
#define NGX_HTTP_CLOUDFLOW_IPC_QUEUE_BYTES_MAX  (64 * 1024 * 1024)

#define NGX_HTTP_CLOUDFLOW_IPC_RETRY_MS   1     /* full ring */
#define NGX_HTTP_CLOUDFLOW_IPC_LOOK_MS    1000  /* the slow look at rings */
#define NGX_HTTP_CLOUDFLOW_IPC_CLAIM_MS   200   /* no slot free */
#define NGX_HTTP_CLOUDFLOW_IPC_PASS_MAX   64    /* messages, then the loop */

/* Waiting messages hold up the exit of a worker for no longer than this. */
#define NGX_HTTP_CLOUDFLOW_IPC_LINGER_MS  10000


/*
 * Called from the event loop, never from inside a call to this part, except
 * ready(), which may be called by init_process.  bytes are valid during the
 * call (in place, aligned to 8).  Law 2: whoever enters a request in one of
 * these runs its posted requests before returning.
 */
typedef struct {
    void  (*call)(uint32_t shard_no, wf_ticket_t ticket, wf_str_t bytes);
    void  (*reply)(wf_ticket_t ticket, wf_str_t bytes);
    void  (*ready)(uint32_t slot, uint32_t generation);
    void  (*pass)(void);        /* after a pass that delivered; may be NULL */
} ngx_http_cloudflow_ipc_handlers_t;


/* init_module: doorbells, once per zone.  With no descriptors left: logged;
 * workers without one look at their rings once a second. */
void ngx_http_cloudflow_ipc_init_module(ngx_cycle_t *cycle,
    ngx_http_cloudflow_zone_t *zone);

/* init_process of a worker or single process.  Never fails: with no slot
 * free it logs, tries again from a timer, and calls ready() then. */
void ngx_http_cloudflow_ipc_init_process(ngx_cycle_t *cycle,
    ngx_http_cloudflow_zone_t *zone,
    const ngx_http_cloudflow_ipc_handlers_t *handlers);

/* A worker that is leaving but stays for others' sake (a slow download, say)
 * needs no slot: there are not enough for many generations of such workers.
 * NGX_AGAIN: messages wait here, not yet. */
ngx_int_t ngx_http_cloudflow_ipc_rest(void);

/* It has a call after all: a slot again, soon; ready() tells. */
void ngx_http_cloudflow_ipc_resume(void);

/* exit_process: what still waits is lost; the slot is given back. */
void ngx_http_cloudflow_ipc_exit_process(void);

/* True once this worker has a slot. */
ngx_uint_t ngx_http_cloudflow_ipc_is_ready(void);
uint32_t ngx_http_cloudflow_ipc_slot(void);
uint32_t ngx_http_cloudflow_ipc_generation(void);


/*
 * Sending; bytes are copied.  The receiver may be this worker: delivered
 * from the event loop like any other.
 *
 * NGX_OK        in the ring, or waiting here for room in it
 * NGX_AGAIN     this worker has no slot yet
 * NGX_DECLINED  the receiver is gone
 * NGX_ERROR     too large, no memory, or too much waits already
 */
ngx_int_t ngx_http_cloudflow_ipc_call(uint32_t slot, uint32_t generation,
    uint32_t shard_no, wf_ticket_t ticket, wf_str_t bytes);
ngx_int_t ngx_http_cloudflow_ipc_reply(wf_ticket_t ticket, wf_str_t bytes);

/* To all other workers of the zone: look who owns the shard.  May get lost;
 * the lease's timer looks too. */
void ngx_http_cloudflow_ipc_hint(uint32_t shard_no);

/* Where hints of others go; set by the lease. */
void ngx_http_cloudflow_ipc_set_hint(void (*hint)(uint32_t shard_no));

/* Bytes that wait here for room in a ring. */
size_t ngx_http_cloudflow_ipc_waiting(void);


#endif /* NGX_HTTP_CLOUDFLOW_IPC_H */
