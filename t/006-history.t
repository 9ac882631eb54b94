use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 120);
run_tests();

# Rows "id cause type step detail" -> the whole answer.
sub main::trace {
    my ($next, @rows) = @_;
    my @events = map {
        my ($id, $cause, $type, $step, $detail) = split ' ', $_, 5;
        $step = '' if $step eq '-';
        $detail =~ s/"/\\"/g;
        qq(\\{"EventId":$id,"ScheduleEventId":$cause,"Type":"$type","StepName":"$step",)
        . qq("Time":"$main::TIME","EventDetail":") . quotemeta($detail) . '"\}';
    } @rows;
    my $end = defined $next ? qq(,"NextToken":"$next") : '';
    return qr/\A\{"RequestId":"$main::UUID","Events":\[@{[ join ',', @events ]}\]$end\}\z/;
}

__DATA__

=== TEST 1: the published trace of a flow of two pass steps
--- request eval
[
main::create('trace', $main::LEGACY), main::start('trace', 'e'), main::poll('trace', 'e'),
main::get('GetExecutionHistory', FlowName => 'trace', ExecutionName => 'e'),
]
--- error_code eval
[(200) x 4]
--- response_body_like eval
[
main::has('"Name":"trace"'), main::has('"Name":"e"'), main::has('"Succeeded"'),
main::trace(undef,
    '1 0 ExecutionStarted - {"input":{}}',
    '2 1 StepEntered pass1 {"input":{},"local":{}}',
    '3 2 StepStarted pass1 {"input":{}}',
    '4 3 StepSucceeded pass1 {"output":{}}',
    '5 4 StepExited pass1 {"local":{}}',
    '6 5 StepEntered pass2 {"input":{},"local":{}}',
    '7 6 StepStarted pass2 {"input":{}}',
    '8 7 StepSucceeded pass2 {"output":{}}',
    '9 8 StepExited pass2 {"local":{}}',
    '10 9 ExecutionSucceeded - {"output":{}}'),
]
--- no_error_log
[alert]
[error]



=== TEST 2: generation 2, with data
--- request eval
my $flow = <<'END';
Type: StateMachine
SpecVersion: v1
Name: f
StartAt: a
States:
  - Type: Pass
    Name: a
    InputConstructor:
      in.$: $Input.k
    OutputConstructor:
      out.$: $Input.in
    Next: b
  - Type: Succeed
    Name: b
END
[
main::create('two', $flow), main::start('two', 'e', Input => '{"k": [1, "x"]}'), main::poll('two', 'e'),
main::call('GetExecutionHistory', FlowName => 'two', ExecutionName => 'e'),
]
--- error_code eval
[(200) x 4]
--- response_body_like eval
[
main::has('"Name":"two"'), main::has('"Name":"e"'), main::has('"Succeeded"', '"Output":"{\"out\":[1,\"x\"]}"'),
main::trace(undef,
    '1 0 ExecutionStarted - {"input":{"k":[1,"x"]}}',
    '2 1 StepEntered a {"input":{"k":[1,"x"]}}',
    '3 2 StepStarted a {"input":{"in":[1,"x"]}}',
    '4 3 StepSucceeded a {"output":{"out":[1,"x"]}}',
    '5 4 StepExited a {"output":{"out":[1,"x"]}}',
    '6 5 StepEntered b {"input":{"out":[1,"x"]}}',
    '7 6 StepStarted b {"input":{"out":[1,"x"]}}',
    '8 7 StepSucceeded b {"output":{"out":[1,"x"]}}',
    '9 8 StepExited b {"output":{"out":[1,"x"]}}',
    '10 9 ExecutionSucceeded - {"output":{"out":[1,"x"]}}'),
]
--- no_error_log
[alert]
[error]



=== TEST 3: pages, and what is refused
--- request eval
my $history = sub { main::get('GetExecutionHistory', FlowName => 'pages', ExecutionName => 'e', @_) };
[
main::create('pages', $main::LEGACY), main::start('pages', 'e'), main::poll('pages', 'e'),
$history->(Limit => 4), $history->(Limit => 4, NextToken => 5), $history->(Limit => 4, NextToken => 9),
$history->(NextToken => 11), $history->(NextToken => 0, Limit => 1), $history->(Limit => 1000, NextToken => 10),
$history->(Limit => 0), $history->(Limit => 1001), $history->(NextToken => 'abc'), $history->(NextToken => -1),
main::get('GetExecutionHistory', FlowName => 'pages'), main::get('GetExecutionHistory', ExecutionName => 'e'),
main::get('GetExecutionHistory', FlowName => 'pages', ExecutionName => 'none'),
main::get('GetExecutionHistory', FlowName => 'none', ExecutionName => 'e'),
]
--- error_code eval
[(200) x 9, (400) x 6, 404, 404]
--- response_body_like eval
my @rows = (
    '1 0 ExecutionStarted - {"input":{}}', '2 1 StepEntered pass1 {"input":{},"local":{}}',
    '3 2 StepStarted pass1 {"input":{}}', '4 3 StepSucceeded pass1 {"output":{}}',
    '5 4 StepExited pass1 {"local":{}}', '6 5 StepEntered pass2 {"input":{},"local":{}}',
    '7 6 StepStarted pass2 {"input":{}}', '8 7 StepSucceeded pass2 {"output":{}}',
    '9 8 StepExited pass2 {"local":{}}', '10 9 ExecutionSucceeded - {"output":{}}');
my $range = main::err('InvalidArgument', 'Parameter error. Limit must be between 1 and 1000.');
[
main::has('"Name":"pages"'), main::has('"Name":"e"'), main::has('"Succeeded"'),
main::trace(5, @rows[0 .. 3]), main::trace(9, @rows[4 .. 7]), main::trace(undef, @rows[8, 9]),
main::trace(undef), main::trace(2, $rows[0]), main::trace(undef, $rows[9]),
$range, $range,
main::err('InvalidArgument', qr/Parameter error\. NextToken must be an integer.*/),
main::err('InvalidArgument', qr/Parameter error\. NextToken must be .*/),
main::err('MissingRequiredParams', "The HTTP query 'ExecutionName' must be specified."),
main::err('MissingRequiredParams', "The HTTP query 'FlowName' must be specified."),
main::err('ExecutionNotExists', "Execution 'none' for flow 'pages' does not exist."),
main::err('FlowNotExists', "Flow 'none' does not exist."),
]
--- no_error_log
[alert]
[error]



=== TEST 4: an execution that goes on grows by what happens
--- timeout: 5
--- request eval
my $flow = "version: v1\ntype: flow\nsteps:\n  - type: wait\n    name: w\n    duration: 1\n  - type: fail\n    name: f\n    error: E\n    cause: C\n";
[
main::create('grow', $flow), main::start('grow', 'e', Input => '{"n":1}'),
main::get('GetExecutionHistory', FlowName => 'grow', ExecutionName => 'e'),
main::poll('grow', 'e'),
main::get('GetExecutionHistory', FlowName => 'grow', ExecutionName => 'e'),
]
--- error_code eval
[(200) x 5]
--- response_body_like eval
my @before = ('1 0 ExecutionStarted - {"input":{"n":1}}', '2 1 StepEntered w {"input":{"n":1},"local":{}}',
    '3 2 StepStarted w {"input":{"n":1}}');
[
main::has('"Name":"grow"'), main::has('"Name":"e"'), main::trace(undef, @before), main::has('"Failed"'),
main::trace(undef, @before, '4 3 StepSucceeded w {"output":{}}', '5 4 StepExited w {"local":{}}',
    '6 5 StepEntered f {"input":{"n":1},"local":{}}', '7 6 StepStarted f {"input":{"n":1}}',
    '8 7 StepFailed f {"error":"E","cause":"C"}', '9 8 StepExited f {"local":{}}',
    '10 9 ExecutionFailed - {"error":"E","cause":"C"}'),
]
--- no_error_log
[alert]
[error]
