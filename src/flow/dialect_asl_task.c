
/*
 * Task of the Amazon States Language: what a Resource may be and how it is
 * called (asl 15, 17).
 */

#include "flow/dialect_asl_data.h"


static const struct {
    wf_str_t     service;
    wf_str_t     action;
    const char  *patterns;
} services[] = {
#define SERVICE(service, action, patterns)                                    \
    { wf_str_init(service), wf_str_init(action), patterns },
#include "flow/asl_services.def"
#undef SERVICE
};

/* Endings of an operation: the calling pattern, its letter in the table, and
 * what Express refuses. */
static const struct {
    wf_str_t     suffix;
    char         letter;
    uint8_t      mode;
    const char  *refused;
} patterns[] = {
    { wf_str_init(".sync:2"), '2', WF_CALL_SYNC, "'.sync' service integration"
    },
    { wf_str_init(".sync"), 'S', WF_CALL_SYNC, "'.sync' service integration"
    },
    { wf_str_init(".waitForTaskToken"), 'T', WF_CALL_TOKEN,
      "'.waitForTaskToken' service integration " }
};


/* arn:PARTITION:SERVICE:REGION:ACCOUNT:REST in six parts; the last is the
 * rest.  False: fewer. */
static bool
arn_split(wf_str_t arn, wf_str_t part[6])
{
    size_t    i;
    uint32_t  count;

    count = 0;
    part[0] = (wf_str_t) { 0, arn.data };

    for (i = 0; i < arn.len; i++) {
        if (arn.data[i] == ':' && count < 5) {
            part[++count] = (wf_str_t) { 0, arn.data + i + 1 };

        } else {
            part[count].len++;
        }
    }

    return count == 5 && wf_str_eq(part[0], wf_str("arn"));
}


static bool
ends_with(wf_str_t s, wf_str_t suffix)
{
    return s.len > suffix.len
           && memcmp(s.data + s.len - suffix.len, suffix.data, suffix.len)
              == 0;
}


static bool
is_offered(wf_str_t service, wf_str_t action, char letter)
{
    size_t  i;

    if (action.len == 0) {
        return false;
    }

    if (wf_str_starts(service, wf_str("aws-sdk:"))) {
        return service.len > sizeof("aws-sdk:") - 1
               && (letter == 0 || letter == 'T');
    }

    for (i = 0; i < wf_countof(services); i++) {
        if (wf_str_eq(services[i].service, service)
            && wf_str_eq(services[i].action, action))
        {
            return letter == 0 || strchr(services[i].patterns, letter);
        }
    }

    return false;
}


static void
express_refuse(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const char *what)
{
    if (asl->front.mode == WF_MODE_EXPRESS) {
        wf_asl_complain(asl, at, "Express state machine does not support %s",
                        what);
    }
}


static void
unrecognized(wf_asl_front_t *asl, const wf_asl_place_t *at, wf_str_t arn)
{
    wf_asl_complain(asl, at, "The resource provided %.*s is not recognized. "
                    "The value is not a valid resource ARN, or the resource "
                    "is not available in this region.", (int) arn.len,
                    (const char *) arn.data);
}


/* arn:aws:states:::SERVICE:ACTION[PATTERN]; rest: what follows the ":::". */
static bool
service_build(wf_asl_front_t *asl, wf_asl_state_t *state,
    const wf_asl_place_t *at, wf_str_t rest)
{
    char      letter;
    size_t    i;
    wf_str_t  action;

    for (i = rest.len; i > 0 && rest.data[i - 1] != ':'; i--) { /* void */ }

    /* the ":2" of ".sync:2" is no separator */

    if (i > 0 && ends_with(rest, wf_str(".sync:2"))) {
        for (i--; i > 0 && rest.data[i - 1] != ':'; i--) { /* void */ }
    }

    if (i < 2) {
        return false;
    }

    state->asl->kind = WF_ASL_SERVICE;
    state->asl->service = (wf_str_t) { i - 1, rest.data };
    state->asl->operation = (wf_str_t) { rest.len - i, rest.data + i };
    action = state->asl->operation;
    letter = 0;

    for (i = 0; i < wf_countof(patterns); i++) {
        if (ends_with(action, patterns[i].suffix)) {
            action.len -= patterns[i].suffix.len;
            letter = patterns[i].letter;
            state->node->u.task.mode = patterns[i].mode;
            express_refuse(asl, at, patterns[i].refused);
            break;
        }
    }

    return is_offered(state->asl->service, action, letter);
}


static void
resource_build(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    wf_str_t        part[6], arn;
    wf_asl_place_t  at;

    at = wf_asl_at(&state->at, "Resource");
    arn = state->f.resource->u.string;
    state->node->u.task.resource = arn;

    if (!arn_split(arn, part)) {
        unrecognized(asl, &at, arn);
        return;
    }

    if (wf_str_eq(part[2], wf_str("lambda"))
        && wf_str_starts(part[5], wf_str("function:")))
    {
        state->asl->kind = WF_ASL_LAMBDA;
        state->asl->service = wf_str("lambda");
        return;
    }

    if (wf_str_eq(part[2], wf_str("states"))
        && wf_str_starts(part[5], wf_str("activity:")))
    {
        state->asl->kind = WF_ASL_ACTIVITY;
        state->node->u.task.mode = WF_CALL_TOKEN;
        express_refuse(asl, &at, "Activity ARN");
        return;
    }

    if (!wf_str_eq(part[2], wf_str("states"))
        || part[3].len || part[4].len
        || !service_build(asl, state, &at, part[5]))
    {
        unrecognized(asl, &at, arn);
    }
}


void
wf_asl_task(wf_asl_front_t *asl, wf_asl_state_t *state)
{
    wf_asl_t        *own;
    wf_asl_place_t   at;

    own = state->asl;

    if (state->f.resource) {
        resource_build(asl, state);

    } else if (wf_value_get(state->value, wf_str("Resource")) == NULL) {
        wf_asl_complain(asl, &state->at,
                        "These fields are required: [Resource]");
    }

    wf_asl_number(asl, state, &state->at, "TimeoutSeconds",
                  state->f.timeout, state->f.timeout_path, &own->timeout);
    wf_asl_number(asl, state, &state->at, "HeartbeatSeconds",
                  state->f.heartbeat, state->f.heartbeat_path,
                  &own->heartbeat);

    if (own->timeout.is_set && own->heartbeat.is_set
        && own->timeout.expr == NULL && own->heartbeat.expr == NULL
        && own->heartbeat.constant >= own->timeout.constant)
    {
        at = wf_asl_at(&state->at, "HeartbeatSeconds");
        wf_asl_complain(asl, &at, "HeartbeatSeconds must be smaller than "
                        "TimeoutSeconds");
    }

    if (state->f.credentials) {
        at = wf_asl_at(&state->at, "Credentials");
        own->credentials = wf_asl_template(asl, &at, state->f.credentials,
                                           own->is_jsonata);
    }
}
