
/*
 * wf_record_t: an execution as the outside sees it (Describe, lists, the
 * index, replies).  head never changes after the start, tail holds what does;
 * they are stored as two blobs, so a long life does not rewrite its input.
 */

#ifndef WF_RECORD_H
#define WF_RECORD_H


#include "base/pack.h"
#include "base/run_name.h"


/* Numbers are on disk. */
typedef enum {
    WF_STATUS_RUNNING = 1,
    WF_STATUS_SUCCEEDED = 2,
    WF_STATUS_FAILED = 3,
    WF_STATUS_STOPPED = 4,
    WF_STATUS_TIMED_OUT = 5,
    WF_STATUS_CANCELED = 6,     /* these two: of SWF */
    WF_STATUS_CONTINUED = 7
} wf_status_t;

#define wf_status_is_final(status)  ((status) != WF_STATUS_RUNNING)

typedef struct {
    /* identity and head */
    uint64_t   flow_no;
    uint64_t   revision;
    uint64_t   start_key;       /* of the StartExecution call */
    wf_str_t   name;
    wf_str_t   input;           /* the client's text */
    wf_str_t   callback_token;
    wf_str_t   qualifier;       /* as the client gave it */
    int64_t    started_ms;
    uint32_t   depth;           /* of sub-flows; 0: nobody's child */
    uint32_t   root_scope;      /* that it runs; 0: the flow's */
    uint64_t   version;         /* that the qualifier meant then; 0: none */

    /* tail */
    uint8_t    status;          /* wf_status_t */
    int64_t    stopped_ms;      /* 0: running */
    uint64_t   stop_key;        /* of the StopExecution call, or 0 */
    wf_str_t   output;          /* JSON text, empty: none */
    wf_str_t   error;
    wf_str_t   cause;
    uint64_t   event_id;        /* of its last shown event, when it was over
                                   last; 0: not known */
    uint32_t   redrive_count;
    int64_t    redriven_ms;     /* the last time; 0: never */
    wf_str_t   redrive_token;   /* to be called back since then */
    wf_str_t   redrives;        /* keys and times of the last ones, latest
                                   first: wf_record_redriven() */
} wf_record_t;

/* Can it be redriven, and if not, why? */
typedef enum {
    WF_REDRIVE_READY = 0,
    WF_REDRIVE_RUNNING,
    WF_REDRIVE_SUCCEEDED,
    WF_REDRIVE_FULL,            /* its history */
    WF_REDRIVE_LONG,            /* it has been open for too long */
    WF_REDRIVE_LATE,            /* it has been over for too long */
    WF_REDRIVE_OFTEN,
    WF_REDRIVE_BY_MAP_RUN       /* ready, but only its map run may */
} wf_redrive_t;

wf_redrive_t wf_record_redrive(const wf_record_t *record, int64_t now_ms);

/* Why not, in words; empty: it can. */
wf_str_t wf_redrive_text(wf_redrive_t reason);

/* When a call with that key redrove it, if it did, and not before since_ms;
 * 0: it did not. */
int64_t wf_record_redriven(const wf_record_t *record, uint64_t key,
    int64_t since_ms);

/* A call with that key redrives it now, once more.  Into arena.  WF_ERROR: no
 * memory. */
wf_rc_t wf_record_redrive_add(wf_arena_t *arena, wf_record_t *record,
    uint64_t key, int64_t now_ms);

/* The key of the call that set it going the last time. */
uint64_t wf_record_key(const wf_record_t *record);
/*
 * How long a run is kept after its close, in ms: domains never change that
 * (swf 4), so the id of a run says it, in days, by its last two digits.  -1: no
 * run's name.
 */
int64_t wf_swf_kept_ms(wf_str_t name);


void wf_record_encode_head(wf_buf_t *buf, const wf_record_t *record);
void wf_record_encode_tail(wf_buf_t *buf, const wf_record_t *record);

/* Strings point into the bytes.  An empty tail: running. */
wf_rc_t wf_record_decode(wf_str_t head, wf_str_t tail, wf_record_t *record);

/* Both in one, for rings and the index. */
void wf_record_encode(wf_buf_t *buf, const wf_record_t *record);
wf_rc_t wf_record_decode_whole(wf_str_t bytes, wf_record_t *record);


#endif /* WF_RECORD_H */
