
/*
 * Parallel and Map of the Amazon States Language (asl 13, 14).
 */

#include "flow/dialect_asl_data.h"

#include "base/limits.h"
#include "base/utf8.h"


typedef struct {
    const wf_value_t  *start;
    const wf_value_t  *states;
    const wf_value_t  *comment;
    const wf_value_t  *config;
    const wf_value_t  *mode;
    const wf_value_t  *type;
    const wf_value_t  *resource;
    const wf_value_t  *parameters;
    const wf_value_t  *arguments;
    const wf_value_t  *items_max;
    const wf_value_t  *items_max_path;
    const wf_value_t  *bytes_max;
    const wf_value_t  *bytes_max_path;
    const wf_value_t  *input;
} part_t;

#define ROW(name, kind, language, required, min, max, slot)                   \
    { name, WF_ASL_##kind, WF_ASL_##language, required, min, max,             \
      offsetof(part_t, slot) }
#define SCOPE                                                                 \
    ROW("StartAt", STRING, BOTH, true, 0, 0, start),                          \
    ROW("States", OBJECT, BOTH, true, 0, 0, states),                          \
    ROW("Comment", STRING, BOTH, false, 0, 0, comment)

static const wf_asl_row_t  branch_rows[] = { SCOPE };

static const wf_asl_row_t  processor_rows[] = {
    SCOPE,
    ROW("ProcessorConfig", OBJECT, BOTH, false, 0, 0, config)
};

static const wf_asl_row_t  config_rows[] = {
    ROW("Mode", STRING, BOTH, false, 0, 0, mode),
    ROW("ExecutionType", STRING, BOTH, false, 0, 0, type)
};

static const wf_asl_row_t  reader_rows[] = {
    ROW("Resource", STRING, BOTH, true, 0, 0, resource),
    ROW("ReaderConfig", OBJECT, BOTH, false, 0, 0, config),
    ROW("Parameters", OBJECT, JSONPATH, false, 0, 0, parameters),
    ROW("Arguments", ANY, JSONATA, false, 0, 0, arguments)
};

static const wf_asl_row_t  writer_rows[] = {
    ROW("Resource", STRING, BOTH, false, 0, 0, resource),
    ROW("WriterConfig", OBJECT, BOTH, false, 0, 0, config),
    ROW("Parameters", OBJECT, JSONPATH, false, 0, 0, parameters),
    ROW("Arguments", ANY, JSONATA, false, 0, 0, arguments)
};

static const wf_asl_row_t  batcher_rows[] = {
    ROW("MaxItemsPerBatch", INT, BOTH, false, 1, 1e9, items_max),
    ROW("MaxItemsPerBatchPath", STRING, JSONPATH, false, 0, 0,
        items_max_path),
    ROW("MaxInputBytesPerBatch", INT, BOTH, false, 1, 262144, bytes_max),
    ROW("MaxInputBytesPerBatchPath", STRING, JSONPATH, false, 0, 0,
        bytes_max_path),
    ROW("BatchInput", ANY, BOTH, false, 0, 0, input)
};

#undef ROW
#undef SCOPE


static void
fork_scope(wf_asl_front_t *asl, wf_asl_state_t *state,
    const wf_asl_place_t *at, const part_t *part, uint32_t index)
{
    uint32_t  scope;

    if (part->start == NULL || part->states == NULL) {
        return;
    }

    scope = wf_asl_scope(asl, at, state->node->no, part->start,
                         part->states);
    state->node->u.fork.scopes[index] = scope;
}


void
wf_asl_parallel(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    part_t             part;
    uint32_t           i;
    wf_asl_place_t     at, here;
    const wf_value_t  *branch;

    if (state->f.branches == NULL) {
        if (wf_value_get(state->value, wf_str("Branches")) == NULL) {
            wf_asl_complain(asl, &state->at,
                            "These fields are required: [Branches]");
        }

        return;
    }

    if (wf_front_fork(&asl->front, state->node, state->f.branches->count,
                      asl->err)
        != WF_OK)
    {
        asl->failed = true;
        return;
    }

    at = wf_asl_at(&state->at, "Branches");

    for (i = 0; i < state->f.branches->count; i++) {
        here = wf_asl_at_index(&at, i);
        branch = state->f.branches->u.items[i];
        memset(&part, 0, sizeof(part));

        if (wf_asl_read(asl, &here, branch, branch_rows,
                        wf_countof(branch_rows), false, &part))
        {
            fork_scope(asl, state, &here, &part, i);
        }
    }
}


static bool
one_of(wf_asl_front_t *asl, const wf_asl_place_t *at, const char *field,
    const wf_value_t *value, const char *a, const char *b)
{
    wf_asl_place_t  here;

    if (wf_str_eq(value->u.string, wf_str_of(a))) {
        return false;
    }

    if (wf_str_eq(value->u.string, wf_str_of(b))) {
        return true;
    }

    here = wf_asl_at(at, field);
    wf_asl_complain(asl, &here, "The field '%s' should have one of these "
                    "values: [%s, %s]", field, a, b);

    return false;
}


static void
config_build(wf_asl_front_t *asl, wf_asl_state_t *state,
    const wf_asl_place_t *processor, const wf_value_t *config)
{
    part_t          part;
    wf_asl_place_t  at;

    if (config == NULL) {
        return;
    }

    memset(&part, 0, sizeof(part));
    at = wf_asl_at(processor, "ProcessorConfig");

    if (!wf_asl_read(asl, &at, config, config_rows, wf_countof(config_rows),
                     false, &part))
    {
        return;
    }

    if (part.mode) {
        state->asl->is_distributed = one_of(asl, &at, "Mode", part.mode,
                                            "INLINE", "DISTRIBUTED");
    }

    if (part.type) {
        state->asl->is_express = one_of(asl, &at, "ExecutionType", part.type,
                                        "STANDARD", "EXPRESS");
    }

    if (state->asl->is_distributed && part.type == NULL) {
        wf_asl_complain(asl, &at,
                        "These fields are required: [ExecutionType]");
    }

    if (state->asl->is_distributed
        && asl->front.mode == WF_MODE_EXPRESS)
    {
        wf_asl_complain(asl, &at, "Express state machine does not support "
                        "distributed Map state");
    }
}


/* Fields that need distributed mode; the tolerated failures are taken, and
 * mean nothing [R]. */
static void
inline_check(wf_asl_front_t *asl, const wf_asl_state_t *state)
{
    size_t  i;

    static const char *const  names[] = {
        "ItemReader", "ItemBatcher", "ResultWriter", "Label"
    };

    if (state->asl->is_distributed) {
        return;
    }

    for (i = 0; i < wf_countof(names); i++) {
        if (wf_value_get(state->value, wf_str_of(names[i]))) {
            wf_asl_complain(asl, &state->at, "Field '%s' is only supported "
                            "for a distributed Map state", names[i]);
        }
    }
}


static void
items_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    wf_str_t         text;
    wf_asl_place_t   at;

    if (state->f.items_path) {
        at = wf_asl_at(&state->at, "ItemsPath");
        state->node->u.fork.items = wf_asl_expr(asl, &at,
                                                state->f.items_path,
                                                WF_EXPR_ASL_PATH);
    }

    if (state->f.items == NULL) {
        return;
    }

    at = wf_asl_at(&state->at, "Items");

    if (wf_asl_is_expression(state->f.items, &text)) {
        state->node->u.fork.items = wf_asl_expr(asl, &at, state->f.items,
                                                WF_EXPR_JSONATA);

    } else if (state->f.items->type == WF_ARRAY
               || (state->f.items->type == WF_OBJECT
                   && state->asl->is_distributed))
    {
        state->asl->items_template = wf_asl_template(asl, &at,
                                                     state->f.items, true);

    } else {
        wf_asl_complain(asl, &at, "Expected value of type Array");
    }
}


static void
reader_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    part_t          part;
    wf_asl_place_t  at, here;

    at = wf_asl_at(&state->at, "ItemReader");
    memset(&part, 0, sizeof(part));

    if (state->f.reader == NULL
        || !wf_asl_read(asl, &at, state->f.reader, reader_rows,
                        wf_countof(reader_rows), state->asl->is_jsonata,
                        &part)
        || part.resource == NULL)
    {
        return;
    }

    state->asl->reader_resource = part.resource->u.string;
    here = wf_asl_at(&at, "Parameters");
    state->asl->reader = wf_asl_template(asl, &here, part.parameters, false);

    if (part.arguments) {
        here = wf_asl_at(&at, "Arguments");
        state->asl->reader = wf_asl_template(asl, &here, part.arguments,
                                             true);
    }

    if (part.config == NULL) {
        return;
    }

    state->asl->reader_config = part.config;
    here = wf_asl_at(&at, "ReaderConfig");
    wf_asl_number(asl, state, &here, "MaxItems",
                  wf_value_get(part.config, wf_str("MaxItems")),
                  wf_value_get(part.config, wf_str("MaxItemsPath")),
                  &state->asl->reader_max_items);
}


static void
writer_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    part_t          part;
    wf_asl_place_t  at, here;

    at = wf_asl_at(&state->at, "ResultWriter");
    memset(&part, 0, sizeof(part));

    if (state->f.writer == NULL
        || !wf_asl_read(asl, &at, state->f.writer, writer_rows,
                        wf_countof(writer_rows), state->asl->is_jsonata,
                        &part))
    {
        return;
    }

    state->asl->writer_config = part.config;
    here = wf_asl_at(&at, "Parameters");
    state->asl->writer = wf_asl_template(asl, &here, part.parameters, false);

    if (part.arguments) {
        here = wf_asl_at(&at, "Arguments");
        state->asl->writer = wf_asl_template(asl, &here, part.arguments,
                                             true);
    }

    if (part.resource) {
        state->asl->writer_resource = part.resource->u.string;
    }
}


static void
batcher_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    part_t          part;
    wf_asl_place_t  at, here;

    at = wf_asl_at(&state->at, "ItemBatcher");
    memset(&part, 0, sizeof(part));

    if (state->f.batcher == NULL
        || !wf_asl_read(asl, &at, state->f.batcher, batcher_rows,
                        wf_countof(batcher_rows), state->asl->is_jsonata,
                        &part))
    {
        return;
    }

    wf_asl_number(asl, state, &at, "MaxItemsPerBatch", part.items_max,
                  part.items_max_path, &state->asl->batch_items);
    wf_asl_number(asl, state, &at, "MaxInputBytesPerBatch", part.bytes_max,
                  part.bytes_max_path, &state->asl->batch_bytes);

    if (!state->asl->batch_items.is_set && !state->asl->batch_bytes.is_set) {
        wf_asl_complain(asl, &at, "There should be one of the following "
                        "fields: [MaxItemsPerBatch, MaxItemsPerBatchPath, "
                        "MaxInputBytesPerBatch, MaxInputBytesPerBatchPath]");
    }

    here = wf_asl_at(&at, "BatchInput");
    state->asl->batch_input = wf_asl_template(asl, &here, part.input,
                                              state->asl->is_jsonata);
}


static void
label_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    size_t          i;
    wf_str_t        label;
    wf_asl_place_t  at;

    if (state->f.label == NULL) {
        return;
    }

    label = state->f.label->u.string;
    at = wf_asl_at(&state->at, "Label");

    if (label.len == 0 || wf_utf8_length(label) > WF_LABEL_LEN_MAX) {
        wf_asl_complain_as(asl, "INVALID_LABEL_NAME", &at, "Label must have "
                           "1 to %d characters", WF_LABEL_LEN_MAX);
        return;
    }

    for (i = 0; i < label.len; i++) {
        /* C1 controls are C2 80 to C2 9F */

        if (label.data[i] <= ' ' || label.data[i] == 0x7f
            || (label.data[i] == 0xc2 && label.data[i + 1] < 0xa0)
            || strchr("?*<>{}[]:;,\\|^~$#%&\"`/", label.data[i]))
        {
            wf_asl_complain_as(asl, "INVALID_LABEL_NAME", &at, "Label has a "
                               "character that is not allowed");
            return;
        }
    }

    state->asl->label = label;
}


static void
limits_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    wf_asl_number(asl, state, &state->at, "MaxConcurrency",
                  state->f.concurrency, state->f.concurrency_path,
                  &state->asl->concurrency);
    wf_asl_number(asl, state, &state->at, "ToleratedFailureCount",
                  state->f.tolerated, state->f.tolerated_path,
                  &state->asl->tolerated_count);
    wf_asl_number(asl, state, &state->at, "ToleratedFailurePercentage",
                  state->f.tolerated_share, state->f.tolerated_share_path,
                  &state->asl->tolerated_percentage);
}


/* ItemSelector, or by its old name Parameters. */
static void
selector_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    const char        *name;
    wf_asl_place_t     at;
    const wf_value_t  *value;

    static const char *const  names[] = { "ItemSelector", "Parameters", NULL };

    if (!wf_asl_only_one(asl, &state->at, state->value, names)) {
        return;
    }

    name = state->f.item_selector ? names[0] : names[1];
    value = state->f.item_selector ? state->f.item_selector
                                   : state->f.parameters;
    at = wf_asl_at(&state->at, name);
    state->node->u.fork.item = wf_asl_template(asl, &at, value,
                                               state->asl->is_jsonata);
}


void
wf_asl_map(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    part_t             part;
    wf_mode_t          outer;
    wf_asl_place_t     at;
    const wf_value_t  *processor;

    static const char *const  names[] = { "ItemProcessor", "Iterator", NULL };

    processor = state->f.processor ? state->f.processor : state->f.iterator;

    if (!wf_asl_only_one(asl, &state->at, state->value, names)) {
        return;
    }

    if (processor == NULL) {
        wf_asl_complain(asl, &state->at,
                        "These fields are required: [ItemProcessor]");
        return;
    }

    if (wf_front_fork(&asl->front, state->node, 1, asl->err) != WF_OK) {
        asl->failed = true;
        return;
    }

    memset(&part, 0, sizeof(part));
    at = wf_asl_at(&state->at, state->f.processor ? names[0] : names[1]);

    if (!wf_asl_read(asl, &at, processor, processor_rows,
                     wf_countof(processor_rows), false, &part))
    {
        return;
    }

    config_build(asl, state, &at, part.config);
    inline_check(asl, state);
    items_build(asl, state);
    selector_build(asl, state);
    limits_build(asl, state);
    reader_build(asl, state);
    writer_build(asl, state);
    batcher_build(asl, state);
    label_build(asl, state);

    outer = asl->front.mode;

    if (state->asl->is_distributed) {
        asl->front.mode = state->asl->is_express ? WF_MODE_EXPRESS
                                                 : WF_MODE_STANDARD;
    }

    fork_scope(asl, state, &at, &part, 0);
    asl->front.mode = outer;
}
