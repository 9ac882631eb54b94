use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

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
    cloudflow_owner_wait  100ms;
END

# Nothing goes before 10.2 s: an execution that runs is waited for in vain.
sub main::long_wait { return main::execution('DescribeExecution', 'w', 'r', WaitTimeSeconds => 13) }

add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 112);
run_tests();

__DATA__

=== TEST 1: what is over goes after its time, its name is free, what runs stays
--- http_config eval
$main::SOON . "    cloudflow_retention   10200ms;\n"
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
