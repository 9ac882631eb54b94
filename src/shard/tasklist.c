
/*
 * Lists of those who wait: two queues a list, of which one is empty.  Owns
 * the places in them, found by ticket or by the list's name.  Knows neither
 * tasks nor executions nor time.
 *
 *   lists:  name --> list --> heap of places     (offers, or pollers)
 *   places: ticket --> place, in its list's heap
 */

#include <stddef.h>

#include "base/heap.h"
#include "shard/slab.h"
#include "shard/table.h"
#include "shard/tasklist.h"


typedef struct list_s   list_t;
typedef struct place_s  place_t;

struct list_s {
    wf_link_t     link;             /* first */
    wf_arena_t   *arena;            /* its own */
    wf_str_t      name;
    bool          is_offer;         /* what stands here, if anything does */
    wf_heap_t     queue;            /* of places, by their turn */
};

struct place_s {
    wf_link_t     link;             /* first */
    wf_ticket_t   ticket;
    uint32_t      attempt;
    list_t       *list;
    wf_heap_node_t  turn;
    uint16_t      word_len;
    uint8_t       word[];
};

#define place_of(node)                                                        \
    ((place_t *) ((uint8_t *) (node) - offsetof(place_t, turn)))

struct wf_tasklists_s {
    wf_arena_t   *arena;
    wf_slab_t     slab;
    wf_table_t    lists;
    wf_table_t    places;
    uint32_t      counts[2];        /* pollers, offers */
    uint8_t       word[WF_TASKLIST_WORD_MAX];   /* of the last one met */
};


wf_tasklists_t *
wf_tasklists_create(void)
{
    wf_arena_t      *arena;
    wf_tasklists_t  *lists;

    arena = wf_arena_create(sizeof(wf_tasklists_t));
    lists = arena ? wf_arena_calloc(arena, sizeof(wf_tasklists_t)) : NULL;

    if (lists == NULL || wf_slab_init(&lists->slab) != WF_OK) {
        wf_arena_free(arena);
        return NULL;
    }

    lists->arena = arena;
    wf_table_init(&lists->lists);
    wf_table_init(&lists->places);

    return lists;
}


void
wf_tasklists_free(wf_tasklists_t *lists)
{
    uint32_t    start;
    wf_link_t  *link;

    if (lists == NULL) {
        return;
    }

    start = 0;

    while ((link = wf_table_any(&lists->lists, &start)) != NULL) {
        wf_table_remove(&lists->lists, link);
        wf_heap_free(&((list_t *) link)->queue);
        wf_arena_free(((list_t *) link)->arena);
    }

    wf_table_free(&lists->lists);
    wf_table_free(&lists->places);
    wf_slab_done(&lists->slab);
    wf_arena_free(lists->arena);
}


uint32_t
wf_tasklists_count(const wf_tasklists_t *lists, bool is_offer)
{
    return lists->counts[is_offer];
}


/*
 * Finding
 */

static uint32_t
name_hash(wf_str_t name)
{
    return (uint32_t) wf_hash(wf_hash_secret(), name);
}


static list_t *
list_find(const wf_tasklists_t *lists, wf_str_t name)
{
    uint32_t    hash;
    wf_link_t  *link;

    hash = name_hash(name);
    link = wf_table_chain(&lists->lists, hash);

    for ( /* void */ ; link != NULL; link = link->next) {

        if (link->hash == hash && wf_str_eq(((list_t *) link)->name, name)) {
            return (list_t *) link;
        }
    }

    return NULL;
}


uint32_t
wf_tasklist_count(const wf_tasklists_t *lists, wf_str_t name, bool is_offer)
{
    const list_t  *list;

    list = list_find(lists, name);

    return list && list->is_offer == is_offer ? list->queue.count : 0;
}


static uint32_t
ticket_hash(wf_ticket_t ticket)
{
    uint32_t  numbers[4];

    numbers[0] = ticket.slot;
    numbers[1] = ticket.slot_generation;
    numbers[2] = ticket.index;
    numbers[3] = ticket.generation;

    return (uint32_t) wf_hash(wf_hash_secret(), (wf_str_t) {
                                  sizeof(numbers), (uint8_t *) numbers });
}


static bool
ticket_eq(wf_ticket_t one, wf_ticket_t two)
{
    return one.slot == two.slot
           && one.slot_generation == two.slot_generation
           && one.index == two.index
           && one.generation == two.generation;
}


static place_t *
place_find(const wf_tasklists_t *lists, wf_ticket_t ticket)
{
    uint32_t    hash;
    wf_link_t  *link;

    hash = ticket_hash(ticket);
    link = wf_table_chain(&lists->places, hash);

    for ( /* void */ ; link != NULL; link = link->next) {

        if (link->hash == hash
            && ticket_eq(((place_t *) link)->ticket, ticket))
        {
            return (place_t *) link;
        }
    }

    return NULL;
}


/*
 * Coming
 */

static list_t *
list_make(wf_tasklists_t *lists, wf_str_t name)
{
    list_t      *list;
    wf_arena_t  *arena;

    list = list_find(lists, name);

    if (list != NULL) {
        return list;
    }

    arena = wf_arena_create(sizeof(list_t) + name.len + 16);
    list = arena ? wf_arena_calloc(arena, sizeof(list_t)) : NULL;

    if (list == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    wf_heap_init(&list->queue);
    list->arena = arena;
    list->name = wf_arena_copy(arena, name);

    if (list->name.data == NULL
        || wf_table_add(&lists->lists, &list->link, name_hash(name))
           != WF_OK)
    {
        wf_arena_free(arena);
        return NULL;
    }

    return list;
}


/* One that nobody stands in goes. */
static void
list_settle(wf_tasklists_t *lists, list_t *list)
{
    if (list->queue.count == 0) {
        wf_table_remove(&lists->lists, &list->link);
        wf_heap_free(&list->queue);
        wf_arena_free(list->arena);
    }
}


/* The least one is next; of equal ones the one that came first. */
static uint64_t
turn_of(const wf_stand_t *stand)
{
    return stand->is_first ? 0
           : (uint64_t) ((int64_t) INT32_MAX - stand->priority + 1);
}


static wf_rc_t
place_add(wf_tasklists_t *lists, list_t *list, const wf_stand_t *stand)
{
    place_t  *place;

    place = wf_slab_alloc(&lists->slab, sizeof(place_t) + stand->word.len);

    if (place == NULL) {
        return WF_ERROR;
    }

    place->ticket = stand->ticket;
    place->attempt = stand->attempt;
    place->word_len = (uint16_t) stand->word.len;

    if (stand->word.len > 0) {
        memcpy(place->word, stand->word.data, stand->word.len);
    }

    if (wf_heap_add(&list->queue, &place->turn, turn_of(stand)) != WF_OK
        || wf_table_add(&lists->places, &place->link,
                        ticket_hash(stand->ticket))
           != WF_OK)
    {
        wf_heap_remove(&list->queue, &place->turn);
        wf_slab_free(&lists->slab, place, sizeof(place_t) + place->word_len);
        return WF_ERROR;
    }

    place->list = list;
    list->is_offer = stand->is_offer;
    lists->counts[stand->is_offer]++;

    return WF_OK;
}


/*
 * Going
 */

static void
place_remove(wf_tasklists_t *lists, place_t *place)
{
    list_t  *list;

    list = place->list;
    wf_heap_remove(&list->queue, &place->turn);
    lists->counts[list->is_offer]--;
    wf_table_remove(&lists->places, &place->link);
    wf_slab_free(&lists->slab, place, sizeof(place_t) + place->word_len);
    list_settle(lists, list);
}


void
wf_tasklist_leave(wf_tasklists_t *lists, wf_ticket_t ticket)
{
    place_t  *place;

    place = place_find(lists, ticket);

    if (place != NULL) {
        place_remove(lists, place);
    }
}


static void
meet(wf_tasklists_t *lists, place_t *place, wf_stand_t *other)
{
    memcpy(lists->word, place->word, place->word_len);

    *other = (wf_stand_t) {
        .ticket = place->ticket,
        .attempt = place->attempt,
        .is_offer = place->list->is_offer,
        .word = { place->word_len, lists->word }
    };

    place_remove(lists, place);
}


wf_rc_t
wf_tasklist_join(wf_tasklists_t *lists, wf_str_t name,
    const wf_stand_t *stand, wf_stand_t *other)
{
    wf_rc_t   rc;
    list_t   *list;

    wf_tasklist_leave(lists, stand->ticket);

    if (stand->word.len > WF_TASKLIST_WORD_MAX) {
        return WF_ERROR;
    }

    list = list_find(lists, name);

    if (list != NULL && list->is_offer != stand->is_offer) {
        meet(lists, place_of(wf_heap_min(&list->queue)), other);
        return WF_OK;
    }

    list = list_make(lists, name);

    if (list == NULL) {
        return WF_ERROR;
    }

    rc = place_add(lists, list, stand);
    list_settle(lists, list);

    return rc == WF_OK ? WF_AGAIN : WF_ERROR;
}
