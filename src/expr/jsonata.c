
/*
 * JSONata's door: compiles a text, evaluates it, says what went wrong.  The
 * stages themselves are in the files named after them.
 */

#include "base/utf8.h"
#include "expr/jsonata_make.h"
#include "expr/jsonata_text.h"


static wf_rc_t
compile(jn_parser_t *parser, wf_jsonata_t *jsonata, const jn_scope_t *around)
{
    if (parser->text.len > WF_EXPR_LEN_MAX) {
        return jn_parse_deep(parser);
    }

    jsonata->text = parser->text;
    jsonata->dialect = parser->dialect;
    jsonata->root = jn_parse(parser);
    jsonata->root = jn_shape(parser, jsonata->root);

    if (jsonata->root == NULL) {
        return WF_ERROR;
    }

    if (jsonata->root->type == JN_PARENT || jsonata->root->seeking.count) {
        return jn_refuse(parser, "S0217", jsonata->root->position,
                         wf_str_none);
    }

    return jn_resolve(parser, jsonata, around);
}


static void
parser_init(jn_parser_t *parser, wf_arena_t *arena, wf_str_t text,
    wf_jsonata_dialect_t dialect)
{
    memset(parser, 0, sizeof(jn_parser_t));
    parser->arena = arena;
    parser->text = text;
    parser->dialect = dialect;
    parser->trouble.value = jn_none;
    parser->trouble.value2 = jn_none;
}


wf_rc_t
wf_jsonata_compile(wf_arena_t *arena, wf_jsonata_dialect_t dialect,
    wf_str_t text, wf_jsonata_t **jsonata, wf_jsonata_error_t *err)
{
    wf_str_t       copy;
    jn_parser_t    parser;
    wf_jsonata_t  *made;

    copy = wf_arena_copy(arena, text);
    made = wf_arena_calloc(arena, sizeof(wf_jsonata_t));
    parser_init(&parser, arena, copy, dialect);

    if (copy.data == NULL || made == NULL) {
        (void) jn_parse_oom(&parser);

    } else if (!wf_utf8_valid(copy)) {
        (void) jn_refuse(&parser, "S0104", 0, wf_str_none);

    } else if (compile(&parser, made, NULL) == WF_OK) {
        *jsonata = made;
        return WF_OK;
    }

    jn_trouble_tell(arena, &parser.trouble, copy, err);

    return WF_ERROR;
}


wf_jsonata_t *
jn_compile_inner(jn_eval_t *eval, wf_str_t text, const jn_scope_t *around,
    jn_trouble_t *trouble)
{
    uint32_t            size;
    jn_parser_t         parser;
    wf_jsonata_t       *made;
    const wf_jsonata_t *outer;

    outer = eval->jsonata;
    parser_init(&parser, eval->arena, text, outer->dialect);
    made = wf_arena_calloc(eval->arena, sizeof(wf_jsonata_t));

    for (size = 1; size < outer->global_count; size *= 2) {
        /* void */
    }

    if (made != NULL) {
        made->globals = jn_alloc(eval, size * sizeof(jn_global_t));
    }

    if (made == NULL || made->globals == NULL) {
        (void) jn_parse_oom(&parser);
        *trouble = parser.trouble;
        return NULL;
    }

    if (outer->global_count) {
        memcpy(made->globals, outer->globals,
               outer->global_count * sizeof(jn_global_t));
    }

    made->global_count = outer->global_count;

    if (compile(&parser, made, around) == WF_OK) {
        return made;
    }

    *trouble = parser.trouble;

    return NULL;
}


wf_str_t
wf_jsonata_text(const wf_jsonata_t *jsonata)
{
    return jsonata->text;
}


const wf_jsonata_look_t *
wf_jsonata_look(const wf_jsonata_t *jsonata)
{
    return &jsonata->look;
}


/* The value before it leaves. */
static jn_val_t
evaluate(jn_eval_t *eval)
{
    jn_val_t     input;
    jn_frame_t  *frame;

    frame = NULL;
    input = eval->input;

    if (!jn_globals(eval, eval->jsonata, &eval->globals)) {
        return jn_failed;
    }

    if (eval->jsonata->scope != NULL) {
        frame = jn_frame_create(eval, eval->jsonata->scope, NULL);

        if (frame == NULL) {
            return jn_failed;
        }
    }

    if (input.type == JN_ARRAY) {
        input = jn_array_of(eval, input, JN_SEQ | JN_OUTER);

        if (jn_bad(input)) {
            return input;
        }
    }

    return jn_eval(eval, eval->jsonata->root, input, frame);
}


wf_rc_t
wf_jsonata_eval(wf_arena_t *arena, const wf_jsonata_t *jsonata,
    wf_jsonata_env_t *env, const wf_value_t **value, wf_jsonata_error_t *err)
{
    jn_val_t     result;
    jn_eval_t    eval;
    wf_value_t  *made;

    memset(&eval, 0, sizeof(jn_eval_t));
    eval.arena = arena;
    eval.jsonata = jsonata;
    eval.env = env;
    eval.input = env->input ? jn_json(env->input) : jn_none;
    eval.meter = &env->meter;
    eval.byte_max = env->byte_max ? env->byte_max : WF_JSONATA_BYTES_MAX;
    eval.depth_max = env->depth_max ? wf_min(env->depth_max,
                                             WF_JSONATA_DEPTH_MAX)
                                    : WF_JSONATA_DEPTH_MAX;

    result = evaluate(&eval);
    eval.depth = 0;

    if (!jn_bad(result) && result.type != JN_NONE
        && !jn_export(&eval, result, &made))
    {
        result = jn_failed;
    }

    if (jn_bad(result)) {
        jn_trouble_tell(arena, &eval.trouble, eval.jsonata->text, err);
        return WF_ERROR;
    }

    if (result.type == JN_NONE) {
        return WF_DECLINED;
    }

    *value = made;

    return WF_OK;
}
