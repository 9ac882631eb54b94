use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 104);
run_tests();

__DATA__

=== TEST 1: a waiting execution stops at once
--- timeout: 4
--- request eval
[
main::create('halt', main::waits(3600), RoleArn => 'acs:ram::1:role/r'),
main::start('halt', 'a', Input => '{"k":1}'),
main::execution('StopExecution', 'halt', 'a', Error => 'Enough', Cause => 'it was late'),
main::execution('DescribeExecution', 'halt', 'a', WaitTimeSeconds => 60),
main::execution('StopExecution', 'halt', 'a'),
main::execution('GetExecutionHistory', 'halt', 'a'),
main::start('halt', 'a'),
main::start('halt', 'b'), main::execution('StopExecution', 'halt', 'b'),
main::execution('GetExecutionHistory', 'halt', 'b', NextToken => 4),
]
--- error_code eval
[200, 200, 200, 200, 400, 200, 400, 200, 200, 200]
--- response_body_like eval
my $stopped = main::has('"Status":"Stopped"', '"Input":"{\"k\":1}"', '"Output":""', qr/"StoppedTime":"$main::TIME"/);
[
main::has('"Name":"halt"'), main::has('"Name":"a"'),
main::has($stopped, '"RoleArn":"acs:ram::1:role/r"'), $stopped,
main::err('ExecutionAlreadyCompleted', "Execution 'a' for flow 'halt' has already completed."),
main::inorder('"EventId":1,', '"Type":"ExecutionStarted"', '"EventId":3,', '"Type":"StepStarted"', '"EventId":4,',
    '"Type":"ExecutionStopped","StepName":""', '"EventDetail":"{\"error\":\"Enough\",\"cause\":\"it was late\"}"}]}'),
main::err('ExecutionAlreadyExists', "Execution 'a' for flow 'halt' already exists."),
main::has('"Name":"b"'), main::has('"Status":"Stopped"'),
main::has('"Events":[{"EventId":4,', '"Type":"ExecutionStopped"'),
]
--- no_error_log
[alert]
[error]



=== TEST 2: what StopExecution refuses
--- request eval
[
main::create('stop', $main::PASS), main::start('stop', 'done'), main::poll('stop', 'done'),
main::execution('StopExecution', 'stop', 'done'), main::execution('StopExecution', 'stop', 'none'),
main::execution('StopExecution', 'none', 'done'),
main::call('StopExecution', FlowName => 'stop'), main::call('StopExecution', ExecutionName => 'done'),
main::execution('StopExecution', 'stop', 'done', Error => 'e' x 129),
main::execution('StopExecution', 'stop', 'done', Cause => 'c' x 4097),
main::execution('StopExecution', 'stop', 'done', Error => "\xc3\xa9" x 128, Cause => "\xc3\xa9" x 4096),
]
--- error_code eval
[200, 200, 200, 400, 404, 404, 400, 400, 400, 400, 400]
--- response_body_like eval
my $over = main::err('ExecutionAlreadyCompleted', "Execution 'done' for flow 'stop' has already completed.");
[
main::has('"Name":"stop"'), main::has('"Name":"done"'), main::has('"Succeeded"'), $over,
main::err('ExecutionNotExists', "Execution 'none' for flow 'stop' does not exist."),
main::err('FlowNotExists', "Flow 'none' does not exist."),
main::err('MissingRequiredParams', "The HTTP query 'ExecutionName' must be specified."),
main::err('MissingRequiredParams', "The HTTP query 'FlowName' must be specified."),
main::err('InvalidArgument', 'Parameter error. Error must be between 1 and 128 characters long.'),
main::err('InvalidArgument', 'Parameter error. Cause must be between 1 and 4096 characters long.'),
$over,
]
--- no_error_log
[alert]
[error]



=== TEST 3: a flow-level time-out ends an execution by itself
--- timeout: 5
--- request eval
my $flow = "version: v1\ntype: flow\ntimeoutSeconds: 1\nsteps:\n  - type: wait\n    name: w\n    duration: 100\n";
[
main::create('slow', $flow), main::start('slow', 'e'), main::poll('slow', 'e'),
main::execution('GetExecutionHistory', 'slow', 'e', NextToken => 4),
main::execution('StopExecution', 'slow', 'e'),
]
--- error_code eval
[200, 200, 200, 200, 400]
--- response_body_like eval
[
main::has('"Name":"slow"'), main::has('"Status":"Running"'), main::has('"Status":"TimedOut"'),
main::has('"Type":"ExecutionTimedOut"', '{\"error\":\"FnF.ExecutionTimedOut\",\"cause\":\"'),
main::err('ExecutionAlreadyCompleted', "Execution 'e' for flow 'slow' has already completed."),
]
--- no_error_log
[alert]
[error]
