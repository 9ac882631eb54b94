
/*
 * Domains and types of Amazon SWF through protocol and desk, between workers:
 * what changes meanwhile, what is remembered, who may answer tasks, no memory.
 */

#include "unit.h"

#include "actions/swf_lookup.c"

#include "desk_calls.h"
#include "wire/aws.h"


#define NAME    "{\"name\":\"d\"}"
#define D       "\"domain\":\"d\""
#define TYPE    D ",\"activityType\":{\"name\":\"n\",\"version\":\"1\"}"
#define FLOW    D ",\"workflowType\":{\"name\":\"w\",\"version\":\"1\"}"
#define ACT     D ",\"name\":\"n\",\"version\":\"1\""
#define ARN     "arn:aws:swf:us-east-1:123456789012:/domain/d"
#define DOMAIN  "{\"name\":\"d\",\"workflowExecutionRetentionPeriodInDays\":" \
                "\"1\",\"tags\":[{\"key\":\"k\",\"value\":\"v\"}]}"
#define WORKFLOW                                                              \
    "{" D ",\"name\":\"w\",\"version\":\"1\",\"defaultTaskList\":"            \
    "{\"name\":\"l\"},\"defaultChildPolicy\":\"ABANDON\","                    \
    "\"defaultTaskStartToCloseTimeout\":\"NONE\","                            \
    "\"defaultExecutionStartToCloseTimeout\":\"600\"}"

typedef struct {
    wf_header_t    headers[1];
    wf_request_t   request;
    wf_message_t   message;
    char           target[128];
} talk_t;

static talk_t        talk;
static char          said[65536];
static wf_policy_t  *policy;


/* NULL: refused at the door. */
static wf_call_t *
call_with(int worker, const char *operation, const char *body,
    wf_error_t *err)
{
    wf_call_t     *call;
    wf_message_t  *message;

    call = wf_call_create(workers[worker].desk);
    call->done = done;
    call->policy = policy;
    memset(&talk, 0, sizeof(talk));
    snprintf(talk.target, sizeof(talk.target), "SimpleWorkflowService.%s",
             operation);
    talk.headers[0] = (wf_header_t) { wf_str("x-amz-target"),
                                      wf_str_of(talk.target) };
    talk.request.method = wf_str("POST");
    talk.request.path = wf_str("/");
    talk.request.body = wf_str_of(body);
    talk.request.headers = talk.headers;
    talk.request.header_count = 1;
    talk.request.now_ms = now_ms;
    message = &talk.message;
    message->protocol = &wf_protocol_swf;
    message->arena = call->arena;
    message->scratch = call->arena;
    message->request = &talk.request;
    message->policy = policy;

    CHECK_INT(wf_protocol_swf.begin(message, wf_str("id"), err), WF_OK);
    call->action = wf_action_find("swf", message->action);
    wf_assert(call->action);

    if (wf_protocol_swf.decode(message, NULL, &call->args, err) != WF_OK) {
        call->reply.error = err;
    }

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
        wf_protocol_swf.encode_error(&buf, &talk.message, reply->error);

    } else {
        wf_protocol_swf.encode(&buf, &talk.message, reply);
    }

    CHECK(!buf.failed && buf.len < sizeof(said));
    memcpy(said, buf.data, buf.len);
    said[buf.len] = '\0';

    return said;
}


static const char *
swf(int worker, const char *operation, const char *body)
{
    wf_call_t   *call;
    wf_error_t   err;

    call = call_with(worker, operation, body, &err);

    if (call->reply.error) {
        (void) answer_of(call);
        wf_call_free(call);
        return said;
    }

    (void) ask(call);

    return answer_of(call);
}


#define SAYS(worker, operation, body, text)                                   \
    do {                                                                      \
        CHECK(strstr(swf(worker, operation, body), text) != NULL);            \
        if (!strstr(said, text)) {                                            \
            printf("# said: %s\n", said);                                     \
        }                                                                     \
    } while (0)

#define DOES(worker, operation, body)                                         \
    CHECK_STR(wf_str_of(swf(worker, operation, body)), wf_str(""))


static void
opened(void)
{
    policy = NULL;
    world_create();
}


/* From the worker that owns the catalogue, and from the other one. */
TEST(domains)
{
    int  w;

    for (w = 0; w < 2; w++) {
        opened();
        DOES(w, "RegisterDomain", DOMAIN);
        SAYS(!w, "RegisterDomain", DOMAIN, "DomainAlreadyExistsFault\","
             "\"message\":\"d\"");
        SAYS(w, "DescribeDomain", NAME, "\"status\":\"REGISTERED\"");
        SAYS(!w, "ListTagsForResource", "{\"resourceArn\":\"" ARN "\"}",
             "{\"tags\":[{\"key\":\"k\",\"value\":\"v\"}]}");
        DOES(w, "RegisterActivityType", "{" ACT "}");
        DOES(!w, "DeprecateDomain", NAME);
        SAYS(w, "DescribeActivityType", "{" TYPE "}", "\"DEPRECATED\"");
        SAYS(w, "DeprecateDomain", NAME, "DomainDeprecatedFault");
        SAYS(!w, "DeprecateActivityType", "{" TYPE "}", "TypeDeprecatedFault");
        SAYS(w, "UndeprecateActivityType", "{" TYPE "}",
             "DomainDeprecatedFault");
        world_move(0);
        DOES(w, "UndeprecateDomain", NAME);
        SAYS(w, "DescribeActivityType", "{" TYPE "}", "\"DEPRECATED\"");
        DOES(!w, "UndeprecateActivityType", "{" TYPE "}");
        SAYS(w, "DescribeActivityType", "{" TYPE "}", "\"REGISTERED\"");
        SAYS(w, "DescribeActivityType", "{\"domain\":\"x\",\"activityType\":"
             "{\"name\":\"n\",\"version\":\"1\"}}", "Unknown domain: x");
        end();
    }
}


/* Domain and type are read once, however many runs are started; what was not
 * there is not remembered for long.  The runs wait for a decider. */
TEST(remembered)
{
    int         i;
    char        body[256];
    unsigned    reads;
    const char *found;

    opened();
    DOES(0, "RegisterDomain", DOMAIN);
    SAYS(1, "StartWorkflowExecution", "{" FLOW ",\"workflowId\":\"w\"}",
         "Unknown type: WorkflowType=[name=w, version=1]");
    DOES(0, "RegisterWorkflowType", WORKFLOW);

    for (i = 0; i < 4; i++) {
        reads = read_ever;
        snprintf(body, sizeof(body), "{" FLOW ",\"workflowId\":\"w%d\"}", i);
        found = swf(1, "StartWorkflowExecution", body);
        CHECK(strstr(found, "\"runId\":\"") != NULL);
        CHECK_INT(read_ever - reads, i == 0 ? 2 : 0);
    }

    DOES(0, "DeprecateWorkflowType", "{" FLOW "}");
    SAYS(1, "StartWorkflowExecution", "{" FLOW ",\"workflowId\":\"x\"}",
         "TypeDeprecatedFault");
    DOES(0, "DeleteWorkflowType", "{" FLOW "}");
    SAYS(1, "StartWorkflowExecution", "{" FLOW ",\"workflowId\":\"x\"}",
         "Unknown type");
    wf_call_free(asked);
    asked = NULL;
    world_free();
}


/* From both ends, in pages, deprecated and registered ones apart. */
TEST(lists)
{
    int         i, round;
    char        body[512], *token, page[256];
    const char *at;
    char        order[32];

    opened();
    DOES(0, "RegisterDomain", DOMAIN);

    for (i = 0; i < 9; i++) {
        snprintf(body, sizeof(body), "{" D ",\"name\":\"n\",\"version\":"
                 "\"%d\"}", (i * 4) % 9);
        DOES(i % 2, "RegisterActivityType", body);
    }

    DOES(0, "DeprecateActivityType", "{" D ",\"activityType\":"
         "{\"name\":\"n\",\"version\":\"4\"}}");

    for (round = 0; round < 4; round++) {
        page[0] = order[0] = '\0';

        do {
            snprintf(body, sizeof(body), "{" D ",\"registrationStatus\":"
                     "\"REGISTERED\",\"reverseOrder\":%s%s,"
                     "\"maximumPageSize\":3%s}", round % 2 ? "true" : "false",
                     round / 2 ? ",\"name\":\"n\"" : "", page);
            at = swf(1, "ListActivityTypes", body);

            while ((at = strstr(at, "\"version\":\"")) != NULL) {
                strncat(order, at + 11, 1);
                at++;
            }

            token = strstr(said, "\"nextPageToken\":");

            if (token) {
                token[strcspn(token, "}")] = '\0';
                snprintf(page, sizeof(page), ",%s", token);
            }

        } while (token);

        CHECK_STR(wf_str_of(order), wf_str_of(round % 2 ? "87653210"
                                                        : "01235678"));
    }

    end();
}


static const char *const  deciders[] = {
    "allow swf:* on arn:aws:swf:*:*:/domain/d",
    "allow swf:Poll* on *",
    "allow swf:* on arn:aws:swf:*:*:/domain/other"
};


/* Whoever answers a task may do so in its domain. */
TEST(token_of_a_domain)
{
    size_t        i;
    char          body[2048], *token;
    wf_error_t    err;
    wf_policy_t  *policies[wf_countof(deciders)];

    opened();

    for (i = 0; i < wf_countof(deciders); i++) {
        policies[i] = wf_policy_create(world);
        CHECK_INT(wf_policy_line(policies[i], wf_str_of(deciders[i]), &err),
                  WF_OK);
    }

    DOES(0, "RegisterDomain", DOMAIN);
    DOES(0, "RegisterWorkflowType", WORKFLOW);
    SAYS(0, "StartWorkflowExecution", "{" FLOW ",\"workflowId\":\"w\"}",
         "runId");
    policy = policies[1];
    SAYS(1, "PollForDecisionTask", "{" D ",\"taskList\":{\"name\":\"l\"}}",
         "\"startedEventId\":3");
    token = strstr(said, "\"taskToken\":\"");
    CHECK(token != NULL);
    token[13 + strcspn(token + 13, "\"")] = '\0';
    snprintf(body, sizeof(body), "{\"taskToken\":\"%s\"}", token + 13);

    SAYS(1, "RespondDecisionTaskCompleted", body,
         "OperationNotPermittedFault");
    SAYS(0, "RespondActivityTaskCompleted", body,
         "OperationNotPermittedFault");
    policy = policies[2];
    SAYS(0, "RespondDecisionTaskCompleted", body,
         "OperationNotPermittedFault");
    SAYS(1, "RecordActivityTaskHeartbeat", body, "OperationNotPermittedFault");
    policy = policies[0];
    SAYS(1, "RespondActivityTaskCompleted", body, "UnknownResourceFault");
    DOES(1, "RespondDecisionTaskCompleted", body);
    policy = NULL;
    SAYS(1, "RespondDecisionTaskCompleted", body,
         "Unknown decision task, scheduledEventId = 2");
    end();
}


/* Whoever counts, and whoever is the list's home; a higher priority comes
 * first, and of equal ones what was there first. */
TEST(pending)
{
    int          i, w;
    char         body[512];
    const char  *priority;

    opened();
    DOES(0, "RegisterDomain", DOMAIN);
    DOES(0, "RegisterWorkflowType", WORKFLOW);

    for (i = 0; i < 6; i++) {
        priority = i == 3 ? "7" : i == 4 ? "-2147483648" : i == 5
                   ? "2147483647" : "0";
        snprintf(body, sizeof(body), "{" FLOW ",\"workflowId\":\"w%d\","
                 "\"taskPriority\":\"%s\"}", i, priority);
        SAYS(i % 2, "StartWorkflowExecution", body, "runId");
    }

    for (w = 0; w < 2; w++) {
        SAYS(w, "CountPendingDecisionTasks",
             "{" D ",\"taskList\":{\"name\":\"l\"}}",
             "{\"count\":6,\"truncated\":false}");
        SAYS(w, "CountPendingActivityTasks",
             "{" D ",\"taskList\":{\"name\":\"l\"}}",
             "{\"count\":0,\"truncated\":false}");
        SAYS(w, "CountPendingDecisionTasks",
             "{" D ",\"taskList\":{\"name\":\"other\"}}", "\"count\":0");
        SAYS(w, "CountPendingDecisionTasks",
             "{\"domain\":\"x\",\"taskList\":{\"name\":\"l\"}}",
             "Unknown domain: x");
    }

    for (i = 0; i < 6; i++) {
        snprintf(body, sizeof(body), "\"workflowId\":\"w%d\"",
                 i == 0 ? 5 : i == 1 ? 3 : i == 5 ? 4 : i - 2);
        SAYS(i % 2, "PollForDecisionTask",
             "{" D ",\"taskList\":{\"name\":\"l\"}}", body);
    }

    SAYS(1, "CountPendingDecisionTasks",
         "{" D ",\"taskList\":{\"name\":\"l\"}}", "\"count\":0");
    wf_call_free(asked);
    asked = NULL;
    world_free();
}


typedef struct {
    const char  *operation;
    const char  *body;
} ask_t;

static const ask_t  asks[] = {
    { "RegisterDomain", DOMAIN },
    { "RegisterActivityType", "{" ACT ",\"description\":\"x\"}" },
    { "DescribeActivityType", "{" TYPE "}" },
    { "ListActivityTypes", "{" D ",\"registrationStatus\":\"REGISTERED\","
      "\"reverseOrder\":true}" },
    { "RegisterWorkflowType", WORKFLOW },
    { "StartWorkflowExecution", "{" FLOW ",\"workflowId\":\"w\"}" },
    { "CountPendingDecisionTasks", "{" D ",\"taskList\":{\"name\":\"l\"}}" },
    { "ListDomains", "{\"registrationStatus\":\"REGISTERED\"}" },
    { "DeprecateActivityType", "{" TYPE "}" },
    { "UndeprecateActivityType", "{" TYPE "}" },
    { "DeprecateDomain", NAME },
    { "UndeprecateDomain", NAME },
    { "DeleteActivityType", "{" TYPE "}" }
};


/* One that finds no memory in one of its turns: answered all the same. */
static void
starved(const ask_t *wanted, unsigned turns, unsigned count)
{
    unsigned     i;
    wf_call_t   *call;
    wf_error_t   err;

    call = call_with(1, wanted->operation, wanted->body, &err);
    wf_assert(call->reply.error == NULL);

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

    if (call->reply.error) {
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
                    (void) swf(0, asks[k].operation, asks[k].body);
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
