
/*
 * The auditor: what was made durable, seen append by append, replayed at
 * once into states of its own.  Whatever is published or answered must be
 * there already; what is there must stay, and must have happened once.
 */

#include "base/json.h"
#include "t/sim/auditor.h"


#define CUT_MS  1000                /* to hear of a commit */

typedef struct known_s  known_t;

/* A flow that was written once. */
struct known_s {
    wf_str_t      id;
    wf_str_t      name;
    uint64_t      flow_no;
    bool          is_gone;
    bool          is_seen;          /* by a scan */
    known_t      *next;
};

row_t           *sim_rows;
uint64_t         sim_expresses;
uint64_t         sim_redrives, sim_child_redrives;
static known_t  *flows;
static bool      unsure[SIM_SHARDS];
static uint32_t  row_count, gone_count;
static bool      is_closed;         /* what comes is none of our business */


static row_t *
row_by_name(uint64_t flow_no, wf_str_t name)
{
    row_t  *row;

    for (row = sim_rows; row != NULL; row = row->next) {
        if (row->flow_no == flow_no && !row->is_gone
            && wf_str_eq(row->name, name))
        {
            return row;
        }
    }

    return NULL;
}


row_t *
sim_row_by_no(uint32_t shard_no, uint64_t exec_no)
{
    row_t  *row;

    for (row = sim_rows; row != NULL; row = row->next) {
        if (row->shard_no == shard_no && row->exec_no == exec_no) {
            return row;
        }
    }

    return NULL;
}


void
sim_audit_open(void)
{
    sim_rows = NULL;
    flows = NULL;
    sim_issues_open();
    sim_calendar_open();
    row_count = gone_count = 0;
    is_closed = false;
    memset(unsure, 0, sizeof(unsure));
    sim_families_open();
}


void
sim_audit_unsure(uint32_t shard_no)
{
    unsure[shard_no] = true;
}


static wf_str_t
kept(wf_str_t s)
{
    return wf_arena_copy(sim.arena, s);
}


static void
row_record(row_t *row, wf_str_t head, wf_str_t tail)
{
    if (wf_record_decode(kept(head), kept(tail), &row->record) != WF_OK) {
        sim_failed("execution %.*s: its record is malformed",
                   (int) row->name.len, row->name.data);
    }
}


static row_t *
row_add(uint32_t shard_no, uint64_t exec_no, uint64_t flow_no, wf_str_t name)
{
    row_t  *row;

    row = row_by_name(flow_no, name);

    if (row != NULL) {
        sim_failed("execution %.*s of flow %llu is there twice",
                   (int) name.len, name.data, (unsigned long long) flow_no);
    }

    if (sim_row_by_no(shard_no, exec_no) != NULL) {
        sim_failed("shard %u: the number %llu is given twice", shard_no,
                   (unsigned long long) exec_no);
    }

    if (wf_shard_of(flow_no, name, sim.shard_count) != shard_no) {
        sim_failed("execution %.*s is in shard %u", (int) name.len, name.data,
                   shard_no);
    }

    row = wf_arena_calloc(sim.arena, sizeof(row_t));
    row->shard_no = shard_no;
    row->exec_no = exec_no;
    row->flow_no = flow_no;
    row->name = kept(name);
    row->exec = wf_exec_create();
    row->ledger = sim_ledger_create();
    row->next = sim_rows;
    sim_rows = row;
    row_count++;

    return row;
}


static void
row_wrong(const row_t *row, const char *what)
{
    if (what != NULL) {
        sim_failed("execution %.*s: %s", (int) row->name.len, row->name.data,
                   what);
    }
}


static void
row_replay(row_t *row, wf_str_t chunk)
{
    wf_error_t  err;

    wf_error_clear(&err);
    row_wrong(row, sim_ledger_read(row->ledger, chunk));

    if (wf_engine_replay(row->exec, chunk, &err) != WF_OK) {
        sim_failed("execution %.*s: its history does not replay: %s",
                   (int) row->name.len, row->name.data, err.arg[0]);
    }
}


/* What the row says must be what its events add up to. */

static void
row_check(const row_t *row, uint8_t status, int64_t stopped_ms)
{
    wf_buf_t          text;
    const wf_exec_t  *exec;

    exec = row->exec;
    row_wrong(row, sim_ledger_compare(row->ledger, exec));

    if (exec->status != status || row->record.status != status
        || exec->stopped_ms != stopped_ms
        || row->record.stopped_ms != stopped_ms
        || row->record.redrive_count != exec->redrive_count
        || row->record.redriven_ms != exec->redriven_ms)
    {
        sim_failed("execution %.*s: row, record and history disagree",
                   (int) row->name.len, row->name.data);
        return;
    }

    if (status != WF_STATUS_SUCCEEDED) {
        if (row->record.output.len != 0
            || !wf_str_eq(row->record.error, exec->error)
            || !wf_str_eq(row->record.cause, exec->error_cause))
        {
            sim_failed("execution %.*s: its error is not that of its history",
                       (int) row->name.len, row->name.data);
        }

        return;
    }

    wf_buf_init(&text, sim.arena, 256);
    wf_json_print(&text, exec->output);

    if (!wf_str_eq(wf_buf_done(&text), row->record.output)) {
        sim_failed("execution %.*s: output is not that of its history",
                   (int) row->name.len, row->name.data);
    }
}


static void
past_add(row_t *row)
{
    past_t  *past;

    past = wf_arena_alloc(sim.arena, sizeof(past_t));
    past->record = row->record;
    past->next = row->pasts;
    row->pasts = past;
}


static void
append_unit(uint32_t shard_no, const wf_store_unit_t *unit)
{
    row_t     *row;
    bool       was_over;
    uint32_t   redrive_count;

    was_over = false;

    if (unit->is_new) {
        row = row_add(shard_no, unit->exec_no, unit->flow_no, unit->name);
        row_record(row, unit->head, unit->tail);
        sim_issues_record(&row->record);
        sim_calendar_started(&row->record);

    } else {
        row = sim_row_by_no(shard_no, unit->exec_no);

        if (row == NULL) {
            sim_failed("shard %u: execution %llu was never started", shard_no,
                       (unsigned long long) unit->exec_no);
            return;
        }

        was_over = wf_status_is_final(row->exec->status);

        if (was_over) {
            past_add(row);
        }
    }

    redrive_count = row->exec->redrive_count;

    if (unit->event_count == 0 || unit->first_seq != row->exec->codec.seq + 1)
    {
        sim_failed("execution %.*s: a gap in its history",
                   (int) row->name.len, row->name.data);
        return;
    }

    sim_say("shard %u: execution %llu, %.*s of flow %llu: events %llu to %llu",
            shard_no, (unsigned long long) row->exec_no, (int) row->name.len,
            row->name.data, (unsigned long long) row->flow_no,
            (unsigned long long) unit->first_seq,
            (unsigned long long) (unit->first_seq + unit->event_count - 1));
    row_replay(row, unit->chunk);

    sim_redrives += row->exec->redrive_count - redrive_count;

    if (row->record.root_scope != 0) {
        sim_child_redrives += row->exec->redrive_count - redrive_count;
    }

    if (was_over && row->exec->redrive_count == redrive_count) {
        sim_failed("execution %.*s goes on after its end",
                   (int) row->name.len, row->name.data);
    }

    if (row->exec->codec.seq != unit->first_seq + unit->event_count - 1) {
        sim_failed("execution %.*s: wrong count of events",
                   (int) row->name.len, row->name.data);
    }

    if (unit->tail.len > 0) {
        wf_str_t     tail;
        wf_record_t  ended;
        wf_buf_t     head;

        wf_buf_init(&head, sim.arena, 256);
        wf_record_encode_head(&head, &row->record);
        tail = kept(unit->tail);

        if (wf_record_decode(wf_buf_done(&head), tail, &ended) != WF_OK) {
            sim_failed("a malformed tail");
            return;
        }

        row->record = ended;
    }

    row->due_ms = unit->due_ms;
    row_check(row, unit->status, unit->stopped_ms);
}


static known_t *
flow_find(wf_str_t id)
{
    known_t  *known;

    for (known = flows; known != NULL; known = known->next) {
        if (wf_str_eq(known->id, id)) {
            break;
        }
    }

    return known;
}


static wf_rc_t
flow_add(void *data, wf_str_t key, wf_str_t value)
{
    known_t    *known;
    wf_flow_t   flow;

    (void) data;

    if (wf_flow_decode(kept(value), &flow) != WF_OK
        || !wf_str_eq(flow.name, key))
    {
        sim_failed("a malformed flow");
        return WF_OK;
    }

    known = flow_find(flow.id);

    if (known == NULL) {
        known = wf_arena_calloc(sim.arena, sizeof(known_t));
        known->id = flow.id;
        known->name = flow.name;
        known->flow_no = flow.flow_no;
        known->next = flows;
        flows = known;
    }

    known->is_seen = true;

    return WF_OK;
}


static void
flow_gone(wf_str_t name)
{
    known_t  *known;

    for (known = flows; known != NULL; known = known->next) {
        known->is_gone |= wf_str_eq(known->name, name);
    }
}


bool
sim_flow_is_gone(uint64_t flow_no)
{
    known_t  *known;

    for (known = flows; known != NULL; known = known->next) {
        if (known->flow_no == flow_no) {
            break;
        }
    }

    return known == NULL || known->is_gone;
}


static void
append_item(uint32_t shard_no, const wf_store_item_t *item)
{
    if (item->kind == WF_ITEM_OUTBOX) {
        sim_families_item(shard_no, item);

    } else if (item->kind == WF_ITEM_VERSION
               || item->kind == WF_ITEM_ALIAS)
    {
        sim_issues_append(item, unsure[0]);

    } else if (item->kind == WF_ITEM_SCHEDULE) {
        sim_calendar_append(item);

    } else if (item->kind == WF_ITEM_FLOW && item->erase) {
        flow_gone(item->key);

    } else if (item->kind == WF_ITEM_FLOW) {
        flow_add(NULL, item->key, item->value);
    }
}


/* Those of a shard that are over and kept. */

static uint64_t
ended_count(uint32_t shard_no)
{
    row_t     *row;
    uint64_t   count;

    for (count = 0, row = sim_rows; row != NULL; row = row->next) {
        count += row->shard_no == shard_no && !row->is_gone
                 && wf_status_is_final(row->record.status);
    }

    return count;
}


/* Old enough, or too many. */

static bool
may_go(const row_t *row)
{
    int64_t                age_ms;
    const row_t           *other;
    const wf_retention_t  *retention;

    retention = &sim.retention;
    age_ms = sim.latest_ms - row->record.stopped_ms;

    for (other = sim_rows; other != NULL; other = other->next) {
        if (other->shard_no == row->shard_no && other->exec_no > row->exec_no)
        {
            break;
        }
    }

    return other != NULL && retention->age_ms > 0
           && wf_status_is_final(row->record.status)
           && (age_ms > retention->age_ms
               || (retention->count > 0 && age_ms > retention->grace_ms
                   && ended_count(row->shard_no) > retention->count));
}


static void
row_gone(row_t *row)
{
    sim_say("shard %u: execution %llu, %.*s of flow %llu, is erased",
            row->shard_no, (unsigned long long) row->exec_no,
            (int) row->name.len, row->name.data,
            (unsigned long long) row->flow_no);
    row->is_gone = true;
    row->gone_ms = sim.time_ms;
    gone_count++;
}


static void
append_erased(uint32_t shard_no, uint64_t exec_no)
{
    row_t  *row;

    row = sim_row_by_no(shard_no, exec_no);

    if (row == NULL || row->is_gone || !may_go(row)) {
        sim_failed("shard %u: execution %llu is erased too early, or not "
                   "there", shard_no, (unsigned long long) exec_no);
        return;
    }

    row_gone(row);
}


void
sim_audit_append(uint32_t shard_no, const wf_append_t *append)
{
    row_t     *row;
    uint32_t   i;

    if (is_closed) {
        return;
    }

    for (i = 0; i < append->unit_count; i++) {
        append_unit(shard_no, &append->units[i]);
    }

    for (i = 0; i < append->item_count; i++) {
        append_item(shard_no, &append->items[i]);
    }

    for (i = 0; i < append->erased_count; i++) {
        append_erased(shard_no, append->erased[i]);
    }

    for (i = 0; i < append->unit_count; i++) {
        row = sim_row_by_no(shard_no, append->units[i].exec_no);

        if (row != NULL) {
            sim_families_add(row);
            sim_families_look(row);
        }
    }
}


/*
 * Scans
 */

typedef struct {
    uint32_t   shard_no;
    row_t     *row;
    uint64_t   last_no;
    uint32_t   count;
    uint64_t   numbers[64];
    uint64_t   flow_nos[64];
    wf_str_t   names[64];
} scan_t;


static wf_rc_t
scan_name(void *data, const wf_store_row_t *from)
{
    scan_t  *scan;

    scan = data;
    scan->numbers[scan->count] = from->exec_no;
    scan->flow_nos[scan->count] = from->flow_no;
    scan->names[scan->count++] = kept(from->name);
    scan->last_no = from->exec_no;

    return WF_OK;
}


static wf_rc_t
scan_row(void *data, const wf_store_row_t *from)
{
    row_t   *row;
    scan_t  *scan;

    scan = data;
    row = sim_row_by_no(scan->shard_no, from->exec_no);

    if (row == NULL) {
        if (!unsure[scan->shard_no]) {
            sim_failed("execution %.*s comes from nowhere",
                       (int) from->name.len, from->name.data);
        }

        row = row_add(scan->shard_no, from->exec_no, from->flow_no,
                      from->name);
    }

    if (row->is_gone) {
        sim_failed("execution %.*s is back", (int) from->name.len,
                   from->name.data);
    }

    row->is_seen = true;
    row->due_ms = from->due_ms;
    row_record(row, from->head, from->tail);
    sim_calendar_started(&row->record);
    scan->row = row;

    if (from->status != row->record.status) {
        sim_failed("execution %.*s: row and record disagree",
                   (int) from->name.len, from->name.data);
    }

    return WF_OK;
}


static wf_rc_t
scan_chunk(void *data, wf_str_t key, wf_str_t value)
{
    (void) key;
    row_replay(((scan_t *) data)->row, value);

    return WF_OK;
}


static void
scan_one(scan_t *scan, uint64_t flow_no, wf_str_t name)
{
    row_t       *row;
    uint64_t     seq;
    wf_error_t   err;

    scan->row = NULL;

    if (wf_store_memory.find(sim.reader, scan->shard_no, flow_no, name,
                             scan_row, scan, &err)
        != WF_OK || scan->row == NULL)
    {
        sim_failed("execution %.*s is listed but not found", (int) name.len,
                   name.data);
        return;
    }

    row = scan->row;
    seq = row->exec->codec.seq;
    wf_exec_free(row->exec);
    row->exec = wf_exec_create();
    row->ledger = sim_ledger_create();

    if (wf_store_memory.chunks(sim.reader, scan->shard_no, row->exec_no, 1,
                               scan_chunk, scan, &err)
        != WF_OK)
    {
        sim_failed("execution %.*s: chunks: %s", (int) name.len, name.data,
                   err.arg[0]);
    }

    if (row->exec->codec.seq < seq) {
        sim_failed("execution %.*s: acknowledged events are lost",
                   (int) name.len, name.data);
    }

    if (row->exec->codec.seq > seq && !unsure[scan->shard_no]) {
        sim_failed("execution %.*s: events come from nowhere",
                   (int) name.len, name.data);
    }

    row_check(row, row->record.status, row->record.stopped_ms);
}


/* The store against what was acknowledged. */

static void
scan_shard(uint32_t shard_no)
{
    row_t       *row;
    scan_t       scan;
    known_t     *known;
    uint32_t     i;
    wf_error_t   err;

    memset(&scan, 0, sizeof(scan));
    scan.shard_no = shard_no;

    for (row = sim_rows; row != NULL; row = row->next) {
        row->is_seen = row->shard_no != shard_no || row->is_gone;
    }

    do {
        scan.count = 0;

        if (wf_store_memory.names(sim.reader, shard_no, scan.last_no,
                                  wf_countof(scan.names), scan_name, &scan,
                                  &err)
            != WF_OK)
        {
            sim_failed("names: %s", err.arg[0]);
            return;
        }

        for (i = 0; i < scan.count; i++) {
            scan_one(&scan, scan.flow_nos[i], scan.names[i]);
        }

    } while (scan.count == wf_countof(scan.names));

    for (row = sim_rows; row != NULL; row = row->next) {
        if (!row->is_seen && unsure[shard_no] && may_go(row)) {
            row_gone(row);

        } else if (!row->is_seen) {
            sim_failed("execution %.*s is lost", (int) row->name.len,
                       row->name.data);
        }
    }

    for (known = flows; known != NULL; known = known->next) {
        known->is_seen = shard_no != 0;
    }

    if (shard_no == 0
        && wf_store_memory.items(sim.reader, WF_ITEM_FLOW, wf_str(""), 1000,
                                 flow_add, NULL, &err)
           != WF_OK)
    {
        sim_failed("items: %s", err.arg[0]);
    }

    for (known = flows; known != NULL; known = known->next) {
        known->is_gone |= !known->is_seen;
    }

    if (shard_no == 0) {
        sim_issues_scan(unsure[0]);
        sim_calendar_scan(unsure[0]);
    }

    unsure[shard_no] = false;
}


void
sim_audit_opened(uint32_t shard_no, wf_store_t *store)
{
    row_t  *row;

    scan_shard(shard_no);
    sim_families_opened(shard_no, store);

    for (row = sim_rows; row != NULL; row = row->next) {
        if (row->shard_no == shard_no) {
            sim_families_add(row);
            sim_families_look(row);
        }
    }
}


/*
 * Effects
 */

/* What was said to be so, of what was so once. */

static const char *
effect_fault(const row_t *row, const wf_record_t *record)
{
    if (row->record.start_key != record->start_key
        || row->record.started_ms != record->started_ms
        || !wf_str_eq(row->record.input, record->input))
    {
        return "it is another one";
    }

    if (wf_status_is_final(record->status)
        && (row->record.status != record->status
            || row->record.stopped_ms != record->stopped_ms
            || row->record.stop_key != record->stop_key
            || !wf_str_eq(row->record.output, record->output)
            || !wf_str_eq(row->record.error, record->error)))
    {
        return "its end is not durable";
    }

    return NULL;
}


static void
effect_record(const wf_record_t *record, const char *what)
{
    row_t       *row;
    const char  *fault;

    if (is_closed) {
        return;
    }

    fault = "it is not durable";

    for (row = sim_rows; row != NULL; row = row->next) {
        if (row->flow_no == record->flow_no
            && wf_str_eq(row->name, record->name))
        {
            fault = effect_fault(row, record);

            if (fault == NULL) {
                return;
            }
        }
    }

    sim_failed("%s: execution %.*s: %s", what, (int) record->name.len,
               record->name.data, fault);
}


/* Gone, and whoever asked later could have known. */

static bool
is_past(const row_t *row, int64_t begun_ms)
{
    return row->is_gone
           && ((row->forgotten_ms != 0 && row->forgotten_ms < begun_ms)
               || row->gone_ms + CUT_MS < begun_ms);
}


void
sim_audit_forget(uint32_t shard_no, uint64_t flow_no, wf_str_t name)
{
    row_t  *row;

    if (is_closed) {
        return;
    }

    row = row_by_name(flow_no, name);

    if (row != NULL) {
        sim_failed("shard %u: execution %.*s is forgotten, but kept",
                   shard_no, (int) name.len, name.data);
    }

    for (row = sim_rows; row != NULL; row = row->next) {
        if (row->is_gone && row->forgotten_ms == 0 && row->flow_no == flow_no
            && wf_str_eq(row->name, name))
        {
            row->forgotten_ms = sim.time_ms;
        }
    }
}


void
sim_audit_publish(uint32_t shard_no, const wf_record_t *record)
{
    (void) shard_no;
    effect_record(record, "publish");
}


void
sim_audit_notice(wf_str_t message)
{
    wf_record_t  record;

    if (wf_notice_decode(message, &record) == WF_OK) {
        if (!wf_status_is_final(record.status)) {
            sim_failed("a notice of what is not over");
        }

        effect_record(&record, "notice");
    }
}


/* An append that failed oddly may have been one after all, and anybody may
 * read it before the next owner has looked. */

static bool
may_be_unknown(const wf_execution_view_t *view)
{
    known_t  *known;

    for (known = flows; known != NULL; known = known->next) {
        if (wf_str_eq(known->name, view->flow)
            && unsure[wf_shard_of(known->flow_no, view->name,
                                  sim.shard_count)])
        {
            return true;
        }
    }

    return false;
}


static bool
is_end_of(const wf_record_t *record, const wf_execution_view_t *view)
{
    return record->status == view->status
           && record->stopped_ms == view->stopped_ms
           && wf_str_eq(record->output, view->output);
}


static bool
was_end_of(const row_t *row, const wf_execution_view_t *view)
{
    const past_t  *past;

    for (past = row->pasts; past != NULL; past = past->next) {
        if (is_end_of(&past->record, view)) {
            return true;
        }
    }

    return false;
}


/* Any execution of that name that fits what the client was told. */

static void
call_execution(const wf_execution_view_t *view, const char *action,
    int64_t begun_ms)
{
    row_t  *row;

    for (row = sim_rows; row != NULL; row = row->next) {
        if (!wf_str_eq(row->name, view->name)
            || row->record.started_ms != view->started_ms
            || !wf_str_eq(row->record.input, view->input)
            || is_past(row, begun_ms))
        {
            continue;
        }

        if (view->redriven_ms > row->record.redriven_ms) {
            continue;
        }

        if (view->status == WF_STATUS_RUNNING
            || is_end_of(&row->record, view) || was_end_of(row, view))
        {
            return;
        }
    }

    if (!may_be_unknown(view)) {
        sim_failed("%s: client was told of execution %.*s what is not "
                   "durable", action, (int) view->name.len, view->name.data);
    }
}


static void
call_flow(const wf_flow_view_t *view, const char *action)
{
    if (flow_find(view->id) == NULL && !unsure[0]) {
        sim_failed("%s: client was told of flow %.*s, which is not durable",
                   action, (int) view->name.len, view->name.data);
    }
}


/* It may be out of date, never ahead. */

static void
call_run(const wf_map_run_view_t *view, const char *action)
{
    row_t               *row;
    const wf_map_run_t  *run;

    for (row = sim_rows; row != NULL; row = row->next) {
        run = wf_str_eq(row->name, view->execution)
              ? wf_exec_map_run(row->exec, view->name) : NULL;

        if (run == NULL) {
            continue;
        }

        if (view->total != run->total || view->succeeded > run->succeeded
            || view->redrive_count > run->redrive_count)
        {
            break;
        }

        if (view->redrive_count == run->redrive_count
            && (view->failed > run->failed || view->aborted > run->aborted))
        {
            break;
        }

        return;
    }

    sim_failed("%s: client was told of a map run what is not durable",
               action);
}


static bool
is_failed(const row_t *row)
{
    return row->exec->is_asl && !row->is_gone
           && row->record.status > WF_STATUS_SUCCEEDED;
}


/* They stay as they are where there is none. */

void
sim_audit_some_failed(wf_str_t *flow, wf_str_t *execution)
{
    row_t    *row;
    known_t  *known;

    for (row = sim_rows; row != NULL; row = row->next) {
        if (!is_failed(row) || sim_chance(60)) {
            continue;
        }

        for (known = flows; known != NULL; known = known->next) {
            if (known->flow_no == row->flow_no) {
                *flow = known->name;
                *execution = row->name;
                return;
            }
        }
    }
}


void
sim_audit_some_run(wf_str_t *flow, wf_str_t *execution, wf_str_t *run)
{
    row_t    *row;
    known_t  *known;

    *flow = wf_str("f0");
    *execution = wf_str("e0");
    *run = wf_str("none");

    for (row = sim_rows; row != NULL; row = row->next) {
        if (row->exec->map_runs == NULL || sim_chance(70)) {
            continue;
        }

        for (known = flows; known != NULL; known = known->next) {
            if (known->flow_no == row->flow_no) {
                *flow = known->name;
                *execution = row->name;
                *run = row->exec->map_runs->run.name;
                return;
            }
        }
    }
}


/* What is said to exist, or to be over, must be. */

static void
call_error(const wf_call_t *call, const char *action, int64_t begun_ms)
{
    bool              may_run;
    row_t            *row;
    const wf_arg_t   *name;
    wf_error_code_t   code;

    code = call->reply.error->code;
    name = wf_args_get(&call->args, WF_ARG_EXECUTION);

    if (code != WF_E_EXECUTION_EXISTS && code != WF_E_EXECUTION_COMPLETED) {
        return;
    }

    if (!name->present) {
        sim_failed("%s: a generated name is taken", action);
        return;
    }

    /* a state machine's may run: with another input (asl 18) */

    may_run = wf_str_starts(wf_args_get(&call->args, WF_ARG_FLOW)->text,
                            wf_str("sfn/"));

    for (row = sim_rows; row != NULL; row = row->next) {
        if (wf_str_eq(row->name, name->text)
            && (may_run || wf_status_is_final(row->record.status))
            && !is_past(row, begun_ms))
        {
            return;
        }
    }

    sim_failed("%s: execution %.*s is said to be over", action,
               (int) name->text.len, name->text.data);
}


/* An Express execution: it is durable before anyone hears of it, or it leaves
 * no trace. */

static void
call_express(const wf_call_t *call, const wf_execution_view_t *view)
{
    row_t  *row;

    for (row = sim_rows; row != NULL; row = row->next) {
        if (wf_str_eq(row->name, view->name)) {
            break;
        }
    }

    if (!call->keeps_express) {
        if (row != NULL) {
            sim_failed("Express execution %.*s was not to be kept",
                       (int) view->name.len, view->name.data);
        }

        return;
    }

    if (row == NULL) {
        sim_failed("Express execution %.*s is answered and not durable",
                   (int) view->name.len, view->name.data);
        return;
    }

    sim_expresses++;

    if (row->record.status != view->status
        || row->record.started_ms != view->started_ms
        || row->record.stopped_ms != view->stopped_ms
        || !wf_str_eq(row->record.output, view->output))
    {
        sim_failed("Express execution %.*s is not what was answered",
                   (int) view->name.len, view->name.data);
    }
}


void
sim_audit_call(const wf_call_t *call, const char *action, int64_t begun_ms)
{
    uint32_t           i;
    const wf_reply_t  *reply;

    reply = &call->reply;

    if (reply->error != NULL) {
        call_error(call, action, begun_ms);
        return;
    }

    for (i = 0; i < reply->count; i++) {
        if (reply->kind == WF_REPLY_SYNC_EXECUTION) {
            call_express(call, &reply->u.executions[i]);

        } else if (reply->kind == WF_REPLY_EXECUTION
            || (reply->kind == WF_REPLY_EXECUTIONS && !reply->metadata_only))
        {
            call_execution(&reply->u.executions[i], action, begun_ms);

        } else if (reply->kind == WF_REPLY_MAP_RUN
                   || reply->kind == WF_REPLY_MAP_RUN_LIMITS)
        {
            call_run(&reply->u.map_run[i], action);

        } else if (reply->kind == WF_REPLY_FLOW
                   || reply->kind == WF_REPLY_FLOWS)
        {
            call_flow(&reply->u.flows[i], action);

        } else if (reply->kind == WF_REPLY_VERSION
                   || reply->kind == WF_REPLY_VERSIONS)
        {
            sim_issues_version(&reply->u.versions[i], action);

        } else if (reply->kind == WF_REPLY_ALIAS
                   || reply->kind == WF_REPLY_ALIASES)
        {
            sim_issues_alias(&reply->u.aliases[i], action);

        } else if (reply->kind == WF_REPLY_SCHEDULE
                   || reply->kind == WF_REPLY_SCHEDULES)
        {
            sim_calendar_answer(&reply->u.schedules[i], action);
        }
    }
}


/* A service is called: its TaskScheduled is durable, and nobody has answered
 * or given it up, as far as its owner can know. */

void
sim_audit_task(const wf_task_t *task, bool is_owner)
{
    row_t             *row;
    const sim_debt_t  *debt;

    row = sim_row_by_no(task->shard_no, task->exec_no);
    debt = row ? sim_ledger_find(row->ledger, task->effect.task) : NULL;

    if (debt == NULL) {
        sim_failed("execution %.*s: task %llu is called before it is durable",
                   (int) task->execution.len, task->execution.data,
                   (unsigned long long) task->effect.task);
        return;
    }

    if (is_owner && (debt->state != SIM_DEBT_OPEN || debt->is_taken)) {
        sim_failed("execution %.*s: task %llu is called after its answer",
                   (int) task->execution.len, task->execution.data,
                   (unsigned long long) task->effect.task);
    }

    if (!wf_str_eq(row->name, task->execution)
        || row->flow_no != task->flow_no)
    {
        sim_failed("execution %.*s: a task of another one",
                   (int) task->execution.len, task->execution.data);
    }
}


/* A service answers: a call that nobody waits for was cut long ago. */

void
sim_audit_answered(const wf_task_t *task, bool is_owner)
{
    row_t             *row;
    const sim_debt_t  *debt;

    row = sim_row_by_no(task->shard_no, task->exec_no);
    debt = row ? sim_ledger_find(row->ledger, task->effect.task) : NULL;

    if (is_owner && debt != NULL && debt->state == SIM_DEBT_GIVEN_UP
        && debt->ended_ms + CUT_MS < sim.time_ms)
    {
        sim_failed("execution %.*s: the call of task %llu is not cut",
                   (int) task->execution.len, task->execution.data,
                   (unsigned long long) task->effect.task);
    }
}


/* The report is the end of that very task. */

void
sim_audit_reported(const sim_task_id_t *id, uint64_t event_id,
    bool is_success)
{
    row_t             *row;
    const sim_debt_t  *debt;

    row = sim_row_by_no(id->shard_no, id->exec_no);
    debt = row ? sim_ledger_find(row->ledger, id->task) : NULL;

    if (debt == NULL || event_id == 0 || debt->event_id != event_id
        || debt->state != (is_success ? SIM_DEBT_PAID : SIM_DEBT_FAILED))
    {
        sim_failed("a report is accepted that did not end its task");
    }
}


/* Memory against replay, where everything in memory is durable. */

void
sim_audit_live(void)
{
    row_t        *row;
    uint32_t      no;
    wf_shard_t   *shard;
    wf_loaded_t  *loaded;

    for (no = 0; no < sim.shard_count; no++) {
        if (sim.leases[no].owner == SIM_NOBODY) {
            continue;
        }

        shard = sim.workers[sim.leases[no].owner].shards[no];

        if (shard == NULL || shard->state >= WF_SHARD_DOWN
            || shard->lives->clean == NULL)
        {
            continue;
        }

        for (loaded = shard->lives->clean; loaded; loaded = loaded->next) {
            row = row_by_name(loaded->live->flow_no,
                              wf_live_name(loaded->live));

            if (row == NULL
                || wf_exec_fingerprint(row->exec)
                   != wf_exec_fingerprint(loaded->exec))
            {
                sim_failed("execution %.*s: memory is not what was recorded",
                           (int) loaded->live->name_len, loaded->live->name);
            }
        }
    }
}


bool
sim_audit_all_over(void)
{
    row_t  *row;

    for (row = sim_rows; row != NULL; row = row->next) {
        if (!wf_status_is_final(row->record.status)) {
            return false;
        }
    }

    return sim_families_all_told() && sim_calendar_is_over();
}


void
sim_audit_end(void)
{
    row_t     *row;
    uint32_t   no;

    for (no = 0; no < sim.shard_count; no++) {
        scan_shard(no);
    }

    is_closed = true;

    for (row = sim_rows; row != NULL; row = row->next) {
        if (!wf_status_is_final(row->record.status)) {
            sim_say("shard %u: execution %llu, %.*s of flow %llu, does not "
                    "end after event %llu", row->shard_no,
                    (unsigned long long) row->exec_no, (int) row->name.len,
                    row->name.data, (unsigned long long) row->flow_no,
                    (unsigned long long) row->exec->codec.seq);
            sim_failed("execution %.*s never ends", (int) row->name.len,
                       row->name.data);
        }

        wf_exec_free(row->exec);
        row->exec = NULL;
    }
}


uint64_t
sim_audit_hash(void)
{
    row_t     *row;
    wf_buf_t   buf;

    wf_buf_init(&buf, sim.arena, 4096);

    for (row = sim_rows; row != NULL; row = row->next) {
        wf_record_encode(&buf, &row->record);
        wf_put_uint(&buf, row->exec_no);
    }

    return wf_hash(sim.event_count, wf_buf_done(&buf));
}


uint32_t
sim_audit_count(void)
{
    return row_count;
}


uint32_t
sim_audit_gone(void)
{
    return gone_count;
}
