
/*
 * The list of what is wrong with a definition.  Owns its form; decides
 * nothing.
 */

#include "flow/diagnostics.h"

#include "base/limits.h"


void
wf_diagnostics_add(wf_diagnostics_t *list, bool is_warning, const char *code,
    wf_str_t message, wf_str_t location)
{
    wf_diagnostic_t  *entry;

    if (is_warning) {
        list->warning_count++;

    } else {
        list->error_count++;
    }

    if (list->error_count + list->warning_count > WF_DIAGNOSTICS_MAX) {
        return;
    }

    entry = wf_arena_calloc(list->arena, sizeof(wf_diagnostic_t));

    if (entry == NULL) {
        list->failed = true;
        return;
    }

    entry->is_warning = is_warning;
    entry->code = code;
    entry->message = wf_arena_copy(list->arena, message);
    entry->location = wf_arena_copy(list->arena, location);

    if (entry->message.data == NULL || entry->location.data == NULL) {
        list->failed = true;
        return;
    }

    if (list->last) {
        list->last->next = entry;

    } else {
        list->first = entry;
    }

    list->last = entry;
}


void
wf_diagnostics_print(wf_buf_t *buf, const wf_diagnostics_t *list)
{
    const char             *separator;
    const wf_diagnostic_t  *entry;

    separator = "";

    for (entry = list->first; entry; entry = entry->next) {
        if (entry->is_warning) {
            continue;
        }

        wf_buf_str(buf, wf_str_of(separator));
        wf_buf_str(buf, wf_str_of(entry->code));
        wf_buf_text(buf, ": ");
        wf_buf_str(buf, entry->message);

        if (entry->location.len) {
            wf_buf_text(buf, " at ");
            wf_buf_str(buf, entry->location);
        }

        separator = ", ";
    }
}
