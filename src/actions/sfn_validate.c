
/*
 * ValidateStateMachineDefinition (asl 21): what the compiler says, in a reader
 * thread.
 */

#include "actions/sfn.h"

#include "base/json.h"
#include "flow/diagnostics.h"


#define RESULTS_DEFAULT  100


typedef struct {
    wf_job_t   job;
    wf_str_t   definition;
    wf_mode_t  mode;
    bool       only_errors;
    uint32_t   limit;
    wf_str_t   answer;
} check_t;


static void
diagnostic_print(wf_buf_t *buf, const wf_diagnostic_t *diagnostic)
{
    wf_buf_str(buf, diagnostic->is_warning
                    ? wf_str("{\"severity\":\"WARNING\",\"code\":")
                    : wf_str("{\"severity\":\"ERROR\",\"code\":"));
    wf_json_print_string(buf, wf_str_of(diagnostic->code));
    wf_buf_text(buf, ",\"message\":");
    wf_json_print_string(buf, diagnostic->message);

    if (diagnostic->location.len > 0) {
        wf_buf_text(buf, ",\"location\":");
        wf_json_print_string(buf, diagnostic->location);
    }

    wf_buf_byte(buf, '}');
}


static void
answer_print(check_t *check, const wf_diagnostics_t *list)
{
    uint32_t                count;
    wf_buf_t                buf;
    const wf_diagnostic_t  *diagnostic;

    wf_buf_init(&buf, check->job.read.arena, 256);
    wf_buf_str(&buf, list->error_count
                     ? wf_str("{\"result\":\"FAIL\",\"diagnostics\":[")
                     : wf_str("{\"result\":\"OK\",\"diagnostics\":["));
    count = 0;

    for (diagnostic = list->first; diagnostic; diagnostic = diagnostic->next)
    {
        if (diagnostic->is_warning && check->only_errors) {
            continue;
        }

        if (count++ == check->limit) {
            break;
        }

        wf_buf_str(&buf, count > 1 ? wf_str(",") : wf_str(""));
        diagnostic_print(&buf, diagnostic);
    }

    wf_buf_str(&buf, diagnostic ? wf_str("],\"truncated\":true}")
                                : wf_str("],\"truncated\":false}"));
    check->answer = buf.failed ? wf_str_none : wf_buf_done(&buf);
}


/* In the reader thread. */
static void
check_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    check_t           *check;
    wf_diagnostics_t   list;

    (void) type;
    (void) reader;

    check = read->data;
    list = (wf_diagnostics_t) { .arena = read->arena };
    read->rc = wf_asl_compile(check->definition, check->mode, NULL, &list,
                              &read->err);

    if (read->rc != WF_OK) {
        return;
    }

    answer_print(check, &list);

    if (check->answer.data == NULL || list.failed) {
        (void) wf_job_no_memory(read);
    }
}


static void
check_done(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    life->call->reply.kind = WF_REPLY_JSON;
    life->call->reply.u.json = ((check_t *) life->job)->answer;
    wf_life_done(life);
}


void
wf_action_sfn_validate(wf_life_t *life, int64_t now_ms)
{
    check_t  *check;

    (void) now_ms;

    check = (check_t *) wf_job_create(sizeof(check_t), check_run);

    if (check) {
        check->definition = wf_arg(life, DEFINITION)->text;
        check->mode = (wf_mode_t) wf_arg(life, MACHINE_TYPE)->number;
        check->only_errors = wf_arg(life, SEVERITY)->number == 0;
        check->limit = (uint32_t) wf_arg(life, LIMIT)->number;

        if (check->limit == 0) {
            check->limit = RESULTS_DEFAULT;
        }

        if (wf_job_copy(&check->job.read, &check->definition) != WF_OK) {
            wf_job_drop(&check->job);
            check = NULL;
        }
    }

    wf_job_run(life, (wf_job_t *) check, check_done);
}
