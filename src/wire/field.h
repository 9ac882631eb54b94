
/*
 * Shapes: the parameters of an action in CloudFlow's protocol.
 */

#ifndef WF_FIELD_H
#define WF_FIELD_H


#include "wire/call.h"


typedef enum {
    WF_FIELD_STRING = 0,
    WF_FIELD_NAME,                  /* cloudflow-api section 2, creating */
    WF_FIELD_INTEGER,               /* min..max by value */
    WF_FIELD_BOOLEAN,
    WF_FIELD_TIME,                  /* RFC 3339 */
    WF_FIELD_JSON_OBJECT,           /* max in bytes */
    WF_FIELD_JSON,                  /* any value; max in bytes */
    WF_FIELD_NUMBER,                /* with a fraction; min..max; text kept */
    WF_FIELD_ENVIRONMENT,           /* {"Variables":[{Name,Value,...}]} */
    WF_FIELD_ROUTES,                /* [{Version,Weight}], one or two */
    WF_FIELD_ENUM                   /* one of choices; number: which, from 0 */
} wf_field_kind_t;

typedef struct {
    wf_str_t         name;          /* in this protocol */
    uint8_t          arg;           /* wf_arg_id_t */
    uint8_t          kind;          /* wf_field_kind_t */
    bool             required;
    bool             may_be_empty;  /* required, but "" will do */
    int64_t          min;           /* characters, bytes or value */
    int64_t          max;           /* 0: no bound */
    const char      *choices;       /* "A|B|C" */
} wf_field_t;

typedef struct {
    const wf_field_t  *fields;      /* in the order of the reference */
    uint32_t           count;
} wf_shape_t;


#endif /* WF_FIELD_H */
