use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 289);
run_tests();

__DATA__

=== TEST 1: create and describe, both generations
--- request eval
[
main::call('CreateFlow', Name => 'made_1', Definition => $main::PASS,
    Description => 'what it does', Type => 'FDL',
    RoleArn => 'acs:ram::1:role/r', ResourceGroupId => 'rg-1',
    ExternalStorageLocation => '/where/ever',
    Environment => '{"Variables":[{"Name":"K","Value":"v \u00e9","Description":"d"},{"Name":"L","Value":""}]}'),
main::get('DescribeFlow', Name => 'made_1'),
main::create('made_2', $main::LEGACY, Description => '', Type => 'DEFAULT'),
main::call('DescribeFlow', Name => 'made_2'),
main::create('made_3', '{"type":"flow","version":"v1","steps":[]}', ExecutionMode => 'Express'),
main::call('DescribeFlow', Name => 'made_3'),
main::create('made_4', $main::PASS, Environment => '', RoleArn => '', ExecutionMode => ''),
]
--- error_code eval
[200, 200, 200, 200, 200, 200, 200]
--- response_headers eval
['Content-Type: application/json;charset=utf-8', ('') x 6]
--- response_body_like eval
my $head = qr/\A\{"RequestId":"$main::UUID","Id":"$main::UUID"/;
my $times = qr/"CreatedTime":"($main::TIME)","LastModifiedTime":"\1"\}\z/;
my $all = main::has($head, '"Name":"made_1"', '"Description":"what it does"',
    '"Type":"FDL"', '"RoleArn":"acs:ram::1:role/r"', '"ExecutionMode":"Standard"',
    '"ResourceGroupId":"rg-1"',
    '"Definition":"Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: a\nStates:\n  - Type: Pass\n    Name: a\n    End: true\n"',
    qq("Environment":{"Variables":[{"Name":"K","Value":"v \xc3\xa9","Description":"d"},{"Name":"L","Value":"","Description":""}]}),
    $times);
[
$all, $all,
main::has('"Name":"made_2"', '"Type":"DEFAULT"', '"Environment":{"Variables":[]}'),
main::has('"Description":""', '"ExecutionMode":"Standard"', $times),
main::has('"ExecutionMode":"Express"'),
main::has('"ExecutionMode":"Express"', '"Definition":"{\"type\":\"flow\",\"version\":\"v1\",\"steps\":[]}"'),
main::has('"ExecutionMode":"Standard"', '"Environment":{"Variables":[]}'),
]
--- no_error_log
[alert]
[error]



=== TEST 2: what CreateFlow refuses
--- request eval
[
main::create('once', $main::PASS), main::create('once', $main::PASS),
main::create('1st', $main::PASS), main::create('a.b', $main::PASS),
main::create('n' x 129, $main::PASS), main::create('n' x 128, $main::PASS),
main::create('_-x9', $main::PASS),
main::call('CreateFlow', Definition => $main::PASS, Description => 'd', Type => 'FDL'),
main::call('CreateFlow', Name => 'x', Description => 'd', Type => 'FDL'),
main::call('CreateFlow', Name => 'x', Definition => $main::PASS, Type => 'FDL'),
main::call('CreateFlow', Name => 'x', Definition => $main::PASS, Description => 'd'),
main::call('CreateFlow', Name => 'x', Definition => $main::PASS, Description => 'd', Type => 'ASL'),
main::create('x', $main::PASS, ExecutionMode => 'Fast'),
main::create('x', $main::PASS, Environment => '[]'),
main::create('x', $main::PASS, Environment => '{"Variables":[{"Value":"v"}]}'),
main::create('x', $main::PASS, Environment => '{'),
main::create('x', "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: b\nStates:\n  - Type: Pass\n    Name: a\n    End: true\n"),
main::create('x', "type: flow\nversion: v1\nsteps:\n  - type: nap\n    name: a\n"),
main::create('x', "a: [1"),
main::get('DescribeFlow', Name => 'x'),
]
--- error_code eval
[200, 409, 400, 400, 400, 200, 200, (400) x 12, 404]
--- response_body_like eval
my $name = "Parameter error. Name must be 1 to 128 characters long, begin with a letter or '_' and consist of letters, digits, '_' and '-'.";
[
main::has('"Name":"once"'), main::err('FlowAlreadyExists', "Flow 'once' already exists."),
main::err('InvalidArgument', $name), main::err('InvalidArgument', $name), main::err('InvalidArgument', $name),
main::has('"Name":"' . 'n' x 128 . '"'), main::has('"Name":"_-x9"'),
main::err('MissingRequiredParams', "The HTTP query 'Name' must be specified."),
main::err('MissingRequiredParams', "The HTTP query 'Definition' must be specified."),
main::err('MissingRequiredParams', "The HTTP query 'Description' must be specified."),
main::err('MissingRequiredParams', "The HTTP query 'Type' must be specified."),
main::err('InvalidArgument', qr/Parameter error\. Type must be one of FDL.*/),
main::err('InvalidArgument', qr/Parameter error\. ExecutionMode must be one of Standard.*/),
main::err('InvalidArgument', qr/Parameter error\. Environment must be .*/),
main::err('InvalidArgument', qr/Parameter error\. Environment\.Variables\[0\]\.Name must .*/),
main::err('InvalidArgument', qr/Parameter error\. Environment is not valid JSON.*/),
main::err('InvalidArgument', qr/Parameter error\. .*line 4, column \d+: .*b.*/),
main::err('InvalidArgument', qr/Parameter error\. .*line 4, column \d+: .*nap.*/),
main::err('InvalidArgument', qr/Parameter error\. .*line \d+.*/),
main::err('FlowNotExists', "Flow 'x' does not exist."),
]
--- no_error_log
[alert]
[error]



=== TEST 3: update: what is absent or empty stays, running executions keep their definition
--- request eval
[
main::create('upd', $main::PASS, Description => 'old', RoleArn => 'acs:ram::1:role/r',
    Environment => '{"Variables":[{"Name":"A","Value":"1"}]}', ExternalStorageLocation => '/s'),
main::call('UpdateFlow', Name => 'upd', Description => 'new'),
main::call('UpdateFlow', Name => 'upd', Description => '', RoleArn => '', Definition => main::waits(3600)),
main::start('upd', 'long'),
main::call('UpdateFlow', Name => 'upd', Definition => $main::PASS, Environment => '{"Variables":[{"Name":"B","Value":"2","Description":"x"}]}', Type => 'FDL'),
main::execution('DescribeExecution', 'upd', 'long'),
main::call('UpdateFlow', Name => 'upd', Definition => 'nonsense'),
main::call('UpdateFlow', Name => 'upd', Environment => '{"Variables":[]}'),
main::get('DescribeFlow', Name => 'upd'),
main::call('UpdateFlow', Name => 'other', Description => 'x'),
main::call('UpdateFlow', Description => 'x'),
]
--- error_code eval
[(200) x 6, 400, 200, 200, 404, 400]
--- response_body_like eval
[
main::has('"Description":"old"'),
main::has('"Description":"new"', '"RoleArn":"acs:ram::1:role/r"', '"ExternalStorageLocation":"/s"',
    '"Definition":"Type: StateMachine', '{"Name":"A","Value":"1","Description":""}'),
main::has('"Description":"new"', '"RoleArn":"acs:ram::1:role/r"', '"Definition":"version: v1\n', 'duration: 3600'),
main::has('"Name":"long"', '"Status":"Running"'),
main::has('"Definition":"Type: StateMachine', '"Variables":[{"Name":"B","Value":"2","Description":"x"}]'),
main::has('"Status":"Running"', '"FlowDefinition":"version: v1\n', 'duration: 3600', '"Environment":{"Variables":[{"Name":"A","Value":"1"}]}'),
main::err('InvalidArgument', qr/Parameter error\. ..*/),
main::has('"Environment":{"Variables":[]}', '"Definition":"Type: StateMachine'),
main::has('"Description":"new"', '"ExecutionMode":"Standard"', '"Environment":{"Variables":[]}'),
main::err('FlowNotExists', "Flow 'other' does not exist."),
main::err('MissingRequiredParams', "The HTTP query 'Name' must be specified."),
]
--- no_error_log
[alert]
[error]



=== TEST 4: delete: its executions are gone, the name is free
--- request eval
[
main::create('del', main::waits(3600)), main::start('del', 'one'),
main::call('DeleteFlow', Name => 'del'), main::call('DeleteFlow', Name => 'del'),
main::get('DescribeFlow', Name => 'del'), main::execution('DescribeExecution', 'del', 'one'),
main::execution('GetExecutionHistory', 'del', 'one'), main::call('ListExecutions', FlowName => 'del'),
main::start('del', 'one'),
main::create('del', $main::PASS), main::call('ListExecutions', FlowName => 'del'),
main::execution('DescribeExecution', 'del', 'one'), main::start('del', 'one'), main::poll('del', 'one'),
main::call('DeleteFlow'),
]
--- error_code eval
[200, 200, 200, (404) x 6, 200, 200, 404, 200, 200, 400]
--- response_body_like eval
my $gone = main::err('FlowNotExists', "Flow 'del' does not exist.");
[
main::has('"Name":"del"'), main::has('"Name":"one"'), qr/\A\{"RequestId":"$main::UUID"\}\z/,
($gone) x 6, main::has('"Definition":"Type:'), main::has('"Executions":[]'),
main::err('ExecutionNotExists', "Execution 'one' for flow 'del' does not exist."),
main::has('"Name":"one"'), main::has('"Status":"Succeeded"'),
main::err('MissingRequiredParams', "The HTTP query 'Name' must be specified."),
]
--- no_error_log
[alert]
[error]



=== TEST 5: list: by name, in pages, by resource group
--- http_config
    cloudflow_store  listed shards=1;
    cloudflow_zone   z:8m;
--- request eval
[
main::call('ListFlows'),
(map { main::create($_, $main::PASS, ResourceGroupId => /[ace]/ ? 'rg-odd' : '') } qw(d b e a c B)),
main::get('ListFlows'),
main::get('ListFlows', Limit => 2), main::get('ListFlows', Limit => 2, NextToken => 'b'),
main::get('ListFlows', Limit => 2, NextToken => 'd'), main::get('ListFlows', NextToken => 'bb'),
main::get('ListFlows', NextToken => 'f'),
main::get('ListFlows', ResourceGroupId => 'rg-odd', Limit => 2), main::get('ListFlows', ResourceGroupId => 'none'),
main::get('ListFlows', Limit => 0), main::get('ListFlows', Limit => 1001), main::get('ListFlows', Limit => 'ten'),
main::get('ListFlows', Limit => 1000, NextToken => ''),
]
--- error_code eval
[200, (200) x 6, (200) x 8, 400, 400, 400, 200]
--- response_body_like eval
my $page = sub { my ($next, @names) = @_;
    my $flows = join '', map { "\\{\"Id\":\"$main::UUID\",\"Name\":\"$_\",[^{]*\\{\"Variables\":\\[\\]\\}[^}]*\\},?" } @names;
    my $end = $next ? qq(,"NextToken":"$next") : '';
    return qr/\A\{"RequestId":"$main::UUID","Flows":\[$flows\]$end\}\z/ };
my $range = main::err('InvalidArgument', 'Parameter error. Limit must be between 1 and 1000.');
[
$page->(''), (map { main::has(qq("Name":"$_")) } qw(d b e a c B)),
$page->('', qw(B a b c d e)),
$page->('b', qw(B a)), $page->('d', qw(b c)), $page->('', qw(d e)), $page->('', qw(c d e)), $page->(''),
$page->('e', qw(a c)), $page->(''),
$range, $range, main::err('InvalidArgument', 'Parameter error. Limit must be an integer.'),
$page->('', qw(B a b c d e)),
]
--- no_error_log
[alert]
[error]
