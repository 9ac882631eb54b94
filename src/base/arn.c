
/*
 * ARNs of map runs.  Owns their form and the labels that nobody gave; pure.
 */

#include "base/arn.h"


/* 8-4-4-4-12 of 32 digits. */
static void
print_uuid(wf_buf_t *buf, wf_str_t digits)
{
    size_t  i;

    for (i = 0; i < digits.len; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            wf_buf_byte(buf, '-');
        }

        wf_buf_byte(buf, digits.data[i]);
    }
}


void
wf_arn_label(wf_buf_t *buf, const wf_arn_place_t *place, wf_str_t state,
    wf_str_t label)
{
    size_t    i;
    uint8_t   digits[32];
    uint64_t  half[2];

    if (label.len) {
        wf_buf_str(buf, label);
        return;
    }

    half[0] = wf_hash(wf_hash(1, place->machine), state);
    half[1] = wf_hash(wf_hash(half[0], state), place->machine);

    for (i = 0; i < sizeof(digits); i++) {
        digits[i] = (uint8_t) "0123456789abcdef"[half[i / 16] >> i % 16 * 4
                                                 & 15];
    }

    digits[12] = '4';
    digits[16] = 'a';
    print_uuid(buf, (wf_str_t) { sizeof(digits), digits });
}


void
wf_arn_map_run(wf_buf_t *buf, const wf_arn_place_t *place, wf_str_t state,
    wf_str_t label, wf_str_t name)
{
    wf_buf_text(buf, "arn:aws:states:");
    wf_buf_str(buf, place->region);
    wf_buf_byte(buf, ':');
    wf_buf_str(buf, place->account);
    wf_buf_text(buf, ":mapRun:");
    wf_buf_str(buf, place->machine);
    wf_buf_byte(buf, '/');
    wf_arn_label(buf, place, state, label);
    wf_buf_byte(buf, ':');
    print_uuid(buf, name);
}
