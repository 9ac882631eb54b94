
/*
 * The worker's view of the catalogue.  What its cache does not have, or what
 * may be out of date, it reads and compiles in a reader thread, once for
 * everybody who waits.  It decides nothing about flows: their owner is shard
 * 0 (flows.c).
 *
 *   entry  "name" --> revision (flow_no 7, revision 3) --> program
 *     good while the catalogue's version is the one it was read at
 *   entry  "name" --> nothing: no such flow, remembered likewise
 */

#include "shard/cache.h"
#include "shard/known.h"


#define LOAD_BYTES  4096            /* first block of a revision's arena */


typedef struct load_s  load_t;

/* A read that is away; becomes the revision's memory. */
struct load_s {
    wf_read_t       read;
    wf_catalog_t   *catalog;        /* NULL: it is gone */
    bool            by_name;
    bool            is_known;       /* the one of these numbers needs no
                                       compiling */
    wf_str_t        name;
    uint64_t        flow_no;
    uint64_t        revision_no;
    uint64_t        version;        /* when asked */
    wf_flow_t       flow;
    wf_program_t   *program;
    wf_error_t     *err;            /* does not compile */
    wf_waiter_t    *waiters;        /* the latest first */
    load_t         *next;
    load_t        **prev;
};

struct wf_catalog_s {
    wf_port_t      *port;
    wf_arena_t     *arena;
    wf_cache_t      cache;
    load_t         *loads;
    wf_known_t     *known;          /* notes */
};


static void load_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static void load_done(wf_read_t *read, int64_t now_ms);
static void load_answer(wf_catalog_t *catalog, load_t *load, int64_t now_ms);
static void load_free(load_t *load);


wf_catalog_t *
wf_catalog_create(wf_port_t *port)
{
    wf_arena_t    *arena;
    wf_catalog_t  *catalog;

    arena = wf_arena_create(sizeof(wf_catalog_t));
    catalog = arena ? wf_arena_calloc(arena, sizeof(wf_catalog_t)) : NULL;

    if (catalog == NULL || wf_cache_init(&catalog->cache) != WF_OK) {
        wf_arena_free(arena);
        return NULL;
    }

    catalog->port = port;
    catalog->arena = arena;
    catalog->known = wf_known_create(port);

    if (catalog->known == NULL) {
        wf_catalog_free(catalog);
        return NULL;
    }

    return catalog;
}


void
wf_catalog_free(wf_catalog_t *catalog)
{
    load_t  *load;

    for (load = catalog->loads; load != NULL; load = load->next) {
        while (load->waiters != NULL) {
            wf_catalog_cancel(load->waiters);
        }

        load->catalog = NULL;
    }

    wf_known_free(catalog->known);
    wf_cache_done(&catalog->cache);
    wf_arena_free(catalog->arena);
}


wf_rc_t
wf_catalog_note(wf_catalog_t *catalog, wf_str_t name)
{
    return wf_known_note(catalog->known, name);
}


wf_rc_t
wf_catalog_body(wf_catalog_t *catalog, wf_str_t name, wf_str_t *body)
{
    return wf_known_body(catalog->known, name, body);
}


void
wf_catalog_learn(wf_catalog_t *catalog, wf_str_t name, uint64_t version,
    bool is_there, wf_str_t body)
{
    wf_known_learn(catalog->known, name, version, is_there, body);
}


/*
 * Asking
 */

/* By name, or by number; known: what it probably is, or NULL. */

static load_t *
load_create(wf_catalog_t *catalog, wf_str_t name, uint64_t flow_no,
    uint64_t revision_no, const wf_cached_t *known)
{
    load_t      *load;
    wf_arena_t  *arena;

    arena = wf_arena_create(LOAD_BYTES);
    load = arena ? wf_arena_calloc(arena, sizeof(load_t)) : NULL;

    if (load == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    load->read.run = load_run;
    load->read.done = load_done;
    load->read.data = load;
    load->read.arena = arena;
    load->catalog = catalog;
    load->by_name = name.len > 0;
    load->name = wf_arena_copy(arena, name);
    load->is_known = known != NULL;
    load->flow_no = known ? known->shown.flow.flow_no : flow_no;
    load->revision_no = known ? known->shown.flow.revision : revision_no;
    load->version = catalog->port->catalog_version(catalog->port);

    if (load->name.data == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    load->next = catalog->loads;
    load->prev = &catalog->loads;
    catalog->loads = load;

    if (load->next != NULL) {
        load->next->prev = &load->next;
    }

    catalog->port->read(catalog->port, &load->read);

    return load;
}


/* A read that is away already and asks the same, not too long ago. */

static load_t *
load_find(const wf_catalog_t *catalog, wf_str_t name, uint64_t flow_no,
    uint64_t revision_no)
{
    load_t    *load;
    uint64_t   version;

    version = catalog->port->catalog_version(catalog->port);

    for (load = catalog->loads; load != NULL; load = load->next) {
        if (load->version != version || load->by_name != (name.len > 0)) {
            continue;
        }

        if (load->by_name ? wf_str_eq(load->name, name)
                          : load->flow_no == flow_no
                            && load->revision_no == revision_no)
        {
            return load;
        }
    }

    return NULL;
}


static wf_rc_t
load_join(load_t *load, wf_waiter_t *waiter)
{
    if (load == NULL) {
        return WF_ERROR;
    }

    waiter->next = load->waiters;
    waiter->prev = &load->waiters;
    load->waiters = waiter;

    if (waiter->next != NULL) {
        waiter->next->prev = &waiter->next;
    }

    return WF_AGAIN;
}


void
wf_catalog_cancel(wf_waiter_t *waiter)
{
    if (waiter->prev == NULL) {
        return;
    }

    *waiter->prev = waiter->next;

    if (waiter->next != NULL) {
        waiter->next->prev = waiter->prev;
    }

    waiter->prev = NULL;
    waiter->next = NULL;
}


wf_rc_t
wf_catalog_flow(wf_catalog_t *catalog, wf_str_t name, wf_waiter_t *waiter,
    wf_revision_t **shown)
{
    load_t      *load;
    wf_entry_t     *entry;
    wf_cached_t  *known;

    if (name.len == 0 || name.len > WF_FLOW_NAME_LEN_MAX) {
        return WF_DECLINED;
    }

    entry = wf_cache_entry(&catalog->cache, name);
    known = entry ? entry->revision : NULL;

    if (entry != NULL
        && entry->version == catalog->port->catalog_version(catalog->port))
    {
        if (known == NULL) {
            return WF_DECLINED;
        }

        wf_revision_hold(&known->shown);
        *shown = &known->shown;

        return WF_OK;
    }

    if (waiter == NULL) {
        return WF_AGAIN;
    }

    load = load_find(catalog, name, 0, 0);

    if (load == NULL) {
        load = load_create(catalog, name, 0, 0, known);
    }

    return load_join(load, waiter);
}


static wf_rc_t
revision_ask(wf_catalog_t *catalog, uint64_t flow_no, uint64_t revision_no,
    wf_waiter_t *waiter)
{
    load_t      *load;

    load = load_find(catalog, wf_str_none, flow_no, revision_no);

    if (load == NULL) {
        load = load_create(catalog, wf_str_none, flow_no, revision_no,
                           wf_cache_revision(&catalog->cache, flow_no,
                                             revision_no));
    }

    return load_join(load, waiter);
}


wf_rc_t
wf_catalog_revision(wf_catalog_t *catalog, uint64_t flow_no,
    uint64_t revision_no, wf_waiter_t *waiter, wf_revision_t **shown)
{
    wf_cached_t  *revision;

    revision = wf_cache_revision(&catalog->cache, flow_no, revision_no);

    if (revision != NULL) {
        if (revision->is_gone) {
            return WF_DECLINED;
        }

        wf_revision_hold(&revision->shown);
        *shown = &revision->shown;

        return WF_OK;
    }

    return waiter ? revision_ask(catalog, flow_no, revision_no, waiter)
                  : WF_AGAIN;
}


wf_rc_t
wf_catalog_check(wf_catalog_t *catalog, wf_revision_t *shown,
    wf_waiter_t *waiter)
{
    wf_cached_t  *revision;

    revision = (wf_cached_t *) shown;

    if (revision->is_gone) {
        return WF_DECLINED;
    }

    if (revision->version
        == catalog->port->catalog_version(catalog->port))
    {
        return WF_OK;
    }

    return waiter ? revision_ask(catalog, shown->flow.flow_no,
                                 shown->flow.revision, waiter)
                  : WF_AGAIN;
}


/*
 * In the reader thread
 */

static wf_rc_t
load_keep(void *data, wf_str_t key, wf_str_t value)
{
    load_t    *load;
    wf_str_t   copy;

    (void) key;
    load = data;
    copy = wf_arena_copy(load->read.arena, value);

    if (copy.data == NULL) {
        wf_error_set(&load->read.err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    if (wf_flow_decode(copy, &load->flow) != WF_OK) {
        wf_error_set(&load->read.err, WF_E_INTERNAL,
                     "a catalogue entry is damaged");
        return WF_ERROR;
    }

    return WF_OK;
}


/* A definition that does not compile is a fact, too; no memory is not. */

static wf_rc_t
load_compile(load_t *load)
{
    wf_error_t  *err;

    err = wf_arena_calloc(load->read.arena, sizeof(wf_error_t));

    if (err == NULL) {
        wf_error_set(&load->read.err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    if (wf_compile(load->flow.definition, load->flow.mode, &load->program,
                   err)
        == WF_OK)
    {
        return WF_OK;
    }

    load->program = NULL;
    load->err = err;

    if (err->code == WF_E_INTERNAL) {
        load->read.err = *err;
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
load_item(load_t *load, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_buf_t  key;

    if (load->by_name) {
        return type->item(reader, WF_ITEM_FLOW, load->name, load_keep, load,
                          &load->read.err);
    }

    wf_buf_init(&key, load->read.arena, 16);
    wf_put_key_u64(&key, load->flow_no);
    wf_put_key_u64(&key, load->revision_no);

    if (key.failed) {
        wf_error_set(&load->read.err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    return type->item(reader, WF_ITEM_REVISION, wf_buf_done(&key), load_keep,
                      load, &load->read.err);
}


static void
load_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    load_t  *load;

    load = read->data;
    read->rc = reader ? load_item(load, type, reader) : WF_ERROR;

    if (read->rc != WF_OK) {
        return;
    }

    if (load->flow.flow_no == 0) {
        read->rc = WF_DECLINED;
        return;
    }

    if (load->is_known && load->flow.flow_no == load->flow_no
        && load->flow.revision == load->revision_no)
    {
        return;
    }

    read->rc = load_compile(load);
}


/*
 * Back in the worker
 */

static void
load_done(wf_read_t *read, int64_t now_ms)
{
    load_t        *load;
    wf_catalog_t  *catalog;

    load = read->data;
    catalog = load->catalog;

    if (catalog != NULL) {
        *load->prev = load->next;

        if (load->next != NULL) {
            load->next->prev = load->prev;
        }

        load_answer(catalog, load, now_ms);
        return;
    }

    load_free(load);
}


static void
load_free(load_t *load)
{
    if (load->program != NULL) {
        wf_program_release(load->program);
    }

    wf_arena_free(load->read.arena);
}


/* Waiters in the order they came. */

static wf_waiter_t *
waiters_reverse(wf_waiter_t *waiter, wf_waiter_t **head)
{
    wf_waiter_t  *next;

    for (*head = NULL; waiter != NULL; waiter = next) {
        next = waiter->next;
        waiter->next = *head;
        waiter->prev = head;

        if (waiter->next != NULL) {
            waiter->next->prev = &waiter->next;
        }

        *head = waiter;
    }

    return *head;
}


static void
wake_all(wf_waiter_t *waiters, wf_rc_t rc, wf_cached_t *revision,
    const wf_error_t *err, int64_t now_ms)
{
    wf_waiter_t  *waiter, *head;

    waiters_reverse(waiters, &head);

    while ((waiter = head) != NULL) {
        wf_catalog_cancel(waiter);

        if (revision != NULL) {
            wf_revision_hold(&revision->shown);
        }

        waiter->wake(waiter, rc, revision ? &revision->shown : NULL, err,
                     now_ms);
    }
}


/* The catalogue as it was at load->version; a later answer came first? */

static void
note_entry(wf_catalog_t *catalog, load_t *load, wf_str_t name,
    wf_cached_t *revision)
{
    wf_entry_t  *entry;

    entry = wf_cache_entry(&catalog->cache, name);

    if (entry == NULL) {
        entry = wf_cache_entry_add(&catalog->cache, name);
    }

    if (entry != NULL && entry->version <= load->version) {
        wf_cache_point(&catalog->cache, entry, revision, load->version);
    }
}


static void
note_revision(wf_catalog_t *catalog, load_t *load, wf_cached_t *revision)
{
    revision->version = wf_max(revision->version, load->version);

    if (load->by_name) {
        note_entry(catalog, load, load->name, revision);
    }
}


static void
note_gone(wf_catalog_t *catalog, load_t *load)
{
    wf_cached_t  *revision;

    if (load->by_name) {
        note_entry(catalog, load, load->name, NULL);
        return;
    }

    revision = wf_cache_revision(&catalog->cache, load->flow_no,
                                 load->revision_no);

    if (revision == NULL) {
        return;
    }

    /* Numbers are never used again. */

    revision->is_gone = true;

    if (revision->shown.use_count == 0) {
        wf_cache_forget(revision);
    }
}


/* Known by its number but forgotten since we asked: once more, in full. */

static wf_rc_t
load_again(wf_catalog_t *catalog, load_t *load)
{
    load_t       *again;
    wf_waiter_t  *waiter, *head;

    again = load_create(catalog, load->name, load->flow_no, load->revision_no,
                        NULL);

    if (again == NULL) {
        return WF_ERROR;
    }

    waiters_reverse(load->waiters, &head);

    while ((waiter = head) != NULL) {
        wf_catalog_cancel(waiter);
        load_join(again, waiter);
    }

    load_free(load);

    return WF_OK;
}


static void
load_answer(wf_catalog_t *catalog, load_t *load, int64_t now_ms)
{
    bool          is_taken;
    wf_rc_t       rc;
    wf_error_t    err;
    wf_cached_t  *revision;

    rc = load->read.rc;
    revision = NULL;
    is_taken = false;

    if (rc == WF_DECLINED) {
        note_gone(catalog, load);
    }

    if (rc == WF_OK) {
        revision = wf_cache_revision(&catalog->cache, load->flow.flow_no,
                                     load->flow.revision);

        if (revision != NULL) {
            wf_revision_hold(&revision->shown);

        } else if (load->program == NULL && load->err == NULL) {
            if (load_again(catalog, load) == WF_OK) {
                return;
            }

        } else {
            revision = wf_cache_add(&catalog->cache, load->read.arena,
                                    &load->flow, load->program, load->err);
            is_taken = revision != NULL;
        }

        rc = revision ? WF_OK : WF_ERROR;
    }

    if (revision != NULL) {
        note_revision(catalog, load, revision);
    }

    err = load->read.err;

    if (err.code == WF_E_NONE) {
        wf_error_set(&err, WF_E_INTERNAL, "out of memory");
    }

    wake_all(load->waiters, rc, revision, rc == WF_ERROR ? &err : NULL,
             now_ms);

    /* The load lies in the arena that may be the revision's now. */

    if (revision != NULL) {
        wf_revision_release(&revision->shown);
    }

    if (!is_taken) {
        load_free(load);
    }
}
