
/*
 * Generation 2: Parallel and Map, inline (fdl.md 2.4.7, 2.4.8).  What
 * distributed mode adds is in dialect_cfl_run.c.
 */

#include "flow/dialect_cfl.h"


typedef struct {
    const wf_value_t  *start;
    const wf_value_t  *states;
    const wf_value_t  *config;
    const wf_value_t  *mode;
} part_t;

#define FIELD(name, kind, slot, required, min)                                \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(part_t, slot), 1,          \
      required, min, WF_FIELD_LIST_MAX, NULL }

static const wf_field_t  branch_rows[] = {
    FIELD("StartAt", TEXT, start, 1, 0),
    FIELD("States", LIST, states, 1, 1)
};

static const wf_field_t  processor_rows[] = {
    FIELD("StartAt", TEXT, start, 1, 0),
    FIELD("States", LIST, states, 1, 1),
    FIELD("ProcessorConfig", OBJECT, config, 0, 0)
};

static const wf_field_t  config_rows[] = {
    FIELD("ExecutionMode", STRING, mode, 1, 0)
};

#undef FIELD

static const wf_fields_t  branch_fields = wf_table(branch_rows);
static const wf_fields_t  processor_fields = wf_table(processor_rows);
static const wf_fields_t  config_fields = wf_table(config_rows);

static const wf_word_t  mode_words[] = {
    { wf_str_init("Standard"), WF_MODE_STANDARD },
    { wf_str_init("Express"), WF_MODE_EXPRESS }
};

static const wf_words_t  modes = wf_words(mode_words);


wf_rc_t
wf_cfl_parallel(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err)
{
    part_t    branch;
    uint32_t  i;

    if (wf_front_fork(front, node, state->branches->count, err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < state->branches->count; i++) {
        if (wf_fields_read(state->branches->u.items[i], &branch_fields, 1,
                           "a branch", &branch, err)
            != WF_OK
            || wf_cfl_scope(front, node->no, branch.start, branch.states,
                            &node->u.fork.scopes[i], err)
               != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* ProcessorConfig may stand in the Processor or beside it (2.4.9). */
static wf_rc_t
config_read(const wf_cfl_state_t *state, const part_t *processor,
    bool *distributed, wf_mode_t *mode, wf_error_t *err)
{
    part_t             part;
    uint8_t            word;
    const wf_value_t  *config;

    config = state->config ? state->config : processor->config;
    *distributed = config != NULL;

    if (config == NULL) {
        return WF_OK;
    }

    if (state->config && processor->config) {
        return wf_refuse(err, wf_max(state->config->mark,
                                     processor->config->mark),
                         "'ProcessorConfig' is given twice");
    }

    if (wf_fields_read(config, &config_fields, 1, "'ProcessorConfig'", &part,
                       err)
        != WF_OK
        || wf_fields_word(part.mode, &modes, "ExecutionMode", &word, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    *mode = word;

    return WF_OK;
}


static wf_rc_t
concurrency_build(wf_front_t *front, const wf_value_t *value,
    bool distributed, wf_node_t *node, wf_error_t *err)
{
    int64_t        max;
    wf_program_t  *program;

    max = distributed ? WF_CONCURRENCY_RUN_MAX : WF_CONCURRENCY_CFL;
    node->u.fork.concurrency = WF_CONCURRENCY_CFL;

    if (value == NULL) {
        return WF_OK;
    }

    if (value->u.number.integer < 1 || value->u.number.integer > max) {
        return wf_refuse(err, value->mark,
                         "the concurrency of a Map in %s mode must be from "
                         "1 to %d", distributed ? "distributed" : "inline",
                         (int) max);
    }

    node->u.fork.concurrency = value->u.number.integer;
    program = wf_builder_program(front->builder);

    if (distributed && node->u.fork.concurrency > program->run_concurrency) {
        program->run_concurrency = node->u.fork.concurrency;
        program->run_mark = value->mark;
    }

    return WF_OK;
}


/* Fields that mean nothing when the iterations run in this execution. */
static wf_rc_t
inline_check(const wf_cfl_state_t *state, wf_error_t *err)
{
    size_t             i;
    const wf_value_t  *fields[] = {
        state->reader, state->item, state->batcher, state->writer,
        state->items_max, state->tolerated_share, state->tolerated_count
    };
    static const char *const  names[] = {
        "ItemReader", "ItemConstructor", "ItemBatcher", "ResultWriter",
        "MaxItems", "a tolerated percentage", "a tolerated count"
    };

    for (i = 0; i < wf_countof(fields); i++) {
        if (fields[i]) {
            return wf_refuse(err, fields[i]->mark,
                             "%s needs distributed mode, that is "
                             "'ProcessorConfig' with an 'ExecutionMode'",
                             names[i]);
        }
    }

    return WF_OK;
}


static wf_rc_t
items_build(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    wf_error_t *err)
{
    if (wf_fields_either(state->items, "ItemsPath", state->reader,
                         "ItemReader", err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    if (state->items) {
        return wf_front_expr(front, state->items, WF_EXPR_CFL, "ItemsPath",
                             &node->u.fork.items, err);
    }

    if (state->reader == NULL) {
        return wf_refuse(err, node->mark, "a Map state needs 'ItemsPath'");
    }

    return WF_OK;
}


/* Children of a map run have a mode of their own. */
wf_rc_t
wf_cfl_map(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    wf_error_t *err)
{
    bool       distributed;
    part_t     processor;
    wf_rc_t    rc;
    wf_mode_t  mode, outer;

    outer = front->mode;
    mode = outer;

    if (wf_fields_read(state->processor, &processor_fields, 1, "'Processor'",
                       &processor, err)
        != WF_OK
        || config_read(state, &processor, &distributed, &mode, err) != WF_OK
        || items_build(front, state, node, err) != WF_OK
        || concurrency_build(front, state->concurrency, distributed, node,
                             err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    rc = distributed ? wf_cfl_map_run(front, state, mode, node, err)
                     : inline_check(state, err);

    if (rc != WF_OK || wf_front_fork(front, node, 1, err) != WF_OK) {
        return WF_ERROR;
    }

    front->mode = mode;
    rc = wf_cfl_scope(front, node->no, processor.start, processor.states,
                      &node->u.fork.scopes[0], err);
    front->mode = outer;

    return rc;
}
