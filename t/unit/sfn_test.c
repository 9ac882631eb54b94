
/*
 * Step Functions through protocol and desk, between workers: what clients
 * read, machines that change meanwhile, owners that go, no memory.
 */

#include "unit.h"

#include "actions/sfn.c"

#include "desk_calls.h"
#include "wire/aws.h"


#define ARN    "arn:aws:states:us-east-1:123456789012:stateMachine:"
#define EXEC   "arn:aws:states:us-east-1:123456789012:execution:m:"
#define ROLE   "\"roleArn\":\"arn:aws:iam::1:role/r\""
#define PASS(result)                                                          \
    "\"definition\":\"{\\\"StartAt\\\":\\\"A\\\",\\\"States\\\":{\\\"A\\\":{" \
    "\\\"Type\\\":\\\"Pass\\\",\\\"Result\\\":" result ",\\\"End\\\":true}}}\""
#define WAIT                                                                  \
    "\"definition\":\"{\\\"StartAt\\\":\\\"A\\\",\\\"States\\\":{\\\"A\\\":{" \
    "\\\"Type\\\":\\\"Wait\\\",\\\"Seconds\\\":100,\\\"End\\\":true}}}\""
#define MACHINE(more)  "{\"name\":\"m\"," ROLE "," more "}"
#define OF(kind)       "{\"" kind "\":\"" ARN "m\"}"

typedef struct {
    wf_header_t    headers[1];
    wf_request_t   request;
    wf_message_t   message;
    char           target[128];
} talk_t;

static talk_t   talk;
static char     said[65536];


/* Not run yet; NULL: refused at the door, in words. */
static wf_call_t *
call_with(int worker, const char *operation, const char *body)
{
    wf_call_t     *call;
    wf_error_t     err;
    wf_message_t  *message;

    call = wf_call_create(workers[worker].desk);
    call->done = done;
    memset(&talk, 0, sizeof(talk));
    snprintf(talk.target, sizeof(talk.target), "AWSStepFunctions.%s",
             operation);
    talk.headers[0] = (wf_header_t) { wf_str("x-amz-target"),
                                      wf_str_of(talk.target) };
    talk.request.method = wf_str("POST");
    talk.request.path = wf_str("/");
    talk.request.body = wf_str_of(body);
    talk.request.headers = talk.headers;
    talk.request.header_count = 1;
    message = &talk.message;
    message->protocol = &wf_protocol_sfn;
    message->arena = call->arena;
    message->scratch = call->arena;
    message->request = &talk.request;

    CHECK_INT(wf_protocol_sfn.begin(message, wf_str("id"), &err), WF_OK);
    call->action = wf_action_find("sfn", message->action);
    wf_assert(call->action);
    CHECK_INT(wf_protocol_sfn.decode(message, NULL, &call->args, &err),
              WF_OK);

    return call;
}


static const char *
answer_of(wf_call_t *call)
{
    wf_buf_t     buf;
    wf_reply_t  *reply;

    reply = &call->reply;
    wf_buf_init(&buf, call->arena, 0);

    if (reply->error) {
        wf_protocol_sfn.encode_error(&buf, &talk.message, reply->error);

    } else {
        wf_protocol_sfn.encode(&buf, &talk.message, reply);
    }

    CHECK(!buf.failed && buf.len < sizeof(said));
    memcpy(said, buf.data, buf.len);
    said[buf.len] = '\0';

    return said;
}


static const char *
sfn(int worker, const char *operation, const char *body)
{
    wf_call_t  *call;

    call = call_with(worker, operation, body);
    (void) ask(call);

    return answer_of(call);
}


#define SAYS(worker, operation, body, text)                                   \
    do {                                                                      \
        CHECK(strstr(sfn(worker, operation, body), text) != NULL);            \
        if (!strstr(said, text)) {                                            \
            printf("# said: %s\n", said);                                     \
        }                                                                     \
    } while (0)


static void
opened(void)
{
    world_create();
}


/* Everything that a client may ask of one machine, from the worker that owns
 * the catalogue and from the other one. */
TEST(machines)
{
    int  w;

    for (w = 0; w < 2; w++) {
        opened();
        SAYS(w, "CreateStateMachine", MACHINE(PASS("1")), ARN "m\"");
        SAYS(w, "CreateStateMachine", MACHINE(PASS("1")), ARN "m\"");
        SAYS(!w, "CreateStateMachine", MACHINE(PASS("2")),
             "StateMachineAlreadyExists");
        SAYS(w, "CreateStateMachine",
             "{\"name\":\"n\"," ROLE ",\"definition\":\"{}\"}",
             "'SCHEMA_VALIDATION_FAILED: These fields are required");
        SAYS(!w, "DescribeStateMachine", OF("stateMachineArn"),
             "\"status\":\"ACTIVE\"");
        SAYS(w, "UpdateStateMachine",
             "{\"stateMachineArn\":\"" ARN "m\"," PASS("1") "}",
             "{\"updateDate\":");
        CHECK(strstr(said, "revisionId") == NULL);
        SAYS(w, "UpdateStateMachine", "{\"stateMachineArn\":\"" ARN "m\","
             PASS("2") ",\"publish\":true}", ":m:1\"}");
        CHECK(strstr(said, "revisionId") != NULL);
        SAYS(!w, "PublishStateMachineVersion", OF("stateMachineArn"),
             ":m:1\"}");
        SAYS(w, "ListStateMachines", "{}", "\"name\":\"m\"");
        SAYS(w, "DeleteStateMachine", OF("stateMachineArn"), "{}");
        SAYS(!w, "DeleteStateMachine", OF("stateMachineArn"), "{}");
        SAYS(w, "DescribeStateMachine", OF("stateMachineArn"),
             "StateMachineDoesNotExist");
        end();
    }
}


TEST(executions)
{
    opened();
    SAYS(1, "CreateStateMachine", MACHINE(WAIT), ARN);
    SAYS(0, "StartExecution", "{\"stateMachineArn\":\"" ARN "m\","
         "\"name\":\"e\",\"input\":\"2\"}", EXEC "e\"");
    SAYS(1, "StartExecution", "{\"stateMachineArn\":\"" ARN "m\","
         "\"name\":\"e\",\"input\":\"2\"}", EXEC "e\"");
    SAYS(1, "StartExecution", "{\"stateMachineArn\":\"" ARN "m\","
         "\"name\":\"e\",\"input\":\"3\"}",
         "Execution Already Exists: '" EXEC "e'");
    SAYS(0, "DescribeExecution", "{\"executionArn\":\"" EXEC "e\"}",
         "\"status\":\"RUNNING\"");
    SAYS(0, "DescribeExecution", "{\"executionArn\":\"" EXEC "e\","
         "\"includedData\":\"METADATA_ONLY\"}", "\"included\":false");
    SAYS(1, "ListExecutions", OF("stateMachineArn"), EXEC "e\"");
    SAYS(1, "ListExecutions", "{\"stateMachineArn\":\"" ARN "m\","
         "\"statusFilter\":\"PENDING_REDRIVE\"}", "ValidationException");
    SAYS(1, "StopExecution", "{\"executionArn\":\"" EXEC "e\","
         "\"error\":\"E\"}", "{\"stopDate\":");
    SAYS(0, "StopExecution", "{\"executionArn\":\"" EXEC "e\"}",
         "{\"stopDate\":");
    SAYS(0, "DescribeExecution", "{\"executionArn\":\"" EXEC "e\"}",
         "\"status\":\"ABORTED\"");
    SAYS(0, "StartExecution", "{\"stateMachineArn\":\"" ARN "m\","
         "\"name\":\"e\",\"input\":\"2\"}", "ExecutionAlreadyExists");
    SAYS(0, "DescribeExecution", "{\"executionArn\":\"" EXEC "x\"}",
         "ExecutionDoesNotExist");
    SAYS(0, "StartExecution", "{\"stateMachineArn\":\"" ARN "m\","
         "\"input\":\"\"}", "Invalid execution input.");
    SAYS(0, "StartExecution", "{\"stateMachineArn\":\"" ARN "m\","
         "\"input\":\"{'a\"}", "was expecting double-quote");
    SAYS(0, "StartExecution", "{\"stateMachineArn\":\"" ARN "m:9\"}",
         "State Machine Does Not Exist: '" ARN "m:9'");
    end();
}


/* By any worker; the same token is the same call. */
TEST(redrives)
{
    int  w;

    for (w = 0; w < 2; w++) {
        opened();
        SAYS(w, "CreateStateMachine", MACHINE(WAIT), ARN);
        SAYS(w, "StartExecution", "{\"stateMachineArn\":\"" ARN "m\","
             "\"name\":\"e\"}", EXEC "e\"");
        SAYS(w, "RedriveExecution", "{\"executionArn\":\"" EXEC "e\"}",
             "\"ExecutionNotRedrivable\",\"message\":\"Execution is RUNNING "
             "and cannot be redriven\"");
        SAYS(w, "StopExecution", "{\"executionArn\":\"" EXEC "e\"}",
             "{\"stopDate\":");
        SAYS(!w, "DescribeExecution", "{\"executionArn\":\"" EXEC "e\"}",
             "\"redriveStatus\":\"REDRIVABLE\"}");
        SAYS(w, "RedriveExecution", "{\"executionArn\":\"" EXEC "e\","
             "\"clientToken\":\"t\"}", "{\"redriveDate\":");
        SAYS(!w, "RedriveExecution", "{\"executionArn\":\"" EXEC "e\","
             "\"clientToken\":\"t\"}", "{\"redriveDate\":");
        SAYS(!w, "RedriveExecution", "{\"executionArn\":\"" EXEC "e\","
             "\"clientToken\":\"u\"}", "ExecutionNotRedrivable");
        SAYS(w, "DescribeExecution", "{\"executionArn\":\"" EXEC "e\"}",
             "\"status\":\"RUNNING\"");
        SAYS(!w, "ListExecutions", "{\"stateMachineArn\":\"" ARN "m\","
             "\"redriveFilter\":\"REDRIVEN\"}", "\"redriveCount\":1");
        SAYS(w, "ListExecutions", "{\"stateMachineArn\":\"" ARN "m\","
             "\"redriveFilter\":\"NOT_REDRIVEN\"}", "{\"executions\":[]}");
        SAYS(w, "RedriveExecution", "{\"executionArn\":\"" EXEC "x\"}",
             "Execution Does Not Exist: '" EXEC "x'");
        end();
    }
}


/* From its end, page by page, every event once. */
TEST(history)
{
    int          i;
    char         body[256], *token;
    const char  *answer;

    opened();
    SAYS(0, "CreateStateMachine", MACHINE(PASS("1")), ARN);
    SAYS(0, "StartExecution",
         "{\"stateMachineArn\":\"" ARN "m\",\"name\":\"e\"}", EXEC "e\"");
    body[0] = '\0';

    for (i = 4; i > 0; i--) {
        answer = sfn(1, "GetExecutionHistory", i == 4
                     ? "{\"executionArn\":\"" EXEC "e\","
                       "\"reverseOrder\":true,\"maxResults\":1}" : body);
        CHECK(strstr(answer, "\"id\":") != NULL
              && atoi(strstr(answer, "\"id\":") + 5) == i);
        token = strstr(said, "\"nextToken\":\"");
        CHECK((token != NULL) == (i > 1));

        if (token) {
            token[13 + strcspn(token + 13, "\"")] = '\0';
            snprintf(body, sizeof(body), "{\"executionArn\":\"" EXEC "e\","
                     "\"reverseOrder\":true,\"maxResults\":1,"
                     "\"nextToken\":\"%s\"}", token + 13);
        }
    }

    SAYS(0, "GetExecutionHistory", "{\"executionArn\":\"" EXEC "e\","
         "\"includeExecutionData\":false}", "\"id\":4");
    CHECK(strstr(said, "\"input\":") == NULL);
    end();
}


TEST(notes)
{
    opened();
    SAYS(1, "CreateActivity", "{\"name\":\"a\","
         "\"tags\":[{\"key\":\"k\",\"value\":\"v\"}]}", ":activity:a\"");
    SAYS(0, "ListTagsForResource", "{\"resourceArn\":\"arn:aws:states:"
         "us-east-1:123456789012:activity:a\"}",
         "{\"tags\":[{\"key\":\"k\",\"value\":\"v\"}]}");
    world_move(0);
    SAYS(1, "CreateActivity", "{\"name\":\"a\"}", ":activity:a\"");
    SAYS(1, "CreateActivity", "{\"name\":\"a\",\"encryptionConfiguration\":{"
         "\"type\":\"CUSTOMER_MANAGED_KMS_KEY\",\"kmsKeyId\":\"k\"}}",
         "ActivityAlreadyExists");
    SAYS(0, "DeleteActivity", "{\"activityArn\":\"arn:aws:states:us-east-1:"
         "123456789012:activity:a\"}", "{}");
    SAYS(0, "ListActivities", "{}", "{\"activities\":[]}");
    end();
}


typedef struct {
    const char  *operation;
    const char  *body;
} ask_t;

static const ask_t  asks[] = {
    { "CreateStateMachine", MACHINE(PASS("1") ",\"publish\":true,"
      "\"tags\":[{\"key\":\"k\",\"value\":\"v\"}]") },
    { "UpdateStateMachine", "{\"stateMachineArn\":\"" ARN "m\","
      PASS("2") ",\"publish\":true}" },
    { "CreateStateMachineAlias", "{\"name\":\"a\",\"routingConfiguration\""
      ":[{\"stateMachineVersionArn\":\"" ARN "m:1\",\"weight\":100}]}" },
    { "UpdateStateMachineAlias", "{\"stateMachineAliasArn\":\"" ARN "m:a\","
      "\"description\":\"new\"}" },
    { "ListStateMachineAliases", OF("stateMachineArn") },
    { "DeleteStateMachineVersion",
      "{\"stateMachineVersionArn\":\"" ARN "m:1\"}" },
    { "StartExecution",
      "{\"stateMachineArn\":\"" ARN "m:a\",\"name\":\"e\"}" },
    { "GetExecutionHistory",
      "{\"executionArn\":\"" EXEC "e\",\"reverseOrder\":true}" },
    { "DescribeStateMachineForExecution", "{\"executionArn\":\"" EXEC "e\"}" },
    { "TagResource", "{\"resourceArn\":\"" ARN "m\",\"tags\":[{\"key\":"
      "\"l\",\"value\":\"w\"}]}" },
    { "CreateActivity", "{\"name\":\"x\",\"tags\":[{\"key\":\"k\","
      "\"value\":\"v\"}]}" },
    { "ListActivities", "{}" },
    { "ValidateStateMachineDefinition", "{\"definition\":\"{}\"}" },
    { "DeleteStateMachine", OF("stateMachineArn") }
};


/* One that finds no memory in one of its turns: answered all the same. */
static void
starved(const ask_t *wanted, unsigned turns, unsigned count)
{
    unsigned    i;
    wf_call_t  *call;

    call = call_with(1, wanted->operation, wanted->body);

    if (asked) {
        wf_call_free(asked);
    }

    asked = call;
    done_seen = false;
    wf_call_run(call, now_ms);

    for (i = 0; i < turns && !done_seen; i++) {
        world_step();
    }

    /* The world of the test must have memory. */
    if (work_first && work_first->type != WORK_APPEND) {
        wf_arena_fail_after(count);
        world_step();
        wf_arena_fail_after(0);
    }

    for (i = 0; i < 6 && !done_seen; i++) {
        world_run();
        world_pass(20000);
    }

    CHECK(done_seen);

    /* Its conflict is an answer, too. */
    if (call->reply.error
        && call->reply.error->code != WF_E_CONFLICT)
    {
        CHECK_INT(call->reply.error->code, WF_E_INTERNAL);

        if (call->reply.error->code != WF_E_INTERNAL) {
            printf("# %s: %s\n", wanted->operation, answer_of(call));
        }
    }
}


TEST(without_memory)
{
    size_t    i, k;
    unsigned  turns, count;

    for (i = 0; i < wf_countof(asks); i++) {

        for (turns = 0; turns < 8; turns += 1 + turns / 3) {

            for (count = 1; count < 14; count += 1 + count / 4) {
                opened();

                for (k = 0; k < i; k++) {
                    (void) sfn(0, asks[k].operation, asks[k].body);
                }

                starved(&asks[i], turns, count);
                wf_call_free(asked);
                asked = NULL;
                world_free();
            }
        }
    }
}


UNIT_MAIN()
