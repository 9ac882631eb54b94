
/*
 * Which resources and actions there are, and what they offer.
 */

#include "flow/resource.c"

#include "unit.h"


TEST(resources)
{
    static const struct {
        const char  *arn;
        uint32_t     modes;
    } cases[] = {
        { "acs:fc:::services/s/functions/f", WF_MODES_ALL },
        { "acs:fc:cn-hangzhou:123:services/s.LATEST/functions/f",
          WF_MODES_ALL },
        { "acs:fc:${A::B}:${C:D}:services/${E/F}.x/functions/${G}",
          WF_MODES_ALL },
        { "acs:fc:::services/<a:b/c>/functions/f", WF_MODES_ALL },
        { "acs:fc:::functions/f", WF_MODES_ALL },
        { "acs:fc:::functions/f/LATEST", WF_MODES_ALL },
        { "acs:fnf:::flow/f", WF_MODES_ALL },
        { "acs:fnf:cn-beijing:1:flow/f", WF_MODES_ALL },
        { "acs:mns:::/queues/q/messages", REQUEST | TOKEN },
        { "acs:mns:::/topics/t/messages", REQUEST | TOKEN },

        { "shop/book", WF_MODES_ALL },
        { "${anything}", WF_MODES_ALL },
        { "", WF_MODES_ALL },
        { "arn:aws:lambda:::function:f", WF_MODES_ALL },

        { "acs:", 0 },
        { "acs:fc", 0 },
        { "acs:fc:::", 0 },
        { "acs:fc:::services/s/functions/", 0 },
        { "acs:fc:::services//functions/f", 0 },
        { "acs:fc:::services/s/functions/f/x", 0 },
        { "acs:fc:::functions/f/LATEST/x", 0 },
        { "acs:fc::services/s/functions/f", 0 },
        { "acs:fc:${A:services/s/functions/f", 0 },
        { "acs:fnf:::flows/f", 0 },
        { "acs:fnf:::flow/f/x", 0 },
        { "acs:mns:::queues/q/messages", 0 },
        { "acs:mns:::/queues/q", 0 },
        { "acs:oss:::bucket/b", 0 },
        { "acs:FC:::functions/f", 0 }
    };

    size_t  i;

    for (i = 0; i < wf_countof(cases); i++) {
        unit_check_int(wf_resource_modes(wf_str_of(cases[i].arn)),
                       cases[i].modes, __FILE__, __LINE__, cases[i].arn);
    }
}


TEST(actions)
{
    static const struct {
        const char  *action;
        uint32_t     modes;
    } cases[] = {
        { "FC:InvokeFunction", WF_MODES_ALL },
        { "fnf:StartExecution", WF_MODES_ALL },
        { "MNS:SendMessage", REQUEST | TOKEN },
        { "HTTP:Request", REQUEST | TOKEN },
        { "EventBridge:PutEvents", REQUEST | TOKEN },
        { "ocr:RecognizeIdentityCard", REQUEST },
        { "DashScope:QwenTextGeneration", REQUEST },
        { "${Service::Name}:Op", REQUEST },

        { "", 0 },
        { ":", 0 },
        { "FC:", 0 },
        { ":Op", 0 },
        { "FC", 0 },
        { "FC:Invoke:Function", 0 },
        { "FC: InvokeFunction", 0 },
        { "FC:InvokeFunction\n", 0 }
    };

    size_t  i;

    for (i = 0; i < wf_countof(cases); i++) {
        unit_check_int(wf_action_modes(wf_str_of(cases[i].action)),
                       cases[i].modes, __FILE__, __LINE__, cases[i].action);
    }
}


/* Every "<" may be a placeholder's; none of these ends. */
TEST(long_texts)
{
    size_t          i;
    wf_str_t        text;
    static uint8_t  bytes[1 << 20];

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = i & 1 ? '{' : '$';
    }

    text = (wf_str_t) { sizeof(bytes), bytes };
    CHECK_INT(wf_action_modes(text), 0);

    memset(bytes, '<', sizeof(bytes));
    CHECK_INT(wf_action_modes(text), 0);

    memcpy(bytes, "acs:", 4);
    CHECK_INT(wf_resource_modes(text), 0);
}


UNIT_MAIN()
