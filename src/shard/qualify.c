
/*
 * A worker's memory of what qualifiers mean: WF_QUALIFIERS_KEPT_MAX of them,
 * the longest kept forgotten first.
 */

#include "shard/qualify.h"

#include "shard/slab.h"
#include "shard/table.h"


typedef struct known_s  known_t;

struct known_s {
    wf_link_t       link;           /* first: by flow_no and text */
    known_t        *next;           /* kept after it */
    uint64_t        flow_no;
    uint64_t        version;        /* of the catalogue, when this was so */
    wf_routing_t    routing;
    wf_str_t        text;           /* behind */
};

struct wf_qualifiers_s {
    wf_arena_t     *arena;
    wf_slab_t       slab;
    wf_table_t      table;
    known_t        *oldest, **last;
};


wf_qualifiers_t *
wf_qualifiers_create(void)
{
    wf_arena_t       *arena;
    wf_qualifiers_t  *qualifiers;

    arena = wf_arena_create(sizeof(wf_qualifiers_t));
    qualifiers = arena ? wf_arena_calloc(arena, sizeof(wf_qualifiers_t))
                       : NULL;

    if (qualifiers == NULL || wf_slab_init(&qualifiers->slab) != WF_OK) {
        wf_arena_free(arena);
        return NULL;
    }

    qualifiers->arena = arena;
    qualifiers->last = &qualifiers->oldest;
    wf_table_init(&qualifiers->table);

    return qualifiers;
}


void
wf_qualifiers_free(wf_qualifiers_t *qualifiers)
{
    if (qualifiers == NULL) {
        return;
    }

    wf_table_free(&qualifiers->table);
    wf_slab_done(&qualifiers->slab);
    wf_arena_free(qualifiers->arena);
}


static uint32_t
hash_of(uint64_t flow_no, wf_str_t text)
{
    return (uint32_t) wf_hash(wf_hash_secret() ^ flow_no, text);
}


static known_t *
known_find(const wf_qualifiers_t *qualifiers, uint64_t flow_no, wf_str_t text)
{
    known_t    *known;
    uint32_t    hash;
    wf_link_t  *link;

    hash = hash_of(flow_no, text);
    link = wf_table_chain(&qualifiers->table, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        known = (known_t *) link;

        if (link->hash == hash && known->flow_no == flow_no
            && wf_str_eq(known->text, text))
        {
            return known;
        }
    }

    return NULL;
}


const wf_routing_t *
wf_qualifiers_find(const wf_qualifiers_t *qualifiers, uint64_t flow_no,
    wf_str_t text, uint64_t version)
{
    known_t  *known;

    known = known_find(qualifiers, flow_no, text);

    return known != NULL && known->version == version ? &known->routing
                                                      : NULL;
}


static void
oldest_forget(wf_qualifiers_t *qualifiers)
{
    known_t  *known;

    known = qualifiers->oldest;
    qualifiers->oldest = known->next;

    if (qualifiers->oldest == NULL) {
        qualifiers->last = &qualifiers->oldest;
    }

    wf_table_remove(&qualifiers->table, &known->link);
    wf_slab_free(&qualifiers->slab, known, sizeof(known_t) + known->text.len);
}


static known_t *
known_add(wf_qualifiers_t *qualifiers, uint64_t flow_no, wf_str_t text)
{
    size_t    size;
    known_t  *known;

    if (text.len > WF_NAME_LEN_MAX) {
        return NULL;
    }

    if (qualifiers->table.count >= WF_QUALIFIERS_KEPT_MAX) {
        oldest_forget(qualifiers);
    }

    size = sizeof(known_t) + text.len;
    known = wf_slab_alloc(&qualifiers->slab, size);

    if (known == NULL) {
        return NULL;
    }

    memcpy(known + 1, text.data, text.len);
    known->text = (wf_str_t) { text.len, (const uint8_t *) (known + 1) };
    known->flow_no = flow_no;

    if (wf_table_add(&qualifiers->table, &known->link,
                     hash_of(flow_no, text)) != WF_OK)
    {
        wf_slab_free(&qualifiers->slab, known, size);
        return NULL;
    }

    *qualifiers->last = known;
    qualifiers->last = &known->next;

    return known;
}


void
wf_qualifiers_keep(wf_qualifiers_t *qualifiers, uint64_t flow_no,
    wf_str_t text, uint64_t version, const wf_routing_t *routing)
{
    known_t  *known;

    known = known_find(qualifiers, flow_no, text);

    if (known == NULL) {
        known = known_add(qualifiers, flow_no, text);
    }

    /* A later answer may have come first. */

    if (known != NULL && known->version <= version) {
        known->version = version;
        known->routing = *routing;
    }
}
