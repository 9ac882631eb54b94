
/*
 * Answers about schedules (cloudflow-api 3.14 to 3.18).  Writes text, decides
 * nothing.  The flow's name is not among their members.
 */

#include "wire/rpc_print.h"


/* The members after the id, which the caller has written. */
static void
print_rest(wf_buf_t *buf, const wf_schedule_view_t *schedule)
{
    print_text(buf, KEY("ScheduleName"), schedule->name);
    print_text(buf, KEY("Description"), schedule->description);
    print_text(buf, KEY("Payload"), schedule->payload);
    print_text(buf, KEY("CronExpression"), schedule->cron);
    wf_buf_str(buf, KEY("Enable"));
    wf_buf_str(buf, schedule->is_enabled ? wf_str("true") : wf_str("false"));
    print_time(buf, KEY("CreatedTime"), schedule->created_ms);
    print_time(buf, KEY("LastModifiedTime"), schedule->modified_ms);
}


void
wf_rpc_print_schedule(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    print_text(buf, KEY("ScheduleId"), reply->u.schedules->id);
    print_rest(buf, reply->u.schedules);
}


void
wf_rpc_print_schedules(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;

    (void) message;

    open_list(buf, KEY("Schedules"));

    for (i = 0; i < reply->count; i++) {
        open_element(buf, FIRST_KEY("ScheduleId"), i,
                     reply->u.schedules[i].id);
        print_rest(buf, &reply->u.schedules[i]);
        wf_buf_byte(buf, '}');
    }

    close_list(buf, reply);
}
