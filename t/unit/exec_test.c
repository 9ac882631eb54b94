
/*
 * The execution as a thing: due times, compaction, fingerprint.
 */

#include "engine/exec.c"
#include "engine_rig.h"


static const char  nested[] =
    "version: v1\n"
    "type: flow\n"
    "steps:\n"
    "- {type: pass, name: a, outputMappings: [{target: x, source: [1, 2]}]}\n"
    "- type: choice\n"
    "  name: c\n"
    "  choices:\n"
    "  - condition: $.x\n"
    "  default:\n"
    "    steps:\n"
    "    - type: pass\n"
    "      name: b\n"
    "      outputMappings: [{target: y, source: $input.big}]\n"
    "    - {type: wait, name: w, duration: 60}\n"
    "outputMappings: [{target: y, source: $local.y}]\n";

static const char  input[] = "{\"big\":{\"z\":\"0123456789\"},\"n\":1}";


TEST(due)
{
    rig_t  rig;

    rig_open(&rig, wf_str_of(nested));
    CHECK_INT(wf_exec_due_ms(rig.exec), 0);
    wf_exec_check(rig.exec, true);

    rig_start(&rig, input);
    CHECK_INT(wf_exec_due_ms(rig.exec), RIG_NOW + 60000);
    CHECK_INT(rig.exec->timeout_ms, RIG_NOW + (int64_t) WF_EXECUTION_MS_MAX);

    rig_run(&rig);
    CHECK_INT(wf_exec_due_ms(rig.exec), 0);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    CHECK_INT(rig.exec->stopped_ms, RIG_NOW + 60000);
    CHECK_STR(rig_json(&rig, rig.exec->output),
              wf_str("{\"y\":{\"z\":\"0123456789\"}}"));
    rig_close(&rig);
    wf_exec_free(NULL);
}


/* Same state, same sharing, and the history goes on as if nothing was. */
TEST(compact)
{
    rig_t              rig, other;
    wf_str_t           trace;
    uint64_t           fingerprint;
    const wf_frame_t  *frame;

    rig_open(&rig, wf_str_of(nested));
    rig_open(&other, wf_str_of(nested));
    rig_start(&rig, input);
    rig_start(&other, input);

    fingerprint = wf_exec_fingerprint(rig.exec);
    CHECK(wf_exec_compact(rig.exec) == WF_OK);
    CHECK(wf_exec_compact(rig.exec) == WF_OK);
    CHECK(wf_exec_fingerprint(rig.exec) == fingerprint);
    wf_exec_check(rig.exec, true);

    frame = rig.exec->branch.frame;
    CHECK(frame->owner_input == frame->input);
    CHECK(frame->outer->input == rig.exec->input);

    rig_run(&rig);
    rig_run(&other);
    trace = rig_trace(&rig);
    CHECK_STR(trace, rig_trace(&other));
    CHECK_INT(rig.chunk_count, other.chunk_count);
    CHECK_STR(rig.chunks[1], other.chunks[1]);

    /* what has ended can be packed too */

    CHECK(wf_exec_compact(rig.exec) == WF_OK);
    CHECK(wf_exec_fingerprint(rig.exec) == wf_exec_fingerprint(other.exec));

    rig_close(&rig);
    rig_close(&other);
}


/* Iterations that all have one list: in memory it is there once, after being
 * packed and after a replay too. */
TEST(common_list)
{
    rig_t       rig;
    size_t      size;
    uint32_t    i;
    wf_buf_t    buf;
    wf_exec_t  *exec;
    wf_error_t  error;

    static const char  each[] =
        "version: v1\n"
        "type: flow\n"
        "steps:\n"
        "- type: foreach\n"
        "  name: f\n"
        "  iterationMapping: {collection: $.list, item: x}\n"
        "  steps: [{type: wait, name: w, duration: 60}]\n";

    rig_open(&rig, wf_str_of(each));
    wf_buf_init(&buf, rig.exec->home, 0);
    wf_buf_text(&buf, "{\"list\":[0");

    for (i = 1; i < 1000; i++) {
        wf_buf_text(&buf, ",1");
    }

    wf_buf_append(&buf, "]}", 3);
    rig_start(&rig, (const char *) wf_buf_done(&buf).data);
    CHECK_INT(rig.exec->branches.count, WF_CONCURRENCY_FDL);
    CHECK(wf_exec_compact(rig.exec) == WF_OK);
    wf_exec_check(rig.exec, true);
    size = wf_arena_size(rig.exec->arena);
    CHECK(size < 600 * 1024);

    exec = wf_exec_create();

    for (i = 0; i < rig.chunk_count; i++) {
        CHECK(rig.chunks[i].len < 64 * 1024);
        CHECK(wf_engine_replay(exec, rig.chunks[i], &error) == WF_OK);
    }

    CHECK(wf_exec_fingerprint(exec) == wf_exec_fingerprint(rig.exec));
    CHECK(wf_arena_size(exec->arena) < 2 * size);
    wf_exec_free(exec);
    rig_close(&rig);
}


TEST(compact_without_memory)
{
    rig_t     rig;
    uint64_t  i, fingerprint;

    rig_open(&rig, wf_str_of(nested));
    rig_start(&rig, input);
    fingerprint = wf_exec_fingerprint(rig.exec);

    for (i = 1; i < 1000; i++) {
        wf_arena_fail_after(i);

        if (wf_exec_compact(rig.exec) == WF_OK) {
            break;
        }

        wf_arena_fail_after(0);
        CHECK(wf_exec_fingerprint(rig.exec) == fingerprint);
    }

    wf_arena_fail_after(0);
    CHECK(i > 5 && i < 1000);
    CHECK(wf_exec_fingerprint(rig.exec) == fingerprint);
    rig_run(&rig);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    rig_close(&rig);
}


TEST(no_memory)
{
    uint64_t    i;
    wf_exec_t  *exec;

    for (i = 1; i < 10; i++) {
        wf_arena_fail_after(i);
        exec = wf_exec_create();
        wf_arena_fail_after(0);

        if (exec) {
            break;
        }
    }

    CHECK_INT(i, 4);
    wf_exec_free(exec);
}


/* Thousands of events with 9 KB each; the memory of a few of them. */
TEST(long_life)
{
    rig_t      rig;
    size_t     size, size_max;
    uint8_t    text[4096];
    uint64_t   fingerprint;
    wf_buf_t   buf;

    static const char  loop[] =
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: A\n"
        "States:\n"
        "- Type: Pass\n"
        "  Name: A\n"
        "  OutputConstructor:\n"
        "    a.$: $Context.Execution.Input.v\n"
        "    b.$: $Context.Execution.Input.v\n"
        "  Next: A\n";

    rig_open(&rig, wf_str_of(loop));
    rig.is_quick = true;
    memset(text, 'x', sizeof(text));
    wf_buf_init(&buf, rig.arena, 0);
    wf_buf_text(&buf, "{\"v\":\"");
    wf_buf_append(&buf, text, sizeof(text));
    wf_buf_text(&buf, "\"}");
    wf_buf_byte(&buf, '\0');

    rig_start(&rig, (const char *) buf.data);
    size_max = 0;

    while (rig.exec->status == WF_STATUS_RUNNING) {
        CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_OK);
        size = wf_exec_size(rig.exec);
        size_max = wf_max(size, size_max);
    }

    CHECK_STR(rig.exec->error, wf_str("FnF.EventLimitExceeded"));
    CHECK_INT(rig.exec->codec.event_id, WF_EVENTS_MAX);
    CHECK(size_max < 768 * 1024);

    /* a replay needs no more */

    fingerprint = wf_exec_fingerprint(rig.exec);
    wf_exec_free(rig.exec);
    rig.exec = rig_replay(&rig, rig.chunk_count);
    CHECK(wf_exec_fingerprint(rig.exec) == fingerprint);
    CHECK(wf_exec_size(rig.exec) < 768 * 1024);
    CHECK_INT(rig.exec->codec.event_id, WF_EVENTS_MAX);
    rig_close(&rig);
}


/* Every logical field counts; where a value lives does not. */
TEST(fingerprint)
{
    rig_t        rig;
    uint64_t     was;
    wf_exec_t   *exec;
    wf_value_t  *copy;

    rig_open(&rig, wf_str_of(nested));
    rig_start(&rig, input);
    exec = rig.exec;
    was = wf_exec_fingerprint(exec);

    copy = wf_value_copy(rig.arena, exec->input);
    exec->input = copy;
    CHECK(wf_exec_fingerprint(exec) == was);

#define DIFFERS(field, other)                                                 \
    do {                                                                      \
        __typeof__(exec->field)  kept = exec->field;                          \
        exec->field = other;                                                  \
        CHECK(wf_exec_fingerprint(exec) != was);                              \
        exec->field = kept;                                                   \
    } while (0)

    DIFFERS(input, exec->branch.frame->outer->local);
    DIFFERS(output, copy);
    DIFFERS(globals, copy);
    DIFFERS(status, WF_STATUS_FAILED);
    DIFFERS(started_ms, 1);
    DIFFERS(stopped_ms, 1);
    DIFFERS(timeout_ms, 1);
    DIFFERS(error, wf_str("e"));
    DIFFERS(error_cause, wf_str("e"));
    DIFFERS(codec.seq, 1);
    DIFFERS(codec.event_id, 1);
    DIFFERS(codec.time_ms, 1);
    DIFFERS(codec.registers[0], NULL);
    DIFFERS(branch.phase, WF_PHASE_READY);
    DIFFERS(branch.node, 1);
    DIFFERS(branch.next, 1);
    DIFFERS(branch.input, NULL);
    DIFFERS(branch.output, copy);
    DIFFERS(branch.cause_id, 1);
    DIFFERS(branch.due_ms, 1);
    DIFFERS(branch.error, wf_str("e"));
    DIFFERS(branch.error_cause, wf_str("e"));
    DIFFERS(branch.frame->scope, 9);
    DIFFERS(branch.frame->owner, 9);
    DIFFERS(branch.frame->after, 9);
    DIFFERS(branch.frame->input, &wf_event_empty);
    DIFFERS(branch.frame->owner_input, &wf_event_empty);
    DIFFERS(branch.frame->local, &wf_event_empty);
    DIFFERS(branch.frame, exec->branch.frame->outer);

#undef DIFFERS

    CHECK(wf_exec_fingerprint(exec) == was);
    rig_close(&rig);
}


UNIT_MAIN()
