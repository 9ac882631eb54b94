
/*
 * An intrusive hash table that grows one bucket at a time (linear hashing):
 * no insert ever pays for moving everything.  The caller hashes and compares;
 * the table only keeps chains.  Order of chains means nothing.
 */

#ifndef WF_TABLE_H
#define WF_TABLE_H


#include "base/base.h"


typedef struct wf_link_s  wf_link_t;

struct wf_link_s {
    wf_link_t   *next;          /* in its chain */
    uint32_t     hash;
};

typedef struct {
    wf_link_t ***segments;
    uint32_t     segment_size;  /* of the directory */
    uint32_t     bucket_count;  /* 0: nothing allocated yet */
    uint32_t     mask;
    uint32_t     count;
} wf_table_t;

void wf_table_init(wf_table_t *table);
void wf_table_free(wf_table_t *table);      /* the links are left alone */

/* Head of the chain that hash belongs to; it holds other hashes too. */
wf_link_t *wf_table_chain(const wf_table_t *table, uint32_t hash);

/* WF_ERROR: no memory for the very first bucket. */
wf_rc_t wf_table_add(wf_table_t *table, wf_link_t *link, uint32_t hash);
void wf_table_remove(wf_table_t *table, wf_link_t *link);

/* Any link, NULL: empty.  For emptying a table; not cheap in a sparse one:
 * start is where to look first and is moved on. */
wf_link_t *wf_table_any(const wf_table_t *table, uint32_t *start);


#endif /* WF_TABLE_H */
