
/*
 * Items gathered into inputs of a map run's children (ItemBatcher).
 */

#ifndef WF_BATCH_H
#define WF_BATCH_H


#include "engine/step.h"


/* Inputs, the last of which is still growing; in scratch. */
typedef struct {
    wf_value_t        *inputs;
    wf_value_t        *list;        /* Items; NULL: none begun */
    size_t             size;        /* of the input, as JSON */
    int64_t            count_max;
    int64_t            size_max;
    size_t             bytes_max;   /* of any input */
    const wf_value_t  *batch_input; /* or NULL */
} wf_batch_items_t;


/* Return codes as in step.h. */
wf_rc_t wf_batch_items_add(wf_run_t *run, wf_batch_items_t *batch,
    const wf_value_t *item);


#endif /* WF_BATCH_H */
