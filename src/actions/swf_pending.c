
/*
 * CountPendingDecisionTasks, CountPendingActivityTasks (swf 7): tasks that
 * wait for somebody in a list.  The list's home knows them; what is started,
 * and what is scheduled behind a decision that is away, does not wait there.
 */

#include "actions/home.h"
#include "actions/swf.h"


static void
counted(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    wf_reply_t  *reply;

    (void) now_ms;

    life->after = NULL;

    if (answer->kind == WF_SAY_ERROR) {
        *life->call->err = answer->err;
        wf_life_failed(life);
        return;
    }

    reply = &life->call->reply;
    reply->kind = WF_REPLY_COUNT;
    reply->count = (uint32_t) answer->event_id;
    wf_life_done(life);
}


static void
count(wf_life_t *life, const char *kind, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->name = wf_swf_list(life, kind);
    }

    if (submit == NULL || submit->name.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    submit->type = WF_SUBMIT_PENDING;
    life->submit = submit;
    life->shard_no = wf_home_of(life->call->desk, submit->name);
    life->after = counted;
    wf_life_submit(life, now_ms);
}


static void
decisions(wf_life_t *life, int64_t now_ms)
{
    count(life, "d", now_ms);
}


static void
activities(wf_life_t *life, int64_t now_ms)
{
    count(life, "a", now_ms);
}


void
wf_action_swf_pending_decisions(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, decisions, now_ms);
}


void
wf_action_swf_pending_activities(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, activities, now_ms);
}


/* The home is here. */
void
wf_action_swf_pending(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_submit_t  *submit;

    (void) shard;

    submit = life->submit;
    submit->event_id = wf_home_pending(life->call->desk, life->shard_no,
                                       submit->name);
    submit->done(submit, NULL, NULL, NULL, now_ms);
}
