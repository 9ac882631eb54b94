
/*
 * What a task may call.  Owns the shapes of resource names and the modes of
 * the services; never resolves a name to a place.
 */

#include "flow/resource.h"


#define REQUEST  wf_mode_bit(WF_CALL_REQUEST)
#define SYNC     wf_mode_bit(WF_CALL_SYNC)
#define TOKEN    wf_mode_bit(WF_CALL_TOKEN)

/* Behind acs:<service>:<region>:<account>: stands the shape; '*' is a name. */
static const struct {
    wf_str_t  service;
    wf_str_t  shape;
    uint32_t  modes;
} kinds[] = {
    { wf_str_init("fc"), wf_str_init("services/*/functions/*"),
      REQUEST | SYNC | TOKEN },
    { wf_str_init("fc"), wf_str_init("functions/*"),
      REQUEST | SYNC | TOKEN },
    { wf_str_init("fc"), wf_str_init("functions/*/*"),
      REQUEST | SYNC | TOKEN },
    { wf_str_init("mns"), wf_str_init("/queues/*/messages"),
      REQUEST | TOKEN },
    { wf_str_init("mns"), wf_str_init("/topics/*/messages"),
      REQUEST | TOKEN },
    { wf_str_init("fnf"), wf_str_init("flow/*"),
      REQUEST | SYNC | TOKEN }
};

/* Services of actions that offer more than REQUEST; lower case. */
static const struct {
    wf_str_t  service;
    uint32_t  modes;
} services[] = {
    { wf_str_init("fc"), REQUEST | SYNC | TOKEN },
    { wf_str_init("fnf"), REQUEST | SYNC | TOKEN },
    { wf_str_init("eventbridge"), REQUEST | TOKEN },
    { wf_str_init("mns"), REQUEST | TOKEN },
    { wf_str_init("http"), REQUEST | TOKEN }
};


/*
 * The end of a placeholder that begins at pos; pos if there is none.  unclosed:
 * a bit for each kind whose end stands nowhere behind, so that nobody looks
 * for it again.
 */
static size_t
placeholder_end(wf_str_t s, size_t pos, unsigned *unclosed)
{
    unsigned        i;
    wf_str_t        rest;
    const uint8_t  *end;

    static const struct {
        wf_str_t  open;
        uint8_t   close;
    } kinds[] = {
        { wf_str_init("<"), '>' },
        { wf_str_init("${"), '}' }
    };

    rest = (wf_str_t) { s.len - pos, s.data + pos };

    for (i = 0; i < wf_countof(kinds); i++) {
        if ((*unclosed & 1u << i) || !wf_str_starts(rest, kinds[i].open)) {
            continue;
        }

        end = memchr(rest.data, kinds[i].close, rest.len);

        if (end) {
            return (size_t) (end + 1 - s.data);
        }

        *unclosed |= 1u << i;
    }

    return pos;
}


/* Cuts the text up to the next separator from the front; false: none. */
static bool
segment_cut(wf_str_t *rest, uint8_t separator, wf_str_t *segment)
{
    size_t    i, end;
    unsigned  unclosed;

    unclosed = 0;

    for (i = 0; i < rest->len; i++) {
        end = placeholder_end(*rest, i, &unclosed);

        if (end > i) {
            i = end - 1;
            continue;
        }

        if (rest->data[i] == separator) {
            *segment = (wf_str_t) { i, rest->data };
            *rest = (wf_str_t) { rest->len - i - 1, rest->data + i + 1 };
            return true;
        }
    }

    *segment = *rest;
    *rest = (wf_str_t) { 0, rest->data + rest->len };

    return false;
}


static bool
shape_match(wf_str_t shape, wf_str_t text)
{
    bool      more, text_more;
    wf_str_t  want, got;

    do {
        more = segment_cut(&shape, '/', &want);
        text_more = segment_cut(&text, '/', &got);

        if (more != text_more) {
            return false;
        }

        if (wf_str_eq(want, wf_str("*")) ? got.len == 0
                                         : !wf_str_eq(want, got))
        {
            return false;
        }

    } while (more);

    return true;
}


uint32_t
wf_resource_modes(wf_str_t arn)
{
    size_t    i;
    wf_str_t  service, ignored;

    if (!wf_str_starts(arn, wf_str("acs:"))) {
        return WF_MODES_ALL;
    }

    if (!segment_cut(&arn, ':', &ignored)
        || !segment_cut(&arn, ':', &service)
        || !segment_cut(&arn, ':', &ignored)
        || !segment_cut(&arn, ':', &ignored))
    {
        return 0;
    }

    for (i = 0; i < wf_countof(kinds); i++) {
        if (wf_str_eq(service, kinds[i].service)
            && shape_match(kinds[i].shape, arn))
        {
            return kinds[i].modes;
        }
    }

    return 0;
}


/* b is lower case; "FC" in generation 2 is "fc" in generation 1. */
static bool
service_eq(wf_str_t a, wf_str_t b)
{
    size_t   i;
    uint8_t  c;

    if (a.len != b.len) {
        return false;
    }

    for (i = 0; i < a.len; i++) {
        c = a.data[i];
        c = c >= 'A' && c <= 'Z' ? c | 0x20 : c;

        if (c != b.data[i]) {
            return false;
        }
    }

    return true;
}


static bool
has_space(wf_str_t s)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] <= ' ') {
            return true;
        }
    }

    return false;
}


uint32_t
wf_action_modes(wf_str_t action)
{
    size_t    i;
    wf_str_t  service, operation;

    if (!segment_cut(&action, ':', &service)
        || segment_cut(&action, ':', &operation)
        || service.len == 0 || operation.len == 0
        || has_space(service) || has_space(operation))
    {
        return 0;
    }

    for (i = 0; i < wf_countof(services); i++) {
        if (service_eq(service, services[i].service)) {
            return services[i].modes;
        }
    }

    return REQUEST;
}
