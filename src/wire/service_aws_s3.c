
/*
 * Amazon S3 by its REST API, path style: what definitions ask of it, objects
 * in and out and their list (asl 14, 15).
 */

#include "wire/service_aws.h"

#include "base/json.h"
#include "wire/xml.h"


/* Operations; others are not offered. */
static const struct {
    wf_str_t     action;
    const char  *method;
    bool         has_key;
} operations[] = {
    { wf_str_init("getObject"), "GET", true },
    { wf_str_init("headObject"), "HEAD", true },
    { wf_str_init("putObject"), "PUT", true },
    { wf_str_init("deleteObject"), "DELETE", true },
    { wf_str_init("listObjectsV2"), "GET", false }
};

/* Parameters that go into the query of a list. */
static const struct {
    const char  *member;
    const char  *name;
} list_args[] = {
    { "Prefix", "&prefix=" },
    { "Delimiter", "&delimiter=" },
    { "ContinuationToken", "&continuation-token=" },
    { "StartAfter", "&start-after=" },
    { "MaxKeys", "&max-keys=" }
};

/* Headers of an answer and the members of the result. */
static const struct {
    wf_str_t     header;
    wf_str_t     member;
    bool         is_number;
} answer_members[] = {
    { wf_str_init("accept-ranges"), wf_str_init("AcceptRanges"), false },
    { wf_str_init("content-length"), wf_str_init("ContentLength"), true },
    { wf_str_init("content-type"), wf_str_init("ContentType"), false },
    { wf_str_init("content-encoding"), wf_str_init("ContentEncoding"),
      false },
    { wf_str_init("etag"), wf_str_init("ETag"), false },
    { wf_str_init("last-modified"), wf_str_init("LastModified"), false },
    { wf_str_init("x-amz-version-id"), wf_str_init("VersionId"), false },
    { wf_str_init("x-amz-server-side-encryption"),
      wf_str_init("ServerSideEncryption"), false }
};


/* Each part of a key is a segment; the slashes stay. */
static wf_str_t
key_path(wf_aws_call_t *call, wf_str_t bucket, wf_str_t key)
{
    bool      more;
    wf_str_t  rest, part;
    wf_buf_t  path;

    wf_buf_init(&path, call->sheet->arena, 64 + key.len);
    wf_buf_byte(&path, '/');
    wf_buf_str(&path, wf_service_segment(call->sheet, bucket));

    rest = key;
    more = key.len > 0;

    while (more) {
        more = memchr(rest.data, '/', rest.len) != NULL;
        part = wf_service_cut(&rest, '/');
        wf_buf_byte(&path, '/');
        wf_buf_str(&path, wf_service_segment(call->sheet, part));
    }

    call->sheet->failed |= path.failed;

    return wf_buf_done(&path);
}


static wf_str_t
list_query(wf_aws_call_t *call)
{
    size_t             i;
    wf_buf_t           args;
    const wf_value_t  *value;

    wf_buf_init(&args, call->sheet->arena, 64);
    wf_buf_text(&args, "list-type=2");

    for (i = 0; i < wf_countof(list_args); i++) {
        value = wf_service_param(call->sheet, list_args[i].member);

        if (value) {
            wf_buf_str(&args, wf_str_of(list_args[i].name));
            wf_buf_str(&args, wf_service_segment(call->sheet,
                                  wf_service_raw(call->sheet, value)));
        }
    }

    call->sheet->failed |= args.failed;

    return wf_buf_done(&args);
}


static wf_rc_t
s3_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    size_t             i;
    wf_rc_t            rc;
    wf_str_t           bucket, key;
    const wf_value_t  *body;

    for (i = 0; i < wf_countof(operations); i++) {
        if (wf_str_eq(operations[i].action, call->action)) {
            break;
        }
    }

    if (i == wf_countof(operations)) {
        return wf_service_refuse(err, "Resource",
                                 "is no operation of S3 that is offered");
    }

    key = wf_str_none;
    rc = wf_service_text_param(call->sheet, "Bucket", &bucket, err);

    if (rc == WF_OK && operations[i].has_key) {
        rc = wf_service_text_param(call->sheet, "Key", &key, err);
    }

    if (rc != WF_OK) {
        return rc == WF_ERROR ? rc : wf_service_refuse(err, "Bucket or Key",
                                                       "is missing");
    }

    request->method = wf_str_of(operations[i].method);
    request->uri = key_path(call, bucket, key);
    request->args = operations[i].has_key ? wf_str_none : list_query(call);
    body = wf_service_param(call->sheet, "Body");
    request->body = wf_str_none;

    if (body && wf_str_eq(request->method, wf_str("PUT"))) {
        request->body = wf_service_raw(call->sheet, body);
    }

    return call->sheet->failed ? WF_ERROR : WF_OK;
}


static wf_value_t *
text_value(wf_aws_call_t *call, wf_str_t text)
{
    return wf_utf8_valid(text)
           ? wf_value_string(call->sheet->arena, text.len ? text : wf_str(""))
           : NULL;
}


/* An object's bytes and what the headers say of it. */
static wf_value_t *
object_build(wf_aws_call_t *call, const wf_service_answer_t *answer)
{
    size_t       i;
    wf_str_t     text;
    wf_arena_t  *arena;
    wf_value_t  *object, *value;

    arena = call->sheet->arena;
    object = wf_value_object(arena, 8);

    if (object && wf_str_eq(call->action, wf_str("getObject"))) {
        value = text_value(call, answer->body);

        if (value
            && wf_value_set(arena, object, wf_str("Body"), value) != WF_OK)
        {
            return NULL;
        }
    }

    for (i = 0; object && i < wf_countof(answer_members); i++) {
        text = wf_service_answer_header(answer, answer_members[i].header);

        if (text.len == 0 || !wf_utf8_valid(text)) {
            continue;
        }

        value = answer_members[i].is_number
                ? (wf_value_t *) wf_service_json(call->sheet, text)
                : wf_value_string(arena, text);

        if (wf_value_set(arena, object, answer_members[i].member, value)
            != WF_OK)
        {
            return NULL;
        }
    }

    return object;
}


const wf_value_t *
wf_aws_s3_page(wf_aws_call_t *call, const wf_service_answer_t *answer)
{
    wf_str_t  name;

    return wf_xml_parse(call->sheet->arena, answer->body, &name,
                        &call->sheet->failed);
}


static void
s3_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_str_t           name;
    wf_value_t        *root;
    const wf_value_t  *code, *message;

    if (wf_service_is_good(answer)
        && !wf_str_eq(call->action, wf_str("listObjectsV2")))
    {
        wf_aws_result(call, answer, object_build(call, answer), result);
        return;
    }

    root = wf_xml_parse(call->sheet->arena, answer->body, &name,
                        &call->sheet->failed);

    if (wf_service_is_good(answer)) {
        if (root == NULL || root->type != WF_OBJECT) {
            root = wf_value_object(call->sheet->arena, 2);
        }

        wf_aws_result(call, answer, root, result);
        return;
    }

    code = wf_value_get(root, wf_str("Code"));
    message = wf_value_get(root, wf_str("Message"));

    wf_aws_fail(call, answer,
                code && code->type == WF_STRING ? code->u.string
                                                : wf_str("S3Exception"),
                message && message->type == WF_STRING ? message->u.string
                                                      : wf_str(""),
                result);
}


const wf_aws_protocol_t  wf_aws_s3 = { s3_request, s3_result };
