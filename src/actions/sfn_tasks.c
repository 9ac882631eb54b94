
/*
 * Tasks in the hands of workers (asl 15, 16): GetActivityTask waits in the
 * activity's list; SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat
 * report on a token, whoever got it.
 */

#include "actions/home.h"
#include "actions/sfn_notes.h"
#include "actions/stand.h"
#include "base/json.h"


/*
 * GetActivityTask
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


/* What the client did not get is not said to have arrived: should the worker
 * die in between, it is given once more. */
static void
poll_told(wf_life_t *life, wf_str_t message, int64_t now_ms)
{
    wf_desk_t       *desk;
    wf_hand_t        hand;
    wf_ticket_t      giver;
    wf_task_view_t  *task;

    (void) now_ms;

    desk = life->call->desk;
    task = &life->call->reply.u.task;

    if (wf_message_hand_decode(message, &hand) != WF_OK) {
        return;
    }

    wf_stand_met(life, hand.attempt);
    giver = hand.giver;
    task->token = wf_arena_copy(life->call->arena, hand.token);
    task->input = wf_arena_copy(life->call->arena, hand.input);

    if (task->token.data == NULL || task->input.data == NULL) {
        wf_home_say(desk, giver, WF_SAY_REFUSED);
        wf_life_no_memory(life);
        return;
    }

    life->call->reply.kind = WF_REPLY_TASK;
    wf_life_done(life);
    wf_home_say(desk, giver, WF_SAY_RECEIVED);
}


static void
poll_begin(wf_life_t *life, wf_str_t list, int64_t now_ms)
{
    wf_standing_t  *standing;

    standing = wf_arena_calloc(life->call->arena, sizeof(wf_standing_t));

    if (standing == NULL) {
        wf_life_no_memory(life);
        return;
    }

    standing->list = list;
    standing->word = wf_arg(life, WORKER_NAME)->text;
    standing->until_ms = now_ms + life->call->desk->settings.task_poll_ms;
    standing->told = poll_told;
    standing->over = poll_over;
    life->standing = standing;
    wf_stand_begin(life, now_ms);
}


static void
poll_looked(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t    rc;
    wf_str_t   list;
    wf_note_t  note;

    rc = wf_sfn_note_answer(life, &note);

    if (rc == WF_DECLINED) {
        wf_life_fail(life, WF_E_ACTIVITY_NOT_FOUND,
                     wf_arg(life, ACTIVITY_ARN)->text, wf_str_none);
        return;
    }

    if (rc != WF_OK) {
        return;
    }

    wf_job_drop(life->job);
    life->job = NULL;

    if (life->call->desk->is_leaving) {
        poll_over(life, now_ms);
        return;
    }

    list = wf_sfn_note_name(life, wf_str(WF_NOTE_ACTIVITY),
                            wf_arg(life, ACTIVITY)->text);

    if (list.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    poll_begin(life, list, now_ms);
}


void
wf_action_sfn_task_poll(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_sfn_note_ask(life, wf_sfn_note_name(life, wf_str(WF_NOTE_ACTIVITY),
                                           wf_arg(life, ACTIVITY)->text),
                    poll_looked);
}


/*
 * SendTask...
 */

/* What CloudFlow's reports are told, in the words of this API. */
static void
reported(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    size_t  i;

    static const struct {
        wf_error_code_t   from;
        wf_error_code_t   to;
    } errors[] = {
        { WF_E_INVALID_ARGUMENT, WF_E_TASK_NOT_FOUND },
        { WF_E_TASK_COMPLETED, WF_E_TASK_OVER }
    };

    (void) now_ms;

    life->after = NULL;

    if (answer->kind != WF_SAY_ERROR) {
        life->call->reply.kind = WF_REPLY_EMPTY;
        wf_life_done(life);
        return;
    }

    *life->call->err = answer->err;

    for (i = 0; i < wf_countof(errors); i++) {

        if (answer->err.code == errors[i].from) {
            wf_error_args(life->call->err, errors[i].to, wf_str_none,
                          wf_str_none);
            break;
        }
    }

    wf_life_failed(life);
}


static wf_submit_t *
report_create(wf_life_t *life)
{
    wf_submit_t  *submit;

    submit = wf_report_create(life, wf_arg(life, TASK_TOKEN)->text,
                              WF_E_INVALID_TOKEN);

    if (submit) {
        life->after = reported;
    }

    return submit;
}


void
wf_action_sfn_task_success(wf_life_t *life, int64_t now_ms)
{
    wf_type_t     type;
    wf_error_t    err;
    wf_submit_t  *submit;

    submit = report_create(life);

    if (submit == NULL) {
        return;
    }

    if (wf_json_check(wf_arg(life, OUTPUT)->text, &type, &err) != WF_OK) {
        life->after = NULL;
        wf_life_fail(life, WF_E_INVALID_OUTPUT, wf_error_arg(&err, 0),
                     wf_str_none);
        return;
    }

    submit->outcome = WF_OUTCOME_SUCCEEDED;
    submit->input = wf_arg(life, OUTPUT)->text;
    wf_life_submit(life, now_ms);
}


void
wf_action_sfn_task_failure(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = report_create(life);

    if (submit) {
        submit->outcome = WF_OUTCOME_FAILED;
        submit->error = wf_arg(life, ERROR)->text;
        submit->cause = wf_arg(life, CAUSE)->text;
        wf_life_submit(life, now_ms);
    }
}


void
wf_action_sfn_task_heartbeat(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = report_create(life);

    if (submit) {
        submit->outcome = WF_OUTCOME_ALIVE;
        wf_life_submit(life, now_ms);
    }
}
