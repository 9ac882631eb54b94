
/*
 * Signatures of calls: keys are found when the configuration is read, calls
 * are signed as they leave.  How is wire's; secrets reach no log.
 */

#include "nginx/ngx_http_cloudflow_sign.h"
#include "nginx/ngx_http_cloudflow_credentials.h"

#include "wire/aws_arn.h"


#define REGION  "us-east-1"     /* where nobody says one */

/* In wf_signer_t. */
static const size_t  texts[] = {
    offsetof(wf_signer_t, key_id), offsetof(wf_signer_t, secret),
    offsetof(wf_signer_t, token), offsetof(wf_signer_t, region),
    offsetof(wf_signer_t, service), offsetof(wf_signer_t, host)
};

static const struct {
    ngx_str_t   name;
    size_t      offset;
} options[] = {
    { ngx_string("key="), offsetof(wf_signer_t, key_id) },
    { ngx_string("region="), offsetof(wf_signer_t, region) },
    { ngx_string("service="), offsetof(wf_signer_t, service) },
    { ngx_string("host="), offsetof(wf_signer_t, host) }
};


static wf_str_t *text_at(wf_signer_t *signer, size_t offset);
static ngx_uint_t is_word(ngx_str_t *word);
static ngx_int_t key_find(ngx_conf_t *cf, ngx_http_cloudflow_main_conf_t *cmcf,
    ngx_http_cloudflow_resource_t *resource);


char *
ngx_http_cloudflow_signing_keys(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    ngx_str_t  *value;

    if (cmcf->signing_keys != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        cmcf->signing_keys = NULL;
        return NGX_CONF_OK;
    }

    cmcf->signing_keys = ngx_http_cloudflow_credentials_read(cf, &value[1]);

    return cmcf->signing_keys ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static wf_str_t *
text_at(wf_signer_t *signer, size_t offset)
{
    return (wf_str_t *) ((u_char *) signer + offset);
}


/* They go into headers. */
static ngx_uint_t
is_word(ngx_str_t *word)
{
    ngx_uint_t  i;

    for (i = 0; i < word->len; i++) {
        if (word->data[i] <= ' ' || word->data[i] >= 0x7f) {
            return 0;
        }
    }

    return word->len > 0;
}


ngx_int_t
ngx_http_cloudflow_sign_option(ngx_conf_t *cf,
    ngx_http_cloudflow_resource_t *resource, ngx_str_t *word)
{
    wf_str_t    *text;
    ngx_str_t    value;
    ngx_uint_t   i;

    for (i = 0; i < wf_countof(options); i++) {
        if (word->len >= options[i].name.len
            && ngx_strncmp(word->data, options[i].name.data,
                           options[i].name.len) == 0)
        {
            break;
        }
    }

    if (i == wf_countof(options)) {
        return NGX_DECLINED;
    }

    text = text_at(&resource->signer, options[i].offset);
    value.data = word->data + options[i].name.len;
    value.len = word->len - options[i].name.len;

    if (text->len > 0 || !is_word(&value)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"",
                           word);
        return NGX_ERROR;
    }

    text->data = value.data;
    text->len = value.len;

    return NGX_OK;
}


ngx_int_t
ngx_http_cloudflow_sign_check(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf)
{
    ngx_uint_t                      i;
    ngx_http_cloudflow_resource_t  *resource;

    resource = cmcf->resources.elts;

    for (i = 0; i < cmcf->resources.nelts; i++) {
        if (key_find(cf, cmcf, &resource[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
key_find(ngx_conf_t *cf, ngx_http_cloudflow_main_conf_t *cmcf,
    ngx_http_cloudflow_resource_t *resource)
{
    wf_signer_t     *signer;
    const wf_key_t  *key;

    signer = &resource->signer;

    if (signer->key_id.len == 0) {

        if (signer->region.len || signer->service.len || signer->host.len) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "resource \"%V\" is signed with no \"key=\"",
                               &resource->pattern);
            return NGX_ERROR;
        }

        return NGX_OK;
    }

    key = cmcf->signing_keys
          ? wf_keys_find(&cmcf->signing_keys->keys, signer->key_id) : NULL;

    if (key == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "key \"%*s\" of resource \"%V\" is not in the "
                           "file of \"cloudflow_signing_keys\"",
                           signer->key_id.len, signer->key_id.data,
                           &resource->pattern);
        return NGX_ERROR;
    }

    signer->secret = key->secret;
    signer->token = key->token;

    return NGX_OK;
}


ngx_int_t
ngx_http_cloudflow_sign_create(const ngx_http_cloudflow_resource_t *resource,
    wf_signer_t **signer)
{
    u_char       *p;
    size_t        i, len;
    wf_str_t     *text;
    wf_signer_t   from;

    *signer = NULL;
    from = resource->signer;

    if (from.key_id.len == 0) {
        return NGX_OK;
    }

    len = sizeof(wf_signer_t);

    for (i = 0; i < wf_countof(texts); i++) {
        len += text_at(&from, texts[i])->len;
    }

    *signer = ngx_alloc(len, ngx_cycle->log);

    if (*signer == NULL) {
        return NGX_ERROR;
    }

    **signer = from;
    p = (u_char *) (*signer + 1);

    for (i = 0; i < wf_countof(texts); i++) {
        text = text_at(*signer, texts[i]);

        if (text->len > 0) {
            ngx_memcpy(p, text->data, text->len);
            text->data = p;
            p += text->len;
        }
    }

    return NGX_OK;
}


/* The region: the operator's, the resource's own, the state machine's. */
ngx_int_t
ngx_http_cloudflow_sign_call(ngx_http_cloudflow_call_t *call,
    const wf_signer_t *signer)
{
    wf_arn_t        arn;
    wf_signer_t     own;
    wf_outbound_t  *out;

    if (signer == NULL || call->out == NULL) {
        return NGX_OK;
    }

    out = call->out;
    own = *signer;

    if (own.region.len == 0) {
        own.region = out->request.region.len > 0 ? out->request.region
                     : wf_arn_of_flow(out->task->flow, &arn) == WF_OK
                     ? arn.region : wf_str(REGION);
    }

    switch (wf_sigv4_out(out->arena, &own, &out->request,
                         ngx_http_cloudflow_now()))
    {

    case WF_OK:
        return NGX_OK;

    case WF_DECLINED:
        call->fault = WF_FAULT_UNSIGNED;
        return NGX_ERROR;

    default:
        return NGX_ERROR;
    }
}
