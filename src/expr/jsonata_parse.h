
/*
 * Inside JSONata: from text to tree.
 */

#ifndef WF_JSONATA_PARSE_H
#define WF_JSONATA_PARSE_H


#include "expr/jsonata_error.h"
#include "expr/jsonata_node.h"


typedef struct {
    uint8_t   type;             /* jn_token_type_t */
    uint32_t  position;         /* byte offset behind it */
    wf_str_t  text;             /* as an error quotes it; name, flags */
    jn_val_t  value;            /* of a literal */
    const wf_regex_t  *regex;
} jn_token_t;

typedef struct {
    wf_arena_t           *arena;
    wf_str_t              text;
    size_t                pos;
    jn_token_t            token;        /* the next one */
    unsigned              depth;
    uint32_t              label_count;  /* of parents so far */
    uint32_t              regex_count;
    uint64_t              steps;        /* work of compiling regexes */
    wf_jsonata_dialect_t  dialect;
    jn_trouble_t          trouble;
} jn_parser_t;

/* Everywhere: WF_ERROR, and a NULL node: parser->trouble says why. */

/* jsonata_lex.c.  operand: an operand may follow, so / begins a regex. */
wf_rc_t jn_lex(jn_parser_t *parser, bool operand);
wf_str_t jn_token_text(unsigned type);

/* jsonata_parse.c: the tree as written. */
jn_node_t *jn_parse(jn_parser_t *parser);

/* jsonata_shape.c: the tree as it is evaluated. */
jn_node_t *jn_shape(jn_parser_t *parser, jn_node_t *node);

/* jsonata_parent.c: node's seekers become above's; one more; a step further
 * out; those of the last step, among the steps before it. */
wf_rc_t jn_seek_on(jn_parser_t *parser, jn_node_t *above, jn_node_t *node);
wf_rc_t jn_seek_push(jn_parser_t *parser, jn_slots_t *slots, jn_slot_t *slot);
wf_rc_t jn_seek_parent(jn_parser_t *parser, jn_node_t *node, jn_slot_t *slot);
wf_rc_t jn_seek_in_path(jn_parser_t *parser, jn_node_t *path);

/* jsonata_scope.c: slots for variables, what a look shows.  around: the
 * frame that the root's lies in (of $eval), or NULL. */
wf_rc_t jn_resolve(jn_parser_t *parser, wf_jsonata_t *jsonata,
    const jn_scope_t *around);

/* jsonata_signature.c.  offset: where in the text it fails. */
wf_rc_t jn_signature_parse(jn_parser_t *parser, wf_str_t text,
    uint32_t position, const jn_sig_t **signature);

/* Sets parser->trouble. */
wf_rc_t jn_refuse(jn_parser_t *parser, const char *code, uint32_t position,
    wf_str_t token);
wf_rc_t jn_parse_oom(jn_parser_t *parser);
wf_rc_t jn_parse_deep(jn_parser_t *parser);

jn_node_t *jn_node_create(jn_parser_t *parser, jn_node_type_t type,
    uint32_t position);
/* node NULL: it failed already. */
wf_rc_t jn_nodes_push(jn_parser_t *parser, jn_nodes_t *nodes,
    jn_node_t *node);


#endif /* WF_JSONATA_PARSE_H */
