
/*
 * Errors in the words of Amazon's services: aws_errors.def and
 * aws_swf_errors.def, with the ARNs of what they are about.
 */

#include "wire/aws.h"

#include "base/json.h"


typedef struct {
    unsigned     status;
    wf_str_t     code;
    const char  *message;           /* NULL: the service has no such error */
} spelling_t;


#define ERROR_AWS(symbol, status, code, message)                              \
    [WF_E_##symbol] = { status, wf_str_init(code), message },

static const spelling_t  sfn_spellings[WF_E_END] = {
#include "wire/aws_errors.def"
};

static const spelling_t  swf_spellings[WF_E_END] = {
#include "wire/aws_swf_errors.def"
};

#undef ERROR_AWS


/* What no operation should end with is our failure. */
static const spelling_t *
spelling_find(const wf_message_t *message, const wf_error_t *err)
{
    const spelling_t  *spellings;

    spellings = message->protocol == &wf_protocol_swf ? swf_spellings
                                                      : sfn_spellings;

    if (err->code < WF_E_END && spellings[err->code].message) {
        return &spellings[err->code];
    }

    return &spellings[WF_E_INTERNAL];
}


static void
machine_print(wf_buf_t *buf, wf_str_t flow)
{
    wf_arn_t  arn;

    if (wf_arn_of_flow(flow, &arn) != WF_OK) {
        wf_buf_str(buf, flow);
        return;
    }

    wf_arn_print(buf, &arn);
}


static void
execution_print(wf_buf_t *buf, const wf_error_t *err)
{
    wf_arn_t  arn;

    if (wf_arn_of_flow(wf_error_arg(err, 1), &arn) != WF_OK) {
        wf_buf_str(buf, wf_error_arg(err, 0));
        return;
    }

    arn.kind = WF_ARN_EXECUTION;
    arn.execution = wf_error_arg(err, 0);
    wf_arn_print(buf, &arn);
}


static void
resource_print(wf_buf_t *buf, const wf_message_t *message,
    const wf_error_t *err)
{
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);

    if (state && state->resource.len > 0) {
        wf_buf_str(buf, state->resource);
        return;
    }

    machine_print(buf, wf_error_arg(err, 0));
}


static void
denied_print(wf_buf_t *buf, const wf_message_t *message)
{
    wf_str_t               service;
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);
    service = state->service->signing_name;
    wf_buf_text(buf, "User: arn:aws:iam::");
    wf_buf_str(buf, state->account);
    wf_buf_text(buf, ":user/");
    wf_buf_str(buf, message->key_id);
    wf_buf_text(buf, " is not authorized to perform: ");
    wf_buf_str(buf, service);
    wf_buf_byte(buf, ':');
    wf_buf_str(buf, message->action);

    if (state->asked.len > 0) {
        wf_buf_text(buf, " on resource: ");
        wf_buf_str(buf, state->asked);
    }

    wf_buf_text(buf, " because no identity-based policy allows the ");
    wf_buf_str(buf, service);
    wf_buf_byte(buf, ':');
    wf_buf_str(buf, message->action);
    wf_buf_text(buf, " action");
}


static void
message_print(wf_buf_t *buf, const wf_message_t *message,
    const wf_error_t *err, const char *template)
{
    unsigned     next;
    const char  *pos;

    next = 0;

    for (pos = template; *pos != '\0'; pos++) {

        if (*pos != '%') {
            wf_buf_byte(buf, (uint8_t) *pos);
            continue;
        }

        switch (*++pos) {

        case 's':
            wf_assert(next < 2);
            wf_buf_str(buf, wf_error_arg(err, next++));
            break;

        case 'r':
            resource_print(buf, message, err);
            break;

        case 'd':
            denied_print(buf, message);
            break;

        case 'm':
            machine_print(buf, wf_error_arg(err, 0));
            break;

        default:
            wf_assert(*pos == 'x');
            execution_print(buf, err);
            break;
        }
    }
}


static wf_str_t
text_of(const wf_message_t *message, const wf_error_t *err,
    const spelling_t *spelling)
{
    wf_buf_t               text;
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);

    if (state && state->fault.len > 0 && err->code == WF_E_VALIDATION) {
        return state->fault;
    }

    wf_buf_init(&text, message->scratch, 256);
    message_print(&text, message, err, spelling->message);

    return text.failed ? wf_str_none : wf_buf_done(&text);
}


unsigned
wf_aws_encode_error(wf_buf_t *buf, const wf_message_t *message,
    const wf_error_t *err)
{
    wf_str_t                  text;
    const spelling_t  *spelling;

    spelling = spelling_find(message, err);
    text = text_of(message, err, spelling);

    if (wf_aws_state(message) && wf_aws_state(message)->is_plain) {
        wf_buf_str(buf, text);
        return spelling->status;
    }

    wf_buf_text(buf, "{\"__type\":");
    wf_json_print_string(buf, spelling->code);

    if (text.len > 0) {
        wf_buf_text(buf, ",\"message\":");
        wf_json_print_string(buf, text);
    }

    wf_buf_byte(buf, '}');

    return spelling->status;
}


wf_str_t
wf_aws_error_code(const wf_message_t *message, const wf_error_t *err)
{
    wf_str_t        code;
    const uint8_t  *hash;

    code = spelling_find(message, err)->code;
    hash = memchr(code.data, '#', code.len);

    if (hash) {
        code.len -= (size_t) (hash + 1 - code.data);
        code.data = hash + 1;
    }

    return code;
}
