
/*
 * The arguments of a call, found by number.  Knows no protocol and no
 * meaning.
 */

#include "wire/call.h"


const wf_arg_t *
wf_args_get(const wf_args_t *args, wf_arg_id_t id)
{
    const wf_arg_t  *arg;

    static const wf_arg_t  absent;

    for (arg = args->first; arg; arg = arg->next) {

        if (arg->id == id) {
            return arg;
        }
    }

    return &absent;
}


wf_arg_t *
wf_args_add(wf_arena_t *arena, wf_args_t *args, wf_arg_id_t id)
{
    wf_arg_t  *arg, **last;

    for (last = &args->first; *last; last = &(*last)->next) {
        /* void */
    }

    arg = wf_arena_calloc(arena, sizeof(wf_arg_t));

    if (arg == NULL) {
        return NULL;
    }

    arg->id = id;
    arg->present = true;
    *last = arg;

    return arg;
}
