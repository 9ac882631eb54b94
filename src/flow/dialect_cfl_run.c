
/*
 * Generation 2: the fields of a Map in distributed mode (fdl.md 2.4.9).
 * Checks them; what is to be evaluated becomes a template of the node, the
 * rest is kept in u.fork.distributed, an object with one spelling of all:
 *
 *   ExecutionMode               "Express" or "Standard", always there
 *   MaxItems                    integer, if given
 *   ToleratedFailurePercentage  number from 0 to 100, if given
 *   ToleratedFailureCount       integer, if given
 *   ItemReader                  {SourceType[, ReaderConfig {InputType,
 *                               MaxItems, CSVHeaders}]}, if given; template
 *                               u.fork.reader: SourceParameters
 *   ItemBatcher                 {MaxItemsPerBatch, MaxInputBytesPerBatch}, if
 *                               given, with at least one of the two;
 *                               template u.fork.batch: BatchInput
 *   ResultWriter                {}, if given; template u.fork.writer: its
 *                               Parameters
 */

#include "flow/dialect_cfl.h"


typedef struct {
    const wf_value_t  *source_type;
    const wf_value_t  *params;
    const wf_value_t  *config;
    const wf_value_t  *input_type;
    const wf_value_t  *items_max;
    const wf_value_t  *headers;
    const wf_value_t  *batch_items;
    const wf_value_t  *batch_bytes;
    const wf_value_t  *batch_input;
    const wf_value_t  *bucket;
    const wf_value_t  *object;
    const wf_value_t  *prefix;
} part_t;

#define FIELD(name, kind, slot, allowed, required, min, max)                  \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(part_t, slot), allowed,    \
      required, min, max, NULL }

static const wf_field_t  reader_rows[] = {
    FIELD("SourceType", STRING, source_type, 1, 1, 0, 0),
    FIELD("SourceParameters", OBJECT, params, 1, 1, 0, 0),
    FIELD("ReaderConfig", OBJECT, config, 1, 0, 0, 0)
};

static const wf_field_t  config_rows[] = {
    FIELD("InputType", STRING, input_type, 1, 0, 0, 0),
    FIELD("MaxItems", INT, items_max, 1, 0, 1, WF_MAP_RUN_ITEMS_MAX),
    FIELD("CSVHeaders", LIST, headers, 1, 0, 1, WF_FIELD_LIST_MAX)
};

static const wf_field_t  batcher_rows[] = {
    FIELD("MaxItemsPerBatch", INT, batch_items, 1, 0, 1,
          WF_MAP_RUN_ITEMS_MAX),
    FIELD("MaxInputBytesPerBatch", INT, batch_bytes, 1, 0, 1,
          WF_DATA_BYTES_CFL),
    FIELD("BatchInput", OBJECT, batch_input, 1, 0, 0, 0)
};

static const wf_field_t  writer_rows[] = {
    FIELD("Parameters", OBJECT, params, 1, 1, 0, 0)
};

/* Places in object storage.  A key may be an expression. */
#define LISTING  1u
#define OBJECT   2u
#define WRITER   4u

static const wf_field_t  place_rows[] = {
    FIELD("Bucket", TEXT, bucket, LISTING | OBJECT | WRITER,
          LISTING | OBJECT | WRITER, 0, 0),
    FIELD("Bucket.$", TEXT, bucket, LISTING | OBJECT | WRITER, 0, 0, 0),
    FIELD("Prefix", STRING, prefix, LISTING | WRITER, 0, 0, 0),
    FIELD("Prefix.$", TEXT, prefix, LISTING | WRITER, 0, 0, 0),
    FIELD("ObjectName", TEXT, object, OBJECT, OBJECT, 0, 0),
    FIELD("ObjectName.$", TEXT, object, OBJECT, 0, 0, 0)
};

#undef FIELD

static const wf_fields_t  reader_fields = wf_table(reader_rows);
static const wf_fields_t  config_fields = wf_table(config_rows);
static const wf_fields_t  batcher_fields = wf_table(batcher_rows);
static const wf_fields_t  writer_fields = wf_table(writer_rows);
static const wf_fields_t  place_fields = wf_table(place_rows);

static const wf_word_t  source_words[] = {
    { wf_str_init("OSSObjects"), LISTING },
    { wf_str_init("OSSObject"), OBJECT }
};

static const wf_word_t  input_words[] = {
    { wf_str_init("JSON"), 0 },
    { wf_str_init("CSV"), 0 },
    { wf_str_init("Inventory"), 0 }
};

static const wf_words_t  sources = wf_words(source_words);
static const wf_words_t  inputs = wf_words(input_words);


/* set() of a member that was given; a checked value is shared, not copied. */
static wf_rc_t
member_set(wf_front_t *front, wf_value_t *object, const char *name,
    const wf_value_t *value, wf_error_t *err)
{
    if (value == NULL) {
        return WF_OK;
    }

    if (wf_value_set(front->arena, object, wf_str_of(name),
                     (wf_value_t *) value)
        != WF_OK)
    {
        return wf_refuse_oom(err);
    }

    return WF_OK;
}


static wf_value_t *
object_add(wf_front_t *front, wf_value_t *parent, const char *name,
    wf_error_t *err)
{
    wf_value_t  *object;

    object = wf_value_object(front->arena, 4);

    if (object == NULL
        || wf_value_set(front->arena, parent, wf_str_of(name), object)
           != WF_OK)
    {
        (void) wf_refuse_oom(err);
        return NULL;
    }

    return object;
}


/*
 * A number, or an object that holds it under the field's own name: the
 * documented type of these fields is the field's name (2.4.9).
 */
static wf_rc_t
number_keep(wf_front_t *front, const wf_value_t *value, const wf_field_t *row,
    wf_value_t *kept, wf_error_t *err)
{
    const wf_value_t  *number, *wrapped;
    wf_fields_t        fields;
    wf_member_t        member;
    wf_value_t         object;

    if (value == NULL) {
        return WF_OK;
    }

    if (value->type != WF_OBJECT) {
        member = (wf_member_t) { row->name, (wf_value_t *) value,
                                 value->mark };
        memset(&object, 0, sizeof(object));
        object.type = WF_OBJECT;
        object.mark = value->mark;
        object.count = 1;
        object.u.members = &member;
        wrapped = &object;

    } else {
        wrapped = value;
    }

    fields = (wf_fields_t) { row, 1, false };

    if (wf_fields_read(wrapped, &fields, 1, (const char *) row->name.data,
                       &number, err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    return member_set(front, kept, (const char *) row->name.data, number,
                      err);
}


static wf_rc_t
limits_build(wf_front_t *front, const wf_cfl_state_t *state,
    wf_value_t *kept, wf_error_t *err)
{
    static const wf_field_t  rows[] = {
        { wf_str_init("MaxItems"), WF_FIELD_INT, 0, 1, 1, 1,
          WF_MAP_RUN_ITEMS_MAX, NULL },
        { wf_str_init("ToleratedFailurePercentage"), WF_FIELD_NUMBER, 0, 1, 1,
          0, 100, NULL },
        { wf_str_init("ToleratedFailureCount"), WF_FIELD_INT, 0, 1, 1, 0,
          WF_MAP_RUN_ITEMS_MAX, NULL }
    };

    if (number_keep(front, state->items_max, &rows[0], kept, err) != WF_OK
        || number_keep(front, state->tolerated_share, &rows[1], kept, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return number_keep(front, state->tolerated_count, &rows[2], kept, err);
}


/* A place in object storage, checked, as a template. */
static wf_rc_t
place_build(wf_front_t *front, const wf_value_t *value, uint32_t variant,
    const char *what, wf_template_t **template, wf_error_t *err)
{
    part_t  part;

    if (wf_fields_read(value, &place_fields, variant, what, &part, err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_cfl_template(front, value, what, template, err);
}


static wf_rc_t
reader_config_build(wf_front_t *front, const wf_value_t *config,
    wf_value_t *reader, wf_error_t *err)
{
    part_t       part;
    uint8_t      ignored;
    wf_str_t    *headers;
    wf_value_t  *kept;

    if (config == NULL) {
        return WF_OK;
    }

    if (wf_fields_read(config, &config_fields, 1, "'ReaderConfig'", &part,
                       err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    if (part.input_type
        && wf_fields_word(part.input_type, &inputs, "InputType", &ignored,
                          err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (part.headers
        && wf_fields_strings(front->arena, part.headers, "CSVHeaders",
                             &headers, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    kept = object_add(front, reader, "ReaderConfig", err);

    if (kept == NULL
        || member_set(front, kept, "InputType", part.input_type, err)
           != WF_OK
        || member_set(front, kept, "MaxItems", part.items_max, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return member_set(front, kept, "CSVHeaders", part.headers, err);
}


static wf_rc_t
reader_build(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err)
{
    part_t       part;
    uint8_t      source;
    wf_value_t  *kept;

    if (state->reader == NULL) {
        return WF_OK;
    }

    if (wf_fields_read(state->reader, &reader_fields, 1, "'ItemReader'",
                       &part, err)
        != WF_OK
        || wf_fields_word(part.source_type, &sources, "SourceType", &source,
                          err)
           != WF_OK
        || place_build(front, part.params, source, "'SourceParameters'",
                       &node->u.fork.reader, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    kept = object_add(front, node->u.fork.distributed, "ItemReader", err);

    if (kept == NULL
        || member_set(front, kept, "SourceType", part.source_type, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return reader_config_build(front, part.config, kept, err);
}


static wf_rc_t
batcher_build(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err)
{
    part_t       part;
    wf_value_t  *kept;

    if (state->batcher == NULL) {
        return WF_OK;
    }

    if (wf_fields_read(state->batcher, &batcher_fields, 1, "'ItemBatcher'",
                       &part, err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    if (part.batch_items == NULL && part.batch_bytes == NULL) {
        return wf_refuse(err, state->batcher->mark,
                         "'ItemBatcher' needs 'MaxItemsPerBatch' or "
                         "'MaxInputBytesPerBatch'");
    }

    kept = object_add(front, node->u.fork.distributed, "ItemBatcher", err);

    if (kept == NULL
        || member_set(front, kept, "MaxItemsPerBatch", part.batch_items, err)
           != WF_OK
        || member_set(front, kept, "MaxInputBytesPerBatch", part.batch_bytes,
                      err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_cfl_template(front, part.batch_input, "BatchInput",
                           &node->u.fork.batch, err);
}


static wf_rc_t
writer_build(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err)
{
    part_t  part;

    if (state->writer == NULL) {
        return WF_OK;
    }

    if (wf_fields_read(state->writer, &writer_fields, 1, "'ResultWriter'",
                       &part, err)
        != WF_OK
        || place_build(front, part.params, WRITER, "'Parameters'",
                       &node->u.fork.writer, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return object_add(front, node->u.fork.distributed, "ResultWriter", err)
           ? WF_OK : WF_ERROR;
}


/* fdl.md 2.4.9: better now than when it runs. */
static wf_rc_t
storage_refuse(const wf_cfl_state_t *state, wf_error_t *err)
{
    if (state->reader) {
        return wf_refuse(err, state->reader->mark,
                         "'ItemReader' needs object storage, which this "
                         "server does not have");
    }

    if (state->writer) {
        return wf_refuse(err, state->writer->mark,
                         "'ResultWriter' needs object storage, which this "
                         "server does not have");
    }

    return WF_OK;
}


wf_rc_t
wf_cfl_map_run(wf_front_t *front, const wf_cfl_state_t *state,
    wf_mode_t mode, wf_node_t *node, wf_error_t *err)
{
    wf_str_t     word;
    wf_value_t  *kept;

    word = mode == WF_MODE_EXPRESS ? wf_str("Express") : wf_str("Standard");
    kept = wf_value_object(front->arena, 8);

    if (kept == NULL
        || wf_value_set(front->arena, kept, wf_str("ExecutionMode"),
                        wf_value_string(front->arena, word))
           != WF_OK)
    {
        return wf_refuse_oom(err);
    }

    node->u.fork.distributed = kept;

    if (limits_build(front, state, kept, err) != WF_OK
        || reader_build(front, state, node, err) != WF_OK
        || batcher_build(front, state, node, err) != WF_OK
        || writer_build(front, state, node, err) != WF_OK
        || storage_refuse(state, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_cfl_template(front, state->item, "ItemConstructor",
                           &node->u.fork.item, err);
}
