
/*
 * Words for what is wrong with a JSON text.  Scans to the first fault and
 * stops; makes no values.  json_scan.c decides whether there is a fault.
 */

#include "base/json_fault.h"

#include <stdio.h>

#include "base/limits.h"


#define EXCERPT_MAX  500        /* characters */
#define TOKEN_MAX    256        /* bytes of one that is not recognized */

#define VALUES  "JSON String, Number, Array, Object or token 'null', 'true' " \
                "or 'false'"

typedef struct {
    wf_str_t   text;
    size_t     at;
    wf_buf_t  *reason;
    char       open[WF_DEPTH_MAX];  /* '{' or '[' of each level */
    uint32_t   depth;
} scan_t;


static void
say(scan_t *scan, const char *words)
{
    wf_buf_str(scan->reason, wf_str_of(words));
}


static void
blanks(scan_t *scan)
{
    uint8_t  byte;

    while (scan->at < scan->text.len) {
        byte = scan->text.data[scan->at];

        if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r') {
            break;
        }

        scan->at++;
    }
}


/* -1: the end. */
static int
peek(const scan_t *scan)
{
    return scan->at < scan->text.len ? scan->text.data[scan->at] : -1;
}


static bool
is_word(int byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
           || (byte >= '0' && byte <= '9') || byte == '_' || byte == '$'
           || byte >= 0x80;
}


/* "Unexpected character ('x' (code 120)): WORDS"; always false. */
static bool
unexpected(scan_t *scan, const char *words)
{
    int      byte;
    char     code[32];
    size_t   len;

    byte = peek(scan);

    if (byte < 0) {
        say(scan, "Unexpected end-of-input");

        if (scan->depth) {
            say(scan, ": expected close marker for ");
            say(scan, scan->open[scan->depth - 1] == '{' ? "Object"
                                                         : "Array");
        }

        return false;
    }

    len = 1;

    while (byte >= 0x80 && scan->at + len < scan->text.len
           && (scan->text.data[scan->at + len] & 0xc0) == 0x80)
    {
        len++;
    }

    (void) snprintf(code, sizeof(code), "' (code %d)): ", byte);

    say(scan, "Unexpected character ('");
    wf_buf_str(scan->reason, (wf_str_t) { len, scan->text.data + scan->at });
    say(scan, code);
    say(scan, words);
    scan->at += len;

    return false;
}


static bool
string(scan_t *scan)
{
    int   byte;
    char  words[96];

    scan->at++;

    for ( ;; ) {
        byte = peek(scan);

        if (byte < 0) {
            say(scan, "Unexpected end-of-input: was expecting closing quote "
                "for a string value");
            return false;
        }

        scan->at++;

        if (byte == '"') {
            return true;
        }

        if (byte < 0x20) {
            (void) snprintf(words, sizeof(words), "Illegal unquoted "
                            "character ((CTRL-CHAR, code %d)): ", byte);
            say(scan, words);
            say(scan, "has to be escaped using backslash to be included in "
                "string value");
            return false;
        }

        if (byte == '\\') {
            byte = peek(scan);

            if (byte >= 0 && strchr("\"\\/bfnrtu", byte) == NULL) {
                (void) snprintf(words, sizeof(words), "Unrecognized "
                                "character escape '%c' (code %d)",
                                byte < 0x80 ? byte : '?', byte);
                say(scan, words);
                scan->at++;
                return false;
            }

            scan->at += byte >= 0;
        }
    }
}


static bool
number(scan_t *scan)
{
    size_t  first;

    first = scan->at + (peek(scan) == '-');

    if (first + 1 < scan->text.len
        && scan->text.data[first] == '0'
        && scan->text.data[first + 1] >= '0'
        && scan->text.data[first + 1] <= '9')
    {
        scan->at = first + 1;
        say(scan, "Invalid numeric value: Leading zeroes not allowed");
        return false;
    }

    scan->at++;

    while (peek(scan) >= 0 && strchr("0123456789+-.eE", peek(scan))) {
        scan->at++;
    }

    return true;
}


static bool
word(scan_t *scan)
{
    size_t    len;
    wf_str_t  token;

    token.data = scan->text.data + scan->at;
    token.len = 0;

    while (is_word(peek(scan))) {
        scan->at++;
        token.len++;
    }

    if (wf_str_eq(token, wf_str("true")) || wf_str_eq(token, wf_str("false"))
        || wf_str_eq(token, wf_str("null")))
    {
        return true;
    }

    len = wf_min(token.len, TOKEN_MAX);

    while (len > 0 && len < token.len && (token.data[len] & 0xc0) == 0x80) {
        len--;
    }

    say(scan, "Unrecognized token '");
    wf_buf_str(scan->reason, (wf_str_t) { len, token.data });
    say(scan, len < token.len ? "..." : "");
    say(scan, "': was expecting (" VALUES ")");

    return false;
}


/* A scalar, or the beginning of a container. */
static bool
value(scan_t *scan)
{
    int  byte;

    blanks(scan);
    byte = peek(scan);

    if (byte == '{' || byte == '[') {
        if (scan->depth == WF_DEPTH_MAX) {
            say(scan, "Document nesting depth exceeds the maximum allowed");
            return false;
        }

        scan->open[scan->depth++] = (char) byte;
        scan->at++;

        return true;
    }

    if (byte == '"') {
        return string(scan);
    }

    if (byte == '-' || (byte >= '0' && byte <= '9')) {
        return number(scan);
    }

    if (is_word(byte)) {
        return word(scan);
    }

    return unexpected(scan, "expected a valid value (" VALUES ")");
}


/* A member's name and colon. */
static bool
name(scan_t *scan)
{
    blanks(scan);

    if (peek(scan) != '"') {
        return unexpected(scan, "was expecting double-quote to start field "
                          "name");
    }

    if (!string(scan)) {
        return false;
    }

    blanks(scan);

    if (peek(scan) != ':') {
        return unexpected(scan, "was expecting a colon to separate field "
                          "name and value");
    }

    scan->at++;

    return true;
}


/* After a value: ends containers; false: a fault, or the end of all. */
static bool
more(scan_t *scan)
{
    char  open;
    int   byte;

    while (scan->depth) {
        open = scan->open[scan->depth - 1];
        blanks(scan);
        byte = peek(scan);

        if (byte == (open == '{' ? '}' : ']')) {
            scan->at++;
            scan->depth--;
            continue;
        }

        if (byte != ',') {
            return unexpected(scan, open == '{'
                              ? "was expecting comma to separate Object "
                                "entries"
                              : "was expecting comma to separate Array "
                                "entries");
        }

        scan->at++;

        return open == '[' || name(scan);
    }

    return false;
}


static void
find(scan_t *scan)
{
    int       byte;
    uint32_t  depth;

    for ( ;; ) {
        depth = scan->depth;

        if (!value(scan)) {
            return;
        }

        if (scan->depth > depth) {
            blanks(scan);
            byte = peek(scan);

            if (scan->open[depth] == '{') {
                if (byte != '}') {
                    if (!name(scan)) {
                        return;
                    }

                    continue;
                }

            } else if (byte != ']') {
                continue;
            }
        }

        if (!more(scan)) {
            break;
        }
    }

    if (scan->reason->len == 0) {
        blanks(scan);

        if (peek(scan) >= 0) {
            (void) value(scan);
        }
    }

    if (scan->reason->len == 0) {
        say(scan, "Invalid JSON text");
    }
}


static size_t
excerpt_len(wf_str_t text)
{
    size_t  i, count;

    count = 0;

    for (i = 0; i < text.len; i++) {
        if ((text.data[i] & 0xc0) != 0x80 && ++count > EXCERPT_MAX) {
            break;
        }
    }

    return i;
}


void
wf_json_fault(wf_str_t text, wf_arena_t *arena, wf_json_fault_t *fault)
{
    size_t    i;
    scan_t    scan;
    wf_buf_t  reason, more_buf;

    wf_buf_init(&reason, arena, 0);
    wf_buf_init(&more_buf, arena, 0);

    scan.text = text;
    scan.at = 0;
    scan.depth = 0;
    scan.reason = &reason;
    find(&scan);

    fault->line = 1;
    fault->column = 1;

    for (i = 0; i < scan.at && i < text.len; i++) {
        if (text.data[i] == '\n') {
            fault->line++;
            fault->column = 1;

        } else if ((text.data[i] & 0xc0) != 0x80) {
            fault->column++;
        }
    }

    fault->excerpt = (wf_str_t) { excerpt_len(text), text.data };

    if (fault->excerpt.len < text.len) {
        wf_buf_text(&more_buf, "[truncated ");
        wf_buf_uint(&more_buf, text.len - fault->excerpt.len);
        wf_buf_text(&more_buf, " chars]");
    }

    fault->reason = reason.failed || more_buf.failed ? wf_str_none
                                                     : wf_buf_done(&reason);
    fault->more = wf_buf_done(&more_buf);
}
