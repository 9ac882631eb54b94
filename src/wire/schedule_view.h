
/*
 * Schedules as answers show them; part of call.h.
 */

#ifndef WF_SCHEDULE_VIEW_H
#define WF_SCHEDULE_VIEW_H


#include "base/base.h"


typedef struct {
    wf_str_t   id;
    wf_str_t   name;
    wf_str_t   description;
    wf_str_t   payload;
    wf_str_t   cron;
    bool       is_enabled;
    int64_t    created_ms;
    int64_t    modified_ms;
} wf_schedule_view_t;


#endif /* WF_SCHEDULE_VIEW_H */
