// The official Node clients, unmodified, against a running server:
//
//     node clients.js KIND URL ID SECRET [TOKEN]
//
// KIND: pop-get, pop-post, openapi-v1, openapi-v3.  One story is told to
// each of them; only how a call is made and how an error looks differ.
'use strict';

const modules = process.env.CLOUDFLOW_CLIENTS + '/node_modules/';
const VERSION = '2019-03-15';

let count = 0;
let failed = 0;

function ok(condition, name, got) {
    count++;
    failed += condition ? 0 : 1;
    console.log(`${condition ? 'ok' : 'not ok'} ${count} - ${kind}: ${name}`);
    if (!condition && got !== undefined) {
        console.log('# got ' + JSON.stringify(got));
    }
}

// The order of members is free.
function sorted(value) {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (value && typeof value === 'object') {
        return Object.fromEntries(Object.keys(value).sort()
            .map((key) => [key, sorted(value[key])]));
    }
    return value;
}

function is(got, want, name) {
    ok(JSON.stringify(sorted(got)) === JSON.stringify(sorted(want)), name,
       got);
}

const [kind, url, id, secret, token] = process.argv.slice(2);


// --- how each client makes a call, and what it shows of an error ----------

// As the official SDKs send them.
const READS = /^(Describe(?!Regions$)|List|Get|UpdateMapRun$)/;
const IN_QUERY = /^TaskToken$/;

function popCore(method, key) {
    const { RPCClient } = require(modules + '@alicloud/pop-core');
    const client = new RPCClient({
        endpoint: url, apiVersion: VERSION, accessKeyId: key.id,
        accessKeySecret: key.secret, securityToken: key.token,
    });
    return {
        call: (action, params) => client.request(action, params,
                                                 { method, timeout: 70000 }),
        error: (e) => ({ code: e.code, message: e.data && e.data.Message,
                         status: e.entry && e.entry.response.statusCode,
                         host: e.data && e.data.HostId,
                         text: e.message }),
    };
}

function openapi(algorithm, key) {
    const core = require(modules + '@alicloud/openapi-client');
    const { RuntimeOptions } = require(modules + '@alicloud/tea-util');
    const client = new core.default(new core.Config({
        endpoint: url.replace('http://', ''), protocol: 'http',
        accessKeyId: key.id, accessKeySecret: key.secret,
        securityToken: key.token, signatureAlgorithm: algorithm,
        type: key.token ? 'sts' : 'access_key',
    }));
    const runtime = new RuntimeOptions({ readTimeout: 70000,
                                         connectTimeout: 5000 });
    return {
        call: async (action, given) => {
            const params = Object.fromEntries(Object.entries(given)
                .map(([name, value]) => [name, String(value)]));
            const read = READS.test(action);
            const query = {};
            const body = {};
            for (const [name, value] of Object.entries(params)) {
                (read || IN_QUERY.test(name) ? query : body)[name] = value;
            }
            const answer = await client.callApi(new core.Params({
                action, version: VERSION, protocol: 'HTTP', pathname: '/',
                method: read ? 'GET' : 'POST', authType: 'AK', style: 'RPC',
                reqBodyType: 'formData', bodyType: 'json',
            }), new core.OpenApiRequest(read ? { query } : { query, body }),
            runtime);
            return answer.body;
        },
        error: (e) => ({ code: e.code, message: e.data && e.data.Message,
                         status: e.data && e.data.statusCode,
                         host: e.data && e.data.HostId,
                         text: e.message }),
    };
}

const kinds = {
    'pop-get': (key) => popCore('GET', key),
    'pop-post': (key) => popCore('POST', key),
    'openapi-v1': (key) => openapi('v2', key),
    'openapi-v3': (key) => openapi(undefined, key),
};

const client = kinds[kind]({ id, secret, token });

// What was answered well, for the count of clients by action.
const called = new Set();

async function call(action, params) {
    const answer = await client.call(action, params || {});
    called.add(action);
    return answer;
}

async function refused(name, want, action, params, as) {
    const who = as || client;
    try {
        const answer = await who.call(action, params);
        ok(false, name, answer);
    } catch (e) {
        const got = who.error(e);
        ok(got.code === want.code && got.status === want.status
           && (want.message === undefined || got.message === want.message)
           && typeof got.host === 'string', name,
           got.code ? got : String(e && e.stack));
        return got;
    }
    return {};
}

async function pages(action, params, key) {
    const all = [];
    let next;
    let rounds = 0;
    do {
        const answer = await call(action, Object.assign({}, params,
                                  next === undefined ? {}
                                                     : { NextToken: next }));
        if (answer[key].length > params.Limit) {
            throw new Error(`${action}: a page of ${answer[key].length}`);
        }
        all.push(...answer[key]);
        next = answer.NextToken;
    } while (next && ++rounds < 1000);
    return all;
}


// --- the story --------------------------------------------------------------

const stamp = `${kind.replace(/-/g, '_')}_${process.pid}`;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NEVER = '1970-01-01T00:00:00Z';

const passing = (name) => `Type: StateMachine
SpecVersion: v1
Name: ${name}
StartAt: greet
States:
  - Type: Pass
    Name: greet
    OutputConstructor:
      text.$: format("hello {}", $Input.who)
    End: true
`;

const waiting = (name, seconds) => `version: v1
type: flow
name: ${name}
steps:
  - type: wait
    name: pause
    duration: ${seconds}
  - type: pass
    name: after
    outputMappings:
      - target: who
        source: $input.who
`;

function create(name, definition, more) {
    return call('CreateFlow', Object.assign({
        Name: name, Definition: definition, Description: 'made by a client',
        Type: 'FDL',
    }, more));
}

async function flows() {
    const name = `flow_${stamp}`;
    const variables = [{ Name: 'REGION', Value: 'a+b c', Description: 'd' }];
    const made = await create(name, passing(name), {
        RoleArn: 'acs:ram::1:role/r',
        Environment: JSON.stringify({ Variables: variables }),
    });

    ok(UUID.test(made.Id) && UUID.test(made.RequestId), 'CreateFlow: ids',
       made);
    is([made.Name, made.Description, made.Type, made.ExecutionMode,
        made.RoleArn], [name, 'made by a client', 'FDL', 'Standard',
                        'acs:ram::1:role/r'], 'CreateFlow: members');
    is(made.Definition, passing(name), 'CreateFlow: the text as it was');
    is(made.Environment, { Variables: variables }, 'CreateFlow: Environment');
    ok(TIME.test(made.CreatedTime)
       && made.CreatedTime === made.LastModifiedTime, 'CreateFlow: times',
       made);

    await refused('CreateFlow: the name is taken',
        { code: 'FlowAlreadyExists', status: 409,
          message: `Flow '${name}' already exists.` },
        'CreateFlow', { Name: name, Definition: passing(name),
                        Description: 'x', Type: 'FDL' });
    const broken = await refused('CreateFlow: a definition that is none',
        { code: 'InvalidArgument', status: 400 }, 'CreateFlow',
        { Name: name + 'b', Definition: 'Type: StateMachine\n',
          Description: 'x', Type: 'FDL' });
    ok(/^Parameter error\. ./.test(broken.message),
       'CreateFlow: and the reason', broken);

    const seen = await call('DescribeFlow', { Name: name });
    delete made.RequestId;
    delete seen.RequestId;
    is(seen, made, 'DescribeFlow: what CreateFlow answered');

    const missing = await refused('DescribeFlow: no such flow',
        { code: 'FlowNotExists', status: 404,
          message: `Flow '${name}x' does not exist.` },
        'DescribeFlow', { Name: name + 'x' });
    ok(missing.text.includes(`Flow '${name}x' does not exist`),
       'DescribeFlow: the error\'s text quotes the name', missing);

    const changed = await call('UpdateFlow', { Name: name,
                                               Description: 'changed' });
    is([changed.Description, changed.Definition, changed.Id],
       ['changed', passing(name), made.Id],
       'UpdateFlow: what is not given stays');
    ok(changed.LastModifiedTime >= made.LastModifiedTime
       && changed.CreatedTime === made.CreatedTime, 'UpdateFlow: times',
       changed);
    const again = await call('UpdateFlow', { Name: name,
                                             Definition: waiting(name, 1) });
    is(again.Definition, waiting(name, 1), 'UpdateFlow: Definition');
    await refused('UpdateFlow: no such flow',
        { code: 'FlowNotExists', status: 404 }, 'UpdateFlow',
        { Name: name + 'x', Description: 'y' });

    const more = ['a', 'b', 'c', 'd'].map((end) => `${name}_${end}`);
    for (const one of more) {
        await create(one, passing(one));
    }
    const all = (await pages('ListFlows', { Limit: 2 }, 'Flows'))
        .map((flow) => flow.Name);
    const own = (one) => one.startsWith(name);
    is(all.filter(own), [name, ...more], 'ListFlows: by name, in pages');
    is(new Set(all).size, all.length, 'ListFlows: nothing twice');
    is((await call('ListFlows', { Limit: 1000 })).Flows
        .map((flow) => flow.Name).filter(own), [name, ...more],
       'ListFlows: Limit 1000');
    await refused('ListFlows: Limit out of range',
        { code: 'InvalidArgument', status: 400,
          message: 'Parameter error. Limit must be between 1 and 1000.' },
        'ListFlows', { Limit: 1001 });

    for (const one of more) {
        await call('DeleteFlow', { Name: one });
    }
    await refused('DeleteFlow: gone', { code: 'FlowNotExists', status: 404 },
                  'DescribeFlow', { Name: more[0] });
    await refused('DeleteFlow: a second time',
                  { code: 'FlowNotExists', status: 404 }, 'DeleteFlow',
                  { Name: more[0] });
    const reborn = await create(more[0], passing(more[0]));
    ok(reborn.Id !== made.Id, 'DeleteFlow: the name is free at once');
}

async function executions() {
    const name = `run_${stamp}`;
    const input = '{"who":"a b+c*d~e/\u00e9=&%","n":12345678901234567890}';
    await create(name, waiting(name, 1));

    const began = Date.now();
    const started = await call('StartExecution',
        { FlowName: name, ExecutionName: 'first', Input: input });
    is([started.FlowName, started.Name, started.Status, started.Input,
        started.Output, started.StoppedTime, started.FlowDefinition],
       [name, 'first', 'Running', input, '', NEVER, waiting(name, 1)],
       'StartExecution: members');
    ok(TIME.test(started.StartedTime), 'StartExecution: StartedTime',
       started);

    const same = await call('StartExecution',
        { FlowName: name, ExecutionName: 'first', Input: '{"other":1}' });
    is([same.Name, same.StartedTime, same.Input],
       ['first', started.StartedTime, input],
       'StartExecution: a running name is the same execution');

    const ended = await call('DescribeExecution',
        { FlowName: name, ExecutionName: 'first', WaitTimeSeconds: 20 });
    const took = Date.now() - began;
    is([ended.Status, ended.StartedTime],
       ['Succeeded', started.StartedTime],
       'DescribeExecution: long poll to the end');
    is(JSON.parse(ended.Output), { who: 'a b+c*d~e/\u00e9=&%' },
       'DescribeExecution: Output');
    is(ended.Environment, { Variables: [] },
       'DescribeExecution: Environment');
    ok(took >= 900 && took < 5000, `DescribeExecution: after ${took} ms`);
    ok(TIME.test(ended.StoppedTime) && ended.StoppedTime > ended.StartedTime,
       'DescribeExecution: StoppedTime', ended);

    await refused('StartExecution: the name of an ended one',
        { code: 'ExecutionAlreadyExists', status: 400,
          message: `Execution 'first' for flow '${name}' already exists.` },
        'StartExecution', { FlowName: name, ExecutionName: 'first' });
    await refused('StartExecution: no such flow',
        { code: 'FlowNotExists', status: 404 }, 'StartExecution',
        { FlowName: name + 'x', ExecutionName: 'first' });
    await refused('DescribeExecution: no such execution',
        { code: 'ExecutionNotExists', status: 404,
          message: `Execution 'none' for flow '${name}' does not exist.` },
        'DescribeExecution', { FlowName: name, ExecutionName: 'none' });

    const unnamed = await call('StartExecution', { FlowName: name });
    ok(UUID.test(unnamed.Name), 'StartExecution: a name is made', unnamed);
    is(unnamed.Input, '{}', 'StartExecution: the input is {}');
    const short = await call('DescribeExecution',
        { FlowName: name, ExecutionName: unnamed.Name, WaitTimeSeconds: 0 });
    is([short.Status, short.StoppedTime], ['Running', NEVER],
       'DescribeExecution: at once');
    await history(name, 'first');
    await stopping(name);
    await call('DeleteFlow', { Name: name });
    await refused('DeleteFlow: its executions are gone',
        { code: 'FlowNotExists', status: 404 }, 'DescribeExecution',
        { FlowName: name, ExecutionName: 'first' });
}

async function stopping(flow) {
    await call('UpdateFlow', { Name: flow, Definition: waiting(flow, 3600) });
    await call('StartExecution', { FlowName: flow, ExecutionName: 'halt' });

    const poll = call('DescribeExecution',
        { FlowName: flow, ExecutionName: 'halt', WaitTimeSeconds: 30 });
    const stopped = await call('StopExecution',
        { FlowName: flow, ExecutionName: 'halt', Error: 'Enough',
          Cause: 'it was long & late' });
    is([stopped.Name, stopped.Status], ['halt', 'Stopped'],
       'StopExecution: Stopped');
    ok(TIME.test(stopped.StoppedTime), 'StopExecution: StoppedTime', stopped);
    is((await poll).Status, 'Stopped', 'StopExecution: wakes the long poll');
    await refused('StopExecution: a second time',
        { code: 'ExecutionAlreadyCompleted', status: 400,
          message: `Execution 'halt' for flow '${flow}' has already `
                   + 'completed.' },
        'StopExecution', { FlowName: flow, ExecutionName: 'halt' });

    const events = (await call('GetExecutionHistory',
        { FlowName: flow, ExecutionName: 'halt', Limit: 1000 })).Events;
    const last = events[events.length - 1];
    is([last.Type, JSON.parse(last.EventDetail)],
       ['ExecutionStopped', { error: 'Enough', cause: 'it was long & late' }],
       'StopExecution: the last event');
}

async function history(flow, execution) {
    const params = { FlowName: flow, ExecutionName: execution };
    const whole = (await call('GetExecutionHistory',
                              Object.assign({ Limit: 1000 }, params))).Events;
    is(whole.map((event) => `${event.Type} ${event.StepName}`.trim()),
       ['ExecutionStarted',
        'StepEntered pause', 'StepStarted pause', 'StepSucceeded pause',
        'StepExited pause',
        'StepEntered after', 'StepStarted after', 'StepSucceeded after',
        'StepExited after',
        'ExecutionSucceeded'], 'GetExecutionHistory: the whole story');
    is(whole.map((event) => event.EventId), whole.map((event, i) => i + 1),
       'GetExecutionHistory: EventId');
    is(whole.map((event) => event.ScheduleEventId),
       whole.map((event, i) => i), 'GetExecutionHistory: ScheduleEventId');
    ok(whole.every((event) => TIME.test(event.Time)
                              && typeof JSON.parse(event.EventDetail)
                                 === 'object'),
       'GetExecutionHistory: times and details', whole);
    is(await pages('GetExecutionHistory',
                   Object.assign({ Limit: 3 }, params), 'Events'), whole,
       'GetExecutionHistory: in pages');
    await refused('GetExecutionHistory: no such execution',
        { code: 'ExecutionNotExists', status: 404 }, 'GetExecutionHistory',
        { FlowName: flow, ExecutionName: 'none' });
    await refused('GetExecutionHistory: a token that is none',
        { code: 'InvalidArgument', status: 400 }, 'GetExecutionHistory',
        Object.assign({ NextToken: 'abc' }, params));
}

async function lists() {
    const name = `list_${stamp}`;
    await create(name, waiting(name, 3600));
    for (const i of [0, 1, 2, 3, 4, 5, 6]) {
        await call('StartExecution',
            { FlowName: name, ExecutionName: `${i % 2 ? 'odd' : 'even'}${i}`,
              Input: `{"who":"${i}"}` });
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const one of ['even0', 'odd3']) {
        await call('StopExecution', { FlowName: name, ExecutionName: one });
    }
    const list = async (more) => (await pages('ListExecutions',
        Object.assign({ FlowName: name, Limit: 100 }, more), 'Executions'));
    const names = async (more) => (await list(more)).map((one) => one.Name);

    const all = await list();
    is(all.map((one) => one.Name),
       ['even6', 'odd5', 'even4', 'odd3', 'even2', 'odd1', 'even0'],
       'ListExecutions: newest first');
    is([all[0].FlowName, all[0].Status, all[0].Input,
        all[0].FlowDefinition, all[0].Environment],
       [name, 'Running', '{"who":"6"}', waiting(name, 3600),
        { Variables: [] }], 'ListExecutions: members');
    is(await names({ Limit: 2 }), all.map((one) => one.Name),
       'ListExecutions: in pages');
    is(await names({ Status: 'Stopped' }), ['odd3', 'even0'],
       'ListExecutions: Status');
    is(await names({ Status: 'Running', ExecutionNamePrefix: 'odd' }),
       ['odd5', 'odd1'], 'ListExecutions: Status and prefix');
    is(await names({ ExecutionNamePrefix: 'even', Limit: 1 }),
       ['even6', 'even4', 'even2', 'even0'],
       'ListExecutions: prefix, pages are filled');
    const at = (i) => all.find((one) => one.Name.endsWith(i)).StartedTime;
    is(await names({ StartedTimeBegin: at('2'), StartedTimeEnd: at('4') }),
       ['even4', 'odd3', 'even2'],
       'ListExecutions: time range, both ends inclusive');
    is(await names({ StartedTimeBegin: at('5').replace('Z', '+00:00'),
                     Limit: 1 }), ['even6', 'odd5'],
       'ListExecutions: from a time, with an offset');
    is(await names({ Status: 'Failed' }), [], 'ListExecutions: none');
    const bare = await list({ MetadataOnly: true });
    ok(bare.length === 7 && bare.every((one) => one.Input === undefined
       && one.Output === undefined && one.FlowDefinition === undefined),
       'ListExecutions: MetadataOnly', bare);
    await refused('ListExecutions: Limit out of range',
        { code: 'InvalidArgument', status: 400,
          message: 'Parameter error. Limit must be between 1 and 100.' },
        'ListExecutions', { FlowName: name, Limit: 101 });
    await refused('ListExecutions: no such flow',
        { code: 'FlowNotExists', status: 404 }, 'ListExecutions',
        { FlowName: name + 'x' });
}

// Generic clients flatten a list, the others send it as JSON.
function routes(...pairs) {
    const list = pairs.map(([Version, Weight]) => ({ Version, Weight }));
    return kind.startsWith('pop') ? list : JSON.stringify(list);
}

async function versions() {
    const name = `version_${stamp}`;
    const at = { FlowName: name };
    await create(name, passing(name));
    const first = await call('PublishFlowVersion',
        { FlowName: name, Description: 'first & best' });
    is([first.FlowName, first.Version, first.Description],
       [name, '1', 'first & best'], 'PublishFlowVersion: members');
    ok(TIME.test(first.CreatedTime), 'PublishFlowVersion: CreatedTime', first);
    await call('UpdateFlow', { Name: name, Definition: waiting(name, 1) });
    for (const i of ['2', '3', '4']) {
        is((await call('PublishFlowVersion', at)).Version, i,
           `PublishFlowVersion: ${i}`);
    }
    is((await pages('ListFlowVersions', { FlowName: name, Limit: 3 },
                    'FlowVersions')).map((one) => one.Version),
       ['4', '3', '2', '1'], 'ListFlowVersions: newest first, in pages');
    is((await call('DescribeFlow', { Name: name, FlowVersion: '1' }))
        .Definition, passing(name), 'DescribeFlow: FlowVersion');
    await refused('DescribeFlow: no such version',
        { code: 'FlowVersionNotExists', status: 404,
          message: `Version '9' for flow '${name}' does not exist.` },
        'DescribeFlow', { Name: name, FlowVersion: '9' });

    const alias = { FlowName: name, Name: 'prod' };
    const made = await call('CreateFlowAlias', Object.assign({
        Description: 'd', RoutingConfigurations: routes(['1', 30], ['2', 70]),
    }, alias));
    is([made.FlowName, made.Name, made.Description,
        made.RoutingConfigurations],
       [name, 'prod', 'd', [{ Version: '1', Weight: 30 },
                            { Version: '2', Weight: 70 }]],
       'CreateFlowAlias: flat');
    await refused('CreateFlowAlias: the name is taken',
        { code: 'FlowAliasAlreadyExists', status: 409,
          message: `Alias 'prod' for flow '${name}' already exists.` },
        'CreateFlowAlias', Object.assign(
            { RoutingConfigurations: routes(['1', 1]) }, alias));
    await refused('DeleteFlowVersion: in use',
        { code: 'FlowVersionInUse', status: 409,
          message: `Version '2' of flow '${name}' is used by alias 'prod'.` },
        'DeleteFlowVersion', { FlowName: name, FlowVersion: '2' });
    const changed = (await call('UpdateFlowAlias', Object.assign(
        { RoutingConfigurations: routes(['1', 20]) }, alias))).Alias;
    is([changed.Name, changed.Description, changed.RoutingConfigurations,
        changed.CreatedTime],
       ['prod', 'd', [{ Version: '1', Weight: 20 }], made.CreatedTime],
       'UpdateFlowAlias: nested, what is not given stays');
    is((await call('DescribeFlowAlias', alias)).Alias, changed,
       'DescribeFlowAlias: Weight is a number');
    is((await call('ListFlowAliases', at)).Aliases
        .map((one) => one.RoutingConfigurations),
       [[{ Version: '1', Weight: '20' }]],
       'ListFlowAliases: Weight is a string');

    const started = await call('StartExecution',
        { FlowName: name, ExecutionName: 'q', Qualifier: 'prod',
          Input: '{"who":"q"}' });
    is(started.FlowDefinition, passing(name), 'StartExecution: Qualifier');
    await refused('StartExecution: no such alias',
        { code: 'FlowAliasNotExists', status: 404,
          message: `Alias 'none' for flow '${name}' does not exist.` },
        'StartExecution', { FlowName: name, Qualifier: 'none' });
    is((await call('ListExecutions', { FlowName: name, Qualifier: 'prod' }))
        .Executions.map((one) => one.Name), ['q'],
       'ListExecutions: Qualifier');

    await call('DeleteFlowAlias', alias);
    await refused('DeleteFlowAlias: gone',
        { code: 'FlowAliasNotExists', status: 404 }, 'DescribeFlowAlias',
        alias);
    await call('DeleteFlowVersion', { FlowName: name, FlowVersion: '4' });
    is((await call('PublishFlowVersion', at)).Version, '5',
       'DeleteFlowVersion: its number is not used again');
    await call('DeleteFlow', { Name: name });
}

// --- tasks: a real service behind an upstream, see clients.py --------------

const calling = (name) => `version: v1
type: flow
name: ${name}
steps:
  - type: task
    name: greet
    resourceArn: acs:fc:::services/demo/functions/greet
    outputMappings:
      - target: text
        source: $local.text
`;

const asking = (name) => `version: v1
type: flow
name: ${name}
steps:
  - type: task
    name: ask
    resourceArn: acs:fc:::services/demo/functions/keep
    pattern: waitForCallback
    inputMappings:
      - target: token
        source: $context.task.token
      - target: name
        source: $input.name
`;

const mapping = (name) => `Type: StateMachine
SpecVersion: v1
Name: ${name}
StartAt: Each
States:
  - Type: Map
    Name: Each
    ItemsPath: $Input.names
    MaxConcuccency: 2
    ProcessorConfig:
      ExecutionMode: Standard
    ItemConstructor:
      name.$: $Item
    Processor:
      StartAt: Ask
      States:
        - Type: Task
          Name: Ask
          Action: FC:InvokeFunction
          TaskMode: WaitForCustomCallback
          Parameters:
            resourceArn: acs:fc:cn:1:functions/keep
            body:
              token.$: $Context.Current.TaskToken
              name.$: $Input.name
          End: true
    End: true
`;

// The token that a function was given under this name; waits for it.
function tokenOf(name) {
    return new Promise((resolve, reject) => {
        require('http').get(`${process.env.CLOUDFLOW_SERVICE}/${name}`,
            (answer) => {
                let text = '';
                answer.on('data', (part) => { text += part; });
                answer.on('end', () => (answer.statusCode === 200
                    ? resolve(text)
                    : reject(new Error(`no token for ${name}`))));
            }).on('error', reject);
    });
}

async function ended(flow, execution) {
    return call('DescribeExecution', { FlowName: flow,
                                       ExecutionName: execution,
                                       WaitTimeSeconds: 20 });
}

async function tasks() {
    const name = `task_${stamp}`;
    await create(name, calling(name));
    const who = [...Array(12).keys()].map(String);
    const texts = await Promise.all(who.map(async (one) => {
        await call('StartExecution', { FlowName: name, Input:
            JSON.stringify({ who: one }), ExecutionName: `e${one}` });
        return (await ended(name, `e${one}`)).Output;
    }));
    is(texts.map((text) => JSON.parse(text || 'null')),
       who.map((one) => ({ text: `hello ${one}` })),
       'a task: twelve calls of a service, one of its servers dead');
}

async function reports() {
    const name = `ask_${stamp}`;
    await create(name, asking(name));
    for (const one of ['good', 'bad']) {
        await call('StartExecution', { FlowName: name, ExecutionName: one,
            Input: JSON.stringify({ name: `${name}_${one}` }) });
    }
    const good = await tokenOf(`${name}_good`);
    const bad = await tokenOf(`${name}_bad`);

    await refused('ReportTaskSucceeded: an output that is no object',
        { code: 'InvalidArgument', status: 400 }, 'ReportTaskSucceeded',
        { TaskToken: good, Output: '[1]' });
    const done = await call('ReportTaskSucceeded', { TaskToken: good,
        Output: '{"by":"e=v&e+\u00e9"}' });
    ok(UUID.test(done.RequestId), 'ReportTaskSucceeded', done);
    const seen = await ended(name, 'good');
    is([seen.Status, seen.Output && JSON.parse(seen.Output)],
       ['Succeeded', { by: 'e=v&e+\u00e9' }],
       'ReportTaskSucceeded: is the output');
    await refused('ReportTaskSucceeded: a second time',
        { code: 'TaskAlreadyCompleted', status: 400 }, 'ReportTaskSucceeded',
        { TaskToken: good, Output: '{}' });

    await call('ReportTaskFailed', { TaskToken: bad, Error: 'Refused',
                                     Cause: 'too dear & late' });
    is((await ended(name, 'bad')).Status, 'Failed', 'ReportTaskFailed');
    const events = (await call('GetExecutionHistory', { FlowName: name,
        ExecutionName: 'bad', Limit: 1000 })).Events;
    is(JSON.parse(events[events.length - 1].EventDetail),
       { error: 'Refused', cause: 'too dear & late' },
       'ReportTaskFailed: is the error');
    await refused('ReportTaskFailed: a token that is none',
        { code: 'InvalidArgument', status: 400 }, 'ReportTaskFailed',
        { TaskToken: 'nonsense', Error: 'E' });
}

async function mapRuns() {
    const name = `map_${stamp}`;
    const items = [0, 1, 2, 3].map((i) => `${name}_${i}`);
    await create(name, mapping(name));
    await call('StartExecution', { FlowName: name, ExecutionName: 'e',
                                   Input: JSON.stringify({ names: items }) });
    const tokens = [await tokenOf(items[0]), await tokenOf(items[1])];
    const events = (await call('GetExecutionHistory', { FlowName: name,
        ExecutionName: 'e', Limit: 1000 })).Events;
    const begun = events.find((event) => event.Type === 'MapRunStarted');
    const run = { FlowName: name, ExecutionName: 'e', MapRunName:
        begun && JSON.parse(begun.EventDetail).output.MapRunName };
    ok(/^[0-9a-f]{32}$/.test(run.MapRunName), 'MapRunStarted names the run',
       events);

    const first = await call('DescribeMapRun', run);
    is([first.MapRunName, first.ExecutionName, first.Status,
        first.Concurrency, first.ToleratedFailedCount, first.ItemCounts],
       [run.MapRunName, 'e', 'Running', 2, 0,
        { Total: 4, Pending: 2, Running: 2, Succeed: 0, Failed: 0,
          Aborted: 0 }], 'DescribeMapRun: two of four run');
    const changed = await call('UpdateMapRun', Object.assign({
        Concurrency: 4, ToleratedFailedCount: 1 }, run));
    is([changed.FlowName, changed.ExecutionName, changed.MapRunName,
        changed.Concurrency, changed.ToleratedFailedCount],
       [name, 'e', run.MapRunName, 4, 1], 'UpdateMapRun');
    tokens.push(await tokenOf(items[2]), await tokenOf(items[3]));
    ok(tokens.every(Boolean), 'UpdateMapRun: the others begin', tokens);

    await call('ReportTaskFailed', { TaskToken: tokens[3], Error: 'E' });
    for (const [no, token] of tokens.slice(0, 3).entries()) {
        await call('ReportTaskSucceeded', { TaskToken: token,
                                            Output: `{"n":${no}}` });
    }
    const seen = await ended(name, 'e');
    is([seen.Status, seen.Output && JSON.parse(seen.Output)],
       ['Succeeded', { Items: [{ n: 0 }, { n: 1 }, { n: 2 }, null] }],
       'a map run: one failure is tolerated');
    const last = await call('DescribeMapRun', run);
    is([last.Status, last.ItemCounts],
       ['Succeeded', { Total: 4, Pending: 0, Running: 0, Succeed: 3,
                       Failed: 1, Aborted: 0 }], 'DescribeMapRun: the end');
    ok(TIME.test(last.StoppedTime) && last.StoppedTime >= last.StartedTime,
       'DescribeMapRun: times', last);
    is((await call('ListExecutions', { FlowName: name, Limit: 100,
        MapRunName: run.MapRunName })).Executions.map((one) => one.Status)
        .sort(), ['Failed', 'Succeeded', 'Succeeded', 'Succeeded'],
       'ListExecutions: the children of a map run');
    await refused('DescribeMapRun: no such run',
        { code: 'MapRunNotExists', status: 404 }, 'DescribeMapRun',
        Object.assign({}, run, { MapRunName: 'f'.repeat(32) }));
}

// The story of an Express flow: held until its end, names need not be unique.
const express = (name) => `Type: StateMachine
SpecVersion: v1
Name: ${name}
StartAt: which
States:
  - Type: Choice
    Name: which
    Branches:
      - Condition: $Input.who == "nobody"
        Next: refuse
    Default: greet
  - Type: Fail
    Name: refuse
    Code: Nobody
    Detail: is there & waits
  - Type: Pass
    Name: greet
    OutputConstructor:
      text.$: format("hello {}", $Input.who)
      zone.$: $Context.Environment.ZONE
    End: true
`;

async function sync() {
    const name = `sync_${stamp}`;
    const variables = [{ Name: 'ZONE', Value: 'a+b c' }];
    const made = await create(name, express(name), { ExecutionMode: 'Express',
        Environment: JSON.stringify({ Variables: variables }) });
    is(made.ExecutionMode, 'Express', 'CreateFlow: Express');
    const names = [];
    for (const who of ['a b+c*d~e/\u00e9=&%', 'again']) {
        const seen = await call('StartSyncExecution', { FlowName: name,
            ExecutionName: 'one', Input: JSON.stringify({ who }) });
        is([seen.FlowName, seen.Status, JSON.parse(seen.Output || 'null'),
            seen.Environment, seen.ErrorCode, seen.ErrorMessage],
           [name, 'Succeeded', { text: `hello ${who}`, zone: 'a+b c' },
            { Variables: variables }, undefined, undefined],
           'StartSyncExecution: its end is the answer');
        ok(TIME.test(seen.StartedTime) && TIME.test(seen.StoppedTime)
           && seen.StoppedTime >= seen.StartedTime
           && seen.Name.startsWith('one:') && UUID.test(seen.Name.slice(4)),
           'StartSyncExecution: times and a name made unique', seen);
        names.push(seen.Name);
    }
    ok(names[0] !== names[1], 'StartSyncExecution: no name is taken', names);
    const lost = await call('StartSyncExecution',
        { FlowName: name, Input: '{"who":"nobody"}' });
    is([lost.Status, lost.ErrorCode, lost.ErrorMessage],
       ['Failed', 'Nobody', 'is there & waits'],
       'StartSyncExecution: a failed execution is an answer too');
    await refused('StartExecution: of an Express flow',
        { code: 'ActionNotSupported', status: 400,
          message: 'Express execution is not supported' },
        'StartExecution', { FlowName: name });
    await refused('StartSyncExecution: no such flow',
        { code: 'FlowNotExists', status: 404 }, 'StartSyncExecution',
        { FlowName: name + 'x' });
    await call('DeleteFlow', { Name: name });
    await create(name, passing(name));
    await refused('StartSyncExecution: of a Standard flow',
        { code: 'ActionNotSupported', status: 400,
          message: 'Standard execution is not supported' },
        'StartSyncExecution', { FlowName: name });
    await call('DeleteFlow', { Name: name });
}

// Once, in a moment.
function soon() {
    const at = new Date(Date.now() + 3000);
    return `${at.getUTCSeconds()} ${at.getUTCMinutes()} `
           + `${at.getUTCHours()} * * ?`;
}

async function schedules() {
    const name = `sched_${stamp}`;
    const at = { FlowName: name, ScheduleName: 'nightly' };
    await create(name, passing(name));
    is((await call('ListSchedules', { FlowName: name, Limit: 1000 }))
        .Schedules, [], 'ListSchedules: none yet');
    const cron = 'CRON_TZ=Asia/Shanghai 0 0/10 9-17 ? JAN,DEC MON-FRI';
    const made = await call('CreateSchedule', Object.assign({
        CronExpression: cron, Description: 'a + b', Enable: true,
        Payload: '{"who": "payload & co"}' }, at));
    ok(UUID.test(made.ScheduleId) && TIME.test(made.CreatedTime)
       && made.CreatedTime === made.LastModifiedTime,
       'CreateSchedule: id and times', made);
    is([made.ScheduleName, made.CronExpression, made.Description, made.Enable,
        made.Payload, made.FlowName],
       ['nightly', cron, 'a + b', true, '{"who": "payload & co"}', undefined],
       'CreateSchedule: members');
    await refused('CreateSchedule: the name is taken',
        { code: 'ScheduleAlreadyExists', status: 409, message:
          `The schedule 'nightly' already exists in flow '${name}'.` },
        'CreateSchedule', Object.assign({ CronExpression: '@every 9m' }, at));
    await refused('CreateSchedule: no such time', { code: 'InvalidArgument',
        status: 400 }, 'CreateSchedule', { FlowName: name,
        ScheduleName: 'never', CronExpression: '0 0 0 30 2 ?' });
    const seen = await call('DescribeSchedule', at);
    is(Object.assign({}, seen, { RequestId: 0 }),
       Object.assign({}, made, { RequestId: 0 }),
       'DescribeSchedule: what CreateSchedule answered');
    const changed = await call('UpdateSchedule',
        Object.assign({ Enable: false }, at));
    is([changed.Enable, changed.CronExpression, changed.Payload,
        changed.ScheduleId, changed.CreatedTime],
       [false, cron, made.Payload, made.ScheduleId, made.CreatedTime],
       'UpdateSchedule: what is not given stays');
    for (const one of ['c', 'a', 'b']) {
        await call('CreateSchedule', { FlowName: name, ScheduleName: one,
            CronExpression: '@every 99m' });
    }
    const list = (Limit) => pages('ListSchedules', { FlowName: name, Limit },
                                  'Schedules');
    is((await list(2)).map((one) => [one.ScheduleName, one.Enable]),
       [['a', true], ['b', true], ['c', true], ['nightly', false]],
       'ListSchedules: by name, in pages');

    await call('UpdateSchedule', Object.assign(
        { CronExpression: soon(), Enable: true }, at));
    let fired = [];
    for (let i = 0; i < 200 && !fired.length; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        fired = (await call('ListExecutions', { FlowName: name, Limit: 100 }))
            .Executions;
    }
    is(fired.map((one) => one.Input), [made.Payload],
       'a schedule starts an execution, with its payload');

    for (const one of ['a', 'b', 'c', 'nightly']) {
        await call('DeleteSchedule', { FlowName: name, ScheduleName: one });
    }
    is(await list(1000), [], 'DeleteSchedule: all are gone');
    await refused('DescribeSchedule: gone',
        { code: 'ScheduleNotExists', status: 404, message:
          `The schedule 'nightly' for flow '${name}' does not exist.` },
        'DescribeSchedule', at);
    await call('DeleteFlow', { Name: name });
}

async function regions() {
    for (const language of [undefined, 'zh-CN', 'en-US']) {
        is((await call('DescribeRegions', language && {
            AcceptLanguage: language })).Regions.Region,
           [{ RegionId: 'local', LocalName: 'local',
              RegionEndpoint: url.replace('http://', '') }],
           `DescribeRegions: ${language || 'of no language'}`);
    }
    await refused('DescribeRegions: a language that is none',
        { code: 'InvalidArgument', status: 400 }, 'DescribeRegions',
        { AcceptLanguage: 'fr' });
}

async function errors() {
    await refused('an unknown action',
        { code: 'ActionNotSupported', status: 400,
          message: 'The requested API operation \'FlyToTheMoon\' is '
                   + 'incorrect. Please check.' }, 'FlyToTheMoon', {});
    await refused('a missing parameter',
        { code: 'MissingRequiredParams', status: 400,
          message: 'The HTTP query \'FlowName\' must be specified.' },
        'DescribeExecution', { ExecutionName: 'x' });
    await refused('a wait that is too long',
        { code: 'InvalidArgument', status: 400,
          message: 'Parameter error. WaitTimeSeconds must be between 0 and '
                   + '60.' },
        'DescribeExecution',
        { FlowName: 'x', ExecutionName: 'y', WaitTimeSeconds: 61 });
    await refused('an input that is no object',
        { code: 'InvalidArgument', status: 400 },
        'StartExecution', { FlowName: 'x', Input: '[1]' });
}

async function keys() {
    await refused('a wrong secret',
        { code: 'SignatureNotMatch', status: 403 }, 'ListFlows', {},
        kinds[kind]({ id, secret: secret + 'x', token }));
    await refused('an unknown key',
        { code: 'InvalidAccessKeyID', status: 403,
          message: 'The AccessKey ID \'nobody\' is invalid.' }, 'ListFlows',
        {}, kinds[kind]({ id: 'nobody', secret, token }));
    await refused('a wrong token',
        { code: 'InvalidAccessKeyID', status: 403 }, 'ListFlows', {},
        kinds[kind]({ id, secret, token: 'wrong' }));
}

async function main() {
    await flows();
    await executions();
    await lists();
    await versions();
    await tasks();
    await reports();
    await mapRuns();
    await sync();
    await schedules();
    await regions();
    await errors();
    if (process.env.CLOUDFLOW_SIGNED) {
        await keys();
    }
}

main().catch((e) => ok(false, `the story breaks off: ${
    (e && e.stack || String(e)).replace(/\n/g, '\n# ')}`))
    .finally(() => {
        console.log(`# called ${kind} ${[...called].join(' ')}`);
        console.log(`1..${count}`);
        process.exit(failed ? 1 : 0);
    });
