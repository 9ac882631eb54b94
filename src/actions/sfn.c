
/*
 * What the actions of Step Functions share: arguments that they add.  Their
 * meaning is mostly that of CloudFlow's actions, which do the work.
 */

#include "actions/sfn.h"


static wf_arg_t *
arg_make(wf_life_t *life, wf_arg_id_t id)
{
    wf_arg_t  *arg;

    for (arg = life->call->args.first; arg; arg = arg->next) {

        if (arg->id == id) {
            return arg;
        }
    }

    arg = wf_args_add(life->call->arena, &life->call->args, id);

    if (arg == NULL) {
        wf_life_no_memory(life);
    }

    return arg;
}


wf_rc_t
wf_sfn_arg(wf_life_t *life, wf_arg_id_t id, wf_str_t text)
{
    wf_arg_t  *arg;

    arg = arg_make(life, id);

    if (arg == NULL) {
        return WF_ERROR;
    }

    arg->text = text;

    return WF_OK;
}


wf_rc_t
wf_sfn_number(wf_life_t *life, wf_arg_id_t id, int64_t number)
{
    wf_arg_t  *arg;

    arg = arg_make(life, id);

    if (arg == NULL) {
        return WF_ERROR;
    }

    arg->number = number;

    return WF_OK;
}


void
wf_sfn_done(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    life->call->reply.kind = WF_REPLY_EMPTY;
    wf_life_done(life);
}
