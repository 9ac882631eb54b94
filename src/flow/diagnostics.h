
/*
 * What is wrong with a definition in the Amazon States Language, all of it
 * (asl 21): CreateStateMachine refuses with the list, Validate... shows it.
 */

#ifndef WF_DIAGNOSTICS_H
#define WF_DIAGNOSTICS_H


#include "flow/compile.h"


typedef struct wf_diagnostic_s  wf_diagnostic_t;

struct wf_diagnostic_s {
    wf_diagnostic_t  *next;
    bool              is_warning;
    const char       *code;         /* "SCHEMA_VALIDATION_FAILED" */
    wf_str_t          message;
    wf_str_t          location;     /* "/States/X/Next"; empty: none */
};

/* Begins as { .arena = arena }. */
typedef struct {
    wf_arena_t        *arena;       /* of all texts */
    wf_diagnostic_t   *first;
    wf_diagnostic_t   *last;
    uint32_t           error_count;
    uint32_t           warning_count;
    bool               failed;      /* no memory: the list is not whole */
} wf_diagnostics_t;


/* The texts are copied.  More than WF_DIAGNOSTICS_MAX are counted only. */
void wf_diagnostics_add(wf_diagnostics_t *list, bool is_warning,
    const char *code, wf_str_t message, wf_str_t location);

/* "CODE: message at location, CODE: ..." of the errors. */
void wf_diagnostics_print(wf_buf_t *buf, const wf_diagnostics_t *list);

/*
 * Text of a state machine -> program.  *program is NULL when there are errors;
 * it may be NULL as an argument: then nothing is kept.  Warnings alone do not
 * refuse.  WF_ERROR: no memory.
 */
wf_rc_t wf_asl_compile(wf_str_t text, wf_mode_t mode, wf_program_t **program,
    wf_diagnostics_t *list, wf_error_t *err);


#endif /* WF_DIAGNOSTICS_H */
