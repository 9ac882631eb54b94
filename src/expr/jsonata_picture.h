
/*
 * Inside $formatNumber: a picture, read and measured, and the layout of a
 * number in it.
 */

#ifndef WF_JSONATA_PICTURE_H
#define WF_JSONATA_PICTURE_H


#include "base/arena.h"


#define PIC_SUBS_MAX  2                 /* for positive, for negative */


typedef enum {
    PIC_PASSIVE = 0,
    PIC_DIGIT,                              /* of the decimal digit family */
    PIC_OPTIONAL,
    PIC_POINT,
    PIC_GROUPING,
    PIC_EXPONENT
} pic_class_t;

typedef enum {
    PIC_OPTION_DECIMAL = 0,
    PIC_OPTION_GROUPING,
    PIC_OPTION_EXPONENT,
    PIC_OPTION_INFINITY,
    PIC_OPTION_MINUS,
    PIC_OPTION_NAN,
    PIC_OPTION_PERCENT,
    PIC_OPTION_PER_MILLE,
    PIC_OPTION_ZERO,
    PIC_OPTION_DIGIT,
    PIC_OPTION_SEPARATOR,
    PIC_OPTION_COUNT
} pic_option_t;

typedef struct {
    wf_str_t  text[PIC_OPTION_COUNT];
    uint32_t  character[PIC_OPTION_COUNT];  /* NO_CHARACTER: not just one */
} pic_format_t;

/* A range of characters of the picture. */
typedef struct {
    uint32_t  begin;
    uint32_t  end;
} pic_range_t;

typedef struct {
    uint32_t  *positions;
    uint32_t   count;
    uint32_t   every;
} pic_groups_t;

/* A sub-picture; classes and offsets are those of the picture. */
typedef struct {
    pic_range_t   all;
    pic_range_t   active;
    pic_range_t   integer;
    pic_range_t   fraction;             /* empty: there may be no point */
    pic_range_t   exponent;
    bool          has_exponent;
    uint32_t      percent_count;
    uint32_t      per_mille_count;
    uint32_t      integer_min;
    uint32_t      scale;                /* of the mantissa: 10^scale */
    uint32_t      fraction_min;
    uint32_t      fraction_max;
    pic_groups_t  integer_groups;       /* digits to the right, descending */
    pic_groups_t  fraction_groups;      /* digits to the left, ascending */
} pic_sub_t;

typedef struct {
    wf_arena_t    *arena;
    pic_format_t   format;
    wf_str_t       text;
    uint32_t       count;
    uint8_t       *classes;             /* pic_class_t of each character */
    uint32_t      *offsets;             /* bytes; one more at the end */
    pic_sub_t      subs[PIC_SUBS_MAX];
    uint32_t       sub_count;
    const char   **code;
} pic_picture_t;


/* The digits of v, finite and not negative. */
void wf_pic_lay(const pic_picture_t *picture, const pic_sub_t *sub, double v,
    wf_buf_t *buf);

/* The text of a range of the picture. */
static inline wf_str_t
wf_pic_piece(const pic_picture_t *picture, uint32_t begin, uint32_t end)
{
    return (wf_str_t) { picture->offsets[end] - picture->offsets[begin],
                        picture->text.data + picture->offsets[begin] };
}


#endif /* WF_JSONATA_PICTURE_H */
