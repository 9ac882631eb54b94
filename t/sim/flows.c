
/*
 * Random flows of both generations, of all that runs.  Sub-flows go to flows
 * of higher number, so that a family stays small; only those of the last go
 * to itself, once, down to the limit of depth.
 */

#include "t/sim/sim.h"


#define TEXT_MAX  1024

typedef struct {
    wf_buf_t    *buf;
    uint32_t     no;            /* of the flow */
    uint32_t     count;         /* of flows */
    uint32_t     i;             /* of the state */
    uint32_t     last;          /* the final one */
    unsigned     depth;         /* of branches */
    uint32_t    *scopes;        /* so far: names are not used twice */
    bool         is_recursive;
} author_t;

typedef void (*write_pt)(author_t *author);


static void say(author_t *author, const char *format, ...)
    __attribute__((format(printf, 2, 3)));


#include <stdarg.h>

static void
say(author_t *author, const char *format, ...)
{
    char      text[TEXT_MAX], *line, *end;
    va_list   args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    for (line = text; *line; line = end) {
        end = strchr(line, '\n');
        end = end ? end + 1 : line + strlen(line);
        wf_buf_append(author->buf, "                    ", author->depth);
        wf_buf_append(author->buf, line, (size_t) (end - line));
    }
}


/* WF_NONE: no flow to call. */
static uint32_t
some_child(author_t *author)
{
    if (author->no + 1 >= author->count) {
        if (!sim_chance(10) || author->is_recursive || author->depth > 0) {
            return WF_NONE;
        }

        author->is_recursive = true;
        return author->no;
    }

    return author->no + 1 + sim_below(author->count - author->no - 1);
}


/*
 * Generation 2
 */

static void
state_next(author_t *author)
{
    say(author, "    Next: S%u\n", author->i + 1);
}


static void
state_rules(author_t *author)
{
    if (sim_chance(40)) {
        say(author, "    Retry:\n      - Errors: [FnF.ALL]\n"
                    "        MaxAttempts: %u\n        IntervalSeconds: %u\n"
                    "        BackoffRate: 2\n        Description: d\n",
            sim_below(3), 1 + sim_below(3));
    }

    if (sim_chance(50)) {
        say(author, "    Catch:\n      - Errors: [FnF.ALL]\n"
                    "        Description: d\n        Next: S%u\n"
                    "        OutputConstructor:\n          n: 3\n",
            author->i + 1);
    }
}


static void
state_wait(author_t *author)
{
    say(author, "  - Type: Wait\n    Name: S%u\n    Seconds: %u\n",
        author->i, 1 + sim_below(20));
    state_next(author);
}


static void
state_choice(author_t *author)
{
    say(author, "  - Type: Choice\n    Name: S%u\n    Branches:\n"
                "      - Condition: $Input.n == %u\n        Next: S%u\n"
                "    Default: S%u\n", author->i, sim_below(4), author->last,
        author->i + 1);
}


static void
state_made(author_t *author)
{
    say(author, "  - Type: Pass\n    Name: S%u\n    OutputConstructor:\n"
                "      n.$: $Input.n\n      at: %u\n      id.$: uuid()\n",
        author->i, author->i);
    state_next(author);
}


static void
state_pass(author_t *author)
{
    say(author, "  - Type: Pass\n    Name: S%u\n", author->i);
    state_next(author);
}


static void
state_task(author_t *author)
{
    say(author, "  - Type: Task\n    Name: S%u\n    Action: HTTP:Request\n"
                "    Parameters:\n      url: http://svc/%u\n"
                "      method: POST\n      body:\n        n.$: $Input.n\n"
                "    OutputConstructor:\n      n.$: $Input.n\n",
        author->i, author->i);

    if (sim_chance(40)) {
        say(author, "    Timeout: %u\n", 1 + sim_below(6));
    }

    state_rules(author);
    state_next(author);
}


static void
state_callback(author_t *author)
{
    say(author, "  - Type: Task\n    Name: S%u\n    Action: HTTP:Request\n"
                "    TaskMode: WaitForCustomCallback\n"
                "    Parameters:\n      url: http://svc/%u\n"
                "      body:\n        t.$: $Context.Current.TaskToken\n"
                "    OutputConstructor:\n      n: 1\n",
        author->i, author->i);

    if (sim_chance(50)) {
        say(author, "    Timeout: %u\n", 1 + sim_below(6));
    }

    state_rules(author);
    state_next(author);
}


static void
state_child(author_t *author)
{
    uint32_t  child;

    child = some_child(author);

    if (child == WF_NONE) {
        state_pass(author);
        return;
    }

    say(author, "  - Type: Task\n    Name: S%u\n"
                "    Action: FNF:StartExecution\n    TaskMode: %s\n"
                "    Parameters:\n"
                "      resourceArn: acs:fnf:::flow/f%u\n"
                "      input:\n        n: %u\n"
                "    OutputConstructor:\n      n: 2\n",
        author->i, sim_chance(75) ? "WaitForSystemCallback"
                                  : "RequestComplete", child, sim_below(4));

    if (sim_chance(20)) {
        say(author, "    Timeout: %u\n", 1 + sim_below(10));
    }

    /* Retries of retries of ... would never end. */

    if (child != author->no) {
        state_rules(author);
    }

    state_next(author);
}


static void states_write(author_t *author, uint32_t count);


static void
state_branch(author_t *author, unsigned depth)
{
    author_t  inner;

    inner = *author;
    inner.depth = author->depth + depth;
    inner.i = 10 * *author->scopes;
    states_write(&inner, 1 + sim_below(2));
}


static void
state_parallel(author_t *author)
{
    uint32_t  i, count;

    if (author->depth > 0) {
        state_task(author);
        return;
    }

    say(author, "  - Type: Parallel\n    Name: S%u\n", author->i);
    state_rules(author);
    say(author, "    OutputConstructor:\n      n: 1\n    Branches:\n");
    count = 1 + sim_below(3);

    for (i = 0; i < count; i++) {
        say(author, "      - StartAt: S%u\n        States:\n",
            10 * ++*author->scopes);
        state_branch(author, 8);
    }

    state_next(author);
}


static void
state_map(author_t *author)
{
    if (author->depth > 0) {
        state_task(author);
        return;
    }

    say(author, "  - Type: Map\n    Name: S%u\n    ItemsPath: $Input.list\n"
                "    InputConstructor:\n      list:\n        - n: 0\n"
                "        - n: 1\n        - n: 2\n        - n: 3\n"
                "    MaxConcuccency: %u\n    OutputConstructor:\n"
                "      n: 2\n", author->i, 1 + sim_below(4));
    state_rules(author);
    say(author, "    Processor:\n      StartAt: S%u\n      States:\n",
        10 * ++*author->scopes);
    state_branch(author, 6);
    state_next(author);
}


/* Children of their own, as many as the items. */
static void
state_run(author_t *author)
{
    uint32_t  i, count;

    if (author->depth > 0) {
        state_task(author);
        return;
    }

    say(author, "  - Type: Map\n    Name: S%u\n    ItemsPath: $Input.list\n"
                "    InputConstructor:\n      list:\n", author->i);
    count = 1 + sim_below(6);

    for (i = 0; i < count; i++) {
        say(author, "        - n: %u\n", i);
    }

    say(author, "    ProcessorConfig:\n      ExecutionMode: Standard\n"
                "    MaxConcuccency: %u\n    OutputConstructor:\n"
                "      n: 3\n", 1 + sim_below(4));

    if (sim_chance(50)) {
        say(author, "    ToleratedFailurePercentage: %u\n", sim_below(101));
    }

    state_rules(author);
    say(author, "    Processor:\n      StartAt: S%u\n      States:\n",
        10 * ++*author->scopes);
    state_branch(author, 6);
    state_next(author);
}


static const write_pt  states[] = {
    state_wait, state_choice, state_made, state_pass, state_task, state_task,
    state_task, state_callback, state_callback, state_child, state_child,
    state_parallel, state_map, state_run
};


static void
states_write(author_t *author, uint32_t count)
{
    author->last = author->i + count;

    for ( /* void */ ; author->i < author->last; author->i++) {
        states[sim_below(wf_countof(states))](author);
    }

    say(author, sim_chance(80)
                ? "  - Type: Succeed\n    Name: S%u\n"
                : "  - Type: Fail\n    Name: S%u\n    Code: Bad\n",
        author->last);
}


/*
 * Generation 1
 */

static void
step_rules(author_t *author)
{
    if (sim_chance(40)) {
        say(author, "    retry:\n      - errors: [FnF.ALL]\n"
                    "        maxAttempts: %u\n        intervalSeconds: %u\n",
            sim_below(3), 1 + sim_below(3));
    }

    if (sim_chance(50)) {
        say(author, "    catch:\n      - errors: [FnF.ALL]\n"
                    "        goto: s%u\n", author->last);
    }
}


static void
step_wait(author_t *author)
{
    say(author, "  - type: wait\n    name: s%u\n    duration: %u\n",
        author->i, sim.is_long && sim_chance(30) ? sim_below(WF_WAIT_FDL_MAX)
                                                 : sim_below(15));
}


static void
step_choice(author_t *author)
{
    say(author, "  - type: choice\n    name: s%u\n    choices:\n"
                "      - condition: $.n == %u\n        goto: s%u\n"
                "    default:\n      goto: s%u\n", author->i, sim_below(4),
        sim_chance(5) ? author->i : author->last, author->i + 1);
}


static void
step_pass(author_t *author)
{
    say(author, "  - type: pass\n    name: s%u\n    outputMappings:\n"
                "      - target: n\n        source: $input.n\n", author->i);
}


static void
step_task(author_t *author)
{
    say(author, "  - type: task\n    name: s%u\n"
                "    resourceArn: acs:fc:::services/s/functions/f%u\n",
        author->i, sim_below(3));

    if (sim_chance(30)) {
        say(author, "    pattern: sync\n");
    }

    if (sim_chance(40)) {
        say(author, "    timeoutSeconds: %u\n", 1 + sim_below(6));
    }

    step_rules(author);
}


static void
step_callback(author_t *author)
{
    say(author, "  - type: task\n    name: s%u\n"
                "    resourceArn: acs:mns:::/queues/q/messages\n"
                "    pattern: waitForCallback\n    inputMappings:\n"
                "      - target: t\n        source: $context.task.token\n"
                "    serviceParams:\n      MessageBody: $\n", author->i);

    if (sim_chance(50)) {
        say(author, "    timeoutSeconds: %u\n", 1 + sim_below(6));
    }

    step_rules(author);
}


static void
step_child(author_t *author)
{
    uint32_t  child;

    child = some_child(author);

    if (child == WF_NONE) {
        step_pass(author);
        return;
    }

    say(author, "  - type: task\n    name: s%u\n"
                "    resourceArn: acs:fnf:::flow/f%u\n    pattern: %s\n",
        author->i, child, sim_chance(75) ? "sync" : "requestResponse");

    if (child != author->no) {
        step_rules(author);
    }
}


static void steps_write(author_t *author, uint32_t count);


static void
step_branch(author_t *author, unsigned depth)
{
    author_t  inner;

    inner = *author;
    inner.depth = author->depth + depth;
    inner.i = 10 * ++*author->scopes;
    steps_write(&inner, 1 + sim_below(2));
}


static void
step_parallel(author_t *author)
{
    uint32_t  i, count;

    if (author->depth > 0) {
        step_task(author);
        return;
    }

    say(author, "  - type: parallel\n    name: s%u\n    branches:\n",
        author->i);
    count = 1 + sim_below(3);

    for (i = 0; i < count; i++) {
        say(author, "      - steps:\n");
        step_branch(author, 8);
    }
}


static void
step_foreach(author_t *author)
{
    if (author->depth > 0) {
        step_task(author);
        return;
    }

    say(author, "  - type: foreach\n    name: s%u\n    inputMappings:\n"
                "      - target: list\n        source: [0, 1, 2, 3]\n"
                "    iterationMapping:\n      collection: $.list\n"
                "      item: n\n", author->i);
    say(author, "    steps:\n");
    step_branch(author, 4);
}


static const write_pt  steps[] = {
    step_wait, step_choice, step_pass, step_pass, step_task, step_task,
    step_callback, step_callback, step_child, step_child, step_parallel,
    step_foreach
};


static void
steps_write(author_t *author, uint32_t count)
{
    author->last = author->i + count;

    for ( /* void */ ; author->i < author->last; author->i++) {
        steps[sim_below(wf_countof(steps))](author);
    }

    say(author, sim_chance(80)
                ? "  - type: succeed\n    name: s%u\n"
                : "  - type: fail\n    name: s%u\n    error: Bad\n",
        author->last);
}


wf_str_t
sim_flow(uint32_t no, uint32_t count)
{
    wf_buf_t       buf;
    author_t       author;
    uint32_t       scopes;
    wf_error_t     err;
    wf_program_t  *program;

    wf_buf_init(&buf, sim.arena, 512);
    memset(&author, 0, sizeof(author));
    author.buf = &buf;
    author.no = no;
    author.count = count;
    author.scopes = &scopes;
    scopes = 0;

    if (sim_chance(50)) {
        say(&author, "Type: StateMachine\nSpecVersion: v1\nName: sim\n"
                     "StartAt: S0\nStates:\n");
        states_write(&author, 1 + sim_below(4));

    } else {
        say(&author, "version: v1\ntype: flow\n%ssteps:\n",
            sim_chance(10) ? "timeout: 5\n" : "");
        steps_write(&author, 1 + sim_below(4));
    }

    wf_error_clear(&err);

    if (wf_compile(wf_buf_done(&buf), WF_MODE_STANDARD, &program, &err)
        != WF_OK)
    {
        sim_failed("a flow of ours is refused: %s\n%.*s", err.arg[0],
                   (int) buf.len, buf.data);

    } else {
        wf_program_release(program);
    }

    return wf_buf_done(&buf);
}
