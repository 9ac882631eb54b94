use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();

our $HTTP_TASKS = <<'EOF';
    cloudflow_store     store shards=1;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:fc:*  /fn;
    server {
        listen        127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        default_type  application/json;
        location = /ok   { return 200 '{"x":1,"exec":"$http_x_exec","key":"$http_x_fnf_idempotency_key"}'; }
        location = /sold { add_header x-fc-error-type HandledInvocationError; return 200 '{"errorType":"SoldOut","errorMessage":"none left"}'; }
        location = /busy { return 503; }
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        cloudflow_tasks;
        location /fn {
            internal;
            proxy_set_header X-Exec $cloudflow_task_execution;
            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/$cloudflow_task_function;
        }
    }
EOF

add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 171);
run_tests();

BEGIN {
    package main;

    # An Express flow of these states.
    sub express {
        my ($name, $states, @fields) = @_;
        return main::create($name, "Type: StateMachine\nSpecVersion: v1\nName: n\nStartAt: a\nStates:\n$states",
                            ExecutionMode => 'Express', @fields);
    }

    sub function {
        my ($name, $more) = @_;
        return "- Type: Task\n  Name: a\n  Action: FC:InvokeFunction\n  Parameters:\n    resourceArn: acs:fc:cn:1:services/s/functions/$name\n"
               . ($more // '') . "  End: true\n";
    }

    sub sync {
        my ($flow, @fields) = @_;
        return main::call('StartSyncExecution', FlowName => $flow, @fields);
    }
}

__DATA__

=== TEST 1: the end is the answer
--- request eval
[
main::express('f', "- Type: Pass\n  Name: a\n  OutputConstructor:\n    got.\$: \$Input.n\n    stage.\$: \$Context.Environment.stage\n    me.\$: \$Context.Execution.Name\n  End: true\n",
    Environment => '{"Variables":[{"Name":"stage","Value":"x","Description":"d"}]}'),
main::sync('f', ExecutionName => 'one', Input => '{"n":7}'),
main::sync('f', ExecutionName => 'one', Input => '{"n":8}'),
main::sync('f'),
main::get('StartSyncExecution', FlowName => 'f', Input => '{"n":9}'),
main::call('ListExecutions', FlowName => 'f'),
]
--- error_code eval
[(200) x 3, 200, 200, 200]
--- response_body_like eval
my $env = '"Environment":{"Variables":[{"Name":"stage","Value":"x"}]}';
[
main::has('"Name":"f"', '"ExecutionMode":"Express"'),
main::inorder('"FlowName":"f"', qr/"Name":"one:$main::UUID"/, '"Status":"Succeeded"', qr/"Output":"\{\\"got\\":7,\\"stage\\":\\"x\\",\\"me\\":\\"one:$main::UUID\\"\}"/,
              qr/"StartedTime":"$main::TIME"/, qr/"StoppedTime":"$main::TIME"/, $env),
main::has(qr/"Name":"one:$main::UUID"/, '\"got\":8'),
main::has('"Status":"Failed"', '"ErrorCode":"FnF.InvalidExpression"', qr/"ErrorMessage":"[^"]+"/),
main::has(qr/"Name":"$main::UUID:$main::UUID"/, '\"got\":9'),
main::has('"Executions":[]'),
]
--- no_error_log
[alert]
[error]



=== TEST 2: what it is not for
--- request eval
[
main::express('e', "- Type: Pass\n  Name: a\n  End: true\n"), main::create('s', $main::PASS),
main::sync('s'), main::start('e', 'x'), main::sync('none'), main::sync('e', Input => '[1]'),
main::sync('e', ExecutionName => 'a:b'), main::call('StartSyncExecution'),
main::express('g', main::function('ok', "  TaskMode: WaitForCustomCallback\n")),
main::sync('e', Input => '{"a":"' . 'x' x 65536 . '"}'),
]
--- error_code eval
[200, 200, 400, 400, 404, 400, 400, 400, 400, 400]
--- response_body_like eval
[
main::has('"Name":"e"'), main::has('"Name":"s"'),
main::err('ActionNotSupported', 'Standard execution is not supported'),
main::err('ActionNotSupported', 'Express execution is not supported'),
main::err('FlowNotExists', "Flow 'none' does not exist."),
main::err('InvalidArgument', 'Parameter error. Input must be a JSON object.'),
main::has('"Code":"InvalidArgument"', 'ExecutionName'),
main::err('MissingRequiredParams', "The HTTP query 'FlowName' must be specified."),
main::has('"Code":"InvalidArgument"', 'Express'),
main::err('InvalidArgument', 'Parameter error. Input must be at most 65536 bytes long.'),
]
--- no_error_log
[alert]
[error]



=== TEST 3: tasks, retries and errors
--- http_config eval: $main::HTTP_TASKS
--- request eval
[
main::express('ok', main::function('ok')), main::sync('ok', ExecutionName => 'e'),
main::express('sold', main::function('sold')), main::sync('sold'),
main::express('busy', main::function('busy', "  Retry:\n  - Errors: [FC.InternalServerError]\n    MaxAttempts: 2\n    IntervalSeconds: 0\n    Description: d\n")), main::sync('busy'),
main::express('none', "- Type: Task\n  Name: a\n  Action: Ocr:Read\n  Parameters: {}\n  End: true\n"), main::sync('none'),
]
--- error_code eval
[(200) x 8]
--- response_body_like eval
[
main::has('"Name":"ok"'), main::has('"Status":"Succeeded"', '\"x\":1', qr/\\"exec\\":\\"e:$main::UUID\\"/, qr/\\"key\\":\\"$main::UUID\\"/),
main::has('"Name":"sold"'), main::has('"Status":"Failed"', '"ErrorCode":"SoldOut"', '"ErrorMessage":'),
main::has('"Name":"busy"'), main::has('"Status":"Failed"', '"ErrorCode":"FC.InternalServerError"'),
main::has('"Name":"none"'), main::has('"Status":"Failed"', '"ErrorCode":"FnF.ResourceNotMapped"'),
]
--- no_error_log
[alert]



=== TEST 4: it waits for the end
--- request eval
[
main::express('w', "- Type: Wait\n  Name: a\n  Seconds: 1\n  End: true\n"), main::sync('w', Input => '{"k":1}'),
]
--- error_code eval
[200, 200]
--- response_body_like eval
[ main::has('"Name":"w"'), main::has('"Status":"Succeeded"', '"Output":"{\\"k\\":1}"') ]
--- timeout: 5
--- no_error_log
[alert]
[error]



=== TEST 5: a sub-flow is started, not waited for
--- request eval
[
main::create('child', $main::PASS),
main::express('p', "- Type: Task\n  Name: a\n  Action: FNF:StartExecution\n  Parameters:\n    resourceArn: acs:fnf:cn:1:flow/child\n    executionName: kid\n    input: {}\n  End: true\n"),
main::sync('p'), main::poll('child', 'kid'),
]
--- error_code eval
[200, 200, 200, 200]
--- response_body_like eval
[ main::has('"Name":"child"'), main::has('"Name":"p"'),
  main::has('"Status":"Succeeded"', 'kid'), main::has('"Status":"Succeeded"') ]
--- no_error_log
[alert]
[error]



=== TEST 6: kept, where it is asked for: in lists and metrics, with its name taken by nobody
--- config
        location / {
            cloudflow_api              cloudflow;
            cloudflow_express_history  on;
        }
        location = /status { cloudflow_status; }
--- request eval
[
main::express('f', "- Type: Pass\n  Name: a\n  OutputConstructor:\n    got.\$: \$Input.n\n  End: true\n"),
main::express('e', "- Type: Fail\n  Name: a\n  Code: E1\n  Detail: why\n"),
main::sync('f', ExecutionName => 'one', Input => '{"n":7}'), main::sync('f', ExecutionName => 'one', Input => '{"n":8}'),
main::sync('e', ExecutionName => 'two'),
main::call('ListExecutions', FlowName => 'f', ExecutionNamePrefix => 'one:'), main::call('ListExecutions', FlowName => 'f', Status => 'Failed'),
main::call('ListExecutions', FlowName => 'e', Status => 'Failed'), 'GET /status',
]
--- error_code eval
[(200) x 9]
--- response_body_like eval
[
(main::has('{')) x 4, main::has('"Status":"Failed"', '"ErrorCode":"E1"'),
main::inorder(qr/"Name":"one:$main::UUID"/, qr/"Name":"one:$main::UUID"/), main::has('"Executions":[]'),
main::has(qr/"Name":"two:$main::UUID"/, '"Status":"Failed"'),
main::has(qr/^cloudflow_executions_started_total 3$/m, qr/^cloudflow_executions_running 0$/m),
]
--- no_error_log
[alert]
[error]



=== TEST 7: a level below has it off; a door has it on
--- http_config eval
$main::HTTP . "    cloudflow_express_history  on;\n"
--- config
        cloudflow_express_history  off;
        location / {
            cloudflow_api  cloudflow;
        }
        location = /run {
            cloudflow_run              f;
            cloudflow_express_history  on;
        }
--- request eval
[
main::express('f', "- Type: Pass\n  Name: a\n  OutputConstructor:\n    got.\$: \$Input.n\n  End: true\n"),
main::sync('f', ExecutionName => 'one', Input => '{"n":7}'), main::call('ListExecutions', FlowName => 'f'),
'GET /run?n=9', main::call('ListExecutions', FlowName => 'f'),
]
--- error_code eval
[(200) x 5]
--- response_body_like eval
[
main::has('{'), main::has('\"got\":7'), main::has('"Executions":[]'), qr/^\{"got":"9"\}$/,
main::has(qr/"Name":"$main::UUID:$main::UUID"/, '"Input":"{\"n\":\"9\"}"', '"Output":"{\"got\":\"9\"}"'),
]
--- no_error_log
[alert]
[error]



=== TEST 8: on or off
--- config
        location / {
            cloudflow_api              cloudflow;
            cloudflow_express_history  maybe;
        }
--- must_die
--- error_log
[emerg]
it must be "on" or "off"
