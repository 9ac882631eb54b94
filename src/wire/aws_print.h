
/*
 * Pieces of answers that Amazon's services have in common, and their pages;
 * nobody outside of this room includes this.
 */

#ifndef WF_AWS_PRINT_H
#define WF_AWS_PRINT_H


#include "wire/aws.h"


/*
 * Each is a member; a comma stands before it unless it is the first of its
 * object.
 */
void wf_aws_key(wf_buf_t *buf, const char *name);
void wf_aws_string(wf_buf_t *buf, const char *name, wf_str_t text);
/* Nothing if it is empty. */
void wf_aws_optional(wf_buf_t *buf, const char *name, wf_str_t text);
void wf_aws_raw(wf_buf_t *buf, const char *name, wf_str_t json);
/* Seconds with a fraction; nothing for 0. */
void wf_aws_time(wf_buf_t *buf, const char *name, int64_t ms);
void wf_aws_bool(wf_buf_t *buf, const char *name, bool value);
void wf_aws_uint(wf_buf_t *buf, const char *name, uint64_t value);

/*
 * aws_page.c: LIMIT becomes what a page holds, NEXT_TOKEN what PAGE_TOKEN
 * holds (text, and number).  Tokens of SWF are good for one operation and
 * for a day.
 */
wf_rc_t wf_aws_page(wf_message_t *message, wf_args_t *args, wf_error_t *err);
wf_rc_t wf_swf_page(wf_message_t *message, wf_args_t *args, wf_error_t *err);

/* The token of the next page, if there is one. */
void wf_aws_next(wf_buf_t *buf, const wf_reply_t *reply);
void wf_swf_next(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);


#endif /* WF_AWS_PRINT_H */
