
/*
 * Inside JSONata: compiling a text while another one is evaluated.
 */

#ifndef WF_JSONATA_TEXT_H
#define WF_JSONATA_TEXT_H


#include "expr/jsonata_eval.h"


/*
 * In eval->arena; its globals begin with those of eval->jsonata.  NULL:
 * trouble says why.
 */
wf_jsonata_t *jn_compile_inner(jn_eval_t *eval, wf_str_t text,
    const jn_scope_t *around, jn_trouble_t *trouble);


#endif /* WF_JSONATA_TEXT_H */
