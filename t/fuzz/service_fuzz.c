
/*
 * Services: any parameters, any answer.  What goes out never breaks a line,
 * what comes back is valid JSON or a named error within the limits.
 *
 * Input: flags, resource, parameters, "status fault", headers "name: value",
 * an empty line, body; a line each but the body.
 */

#include <stdlib.h>

#include "base/json.h"
#include "wire/service.h"


#define HEADERS_MAX  16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static wf_str_t
cut(wf_str_t *rest, char mark)
{
    wf_str_t        head;
    const uint8_t  *pos;

    head = *rest;
    pos = rest->len ? memchr(rest->data, mark, rest->len) : NULL;

    if (pos == NULL) {
        rest->data += rest->len;
        rest->len = 0;
        return head;
    }

    head.len = (size_t) (pos - rest->data);
    rest->data = pos + 1;
    rest->len -= head.len + 1;

    return head;
}


static unsigned
number(wf_str_t text)
{
    size_t    i;
    unsigned  n;

    n = 0;

    for (i = 0; i < text.len && i < 4; i++) {
        n = n * 10 + (text.data[i] - '0') % 10;
    }

    return n;
}


/* Nothing that ends a line or hides; in URLs not even a space. */
static void
check_clean(wf_str_t text, bool is_url)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        wf_assert(text.data[i] != 0x7f
                  && (text.data[i] >= 0x20
                      || (text.data[i] == '\t' && !is_url)));
        wf_assert(!is_url || (text.data[i] > 0x20 && text.data[i] < 0x7f));
    }
}


static void
check_request(const wf_service_request_t *request)
{
    uint32_t  i;

    check_clean(request->target, false);
    check_clean(request->function, true);
    check_clean(request->method, true);
    check_clean(request->uri, true);
    check_clean(request->args, true);
    check_clean(request->host, true);
    wf_assert(request->uri.len > 0 && request->uri.data[0] == '/');
    wf_assert(request->method.len > 0 && request->target.len > 0);

    for (i = 0; i < request->header_count; i++) {
        check_clean(request->headers[i].name, true);
        check_clean(request->headers[i].value, false);
    }
}


static void
check_result(wf_arena_t *arena, const wf_service_result_t *result)
{
    wf_error_t   err;
    wf_value_t  *value;

    if (result->outcome == WF_SERVICE_FAILED) {
        wf_assert(result->error.len > 0
                  && result->error.len <= WF_ERROR_NAME_LEN_MAX);
        wf_assert(result->cause.len <= WF_CAUSE_LEN_MAX);
        wf_assert(wf_utf8_valid(result->error));
        wf_assert(wf_utf8_valid(result->cause));
        return;
    }

    wf_assert(result->outcome == WF_SERVICE_SUCCEEDED
              || result->outcome == WF_SERVICE_SUBMITTED);
    wf_assert(wf_json_parse(arena, result->value, &value, &err) == WF_OK);
    wf_assert(result->outcome == WF_SERVICE_SUCCEEDED
              || value->type == WF_OBJECT);
}


static void
run(wf_arena_t *arena, const wf_service_call_t *call,
    const wf_service_answer_t *answer)
{
    wf_rc_t                rc;
    wf_str_t               flow, name, input;
    wf_error_t             err;
    wf_value_t            *value;
    wf_service_result_t    result;
    wf_service_request_t   request;

    wf_error_clear(&err);
    rc = wf_service_child(arena, call, &flow, &name, &input, &err);

    if (rc == WF_OK) {
        wf_assert(wf_json_parse(arena, input, &value, &err) == WF_OK);

    } else if (rc == WF_ERROR) {
        wf_assert(err.code != WF_E_NONE);
    }

    wf_error_clear(&err);

    if (wf_service_request(arena, call, &request, &err) == WF_OK) {
        check_request(&request);

    } else {
        wf_assert(err.code != WF_E_NONE && err.len[0] > 0);
    }

    wf_assert(wf_service_result(arena, call, answer, &result) == WF_OK);
    check_result(arena, &result);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_str_t              rest, line, flags;
    wf_error_t            err;
    wf_arena_t           *arena;
    wf_value_t           *value;
    wf_service_call_t     call;
    wf_service_answer_t   answer;
    wf_service_header_t   headers[HEADERS_MAX];

    rest = (wf_str_t) { size, data };
    memset(&call, 0, sizeof(call));
    memset(&answer, 0, sizeof(answer));
    arena = wf_arena_create(0);

    flags = cut(&rest, '\n');
    call.is_legacy = flags.len > 0 && flags.data[0] == '1';
    call.is_action = flags.len > 1 && flags.data[1] == 'a';
    call.mode = flags.len > 2 ? flags.data[2] % 3 : 0;
    call.has_params = flags.len > 3 && flags.data[3] == 'p';
    call.resource = cut(&rest, '\n');
    call.params = cut(&rest, '\n');
    call.token = wf_str("token");
    call.key = wf_str("key");

    line = cut(&rest, '\n');
    answer.status = number(cut(&line, ' '));
    answer.fault = (uint8_t) number(line);
    answer.headers = headers;

    while (rest.len > 0 && answer.header_count < HEADERS_MAX) {
        line = cut(&rest, '\n');

        if (line.len == 0) {
            break;
        }

        headers[answer.header_count].name = cut(&line, ':');
        headers[answer.header_count++].value = line;
    }

    answer.body = rest;

    /* The engine prints them. */
    if (wf_json_parse(arena, call.params, &value, &err) == WF_OK
        && (call.is_legacy || value->type == WF_OBJECT))
    {
        run(arena, &call, &answer);
    }

    wf_arena_free(arena);

    return 0;
}
