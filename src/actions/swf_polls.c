
/*
 * PollForDecisionTask and PollForActivityTask (swf 7): whoever asks stands in
 * the list until a task is handed over, or time is up.  An activity task comes
 * as it is to be shown; with a decision task comes which events go with it,
 * and a reader thread gets them.
 */

#include "actions/home.h"
#include "actions/pages.h"
#include "actions/stand.h"
#include "actions/swf.h"
#include "base/json.h"
#include "wire/aws_walk.h"


/*
 * Nothing to do
 */

static void
poll_over(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    if (life->standing) {
        wf_stand_end(life);
    }

    life->call->reply.kind = WF_REPLY_TASK;
    life->call->reply.u.task = (wf_task_view_t) { 0 };
    wf_life_done(life);
}


/* The task, out of the message.  WF_ERROR: answered, or not for us. */
static wf_rc_t
task_take(wf_life_t *life, wf_str_t message, wf_task_view_t *task,
    wf_ticket_t *giver)
{
    wf_hand_t  hand;

    if (wf_message_hand_decode(message, &hand) != WF_OK) {
        return WF_ERROR;
    }

    wf_stand_met(life, hand.attempt);
    *giver = hand.giver;
    task->token = wf_swf_token(life->call->arena, hand.token);
    task->input = wf_arena_copy(life->call->arena, hand.input);

    if (task->token.data == NULL || task->input.data == NULL) {
        wf_home_say(life->call->desk, hand.giver, WF_SAY_REFUSED);
        wf_life_no_memory(life);
        return WF_ERROR;
    }

    return WF_OK;
}


static void
stand(wf_life_t *life, const char *kind,
    void (*told)(wf_life_t *life, wf_str_t message, int64_t now_ms),
    int64_t now_ms)
{
    wf_standing_t  *standing;

    if (life->call->desk->is_leaving) {
        poll_over(life, now_ms);
        return;
    }

    standing = wf_arena_calloc(life->call->arena, sizeof(wf_standing_t));

    if (standing) {
        standing->list = wf_swf_list(life, kind);
    }

    if (standing == NULL || standing->list.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    standing->word = wf_arg(life, IDENTITY)->text;
    standing->until_ms = now_ms + life->call->desk->settings.swf_poll_ms;
    standing->told = told;
    standing->over = poll_over;
    life->standing = standing;
    wf_stand_begin(life, now_ms);
}


wf_str_t
wf_swf_list(wf_life_t *life, const char *kind)
{
    wf_buf_t  buf;
    wf_str_t  flow, list;

    flow = life->revision->flow.name;
    list = wf_arg(life, TASK_LIST)->text;
    wf_buf_init(&buf, life->call->arena, flow.len + list.len + 3);
    wf_buf_str(&buf, flow);
    wf_buf_byte(&buf, 1);
    wf_buf_str(&buf, wf_str_of(kind));
    wf_buf_byte(&buf, 1);
    wf_buf_str(&buf, list);

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


/*
 * Activities
 */

/* What the client did not get is not said to have arrived. */
static void
activity_told(wf_life_t *life, wf_str_t message, int64_t now_ms)
{
    wf_desk_t    *desk;
    wf_ticket_t   giver;

    (void) now_ms;

    desk = life->call->desk;

    if (task_take(life, message, &life->call->reply.u.task, &giver) == WF_OK) {
        life->call->reply.kind = WF_REPLY_TASK;
        wf_life_done(life);
        wf_home_say(desk, giver, WF_SAY_RECEIVED);
    }
}


static void
activity_known(wf_life_t *life, int64_t now_ms)
{
    stand(life, "a", activity_told, now_ms);
}


void
wf_action_swf_activity_poll(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, activity_known, now_ms);
}


/*
 * Decisions.  A page begins with the number that the task's first one, or the
 * page before, ended with; the rest of the answer is the same each time, so
 * it travels in the page's token:
 *
 *   NEXT RUN-OF-EVENTS ... : "<next id> <time, s> <task token> <JSON>"
 */

/* In the call's arena. */
typedef struct {
    wf_task_view_t  task;
    bool            is_handed;      /* just now: who gave it waits for word */
    wf_ticket_t     giver;
} decision_t;

#define PAGE_LIFE_S  (24 * 60 * 60)     /* swf 7 */


static uint64_t
number_member(wf_str_t object, const char *name)
{
    size_t    i;
    wf_str_t  text;
    uint64_t  number;

    text = wf_aws_member(object, wf_str_of(name));

    for (number = 0, i = 0; i < text.len && i < 18; i++) {
        number = 10 * number + (text.data[i] - '0');
    }

    return number;
}


/* WORKFLOW/RUN of the task; data == NULL: no memory. */
static wf_str_t
run_name(wf_life_t *life, wf_str_t task)
{
    wf_buf_t  name;
    wf_str_t  run, workflow, id;

    run = wf_aws_member(task, wf_str("workflowExecution"));
    workflow = wf_walk_text(life->call->arena,
                            wf_aws_member(run, wf_str("workflowId")));
    id = wf_walk_text(life->call->arena, wf_aws_member(run, wf_str("runId")));
    wf_buf_init(&name, life->call->arena, workflow.len + id.len + 1);

    if (workflow.data == NULL || id.data == NULL) {
        return wf_str_none;
    }

    wf_buf_str(&name, workflow);
    wf_buf_byte(&name, '/');
    wf_buf_str(&name, id);

    return name.failed ? wf_str_none : wf_buf_done(&name);
}


static wf_rc_t
token_print(wf_life_t *life, const wf_task_view_t *task, int64_t now_ms)
{
    wf_buf_t     buf;
    wf_reply_t  *reply;

    reply = &life->call->reply;

    if (reply->next_token.len == 0) {
        return WF_OK;
    }

    wf_buf_init(&buf, life->call->arena, 64 + task->token.len
                                         + task->input.len);
    wf_buf_text(&buf, "d ");
    wf_buf_str(&buf, reply->next_token);
    wf_buf_byte(&buf, ' ');
    wf_buf_uint(&buf, (uint64_t) (now_ms / 1000));
    wf_buf_byte(&buf, ' ');
    wf_buf_str(&buf, task->token);
    wf_buf_byte(&buf, ' ');
    wf_buf_str(&buf, task->input);
    reply->next_token = wf_buf_done(&buf);

    return buf.failed ? WF_ERROR : WF_OK;
}


/* What the client did not get is not said to have arrived. */
static void
events_read(wf_life_t *life, int64_t now_ms)
{
    wf_desk_t    *desk;
    decision_t   *decision;
    wf_ticket_t   giver;

    desk = life->call->desk;
    decision = life->after_data;

    switch (wf_history_reply(life)) {

    case WF_OK:
        break;

    case WF_DECLINED:           /* erased: it has closed, long ago */
        poll_over(life, now_ms);
        return;

    default:
        return;
    }

    if (token_print(life, &decision->task, now_ms) != WF_OK) {
        wf_life_no_memory(life);
        return;
    }

    life->call->reply.task = &decision->task;

    if (decision->is_handed) {
        giver = decision->giver;    /* the call may go */
        wf_life_done(life);
        wf_home_say(desk, giver, WF_SAY_RECEIVED);
        return;
    }

    wf_life_done(life);
}


/* page: the first event of a later page; 0: it is the first one. */
static void
events(wf_life_t *life, decision_t *decision, uint64_t page)
{
    uint64_t               first, last;
    wf_history_t           wanted;
    const wf_task_view_t  *task;

    task = &decision->task;

    last = number_member(task->input, "startedEventId");
    first = wf_arg(life, AT_PREVIOUS)->number
            ? number_member(task->input, "previousStartedEventId") : 1;

    wanted = (wf_history_t) {
        .flow_no = life->revision->flow.flow_no,
        .name = run_name(life, task->input),
        .first_id = wf_max(first, 1),
        .last_id = last,
        .limit = (uint32_t) wf_arg(life, LIMIT)->number,
        .is_reversed = wf_arg(life, REVERSE_ORDER)->number
    };

    if (wanted.name.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (page != 0) {
        *(wanted.is_reversed ? &wanted.last_id : &wanted.first_id) = page;
    }

    life->after_data = decision;
    wf_history_read(life, &wanted, events_read);
}


static void
decision_told(wf_life_t *life, wf_str_t message, int64_t now_ms)
{
    decision_t  *decision;

    (void) now_ms;

    decision = wf_arena_calloc(life->call->arena, sizeof(decision_t));

    if (decision == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (task_take(life, message, &decision->task, &decision->giver) == WF_OK) {
        decision->is_handed = true;
        events(life, decision, 0);
    }
}


/* Up to the next blank. */
static wf_str_t
word(wf_str_t *text)
{
    wf_str_t        got;
    const uint8_t  *blank;

    blank = text->len ? memchr(text->data, ' ', text->len) : NULL;
    got = *text;

    if (blank == NULL) {
        *text = wf_str_none;
        return got;
    }

    got.len = (size_t) (blank - text->data);
    text->len -= got.len + 1;
    text->data = blank + 1;

    return got;
}


static uint64_t
number_of(wf_str_t text)
{
    size_t    i;
    uint64_t  number;

    for (number = 0, i = 0; i < text.len && i < 18; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }

        number = 10 * number + (text.data[i] - '0');
    }

    return number;
}


static void
page(wf_life_t *life, int64_t now_ms)
{
    wf_str_t         text, kind;
    uint64_t         next, at_s;
    wf_error_t       err;
    wf_type_t        type;
    decision_t      *decision;
    wf_task_view_t  *task;

    text = wf_arg(life, NEXT_TOKEN)->text;
    kind = word(&text);
    next = number_of(word(&text));
    at_s = number_of(word(&text));
    decision = wf_arena_calloc(life->call->arena, sizeof(decision_t));

    if (decision == NULL) {
        wf_life_no_memory(life);
        return;
    }

    task = &decision->task;
    task->token = word(&text);
    task->input = text;

    if (!wf_str_eq(kind, wf_str("d")) || next == 0
        || wf_json_check(text, &type, &err) != WF_OK || type != WF_OBJECT)
    {
        wf_life_fail(life, WF_E_INVALID_TOKEN, wf_str("Invalid token"),
                     wf_str_none);
        return;
    }

    if (now_ms / 1000 - (int64_t) at_s > PAGE_LIFE_S) {
        wf_life_fail(life, WF_E_INVALID_TOKEN,
                     wf_str("Specified token has exceeded its maximum "
                            "lifetime"), wf_str_none);
        return;
    }

    events(life, decision, next);
}


static void
decision_known(wf_life_t *life, int64_t now_ms)
{
    if (wf_arg(life, NEXT_TOKEN)->present) {
        page(life, now_ms);

    } else {
        stand(life, "d", decision_told, now_ms);
    }
}


void
wf_action_swf_decision_poll(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, decision_known, now_ms);
}
