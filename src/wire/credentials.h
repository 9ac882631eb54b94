
/*
 * The credentials file: access keys, and what each of them may do.  Told the
 * text, never opens a file.
 *
 *     # id secret [token [expiry]]
 *     LTAIorders  5f0c3a...
 *     allow  fnf:Start*,fnf:Describe*  on  flow/orders
 *     deny   *                         on  flow/orders/execution/audit-*
 *
 *     LTAIreader  77ab01...
 *     policy  policies/reader.json
 *
 * Blanks separate words, '#' at the beginning of a word begins a comment.
 * Lines that begin with allow, deny or policy belong to the key above them (so
 * no key has such an id); a key without any may do everything, one with any
 * only what they allow.
 */

#ifndef WF_CREDENTIALS_H
#define WF_CREDENTIALS_H


#include "wire/wire.h"


typedef struct {
    wf_key_t  *items;               /* sorted by id */
    uint32_t   count;
} wf_keys_t;

/* Where policies come from: the document that a policy line names.  WF_ERROR:
 * err says why, without the name. */
typedef wf_rc_t (*wf_policy_read_pt)(void *data, wf_str_t name,
    wf_str_t *document, wf_error_t *err);

/*
 * Everything lives in the arena, copies of the text too.  WF_ERROR: err is
 * INVALID_ARGUMENT, "line N: " and the reason (never with a secret in it), or
 * INTERNAL.
 */
wf_rc_t wf_keys_parse(wf_arena_t *arena, wf_str_t text,
    wf_policy_read_pt read, void *data, wf_keys_t *keys, wf_error_t *err);

/* NULL: unknown. */
const wf_key_t *wf_keys_find(const wf_keys_t *keys, wf_str_t id);


#endif /* WF_CREDENTIALS_H */
