
/*
 * Reads access keys and their policies when the configuration is read, and
 * finds a key for each request.  Secrets stay here and in the signature's
 * check: they reach no message.
 */

#include <stdlib.h>

#include "wire/credentials.h"

#include "base/timefmt.h"


#define WORDS_MAX   4               /* id, secret, token, expiry */
#define ITEMS_MIN   16
#define QUOTED_MAX  128


typedef struct {
    wf_str_t   words[WORDS_MAX + 1];
    unsigned   count;               /* WORDS_MAX + 1: that or more */
    unsigned   line;
} line_t;

typedef struct {
    wf_key_t       key;
    wf_policy_t   *policy;          /* key.policy, to be filled */
    unsigned       line;
} item_t;

typedef struct {
    wf_arena_t         *arena;
    wf_policy_read_pt   read;
    void               *data;
    item_t             *items;
    uint32_t            count;
    uint32_t            size;
} parser_t;


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}


/* Takes a line off the text. */
static void
line_cut(wf_str_t *text, line_t *line)
{
    const uint8_t  *p, *end, *eol;

    p = text->data;
    end = p + text->len;
    eol = memchr(p, '\n', text->len);
    eol = eol ? eol : end;

    line->line++;
    line->count = 0;

    while (p < eol && *p != '#' && line->count <= WORDS_MAX) {

        if (is_blank(*p)) {
            p++;
            continue;
        }

        line->words[line->count].data = p;

        while (p < eol && !is_blank(*p)) {
            p++;
        }

        line->words[line->count].len =
                                (size_t) (p - line->words[line->count].data);
        line->count++;
    }

    eol += eol < end;
    *text = (wf_str_t) { (size_t) (end - eol), eol };
}


static wf_rc_t
item_add(parser_t *parser, item_t **item)
{
    item_t    *items;
    uint32_t   size;

    if (parser->count == parser->size) {
        size = wf_max(2 * parser->size, ITEMS_MIN);
        items = wf_arena_alloc(parser->arena, size * sizeof(item_t));

        if (items == NULL) {
            return WF_ERROR;
        }

        if (parser->count) {
            memcpy(items, parser->items, parser->count * sizeof(item_t));
        }

        parser->items = items;
        parser->size = size;
    }

    *item = &parser->items[parser->count++];
    memset(*item, 0, sizeof(item_t));

    return WF_OK;
}


/* A mark of the editor's, or no text at all: nobody could use that key. */
static bool
is_printable(wf_str_t word)
{
    size_t  i;

    for (i = 0; i < word.len; i++) {
        if (word.data[i] <= ' ' || word.data[i] >= 0x7f) {
            return false;
        }
    }

    return true;
}


static wf_rc_t
key_parse(parser_t *parser, const line_t *line, wf_error_t *err)
{
    item_t   *item;
    int64_t   expires_ms;

    expires_ms = 0;

    if (line->count < 2 || line->count > WORDS_MAX
        || (line->count > 3
            && wf_time_parse(line->words[3], &expires_ms) != WF_OK))
    {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "line %u: want \"id secret [token [expiry]]\"",
                     line->line);
        return WF_ERROR;
    }

    if (!is_printable(line->words[0])) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "line %u: a special character in a key's id",
                     line->line);
        return WF_ERROR;
    }

    if (item_add(parser, &item) != WF_OK) {
        return no_memory(err);
    }

    item->line = line->line;
    item->key.id = line->words[0];
    item->key.secret = line->words[1];
    item->key.token = line->count > 2 ? line->words[2] : wf_str_none;
    item->key.expires_ms = expires_ms;

    return WF_OK;
}


/* In any case: "Policy FILE" must not become a key that may do everything. */
static bool
is_keyword(wf_str_t word, wf_str_t keyword)
{
    return wf_pattern_matches(keyword, word, true);
}


/* "policy FILE" */
static wf_rc_t
file_parse(parser_t *parser, const line_t *line, wf_policy_t *policy,
    wf_error_t *err)
{
    wf_str_t  document;

    if (line->count != 2 || !wf_str_eq(line->words[0], wf_str("policy"))) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "want \"policy FILE\"");
        return WF_ERROR;
    }

    if (parser->read(parser->data, line->words[1], &document, err) == WF_OK
        && wf_policy_document(policy, document, err) == WF_OK)
    {
        return WF_OK;
    }

    if (err->code == WF_E_INVALID_ARGUMENT) {
        wf_error_wrap(err, "policy \"%.*s\"",
                      (int) wf_min(line->words[1].len, QUOTED_MAX),
                      (const char *) line->words[1].data);
    }

    return WF_ERROR;
}


static wf_rc_t
policy_parse(parser_t *parser, const line_t *line, wf_error_t *err)
{
    item_t          *item;
    wf_str_t         text;
    const wf_str_t  *last;

    if (parser->count == 0) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "no key is above it");
        return WF_ERROR;
    }

    item = &parser->items[parser->count - 1];

    if (item->policy == NULL) {
        item->policy = wf_policy_create(parser->arena);

        if (item->policy == NULL) {
            return no_memory(err);
        }
    }

    if (is_keyword(line->words[0], wf_str("policy"))) {
        return file_parse(parser, line, item->policy, err);
    }

    last = &line->words[line->count - 1];
    text.data = line->words[0].data;
    text.len = (size_t) (last->data + last->len - text.data);

    return wf_policy_line(item->policy, text, err);
}


static wf_rc_t
line_parse(parser_t *parser, const line_t *line, wf_error_t *err)
{
    if (line->count == 0) {
        return WF_OK;
    }

    if (!is_keyword(line->words[0], wf_str("allow"))
        && !is_keyword(line->words[0], wf_str("deny"))
        && !is_keyword(line->words[0], wf_str("policy")))
    {
        return key_parse(parser, line, err);
    }

    if (policy_parse(parser, line, err) == WF_OK) {
        return WF_OK;
    }

    if (err->code == WF_E_INVALID_ARGUMENT) {
        wf_error_wrap(err, "line %u", line->line);
    }

    return WF_ERROR;
}


static int
item_cmp(const void *one, const void *two)
{
    int            rc;
    const item_t  *a, *b;

    a = one;
    b = two;
    rc = wf_str_cmp(a->key.id, b->key.id);

    return rc ? rc : a->line < b->line ? -1 : 1;
}


/* In order of id, each once. */
static wf_rc_t
keys_fill(parser_t *parser, wf_keys_t *keys, wf_error_t *err)
{
    uint32_t   i;
    wf_key_t  *key, *items;

    if (parser->count > 1) {
        qsort(parser->items, parser->count, sizeof(item_t), item_cmp);
    }

    items = wf_arena_alloc(parser->arena, parser->count * sizeof(wf_key_t));

    if (items == NULL) {
        return no_memory(err);
    }

    for (i = 0; i < parser->count; i++) {
        key = &items[i];
        *key = parser->items[i].key;
        key->policy = parser->items[i].policy;

        if (i > 0 && wf_str_eq(items[i - 1].id, key->id)) {
            wf_error_set(err, WF_E_INVALID_ARGUMENT,
                         "line %u: names key \"%.*s\" twice",
                         parser->items[i].line,
                         (int) wf_min(key->id.len, QUOTED_MAX),
                         (const char *) key->id.data);
            return WF_ERROR;
        }
    }

    keys->items = items;
    keys->count = parser->count;

    return WF_OK;
}


wf_rc_t
wf_keys_parse(wf_arena_t *arena, wf_str_t text, wf_policy_read_pt read,
    void *data, wf_keys_t *keys, wf_error_t *err)
{
    line_t    line;
    parser_t  parser;

    if (text.len > WF_CREDENTIALS_BYTES_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "is larger than %d bytes",
                     WF_CREDENTIALS_BYTES_MAX);
        return WF_ERROR;
    }

    text = wf_arena_copy(arena, text);

    if (text.data == NULL) {
        return no_memory(err);
    }

    parser = (parser_t) { .arena = arena, .read = read, .data = data };
    line.line = 0;

    while (text.len > 0) {
        line_cut(&text, &line);

        if (line_parse(&parser, &line, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return keys_fill(&parser, keys, err);
}


const wf_key_t *
wf_keys_find(const wf_keys_t *keys, wf_str_t id)
{
    int       rc;
    uint32_t  low, high, middle;

    low = 0;
    high = keys->count;

    while (low < high) {
        middle = low + (high - low) / 2;
        rc = wf_str_cmp(id, keys->items[middle].id);

        if (rc == 0) {
            return &keys->items[middle];
        }

        if (rc < 0) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return NULL;
}
