
/*
 * JSONata's door: what the cases of t/cases/jsonata.json cannot tell.  What a
 * look shows, that compiled things are only read, limits and their counters,
 * and that memory may run out anywhere.
 */

#include "base/json.h"
#include "expr/jsonata.c"
#include "unit.h"


static wf_arena_t  *arena;


static wf_jsonata_t *
compiled(const char *text)
{
    wf_jsonata_t        *jsonata;
    wf_jsonata_error_t   err;

    if (wf_jsonata_compile(arena, WF_JSONATA_STATES, wf_str_of(text),
                           &jsonata, &err)
        != WF_OK)
    {
        printf("# %s: %s\n", text, err.code);
        return NULL;
    }

    return jsonata;
}


static const wf_value_t *
json(const char *text)
{
    wf_error_t   err;
    wf_value_t  *value;

    if (wf_json_parse(arena, wf_str_of(text), &value, &err) != WF_OK) {
        return NULL;
    }

    return value;
}


static wf_str_t
names(const wf_str_t *list, uint32_t count)
{
    uint32_t  i;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 16);

    for (i = 0; i < count; i++) {
        wf_buf_byte(&buf, ' ');
        wf_buf_str(&buf, list[i]);
    }

    return wf_buf_done(&buf);
}


TEST(look)
{
    unsigned                   i;
    wf_jsonata_t              *jsonata;
    const wf_jsonata_look_t   *look;

    static const struct {
        const char  *text;
        const char  *variables;
        const char  *unknown;
        unsigned     states;
        bool         context;
        bool         root;
        bool         relative;
    } rows[] = {
        { "1 + 2", "", "", 0, 0, 0, 0 },
        { "$a.b + $c", " a c", "", 0, 0, 0, 0 },
        { "$sum($a.b)", " a", "", 0, 0, 0, 0 },
        { "($x := $y; $x)", " y", "", 0, 0, 0, 0 },
        { "function($x){$x + $z}", " z", "", 0, 0, 0, 0 },
        { "$f($a)", " f a", " f", 0, 0, 0, 0 },
        { "$a ~> $g", " a g", " g", 0, 0, 0, 0 },
        { "$f(?, 1)", " f", " f", 0, 0, 0, 0 },
        { "($f := $sum; $f(1))", "", "", 0, 0, 0, 0 },
        { "$eval('1')", " eval", " eval", 0, 0, 0, 0 },
        { "$states.input.x", " states", "", WF_JSONATA_INPUT, 0, 0, 0 },
        { "$states.context & $states.result", " states", "",
          WF_JSONATA_CONTEXT | WF_JSONATA_RESULT, 0, 0, 0 },
        { "$states.errorOutput[0]", " states", "", WF_JSONATA_ERROR, 0, 0,
          0 },
        { "$states.other", " states", "", WF_JSONATA_OTHER, 0, 0, 0 },
        { "$states", " states", "", WF_JSONATA_WHOLE, 0, 0, 0 },
        { "$states.*", " states", "", WF_JSONATA_WHOLE, 0, 0, 0 },
        { "$lookup($states, 'input')", " states", "", WF_JSONATA_WHOLE, 0, 0,
          0 },
        { "$a.($states.input)", " a states", "", WF_JSONATA_INPUT, 0, 0, 0 },
        { "$", "", "", 0, 1, 0, 0 },
        { "$.a", "", "", 0, 1, 0, 0 },
        { "$$.a", "", "", 0, 0, 1, 0 },
        { "$a[$ > 1]", " a", "", 0, 0, 0, 0 },
        { "$a.{'x': $}", " a", "", 0, 0, 0, 0 },
        { "$a^($)", " a", "", 0, 0, 0, 0 },
        { "[$]", "", "", 0, 1, 0, 0 },
        { "function(){$}", "", "", 0, 1, 0, 0 },
        { "$a.b[$$.c]", " a", "", 0, 0, 1, 0 },
        { "a.b", "", "", 0, 0, 0, 1 },
        { "$a[b = 1].c", " a", "", 0, 0, 0, 0 },
        { "$a ~> |b|{'c': d}|", " a", "", 0, 0, 0, 0 },
        { "**", "", "", 0, 0, 0, 0 },
        { "$a@$i.$i#$k.($k & $l)", " a l", "", 0, 0, 0, 0 }
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        jsonata = compiled(rows[i].text);
        CHECK(jsonata != NULL);

        if (jsonata == NULL) {
            continue;
        }

        look = wf_jsonata_look(jsonata);
        CHECK_STR(names(look->variables, look->variable_count),
                  wf_str_of(rows[i].variables));
        CHECK_STR(names(look->unknown, look->unknown_count),
                  wf_str_of(rows[i].unknown));
        CHECK_INT(look->states, rows[i].states);
        CHECK_INT(look->context, rows[i].context);
        CHECK_INT(look->root, rows[i].root);
        CHECK_INT(look->relative, rows[i].relative);

        CHECK_STR(wf_jsonata_text(jsonata), wf_str_of(rows[i].text));
    }

    wf_arena_free(arena);
}


/* Bindings beat functions; one bound to nothing is nothing. */
TEST(bindings)
{
    wf_jsonata_t          *jsonata;
    wf_jsonata_env_t       env;
    const wf_value_t      *value;
    wf_jsonata_error_t     err;
    wf_jsonata_binding_t   bound[2];

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    bound[0] = (wf_jsonata_binding_t) { wf_str("a"), json("{\"b\":[1,2]}") };
    bound[1] = (wf_jsonata_binding_t) { wf_str("n"), NULL };
    env.bindings = bound;
    env.binding_count = 2;

    jsonata = compiled("$a.b[1] + 40");
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &value, &err), WF_OK);
    CHECK(value->type == WF_NUMBER && value->u.number.integer == 42);

    jsonata = compiled("$n");
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &value, &err),
              WF_DECLINED);

    /* What passes through is not copied. */
    jsonata = compiled("$a");
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &value, &err), WF_OK);
    CHECK(value == bound[0].value);

    wf_arena_free(arena);
}


TEST(work_is_counted)
{
    uint64_t             before;
    wf_jsonata_t        *jsonata;
    wf_jsonata_env_t     env;
    const wf_value_t    *value;
    wf_jsonata_error_t   err;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    jsonata = compiled("$sum([1..1000])");

    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &value, &err), WF_OK);
    before = env.meter.steps;
    CHECK(before > 500 && before < 10000);

    /* Added to what was there. */
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &value, &err), WF_OK);
    CHECK_INT(env.meter.steps, 2 * before);

    env.meter = (wf_meter_t) { .steps = 2 * before,
                               .steps_max = 3 * before - 1 };
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &value, &err), WF_ERROR);
    CHECK_INT(err.trouble, WF_JSONATA_LIMIT);
    CHECK_STR(wf_str_of(err.code), wf_str("D1012"));

    env.meter = (wf_meter_t) { .steps = 0 };
    env.byte_max = 1000;
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &value, &err), WF_ERROR);
    CHECK_STR(wf_str_of(err.code), wf_str("D1014"));

    env.byte_max = 0;
    env.depth_max = 2;
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &value, &err), WF_ERROR);
    CHECK_STR(wf_str_of(err.code), wf_str("D1011"));

    wf_arena_free(arena);
}


/* The same random state gives the same answers. */
TEST(randomness_is_the_environment_s)
{
    wf_jsonata_t        *jsonata;
    wf_jsonata_env_t     env;
    const wf_value_t    *first, *second;
    wf_jsonata_error_t   err;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    jsonata = compiled("[$uuid(), $random(), $shuffle([1..9])]");

    env.random_state = 5;
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &first, &err), WF_OK);
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &second, &err), WF_OK);
    CHECK(!wf_value_eq(first, second));

    env.random_state = 5;
    CHECK_INT(wf_jsonata_eval(arena, jsonata, &env, &second, &err), WF_OK);
    CHECK(wf_value_eq(first, second));

    wf_arena_free(arena);
}


static wf_rc_t
everything(wf_arena_t *memory, const wf_value_t *input,
    wf_jsonata_error_t *err)
{
    wf_rc_t            rc;
    wf_jsonata_t      *jsonata;
    wf_jsonata_env_t   env;
    const wf_value_t  *value;

    static const char  text[] =
        "($f := function($x)<n:n>{$x + 1}; $o := a^(>b){$string(b): $sum(c.d)};"
        "$m := $map(a, function($v, $i){$v.b & $i}); $p := $substring(?, 1);"
        "[$o, $m, $p('abc'), a@$x.$x.c#$i.{'x': $x.b, 'i': $i, 'd': d}, a.c.%.b,"
        " $replace('aXbXc', /X(.)/, '-$1'), $match('aa', /a/),"
        " $split('a,b', ','), a ~> |c|{'e': 5}, 'd'|, **.d, a.*,"
        " $distinct(a.b), $keys(a), $spread(a[0]), $merge(a), $f(1),"
        " $sort([3,1,2]), $zip([1,2],[3,4]), $string(a), $uppercase('\xc3\xa9'),"
        " $base64encode('x'), $encodeUrl('\xc3\xa9 '), $formatNumber(12.5, '0.00'),"
        " $fromMillis(0), $reduce([1,2,3], function($x, $y){$x + $y}),"
        " ($abs ~> $string)(-1), $eval('1 + b', {'b': 2}), b ?? 'none',"
        " $pad('x', 5), $trim(' a  b '), $join(['a','b'], '-'), 'lone' & 1.5])";

    memset(&env, 0, sizeof(env));
    env.input = input;
    rc = wf_jsonata_compile(memory, WF_JSONATA_REFERENCE, wf_str(text),
                            &jsonata, err);

    return rc == WF_OK ? wf_jsonata_eval(memory, jsonata, &env, &value, err)
                       : rc;
}


/* Memory runs out at each allocation in turn: an error that says so. */
TEST(no_memory)
{
    wf_rc_t              rc;
    uint64_t             n;
    wf_arena_t          *memory;
    const wf_value_t    *input;
    wf_jsonata_error_t   err;

    arena = wf_arena_create(0);
    input = json("{\"a\":[{\"b\":1,\"c\":[{\"d\":1},{\"d\":2}]},"
                 "{\"b\":2,\"c\":[{\"d\":3}]}]}");

    for (n = 1; n < 100000; n++) {
        memory = wf_arena_create(0);
        wf_arena_fail_after(n);
        rc = everything(memory, input, &err);
        wf_arena_fail_after(0);
        wf_arena_free(memory);

        if (rc == WF_OK) {
            break;
        }

        if (err.trouble != WF_JSONATA_OOM) {
            printf("# allocation %u: %s %.*s\n", (unsigned) n, err.code,
                   (int) err.message.len, (const char *) err.message.data);
        }

        CHECK_INT(err.trouble, WF_JSONATA_OOM);
    }

    CHECK(n > 100);
    CHECK_INT(rc, WF_OK);
    printf("# %u allocations\n", (unsigned) n);
    wf_arena_free(arena);
}


UNIT_MAIN()
