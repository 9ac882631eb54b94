
/*
 * Services: what tasks call, and who reports on their tokens.  They answer
 * late, in any order, with errors, or not at all; they report early, twice,
 * through any worker.  What they remember is what the outside saw: one key
 * per attempt, no second call without a crash, one report taken per token.
 */

#include "t/sim/sim.h"


typedef struct served_s  served_t;
typedef struct letter_s  letter_t;

/* An attempt that was seen at a service. */
struct served_s {
    sim_task_id_t  id;
    uint64_t     epoch;         /* of the owner that called last */
    bool         is_lost;       /* that call was cut */
    wf_str_t     key;
    uint32_t     taken;         /* reports that were accepted */
    served_t    *next;
};

/* A report on its way. */
struct letter_s {
    served_t    *served;
    wf_str_t     token;
    bool         is_success;
    bool         is_start;      /* an execution that shall call back */
    uint32_t     worker;
    wf_call_t   *call;          /* being asked */
    wf_call_t   *over;          /* to be freed */
    uint32_t     tries;
    bool         is_settled;
    letter_t    *next;
};

static served_t  *serveds;
static letter_t  *letters;
uint64_t          sim_services_called, sim_reports_taken;


void
sim_services_open(void)
{
    serveds = NULL;
    letters = NULL;
}


static wf_str_t
key_of(const wf_outbound_t *out)
{
    uint32_t  i;

    for (i = 0; i < out->request.header_count; i++) {
        if (wf_str_eq(out->request.headers[i].name,
                      wf_str("x-fnf-idempotency-key")))
        {
            return out->request.headers[i].value;
        }
    }

    return wf_str_none;
}


static served_t *
served_of(const wf_task_t *task)
{
    served_t  *served;

    for (served = serveds; served != NULL; served = served->next) {
        if (served->id.shard_no == task->shard_no
            && served->id.exec_no == task->exec_no
            && served->id.task == task->effect.task)
        {
            return served;
        }
    }

    return NULL;
}


/* The same attempt has the same key; a second call of one owner needs a
 * reason. */

static served_t *
served_note(uint32_t worker, const wf_outbound_t *out)
{
    uint64_t           epoch;
    served_t          *served, *other;
    const wf_task_t   *task;

    task = out->task;
    served = served_of(task);
    epoch = sim.workers[worker].shards[task->shard_no]->epoch;
    sim_audit_task(task, sim.leases[task->shard_no].owner == worker);

    if (served == NULL) {
        for (other = serveds; other != NULL; other = other->next) {
            if (other->key.len && wf_str_eq(other->key, key_of(out))) {
                sim_failed("two attempts have one key");
            }
        }

        served = wf_arena_calloc(sim.arena, sizeof(served_t));
        served->id = (sim_task_id_t) { task->shard_no, task->exec_no,
                                       task->effect.task };
        served->key = wf_arena_copy(sim.arena, key_of(out));
        served->next = serveds;
        serveds = served;

    } else {
        if (served->epoch == epoch && !served->is_lost) {
            sim_failed("execution %.*s: task %llu is called twice",
                       (int) task->execution.len, task->execution.data,
                       (unsigned long long) served->id.task);
        }

        if (!wf_str_eq(served->key, key_of(out))) {
            sim_failed("one attempt has two keys");
        }
    }

    served->epoch = epoch;
    served->is_lost = false;

    return served;
}


/*
 * Answers
 */

static const wf_service_header_t  json_header = {
    wf_str_init("content-type"), wf_str_init("application/json")
};


void
sim_tag(char tag[SIM_TAG_LEN], const sim_task_id_t *id)
{
    snprintf(tag, SIM_TAG_LEN, SIM_TAG "%u/%llu/%llu.", id->shard_no,
             (unsigned long long) id->exec_no, (unsigned long long) id->task);
}


/* An object with n and the tag. */
static wf_str_t
body_make(const sim_task_id_t *id, unsigned n)
{
    char      tag[SIM_TAG_LEN];
    wf_buf_t  buf;

    sim_tag(tag, id);
    wf_buf_init(&buf, sim.arena, 96);
    wf_buf_text(&buf, "{\"n\":");
    wf_buf_uint(&buf, n);
    wf_buf_text(&buf, ",\"tag\":\"");
    wf_buf_str(&buf, wf_str_of(tag));
    wf_buf_text(&buf, "\"}");

    return wf_buf_done(&buf);
}


static void
answer_fill(wf_service_answer_t *answer, const wf_task_t *task)
{
    static const struct {
        unsigned      status;
        uint8_t       fault;
        const char   *body;
    } bad[] = {
        { 500, 0, "{\"errorMessage\":\"no\"}" },
        { 429, 0, "{\"ErrorCode\":\"ResourceThrottled\"}" },
        { 404, 0, "not json" },
        { 302, 0, "" },
        { 200, 0, "{\"cut\":" },
        { 0, WF_FAULT_CONNECT, "" },
        { 0, WF_FAULT_TIMEOUT, "" },
        { 0, WF_FAULT_CUT, "" },
        { 0, WF_FAULT_TOO_LARGE, "" },
        { 0, WF_FAULT_NO_RESOURCE, "" }
    };

    uint32_t  i;

    memset(answer, 0, sizeof(wf_service_answer_t));
    answer->headers = (wf_service_header_t *) &json_header;
    answer->header_count = 1;
    answer->status = 200;
    answer->body = body_make(&served_of(task)->id, 1);

    if (sim_chance(task->effect.mode == WF_CALL_REQUEST ? 25 : 10)) {
        i = sim_below(wf_countof(bad));
        answer->status = bad[i].status;
        answer->fault = bad[i].fault;
        answer->body = wf_str_of(bad[i].body);
    }
}


static int64_t
some_delay(void)
{
    return sim_chance(85) ? sim_below(60) : sim_below(8000);
}


static void
letter_post(const wf_task_t *task, served_t *served)
{
    letter_t  *letter;

    letter = wf_arena_calloc(sim.arena, sizeof(letter_t));
    letter->served = served;
    letter->token = wf_arena_copy(sim.arena, task->effect.token);
    letter->is_success = sim_chance(80);
    letter->is_start = task->effect.mode == WF_CALL_TOKEN && sim_chance(15)
                       && !wf_str_eq(task->flow, wf_str("f3"));
    letter->next = letters;
    letters = letter;
    sim_post(SIM_REPORT, SIM_WORKERS, some_delay())->letter = letter;
}


/* port->outbound() */

void
sim_service_call(uint32_t worker, wf_outbound_t *out)
{
    served_t     *served;
    sim_event_t  *event;

    served = served_note(worker, out);
    sim_services_called++;

    /* Somebody reports: perhaps twice, perhaps before we have answered; if
     * the step has its time, or the life is long, perhaps nobody does. */

    if (out->task->effect.mode != WF_CALL_REQUEST
        && ((out->task->effect.deadline_ms == 0 && !sim.is_long)
            || sim_chance(85)))
    {
        letter_post(out->task, served);

        if (sim_chance(20)) {
            letter_post(out->task, served);
        }
    }

    /* The answer may be lost; a deadline or the worker's end will come. */

    if (out->task->effect.deadline_ms != 0 && sim_chance(10)) {
        event = sim_post(SIM_SERVICE, worker, 100000);

    } else {
        event = sim_post(SIM_SERVICE, worker, some_delay());
    }

    event->out = out;
}


void
sim_service_answer(uint32_t worker, wf_outbound_t *out)
{
    wf_service_answer_t  answer;

    sim_audit_answered(out->task,
                       sim.leases[out->task->shard_no].owner == worker);

    if (sim_chance(2)) {
        served_of(out->task)->is_lost = true;
        out->is_lost = true;
        out->done(out, NULL, sim_clock());
        return;
    }

    answer_fill(&answer, out->task);
    out->done(out, &answer, sim_clock());
}


/* port->outbound_cancel(): the call is cut, the service may have seen it. */

void
sim_service_cancel(wf_outbound_t *out)
{
    uint32_t      i;
    sim_event_t  *event;

    for (i = 0; i < sim.events.count; i++) {
        event = (sim_event_t *) sim.events.nodes[i];

        if (event->type == SIM_SERVICE && event->out == out) {
            wf_heap_remove(&sim.events, &event->node);
            sim_event_free(event);
            served_of(out->task)->is_lost = true;
            out->is_lost = true;
            out->done(out, NULL, sim_clock());
            return;
        }
    }

    sim_failed("a call is cancelled that is not away");
}


/*
 * Reports
 */

static void
letter_later(letter_t *letter)
{
    sim_post(SIM_REPORT, SIM_WORKERS, 1 + sim_below(400))->letter = letter;
}


static void
letter_done(wf_call_t *call)
{
    letter_t         *letter;
    wf_error_code_t   code;

    letter = call->data;
    letter->call = NULL;
    letter->over = call;
    code = call->reply.error ? call->reply.error->code : WF_E_NONE;

    switch (code) {

    case WF_E_NONE:
        letter->is_settled = true;

        if (letter->is_start) {
            break;
        }

        sim_reports_taken++;

        if (++letter->served->taken > 1) {
            sim_failed("two reports on one token are taken");
        }

        sim_audit_reported(&letter->served->id, call->reply.u.event_id,
                           letter->is_success);
        break;

    case WF_E_TASK_COMPLETED:
        letter->is_settled = true;
        break;

    case WF_E_FLOW_NOT_FOUND:
        if (!letter->is_start) {
            sim_failed("a report is refused: its flow is unknown");
        }

        letter->is_start = false;
        break;

    case WF_E_INTERNAL:
    case WF_E_TASK_STATE:
    case WF_E_THROTTLED:
        break;

    default:
        letter->is_settled = true;
        sim_failed("a report is refused: %s", wf_error_symbol(code));
    }

    letter_later(letter);
}


static void
set(wf_call_t *call, wf_arg_id_t id, wf_str_t text)
{
    wf_args_add(call->arena, &call->args, id)->text = text;
}


static void
letter_fill(letter_t *letter, wf_call_t *call)
{
    char  name[SIM_TAG_LEN];

    if (letter->is_start) {
        call->action = wf_action_find("rpc", wf_str("StartExecution"));
        snprintf(name, sizeof(name), SIM_CALLER "%llx",
                 (unsigned long long) sim_random());
        set(call, WF_ARG_FLOW, wf_str("f3"));
        set(call, WF_ARG_EXECUTION,
            wf_arena_copy(call->arena, wf_str_of(name)));
        set(call, WF_ARG_INPUT, wf_str("{\"n\":1}"));
        set(call, WF_ARG_CALLBACK_TOKEN, letter->token);
        return;
    }

    call->action = wf_action_find("rpc", letter->is_success
                                         ? wf_str("ReportTaskSucceeded")
                                         : wf_str("ReportTaskFailed"));
    set(call, WF_ARG_TASK_TOKEN, letter->token);
    set(call, WF_ARG_OUTPUT, body_make(&letter->served->id, 2));
    set(call, WF_ARG_ERROR, wf_str("Refused"));
}


void
sim_service_report(letter_t *letter)
{
    wf_call_t  *call;

    if (letter->over != NULL) {
        wf_call_free(letter->over);
        letter->over = NULL;
    }

    if (letter->is_settled || letter->call != NULL) {
        return;
    }

    letter->worker = sim_below(sim.worker_count);

    if (!sim.workers[letter->worker].is_alive) {
        letter_later(letter);
        return;
    }

    call = wf_call_create(sim.workers[letter->worker].desk);
    letter_fill(letter, call);
    call->done = letter_done;
    call->data = letter;
    letter->call = call;
    wf_call_run(call, sim_clock());
}


void
sim_services_lost(uint32_t worker)
{
    letter_t  *letter;

    for (letter = letters; letter != NULL; letter = letter->next) {
        if (letter->worker != worker) {
            continue;
        }

        if (letter->over != NULL) {
            wf_call_free(letter->over);
            letter->over = NULL;
        }

        if (letter->call != NULL) {
            wf_call_abandon(letter->call);
            letter->call = NULL;
            letter_later(letter);
        }
    }
}


void
sim_services_close(void)
{
    letter_t  *letter;

    for (letter = letters; letter != NULL; letter = letter->next) {
        if (letter->over != NULL) {
            wf_call_free(letter->over);
            letter->over = NULL;
        }
    }
}
