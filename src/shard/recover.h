
/*
 * Opening a shard: what is read before it can be created.
 */

#ifndef WF_RECOVER_H
#define WF_RECOVER_H


#include "flow/flow.h"
#include "flow/note.h"
#include "flow/schedule.h"
#include "flow/version.h"
#include "shard/zones.h"
#include "store/store.h"


typedef struct wf_recovery_s  wf_recovery_t;

/*
 * Everything that opening a shard reads; made by wf_recover() in the writer
 * thread, given to wf_shard_create(), which frees it.  WF_ERROR: err and
 * status say why.
 */
struct wf_recovery_s {
    wf_arena_t         *arena;
    wf_store_t         *store;      /* the world keeps it, with its thread */
    wf_store_status_t   status;
    wf_error_t          err;
    wf_error_t          why;        /* what was read was refused */
    uint64_t            epoch;
    uint64_t            exec_no;
    uint64_t            reset_no;   /* flows below went with a reset */
    uint32_t            row_count;  /* running executions */
    void               *lives;      /* the shard's: they, all resting */
    int64_t             now_ms;     /* the latest time known to the store */
    wf_flow_t          *flows;      /* shard 0: name, flow_no, revision, key */
    uint32_t            flow_count;
    uint64_t            flow_no;    /* shard 0: highest used */
    wf_flow_version_t  *versions;   /* shard 0: no descriptions */
    wf_flow_version_t  *lasts;      /* of a flow: last number, its key */
    wf_flow_alias_t    *aliases;    /* no descriptions */
    uint32_t            version_count;
    uint32_t            last_count;
    uint32_t            alias_count;
    wf_schedule_t      *schedules;  /* no descriptions, no payloads */
    uint32_t            schedule_count;
    wf_note_t          *notes;      /* shard 0: name, key */
    uint32_t            note_count;
    wf_zones_t         *zones;      /* shard 0: those that they name */
    void               *parcels;    /* the shard's: its outbox */
    void               *last_parcel;
};

/* NULL: no memory.  Look at ->status; ->store may be open even if it is not
 * OK, and is then to be closed. */
wf_recovery_t *wf_recover(const wf_store_type_t *type, void *place,
    uint32_t shard_no);
void wf_recovery_free(wf_recovery_t *recovery);

/* Counters that a reset leaves behind. */
#define WF_RESET_EXEC  "exec_no"
#define WF_RESET_FLOW  "reset_no"

/* What a counter of versions is called, before the flow's number. */
#define WF_VERSION_COUNTER  "version"


#endif /* WF_RECOVER_H */
