use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

master_on();
workers(2);
worker_connections(512);
no_root_location();
no_long_string();

our $HTTP_ACTIVITIES = <<'END';
    cloudflow_store          store shards=4;
    cloudflow_zone           z:16m;
    cloudflow_activity_poll  1s;
END

our $LOCATION_SFN = <<'END';
        location / {
            cloudflow_api  cloudflow stepfunctions;
        }
END

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('http_config', $main::HTTP_ACTIVITIES) unless defined $block->http_config;
    $block->set_value('config', $main::LOCATION_SFN) unless defined $block->config;

    if ($block->name =~ /taken by workers/) {
        main::crew('b', 'succeed', 2);
        main::crew('c', 'fail', 1);
    }
});

plan(tests => repeat_each() * 250);
run_tests();

BEGIN {
    package main;

    use IO::Socket::INET;
    use POSIX ();

    our $ARN = 'arn:aws:states:us-east-1:123456789012';

    sub text {
        my ($text) = @_;
        $text =~ s/(["\\])/\\$1/g;
        return qq("$text");
    }

    # A request of Step Functions; members are JSON.
    sub raw {
        my ($operation, @members) = @_;
        my @parts;
        while (@members) {
            my ($name, $json) = splice @members, 0, 2;
            push @parts, qq("$name":$json);
        }
        my $body = '{' . join(',', @parts) . '}';
        return "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
             . "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AWSStepFunctions.$operation\r\n"
             . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
    }

    sub activity { return raw('CreateActivity', name => text($_[0])) }
    sub get_task { return raw('GetActivityTask', activityArn => text("$ARN:activity:$_[0]"), workerName => '"w"') }

    sub machine {
        my ($name, $activity, $more) = @_;
        my $definition = qq({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"$ARN:activity:$activity",)
                       . ($more // '') . '"End":true}}}';
        return raw('CreateStateMachine', name => text($name), definition => text($definition),
                   roleArn => '"arn:aws:iam::123456789012:role/r"');
    }

    sub run {
        my ($machine, $name, $input) = @_;
        return raw('StartExecution', stateMachineArn => text("$ARN:stateMachine:$machine"), name => text($name),
                   input => text($input // '{}'));
    }

    sub look {
        my ($machine, $name) = @_;
        return raw('DescribeExecution', executionArn => text("$ARN:execution:$machine:$name"));
    }

    # A worker beside the test: takes tasks of that activity and does them.
    sub crew {
        my ($activity, $do, $count) = @_;
        my $port = $ENV{TEST_NGINX_SERVER_PORT} || $ENV{TEST_NGINX_PORT} || 1984;
        for my $no (1 .. $count) {
            my $pid = fork;
            next if $pid;
            POSIX::setsid();
            my $end = time + 12;
            while (time < $end) {
                my $answer = exchange($port, get_task($activity));
                if ($answer !~ /"taskToken":"([^"]+)","input":"((?:[^"\\]|\\.)*)"/) {
                    select undef, undef, undef, 0.02;
                    next;
                }
                my ($token, $input) = ($1, $2);
                exchange($port, $do eq 'fail'
                    ? raw('SendTaskFailure', taskToken => qq("$token"), error => '"Bad"', cause => qq("$input"))
                    : raw('SendTaskSuccess', taskToken => qq("$token"), output => qq("$input")));
            }
            POSIX::_exit(0);
        }
    }

    sub exchange {
        my ($port, $request) = @_;
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 2) or return '';
        print $socket $request;
        local $/;
        my $answer = <$socket>;
        return defined $answer ? $answer : '';
    }
}

__DATA__

=== TEST 1: unknown, empty, and tokens that are none
--- timeout: 5
--- raw_request eval
[ main::get_task('nobody'), main::activity('a'), main::get_task('a'),
  main::raw('GetActivityTask', activityArn => '"a"'), main::raw('GetActivityTask'),
  main::raw('SendTaskSuccess', taskToken => '"junk"', output => '"1"'),
  main::raw('SendTaskFailure', taskToken => '"junk"'), main::raw('SendTaskHeartbeat', taskToken => '"junk"'),
  main::raw('SendTaskSuccess', taskToken => '"junk"', output => '"{"') ]
--- error_code eval
[ 400, 200, 200, (400) x 6 ]
--- response_body_like eval
[ main::has('"__type":"ActivityDoesNotExist"', "Activity Does Not Exist: '$main::ARN:activity:nobody'"),
  main::has("$main::ARN:activity:a"), qr/\A\{"taskToken":null\}\z/,
  main::has('"__type":"InvalidArn"', "Invalid Arn: 'Invalid ARN prefix: a'"), main::has('"__type":"ValidationException"', 'activityArn'),
  (main::has('"__type":"InvalidToken"', "Invalid Token: 'Invalid token'")) x 4 ]
--- no_error_log
[alert]
[crit]



=== TEST 2: taken by workers, done, failed, too late
--- timeout: 5
--- raw_request eval
[ main::activity('b'), main::activity('c'), main::activity('idle'),
  main::machine('b', 'b'), main::machine('c', 'c'), main::machine('d', 'idle', '"TimeoutSeconds":1,'),
  (map { main::run('b', "e$_", qq({"n":$_})) } 1 .. 10), (map { main::run('c', "e$_", qq({"n":$_})) } 1 .. 5),
  main::run('d', 'e'), main::get_task('idle'), main::get_task('idle'),
  (map { main::look('b', "e$_") } 1 .. 10), (map { main::look('c', "e$_") } 1 .. 5), main::look('d', 'e') ]
--- error_code eval
[ (200) x 40 ]
--- response_body_like eval
[ (main::has('"activityArn"')) x 3, (main::has('"stateMachineArn"')) x 3, (main::has('"executionArn"')) x 16,
  main::has('"taskToken":"', '"input":"{}"'), qr/\A\{"taskToken":null\}\z/,
  (map { main::has('"status":"SUCCEEDED"', qq("output":"{\\"n\\":$_}")) } 1 .. 10),
  (map { main::has('"status":"FAILED"', '"error":"Bad"', qq("cause":"{\\"n\\":$_}")) } 1 .. 5),
  main::has('"status":"FAILED"', '"error":"States.Timeout"') ]
--- no_error_log
[alert]
[crit]



=== TEST 3: a state whose activity is gone
--- timeout: 5
--- raw_request eval
[ main::activity('g'), main::activity('idle'), main::machine('g', 'g'),
  main::raw('DeleteActivity', activityArn => main::text("$main::ARN:activity:g")),
  main::run('g', 'e'), main::get_task('idle'), main::look('g', 'e'), main::get_task('g'),
  main::activity('g'), main::run('g', 'e2'), main::get_task('g'), main::look('g', 'e2') ]
--- error_code eval
[ (200) x 7, 400, (200) x 4 ]
--- response_body_like eval
[ (main::has('"')) x 3, qr/\A\{\}\z/, main::has('"executionArn"'), qr/null/,
  main::has('"status":"FAILED"', '"error":"States.Runtime"', "The activity $main::ARN:activity:g does not exist."),
  main::has('ActivityDoesNotExist'), (main::has('"')) x 2, main::has('"taskToken":"'), main::has('"status":"RUNNING"') ]
--- no_error_log
[alert]
[crit]



=== TEST 4: how long a poll waits has a limit
--- http_config
    cloudflow_store          store;
    cloudflow_zone           z:8m;
    cloudflow_activity_poll  61m;
--- must_die
--- error_log
[emerg]
"cloudflow_activity_poll" must not be longer than one hour



=== TEST 5: a poll's time is a time
--- http_config
    cloudflow_store          store;
    cloudflow_zone           z:8m;
    cloudflow_activity_poll  never;
--- must_die
--- error_log
[emerg]
"cloudflow_activity_poll" directive invalid value
