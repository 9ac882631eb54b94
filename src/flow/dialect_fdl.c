
/*
 * Generation 1, "type: flow": the flow, lists of steps, mappings and the
 * fields of all steps (fdl.md 1.1, 1.2).  Step types with more than common
 * fields are in dialect_fdl_step.c and dialect_fdl_task.c.
 */

#include "flow/dialect_fdl.h"

#include <stdio.h>


#define PASS      (1u << WF_STATE_PASS)
#define CHOICE    (1u << WF_STATE_CHOICE)
#define WAIT      (1u << WF_STATE_WAIT)
#define SUCCEED   (1u << WF_STATE_SUCCEED)
#define FAIL      (1u << WF_STATE_FAIL)
#define TASK      (1u << WF_STATE_TASK)
#define PARALLEL  (1u << WF_STATE_PARALLEL)
#define FOREACH   (1u << WF_STATE_MAP)
#define ALL       (PASS | CHOICE | WAIT | SUCCEED | FAIL | TASK | PARALLEL    \
                   | FOREACH)

/* Name, kind, slot, step types that may have it, that need it, range. */
#define FIELD(name, kind, slot, allowed, required, min, max)                  \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(wf_fdl_step_t, slot),      \
      allowed, required, min, max, NULL }
#define LIST_MAX  WF_FIELD_LIST_MAX

static const wf_field_t  step_rows[] = {
    FIELD("type", TEXT, type, ALL, ALL, 0, 0),
    FIELD("name", TEXT, name, ALL, ALL, 0, 0),
    FIELD("end", BOOL, end, ALL & ~(SUCCEED | FAIL), 0, 0, 0),
    FIELD("inputMappings", LIST, input, ALL, 0, 0, LIST_MAX),
    FIELD("outputMappings", LIST, output, ALL, 0, 0, LIST_MAX),
    FIELD("errorMappings", LIST, error_output, TASK, 0, 0, LIST_MAX),
    FIELD("resourceArn", TEXT, resource, TASK, 0, 0, WF_RESOURCE_LEN_MAX),
    FIELD("action", TEXT, action, TASK, 0, 0, WF_RESOURCE_LEN_MAX),
    FIELD("pattern", STRING, pattern, TASK, 0, 0, 0),
    FIELD("timeoutSeconds", INT, timeout, TASK, 0, 1, WF_TIMEOUT_FDL_MAX),
    FIELD("serviceParams", OBJECT, params, TASK, 0, 0, 0),
    FIELD("retry", LIST, retry, TASK, 0, 0, LIST_MAX),
    FIELD("catch", LIST, catch, TASK, 0, 0, LIST_MAX),
    FIELD("duration", ANY, duration, WAIT, 0, 0, 0),
    FIELD("timestamp", TEXT, timestamp, WAIT, 0, 0, 0),
    FIELD("error", STRING, error, FAIL, 0, 0, 0),
    FIELD("cause", STRING, cause, FAIL, 0, 0, 0),
    FIELD("choices", LIST, choices, CHOICE, 0, 0, LIST_MAX),
    FIELD("default", OBJECT, otherwise, CHOICE, 0, 0, 0),
    FIELD("branches", LIST, branches, PARALLEL, PARALLEL, 1, LIST_MAX),
    FIELD("iterationMapping", OBJECT, iteration, FOREACH, FOREACH, 0, 0),
    FIELD("steps", LIST, steps, FOREACH, FOREACH, 0, LIST_MAX)
};

static const wf_fields_t  step_fields = wf_table(step_rows);

#undef FIELD


/* Indexed by wf_state_type_t; NULL: common fields only. */
static const wf_fdl_build_pt  builds[WF_STATE_END] = {
    [WF_STATE_CHOICE] = wf_fdl_choice,
    [WF_STATE_WAIT] = wf_fdl_wait,
    [WF_STATE_TASK] = wf_fdl_task,
    [WF_STATE_PARALLEL] = wf_fdl_parallel,
    [WF_STATE_MAP] = wf_fdl_foreach
};


typedef struct {
    const wf_value_t  *version;
    const wf_value_t  *type;
    const wf_value_t  *steps;
    const wf_value_t  *input;
    const wf_value_t  *output;
    const wf_value_t  *timeout;
} root_t;

#define FIELD(name, kind, slot, required, min, max)                           \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(root_t, slot), 1,          \
      required, min, max, NULL }

static const wf_field_t  root_rows[] = {
    FIELD("version", STRING, version, 1, 0, 0),
    FIELD("type", STRING, type, 1, 0, 0),
    FIELD("steps", LIST, steps, 1, 0, LIST_MAX),
    FIELD("inputMappings", LIST, input, 0, 0, LIST_MAX),
    FIELD("outputMappings", LIST, output, 0, 0, LIST_MAX),
    FIELD("timeoutSeconds", INT, timeout, 0, 1, WF_TIMEOUT_FDL_MAX)
};

#undef FIELD

static const wf_fields_t  root_fields = {
    root_rows, wf_countof(root_rows), true
};

static const wf_word_t  version_words[] = {
    { wf_str_init("v1"), 0 },
    { wf_str_init("v1beta1"), 0 },
    { wf_str_init("v1.0"), 0 }
};

static const wf_words_t  versions = wf_words(version_words);


/* $output would pass as a constant string, which nobody means. */
static wf_rc_t
source_check(const wf_value_t *mapping, wf_error_t *err)
{
    uint8_t            c;
    wf_str_t           text, root;
    const wf_value_t  *source;

    root = wf_str("$output");
    source = wf_value_get(mapping, wf_str("source"));

    if (source == NULL || source->type != WF_STRING
        || !wf_str_starts(source->u.string, root))
    {
        return WF_OK;
    }

    text = source->u.string;
    c = text.len == root.len ? '.' : text.data[root.len];

    if (c == '.' || c == '[') {
        return wf_refuse(err, source->mark,
                         "'$output' does not exist in this generation; "
                         "the result of a step is '$local'");
    }

    return WF_OK;
}


wf_rc_t
wf_fdl_mappings(wf_front_t *front, const wf_value_t *list,
    wf_template_t **template, wf_error_t *err)
{
    uint32_t  i;

    if (list == NULL) {
        *template = NULL;
        return WF_OK;
    }

    for (i = 0; i < list->count; i++) {
        if (source_check(list->u.items[i], err) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (wf_template_mappings(front->arena, list, template, err) != WF_OK) {
        return wf_refuse_wrap(err, list->mark, "mappings");
    }

    return WF_OK;
}


/* Known to the editor's schema alone (fdl.md 1.3.9). */
static wf_rc_t
loop_check(const wf_value_t *item, wf_error_t *err)
{
    const wf_value_t  *type;

    type = wf_value_get(item, wf_str("type"));

    if (type && type->type == WF_STRING
        && wf_str_eq(type->u.string, wf_str("loop")))
    {
        return wf_refuse(err, type->mark,
                         "step type 'loop' is not supported; use a choice "
                         "whose 'goto' names an earlier step");
    }

    return WF_OK;
}


static wf_rc_t
common_build(wf_front_t *front, const wf_fdl_step_t *step, wf_node_t *node,
    wf_error_t *err)
{
    node->ends_scope = node->type == WF_STATE_SUCCEED
                       || (step->end && step->end->boolean);

    if (wf_fdl_mappings(front, step->input, &node->input, err) != WF_OK) {
        return WF_ERROR;
    }

    if (node->type == WF_STATE_FAIL) {
        node->u.fail.error = wf_front_string(step->error);
        node->u.fail.cause = wf_front_string(step->cause);
    }

    if (builds[node->type]
        && builds[node->type](front, step, node, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_fdl_mappings(front, step->output, &node->output, err);
}


/* NULL: refused. */
static wf_node_t *
step_build(wf_front_t *front, const wf_value_t *item, uint32_t scope,
    wf_error_t *err)
{
    char              what[32];
    wf_node_t        *node;
    const char       *name;
    wf_fdl_step_t     step;
    wf_state_type_t   type;

    if (loop_check(item, err) != WF_OK
        || wf_front_type(WF_DIALECT_FDL, item, &type, err) != WF_OK)
    {
        return NULL;
    }

    name = wf_front_state_name(WF_DIALECT_FDL, type);
    (void) snprintf(what, sizeof(what), "a %s step", name);

    if (wf_fields_read(item, &step_fields, 1u << type, what, &step, err)
        != WF_OK)
    {
        return NULL;
    }

    node = wf_builder_node(front->builder, scope, type, step.name->u.string,
                           item->mark, err);

    if (node == NULL || common_build(front, &step, node, err) != WF_OK) {
        return NULL;
    }

    return node;
}


/* The order of a list is the control flow: next is the following sibling. */
static wf_rc_t
steps_build(wf_front_t *front, const wf_value_t *list, uint32_t scope,
    wf_error_t *err)
{
    uint32_t    i;
    wf_node_t  *node, *last;

    last = NULL;

    for (i = 0; i < list->count; i++) {
        node = step_build(front, list->u.items[i], scope, err);

        if (node == NULL) {
            return WF_ERROR;
        }

        if (last && !last->ends_scope && last->type != WF_STATE_FAIL) {
            last->next = node->no;
        }

        last = node;
    }

    return WF_OK;
}


uint32_t
wf_fdl_scope(wf_front_t *front, uint32_t owner, const wf_value_t *list,
    wf_error_t *err)
{
    uint32_t  scope;

    scope = wf_builder_scope(front->builder, owner, list->mark, err);

    if (scope == WF_NONE || steps_build(front, list, scope, err) != WF_OK) {
        return WF_NONE;
    }

    return scope;
}


wf_rc_t
wf_dialect_fdl(wf_front_t *front, const wf_value_t *root, wf_error_t *err)
{
    root_t         fields;
    uint8_t        ignored;
    wf_program_t  *program;

    if (wf_fields_read(root, &root_fields, 1, "the flow", &fields, err)
        != WF_OK
        || wf_fields_word(fields.version, &versions, "version", &ignored, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    program = wf_builder_program(front->builder);
    program->timeout_ms = (uint64_t) wf_front_int(fields.timeout, 0) * 1000;

    if (wf_fdl_mappings(front, fields.input, &program->input, err) != WF_OK
        || wf_fdl_scope(front, WF_NONE, fields.steps, err) == WF_NONE)
    {
        return WF_ERROR;
    }

    return wf_fdl_mappings(front, fields.output, &program->output, err);
}
