
/*
 * Inside JSONata ("jn"): the values of an evaluation.  16 bytes, passed by
 * value; what comes from JSON is referenced where it lies, what is made lives
 * in the arena.  Arrays never change once made; objects change only while
 * they are built and in a transform's clone.
 */

#ifndef WF_JSONATA_VALUE_H
#define WF_JSONATA_VALUE_H


#include "base/value.h"


typedef enum {
    JN_UNBOUND = 0,     /* a slot without a binding; no value */
    JN_NONE,            /* "undefined" */
    JN_NULL,            /* from here to JN_OBJECT: as wf_type_t + 2 */
    JN_BOOL,
    JN_NUMBER,
    JN_STRING,
    JN_ARRAY,
    JN_OBJECT,
    JN_FUNCTION,
    JN_TUPLE,           /* an item of a tuple stream, no value */
    JN_THUNK,           /* a tail call that waits in eval->thunk, no value */
    JN_FAILED           /* eval->trouble says why, no value */
} jn_type_t;

/* Flags of arrays, but for the first. */
#define JN_JSON    0x01     /* array or object: u.json has it */
#define JN_SEQ     0x02     /* a sequence: of one item, stands for the item */
#define JN_KEEP    0x04     /* a sequence that stays an array */
#define JN_CONS    0x08     /* from a constructor: is not flattened */
#define JN_OUTER   0x10     /* the input, an array, as a single item */
#define JN_STREAM  0x20     /* of tuples */

typedef struct jn_val_s       jn_val_t;
typedef struct jn_object_s    jn_object_t;
typedef struct jn_function_s  jn_function_t;
typedef struct jn_frame_s     jn_frame_t;
typedef struct jn_eval_s      jn_eval_t;
typedef struct jn_node_s      jn_node_t;

struct jn_val_s {
    uint8_t   type;
    uint8_t   flags;
    uint32_t  len;              /* bytes of a string, items of an array */
    union {
        bool                  boolean;
        double                number;
        const uint8_t        *data;
        const wf_value_t     *json;
        jn_val_t             *items;
        jn_object_t          *object;
        const jn_function_t  *function;
        jn_frame_t           *frame;
    } u;
};

typedef struct {
    wf_str_t  key;
    jn_val_t  value;
} jn_member_t;

struct jn_object_s {
    uint32_t      count;
    uint32_t      size;
    uint32_t      mask;         /* of slots; 0: no index */
    uint32_t     *slots;        /* member number + 1; 0: free */
    jn_member_t  *members;
};

/* A list under construction; must not be moved (items may be &one). */
typedef struct {
    jn_val_t  *items;
    uint32_t   count;
    uint32_t   size;
    jn_val_t   one;
} jn_list_t;


#define jn_none    ((jn_val_t) { .type = JN_NONE })
#define jn_null    ((jn_val_t) { .type = JN_NULL })
#define jn_failed  ((jn_val_t) { .type = JN_FAILED })

#define jn_is(value, t)  ((value).type == (t))
#define jn_bad(value)    ((value).type == JN_FAILED)

static inline jn_val_t
jn_bool(bool boolean)
{
    return (jn_val_t) { .type = JN_BOOL, .u = { .boolean = boolean } };
}

static inline jn_val_t
jn_number(double number)
{
    return (jn_val_t) { .type = JN_NUMBER, .u = { .number = number } };
}

static inline jn_val_t
jn_string(wf_str_t s)
{
    return (jn_val_t) { .type = JN_STRING, .len = (uint32_t) s.len,
                        .u = { .data = s.data } };
}

static inline wf_str_t
jn_str(jn_val_t value)
{
    return (wf_str_t) { value.len, value.u.data };
}

static inline jn_val_t
jn_json(const wf_value_t *json)
{
    jn_val_t  value = { .type = (uint8_t) (json->type + JN_NULL) };

    switch (json->type) {
    case WF_BOOL:
        value.u.boolean = json->boolean;
        break;
    case WF_NUMBER:
        value.u.number = json->u.number.real;
        break;
    case WF_STRING:
        value.len = (uint32_t) json->u.string.len;
        value.u.data = json->u.string.data;
        break;
    default:
        value.flags = JN_JSON;
        value.len = json->count;
        value.u.json = json;
    }

    return value;
}

/* The item of an array. */
static inline jn_val_t
jn_item(jn_val_t array, uint32_t index)
{
    return array.flags & JN_JSON ? jn_json(array.u.json->u.items[index])
                                 : array.u.items[index];
}


#endif /* WF_JSONATA_VALUE_H */
