use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

master_on();
workers(2);
worker_connections(256);
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
plan(tests => repeat_each() * 548);
run_tests();

# Requests; each goes over a connection of its own, so to either worker.
sub main::publish { my ($flow, @fields) = @_; return main::call('PublishFlowVersion', FlowName => $flow, @fields) }
sub main::version { my ($action, $flow, $version, @fields) = @_;
    return main::call($action, FlowName => $flow, FlowVersion => $version, @fields) }
sub main::alias { my ($action, $flow, $name, @fields) = @_;
    return main::call($action, FlowName => $flow, Name => $name, @fields) }
sub main::routes { my @parts; while (@_) { my ($v, $w) = splice @_, 0, 2; push @parts, qq({"Version":"$v","Weight":$w}) }
    return (RoutingConfigurations => '[' . join(',', @parts) . ']') }
sub main::update { my ($flow, $definition) = @_; return main::call('UpdateFlow', Name => $flow, Definition => $definition) }

# Patterns
sub main::published { my ($flow, $version, $description) = @_;
    return qr/\A\{"RequestId":"$main::UUID","FlowName":"$flow","Version":"$version","Description":"$description","CreatedTime":"$main::TIME"\}\z/ }
sub main::versions { my ($next, @numbers) = @_;
    my $rows = join ',', map { qq(\\{"Version":"$_","Description":"[^"]*","CreatedTime":"$main::TIME"\\}) } @numbers;
    my $end = defined $next ? qq(,"NextToken":"$next") : '';
    return qr/\A\{"RequestId":"$main::UUID","FlowVersions":\[$rows\]$end\}\z/ }
sub main::empty { return qr/\A\{"RequestId":"$main::UUID"\}\z/ }

__DATA__

=== TEST 1: versions: published, listed newest first, described, deleted, never used again
--- timeout: 5
--- request eval
my $list = sub { main::get('ListFlowVersions', FlowName => 'v', @_) };
[
main::create('v', $main::PASS, Description => 'of the flow', RoleArn => 'role1',
             Environment => '{"Variables":[{"Name":"A","Value":"1"}]}'),
$list->(),
main::publish('v', Description => 'first'), main::update('v', $main::LEGACY), main::publish('v'), main::publish('v', Description => ''),
$list->(), $list->(Limit => '2'), $list->(Limit => '2', NextToken => '1'), $list->(NextToken => '2'), $list->(NextToken => '99'),
main::get('DescribeFlow', Name => 'v', FlowVersion => '1'), main::get('DescribeFlow', Name => 'v', FlowVersion => '3'),
main::get('DescribeFlow', Name => 'v'), main::get('DescribeFlow', Name => 'v', FlowVersion => ''),
main::version('DeleteFlowVersion', 'v', '3'), $list->(), main::publish('v'), $list->(Limit => '1'), $list->(NextToken => '3'),
main::get('DeleteFlowVersion', FlowName => 'v', FlowVersion => '4'), main::get('PublishFlowVersion', FlowName => 'v', Description => 'by GET'),
]
--- error_code eval
[(200) x 22]
--- response_body_like eval
[
main::has('"Name":"v"'), main::versions(undef),
main::published('v', 1, 'first'), main::has('"Name":"v"'), main::published('v', 2, ''), main::published('v', 3, ''),
main::versions(undef, 3, 2, 1), main::versions('1', 3, 2), main::versions(undef, 1), main::versions(undef, 2, 1), main::versions(undef, 3, 2, 1),
main::has('"Description":"first"', '"Definition":"Type: StateMachine\n', '"RoleArn":"role1"', '"ExecutionMode":"Standard"',
          '{"Name":"A","Value":"1"'),
main::has('"Description":""', '"Definition":"version: v1\n'),
main::has('"Description":"of the flow"', '"Definition":"version: v1\n'), main::has('"Description":"of the flow"'),
main::empty(), main::versions(undef, 2, 1), main::published('v', 4, ''), main::versions('2', 4), main::versions(undef, 2, 1),
main::empty(), main::published('v', 5, 'by GET'),
]
--- no_error_log
[alert]
[crit]



=== TEST 2: what is refused about versions
--- request eval
[
main::create('vr', $main::PASS), main::publish('vr'),
main::call('PublishFlowVersion'), main::publish('none'),
main::call('DeleteFlowVersion', FlowName => 'vr'), main::call('DeleteFlowVersion', FlowVersion => '1'), main::version('DeleteFlowVersion', 'none', '1'),
(map { main::version('DeleteFlowVersion', 'vr', $_) } qw(2 0 01 x)),
(map { main::get('DescribeFlow', Name => 'vr', FlowVersion => $_) } qw(2 01 x)),
main::call('ListFlowVersions'), main::call('ListFlowVersions', FlowName => 'none'),
(map { main::call('ListFlowVersions', FlowName => 'vr', Limit => $_) } qw(0 1001 x)),
main::call('ListFlowVersions', FlowName => 'vr', NextToken => 'x'),
main::call('ListFlowVersions', FlowName => 'vr', Limit => '1000'),
]
--- error_code eval
[200, 200, 400, 404, 400, 400, 404, (404) x 4, (404) x 3, 400, 404, 400, 400, 400, 400, 200]
--- response_body_like eval
my $none = sub { map { main::err('FlowVersionNotExists', "Version '$_' for flow 'vr' does not exist.") } @_ };
my $missing = sub { main::err('MissingRequiredParams', "The HTTP query '$_[0]' must be specified.") };
my $flow = main::err('FlowNotExists', "Flow 'none' does not exist.");
[
main::has('{'), main::published('vr', 1, ''),
$missing->('FlowName'), $flow, $missing->('FlowVersion'), $missing->('FlowName'), $flow,
$none->(qw(2 0 01 x)), $none->(qw(2 01 x)),
$missing->('FlowName'), $flow,
(main::err('InvalidArgument', 'Parameter error. Limit must be between 1 and 1000.')) x 2,
main::err('InvalidArgument', 'Parameter error. Limit must be an integer.'),
main::err('InvalidArgument', 'Parameter error. NextToken must be an integer.'),
main::versions(undef, 1),
]
--- no_error_log
[alert]
[error]



=== TEST 3: aliases: flat, nested, in lists; read back at once from every worker
--- timeout: 5
--- request eval
my $list = sub { main::get('ListFlowAliases', FlowName => 'a', @_) };
[
main::create('a', $main::PASS), main::publish('a'), main::publish('a'), $list->(),
main::alias('CreateFlowAlias', 'a', 'prod', Description => 'd', main::routes(1 => 30, 2 => 70)),
main::alias('DescribeFlowAlias', 'a', 'prod'), main::alias('DescribeFlowAlias', 'a', 'prod'),
main::alias('UpdateFlowAlias', 'a', 'prod', main::routes(2 => 10)), main::alias('DescribeFlowAlias', 'a', 'prod'),
main::alias('UpdateFlowAlias', 'a', 'prod', Description => 'new'), main::get('DescribeFlowAlias', FlowName => 'a', Name => 'prod'),
main::alias('UpdateFlowAlias', 'a', 'prod'),
main::alias('CreateFlowAlias', 'a', 'beta', 'RoutingConfigurations.1.Version' => 1, 'RoutingConfigurations.1.Weight' => 20),
main::alias('CreateFlowAlias', 'a', 'canary', RoutingConfigurations => '[{"Version":"1","Weight":"0"},{"Version":2,"Weight":"100"}]'),
$list->(), $list->(Limit => 1), $list->(Limit => 1, NextToken => 'canary'), $list->(NextToken => 'canarz'),
main::alias('DeleteFlowAlias', 'a', 'beta'), main::get('DeleteFlowAlias', FlowName => 'a', Name => 'canary'), $list->(),
]
--- error_code eval
[(200) x 21]
--- response_body_like eval
my $one = sub { my ($d, $w, @r) = @_; my $q = $w ? '"' : ''; my @p;
    while (@r) { my ($v, $n) = splice @r, 0, 2; push @p, qq(\\{"Version":"$v","Weight":$q$n$q\\}) }
    qq("Description":"$d","RoutingConfigurations":\\[) . join(',', @p) . qq(\\],"CreatedTime":"$main::TIME") };
my $nested = sub { my $rest = $one->($_[0], 0, @_[1 .. $#_]); qr/\A\{"RequestId":"$main::UUID","Alias":\{"Name":"prod",$rest\}\}\z/ };
my $flat = sub { my $rest = $one->($_[1], 0, @_[2 .. $#_]); qr/\A\{"RequestId":"$main::UUID","FlowName":"a","Name":"$_[0]",$rest\}\z/ };
my $row = sub { my $rest = $one->($_[1], 1, @_[2 .. $#_]); qq(\\{"Name":"$_[0]",$rest\\}) };
my $rows = sub { my ($next, @rows) = @_; my $all = join ',', @rows; my $end = $next ? qq(,"NextToken":"$next") : '';
    qr/\A\{"RequestId":"$main::UUID","Aliases":\[$all\]$end\}\z/ };
my @rows = ($row->('beta', '', 1 => 20), $row->('canary', '', 1 => 0, 2 => 100), $row->('prod', 'new', 2 => 10));
[
main::has('{'), main::published('a', 1, ''), main::published('a', 2, ''), $rows->(''),
$flat->('prod', 'd', 1 => 30, 2 => 70), ($nested->('d', 1 => 30, 2 => 70)) x 2,
($nested->('d', 2 => 10)) x 2, ($nested->('new', 2 => 10)) x 3,
$flat->('beta', '', 1 => 20), $flat->('canary', '', 1 => 0, 2 => 100),
$rows->('', @rows), $rows->('canary', $rows[0]), $rows->('prod', $rows[1]), $rows->('', $rows[2]),
main::empty(), main::empty(), $rows->('', $rows[2]),
]
--- no_error_log
[alert]
[error]



=== TEST 4: what is refused about aliases
--- timeout: 5
--- request eval
my $create = sub { main::alias('CreateFlowAlias', 'ar', 'new', RoutingConfigurations => $_[0]) };
[
main::create('ar', $main::PASS), main::publish('ar'), main::alias('CreateFlowAlias', 'ar', 'prod', main::routes(1 => 1)),
main::call('CreateFlowAlias', Name => 'x', main::routes(1 => 1)), main::call('CreateFlowAlias', FlowName => 'ar', main::routes(1 => 1)),
main::alias('CreateFlowAlias', 'ar', 'x'), main::alias('CreateFlowAlias', 'none', 'x', main::routes(1 => 1)),
main::alias('CreateFlowAlias', 'ar', 'prod', main::routes(1 => 1)),
(map { main::alias('CreateFlowAlias', 'ar', $_, main::routes(1 => 1)) } '1', '1x', 'a b', 'n' x 129),
$create->('{'), $create->('{}'), $create->('[]'), $create->('[1]'), $create->('[{"Weight":1}]'), $create->('[{"Version":"1"}]'),
$create->('[{"Version":"1","Weight":101}]'), $create->('[{"Version":"1","Weight":1.5}]'), $create->('[{"Version":"1","Weight":0}]'),
$create->('[{"Version":"1","Weight":1},{"Version":"1","Weight":1}]'), $create->('[{"Version":"1","Weight":1},{},{}]'),
$create->('[{"Version":"2","Weight":1}]'), $create->('[{"Version":"x","Weight":1}]'),
main::alias('UpdateFlowAlias', 'ar', 'prod', main::routes(2 => 1)), main::alias('UpdateFlowAlias', 'ar', 'none'),
main::alias('UpdateFlowAlias', 'none', 'prod'), main::call('UpdateFlowAlias', FlowName => 'ar'), main::call('UpdateFlowAlias', Name => 'x'),
main::alias('DescribeFlowAlias', 'ar', 'none'), main::alias('DescribeFlowAlias', 'none', 'prod'), main::call('DescribeFlowAlias', FlowName => 'ar'),
main::alias('DeleteFlowAlias', 'ar', 'n' x 129), main::alias('DeleteFlowAlias', 'none', 'prod'), main::call('DeleteFlowAlias', Name => 'x'),
main::call('ListFlowAliases'), main::call('ListFlowAliases', FlowName => 'none'), main::call('ListFlowAliases', FlowName => 'ar', Limit => 1001),
main::version('DeleteFlowVersion', 'ar', '1'),
]
--- error_code eval
[200, 200, 200, 400, 400, 400, 404, 409, (400) x 4, (400) x 11, 404, 404, 404, 404, 404, 400, 400, 404, 404, 400, 404, 404, 400, 400, 404, 400, 409]
--- response_body_like eval
my $missing = sub { main::err('MissingRequiredParams', "The HTTP query '$_[0]' must be specified.") };
my $flow = main::err('FlowNotExists', "Flow 'none' does not exist.");
my $bad = sub { main::err('InvalidArgument', ref $_[0] ? $_[0] : "Parameter error. RoutingConfigurations $_[0].") };
my $none = sub { main::err('FlowAliasNotExists', "Alias '$_[0]' for flow 'ar' does not exist.") };
my $version = sub { main::err('FlowVersionNotExists', "Version '$_[0]' for flow 'ar' does not exist.") };
my $weight = 'must have an integer Weight between 0 and 100 in each object';
[
(main::has('{')) x 3,
$missing->('FlowName'), $missing->('Name'), $missing->('RoutingConfigurations'), $flow,
main::err('FlowAliasAlreadyExists', "Alias 'prod' for flow 'ar' already exists."),
($bad->(qr/Parameter error\. Name must be 1 to 128 characters long.*/)) x 4,
$bad->(qr/Parameter error\. RoutingConfigurations is not valid JSON.*/), ($bad->('must be a list of one or two objects')) x 2,
$bad->('must be a list of objects with Version and Weight'), $bad->('must name a Version in each object'),
($bad->($weight)) x 3, $bad->('must have a Weight above 0'),
$bad->('must name different versions'), $bad->('must be a list of one or two objects'),
$version->(2), $version->('x'), $version->(2), $none->('none'), $flow, $missing->('Name'), $missing->('FlowName'),
$none->('none'), $flow, $missing->('Name'), $none->('n' x 129), $flow, $missing->('FlowName'),
$missing->('FlowName'), $flow, main::err('InvalidArgument', 'Parameter error. Limit must be between 1 and 1000.'),
main::err('FlowVersionInUse', "Version '1' of flow 'ar' is used by alias 'prod'."),
]
--- no_error_log
[alert]
[error]



=== TEST 5: starts by version and alias; pinned, listed, gone with the flow
--- timeout: 5
--- request eval
my $list = sub { main::get('ListExecutions', FlowName => 'q', MetadataOnly => 'true', @_) };
[
main::create('q', $main::PASS), main::publish('q'), main::update('q', main::waits(3600)), main::publish('q'), main::update('q', $main::LEGACY),
main::alias('CreateFlowAlias', 'q', 'prod', main::routes(1 => 0, 2 => 1)),
main::start('q', 'e1', Qualifier => '1'), main::start('q', 'e2', Qualifier => '2'), main::start('q', 'e3', Qualifier => 'prod'), main::start('q', 'e4'),
main::alias('UpdateFlowAlias', 'q', 'prod', main::routes(1 => 7)), main::version('DeleteFlowVersion', 'q', 2),
main::start('q', 'e5', Qualifier => 'prod'), main::start('q', 'e3', Qualifier => 'prod'), main::start('q', 'e6', Qualifier => '2'),
main::start('q', 'e6', Qualifier => 'beta'), main::start('q', 'e6', Qualifier => '02'), main::start('none', 'e6', Qualifier => '1'),
main::execution('DescribeExecution', 'q', 'e2'), main::execution('DescribeExecution', 'q', 'e3'),
$list->(Qualifier => '1'), $list->(Qualifier => '2'), $list->(Qualifier => 'prod'), $list->(Qualifier => 'prod', Status => 'Running'),
$list->(Qualifier => 'prod', Limit => 1), $list->(Qualifier => '3'),
main::call('DeleteFlow', Name => 'q'), main::call('ListFlowVersions', FlowName => 'q'), main::create('q', $main::PASS),
main::call('ListFlowVersions', FlowName => 'q'), main::call('ListFlowAliases', FlowName => 'q'), main::start('q', 'e1', Qualifier => 'prod'),
main::publish('q'),
]
--- error_code eval
[(200) x 14, (404) x 4, (200) x 9, 404, 200, 200, 200, 404, 200]
--- response_body_like eval
my $listed = sub { my ($next, @names) = @_; my $rows = join ',', map { qq(\\{"FlowName":"q","Name":"$_"[^}]*\\}\\}) } @names;
    my $end = $next ? qq(,"NextToken":"$next") : ''; qr/"Executions":\[$rows\]$end\}\z/ };
[
main::has('{'), main::published('q', 1, ''), main::has('{'), main::published('q', 2, ''), main::has('{'), main::has('"Name":"prod"'),
main::has('"FlowDefinition":"Type: StateMachine\n'), (main::has('duration: 3600')) x 2, main::has('pass1'),
main::has('"Weight":7'), main::empty(),
main::has('"FlowDefinition":"Type: StateMachine\n'), main::has('"Name":"e3"', 'duration: 3600'),
main::err('FlowVersionNotExists', "Version '2' for flow 'q' does not exist."),
main::err('FlowAliasNotExists', "Alias 'beta' for flow 'q' does not exist."),
main::err('FlowVersionNotExists', "Version '02' for flow 'q' does not exist."),
main::err('FlowNotExists', "Flow 'none' does not exist."),
(main::has('"Running"', 'duration: 3600')) x 2,
$listed->('', 'e5', 'e1'), $listed->('', 'e3', 'e2'), $listed->('', 'e5', 'e3'), $listed->('', 'e3'), $listed->('e3', 'e5'), $listed->(''),
main::empty(), main::err('FlowNotExists', "Flow 'q' does not exist."), main::has('{'),
main::versions(undef), main::has('"Aliases":[]'), main::err('FlowAliasNotExists', "Alias 'prod' for flow 'q' does not exist."),
main::published('q', 1, ''),
]
--- no_error_log
[alert]
[error]
