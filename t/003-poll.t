use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 487);
run_tests();

__DATA__

=== TEST 1: an ended execution is answered at once, a running one at its end
--- timeout: 4
--- request eval
[
main::create('soon', main::waits(1)), main::start('soon', 'e'),
main::execution('DescribeExecution', 'soon', 'e', WaitTimeSeconds => 60),
main::execution('DescribeExecution', 'soon', 'e', WaitTimeSeconds => 60),
main::get('DescribeExecution', FlowName => 'soon', ExecutionName => 'e', WaitTimeSeconds => 60),
]
--- error_code eval
[(200) x 5]
--- response_body_like eval
my $done = main::has('"Status":"Succeeded"', qr/"StoppedTime":"$main::TIME"/);
[ main::has('"Name":"soon"'), main::has('"Status":"Running"'), $done, $done, $done ]
--- no_error_log
[alert]
[error]



=== TEST 2: the time is over first: the state as it is, and no error
--- timeout: 4
--- request eval
[
main::create('late', main::waits(3600)), main::start('late', 'e'),
main::execution('DescribeExecution', 'late', 'e', WaitTimeSeconds => 1),
main::execution('DescribeExecution', 'late', 'none', WaitTimeSeconds => 60),
main::execution('DescribeExecution', 'none', 'e', WaitTimeSeconds => 60),
]
--- error_code eval
[200, 200, 200, 404, 404]
--- response_body_like eval
[
main::has('"Name":"late"'), main::has('"Status":"Running"'),
main::has('"Status":"Running"', '"StoppedTime":"1970-01-01T00:00:00Z"'),
main::err('ExecutionNotExists', "Execution 'none' for flow 'late' does not exist."),
main::err('FlowNotExists', "Flow 'none' does not exist."),
]
--- no_error_log
[alert]
[error]



=== TEST 3: several on one connection, each waits its turn
--- timeout: 6
--- pipelined_requests eval
[
main::create('line', main::waits(1)),
main::start('line', 'a'), main::start('line', 'b'), main::start('line', 'c'),
main::poll('line', 'a'), main::poll('line', 'b'),
main::execution('DescribeExecution', 'line', 'c', WaitTimeSeconds => 1),
main::call('ListExecutions', FlowName => 'line', Status => 'Running'),
main::start('line', 'd'), main::poll('line', 'd'),
]
--- error_code eval
[(200) x 10]
--- response_body_like eval
my $done = main::has('"Status":"Succeeded"');
[
main::has('"Name":"line"'), main::has('"Name":"a"'), main::has('"Name":"b"'), main::has('"Name":"c"'),
$done, $done, $done, main::has('"Executions":[]'), main::has('"Name":"d"', '"Status":"Running"'), $done,
]
--- no_error_log
[alert]
[error]



=== TEST 4: a client that leaves leaves nothing behind
--- timeout: 0.3
--- abort
--- ignore_response
--- pipelined_requests eval
[
main::create('left', main::waits(3600)), main::start('left', 'e'),
main::execution('DescribeExecution', 'left', 'e', WaitTimeSeconds => 60),
]
--- wait: 0.3
--- no_error_log
[alert]
[error]



=== TEST 5: more polls than the server has connections to spare, one after the other
--- timeout: 4
--- request eval
[ main::create('many', main::waits(1)), (map { main::start('many', "e$_") } 1 .. 70),
(map { main::execution('DescribeExecution', 'many', "e$_", WaitTimeSeconds => 20) } 1 .. 70) ]
--- error_code eval
[(200) x 141]
--- response_body_like eval
[ main::has('"Name":"many"'), (main::has('"Status":"')) x 70, (main::has('"Status":"Succeeded"')) x 70 ]
--- no_error_log
[alert]
