
/*
 * Answers of services that speak XML, as JSON: an element with elements inside
 * is an object, a repeated name a list, text a string, one whose elements are
 * all called "member" a list of those.  Attributes are passed over, and so are
 * comments, processing instructions and the document type; no entity but the
 * five of XML and numbered ones.
 */

#ifndef WF_XML_H
#define WF_XML_H


#include "base/value.h"


/* The root element's value; *name: its name.  NULL: no memory, or malformed
 * (*failed says which). */
wf_value_t *wf_xml_parse(wf_arena_t *arena, wf_str_t text, wf_str_t *name,
    bool *failed);


#endif /* WF_XML_H */
