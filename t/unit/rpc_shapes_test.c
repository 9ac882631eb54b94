
/*
 * Shapes against the actions that exist.
 */

#include "unit.h"

#include "wire/rpc_shapes.c"


TEST(every_action_has_a_shape)
{
    size_t  i;

    static const char  *names[] = {
#define ACTION(protocol, name, begin, commit, route, kind)  #name,
#include "actions/actions.def"
#undef ACTION
    };

    for (i = 0; i < wf_countof(names); i++) {
        CHECK(wf_rpc_shape(wf_str_of(names[i])) != NULL);
    }

    CHECK_INT(wf_countof(rows), wf_countof(names));
    CHECK(wf_rpc_shape(wf_str("createFlow")) == NULL);
    CHECK(wf_rpc_shape(wf_str("")) == NULL);
}


TEST(fields_are_sound)
{
    size_t             i, k, n;
    const wf_field_t  *field;

    for (i = 0; i < wf_countof(rows); i++) {

        for (k = 0; k < rows[i].shape.count; k++) {
            field = &rows[i].shape.fields[k];
            CHECK(field->name.len > 0);
            CHECK(field->arg < WF_ARG_COUNT);
            CHECK((field->kind == WF_FIELD_ENUM) == (field->choices != NULL));
            CHECK(field->min <= field->max);

            for (n = 0; n < k; n++) {
                CHECK(rows[i].shape.fields[n].arg != field->arg);
            }
        }
    }
}


UNIT_MAIN()
