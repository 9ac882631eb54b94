
/*
 * Expressions of JSONata from files: t/cases/jsonata.json, ours, and half of
 * the reference implementation's own suite when it is there.
 *
 * Format: group name -> list of cases.  A case has id, expr, its input as
 * data or the name of a file in datasets/ as dataset, bindings, and one of
 * result, undefinedResult, code (and token), or error with code, token and
 * message; unordered: order does not count.
 * Ours may add message, position, states (Step Functions' functions instead
 * of the reference's), function (the result is one), steps, depth.
 *
 * Every case runs a second time from the same compiled text and, in the
 * sanitized build, with a small arena, so that nothing is left behind.
 */

#include "base/json.h"
#include "expr/jsonata.h"
#include "unit.h"


#define NOW_MS      1700000000123
#define STEPS_MAX   200000000
#define BYTES_MAX   (1024ull * 1024 * 1024)
#define NAME_MAX_   256
#define BOUND_MAX   32

typedef struct {
    unsigned  passed;
    unsigned  count;
} tally_t;

typedef struct {
    wf_rc_t              rc;
    const wf_value_t    *value;
    wf_jsonata_error_t   err;
    uint64_t             steps;
} outcome_t;


static bool
file_read(wf_arena_t *arena, const char *path, wf_value_t **value)
{
    long         size;
    FILE        *file;
    uint8_t     *data;
    wf_error_t   err;

    file = fopen(path, "rb");

    if (file == NULL) {
        return false;
    }

    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    data = wf_arena_alloc(arena, (size_t) size + 1);

    if (fread(data, 1, (size_t) size, file) != (size_t) size) {
        fclose(file);
        return false;
    }

    fclose(file);

    if (wf_json_parse(arena, (wf_str_t) { (size_t) size, data }, value, &err)
        != WF_OK)
    {
        printf("# %s: %s\n", path, err.arg[0]);
        return false;
    }

    return true;
}


static const wf_value_t *
get(const wf_value_t *object, const char *name)
{
    return wf_value_get(object, wf_str_of(name));
}


static bool
flag(const wf_value_t *object, const char *name)
{
    const wf_value_t  *value;

    value = get(object, name);

    return value && value->type == WF_BOOL && value->boolean;
}


static bool
input_of(wf_arena_t *arena, const char *folder, const wf_value_t *c,
    const wf_value_t **input)
{
    char               path[NAME_MAX_];
    wf_value_t        *value;
    const wf_value_t  *name;

    *input = get(c, "data");
    name = get(c, "dataset");

    if (name == NULL || name->type != WF_STRING) {
        return true;
    }

    snprintf(path, sizeof(path), "%s/datasets/%.*s.json", folder,
             (int) name->u.string.len, (const char *) name->u.string.data);

    if (!file_read(arena, path, &value)) {
        return false;
    }

    *input = value;

    return true;
}


static uint64_t
number_of(const wf_value_t *c, const char *name, uint64_t standard)
{
    const wf_value_t  *value;

    value = get(c, name);

    return value && value->type == WF_NUMBER
           ? (uint64_t) value->u.number.integer : standard;
}


static void
env_fill(wf_jsonata_env_t *env, wf_jsonata_binding_t *bound,
    const wf_value_t *c, const wf_value_t *input)
{
    uint32_t           i;
    const wf_value_t  *bindings;

    memset(env, 0, sizeof(wf_jsonata_env_t));
    bindings = get(c, "bindings");

    for (i = 0; bindings && i < bindings->count && i < BOUND_MAX; i++) {
        bound[i].name = bindings->u.members[i].key;
        bound[i].value = bindings->u.members[i].value;
        env->binding_count++;
    }

    env->bindings = bound;
    env->input = input;
    env->now_ms = NOW_MS;
    env->random_state = 7;
    env->meter.steps_max = number_of(c, "steps", STEPS_MAX);
    env->byte_max = BYTES_MAX;
    env->depth_max = (uint32_t) number_of(c, "evaluations", 0);
}


static void
run(wf_arena_t *arena, const wf_value_t *c, const wf_value_t *input,
    outcome_t *out)
{
    wf_jsonata_t          *jsonata;
    wf_jsonata_env_t       env;
    wf_jsonata_binding_t   bound[BOUND_MAX];
    const wf_value_t      *expr;

    expr = get(c, "expr");
    out->steps = 0;
    out->value = NULL;
    out->rc = wf_jsonata_compile(arena, flag(c, "states")
                                        ? WF_JSONATA_STATES
                                        : WF_JSONATA_REFERENCE,
                                 expr->u.string, &jsonata, &out->err);

    if (out->rc != WF_OK) {
        return;
    }

    env_fill(&env, bound, c, input);
    (void) wf_jsonata_eval(arena, jsonata, &env, &out->value, &out->err);

    env_fill(&env, bound, c, input);
    out->value = NULL;
    out->rc = wf_jsonata_eval(arena, jsonata, &env, &out->value, &out->err);
    out->steps = env.meter.steps;
}


/* Every item of a is in b: for results without an order. */
static bool
within(const wf_value_t *a, const wf_value_t *b)
{
    uint32_t  i, k;

    for (i = 0; i < a->count; i++) {
        for (k = 0; k < b->count; k++) {
            if (wf_value_eq(a->u.items[i], b->u.items[k])) {
                break;
            }
        }

        if (k == b->count) {
            return false;
        }
    }

    return true;
}


static bool
value_as_wanted(const wf_value_t *c, const outcome_t *out)
{
    const wf_value_t  *want;

    want = get(c, "result");

    if (want == NULL) {
        return out->rc == WF_DECLINED;
    }

    if (out->rc != WF_OK) {
        return false;
    }

    if (flag(c, "unordered") && want->type == WF_ARRAY
        && out->value->type == WF_ARRAY)
    {
        return want->count == out->value->count && within(want, out->value)
               && within(out->value, want);
    }

    return wf_value_eq(want, out->value);
}


static bool
error_as_wanted(const wf_value_t *c, const wf_jsonata_error_t *err)
{
    const wf_value_t  *code, *token, *message, *position;

    code = get(c, "code");
    token = get(c, "token");
    message = get(c, "message");
    position = get(c, "position");

    return wf_str_eq(code->u.string, wf_str_of(err->code))
           && (token == NULL || token->type != WF_STRING
               || wf_str_eq(token->u.string, err->token))
           && (message == NULL
               || wf_str_eq(message->u.string, err->message))
           && (position == NULL
               || position->u.number.integer == err->position);
}


static bool
as_wanted(const wf_value_t *c, const outcome_t *out)
{
    if (flag(c, "function")) {
        return out->rc == WF_ERROR
               && out->err.trouble == WF_JSONATA_UNSUPPORTED;
    }

    if (get(c, "error")) {
        c = get(c, "error");
    }

    if (get(c, "code") == NULL) {
        return value_as_wanted(c, out);
    }

    return out->rc == WF_ERROR && error_as_wanted(c, &out->err);
}


static void
tell(wf_arena_t *arena, const wf_value_t *c, const outcome_t *out)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 256);
    wf_json_print_string(&buf, get(c, "id")->u.string);
    wf_buf_byte(&buf, ' ');
    wf_json_print_string(&buf, get(c, "expr")->u.string);
    wf_buf_text(&buf, "\n#   got ");

    if (out->rc == WF_OK) {
        wf_json_print(&buf, out->value);

    } else if (out->rc == WF_DECLINED) {
        wf_buf_text(&buf, "nothing");

    } else {
        wf_buf_str(&buf, wf_str_of(out->err.code));
        wf_buf_byte(&buf, ' ');
        wf_buf_str(&buf, out->err.message);
        wf_buf_text(&buf, " token ");
        wf_buf_str(&buf, out->err.token);
        wf_buf_text(&buf, " position ");
        wf_buf_uint(&buf, out->err.position);
    }

    wf_buf_text(&buf, "\n#   want ");

    if (get(c, "result")) {
        wf_json_print(&buf, get(c, "result"));

    } else {
        wf_json_print(&buf, get(c, "code") ? get(c, "code") : c);
    }

    printf("# %.*s\n", (int) wf_min(buf.len, 1500), (const char *) buf.data);
}


static bool
run_case(const char *folder, const wf_value_t *c)
{
    bool               passed;
    outcome_t          out;
    wf_arena_t        *arena;
    const wf_value_t  *input;

    arena = wf_arena_create(0);

    if (!input_of(arena, folder, c, &input)) {
        printf("# a data set is missing\n");
        wf_arena_free(arena);
        return false;
    }

    run(arena, c, input, &out);
    passed = as_wanted(c, &out);

    if (!passed) {
        tell(arena, c, &out);
    }

    wf_arena_free(arena);

    return passed;
}


/* false: the file is not there. */
static bool
run_file(const char *folder, const char *name, tally_t *all)
{
    char                path[NAME_MAX_];
    tally_t             group;
    uint32_t            i, k;
    wf_arena_t         *arena;
    wf_value_t         *groups;
    const wf_member_t  *member;

    memset(all, 0, sizeof(tally_t));
    arena = wf_arena_create(0);
    snprintf(path, sizeof(path), "%s/%s", folder, name);

    if (!file_read(arena, path, &groups)) {
        wf_arena_free(arena);
        return false;
    }

    for (i = 0; i < groups->count; i++) {
        member = &groups->u.members[i];
        memset(&group, 0, sizeof(tally_t));

        for (k = 0; k < member->value->count; k++) {
            group.count++;
            group.passed += run_case(folder, member->value->u.items[k]);
        }

        if (group.passed != group.count) {
            printf("# %.*s: %u of %u\n", (int) member->key.len,
                   (const char *) member->key.data, group.passed,
                   group.count);
        }

        all->passed += group.passed;
        all->count += group.count;
    }

    printf("# %s: %u of %u\n", path, all->passed, all->count);
    wf_arena_free(arena);

    return true;
}


TEST(ours)
{
    tally_t  all;

    CHECK(run_file("t/cases", "jsonata.json", &all));
    CHECK_INT(all.passed, all.count);
    CHECK(all.count > 0);
}


TEST(reference)
{
    tally_t  all;

    if (!run_file("../shared/conformance/jsonata", "cases.json", &all)) {
        printf("# SKIPPED: the reference suite is not beside the checkout\n");
        return;
    }

    /* What is missing is explained in docs/jsonata.md. */
    CHECK(all.passed * 1000 >= all.count * 990);
}


UNIT_MAIN()
