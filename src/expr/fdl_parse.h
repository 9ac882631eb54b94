
/*
 * Inside the room: text -> tree of the FDL expression language.  The parser,
 * its lexemes, and the door that templates compile through.  Nobody outside
 * src/expr includes this.
 */

#ifndef WF_FDL_PARSE_H
#define WF_FDL_PARSE_H


#include "expr/fdl_cost.h"


/* Grammars; the first ones are the public kinds. */
typedef enum {
    FDL_CONDITION = WF_EXPR_FDL_CONDITION,
    FDL_SELF_PATH = WF_EXPR_FDL_PATH,
    FDL_FULL = WF_EXPR_CFL,
    FDL_MAPPING,                /* $input, $local, $context with segments */
    FDL_RELATIVE,               /* a path without root: get()'s argument */
    FDL_DIALECT_COUNT
} fdl_dialect_t;

struct fdl_parser_s {
    wf_arena_t     *arena;
    wf_error_t     *err;
    wf_str_t        text;       /* valid UTF-8, lives in arena */
    const uint8_t  *pos;
    const uint8_t  *end;
    fdl_dialect_t   dialect;
    uint32_t        depth;      /* nesting here, in operators and calls */
    uint32_t        calls;
};


/* Checks length and UTF-8, copies the text. */
wf_rc_t fdl_parser_init(fdl_parser_t *parser, wf_arena_t *arena,
    fdl_dialect_t dialect, wf_str_t text, wf_error_t *err);

/* Refuse with "column N: " and a reason by printf; at points into the text. */
void fdl_fail(fdl_parser_t *parser, const uint8_t *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What parser->err already says, with "column N: " in front: WF_ERROR. */
wf_rc_t fdl_wrap(fdl_parser_t *parser, const uint8_t *at);


/* fdl_lex.c: lexemes at pos.  A failed one has set parser->err. */
void fdl_space(fdl_parser_t *parser);
bool fdl_accept(fdl_parser_t *parser, const char *spelling); /* after space */
wf_str_t fdl_character(const fdl_parser_t *parser);     /* len 0: the end */
wf_str_t fdl_clip(wf_str_t s);                          /* for a message */
wf_str_t fdl_name(fdl_parser_t *parser);                /* len 0: none here */
wf_str_t fdl_word(fdl_parser_t *parser);                /* len 0: none here */
bool fdl_word_char(uint8_t ch);
wf_rc_t fdl_string(fdl_parser_t *parser, wf_str_t *string);
wf_rc_t fdl_number(fdl_parser_t *parser, wf_str_t *digits);


/* fdl_path.c: a root (unless FDL_RELATIVE), segments; NULL: refused. */
fdl_path_t *fdl_path_parse(fdl_parser_t *parser);

/* Does the text begin like a path of a mapping (fdl.md 1.5)? */
bool fdl_path_starts(wf_str_t text);


/* fdl_parse.c: the whole text; NULL: refused. */
fdl_node_t *fdl_parse(fdl_parser_t *parser);


/* fdl_fn.c: functions.def; NULL: unknown. */
const fdl_function_t *fdl_function_find(wf_str_t name);


/* expr.c: as wf_expr_compile(), for any dialect. */
wf_rc_t fdl_expr_compile(wf_arena_t *arena, fdl_dialect_t dialect,
    wf_str_t text, wf_expr_t **expr, wf_error_t *err);

/* Its value if that is known already, or NULL. */
const wf_value_t *fdl_expr_constant(const wf_expr_t *expr);

/* As wf_expr_eval(), with the caller's eval (it learns the missing path). */
wf_rc_t fdl_expr_eval(fdl_eval_t *eval, const wf_expr_t *expr,
    const wf_value_t **value);


#endif /* WF_FDL_PARSE_H */
