
/*
 * Answers about versions and aliases (cloudflow-api 3.19 to 3.26).  Writes
 * text, decides nothing.  The same alias has three faces: flat from
 * CreateFlowAlias, nested from the others, with weights as strings in lists.
 */

#include "wire/rpc_print.h"


static void
print_number(wf_buf_t *buf, wf_str_t key, uint64_t number, bool as_text)
{
    wf_buf_str(buf, key);

    if (as_text) {
        wf_buf_byte(buf, '"');
    }

    wf_buf_uint(buf, number);

    if (as_text) {
        wf_buf_byte(buf, '"');
    }
}


void
wf_rpc_print_version(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_version_view_t  *version;

    (void) message;

    version = reply->u.versions;
    print_text(buf, KEY("FlowName"), version->flow);
    print_number(buf, KEY("Version"), version->version, true);
    print_text(buf, KEY("Description"), version->description);
    print_time(buf, KEY("CreatedTime"), version->created_ms);
}


void
wf_rpc_print_versions(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t                  i;
    const wf_version_view_t  *version;

    (void) message;

    open_list(buf, KEY("FlowVersions"));

    for (i = 0; i < reply->count; i++) {
        version = &reply->u.versions[i];

        if (i > 0) {
            wf_buf_byte(buf, ',');
        }

        print_number(buf, FIRST_KEY("Version"), version->version, true);
        print_text(buf, KEY("Description"), version->description);
        print_time(buf, KEY("CreatedTime"), version->created_ms);
        wf_buf_byte(buf, '}');
    }

    close_list(buf, reply);
}


/* The members after the name. */
static void
print_rest(wf_buf_t *buf, const wf_alias_view_t *alias, bool weight_as_text)
{
    uint32_t  i;

    print_text(buf, KEY("Description"), alias->description);
    open_list(buf, KEY("RoutingConfigurations"));

    for (i = 0; i < alias->route_count; i++) {

        if (i > 0) {
            wf_buf_byte(buf, ',');
        }

        print_number(buf, FIRST_KEY("Version"), alias->routes[i].version,
                     true);
        print_number(buf, KEY("Weight"), alias->routes[i].weight,
                     weight_as_text);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    print_time(buf, KEY("CreatedTime"), alias->created_ms);
}


void
wf_rpc_print_alias(wf_buf_t *buf, const wf_alias_view_t *alias, bool is_flat)
{
    if (is_flat) {
        print_text(buf, KEY("FlowName"), alias->flow);
        print_text(buf, KEY("Name"), alias->name);
        print_rest(buf, alias, false);
        return;
    }

    wf_buf_str(buf, KEY("Alias"));
    print_text(buf, FIRST_KEY("Name"), alias->name);
    print_rest(buf, alias, false);
    wf_buf_byte(buf, '}');
}


void
wf_rpc_print_aliases(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;

    (void) message;

    open_list(buf, KEY("Aliases"));

    for (i = 0; i < reply->count; i++) {
        open_element(buf, FIRST_KEY("Name"), i, reply->u.aliases[i].name);
        print_rest(buf, &reply->u.aliases[i], true);
        wf_buf_byte(buf, '}');
    }

    close_list(buf, reply);
}
