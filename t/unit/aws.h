
/*
 * Building requests for tests of Amazon's JSON protocol.
 */

#ifndef WF_UNIT_AWS_H
#define WF_UNIT_AWS_H


#include "wire/aws.h"


#define AWS_HEADERS_MAX  24
#define AWS_FRESH        wf_str("00000000-0000-4000-8000-000000000000")

/* 2015-08-30T12:36:00Z, the time of the published vectors. */
#define AWS_NOW_MS       1440938160000

typedef struct {
    wf_header_t   headers[AWS_HEADERS_MAX];
    wf_request_t  request;
    wf_message_t  message;
    wf_error_t    err;
    wf_args_t     args;
} aws_t;


static inline void
aws_header(aws_t *aws, const char *name, const char *value)
{
    aws->headers[aws->request.header_count++] = (wf_header_t) {
        wf_str_of(name), wf_str_of(value)
    };

    if (strcmp(name, "content-type") == 0) {
        aws->request.content_type = wf_str_of(value);
    }
}


static inline aws_t *
aws_create(const char *target, const char *body)
{
    aws_t  *aws;

    aws = calloc(1, sizeof(aws_t));
    aws->request.method = wf_str("POST");
    aws->request.path = wf_str("/");
    aws->request.body = wf_str_of(body);
    aws->request.headers = aws->headers;
    aws->request.now_ms = AWS_NOW_MS;
    aws->message.protocol = &wf_protocol_sfn;
    aws->message.arena = wf_arena_create(0);
    aws->message.scratch = wf_arena_create(0);
    aws->message.request = &aws->request;

    if (target) {
        aws_header(aws, "x-amz-target", target);
    }

    return aws;
}


static inline void
aws_free(aws_t *aws)
{
    wf_arena_free(aws->message.arena);
    wf_arena_free(aws->message.scratch);
    free(aws);
}


static inline wf_rc_t
aws_begin(aws_t *aws)
{
    return aws->message.protocol->begin(&aws->message, AWS_FRESH, &aws->err);
}


static inline wf_rc_t
aws_decode(aws_t *aws)
{
    return aws->message.protocol->decode(&aws->message, NULL, &aws->args,
                                         &aws->err);
}


/* The error's answer. */
static inline wf_str_t
aws_refused(aws_t *aws, unsigned status)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, aws->message.arena, 0);
    CHECK_INT(aws->message.protocol->encode_error(&buf, &aws->message,
                                                  &aws->err), status);
    CHECK(!buf.failed);

    return wf_buf_done(&buf);
}


static inline wf_str_t
aws_arg(const aws_t *aws, wf_arg_id_t id)
{
    return wf_args_get(&aws->args, id)->text;
}


#endif /* WF_UNIT_AWS_H */
