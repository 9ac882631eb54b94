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
plan(tests => repeat_each() * 496);
run_tests();

# Requests; each goes over a connection of its own, so to either worker.
sub main::schedule { my ($action, $flow, $name, @fields) = @_;
    return main::call($action, FlowName => $flow, ScheduleName => $name, @fields) }
sub main::list { my ($flow, @fields) = @_; return main::get('ListSchedules', FlowName => $flow, @fields) }
sub main::pause { my ($name) = @_; return main::start('pause', $name), main::poll('pause', $name) }

# Once, so many seconds from now.
sub main::soon { my ($seconds) = @_; my ($s, $m, $h) = gmtime(time() + $seconds); return "$s $m $h * * ?" }

# Patterns
sub main::members { my ($name, $description, $payload, $cron, $enable) = @_;
    return qq("ScheduleId":"$main::UUID","ScheduleName":"$name","Description":"$description",)
        . qq("Payload":"\Q$payload\E","CronExpression":"\Q$cron\E","Enable":$enable,)
        . qq("CreatedTime":"$main::TIME","LastModifiedTime":"$main::TIME") }
sub main::one { my $members = main::members(@_); return qr/\A\{"RequestId":"$main::UUID",$members\}\z/ }
sub main::rows { my ($next, @rows) = @_; my $all = join ',', map { '\{' . main::members(@$_) . '\}' } @rows;
    my $end = $next ? qq(,"NextToken":"$next") : '';
    return qr/\A\{"RequestId":"$main::UUID","Schedules":\[$all\]$end\}\z/ }
sub main::empty { return qr/\A\{"RequestId":"$main::UUID"\}\z/ }

__DATA__

=== TEST 1: created, described, changed, listed, deleted; read back at once from every worker
--- timeout: 5
--- request eval
my @s = ('s', 'nightly');
[
main::create('s', $main::PASS), main::list('s'),
main::schedule('CreateSchedule', @s, CronExpression => '0 0 3 * * ?', Description => 'd', Payload => '{ "a": 1 }', Enable => 'true'),
main::schedule('DescribeSchedule', @s), main::get('DescribeSchedule', FlowName => 's', ScheduleName => 'nightly'), main::list('s'),
main::schedule('UpdateSchedule', @s, CronExpression => '@every 90m'), main::schedule('DescribeSchedule', @s),
main::schedule('UpdateSchedule', @s, Description => 'new', Payload => '{}'), main::schedule('DescribeSchedule', @s),
main::schedule('UpdateSchedule', @s, Enable => 'False'), main::schedule('DescribeSchedule', @s),
main::schedule('UpdateSchedule', @s), main::schedule('UpdateSchedule', @s, Description => '', Payload => '', Enable => ''),
main::schedule('UpdateSchedule', @s, Enable => 'TRUE', CronExpression => 'CRON_TZ=Asia/Shanghai 0 0/10 9-17 ? JAN,dec MON-FRI'),
main::schedule('DescribeSchedule', @s),
main::schedule('DeleteSchedule', @s), main::list('s'),
main::schedule('CreateSchedule', @s, CronExpression => '@every 1m'),
main::get('DeleteSchedule', FlowName => 's', ScheduleName => 'nightly'), main::list('s'),
main::get('CreateSchedule', FlowName => 's', ScheduleName => 'q', CronExpression => '30 9 * * * *', Enable => 'false', SignatureVersion => '1.0'),
main::get('UpdateSchedule', FlowName => 's', ScheduleName => 'q', Description => 'by GET'),
]
--- error_code eval
[(200) x 23]
--- response_body_like eval
my $payload = '{ \"a\": 1 }';
my $zone = 'CRON_TZ=Asia/Shanghai 0 0/10 9-17 ? JAN,dec MON-FRI';
my $first = main::one('nightly', 'd', $payload, '0 0 3 * * ?', 'true');
my $off = main::one('nightly', 'new', '{}', '@every 90m', 'false');
[
main::has('{'), main::rows(''), $first, $first, $first, main::rows('', ['nightly', 'd', $payload, '0 0 3 * * ?', 'true']),
(main::one('nightly', 'd', $payload, '@every 90m', 'true')) x 2,
(main::one('nightly', 'new', '{}', '@every 90m', 'true')) x 2,
($off) x 4,
(main::one('nightly', 'new', '{}', $zone, 'true')) x 2,
main::empty(), main::rows(''),
main::one('nightly', '', '', '@every 1m', 'true'), main::empty(), main::rows(''),
main::one('q', '', '', '30 9 * * * *', 'false'), main::one('q', 'by GET', '', '30 9 * * * *', 'false'),
]
--- no_error_log
[alert]
[error]



=== TEST 2: what is refused
--- timeout: 5
--- request eval
my $cron = sub { main::schedule('CreateSchedule', 'r', 'x', CronExpression => $_[0]) };
my $create = sub { main::schedule('CreateSchedule', 'r', 'x', CronExpression => '@every 1m', @_) };
[
main::create('r', $main::PASS), main::schedule('CreateSchedule', 'r', 's', CronExpression => '@every 1m'),
main::call('CreateSchedule', ScheduleName => 's', CronExpression => '@every 1m'),
main::call('CreateSchedule', FlowName => 'r', CronExpression => '@every 1m'),
main::call('CreateSchedule', FlowName => 'r', ScheduleName => 's'),
main::schedule('CreateSchedule', 'none', 's', CronExpression => '@every 1m'),
main::schedule('CreateSchedule', 'r', 's', CronExpression => '@every 1m'),
(map { main::schedule('CreateSchedule', 'r', $_, CronExpression => '@every 1m') } '1', 'a b', 'n' x 129),
$create->(Payload => '{'), $create->(Payload => '[]'), $create->(Payload => '"a"'), $create->(Payload => '{"a":"' . 'x' x 65536 . '"}'),
$create->(Enable => 'yes'),
$cron->('every minute'), $cron->('@every 0m'), $cron->('@every 1h'), $cron->('@daily'), $cron->('* * * * *'),
$cron->('* * * * * *'), $cron->('0 60 * * * *'), $cron->('0 0 24 * * *'), $cron->('0 0 0 0 * *'), $cron->('0 0 0 30 2 ?'),
$cron->('0 0 0 * 13 *'), $cron->('0 0 0 * * 0'), $cron->('0 0 0 L * ?'), $cron->('0 0 0 ? * 2#1'), $cron->('0 ? * * * *'),
$cron->('CRON_TZ=Asia/Nowhere 0 * * * * *'), $cron->('CRON_TZ=/etc/passwd 0 * * * * *'), $cron->('0 * * * * *' . ' ' x 2000),
main::schedule('UpdateSchedule', 'r', 's', CronExpression => '@every'), main::schedule('UpdateSchedule', 'r', 's', Payload => '1'),
main::schedule('UpdateSchedule', 'r', 'none'), main::schedule('UpdateSchedule', 'none', 's'), main::call('UpdateSchedule', FlowName => 'r'),
main::schedule('DescribeSchedule', 'r', 'none'), main::schedule('DescribeSchedule', 'none', 's'), main::call('DescribeSchedule', ScheduleName => 's'),
main::schedule('DeleteSchedule', 'r', 'n' x 129), main::schedule('DeleteSchedule', 'none', 's'), main::call('DeleteSchedule', FlowName => 'r'),
main::call('ListSchedules'), main::list('none'), main::list('r', Limit => '0'), main::list('r', Limit => '1001'), main::list('r', Limit => 'x'),
main::list('r', Limit => '1000'),
]
--- error_code eval
[200, 200, (400) x 3, 404, 409, (400) x 3, (400) x 5, (400) x 18, 400, 400, 404, 404, 400, 404, 404, 400, 404, 404, 400, 400, 404, (400) x 3, 200]
--- response_body_like eval
my $missing = sub { main::err('MissingRequiredParams', "The HTTP query '$_[0]' must be specified.") };
my $flow = main::err('FlowNotExists', "Flow 'none' does not exist.");
my $none = sub { main::err('ScheduleNotExists', "The schedule '$_[0]' for flow 'r' does not exist.") };
my $bad = sub { main::err('InvalidArgument', qr/Parameter error\. $_[0].*/) };
[
main::has('{'), main::one('s', '', '', '@every 1m', 'true'),
$missing->('FlowName'), $missing->('ScheduleName'), $missing->('CronExpression'), $flow,
main::err('ScheduleAlreadyExists', "The schedule 's' already exists in flow 'r'."),
($bad->('ScheduleName must be 1 to 128 characters long')) x 3,
$bad->('Payload is not valid JSON'), ($bad->('Payload must be a JSON object')) x 2, $bad->('Payload must be at most 65536 bytes long'),
$bad->('Enable must be true or false'),
($bad->('CronExpression is not valid: ')) x 18,
$bad->('CronExpression is not valid: '), $bad->('Payload must be a JSON object'),
$none->('none'), $flow, $missing->('ScheduleName'), $none->('none'), $flow, $missing->('FlowName'),
$none->('n' x 129), $flow, $missing->('ScheduleName'),
$missing->('FlowName'), $flow, (main::err('InvalidArgument', 'Parameter error. Limit must be between 1 and 1000.')) x 2,
main::err('InvalidArgument', 'Parameter error. Limit must be an integer.'),
main::rows('', ['s', '', '', '@every 1m', 'true']),
]
--- no_error_log
[alert]
[error]



=== TEST 3: pages by name
--- timeout: 5
--- request eval
[
main::create('p', $main::PASS), main::create('p2', $main::PASS),
(map { main::schedule('CreateSchedule', 'p', $_, CronExpression => '@every 99m') } qw(d a c b e)),
main::schedule('CreateSchedule', 'p2', 'aa', CronExpression => '@every 99m'),
main::list('p'), main::list('p', Limit => 2), main::list('p', Limit => 2, NextToken => 'c'), main::list('p', Limit => 2, NextToken => 'e'),
main::list('p', NextToken => 'bb', Limit => 1), main::list('p', NextToken => 'f'), main::list('p2'),
main::call('DeleteFlow', Name => 'p'), main::list('p'), main::create('p', $main::PASS), main::list('p'), main::list('p2'),
]
--- error_code eval
[(200) x 16, 404, 200, 200, 200]
--- response_body_like eval
my $rows = sub { my ($next, @names) = @_; main::rows($next, map { [$_, '', '', '@every 99m', 'true'] } @names) };
[
(main::has('{')) x 8,
$rows->('', qw(a b c d e)), $rows->('c', qw(a b)), $rows->('e', qw(c d)), $rows->('', 'e'), $rows->('d', 'c'), $rows->(''), $rows->('', 'aa'),
main::empty(), main::err('FlowNotExists', "Flow 'p' does not exist."), main::has('{'), $rows->(''), $rows->('', 'aa'),
]
--- no_error_log
[alert]
[error]



=== TEST 4: fires, once, with the payload of the moment; not what is disabled or deleted
--- timeout: 30
--- request eval
my $soon = main::soon(3);
[
main::create('f', $main::PASS), main::create('other', $main::PASS), main::create('pause', main::waits(5)),
main::schedule('CreateSchedule', 'f', 'plain', CronExpression => $soon),
main::schedule('CreateSchedule', 'f', 'given', CronExpression => "CRON_TZ=UTC $soon", Payload => '{"n":1}'),
main::schedule('UpdateSchedule', 'f', 'given', Payload => '{ "n": 2 }'),
main::schedule('CreateSchedule', 'f', 'off', CronExpression => $soon, Enable => 'false', Payload => '{"n":3}'),
main::schedule('CreateSchedule', 'f', 'disabled', CronExpression => $soon, Payload => '{"n":4}'),
main::schedule('UpdateSchedule', 'f', 'disabled', Enable => 'false'),
main::schedule('CreateSchedule', 'f', 'moved', CronExpression => $soon, Payload => '{"n":5}'),
main::schedule('UpdateSchedule', 'f', 'moved', CronExpression => '@every 60m'),
main::schedule('CreateSchedule', 'f', 'gone', CronExpression => $soon, Payload => '{"n":6}'),
main::schedule('DeleteSchedule', 'f', 'gone'),
main::schedule('CreateSchedule', 'other', 's', CronExpression => $soon), main::call('DeleteFlow', Name => 'other'),
main::create('other', $main::PASS),
main::pause('p1'),
main::get('ListExecutions', FlowName => 'f'), main::get('ListExecutions', FlowName => 'other'),
main::pause('p2'),
main::get('ListExecutions', FlowName => 'f'), main::get('ListExecutions', FlowName => 'other'),
]
--- error_code eval
[(200) x 22]
--- response_body_like eval
my $both = qr/\A(?=.*"Input":"\Q{}\E")(?=.*"Input":"\Q{ \"n\": 2 }\E")(?!.*"n\\":\s*[13456])(?!(?:.*"FlowName"){3})/s;
my $nothing = main::has('"Executions":[]');
[
(main::has('{')) x 16,
main::has('"Running"'), main::has('"Succeeded"'), $both, $nothing,
main::has('"Running"'), main::has('"Succeeded"'), $both, $nothing,
]
--- no_error_log
[alert]
[error]



=== TEST 5: an Express flow's schedule runs it
--- timeout: 30
--- request eval
[
main::create('c', $main::PASS),
main::create('x', "Type: StateMachine\nSpecVersion: v1\nName: n\nStartAt: a\nStates:\n- Type: Task\n  Name: a\n  Action: FNF:StartExecution\n  Parameters:\n    resourceArn: acs:fnf:cn:1:flow/c\n    executionName: kid\n    input.\$: \$Input\n  End: true\n", ExecutionMode => 'Express'),
main::schedule('CreateSchedule', 'x', 's', CronExpression => main::soon(2), Payload => '{"k":1}'),
main::pause('p5'),
main::get('ListExecutions', FlowName => 'x'), main::poll('c', 'kid'),
]
--- error_code eval
[(200) x 7]
--- response_body_like eval
[
main::has('{'), main::has('{'), main::has('"ScheduleName":"s"'), main::has('"Running"'), main::has('"Succeeded"'), main::has('"Executions":[]'),
main::has('"Status":"Succeeded"', '"Input":"{\"k\":1}"'),
]
--- no_error_log
[alert]
[crit]
