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

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('config', $main::STATUS) unless defined $block->config;
    main::defaults($block);
});
plan(tests => repeat_each() * 50);
run_tests();

__DATA__

=== TEST 1: counters move with what happens
--- http_config
    cloudflow_store  counted shards=2;
    cloudflow_zone   counted:8m;
--- request eval
[
'GET /status',
main::create('count', main::waits(3600)), main::start('count', 'a'), main::start('count', 'b'), main::start('count', 'b'),
main::execution('StopExecution', 'count', 'b'), main::get('DescribeFlow', Name => 'none'),
'GET /status', 'HEAD /status', 'POST /status', 'GET /status/more',
]
--- error_code eval
[200, 200, 200, 200, 200, 200, 404, 200, 200, 405, 404]
--- response_body_like eval
my $line = sub { my ($name, $value) = @_; qr/^cloudflow_$name $value$/m };
[
main::has($line->('requests_total', 0), $line->('executions_started_total', 0), $line->('executions_running', 0),
    qr/^# HELP cloudflow_requests_total ./m, qr/^# TYPE cloudflow_requests_total counter$/m, qr/^# TYPE cloudflow_parked_requests gauge$/m),
main::has('{'), main::has('{'), main::has('{'), main::has('{'), main::has('{'), main::has('{'),
main::has($line->('requests_total', 6), $line->('request_errors_total', 1), $line->('request_failures_total', 0),
    $line->('executions_started_total', 2), $line->('executions_running', 1), $line->('shards_owned', 2), $line->('parked_requests', 0),
    $line->('events_total', '[1-9]\d*'), $line->('commits_total', '[1-9]\d*'), $line->('commit_failures_total', 0)),
qr/\A\z/, qr/405/, qr/./,
]
--- no_error_log
[alert]
[error]



=== TEST 2: counters of what is not there
--- http_config
    # no store
--- config
        location / {
            cloudflow_status;
        }
--- must_die
--- error_log
"cloudflow_store" is required
[emerg]



=== TEST 3: no arguments
--- config
        location / {
            cloudflow_status  on;
        }
--- must_die
--- error_log
invalid number of arguments in "cloudflow_status" directive
[emerg]
