
/*
 * Items of the catalogue, read in a reader thread.  Knows no item by its
 * meaning.  A page ends at its limit, or at WF_PAGE_BYTES_MAX.
 */

#include "actions/items.h"

#include "flow/version.h"


/*
 * One
 */

static wf_rc_t
item_keep(void *data, wf_str_t key, wf_str_t value)
{
    wf_item_read_t  *item;

    (void) key;

    item = data;
    item->value = value;
    item->is_there = true;

    return wf_job_copy(&item->job.read, &item->value);
}


static void
item_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_item_read_t  *item;

    item = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = type->item(reader, item->kind, item->key, item_keep, item,
                          &read->err);

    if (read->rc == WF_DECLINED) {
        read->rc = WF_OK;
    }
}


void
wf_item_ask(wf_life_t *life, uint8_t kind, wf_str_t key, void *data,
    wf_go_pt go)
{
    wf_item_read_t  *item;

    item = (wf_item_read_t *) wf_job_create(sizeof(wf_item_read_t), item_run);

    if (item) {
        item->kind = kind;
        item->key = key;
        item->data = data;

        if (wf_job_copy(&item->job.read, &item->key) != WF_OK) {
            wf_job_drop(&item->job);
            item = NULL;
        }
    }

    wf_job_run(life, (wf_job_t *) item, go);
}


wf_item_read_t *
wf_item_answer(wf_life_t *life)
{
    return wf_job_failed(life) ? NULL : (wf_item_read_t *) life->job;
}


void
wf_item_damaged(wf_life_t *life)
{
    wf_error_set(life->call->err, WF_E_INTERNAL,
                 "a record of the catalogue is damaged");
    wf_life_failed(life);
}


/*
 * A page
 */

/* DECLINED: the page is full, or the flow's are over. */
static wf_rc_t
page_each(void *data, wf_str_t key, wf_str_t value)
{
    size_t           bytes;
    wf_read_t       *read;
    wf_item_page_t  *page;

    page = data;
    read = &page->job.read;

    if (!wf_str_starts(key, (wf_str_t) { WF_VERSION_PREFIX,
                                         page->from.data }))
    {
        return WF_DECLINED;
    }

    if (page->count == page->limit || page->bytes > WF_PAGE_BYTES_MAX) {
        page->next = key;
        return wf_job_copy(read, &page->next) == WF_OK ? WF_DECLINED
                                                       : WF_ERROR;
    }

    if (wf_job_copy(read, &value) != WF_OK) {
        return WF_ERROR;
    }

    bytes = page->keep(page, value);

    if (bytes == 0) {
        wf_error_set(&read->err, WF_E_INTERNAL,
                     "a record of the catalogue is damaged");
        return WF_ERROR;
    }

    page->bytes += bytes;
    page->count++;

    return WF_OK;
}


static void
page_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_item_page_t  *page;

    page = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = type->items(reader, page->kind, page->from, page->limit + 1,
                           page_each, page, &read->err);

    if (read->rc == WF_DECLINED) {
        read->rc = WF_OK;
    }
}


wf_item_page_t *
wf_item_page(wf_life_t *life, uint8_t kind, wf_buf_t *from, size_t width)
{
    return wf_item_page_of(life, kind, from, width, wf_list_limit(life));
}


wf_item_page_t *
wf_item_page_of(wf_life_t *life, uint8_t kind, wf_buf_t *from, size_t width,
    uint32_t limit)
{
    wf_item_page_t  *page;

    page = (wf_item_page_t *) wf_job_create(sizeof(wf_item_page_t), page_run);

    if (page) {
        page->kind = kind;
        page->limit = limit;
        page->from = wf_buf_done(from);
        page->views = wf_arena_alloc(page->job.read.arena,
                                     page->limit * width);

        if (!from->failed && page->views
            && wf_job_copy(&page->job.read, &page->from) == WF_OK)
        {
            return page;
        }

        wf_job_drop(&page->job);
    }

    wf_life_no_memory(life);

    return NULL;
}
