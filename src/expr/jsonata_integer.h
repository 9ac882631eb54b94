
/*
 * Inside the pictures of JSONata: pictures of integers, also as parts of a
 * picture of a time, and the characters of a text.
 */

#ifndef WF_JSONATA_INTEGER_H
#define WF_JSONATA_INTEGER_H


#include "base/arena.h"


typedef enum {
    PIC_DECIMAL = 0,
    PIC_LETTERS,
    PIC_ROMAN,
    PIC_WORDS
} pic_kind_t;

typedef enum {
    PIC_LOWER = 0,
    PIC_UPPER,
    PIC_TITLE
} pic_case_t;

typedef struct {
    uint32_t  position;         /* digits to the right of it */
    uint32_t  character;
} pic_separator_t;

typedef struct {
    pic_kind_t        kind;
    pic_case_t        letter_case;
    bool              ordinal;
    uint32_t          zero;         /* of the family of digits */
    uint32_t          mandatory;    /* digits */
    uint32_t          optional;
    uint32_t          every;        /* digits from one separator to the next,
                                       all alike; 0: as they are listed */
    uint32_t          separator_count;
    pic_separator_t  *separators;   /* from the right */
} pic_integer_t;


/* picture has no modifier.  WF_ERROR: as in jsonata_pic.h. */
wf_rc_t wf_pic_integer_analyse(wf_arena_t *arena, wf_str_t picture,
    pic_integer_t *integer, const char **code);

/* v is whole.  WF_ERROR: *code says why. */
wf_rc_t wf_pic_integer_print(wf_buf_t *buf, const pic_integer_t *integer,
    double v, const char **code);

/* All of text.  WF_DECLINED: not such a number. */
wf_rc_t wf_pic_integer_read(wf_arena_t *arena, const pic_integer_t *integer,
    wf_str_t text, double *v);


/* A number in English; v is whole and not negative. */
void wf_pic_words_print(wf_buf_t *buf, pic_case_t letter_case, double v,
    bool ordinal);

/* Reads a number in words, one word after the other. */
typedef struct {
    wf_str_t  text;
    size_t    pos;              /* behind the last word */
    bool      begun;
    bool      strict;           /* nothing follows an ordinal */
    bool      ended;
    double    sum;
    double    top;              /* what a hundred or a thousand multiplies */
} pic_words_t;

/* false: no other word; otherwise text up to pos says sum + top. */
bool wf_pic_words_next(pic_words_t *words);

/* Of the letter of a roman number, a capital; 0: it is none. */
unsigned wf_pic_roman_digit(uint8_t letter);

/* The zero of the family that c is a digit of; 0: no digit. */
uint32_t wf_pic_digit_zero(uint32_t c);


/* The character at *pos of valid UTF-8; *pos moves behind it. */
static inline uint32_t
wf_pic_char(const uint8_t **pos)
{
    uint32_t        c;
    unsigned        more;
    const uint8_t  *p;

    p = *pos;
    c = *p++;

    if (c >= 0x80) {
        more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
        c &= 0x3fu >> more;

        while (more--) {
            c = c << 6 | (*p++ & 0x3f);
        }
    }

    *pos = p;

    return c;
}


static inline void
wf_pic_put(wf_buf_t *buf, uint32_t c)
{
    if (c < 0x80) {
        wf_buf_byte(buf, (uint8_t) c);
        return;
    }

    if (c >= 0x10000) {
        wf_buf_byte(buf, (uint8_t) (0xf0 | c >> 18));
        wf_buf_byte(buf, (uint8_t) (0x80 | (c >> 12 & 0x3f)));

    } else if (c >= 0x800) {
        wf_buf_byte(buf, (uint8_t) (0xe0 | c >> 12));
    }

    if (c >= 0x800) {
        wf_buf_byte(buf, (uint8_t) (0x80 | (c >> 6 & 0x3f)));

    } else {
        wf_buf_byte(buf, (uint8_t) (0xc0 | c >> 6));
    }

    wf_buf_byte(buf, (uint8_t) (0x80 | (c & 0x3f)));
}


#endif /* WF_JSONATA_INTEGER_H */
