
/*
 * The function library of generation 2 (fdl.md 2.5): its table, what all
 * functions share, and those over numbers and values in general.  A function
 * gets arguments that are there, checks their types and makes a value.
 * Randomness comes from the environment's state alone, so a run can be
 * repeated.
 */

#include "base/json.h"
#include "expr/fdl_fn.h"
#include "expr/random.h"


#define UUID_LEN  36

/* Steps for each byte of a path that is read while evaluating. */
#define PATH_COST  12


static const char *const  type_names[] = {
    [WF_NULL] = "null",
    [WF_BOOL] = "a boolean",
    [WF_NUMBER] = "a number",
    [WF_STRING] = "a string",
    [WF_ARRAY] = "an array",
    [WF_OBJECT] = "an object"
};


/* "name(): " in front of the reason. */
wf_rc_t
fdl_fn_fail(fdl_eval_t *eval, const fdl_call_t *call, const char *reason)
{
    wf_str_t  name;

    name = call->node->u.call.function->name;

    return fdl_eval_fail(eval, "%.*s(): %s", (int) name.len, name.data,
                         reason);
}


wf_rc_t
fdl_fn_wrap(fdl_eval_t *eval, const fdl_call_t *call)
{
    wf_str_t  name;

    if (eval->err->code != WF_E_INTERNAL) {
        name = call->node->u.call.function->name;
        wf_error_wrap(eval->err, "%.*s()", (int) name.len, name.data);
    }

    return WF_ERROR;
}


wf_rc_t
fdl_fn_need(fdl_eval_t *eval, const fdl_call_t *call, uint32_t index,
    wf_type_t type)
{
    wf_str_t  name;

    if (call->args[index]->type == type) {
        return WF_OK;
    }

    name = call->node->u.call.function->name;

    return fdl_eval_fail(eval, "%.*s(): argument %u must be %s, not %s",
                         (int) name.len, name.data, (unsigned) index + 1,
                         type_names[type],
                         type_names[call->args[index]->type]);
}


wf_rc_t
fdl_fn_need_two(fdl_eval_t *eval, const fdl_call_t *call, wf_type_t type)
{
    return fdl_fn_need(eval, call, 0, type) == WF_OK
           ? fdl_fn_need(eval, call, 1, type) : WF_ERROR;
}


static wf_rc_t
need_integer(fdl_eval_t *eval, const fdl_call_t *call, uint32_t index,
    int64_t *integer)
{
    if (fdl_fn_need(eval, call, index, WF_NUMBER) != WF_OK) {
        return WF_ERROR;
    }

    if (!call->args[index]->is_integer) {
        fdl_fn_fail(eval, call, "only integers of 64 bits are taken");
        return WF_ERROR;
    }

    *integer = call->args[index]->u.number.integer;
    return WF_OK;
}


wf_str_t
fdl_fn_text(const fdl_call_t *call, uint32_t index)
{
    wf_str_t  text;

    text = call->args[index]->u.string;

    return text.data ? text : wf_str("");
}


wf_rc_t
fdl_fn_charge(fdl_eval_t *eval, size_t bytes)
{
    return fdl_charge(eval, bytes / FDL_READ_PER_STEP);
}


/* A constructor's answer as the function's; NULL was no memory. */
wf_rc_t
fdl_fn_give(fdl_eval_t *eval, const wf_value_t *made, const wf_value_t **value)
{
    if (made == NULL) {
        return fdl_oom(eval->err);
    }

    *value = made;
    return WF_OK;
}


wf_rc_t
fdl_fn_give_string(fdl_eval_t *eval, wf_str_t string, const wf_value_t **value)
{
    return fdl_fn_give(eval, wf_value_string(eval->arena, string), value);
}


wf_rc_t
fdl_fn_give_buf(fdl_eval_t *eval, const wf_buf_t *buf, const wf_value_t **value)
{
    if (buf->failed) {
        return fdl_oom(eval->err);
    }

    return fdl_fn_give_string(eval, wf_buf_done(buf), value);
}


wf_rc_t
fdl_fn_push(fdl_eval_t *eval, wf_value_t *array, const wf_value_t *item)
{
    return wf_value_push(eval->arena, array, fdl_share(item)) == WF_OK
           ? WF_OK : fdl_oom(eval->err);
}


/* Of a text: code points. */
wf_rc_t
fdl_fn_length(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    uint64_t           count;
    const wf_value_t  *of;

    of = call->args[0];

    if (of->type == WF_STRING) {
        if (fdl_fn_charge(eval, of->u.string.len) != WF_OK) {
            return WF_ERROR;
        }

        count = wf_utf8_length(of->u.string);

    } else if (of->type == WF_ARRAY || of->type == WF_OBJECT) {
        count = of->count;

    } else {
        return fdl_fn_fail(eval, call, "argument 1 must be an array, an "
                           "object or a string");
    }

    return fdl_fn_give(eval, wf_value_int(eval->arena, (int64_t) count), value);
}


wf_rc_t
fdl_fn_uuid(fdl_eval_t *eval, const fdl_call_t *call, const wf_value_t **value)
{
    wf_buf_t  buf;

    (void) call;

    wf_buf_init(&buf, eval->arena, UUID_LEN);
    wf_random_uuid(&eval->env->random_state, &buf);

    return fdl_fn_give_buf(eval, &buf, value);
}


/* Both ends included, every number equally likely. */
wf_rc_t
fdl_fn_random_int(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    int64_t  min, max;

    if (need_integer(eval, call, 0, &min) != WF_OK
        || need_integer(eval, call, 1, &max) != WF_OK)
    {
        return WF_ERROR;
    }

    if (min > max) {
        return fdl_fn_fail(eval, call, "argument 1 is greater than argument 2");
    }

    return fdl_fn_give(eval,
                       wf_value_int(eval->arena,
                                    wf_random_between(&eval->env->random_state,
                                                      min, max)),
                       value);
}


wf_rc_t
fdl_fn_int_add(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    int64_t  a, b, sum;

    if (need_integer(eval, call, 0, &a) != WF_OK
        || need_integer(eval, call, 1, &b) != WF_OK)
    {
        return WF_ERROR;
    }

    if (__builtin_add_overflow(a, b, &sum)) {
        return fdl_fn_fail(eval, call, "the sum does not fit into 64 bits");
    }

    return fdl_fn_give(eval, wf_value_int(eval->arena, sum), value);
}


static wf_rc_t
get_path(wf_arena_t *arena, wf_str_t text, fdl_path_t **path, wf_error_t *err)
{
    fdl_parser_t  parser;

    if (fdl_parser_init(&parser, arena, FDL_RELATIVE, text, err) != WF_OK) {
        return WF_ERROR;
    }

    *path = fdl_path_parse(&parser);

    if (*path && parser.pos < parser.end) {
        fdl_fail(&parser, parser.pos, "the path ends before this");
        return WF_ERROR;
    }

    return *path ? WF_OK : WF_ERROR;
}


/* A constant path is read with the program, and refused there. */
wf_rc_t
fdl_fn_prepare_get(fdl_parser_t *parser, fdl_node_t *node, const uint8_t *at)
{
    fdl_path_t        *path;
    const wf_value_t  *text;

    if (node->args[1]->kind != FDL_CONSTANT) {
        return WF_OK;
    }

    text = node->args[1]->u.value;

    if (text->type != WF_STRING) {
        fdl_fail(parser, at, "the path of get() must be a string");
        return WF_ERROR;
    }

    if (get_path(parser->arena, text->u.string, &path, parser->err)
        != WF_OK)
    {
        if (parser->err->code != WF_E_INTERNAL) {
            wf_error_wrap(parser->err, "path of get()");
        }

        return fdl_wrap(parser, at);
    }

    node->u.call.prepared = path;
    return WF_OK;
}


/* get(object, "a.b[0]", default): the default where the path is missing. */
wf_rc_t
fdl_fn_get(fdl_eval_t *eval, const fdl_call_t *call, const wf_value_t **value)
{
    wf_rc_t      rc;
    fdl_path_t  *path;

    if (fdl_fn_need(eval, call, 1, WF_STRING) != WF_OK) {
        return WF_ERROR;
    }

    path = call->node->u.call.prepared;

    if (path == NULL
        && (fdl_charge(eval, PATH_COST * fdl_fn_text(call, 1).len) != WF_OK
            || get_path(eval->arena, fdl_fn_text(call, 1), &path, eval->err)
               != WF_OK))
    {
        return fdl_fn_wrap(eval, call);
    }

    rc = fdl_path_walk(eval, path, call->args[0], value);

    if (rc == WF_DECLINED && call->count == 3) {
        *value = call->args[2];
        return WF_OK;
    }

    return rc;
}


static const fdl_function_t  functions[] = {
#define FUNCTION(name, min, max, miss, prepare, function)                     \
    { wf_str_init(name), min, max, miss, prepare, fdl_fn_##function },
#include "expr/functions.def"
#undef FUNCTION
};


const fdl_function_t *
fdl_function_find(wf_str_t name)
{
    unsigned  i;

    for (i = 0; i < wf_countof(functions); i++) {
        if (wf_str_eq(functions[i].name, name)) {
            return &functions[i];
        }
    }

    return NULL;
}
