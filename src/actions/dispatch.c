
/*
 * actions.def: which function begins an action, who must commit it.  Makes
 * and frees calls, lets them in, knows nothing of what an action means.
 */

#include "actions/answers.h"
#include "actions/permit.h"
#include "actions/place.h"


/* Room for a small request beside the call itself: a parked one shall fit. */
#define CALL_BYTES  (sizeof(wf_call_t) + sizeof(wf_life_t) + 512)


#define ACTION(protocol, name, begin, commit, route, kind)                    \
    void wf_action_##begin(wf_life_t *life, int64_t now_ms);                  \
    void wf_action_##commit(wf_life_t *life, wf_shard_t *shard,               \
        int64_t now_ms);
#include "actions/actions.def"
#include "actions/actions_sfn.def"
#include "actions/actions_swf.def"
#undef ACTION


#define WF_IS_CLOUDFLOW_rpc  true
#define WF_IS_CLOUDFLOW_sfn  false
#define WF_IS_CLOUDFLOW_swf  false

static const wf_action_t  actions[] = {
#define ACTION(protocol, name, begin, commit, route, kind)                    \
    { #protocol, wf_str_init(#name), wf_action_##begin, wf_action_##commit,   \
      WF_ROUTE_##route, WF_KIND_##kind, WF_IS_CLOUDFLOW_##protocol },
#include "actions/actions.def"
#include "actions/actions_sfn.def"
#include "actions/actions_swf.def"
#undef ACTION
};


const wf_action_t *
wf_action_find(const char *protocol, wf_str_t name)
{
    size_t  i;

    for (i = 0; i < wf_countof(actions); i++) {

        if (wf_str_eq(actions[i].name, name)
            && strcmp(actions[i].protocol, protocol) == 0)
        {
            return &actions[i];
        }
    }

    return NULL;
}


uint32_t
wf_action_count(void)
{
    return wf_countof(actions);
}


uint32_t
wf_action_no(const wf_action_t *action)
{
    return (uint32_t) (action - actions);
}


const char *
wf_action_name(const wf_action_t *action)
{
    return (const char *) action->name.data;
}


/* A read has nothing for an owner to do. */
void
wf_action_no_commit(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    (void) life;
    (void) shard;
    (void) now_ms;

    wf_assert(!"a read is committed");
}


wf_call_t *
wf_call_create(wf_desk_t *desk)
{
    wf_call_t   *call;
    wf_life_t   *life;
    wf_arena_t  *arena;

    arena = wf_arena_create(CALL_BYTES);

    if (arena == NULL) {
        return NULL;
    }

    call = wf_arena_calloc(arena, sizeof(wf_call_t));
    life = wf_arena_calloc(arena, sizeof(wf_life_t));

    if (call == NULL || life == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    call->arena = arena;
    call->desk = desk;
    call->err = &desk->err;
    call->state = life;
    life->call = call;

    return call;
}


void
wf_call_run(wf_call_t *call, int64_t now_ms)
{
    wf_life_t  *life;

    life = call->state;
    wf_assert(life->state == WF_LIFE_IDLE && call->done && call->action);

    call->desk->call_count++;

    if (!wf_permit_begin(life)) {
        wf_permit_refuse(life);
        return;
    }

    call->action->begin(life, now_ms);
}


void
wf_call_abandon(wf_call_t *call)
{
    wf_life_abandon(call->state);
}


void
wf_call_free(wf_call_t *call)
{
    wf_life_t  *life;

    life = call->state;
    wf_assert(life->state == WF_LIFE_IDLE || life->state == WF_LIFE_DONE);

    wf_life_free(life);
}
