
/*
 * Why a text is no JSON, in the words of the parser that AWS services use:
 * clients show them and recorded answers hold them (asl 21, 25).
 */

#ifndef WF_JSON_FAULT_H
#define WF_JSON_FAULT_H


#include "base/arena.h"


typedef struct {
    wf_str_t   reason;          /* "Unrecognized token 'not': was ..." */
    wf_str_t   excerpt;         /* the text's first characters */
    wf_str_t   more;            /* "[truncated 12 chars]", or empty */
    uint32_t   line;            /* from 1, of the byte after the fault */
    uint32_t   column;
} wf_json_fault_t;

/* Of a text that wf_json_parse() refuses.  reason.data == NULL: no memory.  A
 * fault of another kind (depth, UTF-8) gets a reason of our own. */
void wf_json_fault(wf_str_t text, wf_arena_t *arena, wf_json_fault_t *fault);


#endif /* WF_JSON_FAULT_H */
