
/*
 * Random state machines in the Amazon States Language, for flows.c: states of
 * every kind, JSONPath and JSONata, with variables, retries and catches.
 */

#include <stdarg.h>

#include "t/sim/sim.h"


#define TEXT_MAX  1024

typedef struct {
    wf_buf_t    *buf;
    uint32_t    *states;        /* so far: names are not used twice */
    unsigned     depth;         /* of branches */
    uint32_t     next;          /* the state after this one */
    bool         is_jsonata;
} author_t;

typedef void (*write_pt)(author_t *author);


static void say(author_t *author, const char *format, ...)
    __attribute__((format(printf, 2, 3)));


static void
say(author_t *author, const char *format, ...)
{
    char      text[TEXT_MAX];
    va_list   args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    wf_buf_str(author->buf, wf_str_of(text));
}


static void
state_next(author_t *author)
{
    say(author, ",\"Next\":\"S%u\"}", author->next);
}


/* Variables and where the result goes. */
static void
state_data(author_t *author)
{
    if (author->is_jsonata) {
        if (sim_chance(30)) {
            say(author, ",\"Assign\":{\"v%u\":\"{%% $string($states.input) "
                        "%%}\"}", author->depth);
        }

        if (sim_chance(30)) {
            say(author, ",\"Output\":{\"n\":%u,\"c\":\"{%% $states.context"
                        ".State.Name %%}\"}", sim_below(4));
        }

        if (sim_chance(8)) {
            say(author, ",\"Comment\":\"x\"");
        }

        return;
    }

    if (sim_chance(30)) {
        say(author, ",\"Assign\":{\"v%u.$\":\"$\",\"w%u\":%u}",
            author->depth, author->depth, sim_below(9));
    }
}


static void
state_place(author_t *author)
{
    if (!author->is_jsonata && sim_chance(40)) {
        say(author, ",\"ResultPath\":%s", sim_chance(30) ? "null"
                                                         : "\"$.r\"");
    }
}


static void
state_rules(author_t *author)
{
    if (sim_chance(40)) {
        say(author, ",\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],"
                    "\"MaxAttempts\":%u,\"IntervalSeconds\":%u%s}]",
            sim_below(3), 1 + sim_below(3),
            sim_chance(50) ? ",\"JitterStrategy\":\"FULL\"" : "");
    }

    if (sim_chance(50)) {
        say(author, ",\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],"
                    "\"Next\":\"S%u\"%s}]", author->next,
            !author->is_jsonata && sim_chance(50)
            ? ",\"ResultPath\":\"$.e\"" : "");
    }
}


static void
state_pass(author_t *author)
{
    say(author, "{\"Type\":\"Pass\"");

    if (!author->is_jsonata && sim_chance(50)) {
        say(author, ",\"Parameters\":{\"n\":%u,\"id.$\":\"States.UUID()\","
                    "\"c.$\":\"$$.State.Name\"}", sim_below(4));
    }

    state_data(author);
    state_place(author);
    state_next(author);
}


/* Some paths lead nowhere: that is the end. */
static void
state_lost(author_t *author)
{
    if (!sim_chance(20)) {
        state_pass(author);
        return;
    }

    say(author, author->is_jsonata
                ? "{\"Type\":\"Pass\",\"Output\":\"{%% $states.input.no"
                  ".where %%}\""
                : "{\"Type\":\"Pass\",\"OutputPath\":\"$.no.where\"");
    state_next(author);
}


static void
state_wait(author_t *author)
{
    say(author, "{\"Type\":\"Wait\",\"Seconds\":%u", sim_below(15));
    state_data(author);
    state_next(author);
}


static void
state_choice(author_t *author)
{
    if (author->is_jsonata) {
        say(author, "{\"Type\":\"Choice\",\"Choices\":[{\"Condition\":"
                    "\"{%% $random() < 0.5 %%}\",\"Next\":\"S%u\"}],"
                    "\"Default\":\"S%u\"}", author->next, author->next);
        return;
    }

    say(author, "{\"Type\":\"Choice\",\"Choices\":[{\"And\":[{\"Variable\":"
                "\"$.n\",\"IsPresent\":true},{\"Variable\":\"$.n\","
                "\"NumericEquals\":%u}],\"Next\":\"S%u\"}]", sim_below(4),
        author->next);

    if (sim_chance(90)) {
        say(author, ",\"Default\":\"S%u\"", author->next);
    }

    say(author, "}");
}


static void
state_task(author_t *author)
{
    say(author, "{\"Type\":\"Task\",\"Resource\":\"%s\"",
        sim_chance(50)
        ? "arn:aws:lambda:us-east-1:123456789012:function:f"
        : "arn:aws:states:::lambda:invoke");
    say(author, ",\"%s\":{\"FunctionName\":\"f\",\"Payload\":{\"n\":1}}",
        author->is_jsonata ? "Arguments" : "Parameters");

    if (sim_chance(40)) {
        say(author, ",\"TimeoutSeconds\":%u", 2 + sim_below(6));
    }

    if (sim_chance(20)) {
        say(author, ",\"HeartbeatSeconds\":1");
    }

    state_rules(author);
    state_place(author);
    state_next(author);
}


static void
state_callback(author_t *author)
{
    say(author, "{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::lambda:"
                "invoke.waitForTaskToken\"");
    say(author, author->is_jsonata
                ? ",\"Arguments\":{\"FunctionName\":\"f\",\"Payload\":{\"t\":"
                  "\"{%% $states.context.Task.Token %%}\"}}"
                : ",\"Parameters\":{\"FunctionName\":\"f\",\"Payload\":"
                  "{\"t.$\":\"$$.Task.Token\"}}");

    if (sim_chance(50)) {
        say(author, ",\"TimeoutSeconds\":%u", 2 + sim_below(6));
    }

    state_rules(author);
    state_data(author);
    state_next(author);
}


static void  machine_write(author_t *author, uint32_t count);


static void
branch_write(author_t *author)
{
    author_t  inner;

    inner = *author;
    inner.depth++;
    machine_write(&inner, 1 + sim_below(2));
}


static void
state_parallel(author_t *author)
{
    uint32_t  i, count;

    if (author->depth > 1) {
        state_task(author);
        return;
    }

    say(author, "{\"Type\":\"Parallel\",\"Branches\":[");
    count = 1 + sim_below(3);

    for (i = 0; i < count; i++) {
        say(author, i ? ",{" : "{");
        branch_write(author);
        say(author, "}");
    }

    say(author, "]");
    state_rules(author);
    state_data(author);
    state_place(author);
    state_next(author);
}


static void
items_write(author_t *author)
{
    if (author->is_jsonata) {
        say(author, "{\"Type\":\"Map\",\"Items\":\"{%% [1..%u] %%}\"",
            1 + sim_below(5));
        return;
    }

    say(author, "{\"Type\":\"Map\",\"ItemsPath\":\"$$.Execution.Input['none',"
                "'n']\",\"ItemSelector\":{\"n.$\":\"$$.Map.Item.Index\"}");
}


static void
state_map(author_t *author)
{
    if (author->depth > 1) {
        state_callback(author);
        return;
    }

    items_write(author);
    say(author, ",\"MaxConcurrency\":%u,\"ItemProcessor\":{", sim_below(4));
    branch_write(author);
    say(author, "}");
    state_rules(author);
    state_data(author);
    state_place(author);
    state_next(author);
}


/* Children of their own, as many as the items. */
static void
state_run(author_t *author)
{
    if (author->depth > 0) {
        state_task(author);
        return;
    }

    items_write(author);
    say(author, ",\"MaxConcurrency\":%u,\"ItemProcessor\":{"
                "\"ProcessorConfig\":{\"Mode\":\"DISTRIBUTED\","
                "\"ExecutionType\":\"STANDARD\"},", sim_below(4));
    branch_write(author);
    say(author, "}");

    if (sim_chance(50)) {
        say(author, ",\"ToleratedFailurePercentage\":%u", sim_below(101));
    }

    state_rules(author);
    state_place(author);
    state_next(author);
}


static const write_pt  states[] = {
    state_wait, state_choice, state_pass, state_pass, state_lost, state_task,
    state_task, state_task, state_callback, state_callback, state_parallel,
    state_map, state_run
};


/* StartAt and States; what comes last succeeds or fails. */
static void
machine_write(author_t *author, uint32_t count)
{
    uint32_t  i, first;

    first = *author->states;
    *author->states += count + 1;
    say(author, "\"StartAt\":\"S%u\",\"States\":{", first);

    for (i = first; i < first + count; i++) {
        author->next = i + 1;
        say(author, "\"S%u\":", i);
        states[sim_below(wf_countof(states))](author);
        say(author, ",");
    }

    say(author, sim_chance(80) ? "\"S%u\":{\"Type\":\"Succeed\"}}"
                               : "\"S%u\":{\"Type\":\"Fail\",\"Error\":"
                                 "\"Bad\"}}", first + count);
}


wf_str_t
sim_machine(void)
{
    wf_buf_t       buf;
    author_t       author;
    uint32_t       count;
    wf_error_t     err;
    wf_program_t  *program;

    count = 0;
    wf_buf_init(&buf, sim.arena, 1024);
    memset(&author, 0, sizeof(author));
    author.buf = &buf;
    author.states = &count;
    author.is_jsonata = sim_chance(40);

    say(&author, "{");

    if (author.is_jsonata) {
        say(&author, "\"QueryLanguage\":\"JSONata\",");
    }

    if (sim_chance(10)) {
        say(&author, "\"TimeoutSeconds\":5,");
    }

    machine_write(&author, 1 + sim_below(4));
    say(&author, "}");
    wf_error_clear(&err);

    if (wf_compile(wf_buf_done(&buf), WF_MODE_STANDARD, &program, &err)
        != WF_OK)
    {
        sim_failed("a state machine of ours is refused: %s\n%.*s",
                   err.arg[0], (int) buf.len, buf.data);

    } else {
        wf_program_release(program);
    }

    return wf_buf_done(&buf);
}
