
/*
 * Patterns of the models of Amazon's services: the few that there are, by
 * hand.
 */

#include "wire/aws.h"


static bool
is_name_with_letter(wf_str_t text)
{
    size_t   i;
    bool     has_letter;
    uint8_t  c;

    has_letter = false;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'
            || c == '-' || c == '.')
        {
            has_letter = true;

        } else if (c < '0' || c > '9') {
            return false;
        }
    }

    return has_letter;
}


static bool
is_in_range(wf_str_t text, uint8_t from, uint8_t to)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] < from || text.data[i] > to) {
            return false;
        }
    }

    return true;
}


static bool
is_visible(wf_str_t text)
{
    return text.len > 0 && is_in_range(text, '!', '~');
}


static bool
is_ascii(wf_str_t text)
{
    return is_in_range(text, 0, 0x7f);
}


static const struct {
    const char  *pattern;
    bool       (*matches)(wf_str_t text);
} patterns[] = {
    { "^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$", is_name_with_letter },
    { "[!-~]+", is_visible },
    { "\\p{ASCII}*", is_ascii }
};


bool
wf_aws_matches(const char *pattern, wf_str_t text)
{
    size_t  i;

    for (i = 0; strcmp(patterns[i].pattern, pattern) != 0; i++) {
        wf_assert(i + 1 < wf_countof(patterns));
    }

    return patterns[i].matches(text);
}
