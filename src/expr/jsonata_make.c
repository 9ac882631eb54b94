
/*
 * JSONata: making and reading values, within the limits of the evaluation.
 * Knows nothing of expressions.
 */

#include <math.h>

#include "expr/jsonata_make.h"


#define LIST_FIRST    8
#define LIST_MAX      (1u << 28)
#define MEMBERS_MIN   4
#define LINEAR_MAX    16        /* more members than this: an index */
#define BYTES_A_STEP  16        /* of new memory cost as much as one step */
#define EQUAL_BYTES   128       /* compared in one step */
#define HASH_BYTES    4         /* hashed in one step */
#define MEMBER_STEPS  4         /* of finding a member by its name */
#define EVAL_STEPS    1         /* of entering an evaluation */


void *
jn_alloc(jn_eval_t *eval, size_t size)
{
    void  *data;

    if (!jn_work(eval, size / BYTES_A_STEP)) {
        return NULL;
    }

    eval->bytes += size;

    if (eval->bytes > eval->byte_max) {
        (void) jn_fail(eval, "D1014");
        eval->trouble.trouble = WF_JSONATA_LIMIT;
        return NULL;
    }

    data = wf_arena_alloc(eval->arena, size);

    if (data == NULL) {
        (void) jn_fail_oom(eval);
    }

    return data;
}


bool
jn_fail_work(jn_eval_t *eval)
{
    (void) jn_fail(eval, "D1012");
    eval->trouble.trouble = WF_JSONATA_LIMIT;

    return false;
}


bool
jn_enter(jn_eval_t *eval)
{
    if (++eval->depth > eval->depth_max) {
        eval->depth--;
        (void) jn_fail(eval, "D1011");
        eval->trouble.trouble = WF_JSONATA_LIMIT;
        return false;
    }

    return jn_work(eval, EVAL_STEPS);
}


jn_val_t
jn_fail(jn_eval_t *eval, const char *code)
{
    return jn_fail_value(eval, code, jn_none);
}


jn_val_t
jn_fail_value(jn_eval_t *eval, const char *code, jn_val_t value)
{
    memset(&eval->trouble, 0, sizeof(jn_trouble_t));
    eval->trouble.code = code;
    eval->trouble.value = value;
    eval->trouble.value2 = jn_none;

    return jn_failed;
}


jn_val_t
jn_fail_at(jn_eval_t *eval, const char *code, jn_val_t value,
    uint32_t position)
{
    (void) jn_fail_value(eval, code, value);
    eval->trouble.position = position;

    return jn_failed;
}


jn_val_t
jn_fail_oom(jn_eval_t *eval)
{
    (void) jn_fail(eval, "D1014");
    eval->trouble.trouble = WF_JSONATA_OOM;

    return jn_failed;
}


bool
jn_list_grow(jn_eval_t *eval, jn_list_t *list, uint32_t more)
{
    uint64_t   size;
    jn_val_t  *items;

    size = wf_max((uint64_t) list->size * 2, LIST_FIRST);
    size = wf_max(size, (uint64_t) list->count + more);

    if (size > LIST_MAX) {
        (void) jn_fail(eval, "D1014");
        eval->trouble.trouble = WF_JSONATA_LIMIT;
        return false;
    }

    items = jn_alloc(eval, size * sizeof(jn_val_t));

    if (items == NULL) {
        return false;
    }

    if (list->count) {
        memcpy(items, list->items, list->count * sizeof(jn_val_t));
    }

    list->items = items;
    list->size = (uint32_t) size;

    return true;
}


bool
jn_list_append(jn_eval_t *eval, jn_list_t *list, jn_val_t value)
{
    uint32_t  i;

    if (value.type != JN_ARRAY) {
        return jn_list_push(eval, list, value);
    }

    if (value.len > list->size - list->count
        && !jn_list_grow(eval, list, value.len))
    {
        return false;
    }

    if (!jn_work(eval, value.len / 8)) {
        return false;
    }

    if (!(value.flags & JN_JSON)) {
        if (value.len) {
            memcpy(list->items + list->count, value.u.items,
                   value.len * sizeof(jn_val_t));
        }

        list->count += value.len;
        return true;
    }

    for (i = 0; i < value.len; i++) {
        list->items[list->count++] = jn_json(value.u.json->u.items[i]);
    }

    return true;
}


jn_val_t
jn_list_array(jn_eval_t *eval, jn_list_t *list, uint8_t flags)
{
    jn_val_t  array;

    if (list->count && list->items == &list->one) {
        return jn_array_of(eval, list->one, flags);
    }

    array = (jn_val_t) { .type = JN_ARRAY, .flags = flags };
    array.len = list->count;
    array.u.items = list->items;

    return array;
}


jn_val_t
jn_array_of(jn_eval_t *eval, jn_val_t value, uint8_t flags)
{
    jn_val_t  array;

    array = (jn_val_t) { .type = JN_ARRAY, .flags = flags, .len = 1 };
    array.u.items = jn_alloc(eval, sizeof(jn_val_t));

    if (array.u.items == NULL) {
        return jn_failed;
    }

    array.u.items[0] = value;

    return array;
}


static bool
members_grow(jn_eval_t *eval, jn_object_t *object, uint32_t size)
{
    jn_member_t  *members;

    members = jn_alloc(eval, (size_t) size * sizeof(jn_member_t));

    if (members == NULL) {
        return false;
    }

    if (object->count) {
        memcpy(members, object->members, object->count * sizeof(jn_member_t));
    }

    object->members = members;
    object->size = size;

    return true;
}


jn_object_t *
jn_object_create(jn_eval_t *eval, uint32_t size)
{
    jn_object_t  *object;

    object = jn_alloc(eval, sizeof(jn_object_t));

    if (object == NULL) {
        return NULL;
    }

    memset(object, 0, sizeof(jn_object_t));

    return size == 0 || members_grow(eval, object, size) ? object : NULL;
}


static void
index_add(jn_object_t *object, uint32_t number)
{
    uint32_t  i;

    i = (uint32_t) wf_hash(wf_hash_secret(), object->members[number].key);

    for (i &= object->mask; object->slots[i]; i = (i + 1) & object->mask) {
        /* void */
    }

    object->slots[i] = number + 1;
}


/* An index for twice the members. */
static bool
index_build(jn_eval_t *eval, jn_object_t *object)
{
    uint32_t  i, size;

    for (size = 4 * LINEAR_MAX; size < 4 * object->count; size *= 2) {
        /* void */
    }

    object->slots = jn_alloc(eval, size * sizeof(uint32_t));

    if (object->slots == NULL) {
        return false;
    }

    memset(object->slots, 0, size * sizeof(uint32_t));
    object->mask = size - 1;

    for (i = 0; i < object->count; i++) {
        index_add(object, i);
    }

    return true;
}


jn_member_t *
jn_object_find(const jn_object_t *object, wf_str_t key)
{
    uint32_t      i;
    jn_member_t  *member;

    if (object->mask == 0) {
        for (i = 0; i < object->count; i++) {
            if (wf_str_eq(object->members[i].key, key)) {
                return &object->members[i];
            }
        }

        return NULL;
    }

    i = (uint32_t) wf_hash(wf_hash_secret(), key) & object->mask;

    for ( ; object->slots[i]; i = (i + 1) & object->mask) {
        member = &object->members[object->slots[i] - 1];

        if (wf_str_eq(member->key, key)) {
            return member;
        }
    }

    return NULL;
}


bool
jn_object_set(jn_eval_t *eval, jn_object_t *object, wf_str_t key,
    jn_val_t value)
{
    jn_member_t  *member;

    if (!jn_work(eval, jn_name_steps(key.len))) {
        return false;
    }

    member = jn_object_find(object, key);

    if (member != NULL) {
        member->value = value;
        return true;
    }

    if (object->count == object->size
        && !members_grow(eval, object,
                         wf_max(object->size * 2, MEMBERS_MIN)))
    {
        return false;
    }

    object->members[object->count] = (jn_member_t) { key, value };
    object->count++;

    if (object->count <= LINEAR_MAX) {
        return true;
    }

    if (object->mask == 0 || object->count > object->mask / 2) {
        return index_build(eval, object);
    }

    index_add(object, object->count - 1);

    return true;
}


bool
jn_object_remove(jn_eval_t *eval, jn_object_t *object, wf_str_t key)
{
    size_t        after;
    jn_member_t  *member;

    member = jn_object_find(object, key);

    if (member == NULL) {
        return true;
    }

    after = (size_t) (object->members + object->count - (member + 1));

    if (!jn_work(eval, after)) {
        return false;
    }

    memmove(member, member + 1, after * sizeof(jn_member_t));
    object->count--;

    if (object->count <= LINEAR_MAX) {
        object->mask = 0;
        return true;
    }

    return index_build(eval, object);
}


uint32_t
jn_count(jn_val_t object)
{
    return object.flags & JN_JSON ? object.u.json->count
                                  : object.u.object->count;
}


jn_member_t
jn_member(jn_val_t object, uint32_t index)
{
    const wf_member_t  *member;

    if (!(object.flags & JN_JSON)) {
        return object.u.object->members[index];
    }

    member = &object.u.json->u.members[index];

    return (jn_member_t) { member->key, jn_json(member->value) };
}


jn_val_t
jn_get(jn_val_t object, wf_str_t key)
{
    jn_member_t       *member;
    const wf_value_t  *value;

    if (object.flags & JN_JSON) {
        value = wf_value_get(object.u.json, key);
        return value ? jn_json(value) : jn_none;
    }

    member = jn_object_find(object.u.object, key);

    return member ? member->value : jn_none;
}


jn_val_t
jn_get_near(jn_val_t object, wf_str_t key, uint32_t *hint)
{
    uint32_t            i;
    const wf_member_t  *members;

    if (!(object.flags & JN_JSON) || object.len > LINEAR_MAX) {
        return jn_get(object, key);
    }

    members = object.u.json->u.members;

    if (*hint < object.len && wf_str_eq(members[*hint].key, key)) {
        return jn_json(members[*hint].value);
    }

    for (i = 0; i < object.len; i++) {
        if (wf_str_eq(members[i].key, key)) {
            *hint = i;
            return jn_json(members[i].value);
        }
    }

    return jn_none;
}


jn_val_t
jn_numeric(jn_eval_t *eval, jn_val_t value)
{
    if (value.type != JN_NUMBER) {
        return jn_bool(false);
    }

    if (isinf(value.u.number)) {
        return jn_fail_value(eval, "D1001", value);
    }

    return jn_bool(!isnan(value.u.number));
}


/* Is any item true? */
static jn_val_t
truth_of_items(jn_eval_t *eval, jn_val_t array)
{
    uint32_t  i;
    jn_val_t  truth, any;

    any = jn_bool(false);

    if (!jn_enter(eval)) {
        return jn_failed;
    }

    for (i = 0; i < array.len; i++) {
        truth = jn_work(eval, 1) ? jn_truth(eval, jn_item(array, i))
                                 : jn_failed;

        if (jn_bad(truth)) {
            any = truth;
            break;
        }

        any.u.boolean = any.u.boolean
                        || (truth.type == JN_BOOL && truth.u.boolean);
    }

    jn_leave(eval);

    return any;
}


jn_val_t
jn_truth(jn_eval_t *eval, jn_val_t value)
{
    jn_val_t  number;

    switch (value.type) {

    case JN_NONE:
    case JN_BOOL:
        return value;

    case JN_NUMBER:
        number = jn_numeric(eval, value);

        return jn_bad(number) ? number
               : jn_bool(number.u.boolean && value.u.number != 0);

    case JN_STRING:
        return jn_bool(value.len > 0);

    case JN_ARRAY:
        return truth_of_items(eval, value);

    case JN_OBJECT:
        return jn_bool(jn_count(value) > 0);

    default:
        return jn_bool(value.type == JN_TUPLE);
    }
}


static jn_val_t
equal_items(jn_eval_t *eval, jn_val_t a, jn_val_t b)
{
    uint32_t  i;
    jn_val_t  equal;

    equal = jn_bool(a.len == b.len);

    for (i = 0; i < a.len && equal.type == JN_BOOL && equal.u.boolean; i++) {
        equal = jn_work(eval, 1) ? jn_equal(eval, jn_item(a, i), jn_item(b, i))
                                 : jn_failed;
    }

    return equal;
}


static jn_val_t
equal_members(jn_eval_t *eval, jn_val_t a, jn_val_t b)
{
    uint32_t     i, count;
    jn_val_t     equal;
    jn_member_t  member;

    count = jn_count(a);
    equal = jn_bool(count == jn_count(b));

    for (i = 0; i < count && equal.type == JN_BOOL && equal.u.boolean; i++) {
        member = jn_member(a, i);
        equal = jn_work(eval, MEMBER_STEPS + jn_name_steps(member.key.len))
                ? jn_equal(eval, member.value, jn_get(b, member.key))
                : jn_failed;
    }

    return equal;
}


jn_val_t
jn_equal(jn_eval_t *eval, jn_val_t a, jn_val_t b)
{
    jn_val_t  equal;

    if (a.type != b.type) {
        return jn_bool(false);
    }

    switch (a.type) {

    case JN_BOOL:
        return jn_bool(a.u.boolean == b.u.boolean);

    case JN_NUMBER:
        return jn_bool(a.u.number == b.u.number);

    case JN_STRING:
        if (a.len == b.len && !jn_work(eval, a.len / EQUAL_BYTES)) {
            return jn_failed;
        }

        return jn_bool(wf_str_eq(jn_str(a), jn_str(b)));

    case JN_ARRAY:
    case JN_OBJECT:
        if (!jn_enter(eval)) {
            return jn_failed;
        }

        equal = a.type == JN_ARRAY ? equal_items(eval, a, b)
                                   : equal_members(eval, a, b);
        jn_leave(eval);
        return equal;

    case JN_FUNCTION:
        return jn_bool(a.u.function == b.u.function);

    default:
        return jn_bool(true);
    }
}


/* Members in any order give the same: their hashes are added up. */
static bool
hash_inside(jn_eval_t *eval, jn_val_t value, uint64_t *hash)
{
    uint32_t     i, count;
    uint64_t     part;
    jn_member_t  member;

    count = value.type == JN_ARRAY ? value.len : jn_count(value);

    for (i = 0; i < count; i++) {
        if (value.type == JN_ARRAY) {
            if (!jn_work(eval, 1)
                || !jn_hash(eval, jn_item(value, i), &part))
            {
                return false;
            }

            *hash = (*hash ^ part) * 0x9e3779b97f4a7c15u;
            continue;
        }

        member = jn_member(value, i);

        if (!jn_work(eval, 1 + jn_name_steps(member.key.len))
            || !jn_hash(eval, member.value, &part))
        {
            return false;
        }

        *hash += wf_hash(part, member.key);
    }

    return true;
}


bool
jn_hash(jn_eval_t *eval, jn_val_t value, uint64_t *hash)
{
    bool    done;
    double  number;

    *hash = value.type + 1;

    switch (value.type) {

    case JN_BOOL:
        *hash += value.u.boolean ? 1000 : 0;
        return true;

    case JN_NUMBER:
        number = value.u.number == 0 ? 0 : value.u.number;
        *hash = wf_hash(wf_hash_secret(),
                        (wf_str_t) { sizeof(double),
                                     (const uint8_t *) &number });
        return true;

    case JN_STRING:
        *hash = wf_hash(wf_hash_secret(), jn_str(value));
        return jn_work(eval, value.len / HASH_BYTES);

    case JN_ARRAY:
    case JN_OBJECT:
        if (!jn_enter(eval)) {
            return false;
        }

        done = hash_inside(eval, value, hash);
        jn_leave(eval);
        return done;

    default:
        return true;
    }
}


static jn_val_t
clone_inside(jn_eval_t *eval, jn_val_t value)
{
    uint32_t      i, count;
    jn_val_t      item;
    jn_list_t     list;
    jn_member_t   member;
    jn_object_t  *object;

    if (value.type == JN_ARRAY) {
        jn_list_init(&list);

        for (i = 0; i < value.len; i++) {
            item = jn_clone(eval, jn_item(value, i));
            item = item.type == JN_NONE ? jn_null : item;

            if (jn_bad(item) || !jn_list_push(eval, &list, item)) {
                return jn_failed;
            }
        }

        return jn_list_array(eval, &list, 0);
    }

    count = jn_count(value);
    object = jn_object_create(eval, count);

    for (i = 0; object != NULL && i < count; i++) {
        member = jn_member(value, i);
        item = jn_clone(eval, member.value);

        if (jn_bad(item)
            || (item.type != JN_NONE
                && !jn_object_set(eval, object, member.key, item)))
        {
            return jn_failed;
        }
    }

    return object ? jn_object(object) : jn_failed;
}


/* As what $string() says is read: functions are empty strings, nothing is null
 * in an array. */
jn_val_t
jn_clone(jn_eval_t *eval, jn_val_t value)
{
    jn_val_t  copy;

    if (value.type == JN_FUNCTION) {
        return jn_string(wf_str(""));
    }

    if (value.type != JN_ARRAY && value.type != JN_OBJECT) {
        return value;
    }

    if (value.flags & JN_OUTER) {
        value = jn_item(value, 0);
    }

    if (!jn_enter(eval)) {
        return jn_failed;
    }

    copy = clone_inside(eval, value);
    jn_leave(eval);

    return copy;
}
