use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

master_on();
workers(2);
worker_connections(512);
no_root_location();
no_long_string();

our $SHARDS = <<'END';
    cloudflow_store  store shards=4;
    cloudflow_zone   z:16m;
END

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('http_config', $main::SHARDS) unless defined $block->http_config;
    main::defaults($block);
});
plan(tests => repeat_each() * 1316);
run_tests();

__DATA__

=== TEST 1: whichever worker is asked, whichever owns: every call a connection of its own
--- timeout: 5
--- request eval
[
main::create('many', main::waits(1)), main::create('long', main::waits(3600)),
(map { main::start('many', "e$_", Input => qq({"n":$_})) } 1 .. 40),
(map { main::start('long', "e$_") } 1 .. 20),
(map { main::start('many', "e$_") } 1 .. 10),
(map { main::execution('StopExecution', 'long', "e$_") } 1 .. 20),
(map { main::poll('many', "e$_") } 1 .. 40),
(map { main::execution('DescribeExecution', 'long', "e$_") } 1 .. 20),
(map { main::execution('GetExecutionHistory', 'many', "e$_") } 1 .. 10),
(map { main::start('many', "e$_") } 1 .. 10),
]
--- error_code eval
[ (200) x 162, (400) x 10 ]
--- response_body_like eval
[
main::has('"Name":"many"'), main::has('"Name":"long"'),
(map { main::has(qq("Name":"e$_"), '"Status":"Running"') } 1 .. 40), (main::has('"Status":"Running"')) x 20,
(map { main::has(qq("Name":"e$_"), qq("Input":"{\\"n\\":$_}")) } 1 .. 10), (main::has('"Status":"Stopped"')) x 20,
(map { main::has(qq("Name":"e$_"), qq("Input":"{\\"n\\":$_}"), '"Status":"Succeeded"') } 1 .. 40),
(main::has('"Status":"Stopped"')) x 20,
(map { main::has('"Type":"ExecutionSucceeded"', qq({\\"input\\":{\\"n\\":$_}}), '"EventId":6') } 1 .. 10),
(map { main::err('ExecutionAlreadyExists', "Execution 'e$_' for flow 'many' already exists.") } 1 .. 10),
]
--- no_error_log
[alert]
[crit]



=== TEST 2: a list gathers all shards, in pages
--- timeout: 5
--- request eval
my $list = sub { main::get('ListExecutions', FlowName => 'all', MetadataOnly => 'true', @_) };
[
main::create('all', main::waits(3600)), (map { main::start('all', "e$_") } 10 .. 39),
(map { main::execution('StopExecution', 'all', "e$_") } 10 .. 14),
$list->(Limit => 100), $list->(Limit => 10), $list->(Limit => 10, NextToken => 'e29'), $list->(Limit => 10, NextToken => 'e19'),
$list->(Status => 'Stopped'), $list->(ExecutionNamePrefix => 'e2', Limit => 5), $list->(ExecutionNamePrefix => 'e2', Limit => 5, NextToken => 'e24'),
]
--- error_code eval
[(200) x 43]
--- response_body_like eval
my $names = sub { my ($next, @no) = @_; my $rows = join ',', map { "\\{\"FlowName\":\"all\",\"Name\":\"e$_\"[^}]*\\}[^}]*\\}" } @no;
    qr/"Executions":\[$rows\]@{[ $next ? qq(,"NextToken":"$next") : '' ]}\}\z/ };
[
(main::has('{')) x 36,
$names->('', reverse 10 .. 39), $names->('e29', reverse 30 .. 39), $names->('e19', reverse 20 .. 29), $names->('', reverse 10 .. 19),
$names->('', reverse 10 .. 14), $names->('e24', reverse 25 .. 29), $names->('', reverse 20 .. 24),
]
--- no_error_log
[alert]
[crit]



=== TEST 3: one connection, one worker, executions of all shards
--- timeout: 5
--- pipelined_requests eval
[
main::create('pipe', main::waits(1)), (map { main::start('pipe', "p$_") } 1 .. 16), (map { main::poll('pipe', "p$_") } 1 .. 16),
main::call('DeleteFlow', Name => 'pipe'), main::execution('DescribeExecution', 'pipe', 'p1'),
]
--- error_code eval
[(200) x 34, 404]
--- response_body_like eval
[ main::has('"Name":"pipe"'), (main::has('"Running"')) x 16, (main::has('"Succeeded"')) x 16, main::has('"RequestId"'),
  main::err('FlowNotExists', "Flow 'pipe' does not exist.") ]
--- no_error_log
[alert]
[crit]



=== TEST 4: a flow is known everywhere at once
--- request eval
[ map { (main::create("f$_", $main::PASS), main::get('DescribeFlow', Name => "f$_"), main::start("f$_", 'e'),
         main::call('UpdateFlow', Name => "f$_", Description => "new$_"), main::get('DescribeFlow', Name => "f$_"),
         main::poll("f$_", 'e'), main::call('DeleteFlow', Name => "f$_"), main::get('DescribeFlow', Name => "f$_")) } 1 .. 12 ]
--- error_code eval
[ ((200) x 7, 404) x 12 ]
--- response_body_like eval
[ map { (main::has(qq("Name":"f$_")), main::has('"Description":"d"'), main::has('"Name":"e"'), main::has(qq("Description":"new$_")),
         main::has(qq("Description":"new$_")), main::has('"Succeeded"'), main::has('"RequestId"'), main::has('FlowNotExists')) } 1 .. 12 ]
--- no_error_log
[alert]
[crit]
