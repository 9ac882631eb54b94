
/*
 * Sending to other workers.  Owns the writing side of this worker's rings and
 * the messages that wait for room in them, in order for each receiver.  Must
 * never wait for another process, nor write a ring for a tenant that has
 * gone.  ipc.c is its only user.
 */

#include "nginx/ngx_http_cloudflow_ipc.h"
#include "nginx/ngx_http_cloudflow_outbox.h"


/* A receiver that takes nothing is asked so often whether it lives. */
#define ALIVE_MS  100


/* A message that waits; its bytes follow. */
typedef struct {
    ngx_queue_t                     queue;
    ngx_http_cloudflow_envelope_t   envelope;   /* offset: what is sent */
    ngx_msec_t                      since;
} letter_t;

typedef struct {
    ngx_queue_t   letters;
    ngx_msec_t    checked;
} peer_t;

typedef struct {
    ngx_http_cloudflow_zone_t  *zone;
    ngx_log_t                  *log;
    peer_t                     *peers;
    size_t                      bytes;
    uint32_t                    slot;
    uint32_t                    generation;
    uint32_t                    number;
    uint32_t                    piece_max;
} outbox_t;


static ngx_uint_t letter_send(uint32_t to,
    ngx_http_cloudflow_envelope_t *envelope, const uint8_t *bytes);
static ngx_int_t letter_keep(uint32_t to,
    const ngx_http_cloudflow_envelope_t *envelope, wf_str_t bytes);
static void letter_drop(letter_t *letter);
static ngx_uint_t peer_flush(uint32_t to);
static ngx_uint_t peer_is_gone(uint32_t to, const letter_t *letter);
static void bell_ring(uint32_t to);


static outbox_t  outbox;


ngx_int_t
ngx_http_cloudflow_outbox_open(ngx_http_cloudflow_zone_t *zone, uint32_t slot,
    uint32_t generation, ngx_log_t *log)
{
    uint32_t  i;

    outbox.peers = ngx_calloc(zone->slot_count * sizeof(peer_t), log);
    if (outbox.peers == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < zone->slot_count; i++) {
        ngx_queue_init(&outbox.peers[i].letters);
    }

    outbox.zone = zone;
    outbox.log = log;
    outbox.slot = slot;
    outbox.generation = generation;
    outbox.piece_max = ngx_http_cloudflow_ring_record_max(zone->ring_bytes)
                       - sizeof(ngx_http_cloudflow_envelope_t);

    return NGX_OK;
}


void
ngx_http_cloudflow_outbox_close(void)
{
    uint32_t      i;
    ngx_queue_t  *letters;

    if (outbox.peers == NULL) {
        return;
    }

    for (i = 0; i < outbox.zone->slot_count; i++) {
        letters = &outbox.peers[i].letters;

        while (!ngx_queue_empty(letters)) {
            letter_drop(ngx_queue_data(ngx_queue_head(letters), letter_t,
                                       queue));
        }
    }

    ngx_free(outbox.peers);
    ngx_memzero(&outbox, sizeof(outbox_t));
}


ngx_int_t
ngx_http_cloudflow_outbox_post(uint32_t to,
    ngx_http_cloudflow_envelope_t *envelope, wf_str_t bytes)
{
    ngx_uint_t  sent;

    if (outbox.peers == NULL) {
        return NGX_AGAIN;
    }

    if (to >= outbox.zone->slot_count
        || !ngx_http_cloudflow_slot_is_tenant(outbox.zone, to,
                                              envelope->to_generation))
    {
        return NGX_DECLINED;
    }

    if (bytes.len > NGX_HTTP_CLOUDFLOW_IPC_BYTES_MAX) {
        return NGX_ERROR;
    }

    envelope->from = outbox.slot;
    envelope->from_generation = outbox.generation;
    envelope->number = ++outbox.number;
    envelope->total = (uint32_t) bytes.len;
    envelope->offset = 0;

    sent = ngx_queue_empty(&outbox.peers[to].letters)
           && letter_send(to, envelope, bytes.data);

    if (!sent && letter_keep(to, envelope, bytes) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_IPC_SENT, 1);

    return NGX_OK;
}


void
ngx_http_cloudflow_outbox_hint(uint32_t to,
    ngx_http_cloudflow_envelope_t *envelope)
{
    if (outbox.peers == NULL || !ngx_queue_empty(&outbox.peers[to].letters)) {
        return;
    }

    envelope->from = outbox.slot;
    envelope->from_generation = outbox.generation;
    envelope->number = ++outbox.number;
    envelope->total = 0;
    envelope->offset = 0;

    (void) letter_send(to, envelope, NULL);
}


/*
 * As many pieces as there is room for.  True: all of it.  False: offset says
 * how far it went; if the rest never follows, the receiver drops what it got
 * when the next message comes.
 */
static ngx_uint_t
letter_send(uint32_t to, ngx_http_cloudflow_envelope_t *envelope,
    const uint8_t *bytes)
{
    uint32_t                    rung;
    wf_str_t                    head, piece;
    ngx_uint_t                  sent;
    ngx_http_cloudflow_ring_t  *ring;

    ring = ngx_http_cloudflow_zone_ring(outbox.zone, outbox.slot, to);
    head.len = sizeof(ngx_http_cloudflow_envelope_t);
    head.data = (const uint8_t *) envelope;
    rung = envelope->offset;

    do {
        piece.len = ngx_min(envelope->total - envelope->offset,
                            outbox.piece_max);
        piece.data = piece.len ? bytes + envelope->offset : NULL;

        sent = ngx_http_cloudflow_ring_write(ring, outbox.zone->ring_bytes,
                                             head, piece);
        if (sent) {
            envelope->offset += piece.len;
        }

    } while (sent && envelope->offset < envelope->total);

    if (sent || envelope->offset != rung) {
        bell_ring(to);
    }

    return sent;
}


static ngx_int_t
letter_keep(uint32_t to, const ngx_http_cloudflow_envelope_t *envelope,
    wf_str_t bytes)
{
    letter_t  *letter;

    if (outbox.bytes + sizeof(letter_t) + bytes.len
        > NGX_HTTP_CLOUDFLOW_IPC_QUEUE_BYTES_MAX)
    {
        ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_IPC_DROPPED,
                                      1);
        return NGX_ERROR;
    }

    letter = ngx_alloc(sizeof(letter_t) + bytes.len, outbox.log);
    if (letter == NULL) {
        return NGX_ERROR;
    }

    letter->envelope = *envelope;
    letter->since = ngx_current_msec;

    if (bytes.len) {
        ngx_memcpy(letter + 1, bytes.data, bytes.len);
    }

    ngx_queue_insert_tail(&outbox.peers[to].letters, &letter->queue);
    outbox.bytes += sizeof(letter_t) + bytes.len;

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_IPC_QUEUED, 1);

    return NGX_OK;
}


static void
letter_drop(letter_t *letter)
{
    outbox.bytes -= sizeof(letter_t) + letter->envelope.total;

    ngx_queue_remove(&letter->queue);
    ngx_free(letter);
}


ngx_uint_t
ngx_http_cloudflow_outbox_flush(void)
{
    uint32_t    i;
    ngx_uint_t  moved;

    moved = 0;

    for (i = 0; outbox.bytes && i < outbox.zone->slot_count; i++) {
        moved |= peer_flush(i);
    }

    return moved;
}


static ngx_uint_t
peer_flush(uint32_t to)
{
    uint32_t      offset;
    letter_t     *letter;
    ngx_uint_t    moved;
    ngx_queue_t  *letters;

    letters = &outbox.peers[to].letters;
    moved = 0;

    while (!ngx_queue_empty(letters)) {
        letter = ngx_queue_data(ngx_queue_head(letters), letter_t, queue);
        offset = letter->envelope.offset;

        if (peer_is_gone(to, letter)) {
            ngx_http_cloudflow_metric_add(
                                   NGX_HTTP_CLOUDFLOW_METRIC_IPC_DROPPED, 1);

        } else if (!letter_send(to, &letter->envelope,
                                (const uint8_t *) (letter + 1)))
        {
            return moved || letter->envelope.offset != offset;
        }

        letter_drop(letter);
        moved = 1;
    }

    return moved;
}


/* A dead tenant whose slot nobody took would keep its letters for ever. */
static ngx_uint_t
peer_is_gone(uint32_t to, const letter_t *letter)
{
    peer_t  *peer;

    if (!ngx_http_cloudflow_slot_is_tenant(outbox.zone, to,
                                           letter->envelope.to_generation))
    {
        return 1;
    }

    peer = &outbox.peers[to];

    if (ngx_current_msec - letter->since < ALIVE_MS
        || ngx_current_msec - peer->checked < ALIVE_MS)
    {
        return 0;
    }

    if (!ngx_http_cloudflow_slot_is_alive(outbox.zone, to)) {
        return 1;
    }

    peer->checked = ngx_current_msec;

    return 0;
}


/* The ring was written; the receiver sets asleep, then looks at its rings. */
static void
bell_ring(uint32_t to)
{
    uint64_t                    one;
    ngx_http_cloudflow_slot_t  *slot;

    slot = ngx_http_cloudflow_zone_slot(outbox.zone, to);

    __atomic_thread_fence(__ATOMIC_SEQ_CST);

    if (slot->bell == -1
        || __atomic_load_n(&slot->asleep, __ATOMIC_RELAXED) == 0
        || __atomic_exchange_n(&slot->asleep, 0, __ATOMIC_SEQ_CST) == 0)
    {
        return;
    }

    one = 1;

    if (write(slot->bell, &one, sizeof(one)) == -1
        && ngx_errno != NGX_EAGAIN)
    {
        ngx_log_error(NGX_LOG_ALERT, outbox.log, ngx_errno,
                      "cloudflow: write() to the bell of slot %uD failed",
                      to);
    }

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_IPC_BELLS, 1);
}


size_t
ngx_http_cloudflow_outbox_bytes(void)
{
    return outbox.bytes;
}


ngx_msec_t
ngx_http_cloudflow_outbox_age(void)
{
    uint32_t      i;
    letter_t     *letter;
    ngx_msec_t    age, oldest;
    ngx_queue_t  *letters;

    oldest = 0;

    for (i = 0; outbox.bytes && i < outbox.zone->slot_count; i++) {
        letters = &outbox.peers[i].letters;

        if (ngx_queue_empty(letters)) {
            continue;
        }

        letter = ngx_queue_data(ngx_queue_head(letters), letter_t, queue);
        age = ngx_current_msec - letter->since;
        oldest = ngx_max(oldest, age);
    }

    return oldest;
}
