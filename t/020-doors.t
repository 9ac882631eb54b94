use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();

# Definitions of declared flows.
use File::Temp;
our $DIR = File::Temp::tempdir(CLEANUP => 1);
$ENV{TEST_NGINX_FLOWS_DIR} = $DIR;

sub main::file {
    my ($name, $text) = @_;
    open my $out, '>', "$DIR/$name" or die "$DIR/$name: $!";
    print $out $text;
    close $out;
}

main::file('echo', "Type: StateMachine\nSpecVersion: v1\nName: n\nStartAt: a\nStates:\n- Type: Pass\n  Name: a\n  End: true\n");
main::file('sum', "Type: StateMachine\nSpecVersion: v1\nName: n\nStartAt: a\nStates:\n- Type: Pass\n  Name: a\n  OutputConstructor:\n    hello.\$: format(\"hello {}\", \$Input.who)\n  End: true\n");
main::file('fail', "Type: StateMachine\nSpecVersion: v1\nName: n\nStartAt: a\nStates:\n- Type: Fail\n  Name: a\n  Code: E1\n  Detail: why not\n");
main::file('bad', "Type: StateMachine\nSpecVersion: v1\nName: n\nStartAt: nowhere\nStates:\n- Type: Pass\n  Name: a\n  End: true\n");

our $FLOWS = <<'EOF';
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
    cloudflow_flow   echo  $TEST_NGINX_FLOWS_DIR/echo  description=declared role=acs:ram::1:role/r;
    cloudflow_flow   sum   $TEST_NGINX_FLOWS_DIR/sum   mode=express;
    cloudflow_flow   fail  $TEST_NGINX_FLOWS_DIR/fail  mode=express;
    log_format  flows  '$uri $cloudflow_action $cloudflow_flow $cloudflow_execution $cloudflow_status $cloudflow_error $cloudflow_commit_time';
    access_log  logs/flows.log  flows;
EOF

our $DOORS = <<'EOF';
        location = / { cloudflow_api  cloudflow; }
        location = /hook  { cloudflow_start  echo  name=$http_idempotency_key; }
        location = /plain { cloudflow_start  echo; }
        location ~ ^/run/(\w+)$ { cloudflow_run  $1; }
        location = /log {
            default_type  text/plain;
            alias         logs/flows.log;
        }
EOF

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('http_config', $main::FLOWS) unless defined $block->http_config;
    $block->set_value('config', $main::DOORS) unless defined $block->config;
});

# A second passes: the declared flows are there.
sub main::second { my ($w) = @_; return (main::create($w, main::waits(1)), main::start($w, 'e'), main::poll($w, 'e')) }
sub main::passed { my ($w) = @_; return (main::has(qq("Name":"$w")), main::has('"Name":"e"'), main::has('"Succeeded"')) }

plan(tests => repeat_each() * 237);
run_tests();

__DATA__

=== TEST 1: declared flows are in the store
--- request eval
[ main::second('w1'), main::call('ListFlows'), main::call('DescribeFlow', Name => 'echo'), main::call('DescribeFlow', Name => 'sum') ]
--- error_code eval
[(200) x 6]
--- response_body_like eval
[ main::passed('w1'), main::inorder('"Name":"echo"', '"Name":"fail"', '"Name":"sum"'),
  main::has('"Description":"declared"', '"RoleArn":"acs:ram::1:role/r"', '"ExecutionMode":"Standard"'), main::has('"ExecutionMode":"Express"') ]
--- no_error_log
[alert]
[error]



=== TEST 2: a request starts an execution, once for a key
--- request eval
[
main::second('w2'),
"POST /hook\n" . '{"a":1}', "POST /hook\n" . '{"a":2}', 'GET /hook?b=x%20y&b=z&c=', "POST /hook\nd=1&e=%c3%a9", 'GET /plain',
main::poll('echo', 'order_1'),
]
--- more_headers eval
my $json = 'Content-Type: application/json';
[ ('') x 3, "$json\nIdempotency-Key: order_1", "$json\nIdempotency-Key: order_1", 'Idempotency-Key: query',
  "Content-Type: application/x-www-form-urlencoded\nIdempotency-Key: form", '', '' ]
--- error_code eval
[(200) x 3, (202) x 5, 200]
--- response_body_like eval
[ main::passed('w2'), (qr/\A\{"FlowName":"echo","Name":"order_1"\}\z/) x 2, qr/"Name":"query"/, qr/"Name":"form"/, qr/"Name":"$main::UUID"/,
  main::has('"Status":"Succeeded"', '"Input":"{\"a\":1}"') ]
--- no_error_log
[alert]
[error]



=== TEST 3: what the inputs were; a key that is no name
--- request eval
[
main::second('w3'), 'GET /hook?b=x%20y&b=z&c=', "POST /hook\nd=1&e=%c3%a9", "POST /hook\n" . '{}', "POST /hook\n" . '{}',
main::poll('echo', 'query'), main::poll('echo', 'form'), main::call('ListExecutions', FlowName => 'echo', ExecutionNamePrefix => '_'),
]
--- more_headers eval
[ ('') x 3, 'Idempotency-Key: query', "Content-Type: application/x-www-form-urlencoded\nIdempotency-Key: form",
  'Idempotency-Key: 0c5e-4b/1', 'Idempotency-Key: 0c5e-4b/1', ('') x 3 ]
--- error_code eval
[(200) x 3, (202) x 4, 200, 200, 200]
--- response_body_like eval
[ main::passed('w3'), qr/"Name":"query"/, qr/"Name":"form"/, (qr/"Name":"_[0-9a-f]{32}"/) x 2,
  main::has('"Output":"{\"b\":\"x y\",\"c\":\"\"}"'), main::has('"Output":"{\"d\":\"1\",\"e\":\"é\"}"'),
  qr/"Executions":\[\{[^{]*"Name":"_[0-9a-f]{32}"(?!.*"Name":"_)/s ]
--- no_error_log
[alert]
[error]



=== TEST 4: a request is answered with a flow's output
--- request eval
[ main::second('w4'), 'GET /run/sum?who=you', "POST /run/sum\n" . '{"who":"them"}', 'GET /run/fail', 'GET /run/none', 'GET /run/echo' ]
--- error_code eval
[(200) x 5, 502, 404, 400]
--- response_body_like eval
[ main::passed('w4'), qr/\A\{"hello":"hello you"\}\z/, qr/\A\{"hello":"hello them"\}\z/, qr/\A\{"Code":"E1","Message":"why not","Name":"$main::UUID:$main::UUID"\}\z/,
  main::err('FlowNotExists', "Flow 'none' does not exist."), main::err('ActionNotSupported', 'Standard execution is not supported') ]
--- no_error_log
[alert]
[error]



=== TEST 5: bodies that are no input
--- request eval
[ main::second('w5'), "POST /plain\n[1]", "POST /plain\n{", "POST /plain\n<a/>", "POST /plain\na=%zz" ]
--- more_headers eval
[ ('') x 3, 'Content-Type: application/json', 'Content-Type: application/json', 'Content-Type: text/xml', 'Content-Type: application/x-www-form-urlencoded' ]
--- error_code eval
[(200) x 3, 400, 400, 415, 400]
--- response_body_like eval
[ main::passed('w5'), main::err('InvalidArgument', 'Parameter error. The body must be a JSON object.'), main::has('The body is not valid JSON'),
  main::has('UnsupportedMediaType'), main::has('InvalidArgument') ]
--- no_error_log
[alert]
[error]



=== TEST 6: what is logged
--- request eval
[ main::second('w6'), 'GET /run/sum?who=you', 'GET /run/fail', "POST /hook\n" . '{"a":1}', main::execution('DescribeExecution', 'echo', "no\nsuch"), 'GET /log' ]
--- more_headers eval
[ ('') x 5, 'Idempotency-Key: k', '', '' ]
--- error_code eval
[(200) x 4, 502, 202, 404, 200]
--- response_body_like eval
[ main::passed('w6'), qr/hello/, qr/E1/, qr/"Name":"k"/, main::has('ExecutionNotExists'),
  main::inorder(qr{^/ CreateFlow w6 - - - \d+\.\d{3}$}m, qr{^/ StartExecution w6 e Running - \d+\.\d{3}$}m, qr{^/ DescribeExecution w6 e Succeeded - [01]\.\d{3}$}m,
                qr{^/run/sum StartSyncExecution sum $main::UUID:$main::UUID Succeeded - \d+\.\d{3}$}m, qr{^/run/fail StartSyncExecution fail $main::UUID:$main::UUID Failed E1 \d}m,
                qr{^/hook StartExecution echo k Running - \d}m, qr{^/ DescribeExecution echo no\?such - ExecutionNotExists \d}m) ]
--- no_error_log
[alert]
[error]



=== TEST 7: a definition that does not compile
--- http_config
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
    cloudflow_flow   bad  $TEST_NGINX_FLOWS_DIR/bad;
--- must_die
--- error_log
[emerg]
flow "bad" in
line 4



=== TEST 8: a file that is not there
--- http_config
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
    cloudflow_flow   none  $TEST_NGINX_FLOWS_DIR/none;
--- must_die
--- error_log
[emerg]
/none" failed



=== TEST 9: a flow twice
--- http_config
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
    cloudflow_flow   f  $TEST_NGINX_FLOWS_DIR/echo;
    cloudflow_flow   f  $TEST_NGINX_FLOWS_DIR/sum;
--- must_die
--- error_log
[emerg]
duplicate flow "f"



=== TEST 10: a door and the API in one place
--- config
        location / {
            cloudflow_api    cloudflow;
            cloudflow_start  echo;
        }
--- must_die
--- error_log
[emerg]
conflicts with "cloudflow_api"



=== TEST 11: an option that there is not
--- config
        location / {
            cloudflow_start  echo  key=$arg_x;
        }
--- must_die
--- error_log
[emerg]
invalid parameter "key=$arg_x"



=== TEST 12: regions
--- request eval
[ main::call('DescribeRegions'), main::call('DescribeRegions', AcceptLanguage => 'en-US'), main::call('DescribeRegions', AcceptLanguage => 'fr') ]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
[ (main::has('"Regions":{"Region":[{"RegionId":"local","LocalName":"local","RegionEndpoint":"localhost"}]}')) x 2, main::has('InvalidArgument') ]
--- no_error_log
[alert]
[error]



=== TEST 13: regions that the operator names
--- http_config
    cloudflow_store   store shards=1;
    cloudflow_zone    z:8m;
    cloudflow_region  cn-hangzhou;
    cloudflow_region  office  flows.example.org:8443  "Third floor";
--- config
        location = / { cloudflow_api  cloudflow; }
--- request eval
[ main::call('DescribeRegions'), main::call('DescribeRegions', AcceptLanguage => 'en-US') ]
--- error_code eval
[200, 200]
--- response_body_like eval
my $office = '{"RegionId":"office","LocalName":"Third floor","RegionEndpoint":"flows.example.org:8443"}';
[ main::has('"RegionId":"cn-hangzhou","LocalName":"华东1（杭州）","RegionEndpoint":"localhost"', $office),
  main::has('"RegionId":"cn-hangzhou","LocalName":"China (Hangzhou)"', $office) ]
--- no_error_log
[alert]
[error]



=== TEST 14: a definition in a pipe, that nobody writes to
--- http_config eval
system('mkfifo', "$main::DIR/pipe");
'
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
    cloudflow_flow   pipe  $TEST_NGINX_FLOWS_DIR/pipe;
'
--- must_die
--- error_log
[emerg]
/pipe" is no file of at most 1048576 bytes



=== TEST 15: an option that is no text
--- http_config eval
'
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
    cloudflow_flow   echo  $TEST_NGINX_FLOWS_DIR/echo "description=a' . chr(0xff) . '";
'
--- must_die
--- error_log
[emerg]
is not UTF-8



=== TEST 16: one flow too many does not keep others waiting, and is told
--- http_config
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
    cloudflow_limit  flows=1;
    cloudflow_flow   echo  $TEST_NGINX_FLOWS_DIR/echo;
    cloudflow_flow   more  $TEST_NGINX_FLOWS_DIR/echo;
    cloudflow_flow   last  $TEST_NGINX_FLOWS_DIR/echo;
--- config
        location = / { cloudflow_api  cloudflow; }
--- request eval
main::call('DescribeRegions')
--- wait: 1
--- error_code: 200
--- response_body_like eval
main::has('Regions')
--- grep_error_log eval
qr/flow "\w+" could not be written yet: THROTTLED/
--- grep_error_log_out
flow "more" could not be written yet: THROTTLED
flow "last" could not be written yet: THROTTLED
