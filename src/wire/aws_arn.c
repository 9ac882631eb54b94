
/*
 * ARNs of Step Functions: taken apart, put together.  Owns their forms, and
 * the form of the names under which flows of state machines are kept; looks
 * nothing up.
 */

#include "wire/aws_arn.h"

#include "base/utf8.h"


/* "arn", partition, "states", region, account, type; then the names. */
#define PARTS_BEFORE  6


static const struct {
    wf_str_t   word;
    uint8_t    kind;
    unsigned   parts_min;           /* behind the type */
    unsigned   parts_max;
} types[] = {
    { wf_str_init("stateMachine"), WF_ARN_MACHINE, 1, 2 },
    { wf_str_init("execution"), WF_ARN_EXECUTION, 2, 2 },
    { wf_str_init("express"), WF_ARN_EXPRESS, 3, 3 },
    { wf_str_init("activity"), WF_ARN_ACTIVITY, 1, 1 },
    { wf_str_init("mapRun"), WF_ARN_MAP_RUN, 2, 2 }
};


static wf_rc_t
refuse(wf_error_t *err, const char *why, wf_str_t what)
{
    wf_error_set(err, WF_E_INVALID_ARN, "%s%.*s", why, (int) what.len,
                 (const char *) what.data);
    return WF_ERROR;
}


/* What stands before the next ':'; the rest moves behind it.  Of a text that
 * is over the data is NULL. */
static wf_str_t
part_take(wf_str_t *rest)
{
    wf_str_t        part;
    const uint8_t  *colon;

    part = *rest;

    if (part.data == NULL) {
        return part;
    }

    colon = memchr(part.data, ':', part.len);

    if (colon == NULL) {
        *rest = wf_str_none;
        return part;
    }

    part.len = (size_t) (colon - part.data);
    rest->data = colon + 1;
    rest->len -= part.len + 1;

    return part;
}


/* The name in front of a '/', the label behind it. */
static void
label_split(wf_arn_t *arn)
{
    const uint8_t  *slash;

    slash = arn->name.len ? memchr(arn->name.data, '/', arn->name.len) : NULL;

    if (slash == NULL) {
        return;
    }

    arn->label.data = slash + 1;
    arn->label.len = arn->name.len - (size_t) (slash - arn->name.data) - 1;
    arn->name.len = (size_t) (slash - arn->name.data);
}


static void
names_fill(wf_arn_t *arn, const wf_str_t *names)
{
    arn->name = names[0];
    label_split(arn);

    switch (arn->kind) {

    case WF_ARN_MACHINE:
        arn->qualifier = names[1];
        break;

    case WF_ARN_MAP_RUN:
        arn->id = names[1];
        break;

    default:
        arn->execution = names[1];
        arn->id = names[2];
        break;
    }
}


wf_rc_t
wf_arn_parse(wf_str_t text, unsigned kinds, wf_arn_t *arn, wf_error_t *err)
{
    size_t      i;
    unsigned    count;
    wf_arn_t    got;
    wf_str_t    rest, parts[PARTS_BEFORE], names[4];

    if (!wf_str_starts(text, wf_str("arn:"))) {
        return refuse(err, "Invalid ARN prefix: ", text);
    }

    rest = text;

    for (i = 0; i < PARTS_BEFORE; i++) {
        parts[i] = part_take(&rest);
    }

    if (!wf_str_eq(parts[2], wf_str("states")) || parts[3].len == 0
        || parts[4].len == 0)
    {
        return refuse(err, "Invalid ARN: ", text);
    }

    memset(names, 0, sizeof(names));

    for (count = 0; count < wf_countof(names) && rest.data; count++) {
        names[count] = part_take(&rest);
    }

    memset(&got, 0, sizeof(wf_arn_t));
    got.region = parts[3];
    got.account = parts[4];

    for (i = 0; i < wf_countof(types); i++) {

        if (wf_str_eq(types[i].word, parts[5])) {
            break;
        }
    }

    if (i == wf_countof(types) || !(kinds & 1u << types[i].kind)) {
        return refuse(err, "Resource type not valid in this context: ",
                      parts[5]);
    }

    if (count < types[i].parts_min || count > types[i].parts_max
        || names[0].len == 0)
    {
        return refuse(err, "Invalid ARN: ", text);
    }

    got.kind = types[i].kind;
    names_fill(&got, names);
    *arn = got;

    return WF_OK;
}


bool
wf_arn_same_machine(const wf_arn_t *a, const wf_arn_t *b)
{
    return wf_str_eq(a->region, b->region)
           && wf_str_eq(a->account, b->account)
           && wf_str_eq(a->name, b->name);
}


static wf_str_t
partition(wf_str_t region)
{
    if (wf_str_starts(region, wf_str("cn-"))) {
        return wf_str("aws-cn");
    }

    if (wf_str_starts(region, wf_str("us-gov-"))) {
        return wf_str("aws-us-gov");
    }

    return wf_str("aws");
}


static void
part_print(wf_buf_t *buf, uint8_t before, wf_str_t part)
{
    if (part.len > 0) {
        wf_buf_byte(buf, before);
        wf_buf_str(buf, part);
    }
}


void
wf_arn_print(wf_buf_t *buf, const wf_arn_t *arn)
{
    size_t  i;

    for (i = 0; types[i].kind != arn->kind; i++) {
        wf_assert(i + 1 < wf_countof(types));
    }

    wf_buf_text(buf, "arn:");
    wf_buf_str(buf, partition(arn->region));
    wf_buf_text(buf, ":states:");
    wf_buf_str(buf, arn->region);
    wf_buf_byte(buf, ':');
    wf_buf_str(buf, arn->account);
    part_print(buf, ':', types[i].word);
    part_print(buf, ':', arn->name);
    part_print(buf, '/', arn->label);
    part_print(buf, ':', arn->qualifier);
    part_print(buf, ':', arn->execution);
    part_print(buf, ':', arn->id);
}


static wf_str_t
slash_take(wf_str_t *rest)
{
    wf_str_t        part;
    const uint8_t  *slash;

    part = wf_str_none;
    slash = rest->len ? memchr(rest->data, '/', rest->len) : NULL;

    if (slash == NULL) {
        return part;
    }

    part.data = rest->data;
    part.len = (size_t) (slash - rest->data);
    rest->data = slash + 1;
    rest->len -= part.len + 1;

    return part;
}


wf_rc_t
wf_arn_of_flow(wf_str_t flow, wf_arn_t *arn)
{
    wf_arn_t  got;
    wf_str_t  rest;

    if (!wf_str_starts(flow, wf_str(WF_ARN_FLOW))) {
        return WF_DECLINED;
    }

    memset(&got, 0, sizeof(wf_arn_t));
    rest = flow;
    (void) slash_take(&rest);
    got.region = slash_take(&rest);
    got.account = slash_take(&rest);
    got.name = rest;
    got.kind = WF_ARN_MACHINE;

    if (got.region.len == 0 || got.account.len == 0 || got.name.len == 0) {
        return WF_DECLINED;
    }

    *arn = got;

    return WF_OK;
}


void
wf_arn_flow(wf_buf_t *buf, const wf_arn_t *arn)
{
    wf_buf_text(buf, WF_ARN_FLOW);
    wf_buf_str(buf, arn->region);
    wf_buf_byte(buf, '/');
    wf_buf_str(buf, arn->account);
    wf_buf_byte(buf, '/');
    wf_buf_str(buf, arn->name);
}


/* U+0080 to U+009F begin with c2 and go from 80 to 9f. */
static bool
is_forbidden(wf_str_t name, size_t at)
{
    uint8_t  c;

    c = name.data[at];

    if (c == 0xc2 && at + 1 < name.len) {
        return name.data[at + 1] <= 0x9f;
    }

    return c <= ' ' || c == 0x7f
           || (c < 0x80 && strchr("?*<>{}[]\"#%\\^|~`$&,;:/", c));
}


bool
wf_arn_name_is_valid(wf_str_t name)
{
    size_t  i;

    for (i = 0; i < name.len; i++) {

        if (is_forbidden(name, i)) {
            return false;
        }
    }

    return name.len > 0;
}
