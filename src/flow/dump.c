
/*
 * A program as text, one scope or node a line.  For golden dumps: what is
 * printed and how is compared byte by byte, so it changes only on purpose.
 * Templates show only that they are there.
 */

#include "flow/program.h"

#include "base/json.h"
#include "base/timefmt.h"


#define NAME_WIDTH_MAX  24

static const char *const  dialect_names[] = {
    [WF_DIALECT_FDL] = "fdl",
    [WF_DIALECT_CFL] = "cfl",
    [WF_DIALECT_ASL] = "asl",
    [WF_DIALECT_SWF] = "swf"
};

static const char *const  type_names[WF_STATE_END][WF_DIALECT_ASL + 1] = {
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
    [number] = { [WF_DIALECT_FDL] = fdl, [WF_DIALECT_CFL] = cfl,              \
                 [WF_DIALECT_ASL] = cfl },
#include "flow/states.def"
#undef STATE
};

static const char *const  mode_names[] = {
    [WF_CALL_REQUEST] = "request",
    [WF_CALL_SYNC] = "sync",
    [WF_CALL_TOKEN] = "token"
};


static void
put(wf_buf_t *buf, const char *text)
{
    wf_buf_str(buf, wf_str_of(text));
}


/* Blanks after what was written since start, up to width code points. */
static void
pad(wf_buf_t *buf, size_t start, size_t width)
{
    size_t    used;
    wf_str_t  written;

    if (buf->failed) {
        return;
    }

    written = (wf_str_t) { buf->len - start, buf->data + start };
    used = wf_utf8_length(written);

    for (/* void */; used < width; used++) {
        wf_buf_byte(buf, ' ');
    }
}


static size_t
digits(uint32_t count)
{
    size_t  width;

    for (width = 1; count > 10; count = (count + 9) / 10) {
        width++;
    }

    return width;
}


static void
put_number(wf_buf_t *buf, uint32_t number)
{
    if (number == WF_NONE) {
        wf_buf_byte(buf, '-');

    } else {
        wf_buf_uint(buf, number);
    }
}


/* A label and a number in a column. */
static void
put_column(wf_buf_t *buf, const char *label, uint32_t number, size_t width)
{
    size_t  start;

    put(buf, label);
    start = buf->len;
    put_number(buf, number);
    pad(buf, start, width);
}


static void
put_flag(wf_buf_t *buf, bool flag, const char *text)
{
    if (flag) {
        put(buf, text);
    }
}


/* Thousandths are enough for a back-off factor. */
static void
put_factor(wf_buf_t *buf, double factor)
{
    uint64_t  thousandths;

    thousandths = (uint64_t) (factor * 1000 + 0.5);
    wf_buf_uint(buf, thousandths / 1000);

    if (thousandths % 1000) {
        wf_buf_byte(buf, '.');
        wf_buf_byte(buf, '0' + thousandths / 100 % 10);
        wf_buf_byte(buf, '0' + thousandths / 10 % 10);
        wf_buf_byte(buf, '0' + thousandths % 10);
    }
}


static void
put_expr(wf_buf_t *buf, const wf_expr_t *expr)
{
    wf_buf_byte(buf, ' ');
    wf_json_print_string(buf, wf_expr_text(expr));
}


static void
put_text(wf_buf_t *buf, const wf_expr_t *expr, wf_str_t constant)
{
    if (expr) {
        put_expr(buf, expr);
        return;
    }

    wf_buf_byte(buf, ' ');
    wf_json_print_string(buf, constant);
}


static void
put_amount(wf_buf_t *buf, const wf_amount_t *amount)
{
    if (amount->expr) {
        put_expr(buf, amount->expr);
        return;
    }

    wf_buf_byte(buf, ' ');
    wf_buf_int(buf, amount->constant);
}


static void
put_errors(wf_buf_t *buf, const wf_str_t *errors, uint32_t count)
{
    uint32_t  i;

    for (i = 0; i < count; i++) {
        put(buf, i ? ", " : " [");
        wf_json_print_string(buf, errors[i]);
    }

    put(buf, "]");
}


static void
dump_choice(wf_buf_t *buf, const wf_node_t *node)
{
    uint32_t           i;
    wf_alternative_t  *alternative;

    for (i = 0; i < node->u.choice.count; i++) {
        alternative = &node->u.choice.alternatives[i];

        if (alternative->condition) {
            put(buf, "  if");
            put_expr(buf, alternative->condition);

        } else {
            put(buf, "  else");
        }

        if (alternative->scope != WF_NONE) {
            put_column(buf, " run ", alternative->scope, 0);
        }

        if (alternative->next != WF_NONE) {
            put_column(buf, " go ", alternative->next, 0);
        }
    }
}


static void
dump_wait(wf_buf_t *buf, const wf_node_t *node)
{
    if (node->u.wait.has_seconds) {
        put(buf, "  seconds");
        put_amount(buf, &node->u.wait.seconds);

    } else if (node->u.wait.until) {
        put(buf, "  until");
        put_expr(buf, node->u.wait.until);

    } else {
        put(buf, "  until ");
        wf_time_print(buf, node->u.wait.until_ms);
    }

    if (node->u.wait.has_seconds ? node->u.wait.seconds.expr != NULL
                                 : node->u.wait.is_capped)
    {
        put_column(buf, " max ", node->u.wait.seconds_max, 0);
    }
}


static void
dump_fail(wf_buf_t *buf, const wf_node_t *node)
{
    put(buf, "  error");
    put_text(buf, node->u.fail.error_expr, node->u.fail.error);
    put(buf, "  cause");
    put_text(buf, node->u.fail.cause_expr, node->u.fail.cause);
}


static void
dump_task(wf_buf_t *buf, const wf_node_t *node)
{
    put(buf, "  ");
    put(buf, mode_names[node->u.task.mode]);
    put(buf, node->u.task.is_action ? " action" : " resource");
    put_text(buf, NULL, node->u.task.resource);
    put_flag(buf, node->u.task.params, "  params");

    if (node->u.task.timeout_s.expr || node->u.task.timeout_s.constant) {
        put(buf, "  timeout");
        put_amount(buf, &node->u.task.timeout_s);
    }
}


static void
dump_fork(wf_buf_t *buf, const wf_node_t *node)
{
    uint32_t  i;

    put(buf, "  run");

    for (i = 0; i < node->u.fork.count; i++) {
        put_column(buf, " ", node->u.fork.scopes[i], 0);
    }

    if (node->type == WF_STATE_PARALLEL) {
        return;
    }

    if (node->u.fork.items) {
        put(buf, "  items");
        put_expr(buf, node->u.fork.items);
    }

    if (node->u.fork.item_key.len) {
        put(buf, "  item");
        put_text(buf, NULL, node->u.fork.item_key);
    }

    if (node->u.fork.index_key.len) {
        put(buf, "  index");
        put_text(buf, NULL, node->u.fork.index_key);
    }

    put_column(buf, "  concurrency ", node->u.fork.concurrency, 0);

    if (node->u.fork.distributed) {
        put(buf, "  distributed ");
        wf_json_print(buf, node->u.fork.distributed);
    }

    put_flag(buf, node->u.fork.item, "  item-template");
    put_flag(buf, node->u.fork.batch, "  batch-template");
    put_flag(buf, node->u.fork.reader, "  reader-template");
    put_flag(buf, node->u.fork.writer, "  writer-template");
}


static void (*const dumps[WF_STATE_END])(wf_buf_t *buf,
    const wf_node_t *node) = {
    [WF_STATE_CHOICE] = dump_choice,
    [WF_STATE_WAIT] = dump_wait,
    [WF_STATE_FAIL] = dump_fail,
    [WF_STATE_TASK] = dump_task,
    [WF_STATE_PARALLEL] = dump_fork,
    [WF_STATE_MAP] = dump_fork
};


static void
dump_errors(wf_buf_t *buf, const wf_node_t *node)
{
    uint32_t             i;
    const wf_catcher_t  *catcher;
    const wf_retrier_t  *retrier;

    for (i = 0; i < node->retrier_count; i++) {
        retrier = &node->retriers[i];
        put(buf, "  retry");
        put_errors(buf, retrier->errors, retrier->error_count);
        put_column(buf, " ", retrier->max_attempts, 0);
        put(buf, " times ");
        wf_buf_uint(buf, retrier->interval_ms);
        put(buf, " ms x");
        put_factor(buf, retrier->multiplier);

        if (retrier->max_interval_ms < WF_EXECUTION_MS_MAX) {
            put(buf, " max ");
            wf_buf_uint(buf, retrier->max_interval_ms);
        }
    }

    for (i = 0; i < node->catcher_count; i++) {
        catcher = &node->catchers[i];
        put(buf, "  catch");
        put_errors(buf, catcher->errors, catcher->error_count);
        put_column(buf, " go ", catcher->next, 0);
        put_flag(buf, catcher->output, " output");
    }
}


static void
dump_node(wf_buf_t *buf, const wf_node_t *node, const wf_program_t *program,
    size_t name_width)
{
    size_t  start, width;

    width = digits(program->node_count);
    put_column(buf, "node ", node->no, width);
    put_column(buf, "  in ", node->scope, digits(program->scope_count));
    put_column(buf, "  next ", node->next, width);

    put(buf, "  ");
    start = buf->len;
    put(buf, type_names[node->type][program->dialect]);
    pad(buf, start, sizeof("parallel") - 1);

    put(buf, "  ");
    start = buf->len;
    wf_json_print_string(buf, node->name);
    pad(buf, start, name_width);

    put_column(buf, "  at ", wf_mark_line(node->mark), 0);
    put_column(buf, ":", wf_mark_column(node->mark), 0);
    put_flag(buf, node->ends_scope, "  ends");
    put_flag(buf, node->input, "  input");
    put_flag(buf, node->output, "  output");
    put_flag(buf, node->global, "  global");
    put_flag(buf, node->error_output, "  error-output");

    if (dumps[node->type]) {
        dumps[node->type](buf, node);
    }

    dump_errors(buf, node);
    wf_buf_byte(buf, '\n');
}


static void
dump_scope(wf_buf_t *buf, uint32_t number, const wf_program_t *program)
{
    size_t             width;
    const wf_scope_t  *scope;

    scope = &program->scopes[number];
    width = digits(program->node_count);
    put_column(buf, "scope ", number, digits(program->scope_count));
    put_column(buf, "  of ", scope->owner, width);
    put_column(buf, "  first ", scope->first, width);
    put_column(buf, "  depth ", scope->depth, 0);
    wf_buf_byte(buf, '\n');
}


void
wf_program_dump(wf_buf_t *buf, const wf_program_t *program)
{
    size_t    width, length;
    uint32_t  i;

    put(buf, "program ");
    put(buf, dialect_names[program->dialect]);
    put_column(buf, "  nodes ", program->node_count, 0);
    put_column(buf, "  scopes ", program->scope_count, 0);

    if (program->timeout_ms) {
        put(buf, "  timeout ");
        wf_buf_uint(buf, program->timeout_ms);
        put(buf, " ms");
    }

    put_flag(buf, program->input, "  input");
    put_flag(buf, program->output, "  output");
    wf_buf_byte(buf, '\n');

    for (i = 0; i < program->scope_count; i++) {
        dump_scope(buf, i, program);
    }

    width = 0;

    for (i = 0; i < program->node_count; i++) {
        length = wf_utf8_length(program->nodes[i].name) + 2;
        width = wf_max(width, wf_min(length, NAME_WIDTH_MAX));
    }

    for (i = 0; i < program->node_count; i++) {
        dump_node(buf, &program->nodes[i], program, width);
    }
}
