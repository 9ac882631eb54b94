
/*
 * Templates: JSON with expressions inside (fdl.md 1.4, 1.5, 1.9, 2.3).
 * Compiling turns what is constant into one value, so filling builds only
 * around expressions and shares the rest.  Which strings and keys hold
 * expressions is the rules' matter; nothing here reads expression text.
 */

#include <stdarg.h>
#include <stdio.h>

#include "expr/asl.h"
#include "expr/fdl_parse.h"


#define TEMPLATE_REASON_MAX  512    /* bytes of one reason */


typedef enum {
    TEMPLATE_CONSTANT = 0,
    TEMPLATE_EXPR,
    TEMPLATE_ARRAY,
    TEMPLATE_OBJECT,
    TEMPLATE_PAYLOAD,               /* asl_template.c's, whole */
    TEMPLATE_JSONATA,
    TEMPLATE_KIND_COUNT
} template_kind_t;

struct wf_template_s {
    uint8_t            kind;        /* template_kind_t */
    bool               optional;    /* a missing path leaves it out */
    wf_str_t           key;         /* as a member of its object */
    wf_str_t           label;       /* as written, for messages */
    const wf_value_t  *value;       /* TEMPLATE_CONSTANT */
    wf_expr_t         *expr;        /* TEMPLATE_EXPR */
    wf_template_t    **items;       /* containers */
    uint32_t           count;
    asl_template_t    *asl;         /* TEMPLATE_PAYLOAD, TEMPLATE_JSONATA */
};

typedef struct {
    wf_arena_t  *arena;
    wf_error_t  *err;
    bool         paths;             /* strings "$" and "$..." are paths */
    bool         suffix;            /* keys that end in ".$" */
} template_rules_t;

typedef wf_rc_t (*fill_pt)(fdl_eval_t *eval, const wf_template_t *template,
    uint32_t depth, const wf_value_t **value);


static wf_template_t *walk(const template_rules_t *rules,
    const wf_value_t *value, uint32_t depth);
static wf_rc_t fill(fdl_eval_t *eval, const wf_template_t *template,
    uint32_t depth, const wf_value_t **value);


/* "line L, column C: " in front of what err says. */
static void
place(wf_error_t *err, wf_mark_t mark)
{
    if (mark && err->code != WF_E_INTERNAL) {
        wf_error_wrap(err, "line %u, column %u",
                      (unsigned) wf_mark_line(mark),
                      (unsigned) wf_mark_column(mark));
    }
}


static wf_rc_t refuse(wf_error_t *err, wf_mark_t mark, const char *format,
    ...) __attribute__((format(printf, 3, 4)));


static wf_rc_t
refuse(wf_error_t *err, wf_mark_t mark, const char *format, ...)
{
    char     reason[TEMPLATE_REASON_MAX];
    va_list  args;

    va_start(args, format);
    vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%s", reason);
    place(err, mark);

    return WF_ERROR;
}


static wf_template_t *
make(const template_rules_t *rules, template_kind_t kind, uint32_t count)
{
    wf_template_t  *template;

    template = wf_arena_calloc(rules->arena, sizeof(wf_template_t));

    if (template) {
        template->kind = kind;
        template->items = wf_arena_alloc(rules->arena,
                                         count * sizeof(wf_template_t *));
    }

    if (template == NULL || template->items == NULL) {
        fdl_oom(rules->err);
        return NULL;
    }

    return template;
}


static wf_template_t *
make_constant(const template_rules_t *rules, const wf_value_t *value)
{
    wf_template_t  *template;

    template = make(rules, TEMPLATE_CONSTANT, 0);

    if (template == NULL) {
        return NULL;
    }

    template->value = wf_value_copy(rules->arena, value);

    if (template->value == NULL) {
        fdl_oom(rules->err);
        return NULL;
    }

    return template;
}


/* label: the key as written, named in front of errors. */
static wf_template_t *
make_expr(const template_rules_t *rules, fdl_dialect_t dialect,
    const wf_value_t *text, wf_str_t label)
{
    wf_template_t  *template;

    template = make(rules, TEMPLATE_EXPR, 0);

    if (template == NULL) {
        return NULL;
    }

    if (fdl_expr_compile(rules->arena, dialect, text->u.string,
                         &template->expr, rules->err)
        != WF_OK)
    {
        if (label.len && rules->err->code != WF_E_INTERNAL) {
            label = fdl_clip(label);
            wf_error_wrap(rules->err, "%.*s", (int) label.len, label.data);
        }

        place(rules->err, text->mark);
        return NULL;
    }

    template->value = fdl_expr_constant(template->expr);

    if (template->value) {
        template->kind = TEMPLATE_CONSTANT;
    }

    return template;
}


static wf_rc_t
name(const template_rules_t *rules, wf_template_t *item, wf_str_t key,
    wf_str_t label)
{
    item->key = wf_arena_copy(rules->arena, key);
    item->label = wf_arena_copy(rules->arena, label);

    return item->key.data && item->label.data ? WF_OK : fdl_oom(rules->err);
}


/* Containers of constants only become one constant. */
static wf_template_t *
finish(const template_rules_t *rules, wf_template_t *template)
{
    uint32_t        i;
    wf_rc_t         rc;
    wf_value_t     *value, *below;
    wf_template_t  *item;

    for (i = 0; i < template->count; i++) {
        if (template->items[i]->kind != TEMPLATE_CONSTANT) {
            return template;
        }
    }

    value = template->kind == TEMPLATE_ARRAY
            ? wf_value_array(rules->arena, template->count)
            : wf_value_object(rules->arena, template->count);

    rc = value ? WF_OK : WF_ERROR;

    for (i = 0; rc == WF_OK && i < template->count; i++) {
        item = template->items[i];
        below = fdl_share(item->value);

        rc = template->kind == TEMPLATE_ARRAY
             ? wf_value_push(rules->arena, value, below)
             : wf_value_set(rules->arena, value, item->key, below);
    }

    if (rc != WF_OK) {
        fdl_oom(rules->err);
        return NULL;
    }

    template->kind = TEMPLATE_CONSTANT;
    template->value = value;

    return template;
}


static wf_template_t *
walk_array(const template_rules_t *rules, const wf_value_t *value,
    uint32_t depth)
{
    uint32_t        i;
    wf_template_t  *template, *item;

    template = make(rules, TEMPLATE_ARRAY, value->count);

    for (i = 0; template && i < value->count; i++) {
        item = walk(rules, value->u.items[i], depth + 1);

        if (item == NULL) {
            return NULL;
        }

        template->items[template->count++] = item;
    }

    return template ? finish(rules, template) : NULL;
}


static bool
has_suffix(wf_str_t key)
{
    return key.len >= 2 && key.data[key.len - 2] == '.'
           && key.data[key.len - 1] == '$';
}


/* "name.$" holds an expression for the member "name" (fdl.md 2.3). */
static wf_template_t *
walk_suffix(const template_rules_t *rules, const wf_value_t *object,
    const wf_member_t *member)
{
    wf_str_t        key, shown;
    wf_template_t  *item;

    key = (wf_str_t) { member->key.len - 2, member->key.data };
    shown = fdl_clip(member->key);

    if (key.len == 0) {
        refuse(rules->err, member->mark, "the key '.$' has no name");
        return NULL;
    }

    if (wf_value_get(object, key)) {
        key = fdl_clip(key);
        refuse(rules->err, member->mark,
               "both '%.*s' and '%.*s.$' are given", (int) key.len,
               key.data, (int) key.len, key.data);
        return NULL;
    }

    if (member->value->type != WF_STRING) {
        refuse(rules->err, member->value->mark ? member->value->mark
                                               : member->mark,
               "the value of '%.*s' must be a string, an expression",
               (int) shown.len, shown.data);
        return NULL;
    }

    item = make_expr(rules, FDL_FULL, member->value, member->key);

    return item && name(rules, item, key, member->key) == WF_OK ? item : NULL;
}


static wf_template_t *
walk_object(const template_rules_t *rules, const wf_value_t *value,
    uint32_t depth)
{
    uint32_t            i;
    wf_template_t      *template, *item;
    const wf_member_t  *member;

    template = make(rules, TEMPLATE_OBJECT, value->count);

    for (i = 0; template && i < value->count; i++) {
        member = &value->u.members[i];

        if (rules->suffix && has_suffix(member->key)) {
            item = walk_suffix(rules, value, member);

        } else {
            item = walk(rules, member->value, depth + 1);

            if (item && name(rules, item, member->key, member->key) != WF_OK)
            {
                return NULL;
            }
        }

        if (item == NULL) {
            return NULL;
        }

        template->items[template->count++] = item;
    }

    return template ? finish(rules, template) : NULL;
}


/* "$" and "$.x" of serviceParams (fdl.md 1.9). */
static bool
is_param_path(const wf_value_t *value)
{
    wf_str_t  s;

    s = value->u.string;

    return value->type == WF_STRING && s.len && s.data[0] == '$'
           && (s.len == 1 || s.data[1] == '.');
}


static wf_template_t *
walk(const template_rules_t *rules, const wf_value_t *value, uint32_t depth)
{
    if (depth > WF_DEPTH_MAX) {
        refuse(rules->err, value->mark, "nested deeper than %u levels",
               (unsigned) WF_DEPTH_MAX);
        return NULL;
    }

    if (value->type == WF_OBJECT) {
        return walk_object(rules, value, depth);
    }

    if (value->type == WF_ARRAY) {
        return walk_array(rules, value, depth);
    }

    if (rules->paths && is_param_path(value)) {
        return make_expr(rules, FDL_SELF_PATH, value, wf_str_none);
    }

    return make_constant(rules, value);
}


/* One mapping: exactly a target, perhaps a source (fdl.md 1.2). */
static wf_rc_t
mapping_check(const template_rules_t *rules, const wf_value_t *mapping)
{
    uint32_t            i;
    wf_str_t            key;
    const wf_value_t   *target;
    const wf_member_t  *member;

    if (mapping->type != WF_OBJECT) {
        return refuse(rules->err, mapping->mark,
                      "a mapping must have 'target' and 'source'");
    }

    for (i = 0; i < mapping->count; i++) {
        member = &mapping->u.members[i];

        if (!wf_str_eq(member->key, wf_str("target"))
            && !wf_str_eq(member->key, wf_str("source")))
        {
            key = fdl_clip(member->key);
            return refuse(rules->err, member->mark,
                          "unknown field '%.*s' in a mapping",
                          (int) key.len, key.data);
        }
    }

    target = wf_value_get(mapping, wf_str("target"));

    if (target == NULL) {
        return refuse(rules->err, mapping->mark, "a mapping needs 'target'");
    }

    if (target->type != WF_STRING || target->u.string.len == 0) {
        return refuse(rules->err, target->mark,
                      "'target' must be a string that is not empty");
    }

    return WF_OK;
}


static wf_template_t *
mapping_compile(const template_rules_t *rules, const wf_value_t *mapping)
{
    wf_str_t           target;
    wf_template_t     *item;
    const wf_value_t  *source;

    static const wf_value_t  null = { .type = WF_NULL };

    if (mapping_check(rules, mapping) != WF_OK) {
        return NULL;
    }

    target = wf_value_get(mapping, wf_str("target"))->u.string;
    source = wf_value_get(mapping, wf_str("source"));

    if (source && source->type == WF_STRING
        && fdl_path_starts(source->u.string))
    {
        item = make_expr(rules, FDL_MAPPING, source, target);

    } else {
        item = make_constant(rules, source ? source : &null);
    }

    if (item == NULL || name(rules, item, target, target) != WF_OK) {
        return NULL;
    }

    item->optional = true;
    return item;
}


wf_rc_t
wf_template_mappings(wf_arena_t *arena, const wf_value_t *list,
    wf_template_t **template, wf_error_t *err)
{
    uint32_t          i;
    wf_template_t    *made;
    template_rules_t  rules;

    rules = (template_rules_t) { arena, err, false, false };

    if (list->type != WF_ARRAY) {
        return refuse(err, list->mark, "mappings must be a list");
    }

    made = make(&rules, TEMPLATE_OBJECT, list->count);
    if (made == NULL) {
        return WF_ERROR;
    }

    for (i = 0; i < list->count; i++) {
        made->items[i] = mapping_compile(&rules, list->u.items[i]);

        if (made->items[i] == NULL) {
            return WF_ERROR;
        }

        made->count++;
    }

    made = finish(&rules, made);
    if (made == NULL) {
        return WF_ERROR;
    }

    *template = made;
    return WF_OK;
}


static wf_rc_t
compile(const template_rules_t *rules, const wf_value_t *value,
    wf_template_t **template)
{
    wf_template_t  *made;

    made = walk(rules, value, 0);
    if (made == NULL) {
        return WF_ERROR;
    }

    *template = made;
    return WF_OK;
}


wf_rc_t
wf_template_params(wf_arena_t *arena, const wf_value_t *value,
    wf_template_t **template, wf_error_t *err)
{
    template_rules_t  rules;

    rules = (template_rules_t) { arena, err, true, false };

    return compile(&rules, value, template);
}


wf_rc_t
wf_template_constructor(wf_arena_t *arena, const wf_value_t *value,
    wf_template_t **template, wf_error_t *err)
{
    template_rules_t  rules;

    rules = (template_rules_t) { arena, err, false, true };

    if (value->type != WF_OBJECT) {
        return refuse(err, value->mark, "a constructor must be an object");
    }

    return compile(&rules, value, template);
}


static wf_rc_t
asl_compile_whole(const template_rules_t *rules, template_kind_t kind,
    const wf_value_t *value, wf_template_t **template)
{
    wf_template_t  *made;

    made = make(rules, kind, 0);

    if (made == NULL
        || asl_template_compile(rules->arena, value, kind == TEMPLATE_JSONATA,
                                &made->asl, rules->err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    *template = made;
    return WF_OK;
}


wf_rc_t
wf_template_payload(wf_arena_t *arena, const wf_value_t *value,
    wf_template_t **template, wf_error_t *err)
{
    template_rules_t  rules;

    rules = (template_rules_t) { arena, err, false, false };

    return asl_compile_whole(&rules, TEMPLATE_PAYLOAD, value, template);
}


wf_rc_t
wf_template_jsonata(wf_arena_t *arena, const wf_value_t *value,
    wf_template_t **template, wf_error_t *err)
{
    template_rules_t  rules;

    rules = (template_rules_t) { arena, err, false, false };

    return asl_compile_whole(&rules, TEMPLATE_JSONATA, value, template);
}


/* CloudFlow's templates have no variables. */
wf_rc_t
wf_template_variables(wf_arena_t *arena, const wf_template_t *template,
    wf_value_t *names)
{
    return template->asl ? asl_template_variables(arena, template->asl, names)
                         : WF_OK;
}


static wf_rc_t
fill_asl(fdl_eval_t *eval, const wf_template_t *template, uint32_t depth,
    const wf_value_t **value)
{
    (void) depth;

    return asl_template_fill(eval->arena, template->asl,
                             template->kind == TEMPLATE_JSONATA, eval->env,
                             value, eval->err);
}


static wf_rc_t
fill_constant(fdl_eval_t *eval, const wf_template_t *template, uint32_t depth,
    const wf_value_t **value)
{
    (void) eval;
    (void) depth;

    *value = template->value;
    return WF_OK;
}


/* Whose path is missing, or what else went wrong: name the key. */
static wf_rc_t
fill_failed(fdl_eval_t *eval, const wf_template_t *template, wf_rc_t rc)
{
    wf_str_t  text, label;

    if (rc == WF_DECLINED) {
        text = fdl_clip(eval->missing ? eval->missing->text
                                      : wf_expr_text(template->expr));
        fdl_eval_fail(eval, "path '%.*s' does not exist", (int) text.len,
                      text.data);
    }

    if (template->label.len && eval->err->code != WF_E_INTERNAL) {
        label = fdl_clip(template->label);
        wf_error_wrap(eval->err, "%.*s", (int) label.len, label.data);
    }

    return WF_ERROR;
}


static wf_rc_t
fill_expr(fdl_eval_t *eval, const wf_template_t *template, uint32_t depth,
    const wf_value_t **value)
{
    wf_rc_t  rc;

    rc = fdl_expr_eval(eval, template->expr, value);

    /* What is shared here may stand deeper than where it was found. */
    if (rc == WF_OK && depth > 0) {
        rc = fdl_weigh(eval, *value, depth);
    }

    if (rc == WF_OK || (rc == WF_DECLINED && template->optional)) {
        return rc;
    }

    return fill_failed(eval, template, rc);
}


static wf_rc_t
fill_array(fdl_eval_t *eval, const wf_template_t *template, uint32_t depth,
    const wf_value_t **value)
{
    uint32_t           i;
    wf_value_t        *array;
    const wf_value_t  *item;

    array = wf_value_array(eval->arena, template->count);

    for (i = 0; i < template->count; i++) {
        if (fill(eval, template->items[i], depth + 1, &item) != WF_OK
            || fdl_charge(eval, FDL_COST_NODE) != WF_OK)
        {
            return WF_ERROR;
        }

        if (wf_value_push(eval->arena, array, fdl_share(item)) != WF_OK) {
            return fdl_oom(eval->err);
        }
    }

    *value = array;
    return array ? WF_OK : fdl_oom(eval->err);
}


static wf_rc_t
fill_object(fdl_eval_t *eval, const wf_template_t *template, uint32_t depth,
    const wf_value_t **value)
{
    wf_rc_t               rc;
    uint32_t              i;
    wf_value_t           *object;
    const wf_value_t     *member;
    const wf_template_t  *item;

    object = wf_value_object(eval->arena, template->count);

    for (i = 0; i < template->count; i++) {
        item = template->items[i];
        rc = fill(eval, item, depth + 1, &member);

        if (rc == WF_DECLINED) {
            continue;
        }

        if (rc != WF_OK || fdl_charge(eval, FDL_COST_MADE) != WF_OK) {
            return WF_ERROR;
        }

        if (wf_value_set(eval->arena, object, item->key, fdl_share(member))
            != WF_OK)
        {
            return fdl_oom(eval->err);
        }
    }

    *value = object;
    return object ? WF_OK : fdl_oom(eval->err);
}


static wf_rc_t
fill(fdl_eval_t *eval, const wf_template_t *template, uint32_t depth,
    const wf_value_t **value)
{
    static const fill_pt  fillers[TEMPLATE_KIND_COUNT] = {
        [TEMPLATE_CONSTANT] = fill_constant,
        [TEMPLATE_EXPR] = fill_expr,
        [TEMPLATE_ARRAY] = fill_array,
        [TEMPLATE_OBJECT] = fill_object,
        [TEMPLATE_PAYLOAD] = fill_asl,
        [TEMPLATE_JSONATA] = fill_asl
    };

    return fillers[template->kind](eval, template, depth, value);
}


wf_rc_t
wf_template_fill(wf_arena_t *arena, const wf_template_t *template,
    wf_env_t *env, const wf_value_t **value, wf_error_t *err)
{
    wf_rc_t            rc;
    fdl_eval_t         eval;
    const wf_value_t  *result;

    eval = (fdl_eval_t) { arena, env, err, NULL };

    rc = fill(&eval, template, 0, &result);
    if (rc != WF_OK) {
        return rc;
    }

    *value = result;
    return WF_OK;
}
