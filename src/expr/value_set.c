
/*
 * Sets of values: open addressing over their hashes.  Which hash it is shows
 * nowhere.
 */

#include "expr/value_set.h"


/*
 * Equal values have equal hashes: 1 and 1.0, members in any order.  Which
 * hash it is shows nowhere.
 */
static uint64_t
value_hash(const wf_value_t *value)
{
    double    real;
    int64_t   integer;
    uint32_t  i;
    uint64_t  hash;

    switch (value->type) {

    case WF_NUMBER:
        if (value->is_integer) {
            integer = value->u.number.integer;
            return wf_hash(wf_hash_secret(),
                           (wf_str_t) { sizeof(integer),
                                        (const uint8_t *) &integer });
        }

        real = value->u.number.real;
        return wf_hash(wf_hash_secret() + WF_NUMBER,
                       (wf_str_t) { sizeof(real), (const uint8_t *) &real });

    case WF_STRING:
        return wf_hash(wf_hash_secret() + WF_STRING, value->u.string);

    case WF_ARRAY:
        hash = WF_ARRAY;

        for (i = 0; i < value->count; i++) {
            hash = hash * 0x100000001b3 + value_hash(value->u.items[i]);
        }

        return hash;

    case WF_OBJECT:
        hash = WF_OBJECT;

        for (i = 0; i < value->count; i++) {
            hash += wf_hash(value_hash(value->u.members[i].value),
                            value->u.members[i].key);
        }

        return hash;

    default:
        return value->type << 1 | value->boolean;
    }
}


wf_rc_t
value_set_init(wf_arena_t *arena, value_set_t *set, uint32_t count)
{
    for (set->mask = 7; set->mask < 2ull * count;
         set->mask = set->mask * 2 + 1)
    {
        /* void */
    }

    set->values = wf_arena_calloc(arena, (set->mask + 1)
                                         * sizeof(wf_value_t *));

    return set->values ? WF_OK : WF_ERROR;
}


bool
value_set_add(value_set_t *set, const wf_value_t *value)
{
    uint64_t  i;

    for (i = value_hash(value) & set->mask; set->values[i];
         i = (i + 1) & set->mask)
    {
        if (wf_value_eq(set->values[i], value)) {
            return false;
        }
    }

    set->values[i] = value;
    return true;
}
