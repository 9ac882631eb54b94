# What tools do with the service, replayed: the requests of a deployment with
# Serverless Devs, old and new, and of Terraform's resources, each laid out,
# encoded and signed as that tool does it, against an nginx that knows nothing
# yet; and the exchange that is published.
#
# Where the points of a first conformance run are shown:
#
#  1  the published vectors, and each of them changed anywhere:
#     unit/sign_rpc_test.c, 009 TEST 1 and 2
#  2  one call in the query, by POST, in the form, in both: 008 TEST 1,
#     009 TEST 1; every layout signed: TEST 5 here
#  3  "+", "%20", "*", "%2A", "~", "%7E": 008 TEST 2, 009 TEST 1, and as the
#     tools write them TEST 1 to 5 here; an empty SignatureType and 64
#     characters of nonce: 009 TEST 1 and 3; chunks, no chunk, no bytes: 012
#     TEST 2 to 6; the same, signed: TEST 1 and 6 here
#  4  action, version, fields, key, clock, nonce: 007 TEST 1 and 2, 009 TEST 3
#     and 4, clients/sign.py (every field, both layouts)
#  5  Serverless Devs: TEST 1, 2 and 9 here
#  6  Terraform: TEST 3, 4 and 10 here
#  7  StartExecution with one name, and with none: 002 TEST 1 and 2
#  8  a long poll that ends, that times out, that is left: 003 TEST 1, 2, 4,
#     e2e/glue.py (vanished)
#  9  reports before and after the submission: 015 TEST 1, e2e/tasks.py; twice
#     and of stopped executions: e2e/tasks.py; garbage: 015 TEST 4; after the
#     task timed out: TEST 8 here
# 10  weights, as strings and as numbers: 017 TEST 3

use Test::Nginx::Socket;

use Digest::SHA qw(hmac_sha1_base64);
use File::Temp qw(tempdir);
use POSIX qw(strftime);

use FindBin;
require "$FindBin::Bin/requests.pl";

our $DIR = tempdir(CLEANUP => 1);
$ENV{TEST_NGINX_KEYS} = "$DIR/keys";
{
    open my $fh, '>', "$DIR/keys" or die "keys: $!";
    print $fh "LTAIcycle  cycle/secret+1\n";
    close $fh;
    chmod 0600, "$DIR/keys" or die "keys: $!";
}

our $SIGNED = <<'END';
        location / {
            cloudflow_api          cloudflow;
            cloudflow_credentials  $TEST_NGINX_KEYS;
        }
END

no_root_location();
no_long_string();
add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('config', $main::SIGNED) unless defined $block->config;
    main::defaults($block);
});

our $FORM = "Content-Type: application/x-www-form-urlencoded\n";

sub main::nonce { return join '', map { sprintf '%04x', rand 65536 } 1 .. 8 }

sub main::encoded {
    my ($encode, @fields) = @_;
    my @parts;
    while (my ($name, $value) = splice @fields, 0, 2) {
        push @parts, $encode->($name) . '=' . $encode->($value);
    }
    return join '&', @parts;
}

sub main::signature {
    my ($method, %all) = @_;
    my $text = main::form(map { $_, $all{$_} } sort keys %all);
    my $mac = hmac_sha1_base64("$method&%2F&" . main::enc($text), 'cycle/secret+1&');
    return $mac . '=' x (-length($mac) % 4);
}

sub main::common {
    my ($action, @more) = @_;
    return (Action => $action, Version => '2019-03-15', AccessKeyId => 'LTAIcycle', SignatureMethod => 'HMAC-SHA1',
            SignatureVersion => '1.0', SignatureNonce => main::nonce(),
            Timestamp => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime), @more);
}

# The runner strips the white space that ends a request, and with it the end
# of the last chunk: a byte behind it, on a connection that closes, keeps it.
sub main::chunks {
    my ($text) = @_;
    my $all = '';
    $all .= sprintf "%x\r\n%s\r\n", length $_, $_ for $text =~ /(.{1,100})/gs;
    return "${all}0\r\n\r\n-";
}

# The new SDKs: protocol fields in the query, a body in chunks, "*" as it is.
sub main::sdk {
    my ($method, $action, @fields) = @_;
    my $encode = sub { main::enc($_[0]) =~ s/%2A/*/gr };
    my @common = main::common($action, Format => 'json');
    my @query = (@common, Signature => main::signature($method, @common, @fields));
    my $headers = "user-agent: AlibabaCloud (linux; x64) Node.js/v20 Core/1.0.1 TeaDSL/2\nx-acs-version: 2019-03-15\n"
        . "x-acs-action: $action\nx-acs-credentials-provider: static_ak\naccept: application/json\n";
    return ('GET /?' . main::encoded($encode, @query, @fields), $headers) if $method eq 'GET';
    return ('POST /?' . main::encoded($encode, @query) . "\n" . main::chunks(main::encoded($encode, @fields)),
            "$headers${FORM}Transfer-Encoding: chunked\n");
}

# The tools of before: everything in the form, reads too.
sub main::pop {
    my ($action, @fields) = @_;
    my @all = (main::common($action, Format => 'JSON'), @fields);
    return ("POST /\n" . main::form(@all, Signature => main::signature('POST', @all)),
            "x-sdk-client: Node.js(v20), Core(1.8.0)\nx-acs-action: " . lcfirst($action) . "\nx-acs-version: 2019-03-15\n$FORM");
}

# Go: RegionId, an empty SignatureType, "+" for a space everywhere, the type
# of a form even where there is none.
sub main::go {
    my ($method, $action, @fields) = @_;
    my $encode = sub { main::enc($_[0]) =~ s/%20/+/gr };
    my @common = main::common($action, Format => 'JSON', RegionId => 'cn-hangzhou', SignatureType => '');
    my @query = (@common, Signature => main::signature($method, @common, @fields));
    my $headers = "User-Agent: AlibabaCloud (linux; amd64) Golang/1.21 Core/0.01 Provider/1.2\nx-sdk-invoke-type: common\n$FORM";
    return ('GET /?' . main::encoded($encode, @query, @fields), $headers) if $method eq 'GET';
    return ('POST /?' . main::encoded($encode, @query) . "\n" . main::encoded($encode, @fields), $headers);
}

# A cycle: [request, headers, status, pattern], ...
sub main::step { my ($status, $like, @request) = @_; return [@request, $status, $like] }
sub main::column { my ($n, @steps) = @_; return [map { $_->[$n] } @steps] }

sub main::quoted { return $_[0] =~ s/(["\\])/\\$1/gr =~ s/\n/\\n/gr }
sub main::flow {
    my ($name, $definition, $description, @more) = @_;
    return main::has(qr/"RequestId":"$main::UUID"/, qq("Name":"$name"), qq("Description":"$description"),
                     '"Definition":"' . main::quoted($definition) . '"', '"Type":"FDL"', @more);
}
sub main::schedule { my ($cron, $enable, $description, $payload) = @_;
    return main::has(qr/"ScheduleId":"$main::UUID"/, '"ScheduleName":"tf_sched"', qq("CronExpression":"$cron"), qq("Enable":$enable),
                     qq("Description":"$description"), '"Payload":"' . main::quoted($payload) . '"') }
sub main::execution_is { my ($name, $status, $stopped) = @_;
    return main::has('"FlowName":"tf_flow"', qq("Name":"$name"), qq("Status":"$status"), '"Input":"{\"who\": \"a b+c*d~e\"}"',
                     $stopped ? qr/"StoppedTime":"$main::TIME"/ : '"StoppedTime":"1970-01-01T00:00:00Z"') }
our $EMPTY = qr/\A\{"RequestId":"$main::UUID"\}\z/;
our $SECOND = $main::LEGACY . "  - type: pass\n    name: a*b~c+d\n";

# Deploys twice, the way it asks for what is there; then removes everything.
sub main::deploys {
    my ($name, $read, $write, @mode) = @_;
    my @flow = (Name => $name, Type => 'FDL');
    my $gone = main::err('FlowNotExists', "Flow '$name' does not exist.");
    return (
        main::step(404, $gone, $read->('DescribeFlow', Name => $name)),
        main::step(200, main::flow($name, $main::LEGACY, 'deployed by *~+', '"ExecutionMode":"Standard"'),
                   $write->('CreateFlow', @flow, Definition => $main::LEGACY, Description => 'deployed by *~+', @mode)),
        main::step(200, main::flow($name, $main::LEGACY, 'deployed by *~+'), $read->('DescribeFlow', Name => $name)),
        main::step(200, main::flow($name, $main::SECOND, 'again'),
                   $write->('UpdateFlow', @flow, Definition => $main::SECOND, Description => 'again')),
        main::step(200, main::flow($name, $main::SECOND, 'again'), $read->('DescribeFlow', Name => $name)),
        main::step(200, main::has('"Schedules":[]'), $read->('ListSchedules', FlowName => $name, Limit => 1000)),
        main::step(200, main::has('"ScheduleName":"nightly"'),
                   $write->('CreateSchedule', FlowName => $name, ScheduleName => 'nightly', CronExpression => '0 0 3 * * *',
                            Description => '', Payload => '{"k":1}', Enable => 'true')),
        main::step(200, qr/\A\{"RequestId":"$main::UUID","Flows":\[\{[^\[]*"Name":"$name".*\}\]\}\z/s, $read->('ListFlows', Limit => 1000)),
        main::step(200, qr/"Schedules":\[\{[^{]*"ScheduleName":"nightly"[^\[]*\}\]\}\z/, $read->('ListSchedules', FlowName => $name, Limit => 1000)),
        main::step(200, $main::EMPTY, $write->('DeleteSchedule', FlowName => $name, ScheduleName => 'nightly')),
        main::step(200, main::has('"Schedules":[]'), $read->('ListSchedules', FlowName => $name, Limit => 1000)),
        main::step(200, $main::EMPTY, $write->('DeleteFlow', Name => $name)),
        main::step(404, $gone, $read->('DescribeFlow', Name => $name)),
        main::step(404, $gone, $read->('ListSchedules', FlowName => $name, Limit => 1000)),
        main::step(404, $gone, $write->('DeleteFlow', Name => $name)),
        main::step(200, qr/\A\{"RequestId":"$main::UUID","Flows":\[\]\}\z/, $read->('ListFlows', Limit => 1000)),
    );
}
our @NEW = main::deploys('sd_new', sub { main::sdk('GET', @_) }, sub { main::sdk('POST', @_) }, ExecutionMode => 'Standard');
our @OLD = main::deploys('sd-old', \&main::pop, \&main::pop);

# What the tools of before do with executions and schedules: the region stands
# in the form, a number is text, and a payload, given as an object, comes apart
# into parameters that nobody knows.
our @OLD_RUNS = do {
    my $pop = sub { main::pop($_[0], RegionId => 'cn-hangzhou', FlowName => 'sd_runs', @_[1 .. $#_]) };
    my @at = (ExecutionName => 'one');
    my $input = '{"who": "a b+c*d~e"}';
    my $ended = main::has('"FlowName":"sd_runs"', '"Name":"one"', '"Status":"Succeeded"', '"Output":"{}"', qr/"StoppedTime":"$main::TIME"/);
    (
    main::step(200, main::has('"Name":"sd_runs"', '"Definition":"{\"version\":\"v1\"'),
               main::sdk('POST', 'CreateFlow', Name => 'sd_runs', Definition => '{"version":"v1","type":"flow","steps":[{"type":"wait","name":"w","duration":1}]}',
                         Description => 'Created By Serverless Devs', Type => 'FDL', ExecutionMode => 'Standard')),
    main::step(400, main::err('ActionNotSupported', 'Standard execution is not supported'), $pop->('StartSyncExecution', @at, Input => $input)),
    main::step(200, main::has('"FlowName":"sd_runs"', '"Name":"one"', '"Status":"Running"', '"Input":"{\"who\": \"a b+c*d~e\"}"', '"Output":""'),
               $pop->('StartExecution', @at, Input => $input)),
    main::step(200, main::has('"Name":"one"', '"Status":"Running"', '"StoppedTime":"1970-01-01T00:00:00Z"'), $pop->('DescribeExecution', @at)),
    main::step(200, $ended, $pop->('DescribeExecution', @at, WaitTimeSeconds => 20)),
    main::step(200, main::inorder('"Type":"ExecutionStarted"', '"StepName":"w"', '"Type":"ExecutionSucceeded"'), $pop->('GetExecutionHistory', @at, Limit => 200)),
    main::step(200, qr/"Executions":\[\{[^\[]*"Name":"one"/, $pop->('ListExecutions', @at, Limit => 50, Status => 'Succeeded')),
    main::step(400, main::err('ExecutionAlreadyCompleted', "Execution 'one' for flow 'sd_runs' has already completed."), $pop->('StopExecution', @at, Cause => 'c', Error => 'e')),
    main::step(200, main::has(qr/"Name":"$main::UUID"/, '"Input":"{}"'), $pop->('StartExecution')),
    main::step(200, main::has('"ScheduleName":"s"', '"CronExpression":"@every 99m"', '"Enable":true', '"Payload":""'),
               $pop->('CreateSchedule', ScheduleName => 's', CronExpression => '@every 99m', 'Payload.k' => 1, 'Payload.list.1' => 'a')),
    main::step(200, main::has('"Enable":false', '"Description":"a b"'), $pop->('UpdateSchedule', ScheduleName => 's', Enable => 'false', Description => 'a b')),
    main::step(200, main::has('"Enable":false', '"CronExpression":"@every 99m"'), $pop->('DescribeSchedule', ScheduleName => 's')),
    main::step(200, qr/"Schedules":\[\{[^{]*"ScheduleName":"s"[^{]*\}\]\}\z/, $pop->('ListSchedules', Limit => 50)),
    main::step(200, $main::EMPTY, $pop->('DeleteSchedule', ScheduleName => 's')),
    main::step(200, $main::EMPTY, main::pop('DeleteFlow', RegionId => 'cn-hangzhou', Name => 'sd_runs')),
    );
};

# alicloud_fnf_flow and alicloud_fnf_execution.
our @TF = do {
    my @flow = (Name => 'tf_flow');
    my $waits = main::waits(3600);
    my $gone = main::err('FlowNotExists', "Flow 'tf_flow' does not exist.");
    my @at = (FlowName => 'tf_flow', ExecutionName => 'tf_run');
    my $input = '{"who": "a b+c*d~e"}';
    (
    main::step(200, main::flow('tf_flow', $main::PASS, 'a + b', '"RoleArn":"acs:ram::1:role/r"'),
               main::go('POST', 'CreateFlow', @flow, Definition => $main::PASS, Description => 'a + b', Type => 'FDL', RoleArn => 'acs:ram::1:role/r')),
    main::step(200, main::flow('tf_flow', $main::PASS, 'a + b', '"RoleArn":"acs:ram::1:role/r"'), main::go('GET', 'DescribeFlow', @flow)),
    main::step(200, main::flow('tf_flow', $waits, 'changed', '"RoleArn":"acs:ram::1:role/r"'),
               main::go('POST', 'UpdateFlow', @flow, Definition => $waits, Description => 'changed', Type => 'FDL')),
    main::step(200, main::flow('tf_flow', $waits, 'changed'), main::go('GET', 'DescribeFlow', @flow)),
    main::step(200, qr/"Flows":\[\{.*"Name":"tf_flow".*\}\]\}\z/s, main::go('GET', 'ListFlows', Limit => 1000)),
    main::step(404, main::err('ExecutionNotExists', "Execution 'tf_run' for flow 'tf_flow' does not exist."), main::go('GET', 'DescribeExecution', @at)),
    main::step(200, main::execution_is('tf_run', 'Running'), main::go('POST', 'StartExecution', @at, Input => $input)),
    main::step(200, main::execution_is('tf_run', 'Running'), main::go('GET', 'DescribeExecution', @at)),
    main::step(200, main::has('"Executions":[{"FlowName":"tf_flow"', '"Name":"tf_run"'),
               main::go('GET', 'ListExecutions', FlowName => 'tf_flow', Limit => 100, Status => 'Running')),
    main::step(200, main::execution_is('tf_run', 'Stopped', 1), main::go('POST', 'StopExecution', @at)),
    main::step(200, main::execution_is('tf_run', 'Stopped', 1), main::go('GET', 'DescribeExecution', @at)),
    main::step(200, $main::EMPTY, main::go('GET', 'DeleteFlow', @flow)),
    main::step(404, $gone, main::go('GET', 'DescribeFlow', @flow)),
    main::step(404, $gone, main::go('GET', 'DescribeExecution', @at)),
    main::step(404, $gone, main::go('GET', 'DeleteFlow', @flow)),
    );
};

# An execution that is let run: Terraform waits until it runs, refreshes until
# it has succeeded, lists it, and finds that it can no longer be stopped.
our @TF_ENDS = do {
    my @at = (FlowName => 'tf_ends', ExecutionName => 'tf_run');
    my $input = '{"who": "a b+c*d~e"}';
    my $of = sub {
        my ($status, $output, $stopped) = @_;
        return main::has('"FlowName":"tf_ends"', '"Name":"tf_run"', '"Input":"{\"who\": \"a b+c*d~e\"}"', qq("Status":"$status"),
                         qq("Output":"$output"), qr/"StartedTime":"$main::TIME"/, qr/"StoppedTime":"$stopped"/);
    };
    my $running = $of->('Running', '', '1970-01-01T00:00:00Z');
    my $succeeded = $of->('Succeeded', '{}', $main::TIME);
    (
    main::step(200, main::has('"Name":"tf_ends"'),
               main::go('POST', 'CreateFlow', Name => 'tf_ends', Definition => main::waits(1), Description => 'd', Type => 'FDL')),
    main::step(200, $running, main::go('POST', 'StartExecution', @at, Input => $input)),
    main::step(200, $running, main::go('GET', 'DescribeExecution', @at)),
    # The time until Terraform looks again; the wait is another tool's.
    main::step(200, $succeeded, main::pop('DescribeExecution', @at, WaitTimeSeconds => 20)),
    main::step(200, $succeeded, main::go('GET', 'DescribeExecution', @at)),
    main::step(200, qr/\A\{"RequestId":"$main::UUID","Executions":\[\{[^\[\]]*"Name":"tf_run"[^\]]*"Variables":\[\][^\[\]]*\}\]\}\z/,
               main::go('GET', 'ListExecutions', FlowName => 'tf_ends', Status => 'Succeeded')),
    main::step(200, qr/\A\{"RequestId":"$main::UUID","Executions":\[\]\}\z/, main::go('GET', 'ListExecutions', FlowName => 'tf_ends', Status => 'Running')),
    main::step(400, main::err('ExecutionAlreadyCompleted', "Execution 'tf_run' for flow 'tf_ends' has already completed."), main::go('POST', 'StopExecution', @at)),
    main::step(400, main::err('ExecutionAlreadyExists', "Execution 'tf_run' for flow 'tf_ends' already exists."),
               main::go('POST', 'StartExecution', @at, Input => $input)),
    main::step(200, $succeeded, main::go('GET', 'DescribeExecution', @at)),
    main::step(200, $main::EMPTY, main::go('GET', 'DeleteFlow', Name => 'tf_ends')),
    main::step(404, main::err('FlowNotExists', "Flow 'tf_ends' does not exist."), main::go('GET', 'DescribeExecution', @at)),
    );
};

# alicloud_fnf_schedule.
our @TF_SCHEDULE = do {
    my @at = (FlowName => 'tf_two', ScheduleName => 'tf_sched');
    (
    main::step(200, main::has('"Name":"tf_two"', '"Type":"DEFAULT"', '"Description":""'), main::go('POST', 'CreateFlow', Name => 'tf_two', Definition => $main::LEGACY, Description => '', Type => 'DEFAULT')),
    main::step(404, main::err('ScheduleNotExists', "The schedule 'tf_sched' for flow 'tf_two' does not exist."), main::go('GET', 'DescribeSchedule', @at)),
    main::step(200, main::schedule('30 9 * * * *', 'false', 'tf + acc', '{"tf": "a b"}'),
               main::go('POST', 'CreateSchedule', @at, CronExpression => '30 9 * * * *', Description => 'tf + acc', Enable => 'false', Payload => '{"tf": "a b"}')),
    main::step(200, main::schedule('30 9 * * * *', 'false', 'tf + acc', '{"tf": "a b"}'), main::go('GET', 'DescribeSchedule', @at)),
    main::step(200, main::schedule('@every 60m', 'true', 'tf + acc', '{}'),
               main::go('POST', 'UpdateSchedule', @at, CronExpression => '@every 60m', Enable => 'true', Payload => '{}')),
    main::step(200, main::schedule('@every 60m', 'true', 'tf + acc', '{}'), main::go('GET', 'DescribeSchedule', @at)),
    main::step(200, qr/"Schedules":\[\{[^{]*"ScheduleName":"tf_sched"/, main::go('GET', 'ListSchedules', FlowName => 'tf_two', Limit => 1000)),
    main::step(200, $main::EMPTY, main::go('GET', 'DeleteSchedule', @at)),
    main::step(404, main::err('ScheduleNotExists', "The schedule 'tf_sched' for flow 'tf_two' does not exist."), main::go('GET', 'DescribeSchedule', @at)),
    main::step(404, main::err('ScheduleNotExists', "The schedule 'tf_sched' for flow 'tf_two' does not exist."), main::go('GET', 'DeleteSchedule', @at)),
    main::step(200, $main::EMPTY, main::go('GET', 'DeleteFlow', Name => 'tf_two')),
    main::step(404, main::err('FlowNotExists', "Flow 'tf_two' does not exist."), main::go('GET', 'DescribeSchedule', @at)),
    );
};

# One call, wherever its parameters stand.
our @SAME = do {
    my $seen = main::flow('same', $main::PASS, '*~+ ') =~ s/\Q$main::UUID\E/same-1/r;
    my $sent = sub {
        my ($method, $query, $body) = @_;
        my %all = (main::common('DescribeFlow'), Name => 'same', RequestId => 'same-1');
        $all{Signature} = main::signature($method, %all);
        my @in = ([], []);
        for (sort keys %all) {
            push @{ $in[$body && (!$query || /^(Name|Sign)/) ? 1 : 0] }, $_, $all{$_};
        }
        my ($uri, $form) = map { main::form(@$_) } @in;
        return ("$method /" . (length $uri ? "?$uri" : '') . (length $form ? "\n$form" : ''), $FORM);
    };
    (main::step(200, main::flow('same', $main::PASS, '*~+ '), main::pop('CreateFlow', Name => 'same', Definition => $main::PASS, Description => '*~+ ', Type => 'FDL')),
     map { main::step(200, qr/\A$seen/s, $sent->(@$_)) } ['GET', 1, 0], ['POST', 1, 0], ['POST', 0, 1], ['POST', 1, 1]);
};

# Nothing in the body: no chunk at all, and a body of no bytes.
our @BARE = do {
    my ($none) = main::sdk('POST', 'ListFlows');
    my ($empty) = main::sdk('POST', 'DescribeRegions');
    my ($changed) = main::go('GET', 'ListFlows', NextToken => 'a');
    $none =~ s/\n.*//s;
    $empty =~ s/\n.*//s;
    (main::step(200, main::has('"Flows":['), "$none\n" . main::chunks(''), "${FORM}Transfer-Encoding: chunked\n"),
     main::step(200, main::has('"Regions":{"Region":['), $empty, "${FORM}Content-Length: 0\n"),
     main::step(200, main::has('"Flows":['), main::go('POST', 'ListFlows', NextToken => '', Limit => '')),
     main::step(403, main::has('SignatureNotMatch'), $changed =~ s/NextToken=a/NextToken=b/r, $FORM));
};

plan(tests => repeat_each() * 424);
run_tests();

__DATA__

=== TEST 1: Serverless Devs deploys, deploys again, removes
--- request eval: main::column(0, @main::NEW)
--- more_headers eval: main::column(1, @main::NEW)
--- error_code eval: main::column(2, @main::NEW)
--- response_body_like eval: main::column(3, @main::NEW)
--- no_error_log
[alert]
[error]



=== TEST 2: the same with the tools of before
--- request eval: main::column(0, @main::OLD)
--- more_headers eval: main::column(1, @main::OLD)
--- error_code eval: main::column(2, @main::OLD)
--- response_body_like eval: main::column(3, @main::OLD)
--- no_error_log
[alert]
[error]



=== TEST 3: Terraform: a flow, an execution of it that is stopped, and nothing left
--- request eval: main::column(0, @main::TF)
--- more_headers eval: main::column(1, @main::TF)
--- error_code eval: main::column(2, @main::TF)
--- response_body_like eval: main::column(3, @main::TF)
--- no_error_log
[alert]
[error]



=== TEST 4: Terraform: a schedule
--- request eval: main::column(0, @main::TF_SCHEDULE)
--- more_headers eval: main::column(1, @main::TF_SCHEDULE)
--- error_code eval: main::column(2, @main::TF_SCHEDULE)
--- response_body_like eval: main::column(3, @main::TF_SCHEDULE)
--- no_error_log
[alert]
[error]



=== TEST 5: one signed call in the query, by POST, in the form, in both
--- request eval: main::column(0, @main::SAME)
--- more_headers eval: main::column(1, @main::SAME)
--- error_code eval: main::column(2, @main::SAME)
--- response_body_like eval: main::column(3, @main::SAME)
--- no_error_log
[alert]
[error]



=== TEST 6: signed, and no bytes in the body
--- request eval: main::column(0, @main::BARE)
--- more_headers eval: main::column(1, @main::BARE)
--- error_code eval: main::column(2, @main::BARE)
--- response_body_like eval: main::column(3, @main::BARE)
--- no_error_log
[alert]
[error]



=== TEST 7: the published exchange
--- config
        location / {
            cloudflow_api  cloudflow;
        }
--- pipelined_requests eval
my $query = 'Action=StartExecution&Format=json&Version=2019-03-15&Timestamp=2026-01-02T03%3A04%3A05Z&SignatureNonce=1&SignatureMethod=HMAC-SHA1'
    . '&SignatureVersion=1.0&AccessKeyId=a&Signature=s';
my $body = 'ExecutionName=run1&FlowName=my_flow&Input=%7B%22key%22%3A%22value%22%7D';
[ main::create('my_flow', $main::LEGACY), "POST /?$query\n" . main::chunks($body) ]
--- more_headers eval
[ $main::FORM, "host: 127.0.0.1:8080\nx-acs-version: 2019-03-15\nx-acs-action: StartExecution\ncontent-type: application/x-www-form-urlencoded\nTransfer-Encoding: chunked\n" ]
--- error_code eval
[200, 200]
--- response_headers eval
[('Content-Type: application/json;charset=utf-8') x 2]
--- response_body_like eval
[ main::has('"Name":"my_flow"'),
  qr/\A\{"RequestId":"$main::UUID","FlowName":"my_flow","Name":"run1","FlowDefinition":"version: v1\\n[^"]*","Input":"\{\\"key\\":\\"value\\"\}","Output":"","Status":"Running","StartedTime":"$main::TIME","StoppedTime":"1970-01-01T00:00:00Z"\}\z/ ]
--- no_error_log
[alert]
[error]



=== TEST 8: a report after the task has timed out
--- timeout: 15
--- http_config
    cloudflow_store     store shards=1;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:fc:*functions/hand  /hand;
    cloudflow_resource  http://late.test/*      /late;
--- config
        location / { cloudflow_api  cloudflow; }
        location /hand {
            internal;
            proxy_method             GET;
            proxy_pass_request_body  off;
            proxy_set_header         Content-Type "";
            proxy_set_header         Content-Length "";
            proxy_pass  http://127.0.0.1:$TEST_NGINX_SERVER_PORT/?Action=StartExecution&Version=2019-03-15&FlowName=later&ExecutionName=r&Input=%7B%22token%22%3A%22$cloudflow_task_token%22%7D;
        }
        location /late {
            internal;
            proxy_method             GET;
            proxy_pass_request_body  off;
            proxy_set_header         Content-Type "";
            proxy_set_header         Content-Length "";
            proxy_pass  http://127.0.0.1:$TEST_NGINX_SERVER_PORT/?Action=ReportTaskSucceeded&Version=2019-03-15&TaskToken=$http_x_token&Output=%7B%7D;
        }
--- request eval
my $asks = "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: ask\n    resourceArn: acs:fc:::services/d/functions/hand\n"
    . "    pattern: waitForCallback\n    timeoutSeconds: 1\n    catch:\n      - errors: [FnF.TaskTimeout]\n        goto: rest\n"
    . "  - type: wait\n    name: rest\n    duration: 3\n";
my $later = "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: W\nStates:\n  - Type: Wait\n    Name: W\n    Seconds: 2\n    Next: R\n"
    . "  - Type: Task\n    Name: R\n    Action: HTTP:Request\n    TaskMode: RequestComplete\n    Parameters:\n      url: http://late.test/x\n"
    . "      method: POST\n      headers:\n        X-Token.\$: \$Input.token\n    End: true\n";
[
main::create('later', $later), main::create('asks', $asks), main::start('asks', 'e'),
main::execution('DescribeExecution', 'asks', 'e', WaitTimeSeconds => 2), main::poll('later', 'r'),
main::execution('GetExecutionHistory', 'later', 'r'), main::execution('DescribeExecution', 'asks', 'e'),
main::poll('asks', 'e'), main::execution('GetExecutionHistory', 'asks', 'e'),
]
--- error_code eval
[(200) x 9]
--- response_body_like eval
[
main::has('"Name":"later"'), main::has('"Name":"asks"'), main::has('"Status":"Running"'), main::has('"Status":"Running"'),
main::has('"Name":"r"'), main::has('TaskAlreadyCompleted'), main::has('"Status":"Running"'), main::has('"Status":"Succeeded"'),
main::inorder('TaskSubmitted', 'TaskTimedOut', '"StepName":"rest"', 'ExecutionSucceeded'),
]
--- no_error_log
[alert]
[error]



=== TEST 9: executions and schedules with the tools of before
--- request eval: main::column(0, @main::OLD_RUNS)
--- more_headers eval: main::column(1, @main::OLD_RUNS)
--- error_code eval: main::column(2, @main::OLD_RUNS)
--- response_body_like eval: main::column(3, @main::OLD_RUNS)
--- no_error_log
[alert]
[error]



=== TEST 10: Terraform: an execution that is waited for until it has succeeded
--- request eval: main::column(0, @main::TF_ENDS)
--- more_headers eval: main::column(1, @main::TF_ENDS)
--- error_code eval: main::column(2, @main::TF_ENDS)
--- response_body_like eval: main::column(3, @main::TF_ENDS)
--- no_error_log
[alert]
[error]
