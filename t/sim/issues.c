
/*
 * The auditor's opinion of versions and aliases: a number is given once, an
 * alias names versions that are there, what it names is not erased but with
 * the flow, and an execution runs what its version was.
 */

#include "t/sim/sim.h"


/* A version that was written once, or an alias as it was last written. */
typedef struct issue_s  issue_t;

struct issue_s {
    uint8_t             kind;       /* WF_ITEM_VERSION, WF_ITEM_ALIAS */
    bool                is_there;   /* not erased since */
    wf_flow_version_t   version;
    wf_flow_alias_t     alias;
    issue_t            *next;
};

typedef struct {
    uint8_t    kind;
    bool       is_unsure;           /* the last append may be there, or not */
    uint32_t   count;
} scan_t;

static issue_t  *issues;


void
sim_issues_open(void)
{
    issues = NULL;
}


static issue_t *
version_known(uint64_t flow_no, uint64_t number)
{
    issue_t  *issue;

    for (issue = issues; issue != NULL; issue = issue->next) {
        if (issue->kind == WF_ITEM_VERSION
            && issue->version.flow_no == flow_no
            && issue->version.version == number)
        {
            break;
        }
    }

    return issue;
}


static issue_t *
issue_add(uint8_t kind)
{
    issue_t  *issue;

    issue = wf_arena_calloc(sim.arena, sizeof(issue_t));
    issue->kind = kind;
    issue->is_there = true;
    issue->next = issues;
    issues = issue;

    return issue;
}


static void
version_write(const wf_store_item_t *item, bool is_unsure)
{
    issue_t            *known;
    wf_flow_version_t   version;

    if (wf_version_decode(wf_arena_copy(sim.arena, item->value), &version) != WF_OK) {
        sim_failed("a malformed version");
        return;
    }

    if (version_known(version.flow_no, version.version) != NULL
        || (version.version > 1
            && version_known(version.flow_no, version.version - 1) == NULL
            && !is_unsure))
    {
        sim_failed("version %llu of flow %llu is given twice, or out of turn",
                   (unsigned long long) version.version,
                   (unsigned long long) version.flow_no);
    }

    for (known = issues; known != NULL; known = known->next) {
        if (known->kind == WF_ITEM_VERSION
            && known->version.request_key == version.request_key)
        {
            sim_failed("one call published twice");
        }
    }

    issue_add(WF_ITEM_VERSION)->version = version;
}


static issue_t *
alias_known(uint64_t flow_no, wf_str_t name)
{
    issue_t  *issue;

    for (issue = issues; issue != NULL; issue = issue->next) {
        if (issue->kind == WF_ITEM_ALIAS && issue->alias.flow_no == flow_no
            && wf_str_eq(issue->alias.name, name))
        {
            break;
        }
    }

    return issue;
}


static void
alias_write(const wf_store_item_t *item)
{
    uint32_t          i;
    issue_t          *issue, *version;
    wf_flow_alias_t   alias;

    if (wf_alias_decode(wf_arena_copy(sim.arena, item->value), &alias) != WF_OK) {
        sim_failed("a malformed alias");
        return;
    }

    for (i = 0; i < alias.route_count; i++) {
        version = version_known(alias.flow_no, alias.routes[i].version);

        if (version == NULL || !version->is_there
            || version->version.revision != alias.routes[i].revision)
        {
            sim_failed("alias %.*s names version %llu, which is not there",
                       (int) alias.name.len, alias.name.data,
                       (unsigned long long) alias.routes[i].version);
        }
    }

    issue = alias_known(alias.flow_no, alias.name);

    if (issue == NULL) {
        issue = issue_add(WF_ITEM_ALIAS);
    }

    issue->alias = alias;
    issue->is_there = true;
}


static bool
is_named(const wf_flow_version_t *version)
{
    uint32_t  i;
    issue_t  *issue;

    for (issue = issues; issue != NULL; issue = issue->next) {
        if (issue->kind != WF_ITEM_ALIAS || !issue->is_there
            || issue->alias.flow_no != version->flow_no)
        {
            continue;
        }

        for (i = 0; i < issue->alias.route_count; i++) {
            if (issue->alias.routes[i].version == version->version) {
                return true;
            }
        }
    }

    return false;
}


static wf_str_t
issue_key(const issue_t *issue)
{
    wf_buf_t  key;

    wf_buf_init(&key, sim.arena, 32);

    if (issue->kind == WF_ITEM_VERSION) {
        wf_version_key(&key, issue->version.flow_no, issue->version.version);

    } else {
        wf_alias_key(&key, issue->alias.flow_no, issue->alias.name);
    }

    return wf_buf_done(&key);
}


static void
issue_erase(const wf_store_item_t *item)
{
    wf_str_t  key;
    issue_t  *issue;

    for (issue = issues; issue != NULL; issue = issue->next) {
        if (issue->kind != item->kind || !issue->is_there) {
            continue;
        }

        key = issue_key(issue);

        if (item->erase_prefix ? !wf_str_starts(key, item->key)
                               : !wf_str_eq(key, item->key))
        {
            continue;
        }

        if (item->erase && issue->kind == WF_ITEM_VERSION
            && is_named(&issue->version))
        {
            sim_failed("a version is erased that an alias names");
        }

        issue->is_there = false;
    }
}


void
sim_issues_append(const wf_store_item_t *item, bool is_unsure)
{
    if (item->erase || item->erase_prefix) {
        issue_erase(item);

    } else if (item->kind == WF_ITEM_VERSION) {
        version_write(item, is_unsure);

    } else {
        alias_write(item);
    }
}


/* What the store holds is what was acknowledged; an append that failed oddly
 * may have been done. */

static wf_rc_t
issue_seen(void *data, wf_str_t key, wf_str_t value)
{
    scan_t           *scan;
    issue_t          *issue;
    wf_store_item_t   item;

    scan = data;
    item = (wf_store_item_t) {
        .kind = scan->kind, .key = key, .value = value
    };

    for (issue = issues; issue != NULL; issue = issue->next) {
        if (issue->kind == item.kind && issue->is_there
            && wf_str_eq(issue_key(issue), key))
        {
            break;
        }
    }

    if (issue == NULL && scan->is_unsure) {
        sim_issues_append(&item, true);

    } else if (issue == NULL) {
        sim_failed("a version or alias comes from nowhere");

    } else if (issue->kind == WF_ITEM_ALIAS && scan->is_unsure) {
        alias_write(&item);
    }

    return WF_OK;
}


static wf_rc_t
issue_found(void *data, wf_str_t key, wf_str_t value)
{
    (void) key;
    (void) value;
    *(bool *) data = true;

    return WF_OK;
}


static bool
issue_is_stored(const issue_t *issue)
{
    bool        is_found;
    wf_error_t  err;

    is_found = false;
    wf_store_memory.item(sim.reader, issue->kind, issue_key(issue),
                         issue_found, &is_found, &err);

    return is_found;
}


static wf_rc_t
issue_count(void *data, wf_str_t key, wf_str_t value)
{
    (void) key;
    (void) value;
    ((scan_t *) data)->count++;

    return WF_OK;
}


/* Versions first: aliases name them.  If the last append may or may not be
 * there, what is not is taken as erased. */

void
sim_issues_scan(bool is_unsure)
{
    uint32_t    i, count;
    issue_t    *issue;
    scan_t    seen;
    wf_error_t  err;

    static const uint8_t  kinds[] = { WF_ITEM_VERSION, WF_ITEM_ALIAS };

    for (i = 0; i < wf_countof(kinds); i++) {
        seen = (scan_t) { .kind = kinds[i], .is_unsure = is_unsure };

        if (wf_store_memory.items(sim.reader, seen.kind, wf_str(""), 1000,
                                  issue_seen, &seen, &err) != WF_OK
            || wf_store_memory.items(sim.reader, seen.kind, wf_str(""), 1000,
                                     issue_count, &seen, &err) != WF_OK)
        {
            sim_failed("items: %s", err.arg[0]);
            return;
        }

        for (count = 0, issue = issues; issue != NULL; issue = issue->next) {
            if (issue->kind == seen.kind && issue->is_there && is_unsure) {
                issue->is_there = issue_is_stored(issue);
            }

            count += issue->kind == seen.kind && issue->is_there;
        }

        if (count != seen.count) {
            sim_failed("%u versions or aliases are known, %u are stored",
                       count, seen.count);
        }
    }
}


/* What a qualifier meant was a version once, and is what runs. */

void
sim_issues_record(const wf_record_t *record)
{
    issue_t  *issue;

    if ((record->version != 0) != (record->qualifier.len > 0)) {
        sim_failed("execution %.*s: a qualifier without a version",
                   (int) record->name.len, record->name.data);
    }

    if (record->version == 0) {
        return;
    }

    issue = version_known(record->flow_no, record->version);

    if (issue == NULL || issue->version.revision != record->revision) {
        sim_failed("execution %.*s: runs what its version is not",
                   (int) record->name.len, record->name.data);
    }
}


void
sim_issues_version(const wf_version_view_t *view, const char *action)
{
    issue_t  *issue;

    for (issue = issues; issue != NULL; issue = issue->next) {
        if (issue->kind == WF_ITEM_VERSION
            && issue->version.version == view->version
            && issue->version.created_ms == view->created_ms)
        {
            return;
        }
    }

    sim_failed("%s: client was told of version %llu, which is not durable",
               action, (unsigned long long) view->version);
}


/* Of the last write, or one that came before. */

void
sim_issues_alias(const wf_alias_view_t *view, const char *action)
{
    issue_t  *issue;

    for (issue = issues; issue != NULL; issue = issue->next) {
        if (issue->kind == WF_ITEM_ALIAS
            && wf_str_eq(issue->alias.name, view->name))
        {
            return;
        }
    }

    sim_failed("%s: client was told of alias %.*s, which is not durable",
               action, (int) view->name.len, view->name.data);
}
