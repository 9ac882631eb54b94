
/*
 * Task tokens: opaque, sealed, URL-safe (cloudflow-api 6.3, settled.md).  One
 * per attempt; names shard, execution and task, so that a report finds its
 * way without a table.  The same task always has the same token.
 */

#ifndef WF_TOKEN_H
#define WF_TOKEN_H


#include "base/arena.h"


#define WF_TOKEN_KEY_LEN   32
#define WF_TOKEN_LEN_MAX   512      /* of what is accepted */

typedef struct {
    uint32_t   shard_no;
    uint64_t   flow_no;
    uint64_t   exec_no;
    uint64_t   task;
} wf_token_t;

/* data == NULL: no memory. */
wf_str_t wf_token_seal(wf_arena_t *arena,
    const uint8_t key[WF_TOKEN_KEY_LEN], const wf_token_t *token);

/* WF_DECLINED: malformed or forged (compared in constant time). */
wf_rc_t wf_token_open(const uint8_t key[WF_TOKEN_KEY_LEN], wf_str_t text,
    wf_token_t *token);


#endif /* WF_TOKEN_H */
