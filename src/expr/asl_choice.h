
/*
 * Inside choice rules: the table of operators.  Between asl_choice.c and
 * asl_compare.c only.
 */

#ifndef WF_ASL_CHOICE_H
#define WF_ASL_CHOICE_H


#include "expr/asl.h"


typedef enum {
    ASL_CHOICE_PLAIN = 0,
    ASL_CHOICE_TIME,            /* a literal must be a timestamp */
    ASL_CHOICE_PATTERN,         /* the operand: pieces between the stars */
    ASL_CHOICE_PRESENT          /* called with NULL where a path misses */
} asl_choice_kind_t;

/* A bit for less, equal or greater; 0: these do not compare. */
typedef unsigned (*asl_compare_pt)(const wf_value_t *a, const wf_value_t *b);

typedef struct {
    wf_str_t        name;
    uint8_t         operand;    /* wf_type_t */
    bool            has_path;   /* there is a "...Path", too */
    uint8_t         kind;       /* asl_choice_kind_t */
    asl_compare_pt  compare;
    unsigned        relation;   /* the bits that are true */
} asl_choice_t;


/* NULL: no operator.  is_path: the one whose operand is a path. */
const asl_choice_t *asl_choice_find(wf_str_t key, bool *is_path);

/* RFC 3339 with capital letters, seconds and a zone. */
bool asl_is_time(const wf_value_t *value);


#endif /* WF_ASL_CHOICE_H */
