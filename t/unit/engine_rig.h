
/*
 * A rig for the engine's tests: one flow, one execution, a fake clock and
 * the chunks it wrote.  After every input the chunks are replayed into a
 * fresh execution, whose fingerprint must be that of the live one.
 */

#ifndef WF_ENGINE_RIG_H
#define WF_ENGINE_RIG_H


#include "base/json.h"
#include "engine/engine.h"
#include "flow/compile.h"
#include "unit.h"


#define RIG_CHUNKS_MAX  8192
#define RIG_TOKENS_MAX  256
#define RIG_NOW         1700000000000


/* Every effect seen, in order; text lives in the rig's arena. */
typedef void (*rig_effect_pt)(void *data, const wf_effect_t *effect);

typedef struct {
    wf_arena_t    *arena;           /* of the chunks */
    wf_arena_t    *scratch;
    wf_program_t  *program;
    wf_exec_t     *exec;
    wf_identity_t  identity;
    int64_t        now_ms;
    uint64_t       seed;
    wf_str_t       chunks[RIG_CHUNKS_MAX];
    uint32_t       chunk_count;
    uint32_t       event_count;
    bool           wants_continue;
    bool           is_quick;        /* no replay after each input */
    uint64_t       event_id;        /* of the last input */
    uint32_t       call_count;      /* effects so far */
    uint32_t       cancel_count;
    uint64_t       last_call;
    wf_str_t       last_test_case;  /* of that call */
    uint32_t       last_call_no;
    uint64_t       last_cancel;
    wf_str_t       last_params;     /* of the last call */
    rig_effect_pt  effect;          /* or NULL */
    void          *data;
    uint64_t       tokens[RIG_TOKENS_MAX];
    uint32_t       token_count;
    wf_error_t     err;
} rig_t;


/* "token-N": the N-th task that asked for one. */
static inline wf_str_t
rig_token(void *data, uint64_t task, wf_arena_t *arena)
{
    rig_t     *rig;
    uint32_t   i;
    wf_buf_t   buf;

    rig = data;

    for (i = 0; i < rig->token_count && rig->tokens[i] != task; i++) {
        /* void */
    }

    if (i == rig->token_count && i < RIG_TOKENS_MAX) {
        rig->tokens[rig->token_count++] = task;
    }

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "token-");
    wf_buf_uint(&buf, i + 1);

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


static inline void
rig_new_exec(rig_t *rig)
{
    rig->exec = wf_exec_create();
    rig->chunk_count = 0;
    rig->event_count = 0;
    rig->now_ms = RIG_NOW;
    rig->seed = 1;
    rig->wants_continue = false;
    rig->token_count = 0;
    rig->call_count = 0;
    rig->cancel_count = 0;
    rig->identity.token = rig_token;
    rig->identity.data = rig;
}


/* A bad flow fails a CHECK and leaves program NULL. */
static inline void
rig_open_mode(rig_t *rig, wf_str_t text, wf_mode_t mode)
{
    memset(rig, 0, sizeof(rig_t));

    rig->arena = wf_arena_create(0);
    rig->scratch = wf_arena_create(0);
    rig->identity.flow_name = wf_str("io");
    rig->identity.execution_name = wf_str("exec-1");
    rig->identity.role = wf_str("acs:ram::1:role/r");

    if (wf_compile(text, mode, &rig->program, &rig->err) != WF_OK) {
        CHECK(!"the flow compiles");
        printf("# %s\n", rig->err.arg[0]);
        rig->program = NULL;
    }

    rig_new_exec(rig);
}


static inline void
rig_open(rig_t *rig, wf_str_t text)
{
    rig_open_mode(rig, text, WF_MODE_STANDARD);
}


static inline void
rig_close(rig_t *rig)
{
    wf_exec_free(rig->exec);
    wf_arena_free(rig->arena);
    wf_arena_free(rig->scratch);

    if (rig->program) {
        wf_program_release(rig->program);
    }
}


/* A second execution from the first count chunks; NULL: they are bad. */
static inline wf_exec_t *
rig_replay(rig_t *rig, uint32_t count)
{
    uint32_t    i;
    wf_exec_t  *exec;

    exec = wf_exec_create();

    for (i = 0; i < count; i++) {
        if (wf_engine_replay(exec, rig->chunks[i], &rig->err) != WF_OK) {
            CHECK(!"replay");
            printf("# %s\n", rig->err.arg[0]);
            wf_exec_free(exec);
            return NULL;
        }
    }

    return exec;
}


static inline void
rig_compare(rig_t *rig)
{
    wf_exec_t  *exec;

    exec = rig_replay(rig, rig->chunk_count);

    if (exec) {
        CHECK(wf_exec_fingerprint(exec) == wf_exec_fingerprint(rig->exec));
        CHECK_INT(wf_exec_due_ms(exec), wf_exec_due_ms(rig->exec));
        wf_exec_free(exec);
    }
}


static inline void
rig_keep(rig_t *rig, const wf_step_t *step)
{
    wf_buf_t  buf;

    if (step->event_count == 0) {
        return;
    }

    wf_assert(rig->chunk_count < RIG_CHUNKS_MAX);

    wf_buf_init(&buf, rig->arena, 0);
    wf_chunk_seal(&buf, wf_buf_done(&step->events), step->event_count);

    if (buf.failed) {
        wf_error_set(&rig->err, WF_E_INTERNAL, "out of memory");
        return;
    }

    rig->chunks[rig->chunk_count++] = wf_buf_done(&buf);
    rig->event_count += step->event_count;

    if (!rig->is_quick) {
        rig_compare(rig);
    }
}


static inline void
rig_effects(rig_t *rig, const wf_step_t *step)
{
    const wf_effect_t  *effect;

    for (effect = step->effects; effect; effect = effect->next) {
        if (effect->type == WF_EFFECT_CALL) {
            rig->call_count++;
            rig->last_call = effect->task;
            rig->last_params = effect->params;
            rig->last_test_case = effect->test_case;
            rig->last_call_no = effect->call_no;

        } else {
            rig->cancel_count++;
            rig->last_cancel = effect->task;
        }

        if (rig->effect) {
            rig->effect(rig->data, effect);
        }
    }
}


/* What is owed now; CONTINUE, and a call for each task that nobody took. */
static inline bool
rig_owes(rig_t *rig)
{
    uint32_t            count;
    wf_step_t           step;
    const wf_effect_t  *effect;

    wf_step_init(&step, rig->scratch);
    CHECK(wf_engine_resume(rig->exec, rig->program, &rig->identity, &step,
                           &rig->err)
          == WF_OK);
    CHECK_INT(step.event_count, 0);
    count = 0;

    for (effect = step.effects; effect; effect = effect->next) {
        CHECK_INT(effect->type, WF_EFFECT_CALL);
        count++;
    }

    CHECK_INT(count, rig->exec->owed_count);
    CHECK(wf_exec_owes(rig->exec) == (step.wants_continue || count != 0));
    wf_arena_reset(rig->scratch);

    return step.wants_continue;
}


static inline wf_rc_t
rig_submit(rig_t *rig, const wf_input_t *input)
{
    wf_rc_t    rc;
    wf_step_t  step;

    wf_error_clear(&rig->err);
    wf_step_init(&step, rig->arena);

    rc = wf_engine_step(rig->exec, rig->program, &rig->identity, input,
                        rig->scratch, &step, &rig->err);
    wf_arena_reset(rig->scratch);

    CHECK(rc != WF_DECLINED || step.event_count == 0);
    CHECK(rc != WF_DECLINED || step.effects == NULL);

    if (rc == WF_OK) {
        CHECK(step.event_count != 0 || step.wants_continue);
        rig->wants_continue = step.wants_continue;
        rig->event_id = step.event_id;
        rig_effects(rig, &step);

        if (!rig->is_quick) {
            CHECK(rig_owes(rig) == step.wants_continue);
        }

        if (step.event_count != 0) {
            rig_keep(rig, &step);
        }
    }

    return rc;
}


/* An answer or a report; json: the value, or NULL. */
static inline wf_rc_t
rig_task(rig_t *rig, wf_input_type_t type, uint64_t task,
    wf_outcome_t outcome, const char *json)
{
    wf_input_t   input;
    wf_value_t  *value;

    value = NULL;

    if (json && outcome != WF_OUTCOME_FAILED) {
        CHECK(wf_json_parse(rig->arena, wf_str_of(json), &value, &rig->err)
              == WF_OK);
    }

    input = (wf_input_t) {
        .type = (uint8_t) type,
        .now_ms = rig->now_ms,
        .random_seed = rig->seed,
        .task = task,
        .outcome = (uint8_t) outcome,
        .value = value
    };

    if (json && outcome == WF_OUTCOME_FAILED) {
        input.error = wf_str_of(json);
        input.cause = wf_str("why");
    }

    return rig_submit(rig, &input);
}

#define rig_done(rig, task, outcome, json)                                    \
    rig_task(rig, WF_INPUT_TASK_DONE, task, WF_OUTCOME_##outcome, json)
#define rig_report(rig, task, outcome, json)                                  \
    rig_task(rig, WF_INPUT_TASK_REPORTED, task, WF_OUTCOME_##outcome, json)


static inline wf_rc_t
rig_input(rig_t *rig, wf_input_type_t type)
{
    wf_input_t  input;

    input = (wf_input_t) {
        .type = (uint8_t) type,
        .now_ms = rig->now_ms,
        .random_seed = rig->seed
    };

    return rig_submit(rig, &input);
}


static inline wf_input_t
rig_start_input(rig_t *rig, const char *json)
{
    wf_value_t  *value;

    value = NULL;
    CHECK(wf_json_parse(rig->arena, wf_str_of(json), &value, &rig->err)
          == WF_OK);

    return (wf_input_t) {
        .type = WF_INPUT_START,
        .now_ms = rig->now_ms,
        .random_seed = rig->seed,
        .value = value
    };
}


static inline wf_rc_t
rig_start(rig_t *rig, const char *json)
{
    wf_input_t  input;

    input = rig_start_input(rig, json);

    return rig_submit(rig, &input);
}


/*
 * The input with the n-th allocation failing, for every n, each time on the
 * state that the first chunk_count chunks make.  The number of failures.
 */
static inline uint64_t
rig_torture(rig_t *rig, const wf_input_t *input)
{
    wf_rc_t   rc;
    uint64_t  i;
    uint32_t  chunk_count, event_count;

    chunk_count = rig->chunk_count;
    event_count = rig->event_count;
    rig->is_quick = true;

    for (i = 1; ; i++) {
        wf_exec_free(rig->exec);
        rig->exec = rig_replay(rig, chunk_count);

        wf_arena_fail_after(i);
        rc = rig_submit(rig, input);
        wf_arena_fail_after(0);

        if (rc == WF_OK && rig->chunk_count == chunk_count + 1) {
            break;
        }

        CHECK(rc != WF_DECLINED);
        CHECK_INT(rig->err.code, WF_E_INTERNAL);
    }

    rig->event_count = event_count;
    rig->is_quick = false;

    return i - 1;
}


/* Goes on while it wants to, moves the clock while it waits. */
static inline void
rig_run(rig_t *rig)
{
    while (rig->exec->status == WF_STATUS_RUNNING) {
        if (rig_owes(rig)) {
            if (rig_input(rig, WF_INPUT_CONTINUE) != WF_OK) {
                CHECK(!"CONTINUE");
                return;
            }

            continue;
        }

        rig->now_ms = wf_max(rig->now_ms, wf_exec_due_ms(rig->exec));

        if (rig_input(rig, WF_INPUT_TIMER) != WF_OK) {
            CHECK(!"TIMER");
            return;
        }
    }
}


/* Every stored event in order; false: each() has had enough. */
typedef bool (*rig_each_pt)(void *data, const wf_event_t *event,
    wf_reader_t *reader);

static inline void
rig_events(rig_t *rig, rig_each_pt each, void *data)
{
    uint32_t     i, count;
    wf_arena_t  *arena;
    wf_codec_t   codec;
    wf_event_t   event;
    wf_reader_t  reader;

    arena = wf_arena_create(0);
    codec = (wf_codec_t) { .seq = 0 };

    for (i = 0; i < rig->chunk_count; i++) {
        if (wf_chunk_open(rig->chunks[i], &reader, &count, &rig->err)
            != WF_OK)
        {
            CHECK(!"chunk");
            break;
        }

        while (count-- != 0) {
            if (wf_event_decode(arena, &reader, &codec, &event, &rig->err)
                != WF_OK)
            {
                CHECK(!"event");
                break;
            }

            if (!each(data, &event, &reader)) {
                wf_arena_free(arena);
                return;
            }
        }
    }

    wf_arena_free(arena);
}


static inline wf_str_t
rig_json(rig_t *rig, const wf_value_t *value)
{
    wf_buf_t  buf;

    if (value == NULL) {
        return wf_str("(none)");
    }

    wf_buf_init(&buf, rig->arena, 0);
    wf_json_print(&buf, value);

    return wf_buf_done(&buf);
}


/* One line an event: "3 StepStarted a {"x":1}", hidden ones left out. */
typedef struct {
    rig_t               *rig;
    wf_buf_t             buf;
} rig_trace_t;

static inline bool
rig_trace_event(void *data, const wf_event_t *event, wf_reader_t *reader)
{
    rig_trace_t  *trace;

    (void) reader;

    trace = data;

    if (event->event_id == 0) {
        return true;
    }

    wf_buf_uint(&trace->buf, event->event_id);
    wf_buf_byte(&trace->buf, ' ');
    wf_buf_uint(&trace->buf, event->cause_id);
    wf_buf_byte(&trace->buf, ' ');
    wf_buf_str(&trace->buf, wf_str_of(wf_event_rpc_name(event->type)));

    if (strchr(wf_event_fields(event->type), 'N')) {
        wf_buf_byte(&trace->buf, ' ');
        wf_buf_str(&trace->buf, trace->rig->program->nodes[event->node].name);
    }

#define PART(letter, member)                                                  \
    if (event->member) {                                                      \
        wf_buf_text(&trace->buf, " " letter "=");                             \
        wf_json_print(&trace->buf, event->member);                            \
    }

    PART("in", input)
    PART("local", local)
    PART("out", output)
    PART("global", globals)

#undef PART

    if (strchr(wf_event_fields(event->type), 'E')) {
        wf_buf_text(&trace->buf, " error=");
        wf_buf_str(&trace->buf, event->error);
        wf_buf_byte(&trace->buf, '/');
        wf_buf_str(&trace->buf, event->error_cause);
    }

    wf_buf_byte(&trace->buf, '\n');

    return true;
}


static inline wf_str_t
rig_trace(rig_t *rig)
{
    rig_trace_t  trace;

    trace.rig = rig;
    wf_buf_init(&trace.buf, rig->arena, 0);
    rig_events(rig, rig_trace_event, &trace);

    return wf_buf_done(&trace.buf);
}


#endif /* WF_ENGINE_RIG_H */
