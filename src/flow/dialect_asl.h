
/*
 * Amazon States Language (asl 2, 3): what its front end's files share.  All
 * faults of a definition are collected, so nothing here stops at the first:
 * what is wrong is reported with its place, and building goes on without it.
 */

#ifndef WF_DIALECT_ASL_H
#define WF_DIALECT_ASL_H


#include "flow/diagnostics.h"
#include "flow/front.h"
#include "flow/program_asl.h"


/* Where in the definition: a chain up to the root, on the C stack. */
typedef struct wf_asl_place_s  wf_asl_place_t;

struct wf_asl_place_s {
    const wf_asl_place_t  *outer;   /* NULL: the root */
    wf_str_t               key;     /* data == NULL: index counts */
    uint32_t               index;
};

typedef struct {
    wf_front_t         front;
    wf_diagnostics_t  *list;
    wf_error_t        *err;
    bool               is_jsonata;  /* QueryLanguage of the machine */
    bool               failed;      /* no memory */
} wf_asl_front_t;

/* The fields of a state, each checked or NULL (asl 3). */
typedef struct {
#define FIELD(slot, name, kind, states, language, min, max)                   \
    const wf_value_t  *slot;
#include "flow/asl_fields.def"
#undef FIELD
} wf_asl_fields_t;

/* What a state is built from. */
typedef struct {
    const wf_value_t  *value;
    const wf_value_t  *states;      /* its siblings */
    wf_asl_place_t     at;
    wf_asl_fields_t    f;
    wf_node_t         *node;
    wf_asl_t          *asl;         /* node's */
} wf_asl_state_t;

typedef enum {
    WF_ASL_ANY = 0,
    WF_ASL_STRING,
    WF_ASL_BOOL,
    WF_ASL_INT,                 /* min to max; JSONata: an expression too */
    WF_ASL_NUMBER,
    WF_ASL_OBJECT,
    WF_ASL_LIST,                /* min items at least */
    WF_ASL_PATH                 /* a string or null */
} wf_asl_kind_t;

typedef enum {
    WF_ASL_BOTH = 0,
    WF_ASL_JSONPATH,
    WF_ASL_JSONATA
} wf_asl_language_t;

/* One field of an object that is no state. */
typedef struct {
    const char  *name;
    uint8_t      kind;          /* wf_asl_kind_t */
    uint8_t      language;      /* wf_asl_language_t */
    bool         required;
    double       min;
    double       max;
    uint16_t     offset;        /* of a const wf_value_t * */
} wf_asl_row_t;


/*
 * dialect_asl_fields.c
 */

/* SCHEMA_VALIDATION_FAILED, unless said otherwise. */
void wf_asl_complain(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void wf_asl_complain_as(wf_asl_front_t *asl, const char *code,
    const wf_asl_place_t *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What asl->err says, from an expression or the builder. */
void wf_asl_complain_err(wf_asl_front_t *asl, const wf_asl_place_t *at);

/* Reads an object by rows; what is wrong is reported and left out.  false:
 * not an object. */
bool wf_asl_read(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *object, const wf_asl_row_t *rows, uint32_t count,
    bool is_jsonata, void *out);

/* The fields of a state of that type. */
void wf_asl_read_state(wf_asl_front_t *asl, wf_state_type_t type,
    bool is_jsonata, wf_asl_state_t *state);

/* Of several fields at most one is there.  names ends with NULL. */
bool wf_asl_only_one(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *object, const char *const *names);

wf_asl_place_t wf_asl_at(const wf_asl_place_t *outer, const char *key);
wf_asl_place_t wf_asl_at_key(const wf_asl_place_t *outer, wf_str_t key);
wf_asl_place_t wf_asl_at_index(const wf_asl_place_t *outer, uint32_t index);


/*
 * Builders of states; dialect_asl_simple.c, _errors.c, _task.c, _fork.c
 */
void wf_asl_pass(wf_asl_front_t *asl, wf_asl_state_t *state);
void wf_asl_wait(wf_asl_front_t *asl, wf_asl_state_t *state);
void wf_asl_fail(wf_asl_front_t *asl, wf_asl_state_t *state);
void wf_asl_choice(wf_asl_front_t *asl, wf_asl_state_t *state);
void wf_asl_task(wf_asl_front_t *asl, wf_asl_state_t *state);
void wf_asl_parallel(wf_asl_front_t *asl, wf_asl_state_t *state);
void wf_asl_map(wf_asl_front_t *asl, wf_asl_state_t *state);
void wf_asl_errors(wf_asl_front_t *asl, wf_asl_state_t *state);

/* dialect_asl.c: StartAt and States of an object become a scope.  WF_NONE:
 * could not be built. */
uint32_t wf_asl_scope(wf_asl_front_t *asl, const wf_asl_place_t *at,
    uint32_t owner, const wf_value_t *start, const wf_value_t *states);

/* asl_reach.c: no terminal state, states that nothing leads to. */
void wf_asl_reach(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *start, const wf_value_t *states);

/* asl_variables.c: names that an inner scope may not assign; which state
 * refers to what. */
void wf_asl_variables(wf_asl_front_t *asl, const wf_asl_place_t *at,
    const wf_value_t *states);
void wf_asl_references(wf_asl_front_t *asl, wf_asl_state_t *state);


#endif /* WF_DIALECT_ASL_H */
