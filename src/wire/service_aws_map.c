
/*
 * What a map run reads from S3 and writes to it (asl 14: ItemReader,
 * ResultWriter).  A page of a list follows the other, and results go out in
 * several objects: calls in rounds, each with what the one before carried on.
 */

#include "wire/service_aws.h"

#include "base/json.h"
#include "base/timefmt.h"
#include "wire/csv.h"


/* What WriterConfig's Transformation makes of results. */
enum {
    FILE_SUCCEEDED = 0,
    FILE_FAILED,
    FILE_MANIFEST,
    FILE_COUNT
};

static const char *const  file_names[] = {
    "SUCCEEDED_0.json", "FAILED_0.json", "manifest.json"
};

static const struct {
    wf_str_t  name;
    uint8_t   byte;
} delimiters[] = {
    { wf_str_init("COMMA"), ',' }, { wf_str_init("PIPE"), '|' },
    { wf_str_init("SEMICOLON"), ';' }, { wf_str_init("SPACE"), ' ' },
    { wf_str_init("TAB"), '\t' }
};


static wf_str_t
text_member(const wf_value_t *object, const char *name)
{
    const wf_value_t  *value;

    value = wf_value_get(object, wf_str_of(name));

    return value && value->type == WF_STRING ? value->u.string : wf_str_none;
}


/* The parameters with one more, or another value; NULL: no memory. */
static wf_value_t *
with(wf_aws_call_t *call, const wf_value_t *params, const char *name,
    wf_value_t *value)
{
    wf_value_t  *copy;

    copy = wf_value_merge(call->sheet->arena, params, NULL);

    if (copy == NULL
        || wf_value_set(call->sheet->arena, copy, wf_str_of(name), value)
           != WF_OK)
    {
        call->sheet->failed = true;
        return NULL;
    }

    return copy;
}


/*
 * Writer
 */

/* "PREFIX/RUN/NAME", the run's name as a UUID. */
static wf_str_t
file_key(wf_aws_call_t *call, uint32_t file)
{
    size_t    i;
    wf_buf_t  key;
    wf_str_t  prefix, run;

    prefix = text_member(wf_value_get(call->sheet->params,
                                      wf_str("Parameters")), "Prefix");
    run = text_member(call->sheet->params, "MapRunName");
    wf_buf_init(&key, call->sheet->arena, prefix.len + 64);

    if (prefix.len) {
        wf_buf_str(&key, prefix);
        wf_buf_byte(&key, '/');
    }

    for (i = 0; i < run.len; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            wf_buf_byte(&key, '-');
        }

        wf_buf_byte(&key, run.data[i]);
    }

    wf_buf_byte(&key, '/');
    wf_buf_str(&key, wf_str_of(file_names[file]));
    call->sheet->failed |= key.failed;

    return wf_buf_done(&key);
}


/* An entry of a result file: as it came out (COMPACT, FLATTEN), or with what
 * it was made from. */
static void
entry_print(wf_buf_t *buf, wf_aws_call_t *call, const wf_value_t *input,
    const wf_value_t *result, bool is_bare)
{
    wf_buf_t  text;

    if (is_bare) {
        wf_json_print(buf, result);
        return;
    }

    wf_buf_init(&text, call->sheet->arena, 128);
    wf_json_print(&text, input);
    wf_buf_text(buf, "{\"Input\":");
    wf_json_print_string(buf, wf_buf_done(&text));

    if (result->type != WF_NULL) {
        wf_buf_init(&text, call->sheet->arena, 128);
        wf_json_print(&text, result);
        wf_buf_text(buf, ",\"Output\":");
        wf_json_print_string(buf, wf_buf_done(&text));
    }

    wf_buf_text(buf, ",\"Status\":");
    wf_buf_str(buf, result->type == WF_NULL ? wf_str("\"FAILED\"}")
                                            : wf_str("\"SUCCEEDED\"}"));
    buf->failed |= text.failed;
}


static wf_str_t
results_print(wf_aws_call_t *call, uint32_t file)
{
    bool               is_bare, is_lines;
    uint32_t           i, count;
    wf_buf_t           buf;
    wf_str_t           change;
    const wf_value_t  *config, *inputs, *results;

    config = wf_value_get(call->sheet->params, wf_str("WriterConfig"));
    inputs = wf_value_get(call->sheet->params, wf_str("Inputs"));
    results = wf_value_get(call->sheet->params, wf_str("Results"));
    change = text_member(config, "Transformation");
    is_bare = file == FILE_SUCCEEDED && change.len
              && !wf_str_eq(change, wf_str("NONE"));
    is_lines = wf_str_eq(text_member(config, "OutputType"), wf_str("JSONL"));
    wf_buf_init(&buf, call->sheet->arena, 4096);
    wf_buf_str(&buf, is_lines ? wf_str("") : wf_str("["));
    count = 0;

    for (i = 0; results && i < results->count; i++) {
        if ((results->u.items[i]->type == WF_NULL) != (file == FILE_FAILED)) {
            continue;
        }

        wf_buf_str(&buf, count++ == 0 ? wf_str("")
                         : is_lines ? wf_str("\n") : wf_str(","));
        entry_print(&buf, call, inputs->u.items[i], results->u.items[i],
                    is_bare);
    }

    wf_buf_str(&buf, is_lines ? wf_str("") : wf_str("]"));
    call->sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


static wf_str_t
manifest_print(wf_aws_call_t *call)
{
    uint32_t  i;
    wf_buf_t  buf;

    wf_buf_init(&buf, call->sheet->arena, 512);
    wf_buf_text(&buf, "{\"DestinationBucket\":");
    wf_json_print_string(&buf, text_member(wf_value_get(call->sheet->params,
                                               wf_str("Parameters")),
                                           "Bucket"));
    wf_buf_text(&buf, ",\"ResultFiles\":{\"PENDING\":[]");

    for (i = FILE_SUCCEEDED; i <= FILE_FAILED; i++) {
        wf_buf_str(&buf, i == FILE_SUCCEEDED ? wf_str(",\"SUCCEEDED\":[")
                                             : wf_str(",\"FAILED\":["));
        wf_buf_text(&buf, "{\"Key\":");
        wf_json_print_string(&buf, file_key(call, i));
        wf_buf_text(&buf, ",\"Size\":");
        wf_buf_uint(&buf, results_print(call, i).len);
        wf_buf_text(&buf, "}]");
    }

    wf_buf_text(&buf, "}}");
    call->sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


static wf_value_t *
writer_params(wf_aws_call_t *call, const wf_value_t *params)
{
    uint32_t     file;
    wf_str_t     body;
    wf_value_t  *changed;

    file = wf_min(call->sheet->call->round, FILE_MANIFEST);
    body = file == FILE_MANIFEST ? manifest_print(call)
                                 : results_print(call, file);
    changed = with(call, params, "Key",
                   wf_value_string(call->sheet->arena, file_key(call, file)));

    return changed ? with(call, changed, "Body",
                          wf_value_string(call->sheet->arena,
                                          body.len ? body : wf_str("")))
                   : NULL;
}


static void
writer_result(wf_aws_call_t *call, wf_service_result_t *result)
{
    wf_value_t        *object;
    const wf_value_t  *bucket;

    if (call->sheet->call->round < FILE_MANIFEST) {
        result->is_more = true;
        return;
    }

    bucket = wf_value_get(wf_value_get(call->sheet->params,
                                       wf_str("Parameters")),
                          wf_str("Bucket"));
    object = wf_value_object(call->sheet->arena, 2);

    if (object == NULL || bucket == NULL
        || wf_value_set(call->sheet->arena, object, wf_str("Bucket"),
                        (wf_value_t *) bucket) != WF_OK
        || wf_value_set(call->sheet->arena, object, wf_str("Key"),
                        wf_value_string(call->sheet->arena,
                                        file_key(call, FILE_MANIFEST)))
           != WF_OK)
    {
        call->sheet->failed = true;
        return;
    }

    wf_aws_print(call, object, result);
}


/*
 * Reader
 */

/* Lines of JSON; one that is none fails all. */
static wf_value_t *
lines_parse(wf_aws_call_t *call, wf_str_t text)
{
    wf_str_t     line;
    wf_value_t  *list, *value;

    list = wf_value_array(call->sheet->arena, 16);

    while (list && text.len) {
        line = wf_service_cut(&text, '\n');

        if (line.len && line.data[line.len - 1] == '\r') {
            line.len--;
        }

        if (line.len == 0) {
            continue;
        }

        value = (wf_value_t *) wf_service_json(call->sheet, line);

        if (value == NULL
            || wf_value_push(call->sheet->arena, list, value) != WF_OK)
        {
            return NULL;
        }
    }

    return list;
}


static wf_value_t *
csv_parse(wf_aws_call_t *call, const wf_value_t *config, wf_str_t text)
{
    size_t             i;
    uint8_t            delimiter;
    const wf_value_t  *headers;

    delimiter = ',';
    headers = NULL;

    for (i = 0; i < wf_countof(delimiters); i++) {
        if (wf_str_eq(text_member(config, "CSVDelimiter"),
                      delimiters[i].name))
        {
            delimiter = delimiters[i].byte;
        }
    }

    if (wf_str_eq(text_member(config, "CSVHeaderLocation"),
                  wf_str("GIVEN")))
    {
        headers = wf_value_get(config, wf_str("CSVHeaders"));

        for (i = 0; headers && headers->type == WF_ARRAY
                    && i < headers->count; i++)
        {
            if (headers->u.items[i]->type != WF_STRING) {
                return NULL;
            }
        }

        if (headers == NULL || headers->type != WF_ARRAY) {
            return NULL;
        }
    }

    return wf_csv_parse(call->sheet->arena, text, delimiter, headers);
}


/* ItemsPointer: "/a/b/0" (RFC 6901, without its escapes). */
static wf_value_t *
pointed(const wf_value_t *value, wf_str_t pointer)
{
    size_t    i;
    uint32_t  index;
    wf_str_t  part;

    (void) wf_service_cut(&pointer, '/');

    while (pointer.len && value) {
        part = wf_service_cut(&pointer, '/');

        if (value->type == WF_OBJECT) {
            value = wf_value_get(value, part);
            continue;
        }

        index = 0;

        for (i = 0; i < part.len && part.data[i] >= '0'
                    && part.data[i] <= '9' && index < 100000000; i++)
        {
            index = index * 10 + (uint32_t) (part.data[i] - '0');
        }

        value = value->type == WF_ARRAY && i == part.len && i
                && index < value->count ? value->u.items[index] : NULL;
    }

    return (wf_value_t *) value;
}


static void
object_read(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_str_t           type;
    wf_value_t        *items;
    const wf_value_t  *config;

    config = wf_value_get(call->sheet->params, wf_str("ReaderConfig"));
    type = text_member(config, "InputType");
    items = NULL;

    if (!wf_utf8_valid(answer->body)) {
        wf_aws_fail_as(call, wf_str("States.ItemReaderFailed"),
                       wf_str("The object is no text."), result);
        return;
    }

    if (wf_str_eq(type, wf_str("CSV"))) {
        items = csv_parse(call, config, answer->body);

    } else if (wf_str_eq(type, wf_str("JSONL"))) {
        items = lines_parse(call, answer->body);

    } else if (type.len == 0 || wf_str_eq(type, wf_str("JSON"))) {
        items = pointed(wf_service_json(call->sheet, answer->body),
                        text_member(config, "ItemsPointer"));
    }

    if (items) {
        wf_aws_print(call, items, result);
        return;
    }

    wf_aws_fail_as(call, wf_str("States.ItemReaderFailed"),
                   wf_str("The object cannot be read as its InputType "
                          "says."), result);
}


/* {"Etag","Key","LastModified","Size","StorageClass"} of an entry. */
static wf_value_t *
entry_read(wf_aws_call_t *call, const wf_value_t *entry)
{
    size_t       i;
    int64_t      ms;
    wf_str_t     text;
    wf_arena_t  *arena;
    wf_value_t  *object, *value;

    static const struct {
        const char  *from;
        wf_str_t     to;
    } members[] = {
        { "ETag", wf_str_init("Etag") }, { "Key", wf_str_init("Key") },
        { "LastModified", wf_str_init("LastModified") },
        { "Size", wf_str_init("Size") },
        { "StorageClass", wf_str_init("StorageClass") }
    };

    arena = call->sheet->arena;
    object = wf_value_object(arena, wf_countof(members));

    for (i = 0; object && i < wf_countof(members); i++) {
        text = text_member(entry, members[i].from);

        if (text.data == NULL) {
            continue;
        }

        value = i == 3 ? (wf_value_t *) wf_service_json(call->sheet, text)
                       : wf_value_string(arena, text);

        if (i == 2 && wf_time_parse(text, &ms) == WF_OK) {
            value = wf_value_int(arena, ms / 1000);
        }

        if (wf_value_set(arena, object, members[i].to, value) != WF_OK) {
            return NULL;
        }
    }

    return object;
}


/* A page; what came before is carried in a list. */
static void
list_read(wf_aws_call_t *call, const wf_value_t *page,
    wf_service_result_t *result)
{
    uint32_t           i;
    wf_value_t        *items, *carry;
    wf_arena_t        *arena;
    const wf_value_t  *contents, *before;

    arena = call->sheet->arena;
    contents = wf_value_get(page, wf_str("Contents"));
    before = wf_value_get(call->sheet->call->carry, wf_str("Items"));
    items = before ? (wf_value_t *) before : wf_value_array(arena, 16);

    for (i = 0; contents && items; i++) {
        if (contents->type == WF_ARRAY && i == contents->count) {
            break;
        }

        if (wf_value_push(arena, items,
                          entry_read(call, contents->type == WF_ARRAY
                                           ? contents->u.items[i] : contents))
            != WF_OK)
        {
            call->sheet->failed = true;
            return;
        }

        if (contents->type != WF_ARRAY) {
            break;
        }
    }

    if (!wf_str_eq(text_member(page, "IsTruncated"), wf_str("true"))) {
        wf_aws_print(call, items, result);
        return;
    }

    carry = wf_value_object(arena, 2);

    if (carry == NULL
        || wf_value_set(arena, carry, wf_str("Items"), items) != WF_OK
        || wf_value_set(arena, carry, wf_str("Token"),
                        wf_value_get(page, wf_str("NextContinuationToken")))
           != WF_OK)
    {
        call->sheet->failed = true;
        return;
    }

    result->is_more = true;
    result->carry = carry;
}


/*
 * Both
 */

static wf_rc_t
map_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    wf_rc_t            rc;
    const wf_value_t  *all, *params, *token;

    all = call->sheet->params;
    params = wf_value_get(all, wf_str("Parameters"));

    if (params == NULL) {
        return wf_service_refuse(err, "Parameters", "are missing");
    }

    token = wf_value_get(call->sheet->call->carry, wf_str("Token"));

    if (wf_str_eq(call->action, wf_str("putObject"))) {
        params = writer_params(call, params);

    } else if (token) {
        params = with(call, params, "ContinuationToken",
                      (wf_value_t *) token);
    }

    if (params == NULL) {
        return WF_ERROR;
    }

    call->sheet->params = params;
    rc = wf_aws_s3.request(call, request, err);
    call->sheet->params = all;

    return rc;
}


static void
map_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    if (!wf_service_is_good(answer)) {
        wf_aws_s3.result(call, answer, result);

    } else if (wf_str_eq(call->action, wf_str("putObject"))) {
        writer_result(call, result);

    } else if (wf_str_eq(call->action, wf_str("listObjectsV2"))) {
        list_read(call, wf_aws_s3_page(call, answer), result);

    } else {
        object_read(call, answer, result);
    }
}


const wf_aws_protocol_t  wf_aws_map = { map_request, map_result };
