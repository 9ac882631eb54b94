
/*
 * Plays the recorded executions of state machines (../shared/conformance/sfn)
 * without a server, where they need no more than a function: status, output,
 * error, cause and the whole history have to be as they were recorded.  Every
 * run is replayed after each input, and cut after each event and continued.
 *
 * Functions behave as the recordings' stubs say: echo, constant, raise,
 * sleep_echo (never answers in time), large_string, python_format.
 */

#include <dirent.h>

#include "base/timefmt.h"
#include "flow/diagnostics.h"
#include "machine_history.h"


#define FOLDER     "../shared/conformance/sfn/cases"
#define FILES_MAX  2000
#define TASKS_MAX  2000
#define CUTS_MAX   60

typedef struct {
    uint64_t           no;
    wf_str_t           resource;
    wf_str_t           child;
    uint32_t           scope;
    const wf_value_t  *params;
} task_t;

typedef enum {
    STATUS = 0,
    OUTPUT,
    ERROR,
    CAUSE,
    TYPES,
    EXACT,
    LEVELS
} level_t;

typedef struct {
    rig_t              rig;
    const wf_value_t  *item;        /* the case */
    task_t            *tasks;
    uint32_t           task_count;
    bool               is_strange;  /* something is called that is not here */
} play_t;

static struct {
    unsigned  right;
    unsigned  count;
} levels[LEVELS];

static const char *const  level_names[] = {
    "status", "output", "error", "cause", "types", "exact"
};

static unsigned  skipped;


static const wf_value_t *
get(const wf_value_t *object, const char *name)
{
    return wf_value_get(object, wf_str_of(name));
}


static wf_str_t
text(const wf_value_t *object, const char *name)
{
    const wf_value_t  *value;

    value = get(object, name);

    return value && value->type == WF_STRING ? value->u.string : wf_str_none;
}


/*
 * Recorded against played
 */

static bool  same(play_t *play, const wf_value_t *want, const wf_value_t *got);


/* A word that stands for any text. */
static size_t
wildcard(play_t *play, wf_str_t want, bool is_whole)
{
    size_t             end;
    uint32_t           i;
    wf_str_t           word;
    const wf_value_t  *list;

    if (want.len && want.data[0] == '<') {
        for (end = 1; end < want.len && want.data[end] != '>'; end++) {
            if (want.data[end] == ' ') {
                return 0;
            }
        }

        return end < want.len ? end + 1 : 0;
    }

    if (want.len >= 12 && memcmp(want.data, "111111111111", 12) == 0) {
        return 12;
    }

    if (is_whole && (wf_str_eq(want, wf_str("date"))
                     || wf_str_eq(want, wf_str("timestamp"))))
    {
        return want.len;
    }

    list = get(play->item, is_whole ? "whole_tokens" : "tokens");

    for (i = 0; list && i < list->count; i++) {
        word = list->u.items[i]->u.string;

        if (want.len >= word.len
            && memcmp(want.data, word.data, word.len) == 0)
        {
            return word.len;
        }
    }

    return 0;
}


static bool
glob(play_t *play, wf_str_t want, wf_str_t got)
{
    size_t  i, len;

    while (want.len) {
        len = wildcard(play, want, false);

        if (len) {
            want = (wf_str_t) { want.len - len, want.data + len };

            for (i = 0; i <= got.len; i++) {
                if (glob(play, want, (wf_str_t) { got.len - i,
                                                  got.data + i }))
                {
                    return true;
                }
            }

            return false;
        }

        if (got.len == 0 || got.data[0] != want.data[0]) {
            return false;
        }

        want = (wf_str_t) { want.len - 1, want.data + 1 };
        got = (wf_str_t) { got.len - 1, got.data + 1 };
    }

    return got.len == 0;
}


static const wf_value_t *
parsed(play_t *play, const wf_value_t *value)
{
    wf_error_t   err;
    wf_value_t  *inside;

    if (value->type != WF_STRING
        || wf_json_parse(play->rig.arena, value->u.string, &inside, &err)
           != WF_OK)
    {
        return NULL;
    }

    return inside;
}


static bool
same_object(play_t *play, const wf_value_t *want, const wf_value_t *got)
{
    uint32_t           i, extra;
    wf_str_t           key;
    const wf_value_t  *value;

    if (got->type != WF_OBJECT) {
        return false;
    }

    extra = 0;

    for (i = 0; i < want->count; i++) {
        key = want->u.members[i].key;

        if (wf_str_eq(key, wf_str("SdkHttpMetadata"))
            || wf_str_eq(key, wf_str("LogResult"))
            || wf_str_eq(key, wf_str("SdkResponseMetadata")))
        {
            extra += wf_value_get(got, key) == NULL;
            continue;
        }

        value = wf_value_get(got, key);

        if (value == NULL || !same(play, want->u.members[i].value, value)) {
            return false;
        }
    }

    return got->count + extra == want->count
           || (got->count == want->count + 1
               && wf_value_get(got, wf_str("RedriveCount")));
}


static bool
same(play_t *play, const wf_value_t *want, const wf_value_t *got)
{
    uint32_t           i;
    const wf_value_t  *a, *b;

    if (want->type == WF_STRING) {
        if (wildcard(play, want->u.string, true) == want->u.string.len
            || (want->u.string.len
                && wildcard(play, want->u.string, false)
                   == want->u.string.len))
        {
            return true;
        }

        if (got->type == WF_STRING && glob(play, want->u.string,
                                           got->u.string))
        {
            return true;
        }

        a = parsed(play, want);
        b = got->type == WF_STRING ? parsed(play, got) : got;

        return a && b && a->type != WF_STRING && same(play, a, b);
    }

    if (got->type == WF_STRING) {
        b = parsed(play, got);
        return b && b->type != WF_STRING && same(play, want, b);
    }

    if (want->type == WF_OBJECT) {
        return same_object(play, want, got);
    }

    if (want->type != WF_ARRAY) {
        return wf_value_eq(want, got);
    }

    if (got->type != WF_ARRAY || got->count != want->count) {
        return false;
    }

    for (i = 0; i < want->count; i++) {
        if (!same(play, want->u.items[i], got->u.items[i])) {
            return false;
        }
    }

    return true;
}


/*
 * What is called
 */

static void
on_effect(void *data, const wf_effect_t *effect)
{
    play_t      *play;
    task_t      *task;
    uint32_t     i;
    wf_value_t  *params;

    play = data;

    if (effect->type != WF_EFFECT_CALL) {
        return;
    }

    for (i = 0; i < play->task_count; i++) {
        if (play->tasks[i].no == effect->task) {
            return;
        }
    }

    wf_assert(play->task_count < TASKS_MAX);
    CHECK(wf_json_parse(play->rig.arena, effect->params, &params,
                        &play->rig.err)
          == WF_OK);

    task = &play->tasks[play->task_count++];
    *task = (task_t) {
        .no = effect->task,
        .resource = wf_arena_copy(play->rig.arena, effect->resource),
        .child = wf_arena_copy(play->rig.arena, effect->child),
        .scope = effect->scope,
        .params = params
    };
}


static wf_rc_t
submit(rig_t *rig, uint64_t task, const wf_value_t *value, wf_str_t error,
    wf_str_t cause)
{
    wf_input_t  input;

    input = (wf_input_t) {
        .type = WF_INPUT_TASK_DONE,
        .now_ms = rig->now_ms,
        .random_seed = rig->seed,
        .task = task,
        .outcome = error.data ? WF_OUTCOME_FAILED : WF_OUTCOME_SUCCEEDED,
        .value = value,
        .error = error,
        .cause = cause
    };

    return rig_submit(rig, &input);
}


/* {"ExecutedVersion", "Payload", "StatusCode"} */
static const wf_value_t *
envelope(play_t *play, const wf_value_t *payload)
{
    wf_arena_t  *arena;
    wf_value_t  *object;

    arena = play->rig.arena;
    object = wf_value_object(arena, 3);

    CHECK(wf_value_set(arena, object, wf_str("ExecutedVersion"),
                       wf_value_string(arena, wf_str("$LATEST")))
          == WF_OK);
    CHECK(wf_value_set(arena, object, wf_str("Payload"),
                       (wf_value_t *) payload)
          == WF_OK);
    CHECK(wf_value_set(arena, object, wf_str("StatusCode"),
                       wf_value_int(arena, 200))
          == WF_OK);

    return object;
}


/* {"errorMessage", "errorType", "requestId", "stackTrace"} */
static wf_str_t
exception(play_t *play, const wf_value_t *stub)
{
    wf_arena_t        *arena;
    wf_value_t        *object;
    const wf_value_t  *trace;

    arena = play->rig.arena;
    object = wf_value_object(arena, 4);
    trace = get(stub, "stackTrace");

    CHECK(wf_value_set(arena, object, wf_str("errorMessage"),
                       wf_value_string(arena, text(stub, "errorMessage")))
          == WF_OK);
    CHECK(wf_value_set(arena, object, wf_str("errorType"),
                       wf_value_string(arena, text(stub, "errorType")))
          == WF_OK);
    CHECK(wf_value_set(arena, object, wf_str("requestId"),
                       wf_value_string(arena, wf_str("r-1")))
          == WF_OK);

    if (trace) {
        CHECK(wf_value_set(arena, object, wf_str("stackTrace"),
                           (wf_value_t *) trace)
              == WF_OK);
    }

    return rig_json(&play->rig, object);
}


static const wf_value_t *
large(play_t *play, const wf_value_t *stub)
{
    size_t     i, count;
    wf_buf_t   buf;
    wf_str_t   sign;

    sign = text(stub, "char");
    count = (size_t) get(stub, "bytes")->u.number.integer / sign.len;
    wf_buf_init(&buf, play->rig.arena, count * sign.len);

    for (i = 0; i < count; i++) {
        wf_buf_str(&buf, sign);
    }

    return wf_value_string(play->rig.arena, wf_buf_done(&buf));
}


static wf_rc_t
call_function(play_t *play, rig_t *rig, const task_t *task, wf_str_t name,
    const wf_value_t *payload, bool is_service)
{
    uint32_t           i;
    wf_str_t           key, behaviour;
    const wf_value_t  *stubs, *stub, *value;

    stubs = get(play->item, "task_stub");
    stub = NULL;

    for (i = 0; stubs && i < stubs->count; i++) {
        key = stubs->u.members[i].key;

        if (key.len >= name.len
            && memcmp(key.data + key.len - name.len, name.data, name.len)
               == 0)
        {
            stub = stubs->u.members[i].value;
        }
    }

    if (stub == NULL) {
        play->is_strange = true;
        return WF_DECLINED;
    }

    behaviour = text(stub, "behaviour");

    if (wf_str_eq(behaviour, wf_str("sleep_echo"))) {
        return WF_DECLINED;
    }

    if (wf_str_eq(behaviour, wf_str("raise"))) {
        return submit(rig, task->no, NULL, text(stub, "errorType"),
                      exception(play, stub));
    }

    value = wf_str_eq(behaviour, wf_str("echo")) ? payload
            : wf_str_eq(behaviour, wf_str("constant")) ? get(stub, "value")
            : wf_str_eq(behaviour, wf_str("large_string"))
            ? large(play, stub) : NULL;

    if (value == NULL) {
        play->is_strange = true;
        return WF_DECLINED;
    }

    return submit(rig, task->no, is_service ? envelope(play, value) : value,
                  wf_str_none, wf_str_none);
}


static void  drive(play_t *play, rig_t *rig);


/* A child of a map run is an execution of its own. */
static wf_rc_t
run_child(play_t *play, rig_t *rig, const task_t *task)
{
    rig_t       child;
    wf_rc_t     rc;
    wf_input_t  input;

    child = *rig;
    child.exec = wf_exec_create();
    child.chunk_count = 0;
    child.is_quick = true;
    child.effect = NULL;
    input = (wf_input_t) {
        .type = WF_INPUT_START,
        .now_ms = child.now_ms,
        .random_seed = child.seed,
        .value = task->params,
        .scope = task->scope
    };

    CHECK(rig_submit(&child, &input) == WF_OK);

    while (child.exec->status == WF_STATUS_RUNNING && !play->is_strange) {
        if (child.exec->tasks.live) {
            play->is_strange = true;    /* its tasks would want a world */
            break;
        }

        child.now_ms = wf_max(child.now_ms, wf_exec_due_ms(child.exec));
        CHECK(rig_input(&child, rig_owes(&child) ? WF_INPUT_CONTINUE
                                                 : WF_INPUT_TIMER)
              == WF_OK);
    }

    rc = submit(rig, task->no, child.exec->output,
                child.exec->status == WF_STATUS_SUCCEEDED
                ? wf_str_none : wf_str("x"), wf_str_none);
    wf_exec_free(child.exec);

    return rc;
}


static wf_rc_t
answer(play_t *play, rig_t *rig, const task_t *task)
{
    wf_str_t           name;
    const wf_value_t  *payload;

    if (task->child.len) {
        return run_child(play, rig, task);
    }

    if (wf_str_starts(task->resource, wf_str("arn:aws:lambda:"))) {
        return call_function(play, rig, task, task->resource, task->params,
                             false);
    }

    if (wf_str_eq(task->resource, wf_str("arn:aws:states:::lambda:invoke"))) {
        name = text(task->params, "FunctionName");
        payload = get(task->params, "Payload");

        if (payload && payload->type == WF_STRING && parsed(play, payload)) {
            payload = parsed(play, payload);    /* sent as it is */

        } else if (payload && payload->type == WF_NULL) {
            payload = NULL;
        }

        return call_function(play, rig, task, name,
                             payload ? payload : &wf_event_empty, true);
    }

    play->is_strange = true;

    return WF_DECLINED;
}


/* The first task that gets an answer does. */
static wf_rc_t
turn(play_t *play, rig_t *rig)
{
    wf_rc_t                   rc;
    uint32_t                  i, j;
    const wf_roster_entry_t  *entry;

    for (i = 0; i < rig->exec->tasks.count; i++) {
        entry = &rig->exec->tasks.entries[i];

        for (j = 0; entry->branch && j < play->task_count; j++) {
            if (play->tasks[j].no == entry->no) {
                rc = answer(play, rig, &play->tasks[j]);

                if (rc != WF_DECLINED) {
                    CHECK(rc == WF_OK);
                    return rc;
                }

                break;
            }
        }
    }

    return WF_DECLINED;
}


static void
drive(play_t *play, rig_t *rig)
{
    while (rig->exec->status == WF_STATUS_RUNNING && !play->is_strange) {
        if (rig_owes(rig)) {
            CHECK(rig_input(rig, WF_INPUT_CONTINUE) == WF_OK);
            continue;
        }

        if (turn(play, rig) == WF_OK || play->is_strange) {
            continue;
        }

        rig->now_ms = wf_max(rig->now_ms, wf_exec_due_ms(rig->exec));

        if (rig_input(rig, WF_INPUT_TIMER) != WF_OK) {
            CHECK(!"TIMER");
            return;
        }
    }
}


/*
 * Verdicts
 */

static void
verdict(play_t *play, level_t level, bool is_right, const char *got,
    const wf_value_t *want)
{
    wf_str_t  id, json;

    levels[level].count++;
    levels[level].right += is_right;

    if (is_right || getenv("ASL_VERBOSE") == NULL) {
        return;
    }

    id = text(play->item, "id");
    json = want ? rig_json(&play->rig, want) : wf_str("(none)");
    printf("# %.*s: %s\n#   got  %s\n#   want %.*s\n", (int) id.len,
           (const char *) id.data, level_names[level], got, (int) json.len,
           (const char *) json.data);
}


static const char *
shown(play_t *play, wf_str_t s)
{
    return (const char *) wf_arena_copy(play->rig.arena, s).data;
}


static void
judge_text(play_t *play, level_t level, wf_str_t got, const wf_value_t *want)
{
    wf_value_t  value;

    value = (wf_value_t) { .type = WF_STRING, .u.string = got };
    verdict(play, level, want && want->type != WF_NULL
                         ? same(play, want, &value) : got.len == 0,
            shown(play, got), want);
}


static void
judge_result(play_t *play, const wf_value_t *want)
{
    const wf_exec_t  *exec;

    static const char *const  names[] = {
        [WF_STATUS_RUNNING] = "RUNNING",
        [WF_STATUS_SUCCEEDED] = "SUCCEEDED",
        [WF_STATUS_FAILED] = "FAILED",
        [WF_STATUS_STOPPED] = "ABORTED",
        [WF_STATUS_TIMED_OUT] = "TIMED_OUT"
    };

    exec = play->rig.exec;
    verdict(play, STATUS, wf_str_eq(text(want, "status"),
                                    wf_str_of(names[exec->status])),
            names[exec->status], get(want, "status"));

    if (get(want, "output")) {
        verdict(play, OUTPUT, exec->output
                              && same(play, get(want, "output"),
                                      exec->output),
                shown(play, rig_json(&play->rig, exec->output)),
                get(want, "output"));
    }

    if (!wf_str_eq(text(want, "status"), wf_str("SUCCEEDED"))) {
        judge_text(play, ERROR, exec->error, get(want, "error"));
        judge_text(play, CAUSE, exec->error_cause, get(want, "cause"));
    }
}


/* The newer links count: see the recordings' README. */
static bool
same_event(play_t *play, const wf_value_t *want, const wf_value_t *got)
{
    uint32_t           i;
    wf_str_t           key, type;
    const wf_value_t  *value;

    type = text(want, "type");

    for (i = 0; i < want->count; i++) {
        key = want->u.members[i].key;
        value = wf_value_get(got, key);

        if (wf_str_eq(key, wf_str("previousEventId"))
            && (wf_str_eq(type, wf_str("EvaluationFailed"))
                || wf_str_eq(type, wf_str("MapStateExited"))))
        {
            continue;
        }

        if (value == NULL || !same(play, want->u.members[i].value, value)) {
            return false;
        }
    }

    return got->count == want->count + 1;
}


/* How many of that type. */
static uint32_t
count_of(const wf_value_t *list, wf_str_t type)
{
    uint32_t  i, count;

    count = 0;

    for (i = 0; i < list->count; i++) {
        count += wf_str_eq(text(list->u.items[i], "type"), type);
    }

    return count;
}


/* The recording has lost the order inside of a Parallel, and ends of it. */
static bool
same_counts(const wf_value_t *want, const wf_value_t *got)
{
    uint32_t  i;
    wf_str_t  type;

    for (i = 0; i < got->count; i++) {
        type = text(got->u.items[i], "type");

        if (!wf_str_starts(type, wf_str("ParallelState"))
            && count_of(want, type) != count_of(got, type))
        {
            return false;
        }
    }

    for (i = 0; i < want->count; i++) {
        type = text(want->u.items[i], "type");

        if (count_of(want, type) > count_of(got, type)) {
            return false;
        }
    }

    return true;
}


static void
judge_history(play_t *play, const wf_value_t *want)
{
    bool         types, exact;
    uint32_t     i;
    wf_value_t  *list;
    const char  *json;

    list = machine_history(&play->rig);
    json = shown(play, rig_json(&play->rig, list));

    if (get(play->item, "normalise")) {
        verdict(play, TYPES, same_counts(want, list), json, want);
        return;
    }

    types = list->count == want->count;
    exact = types;

    for (i = 0; types && i < want->count; i++) {
        types = wf_str_eq(text(want->u.items[i], "type"),
                          text(list->u.items[i], "type"));

        if (exact && !same_event(play, want->u.items[i],
                                 list->u.items[i]))
        {
            exact = false;
            verdict(play, EXACT, false,
                    shown(play, rig_json(&play->rig,
                                         list->u.items[i])),
                    want->u.items[i]);
        }
    }

    verdict(play, TYPES, types, json, want);

    if (exact) {
        verdict(play, EXACT, true, json, want);
    }
}


/*
 * Crashes
 */

/* What is shared by pointer may be written twice after a crash: the registers
 * may differ, the state may not. */
static uint64_t
state_print(const wf_exec_t *exec)
{
    wf_exec_t  copy;

    copy = *exec;
    memset(copy.codec.registers, 0, sizeof(copy.codec.registers));

    return wf_exec_fingerprint(&copy);
}


static void
cut(play_t *play, uint32_t no, wf_str_t events, uint32_t count)
{
    rig_t      other;
    wf_buf_t   buf;

    other = play->rig;
    other.exec = rig_replay(&play->rig, no);
    wf_buf_init(&buf, play->rig.arena, 0);
    wf_chunk_seal(&buf, events, count);
    CHECK(wf_engine_replay(other.exec, wf_buf_done(&buf), &other.err)
          == WF_OK);

    other.is_quick = true;
    other.effect = NULL;
    other.chunk_count = 0;
    other.event_count = 0;
    other.now_ms = other.exec->codec.time_ms;

    drive(play, &other);
    CHECK(state_print(other.exec) == state_print(play->rig.exec));
    wf_exec_free(other.exec);
}


static void
check_cuts(play_t *play)
{
    rig_t          *rig;
    uint32_t        i, j, count, seen, every;
    wf_arena_t     *arena;
    wf_codec_t      codec;
    wf_event_t      event;
    wf_reader_t     reader;
    const uint8_t  *start;

    rig = &play->rig;
    arena = wf_arena_create(0);
    codec = (wf_codec_t) { .seq = 0 };
    every = rig->event_count > CUTS_MAX ? rig->event_count / CUTS_MAX : 1;
    seen = 0;

    for (i = 0; i < rig->chunk_count; i++) {
        CHECK(wf_chunk_open(rig->chunks[i], &reader, &count, &rig->err)
              == WF_OK);
        start = reader.pos;

        for (j = 1; j <= count; j++) {
            CHECK(wf_event_decode(arena, &reader, &codec, &event, &rig->err)
                  == WF_OK);

            if (seen++ % every == 0) {
                cut(play, i, (wf_str_t) { (size_t) (reader.pos - start),
                                          start }, j);
            }
        }
    }

    wf_arena_free(arena);
}


/*
 * Cases
 */

static bool
open_rig(play_t *play, const wf_value_t *run)
{
    bool               is_express;
    wf_str_t           json;
    wf_arena_t        *arena;
    wf_diagnostics_t   list;
    const wf_value_t  *definition;

    memset(&play->rig, 0, sizeof(rig_t));
    play->rig.arena = wf_arena_create(0);
    play->rig.scratch = wf_arena_create(0);
    rig_new_exec(&play->rig);
    play->rig.identity.flow_name = wf_str("sfn/us-east-1/123456789012/machine");
    play->rig.identity.execution_name = wf_str("exec-1");
    play->rig.identity.role = wf_str("arn:aws:iam::123456789012:role/r");
    play->rig.effect = on_effect;
    play->rig.data = play;
    play->rig.identity.data = &play->rig;
    play->tasks = wf_arena_calloc(play->rig.arena,
                                  TASKS_MAX * sizeof(task_t));
    play->task_count = 0;
    play->is_strange = false;

    is_express = wf_str_eq(text(play->item, "type"), wf_str("EXPRESS"));
    definition = get(run, "definition");
    json = definition->type == WF_STRING
           ? definition->u.string : rig_json(&play->rig, definition);
    arena = play->rig.arena;
    list = (wf_diagnostics_t) { .arena = arena };

    if (wf_asl_compile(json, is_express ? WF_MODE_EXPRESS : WF_MODE_STANDARD,
                       &play->rig.program, &list, &play->rig.err)
        != WF_OK)
    {
        play->rig.program = NULL;
    }

    return play->rig.program != NULL;
}


static void
play_run(play_t *play, const wf_value_t *run)
{
    wf_str_t           input;
    const wf_value_t  *want;

    want = get(run, "expected");

    if (!open_rig(play, run)) {
        printf("# %s: does not compile\n", shown(play, text(play->item,
                                                            "id")));
        levels[STATUS].count++;
        rig_close(&play->rig);
        return;
    }

    input = text(run, "input");
    CHECK(rig_start(&play->rig, input.len ? shown(play, input) : "{}")
          == WF_OK);
    drive(play, &play->rig);

    if (play->is_strange) {
        skipped++;
        rig_close(&play->rig);
        return;
    }

    judge_result(play, want);

    if (get(want, "history")) {
        judge_history(play, get(want, "history"));
    }

    check_cuts(play);
    rig_close(&play->rig);
}


/* What the runner would put in its place. */
static void
replace(wf_buf_t *buf, const char *from, const char *word, const char *by)
{
    const char  *at;

    while ((at = strstr(from, word)) != NULL) {
        wf_buf_append(buf, from, (size_t) (at - from));
        wf_buf_str(buf, wf_str_of(by));
        from = at + strlen(word);
    }

    wf_buf_str(buf, wf_str_of(from));
    wf_buf_byte(buf, '\0');
}


/* "${now}", "${now+24855d}": seconds, without a zone. */
static void
replace_times(wf_buf_t *buf, const char *from)
{
    long         days;
    char        *end;
    wf_buf_t     time;
    const char  *at;

    while ((at = strstr(from, "${now")) != NULL) {
        wf_buf_append(buf, from, (size_t) (at - from));
        days = strtol(at + 5, &end, 10);
        wf_buf_init(&time, buf->arena, 32);
        wf_time_print(&time, RIG_NOW + days * 86400000ll);
        wf_buf_append(buf, time.data, 19);
        from = strchr(at, '}') + 1;
    }

    wf_buf_str(buf, wf_str_of(from));
    wf_buf_byte(buf, '\0');
}


static const wf_value_t *
load(wf_arena_t *arena, const char *name)
{
    char         path[1024];
    FILE        *file;
    size_t       len;
    uint8_t      bytes[65536];
    wf_buf_t     buf, first, second, third;
    wf_error_t   err;
    wf_value_t  *value;

    snprintf(path, sizeof(path), "%s/%s", FOLDER, name);
    file = fopen(path, "rb");
    wf_assert(file != NULL);
    wf_buf_init(&buf, arena, 0);

    while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
        wf_buf_append(&buf, bytes, len);
    }

    fclose(file);
    wf_buf_byte(&buf, '\0');
    wf_buf_init(&first, arena, buf.len);
    replace(&first, (const char *) buf.data, "${account}", "123456789012");
    wf_buf_init(&second, arena, buf.len);
    replace(&second, (const char *) first.data, "${uid1}", "uid00001");

    wf_buf_init(&third, arena, buf.len);
    replace_times(&third, (const char *) second.data);

    value = NULL;
    CHECK(wf_json_parse(arena, wf_str_of((const char *) third.data), &value,
                        &err)
          == WF_OK);

    if (value == NULL) {
        printf("# %s\n", err.arg[0]);
    }

    return value;
}


static void
play_case(const char *name)
{
    static play_t      play;
    uint32_t           i;
    unsigned           failures;
    wf_arena_t        *arena;
    const wf_value_t  *runs;

    arena = wf_arena_create(0);
    failures = unit_failures;
    play.item = load(arena, name);

    if (get(play.item, "s3_objects")) {
        skipped++;

    } else if (wf_str_eq(text(play.item, "kind"), wf_str("execution"))) {
        play_run(&play, play.item);

    } else if (wf_str_eq(text(play.item, "kind"), wf_str("batch"))) {
        runs = get(play.item, "runs");

        for (i = 0; i < runs->count; i++) {
            play_run(&play, runs->u.items[i]);
        }
    }

    if (unit_failures != failures) {
        printf("# in %s\n", name);
    }

    wf_arena_free(arena);
}


static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}


TEST(recorded)
{
    DIR            *folder;
    char           *names[FILES_MAX];
    unsigned        i, count;
    const char     *only;
    struct dirent  *entry;

    folder = opendir(FOLDER);

    if (folder == NULL) {
        printf("# NOT RUN: there are no recorded cases in %s\n", FOLDER);
        return;
    }

    count = 0;
    only = getenv("ASL_ONLY");

    while ((entry = readdir(folder)) != NULL && count < FILES_MAX) {
        if (strstr(entry->d_name, ".json")
            && (only == NULL || strstr(entry->d_name, only)))
        {
            names[count++] = strdup(entry->d_name);
        }
    }

    closedir(folder);
    qsort(names, count, sizeof(char *), by_name);

    for (i = 0; i < count; i++) {
        play_case(names[i]);
        free(names[i]);
    }

    printf("# %u runs need a service and were skipped\n", skipped);

    for (i = 0; i < LEVELS; i++) {
        printf("# %s: %u of %u\n", level_names[i], levels[i].right,
               levels[i].count);
        CHECK_INT(levels[i].right, levels[i].count);
    }

    CHECK(only || levels[EXACT].count > 200);
}


UNIT_MAIN()
