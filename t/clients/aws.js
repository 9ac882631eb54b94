'use strict';

// Npm @aws-sdk/client-sfn, unmodified, driven by aws.py: reads one call a
// line from stdin, {"id", "operation", "input", "profile", "sync"}, and
// writes one answer a line, {"id", "output"} or {"id", "error"}.  Endpoint,
// region and keys are from the environment, as any program has them.

const http = require('http');
const path = require('path');
const readline = require('readline');

const from = path.join(process.env.CLOUDFLOW_CLIENTS, 'node_modules');
const sfn = require(path.join(from, '@aws-sdk/client-sfn'));

const clients = {};

// The client puts "sync-" before the host of some operations, which no
// resolver knows: asked for any host, this one says 127.0.0.1.
const lookup = (host, options, done) => (options.all
    ? done(null, [{ address: '127.0.0.1', family: 4 }])
    : done(null, '127.0.0.1', 4));

function client(profile, sync) {
    const key = `${profile} ${sync}`;
    if (!clients[key]) {
        clients[key] = new sfn.SFNClient(Object.assign(
            { profile, maxAttempts: 1 }, sync && {
                endpoint: process.env.CLOUDFLOW_NAMED,
                requestHandler: { httpAgent: new http.Agent({ lookup }) } }));
    }
    return clients[key];
}

const operations = Object.keys(sfn)
    .map((name) => (/^([A-Z]\w+)Command$/.exec(name) || [])[1])
    .filter(Boolean);

function error(e) {
    return { code: e.name, message: e.message,
             status: e.$metadata && e.$metadata.httpStatusCode,
             id: e.$metadata && e.$metadata.requestId,
             typed: Boolean(sfn[e.name]) && e instanceof sfn[e.name]
                    && e instanceof sfn.SFNServiceException };
}

async function answer(call) {
    let said;
    try {
        const output = await client(call.profile, call.sync).send(
            new sfn[`${call.operation}Command`](call.input));
        said = { output };
    } catch (e) {
        said = { error: error(e) };
    }
    console.log(JSON.stringify(Object.assign({ id: call.id }, said)));
}

console.log(JSON.stringify({ operations }));
readline.createInterface({ input: process.stdin })
    .on('line', (line) => answer(JSON.parse(line)))
    .on('close', () => process.exit(0));
