
/*
 * Any text as a state machine of the Amazon States Language, in both modes:
 * compiled and dumped, or refused with what is wrong and where.  One that is
 * taken runs for a while, as fuzzers of histories let theirs run.
 *
 * Few changes of bytes leave JSON, so most of them are made to values: they
 * go, move, are renamed, or become others that mean something there.
 */

#include "base/json.h"
#include "flow/diagnostics.h"
#include "history.h"


#define START_MS  1700000000000


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
    unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size,
    const uint8_t *other, size_t other_size, uint8_t *out, size_t max,
    unsigned seed);


static const char *const  keys[] = {
#define FIELD(slot, name, kind, states, language, min, max)  name,
#include "flow/asl_fields.def"
#undef FIELD
#define CHOICE(name, operand, path, kind, compares, relation)  name,
#include "expr/choices.def"
#undef CHOICE
    "StartAt", "States", "Version", "Default", "Variable", "Condition", "And",
    "Or", "Not", "ErrorEquals", "MaxAttempts", "IntervalSeconds",
    "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "ProcessorConfig",
    "Mode", "ExecutionType", "MaxItems", "MaxItemsPerBatch",
    "MaxInputBytesPerBatch", "BatchInput", "InputType", "Bucket", "Key",
    "OutputType", "Transformation", "RoleArn", "a.$", "a", "A", "B"
};

static const char *const  values[] = {
    "{}", "[]", "null", "true", "false", "0", "1", "3", "-1", "1.5", "1e30",
    "99999999", "\"\"", "\"A\"", "\"B\"", "\"Pass\"", "\"Wait\"", "\"Task\"",
    "\"Choice\"", "\"Succeed\"", "\"Fail\"", "\"Parallel\"", "\"Map\"",
    "\"$\"", "\"$$\"", "\"$.a\"", "\"$.l[*]\"", "\"$v\"", "\"$.l[0].x\"",
    "\"$$.Task.Token\"", "\"$$.Map.Item.Value\"",
    "\"States.Format('{}', $.a)\"", "\"States.ArrayRange(1, $.n, 1)\"",
    "\"{% $states.input %}\"", "\"{% $states.result.x %}\"",
    "\"{% $states.errorOutput %}\"", "\"{% $v := 1 %}\"", "\"{% [1..3] %}\"",
    "\"{% $states.input.a > 1 %}\"", "\"{% $error('x') %}\"", "\"JSONata\"",
    "\"JSONPath\"", "\"INLINE\"", "\"DISTRIBUTED\"", "\"STANDARD\"",
    "\"EXPRESS\"", "\"States.ALL\"", "\"States.TaskFailed\"",
    "\"States.Timeout\"", "\"States.Runtime\"", "\"E\"", "\"FULL\"",
    "\"2030-01-01T00:00:00Z\"",
    "\"arn:aws:lambda:us-east-1:123456789012:function:f\"",
    "\"arn:aws:states:us-east-1:123456789012:activity:a\"",
    "\"arn:aws:states:::lambda:invoke.waitForTaskToken\"",
    "\"arn:aws:states:::states:startExecution.sync:2\"",
    "\"arn:aws:states:::s3:getObject\"", "\"arn:aws:states:::s3:putObject\"",
    "\"arn:aws:states:::sqs:sendMessage\"",
    "\"arn:aws:states:::http:invoke\"",
    "\"arn:aws:states:::aws-sdk:s3:listBuckets\"",
    "[{\"ErrorEquals\":[\"States.ALL\"],\"Next\":\"B\"}]",
    "[{\"ErrorEquals\":[\"E\"],\"MaxAttempts\":2,\"IntervalSeconds\":1}]",
    "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"End\":true}}}",
    "{\"Variable\":\"$.a\",\"NumericGreaterThan\":1,\"Next\":\"B\"}",
    "{\"Type\":\"Pass\",\"Next\":\"B\"}", "{\"Type\":\"Succeed\"}",
    "{\"a.$\":\"$\",\"b\":[{\"c.$\":\"$.l\"}]}"
};


/*
 * Mutation
 */

typedef enum {
    EDIT_REPLACE = 0,               /* by other */
    EDIT_DROP,
    EDIT_RENAME,                    /* to key */
    EDIT_ADD,                       /* other beside it */
    EDIT_SCRAMBLE,                  /* a string's bytes */
    EDITS
} edit_type_t;

typedef struct {
    wf_arena_t        *arena;
    uint32_t           at;          /* values passed so far */
    uint32_t           place;       /* of the edit; UINT32_MAX: is done */
    unsigned           type;        /* edit_type_t */
    wf_str_t           key;
    wf_value_t        *other;
} edit_t;


static uint32_t
draw(uint64_t *state, uint32_t max)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;

    return (uint32_t) (*state >> 33) % max;
}


static uint32_t
count_values(const wf_value_t *value)
{
    uint32_t  i, count;

    count = 1;

    for (i = 0; value->type == WF_ARRAY && i < value->count; i++) {
        count += count_values(value->u.items[i]);
    }

    for (i = 0; value->type == WF_OBJECT && i < value->count; i++) {
        count += count_values(value->u.members[i].value);
    }

    return count;
}


/* The value that is passed as the n-th, in the order of edit(). */
static wf_value_t *
nth(wf_value_t *value, uint32_t *n)
{
    uint32_t     i;
    wf_value_t  *found;

    if ((*n)-- == 0) {
        return value;
    }

    for (i = 0; value->type >= WF_ARRAY && i < value->count; i++) {
        found = nth(value->type == WF_ARRAY ? value->u.items[i]
                                            : value->u.members[i].value, n);

        if (found) {
            return found;
        }
    }

    return NULL;
}


static wf_value_t *
scramble(edit_t *edit, wf_value_t *value)
{
    size_t   len;
    uint8_t  text[512];

    if (value->type != WF_STRING || value->u.string.len > 256) {
        return edit->other;
    }

    memcpy(text, value->u.string.data, value->u.string.len);
    len = LLVMFuzzerMutate(text, value->u.string.len, sizeof(text));

    if (!wf_utf8_valid((wf_str_t) { len, text })) {
        return edit->other;
    }

    return wf_value_string(edit->arena,
                           wf_arena_copy(edit->arena,
                                         (wf_str_t) { len, text }));
}


static wf_value_t *edited(edit_t *edit, wf_value_t *value);


static wf_value_t *
edited_object(edit_t *edit, const wf_value_t *value)
{
    bool          here;
    uint32_t      i;
    wf_str_t      key;
    wf_value_t   *copy;
    wf_member_t  *member;

    copy = wf_value_object(edit->arena, value->count);

    for (i = 0; i < value->count; i++) {
        member = &value->u.members[i];
        here = edit->at == edit->place;
        key = here && edit->type == EDIT_RENAME ? edit->key : member->key;

        if (here && edit->type == EDIT_DROP) {
            edit->place = UINT32_MAX;
            continue;
        }

        (void) wf_value_set(edit->arena, copy, key,
                            edited(edit, member->value));

        if (here && edit->type == EDIT_ADD) {
            (void) wf_value_set(edit->arena, copy, edit->key, edit->other);
        }
    }

    return copy;
}


static wf_value_t *
edited_array(edit_t *edit, const wf_value_t *value)
{
    bool         here;
    uint32_t     i;
    wf_value_t  *copy;

    copy = wf_value_array(edit->arena, value->count);

    for (i = 0; i < value->count; i++) {
        here = edit->at == edit->place;

        if (here && edit->type == EDIT_DROP) {
            edit->place = UINT32_MAX;
            continue;
        }

        (void) wf_value_push(edit->arena, copy,
                             edited(edit, value->u.items[i]));

        if (here && edit->type == EDIT_ADD) {
            (void) wf_value_push(edit->arena, copy, edit->other);
        }
    }

    return copy;
}


static wf_value_t *
edited(edit_t *edit, wf_value_t *value)
{
    if (edit->at++ == edit->place) {
        edit->place = UINT32_MAX;

        if (edit->type == EDIT_REPLACE) {
            return edit->other;
        }

        if (edit->type == EDIT_SCRAMBLE) {
            return scramble(edit, value);
        }
    }

    if (value->type == WF_OBJECT) {
        return edited_object(edit, value);
    }

    return value->type == WF_ARRAY ? edited_array(edit, value) : value;
}


static wf_value_t *
parse(wf_arena_t *arena, wf_str_t text)
{
    wf_value_t  *value;
    wf_error_t   err;

    return wf_json_parse(arena, text, &value, &err) == WF_OK ? value : NULL;
}


/* One edit; other values come from donor, or from the table. */
static wf_value_t *
edit_once(wf_arena_t *arena, wf_value_t *root, wf_value_t *donor,
    uint64_t *state)
{
    edit_t    edit;
    uint32_t  n;

    edit = (edit_t) {
        .arena = arena,
        .place = draw(state, count_values(root)),
        .type = draw(state, EDITS),
        .key = wf_str_of(keys[draw(state, wf_countof(keys))])
    };

    if (donor || draw(state, 3) == 0) {
        donor = donor ? donor : root;
        n = draw(state, count_values(donor));
        edit.other = nth(donor, &n);

    } else {
        edit.other = parse(arena, wf_str_of(values[draw(state,
                                                   wf_countof(values))]));
    }

    return edited(&edit, root);
}


/* 0: too large, or too deep. */
static size_t
print(wf_arena_t *arena, const wf_value_t *value, uint8_t *out, size_t max)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);

    if (buf.failed || buf.len > max || !parse(arena, wf_buf_done(&buf))) {
        return 0;
    }

    memcpy(out, buf.data, buf.len);

    return buf.len;
}


size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    size_t       len;
    uint64_t     state;
    unsigned     i;
    wf_arena_t  *arena;
    wf_value_t  *root;

    len = 0;
    state = seed;
    arena = wf_arena_create(0);
    root = parse(arena, (wf_str_t) { size, data });

    if (root && draw(&state, 16) != 0) {

        for (i = draw(&state, 3) + 1; i > 0; i--) {
            root = edit_once(arena, root, NULL, &state);
        }

        len = print(arena, root, data, max);
    }

    wf_arena_free(arena);

    return len ? len : LLVMFuzzerMutate(data, size, max);
}


size_t
LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size,
    const uint8_t *other, size_t other_size, uint8_t *out, size_t max,
    unsigned seed)
{
    size_t       len;
    uint64_t     state;
    wf_arena_t  *arena;
    wf_value_t  *root, *donor;

    len = 0;
    state = seed;
    arena = wf_arena_create(0);
    root = parse(arena, (wf_str_t) { size, data });
    donor = parse(arena, (wf_str_t) { other_size, other });

    if (root && donor) {
        root = edit_once(arena, root, donor, &state);
        len = print(arena, root, out, max);
    }

    wf_arena_free(arena);

    return len;
}


/*
 * What is tested
 */

static void
check_dump(const wf_program_t *program)
{
    wf_buf_t     first, second;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&first, arena, 0);
    wf_buf_init(&second, arena, 0);
    wf_program_dump(&first, program);
    wf_program_dump(&second, program);
    wf_assert(!first.failed && first.len > 0);
    wf_assert(wf_str_eq(wf_buf_done(&first), wf_buf_done(&second)));
    wf_arena_free(arena);
}


/* What quotes the text is no better than the text. */
static void
check_list(const wf_diagnostics_t *list, bool is_utf8)
{
    uint32_t                count;
    const wf_diagnostic_t  *fault;

    count = 0;

    for (fault = list->first; fault; fault = fault->next) {
        wf_assert(fault->code && fault->code[0] && fault->message.len > 0);
        wf_assert(!is_utf8 || wf_utf8_valid(fault->message));
        wf_assert(!is_utf8 || wf_utf8_valid(fault->location));
        count++;
    }

    wf_assert(!list->failed && count <= list->error_count
                                        + list->warning_count);
}


static void
run(const wf_program_t *program)
{
    wf_exec_t   *exec, *twin;
    wf_arena_t  *arena;
    wf_input_t   input;

    arena = wf_arena_create(0);
    exec = wf_exec_create();
    twin = wf_exec_create();

    input = (wf_input_t) {
        .type = WF_INPUT_START,
        .now_ms = START_MS,
        .value = parse(arena, wf_str("{\"a\":2,\"l\":[1,{\"x\":\"y\"},[]],"
                                     "\"n\":3,\"s\":\"t\",\"v\":{\"E\":0}}"))
    };

    wf_assert(turn(exec, twin, program, &input));
    go_on(exec, twin, program);

    wf_exec_free(exec);
    wf_exec_free(twin);
    wf_arena_free(arena);
}


static void
mode_check(wf_str_t text, wf_mode_t mode)
{
    wf_error_t        err;
    wf_program_t     *program;
    wf_diagnostics_t  list, again;

    wf_error_clear(&err);
    list = (wf_diagnostics_t) { .arena = wf_arena_create(0) };
    again = list;
    program = NULL;

    wf_assert(wf_asl_compile(text, mode, &program, &list, &err) == WF_OK);
    wf_assert((program == NULL) == (list.error_count != 0));
    check_list(&list, wf_utf8_valid(text));

    wf_assert(wf_asl_compile(text, mode, NULL, &again, &err) == WF_OK);
    wf_assert(again.error_count == list.error_count);
    wf_assert(again.warning_count == list.warning_count);

    if (program) {
        check_dump(program);
        run(program);
        wf_program_release(program);
    }

    wf_arena_free(list.arena);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    programs_init();
    mode_check((wf_str_t) { size, data }, WF_MODE_STANDARD);
    mode_check((wf_str_t) { size, data }, WF_MODE_EXPRESS);

    return 0;
}
