
/*
 * JSONata: tokens to the tree as written, by operator precedence (Pratt).
 * What each token does in front of an operand and behind one is a column of
 * jsonata_tokens.def.  Knows nothing of paths: jsonata_shape.c does.
 */

#include "expr/jsonata_parse.h"


typedef jn_node_t *(*prefix_t)(jn_parser_t *parser, const jn_token_t *token);
typedef jn_node_t *(*infix_t)(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);

static jn_node_t *expression(jn_parser_t *parser, unsigned power);
static wf_rc_t refuse_token(jn_parser_t *parser, const char *code);
static wf_rc_t expect(jn_parser_t *parser, unsigned type, bool operand);
static jn_node_t *prefix_alone(jn_parser_t *parser, const jn_token_t *token);
static jn_node_t *prefix_minus(jn_parser_t *parser, const jn_token_t *token);
static jn_node_t *prefix_list(jn_parser_t *parser, const jn_token_t *token);
static jn_node_t *prefix_record(jn_parser_t *parser, const jn_token_t *token);
static jn_node_t *prefix_block(jn_parser_t *parser, const jn_token_t *token);
static jn_node_t *prefix_transform(jn_parser_t *parser,
    const jn_token_t *token);
static jn_node_t *infix_left(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);
static jn_node_t *infix_select(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);
static jn_node_t *infix_group(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);
static jn_node_t *infix_call(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);
static jn_node_t *infix_name(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);
static jn_node_t *infix_condition(jn_parser_t *parser,
    const jn_token_t *token, jn_node_t *left);
static jn_node_t *infix_default(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);
static jn_node_t *infix_order(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);
static jn_node_t *infix_bind(jn_parser_t *parser, const jn_token_t *token,
    jn_node_t *left);

static const struct {
    unsigned  power;
    prefix_t  prefix;
    infix_t   infix;
} grammar[] = {
#define TOKEN(symbol, text, power, prefix, infix)  { power, prefix, infix },
#include "expr/jsonata_tokens.def"
#undef TOKEN
};


/* node is above child; NULL: child failed, or the tree is too high. */
static jn_node_t *
above(jn_parser_t *parser, jn_node_t *node, const jn_node_t *child)
{
    if (node == NULL || child == NULL) {
        return NULL;
    }

    if (child->height >= node->height) {
        node->height = child->height + 1;
    }

    if (node->height > WF_JSONATA_HEIGHT_MAX) {
        (void) jn_parse_deep(parser);
        return NULL;
    }

    return node;
}


static jn_node_t *
above_list(jn_parser_t *parser, jn_node_t *node, const jn_nodes_t *list)
{
    uint32_t  i;

    for (i = 0; node != NULL && i < list->count; i++) {
        node = above(parser, node, list->items[i]);
    }

    return node;
}


jn_node_t *
jn_parse(jn_parser_t *parser)
{
    jn_node_t  *node;

    if (jn_lex(parser, true) != WF_OK) {
        return NULL;
    }

    node = expression(parser, 0);

    if (node != NULL && parser->token.type != JN_T_END) {
        (void) refuse_token(parser, "S0201");
        return NULL;
    }

    return node;
}


/* About the next token, which messages quote as JSON. */
static wf_rc_t
refuse_token(jn_parser_t *parser, const char *code)
{
    parser->trouble.bare = parser->token.type == JN_T_LITERAL
                           && parser->token.value.type != JN_STRING;

    return jn_refuse(parser, code, parser->token.position,
                     parser->token.text);
}


static jn_node_t *
expression(jn_parser_t *parser, unsigned power)
{
    jn_node_t   *left;
    jn_token_t   token;

    if (++parser->depth > WF_JSONATA_NEST_MAX) {
        (void) jn_parse_deep(parser);
        return NULL;
    }

    token = parser->token;

    if (jn_lex(parser, false) != WF_OK) {
        return NULL;
    }

    if (grammar[token.type].prefix == NULL) {
        (void) jn_refuse(parser, "S0211", token.position, token.text);
        return NULL;
    }

    left = grammar[token.type].prefix(parser, &token);

    while (left != NULL && power < grammar[parser->token.type].power) {
        token = parser->token;

        if (jn_lex(parser, true) != WF_OK) {
            return NULL;
        }

        left = grammar[token.type].infix(parser, &token, left);
    }

    parser->depth--;

    return left;
}


/* The token must be of that type; goes on to the next one. */
static wf_rc_t
expect(jn_parser_t *parser, unsigned type, bool operand)
{
    if (parser->token.type != type) {
        parser->trouble.value = jn_string(jn_token_text(type));
        return refuse_token(parser, parser->token.type == JN_T_END
                                    ? "S0203" : "S0202");
    }

    return jn_lex(parser, operand);
}


static jn_node_t *
prefix_alone(jn_parser_t *parser, const jn_token_t *token)
{
    unsigned    i, type;
    jn_node_t  *node;

    static const struct {
        unsigned  token;
        unsigned  node;
    } types[] = {
        { JN_T_NAME, JN_NAME }, { JN_T_VARIABLE, JN_VARIABLE },
        { JN_T_LITERAL, JN_LITERAL }, { JN_T_REGEX, JN_REGEX },
        { JN_T_END, JN_END }, { JN_T_STAR, JN_WILDCARD },
        { JN_T_STARS, JN_DESCENDANT }, { JN_T_PERCENT, JN_PARENT }
    };

    type = JN_WORD;

    for (i = 0; i < wf_countof(types); i++) {
        if (types[i].token == token->type) {
            type = types[i].node;
        }
    }

    node = jn_node_create(parser, type, token->position);

    if (node != NULL) {
        node->text = token->text;
        node->value = token->value;
        node->regex = token->regex;
    }

    return node;
}


static jn_node_t *
prefix_minus(jn_parser_t *parser, const jn_token_t *token)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_NEGATE, token->position);

    if (node == NULL) {
        return NULL;
    }

    node->left = expression(parser, 70);

    return above(parser, node, node->left);
}


/* The range of [a..b]; the token is "..". */
static jn_node_t *
range(jn_parser_t *parser, jn_node_t *from)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_BINARY, parser->token.position);

    if (node == NULL || jn_lex(parser, true) != WF_OK) {
        return NULL;
    }

    node->op = JN_T_RANGE;
    node->left = from;
    node->right = expression(parser, 0);
    node = above(parser, node, from);

    return node ? above(parser, node, node->right) : NULL;
}


static jn_node_t *
prefix_list(jn_parser_t *parser, const jn_token_t *token)
{
    jn_node_t  *node, *item;

    node = jn_node_create(parser, JN_LIST, token->position);

    if (node == NULL) {
        return NULL;
    }

    while (parser->token.type != JN_T_SHUT || node->list.count) {
        item = expression(parser, 0);

        if (item != NULL && parser->token.type == JN_T_RANGE) {
            item = range(parser, item);
        }

        if (jn_nodes_push(parser, &node->list, item) != WF_OK) {
            return NULL;
        }

        if (parser->token.type != JN_T_COMMA) {
            break;
        }

        if (jn_lex(parser, true) != WF_OK) {
            return NULL;
        }
    }

    if (expect(parser, JN_T_SHUT, false) != WF_OK) {
        return NULL;
    }

    return above_list(parser, node, &node->list);
}


/* name : value, ... } */
static wf_rc_t
pairs(jn_parser_t *parser, jn_nodes_t *list)
{
    while (parser->token.type != JN_T_UNBRACE || list->count) {
        if (jn_nodes_push(parser, list, expression(parser, 0)) != WF_OK
            || expect(parser, JN_T_COLON, true) != WF_OK
            || jn_nodes_push(parser, list, expression(parser, 0)) != WF_OK)
        {
            return WF_ERROR;
        }

        if (parser->token.type != JN_T_COMMA) {
            break;
        }

        if (jn_lex(parser, true) != WF_OK) {
            return WF_ERROR;
        }
    }

    return expect(parser, JN_T_UNBRACE, false);
}


static jn_node_t *
prefix_record(jn_parser_t *parser, const jn_token_t *token)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_RECORD, token->position);

    if (node == NULL || pairs(parser, &node->list) != WF_OK) {
        return NULL;
    }

    return above_list(parser, node, &node->list);
}


static jn_node_t *
prefix_block(jn_parser_t *parser, const jn_token_t *token)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_BLOCK, token->position);

    if (node == NULL) {
        return NULL;
    }

    while (parser->token.type != JN_T_UNPAREN) {
        if (jn_nodes_push(parser, &node->list, expression(parser, 0)) != WF_OK)
        {
            return NULL;
        }

        if (parser->token.type != JN_T_SEMICOLON) {
            break;
        }

        if (jn_lex(parser, true) != WF_OK) {
            return NULL;
        }
    }

    if (expect(parser, JN_T_UNPAREN, false) != WF_OK) {
        return NULL;
    }

    return above_list(parser, node, &node->list);
}


/* | pattern | update, delete | */
static jn_node_t *
prefix_transform(jn_parser_t *parser, const jn_token_t *token)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_TRANSFORM, token->position);

    if (node == NULL
        || jn_signature_parse(parser, wf_str("<(oa):o>"), 0, &node->signature)
           != WF_OK)
    {
        return NULL;
    }

    node->left = expression(parser, 0);

    if (above(parser, node, node->left) == NULL
        || expect(parser, JN_T_BAR, true) != WF_OK)
    {
        return NULL;
    }

    node->right = expression(parser, 0);

    if (above(parser, node, node->right) == NULL) {
        return NULL;
    }

    if (parser->token.type == JN_T_COMMA) {
        if (jn_lex(parser, true) != WF_OK) {
            return NULL;
        }

        node->third = expression(parser, 0);

        if (above(parser, node, node->third) == NULL) {
            return NULL;
        }
    }

    return expect(parser, JN_T_BAR, false) == WF_OK ? node : NULL;
}


static jn_node_t *
infix_left(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    unsigned    type;
    jn_node_t  *node;

    type = token->type == JN_T_DOT ? JN_DOT : token->type == JN_T_AND ? JN_AND
           : token->type == JN_T_OR ? JN_OR
           : token->type == JN_T_CHAIN ? JN_APPLY : JN_BINARY;

    node = jn_node_create(parser, type, token->position);

    if (node == NULL) {
        return NULL;
    }

    node->op = token->type;
    node->left = left;
    node->right = expression(parser, grammar[token->type].power);
    node = above(parser, node, left);

    return node ? above(parser, node, node->right) : NULL;
}


/* x[] keeps what it is behind, x[...] selects. */
static jn_node_t *
infix_select(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    jn_node_t  *node;

    if (parser->token.type == JN_T_SHUT) {
        for (node = left; node->type == JN_SELECT; node = node->left) {
            /* void */
        }

        node->keep = true;

        return jn_lex(parser, false) == WF_OK ? left : NULL;
    }

    node = jn_node_create(parser, JN_SELECT, token->position);

    if (node == NULL) {
        return NULL;
    }

    node->left = left;
    node->right = expression(parser, 0);

    if (node->right == NULL || expect(parser, JN_T_SHUT, false) != WF_OK) {
        return NULL;
    }

    node = above(parser, node, left);

    return node ? above(parser, node, node->right) : NULL;
}


static jn_node_t *
infix_group(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_GROUP, token->position);

    if (node == NULL || pairs(parser, &node->group) != WF_OK) {
        return NULL;
    }

    node->left = left;
    node = above(parser, node, left);

    return node ? above_list(parser, node, &node->group) : NULL;
}


/* One argument, or ?, which makes the call a partial one. */
static wf_rc_t
argument(jn_parser_t *parser, jn_node_t *call)
{
    jn_node_t  *node;

    if (parser->token.type != JN_T_QUESTION) {
        return jn_nodes_push(parser, &call->list, expression(parser, 0));
    }

    call->type = JN_PARTIAL;
    node = jn_node_create(parser, JN_PLACE, parser->token.position);

    if (jn_nodes_push(parser, &call->list, node) != WF_OK) {
        return WF_ERROR;
    }

    return jn_lex(parser, true);
}


/* The parameters, signature and body of function(...). */
static jn_node_t *
lambda(jn_parser_t *parser, jn_node_t *node)
{
    int        depth;
    uint32_t   i, start;
    wf_buf_t   signature;

    for (i = 0; i < node->list.count; i++) {
        if (node->list.items[i]->type != JN_VARIABLE) {
            parser->trouble.value = jn_number(i + 1);
            (void) jn_refuse(parser, "S0208", node->list.items[i]->position,
                             node->list.items[i]->text);
            return NULL;
        }
    }

    node->type = JN_LAMBDA;
    node->left = NULL;

    if (parser->token.type == JN_T_LT) {
        start = parser->token.position;
        depth = 1;
        wf_buf_init(&signature, parser->arena, 16);
        wf_buf_byte(&signature, '<');

        while (depth > 0 && parser->token.type != JN_T_BRACE
               && parser->token.type != JN_T_END)
        {
            if (jn_lex(parser, true) != WF_OK) {
                return NULL;
            }

            depth += parser->token.type == JN_T_LT;
            depth -= parser->token.type == JN_T_GT;
            wf_buf_str(&signature, parser->token.text);
        }


        if (signature.failed) {
            (void) jn_parse_oom(parser);
            return NULL;
        }

        if (expect(parser, JN_T_GT, true) != WF_OK
            || jn_signature_parse(parser, wf_buf_done(&signature), start,
                                  &node->signature) != WF_OK)
        {
            return NULL;
        }
    }

    if (expect(parser, JN_T_BRACE, true) != WF_OK) {
        return NULL;
    }

    node->right = expression(parser, 0);

    if (node->right == NULL || expect(parser, JN_T_UNBRACE, true) != WF_OK) {
        return NULL;
    }

    return above(parser, node, node->right);
}


static jn_node_t *
infix_call(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_CALL, token->position);

    if (node == NULL) {
        return NULL;
    }

    node->left = left;

    while (parser->token.type != JN_T_UNPAREN || node->list.count) {
        if (argument(parser, node) != WF_OK) {
            return NULL;
        }

        if (parser->token.type != JN_T_COMMA) {
            break;
        }

        if (jn_lex(parser, true) != WF_OK) {
            return NULL;
        }
    }

    if (expect(parser, JN_T_UNPAREN, false) != WF_OK) {
        return NULL;
    }

    node = above(parser, node, left);

    if (node == NULL || above_list(parser, node, &node->list) == NULL) {
        return NULL;
    }

    if (left->type == JN_NAME
        && (wf_str_eq(left->text, wf_str("function"))
            || wf_str_eq(left->text, wf_str("\xce\xbb"))))
    {
        return lambda(parser, node);
    }

    return node;
}


/* @$x and #$x */
static jn_node_t *
infix_name(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    jn_node_t  *node;

    node = jn_node_create(parser, token->type == JN_T_AT ? JN_FOCUS : JN_INDEX,
                          token->position);

    if (node == NULL) {
        return NULL;
    }

    node->left = left;
    node->right = expression(parser, grammar[token->type].power);

    if (node->right == NULL) {
        return NULL;
    }

    if (node->right->type != JN_VARIABLE) {
        (void) jn_refuse(parser, "S0214", node->right->position, token->text);
        return NULL;
    }

    return above(parser, node, left);
}


static jn_node_t *
infix_condition(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_CONDITION, token->position);

    if (node == NULL) {
        return NULL;
    }

    node->left = left;
    node->right = expression(parser, 0);

    if (above(parser, node, left) == NULL
        || above(parser, node, node->right) == NULL)
    {
        return NULL;
    }

    if (parser->token.type != JN_T_COLON) {
        return node;
    }

    if (jn_lex(parser, true) != WF_OK) {
        return NULL;
    }

    node->third = expression(parser, 0);

    return above(parser, node, node->third);
}


/* ?: and ??; the left side is evaluated once. */
static jn_node_t *
infix_default(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    jn_node_t  *node;

    node = jn_node_create(parser, JN_DEFAULT, token->position);

    if (node == NULL) {
        return NULL;
    }

    node->op = token->type;
    node->left = left;
    node->third = expression(parser, 0);
    node = above(parser, node, left);

    return node ? above(parser, node, node->third) : NULL;
}


/* ^(<a, >b) */
static jn_node_t *
infix_order(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    bool        descending;
    jn_node_t  *node, *term;

    node = jn_node_create(parser, JN_ORDER, token->position);

    if (node == NULL || expect(parser, JN_T_PAREN, true) != WF_OK) {
        return NULL;
    }

    for ( ;; ) {
        descending = parser->token.type == JN_T_GT;

        if ((descending || parser->token.type == JN_T_LT)
            && jn_lex(parser, true) != WF_OK)
        {
            return NULL;
        }

        term = jn_node_create(parser, JN_SORT, parser->token.position);

        if (jn_nodes_push(parser, &node->list, term) != WF_OK) {
            return NULL;
        }

        term->descending = descending;
        term->left = expression(parser, 0);

        if (above(parser, term, term->left) == NULL) {
            return NULL;
        }

        if (parser->token.type != JN_T_COMMA) {
            break;
        }

        if (jn_lex(parser, true) != WF_OK) {
            return NULL;
        }
    }

    if (expect(parser, JN_T_UNPAREN, false) != WF_OK) {
        return NULL;
    }

    node->left = left;
    node = above(parser, node, left);

    return node ? above_list(parser, node, &node->list) : NULL;
}


static jn_node_t *
infix_bind(jn_parser_t *parser, const jn_token_t *token, jn_node_t *left)
{
    jn_node_t  *node;

    if (left->type != JN_VARIABLE) {
        (void) jn_refuse(parser, "S0212", left->position, left->text);
        return NULL;
    }

    node = jn_node_create(parser, JN_BIND, token->position);

    if (node == NULL) {
        return NULL;
    }

    node->left = left;
    node->right = expression(parser, grammar[token->type].power - 1);

    return above(parser, node, node->right);
}
