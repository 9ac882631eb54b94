
/*
 * Calls and answers between workers as bytes.  Owns their layout, which is
 * of one build only: workers of an older one are told apart before a message
 * gets here.  Reads nothing beyond the message, believes nothing in it.
 */

#include "actions/message.h"
#include "engine/swf.h"
#include "shard/part.h"


uint8_t
wf_message_kind(wf_str_t message)
{
    return message.len > 0 ? message.data[0] : 0;
}


static void
head(wf_buf_t *buf, wf_say_t kind, uint32_t attempt)
{
    wf_buf_byte(buf, (uint8_t) kind);
    wf_put_uint(buf, attempt);
}


/* What follows the kind. */
static wf_reader_t
body(wf_str_t message)
{
    wf_assert(message.len > 0);

    return wf_reader((wf_str_t) { message.len - 1, message.data + 1 });
}


static wf_str_t
rest(const wf_reader_t *reader)
{
    return (wf_str_t) { (size_t) (reader->end - reader->pos), reader->pos };
}


/* A number that must fit its field. */
static uint64_t
get_max(wf_reader_t *reader, uint64_t max)
{
    uint64_t  number;

    number = wf_get_uint(reader);

    if (number > max) {
        reader->ok = false;
        return 0;
    }

    return number;
}


/* Fractions of a percent cross as their bits. */
static void
put_map_run(wf_buf_t *buf, const wf_map_run_t *run)
{
    uint64_t  bits;

    memcpy(&bits, &run->tolerated_percentage, sizeof(bits));
    wf_put_str(buf, run->name);
    wf_put_uint(buf, run->status);
    wf_put_int(buf, run->started_ms);
    wf_put_int(buf, run->stopped_ms);
    wf_put_uint(buf, run->concurrency);
    wf_put_uint(buf, run->tolerated_count);
    wf_put_u64(buf, bits);
    wf_put_uint(buf, run->total);
    wf_put_uint(buf, run->pending);
    wf_put_uint(buf, run->running);
    wf_put_uint(buf, run->succeeded);
    wf_put_uint(buf, run->failed);
    wf_put_uint(buf, run->aborted);
    wf_put_uint(buf, run->pending_redrive);
    wf_put_uint(buf, run->not_redrivable);
    wf_put_uint(buf, run->redrive_count);
    wf_put_int(buf, run->redriven_ms);
}


static void
get_map_run(wf_reader_t *reader, wf_map_run_t *run)
{
    uint64_t  bits;

    run->name = wf_get_str(reader);
    run->status = (uint8_t) get_max(reader, UINT8_MAX);
    run->started_ms = wf_get_int(reader);
    run->stopped_ms = wf_get_int(reader);
    run->concurrency = (uint32_t) get_max(reader, UINT32_MAX);
    run->tolerated_count = (uint32_t) get_max(reader, UINT32_MAX);
    bits = wf_get_u64(reader);
    run->total = (uint32_t) get_max(reader, UINT32_MAX);
    run->pending = (uint32_t) get_max(reader, UINT32_MAX);
    run->running = (uint32_t) get_max(reader, UINT32_MAX);
    run->succeeded = (uint32_t) get_max(reader, UINT32_MAX);
    run->failed = (uint32_t) get_max(reader, UINT32_MAX);
    run->aborted = (uint32_t) get_max(reader, UINT32_MAX);
    run->pending_redrive = (uint32_t) get_max(reader, UINT32_MAX);
    run->not_redrivable = (uint32_t) get_max(reader, UINT32_MAX);
    run->redrive_count = (uint32_t) get_max(reader, UINT32_MAX);
    run->redriven_ms = wf_get_int(reader);
    memcpy(&run->tolerated_percentage, &bits, sizeof(bits));
}


/*
 * The last part of a submit
 */

static void
put_none(wf_buf_t *buf, const wf_submit_t *submit)
{
    (void) buf;
    (void) submit;
}


static wf_rc_t
get_none(wf_arena_t *arena, wf_str_t bytes, wf_submit_t *submit)
{
    (void) arena;
    (void) submit;

    return bytes.len == 0 ? WF_OK : WF_ERROR;
}


/* Empty: none. */
static void
put_tags(wf_buf_t *buf, const wf_note_t *tags)
{
    wf_buf_t  bytes;

    if (tags == NULL) {
        wf_put_str(buf, wf_str(""));
        return;
    }

    wf_buf_init(&bytes, buf->arena, tags->body.len + tags->name.len + 64);
    wf_note_encode(&bytes, tags);
    wf_put_str(buf, wf_buf_done(&bytes));
    buf->failed |= bytes.failed;
}


static wf_rc_t
get_tags(wf_arena_t *arena, wf_reader_t *reader, wf_submit_t *submit)
{
    wf_str_t  bytes;

    bytes = wf_get_str(reader);

    if (!reader->ok) {
        return WF_ERROR;
    }

    if (bytes.len == 0) {
        return WF_OK;
    }

    submit->tags = wf_arena_alloc(arena, sizeof(wf_note_t));

    return submit->tags ? wf_note_decode(bytes, submit->tags) : WF_ERROR;
}


/* The tags first: the record goes to the end. */
static void
put_flow(wf_buf_t *buf, const wf_submit_t *submit)
{
    put_tags(buf, submit->tags);
    wf_flow_encode(buf, submit->flow);
}


static wf_rc_t
get_flow(wf_arena_t *arena, wf_str_t bytes, wf_submit_t *submit)
{
    wf_reader_t  reader;

    reader = wf_reader(bytes);
    submit->flow = wf_arena_alloc(arena, sizeof(wf_flow_t));

    return submit->flow && get_tags(arena, &reader, submit) == WF_OK
           ? wf_flow_decode(rest(&reader), submit->flow) : WF_ERROR;
}


static void
put_note(wf_buf_t *buf, const wf_submit_t *submit)
{
    put_tags(buf, submit->tags);
    wf_note_encode(buf, submit->note);
}


static wf_rc_t
get_note(wf_arena_t *arena, wf_str_t bytes, wf_submit_t *submit)
{
    wf_reader_t  reader;

    reader = wf_reader(bytes);
    submit->note = wf_arena_alloc(arena, sizeof(wf_note_t));

    return submit->note && get_tags(arena, &reader, submit) == WF_OK
           ? wf_note_decode(rest(&reader), submit->note) : WF_ERROR;
}


static void
put_version(wf_buf_t *buf, const wf_submit_t *submit)
{
    wf_version_encode(buf, submit->published);
}


static wf_rc_t
get_version(wf_arena_t *arena, wf_str_t bytes, wf_submit_t *submit)
{
    submit->published = wf_arena_alloc(arena, sizeof(wf_flow_version_t));

    return submit->published ? wf_version_decode(bytes, submit->published)
                             : WF_ERROR;
}


static void
put_alias(wf_buf_t *buf, const wf_submit_t *submit)
{
    wf_alias_encode(buf, submit->alias);
}


static wf_rc_t
get_alias(wf_arena_t *arena, wf_str_t bytes, wf_submit_t *submit)
{
    submit->alias = wf_arena_alloc(arena, sizeof(wf_flow_alias_t));

    return submit->alias ? wf_alias_decode(bytes, submit->alias) : WF_ERROR;
}


/* The zone first: the record goes to the end. */
static void
put_schedule(wf_buf_t *buf, const wf_submit_t *submit)
{
    wf_put_str(buf, submit->zone);
    wf_schedule_encode(buf, submit->schedule);
}


static wf_rc_t
get_schedule(wf_arena_t *arena, wf_str_t bytes, wf_submit_t *submit)
{
    wf_reader_t  reader;

    reader = wf_reader(bytes);
    submit->zone = wf_get_str(&reader);
    submit->schedule = wf_arena_alloc(arena, sizeof(wf_schedule_t));

    return reader.ok && submit->schedule
           ? wf_schedule_decode(rest(&reader), submit->schedule) : WF_ERROR;
}


static void
put_ended(wf_buf_t *buf, const wf_submit_t *submit)
{
    wf_put_uint(buf, submit->ended->event_count);
    wf_put_str(buf, submit->ended->events);
    wf_record_encode(buf, &submit->ended->record);
}


static wf_rc_t
get_ended(wf_arena_t *arena, wf_str_t bytes, wf_submit_t *submit)
{
    wf_ended_t   *ended;
    wf_reader_t   reader;

    ended = wf_arena_calloc(arena, sizeof(wf_ended_t));

    if (ended == NULL) {
        return WF_ERROR;
    }

    reader = wf_reader(bytes);
    ended->event_count = (uint32_t) get_max(&reader, UINT32_MAX);
    ended->events = wf_get_str(&reader);
    submit->ended = ended;

    return reader.ok ? wf_record_decode_whole(rest(&reader), &ended->record)
                     : WF_ERROR;
}


static const struct {
    void     (*put)(wf_buf_t *buf, const wf_submit_t *submit);
    wf_rc_t  (*get)(wf_arena_t *arena, wf_str_t bytes, wf_submit_t *submit);
} parts[WF_PART_END] = {
    [WF_PART_NONE] = { put_none, get_none },
    [WF_PART_FLOW] = { put_flow, get_flow },
    [WF_PART_VERSION] = { put_version, get_version },
    [WF_PART_ALIAS] = { put_alias, get_alias },
    [WF_PART_SCHEDULE] = { put_schedule, get_schedule },
    [WF_PART_NOTE] = { put_note, get_note },
    [WF_PART_ENDED] = { put_ended, get_ended }
};


void
wf_message_submit(wf_buf_t *buf, uint32_t attempt, const wf_submit_t *submit)
{
    head(buf, WF_SAY_SUBMIT, attempt);
    wf_put_uint(buf, submit->type);
    wf_put_u64(buf, submit->key);
    wf_put_uint(buf, submit->is_repeat);
    wf_put_uint(buf, submit->is_idempotent);
    wf_put_uint(buf, submit->flow_no);
    wf_put_uint(buf, submit->revision);
    wf_put_uint(buf, submit->version);
    wf_put_str(buf, submit->flow_name);
    wf_put_str(buf, submit->name);
    wf_put_uint(buf, submit->name_is_fresh);
    wf_put_str(buf, submit->input);
    wf_put_str(buf, submit->callback_token);
    wf_put_str(buf, submit->qualifier);
    wf_put_uint(buf, submit->depth);
    wf_put_uint(buf, submit->root_scope);
    wf_put_str(buf, submit->test_case);
    wf_put_u64(buf, submit->start_key);
    wf_put_str(buf, submit->error);
    wf_put_str(buf, submit->cause);
    wf_put_uint(buf, submit->is_internal);
    wf_put_uint(buf, submit->exec_no);
    wf_put_uint(buf, submit->task);
    wf_put_uint(buf, submit->outcome);
    wf_put_uint(buf, submit->swf);
    put_map_run(buf, &submit->map_run);
    parts[wf_submit_part(submit->type)].put(buf, submit);
}


wf_rc_t
wf_message_submit_decode(wf_arena_t *arena, wf_str_t message,
    uint32_t *attempt, wf_submit_t *submit)
{
    uint32_t      count;
    wf_reader_t   reader;
    wf_submit_t   got;

    memset(&got, 0, sizeof(got));
    reader = body(message);
    count = (uint32_t) get_max(&reader, UINT32_MAX);
    got.type = (uint8_t) get_max(&reader, WF_SUBMIT_END - 1);
    got.key = wf_get_u64(&reader);
    got.is_repeat = get_max(&reader, 1);
    got.is_idempotent = get_max(&reader, 1);
    got.flow_no = wf_get_uint(&reader);
    got.revision = wf_get_uint(&reader);
    got.version = wf_get_uint(&reader);
    got.flow_name = wf_get_str(&reader);
    got.name = wf_get_str(&reader);
    got.name_is_fresh = get_max(&reader, 1);
    got.input = wf_get_str(&reader);
    got.callback_token = wf_get_str(&reader);
    got.qualifier = wf_get_str(&reader);
    got.depth = (uint32_t) get_max(&reader, UINT32_MAX);
    got.root_scope = (uint32_t) get_max(&reader, UINT32_MAX);
    got.test_case = wf_get_str(&reader);
    got.start_key = wf_get_u64(&reader);
    got.error = wf_get_str(&reader);
    got.cause = wf_get_str(&reader);
    got.is_internal = get_max(&reader, 1);
    got.exec_no = wf_get_uint(&reader);
    got.task = wf_get_uint(&reader);
    got.outcome = (uint8_t) get_max(&reader, WF_OUTCOME_ALIVE);
    got.swf = (uint8_t) get_max(&reader, WF_SWF_END - 1);
    get_map_run(&reader, &got.map_run);

    if (!reader.ok || got.type == 0
        || parts[wf_submit_part(got.type)].get(arena, rest(&reader), &got)
           != WF_OK)
    {
        return WF_ERROR;
    }

    *attempt = count;
    *submit = got;

    return WF_OK;
}


void
wf_message_watch(wf_buf_t *buf, wf_say_t kind, const wf_watching_t *watching)
{
    head(buf, kind, watching->attempt);
    wf_put_uint(buf, watching->flow_no);
    wf_put_str(buf, watching->name);
}


wf_rc_t
wf_message_watch_decode(wf_str_t message, wf_watching_t *watching)
{
    wf_reader_t    reader;
    wf_watching_t  got;

    reader = body(message);
    got.attempt = (uint32_t) get_max(&reader, UINT32_MAX);
    got.flow_no = wf_get_uint(&reader);
    got.name = wf_get_str(&reader);

    if (!reader.ok || reader.pos != reader.end) {
        return WF_ERROR;
    }

    *watching = got;

    return WF_OK;
}


void
wf_message_record(wf_buf_t *buf, uint32_t attempt, const wf_record_t *record)
{
    head(buf, WF_SAY_RECORD, attempt);
    wf_record_encode(buf, record);
}


void
wf_message_flow(wf_buf_t *buf, uint32_t attempt, const wf_flow_t *flow)
{
    head(buf, WF_SAY_FLOW, attempt);
    wf_flow_encode(buf, flow);
}


void
wf_message_error(wf_buf_t *buf, uint32_t attempt, const wf_error_t *err)
{
    head(buf, WF_SAY_ERROR, attempt);
    wf_put_uint(buf, err->code);
    wf_put_str(buf, wf_error_arg(err, 0));
    wf_put_str(buf, wf_error_arg(err, 1));
}


void
wf_message_event(wf_buf_t *buf, uint32_t attempt, uint64_t event_id)
{
    head(buf, WF_SAY_EVENT, attempt);
    wf_put_uint(buf, event_id);
}


void
wf_message_map_run(wf_buf_t *buf, uint32_t attempt, const wf_map_run_t *run)
{
    head(buf, WF_SAY_MAP_RUN, attempt);
    put_map_run(buf, run);
}


void
wf_message_version(wf_buf_t *buf, uint32_t attempt,
    const wf_flow_version_t *version)
{
    head(buf, WF_SAY_VERSION, attempt);
    wf_version_encode(buf, version);
}


void
wf_message_alias(wf_buf_t *buf, uint32_t attempt,
    const wf_flow_alias_t *alias)
{
    head(buf, WF_SAY_ALIAS, attempt);
    wf_alias_encode(buf, alias);
}


void
wf_message_schedule(wf_buf_t *buf, uint32_t attempt,
    const wf_schedule_t *schedule)
{
    head(buf, WF_SAY_SCHEDULE, attempt);
    wf_schedule_encode(buf, schedule);
}


void
wf_message_bare(wf_buf_t *buf, wf_say_t kind, uint32_t attempt)
{
    head(buf, kind, attempt);
}


static wf_rc_t
error_decode(wf_reader_t *reader, wf_error_t *err)
{
    uint64_t  code;
    wf_str_t  first, second;

    code = get_max(reader, WF_E_END - 1);
    first = wf_get_str(reader);
    second = wf_get_str(reader);

    if (!reader->ok || code == WF_E_NONE || reader->pos != reader->end) {
        return WF_ERROR;
    }

    wf_error_args(err, (wf_error_code_t) code, first, second);

    return WF_OK;
}


wf_rc_t
wf_message_answer_decode(wf_str_t message, wf_saying_t *answer)
{
    wf_reader_t  reader;

    answer->kind = wf_message_kind(message);

    if (answer->kind < WF_SAY_RECORD || answer->kind > WF_SAY_FELL) {
        return WF_ERROR;
    }

    reader = body(message);
    answer->attempt = (uint32_t) get_max(&reader, UINT32_MAX);

    if (!reader.ok) {
        return WF_ERROR;
    }

    switch (answer->kind) {

    case WF_SAY_RECORD:
        return wf_record_decode_whole(rest(&reader), &answer->record);

    case WF_SAY_FLOW:
        return wf_flow_decode(rest(&reader), &answer->flow);

    case WF_SAY_VERSION:
        return wf_version_decode(rest(&reader), &answer->version);

    case WF_SAY_ALIAS:
        return wf_alias_decode(rest(&reader), &answer->alias);

    case WF_SAY_SCHEDULE:
        return wf_schedule_decode(rest(&reader), &answer->schedule);

    case WF_SAY_ERROR:
        return error_decode(&reader, &answer->err);

    case WF_SAY_EVENT:
        answer->event_id = wf_get_uint(&reader);
        break;

    case WF_SAY_MAP_RUN:
        get_map_run(&reader, &answer->map_run);
        break;
    }

    return reader.ok && reader.pos == reader.end ? WF_OK : WF_ERROR;
}
