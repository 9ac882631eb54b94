
/*
 * Patterns of the models of Amazon's services, and rules that only manuals
 * state: the few that there are, by hand.
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



/*
 * Rules of SWF (swf 3): the model states lengths alone.  What is too short is
 * somebody else's fault.
 */

#define YEAR_SECONDS   31536000
#define FUNCTION_MAX   900
#define RETENTION_MAX  90


static bool
is_anything(wf_str_t text)
{
    (void) text;

    return true;
}


/* Control characters above 0x7f are two bytes, C2 80 to C2 9F. */
static bool
is_swf_name(wf_str_t text)
{
    size_t   i;
    uint8_t  c;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c == ':' || c == '/' || c == '|' || c < 0x20 || c == 0x7f
            || (c == 0xc2 && i + 1 < text.len && text.data[i + 1] < 0xa0))
        {
            return false;
        }
    }

    return !wf_str_eq(text, wf_str("arn"));
}


static bool
is_swf_trimmed(wf_str_t text)
{
    return is_swf_name(text)
           && (text.len == 0 || (text.data[0] != ' '
                                 && text.data[text.len - 1] != ' '));
}


/* Digits alone; -1: something else. */
static int64_t
digits_read(wf_str_t text)
{
    size_t   i;
    int64_t  number;

    for (number = 0, i = 0; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return -1;
        }

        number = wf_min(10 * number + text.data[i] - '0', UINT32_MAX);
    }

    return text.len ? number : 0;
}


static bool
is_up_to(wf_str_t text, int64_t max)
{
    int64_t  number;

    number = digits_read(text);

    return number >= 0 && number <= max;
}


static bool
is_none(wf_str_t text)
{
    return wf_str_eq(text, wf_str("NONE"));
}


static bool
is_seconds(wf_str_t text)
{
    return digits_read(text) >= 0;
}


static bool
is_seconds_or_none(wf_str_t text)
{
    return is_none(text) || is_seconds(text);
}


static bool
is_execution(wf_str_t text)
{
    return is_up_to(text, YEAR_SECONDS);
}


static bool
is_execution_or_none(wf_str_t text)
{
    return is_none(text) || is_execution(text);
}


static bool
is_function(wf_str_t text)
{
    return text.len == 0 || (is_up_to(text, FUNCTION_MAX)
                             && digits_read(text) > 0);
}


static bool
is_days(wf_str_t text)
{
    return is_none(text) || is_up_to(text, RETENTION_MAX);
}


static bool
is_priority(wf_str_t text)
{
    bool  is_negative;

    is_negative = text.len > 1 && text.data[0] == '-';
    text.data += is_negative;
    text.len -= is_negative;

    return text.len <= 10
           && is_up_to(text, (int64_t) INT32_MAX + is_negative);
}


static const struct {
    const char  *pattern;
    bool       (*matches)(wf_str_t text);
    const char  *words;
} patterns[] = {
#define PATTERN(pattern, matches)                                             \
    { pattern, matches, "satisfy regular expression pattern: " pattern }
    PATTERN("^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$", is_name_with_letter),
    PATTERN("[!-~]+", is_visible),
    PATTERN("\\p{ASCII}*", is_ascii),
#undef PATTERN
    { "optional", is_anything, "" },
    { "name", is_swf_name, "not contain ':', '/', '|' or control characters, "
      "and not be 'arn'" },
    { "trimmed name", is_swf_trimmed, "not contain ':', '/', '|' or control "
      "characters, not begin or end with white space, and not be 'arn'" },
    { "seconds", is_seconds, "be a number of seconds" },
    { "seconds or NONE", is_seconds_or_none, "be a number of seconds or NONE" },
    { "seconds of an execution", is_execution,
      "be a number of seconds, at most 31536000" },
    { "seconds of an execution or NONE", is_execution_or_none,
      "be a number of seconds, at most 31536000, or NONE" },
    { "seconds of a function", is_function, "be a number between 1 and 900" },
    { "days", is_days, "be a number of days, at most 90, or NONE" },
    { "priority", is_priority,
      "be a number between -2147483648 and 2147483647" }
};


const char *
wf_aws_mismatch(const char *pattern, wf_str_t text)
{
    size_t  i;

    for (i = 0; strcmp(patterns[i].pattern, pattern) != 0; i++) {
        wf_assert(i + 1 < wf_countof(patterns));
    }

    return patterns[i].matches(text) ? NULL : patterns[i].words;
}
