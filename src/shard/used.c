
/*
 * Keeping the filter of names true: it is filled when the shard has been
 * opened, page by page, by reader threads, and made anew when most of what is
 * in it has been erased.  Must never miss a name: until every used one is in
 * a filter, it is asked for nothing.
 */

#include "shard/inside.h"


#define PAGE      10000
#define RETRY_MS  5000
#define GONE_MIN  8192          /* that many are too few to care */


static void page_fetched(wf_fetch_t *fetch, int64_t now_ms);


void
wf_used_add(wf_shard_t *shard, uint64_t flow_no, wf_str_t name)
{
    uint64_t  hash;

    hash = wf_names_hash(flow_no, name);
    wf_names_add(&shard->used.names, hash);

    if (shard->used.is_renewing) {
        wf_names_add(&shard->used.next, hash);
    }
}


/*
 * A filter forgets nothing.  When most of what is in it is gone, another one
 * is filled beside it, and takes its place when it is whole; names of the
 * meantime are added to both.
 */

static void
renew(wf_shard_t *shard)
{
    if (shard->used.gone_count < GONE_MIN
        || shard->used.gone_count < shard->retain.kept)
    {
        return;
    }

    wf_names_init(&shard->used.next, shard->retain.kept);
    shard->used.is_renewing = true;
    shard->used.gone_count = 0;
    shard->used.done_no = 0;
    shard->used.end_no = shard->exec_no;
}


static void
whole(wf_shard_t *shard)
{
    if (!shard->used.is_renewing) {
        shard->used.names.is_whole = true;
        return;
    }

    shard->used.is_renewing = false;

    if (shard->used.next.is_lossy) {
        wf_names_free(&shard->used.next);
        return;
    }

    wf_names_free(&shard->used.names);
    shard->used.names = shard->used.next;
    shard->used.names.is_whole = true;
    memset(&shard->used.next, 0, sizeof(wf_names_t));
}


void
wf_used_turn(wf_shard_t *shard)
{
    if (shard->used.names.is_whole && !shard->used.is_renewing) {
        renew(shard);
    }

    /* What is on its way to the store is not listed there yet. */

    if ((shard->used.names.is_whole && !shard->used.is_renewing)
        || shard->used.fetch != NULL
        || shard->used.retry_ms > shard->now_ms
        || shard->used.durable_no < shard->used.end_no)
    {
        return;
    }

    if (shard->used.done_no >= shard->used.end_no) {
        whole(shard);
        return;
    }

    shard->used.fetch = wf_read_names(shard->port, shard->no,
                                       shard->used.done_no, PAGE,
                                       page_fetched, shard);

    if (shard->used.fetch == NULL) {
        shard->used.retry_ms = shard->now_ms + RETRY_MS;
    }
}


static void
page_fetched(wf_fetch_t *fetch, int64_t now_ms)
{
    uint32_t     i;
    uint64_t     no;
    wf_shard_t  *shard;
    wf_names_t  *names;

    shard = fetch->data;
    shard->used.fetch = NULL;
    wf_shard_now(shard, now_ms);

    if (fetch->read.rc != WF_OK) {
        wf_shard_log(shard, NULL, "could not list its names",
                     &fetch->read.err);
        shard->used.retry_ms = shard->now_ms + RETRY_MS;
        wf_fetch_free(fetch);
        return;
    }

    names = shard->used.is_renewing ? &shard->used.next : &shard->used.names;

    for (i = 0; i < fetch->row_count; i++) {
        no = fetch->rows[i].exec_no;
        wf_names_add(names, fetch->rows[i].last_seq);
        shard->used.done_no = wf_max(shard->used.done_no, no);

        if (!shard->used.is_renewing) {
            shard->retain.kept += no <= shard->used.end_no;
        }
    }

    if (fetch->row_count < PAGE) {
        shard->used.done_no = shard->used.end_no;
    }

    wf_fetch_free(fetch);
    wf_used_turn(shard);
    wf_shard_want_turn(shard);
}
