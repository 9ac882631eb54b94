
/* Task lists: who meets whom, in which order; who leaves. */

#include "unit.h"

#include "shard/tasklist.c"


static wf_ticket_t
ticket(uint32_t index)
{
    return (wf_ticket_t) { .slot = index % 3, .index = index };
}


static wf_rc_t
offer(wf_tasklists_t *lists, const char *list, uint32_t index,
    wf_stand_t *other)
{
    wf_stand_t  stand;

    stand = (wf_stand_t) { .ticket = ticket(index), .is_offer = true };

    return wf_tasklist_join(lists, wf_str_of(list), &stand, other);
}


static wf_rc_t
ask(wf_tasklists_t *lists, const char *list, uint32_t index,
    wf_stand_t *other)
{
    char        word[16];
    wf_stand_t  stand;

    sprintf(word, "w%u", index);
    stand = (wf_stand_t) {
        .ticket = ticket(index),
        .word = wf_str_of(word)
    };

    return wf_tasklist_join(lists, wf_str_of(list), &stand, other);
}


TEST(first_come_first_served)
{
    uint32_t         i;
    wf_stand_t       other;
    wf_tasklists_t  *lists;

    lists = wf_tasklists_create();

    for (i = 0; i < 10; i++) {
        CHECK_INT(offer(lists, "a", i, &other), WF_AGAIN);
    }

    CHECK_INT(wf_tasklists_count(lists, true), 10);

    for (i = 0; i < 10; i++) {
        CHECK_INT(ask(lists, "a", 100 + i, &other), WF_OK);
        CHECK_INT(other.ticket.index, i);
        CHECK(other.is_offer);
        CHECK_INT(other.word.len, 0);
    }

    CHECK_INT(wf_tasklists_count(lists, true), 0);
    CHECK_INT(lists->lists.count, 0);

    for (i = 0; i < 10; i++) {
        CHECK_INT(ask(lists, "a", i, &other), WF_AGAIN);
    }

    for (i = 0; i < 10; i++) {
        CHECK_INT(offer(lists, "a", 100 + i, &other), WF_OK);
        CHECK_INT(other.ticket.index, i);
        CHECK(!other.is_offer);
        CHECK_INT(other.word.len, 2);
        CHECK_INT(other.word.data[1], '0' + (int) i);
    }

    CHECK_INT(lists->places.count, 0);
    wf_tasklists_free(lists);
}


TEST(lists_are_apart)
{
    wf_stand_t       other;
    wf_tasklists_t  *lists;

    lists = wf_tasklists_create();
    CHECK_INT(offer(lists, "a", 1, &other), WF_AGAIN);
    CHECK_INT(ask(lists, "b", 2, &other), WF_AGAIN);
    CHECK_INT(lists->lists.count, 2);
    CHECK_INT(ask(lists, "a", 3, &other), WF_OK);
    CHECK_INT(other.ticket.index, 1);
    CHECK_INT(lists->lists.count, 1);
    wf_tasklists_free(lists);
}


TEST(leaves)
{
    uint32_t         i;
    wf_stand_t       other;
    wf_tasklists_t  *lists;

    lists = wf_tasklists_create();

    for (i = 0; i < 5; i++) {
        CHECK_INT(ask(lists, "a", i, &other), WF_AGAIN);
    }

    wf_tasklist_leave(lists, ticket(0));
    wf_tasklist_leave(lists, ticket(2));
    wf_tasklist_leave(lists, ticket(4));
    wf_tasklist_leave(lists, ticket(9));
    CHECK_INT(wf_tasklists_count(lists, false), 2);
    CHECK_INT(offer(lists, "a", 10, &other), WF_OK);
    CHECK_INT(other.ticket.index, 1);
    CHECK_INT(offer(lists, "a", 11, &other), WF_OK);
    CHECK_INT(other.ticket.index, 3);
    CHECK_INT(offer(lists, "a", 12, &other), WF_AGAIN);
    wf_tasklist_leave(lists, ticket(12));
    CHECK_INT(lists->lists.count, 0);
    wf_tasklists_free(lists);
}


/* Once, however often it comes; before all others, if it must. */
TEST(comes_again)
{
    wf_stand_t       stand, other;
    wf_tasklists_t  *lists;

    lists = wf_tasklists_create();
    CHECK_INT(offer(lists, "a", 1, &other), WF_AGAIN);
    CHECK_INT(offer(lists, "a", 2, &other), WF_AGAIN);
    CHECK_INT(offer(lists, "a", 3, &other), WF_AGAIN);
    CHECK_INT(offer(lists, "a", 1, &other), WF_AGAIN);
    CHECK_INT(wf_tasklists_count(lists, true), 3);

    stand = (wf_stand_t) {
        .ticket = ticket(3), .is_offer = true, .is_first = true
    };
    CHECK_INT(wf_tasklist_join(lists, wf_str("a"), &stand, &other),
              WF_AGAIN);

    CHECK_INT(ask(lists, "a", 11, &other), WF_OK);
    CHECK_INT(other.ticket.index, 3);
    CHECK_INT(ask(lists, "a", 12, &other), WF_OK);
    CHECK_INT(other.ticket.index, 2);
    CHECK_INT(ask(lists, "a", 13, &other), WF_OK);
    CHECK_INT(other.ticket.index, 1);
    wf_tasklists_free(lists);
}


TEST(words_have_a_limit)
{
    uint8_t          long_word[WF_TASKLIST_WORD_MAX + 1];
    wf_stand_t       stand, other;
    wf_tasklists_t  *lists;

    memset(long_word, 'w', sizeof(long_word));
    lists = wf_tasklists_create();
    stand = (wf_stand_t) {
        .ticket = ticket(1), .word = { sizeof(long_word), long_word }
    };
    CHECK_INT(wf_tasklist_join(lists, wf_str("a"), &stand, &other),
              WF_ERROR);
    stand.word.len--;
    CHECK_INT(wf_tasklist_join(lists, wf_str("a"), &stand, &other),
              WF_AGAIN);
    CHECK_INT(offer(lists, "a", 2, &other), WF_OK);
    CHECK_INT(other.word.len, WF_TASKLIST_WORD_MAX);
    CHECK(memcmp(other.word.data, long_word, WF_TASKLIST_WORD_MAX) == 0);
    wf_tasklists_free(lists);
}


TEST(many)
{
    uint32_t         i;
    wf_stand_t       other;
    wf_tasklists_t  *lists;

    lists = wf_tasklists_create();

    for (i = 0; i < 10000; i++) {
        CHECK_INT(ask(lists, "a", i, &other), WF_AGAIN);
    }

    for (i = 0; i < 10000; i += 2) {
        wf_tasklist_leave(lists, ticket(i));
    }

    for (i = 0; i < 5000; i++) {
        CHECK_INT(offer(lists, "a", 20000 + i, &other), WF_OK);
        CHECK_INT(other.ticket.index, 2 * i + 1);
    }

    CHECK_INT(lists->lists.count, 0);
    CHECK_INT(lists->places.count, 0);
    wf_tasklists_free(lists);
}


UNIT_MAIN()
