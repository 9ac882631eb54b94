use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();

add_block_preprocessor(sub {
    my ($block) = @_;
    main::defaults($block);
});
plan(tests => repeat_each() * 24);
run_tests();

our $FAST;
BEGIN { $main::FAST = "    cloudflow_store  store shards=1;\n    cloudflow_zone  z:8m;\n    cloudflow_wait_speed  1000;\n" }

# Fails at once, and is tried again after 3000 seconds.
our $RETRY;
BEGIN { $main::RETRY = '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",'
    . '"Parameters":{"FunctionName":"f"},"Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":3000,"MaxAttempts":1}],'
    . '"End":true}}}'; $main::RETRY =~ s/"/\\"/g }

__DATA__

=== TEST 1: an hour's wait takes four seconds, in a durable execution
--- http_config eval: $main::FAST
--- timeout: 15
--- request eval
[
main::create('w', main::waits(3600)), main::start('w', 'a'), main::poll('w', 'a'),
main::execution('GetExecutionHistory', 'w', 'a'),
]
--- error_code eval
[(200) x 4]
--- response_body_like eval
[
(main::has('{')) x 2, main::has('"Status":"Succeeded"'), main::has('StepSucceeded')
]
--- no_error_log
[alert]



=== TEST 2: an hour's pause takes three seconds, in an Express execution
--- http_config eval: $main::FAST . "    cloudflow_resource \"arn:aws:states:::lambda:*\" /lambda;\n"
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
        location /lambda {
            internal;
            return 500;
        }
--- timeout: 15
--- request eval
[
qq(POST /\n{"name":"m","type":"EXPRESS","roleArn":"arn:aws:iam::1:role/r","definition":"$main::RETRY"}),
qq(POST /\n{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m"}),
]
--- more_headers eval
[map { "X-Amz-Target: AWSStepFunctions.$_\nContent-Type: application/x-amz-json-1.0" }
     qw(CreateStateMachine StartSyncExecution)]
--- error_code eval
[200, 200]
--- response_body_like eval
[
main::has('stateMachineArn'), main::has('"status":"FAILED"', qr/"billedDurationInMilliseconds":[3-9][0-9]00\b/),
]
--- no_error_log
[alert]



=== TEST 3: a speed that is none
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_wait_speed  0;
--- must_die
--- error_log
[emerg]
invalid speed "0", must be between 1 and 1000000



=== TEST 4: a speed twice
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_wait_speed  2;
    cloudflow_wait_speed  3;
--- must_die
--- error_log
[emerg]
"cloudflow_wait_speed" directive is duplicate
