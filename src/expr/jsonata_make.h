
/*
 * Inside JSONata: making, reading and comparing values (jsonata_make.c,
 * jsonata_print.c).
 */

#ifndef WF_JSONATA_MAKE_H
#define WF_JSONATA_MAKE_H


#include "expr/jsonata_eval.h"


#define JN_ORDER_BYTES  8       /* of two strings put in order by one step */

/* Memory that counts against the evaluation's limit. */
void *jn_alloc(jn_eval_t *eval, size_t size);

/* Work that counts; false: too much of it. */
bool jn_fail_work(jn_eval_t *eval);

static inline bool
jn_work(jn_eval_t *eval, uint64_t steps)
{
    return wf_meter_charge(eval->meter, steps) || jn_fail_work(eval);
}

/* What finding a member costs beyond the usual: hashing a long name. */
static inline uint64_t
jn_name_steps(size_t len)
{
    return len / 64 * 16;
}

/* Around whatever calls itself; false: too deep. */
bool jn_enter(jn_eval_t *eval);
static inline void
jn_leave(jn_eval_t *eval)
{
    eval->depth--;
}

/* Sets eval->trouble. */
jn_val_t jn_fail(jn_eval_t *eval, const char *code);
jn_val_t jn_fail_value(jn_eval_t *eval, const char *code, jn_val_t value);
jn_val_t jn_fail_at(jn_eval_t *eval, const char *code, jn_val_t value,
    uint32_t position);
jn_val_t jn_fail_oom(jn_eval_t *eval);

static inline void
jn_list_init(jn_list_t *list)
{
    list->items = &list->one;
    list->count = 0;
    list->size = 1;
}

bool jn_list_grow(jn_eval_t *eval, jn_list_t *list, uint32_t more);

static inline bool
jn_list_push(jn_eval_t *eval, jn_list_t *list, jn_val_t value)
{
    if (list->count == list->size && !jn_list_grow(eval, list, 1)) {
        return false;
    }

    list->items[list->count++] = value;

    return true;
}

/* All items of an array; anything else as one. */
bool jn_list_append(jn_eval_t *eval, jn_list_t *list, jn_val_t value);

/* The array; its flags. */
jn_val_t jn_list_array(jn_eval_t *eval, jn_list_t *list, uint8_t flags);

/* The same for one value. */
jn_val_t jn_array_of(jn_eval_t *eval, jn_val_t value, uint8_t flags);

/* What an evaluation makes of a sequence: nothing, its item, or itself. */
static inline jn_val_t
jn_normal(jn_val_t value)
{
    if (value.type != JN_ARRAY
        || (value.flags & (JN_SEQ | JN_STREAM)) != JN_SEQ || value.len > 1)
    {
        return value;
    }

    if (value.len == 0) {
        return jn_none;
    }

    return value.flags & JN_KEEP ? value : jn_item(value, 0);
}

jn_object_t *jn_object_create(jn_eval_t *eval, uint32_t size);
bool jn_object_set(jn_eval_t *eval, jn_object_t *object, wf_str_t key,
    jn_val_t value);
jn_member_t *jn_object_find(const jn_object_t *object, wf_str_t key);
bool jn_object_remove(jn_eval_t *eval, jn_object_t *object, wf_str_t key);

static inline jn_val_t
jn_object(jn_object_t *object)
{
    return (jn_val_t) { .type = JN_OBJECT, .u = { .object = object } };
}

/* Members of any object. */
uint32_t jn_count(jn_val_t object);
jn_member_t jn_member(jn_val_t object, uint32_t index);
jn_val_t jn_get(jn_val_t object, wf_str_t key);     /* JN_NONE: not there */
/* The same where objects of one shape follow each other; *hint: where the
 * member was in the last one, 0 at first. */
jn_val_t jn_get_near(jn_val_t object, wf_str_t key, uint32_t *hint);

/* Is it true; JN_FAILED or JN_BOOL; JN_NONE stays. */
jn_val_t jn_truth(jn_eval_t *eval, jn_val_t value);

/* JN_FAILED or JN_BOOL. */
jn_val_t jn_equal(jn_eval_t *eval, jn_val_t a, jn_val_t b);

/* Equal values have equal hashes.  false: too deep. */
bool jn_hash(jn_eval_t *eval, jn_val_t value, uint64_t *hash);

/* A number that is no infinity: JN_FAILED (D1001), else JN_BOOL. */
jn_val_t jn_numeric(jn_eval_t *eval, jn_val_t value);

/* A deep copy that may be changed. */
jn_val_t jn_clone(jn_eval_t *eval, jn_val_t value);

/* As $string(); JN_NONE stays. */
jn_val_t jn_text(jn_eval_t *eval, jn_val_t value, bool pretty);

/* The string that buf has. */
jn_val_t jn_give(jn_eval_t *eval, const wf_buf_t *buf);

/* JSON for messages; never fails, but buf may. */
void jn_print_brief(wf_buf_t *buf, jn_val_t value);

/* The text as UTF-8.  data NULL: no memory. */
wf_str_t jn_text_export(wf_arena_t *arena, wf_str_t text);

/* To the outside.  false: eval->trouble says why. */
bool jn_export(jn_eval_t *eval, jn_val_t value, wf_value_t **made);


#endif /* WF_JSONATA_MAKE_H */
