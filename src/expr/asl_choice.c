
/*
 * Choice rules of JSONPath mode (asl.md 7): JSON -> tree, and whether it is
 * true.  A type that an operator is not about makes it false, never a fault;
 * a path that leads nowhere is one for all but IsPresent.
 */

#include <stdio.h>

#include "expr/asl_choice.h"


#define WHERE_MAX   512         /* bytes of a place in a rule */


typedef enum {
    RULE_COMPARE = 0,
    RULE_AND,
    RULE_OR,
    RULE_NOT
} rule_kind_t;

struct asl_rule_s {
    uint8_t             kind;       /* rule_kind_t */
    uint32_t            count;
    asl_rule_t        **rules;
    const asl_choice_t *choice;
    asl_node_t         *variable;
    asl_node_t         *path;       /* of "...Path", or NULL */
    const wf_value_t   *operand;
};

typedef struct {
    wf_arena_t         *arena;
    wf_error_t         *err;
    char                where[WHERE_MAX];
    size_t              len;
    uint32_t            depth;
} compiler_t;


static asl_rule_t *compile(compiler_t *compiler, const wf_value_t *value);


static void
where_add(compiler_t *compiler, const char *format, unsigned number,
    wf_str_t name)
{
    int  len;

    if (compiler->len >= WHERE_MAX - 1) {
        return;
    }

    name = fdl_clip(name);
    len = name.data
          ? snprintf(compiler->where + compiler->len,
                     WHERE_MAX - compiler->len, "/%.*s", (int) name.len,
                     name.data)
          : snprintf(compiler->where + compiler->len,
                     WHERE_MAX - compiler->len, format, number);

    compiler->len = wf_min(compiler->len + (size_t) len, WHERE_MAX - 1);
}


/* At a field of the rule where the compiler stands; field may be empty. */
static asl_rule_t *
refuse(compiler_t *compiler, wf_str_t field, const char *reason)
{
    if (field.len) {
        where_add(compiler, NULL, 0, field);
    }

    wf_error_args(compiler->err, WF_E_INVALID_ARGUMENT, wf_str_of(reason),
                  (wf_str_t) { compiler->len,
                               (const uint8_t *) compiler->where });
    return NULL;
}


static asl_rule_t *
rule_make(compiler_t *compiler, rule_kind_t kind, uint32_t count)
{
    asl_rule_t  *rule;

    rule = wf_arena_calloc(compiler->arena, sizeof(asl_rule_t));

    if (rule) {
        rule->kind = kind;
        rule->rules = wf_arena_alloc(compiler->arena,
                                     count * sizeof(asl_rule_t *));
    }

    if (rule == NULL || rule->rules == NULL) {
        fdl_oom(compiler->err);
        return NULL;
    }

    return rule;
}


/* Pieces between unescaped stars. */
static wf_value_t *
pattern_make(wf_arena_t *arena, wf_str_t pattern)
{
    size_t       i, len;
    uint8_t     *piece;
    wf_value_t  *pieces;

    pieces = wf_value_array(arena, 1);
    piece = wf_arena_alloc(arena, pattern.len);

    if (pieces == NULL || piece == NULL) {
        return NULL;
    }

    for (i = 0, len = 0; i <= pattern.len; i++) {
        if (i == pattern.len || pattern.data[i] == '*') {
            if (wf_value_push(arena, pieces,
                              wf_value_string(arena,
                                              (wf_str_t) { len, piece }))
                != WF_OK)
            {
                return NULL;
            }

            piece += len;
            len = 0;
            continue;
        }

        if (pattern.data[i] == '\\' && i + 1 < pattern.len
            && (pattern.data[i + 1] == '*' || pattern.data[i + 1] == '\\'))
        {
            i++;
        }

        piece[len++] = pattern.data[i];
    }

    return pieces;
}


static asl_node_t *
path_compile(compiler_t *compiler, const wf_member_t *member)
{
    wf_str_t     text;
    asl_node_t  *node;
    wf_error_t   err;

    text = member->value->u.string;

    if (member->value->type != WF_STRING) {
        refuse(compiler, member->key, "Expected value of type String");
        return NULL;
    }

    if (asl_compile(compiler->arena, WF_EXPR_ASL_PATH, text, &node, &err)
        == WF_OK)
    {
        return node;
    }

    if (err.code == WF_E_INTERNAL) {
        fdl_oom(compiler->err);

    } else if (text.len == 0 || text.data[0] != '$') {
        refuse(compiler, member->key, "Value is not a Reference Path: "
               "Reference path didn't start with '$'");

    } else {
        refuse(compiler, member->key, "Value is not a valid JSONPath");
    }

    return NULL;
}


static asl_rule_t *
operand_compile(compiler_t *compiler, asl_rule_t *rule,
    const wf_member_t *member, bool is_path)
{
    const wf_value_t    *value;
    const asl_choice_t  *choice;

    static const char *const  reasons[] = {
        [WF_BOOL] = "Expected value of type Boolean",
        [WF_NUMBER] = "Expected value of type Integer or Float",
        [WF_STRING] = "Expected value of type String"
    };

    if (is_path) {
        rule->path = path_compile(compiler, member);
        return rule->path ? rule : NULL;
    }

    choice = rule->choice;
    value = member->value;

    if (value->type != choice->operand) {
        return refuse(compiler, member->key, reasons[choice->operand]);
    }

    if (choice->kind == ASL_CHOICE_TIME && !asl_is_time(value)) {
        return refuse(compiler, member->key,
                      "String does not match RFC3339 timestamp");
    }

    rule->operand = choice->kind == ASL_CHOICE_PATTERN
                    ? pattern_make(compiler->arena, value->u.string)
                    : wf_value_copy(compiler->arena, value);

    if (rule->operand == NULL) {
        fdl_oom(compiler->err);
        return NULL;
    }

    return rule;
}


/* Fields of every rule, the caller's. */
static bool
is_foreign(const compiler_t *compiler, wf_str_t key)
{
    return wf_str_eq(key, wf_str("Comment"))
           || (compiler->depth == 0
               && (wf_str_eq(key, wf_str("Next"))
                   || wf_str_eq(key, wf_str("Assign"))));
}


static asl_rule_t *
comparison_compile(compiler_t *compiler, const wf_value_t *value)
{
    bool                 is_path;
    uint32_t             i;
    asl_rule_t          *rule;
    const wf_member_t   *member;
    const asl_choice_t  *choice;

    rule = rule_make(compiler, RULE_COMPARE, 0);

    for (i = 0; rule && i < value->count; i++) {
        member = &value->u.members[i];

        if (is_foreign(compiler, member->key)) {
            continue;
        }

        if (wf_str_eq(member->key, wf_str("Variable"))) {
            rule->variable = path_compile(compiler, member);

            if (rule->variable == NULL) {
                return NULL;
            }

            continue;
        }

        choice = asl_choice_find(member->key, &is_path);

        if (choice == NULL) {
            return refuse(compiler, member->key, "Field is not supported");
        }

        if (rule->choice) {
            return refuse(compiler, member->key, "A rule has exactly one "
                          "comparison operator");
        }

        rule->choice = choice;
        rule = operand_compile(compiler, rule, member, is_path);
    }

    if (rule && rule->variable == NULL) {
        return refuse(compiler, wf_str_none,
                      "These fields are required: [Variable]");
    }

    if (rule && rule->choice == NULL) {
        return refuse(compiler, wf_str_none, "A rule needs a comparison "
                      "operator");
    }

    return rule;
}


/* One below: a rule that stands in a list or under Not. */
static asl_rule_t *
below(compiler_t *compiler, const wf_value_t *value, wf_str_t field,
    int index)
{
    size_t       len;
    asl_rule_t  *rule;

    len = compiler->len;
    where_add(compiler, NULL, 0, field);

    if (index >= 0) {
        where_add(compiler, "/%u", (unsigned) index, wf_str_none);
    }

    if (++compiler->depth > WF_EXPR_DEPTH_MAX) {
        return refuse(compiler, wf_str_none, "Rules are nested too deep");
    }

    rule = compile(compiler, value);

    if (rule) {
        compiler->depth--;
        compiler->len = len;
    }

    return rule;
}


static asl_rule_t *
list_compile(compiler_t *compiler, rule_kind_t kind, wf_str_t field,
    const wf_value_t *list)
{
    uint32_t     i;
    asl_rule_t  *rule;

    if (list->type != WF_ARRAY) {
        return refuse(compiler, field, "Expected value of type Array");
    }

    if (list->count == 0) {
        return refuse(compiler, field, "Value cannot be empty");
    }

    rule = rule_make(compiler, kind, list->count);

    for (i = 0; rule && i < list->count; i++) {
        rule->rules[i] = below(compiler, list->u.items[i], field, (int) i);

        if (rule->rules[i] == NULL) {
            return NULL;
        }

        rule->count++;
    }

    return rule;
}


/* And, Or or Not has no operator beside it. */
static asl_rule_t *
lone_check(compiler_t *compiler, const wf_value_t *value, wf_str_t field)
{
    uint32_t  i;
    wf_str_t  key;

    static asl_rule_t  fine;

    for (i = 0; i < value->count; i++) {
        key = value->u.members[i].key;

        if (!wf_str_eq(key, field) && !is_foreign(compiler, key)) {
            return refuse(compiler, key, "Field is not supported");
        }
    }

    return &fine;
}


static asl_rule_t *
compile(compiler_t *compiler, const wf_value_t *value)
{
    unsigned           i;
    asl_rule_t        *rule;
    const wf_value_t  *found;

    static const struct {
        wf_str_t     field;
        rule_kind_t  kind;
    } joints[] = {
        { wf_str_init("And"), RULE_AND },
        { wf_str_init("Or"),  RULE_OR },
        { wf_str_init("Not"), RULE_NOT }
    };

    if (value->type != WF_OBJECT) {
        return refuse(compiler, wf_str_none, "Expected value of type Object");
    }

    for (i = 0; i < wf_countof(joints); i++) {
        found = wf_value_get(value, joints[i].field);

        if (found == NULL) {
            continue;
        }

        if (lone_check(compiler, value, joints[i].field) == NULL) {
            return NULL;
        }

        if (joints[i].kind != RULE_NOT) {
            return list_compile(compiler, joints[i].kind, joints[i].field,
                                found);
        }

        rule = rule_make(compiler, RULE_NOT, 1);

        if (rule) {
            rule->count = 1;
            rule->rules[0] = below(compiler, found, joints[i].field, -1);
        }

        return rule && rule->rules[0] ? rule : NULL;
    }

    return comparison_compile(compiler, value);
}


wf_rc_t
asl_rule_compile(wf_arena_t *arena, const wf_value_t *value,
    asl_rule_t **rule, wf_error_t *err)
{
    asl_rule_t  *made;
    compiler_t   compiler;

    compiler.arena = arena;
    compiler.err = err;
    compiler.len = 0;
    compiler.depth = 0;

    made = compile(&compiler, value);

    if (made == NULL) {
        return WF_ERROR;
    }

    *rule = made;
    return WF_OK;
}


static wf_rc_t
test_comparison(asl_eval_t *asl, const asl_rule_t *rule, bool *result)
{
    wf_rc_t              rc;
    const wf_value_t    *value, *operand;
    const asl_choice_t  *choice;

    choice = rule->choice;
    operand = rule->operand;
    rc = asl_eval(asl, rule->variable, &value);

    if (rc == WF_DECLINED && choice->kind == ASL_CHOICE_PRESENT) {
        value = NULL;
        rc = WF_OK;
    }

    if (rc == WF_OK && rule->path) {
        rc = asl_eval(asl, rule->path, &operand);
    }

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? asl_fault_choice(asl) : WF_ERROR;
    }

    if (value && value->type == WF_STRING
        && fdl_charge(&asl->eval, value->u.string.len / FDL_MOVED_PER_STEP)
           != WF_OK)
    {
        return WF_ERROR;
    }

    *result = (choice->compare(value, operand) & choice->relation) != 0;
    return WF_OK;
}


wf_rc_t
asl_rule_test(asl_eval_t *asl, const asl_rule_t *rule, bool *result)
{
    uint32_t  i;

    if (fdl_charge(&asl->eval, FDL_COST_NODE) != WF_OK) {
        return WF_ERROR;
    }

    if (rule->kind == RULE_COMPARE) {
        return test_comparison(asl, rule, result);
    }

    for (i = 0; i < rule->count; i++) {
        if (asl_rule_test(asl, rule->rules[i], result) != WF_OK) {
            return WF_ERROR;
        }

        if (rule->kind == RULE_NOT) {
            *result = !*result;

        } else if (*result == (rule->kind == RULE_OR)) {
            break;
        }
    }

    return WF_OK;
}


wf_rc_t
asl_rule_variables(wf_arena_t *arena, const asl_rule_t *rule,
    wf_value_t *names)
{
    wf_rc_t   rc;
    uint32_t  i;

    rc = WF_OK;

    if (rule->variable) {
        rc = asl_variables(arena, rule->variable, names);
    }

    if (rc == WF_OK && rule->path) {
        rc = asl_variables(arena, rule->path, names);
    }

    for (i = 0; rc == WF_OK && i < rule->count; i++) {
        rc = asl_rule_variables(arena, rule->rules[i], names);
    }

    return rc;
}
