
/*
 * Names of domains of Amazon SWF: as flows, and as ARNs (swf 4).
 */

#include "wire/aws_swf.h"


#define FLOW_PREFIX  "swf/"
#define PATH         ":/domain/"


void
wf_swf_domain_flow(wf_buf_t *buf, const wf_swf_domain_t *domain)
{
    wf_buf_text(buf, FLOW_PREFIX);
    wf_buf_str(buf, domain->region);
    wf_buf_byte(buf, '/');
    wf_buf_str(buf, domain->account);
    wf_buf_byte(buf, '/');
    wf_buf_str(buf, domain->name);
}


void
wf_swf_domain_arn(wf_buf_t *buf, const wf_swf_domain_t *domain)
{
    wf_buf_text(buf, "arn:aws:swf:");
    wf_buf_str(buf, domain->region);
    wf_buf_byte(buf, ':');
    wf_buf_str(buf, domain->account);
    wf_buf_text(buf, PATH);
    wf_buf_str(buf, domain->name);
}


bool
wf_policy_allows_domain(const wf_policy_t *policy, wf_arena_t *arena,
    wf_str_t action, wf_str_t flow)
{
    wf_buf_t         arn;
    wf_swf_domain_t  domain;

    if (wf_swf_domain_of_flow(flow, &domain) != WF_OK) {
        return false;
    }

    wf_buf_init(&arn, arena, 64 + flow.len);
    wf_swf_domain_arn(&arn, &domain);

    return !arn.failed
           && wf_policy_allows_arn(policy, wf_aws_swf.signing_name, action,
                                   wf_buf_done(&arn));
}


/* What stands before the next c, which goes, too. */
static bool
part_take(wf_str_t *text, uint8_t c, wf_str_t *part)
{
    const uint8_t  *pos;

    pos = text->len ? memchr(text->data, c, text->len) : NULL;

    if (pos == NULL) {
        return false;
    }

    *part = (wf_str_t) { (size_t) (pos - text->data), text->data };
    text->len -= part->len + 1;
    text->data = pos + 1;

    return true;
}


wf_rc_t
wf_swf_domain_of_flow(wf_str_t flow, wf_swf_domain_t *domain)
{
    if (!wf_str_starts(flow, wf_str(FLOW_PREFIX))) {
        return WF_DECLINED;
    }

    flow.data += sizeof(FLOW_PREFIX) - 1;
    flow.len -= sizeof(FLOW_PREFIX) - 1;

    if (!part_take(&flow, '/', &domain->region)
        || !part_take(&flow, '/', &domain->account))
    {
        return WF_DECLINED;
    }

    domain->name = flow;

    return WF_OK;
}


wf_rc_t
wf_swf_domain_of_arn(wf_str_t arn, wf_swf_domain_t *domain)
{
    wf_str_t  word, partition, service;

    if (!part_take(&arn, ':', &word) || !wf_str_eq(word, wf_str("arn"))
        || !part_take(&arn, ':', &partition)
        || !part_take(&arn, ':', &service)
        || !wf_str_eq(service, wf_str("swf"))
        || !part_take(&arn, ':', &domain->region)
        || !part_take(&arn, ':', &domain->account)
        || !wf_str_starts(arn, wf_str("/domain/")))
    {
        return WF_DECLINED;
    }

    domain->name = (wf_str_t) { arn.len - 8, arn.data + 8 };

    return domain->name.len ? WF_OK : WF_DECLINED;
}
