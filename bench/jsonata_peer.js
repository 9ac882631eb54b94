/*
 * node jsonata_peer.js PACKAGE MILLISECONDS EXPR FILE
 *
 * The reference implementation on node: prints what one evaluation takes, in
 * nanoseconds, after a run of the same length to warm up; 0 milliseconds: the
 * value.
 */

'use strict';

const fs = require('fs');
const jsonata = require(process.argv[2]);

const compiled = jsonata(process.argv[4]);
const input = JSON.parse(fs.readFileSync(process.argv[5], 'utf8'));
const run_ms = Number(process.argv[3]);

async function time(ms) {
    const start = process.hrtime.bigint();
    let count = 0, next = 1, taken;

    do {
        for (; count < next; count++) {
            await compiled.evaluate(input);
        }

        next += Math.max(1, count >> 2);
        taken = Number(process.hrtime.bigint() - start);
    } while (taken < ms * 1e6);

    return taken / count;
}

(async () => {
    if (run_ms === 0) {
        console.log(JSON.stringify(await compiled.evaluate(input)));
        return;
    }

    await time(run_ms);
    console.log((await time(run_ms)).toFixed(1));
})();
