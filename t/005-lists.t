use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 172);
run_tests();

# What the list's answers must hold, in this order, and no other names.
sub main::listed {
    my ($next, @names) = @_;
    my $rows = join '', map { '\{"FlowName":"[a-z]+","Name":"' . $_ . '".*?\},?' } @names;
    my $end = defined $next ? qq(,"NextToken":"$next") : '';
    return qr/\A\{"RequestId":"$main::UUID","Executions":\[$rows\]$end\}\z/s;
}

__DATA__

=== TEST 1: newest first, in pages, with every filter
--- request eval
my $list = sub { main::get('ListExecutions', FlowName => 'list', @_) };
[
main::create('list', main::waits(3600)),
(map { main::start('list', $_, Input => qq({"n":"$_"})) } qw(x1 y2 x3 y4 x5)),
main::execution('StopExecution', 'list', 'y4'), main::execution('StopExecution', 'list', 'x1'),
$list->(), $list->(Limit => 2), $list->(Limit => 2, NextToken => 'x3'), $list->(Limit => 2, NextToken => 'x1'),
$list->(Status => 'Running'), $list->(Status => 'Stopped'), $list->(Status => 'Succeeded'),
$list->(Status => 'Starting'),
$list->(ExecutionNamePrefix => 'x'), $list->(ExecutionNamePrefix => 'x', Limit => 2),
$list->(ExecutionNamePrefix => 'X'), $list->(ExecutionNamePrefix => 'y', Status => 'Running'),
$list->(ExecutionNamePrefix => ''),
$list->(StartedTimeBegin => '2001-01-01T00:00:00Z'), $list->(StartedTimeEnd => '2001-01-01T00:00:00+08:00'),
$list->(StartedTimeBegin => '2001-01-01T00:00:00Z', StartedTimeEnd => '2999-01-01T00:00:00.5Z', Status => 'Stopped'),
$list->(MapRunName => 'c39142f1345b196d678333c41f113000'), $list->(Qualifier => '1'),
$list->(NextToken => 'none'),
]
--- error_code eval
[(200) x 27]
--- response_body_like eval
my @all = qw(x5 y4 x3 y2 x1);
[
main::has('"Name":"list"'), (main::has('"Status":"Running"')) x 5, (main::has('"Status":"Stopped"')) x 2,
main::listed(undef, @all),
main::listed('x3', 'x5', 'y4'), main::listed('x1', 'x3', 'y2'), main::listed(undef, 'x1'),
main::listed(undef, 'x5', 'x3', 'y2'), main::listed(undef, 'y4', 'x1'), main::listed(undef), main::listed(undef),
main::listed(undef, 'x5', 'x3', 'x1'), main::listed('x1', 'x5', 'x3'), main::listed(undef),
main::listed(undef, 'y2'), main::listed(undef, @all),
main::listed(undef, @all), main::listed(undef), main::listed(undef, 'y4', 'x1'),
main::listed(undef), main::listed(undef),
qr/./,
]
--- no_error_log
[alert]
[error]



=== TEST 2: members, with and without data
--- request eval
[
main::create('data', $main::PASS, Environment => '{"Variables":[{"Name":"A","Value":"1","Description":"d"}]}'),
main::start('data', 'e', Input => '{"k":[1,2]}'), main::poll('data', 'e'),
main::call('ListExecutions', FlowName => 'data'),
main::call('ListExecutions', FlowName => 'data', MetadataOnly => 'false'),
main::call('ListExecutions', FlowName => 'data', MetadataOnly => 'True'),
]
--- error_code eval
[(200) x 6]
--- response_body_like eval
my $full = main::has('"FlowName":"data","Name":"e"', '"Status":"Succeeded"', '"FlowDefinition":"Type: StateMachine\n',
    '"Input":"{\"k\":[1,2]}"', '"Output":"{\"k\":[1,2]}"', '"Environment":{"Variables":[{"Name":"A","Value":"1"}]}',
    qr/"StartedTime":"$main::TIME"/, qr/"StoppedTime":"$main::TIME"/);
[
main::has('"Name":"data"'), main::has('"Name":"e"'), main::has('"Succeeded"'), $full, $full,
main::has('"Name":"e"', '"Status":"Succeeded"', main::lacks('"Input"', '"Output"', '"FlowDefinition"')),
]
--- no_error_log
[alert]
[error]



=== TEST 3: what ListExecutions refuses
--- request eval
[
main::create('nolist', $main::PASS),
main::call('ListExecutions'), main::call('ListExecutions', FlowName => 'none'),
main::call('ListExecutions', FlowName => 'nolist', Limit => 0), main::call('ListExecutions', FlowName => 'nolist', Limit => 101),
main::call('ListExecutions', FlowName => 'nolist', Limit => 100),
main::call('ListExecutions', FlowName => 'nolist', Status => 'Sleeping'),
main::call('ListExecutions', FlowName => 'nolist', StartedTimeBegin => 'yesterday'),
main::call('ListExecutions', FlowName => 'nolist', StartedTimeEnd => '2026-13-01T00:00:00Z'),
main::call('ListExecutions', FlowName => 'nolist', MetadataOnly => 'perhaps'),
]
--- error_code eval
[200, 400, 404, 400, 400, 200, 400, 400, 400, 400]
--- response_body_like eval
my $range = main::err('InvalidArgument', 'Parameter error. Limit must be between 1 and 100.');
[
main::has('"Name":"nolist"'),
main::err('MissingRequiredParams', "The HTTP query 'FlowName' must be specified."),
main::err('FlowNotExists', "Flow 'none' does not exist."),
$range, $range, main::listed(undef),
main::err('InvalidArgument', qr/Parameter error\. Status must be one of .*/),
main::err('InvalidArgument', qr/Parameter error\. StartedTimeBegin must be a time by RFC 3339.*/),
main::err('InvalidArgument', qr/Parameter error\. StartedTimeEnd must be a time by RFC 3339.*/),
main::err('InvalidArgument', 'Parameter error. MetadataOnly must be true or false.'),
]
--- no_error_log
[alert]
[error]
