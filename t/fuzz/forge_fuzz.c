
/*
 * Histories that nobody wrote: event by event, each of a type that its branch
 * has a phase for, its fields right or nearly right, and turns of the engine
 * between them.  What apply refuses is left out; from whatever it takes the
 * engine must go on, by events that apply takes too.
 *
 * Input: a byte for the program, then a byte for each thing that is done and
 * a few for how.
 */

#include "base/json.h"
#include "engine/apply.c"
#include "engine/work.h"
#include "history.h"


#define EVENTS_MAX  48
#define FORGE_MS    1700000000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


typedef struct {
    const uint8_t       *pos;
    const uint8_t       *end;
    wf_arena_t          *arena;         /* of the chunks */
    const wf_program_t  *program;
    wf_exec_t           *exec;
    wf_exec_t           *twin;
    wf_str_t             chunks[EVENTS_MAX];
    uint32_t             count;
} forge_t;


static const char *const  texts[] = {
    "{}", "[]", "[1,{}]", "{\"MapRunName\":\"a\"}", "{\"MapRunName\":\"b\"}",
    "{\"MaxConcurrency\":1,\"ToleratedFailedCount\":0}",
    "{\"MaxConcurrency\":10000}",
    "{\"ToleratedFailedPercentage\":0.5,\"MaxConcurrency\":2}",
    "{\"l\":[1,2,3],\"d\":5,\"a\":1}", "\"x\"", "7", "{\"location\":\"O\"}",
    "{\"workerName\":\"w\"}", "null", "[[],[],[]]"
};

static wf_value_t  *values[wf_countof(texts)];


static void
values_init(void)
{
    size_t              i;
    wf_error_t          err;
    static wf_arena_t  *arena;

    if (arena) {
        return;
    }

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(texts); i++) {
        wf_assert(wf_json_parse(arena, wf_str_of(texts[i]), &values[i], &err)
                  == WF_OK);
    }
}


/* 0 behind the end. */
static uint8_t
take(forge_t *forge)
{
    return forge->pos < forge->end ? *forge->pos++ : 0;
}


/* Twice as often what is right as something else. */
static uint32_t
number(forge_t *forge, uint32_t right, uint32_t other_max)
{
    uint8_t  byte;

    byte = take(forge);

    return byte < 170 || other_max == 0 ? right : byte % other_max;
}


/* Or WF_NONE. */
static uint32_t
place(forge_t *forge, uint32_t right, uint32_t count)
{
    uint8_t  byte;

    byte = take(forge);

    if (byte < 170) {
        return right;
    }

    return byte % (count + 1) == count ? WF_NONE : byte % (count + 1);
}


static const wf_value_t *
value(forge_t *forge, bool may_miss)
{
    uint8_t  byte;

    byte = take(forge);

    if (may_miss && (byte & 0x80)) {
        return NULL;
    }

    return values[(byte & 0x7f) % wf_countof(texts)];
}


/* The name that the engine would give, now or a little later. */
static const wf_value_t *
run_name(forge_t *forge)
{
    uint8_t              byte;
    uint64_t             seq;
    wf_run_t             run;
    wf_value_t          *name;

    static wf_input_t  input;

    byte = take(forge);

    if (byte & 3) {
        return values[3 + byte % 2];
    }

    run.exec = forge->exec;
    run.input = &input;
    run.identity = &fuzz_identity;
    seq = forge->exec->codec.seq;
    forge->exec->codec.seq += byte >> 2;
    name = wf_map_run_name(&run);
    forge->exec->codec.seq = seq;

    return name;
}


static wf_branch_t *
pick_branch(forge_t *forge)
{
    uint8_t        byte;
    wf_roster_t   *branches;
    wf_branch_t   *branch;

    byte = take(forge);
    branches = &forge->exec->branches;

    if (branches->count == 0 || byte % 4 == 0) {
        return &forge->exec->branch;
    }

    branch = branches->entries[byte % branches->count].branch;

    return branch ? branch : &forge->exec->branch;
}


/* A type that fits the phase; 0: none does. */
static uint8_t
pick_type(forge_t *forge, const wf_branch_t *branch)
{
    uint8_t   byte;
    uint32_t  type, count;
    uint8_t   types[WF_EVENT_END];

    count = 0;
    byte = take(forge);

    for (type = 1; type < WF_EVENT_END; type++) {
        if (moves[branch->phase][type] != WF_PHASE_NONE
            && (!wf_event_is_final((uint8_t) type) || byte > 230))
        {
            types[count++] = (uint8_t) type;
        }
    }

    return count ? types[byte % count] : 0;
}


static uint32_t
right_node(const wf_branch_t *branch, uint8_t type)
{
    switch (type) {

    case WF_EVENT_BRANCH_EXITED:
    case WF_EVENT_ITERATION_EXITED:
    case WF_EVENT_ITERATION_ABORTED:
        return branch->parent ? branch->parent->node : WF_NONE;

    case WF_EVENT_SCOPE_EXITED:
        return branch->frame ? branch->frame->owner : WF_NONE;

    case WF_EVENT_STEP_FAILED:
        return branch->phase == WF_PHASE_RAISED ? branch->frame->owner
                                                : branch->node;

    default:
        return branch->node;
    }
}


static uint32_t
right_index(const forge_t *forge, const wf_branch_t *branch,
    const wf_event_t *event)
{
    const wf_node_t    *node;
    const wf_branch_t  *last;

    switch (event->type) {

    case WF_EVENT_FORK_STARTED:
    case WF_EVENT_FORK_OPENED:
        node = branch->node < forge->program->node_count
               ? &forge->program->nodes[branch->node] : NULL;
        return event->input || node == NULL
               || node->type != WF_STATE_PARALLEL
               ? (event->input ? event->input->count : 2)
               : node->u.fork.count;

    case WF_EVENT_MAP_OPENED:
        return event->input ? event->input->count : 0;

    case WF_EVENT_BRANCH_ENTERED:
    case WF_EVENT_ITERATION_ENTERED:
    case WF_EVENT_MAP_ITEM_STARTED:
        return branch->fork ? branch->fork->started : 0;

    case WF_EVENT_BRANCH_ABANDONED:
        last = wf_branch_find(forge->exec, forge->exec->last_branch);
        return last && last->parent ? last->no : WF_NONE;

    case WF_EVENT_TASK_SCHEDULED:
    case WF_EVENT_TASK_OPENED:
        return branch->attempt;

    case WF_EVENT_EXECUTION_REDRIVEN:
        return forge->exec->redrive_count + 1;

    case WF_EVENT_RETRY_SCHEDULED:
        return 0;

    default:
        return branch->index;
    }
}


static uint64_t
some_task(forge_t *forge)
{
    uint8_t             byte;
    const wf_roster_t  *tasks;

    byte = take(forge);
    tasks = &forge->exec->tasks;

    return tasks->count ? tasks->entries[byte % tasks->count].no : byte;
}


static void
fill_values(forge_t *forge, wf_event_t *event)
{
    const char  *letter;

    for (letter = wf_event_fields(event->type); *letter; letter++) {

        switch (*letter) {

        case 'I':
            event->input = value(forge, true);
            break;

        case 'L':
            event->local = value(forge, true);
            break;

        case 'G':
            event->globals = value(forge, true);
            break;

        case 'O':
            event->output = event->type == WF_EVENT_MAP_RUN_STARTED
                            ? run_name(forge) : value(forge, true);
            break;

        case 'E':
            event->error = wf_str("E");
            break;

        case 'Q':
            event->task = some_task(forge);
            break;

        default:
            break;
        }
    }
}


/* Of the first scope that the engine itself would open, or of any. */
static void
fill_scope(forge_t *forge, const wf_branch_t *branch, wf_event_t *event)
{
    uint32_t            scope;
    const wf_node_t    *node;
    const wf_program_t *program;

    program = forge->program;
    scope = forge->exec->scope;

    if (branch->phase != WF_PHASE_READY && branch->node < program->node_count) {
        node = &program->nodes[branch->node];

        if ((node->type == WF_STATE_PARALLEL || node->type == WF_STATE_MAP)
            && node->u.fork.count > 0)
        {
            scope = node->u.fork.scopes[event->index % node->u.fork.count];
        }
    }

    event->scope = place(forge, scope, program->scope_count);
    event->after = place(forge, WF_NONE, program->node_count);

    if (event->scope < program->scope_count) {
        event->next = place(forge, program->scopes[event->scope].first,
                            program->node_count);
    }
}


static void
fill(forge_t *forge, const wf_branch_t *branch, wf_event_t *event)
{
    bool              is_asl, is_entry;
    uint8_t           byte;
    const wf_exec_t  *exec;

    exec = forge->exec;
    byte = take(forge);
    is_asl = exec->status ? exec->is_asl
                          : forge->program->dialect == WF_DIALECT_ASL;
    is_entry = event->type == WF_EVENT_BRANCH_ENTERED
               || event->type == WF_EVENT_ITERATION_ENTERED;

    event->is_asl = event->type == WF_EVENT_EXECUTION_STARTED && is_asl;
    event->seq = exec->codec.seq + 1;
    event->time_ms = (exec->status ? exec->codec.time_ms : FORGE_MS)
                     + byte % 3;
    event->due_ms = event->time_ms + (byte & 0x40 ? 0 : 1000 + byte % 7);
    event->width = 1 + (byte >> 3 & 1);

    event->event_id = wf_event_rpc_name(event->type)[0]
                      || (is_asl && byte & 0x80) ? exec->codec.event_id + 1
                                                 : 0;
    event->cause_id = exec->codec.event_id;
    event->branch = is_entry ? exec->last_branch + 1 : branch->no;
    event->parent = is_entry ? branch->no : exec->last_branch;
    event->node = place(forge, right_node(branch, event->type),
                        forge->program->node_count);
    event->next = place(forge, event->node < forge->program->node_count
                               ? forge->program->nodes[event->node].next
                               : WF_NONE,
                        forge->program->node_count);

    fill_values(forge, event);
    event->index = number(forge, right_index(forge, branch, event), 4);

    if (event->type == WF_EVENT_SCOPE_ENTERED || is_entry) {
        fill_scope(forge, branch, event);
    }
}


static void
keep(forge_t *forge, wf_str_t chunk)
{
    wf_error_t  err;

    chunk = wf_arena_copy(forge->arena, chunk);
    forge->chunks[forge->count++] = chunk;
    wf_assert(wf_engine_replay(forge->twin, chunk, &err) == WF_OK);
    wf_assert(wf_exec_fingerprint(forge->twin)
              == wf_exec_fingerprint(forge->exec));
}


/* From its chunks once more. */
static void
rebuild(forge_t *forge)
{
    uint32_t    i;
    wf_error_t  err;

    wf_exec_free(forge->exec);
    forge->exec = wf_exec_create();

    for (i = 0; i < forge->count; i++) {
        wf_assert(wf_engine_replay(forge->exec, forge->chunks[i], &err)
                  == WF_OK);
    }
}


static void
forge_event(forge_t *forge)
{
    wf_buf_t      bytes, chunk;
    wf_codec_t    codec;
    wf_event_t    event;
    wf_error_t    err;
    wf_branch_t  *branch;

    memset(&event, 0, sizeof(event));
    branch = pick_branch(forge);
    event.type = pick_type(forge, branch);

    if (event.type == 0) {
        return;
    }

    fill(forge, branch, &event);
    codec = forge->exec->codec;
    wf_buf_init(&bytes, forge->arena, 0);
    wf_event_encode(&bytes, &codec, &event);
    wf_buf_init(&chunk, forge->arena, 0);
    wf_chunk_seal(&chunk, wf_buf_done(&bytes), 1);

    if (wf_engine_replay(forge->exec, wf_buf_done(&chunk), &err) == WF_OK) {
        keep(forge, wf_buf_done(&chunk));

    } else {
        rebuild(forge);
    }
}


static wf_input_t
some_input(forge_t *forge)
{
    uint8_t              byte;
    wf_input_t           input;
    wf_exec_t           *exec;
    static wf_map_run_t  change;

    static const uint8_t  types[] = {
        WF_INPUT_CONTINUE, WF_INPUT_TIMER, WF_INPUT_TASK_DONE,
        WF_INPUT_TASK_REPORTED, WF_INPUT_TASK_HEARTBEAT, WF_INPUT_MAP_RUN,
        WF_INPUT_REDRIVE, WF_INPUT_STOP, WF_INPUT_START
    };

    exec = forge->exec;
    byte = take(forge);
    input = (wf_input_t) {
        .type = types[byte % wf_countof(types)],
        .now_ms = exec->status ? exec->codec.time_ms : FORGE_MS,
        .outcome = (uint8_t) (WF_OUTCOME_SUCCEEDED + (byte >> 4) % 4),
        .error = wf_str("E")
    };

    switch (input.type) {

    case WF_INPUT_TIMER:
        input.now_ms = wf_max(input.now_ms, wf_exec_due_ms(exec));
        break;

    case WF_INPUT_TASK_DONE:
    case WF_INPUT_TASK_REPORTED:
    case WF_INPUT_TASK_HEARTBEAT:
        input.task = some_task(forge);
        input.value = value(forge, true);

        /* life is a report's to tell; a report does not submit */

        if (input.type == WF_INPUT_TASK_DONE
            ? input.outcome == WF_OUTCOME_ALIVE
            : input.outcome == WF_OUTCOME_SUBMITTED)
        {
            input.outcome = WF_OUTCOME_FAILED;
        }

        break;

    case WF_INPUT_MAP_RUN:
        change = (wf_map_run_t) {
            .name = exec->map_runs ? exec->map_runs->run.name : wf_str("a"),
            .concurrency = byte >> 4,
            .tolerated_count = byte >> 5,
            .tolerated_percentage = byte >> 3
        };
        input.map_run = &change;
        break;

    case WF_INPUT_START:
        input.value = value(forge, true);
        break;

    default:
        break;
    }

    return input;
}


/* What a step wrote is a chunk of the history like the forged ones. */
static void
engine_turn(forge_t *forge)
{
    wf_buf_t     chunk;
    wf_step_t    step;
    wf_error_t   err;
    wf_input_t   input;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    input = some_input(forge);
    wf_error_clear(&err);
    wf_step_init(&step, arena);

    if (wf_engine_step(forge->exec, forge->program, &fuzz_identity, &input,
                       arena, &step, &err)
        == WF_OK)
    {
        wf_buf_init(&chunk, arena, 0);
        wf_chunk_seal(&chunk, wf_buf_done(&step.events), step.event_count);
        keep(forge, wf_buf_done(&chunk));

    } else {
        wf_assert(step.event_count == 0);
    }

    wf_arena_free(arena);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    forge_t  forge;

    programs_init();
    values_init();

    forge = (forge_t) {
        .pos = data,
        .end = data + size,
        .arena = wf_arena_create(0),
        .exec = wf_exec_create(),
        .twin = wf_exec_create()
    };

    forge.program = programs[take(&forge) % wf_countof(programs)];

    while (forge.pos < forge.end && forge.count < EVENTS_MAX) {
        if (take(&forge) < 150) {
            forge_event(&forge);

        } else {
            engine_turn(&forge);
        }
    }

    if (forge.count) {
        go_on(forge.exec, forge.twin, forge.program);
    }

    wf_exec_free(forge.exec);
    wf_exec_free(forge.twin);
    wf_arena_free(forge.arena);

    return 0;
}
