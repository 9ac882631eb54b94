
/*
 * The auditor's opinion of schedules: which execution each of them owes, when;
 * that each is there once, and none that was not owed any more.  It looks as
 * far ahead as a life lasts.
 */

#include "actions/fire.h"
#include "base/cron.h"
#include "t/sim/sim.h"


#define AHEAD_MS   300000           /* from the start of the world */
#define TIMES_MAX  16               /* of one schedule, looked at */
#define STALE_MS   5000             /* a start that had set out arrives */


/* A schedule as it was last written. */
typedef struct plan_s  plan_t;

struct plan_s {
    wf_schedule_t   schedule;
    bool            is_there;
    bool            is_stored;      /* by a scan */
    plan_t         *next;
};

/* One due time. */
typedef struct debt_s  debt_t;

struct debt_s {
    plan_t     *plan;
    int64_t     due_ms;
    uint8_t     name[WF_UUID_LEN];
    bool        is_owed;
    bool        is_started;
    int64_t     void_ms;            /* since when it is not owed */
    debt_t     *next;
};

static plan_t  *plans;
static debt_t  *debts;
static bool     is_unsure;
uint64_t        sim_fires;


void
sim_calendar_open(void)
{
    plans = NULL;
    debts = NULL;
}


static void
plan_failed(const plan_t *plan, const char *what)
{
    sim_failed("schedule %.*s of flow %llu: %s",
               (int) plan->schedule.name.len, plan->schedule.name.data,
               (unsigned long long) plan->schedule.flow_no, what);
}


static debt_t *
debt_of(plan_t *plan, int64_t due_ms)
{
    debt_t     *debt;
    wf_fire_t   fire;

    for (debt = debts; debt != NULL; debt = debt->next) {
        if (debt->plan == plan && debt->due_ms == due_ms) {
            return debt;
        }
    }

    debt = wf_arena_calloc(sim.arena, sizeof(debt_t));
    debt->plan = plan;
    debt->due_ms = due_ms;
    debt->next = debts;
    debts = debt;
    fire = (wf_fire_t) { .id = plan->schedule.id, .due_ms = due_ms };
    wf_fire_name(sim.workers[0].port.token_key, &fire, debt->name);

    return debt;
}


/* What it owes now; what it owed before and does not is void. */
static void
debts_settle(plan_t *plan)
{
    int64_t     at_ms;
    debt_t     *debt;
    unsigned    i;
    wf_cron_t   cron;
    wf_error_t  err;

    for (debt = debts; debt != NULL; debt = debt->next) {
        if (debt->plan == plan && debt->is_owed) {
            debt->is_owed = false;
            debt->void_ms = sim.time_ms;
        }
    }

    if (!plan->is_there || !plan->schedule.is_enabled) {
        return;
    }

    if (wf_cron_parse(plan->schedule.cron, &cron, &err) != WF_OK) {
        plan_failed(plan, "is written with what is no expression");
        return;
    }

    at_ms = plan->schedule.since_ms;

    for (i = 0; i < TIMES_MAX; i++) {
        if (wf_cron_next(&cron, NULL, plan->schedule.anchor_ms, at_ms, &at_ms)
            != WF_OK || at_ms > SIM_START_MS + AHEAD_MS)
        {
            return;
        }

        debt_of(plan, at_ms)->is_owed = true;
    }
}


static plan_t *
plan_find(wf_str_t id)
{
    plan_t  *plan;

    for (plan = plans; plan != NULL; plan = plan->next) {
        if (wf_str_eq(plan->schedule.id, id)) {
            break;
        }
    }

    return plan;
}


/* What the owner decides about times. */
static void
times_check(const plan_t *plan, const wf_schedule_t *is)
{
    bool                  same;
    const wf_schedule_t  *was;

    was = &plan->schedule;
    same = was->is_enabled == is->is_enabled && wf_str_eq(was->cron, is->cron);

    /* Clocks may have gone back between two owners. */

    if (same ? is->since_ms != was->since_ms
             : is->since_ms < was->since_ms && sim.jumps == 0)
    {
        plan_failed(plan, "forgets, or remembers, what was due");
    }

    if (is->anchor_ms != was->anchor_ms
        && (was->is_enabled || !is->is_enabled
            || is->anchor_ms != is->since_ms))
    {
        plan_failed(plan, "counts from another moment");
    }
}


static void
schedule_write(wf_str_t value)
{
    plan_t         *plan, *other;
    wf_schedule_t   schedule;

    if (wf_schedule_decode(wf_arena_copy(sim.arena, value), &schedule)
        != WF_OK)
    {
        sim_failed("a malformed schedule");
        return;
    }

    plan = plan_find(schedule.id);

    if (plan == NULL) {
        for (other = plans; other != NULL; other = other->next) {
            if (other->is_there && !is_unsure
                && other->schedule.flow_no == schedule.flow_no
                && wf_str_eq(other->schedule.name, schedule.name))
            {
                plan_failed(other, "is created twice");
            }
        }

        plan = wf_arena_calloc(sim.arena, sizeof(plan_t));
        plan->next = plans;
        plans = plan;

    } else if (!is_unsure) {
        if (!plan->is_there) {
            plan_failed(plan, "is changed after its deletion");
        }

        times_check(plan, &schedule);
    }

    plan->schedule = schedule;
    plan->is_there = true;
    debts_settle(plan);
}


static wf_str_t
plan_key(const plan_t *plan)
{
    wf_buf_t  key;

    wf_buf_init(&key, sim.arena, 32);
    wf_schedule_key(&key, plan->schedule.flow_no, plan->schedule.name);

    return wf_buf_done(&key);
}


void
sim_calendar_append(const wf_store_item_t *item)
{
    plan_t    *plan;
    wf_str_t   key;

    if (!item->erase && !item->erase_prefix) {
        schedule_write(item->value);
        return;
    }

    for (plan = plans; plan != NULL; plan = plan->next) {
        key = plan_key(plan);

        if (plan->is_there
            && (item->erase ? wf_str_eq(key, item->key)
                            : wf_str_starts(key, item->key)))
        {
            plan->is_there = false;
            debts_settle(plan);
        }
    }
}


static wf_rc_t
schedule_seen(void *data, wf_str_t key, wf_str_t value)
{
    plan_t         *plan;
    wf_schedule_t   schedule;

    (void) data;
    (void) key;

    if (wf_schedule_decode(value, &schedule) != WF_OK) {
        sim_failed("a malformed schedule is stored");
        return WF_OK;
    }

    plan = plan_find(schedule.id);

    if (plan == NULL || !plan->is_there
        || plan->schedule.request_key != schedule.request_key)
    {
        if (!is_unsure) {
            sim_failed("a schedule comes from nowhere");
        }

        schedule_write(value);
        plan = plan_find(schedule.id);
    }

    plan->is_stored = true;

    return WF_OK;
}


/* If the last append may or may not be there, what is stored is true. */
void
sim_calendar_scan(bool unsure)
{
    plan_t      *plan;
    wf_error_t   err;

    is_unsure = unsure;

    for (plan = plans; plan != NULL; plan = plan->next) {
        plan->is_stored = false;
    }

    if (wf_store_memory.items(sim.reader, WF_ITEM_SCHEDULE, wf_str(""), 1000,
                              schedule_seen, NULL, &err) != WF_OK)
    {
        sim_failed("items: %s", err.arg[0]);
    }

    for (plan = plans; plan != NULL; plan = plan->next) {
        if (!plan->is_there || plan->is_stored) {
            continue;
        }

        if (!unsure) {
            plan_failed(plan, "is lost");
        }

        plan->is_there = false;
        debts_settle(plan);
    }

    is_unsure = false;
}


void
sim_calendar_started(const wf_record_t *record)
{
    debt_t  *debt;

    for (debt = debts; debt != NULL; debt = debt->next) {
        if (!wf_str_eq(record->name, (wf_str_t) { WF_UUID_LEN, debt->name })) {
            continue;
        }

        if (!debt->is_started) {
            sim_fires++;
        }

        if (record->flow_no != debt->plan->schedule.flow_no) {
            plan_failed(debt->plan, "starts another flow");
        }

        if (!debt->is_owed && !debt->is_started
            && debt->void_ms + STALE_MS < sim.time_ms)
        {
            plan_failed(debt->plan, "fires a time that is not its own now");
        }

        debt->is_started = true;
    }
}


bool
sim_calendar_is_over(void)
{
    debt_t  *debt;

    for (debt = debts; debt != NULL; debt = debt->next) {
        if (debt->is_owed && !debt->is_started) {
            return false;
        }
    }

    return true;
}


/* Of those the first, for whoever reads the story. */
void
sim_calendar_say(void)
{
    debt_t  *debt;

    for (debt = debts; debt != NULL; debt = debt->next) {
        if (debt->is_owed && !debt->is_started) {
            sim_say("schedule %.*s of flow %llu, \"%.*s\", owes %lld since "
                    "%lld, world's time",
                    (int) debt->plan->schedule.name.len,
                    debt->plan->schedule.name.data,
                    (unsigned long long) debt->plan->schedule.flow_no,
                    (int) debt->plan->schedule.cron.len,
                    debt->plan->schedule.cron.data,
                    (long long) (debt->due_ms - SIM_START_MS - sim.skew_ms),
                    (long long) (debt->plan->schedule.since_ms
                                 - SIM_START_MS - sim.skew_ms));
            return;
        }
    }
}


/* Of the last write, or one that came before. */
void
sim_calendar_answer(const wf_schedule_view_t *view, const char *action)
{
    if (plan_find(view->id) == NULL) {
        sim_failed("%s: client was told of schedule %.*s, which is not "
                   "durable", action, (int) view->name.len, view->name.data);
    }
}
