
/*
 * JSONata: signatures of functions, <s-n?:s>.  A signature is a pattern over
 * the types of the arguments, one letter each, matched greedily as a regular
 * expression would be.
 */

#include "expr/jsonata_make.h"


#define PARAM_MAX  32

/* Types of a value as bits. */
enum {
    T_ARRAY = 1, T_STRING = 2, T_NUMBER = 4, T_BOOL = 8, T_NULL = 16,
    T_FUNCTION = 32, T_OBJECT = 64, T_MISSING = 128
};

typedef struct {
    uint8_t   mask;
    bool      optional;
    bool      repeated;
    bool      context;          /* the context stands in for a missing one */
    bool      array;            /* a single value is made an array */
    wf_str_t  subtype;
} param_t;

struct jn_sig_s {
    uint32_t  count;
    bool      plain;            /* no parameter is repeated */
    param_t   params[];
};


/* How much of a signature a call is matched with. */
typedef struct {
    const jn_sig_t   *sig;
    const jn_call_t  *call;
    uint32_t          end;
    bool              whole;
} pattern_t;


static uint8_t
letter_mask(uint8_t letter)
{
    unsigned  i;

    static const struct {
        uint8_t  letter;
        uint8_t  mask;
    } letters[] = {
        { 's', T_STRING | T_MISSING }, { 'n', T_NUMBER | T_MISSING },
        { 'b', T_BOOL | T_MISSING }, { 'l', T_NULL | T_MISSING },
        { 'o', T_OBJECT | T_MISSING }, { 'a', 0xff }, { 'f', T_FUNCTION },
        { 'j', 0xff & ~T_FUNCTION }, { 'x', 0xff }
    };

    for (i = 0; i < wf_countof(letters); i++) {
        if (letters[i].letter == letter) {
            return letters[i].mask;
        }
    }

    return 0;
}


/* The bits of (sn): each letter is that type alone. */
static uint8_t
choice_mask(wf_str_t choice)
{
    size_t   i;
    uint8_t  mask;

    mask = T_MISSING;

    for (i = 0; i < choice.len; i++) {
        mask |= choice.data[i] == 'a' ? T_ARRAY : letter_mask(choice.data[i]);
    }

    return mask;
}


/* Where the bracket that opens at start is closed; the end if it is not. */
static size_t
closing(wf_str_t text, size_t start, uint8_t open, uint8_t close)
{
    size_t    pos;
    unsigned  depth;

    depth = 1;

    for (pos = start + 1; pos < text.len; pos++) {
        depth += text.data[pos] == open;
        depth -= text.data[pos] == close;

        if (depth == 0) {
            break;
        }
    }

    return pos;
}


static wf_rc_t
refuse(jn_parser_t *parser, const char *code, size_t at)
{
    return jn_refuse(parser, code, (uint32_t) at, wf_str_none);
}


/* One symbol at *pos, which may be about the parameter before. */
static wf_rc_t
symbol_read(jn_parser_t *parser, wf_str_t text, size_t *pos, jn_sig_t *sig,
    uint32_t position)
{
    size_t    end;
    uint8_t   mask, symbol;
    param_t  *last;
    wf_str_t  inner;

    symbol = text.data[*pos];
    last = sig->count ? &sig->params[sig->count - 1] : NULL;

    if (symbol == '(') {
        end = closing(text, *pos, '(', ')');
        inner = (wf_str_t) { end - *pos - 1, text.data + *pos + 1 };

        if (memchr(inner.data, '<', inner.len)) {
            return refuse(parser, "S0402", position + *pos);
        }

        sig->params[sig->count++].mask = choice_mask(inner);
        *pos = end;
        return WF_OK;
    }

    if (symbol == '<') {
        if (last == NULL
            || (!last->array && last->mask != T_FUNCTION))
        {
            return refuse(parser, "S0401", position + *pos);
        }

        end = closing(text, *pos, '<', '>');
        last->subtype = (wf_str_t) { end - *pos - 1, text.data + *pos + 1 };
        *pos = end;
        return WF_OK;
    }

    if (last != NULL) {
        last->context = last->context || symbol == '-';
        last->optional = last->optional || symbol == '-' || symbol == '?';
        last->repeated = last->repeated || symbol == '+';
        sig->plain = sig->plain && !last->repeated;
    }

    mask = letter_mask(symbol);

    if (mask != 0) {
        sig->params[sig->count].array = symbol == 'a';
        sig->params[sig->count++].mask = mask;
    }

    return WF_OK;
}


wf_rc_t
jn_signature_parse(jn_parser_t *parser, wf_str_t text, uint32_t position,
    const jn_sig_t **signature)
{
    size_t     pos;
    jn_sig_t  *sig;

    sig = wf_arena_calloc(parser->arena,
                          sizeof(jn_sig_t) + PARAM_MAX * sizeof(param_t));

    if (sig == NULL) {
        return jn_parse_oom(parser);
    }

    sig->plain = true;

    for (pos = 1; pos < text.len && text.data[pos] != ':'; pos++) {
        if (sig->count == PARAM_MAX) {
            return jn_parse_deep(parser);
        }

        if (symbol_read(parser, text, &pos, sig, position) != WF_OK) {
            return WF_ERROR;
        }
    }

    *signature = sig;

    return WF_OK;
}


static uint8_t
type_mask(jn_val_t value)
{
    static const uint8_t  masks[] = {
        [JN_UNBOUND] = T_MISSING, [JN_NONE] = T_MISSING, [JN_NULL] = T_NULL,
        [JN_BOOL] = T_BOOL, [JN_NUMBER] = T_NUMBER, [JN_STRING] = T_STRING,
        [JN_ARRAY] = T_ARRAY, [JN_OBJECT] = T_OBJECT,
        [JN_FUNCTION] = T_FUNCTION, [JN_TUPLE] = T_OBJECT
    };

    return masks[value.type];
}


static bool
fits(const param_t *param, const jn_call_t *call, uint32_t index)
{
    return (type_mask(call->args[index]) & param->mask) != 0;
}


/*
 * Match the parameters from param on with the arguments from arg on; counts
 * says how many each takes.  end: the last parameter; whole: no argument may
 * be left over.  It is work, since it goes back as regular expressions do.
 */
static bool
match(jn_eval_t *eval, const pattern_t *pattern, uint32_t param, uint32_t arg,
    uint32_t *counts)
{
    uint32_t          most, least;
    const param_t    *p;
    const jn_call_t  *call;

    call = pattern->call;

    if (!jn_work(eval, 1)) {
        return false;
    }

    if (param == pattern->end) {
        return !pattern->whole || arg == call->count;
    }

    p = &pattern->sig->params[param];
    least = p->optional ? 0 : 1;

    for (most = 0; arg + most < call->count && fits(p, call, arg + most);
         most++)
    {
        if (most > 0 && !p->repeated) {
            break;
        }
    }

    for ( ;; most--) {
        if (most < least) {
            return false;
        }

        counts[param] = most;

        if (match(eval, pattern, param + 1, arg + most, counts)) {
            return true;
        }

        if (most == 0) {
            return false;
        }
    }
}


static bool
mismatch(jn_eval_t *eval, const char *code, uint32_t index, jn_val_t value)
{
    (void) jn_fail_value(eval, code, value);
    eval->trouble.index = index;

    return false;
}


/* Which argument is the first that no parameter takes. */
static bool
blame(jn_eval_t *eval, const jn_sig_t *sig, const jn_call_t *call)
{
    uint32_t  i, k, good, counts[PARAM_MAX];

    good = 0;

    for (i = 0; i < sig->count; i++) {
        if (!match(eval, &(pattern_t) { sig, call, i + 1, false }, 0, 0,
                   counts))
        {
            break;
        }

        for (good = 0, k = 0; k <= i; k++) {
            good += counts[k];
        }
    }

    if (eval->trouble.code != NULL) {
        return false;
    }

    return mismatch(eval, "T0410", good + 1,
                    good < call->count ? call->args[good] : jn_none);
}


static const char *
plural(wf_str_t subtype)
{
    unsigned  i;

    static const struct {
        wf_str_t     type;
        const char  *name;
    } names[] = {
        { wf_str_init("a"), "arrays" }, { wf_str_init("b"), "booleans" },
        { wf_str_init("f"), "functions" }, { wf_str_init("n"), "numbers" },
        { wf_str_init("o"), "objects" }, { wf_str_init("s"), "strings" }
    };

    for (i = 0; i < wf_countof(names); i++) {
        if (wf_str_eq(names[i].type, subtype)) {
            return names[i].name;
        }
    }

    return NULL;
}


/* Is it an array of the subtype, or one such value? */
static bool
items_fit(const param_t *param, jn_val_t arg)
{
    uint8_t   mask, wanted;
    uint32_t  i;

    wanted = param->subtype.data[0] == 'a'
             ? T_ARRAY : letter_mask(param->subtype.data[0]) & ~T_MISSING;

    if (arg.type != JN_ARRAY) {
        return param->subtype.len == 1 && type_mask(arg) == wanted;
    }

    for (i = 0; i < arg.len; i++) {
        mask = type_mask(jn_item(arg, i));

        if (mask != wanted) {
            return false;
        }
    }

    return true;
}


/* An argument as its parameter wants it. */
static bool
take(jn_eval_t *eval, const param_t *param, uint32_t index, jn_val_t *arg)
{
    if (!param->array || arg->type == JN_NONE) {
        return true;
    }

    if (param->subtype.len && !items_fit(param, *arg)) {
        (void) mismatch(eval, "T0412", index, *arg);
        eval->trouble.type = plural(param->subtype);
        return false;
    }

    if (arg->type != JN_ARRAY) {
        *arg = jn_array_of(eval, *arg, 0);
    }

    return !jn_bad(*arg);
}


/* The usual call: an argument for each parameter. */
static bool
direct(const jn_sig_t *sig, const jn_call_t *call)
{
    uint32_t  i;

    if (!sig->plain || call->count != sig->count) {
        return false;
    }

    for (i = 0; i < sig->count; i++) {
        if (!fits(&sig->params[i], call, i)) {
            return false;
        }
    }

    return true;
}


static bool
rearrange(jn_eval_t *eval, const jn_sig_t *sig, jn_call_t *call,
    const uint32_t *counts)
{
    uint32_t        i, k, from, to;
    jn_val_t       *args;
    const param_t  *param;

    args = jn_alloc(eval, (call->count + sig->count) * sizeof(jn_val_t));

    if (args == NULL) {
        return false;
    }

    from = to = 0;

    for (i = 0; i < sig->count; i++) {
        param = &sig->params[i];

        if (counts[i] == 0 && param->context) {
            if ((type_mask(call->input) & param->mask) == 0) {
                return mismatch(eval, "T0411", from + 1, call->input);
            }

            args[to++] = call->input;
            continue;
        }

        if (counts[i] == 0) {
            args[to++] = from < call->count ? call->args[from] : jn_none;
            from++;
            continue;
        }

        for (k = 0; k < counts[i]; k++) {
            args[to] = call->args[from++];

            if (!take(eval, param, from, &args[to++])) {
                return false;
            }
        }
    }

    call->args = args;
    call->count = to;

    return true;
}


bool
jn_signature_check(jn_eval_t *eval, const jn_sig_t *sig, jn_call_t *call)
{
    uint32_t  i, counts[PARAM_MAX];

    if (direct(sig, call)) {
        for (i = 0; i < sig->count; i++) {
            if (!take(eval, &sig->params[i], i + 1, &call->args[i])) {
                return false;
            }
        }

        return true;
    }

    if (!match(eval, &(pattern_t) { sig, call, sig->count, true }, 0, 0,
               counts))
    {
        return blame(eval, sig, call);
    }

    return rearrange(eval, sig, call, counts);
}
