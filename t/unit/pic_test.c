
/*
 * Pictures of JSONata, case by case.  What has "ours" behind it differs from
 * the reference implementation on purpose (docs/jsonata.md).
 */

#include <math.h>

#include "base/json.h"
#include "expr/jsonata_pic.h"
#include "unit.h"


#define NOW_MS  1795534452109.0         /* 2026-11-24T15:34:12.109Z */


typedef struct {
    double       v;
    const char  *picture;
    const char  *more;                  /* options or zone */
    const char  *want;                  /* "!D3130": that error */
} print_case_t;

typedef struct {
    const char  *text;
    const char  *picture;
    double       want;                  /* NAN: nothing */
    const char  *code;
} read_case_t;


static wf_arena_t  *arena;


static void
check_print(wf_rc_t rc, wf_str_t out, const char *code, const char *want)
{
    if (*want == '!') {
        CHECK_INT(rc, WF_ERROR);
        CHECK_STR(wf_str_of(code), wf_str_of(want + 1));

    } else {
        CHECK_INT(rc, WF_OK);
        CHECK_STR(rc == WF_OK ? out : wf_str_of(code), wf_str_of(want));
    }
}


static void
check_read(wf_rc_t rc, double got, const char *code, const read_case_t *item)
{
    CHECK_INT(rc, item->code ? WF_ERROR : isnan(item->want) ? WF_DECLINED
                                                            : WF_OK);

    if (rc == WF_ERROR) {
        CHECK_STR(wf_str_of(code), wf_str_of(item->code));

    } else if (rc == WF_OK && got != item->want) {
        printf("# %s by %s: %.17g, want %.17g\n", item->text,
               item->picture ? item->picture : "ISO", got, item->want);
        CHECK(got == item->want);
    }
}


TEST(format_number)
{
    static const print_case_t  cases[] = {
        { 12345678.9, "9,999.99", NULL, "12,345,678.90" },
        { 123412345678.9, "9,9,99.99", NULL, "123412345,6,78.90" },
        { 123.9, "9999", NULL, "0124" },
        { 0.14, "01%", NULL, "14%" },
        { 0.4857, "###.###\xe2\x80\xb0", NULL, "485.7\xe2\x80\xb0" },
        { 0.123, "#.e9", NULL, "0.1e0" },
        { 0.234, ".00e0", NULL, ".23e0" },
        { 185.28119999999998, "PREFIX##00.000###SUFFIX", NULL,
          "PREFIX185.2812SUFFIX" },
        { 2, "AAA.AAA", "{\"zero-digit\":\"A\"}", "AAC.AAA" },
        { 42, "0e0", NULL, "4e1" },
        { 0, "0.00e0", NULL, "0.00e0" },
        { -5, "0;(0)", NULL, "(5)" },
        { -5, "0;-(0)", NULL, "-(5)" },
        { -0.4, "0", NULL, "-0" },
        { 0, "#", NULL, "0" },
        { 0, "#.#", NULL, ".0" },
        { 0.05, "#.#", NULL, ".0" },
        { 2.5, "0", NULL, "2" },
        { 3.5, "0", NULL, "4" },
        { 1.005, "0.00", NULL, "1.00" },
        { 0.1 + 0.2, "0.00000000000000000000", NULL,
          "0.30000000000000004441" },
        { 123456789012345678.0, "#,##0.00", NULL,
          "123,456,789,012,345,664.00" },
        { 1e21, "#,##0", NULL, "1,000,000,000,000,000,000,000" },  /* ours */
        { 1e300, "0.0e0", NULL, "1.0e300" },
        { 9.99, "0.0e0", NULL, "10.0e0" },
        { 0.00234, "000.00e00", NULL, "234.00e-05" },
        { 1234, "#e0", NULL, "0.1e4" },                            /* ours */
        { 5.4, "a0.0e0", NULL, "a5.4e0" },                         /* ours */
        { 5.4, "00.00 each", NULL, "05.40 each" },
        { 5.4, "price 0.0", NULL, "price 5.4" },
        { 1234.5, "#.##0,00", "{\"decimal-separator\":\",\","
          "\"grouping-separator\":\".\"}", "1.234,50" },
        { -1234.5, "0", "{\"minus-sign\":\"neg \"}", "neg 1234" },
        { 0.5, "0pct", "{\"percent\":\"pct\"}", "50pct" },
        { 1234, "##,####,##0", NULL, "1,234" },
        { 1234567890123, "##,####,##0", NULL, "123456,7890,123" },
        { 1234.5678, "#,##0.##,##", NULL, "1,234.56,78" },
        { 1234, "#,####,#", NULL, "123,4" },                       /* ours */
        { INFINITY, "(0)", NULL, "(Infinity)" },
        { 5, "0", "{\"zero-digit\":\"\"}", "5" },
        { 20, "#;#;#", NULL, "!D3080" },
        { 20, "#.0.0", NULL, "!D3081" },
        { 20, "0%%", NULL, "!D3082" },
        { 20, "0\xe2\x80\xb0\xe2\x80\xb0", NULL, "!D3083" },
        { 20, "0%\xe2\x80\xb0", NULL, "!D3084" },
        { 20, ".", NULL, "!D3085" },
        { 20, "0;", NULL, "!D3085" },
        { 20, "0+.e0", NULL, "!D3086" },
        { 42, "---", NULL, "!D3086" },
        { 20, "0,.e0", NULL, "!D3087" },
        { 20, "0,", NULL, "!D3088" },
        { 20, "0,,0", NULL, "!D3089" },
        { 20, "0#.e0", NULL, "!D3090" },
        { 20, "#0.#0e0", NULL, "!D3091" },
        { 20, "#0.0e0%", NULL, "!D3092" },
        { 20, "#0.0e0,0", NULL, "!D3093" },
        { 20, "0e", NULL, "!D3093" }
    };

    size_t       i;
    wf_rc_t      rc;
    wf_str_t     out;
    wf_error_t   err;
    wf_value_t  *options;
    const char  *code;

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        options = NULL;
        out = wf_str_none;

        if (cases[i].more) {
            CHECK_INT(wf_json_parse(arena, wf_str_of(cases[i].more), &options,
                                    &err), WF_OK);
        }

        rc = wf_pic_format_number(arena, cases[i].v,
                                  wf_str_of(cases[i].picture), options, &out,
                                  &code);
        check_print(rc, out, code, cases[i].want);
        wf_arena_free(arena);
    }
}


TEST(format_integer)
{
    static const print_case_t  cases[] = {
        { 123, "0000", NULL, "0123" },
        { -3, "0000", NULL, "-0003" },
        { 12.6, "###0", NULL, "12" },
        { -1.7, "0", NULL, "-2" },
        { 1234, "###0;o", NULL, "1234th" },
        { 11, "0;o", NULL, "11th" },
        { 22, "0;o", NULL, "22nd" },
        { 12340, "###\xd9\xa1", NULL,
          "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa0" },
        { 12345678, "#,##0", NULL, "12,345,678" },
        { 1234567890, "#:###,##0", NULL, "1234:567,890" },
        { 12, "#:###,##0", NULL, "12" },                           /* ours */
        { 1234567, "#\xf0\x9f\x91\x8d" "000", NULL,
          "1\xf0\x9f\x91\x8d" "234\xf0\x9f\x91\x8d" "567" },
        { 1234567, "0,,0", NULL, "123456,,7" },
        { 1e20, "0", NULL, "100000000000000000000" },
        { 0, "I", NULL, "" },
        { 99, "i", NULL, "xcix" },
        { 1984, "I", NULL, "MCMLXXXIV" },
        { 0, "w", NULL, "zero" },
        { -5, "w", NULL, "-five" },
        { 34, "w", NULL, "thirty-four" },
        { 121, "Ww", NULL, "One Hundred and Twenty-One" },
        { 1100, "w", NULL, "one thousand, one hundred" },
        { 1000000000001, "w", NULL, "one trillion and one" },
        { 1e46, "w", NULL, "ten billion trillion trillion trillion" },
        { 555, "W;o", NULL, "FIVE HUNDRED AND FIFTY-FIFTH" },
        { 730, "w;o", NULL, "seven hundred and thirtieth" },
        { 1000, "w;o", NULL, "one thousandth" },
        { 27, "a", NULL, "aa" },
        { 123456, "A", NULL, "FZPH" },
        { 5, "", NULL, "!D3130" },
        { 5, "##", NULL, "!D3130" },
        { 5, "\xce\xb1", NULL, "!D3130" },
        { 5, "##0\xef\xbc\x90", NULL, "!D3131" },
        { 1e21, "I", NULL, "!D1001" },
        { INFINITY, "w", NULL, "!D1001" }
    };

    size_t       i;
    wf_rc_t      rc;
    wf_str_t     out;
    const char  *code;

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        out = wf_str_none;
        rc = wf_pic_format_integer(arena, cases[i].v,
                                   wf_str_of(cases[i].picture), &out, &code);
        check_print(rc, out, code, cases[i].want);
        wf_arena_free(arena);
    }
}


TEST(parse_integer)
{
    static const read_case_t  cases[] = {
        { "1234", "0", 1234, NULL },
        { "123rd", "000;o", 123, NULL },
        { "12,345,678", "#,##0", 12345678, NULL },
        { "12345,67,890", "##,##,##0", 1234567890, NULL },
        { "1234:567,890", "#:###,##0", 1234567890, NULL },
        { "1.234.567", "#.##0", 1234567, NULL },                   /* ours */
        { "-12", "0", -12, NULL },
        { " 12 ", "0", 12, NULL },
        { "12a", "0", 12, NULL },
        { "abc", "0", NAN, NULL },
        { "", "0", NAN, NULL },
        { "1", "0;o", NAN, NULL },
        { "\xd9\xa1\xd9\xa2", "\xd9\xa0", 12, NULL },
        { "12", "\xd9\xa0", NAN, NULL },
        { "MCMLXXXIV", "I", 1984, NULL },
        { "xcix", "i", 99, NULL },
        { "Q", "I", NAN, NULL },
        { "twelve", "w", 12, NULL },
        { "Seven Hundred and Thirty-Third", "Ww;o", 733, NULL },
        { "one hundredth", "w;o", 100, NULL },
        { "three hundred and twenty-seven thousand, seven hundred and "
          "thirty", "w", 327730, NULL },
        { "ten billion trillion trillion trillion", "w", 1e46, NULL },
        { "nineteen hundred and eighty-four", "w", 1984, NULL },
        { "one and", "w", NAN, NULL },
        { "one  two", "w", NAN, NULL },
        { "onetwo", "w", NAN, NULL },
        { "FZPH", "A", 123456, NULL },
        { "z", "a", 26, NULL },
        { "Z", "a", NAN, NULL },                                   /* ours */
        { "50", "#", 0, "D3130" },
        { "50", "0\xef\xbc\x99", 0, "D3131" }
    };

    size_t       i;
    double       v;
    wf_rc_t      rc;
    const char  *code;

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        rc = wf_pic_parse_integer(arena, wf_str_of(cases[i].text),
                                  wf_str_of(cases[i].picture), &v, &code);
        check_read(rc, v, code, &cases[i]);
        wf_arena_free(arena);
    }
}


TEST(from_millis)
{
    static const print_case_t  cases[] = {
        { 1, NULL, NULL, "1970-01-01T00:00:00.001Z" },
        { 1540127100000, NULL, "-0500", "2018-10-21T08:05:00.000-05:00" },
        { 1540127100000, NULL, "0000", "2018-10-21T13:05:00.000Z" },
        { 1521801216617, "Year: <[Y0001]>", NULL, "Year: <2018>" },
        { 1522616700000, "[F0] [FNn]", NULL, "7 Sunday" },
        { 1531310400000, "[Y]-[M01]-[D01]T[H01]:[m]:[s][Z0]", "-0500",
          "2018-07-11T07:00:00-5" },
        { 1531310400000, "[H01][z]", "-0500", "07GMT-05:00" },
        { 1531310400000, "[H01]:[m][Z0]", "-0530", "06:30-5:30" },  /* ours */
        { 1531310400000, "[H01]:[m][Z]", "+05:30", "17:30+05:30" }, /* ours */
        { 1204405500000, "[s].[f001][Z0101t]", "+0530", "00.000+0530" },
        { 1230757500000, "[Z010101t]", "+0530", "!D3134" },
        { 1230757500000, "[Z]", "abc", "!D3134" },                 /* ours */
        { 1521801216617, "[D#1,2]/[M1,2]/[Y##01,2-2]", NULL, "23/03/18" },
        { 1521801216617, "[D1] [M01] [YI]", NULL, "23 03 MMXVIII" },
        { 1521801216617, "[Da] [MA] [Yi]", NULL, "w C mmxviii" },
        { 1521801216617, "[Dwo] [M01] [Y]", NULL, "twenty-third 03 2018" },
        { 1521801216617, "[FNn,3-3], [D1o] [MNn,3-3] [Y] [C]", NULL,
          "Fri, 23rd Mar 2018 ISO" },
        { 1204405500000, "[F], [D]/[M]/[Y] [h]:[m]:[s] [P]", NULL,
          "saturday, 1/3/2008 9:05:00 pm" },
        { 1521801216617, "[h] [PN] [d] [Y9,999,*-4]", NULL, "10 AM 82 2,018" },
        { 0, "[Y01] [Y001] [Y1] [Y,6] [Y,*-1]", NULL,
          "70 970 1970 001970 0" },
        { 0, "[[[Y]]] ]] ]", NULL, "[1970] ] ]" },
        { 0, "[ Y 00\xc2\xa0" "01 , 2 - 2 ]", NULL, "70" },
        { 1545739200000, "[W]", NULL, "52" },
        { 1420459200000, "[W]", NULL, "2" },
        { 1359720000000, "[w] of [xNn]", NULL, "5 of January" },
        { 1533038400000, "[w] of [xNn]", NULL, "1 of August" },
        { 1419940800000, "[w] of [xNn]", NULL, "1 of January" },
        { 1104537600000, "[X0001]-W[W01]-[F1]", NULL, "2004-W53-6" },
        { 1230681600000, "[X0001]-W[W01]-[F1]", NULL, "2009-W01-3" },
        { -62167219200001, NULL, NULL, "-0001-12-31T23:59:59.999Z" },
        { 8.64e15, "[Y]", NULL, "275760" },
        { 8.64e15 + 1, "[Y]", NULL, "!D1001" },                    /* ours */
        { NAN, "[Y]", NULL, "!D1001" },
        { 0, "", NULL, "" },
        { 0, "[q]", NULL, "!D3132" },
        { 0, "[]", NULL, "!D3132" },
        { 0, "[YN]-[M]-[D]", NULL, "!D3133" },
        { 0, "[YN]-[M", NULL, "!D3135" },
        { 0, "[Fo]", NULL, "!D3130" },
        { 0, "[h0\xd9\xa0]", NULL, "!D3131" },
        { 0, "[Y,5000]", NULL, "!D1014" }                          /* ours */
    };

    size_t       i;
    wf_rc_t      rc;
    wf_str_t     out, picture, zone;
    const char  *code;

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        out = wf_str_none;
        picture = cases[i].picture ? wf_str_of(cases[i].picture)
                                   : wf_str_none;
        zone = cases[i].more ? wf_str_of(cases[i].more) : wf_str_none;
        rc = wf_pic_from_millis(arena, cases[i].v, picture, zone, &out, &code);
        check_print(rc, out, code, cases[i].want);
        wf_arena_free(arena);
    }
}


TEST(to_millis)
{
    static const read_case_t  cases[] = {
        { "1970-01-01T00:00:00.001Z", NULL, 1, NULL },
        { "2018-02-01T09:42:13.123+0000", NULL, 1517478133123, NULL },
        { "2018-03-04T05:06:07-01:30", NULL, 1520145367000, NULL },
        { "2018-03-04T05:06:07.123456789Z", NULL, 1520139967123, NULL },
        { "2018", NULL, 1514764800000, NULL },
        { "2018-03", NULL, 1519862400000, NULL },
        { "2018-02-30", NULL, 1519948800000, NULL },
        { "0000-01-01", NULL, -62167219200000, NULL },
        { "2018-03-04T24:00:00Z", NULL, 1520208000000, NULL },
        { "2018-03-04T24:00:01Z", NULL, 0, "D3110" },              /* ours */
        { "2018-13-01", NULL, 0, "D3110" },                        /* ours */
        { "01-02-2018", NULL, 0, "D3110" },
        { "2018-03-04T05:06", NULL, 0, "D3110" },
        { "2018-03-04T05:06:07.Z", NULL, 0, "D3110" },
        { "", NULL, 0, "D3110" },
        { "201802", "[Y0001][M01]", 1517443200000, NULL },
        { "201802", "[Y,*-4][M01]", 1517443200000, NULL },
        { "20240101123849", "[Y0000][M00][D00][H00][m00][s00]",
          1704112729000, NULL },
        { "Hello", "Hello", NAN, NULL },
        { "HELLO 2018", "hello [Y]", 1514764800000, NULL },
        { "21st 12 1881", "[D1o] [M01] [Y0001]", -2777932800000, NULL },
        { "27 iii MMXVIII", "[D1] [Mi] [YI]", 1522108800000, NULL },
        { "ae C mmxviii", "[Da] [MA] [Yi]", 1522454400000, NULL },
        { "2 Feb 2012", "[D1] [MNn,3-3] [Y0001]", 1328140800000, NULL },
        { "2 FEB 2012", "[D1] [MN,3-3] [Y0001]", 1328140800000,
          NULL },                                                  /* ours */
        { "2 Foo 2012", "[D1] [MN,3-3] [Y0001]", NAN, NULL },      /* ours */
        { "one thousand, nine hundred and eighty-four", "[Yw]",
          441763200000, NULL },
        { "twenty-first August two thousand and seventeen",
          "[Dw] [MNn] [Yw]", 1503273600000, NULL },
        { "sixty-second two thousand and thirteen", "[dwo] [Yw]",
          1362268800000, NULL },                                   /* ours */
        { "4/4/2018 12:06 am", "[D1]/[M1]/[Y0001] [h]:[m] [P]",
          1522800360000, NULL },
        { "4/4/2018 11:30 PM", "[D1]/[M1]/[Y0001] [h]:[m] [P]",
          1522884600000, NULL },
        { "13:45", "[H]:[m]", 1795527900000, NULL },
        { "5", "[h]", 1795496400000, NULL },
        { "three hundred and sixty-fifth day of 2018",
          "[dwo] day of [Y]", 1546214400000, NULL },
        { "2018 60 5", "[Y] [d] [H]", 1519880400000, NULL },       /* ours */
        { "18", "[Y01]", -1640995200000, NULL },
        { "1805", "[Y,2][M]", -1630627200000, NULL },
        { "7.5", "[s].[f]", 1795534447500, NULL },
        { "05 -01:30", "[H] [Z]", 1795501800000, NULL },
        { "05 +130", "[H] [Z000]", 1795491000000, NULL },          /* ours */
        { "05 Z", "[H] [Z0101t]", 1795496400000, NULL },           /* ours */
        { "05 gmt+01:00", "[H] [z]", 1795492800000, NULL },
        { "2020-09-09 12:00:00 +0530",
          "[Y0001]-[M01]-[D01] [H01]:[m01]:[s01] [Z0001]",
          1599633000000, NULL },
        { "\xd9\xa2\xd9\xa0\xd9\xa1\xd9\xa8", "[Y\xd9\xa0]",
          1514764800000, NULL },                                   /* ours */
        { "monday", "[F]", NOW_MS, NULL },
        { "irrelevant", "[Y]-[M]-[D]", NAN, NULL },
        { "999999999", "[Y]", NAN, NULL },
        { "2018-05-22", "[Y]-[M]-[q]", 0, "D3132" },
        { "2018-05-22", "[YN]-[M]-[D]", 0, "D3133" },
        { "2018 ISO", "[Y] [C]", 0, "D3133" },
        { "2018-22", "[Y]-[D]", 0, "D3136" },
        { "5-22 23:59", "[M]-[D] [m]:[s]", 0, "D3136" },
        { "2018-3-2-5", "[X]-[x]-[w]-[F1]", 0, "D3136" },
        { "2018-01-01 5", "[Y]-[M]-[D] [h]", 0, "D3136" },
        { "2018 12", "[Y] [Mxx]", 0, "D3130" }
    };

    size_t       i;
    double       ms;
    wf_rc_t      rc;
    wf_str_t     picture;
    const char  *code;

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        picture = cases[i].picture ? wf_str_of(cases[i].picture)
                                   : wf_str_none;
        rc = wf_pic_to_millis(arena, wf_str_of(cases[i].text), picture,
                              NOW_MS, &ms, &code);
        check_read(rc, ms, code, &cases[i]);
        wf_arena_free(arena);
    }
}


/* Adjacent numbers of any length: without its memory of failures, matching
 * would never end. */

TEST(to_millis_hostile)
{
    int          i;
    double       ms;
    wf_buf_t     text, picture;
    const char  *code;

    arena = wf_arena_create(0);
    wf_buf_init(&text, arena, 1024);
    wf_buf_init(&picture, arena, 1024);

    for (i = 0; i < 100; i++) {
        wf_buf_text(&picture, "[Yi]");
        wf_buf_text(&text, "iiii");
    }

    wf_buf_text(&text, "!");

    CHECK_INT(wf_pic_to_millis(arena, wf_buf_done(&text),
                               wf_buf_done(&picture), 0, &ms, &code),
              WF_DECLINED);

    for (i = 0; i < 100; i++) {
        wf_buf_text(&picture, "[Yw] [Dw]");
    }

    CHECK_INT(wf_pic_to_millis(arena, wf_buf_done(&text),
                               wf_buf_done(&picture), 0, &ms, &code),
              WF_ERROR);
    CHECK_STR(wf_str_of(code), wf_str("D1014"));
    wf_arena_free(arena);
}


TEST(numbers)
{
    static const struct {
        double       v;
        const char  *text;
    } texts[] = {
        { 5, "5" }, { 1e100, "1e+100" }, { 1e-100, "1e-100" },
        { 1e-6, "0.000001" }, { 1e-7, "1e-7" }, { -0.0, "0" },
        { 1e20, "100000000000000000000" }, { 1e21, "1e+21" },
        { 0.1 + 0.2, "0.3" }, { 1.0 / 3, "0.333333333333333" },
        { 5890840712243076, "5890840712243076" },
        { 1e16 / 3, "3333333333333330" },
        { 1e22 / 3, "3.3333333333333335e+21" },
        { 100000000000000.5, "100000000000001" },
        { 999999999999999.9, "1000000000000000" },
        { 5e-324, "5e-324" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { 0.000001234567890123456, "0.00000123456789012346" }
    };
    static const struct {
        double  v, precision, want;
    } rounds[] = {
        { 4, 0, 4 }, { 2.3, 0, 2 }, { 3.5, 0, 4 }, { 0.5, 0, 0 },
        { -7.5, 0, -8 }, { -8.5, 0, -8 }, { 12450, -2, 12400 },
        { 6.022e-23, 24, 6e-23 }, { 1.005, 2, 1 }, { 2.675, 2, 2.68 },
        { 0.125, 2, 0.12 }, { 5e20, -21, 0 }, { 1e21, -21, 1e21 },
        { 123.456, 400, 123.456 }, { 123.456, -400, 0 },
        { 4503599627370497.5, 0, 4503599627370498 }
    };
    static const read_case_t  reads[] = {
        { "1e2", NULL, 100, NULL }, { "-007", NULL, -7, NULL },
        { "00", NULL, 0, NULL }, { "0x12", NULL, 18, NULL },
        { "0O17", NULL, 15, NULL }, { "0b11", NULL, 3, NULL },
        { "0xfffffffffffffffff", NULL, 295147905179352825856.0, NULL },
        { "0x20000000000001", NULL, 9007199254740992.0, NULL },
        { "0x20000000000003", NULL, 9007199254740996.0, NULL },
        { "10e500", NULL, NAN, NULL }, { "", NULL, NAN, NULL },
        { "-0x12", NULL, NAN, NULL }, { "0b12", NULL, NAN, NULL },
        { "0x", NULL, NAN, NULL }, { "1.", NULL, NAN, NULL },
        { ".5", NULL, NAN, NULL }, { "1e", NULL, NAN, NULL },
        { "+5", NULL, NAN, NULL }, { " 5", NULL, NAN, NULL },
        { "5 ", NULL, NAN, NULL }, { "-", NULL, NAN, NULL }
    };
    static const struct {
        double       v, radix;
        const char  *want;
    } bases[] = {
        { 100, 2, "1100100" }, { 99.5, 2.5, "1100100" },
        { -255.5, 16, "-100" }, { 254.5, 16, "fe" }, { 255, 36.5, "73" },
        { 0, 7, "0" }, { -0.3, 2, "0" },
        { 1e21, 16, "3635c9adc5dea00000" },
        { 9091757427663496, 6.2, "225304315411411324104" },
        { 100, 1, "!D3100" }, { 100, 37, "!D3100" },
        { INFINITY, 2, "!D1001" }
    };

    size_t       i;
    double       v;
    wf_rc_t      rc;
    wf_str_t     out;
    const char  *code;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(texts); i++) {
        CHECK_INT(wf_pic_number_text(arena, texts[i].v, &out), WF_OK);
        CHECK_STR(out, wf_str_of(texts[i].text));
    }

    for (i = 0; i < wf_countof(rounds); i++) {
        v = wf_pic_round(rounds[i].v, rounds[i].precision);
        CHECK(v == rounds[i].want && (v != 0 || !signbit(v)));
    }

    for (i = 0; i < wf_countof(reads); i++) {
        rc = wf_pic_parse_number(wf_str_of(reads[i].text), &v);
        check_read(rc, v, NULL, &reads[i]);
    }

    for (i = 0; i < wf_countof(bases); i++) {
        rc = wf_pic_format_base(arena, bases[i].v, bases[i].radix, &out,
                                &code);
        check_print(rc, out, code, bases[i].want);
    }

    /* DBL_MAX has 1024 binary digits. */

    CHECK_INT(wf_pic_format_base(arena, -1.7976931348623157e308, 2, &out,
                                 &code), WF_OK);
    CHECK_INT(out.len, 1025);
    wf_arena_free(arena);
}


/* Nothing is an empty text, but for the pictures that may be left out. */

TEST(nothing)
{
    double       v;
    wf_str_t     out;
    const char  *code;

    arena = wf_arena_create(0);

    CHECK_INT(wf_pic_format_number(arena, 1, wf_str_none, NULL, &out, &code),
              WF_ERROR);
    CHECK_STR(wf_str_of(code), wf_str("D3085"));
    CHECK_INT(wf_pic_format_integer(arena, 1, wf_str_none, &out, &code),
              WF_ERROR);
    CHECK_STR(wf_str_of(code), wf_str("D3130"));
    CHECK_INT(wf_pic_parse_integer(arena, wf_str_none, wf_str("0"), &v, &code),
              WF_DECLINED);
    CHECK_INT(wf_pic_parse_integer(arena, wf_str_none, wf_str("w"), &v, &code),
              WF_DECLINED);
    CHECK_INT(wf_pic_to_millis(arena, wf_str_none, wf_str("[Yw]"), 0, &v,
                               &code), WF_DECLINED);
    CHECK_INT(wf_pic_to_millis(arena, wf_str_none, wf_str_none, 0, &v, &code),
              WF_ERROR);
    CHECK_STR(wf_str_of(code), wf_str("D3110"));
    CHECK_INT(wf_pic_parse_number(wf_str_none, &v), WF_DECLINED);
    wf_arena_free(arena);
}


/* Each allocation fails once: never a crash, never a code. */

TEST(memory)
{
    int          what;
    double       v;
    wf_rc_t      rc;
    uint64_t     n;
    wf_str_t     out;
    const char  *code;

    for (what = 0; what < 5; what++) {
        rc = WF_ERROR;

        for (n = 1; rc != WF_OK; n++) {
            arena = wf_arena_create(64);
            code = "unset";
            wf_arena_fail_after(n);

            switch (what) {
            case 0:
                rc = wf_pic_format_number(arena, 1234.5, wf_str("#,##0.0,0"),
                                          NULL, &out, &code);
                break;
            case 1:
                rc = wf_pic_format_integer(arena, 1e46, wf_str("W;o"), &out,
                                           &code);
                break;
            case 2:
                rc = wf_pic_parse_integer(arena, wf_str("1,234"),
                                          wf_str("#,##0"), &v, &code);
                break;
            case 3:
                rc = wf_pic_from_millis(arena, 0, wf_str_none, wf_str_none,
                                        &out, &code);
                break;
            default:
                rc = wf_pic_to_millis(arena, wf_str("1970-1-1 + 0"),
                                      wf_str("[Y]-[M]-[D] + [H]"), 0, &v,
                                      &code);
            }

            wf_arena_fail_after(0);
            CHECK(rc == WF_OK || (rc == WF_ERROR && code == NULL));
            wf_arena_free(arena);
        }

        CHECK(n > 1);
    }
}


UNIT_MAIN()
