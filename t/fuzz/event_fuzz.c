
/*
 * Any bytes as a history: refused or replayed, never a crash.  What was
 * replayed keeps its fingerprint when it is compacted, and goes on from there
 * like any execution: what it then records replays to the same state.
 *
 * Input: a byte of choices, a byte of event count, the bytes.  Bit 0 of the
 * first byte: the bytes are events and get sealed (the checksum would keep
 * the fuzzer out); bit 1: which program goes on.
 */

#include "engine/engine.h"
#include "flow/compile.h"


#define SEAL      1
#define SECOND    2
#define TURNS     4


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char *const  flows[] = {
    "version: v1\n"
    "type: flow\n"
    "steps:\n"
    "- {type: wait, name: w, duration: $.d}\n"
    "- type: choice\n"
    "  name: c\n"
    "  default:\n"
    "    steps:\n"
    "    - type: pass\n"
    "      name: p\n"
    "      inputMappings: [{target: a, source: $local.a}]\n"
    "      outputMappings: [{target: b, source: $input}]\n"
    "    goto: w\n"
    "outputMappings: [{target: x, source: $local}]\n",

    "Type: StateMachine\n"
    "SpecVersion: v1\n"
    "Name: t\n"
    "StartAt: W\n"
    "States:\n"
    "- {Type: Wait, Name: W, Seconds.$: $Input.d, Next: C}\n"
    "- Type: Choice\n"
    "  Name: C\n"
    "  Branches: [{Condition: $Global.stop, Next: F}]\n"
    "  Default: P\n"
    "- Type: Pass\n"
    "  Name: P\n"
    "  InputConstructor: {a.$: $Input}\n"
    "  GlobalConstructor: {g.$: $Output}\n"
    "  Next: W\n"
    "- {Type: Fail, Name: F}\n"
};

static wf_program_t  *programs[wf_countof(flows)];


static void
programs_init(void)
{
    size_t      i;
    wf_error_t  err;

    for (i = 0; i < wf_countof(flows); i++) {
        if (programs[i]) {
            continue;
        }

        wf_assert(wf_compile(wf_str_of(flows[i]), WF_MODE_STANDARD,
                             &programs[i], &err)
                  == WF_OK);
    }
}


/* One input on exec; its events on twin, which must then be alike. */
static bool
turn(wf_exec_t *exec, wf_exec_t *twin, const wf_program_t *program,
    const wf_input_t *input)
{
    bool         stepped;
    wf_rc_t      rc;
    wf_buf_t     buf;
    wf_step_t    step;
    wf_error_t   err;
    wf_arena_t  *arena;

    static const wf_identity_t  identity = {
        .flow_name = wf_str_init("f"),
        .execution_name = wf_str_init("e")
    };

    arena = wf_arena_create(0);
    wf_error_clear(&err);
    wf_step_init(&step, arena);
    rc = wf_engine_step(exec, program, &identity, input, arena, &step, &err);
    stepped = rc == WF_OK;

    if (stepped) {
        wf_buf_init(&buf, arena, 0);
        wf_chunk_seal(&buf, wf_buf_done(&step.events), step.event_count);
        wf_assert(wf_engine_replay(twin, wf_buf_done(&buf), &err) == WF_OK);

    } else {
        wf_assert(step.event_count == 0);
        wf_assert(rc == WF_DECLINED || err.code == WF_E_INTERNAL);
    }

    wf_assert(wf_exec_fingerprint(exec) == wf_exec_fingerprint(twin));
    wf_arena_free(arena);

    return stepped;
}


static void
go_on(wf_exec_t *exec, wf_exec_t *twin, const wf_program_t *program)
{
    unsigned    i;
    wf_input_t  input;

    input = (wf_input_t) { .now_ms = exec->codec.time_ms };

    for (i = 0; i < TURNS; i++) {
        input.type = wf_engine_resume(exec) ? WF_INPUT_CONTINUE
                                            : WF_INPUT_TIMER;
        input.now_ms = wf_min(wf_max(input.now_ms, wf_exec_due_ms(exec)),
                              253402300799999);

        if (!turn(exec, twin, program, &input)) {
            break;
        }
    }

    input.type = WF_INPUT_STOP;
    (void) turn(exec, twin, program, &input);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t     fingerprint;
    wf_str_t     bytes;
    wf_buf_t     buf;
    wf_exec_t   *exec, *twin;
    wf_error_t   err;
    wf_arena_t  *arena;

    if (size < 2) {
        return 0;
    }

    programs_init();
    arena = wf_arena_create(0);
    exec = wf_exec_create();
    twin = wf_exec_create();
    wf_error_clear(&err);
    bytes = (wf_str_t) { size - 2, data + 2 };

    if (data[0] & SEAL) {
        wf_buf_init(&buf, arena, 0);
        wf_chunk_seal(&buf, bytes, data[1]);
        bytes = wf_buf_done(&buf);
    }

    if (wf_engine_replay(exec, bytes, &err) == WF_OK) {
        wf_assert(wf_engine_replay(twin, bytes, &err) == WF_OK);
        fingerprint = wf_exec_fingerprint(exec);
        wf_assert(wf_exec_compact(exec) == WF_OK);
        wf_assert(wf_exec_fingerprint(exec) == fingerprint);
        go_on(exec, twin, programs[(data[0] & SECOND) != 0]);

    } else {
        wf_assert(err.code == WF_E_INTERNAL && err.len[0] > 0);
    }

    wf_exec_free(exec);
    wf_exec_free(twin);
    wf_arena_free(arena);

    return 0;
}
