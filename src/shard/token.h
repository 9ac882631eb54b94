
/*
 * Task tokens: opaque, sealed, URL-safe (cloudflow-api 6.3, settled.md).  One
 * per attempt; names shard, execution and task, so that a report finds its
 * way without a table.  The same task always has the same token.
 */

#ifndef WF_TOKEN_H
#define WF_TOKEN_H


#include "base/arena.h"


#define WF_TOKEN_KEY_LEN   32
#define WF_TOKEN_LEN_MAX   1000     /* of what is accepted */

typedef struct {
    uint32_t   shard_no;
    uint64_t   flow_no;
    uint64_t   exec_no;
    uint64_t   task;
    uint16_t   name_len;
    uint8_t    name[WF_TOKEN_NAME_LEN_MAX];   /* of the execution */
} wf_token_t;

/* name: at most WF_TOKEN_NAME_LEN_MAX bytes. */
void wf_token_name(wf_token_t *token, wf_str_t name);

/* Of a task of a run of SWF: its domain's revision, and the name if there is
 * room for it (swf 2: errors name the run). */
void wf_token_run(wf_token_t *token, uint64_t revision, wf_str_t name);
void wf_token_run_read(const wf_token_t *token, uint64_t *revision,
    wf_str_t *name);

/* data == NULL: no memory. */
wf_str_t wf_token_seal(wf_arena_t *arena,
    const uint8_t key[WF_TOKEN_KEY_LEN], const wf_token_t *token);

/* WF_DECLINED: malformed or forged (compared in constant time). */
wf_rc_t wf_token_open(const uint8_t key[WF_TOKEN_KEY_LEN], wf_str_t text,
    wf_token_t *token);


#endif /* WF_TOKEN_H */
