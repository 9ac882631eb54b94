
/*
 * Members and lists of RPC's answers; shared by the files that write them,
 * nobody else includes this.
 */

#ifndef WF_RPC_PRINT_H
#define WF_RPC_PRINT_H


#include "base/json.h"
#include "base/timefmt.h"
#include "wire/rpc.h"


/* A member's key with what stands around it; not the first member's. */
#define KEY(name)        wf_str(",\"" name "\":")

/* ... of a list's element, index from 0. */
#define FIRST_KEY(name)  wf_str("{\"" name "\":")


static inline void
print_text(wf_buf_t *buf, wf_str_t key, wf_str_t text)
{
    wf_buf_str(buf, key);
    wf_json_print_string(buf, text);
}


/* cloudflow-api 1.8: an unset RoleArn is left out. */
static inline void
print_if_set(wf_buf_t *buf, wf_str_t key, wf_str_t text)
{
    if (text.len > 0) {
        print_text(buf, key, text);
    }
}


static inline void
print_time(wf_buf_t *buf, wf_str_t key, int64_t ms)
{
    wf_buf_str(buf, key);
    wf_buf_byte(buf, '"');
    wf_time_print(buf, ms);
    wf_buf_byte(buf, '"');
}


static inline void
open_list(wf_buf_t *buf, wf_str_t key)
{
    wf_buf_str(buf, key);
    wf_buf_byte(buf, '[');
}


/* A list's element and its first member. */
static inline void
open_element(wf_buf_t *buf, wf_str_t key, uint32_t index, wf_str_t text)
{
    if (index > 0) {
        wf_buf_byte(buf, ',');
    }

    print_text(buf, key, text);
}


static inline void
close_list(wf_buf_t *buf, const wf_reply_t *reply)
{
    wf_buf_byte(buf, ']');
    print_if_set(buf, KEY("NextToken"), reply->next_token);
}


/* rpc_versions.c */
void wf_rpc_print_version(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);
void wf_rpc_print_versions(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);
void wf_rpc_print_alias(wf_buf_t *buf, const wf_alias_view_t *alias,
    bool is_flat);
void wf_rpc_print_aliases(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);

/* rpc_schedules.c */
void wf_rpc_print_schedule(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);
void wf_rpc_print_schedules(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);


#endif /* WF_RPC_PRINT_H */
