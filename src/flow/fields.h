
/*
 * Reading objects of a definition by table: which fields there are, of what
 * kind, where they are allowed, which are needed.  A field read is the
 * pointer to its checked value, which carries its mark; NULL: absent.
 */

#ifndef WF_FIELDS_H
#define WF_FIELDS_H


#include "flow/refuse.h"


typedef enum {
    WF_FIELD_ANY = 0,
    WF_FIELD_STRING,
    WF_FIELD_TEXT,              /* a string that is not empty; at most max
                                   bytes, 0: any */
    WF_FIELD_BOOL,
    WF_FIELD_INT,               /* min to max */
    WF_FIELD_NUMBER,            /* min to max */
    WF_FIELD_OBJECT,
    WF_FIELD_LIST,              /* min to max items */
    WF_FIELD_REFUSED            /* a known mistake; hint says what to use */
} wf_field_kind_t;

#define WF_FIELD_LIST_MAX  INT32_MAX

typedef struct {
    wf_str_t     name;
    uint8_t      kind;          /* wf_field_kind_t */
    uint16_t     offset;        /* of a const wf_value_t *; two rows with one
                                   offset are two spellings of one field */
    uint32_t     allowed;       /* variants, one bit each */
    uint32_t     required;
    int64_t      min;
    int64_t      max;
    const char  *hint;          /* REFUSED */
} wf_field_t;

typedef struct {
    const wf_field_t  *rows;
    uint32_t           count;
    bool               open;    /* other fields are ignored (fdl.md 0.2) */
} wf_fields_t;

/* A word and the number it stands for. */
typedef struct {
    wf_str_t  word;
    uint8_t   number;
} wf_word_t;

typedef struct {
    const wf_word_t  *words;
    uint32_t          count;
} wf_words_t;

#define wf_table(rows)  { rows, wf_countof(rows), false }
#define wf_words(rows)  { rows, wf_countof(rows) }


/*
 * variant: one bit.  what: "a pass step", for messages.  out: the struct that
 * the offsets speak of.
 */
wf_rc_t wf_fields_read(const wf_value_t *object, const wf_fields_t *table,
    uint32_t variant, const char *what, void *out, wf_error_t *err);

/* Of two fields at most one. */
wf_rc_t wf_fields_either(const wf_value_t *a, const char *name_a,
    const wf_value_t *b, const char *name_b, wf_error_t *err);

/* The number of a string; refused with the list of words otherwise. */
wf_rc_t wf_fields_word(const wf_value_t *value, const wf_words_t *words,
    const char *what, uint8_t *number, wf_error_t *err);

/* A list of non-empty strings; what: "errors". */
wf_rc_t wf_fields_strings(wf_arena_t *arena, const wf_value_t *list,
    const char *what, wf_str_t **strings, wf_error_t *err);


#endif /* WF_FIELDS_H */
