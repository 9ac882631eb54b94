
/*
 * Names of runs of SWF: WORKFLOW/RUN.  No other execution has a "/" in its
 * name.
 */

#ifndef WF_RUN_NAME_H
#define WF_RUN_NAME_H


#include "base/base.h"


static inline wf_str_t
wf_swf_workflow(wf_str_t name)
{
    const uint8_t  *slash;

    slash = name.len ? memchr(name.data, '/', name.len) : NULL;

    return slash ? (wf_str_t) { (size_t) (slash - name.data), name.data }
                 : name;
}


static inline bool
wf_swf_is_run(wf_str_t name)
{
    return wf_swf_workflow(name).len != name.len;
}


static inline wf_str_t
wf_swf_run(wf_str_t name)           /* its id; empty: it is no run's name */
{
    size_t  len;

    len = wf_swf_workflow(name).len;

    return len == name.len ? wf_str_none
                           : (wf_str_t) { name.len - len - 1,
                                          name.data + len + 1 };
}


#endif /* WF_RUN_NAME_H */
