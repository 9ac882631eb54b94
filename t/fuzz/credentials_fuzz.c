
/*
 * Credentials files: any bytes are read or refused with the number of a line.
 * What is read is in order, each id once, and finds itself.
 */

#include <stdlib.h>

#include "wire/credentials.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static wf_rc_t
read_policy(void *data, wf_str_t name, wf_str_t *document, wf_error_t *err)
{
    (void) data;

    if (name.len % 2) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "not there");
        return WF_ERROR;
    }

    *document = wf_str("{\"Version\":\"1\",\"Statement\":[{\"Effect\":"
                       "\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}");
    return WF_OK;
}


static void
check_keys(const wf_keys_t *keys)
{
    uint32_t         i;
    const wf_key_t  *key;

    for (i = 0; i < keys->count; i++) {
        key = &keys->items[i];

        wf_assert(wf_keys_find(keys, key->id) == key);
        wf_assert(key->id.len > 0 && key->secret.len > 0);
        wf_assert(i == 0 || wf_str_cmp(keys->items[i - 1].id, key->id) < 0);
        wf_assert(!wf_str_eq(key->id, wf_str("allow"))
                  && !wf_str_eq(key->id, wf_str("deny"))
                  && !wf_str_eq(key->id, wf_str("policy")));

        if (key->policy) {
            (void) wf_policy_allows(key->policy, wf_str("StartExecution"),
                                    key->id, key->secret);
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_str_t     text;
    wf_keys_t    keys;
    wf_error_t   err;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    text = (wf_str_t) { size, data };
    wf_error_clear(&err);

    if (wf_keys_parse(arena, text, read_policy, NULL, &keys, &err) == WF_OK) {
        check_keys(&keys);

    } else {
        wf_assert(err.code == WF_E_INVALID_ARGUMENT);
        wf_assert(strncmp(err.arg[0], "line ", 5) == 0);
    }

    wf_arena_free(arena);

    return 0;
}
