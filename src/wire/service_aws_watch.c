
/*
 * Jobs that are asked about: by which operation, and what its answer means.
 * Each service is a row; asking and stopping are calls of the service like any
 * other, made of what was kept when the job began.
 */

#include "wire/service_aws_watch.h"

#include "base/json.h"


typedef struct job_row_s  job_row_t;

struct job_row_s {
    const char  *service;
    const char  *action;
    const char  *ask;
    const char  *ask_params;
    const char  *stop;
    const char  *stop_params;
    const char  *status;
    const char  *good;
    const char  *bad;
    const char  *result;
    const char  *token;

    /* What came out at a good end may be bad all the same. */
    bool       (*is_good)(const wf_value_t *result);
    bool         is_gone_good;
};

static bool nothing(const wf_value_t *result);
static bool exit_codes(const wf_value_t *result);


static const job_row_t  jobs[] = {
#define JOB(service, action, ask, ask_params, stop, stop_params, status,      \
    good, bad, result, token, is_good, is_gone_good)                          \
    { service, action, ask, ask_params, stop, stop_params, status, good, bad, \
      result, token, is_good, is_gone_good },
#include "wire/aws_jobs.def"
#undef JOB
};

static const struct {
    const char  *service;
    const char  *action;
    const char  *operation;
    const char  *params;
    const char  *result;
} calls[] = {
#define CALL(service, action, operation, params, result)                      \
    { service, action, operation, params, result },
#include "wire/aws_calls.def"
#undef CALL
};


static bool
nothing(const wf_value_t *result)
{
    (void) result;

    return true;
}


/* Of a task of containers: all that are essential have ended with 0. */
static bool
exit_codes(const wf_value_t *result)
{
    uint32_t           i;
    const wf_value_t  *list, *code, *stopped;

    list = wf_value_get(result, wf_str("Containers"));
    stopped = wf_value_get(result, wf_str("StopCode"));

    for (i = 0; list && list->type == WF_ARRAY && i < list->count; i++) {
        code = wf_value_get(list->u.items[i], wf_str("ExitCode"));

        if (code && code->type == WF_NUMBER && code->u.number.real != 0) {
            return false;
        }
    }

    return stopped == NULL || stopped->type != WF_STRING
           || wf_str_eq(stopped->u.string,
                        wf_str("EssentialContainerExited"));
}


static const job_row_t *
job_find(const wf_aws_call_t *call)
{
    size_t  i;

    for (i = 0; !call->is_sdk && i < wf_countof(jobs); i++) {
        if (wf_str_eq(call->service, wf_str_of(jobs[i].service))
            && wf_str_eq(call->action, wf_str_of(jobs[i].action)))
        {
            return &jobs[i];
        }
    }

    return NULL;
}


bool
wf_aws_watch_is(const wf_aws_call_t *call)
{
    return job_find(call) != NULL;
}


/*
 * Beginnings
 */

/* Who is asked twice begins one job. */
static void
token_add(wf_aws_call_t *call, const char *name)
{
    wf_str_t             key;
    wf_value_t          *params;
    wf_service_sheet_t  *sheet;

    sheet = call->sheet;
    key = sheet->call->key;

    if (name[0] == '\0' || key.len == 0 || sheet->params->type != WF_OBJECT
        || wf_value_get(sheet->params, wf_str_of(name)))
    {
        return;
    }

    params = wf_value_merge(sheet->arena, sheet->params, NULL);

    if (wf_value_set(sheet->arena, params, wf_str_of(name),
                     wf_value_string(sheet->arena, key)) != WF_OK)
    {
        sheet->failed = true;
        return;
    }

    sheet->params = params;
}


static size_t
call_find(const wf_aws_call_t *call)
{
    size_t  i;

    for (i = 0; i < wf_countof(calls); i++) {
        if (!call->is_sdk
            && wf_str_eq(call->service, wf_str_of(calls[i].service))
            && wf_str_eq(call->action, wf_str_of(calls[i].action)))
        {
            break;
        }
    }

    return i;
}


void
wf_aws_watch_rename(wf_aws_call_t *call)
{
    size_t             i;
    const job_row_t   *row;
    const wf_value_t  *params;

    row = call->sheet->call->mode == WF_SERVICE_SYNC ? job_find(call) : NULL;

    if (row) {
        token_add(call, row->token);
    }

    i = call_find(call);

    if (i < wf_countof(calls)) {
        params = wf_aws_fill(call->sheet, calls[i].params, NULL);
        call->action = wf_str_of(calls[i].operation);
        call->sheet->params = params ? params : call->sheet->params;
    }
}


/* With what is said of the exchange. */
void
wf_aws_watch_result(wf_aws_call_t *call, wf_service_result_t *result)
{
    size_t             i, k;
    wf_value_t        *made, *kept;
    const wf_value_t  *filled;

    static const wf_str_t  metadata[] = {
        wf_str_init("SdkHttpMetadata"), wf_str_init("SdkResponseMetadata")
    };

    i = call_find(call);

    if (i == wf_countof(calls) || result->error.len > 0
        || result->tree == NULL)
    {
        return;
    }

    filled = wf_aws_fill(call->sheet, calls[i].result, result->tree);
    made = filled ? wf_value_merge(call->sheet->arena, filled, NULL) : NULL;

    for (k = 0; made && k < wf_countof(metadata); k++) {
        kept = wf_value_get(result->tree, metadata[k]);

        if (kept && wf_value_set(call->sheet->arena, made, metadata[k], kept)
                    != WF_OK)
        {
            made = NULL;
        }
    }

    if (made == NULL) {
        call->sheet->failed = true;
        return;
    }

    wf_aws_print(call, made, result);
}


/* Is all there that the answer had to say? */
static bool
is_begun(const wf_value_t *shape, const wf_value_t *ask)
{
    uint32_t           i;
    const wf_value_t  *want, *got;

    for (i = 0; i < shape->count; i++) {
        want = shape->u.members[i].value;
        got = wf_value_get(ask, shape->u.members[i].key);

        if (want->type == WF_ARRAY) {
            if (got == NULL || got->count < want->count) {
                return false;
            }

            continue;
        }

        if (wf_str_starts(want->u.string, wf_str("$."))
            && (got == NULL || got->type != WF_STRING))
        {
            return false;
        }
    }

    return true;
}


/* What asking and stopping need is made now, while both the parameters and the
 * answer are here. */
void
wf_aws_watch_open(wf_aws_call_t *call, wf_service_result_t *result)
{
    wf_buf_t             buf;
    const job_row_t     *row;
    wf_service_sheet_t  *sheet;
    const wf_value_t    *ask, *stop, *shape;

    sheet = call->sheet;
    row = job_find(call);

    if (row == NULL || result->error.len > 0 || result->tree == NULL) {
        return;
    }

    ask = wf_aws_fill(sheet, row->ask_params, result->tree);
    stop = wf_aws_fill(sheet, row->stop_params, result->tree);
    shape = wf_service_json(sheet, wf_str_of(row->ask_params));

    if (sheet->failed || ask == NULL || stop == NULL || shape == NULL) {
        sheet->failed = true;
        return;
    }

    if (!is_begun(shape, ask)) {
        wf_aws_fail_as(call, wf_str("States.TaskFailed"), result->value,
                       result);
        return;
    }

    wf_buf_init(&buf, sheet->arena, 256);
    wf_buf_text(&buf, "{\"Ask\":");
    wf_json_print(&buf, ask);
    wf_buf_text(&buf, ",\"Stop\":");
    wf_json_print(&buf, stop);
    wf_buf_byte(&buf, '}');
    sheet->failed |= buf.failed;
    result->job = wf_buf_done(&buf);
}


/*
 * Steps
 */

/* A call of its own, of the same service. */
typedef struct {
    wf_service_call_t   call;
    wf_service_sheet_t  sheet;
} inner_t;


static bool
inner_init(inner_t *inner, wf_aws_call_t *call, const job_row_t *row)
{
    bool               is_ask;
    wf_str_t           parts[4];
    const wf_value_t  *params;

    is_ask = call->sheet->call->step == WF_SERVICE_ASK;
    params = wf_value_get(call->sheet->call->job, is_ask ? wf_str("Ask")
                                                         : wf_str("Stop"));

    if (params == NULL || params->type != WF_OBJECT
        || (!is_ask && row->stop[0] == '\0'))
    {
        return false;
    }

    parts[0] = wf_str("arn:aws:states:::");
    parts[1] = call->service;
    parts[2] = wf_str(":");
    parts[3] = wf_str_of(is_ask ? row->ask : row->stop);

    inner->call = *call->sheet->call;
    inner->call.step = WF_SERVICE_START;
    inner->call.mode = WF_SERVICE_REQUEST;
    inner->call.job = NULL;
    inner->call.resource = wf_service_join(call->sheet, parts, 4);
    memset(&inner->sheet, 0, sizeof(inner->sheet));
    inner->sheet.arena = call->sheet->arena;
    inner->sheet.call = &inner->call;
    inner->sheet.params = params;
    inner->sheet.failed = call->sheet->failed;

    return true;
}


wf_rc_t
wf_aws_watch_step_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    wf_rc_t           rc;
    inner_t           inner;
    const job_row_t  *row;

    row = job_find(call);

    if (row == NULL || !inner_init(&inner, call, row)) {
        return wf_service_refuse(err, "Resource",
                                 "is a job that can't be asked about");
    }

    request->target = inner.call.resource;
    rc = inner.sheet.failed
         ? WF_ERROR : wf_aws_service_request(&inner.sheet, request, err);
    call->sheet->failed |= inner.sheet.failed;

    return rc;
}


static bool
is_listed(const char *list, wf_str_t word)
{
    wf_str_t  rest;

    rest = wf_str_of(list);

    while (rest.len > 0) {
        if (wf_str_eq(wf_service_cut(&rest, ' '), word)) {
            return true;
        }
    }

    return false;
}


static bool
has_word(wf_str_t text, wf_str_t word)
{
    size_t  i;

    for (i = 0; i + word.len <= text.len; i++) {
        if (memcmp(text.data + i, word.data, word.len) == 0) {
            return true;
        }
    }

    return false;
}


/* Not the job's fault: it is asked again. */
static bool
is_passing(const wf_service_answer_t *answer, wf_str_t error)
{
    size_t  i;

    static const char *const  words[] = {
        "Throttl", "TooManyRequests", "RequestLimit", "Unavailable"
    };

    if (answer->status == 429 || answer->status >= 500) {
        return true;
    }

    for (i = 0; i < wf_countof(words); i++) {
        if (has_word(error, wf_str_of(words[i]))) {
            return true;
        }
    }

    return false;
}


static bool
is_unknown(const wf_service_answer_t *answer, wf_str_t error)
{
    return answer->status == 404
           || has_word(error, wf_str("NotFound"));
}


/* The object as the job's result: nothing of the exchange. */
static const wf_value_t *
result_of(wf_aws_call_t *call, const job_row_t *row, const wf_value_t *answer)
{
    uint32_t           i;
    wf_value_t        *copy;
    const wf_value_t  *made;

    made = wf_aws_fill(call->sheet, row->result, answer);

    if (made == NULL || made->type != WF_OBJECT) {
        return made;
    }

    copy = wf_value_object(call->sheet->arena, made->count);

    for (i = 0; copy && i < made->count; i++) {
        if (wf_str_starts(made->u.members[i].key, wf_str("Sdk"))) {
            continue;
        }

        if (wf_value_set(call->sheet->arena, copy, made->u.members[i].key,
                         made->u.members[i].value) != WF_OK)
        {
            copy = NULL;
        }
    }

    call->sheet->failed |= copy == NULL;

    return copy;
}


static void
ask_result(wf_aws_call_t *call, const job_row_t *row,
    const wf_value_t *answer, wf_service_result_t *result)
{
    bool               is_good;
    wf_str_t           word;
    const wf_value_t  *status, *made;

    status = wf_aws_at(call->sheet, wf_str_of(row->status), answer);
    word = status && status->type == WF_STRING ? status->u.string
                                               : wf_str_none;
    is_good = is_listed(row->good, word);

    if (!is_good && !is_listed(row->bad, word)) {
        result->is_more = true;
        return;
    }

    made = result_of(call, row, answer);

    if (made == NULL) {
        call->sheet->failed = true;
        return;
    }

    wf_aws_print(call, made, result);

    if (!is_good || !row->is_good(made)) {
        wf_aws_fail_as(call, wf_str("States.TaskFailed"), result->value,
                       result);
    }
}


void
wf_aws_watch_step_result(wf_aws_call_t *call,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    inner_t               inner;
    const job_row_t      *row;
    wf_service_result_t   got;

    row = job_find(call);

    if (row == NULL || !inner_init(&inner, call, row)) {
        wf_aws_fail_as(call, wf_str("States.Runtime"),
                       wf_str("The job can't be asked about."), result);
        return;
    }

    memset(&got, 0, sizeof(got));
    wf_aws_service_result(&inner.sheet, answer, &got);
    call->sheet->failed |= inner.sheet.failed;

    if (call->sheet->failed) {
        return;
    }

    if (got.error.len > 0 && is_passing(answer, got.error)) {
        result->is_more = true;
        return;
    }

    if (call->sheet->call->step == WF_SERVICE_STOP) {
        return;
    }

    if (got.error.len > 0) {
        if (row->is_gone_good && is_unknown(answer, got.error)) {
            result->value = wf_str("{}");
            return;
        }

        wf_aws_fail_as(call, got.error, got.cause, result);
        return;
    }

    if (got.tree == NULL) {
        call->sheet->failed = true;
        return;
    }

    ask_result(call, row, got.tree, result);
}
