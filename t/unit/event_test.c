
/*
 * Event records: every type there and back, references, chunks that were
 * torn or altered.
 */

#include "base/json.h"
#include "engine/event.c"
#include "unit.h"


static wf_arena_t  *arena;
static wf_error_t   err;


static const wf_value_t *
parse(const char *text)
{
    wf_value_t  *value;

    value = NULL;
    CHECK(wf_json_parse(arena, wf_str_of(text), &value, &err) == WF_OK);

    return value;
}


static void
check_value(const wf_value_t *got, const wf_value_t *want)
{
    CHECK((got == NULL) == (want == NULL));
    CHECK(got == NULL || wf_value_eq(got, want));
}


static void
check_event(const wf_event_t *got, const wf_event_t *want)
{
    CHECK_INT(got->type, want->type);
    CHECK_INT(got->seq, want->seq);
    CHECK_INT(got->event_id, want->event_id);
    CHECK_INT(got->cause_id, want->cause_id);
    CHECK_INT(got->time_ms, want->time_ms);
    CHECK_INT(got->branch, want->branch);
    CHECK_INT(got->node, want->node);
    CHECK_INT(got->next, want->next);
    CHECK_INT(got->scope, want->scope);
    CHECK_INT(got->after, want->after);
    CHECK_INT(got->parent, want->parent);
    CHECK_INT(got->index, want->index);
    CHECK_INT(got->width, want->width);
    CHECK_INT(got->task, want->task);
    CHECK_INT(got->due_ms, want->due_ms);
    check_value(got->input, want->input);
    check_value(got->local, want->local);
    check_value(got->output, want->output);
    check_value(got->globals, want->globals);
    CHECK_STR(got->error, want->error);
    CHECK_STR(got->error_cause, want->error_cause);
}


/* Only the fields that its row names. */
static wf_event_t
make(uint8_t type, const wf_codec_t *codec)
{
    wf_event_t   event;
    const char  *fields;

    event = (wf_event_t) { .type = type };
    fields = wf_event_fields(type);

    event.seq = codec->seq + 1;
    event.event_id = wf_event_rpc_name(type)[0] ? codec->event_id + 1 : 0;
    event.cause_id = codec->event_id;
    event.time_ms = codec->time_ms + 1000;

#define HAS(letter)  (strchr(fields, letter) != NULL)

    event.branch = HAS('B') ? 3 : 0;
    event.node = HAS('N') ? 300 : 0;
    event.next = HAS('X') ? UINT32_MAX : 0;
    event.scope = HAS('S') ? 70000 : HAS('Z') ? 9 : 0;
    event.after = HAS('A') ? 5 : 0;
    event.parent = HAS('P') ? 200 : 0;
    event.index = HAS('K') ? 129 : 0;
    event.width = HAS('W') ? 100 : 0;
    event.task = HAS('Q') ? 5000000000 : 0;
    event.due_ms = HAS('T') ? event.time_ms + 86400000 : 0;
    event.input = HAS('I') ? parse("{\"a\":[1,2.50,null,\"\\u0000\"]}") : NULL;
    event.local = HAS('L') ? &wf_event_empty : NULL;
    event.output = HAS('O') ? parse("[true,\"x\"]") : NULL;
    event.globals = NULL;
    event.error = HAS('E') ? wf_str("E") : wf_str_none;
    event.error_cause = HAS('C') ? wf_str("why\n") : wf_str_none;

#undef HAS

    return event;
}


TEST(table)
{
    unsigned     type, visible;
    const char  *name;

    /* nothing is shown beyond: that is another language's */

    static const char *const  golden[] = {
        "", "ExecutionStarted", "ExecutionSucceeded", "ExecutionFailed",
        "ExecutionStopped", "ExecutionTimedOut", "StepEntered", "StepStarted",
        "StepSucceeded", "StepFailed", "StepExited", "", "", "", "",
        "BranchEntered", "BranchExited", "IterationEntered",
        "IterationExited", "", "TaskScheduled", "TaskStarted",
        "TaskSubmitted", "TaskSubmitFailed", "TaskSucceeded", "TaskFailed",
        "TaskTimedOut", "", "", "MapRunStarted", "", "", "", ""
    };

    CHECK(WF_EVENT_END >= wf_countof(golden));
    CHECK_INT(WF_EVENT_WAIT_STARTED, 11);
    CHECK_INT(WF_EVENT_SCOPE_ENTERED, 12);
    CHECK_INT(WF_EVENT_SCOPE_EXITED, 13);
    visible = 0;

    CHECK_STR(wf_str_of(wf_event_rpc_name(60)),
              wf_str("WorkflowExecutionStarted"));
    CHECK_STR(wf_str_of(wf_event_rpc_name(113)),
              wf_str("StartLambdaFunctionFailed"));
    CHECK_STR(wf_str_of(wf_event_rpc_name(120)), wf_str(""));
    CHECK_INT(WF_EVENT_SWF_HEARTBEAT, 121);

    for (type = 0; type < WF_EVENT_END; type++) {
        CHECK(wf_event_is_final((uint8_t) type) == (type >= 2 && type <= 5));
        CHECK(wf_event_is_swf((uint8_t) type) == (type >= 60 && type <= 121));

        if (wf_event_is_swf((uint8_t) type)) {
            continue;
        }

        name = type < wf_countof(golden) ? golden[type] : "";
        CHECK_STR(wf_str_of(wf_event_rpc_name((uint8_t) type)),
                  wf_str_of(name));
        visible += name[0] != '\0';
    }

    CHECK_INT(visible, 22);
    CHECK_STR(wf_str_of(wf_event_rpc_name(200)), wf_str(""));
    CHECK_STR(wf_str_of(wf_event_fields(200)), wf_str(""));
}


/* Numbers have gaps. */
static bool
is_row(uint8_t type)
{
    return wf_event_fields(type)[0] != '\0';
}


/* Shown or not, whatever the row says; the language of the whole. */
TEST(shown_otherwise)
{
    uint8_t      type, shown;
    wf_buf_t     buf;
    wf_codec_t   out, in;
    wf_event_t   event, got;
    wf_reader_t  reader;

    for (type = 1; type < WF_EVENT_END; type++) {
        for (shown = 0; shown < 2 && is_row(type); shown++) {
            arena = wf_arena_create(0);
            out = in = (wf_codec_t) { .event_id = 7 };
            wf_buf_init(&buf, arena, 0);
            event = make(type, &out);
            event.event_id = shown ? 8 : 0;
            event.cause_id = 3;
            event.is_asl = type == WF_EVENT_EXECUTION_STARTED;
            wf_event_encode(&buf, &out, &event);
            reader = wf_reader(wf_buf_done(&buf));
            CHECK(wf_event_decode(arena, &reader, &in, &got, &err) == WF_OK);
            check_event(&got, &event);
            CHECK(got.is_asl == event.is_asl);
            CHECK_INT(in.event_id, 7 + shown);
            CHECK_INT(out.event_id, in.event_id);
            wf_arena_free(arena);
        }
    }
}


TEST(there_and_back)
{
    uint8_t      type;
    uint64_t     count;
    wf_buf_t     buf;
    wf_codec_t   out, in;
    wf_event_t   events[WF_EVENT_END], got;
    wf_reader_t  reader;

    arena = wf_arena_create(0);
    out = in = (wf_codec_t) { .seq = 0 };
    wf_buf_init(&buf, arena, 0);

    count = 0;

    for (type = 1; type < WF_EVENT_END; type++) {
        if (!is_row(type)) {
            continue;
        }

        count++;
        events[type] = make(type, &out);
        events[type].cause_id = type == 7 ? 2 : out.event_id;
        wf_event_encode(&buf, &out, &events[type]);
    }

    reader = wf_reader(wf_buf_done(&buf));

    for (type = 1; type < WF_EVENT_END; type++) {
        if (!is_row(type)) {
            continue;
        }

        CHECK(wf_event_decode(arena, &reader, &in, &got, &err) == WF_OK);
        check_event(&got, &events[type]);
    }

    CHECK(reader.pos == reader.end);
    CHECK_INT(in.seq, count);
    CHECK_INT(in.event_id, 22 + 54);
    CHECK(wf_event_decode(arena, &reader, &in, &got, &err) == WF_ERROR);
    wf_arena_free(arena);
}


/* Latest first: what is used stays, what is not is written anew. */
TEST(references)
{
    size_t             before;
    unsigned           i;
    wf_buf_t           buf;
    wf_codec_t         codec;
    wf_event_t         event;
    const wf_value_t  *often, *values[WF_EVENT_REGISTERS];

    arena = wf_arena_create(0);
    codec = (wf_codec_t) { .seq = 0 };
    wf_buf_init(&buf, arena, 0);
    often = parse("{\"often\":\"0123456789\"}");

    for (i = 0; i < WF_EVENT_REGISTERS * 3; i++) {
        event = make(WF_EVENT_STEP_STARTED, &codec);
        event.branch = 0;
        event.input = i % 3 ? parse("{\"other\":\"0123456789\"}") : often;
        before = buf.len;
        wf_event_encode(&buf, &codec, &event);
        CHECK((buf.len - before < 10) == (i != 0 && i % 3 == 0));
    }

    for (i = 0; i < WF_EVENT_REGISTERS; i++) {
        values[i] = parse("[1]");
        event = make(WF_EVENT_STEP_STARTED, &codec);
        event.input = values[i];
        wf_event_encode(&buf, &codec, &event);
    }

    CHECK(codec.registers[0] == values[WF_EVENT_REGISTERS - 1]);
    CHECK(codec.registers[WF_EVENT_REGISTERS - 1] == values[0]);

    /* {} costs a byte and no register */

    event = make(WF_EVENT_STEP_STARTED, &codec);
    event.input = parse("{}");
    event.branch = 0;
    event.node = 0;
    event.time_ms = codec.time_ms;
    before = buf.len;
    wf_event_encode(&buf, &codec, &event);
    CHECK_INT(buf.len - before, 4);
    CHECK(codec.registers[0] == values[WF_EVENT_REGISTERS - 1]);

    wf_arena_free(arena);
}


static wf_rc_t
decode(const char *bytes, size_t len)
{
    wf_rc_t      rc;
    wf_codec_t   codec;
    wf_event_t   event;
    wf_reader_t  reader;

    arena = wf_arena_create(0);
    codec = (wf_codec_t) { .seq = 0, .time_ms = TIME_MS_MAX - 1 };
    reader = wf_reader((wf_str_t) { len, (const uint8_t *) bytes });
    rc = wf_event_decode(arena, &reader, &codec, &event, &err);
    CHECK(rc == WF_OK || err.code == WF_E_INTERNAL);
    wf_arena_free(arena);

    return rc;
}

#define DECODE(bytes)  decode(bytes, sizeof(bytes) - 1)


TEST(malformed)
{
    CHECK(DECODE("\x07\x00\x01\x02") == WF_OK);
    CHECK(DECODE("") == WF_ERROR);
    CHECK(DECODE("\x07") == WF_ERROR);
    CHECK(DECODE("\x00\x00") == WF_ERROR);                  /* type */
    CHECK(DECODE("\x7f\x00") == WF_ERROR);
    CHECK(DECODE("\x07\x10\x01\x02") == WF_ERROR);          /* flags */
    CHECK(DECODE("\x07\x08\x01\x02") == WF_ERROR);          /* no scope */
    CHECK(DECODE("\x01\x00\x02\x02") == WF_OK);
    CHECK(DECODE("\x01\x08\x02\x02\x07") == WF_OK);         /* scope 7 */
    CHECK(DECODE("\x01\x08\x02\x02\x00") == WF_ERROR);      /* scope 0 */
    CHECK(DECODE("\x01\x04\x02\x02\x01") == WF_ERROR);      /* no branch */
    CHECK(DECODE("\x07\x01\x02\x01\x02") == WF_ERROR);      /* time */
    CHECK(DECODE("\x07\x02\x01\x01\x02") == WF_ERROR);      /* cause */
    CHECK(DECODE("\x07\x04\x00\x01\x02") == WF_ERROR);      /* branch 0 */
    CHECK(DECODE("\x07\x00\xff\xff\xff\xff\x7f\x02") == WF_ERROR); /* node */
    CHECK(DECODE("\x07\x00\x01\x03") == WF_ERROR);          /* register */
    CHECK(DECODE("\x07\x00\x01\x0b") == WF_ERROR);
    CHECK(DECODE("\x07\x00\x01\x01\x02{}") == WF_ERROR);    /* {} as text */
    CHECK(DECODE("\x07\x00\x01\x01\x02{") == WF_ERROR);
    CHECK(DECODE("\x07\x00\x01\x01\x01{") == WF_ERROR);     /* no JSON */
    CHECK(DECODE("\x07\x00\x01") == WF_ERROR);
    CHECK(DECODE("\x0b\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
          == WF_ERROR);                                     /* due */
}


static wf_str_t
sealed(uint32_t count, wf_str_t events)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "before");
    wf_chunk_seal(&buf, events, count);

    return (wf_str_t) { buf.len - 6, buf.data + 6 };
}


TEST(chunk)
{
    size_t       i;
    uint8_t     *copy;
    uint32_t     count;
    wf_str_t     chunk, events;
    wf_reader_t  reader;

    arena = wf_arena_create(0);
    events = wf_str("some events");
    chunk = sealed(70000, events);

    CHECK(wf_chunk_open(chunk, &reader, &count, &err) == WF_OK);
    CHECK_INT(count, 70000);
    CHECK_STR(((wf_str_t) { (size_t) (reader.end - reader.pos), reader.pos }),
              events);

    copy = wf_arena_alloc(arena, chunk.len + 1);

    for (i = 0; i < chunk.len * 8; i++) {
        memcpy(copy, chunk.data, chunk.len);
        copy[i / 8] ^= (uint8_t) (1 << i % 8);
        CHECK(wf_chunk_open((wf_str_t) { chunk.len, copy }, &reader, &count,
                            &err)
              == WF_ERROR);
        CHECK_INT(err.code, WF_E_INTERNAL);
    }

    for (i = 0; i < chunk.len; i++) {
        CHECK(wf_chunk_open((wf_str_t) { i, chunk.data }, &reader, &count,
                            &err)
              == WF_ERROR);
    }

    memcpy(copy, chunk.data, chunk.len);
    copy[chunk.len] = 0;
    CHECK(wf_chunk_open((wf_str_t) { chunk.len + 1, copy }, &reader, &count,
                        &err)
          == WF_ERROR);

    /* nothing at all is a chunk too */

    CHECK(wf_chunk_open(sealed(0, wf_str("")), &reader, &count, &err)
          == WF_OK);
    CHECK_INT(count, 0);
    wf_arena_free(arena);
}


TEST(no_memory)
{
    wf_buf_t     buf;
    wf_codec_t   codec;
    wf_event_t   event, got;
    wf_reader_t  reader;
    uint64_t     i;

    arena = wf_arena_create(0);
    codec = (wf_codec_t) { .seq = 0 };
    wf_buf_init(&buf, arena, 0);
    event = make(WF_EVENT_STEP_STARTED, &codec);

    wf_arena_fail_after(1);
    wf_event_encode(&buf, &codec, &event);
    CHECK(buf.failed);
    wf_arena_fail_after(0);

    wf_buf_init(&buf, arena, 0);
    codec = (wf_codec_t) { .seq = 0 };
    wf_event_encode(&buf, &codec, &event);

    for (i = 1; i < 100; i++) {
        codec = (wf_codec_t) { .seq = 0 };
        reader = wf_reader(wf_buf_done(&buf));
        wf_arena_fail_after(i);

        if (wf_event_decode(arena, &reader, &codec, &got, &err) == WF_OK) {
            break;
        }

        CHECK_INT(err.code, WF_E_INTERNAL);
    }

    CHECK(i > 1 && i < 100);
    wf_arena_fail_after(0);
    wf_arena_free(arena);
}


UNIT_MAIN()
