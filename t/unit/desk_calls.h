
/*
 * Calls as a client of one of the workers of desk_world.h makes them.
 */

#ifndef WF_UNIT_DESK_CALLS_H
#define WF_UNIT_DESK_CALLS_H


#include "desk_world.h"


#define CHECK_ERROR(reply_of, wanted)                                         \
    unit_check_int(error_code(reply_of), wanted, __FILE__, __LINE__,          \
                   #reply_of)


/* Is not freed yet. */
static wf_call_t  *asked;
static bool        done_seen;


static inline int
error_code(const wf_reply_t *reply)
{
    return reply->error ? (int) reply->error->code : WF_E_NONE;
}


static inline void
done(wf_call_t *call)
{
    if (call == asked) {
        done_seen = true;
    }
}


static inline wf_call_t *
call_of(int worker, const char *action)
{
    wf_call_t  *call;

    call = wf_call_create(workers[worker].desk);
    call->action = wf_action_find("rpc", wf_str_of(action));
    wf_assert(call->action);
    call->done = done;

    return call;
}


static inline void
arg_str(wf_call_t *call, wf_arg_id_t id, wf_str_t text)
{
    if (text.len > 0) {
        wf_args_add(call->arena, &call->args, id)->text = text;
    }
}


static inline void
arg(wf_call_t *call, wf_arg_id_t id, const char *text)
{
    arg_str(call, id, wf_str_of(text));
}


static inline void
number(wf_call_t *call, wf_arg_id_t id, int64_t value)
{
    wf_args_add(call->arena, &call->args, id)->number = value;
}


static inline wf_call_t *
about(int worker, const char *action, const char *flow, const char *name)
{
    wf_call_t  *call;

    call = call_of(worker, action);
    arg(call, WF_ARG_FLOW, flow);
    arg(call, WF_ARG_EXECUTION, name);

    return call;
}


/* Runs it to its end; the call is free again with the next one. */
static inline wf_reply_t *
ask(wf_call_t *call)
{
    if (asked) {
        wf_call_free(asked);
    }

    asked = call;
    done_seen = false;
    wf_call_run(call, now_ms);
    world_run();
    CHECK(done_seen);

    return &call->reply;
}


static inline void
end(void)
{
    if (asked) {
        wf_call_free(asked);
        asked = NULL;
    }

    CHECK_INT(wf_desk_waiting(workers[0].desk), 0);
    CHECK_INT(wf_desk_waiting(workers[1].desk), 0);
    world_free();
    CHECK_INT(out_count, 0);
}


static inline void
create(const char *name, const char *definition)
{
    wf_call_t  *call;

    call = call_of(0, "CreateFlow");
    arg(call, WF_ARG_FLOW, name);
    arg(call, WF_ARG_DEFINITION, definition);
    arg(call, WF_ARG_DESCRIPTION, "about");
    arg(call, WF_ARG_TYPE, "FDL");
    CHECK(ask(call)->error == NULL);
}


static inline wf_reply_t *
start(const char *flow, const char *name, const char *input)
{
    wf_call_t  *call;

    call = about(0, "StartExecution", flow, name);
    arg(call, WF_ARG_INPUT, input);

    return ask(call);
}


static inline wf_execution_view_t *
describe(const char *flow, const char *name)
{
    static wf_execution_view_t  none;

    wf_reply_t  *reply;

    reply = ask(about(1, "DescribeExecution", flow, name));
    CHECK(reply->error == NULL);

    return reply->error ? &none : reply->u.executions;
}


static inline wf_reply_t *
report(int worker, wf_str_t token, const char *output, const char *error)
{
    wf_call_t  *call;

    call = call_of(worker, output ? "ReportTaskSucceeded"
                                  : "ReportTaskFailed");
    arg_str(call, WF_ARG_TASK_TOKEN, token);
    arg(call, WF_ARG_OUTPUT, output ? output : "");
    arg(call, WF_ARG_ERROR, error ? error : "");
    arg(call, WF_ARG_CAUSE, error ? "why" : "");

    return ask(call);
}


/* The owner of a shard goes, another worker comes. */
static inline void
world_move(uint32_t shard_no)
{
    int  worker;

    worker = owners[shard_no];
    world_lose(worker, shard_no);
    world_run();
    world_close(worker, shard_no);
    world_open(1 - worker, shard_no);
    world_owner(shard_no);
    world_run();
}


#endif /* WF_UNIT_DESK_CALLS_H */
