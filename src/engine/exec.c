
/*
 * The execution's state as a thing: its memory, its invariants, what is due,
 * its fingerprint.  Never changes what the state says; apply.c does.
 */

#include "engine/exec.h"


#define HOME_BYTES   1024       /* wf_exec_t and the arena's own */
#define VALUE_BYTES  2048

/* exec's, the branch's, three for each frame. */
#define MOVES_MAX  (3 + 2 + 3 * (WF_SCOPE_DEPTH_MAX + 1))


/* Values already copied, so that what was one value stays one value. */
typedef struct {
    wf_arena_t        *arena;
    const wf_value_t  *from[MOVES_MAX];
    const wf_value_t  *to[MOVES_MAX];
    uint32_t           count;
} move_t;


wf_exec_t *
wf_exec_create(void)
{
    wf_exec_t   *exec;
    wf_arena_t  *home;

    home = wf_arena_create(HOME_BYTES);
    if (home == NULL) {
        return NULL;
    }

    exec = wf_arena_calloc(home, sizeof(wf_exec_t));
    if (exec == NULL) {
        wf_arena_free(home);
        return NULL;
    }

    exec->home = home;
    exec->branch.node = WF_NONE;
    exec->branch.next = WF_NONE;
    exec->arena = wf_arena_create(VALUE_BYTES);

    if (exec->arena == NULL) {
        wf_arena_free(home);
        return NULL;
    }

    return exec;
}


void
wf_exec_free(wf_exec_t *exec)
{
    wf_arena_t  *home;

    if (exec == NULL) {
        return;
    }

    home = exec->home;
    wf_arena_free(exec->arena);
    wf_arena_free(home);
}


int64_t
wf_exec_due_ms(const wf_exec_t *exec)
{
    int64_t  due_ms;

    if (exec->status != WF_STATUS_RUNNING) {
        return 0;
    }

    due_ms = exec->timeout_ms;

    if (exec->branch.phase == WF_PHASE_WAITING) {
        due_ms = wf_min(due_ms, exec->branch.due_ms);
    }

    return due_ms;
}


size_t
wf_exec_size(const wf_exec_t *exec)
{
    return wf_arena_size(exec->home) + wf_arena_size(exec->arena);
}


static wf_rc_t
move_value(move_t *move, const wf_value_t **value)
{
    uint32_t           i;
    const wf_value_t  *copy;

    if (*value == NULL || *value == &wf_event_empty) {
        return WF_OK;
    }

    for (i = 0; i < move->count; i++) {
        if (move->from[i] == *value) {
            *value = move->to[i];
            return WF_OK;
        }
    }

    copy = wf_value_copy(move->arena, *value);
    if (copy == NULL) {
        return WF_ERROR;
    }

    wf_assert(move->count < MOVES_MAX);

    move->from[move->count] = *value;
    move->to[move->count++] = copy;
    *value = copy;

    return WF_OK;
}


static wf_rc_t
move_str(move_t *move, wf_str_t *s)
{
    wf_str_t  copy;

    if (s->len == 0) {
        *s = wf_str_none;
        return WF_OK;
    }

    copy = wf_arena_copy(move->arena, *s);
    if (copy.data == NULL) {
        return WF_ERROR;
    }

    *s = copy;

    return WF_OK;
}


static wf_rc_t
move_frames(move_t *move, wf_frame_t **link)
{
    wf_frame_t  *frame;

    for ( /* void */ ; *link; link = &frame->outer) {
        frame = wf_arena_alloc(move->arena, sizeof(wf_frame_t));
        if (frame == NULL) {
            return WF_ERROR;
        }

        *frame = **link;
        *link = frame;

        if (move_value(move, &frame->owner_input) != WF_OK
            || move_value(move, &frame->input) != WF_OK
            || move_value(move, &frame->local) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* After all others: what none of them holds is forgotten. */
static void
move_registers(const move_t *move, wf_codec_t *codec)
{
    uint32_t           i, j;
    const wf_value_t  *value;

    for (i = 0; i < WF_EVENT_REGISTERS; i++) {
        value = codec->registers[i];

        if (value == NULL) {
            continue;
        }

        codec->registers[i] = &wf_event_forgotten;

        for (j = 0; j < move->count; j++) {
            if (move->from[j] == value) {
                codec->registers[i] = move->to[j];
                break;
            }
        }
    }
}


static wf_rc_t
move_exec(move_t *move, wf_exec_t *exec)
{
    wf_branch_t  *branch;

    branch = &exec->branch;

    if (move_value(move, &exec->input) != WF_OK
        || move_value(move, &exec->output) != WF_OK
        || move_value(move, &exec->globals) != WF_OK
        || move_value(move, &branch->input) != WF_OK
        || move_value(move, &branch->output) != WF_OK
        || move_str(move, &exec->error) != WF_OK
        || move_str(move, &exec->error_cause) != WF_OK
        || move_str(move, &branch->error) != WF_OK
        || move_str(move, &branch->error_cause) != WF_OK
        || move_frames(move, &branch->frame) != WF_OK)
    {
        return WF_ERROR;
    }

    move_registers(move, &exec->codec);

    return WF_OK;
}


wf_rc_t
wf_exec_compact(wf_exec_t *exec)
{
    move_t      move;
    wf_exec_t   moved;

    move.count = 0;
    move.arena = wf_arena_create(VALUE_BYTES);
    if (move.arena == NULL) {
        return WF_ERROR;
    }

    moved = *exec;

    if (move_exec(&move, &moved) != WF_OK) {
        wf_arena_free(move.arena);
        return WF_ERROR;
    }

    wf_arena_free(exec->arena);
    *exec = moved;
    exec->arena = move.arena;
    exec->live_bytes = wf_arena_size(move.arena);

    return WF_OK;
}


/* Garbage may equal what is alive: then a copy is paid for by its making. */
wf_rc_t
wf_exec_tidy(wf_exec_t *exec)
{
    size_t  size;

    size = wf_arena_size(exec->arena);

    if (size - exec->live_bytes
        <= exec->live_bytes + WF_EXEC_GARBAGE_BYTES_MAX)
    {
        return WF_OK;
    }

    return wf_exec_compact(exec);
}


static void
check_frames(const wf_exec_t *exec)
{
    const wf_frame_t  *frame;

    for (frame = exec->branch.frame; frame; frame = frame->outer) {
        wf_assert(frame->depth == (frame->outer ? frame->outer->depth + 1 : 1));
        wf_assert(frame->depth <= WF_SCOPE_DEPTH_MAX);
        wf_assert((frame->outer == NULL) == (frame->owner == WF_NONE));
        wf_assert(frame->input != NULL && frame->local != NULL);
        wf_assert(frame->outer == NULL || frame->owner_input != NULL);
    }
}


static void
check_branch(const wf_exec_t *exec)
{
    bool                at_node, has_input;
    const wf_branch_t  *branch;

    branch = &exec->branch;

    at_node = branch->phase >= WF_PHASE_ENTERED
              && branch->phase <= WF_PHASE_FAILED;
    has_input = branch->phase >= WF_PHASE_STARTED
                && branch->phase <= WF_PHASE_SUCCEEDED;

    wf_assert(branch->phase > WF_PHASE_NONE && branch->phase < WF_PHASE_ENDED);
    wf_assert(!at_node || branch->node != WF_NONE);
    wf_assert(branch->phase == WF_PHASE_READY || branch->frame != NULL);
    wf_assert(!has_input || branch->input != NULL);
    wf_assert((branch->phase == WF_PHASE_WAITING) == (branch->due_ms != 0));
    wf_assert(branch->phase != WF_PHASE_RETURNED || branch->output != NULL);
    wf_assert(branch->phase != WF_PHASE_SUCCEEDED || branch->output != NULL);
    wf_assert(branch->cause_id != 0);
    wf_assert(branch->cause_id <= exec->codec.event_id);

    check_frames(exec);
}


void
wf_exec_check(const wf_exec_t *exec)
{
    if (exec->status == 0) {
        wf_assert(exec->branch.phase == WF_PHASE_NONE);
        wf_assert(exec->codec.seq == 0);
        return;
    }

    wf_assert(exec->input != NULL && exec->globals != NULL);
    wf_assert(exec->codec.event_id <= WF_EVENTS_MAX);
    wf_assert(exec->codec.event_id <= exec->codec.seq);
    wf_assert(exec->started_ms <= exec->codec.time_ms);
    wf_assert(wf_status_is_final(exec->status)
              == (exec->branch.phase == WF_PHASE_ENDED));

    if (wf_status_is_final(exec->status)) {
        wf_assert(exec->stopped_ms == exec->codec.time_ms);
        wf_assert((exec->status == WF_STATUS_SUCCEEDED)
                  == (exec->output != NULL));
        return;
    }

    check_branch(exec);
}


static uint64_t
hash_number(uint64_t hash, uint64_t number)
{
    size_t   i;
    uint8_t  bytes[8];

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t) (number >> 8 * i);
    }

    return wf_hash(hash, (wf_str_t) { sizeof(bytes), bytes });
}


static uint64_t
hash_str(uint64_t hash, wf_str_t s)
{
    return wf_hash(hash_number(hash, s.len), s);
}


/* What wf_json_print() would write, without writing it. */
static uint64_t
hash_value(uint64_t hash, const wf_value_t *value)
{
    uint32_t  i;

    if (value == NULL) {
        return hash_number(hash, UINT64_MAX);
    }

    hash = hash_number(hash, (uint64_t) value->type << 32 | value->count);

    switch (value->type) {

    case WF_BOOL:
        return hash_number(hash, value->boolean);

    case WF_NUMBER:
        return hash_str(hash, value->u.number.text);

    case WF_STRING:
        return hash_str(hash, value->u.string);

    case WF_ARRAY:
        for (i = 0; i < value->count; i++) {
            hash = hash_value(hash, value->u.items[i]);
        }

        return hash;

    case WF_OBJECT:
        for (i = 0; i < value->count; i++) {
            hash = hash_str(hash, value->u.members[i].key);
            hash = hash_value(hash, value->u.members[i].value);
        }

        return hash;

    default:
        return hash;
    }
}


static uint64_t
hash_frames(uint64_t hash, const wf_frame_t *frame)
{
    for ( /* void */ ; frame; frame = frame->outer) {
        hash = hash_number(hash, frame->depth);
        hash = hash_number(hash, frame->scope);
        hash = hash_number(hash, frame->owner);
        hash = hash_number(hash, frame->after);
        hash = hash_value(hash, frame->owner_input);
        hash = hash_value(hash, frame->input);
        hash = hash_value(hash, frame->local);
    }

    return hash;
}


static uint64_t
hash_branch(uint64_t hash, const wf_branch_t *branch)
{
    hash = hash_number(hash, branch->no);
    hash = hash_number(hash, branch->phase);
    hash = hash_number(hash, branch->node);
    hash = hash_number(hash, branch->next);
    hash = hash_number(hash, branch->cause_id);
    hash = hash_number(hash, (uint64_t) branch->due_ms);
    hash = hash_value(hash, branch->input);
    hash = hash_value(hash, branch->output);
    hash = hash_str(hash, branch->error);
    hash = hash_str(hash, branch->error_cause);

    return hash_frames(hash, branch->frame);
}


/* Does the state hold it? */
static bool
is_held(const wf_exec_t *exec, const wf_value_t *value)
{
    const wf_frame_t   *frame;
    const wf_branch_t  *branch;

    branch = &exec->branch;

    for (frame = branch->frame; frame; frame = frame->outer) {
        if (frame->owner_input == value
            || frame->input == value
            || frame->local == value)
        {
            return true;
        }
    }

    return exec->input == value || exec->output == value
           || exec->globals == value || branch->input == value
           || branch->output == value;
}


/* Those that events can still refer to; others are forgotten at any time. */
static uint64_t
hash_registers(uint64_t hash, const wf_exec_t *exec)
{
    uint32_t           i;
    const wf_value_t  *value;

    for (i = 0; i < WF_EVENT_REGISTERS; i++) {
        value = exec->codec.registers[i];
        hash = value && is_held(exec, value) ? hash_value(hash, value)
                                             : hash_number(hash, i);
    }

    return hash;
}


uint64_t
wf_exec_fingerprint(const wf_exec_t *exec)
{
    uint64_t  hash;

    hash = hash_number(0, exec->codec.seq);
    hash = hash_number(hash, exec->codec.event_id);
    hash = hash_number(hash, (uint64_t) exec->codec.time_ms);
    hash = hash_registers(hash, exec);

    hash = hash_number(hash, exec->status);
    hash = hash_number(hash, (uint64_t) exec->started_ms);
    hash = hash_number(hash, (uint64_t) exec->stopped_ms);
    hash = hash_number(hash, (uint64_t) exec->timeout_ms);
    hash = hash_value(hash, exec->input);
    hash = hash_value(hash, exec->output);
    hash = hash_value(hash, exec->globals);
    hash = hash_str(hash, exec->error);
    hash = hash_str(hash, exec->error_cause);

    return hash_branch(hash, &exec->branch);
}
