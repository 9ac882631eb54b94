
/*
 * Messages about task lists as bytes; as message.c has it, of one build only.
 */

#include "actions/message_list.h"


static wf_reader_t
body(wf_str_t message)
{
    wf_assert(message.len > 0);

    return wf_reader((wf_str_t) { message.len - 1, message.data + 1 });
}


static bool
is_read(const wf_reader_t *reader)
{
    return reader->ok && reader->pos == reader->end;
}


static uint32_t
get_u32(wf_reader_t *reader)
{
    uint64_t  number;

    number = wf_get_uint(reader);
    reader->ok = reader->ok && number <= UINT32_MAX;

    return (uint32_t) number;
}


static int32_t
get_i32(wf_reader_t *reader)
{
    int64_t  number;

    number = wf_get_int(reader);
    reader->ok = reader->ok && number >= INT32_MIN && number <= INT32_MAX;

    return (int32_t) number;
}


static void
put_ticket(wf_buf_t *buf, wf_ticket_t ticket)
{
    wf_put_uint(buf, ticket.slot);
    wf_put_uint(buf, ticket.slot_generation);
    wf_put_uint(buf, ticket.index);
    wf_put_uint(buf, ticket.generation);
}


static wf_ticket_t
get_ticket(wf_reader_t *reader)
{
    wf_ticket_t  ticket;

    ticket.slot = get_u32(reader);
    ticket.slot_generation = get_u32(reader);
    ticket.index = get_u32(reader);
    ticket.generation = get_u32(reader);

    return ticket;
}


void
wf_message_join(wf_buf_t *buf, const wf_joining_t *joining)
{
    wf_buf_byte(buf, WF_SAY_JOIN);
    wf_put_uint(buf, joining->attempt);
    wf_put_uint(buf, joining->is_offer);
    wf_put_uint(buf, joining->is_first);
    wf_put_int(buf, joining->priority);
    wf_put_str(buf, joining->list);
    wf_put_str(buf, joining->word);
}


wf_rc_t
wf_message_join_decode(wf_str_t message, wf_joining_t *joining)
{
    wf_reader_t   reader;
    wf_joining_t  got;

    reader = body(message);
    got.attempt = get_u32(&reader);
    got.is_offer = wf_get_uint(&reader) != 0;
    got.is_first = wf_get_uint(&reader) != 0;
    got.priority = get_i32(&reader);
    got.list = wf_get_str(&reader);
    got.word = wf_get_str(&reader);

    if (!is_read(&reader) || got.list.len > WF_TASKLIST_NAME_MAX) {
        return WF_ERROR;
    }

    *joining = got;

    return WF_OK;
}


void
wf_message_taken(wf_buf_t *buf, const wf_taken_t *taken)
{
    wf_buf_byte(buf, WF_SAY_TAKEN);
    wf_put_uint(buf, taken->attempt);
    put_ticket(buf, taken->poller.ticket);
    wf_put_uint(buf, taken->poller.attempt);
    wf_put_str(buf, taken->word);
}


wf_rc_t
wf_message_taken_decode(wf_str_t message, wf_taken_t *taken)
{
    wf_taken_t   got;
    wf_reader_t  reader;

    reader = body(message);
    got.attempt = get_u32(&reader);
    got.poller.ticket = get_ticket(&reader);
    got.poller.attempt = get_u32(&reader);
    got.word = wf_get_str(&reader);

    if (!is_read(&reader)) {
        return WF_ERROR;
    }

    *taken = got;

    return WF_OK;
}


void
wf_message_met(wf_buf_t *buf, const wf_met_t *met)
{
    wf_buf_byte(buf, WF_SAY_MET);
    wf_put_uint(buf, met->attempt);
    put_ticket(buf, met->giver);
}


wf_rc_t
wf_message_met_decode(wf_str_t message, wf_met_t *met)
{
    wf_met_t     got;
    wf_reader_t  reader;

    reader = body(message);
    got.attempt = get_u32(&reader);
    got.giver = get_ticket(&reader);

    if (!is_read(&reader)) {
        return WF_ERROR;
    }

    *met = got;

    return WF_OK;
}


void
wf_message_rejoin(wf_buf_t *buf, uint32_t attempt)
{
    wf_buf_byte(buf, WF_SAY_REJOIN);
    wf_put_uint(buf, attempt);
}


wf_rc_t
wf_message_rejoin_decode(wf_str_t message, uint32_t *attempt)
{
    wf_reader_t  reader;

    reader = body(message);
    *attempt = get_u32(&reader);

    return is_read(&reader) ? WF_OK : WF_ERROR;
}


void
wf_message_hand(wf_buf_t *buf, const wf_hand_t *hand)
{
    wf_buf_byte(buf, WF_SAY_HAND);
    put_ticket(buf, hand->giver);
    wf_put_uint(buf, hand->attempt);
    wf_put_str(buf, hand->token);
    wf_put_str(buf, hand->input);
}


wf_rc_t
wf_message_hand_decode(wf_str_t message, wf_hand_t *hand)
{
    wf_hand_t    got;
    wf_reader_t  reader;

    reader = body(message);
    got.giver = get_ticket(&reader);
    got.attempt = get_u32(&reader);
    got.token = wf_get_str(&reader);
    got.input = wf_get_str(&reader);

    if (!is_read(&reader)) {
        return WF_ERROR;
    }

    *hand = got;

    return WF_OK;
}


void
wf_message_word(wf_buf_t *buf, wf_say_t kind)
{
    wf_buf_byte(buf, (uint8_t) kind);
}
