use Test::Nginx::Socket;

use File::Temp qw(tempdir);

use FindBin;
require "$FindBin::Bin/requests.pl";

our $DIR = tempdir(CLEANUP => 1);
$ENV{TEST_NGINX_KEYS} = "$DIR/keys";
open my $keys, '>', $ENV{TEST_NGINX_KEYS} or die "keys: $!";
print $keys "id secret\n";
close $keys;
chmod 0600, $ENV{TEST_NGINX_KEYS};

no_root_location();
no_long_string();

our $STATUS = <<'END';
        location / {
            cloudflow_api  cloudflow;
        }
        location = /status {
            cloudflow_status;
        }
END

our $SOON = <<'END';
    cloudflow_store       store shards=1;
    cloudflow_zone        z:8m;
    cloudflow_owner_wait  2s;
END

# Nothing goes before 14 s: an execution that runs is waited for in vain.
sub main::long_wait { return main::execution('DescribeExecution', 'w', 'r', WaitTimeSeconds => 17) }

add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 498);
run_tests();

__DATA__

=== TEST 1: what is over goes after its time, its name is free, what runs stays
--- http_config eval
$main::SOON . "    cloudflow_retention   14s;\n"
--- config eval: $main::STATUS
--- request eval
[
main::create('f', $main::PASS), main::create('w', main::waits(3600)),
main::start('f', 'a'), main::start('f', 'b', Input => '{"n":1}'), main::start('w', 'r'), main::start('f', 'last'),
main::execution('DescribeExecution', 'f', 'a'), main::long_wait(),
main::execution('DescribeExecution', 'f', 'a'), main::execution('GetExecutionHistory', 'f', 'a'),
main::execution('StopExecution', 'f', 'a'), main::get('ListExecutions', FlowName => 'f'),
main::execution('DescribeExecution', 'w', 'r'),
main::start('f', 'b', Input => '{"n":2}'), main::execution('DescribeExecution', 'f', 'b'),
main::start('f', 'last'), 'GET /status',
]
--- error_code eval
[200, 200, 200, 200, 200, 200, 200, 200, 404, 404, 404, 200, 200, 200, 200, 400, 200]
--- response_body_like eval
[
main::has('{'), main::has('{'), main::has('{'), main::has('{'), main::has('{'), main::has('{'),
main::has('"Status":"Succeeded"'), qr/./,
main::has('"Code":"ExecutionNotExists"'), main::has('"Code":"ExecutionNotExists"'),
main::has('"Code":"ExecutionNotExists"'), qr/"Executions":\[\{(?!.*"Name":"(?:a|b)").*"Name":"last"/s,
main::has('"Status":"Running"'),
main::has('{'), main::has('"Input":"{\"n\":2}"'),
main::has('"Code":"ExecutionAlreadyExists"'), main::has(qr/^cloudflow_executions_erased_total 2$/m),
]
--- timeout: 25
--- no_error_log
[alert]
[error]



=== TEST 2: a count
--- http_config eval
$main::SOON . "    cloudflow_retention   1d count=2;\n"
--- config eval: $main::STATUS
--- request eval
[
main::create('f', $main::PASS), main::create('w', main::waits(3600)), main::start('w', 'r'),
map({ main::start('f', "e$_") } 1 .. 5), main::long_wait(),
main::get('ListExecutions', FlowName => 'f'), 'GET /status',
]
--- error_code eval
[(200) x 11]
--- response_body_like eval
[
(main::has('{')) x 9,
qr/"Executions":\[.*"Name":"e5".*"Name":"e4"(?!.*"Name":"e)/s,
main::has(qr/^cloudflow_executions_erased_total 3$/m),
]
--- timeout: 25
--- no_error_log
[alert]
[error]



=== TEST 3: an action has its bucket, others are free
--- config
        location / {
            cloudflow_api       cloudflow;
            cloudflow_throttle  DescribeFlow  rate=1/s burst=3;
        }
        location = /status {
            cloudflow_status;
        }
--- request eval
[
main::create('f', $main::PASS), map({ main::get('DescribeFlow', Name => 'f') } 1 .. 5),
main::get('ListFlows'), main::start('f', 'a'), 'GET /status',
]
--- error_code eval
[(200) x 4, 429, 429, (200) x 3]
--- response_body_like eval
[
(main::has('{')) x 4, (main::err('ResourceThrottled', 'The request is throttled. Please try again later.')) x 2,
(main::has('{')) x 2,
main::has(qr/^cloudflow_requests_throttled_total 2$/m, qr/^cloudflow_request_errors_total 2$/m),
]
--- no_error_log
[alert]
[error]



=== TEST 4: the published preset; one action has more
--- http_config eval
$main::HTTP . "    cloudflow_throttle  published;\n    cloudflow_throttle  ListFlows rate=100/s;\n"
--- request eval
[
main::create('f', $main::PASS), map({ main::get('DescribeFlow', Name => 'f') } 1 .. 11),
map({ main::get('ListFlows') } 1 .. 12), map({ main::execution('DescribeExecution', 'f', 'none') } 1 .. 12),
]
--- error_code eval
[200, (200) x 10, 429, (200) x 12, (404) x 12]
--- no_error_log
[alert]
[error]



=== TEST 5: a level that says something has buckets of its own; a rest for all
--- http_config eval
$main::HTTP . "    cloudflow_throttle  * rate=1/s burst=2;\n"
--- config
        cloudflow_throttle  *          rate=1/s burst=1;
        cloudflow_throttle  ListFlows  rate=1/s burst=2;
        location / {
            cloudflow_api  cloudflow;
        }
--- request eval
[
main::create('f', $main::PASS), main::create('f', $main::PASS),
map({ main::get('ListFlows') } 1 .. 3), map({ main::get('DescribeFlow', Name => 'f') } 1 .. 2),
]
--- error_code eval
[200, 429, 200, 200, 429, 200, 429]
--- no_error_log
[alert]
[error]



=== TEST 6: off where it is on above
--- http_config eval
$main::HTTP . "    cloudflow_throttle  published;\n"
--- config
        location / {
            cloudflow_api       cloudflow;
            cloudflow_throttle  off;
        }
--- request eval
[ map({ main::get('ListFlows') } 1 .. 15) ]
--- error_code eval
[(200) x 15]
--- no_error_log
[alert]
[error]



=== TEST 7: who is not let in empties no bucket
--- config
        location / {
            cloudflow_api          cloudflow;
            cloudflow_credentials  $TEST_NGINX_KEYS;
            cloudflow_throttle     * rate=1/s burst=1;
        }
        location = /status {
            cloudflow_status;
        }
--- request eval
[ map({ main::get('ListFlows') } 1 .. 4), 'GET /status' ]
--- error_code eval
[(400) x 4, 200]
--- response_body_like eval
[ (main::lacks('Throttled')) x 4, main::has(qr/^cloudflow_requests_throttled_total 0$/m) ]
--- no_error_log
[alert]
[error]



=== TEST 8: an action that is none
--- config
        cloudflow_throttle  Describe rate=1/s;
        location / { cloudflow_api cloudflow; }
--- must_die
--- error_log
[emerg]
unknown action "Describe"



=== TEST 9: no rate
--- config
        cloudflow_throttle  ListFlows;
        location / { cloudflow_api cloudflow; }
--- must_die
--- error_log
[emerg]
"rate=" is missing



=== TEST 10: a rate without its unit
--- config
        cloudflow_throttle  * rate=5;
        location / { cloudflow_api cloudflow; }
--- must_die
--- error_log
[emerg]
invalid rate "rate=5"



=== TEST 11: a rate of nothing
--- config
        cloudflow_throttle  * rate=0/s;
        location / { cloudflow_api cloudflow; }
--- must_die
--- error_log
[emerg]
"rate" must be between 1 and 1000000



=== TEST 12: a burst of nothing
--- config
        cloudflow_throttle  * rate=1/s burst=0;
        location / { cloudflow_api cloudflow; }
--- must_die
--- error_log
[emerg]
"burst" must be between 1 and 1000000



=== TEST 13: an action twice
--- config
        cloudflow_throttle  ListFlows rate=1/s;
        cloudflow_throttle  ListFlows rate=2/s;
        location / { cloudflow_api cloudflow; }
--- must_die
--- error_log
[emerg]
sets an action twice



=== TEST 14: all twice
--- config
        cloudflow_throttle  * rate=1/s;
        cloudflow_throttle  published;
        location / { cloudflow_api cloudflow; }
--- must_die
--- error_log
[emerg]
sets all actions twice



=== TEST 15: off and something
--- config
        cloudflow_throttle  off;
        cloudflow_throttle  published;
        location / { cloudflow_api cloudflow; }
--- must_die
--- error_log
[emerg]
has nothing beside "off"



=== TEST 16: running executions and flows are limited, what is there is found
--- http_config eval
$main::HTTP . "    cloudflow_limit  flows=2 executions=2;\n    cloudflow_limit  express=3;\n"
--- request eval
[
main::create('w', main::waits(3600)), main::create('f', $main::PASS), main::create('g', $main::PASS), main::create('f', $main::PASS),
main::start('w', 'a'), main::start('w', 'b'), main::start('w', 'c'), main::start('w', 'a'), main::start('f', 'x'),
main::execution('StopExecution', 'w', 'a'), main::start('f', 'x'), main::start('w', 'c'), main::start('w', 'd'),
main::get('DeleteFlow', Name => 'f'), main::create('g', $main::PASS),
]
--- error_code eval
[200, 200, 429, 409, 200, 200, 429, 200, 429, 200, 200, 200, 429, 200, 200]
--- response_body_like eval
[
(main::has('{')) x 2, main::err('ResourceThrottled', qr/.*/), main::has('"Code":"FlowAlreadyExists"'),
(main::has('{')) x 2, main::err('ResourceThrottled', qr/.*/), (main::has('{')) x 8,
]
--- no_error_log
[alert]
[error]



=== TEST 17: a limit that is none
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_limit  steps=5;
--- must_die
--- error_log
[emerg]
unknown limit "steps=5"



=== TEST 18: a limit of nothing
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_limit  flows=0;
--- must_die
--- error_log
[emerg]
"flows" must be between 1 and 1000000



=== TEST 19: a limit twice
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_limit  flows=5;
    cloudflow_limit  flows=6;
--- must_die
--- error_log
[emerg]
sets a limit twice



=== TEST 20: a throttled answer says when to come again, in milliseconds
--- config
        location / {
            cloudflow_api       cloudflow;
            cloudflow_throttle  DescribeFlow  rate=1/s burst=1;
        }
--- request eval
[ main::create('f', $main::PASS), map({ main::get('DescribeFlow', Name => 'f') } 1 .. 2) ]
--- error_code eval
[200, 200, 429]
--- response_headers_like eval
[ 'x-acs-request-id: .+', 'x-acs-request-id: .+', 'x-acs-retry-after: (?:[1-9]\d{0,2}|1000)' ]
--- no_error_log
[alert]
[error]



=== TEST 21: ... and what there was room for says nothing, nor what a quota refuses
--- http_config eval
$main::HTTP . "    cloudflow_limit  flows=1;\n"
--- config
        location / {
            cloudflow_api       cloudflow;
            cloudflow_throttle  DescribeFlow  rate=1/s burst=1;
        }
--- request eval
[ main::create('f', $main::PASS), main::get('DescribeFlow', Name => 'f'), main::create('g', $main::PASS) ]
--- error_code eval
[200, 200, 429]
--- response_headers eval
[ ('!x-acs-retry-after') x 3 ]
--- no_error_log
[alert]
[error]



=== TEST 22: a door says it in seconds
--- config
        location / { cloudflow_api  cloudflow; }
        location = /start {
            cloudflow_start     f;
            cloudflow_throttle  StartExecution  rate=1/s burst=1;
        }
--- request eval
[ main::create('f', $main::PASS), 'GET /start', 'GET /start' ]
--- error_code eval
[200, 202, 429]
--- response_headers_like eval
[ 'x-acs-request-id: .+', 'x-acs-request-id: .+', 'Retry-After: 1' ]
--- no_error_log
[alert]
[error]



=== TEST 23: a map run gets no more than is allowed
--- http_config eval
$main::HTTP . "    cloudflow_limit  map_concurrency=5;\n"
--- request eval
my $map = sub { return "Type: StateMachine\nSpecVersion: v1\nName: n\nStartAt: m\nStates:\n- Type: Map\n  Name: m\n  End: true\n  ItemsPath: \$Input.a\n"
    . "  MaxConcuccency: $_[0]\n  ProcessorConfig: {ExecutionMode: Standard}\n  Processor: {StartAt: b, States: [{Type: Succeed, Name: b}]}\n" };
[
main::create('f', $map->(6)), main::create('f', $map->(5)),
main::start('f', 'x', Input => '{"a":[{},{},{}]}'), main::poll('f', 'x'),
main::execution('UpdateMapRun', 'f', 'x', MapRunName => 'r', Concurrency => 6),
main::execution('UpdateMapRun', 'f', 'x', MapRunName => 'r', Concurrency => 10001),
]
--- error_code eval
[400, 200, 200, 200, 400, 400]
--- response_body_like eval
[
main::err('InvalidArgument', qr/Parameter error\. Definition is not valid: line 10, column 19: the concurrency of a Map in distributed mode must be from 1 to 5.*/),
main::has('"Name":"f"'), main::has('{'), main::has('"Status":"Succeeded"'),
main::err('InvalidArgument', 'Parameter error. Concurrency must be between 1 and 5.'),
main::err('InvalidArgument', qr/Parameter error\. Concurrency must be between 1 and \d+\./),
]
--- no_error_log
[alert]
[error]



=== TEST 24: more than a map run may ever have
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_limit  map_concurrency=10001;
--- must_die
--- error_log
[emerg]
"map_concurrency" must be between 1 and 10000
