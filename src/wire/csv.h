
/*
 * Comma-separated values (RFC 4180) as a list of objects, as an ItemReader
 * takes them (asl 14).
 */

#ifndef WF_CSV_H
#define WF_CSV_H


#include "base/value.h"


/*
 * headers: an array of strings, or NULL: the first row has them.  Quoted
 * fields may hold the delimiter, line ends and doubled quotes; a field that is
 * missing is "", one too many is left out, and so are empty lines.  NULL: no
 * memory.
 */
wf_value_t *wf_csv_parse(wf_arena_t *arena, wf_str_t text, uint8_t delimiter,
    const wf_value_t *headers);


#endif /* WF_CSV_H */
