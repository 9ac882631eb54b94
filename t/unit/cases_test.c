
/*
 * Runs flows from files: t/cases/engine.json, and the shared reference cases
 * when they are there.
 *
 * Format: a list of {id, definition, stubs, childFlows, runs}; a run has
 * input, status, output or error and cause, and optionally waits (every pause,
 * in seconds), calls (payloads in order), cancels (how many).  Answers of
 * stubs: engine_world.h.  Ours may add: to the case mode (Express); to a run
 * history ("Type step" of each visible event), environment (the Variables
 * list), late (ms that each timer comes too late), stop ({Error, Cause} at the
 * first pause), flowGone (at the first pause), pad (members to add to the
 * input: strings of so many x), fill (lists of the input that grow).
 *
 * Every run is replayed after each input, and cut after each event (a crash)
 * and continued: it must end in the same state.  Then it runs once more and
 * compacts whenever it may, live and in replay: nobody may see a difference.
 */

#include "engine_world.h"


/* The engine's own, but eager when it is told to be. */
#define wf_exec_tidy  tidy_at_need
wf_rc_t wf_exec_tidy(wf_exec_t *exec);
#include "engine/compact.c"
#undef wf_exec_tidy

/* Of so many chances to compact one is taken; 0: none but at need. */
static uint32_t  eager_every;
static uint32_t  eager_count;

wf_rc_t
wf_exec_tidy(wf_exec_t *exec)
{
    if (eager_every == 0 || ++eager_count % eager_every != 0) {
        return tidy_at_need(exec);
    }

    return wf_exec_compact(exec);
}


#define CUT_ALL_MAX  200            /* events: beyond that only some cuts */
#define CUTS_MAX     10


static const char *const  status_names[] = {
    [WF_STATUS_RUNNING] = "Running",
    [WF_STATUS_SUCCEEDED] = "Succeeded",
    [WF_STATUS_FAILED] = "Failed",
    [WF_STATUS_STOPPED] = "Stopped",
    [WF_STATUS_TIMED_OUT] = "TimedOut"
};


typedef struct {
    rig_t             *rig;
    const wf_value_t  *run;
    uint32_t           history_no;
    uint32_t           wait_no;
} seen_t;


#define field       world_get
#define text_field  world_text


static bool
has_forks(const wf_program_t *program)
{
    uint32_t  i;

    for (i = 0; i < program->node_count; i++) {
        if (program->nodes[i].type > WF_STATE_TASK) {
            return true;
        }
    }

    return false;
}


/* The run's own interruption; WF_DECLINED: it has none. */
static wf_rc_t
interrupt(rig_t *rig, const wf_value_t *run)
{
    wf_input_t         input;
    const wf_value_t  *stop;

    stop = field(run, "stop");

    if (stop == NULL && field(run, "flowGone") == NULL) {
        return WF_DECLINED;
    }

    input = (wf_input_t) {
        .type = stop ? WF_INPUT_STOP : WF_INPUT_FLOW_GONE,
        .now_ms = rig->now_ms,
        .error = text_field(stop, "Error"),
        .cause = text_field(stop, "Cause")
    };

    return rig_submit(rig, &input);
}


static void
drive(rig_t *rig, const world_t *world)
{
    int64_t            late_ms;
    const wf_value_t  *run, *late;

    run = world->run;
    late = field(run, "late");
    late_ms = late ? late->u.number.integer : 0;

    while (rig->exec->status == WF_STATUS_RUNNING) {
        CHECK(wf_exec_tidy(rig->exec) == WF_OK);

        if (rig_owes(rig)) {
            CHECK(rig_input(rig, WF_INPUT_CONTINUE) == WF_OK);
            continue;
        }

        if (world_turn(world, rig) == WF_OK) {
            continue;
        }

        if (interrupt(rig, run) == WF_OK) {
            break;
        }

        /* nothing is due yet, but for what yielded and for pauses of 0 s */

        if (wf_exec_due_ms(rig->exec) > rig->now_ms) {
            CHECK(rig_input(rig, WF_INPUT_TIMER) == WF_DECLINED);
            rig->now_ms = wf_exec_due_ms(rig->exec) + late_ms;
        }

        CHECK(rig_input(rig, WF_INPUT_TIMER) == WF_OK);
    }
}


static bool
check_event(void *data, const wf_event_t *event, wf_reader_t *reader)
{
    char               want[256], *end;
    seen_t            *seen;
    const wf_value_t  *list;

    (void) reader;

    seen = data;

    if (event->type == WF_EVENT_WAIT_STARTED
        || event->type == WF_EVENT_RETRY_SCHEDULED)
    {
        list = field(seen->run, "waits");

        if (list) {
            CHECK(seen->wait_no < list->count);
            CHECK_INT(event->due_ms - event->time_ms,
                      list->u.items[seen->wait_no]->u.number.real * 1000);
        }

        seen->wait_no++;
    }

    if (event->event_id == 0) {
        return true;
    }

    CHECK_INT(event->event_id, ++seen->history_no);

    /* what a state machine's follow is asl_test.c's and machine_test.c's */

    if (has_forks(seen->rig->program)
        || seen->rig->program->dialect == WF_DIALECT_ASL)
    {
        CHECK(event->cause_id < event->event_id);

    } else {
        CHECK_INT(event->cause_id, event->event_id - 1);
    }

    list = field(seen->run, "history");

    if (list == NULL || seen->history_no > list->count) {
        CHECK(list == NULL);
        return true;
    }

    end = stpcpy(want, wf_event_rpc_name(event->type));

    if (strchr(wf_event_fields(event->type), 'N')) {
        snprintf(end, 128, " %.*s",
                 (int) seen->rig->program->nodes[event->node].name.len,
                 (const char *) seen->rig->program->nodes[event->node]
                                    .name.data);
    }

    CHECK_STR(wf_str_of(want), list->u.items[seen->history_no - 1]->u.string);

    return true;
}


static void
check_end(rig_t *rig, const world_t *world)
{
    seen_t             seen;
    const wf_exec_t   *exec;
    const wf_value_t  *list, *run;

    exec = rig->exec;
    run = world->run;

    CHECK_STR(wf_str_of(status_names[exec->status]),
              text_field(run, "status"));

    if (field(run, "output")) {
        CHECK(exec->output != NULL);
        CHECK(exec->output == NULL
              || wf_value_eq(exec->output, field(run, "output")));

        if (exec->output
            && !wf_value_eq(exec->output, field(run, "output")))
        {
            CHECK_STR(rig_json(rig, exec->output),
                      rig_json(rig, field(run, "output")));
        }
    }

    if (field(run, "error")) {
        CHECK_STR(exec->error, text_field(run, "error"));
    }

    if (field(run, "cause")) {
        CHECK_STR(exec->error_cause, text_field(run, "cause"));
    }

    seen = (seen_t) { rig, run, 0, 0 };
    rig_events(rig, check_event, &seen);

    list = field(run, "waits");
    CHECK(list == NULL || list->count == seen.wait_no);

    list = field(run, "history");
    CHECK(list == NULL || list->count == seen.history_no);

    list = field(run, "calls");

    if (list && !wf_value_eq(list, world->calls)) {
        CHECK_STR(rig_json(rig, world->calls), rig_json(rig, list));
    }

    list = field(run, "cancels");
    CHECK(list == NULL
          || list->u.number.integer == (int64_t) rig->cancel_count);
    CHECK_INT(exec->tasks.live, 0);
}


/* Of a state machine without registers: after a crash it may write twice what
 * it has shared before. */
static uint64_t
state_print(const wf_exec_t *exec)
{
    wf_exec_t  copy;

    copy = *exec;

    if (exec->is_asl) {
        memset(copy.codec.registers, 0, sizeof(copy.codec.registers));
    }

    return wf_exec_fingerprint(&copy);
}


/* A crash behind the first events of chunk no; then on to the end. */
static void
cut(rig_t *rig, const world_t *world, uint32_t no, wf_str_t events,
    uint32_t count)
{
    rig_t       other;
    wf_buf_t    buf;
    wf_exec_t  *exec;

    exec = rig_replay(rig, no);
    wf_buf_init(&buf, rig->arena, 0);
    wf_chunk_seal(&buf, events, count);

    CHECK(wf_engine_replay(exec, wf_buf_done(&buf), &rig->err) == WF_OK);

    other = *rig;
    other.exec = exec;
    other.is_quick = true;
    other.effect = NULL;
    other.chunk_count = 0;
    other.event_count = 0;
    other.now_ms = exec->codec.time_ms;

    drive(&other, world);
    CHECK(state_print(exec) == state_print(rig->exec));

    wf_exec_free(exec);
}


static void
check_cuts(rig_t *rig, const world_t *world)
{
    uint32_t        i, j, count, seen, every;
    wf_arena_t     *arena;
    wf_codec_t      codec;
    wf_event_t      event;
    wf_reader_t     reader;
    const uint8_t  *start;

    arena = wf_arena_create(0);
    codec = (wf_codec_t) { .seq = 0 };
    every = rig->event_count > CUT_ALL_MAX ? rig->event_count / CUTS_MAX : 1;
    seen = 0;

    for (i = 0; i < rig->chunk_count; i++) {
        CHECK(wf_chunk_open(rig->chunks[i], &reader, &count, &rig->err)
              == WF_OK);
        start = reader.pos;

        for (j = 1; j <= count; j++) {
            CHECK(wf_event_decode(arena, &reader, &codec, &event, &rig->err)
                  == WF_OK);

            if (seen++ % every == 0) {
                cut(rig, world, i,
                    (wf_str_t) { (size_t) (reader.pos - start), start }, j);
            }
        }
    }

    wf_arena_free(arena);
}


/* pad: strings of so many x; fill: [count, value] into lists. */
static const char *
input_text(rig_t *rig, const wf_value_t *run)
{
    uint32_t            i;
    int64_t             count;
    wf_str_t            text;
    wf_value_t         *input, *list;
    const wf_value_t   *pad, *fill;
    const wf_member_t  *member;

    pad = field(run, "pad");
    fill = field(run, "fill");

    if (field(run, "input")->type != WF_OBJECT) {
        text = rig_json(rig, field(run, "input"));
        return (const char *) wf_arena_copy(rig->arena, text).data;
    }

    input = wf_value_merge(rig->arena, field(run, "input"), NULL);

    for (i = 0; pad && i < pad->count; i++) {
        CHECK(wf_value_set(rig->arena, input, pad->u.members[i].key,
                           world_pad(rig, pad->u.members[i].value))
              == WF_OK);
    }

    for (i = 0; fill && i < fill->count; i++) {
        member = &fill->u.members[i];
        count = member->value->u.items[0]->u.number.integer;
        list = wf_value_copy(rig->arena, wf_value_get(input, member->key));

        while (count-- > 0) {
            CHECK(wf_value_push(rig->arena, list, member->value->u.items[1])
                  == WF_OK);
        }

        CHECK(wf_value_set(rig->arena, input, member->key, list) == WF_OK);
    }

    text = rig_json(rig, input);

    return (const char *) wf_arena_copy(rig->arena, text).data;
}


/* From the start to the end, in a new execution. */
static void
live(rig_t *rig, world_t *world, const wf_value_t *item,
    const wf_value_t *run)
{
    const wf_value_t  *environment;

    wf_exec_free(rig->exec);
    rig_new_exec(rig);
    world_init(world, rig, item, run);

    environment = field(run, "environment");
    rig->identity.environment = environment ? rig_json(rig, environment)
                                            : wf_str_none;

    rig->is_quick = false;
    CHECK(rig_start(rig, input_text(rig, run)) == WF_OK);
    rig->is_quick = rig->event_count > CUT_ALL_MAX;
    drive(rig, world);
    rig_compare(rig);
    check_end(rig, world);
}


/*
 * Compaction forgets what was shared, so the bytes may differ; what they say
 * may not, and any replay must read them.
 */
static void
check_eager(rig_t *rig, const wf_value_t *item, const wf_value_t *run)
{
    world_t   world;
    wf_str_t  trace;

    trace = rig_trace(rig);

    eager_every = rig->event_count > CUT_ALL_MAX
                  ? rig->event_count / CUTS_MAX : 1;
    rig_compare(rig);               /* lazily written, eagerly read */
    live(rig, &world, item, run);
    eager_every = 0;
    rig_compare(rig);               /* the other way round */

    CHECK_STR(rig_trace(rig), trace);
}


static void
run_one(rig_t *rig, const wf_value_t *item, const wf_value_t *run)
{
    world_t  world;

    live(rig, &world, item, run);

    /* what comes too late is time-out's, unless nothing was cut */

    if (field(run, "late") == NULL) {
        check_cuts(rig, &world);
    }

    check_eager(rig, item, run);
}


/* 1: it ran; 0: it does not compile. */
static unsigned
run_case(const wf_value_t *item)
{
    static rig_t       rig;
    uint32_t           i;
    unsigned           failures, ran;
    const wf_value_t  *runs;

    failures = unit_failures;
    rig_open_mode(&rig, text_field(item, "definition"),
                  wf_str_eq(text_field(item, "mode"), wf_str("Express"))
                  ? WF_MODE_EXPRESS : WF_MODE_STANDARD);
    ran = rig.program != NULL;
    runs = field(item, "runs");

    for (i = 0; ran && i < runs->count; i++) {
        run_one(&rig, item, runs->u.items[i]);

        if (unit_failures != failures) {
            printf("# in case %.*s, run %u\n",
                   (int) text_field(item, "id").len,
                   (const char *) text_field(item, "id").data, i + 1);
            break;
        }
    }

    rig_close(&rig);

    return ran;
}


static wf_str_t
read_file(wf_arena_t *arena, const char *path)
{
    FILE      *file;
    size_t     len;
    wf_buf_t   buf;
    uint8_t    bytes[65536];

    file = fopen(path, "rb");
    if (file == NULL) {
        return wf_str_none;
    }

    wf_buf_init(&buf, arena, 0);

    while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
        wf_buf_append(&buf, bytes, len);
    }

    fclose(file);

    return wf_buf_done(&buf);
}


/* The number of cases that ran. */
static unsigned
run_file(const char *path)
{
    uint32_t     i;
    unsigned     ran;
    wf_str_t     text;
    wf_arena_t  *arena;
    wf_error_t   err;
    wf_value_t  *list;

    ran = 0;
    arena = wf_arena_create(0);
    text = read_file(arena, path);

    if (text.len != 0) {
        if (wf_json_parse(arena, text, &list, &err) == WF_OK) {
            for (i = 0; i < list->count; i++) {
                ran += run_case(list->u.items[i]);
            }

        } else {
            CHECK(!"the file is JSON");
            printf("# %s\n", err.arg[0]);
        }
    }

    wf_arena_free(arena);

    return ran;
}


TEST(our_cases)
{
    unsigned  ran;

    ran = run_file("t/cases/engine.json");
    CHECK(ran != 0);
    printf("# %u cases\n", ran);
}


TEST(reference_cases)
{
    unsigned  ran;

    ran = run_file("../shared/examples/fdl/cases/cases.json");
    CHECK(ran == 0 || ran >= 20);
    printf("# %u cases\n", ran);
}


UNIT_MAIN()
