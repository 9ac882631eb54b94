use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();

our $MOCKS;
BEGIN {
    $main::MOCKS = "    cloudflow_store  store shards=1;\n    cloudflow_zone  z:8m;\n"
        . "    cloudflow_mock_config  \$TEST_NGINX_HTML_DIR/mocks.json;\n";
}

# A machine of one task that nothing maps; what a test case of it answers.
our $MACHINE = '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",'
    . '"Parameters":{"FunctionName":"f"},"Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":1}],"End":true}}}';
our $ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:m';

sub sfn {
    my ($input) = @_;
    return "POST /\n$input";
}

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('http_config', $main::MOCKS) if defined $block->mocks && !defined $block->http_config;
    $block->set_value('user_files', ">>> mocks.json\n" . $block->mocks . "\n") if defined $block->mocks;
    $block->set_value('config', "        location / {\n            cloudflow_api  stepfunctions;\n        }\n")
        unless defined $block->config;
    if (defined $block->targets) {
        my @targets = split ' ', $block->targets;
        $block->set_value('more_headers', [map { "X-Amz-Target: AWSStepFunctions.$_\nContent-Type: application/x-amz-json-1.0" }
                                               @targets]);
    }
    main::defaults($block);
});
plan(tests => repeat_each() * 77);
run_tests();

__DATA__

=== TEST 1: a test case of an Express state machine, a retry included
--- mocks
{"StateMachines":{"m":{"TestCases":{"C":{"A":"R"}}}},
 "MockedResponses":{"R":{"0":{"Throw":{"Error":"Busy"}},"1":{"Return":{"x":[1,2]}}}}}
--- targets: CreateStateMachine StartSyncExecution StartSyncExecution StartSyncExecution StartSyncExecution
--- request eval
(my $machine = $main::MACHINE) =~ s/"/\\"/g;
[main::sfn(qq({"name":"m","type":"EXPRESS","roleArn":"arn:aws:iam::1:role/r","definition":"$machine"})),
 map { main::sfn(qq({"stateMachineArn":"$main::ARN$_"})) } '#C', '#D', '#', '']
--- error_code eval
[200, 200, 400, 200, 200]
--- response_body_like eval
[main::has('stateMachineArn'), main::has('"output":"{\"x\":[1,2]}"', '"status":"SUCCEEDED"'),
 main::has('ValidationException', "no test case 'D' of the state machine 'm'"),
 main::has('"status":"FAILED"'), main::has('"status":"FAILED"')]
--- no_error_log
[alert]



=== TEST 2: without a configuration no machine has such a name
--- http_config
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
--- targets: CreateStateMachine StartExecution StartExecution
--- request eval
(my $machine = $main::MACHINE) =~ s/"/\\"/g;
[main::sfn(qq({"name":"m","roleArn":"arn:aws:iam::1:role/r","definition":"$machine"})),
 map { main::sfn(qq({"stateMachineArn":"$main::ARN$_"})) } '#C', '#']
--- error_code eval
[200, 400, 400]
--- response_body_like eval
[main::has('stateMachineArn'), main::has('StateMachineDoesNotExist', 'stateMachine:m#C'),
 main::has('StateMachineDoesNotExist', q(stateMachine:m#'))]
--- no_error_log
[alert]



=== TEST 3: no JSON, with its line
--- mocks
{"StateMachines": {},
 "MockedResponses": {]}
--- must_die
--- error_log eval
["[emerg]", qr/mock configuration ".*mocks\.json", line 2: /]



=== TEST 4: a response that is not there
--- mocks
{"StateMachines": {"m": {"TestCases": {"C": {"A": "None"}}}}, "MockedResponses": {}}
--- must_die
--- error_log
[emerg]
state machine "m": test case "C": response "None" is not in "MockedResponses"



=== TEST 5: no file
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_mock_config  nothing.json;
--- must_die
--- error_log
[emerg]
nothing.json" failed (2: No such file or directory)



=== TEST 6: a directory
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_mock_config  /;
--- must_die
--- error_log
[emerg]
is not a regular file



=== TEST 7: two of them
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_mock_config  $TEST_NGINX_HTML_DIR/mocks.json;
    cloudflow_mock_config  $TEST_NGINX_HTML_DIR/mocks.json;
--- mocks
{"StateMachines": {}}
--- must_die
--- error_log
[emerg]
"cloudflow_mock_config" directive is duplicate



=== TEST 8: health and reset
--- http_config
    cloudflow_store  store shards=2;
    cloudflow_zone   z:8m;
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
        location = /health {
            cloudflow_health;
        }
        location = /reset {
            cloudflow_reset;
        }
--- more_headers eval
["X-Amz-Target: AWSStepFunctions.CreateActivity\nContent-Type: application/x-amz-json-1.0", ("") x 5,
 "X-Amz-Target: AWSStepFunctions.ListActivities\nContent-Type: application/x-amz-json-1.0", ""]
--- request eval
["POST /\n{\"name\":\"a\"}", "GET /health", "HEAD /health", "PUT /health\nx", "GET /reset", "POST /reset",
 "POST /\n{}", "POST /reset\nsome body"]
--- error_code eval
[200, 200, 200, 405, 405, 200, 200, 200]
--- response_body_like eval
[qr/activityArn/, qr/\A\{"status":"ok","shards":2\}\z/, qr/\A\z/, qr/405/, qr/405/, qr/\A\{"status":"ok"\}\z/,
 qr/\A\{"activities":\[\]\}\z/, qr/\A\{"status":"ok"\}\z/]
--- no_error_log
[alert]
[crit]



=== TEST 9: a reset needs no argument
--- config
        location / {
            cloudflow_reset  on;
        }
--- must_die
--- error_log
invalid number of arguments in "cloudflow_reset" directive
[emerg]



=== TEST 10: health without a store
--- http_config
    # no store
--- config
        location / {
            cloudflow_health;
        }
--- must_die
--- error_log
"cloudflow_store" is required
[emerg]
