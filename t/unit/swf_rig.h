
/*
 * A rig for runs of Amazon SWF: what clients, workers and other runs say, and
 * the history that comes of it.  After every input the chunks are replayed
 * (engine_rig.h).
 */

#ifndef WF_SWF_RIG_H
#define WF_SWF_RIG_H


#include "engine/swf.h"
#include "engine_rig.h"


#define SWF_EFFECTS_MAX  4096

#define SWF_START                                                             \
    "{\"executionStartToCloseTimeout\":\"600\",\"taskStartToCloseTimeout\":"  \
    "\"60\",\"childPolicy\":\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},"    \
    "\"workflowType\":{\"name\":\"wf\",\"version\":\"1\"},"                   \
    "\"parentInitiatedEventId\":0}"

/* What the decisions may name. */
#define SWF_TYPES                                                             \
    "{\"a\\u0001act\\u00011\":{\"status\":\"REGISTERED\",\"defaults\":{"      \
    "\"defaultTaskList\":{\"name\":\"al\"},"                                  \
    "\"defaultTaskScheduleToStartTimeout\":\"NONE\","                         \
    "\"defaultTaskScheduleToCloseTimeout\":\"NONE\","                         \
    "\"defaultTaskStartToCloseTimeout\":\"NONE\","                            \
    "\"defaultTaskHeartbeatTimeout\":\"NONE\"}},"                             \
    "\"a\\u0001bare\\u00011\":{\"status\":\"REGISTERED\",\"defaults\":{}},"   \
    "\"a\\u0001old\\u00011\":{\"status\":\"DEPRECATED\",\"defaults\":{}},"    \
    "\"w\\u0001wf\\u00011\":{\"status\":\"REGISTERED\",\"defaults\":{"        \
    "\"defaultExecutionStartToCloseTimeout\":\"600\","                        \
    "\"defaultTaskList\":{\"name\":\"dl\"},"                                  \
    "\"defaultTaskStartToCloseTimeout\":\"60\","                              \
    "\"defaultChildPolicy\":\"TERMINATE\"}},"                                 \
    "\"w\\u0001child\\u00011\":{\"status\":\"REGISTERED\",\"defaults\":{"     \
    "\"defaultExecutionStartToCloseTimeout\":\"600\","                        \
    "\"defaultTaskList\":{\"name\":\"dl\"},"                                  \
    "\"defaultTaskStartToCloseTimeout\":\"60\","                              \
    "\"defaultTaskPriority\":\"7\","                                          \
    "\"defaultLambdaRole\":\"role\","                                         \
    "\"defaultChildPolicy\":\"ABANDON\"}},"                                   \
    "\"w\\u0001bare\\u00011\":{\"status\":\"REGISTERED\",\"defaults\":{}},"   \
    "\"w\\u0001old\\u00011\":{\"status\":\"DEPRECATED\",\"defaults\":{}}}"

/* Decisions, without their commas. */
#define DECISION(type, member, attributes)                                    \
    "{\"decisionType\":\"" type "\",\"" member "DecisionAttributes\":{"       \
    attributes "}}"
#define D_ACTIVITY(id, more)                                                  \
    DECISION("ScheduleActivityTask", "scheduleActivityTask",                  \
             "\"activityId\":\"" id "\",\"activityType\":{\"name\":\"act\","  \
             "\"version\":\"1\"}" more)
#define D_CANCELING(id)                                                       \
    DECISION("RequestCancelActivityTask", "requestCancelActivityTask",        \
             "\"activityId\":\"" id "\"")
#define D_COMPLETE(result)                                                    \
    DECISION("CompleteWorkflowExecution", "completeWorkflowExecution",        \
             "\"result\":\"" result "\"")
#define D_TIMER(id, seconds)                                                  \
    DECISION("StartTimer", "startTimer",                                      \
             "\"timerId\":\"" id "\",\"startToFireTimeout\":\"" seconds "\"")
#define D_CANCEL_TIMER(id)                                                    \
    DECISION("CancelTimer", "cancelTimer", "\"timerId\":\"" id "\"")
#define D_CONTINUE(more)                                                      \
    DECISION("ContinueAsNewWorkflowExecution",                                \
             "continueAsNewWorkflowExecution", more)
#define D_FAIL(reason, details)                                               \
    DECISION("FailWorkflowExecution", "failWorkflowExecution",                \
             "\"reason\":\"" reason "\",\"details\":\"" details "\"")
#define D_CANCEL(details)                                                     \
    DECISION("CancelWorkflowExecution", "cancelWorkflowExecution",            \
             "\"details\":\"" details "\"")
#define D_SIGNAL(id, name, more)                                              \
    DECISION("SignalExternalWorkflowExecution",                               \
             "signalExternalWorkflowExecution",                               \
             "\"workflowId\":\"" id "\",\"signalName\":\"" name "\"" more)
#define D_REQUEST(id, more)                                                   \
    DECISION("RequestCancelExternalWorkflowExecution",                        \
             "requestCancelExternalWorkflowExecution",                        \
             "\"workflowId\":\"" id "\"" more)
#define D_LAMBDA(id, name, more)                                              \
    DECISION("ScheduleLambdaFunction", "scheduleLambdaFunction",              \
             "\"id\":\"" id "\",\"name\":\"" name "\"" more)
#define D_MARKER(name)                                                        \
    DECISION("RecordMarker", "recordMarker", "\"markerName\":\"" name "\"")
#define D_CHILD(id, more)                                                     \
    DECISION("StartChildWorkflowExecution", "startChildWorkflowExecution",    \
             "\"workflowId\":\"" id "\",\"workflowType\":{\"name\":\"child\"" \
             ",\"version\":\"1\"}" more)

typedef struct {
    rig_t               rig;            /* first */
    const wf_effect_t  *effects[SWF_EFFECTS_MAX];
    uint32_t            effect_count;
} swf_rig_t;


static inline void
swf_effect(void *data, const wf_effect_t *effect)
{
    swf_rig_t  *swf;

    swf = data;

    if (swf->effect_count < SWF_EFFECTS_MAX) {
        swf->effects[swf->effect_count++] = effect;
    }
}


static inline void
swf_open(swf_rig_t *swf)
{
    rig_open(&swf->rig, wf_str("{\"Decider\":\"SWF\"}"));
    swf->rig.identity.flow_name = wf_str("swf/us-east-1/123/d");
    swf->rig.identity.execution_name = wf_str("w/R");
    swf->rig.effect = swf_effect;
    swf->rig.data = swf;
    swf->effect_count = 0;
}


static inline void
swf_close(swf_rig_t *swf)
{
    rig_close(&swf->rig);
}


static inline wf_value_t *
swf_json(swf_rig_t *swf, const char *json)
{
    wf_value_t  *value;

    value = NULL;

    if (json && wf_json_parse(swf->rig.arena, wf_str_of(json), &value,
                              &swf->rig.err)
        != WF_OK)
    {
        CHECK(!"JSON");
        printf("# %s\n# %s\n", json, swf->rig.err.arg[0]);
    }

    return value;
}


/* Effects of the input alone are kept. */
static inline wf_rc_t
swf_submit(swf_rig_t *swf, wf_input_t *input)
{
    swf->effect_count = 0;
    input->now_ms = swf->rig.now_ms;
    input->random_seed = swf->rig.seed;

    return rig_submit(&swf->rig, input);
}


static inline wf_rc_t
swf_say(swf_rig_t *swf, wf_swf_kind_t kind, uint64_t task, const char *json)
{
    wf_input_t  input;

    input = (wf_input_t) {
        .type = WF_INPUT_SWF,
        .swf = (uint8_t) kind,
        .task = task,
        .value = swf_json(swf, json)
    };

    return swf_submit(swf, &input);
}


static inline void
swf_start(swf_rig_t *swf, const char *json)
{
    wf_input_t  input;

    input = (wf_input_t) {
        .type = WF_INPUT_START,
        .value = swf_json(swf, json)
    };

    CHECK(swf_submit(swf, &input) == WF_OK);
}


static inline wf_rc_t
swf_done(swf_rig_t *swf, uint64_t task, wf_outcome_t outcome, const char *json)
{
    wf_input_t  input;

    input = (wf_input_t) {
        .type = WF_INPUT_TASK_DONE,
        .task = task,
        .outcome = (uint8_t) outcome,
        .value = swf_json(swf, json)
    };

    return swf_submit(swf, &input);
}


/* Somebody comes for the task, and gets it. */
static inline void
swf_poll(swf_rig_t *swf, uint64_t task)
{
    CHECK(swf_done(swf, task, WF_OUTCOME_SUBMITTED,
                   "{\"workerName\":\"me\"}") == WF_OK);
    CHECK_INT(swf->effect_count, 1);
    CHECK(swf->effect_count == 1 && swf->effects[0]->is_started);
    CHECK(swf_done(swf, task, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
}


static inline wf_rc_t
swf_answer(swf_rig_t *swf, uint64_t task, const char *decisions)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, swf->rig.arena, 0);
    wf_buf_text(&buf, "{\"types\":" SWF_TYPES ",\"decisions\":[");
    wf_buf_str(&buf, wf_str_of(decisions));
    wf_buf_text(&buf, "]}");
    wf_buf_byte(&buf, 0);

    return swf_say(swf, WF_SWF_DECIDED, task, (const char *) buf.data);
}


/* Decide[...] of the reference's transcripts; task: scheduledEventId. */
static inline void
swf_decide(swf_rig_t *swf, uint64_t task, const char *decisions)
{
    swf_poll(swf, task);
    CHECK(swf_answer(swf, task, decisions) == WF_OK);
}


static inline wf_rc_t
swf_time(swf_rig_t *swf, int64_t later_ms)
{
    wf_input_t  input;

    swf->rig.now_ms += later_ms;
    input = (wf_input_t) { .type = WF_INPUT_TIMER };

    return swf_submit(swf, &input);
}


/* "WHAT CHILD PARAMS" of a message of the last input; by place among them. */
static inline wf_str_t
swf_message(swf_rig_t *swf, uint32_t place)
{
    uint32_t            i;
    wf_buf_t            buf;
    const wf_effect_t  *effect;

    for (i = 0; i < swf->effect_count; i++) {
        effect = swf->effects[i];

        if ((effect->type == WF_EFFECT_MESSAGE
             || effect->type == WF_EFFECT_RUN) && place-- == 0)
        {
            wf_buf_init(&buf, swf->rig.arena, 0);
            wf_buf_str(&buf, effect->type == WF_EFFECT_RUN
                             ? wf_str("run") : effect->resource);
            wf_buf_byte(&buf, ' ');
            wf_buf_str(&buf, effect->child);
            wf_buf_byte(&buf, ' ');
            wf_buf_str(&buf, effect->params);
            return wf_buf_done(&buf);
        }
    }

    return wf_str_none;
}

#define CHECK_MESSAGE(swf, place, text)                                       \
    CHECK_STR(swf_message(swf, place), wf_str_of(text))


/* How many effects of the last input are of that kind. */
static inline uint32_t
swf_count(const swf_rig_t *swf, wf_effect_type_t type)
{
    uint32_t  i, count;

    count = 0;

    for (i = 0; i < swf->effect_count; i++) {
        count += swf->effects[i]->type == type;
    }

    return count;
}


/* "NAME ATTRIBUTES" of the event with that id; "": there is none. */
static inline wf_str_t
swf_event(swf_rig_t *swf, uint64_t id)
{
    uint32_t     i, j, count;
    wf_buf_t     buf;
    wf_codec_t   codec;
    wf_event_t   event;
    wf_reader_t  reader;

    memset(&codec, 0, sizeof(codec));

    for (i = 0; i < swf->rig.chunk_count; i++) {
        CHECK(wf_chunk_open(swf->rig.chunks[i], &reader, &count,
                            &swf->rig.err) == WF_OK);

        for (j = 0; j < count; j++) {
            CHECK(wf_event_decode(swf->rig.arena, &reader, &codec, &event,
                                  &swf->rig.err) == WF_OK);

            if (event.event_id == id) {
                wf_buf_init(&buf, swf->rig.arena, 0);
                wf_buf_str(&buf, wf_str_of(wf_swf_event_name(event.type)));
                wf_buf_byte(&buf, ' ');
                wf_json_print(&buf, event.input);
                return wf_buf_done(&buf);
            }
        }
    }

    return wf_str_none;
}

#define CHECK_EVENT(swf, id, text)                                            \
    CHECK_STR(swf_event(swf, id), wf_str_of(text))


/* The names of all events from first on, by spaces. */
static inline void
swf_check_names(swf_rig_t *swf, uint64_t first, const char *names,
    const char *file, int line)
{
    size_t    i;
    uint64_t  id;
    wf_buf_t  buf;
    wf_str_t  text;

    wf_buf_init(&buf, swf->rig.arena, 0);

    for (id = first; (text = swf_event(swf, id)).len; id++) {
        for (i = 0; text.data[i] != ' '; i++) {
            /* void */
        }

        if (id > first) {
            wf_buf_byte(&buf, ' ');
        }

        wf_buf_append(&buf, text.data, i);
    }

    unit_check_str(wf_buf_done(&buf), wf_str_of(names), file, line, "history");
}

#define CHECK_NAMES(swf, first, names)                                        \
    swf_check_names(swf, first, names, __FILE__, __LINE__)


#endif /* WF_SWF_RIG_H */
