
/*
 * What desks say to each other, whole and cut.
 */

#include "unit.h"

#include "actions/message.c"


static wf_arena_t  *arena;
static wf_buf_t     buf;


static void
reset(void)
{
    wf_arena_free(arena);
    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
}


static wf_flow_t
flow_of(void)
{
    return (wf_flow_t) {
        .flow_no = 7, .revision = 3, .request_key = 99,
        .id = wf_str("id"), .name = wf_str("f"),
        .definition = wf_str("d"), .description = wf_str("x"),
        .type = wf_str("FDL"), .role = wf_str("r"),
        .storage = wf_str("s"), .group = wf_str("g"),
        .environment = wf_str("[]"), .mode = WF_MODE_EXPRESS,
        .created_ms = 5, .modified_ms = 6
    };
}


static wf_submit_t
submit_of(wf_flow_t *flow)
{
    return (wf_submit_t) {
        .type = flow ? WF_SUBMIT_FLOW_UPDATE : WF_SUBMIT_START,
        .key = 0xfedcba9876543210, .is_repeat = true, .flow_no = 7,
        .revision = 3, .version = 2, .flow_name = wf_str("f"),
        .name = wf_str("e"),
        .name_is_fresh = true, .input = wf_str("{}"),
        .callback_token = wf_str("t"), .qualifier = wf_str("q"),
        .error = wf_str("E"), .cause = wf_str("C"), .flow = flow,
        .depth = 4, .root_scope = 5, .test_case = wf_str("T"),
        .start_key = 6, .is_internal = true,
        .exec_no = 1ull << 40, .task = 77, .outcome = WF_OUTCOME_FAILED,
        .map_run = {
            .name = wf_str("run"), .concurrency = 300,
            .tolerated_count = UINT32_MAX, .tolerated_percentage = 12.5
        }
    };
}


/* Every proper prefix is refused, and so is one byte too many. */
#define CHECK_CUT(message, decoded)                                           \
    do {                                                                      \
        size_t     cut_len;                                                   \
        wf_str_t   whole = (message), cut;                                    \
                                                                              \
        for (cut_len = 1; cut_len < whole.len; cut_len++) {                   \
            cut = (wf_str_t) { cut_len, whole.data };                         \
            CHECK_INT(decoded(cut), WF_ERROR);                                \
        }                                                                     \
                                                                              \
        wf_buf_byte(&buf, 0);                                                 \
        CHECK_INT(decoded(wf_buf_done(&buf)), WF_ERROR);                      \
    } while (0)


static wf_rc_t
decode_submit(wf_str_t message)
{
    uint32_t     attempt;
    wf_submit_t  got;

    return wf_message_submit_decode(arena, message, &attempt, &got);
}


static wf_rc_t
decode_watch(wf_str_t message)
{
    wf_watching_t  got;

    return wf_message_watch_decode(message, &got);
}


static wf_rc_t
decode_answer(wf_str_t message)
{
    wf_saying_t  got;

    return wf_message_answer_decode(message, &got);
}


TEST(submit)
{
    uint32_t     attempt;
    wf_submit_t  submit, got;

    reset();
    submit = submit_of(NULL);
    wf_message_submit(&buf, 4, &submit);
    CHECK_INT(wf_message_kind(wf_buf_done(&buf)), WF_SAY_SUBMIT);
    CHECK_INT(wf_message_submit_decode(arena, wf_buf_done(&buf), &attempt,
                                       &got), WF_OK);
    CHECK_INT(attempt, 4);
    CHECK_INT(got.type, WF_SUBMIT_START);
    CHECK(got.key == submit.key);
    CHECK(got.is_repeat && got.name_is_fresh);
    CHECK_INT(got.flow_no, 7);
    CHECK_INT(got.revision, 3);
    CHECK_INT(got.version, 2);
    CHECK_STR(got.flow_name, wf_str("f"));
    CHECK_STR(got.name, wf_str("e"));
    CHECK_STR(got.input, wf_str("{}"));
    CHECK_STR(got.callback_token, wf_str("t"));
    CHECK_STR(got.qualifier, wf_str("q"));
    CHECK_STR(got.error, wf_str("E"));
    CHECK_STR(got.cause, wf_str("C"));
    CHECK_INT(got.depth, 4);
    CHECK_INT(got.root_scope, 5);
    CHECK_STR(got.test_case, wf_str("T"));
    CHECK_INT(got.start_key, 6);
    CHECK(got.is_internal);
    CHECK_INT(got.exec_no, 1ull << 40);
    CHECK_INT(got.task, 77);
    CHECK_INT(got.outcome, WF_OUTCOME_FAILED);
    CHECK_STR(got.map_run.name, wf_str("run"));
    CHECK_INT(got.map_run.concurrency, 300);
    CHECK_INT(got.map_run.tolerated_count, UINT32_MAX);
    CHECK(got.map_run.tolerated_percentage == 12.5);
    CHECK(got.flow == NULL);
    CHECK_CUT(wf_buf_done(&buf), decode_submit);
}


static wf_flow_version_t
version_of(void)
{
    return (wf_flow_version_t) {
        .flow_no = 7, .version = 3, .revision = 4, .request_key = 99,
        .description = wf_str("about"), .created_ms = 5
    };
}


static wf_flow_alias_t
alias_of(void)
{
    return (wf_flow_alias_t) {
        .flow_no = 7, .request_key = 98, .name = wf_str("prod"),
        .description = wf_str("about"), .created_ms = 6,
        .routes = { { 3, 4, 30 }, { 1, 1, 70 } }, .route_count = 2
    };
}


static wf_schedule_t
schedule_of(void)
{
    return (wf_schedule_t) {
        .flow_no = 7, .request_key = 97,
        .id = wf_str("01234567-89ab-4def-8123-456789abcdef"),
        .name = wf_str("nightly"), .description = wf_str("about"),
        .payload = wf_str("{\"a\":1}"), .cron = wf_str("0 0 3 * * ?"),
        .is_enabled = true, .created_ms = 8, .modified_ms = 9,
        .anchor_ms = 10, .since_ms = 11
    };
}


/* Of every type, with the part that it carries, as whose of another type it
 * is not taken. */
TEST(submits_carry_their_parts)
{
    uint8_t            type;
    uint32_t           attempt;
    wf_flow_t          flow;
    wf_ended_t         ended;
    wf_submit_t        submit, got;
    wf_flow_alias_t    alias;
    wf_note_t          note, tags;
    wf_schedule_t      schedule;
    wf_flow_version_t  version;

    flow = flow_of();
    note = (wf_note_t) { 96, wf_str("activity/r/a/n"), wf_str("{}"), 5 };
    tags = (wf_note_t) { 0, wf_str("tags/x"), wf_str("[]"), 0 };
    alias = alias_of();
    version = version_of();
    schedule = schedule_of();
    ended = (wf_ended_t) {
        .record = {
            .revision = 2, .status = WF_STATUS_FAILED, .stopped_ms = 8,
            .name = wf_str("n"), .error = wf_str("E1")
        },
        .events = wf_str("bytes"), .event_count = 9
    };

    for (type = WF_SUBMIT_START; type < WF_SUBMIT_END; type++) {
        reset();
        submit = submit_of(&flow);
        submit.type = type;
        submit.alias = &alias;
        submit.published = &version;
        submit.schedule = &schedule;
        submit.zone = wf_str("a zone");
        submit.note = &note;
        submit.tags = type & 1 ? &tags : NULL;
        submit.is_idempotent = type & 1;
        submit.ended = &ended;
        wf_message_submit(&buf, 4, &submit);
        CHECK_INT(wf_message_submit_decode(arena, wf_buf_done(&buf), &attempt,
                                           &got), WF_OK);
        CHECK_INT(got.type, type);
        CHECK_INT(got.flow != NULL, wf_submit_part(type) == WF_PART_FLOW);
        CHECK_INT(got.is_idempotent, type & 1);
        CHECK_INT(got.note != NULL, wf_submit_part(type) == WF_PART_NOTE);
        CHECK_INT(got.tags != NULL,
                  (type & 1) && (got.flow != NULL || got.note != NULL));

        if (got.note) {
            CHECK_STR(got.note->name, note.name);
            CHECK_INT(got.note->request_key, 96);
        }

        if (got.tags) {
            CHECK_STR(got.tags->body, wf_str("[]"));
        }

        CHECK_INT(got.published != NULL,
                  wf_submit_part(type) == WF_PART_VERSION);
        CHECK_INT(got.alias != NULL, wf_submit_part(type) == WF_PART_ALIAS);
        CHECK_INT(got.schedule != NULL,
                  wf_submit_part(type) == WF_PART_SCHEDULE);

        if (got.schedule) {
            CHECK_STR(got.zone, wf_str("a zone"));
            CHECK_STR(got.schedule->name, wf_str("nightly"));
            CHECK_INT(got.schedule->request_key, 97);
        }

        CHECK_INT(got.ended != NULL, wf_submit_part(type) == WF_PART_ENDED);

        if (got.ended) {
            CHECK_STR(got.ended->events, wf_str("bytes"));
            CHECK_INT(got.ended->event_count, 9);
            CHECK_INT(got.ended->record.revision, 2);
            CHECK_INT(got.ended->record.status, WF_STATUS_FAILED);
            CHECK_STR(got.ended->record.error, wf_str("E1"));
        }

        if (got.published) {
            CHECK_INT(got.published->version, 3);
            CHECK_STR(got.published->description, wf_str("about"));
        }

        if (got.alias) {
            CHECK_STR(got.alias->name, wf_str("prod"));
            CHECK_INT(got.alias->routes[1].weight, 70);
            CHECK_INT(got.alias->request_key, 98);
        }

        CHECK_CUT(wf_buf_done(&buf), decode_submit);
    }

    reset();
    submit.type = WF_SUBMIT_END;
    wf_message_submit(&buf, 4, &submit);
    CHECK_INT(decode_submit(wf_buf_done(&buf)), WF_ERROR);
}


TEST(versions_and_aliases)
{
    wf_saying_t        got;
    wf_flow_alias_t    alias;
    wf_flow_version_t  version;

    reset();
    version = version_of();
    wf_message_version(&buf, 3, &version);
    CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_SAY_VERSION);
    CHECK_INT(got.attempt, 3);
    CHECK_INT(got.version.version, 3);
    CHECK_STR(got.version.description, wf_str("about"));
    CHECK_CUT(wf_buf_done(&buf), decode_answer);

    reset();
    alias = alias_of();
    wf_message_alias(&buf, 3, &alias);
    CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_SAY_ALIAS);
    CHECK_STR(got.alias.name, wf_str("prod"));
    CHECK_INT(got.alias.route_count, 2);
    CHECK_INT(got.alias.routes[0].version, 3);
    CHECK_CUT(wf_buf_done(&buf), decode_answer);
}


TEST(schedules)
{
    wf_saying_t    got;
    wf_schedule_t  schedule;

    reset();
    schedule = schedule_of();
    wf_message_schedule(&buf, 3, &schedule);
    CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_SAY_SCHEDULE);
    CHECK_INT(got.attempt, 3);
    CHECK_STR(got.schedule.name, wf_str("nightly"));
    CHECK_STR(got.schedule.payload, wf_str("{\"a\":1}"));
    CHECK_CUT(wf_buf_done(&buf), decode_answer);
}


TEST(events_and_map_runs)
{
    wf_saying_t   got;
    wf_map_run_t  run;

    reset();
    wf_message_event(&buf, 3, 1234567);
    CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_SAY_EVENT);
    CHECK_INT(got.attempt, 3);
    CHECK_INT(got.event_id, 1234567);
    CHECK_CUT(wf_buf_done(&buf), decode_answer);

    reset();
    run = (wf_map_run_t) {
        .name = wf_str("r"), .status = 2, .started_ms = 5, .stopped_ms = 9,
        .concurrency = 40, .tolerated_count = 3,
        .tolerated_percentage = -1, .total = 10, .pending = 1, .running = 2,
        .succeeded = 3, .failed = 4, .aborted = 5
    };
    wf_message_map_run(&buf, 3, &run);
    CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_SAY_MAP_RUN);
    CHECK_INT(got.map_run.status, 2);
    CHECK_INT(got.map_run.stopped_ms, 9);
    CHECK(got.map_run.tolerated_percentage == -1);
    CHECK_INT(got.map_run.total, 10);
    CHECK_INT(got.map_run.aborted, 5);
    CHECK_CUT(wf_buf_done(&buf), decode_answer);
}


TEST(submit_with_flow)
{
    uint32_t      attempt;
    wf_flow_t     flow;
    wf_submit_t   submit, got;

    reset();
    flow = flow_of();
    submit = submit_of(&flow);
    wf_message_submit(&buf, 1, &submit);
    CHECK_INT(wf_message_submit_decode(arena, wf_buf_done(&buf), &attempt,
                                       &got), WF_OK);
    CHECK_INT(got.type, WF_SUBMIT_FLOW_UPDATE);
    CHECK_INT(got.flow->revision, 3);
    CHECK_STR(got.flow->definition, wf_str("d"));
    CHECK_INT(got.flow->mode, WF_MODE_EXPRESS);
    CHECK_CUT(wf_buf_done(&buf), decode_submit);
}


TEST(watch)
{
    wf_watching_t  watching, got;

    reset();
    watching = (wf_watching_t) { 2, 7, wf_str("e") };
    wf_message_watch(&buf, WF_SAY_UNWATCH, &watching);
    CHECK_INT(wf_message_kind(wf_buf_done(&buf)), WF_SAY_UNWATCH);
    CHECK_INT(wf_message_watch_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.attempt, 2);
    CHECK_INT(got.flow_no, 7);
    CHECK_STR(got.name, wf_str("e"));
    CHECK_CUT(wf_buf_done(&buf), decode_watch);
}


TEST(record)
{
    wf_saying_t  got;
    wf_record_t  record;

    reset();
    record = (wf_record_t) {
        .flow_no = 7, .revision = 3, .start_key = 1, .name = wf_str("e"),
        .input = wf_str("{}"), .started_ms = 5, .status = WF_STATUS_FAILED,
        .stopped_ms = 9, .error = wf_str("E"), .cause = wf_str("C")
    };
    wf_message_record(&buf, 6, &record);
    CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_SAY_RECORD);
    CHECK_INT(got.attempt, 6);
    CHECK_STR(got.record.name, wf_str("e"));
    CHECK_INT(got.record.status, WF_STATUS_FAILED);
    CHECK_STR(got.record.cause, wf_str("C"));
    CHECK_CUT(wf_buf_done(&buf), decode_answer);
}


TEST(flow)
{
    wf_flow_t    flow;
    wf_saying_t  got;

    reset();
    flow = flow_of();
    wf_message_flow(&buf, 1, &flow);
    CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_SAY_FLOW);
    CHECK_STR(got.flow.group, wf_str("g"));
    CHECK_CUT(wf_buf_done(&buf), decode_answer);
}


TEST(error)
{
    wf_error_t   err;
    wf_saying_t  got;

    reset();
    wf_error_args(&err, WF_E_EXECUTION_EXISTS, wf_str("e"), wf_str("f"));
    wf_message_error(&buf, 1, &err);
    CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_SAY_ERROR);
    CHECK_INT(got.err.code, WF_E_EXECUTION_EXISTS);
    CHECK_STR(wf_error_arg(&got.err, 0), wf_str("e"));
    CHECK_STR(wf_error_arg(&got.err, 1), wf_str("f"));
    CHECK_CUT(wf_buf_done(&buf), decode_answer);
}


TEST(bare)
{
    unsigned     kind;
    wf_saying_t  got;

    static const wf_say_t  kinds[] = {
        WF_SAY_NOTHING, WF_SAY_NOT_OWNER, WF_SAY_FELL
    };

    for (kind = 0; kind < wf_countof(kinds); kind++) {
        reset();
        wf_message_bare(&buf, kinds[kind], 300);
        CHECK_INT(wf_message_answer_decode(wf_buf_done(&buf), &got), WF_OK);
        CHECK_INT(got.kind, kinds[kind]);
        CHECK_INT(got.attempt, 300);
        CHECK_CUT(wf_buf_done(&buf), decode_answer);
    }

    CHECK_INT(decode_answer(wf_str("\x01")), WF_ERROR);
    CHECK_INT(decode_answer(wf_str("\xff\x01")), WF_ERROR);
    CHECK_INT(decode_answer(wf_str("")), WF_ERROR);
    CHECK_INT(wf_message_kind(wf_str("")), 0);
}


/* Whatever the bytes are, nothing beyond them is read. */
TEST(garbage)
{
    size_t       i, len;
    uint64_t     state;
    uint8_t     *bytes;
    wf_flow_t    flow;
    wf_submit_t  submit;

    reset();
    flow = flow_of();
    submit = submit_of(&flow);
    wf_message_submit(&buf, 1, &submit);
    len = buf.len;
    state = 1;

    for (i = 0; i < 20000; i++) {
        bytes = malloc(len);
        memcpy(bytes, buf.data, len);
        state = state * 6364136223846793005 + 1442695040888963407;
        bytes[(state >> 33) % len] ^= (uint8_t) (1 << ((state >> 20) & 7));
        (void) decode_submit((wf_str_t) { len, bytes });
        bytes[0] = WF_SAY_RECORD + i % (WF_SAY_END - WF_SAY_RECORD);
        (void) decode_answer((wf_str_t) { len, bytes });
        (void) decode_watch((wf_str_t) { len, bytes });
        free(bytes);
    }

    wf_arena_free(arena);
    arena = NULL;
}


UNIT_MAIN()
