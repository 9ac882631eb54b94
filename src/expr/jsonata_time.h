
/*
 * Inside $fromMillis and $toMillis: the parts of a picture of a time, and what
 * both have names for.
 */

#ifndef WF_JSONATA_TIME_H
#define WF_JSONATA_TIME_H


#include "base/civil.h"
#include "expr/jsonata_integer.h"


#define PIC_NO_WIDTH    UINT32_MAX
#define PIC_TIME_MAX    8.64e15         /* ms, either side of 1970 */
#define PIC_DAY_MS      86400000
#define PIC_HOUR_MS     3600000
#define PIC_MINUTE_MS   60000
#define PIC_SECOND_MS   1000


typedef struct {
    uint8_t        letter;      /* of the component; 0: literal text */
    bool           named;
    bool           traditional; /* "t": Z instead of +00:00 */
    pic_case_t     name_case;
    uint32_t       width_min;
    uint32_t       width_max;
    uint32_t       year_digits; /* at most so many are shown of Y */
    wf_str_t       literal;
    pic_integer_t  integer;     /* mandatory 0: it has none */
} pic_part_t;

typedef struct {
    pic_part_t  *parts;
    uint32_t     count;
    uint32_t     size;
} pic_time_t;

/* What a clock shows. */
typedef struct {
    int64_t     days;           /* since 1970 */
    int64_t     day_ms;
    wf_civil_t  civil;
} pic_clock_t;


extern const char *const  wf_pic_months[12];
extern const char *const  wf_pic_days[7];       /* from Monday */

/* WF_ERROR: as in jsonata_pic.h. */
wf_rc_t wf_pic_time_analyse(wf_arena_t *arena, wf_str_t picture,
    pic_time_t *time, const char **code);

/* May the part stand for a name?  Months, days, am and pm. */
bool wf_pic_has_name(const pic_part_t *part);

/* What each part of text says, 0 for literals.  WF_DECLINED: text is another
 * one; WF_ERROR: no memory. */
wf_rc_t wf_pic_time_match(wf_arena_t *arena, const pic_time_t *time,
    wf_str_t text, double **values);

/* Does its picture show numbers at all? */
bool wf_pic_is_number(const pic_part_t *part);

pic_clock_t wf_pic_clock(int64_t ms);

/* The number that a component shows; 0: it is none. */
int64_t wf_pic_component(const pic_clock_t *clock, uint8_t letter);


#endif /* WF_JSONATA_TIME_H */
