
/*
 * The filter of names.  Owns its layers; each is a blocked Bloom filter: a
 * name's bits stand in one block of 64 bytes, one cache line.  A full layer is
 * followed by one of twice the size, up to LAYER_MAX blocks; the last layer
 * is filled beyond its measure rather than refusing, and errs more often.
 */

#include "base/arena.h"
#include "shard/names.h"


#define BLOCK        64                 /* bytes */
#define NAMES_BLOCK  32                 /* names a block is meant for */
#define BITS         7                  /* set by each name */
#define LAYER_MIN    256                /* blocks: 16 KiB, 8,192 names */
#define LAYER_MAX    65536              /* blocks: 4 MiB, 2.1 million names */


static wf_rc_t layer_add(wf_names_t *names, uint64_t blocks);


void
wf_names_init(wf_names_t *names, uint64_t expected)
{
    memset(names, 0, sizeof(wf_names_t));
    layer_add(names, expected / NAMES_BLOCK + 1);
}


void
wf_names_free(wf_names_t *names)
{
    uint32_t  i;

    for (i = 0; i < names->layer_count; i++) {
        wf_free(names->layers[i].bits);
    }

    memset(names, 0, sizeof(wf_names_t));
}


uint64_t
wf_names_hash(uint64_t flow_no, wf_str_t name)
{
    return wf_hash(flow_no * 0x9e3779b97f4a7c15ull, name);
}


static wf_rc_t
layer_add(wf_names_t *names, uint64_t blocks)
{
    wf_names_layer_t  *layer;

    if (names->layer_count == WF_NAMES_LAYERS_MAX) {
        return WF_ERROR;
    }

    blocks = wf_max(blocks, LAYER_MIN);
    blocks = wf_min(blocks, LAYER_MAX);

    layer = &names->layers[names->layer_count];
    layer->bits = wf_malloc(blocks * BLOCK);

    if (layer->bits == NULL) {
        return WF_ERROR;
    }

    memset(layer->bits, 0, blocks * BLOCK);
    layer->block_count = (uint32_t) blocks;
    layer->room = blocks * NAMES_BLOCK;
    names->layer_count++;

    return WF_OK;
}


/* The upper half of the hash chooses the block, the lower makes the bits. */

static uint8_t *
block_of(const wf_names_layer_t *layer, uint64_t hash)
{
    return layer->bits + ((hash >> 32) * layer->block_count >> 32) * BLOCK;
}


static uint32_t
bit_of(uint64_t hash, uint32_t i)
{
    uint32_t  step;

    step = ((uint32_t) (hash >> 9) & 511) | 1;

    return ((uint32_t) hash + i * step) & 511;
}


wf_rc_t
wf_names_add(wf_names_t *names, uint64_t hash)
{
    uint8_t           *block;
    uint32_t           i, bit;
    wf_names_layer_t  *layer;

    layer = names->layer_count ? &names->layers[names->layer_count - 1] : NULL;

    if (layer == NULL || layer->room == 0) {
        if (layer_add(names, layer ? (uint64_t) layer->block_count * 2 : 0)
            == WF_OK)
        {
            layer = &names->layers[names->layer_count - 1];
        }
    }

    if (layer == NULL) {
        names->is_lossy = true;
        return WF_ERROR;
    }

    block = block_of(layer, hash);

    for (i = 0; i < BITS; i++) {
        bit = bit_of(hash, i);
        block[bit / 8] |= (uint8_t) (1 << bit % 8);
    }

    if (layer->room > 0) {
        layer->room--;
    }

    return WF_OK;
}


static bool
layer_has(const wf_names_layer_t *layer, uint64_t hash)
{
    uint32_t        i, bit;
    const uint8_t  *block;

    block = block_of(layer, hash);

    for (i = 0; i < BITS; i++) {
        bit = bit_of(hash, i);

        if ((block[bit / 8] & 1 << bit % 8) == 0) {
            return false;
        }
    }

    return true;
}


bool
wf_names_may_have(const wf_names_t *names, uint64_t hash)
{
    uint32_t  i;

    if (!names->is_whole || names->is_lossy) {
        return true;
    }

    for (i = names->layer_count; i > 0; i--) {
        if (layer_has(&names->layers[i - 1], hash)) {
            return true;
        }
    }

    return false;
}
