
/*
 * Reset, for tests: every shard is emptied, shard 0, which has the catalogue,
 * before the others.  Owns the order alone; what it means for a shard is
 * shard/reset.c's.  Whoever finds it half done asks for it again.
 */

#include "actions/answers.h"
#include "actions/express.h"
#include "actions/moves.h"


static void reset_begin(wf_life_t *life, int64_t now_ms);
static void emptied(wf_life_t *life, const wf_saying_t *answer,
    int64_t now_ms);


static const wf_action_t  reset_action = {
    "desk", wf_str_init("Reset"), reset_begin, wf_action_exec_write,
    WF_ROUTE_ANYWHERE, WF_KIND_WRITE, true
};


const wf_action_t *
wf_desk_reset(void)
{
    return &reset_action;
}


/* flow_no: flows with numbers below are gone. */
static void
empty(wf_life_t *life, uint32_t shard_no, uint64_t flow_no, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit == NULL) {
        wf_life_no_memory(life);
        return;
    }

    submit->type = WF_SUBMIT_RESET;
    submit->flow_no = flow_no;
    life->submit = submit;
    life->shard_no = shard_no;
    life->after = emptied;
    wf_life_submit(life, now_ms);
}


static void
reset_begin(wf_life_t *life, int64_t now_ms)
{
    empty(life, 0, 0, now_ms);
}


static void
emptied(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    if (answer->kind != WF_SAY_EVENT) {
        *life->call->err = answer->err;
        wf_life_failed(life);
        return;
    }

    if (life->shard_no + 1 < life->call->desk->settings.shard_count) {
        empty(life, life->shard_no + 1, answer->event_id, now_ms);
        return;
    }

    life->call->reply.kind = WF_REPLY_EMPTY;
    wf_life_done(life);
}


/* In every worker: what lives in its memory alone. */
void
wf_desk_was_reset(wf_desk_t *desk, uint64_t flow_no, int64_t now_ms)
{
    uint32_t  i;

    for (i = 0; i < desk->settings.shard_count; i++) {
        wf_life_input_all(&desk->places[i], WF_IN_RELEASE, now_ms);
    }

    wf_express_end_below(desk, flow_no);
}
