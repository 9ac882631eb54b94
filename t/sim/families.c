
/*
 * Parents, children and what is to be said between them: a child runs for a
 * task that is durable, a child nobody waits for is stopped, an end is told
 * to who waits for it, and nothing of that is crossed out before it is true.
 * Part of the auditor: knows appends, not the shard.
 */

#define _GNU_SOURCE             /* memmem() */

#include "shard/token.h"
#include "t/sim/auditor.h"


typedef struct parcel_s  parcel_t;

/* What an execution left to be said. */
struct parcel_s {
    uint32_t     shard_no;
    uint64_t     exec_no;
    uint64_t     task;              /* 0: its end */
    bool         is_erased;
    bool         is_seen;           /* by a scan */
    parcel_t    *next;
};

static parcel_t  *parcels;
static uint32_t   open_count;


void
sim_families_open(void)
{
    parcels = NULL;
    open_count = 0;
}


static parcel_t *
parcel_of(uint32_t shard_no, uint64_t exec_no, uint64_t task)
{
    parcel_t  *parcel;

    for (parcel = parcels; parcel != NULL; parcel = parcel->next) {
        if (parcel->shard_no == shard_no && parcel->exec_no == exec_no
            && parcel->task == task)
        {
            break;
        }
    }

    return parcel;
}


/* The child that a task was called for; a service may have started it. */
static row_t *
child_of(const row_t *parent, uint64_t task)
{
    row_t  *row;

    for (row = sim_rows; row != NULL; row = row->next) {
        if (row->parent == parent && row->task == task) {
            break;
        }
    }

    return row;
}


static bool
is_of_family(const row_t *row)
{
    return !wf_str_starts(row->name, wf_str(SIM_CALLER));
}


static void
blame(const row_t *row, uint64_t task, const char *what)
{
    sim_failed("execution %.*s, task %llu: %s", (int) row->name.len,
               row->name.data, (unsigned long long) task, what);
}


/*
 * Children
 */

static void
child_check(const row_t *row)
{
    uint32_t           depth;
    const row_t       *parent;
    const parcel_t    *parcel;
    const sim_debt_t  *debt;

    parent = row->parent;
    debt = sim_ledger_find(parent->ledger, row->task);

    if (debt == NULL) {
        blame(parent, row->task, "its child is there before it");
        return;
    }

    if (!is_of_family(row)) {
        return;
    }

    depth = parent->record.depth + (row->record.root_scope == 0);

    if (row->record.depth != depth || depth > WF_CHILD_DEPTH_MAX
        || debt->is_item != (row->record.root_scope != 0))
    {
        blame(parent, row->task, "its child is of a wrong kind or depth");
    }

    parcel = parcel_of(parent->shard_no, parent->exec_no, row->task);

    if (parcel != NULL && parcel->is_erased) {
        blame(parent, row->task, "its child starts after its stop");
    }

    if (debt->state == SIM_DEBT_GIVEN_UP && parcel == NULL
        && !sim_flow_is_gone(parent->flow_no))
    {
        blame(parent, row->task, "its late child will not be stopped");
    }
}


/* A call that is repeated finds its child, also when that is over; in another
 * flow of the name it can't. */
static void
child_twice(const row_t *row)
{
    const row_t  *other;

    for (other = sim_rows; other != NULL; other = other->next) {
        if (other != row && other->parent == row->parent
            && other->task == row->task && other->flow_no == row->flow_no
            && is_of_family(other) && is_of_family(row))
        {
            blame(row->parent, row->task, "its child is there twice");
        }
    }
}


/* Whose end is told to whom; a redrive has a token of its own, or none. */
static wf_str_t
token_of(const row_t *row)
{
    return row->record.redrive_count > 0 ? row->record.redrive_token
                                         : row->record.callback_token;
}


void
sim_families_add(row_t *row)
{
    wf_token_t  token;

    if (token_of(row).len == 0
        || wf_token_open(sim.workers[0].port.token_key, token_of(row), &token)
           != WF_OK
        || (row->parent != NULL && row->task == token.task))
    {
        return;
    }

    row->parent = sim_row_by_no(token.shard_no, token.exec_no);
    row->task = token.task;

    if (row->parent == NULL) {
        sim_failed("execution %.*s is a child of nobody", (int) row->name.len,
                   row->name.data);
        return;
    }

    child_twice(row);
    child_check(row);
}


/* Whoever was given up with this append is stopped by it. */
static void
given_up_check(const row_t *row, uint64_t task)
{
    row_t  *child;

    if (parcel_of(row->shard_no, row->exec_no, task) != NULL) {
        return;
    }

    child = child_of(row, task);

    if (child != NULL && is_of_family(child)
        && !sim_flow_is_gone(row->flow_no))
    {
        blame(row, task, "its child will not be stopped");
    }
}


/* A result is what was answered to this very task, not to another one; a
 * child's is its own affair. */
static void
paid_check(const row_t *row, const sim_debt_t *debt)
{
    char           tag[SIM_TAG_LEN];
    size_t         len;
    const char    *text, *found;
    sim_task_id_t  id;

    id = (sim_task_id_t) { row->shard_no, row->exec_no, debt->task };
    text = (const char *) debt->output.data;
    len = debt->output.len;
    found = memmem(text, len, SIM_TAG, sizeof(SIM_TAG) - 1);

    if (found == NULL || debt->is_item
        || child_of(row, debt->task) != NULL)
    {
        return;
    }

    sim_tag(tag, &id);
    len -= (size_t) (found - text);

    if (len < strlen(tag) || memcmp(found, tag, strlen(tag)) != 0) {
        blame(row, debt->task, "its result is another one's");
    }
}


void
sim_families_look(const row_t *row)
{
    sim_debt_t  *debt;

    for (debt = sim_ledger_debts(row->ledger); debt; debt = debt->next) {
        if (debt->state == SIM_DEBT_OPEN || debt->is_read) {
            continue;
        }

        debt->is_read = true;

        if (debt->state == SIM_DEBT_GIVEN_UP) {
            given_up_check(row, debt->task);

        } else if (debt->state == SIM_DEBT_PAID) {
            paid_check(row, debt);
        }
    }
}


/*
 * Parcels
 */

/* Who is to be stopped is over, or was never there. */
static void
stop_check(const parcel_t *parcel)
{
    const row_t  *row, *child;

    row = sim_row_by_no(parcel->shard_no, parcel->exec_no);
    child = row != NULL ? child_of(row, parcel->task) : NULL;

    if (child != NULL && !wf_status_is_final(child->record.status)
        && !sim_flow_is_gone(child->flow_no))
    {
        blame(row, parcel->task, "its stop is crossed out, its child runs");
    }
}


/* Who is to be told does not wait any more. */
static void
end_check(const parcel_t *parcel)
{
    const row_t       *row;
    const sim_debt_t  *debt;

    row = sim_row_by_no(parcel->shard_no, parcel->exec_no);

    if (row == NULL || row->parent == NULL
        || (!wf_status_is_final(row->record.status)
            && row->record.redrive_count == 0))
    {
        sim_failed("an end is told that is none");
        return;
    }

    debt = sim_ledger_find(row->parent->ledger, row->task);

    if (debt != NULL && debt->state == SIM_DEBT_OPEN
        && !sim_flow_is_gone(row->parent->flow_no))
    {
        blame(row->parent, row->task, "the end of its child was not told");
    }
}


static void
parcel_erased(parcel_t *parcel)
{
    sim_say("shard %u: the parcel of execution %llu, task %llu, is settled",
            parcel->shard_no, (unsigned long long) parcel->exec_no,
            (unsigned long long) parcel->task);
    parcel->is_erased = true;
    open_count--;

    if (parcel->task == 0 || parcel->task > UINT64_MAX / 2) {
        end_check(parcel);

    } else {
        stop_check(parcel);
    }
}


static uint64_t
key_number(wf_str_t key, size_t at)
{
    size_t    i;
    uint64_t  number;

    for (number = 0, i = at; i < at + 8; i++) {
        number = number << 8 | key.data[i];
    }

    return number;
}


static parcel_t *
parcel_note(uint32_t shard_no, wf_str_t key)
{
    parcel_t  *parcel;

    if (key.len != 16) {
        sim_failed("a parcel with a strange key");
        return NULL;
    }

    parcel = parcel_of(shard_no, key_number(key, 0), key_number(key, 8));

    if (parcel == NULL) {
        parcel = wf_arena_calloc(sim.arena, sizeof(parcel_t));
        parcel->shard_no = shard_no;
        parcel->exec_no = key_number(key, 0);
        parcel->task = key_number(key, 8);
        parcel->next = parcels;
        parcels = parcel;
        open_count++;
        sim_say("shard %u: a parcel of execution %llu, task %llu", shard_no,
                (unsigned long long) parcel->exec_no,
                (unsigned long long) parcel->task);
    }

    return parcel;
}


void
sim_families_item(uint32_t shard_no, const wf_store_item_t *item)
{
    parcel_t  *parcel;

    parcel = parcel_note(shard_no, item->key);

    if (parcel == NULL) {
        return;
    }

    if (parcel->is_erased) {
        sim_failed("a parcel is written or crossed out again");

    } else if (item->erase) {
        parcel_erased(parcel);
    }
}


static wf_rc_t
scan_parcel(void *data, wf_str_t key, wf_str_t value)
{
    parcel_t  *parcel;

    (void) value;
    parcel = parcel_note(*(uint32_t *) data, key);

    if (parcel != NULL) {
        parcel->is_seen = true;

        if (parcel->is_erased) {
            sim_failed("a parcel that was crossed out is back");
        }
    }

    return WF_OK;
}


/* An append that failed may have been one after all. */
void
sim_families_opened(uint32_t shard_no, wf_store_t *store)
{
    parcel_t    *parcel;
    wf_error_t   err;

    for (parcel = parcels; parcel != NULL; parcel = parcel->next) {
        parcel->is_seen = parcel->shard_no != shard_no || parcel->is_erased;
    }

    if (wf_store_memory.scan_items(store, WF_ITEM_OUTBOX, scan_parcel,
                                   &shard_no, &err)
        != WF_STORE_OK)
    {
        sim_failed("parcels: %s", err.arg[0]);
        return;
    }

    for (parcel = parcels; parcel != NULL; parcel = parcel->next) {
        if (!parcel->is_seen) {
            parcel_erased(parcel);
        }
    }
}


bool
sim_families_all_told(void)
{
    return open_count == 0;
}
