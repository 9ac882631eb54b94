
/*
 * Linear hashing.  Owns the directory and the segments of buckets; never
 * looks into what the links are part of.
 *
 *    buckets  0 .............. mask/2 .... bucket_count .... mask
 *             split already               next to be made
 *
 * A hash whose bucket is not there yet lives in the one it will split from.
 */

#include "base/arena.h"
#include "shard/table.h"


#define SEGMENT  512                /* buckets; a power of two */


static wf_link_t **bucket_of(const wf_table_t *table, uint32_t hash);
static wf_rc_t segment_add(wf_table_t *table, uint32_t no);
static void split(wf_table_t *table);


void
wf_table_init(wf_table_t *table)
{
    memset(table, 0, sizeof(wf_table_t));
}


void
wf_table_free(wf_table_t *table)
{
    uint32_t  i;

    for (i = 0; i < table->segment_size; i++) {
        wf_free(table->segments[i]);
    }

    wf_free(table->segments);
    wf_table_init(table);
}


wf_link_t *
wf_table_chain(const wf_table_t *table, uint32_t hash)
{
    return table->bucket_count ? *bucket_of(table, hash) : NULL;
}


wf_rc_t
wf_table_add(wf_table_t *table, wf_link_t *link, uint32_t hash)
{
    wf_link_t  **bucket;

    if (table->bucket_count == 0) {
        if (segment_add(table, 0) != WF_OK) {
            return WF_ERROR;
        }

        table->bucket_count = SEGMENT;
        table->mask = SEGMENT - 1;
    }

    if (table->count >= table->bucket_count) {
        split(table);
    }

    bucket = bucket_of(table, hash);
    link->hash = hash;
    link->next = *bucket;
    *bucket = link;
    table->count++;

    return WF_OK;
}


void
wf_table_remove(wf_table_t *table, wf_link_t *link)
{
    wf_link_t  **at;

    for (at = bucket_of(table, link->hash); *at != link; at = &(*at)->next) {
        wf_assert(*at != NULL);
    }

    *at = link->next;
    link->next = NULL;
    table->count--;
}


wf_link_t *
wf_table_any(const wf_table_t *table, uint32_t *start)
{
    wf_link_t  *link;

    while (*start < table->bucket_count) {
        link = table->segments[*start / SEGMENT][*start % SEGMENT];

        if (link != NULL) {
            return link;
        }

        (*start)++;
    }

    return NULL;
}


static wf_link_t **
bucket_of(const wf_table_t *table, uint32_t hash)
{
    uint32_t  i;

    i = hash & table->mask;

    if (i >= table->bucket_count) {
        i &= table->mask >> 1;
    }

    return &table->segments[i / SEGMENT][i % SEGMENT];
}


static wf_rc_t
segment_add(wf_table_t *table, uint32_t no)
{
    uint32_t      size;
    wf_link_t   **segment, ***segments;

    if (no >= table->segment_size) {
        size = wf_max(16, no * 2);
        segments = wf_realloc(table->segments, size * sizeof(wf_link_t **));

        if (segments == NULL) {
            return WF_ERROR;
        }

        memset(segments + table->segment_size, 0,
               (size - table->segment_size) * sizeof(wf_link_t **));

        table->segments = segments;
        table->segment_size = size;
    }

    segment = wf_malloc(SEGMENT * sizeof(wf_link_t *));

    if (segment == NULL) {
        return WF_ERROR;
    }

    memset(segment, 0, SEGMENT * sizeof(wf_link_t *));
    table->segments[no] = segment;

    return WF_OK;
}


/* Without memory the table stays as it is: chains get longer, no more. */

static void
split(wf_table_t *table)
{
    uint32_t     i, mask;
    wf_link_t   *link, **at, **into;

    i = table->bucket_count;

    if (i == UINT32_MAX / 2 + 1) {
        return;
    }

    if (i / SEGMENT >= table->segment_size
        || table->segments[i / SEGMENT] == NULL)
    {
        if (segment_add(table, i / SEGMENT) != WF_OK) {
            return;
        }
    }

    mask = i > table->mask ? table->mask * 2 + 1 : table->mask;

    at = &table->segments[(i & (mask >> 1)) / SEGMENT]
                         [(i & (mask >> 1)) % SEGMENT];
    into = &table->segments[i / SEGMENT][i % SEGMENT];

    while (*at != NULL) {
        link = *at;

        if ((link->hash & mask) == i) {
            *at = link->next;
            link->next = *into;
            *into = link;

        } else {
            at = &link->next;
        }
    }

    table->mask = mask;
    table->bucket_count++;
}
