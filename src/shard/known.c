
/*
 * Names of notes that are there, and of such that are not; of some their text.
 * Owns the reads that find out whether there is one.
 */

#include "flow/note.h"
#include "shard/known.h"
#include "shard/slab.h"
#include "shard/table.h"


typedef struct entry_s  entry_t;
typedef struct look_s   look_t;

struct entry_s {
    wf_link_t     link;             /* first */
    uint64_t      version;          /* when that was so */
    bool          is_known;
    bool          is_there;
    bool          is_away;          /* a read looks for it */
    bool          has_body;
    uint16_t      name_len;
    uint16_t      body_len;         /* behind the name */
    uint8_t       name[];
};

struct look_s {
    wf_read_t     read;
    wf_known_t   *known;            /* NULL: it is gone */
    wf_str_t      name;
    uint64_t      version;          /* when it was asked */
    bool          is_there;
    look_t       *next;
    look_t      **prev;
};

struct wf_known_s {
    wf_port_t    *port;
    wf_arena_t   *arena;
    wf_slab_t     slab;
    wf_table_t    entries;
    look_t       *looks;
};


wf_known_t *
wf_known_create(wf_port_t *port)
{
    wf_known_t  *known;
    wf_arena_t  *arena;

    arena = wf_arena_create(sizeof(wf_known_t));
    known = arena ? wf_arena_calloc(arena, sizeof(wf_known_t)) : NULL;

    if (known == NULL || wf_slab_init(&known->slab) != WF_OK) {
        wf_arena_free(arena);
        return NULL;
    }

    known->port = port;
    known->arena = arena;
    wf_table_init(&known->entries);

    return known;
}


void
wf_known_free(wf_known_t *known)
{
    look_t  *look;

    if (known == NULL) {
        return;
    }

    for (look = known->looks; look != NULL; look = look->next) {
        look->known = NULL;
    }

    wf_table_free(&known->entries);
    wf_slab_done(&known->slab);
    wf_arena_free(known->arena);
}


static uint32_t
name_hash(wf_str_t name)
{
    return (uint32_t) wf_hash(wf_hash_secret(), name);
}


static entry_t *
entry_find(const wf_known_t *known, wf_str_t name)
{
    entry_t    *entry;
    uint32_t    hash;
    wf_link_t  *link;

    hash = name_hash(name);
    link = wf_table_chain(&known->entries, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        entry = (entry_t *) link;

        if (link->hash == hash
            && wf_str_eq(name, (wf_str_t) { entry->name_len, entry->name }))
        {
            return entry;
        }
    }

    return NULL;
}


static void
entry_forget(wf_known_t *known, entry_t *entry)
{
    wf_table_remove(&known->entries, &entry->link);
    wf_slab_free(&known->slab, entry,
                 sizeof(entry_t) + entry->name_len + entry->body_len);
}


/* What a read looks for is looked for once more when it is back. */
static void
forget_all(wf_known_t *known)
{
    uint32_t    start;
    wf_link_t  *link;

    start = 0;

    while ((link = wf_table_any(&known->entries, &start)) != NULL) {
        entry_forget(known, (entry_t *) link);
    }
}


static entry_t *
entry_add(wf_known_t *known, wf_str_t name, wf_str_t body)
{
    size_t    size;
    entry_t  *entry;

    if (known->entries.count >= WF_KNOWN_MAX) {
        forget_all(known);
    }

    size = sizeof(entry_t) + name.len + body.len;
    entry = wf_slab_alloc(&known->slab, size);

    if (entry == NULL) {
        return NULL;
    }

    entry->name_len = (uint16_t) name.len;
    entry->body_len = (uint16_t) body.len;
    memcpy(entry->name, name.data, name.len);

    if (body.len > 0) {
        memcpy(entry->name + name.len, body.data, body.len);
    }

    if (wf_table_add(&known->entries, &entry->link, name_hash(name))
        != WF_OK)
    {
        wf_slab_free(&known->slab, entry, size);
        return NULL;
    }

    return entry;
}


/*
 * In the reader thread
 */

static wf_rc_t
look_each(void *data, wf_str_t key, wf_str_t value)
{
    (void) key;
    (void) value;

    ((look_t *) data)->is_there = true;

    return WF_OK;
}


static void
look_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    look_t  *look;

    look = read->data;
    read->rc = reader ? type->item(reader, WF_ITEM_NOTE, look->name,
                                   look_each, look, &read->err)
                      : WF_ERROR;
}


/*
 * Back in the worker
 */

static void
look_done(wf_read_t *read, int64_t now_ms)
{
    look_t   *look;
    entry_t  *entry;

    (void) now_ms;

    look = read->data;

    if (look->known) {
        *look->prev = look->next;

        if (look->next) {
            look->next->prev = look->prev;
        }

        entry = entry_find(look->known, look->name);

        if (entry) {
            entry->is_away = false;
        }

        if (entry && read->rc != WF_ERROR
            && (!entry->is_known || entry->version < look->version))
        {
            entry->is_known = true;
            entry->version = look->version;
            entry->is_there = look->is_there;
        }
    }

    wf_arena_free(read->arena);
}


static wf_rc_t
look_begin(wf_known_t *known, entry_t *entry, wf_str_t name)
{
    look_t      *look;
    wf_arena_t  *arena;

    arena = wf_arena_create(sizeof(look_t) + name.len + 16);
    look = arena ? wf_arena_calloc(arena, sizeof(look_t)) : NULL;

    if (look) {
        look->name = wf_arena_copy(arena, name);
    }

    if (look == NULL || look->name.data == NULL) {
        wf_arena_free(arena);
        return WF_ERROR;
    }

    look->read.run = look_run;
    look->read.done = look_done;
    look->read.data = look;
    look->read.arena = arena;
    look->known = known;
    look->version = known->port->catalog_version(known->port);
    look->next = known->looks;
    look->prev = &known->looks;

    if (look->next) {
        look->next->prev = &look->next;
    }

    known->looks = look;
    entry->is_away = true;
    known->port->read(known->port, &look->read);

    return WF_AGAIN;
}


wf_rc_t
wf_known_note(wf_known_t *known, wf_str_t name)
{
    entry_t  *entry;

    if (name.len == 0 || name.len > WF_NOTE_NAME_LEN_MAX) {
        return WF_DECLINED;
    }

    entry = entry_find(known, name);

    if (entry == NULL) {
        entry = entry_add(known, name, wf_str_none);

        if (entry == NULL) {
            return WF_ERROR;
        }
    }

    if (entry->is_known
        && entry->version == known->port->catalog_version(known->port))
    {
        return entry->is_there ? WF_OK : WF_DECLINED;
    }

    return entry->is_away ? WF_AGAIN : look_begin(known, entry, name);
}


/*
 * Texts
 */

wf_rc_t
wf_known_body(wf_known_t *known, wf_str_t name, wf_str_t *body)
{
    entry_t  *entry;

    entry = entry_find(known, name);

    if (entry == NULL || !entry->is_known
        || entry->version != known->port->catalog_version(known->port))
    {
        return WF_AGAIN;
    }

    if (!entry->is_there) {
        return WF_DECLINED;
    }

    if (!entry->has_body) {
        return WF_AGAIN;
    }

    *body = (wf_str_t) { entry->body_len, entry->name + entry->name_len };

    return WF_OK;
}


/* A long text is not remembered, nor is anything without memory. */
void
wf_known_learn(wf_known_t *known, wf_str_t name, uint64_t version,
    bool is_there, wf_str_t body)
{
    bool      is_away;
    entry_t  *entry;

    if (name.len == 0
        || sizeof(entry_t) + name.len + body.len > WF_SLAB_MAX)
    {
        return;
    }

    is_away = false;
    entry = entry_find(known, name);

    if (entry) {

        if (entry->is_known && entry->version > version) {
            return;
        }

        is_away = entry->is_away;
        entry_forget(known, entry);
    }

    entry = entry_add(known, name, body);

    if (entry) {
        entry->is_known = true;
        entry->is_away = is_away;
        entry->version = version;
        entry->is_there = is_there;
        entry->has_body = is_there;
    }
}
