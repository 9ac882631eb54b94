
/*
 * Receiving from other workers.  Owns the reading side of this worker's rings
 * and messages that have arrived in part.  Must never trust a length it read,
 * nor deliver what was meant for the slot's last tenant.  ipc.c is its only
 * user; the receive functions are rows of ipc.def.
 */

#include "nginx/ngx_http_cloudflow_inbox.h"
#include "nginx/ngx_http_cloudflow_outbox.h"


typedef void (*receive_pt)(const ngx_http_cloudflow_envelope_t *envelope,
    wf_str_t bytes);

/* A message that arrives in pieces. */
typedef struct {
    u_char    *bytes;           /* NULL: none */
    uint32_t   generation;      /* of the sender */
    uint32_t   number;
    uint32_t   received;
} parcel_t;

typedef struct {
    ngx_http_cloudflow_zone_t         *zone;
    ngx_http_cloudflow_ipc_handlers_t  handlers;
    parcel_t                          *parcels;     /* by sender */
    uint32_t                           slot;
    uint32_t                           generation;
    uint32_t                           next;        /* ring to begin with */
} inbox_t;


static void deliver(uint32_t from, wf_str_t record);
static void deliver_piece(const ngx_http_cloudflow_envelope_t *envelope,
    wf_str_t bytes);
static void parcel_drop(parcel_t *parcel);
static void receive_call(const ngx_http_cloudflow_envelope_t *envelope,
    wf_str_t bytes);
static void receive_reply(const ngx_http_cloudflow_envelope_t *envelope,
    wf_str_t bytes);
static void receive_lease(const ngx_http_cloudflow_envelope_t *envelope,
    wf_str_t bytes);


static const receive_pt  receivers[NGX_HTTP_CLOUDFLOW_IPC_END] = {
#define IPC(symbol, number, receive)  [number] = receive,
#include "nginx/ipc.def"
#undef IPC
};


static inbox_t   inbox;
static void    (*inbox_hint)(uint32_t shard_no);


ngx_int_t
ngx_http_cloudflow_inbox_open(ngx_http_cloudflow_zone_t *zone, uint32_t slot,
    uint32_t generation, const ngx_http_cloudflow_ipc_handlers_t *handlers)
{
    inbox.parcels = ngx_calloc(zone->slot_count * sizeof(parcel_t),
                               ngx_cycle->log);
    if (inbox.parcels == NULL) {
        return NGX_ERROR;
    }

    inbox.zone = zone;
    inbox.handlers = *handlers;
    inbox.slot = slot;
    inbox.generation = generation;

    return NGX_OK;
}


void
ngx_http_cloudflow_inbox_close(void)
{
    uint32_t  i;

    if (inbox.parcels == NULL) {
        return;
    }

    for (i = 0; i < inbox.zone->slot_count; i++) {
        parcel_drop(&inbox.parcels[i]);
    }

    ngx_free(inbox.parcels);
    ngx_memzero(&inbox, sizeof(inbox_t));
}


void
ngx_http_cloudflow_inbox_set_hint(void (*hint)(uint32_t shard_no))
{
    inbox_hint = hint;
}


/* Each time from another sender on. */
ngx_uint_t
ngx_http_cloudflow_inbox_read(ngx_uint_t *budget)
{
    bool                        damaged;
    uint32_t                    i, from;
    wf_str_t                    record;
    ngx_uint_t                  some;
    ngx_http_cloudflow_ring_t  *ring;

    some = 0;
    damaged = false;
    from = inbox.next++ % inbox.zone->slot_count;

    for (i = 0; i < inbox.zone->slot_count && *budget; i++) {
        ring = ngx_http_cloudflow_zone_ring(inbox.zone, from, inbox.slot);

        while (*budget
               && ngx_http_cloudflow_ring_peek(ring, inbox.zone->ring_bytes,
                                               &record, &damaged))
        {
            deliver(from, record);
            ngx_http_cloudflow_ring_next(ring, inbox.zone->ring_bytes);
            (*budget)--;
            some = 1;
        }

        if (*budget && damaged) {
            ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                          "cloudflow: the ring from slot %uD was damaged, "
                          "its messages are lost", from);
        }

        from = (from + 1) % inbox.zone->slot_count;
    }

    return some;
}


ngx_uint_t
ngx_http_cloudflow_inbox_is_empty(void)
{
    uint32_t  i;

    for (i = 0; i < inbox.zone->slot_count; i++) {
        if (!ngx_http_cloudflow_ring_is_empty(
                ngx_http_cloudflow_zone_ring(inbox.zone, i, inbox.slot)))
        {
            return 0;
        }
    }

    return 1;
}


/* What is meant for the slot's last tenant, or is no message at all, goes. */
static void
deliver(uint32_t from, wf_str_t record)
{
    wf_str_t                       bytes;
    ngx_http_cloudflow_envelope_t  envelope;

    if (record.len < sizeof(envelope)) {
        return;
    }

    ngx_memcpy(&envelope, record.data, sizeof(envelope));

    bytes.len = record.len - sizeof(envelope);
    bytes.data = record.data + sizeof(envelope);

    if (envelope.to_generation != inbox.generation
        || envelope.from != from
        || envelope.kind >= NGX_HTTP_CLOUDFLOW_IPC_END
        || receivers[envelope.kind] == NULL
        || envelope.total > NGX_HTTP_CLOUDFLOW_IPC_BYTES_MAX
        || envelope.offset > envelope.total
        || bytes.len > envelope.total - envelope.offset)
    {
        ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_IPC_DROPPED,
                                      1);
        return;
    }

    if (bytes.len < envelope.total) {
        deliver_piece(&envelope, bytes);
        return;
    }

    parcel_drop(&inbox.parcels[from]);
    receivers[envelope.kind](&envelope, bytes);
}


/* Pieces of a message follow one another in its sender's ring.  One that does
 * not continue what is there: its sender died or gave up in the middle. */
static void
deliver_piece(const ngx_http_cloudflow_envelope_t *envelope, wf_str_t bytes)
{
    u_char    *whole;
    parcel_t  *parcel;

    parcel = &inbox.parcels[envelope->from];

    if (envelope->offset == 0) {
        parcel_drop(parcel);

        parcel->bytes = ngx_alloc(envelope->total, ngx_cycle->log);
        parcel->generation = envelope->from_generation;
        parcel->number = envelope->number;
    }

    if (parcel->bytes == NULL
        || parcel->generation != envelope->from_generation
        || parcel->number != envelope->number
        || parcel->received != envelope->offset)
    {
        parcel_drop(parcel);
        ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_IPC_DROPPED,
                                      1);
        return;
    }

    ngx_memcpy(parcel->bytes + envelope->offset, bytes.data, bytes.len);
    parcel->received += bytes.len;

    if (parcel->received < envelope->total) {
        return;
    }

    whole = parcel->bytes;
    parcel->bytes = NULL;
    parcel->received = 0;

    bytes.len = envelope->total;
    bytes.data = whole;
    receivers[envelope->kind](envelope, bytes);

    ngx_free(whole);
}


static void
parcel_drop(parcel_t *parcel)
{
    ngx_free(parcel->bytes);
    ngx_memzero(parcel, sizeof(parcel_t));
}


static void
receive_call(const ngx_http_cloudflow_envelope_t *envelope, wf_str_t bytes)
{
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_IPC_RECEIVED, 1);

    if (envelope->shard_no < inbox.zone->shard_count) {
        inbox.handlers.call(envelope->shard_no, envelope->ticket, bytes);
    }
}


static void
receive_reply(const ngx_http_cloudflow_envelope_t *envelope, wf_str_t bytes)
{
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_IPC_RECEIVED, 1);

    inbox.handlers.reply(envelope->ticket, bytes);
}


static void
receive_lease(const ngx_http_cloudflow_envelope_t *envelope, wf_str_t bytes)
{
    if (inbox_hint && envelope->shard_no < inbox.zone->shard_count) {
        inbox_hint(envelope->shard_no);
    }
}
