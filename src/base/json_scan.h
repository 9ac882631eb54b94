
/*
 * The check in front of cJSON: RFC 8259 to the letter, and, if wanted, a
 * rewritten text that cJSON can read without losing anything.  For json.c
 * alone.
 *
 *     12.50       "#12.50"        digits stay
 *     "abc"       "$abc"          told apart from numbers; keys stay bare
 *     \u0000      byte 0xff       no C string ends there, no UTF-8 has it
 */

#ifndef WF_JSON_SCAN_H
#define WF_JSON_SCAN_H


#include "base/base.h"


#define WF_JSON_MARK_NUMBER  '#'
#define WF_JSON_MARK_STRING  '$'
#define WF_JSON_BYTE_NUL     0xff

/* Bytes written for a byte read, at most. */
#define WF_JSON_SCAN_GROWTH  4

typedef enum {
    WF_JSON_VALUE = 0,
    WF_JSON_VALUE_OR_CLOSE,     /* behind [ */
    WF_JSON_KEY,                /* behind , in an object */
    WF_JSON_KEY_OR_CLOSE,       /* behind { */
    WF_JSON_COLON,
    WF_JSON_COMMA_OR_CLOSE,
    WF_JSON_END
} wf_json_expect_t;

typedef struct {
    const uint8_t     *pos;
    const uint8_t     *end;
    uint8_t           *out;             /* NULL, or has room for the growth */
    wf_json_expect_t   expect;
    unsigned           depth;
    bool               has_nul;         /* WF_JSON_BYTE_NUL was written */
    uint64_t           key_count;
    uint64_t           key_stop;        /* stop at this key; 0: never */
    uint64_t           value_count;
    uint64_t           value_stop;      /* refuse this value; 0: none */
    uint8_t            closers[WF_DEPTH_MAX];
} wf_json_scan_t;

void wf_json_scan_init(wf_json_scan_t *scan, wf_str_t text, uint8_t *out);

/* NULL, or why the text is refused at scan->pos. */
const char *wf_json_scan(wf_json_scan_t *scan);


#endif /* WF_JSON_SCAN_H */
