
/*
 * DescribeRegions (cloudflow-api 3.29): the regions that the operator says
 * this server is.  Nothing depends on them; tools ask.
 */

#include "actions/answers.h"
#include "actions/place.h"


/* What the service calls its own regions, as DescribeRegions spells them. */
static const struct {
    wf_str_t  id;
    wf_str_t  names[2];             /* zh-CN, en-US */
} known[] = {
    { wf_str_init("cn-qingdao"),
      { wf_str_init("华北1（青岛）"), wf_str_init("China (Qingdao)") } },
    { wf_str_init("cn-beijing"),
      { wf_str_init("华北2（北京）"), wf_str_init("China (Beijing)") } },
    { wf_str_init("cn-hangzhou"),
      { wf_str_init("华东1（杭州）"), wf_str_init("China (Hangzhou)") } },
    { wf_str_init("cn-shanghai"),
      { wf_str_init("华东2（上海）"), wf_str_init("China (Shanghai)") } },
    { wf_str_init("cn-shenzhen"),
      { wf_str_init("华南1（深圳）"), wf_str_init("China (Shenzhen)") } },
    { wf_str_init("ap-southeast-1"),
      { wf_str_init("新加坡"), wf_str_init("Singapore") } },
    { wf_str_init("us-west-1"),
      { wf_str_init("美国（硅谷）"), wf_str_init("US (Silicon Valley)") } }
};

static const wf_region_t  here = { .id = wf_str_init("local") };


void
wf_desk_regions(wf_desk_t *desk, const wf_region_t *regions, uint32_t count)
{
    desk->regions = regions;
    desk->region_count = count;
}


static wf_str_t
name_of(const wf_region_t *region, size_t language)
{
    size_t  i;

    if (region->name.len > 0) {
        return region->name;
    }

    for (i = 0; i < wf_countof(known); i++) {

        if (wf_str_eq(known[i].id, region->id)) {
            return known[i].names[language];
        }
    }

    return region->id;
}


void
wf_action_regions_describe(wf_life_t *life, int64_t now_ms)
{
    size_t              language;
    uint32_t            i, count;
    wf_reply_t         *reply;
    wf_region_t        *views;
    const wf_desk_t    *desk;
    const wf_region_t  *regions;

    (void) now_ms;

    desk = life->call->desk;
    regions = desk->region_count ? desk->regions : &here;
    count = desk->region_count ? desk->region_count : 1;
    language = wf_arg(life, LANGUAGE)->number != 0;
    views = wf_arena_alloc(life->call->arena, count * sizeof(wf_region_t));

    if (views == NULL) {
        wf_life_no_memory(life);
        return;
    }

    for (i = 0; i < count; i++) {
        views[i] = regions[i];
        views[i].name = name_of(&regions[i], language);
    }

    reply = &life->call->reply;
    reply->kind = WF_REPLY_REGIONS;
    reply->count = count;
    reply->u.regions = views;
    wf_life_done(life);
}
