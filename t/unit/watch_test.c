
/*
 * Jobs of other services: what is asked, what an answer means, what stops
 * them; and the tables that say so.
 */

#include "wire/service_aws_watch.c"

#include "unit.h"


#define ECS  "arn:aws:states:::ecs:runTask.sync"

static const struct {
    const char  *service;
    const char  *action;
    const char  *modes;
} offered[] = {
#define SERVICE(service, action, modes)  { service, action, modes },
#include "flow/asl_services.def"
#undef SERVICE
};


/* Of every row: it is offered, and what it says is JSON. */
TEST(tables)
{
    size_t               i, k;
    wf_arena_t          *arena;
    wf_service_sheet_t   sheet;

    arena = wf_arena_create(0);
    memset(&sheet, 0, sizeof(sheet));
    sheet.arena = arena;
    sheet.params = wf_value_object(arena, 1);

    for (i = 0; i < wf_countof(jobs); i++) {
        for (k = 0; k < wf_countof(offered); k++) {
            if (strcmp(jobs[i].service, offered[k].service) == 0
                && strcmp(jobs[i].action, offered[k].action) == 0)
            {
                break;
            }
        }

        CHECK(k < wf_countof(offered) && strchr(offered[k].modes, 'S'));
        CHECK(wf_service_json(&sheet, wf_str_of(jobs[i].ask_params)) != NULL);
        CHECK(wf_service_json(&sheet, wf_str_of(jobs[i].stop_params))
              != NULL);
        CHECK(wf_service_json(&sheet, wf_str_of(jobs[i].result)) != NULL);
        CHECK(jobs[i].status[0] == '$');
        (void) wf_aws_fill(&sheet, jobs[i].ask_params, sheet.params);
        (void) wf_aws_at(&sheet, wf_str_of(jobs[i].status), sheet.params);
        CHECK(!sheet.failed);
    }

    /* what is offered and has no row is refused when it is called */

    for (k = 0; k < wf_countof(offered); k++) {
        for (i = 0; i < wf_countof(jobs); i++) {
            if (strcmp(jobs[i].service, offered[k].service) == 0
                && strcmp(jobs[i].action, offered[k].action) == 0)
            {
                break;
            }
        }

        if (i == wf_countof(jobs) && strchr(offered[k].modes, 'S')
            && strcmp(offered[k].service, "states") != 0
            && strcmp(offered[k].action, "runJob") != 0)
        {
            printf("# %s:%s\n", offered[k].service, offered[k].action);
            CHECK(!"has a row");
        }
    }

    wf_arena_free(arena);
}


static wf_service_call_t
call_of(const char *resource, const char *params, wf_service_step_t step)
{
    return (wf_service_call_t) {
        .is_aws = true, .mode = WF_SERVICE_SYNC, .step = (uint8_t) step,
        .resource = wf_str_of(resource), .params = wf_str_of(params),
        .has_params = true, .key = wf_str("the-key")
    };
}


static wf_service_answer_t
answer_of(unsigned status, const char *body)
{
    return (wf_service_answer_t) { .status = status,
                                   .body = wf_str_of(body) };
}


static const wf_value_t *
json_of(wf_arena_t *arena, wf_str_t text)
{
    wf_error_t   err;
    wf_value_t  *value;

    wf_error_clear(&err);
    value = NULL;
    CHECK(wf_json_parse(arena, text, &value, &err) == WF_OK);

    return value;
}


TEST(from_begin_to_end)
{
    size_t                 i;
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_service_call_t      call;
    wf_service_answer_t    answer;
    wf_service_result_t    result;
    wf_service_request_t   request;

    static const struct {
        unsigned     status;
        const char  *body;
        const char  *error;     /* NULL: a result; "": not over */
        const char  *text;
    } cases[] = {
        { 200, "{\"tasks\":[{\"lastStatus\":\"PENDING\"}]}", "", "" },
        { 200, "{\"tasks\":[{\"lastStatus\":\"STOPPED\",\"containers\":[{"
          "\"exitCode\":0}]}]}", NULL,
          "{\"LastStatus\":\"STOPPED\",\"Containers\":[{\"ExitCode\":0}]}" },
        { 200, "{\"tasks\":[{\"lastStatus\":\"STOPPED\",\"containers\":[{"
          "\"exitCode\":0},{\"exitCode\":3}]}]}", "States.TaskFailed",
          "{\"LastStatus\":\"STOPPED\",\"Containers\":[{\"ExitCode\":0},"
          "{\"ExitCode\":3}]}" },
        { 200, "{\"tasks\":[{\"lastStatus\":\"STOPPED\",\"stopCode\":"
          "\"TaskFailedToStart\"}]}", "States.TaskFailed",
          "{\"LastStatus\":\"STOPPED\",\"StopCode\":\"TaskFailedToStart\"}" },
        { 200, "{\"tasks\":[]}", "", "" },
        { 200, "no json", "", "" },
        { 500, "", "", "" },
        { 429, "", "", "" },
        { 400, "{\"__type\":\"ThrottlingException\"}", "", "" },
        { 0, "", "", "" },
        { 400, "{\"__type\":\"ClusterNotFoundException\",\"message\":\"m\"}",
          "ECS.ClusterNotFoundException", "m (Service: AmazonECS; Status "
          "Code: 400; Error Code: ClusterNotFoundException; Request ID: null;"
          " Proxy: null)" }
    };

    arena = wf_arena_create(0);
    wf_error_clear(&err);
    call = call_of(ECS, "{\"Cluster\":\"c\"}", WF_SERVICE_START);
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_OK);
    CHECK_STR(request.body, wf_str("{\"cluster\":\"c\","
                                   "\"clientToken\":\"the-key\"}"));

    answer = answer_of(200, "{\"tasks\":[{\"taskArn\":\"t\"}]}");
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK_INT(result.outcome, WF_SERVICE_SUBMITTED);
    CHECK_STR(result.job, wf_str("{\"Ask\":{\"Cluster\":\"c\",\"Tasks\":["
                                 "\"t\"]},\"Stop\":{\"Cluster\":\"c\","
                                 "\"Task\":\"t\",\"Reason\":\"The task that "
                                 "started it has ended.\"}}"));

    call.step = WF_SERVICE_ASK;
    call.job = json_of(arena, result.job);
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_OK);
    CHECK_STR(request.target, wf_str("arn:aws:states:::ecs:describeTasks"));
    CHECK_STR(request.body, wf_str("{\"cluster\":\"c\",\"tasks\":[\"t\"]}"));

    for (i = 0; i < wf_countof(cases); i++) {
        answer = answer_of(cases[i].status, cases[i].body);
        CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
        CHECK(result.is_more == (cases[i].error
                                 && cases[i].error[0] == '\0'));

        if (!result.is_more) {
            CHECK_STR(result.error, wf_str_of(cases[i].error
                                              ? cases[i].error : ""));
            CHECK_STR(cases[i].error ? result.cause : result.value,
                      wf_str_of(cases[i].text));
        }
    }

    answer = answer_of(0, "");
    answer.fault = WF_FAULT_NO_RESOURCE;
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK(!result.is_more && result.error.len > 0);

    call.step = WF_SERVICE_STOP;
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_OK);
    CHECK_STR(request.target, wf_str("arn:aws:states:::ecs:stopTask"));
    answer = answer_of(503, "");
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK(result.is_more);
    answer = answer_of(400, "{}");
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK(!result.is_more);
    wf_arena_free(arena);
}


TEST(nothing_begun)
{
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_service_call_t      call;
    wf_service_answer_t    answer;
    wf_service_result_t    result;
    wf_service_request_t   request;

    arena = wf_arena_create(0);
    wf_error_clear(&err);
    call = call_of(ECS, "{}", WF_SERVICE_START);
    answer = answer_of(200, "{\"tasks\":[],\"failures\":[{\"reason\":\"x\"}]"
                       "}");
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK_STR(result.error, wf_str("States.TaskFailed"));
    CHECK_INT(result.outcome, WF_SERVICE_FAILED);
    CHECK(result.job.len == 0);

    call = call_of("arn:aws:states:::eks:runJob.sync", "{}",
                   WF_SERVICE_START);
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);

    /* a stored job that makes no sense */

    call = call_of(ECS, "{}", WF_SERVICE_ASK);
    call.job = json_of(arena, wf_str("{\"Ask\":7}"));
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_ERROR);
    wf_arena_free(arena);
}


/* Actions by another name, and paths. */
TEST(requests)
{
    size_t                 i;
    wf_rc_t                rc;
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_service_call_t      call;
    wf_service_request_t   request;

    static const struct {
        const char  *action;
        const char  *params;
        const char  *line;      /* NULL: refused */
        const char  *body;
    } cases[] = {
        { "elasticmapreduce:addStep", "{\"ClusterId\":\"k\",\"Step\":"
          "{\"Name\":\"s\"}}", "POST /?",
          "{\"JobFlowId\":\"k\",\"Steps\":[{\"Name\":\"s\"}]}" },
        { "elasticmapreduce:setClusterTerminationProtection",
          "{\"ClusterId\":\"k\",\"TerminationProtected\":true}", "POST /?",
          "{\"JobFlowIds\":[\"k\"],\"TerminationProtected\":true}" },
        { "elasticmapreduce:createCluster", "{\"Name\":\"n\"}", "POST /?",
          "{\"Name\":\"n\"}" },
        { "eks:createNodegroup", "{\"ClusterName\":\"a/b\",\"Subnets\":[1]}",
          "POST /clusters/a%2Fb/node-groups?", "{\"subnets\":[1]}" },
        { "eks:deleteCluster", "{\"Name\":\"..\",\"X\":\"a b\"}",
          "DELETE /clusters/%2E%2E?x=a%20b", "" },
        { "eks:deleteCluster", "{}", NULL, "" },
        { "eks:deleteCluster", "{\"Name\":7}", NULL, "" },
        { "databrew:startJobRun", "{\"Name\":\"n\"}",
          "POST /jobs/n/startJobRun?", "{}" },
        { "batch:submitJob", "{\"JobName\":\"n\"}", "POST /v1/submitjob?",
          "{\"jobName\":\"n\"}" }
    };

    char  resource[128], line[256];

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        wf_error_clear(&err);
        snprintf(resource, sizeof(resource), "arn:aws:states:::%s",
                 cases[i].action);
        call = call_of(resource, cases[i].params, WF_SERVICE_START);
        call.mode = WF_SERVICE_REQUEST;
        rc = wf_service_request(arena, &call, &request, &err);
        CHECK((rc == WF_OK) == (cases[i].line != NULL));

        if (rc == WF_OK) {
            snprintf(line, sizeof(line), "%.*s %.*s?%.*s",
                     (int) request.method.len, request.method.data,
                     (int) request.uri.len, request.uri.data,
                     (int) request.args.len, request.args.data
                     ? (const char *) request.args.data : "");
            CHECK_STR(wf_str_of(line), wf_str_of(cases[i].line));
            CHECK_STR(request.body, wf_str_of(cases[i].body));
        }

        wf_arena_free(arena);
    }
}


TEST(torture)
{
    unsigned               step;
    size_t                 n;
    wf_rc_t                rc;
    wf_error_t             err;
    wf_arena_t            *arena, *home;
    wf_service_call_t      call;
    wf_service_answer_t    answer;
    wf_service_result_t    result;
    wf_service_request_t   request;

    home = wf_arena_create(0);
    call = call_of("arn:aws:states:::elasticmapreduce:addStep.sync",
                   "{\"ClusterId\":\"k\",\"Step\":{\"Name\":\"s\"}}",
                   WF_SERVICE_START);
    call.job = json_of(home, wf_str("{\"Ask\":{\"ClusterId\":\"k\","
                                    "\"StepId\":\"s\"},\"Stop\":"
                                    "{\"ClusterId\":\"k\",\"StepId\":\"s\"}}"
                                    ));
    answer = answer_of(200, "{\"StepIds\":[\"s\"],\"Step\":{\"Status\":"
                       "{\"State\":\"FAILED\"}}}");

    for (step = WF_SERVICE_START; step <= WF_SERVICE_STOP; step++) {
        call.step = (uint8_t) step;

        for (n = 1; n < 400; n++) {
            arena = wf_arena_create(16);
            wf_error_clear(&err);
            wf_arena_fail_after(n);
            rc = wf_service_request(arena, &call, &request, &err);
            CHECK(rc == WF_OK || err.code == WF_E_INTERNAL);

            if (rc == WF_OK) {
                rc = wf_service_result(arena, &call, &answer, &result);
            }

            wf_arena_fail_after(0);
            wf_arena_free(arena);

            if (rc == WF_OK) {
                break;
            }
        }

        CHECK(n < 400);
    }

    wf_arena_free(home);
}


UNIT_MAIN()
