
/*
 * jsonata [-r] [-b NAME=JSON]... EXPR [FILE]
 * jsonata [-r] -l < LINES
 * jsonata [-r] [-b NAME=JSON]... -t MILLISECONDS EXPR [FILE]
 *
 * Evaluates an expression on a JSON file ("-": standard input; none: no
 * input) and prints the value; nothing, if there is none.
 *   -b NAME=JSON  binds $NAME
 *   -r            the functions of the reference implementation instead of
 *                 those of Step Functions
 *   -l            each line is {"expr": ..., "data": ..., "bindings": {...}};
 *                 the answer to each is a line {"result": ...},
 *                 {"undefined": true} or {"code": ..., "position": ...,
 *                 "message": ...}
 *   -t            prints nanoseconds an evaluation took, by that long a run
 * Leaves with 1 if the expression failed (code, message and place on standard
 * error), with 2 if it was not asked properly.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "expr/jsonata.h"


#define BOUND_MAX   64
#define READ_BYTES  65536
#define NS          1000000000ll
#define USAGE       2


typedef struct {
    wf_jsonata_dialect_t  dialect;
    wf_jsonata_binding_t  bound[BOUND_MAX];
    uint32_t              bound_count;
    long                  run_ms;
    bool                  lines;
} options_t;


static void
complain(const char *what, wf_str_t why)
{
    fprintf(stderr, "jsonata: %s: %.*s\n", what, (int) why.len,
            (const char *) why.data);
    exit(USAGE);
}


static void
usage(void)
{
    fprintf(stderr, "usage: jsonata [-r] [-b NAME=JSON]... [-t MILLISECONDS] "
            "EXPR [FILE]\n       jsonata [-r] -l < LINES\n");
    exit(USAGE);
}


static int64_t
clock_ns(clockid_t id)
{
    struct timespec  now;

    clock_gettime(id, &now);

    return now.tv_sec * NS + now.tv_nsec;
}


static wf_str_t
file_read(wf_arena_t *arena, FILE *file)
{
    size_t    count;
    char      block[READ_BYTES];
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, READ_BYTES);

    do {
        count = fread(block, 1, sizeof(block), file);
        wf_buf_append(&buf, block, count);
    } while (count > 0);

    if (buf.failed) {
        complain("input", wf_str("out of memory"));
    }

    return wf_buf_done(&buf);
}


static const wf_value_t *
json_read(wf_arena_t *arena, const char *what, wf_str_t text)
{
    wf_error_t   err;
    wf_value_t  *value;

    if (wf_json_parse(arena, text, &value, &err) != WF_OK) {
        complain(what, wf_error_arg(&err, 0));
    }

    return value;
}


static const wf_value_t *
input_read(wf_arena_t *arena, const char *name)
{
    FILE      *file;
    wf_str_t   text;

    if (name == NULL) {
        return NULL;
    }

    file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");

    if (file == NULL) {
        complain(name, wf_str("cannot be opened"));
    }

    text = file_read(arena, file);

    if (file != stdin) {
        fclose(file);
    }

    return json_read(arena, name, text);
}


static void
bind(wf_arena_t *arena, options_t *options, const char *text)
{
    const char  *equals;

    equals = strchr(text, '=');

    if (equals == NULL || options->bound_count == BOUND_MAX) {
        usage();
    }

    options->bound[options->bound_count].name = (wf_str_t) {
        (size_t) (equals - text), (const uint8_t *) text };
    options->bound[options->bound_count].value =
        json_read(arena, text, wf_str_of(equals + 1));
    options->bound_count++;
}


/* The line that the position, in UTF-16 units, is in, and a caret below. */

static void
point_at(wf_str_t text, uint32_t position)
{
    size_t    i, line;
    uint32_t  units, column;

    line = 0;
    column = 0;
    units = 0;

    for (i = 0; i < text.len && units < position; i++) {

        if ((text.data[i] & 0xc0) == 0x80) {
            continue;
        }

        units += text.data[i] >= 0xf0 ? 2 : 1;
        column++;

        if (text.data[i] == '\n' && units < position) {
            line = i + 1;
            column = 0;
        }
    }

    for (i = line; i < text.len && text.data[i] != '\n'; i++) {
        fputc(text.data[i], stderr);
    }

    fprintf(stderr, "\n%*s\n", (int) column, "^");
}


static int
tell(wf_str_t text, const wf_jsonata_error_t *err)
{
    static const char *const  troubles[] = {
        [WF_JSONATA_UNSUPPORTED] = "the result is, or holds, a function",
        [WF_JSONATA_OOM] = "out of memory"
    };

    if (err->trouble == WF_JSONATA_UNSUPPORTED
        || err->trouble == WF_JSONATA_OOM)
    {
        fprintf(stderr, "jsonata: %s\n", troubles[err->trouble]);
        return 1;
    }

    fprintf(stderr, "%s: %.*s", err->code, (int) err->message.len,
            (const char *) err->message.data);

    if (err->position) {
        fprintf(stderr, " (at %u)\n", err->position);
        point_at(text, err->position);

    } else {
        fprintf(stderr, "\n");
    }

    return 1;
}


static wf_jsonata_env_t
env_make(const options_t *options, const wf_value_t *input)
{
    return (wf_jsonata_env_t) {
        .input = input,
        .bindings = options->bound,
        .binding_count = options->bound_count,
        .now_ms = clock_ns(CLOCK_REALTIME) / 1000000,
        .random_state = (uint64_t) clock_ns(CLOCK_MONOTONIC)
    };
}


static void
value_print(wf_arena_t *arena, const wf_value_t *value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, READ_BYTES);
    wf_json_print(&buf, value);
    wf_buf_byte(&buf, '\n');

    if (buf.failed) {
        complain("result", wf_str("out of memory"));
    }

    fwrite(buf.data, 1, buf.len, stdout);
}


static int
evaluate(wf_arena_t *arena, const options_t *options, wf_str_t text,
    const wf_value_t *input)
{
    wf_rc_t              rc;
    wf_jsonata_t        *jsonata;
    wf_jsonata_env_t     env;
    const wf_value_t    *value;
    wf_jsonata_error_t   err;

    if (wf_jsonata_compile(arena, options->dialect, text, &jsonata, &err)
        != WF_OK)
    {
        return tell(text, &err);
    }

    env = env_make(options, input);
    rc = wf_jsonata_eval(arena, jsonata, &env, &value, &err);

    if (rc == WF_ERROR) {
        return tell(text, &err);
    }

    if (rc == WF_OK) {
        value_print(arena, value);
    }

    return 0;
}


/* Compiled once; each evaluation starts with an empty arena.  Failing takes
 * its time, too. */

static int
measure(wf_arena_t *arena, const options_t *options, wf_str_t text,
    const wf_value_t *input)
{
    int64_t              start, end;
    wf_rc_t              rc;
    uint64_t             count, next;
    wf_arena_t          *scratch;
    wf_jsonata_t        *jsonata;
    wf_jsonata_env_t     first, env;
    const wf_value_t    *value;
    wf_jsonata_error_t   err;

    if (wf_jsonata_compile(arena, options->dialect, text, &jsonata, &err)
        != WF_OK)
    {
        return tell(text, &err);
    }

    first = env_make(options, input);
    scratch = wf_arena_create(READ_BYTES);
    start = clock_ns(CLOCK_MONOTONIC);
    rc = WF_DECLINED;
    next = 1;
    count = 0;

    do {
        for ( /* void */ ; count < next; count++) {
            wf_arena_reset(scratch);
            env = first;
            rc = wf_jsonata_eval(scratch, jsonata, &env, &value, &err);
        }

        next += count;
        end = clock_ns(CLOCK_MONOTONIC);
    } while (end - start < options->run_ms * (NS / 1000));

    printf("%.1f\n", (double) (end - start) / (double) count);

    if (rc == WF_ERROR) {
        (void) tell(text, &err);
    }

    wf_arena_free(scratch);

    return rc == WF_ERROR;
}


static void
line_answer(wf_buf_t *buf, wf_rc_t rc, const wf_value_t *value,
    const wf_jsonata_error_t *err)
{
    if (rc == WF_OK) {
        wf_buf_text(buf, "{\"result\":");
        wf_json_print(buf, value);
        wf_buf_text(buf, "}\n");

    } else if (rc == WF_DECLINED) {
        wf_buf_text(buf, "{\"undefined\":true}\n");

    } else {
        wf_buf_text(buf, "{\"code\":");
        wf_json_print_string(buf, err->trouble == WF_JSONATA_UNSUPPORTED
                                  ? wf_str("unsupported")
                                  : err->trouble == WF_JSONATA_OOM
                                  ? wf_str("oom") : wf_str_of(err->code));
        wf_buf_text(buf, ",\"position\":");
        wf_buf_uint(buf, err->position);
        wf_buf_text(buf, ",\"message\":");
        wf_json_print_string(buf, err->message);
        wf_buf_text(buf, "}\n");
    }
}


static void
line_evaluate(options_t *options, wf_str_t line)
{
    wf_rc_t              rc;
    wf_buf_t             buf;
    uint32_t             i;
    wf_arena_t          *arena;
    wf_jsonata_t        *jsonata;
    wf_jsonata_env_t     env;
    const wf_value_t    *value, *c, *expr, *bindings;
    wf_jsonata_error_t   err = { .code = "" };

    arena = wf_arena_create(0);
    c = json_read(arena, "line", line);
    expr = wf_value_get(c, wf_str("expr"));
    bindings = wf_value_get(c, wf_str("bindings"));

    if (expr == NULL || expr->type != WF_STRING) {
        complain("line", wf_str("has no expr"));
    }

    options->bound_count = 0;

    for (i = 0; bindings && i < bindings->count && i < BOUND_MAX; i++) {
        options->bound[i].name = bindings->u.members[i].key;
        options->bound[i].value = bindings->u.members[i].value;
        options->bound_count++;
    }

    rc = wf_jsonata_compile(arena, options->dialect, expr->u.string, &jsonata,
                            &err);

    if (rc == WF_OK) {
        env = env_make(options, wf_value_get(c, wf_str("data")));
        rc = wf_jsonata_eval(arena, jsonata, &env, &value, &err);
    }

    wf_buf_init(&buf, arena, READ_BYTES);
    line_answer(&buf, rc, value, &err);
    fwrite(buf.data, 1, buf.len, stdout);
    wf_arena_free(arena);
}


static int
lines_evaluate(options_t *options)
{
    char     *line;
    size_t    size;
    ssize_t   len;

    line = NULL;
    size = 0;

    while ((len = getline(&line, &size, stdin)) > 0) {
        line_evaluate(options, (wf_str_t) { (size_t) len, (uint8_t *) line });
        fflush(stdout);
    }

    free(line);

    return 0;
}


int
main(int argc, char **argv)
{
    int                rc, option;
    wf_arena_t        *arena;
    options_t          options = { .dialect = WF_JSONATA_STATES };
    const wf_value_t  *input;

    arena = wf_arena_create(READ_BYTES);

    while ((option = getopt(argc, argv, "rlt:b:")) != -1) {
        switch (option) {
        case 'r':
            options.dialect = WF_JSONATA_REFERENCE;
            break;
        case 'l':
            options.lines = true;
            break;
        case 't':
            options.run_ms = strtol(optarg, NULL, 10);
            break;
        case 'b':
            bind(arena, &options, optarg);
            break;
        default:
            usage();
        }
    }

    if (options.lines) {
        rc = lines_evaluate(&options);

    } else {
        if (optind + 1 != argc && optind + 2 != argc) {
            usage();
        }

        input = input_read(arena, argv[optind + 1]);
        rc = (options.run_ms > 0 ? measure : evaluate)(arena, &options,
             wf_str_of(argv[optind]), input);
    }

    wf_arena_free(arena);

    return rc;
}
