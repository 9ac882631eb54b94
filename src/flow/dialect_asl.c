
/*
 * Amazon States Language: the machine, its scopes, what all states share (asl
 * 2, 3).  Data is in dialect_asl_data.c, the states' own parts are in the
 * files of their kind.
 */

#include "flow/dialect_asl_data.h"

#include "base/json.h"
#include "base/json_fault.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "flow/verify.h"


typedef struct {
    const wf_value_t  *start;
    const wf_value_t  *states;
    const wf_value_t  *comment;
    const wf_value_t  *version;
    const wf_value_t  *timeout;
    const wf_value_t  *language;
} root_t;

#define ROW(name, kind, required, min, max, slot)                             \
    { name, WF_ASL_##kind, WF_ASL_BOTH, required, min, max,                   \
      offsetof(root_t, slot) }

static const wf_asl_row_t  root_rows[] = {
    ROW("States", OBJECT, true, 0, 0, states),
    ROW("StartAt", STRING, true, 0, 0, start),
    ROW("Comment", STRING, false, 0, 0, comment),
    ROW("Version", STRING, false, 0, 0, version),
    ROW("TimeoutSeconds", INT, false, 1, WF_SECONDS_ASL_MAX, timeout),
    ROW("QueryLanguage", STRING, false, 0, 0, language)
};

#undef ROW

typedef void (*build_pt)(wf_asl_front_t *asl, wf_asl_state_t *state);

static const struct {
    wf_str_t  name;
    build_pt  build;            /* NULL: nothing of its own */
} types[WF_STATE_END] = {
    [WF_STATE_TASK] = { wf_str_init("Task"), wf_asl_task },
    [WF_STATE_WAIT] = { wf_str_init("Wait"), wf_asl_wait },
    [WF_STATE_PASS] = { wf_str_init("Pass"), wf_asl_pass },
    [WF_STATE_SUCCEED] = { wf_str_init("Succeed"), NULL },
    [WF_STATE_FAIL] = { wf_str_init("Fail"), wf_asl_fail },
    [WF_STATE_CHOICE] = { wf_str_init("Choice"), wf_asl_choice },
    [WF_STATE_PARALLEL] = { wf_str_init("Parallel"), wf_asl_parallel },
    [WF_STATE_MAP] = { wf_str_init("Map"), wf_asl_map }
};


/* Any other word is an error, and read as JSONata. */
static bool
language_read(wf_asl_front_t *asl, const wf_asl_place_t *outer,
    const wf_value_t *value, bool otherwise)
{
    wf_asl_place_t  at;

    if (value == NULL || value->type != WF_STRING) {
        return otherwise;
    }

    if (wf_str_eq(value->u.string, wf_str("JSONPath"))) {
        return false;
    }

    if (!wf_str_eq(value->u.string, wf_str("JSONata"))) {
        at = wf_asl_at(outer, "QueryLanguage");
        wf_asl_complain(asl, &at, "The field 'QueryLanguage' should have one "
                        "of these values: [JSONPath, JSONata]");
    }

    return true;
}


/* WF_STATE_END: none, reported. */
static wf_state_type_t
type_read(wf_asl_front_t *asl, const wf_asl_state_t *state)
{
    unsigned           type;
    wf_asl_place_t     at;
    const wf_value_t  *value;

    value = wf_value_get(state->value, wf_str("Type"));

    if (value == NULL) {
        wf_asl_complain(asl, &state->at, "These fields are required: [Type]");
        return WF_STATE_END;
    }

    for (type = 1; type < WF_STATE_END; type++) {
        if (value->type == WF_STRING
            && wf_str_eq(types[type].name, value->u.string))
        {
            return type;
        }
    }

    at = wf_asl_at(&state->at, "Type");
    wf_asl_complain(asl, &at, "The field 'Type' should have one of these "
                    "values: [Task, Wait, Pass, Succeed, Fail, Choice, "
                    "Parallel, Map]");

    return WF_STATE_END;
}


/* Next or End, exactly one, where a state moves on. */
static void
next_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    bool             ends;
    uint8_t          type;
    wf_asl_place_t   at;

    type = state->node->type;
    ends = state->f.end && state->f.end->boolean;

    if (type == WF_STATE_CHOICE || type == WF_STATE_SUCCEED
        || type == WF_STATE_FAIL)
    {
        return;
    }

    if (state->f.next && ends) {
        wf_asl_complain(asl, &state->at, "There should only be one of the "
                        "following fields: [Next, End]");
        return;
    }

    if (state->f.next) {
        at = wf_asl_at(&state->at, "Next");
        wf_asl_link(asl, state, &at, state->f.next, &state->node->next);
        return;
    }

    if (!ends && wf_value_get(state->value, wf_str("Next")) == NULL) {
        wf_asl_complain(asl, &state->at, "There should be one of the "
                        "following fields: [Next, End]");
    }
}


static void
data_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    wf_asl_t        *own;
    const char      *name;
    wf_asl_place_t   at;

    own = state->asl;

    at = wf_asl_at(&state->at, "InputPath");
    wf_asl_path(asl, &at, state->f.input_path, WF_EXPR_ASL_PATH,
                &own->input_path);
    at = wf_asl_at(&state->at, "OutputPath");
    wf_asl_path(asl, &at, state->f.output_path, WF_EXPR_ASL_PATH,
                &own->output_path);
    at = wf_asl_at(&state->at, "ResultPath");
    wf_asl_path(asl, &at, state->f.result_path, WF_EXPR_ASL_REFERENCE,
                &own->result_path);
    at = wf_asl_at(&state->at, "ResultSelector");
    own->selector = wf_asl_template(asl, &at, state->f.selector, false);
    at = wf_asl_at(&state->at, "Output");
    own->output = wf_asl_template(asl, &at, state->f.output, true);
    at = wf_asl_at(&state->at, "Assign");
    own->assign = wf_asl_assign(asl, &at, state->f.assign, own->is_jsonata);

    if (state->node->type == WF_STATE_MAP) {
        return;
    }

    name = own->is_jsonata ? "Arguments" : "Parameters";
    at = wf_asl_at(&state->at, name);
    own->parameters = wf_asl_template(asl, &at, own->is_jsonata
                                                ? state->f.arguments
                                                : state->f.parameters,
                                      own->is_jsonata);
}


/* What does not fit is reported; NULL: this state is not built. */
static wf_node_t *
node_build(wf_asl_front_t *asl, const wf_asl_state_t *state, wf_str_t name,
    wf_state_type_t type, uint32_t scope)
{
    wf_node_t  *node;

    if (name.len == 0 || wf_utf8_length(name) > WF_STATE_NAME_ASL_MAX) {
        wf_asl_complain_as(asl, "INVALID_STATE_NAME", &state->at,
                           "State names must have 1 to %d characters",
                           WF_STATE_NAME_ASL_MAX);
        return NULL;
    }

    if (wf_verify_find(asl->front.builder, WF_NONE, name)) {
        wf_asl_complain_as(asl, "DUPLICATE_STATE_NAME", &state->at,
                           "Duplicate State name: %.*s", (int) name.len,
                           (const char *) name.data);
        return NULL;
    }

    node = wf_builder_node(asl->front.builder, scope, type, name,
                           state->value->mark, asl->err);

    if (node == NULL) {
        wf_asl_complain_err(asl, &state->at);
        return NULL;
    }

    node->asl = wf_arena_calloc(asl->front.arena, sizeof(wf_asl_t));
    asl->failed |= node->asl == NULL;

    return node->asl ? node : NULL;
}


static void
state_build(wf_asl_front_t *asl, const wf_asl_place_t *outer,
    const wf_value_t *states, uint32_t index, uint32_t scope)
{
    bool                is_jsonata;
    wf_asl_state_t      state;
    wf_state_type_t     type;
    const wf_member_t  *member;

    member = &states->u.members[index];
    state.value = member->value;
    state.states = states;
    state.at = wf_asl_at_key(outer, member->key);

    if (state.value->type != WF_OBJECT) {
        wf_asl_complain(asl, &state.at, "Expected value of type Object");
        return;
    }

    type = type_read(asl, &state);

    if (type == WF_STATE_END) {
        return;
    }

    is_jsonata = language_read(asl, &state.at,
                               wf_value_get(state.value,
                                            wf_str("QueryLanguage")),
                               asl->is_jsonata);

    if (asl->is_jsonata && !is_jsonata) {
        wf_asl_complain(asl, &state.at, "'QueryLanguage' can not be "
                        "'JSONPath' if set to 'JSONata' for whole state "
                        "machine");
        return;
    }

    wf_asl_read_state(asl, type, is_jsonata, &state);
    state.node = node_build(asl, &state, member->key, type, scope);

    if (state.node == NULL) {
        return;
    }

    state.asl = state.node->asl;
    state.asl->is_jsonata = is_jsonata;

    data_build(asl, &state);

    if (types[type].build && !asl->failed) {
        types[type].build(asl, &state);
    }

    if (!asl->failed) {
        wf_asl_errors(asl, &state);
    }

    if (!asl->failed) {
        next_build(asl, &state);
        wf_asl_references(asl, &state);
    }
}


uint32_t
wf_asl_scope(wf_asl_front_t *asl, const wf_asl_place_t *outer, uint32_t owner,
    const wf_value_t *start, const wf_value_t *states)
{
    uint32_t        i, scope;
    wf_asl_place_t  at, here;

    at = wf_asl_at(outer, "States");
    scope = wf_builder_scope(asl->front.builder, owner, states->mark,
                             asl->err);

    if (scope == WF_NONE) {
        if (asl->err->code != WF_E_INTERNAL) {
            wf_error_clear(asl->err);
            wf_asl_complain_as(asl, "TOO_DEEPLY_NESTED", &at, "States are "
                               "nested deeper than %d levels",
                               WF_SCOPE_DEPTH_MAX);
        } else {
            asl->failed = true;
        }

        return WF_NONE;
    }

    if (states->count == 0) {
        wf_asl_complain(asl, &at, "Value cannot be empty");
        return WF_NONE;
    }

    for (i = 0; i < states->count && !asl->failed; i++) {
        state_build(asl, &at, states, i, scope);
    }

    here = wf_asl_at(outer, "StartAt");

    if (wf_value_get(states, start->u.string) == NULL) {
        wf_asl_complain_as(asl, "MISSING_TRANSITION_TARGET", &here,
                           "Missing 'StartAt' target: %.*s",
                           (int) start->u.string.len,
                           (const char *) start->u.string.data);

    } else if (wf_builder_start(asl->front.builder, scope, start->u.string,
                                start->mark, asl->err)
               != WF_OK)
    {
        wf_asl_complain_err(asl, &here);
    }

    wf_asl_reach(asl, outer, start, states);

    return scope;
}


static void
machine_build(wf_asl_front_t *asl, const wf_value_t *root)
{
    root_t          fields;
    wf_asl_place_t  at;

    memset(&fields, 0, sizeof(fields));
    at = wf_asl_at(NULL, "");

    if (!wf_asl_read(asl, &at, root, root_rows, wf_countof(root_rows), false,
                     &fields))
    {
        return;
    }

    asl->is_jsonata = language_read(asl, NULL, fields.language, false);

    if (fields.version && !wf_str_eq(fields.version->u.string,
                                     wf_str("1.0")))
    {
        at = wf_asl_at(NULL, "Version");
        wf_asl_complain(asl, &at, "The field 'Version' should have one of "
                        "these values: [1.0]");
    }

    if (fields.timeout && fields.timeout->type == WF_NUMBER) {
        asl->front.builder->program->timeout_ms =
            (uint64_t) fields.timeout->u.number.real * 1000;
    }

    if (fields.start && fields.states) {
        (void) wf_asl_scope(asl, NULL, WF_NONE, fields.start, fields.states);
        wf_asl_variables(asl, NULL, fields.states);
    }
}


/* The text's own fault, as the service words it. */
static void
fault_report(wf_asl_front_t *asl, wf_str_t text)
{
    wf_buf_t       message, source;
    wf_json_fault_t  fault;

    wf_json_fault(text, asl->front.arena, &fault);
    wf_buf_init(&source, asl->front.arena, 0);
    wf_buf_text(&source, "[Source: (String)\"");
    wf_buf_str(&source, fault.excerpt);
    wf_buf_text(&source, "\"");
    wf_buf_str(&source, fault.more);
    wf_buf_text(&source, "; line: ");
    wf_buf_uint(&source, fault.line);
    wf_buf_text(&source, ", column: ");
    wf_buf_uint(&source, fault.column);
    wf_buf_text(&source, "]");

    wf_buf_init(&message, asl->front.arena, 0);
    wf_buf_str(&message, fault.reason);
    wf_buf_text(&message, "\n at ");
    wf_buf_str(&message, wf_buf_done(&source));

    asl->failed |= message.failed || source.failed;

    wf_diagnostics_add(asl->list, false, "INVALID_JSON_DESCRIPTION",
                       wf_buf_done(&message), wf_buf_done(&source));
}


static bool
is_blank(wf_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] != ' ' && text.data[i] != '\t'
            && text.data[i] != '\n' && text.data[i] != '\r')
        {
            return false;
        }
    }

    return true;
}


static wf_rc_t
compile(wf_asl_front_t *asl, wf_str_t text)
{
    wf_value_t  *root;

    if (is_blank(text)) {
        wf_diagnostics_add(asl->list, false, "SCHEMA_VALIDATION_FAILED",
                           wf_str("Definition must be a valid JSON object"),
                           wf_str_none);
        return WF_OK;
    }

    if (wf_json_parse(asl->front.arena, text, &root, asl->err) != WF_OK) {
        if (asl->err->code == WF_E_INTERNAL) {
            return WF_ERROR;
        }

        wf_error_clear(asl->err);
        fault_report(asl, text);

        return WF_OK;
    }

    if (root->type != WF_OBJECT) {
        wf_diagnostics_add(asl->list, false, "SCHEMA_VALIDATION_FAILED",
                           wf_str("Definition must be a valid JSON object"),
                           wf_str_none);
        return WF_OK;
    }

    asl->front.builder = wf_builder_create(asl->front.arena, WF_DIALECT_ASL);

    if (asl->front.builder == NULL) {
        return WF_ERROR;
    }

    machine_build(asl, root);

    if (asl->list->error_count || asl->failed) {
        return WF_OK;
    }

    if (wf_builder_finish(asl->front.builder, asl->err) != WF_OK) {
        wf_asl_complain_err(asl, NULL);
    }

    return WF_OK;
}


wf_rc_t
wf_asl_compile(wf_str_t text, wf_mode_t mode, wf_program_t **program,
    wf_diagnostics_t *list, wf_error_t *err)
{
    wf_rc_t         rc;
    wf_arena_t     *arena;
    wf_program_t   *made;
    wf_asl_front_t  asl;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return wf_refuse_oom(err);
    }

    memset(&asl, 0, sizeof(asl));
    asl.front.arena = arena;
    asl.front.mode = mode;
    asl.list = list;
    asl.err = err;

    rc = compile(&asl, text);

    if (rc != WF_OK || asl.failed || list->failed) {
        wf_arena_free(arena);
        return wf_refuse_oom(err);
    }

    made = list->error_count ? NULL
                             : wf_builder_program(asl.front.builder);

    if (made && mode == WF_MODE_EXPRESS
        && (made->timeout_ms == 0 || made->timeout_ms > WF_EXPRESS_MS_MAX))
    {
        made->timeout_ms = WF_EXPRESS_MS_MAX;
    }

    if (program) {
        *program = made;
    }

    if (made == NULL || program == NULL) {
        wf_arena_free(arena);
    }

    return WF_OK;
}
