
/*
 * Rosters: see roster.h.  Owns their order; knows nothing of branches.
 */

#include "engine/roster.h"


#define SIZE_MIN     4
#define TIGHT_MIN    16             /* entries: below, holes are no matter */


/* Not only when there are many: the caller needs a place. */
static void
close_holes(wf_roster_t *roster)
{
    uint32_t  i, count;

    count = 0;

    for (i = 0; i < roster->count; i++) {
        if (roster->entries[i].branch) {
            roster->entries[count++] = roster->entries[i];
        }
    }

    roster->count = count;
}


static wf_rc_t
grow(wf_arena_t *arena, wf_roster_t *roster)
{
    uint32_t            size;
    wf_roster_entry_t  *entries;

    size = roster->size ? roster->size * 2 : SIZE_MIN;
    entries = wf_arena_alloc(arena, size * sizeof(wf_roster_entry_t));

    if (entries == NULL) {
        return WF_ERROR;
    }

    if (roster->count) {
        memcpy(entries, roster->entries,
               roster->count * sizeof(wf_roster_entry_t));
    }

    roster->entries = entries;
    roster->size = size;

    return WF_OK;
}


wf_rc_t
wf_roster_add(wf_arena_t *arena, wf_roster_t *roster, uint64_t no,
    wf_branch_t *branch, uint32_t item)
{
    wf_assert(roster->count == 0
              || roster->entries[roster->count - 1].no < no);

    if (roster->count == roster->size) {
        if (roster->live < roster->size / 2) {
            close_holes(roster);

        } else if (grow(arena, roster) != WF_OK) {
            return WF_ERROR;
        }
    }

    roster->entries[roster->count++] = (wf_roster_entry_t) {
        .no = no,
        .branch = branch,
        .item = item
    };

    roster->live++;

    return WF_OK;
}


wf_roster_entry_t *
wf_roster_find(const wf_roster_t *roster, uint64_t no)
{
    uint32_t  low, high, middle;

    low = 0;
    high = roster->count;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (roster->entries[middle].no < no) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    if (low == roster->count
        || roster->entries[low].no != no
        || roster->entries[low].branch == NULL)
    {
        return NULL;
    }

    return &roster->entries[low];
}


void
wf_roster_remove(wf_roster_t *roster, wf_roster_entry_t *entry)
{
    entry->branch = NULL;
    roster->live--;

    while (roster->count
           && roster->entries[roster->count - 1].branch == NULL)
    {
        roster->count--;
    }
}


void
wf_roster_tighten(wf_roster_t *roster)
{
    if (roster->count > TIGHT_MIN && roster->live < roster->count / 2) {
        close_holes(roster);
    }
}


wf_rc_t
wf_roster_copy(wf_arena_t *arena, wf_roster_t *to, const wf_roster_t *from)
{
    uint32_t  i, count;

    *to = (wf_roster_t) { .size = wf_max(from->live, SIZE_MIN) };

    if (from->live == 0) {
        to->size = 0;
        return WF_OK;
    }

    to->entries = wf_arena_alloc(arena, to->size * sizeof(wf_roster_entry_t));
    if (to->entries == NULL) {
        return WF_ERROR;
    }

    count = 0;

    for (i = 0; i < from->count; i++) {
        if (from->entries[i].branch) {
            to->entries[count++] = from->entries[i];
        }
    }

    to->count = to->live = count;

    return WF_OK;
}
