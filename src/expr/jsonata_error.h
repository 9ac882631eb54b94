
/*
 * Inside JSONata: what went wrong, until the door turns it into words by
 * jsonata_errors.def.
 */

#ifndef WF_JSONATA_ERROR_H
#define WF_JSONATA_ERROR_H


#include "expr/jsonata.h"
#include "expr/jsonata_value.h"


typedef struct {
    wf_jsonata_trouble_t  trouble;
    const char           *code;         /* NULL: nothing yet */
    uint32_t              position;     /* byte offset; 0: unknown */
    wf_str_t              token;        /* data NULL: unknown */
    bool                  bare;         /* the token is no string */
    wf_str_t              message;      /* in place of the table's */
    jn_val_t              value;
    jn_val_t              value2;
    uint32_t              index;        /* of an argument, from 1 */
    const char           *type;
} jn_trouble_t;

/* Fill err; texts are made in arena, text is what positions are of. */
void jn_trouble_tell(wf_arena_t *arena, const jn_trouble_t *trouble,
    wf_str_t text, wf_jsonata_error_t *err);


#endif /* WF_JSONATA_ERROR_H */
