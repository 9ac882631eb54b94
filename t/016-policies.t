use Test::Nginx::Socket;

use Digest::SHA qw(hmac_sha1_base64);
use File::Temp qw(tempdir);
use POSIX qw(strftime);

use FindBin;
require "$FindBin::Bin/requests.pl";

our $DIR = tempdir(CLEANUP => 1);

sub main::file {
    my ($name, $mode, $text) = @_;
    open my $fh, '>', "$main::DIR/$name" or die "$name: $!";
    print $fh $text;
    close $fh;
    chmod $mode, "$main::DIR/$name" or die "$name: $!";
    return "$main::DIR/$name";
}

main::file('reader.json', 0644, <<'END');
{
  "Version": "1",
  "Statement": [{
    "Effect": "Allow",
    "Action": ["fnf:Describe*", "fnf:List*", "fnf:Get*", "oss:GetObject"],
    "Resource": ["acs:fnf:*:*:flow/*"]
  }, {
    "Effect": "Deny",
    "Action": "fnf:*",
    "Resource": "acs:fnf:cn-hangzhou:1234567890:flow/secret*"
  }]
}
END

$ENV{TEST_NGINX_KEYS_DIR} = $main::DIR;
$ENV{TEST_NGINX_KEYS} = main::file('keys', 0600, <<"END");
root  rootSecret

one   oneSecret
allow fnf:*  on  flow/mine           # and its executions

jobs  jobsSecret  jobsToken
allow fnf:StartExecution,fnf:DescribeExecution  on  flow/mine/execution/job-*
deny  *  on  acs:fnf:*:*:flow/mine/execution/job-0*

read  readSecret
policy $main::DIR/reader.json

nobody nobodySecret
deny  fnf:Stop*  on  *
END

main::file('unknown', 0600, "id secret\nallow fnf:StratExecution on *\n");
main::file('resource', 0600, "id secret\n\n  deny * on bucket/x\n");
main::file('words', 0600, "id secret\nallow * *\n");
main::file('first', 0600, "allow * on *\nid secret\n");
main::file('missing', 0600, "id secret\npolicy missing.json\n");
main::file('open.json', 0666, '{"Version":"1","Statement":[]}');
main::file('open', 0600, "id secret\npolicy $main::DIR/open.json\n");
main::file('large.json', 0600, ' ' x 70_000);
main::file('large', 0600, "id secret\npolicy $main::DIR/large.json\n");
main::file('folder', 0600, "id secret\npolicy $main::DIR\n");
main::file('condition.json', 0600, <<'END');
{"Version": "1", "Statement": [
  {"Effect": "Allow", "Action": "*", "Resource": "*",
   "Condition": {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}}]}
END
main::file('condition', 0600, "id secret\npolicy $main::DIR/condition.json\n");

# A V1 request in the form, signed now by a key of the file.
sub main::as {
    my ($key, $action, @fields) = @_;
    my %all = (Action => $action, Version => '2019-03-15', AccessKeyId => $key,
        SignatureMethod => 'HMAC-SHA1', SignatureVersion => '1.0',
        SignatureNonce => join('', map { sprintf '%04x', rand 65536 } 1 .. 8),
        Timestamp => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime), @fields);
    $all{SecurityToken} = 'jobsToken' if $key eq 'jobs';
    my $text = main::form(map { $_, $all{$_} } sort keys %all);
    my $mac = hmac_sha1_base64('POST&%2F&' . main::enc($text), "${key}Secret&");
    $mac .= '=' while length($mac) % 4;
    return "POST /\n$text&Signature=" . main::enc($mac);
}

sub main::flow {
    my ($key, $name) = @_;
    return main::as($key, 'CreateFlow', Name => $name, Definition => $main::PASS, Description => 'd', Type => 'FDL');
}

sub main::run {
    my ($key, $action, $flow, $name, @fields) = @_;
    return main::as($key, $action, FlowName => $flow, (defined $name ? (ExecutionName => $name) : ()), @fields);
}

our $DENIED = main::err('AccessDenied', "The resources doesn't belong to you.");

our $SIGNED = <<'END';
        location / {
            cloudflow_api          cloudflow;
            cloudflow_credentials  $TEST_NGINX_KEYS;
        }
END

# Every action about flows that are there and that are not; none gets in.
our @OTHERS = map {
    my $flow = $_;
    (
        main::flow('one', $flow),
        main::as('one', 'UpdateFlow', Name => $flow, Description => 'mine now'),
        main::as('one', 'DeleteFlow', Name => $flow),
        main::as('one', 'DescribeFlow', Name => $flow),
        (map { main::run('one', $_, $flow, 'x') } qw(StartExecution StopExecution DescribeExecution GetExecutionHistory)),
        main::run('one', 'StartExecution', $flow),
        main::run('one', 'ListExecutions', $flow),
        (map { main::run('one', $_, $flow, 'x', MapRunName => 'c39142f1345b196d678333c41f113000') } qw(DescribeMapRun UpdateMapRun)),
    )
} qw(theirs nothing mine2 min Mine);

no_root_location();
no_long_string();
add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('config', $main::SIGNED) unless defined $block->config;
    # Each test begins with an empty store.
    $block->set_value('http_config', $main::HTTP =~ s/store shards/"store" . ++$main::STORES . ' shards'/er);
    main::defaults($block);
});
plan(tests => repeat_each() * 480);
run_tests();

__DATA__

=== TEST 1: a key without a policy may do everything, one with a policy what it says
--- request eval
[
main::flow('root', 'mine'), main::flow('root', 'theirs'), main::as('root', 'ListFlows'),
main::run('root', 'StartExecution', 'theirs', 'x'),

main::as('one', 'DescribeFlow', Name => 'mine'), main::as('one', 'UpdateFlow', Name => 'mine', Description => 'e'),
main::run('one', 'StartExecution', 'mine', 'x'), main::run('one', 'StartExecution', 'mine'),
main::run('one', 'DescribeExecution', 'mine', 'x', WaitTimeSeconds => 5), main::run('one', 'GetExecutionHistory', 'mine', 'x'),
main::run('one', 'ListExecutions', 'mine'), main::run('one', 'DescribeExecution', 'mine', 'never'),

main::as('one', 'ListFlows'), main::run('one', 'DescribeExecution', 'theirs', 'x'),
main::as('nobody', 'ListFlows'), main::as('nobody', 'DescribeFlow', Name => 'mine'),
]
--- error_code eval
[ (200) x 11, 404, (403) x 4 ]
--- response_body_like eval
[
main::has('"Name":"mine"'), main::has('"Name":"theirs"'), main::has('"Name":"mine"', '"Name":"theirs"'), main::has('"Name":"x"'),
main::has('"Name":"mine"'), main::has('"Description":"e"'), main::has('"Name":"x"'), main::has('"FlowName":"mine"'),
main::has('"Status":"Succeeded"'), main::has('ExecutionSucceeded'), main::has('"Name":"x"'),
main::err('ExecutionNotExists', "Execution 'never' for flow 'mine' does not exist."),
($main::DENIED) x 4,
]
--- no_error_log
[alert]
[error]



=== TEST 2: one flow alone: nothing of others is done, seen, or known to exist
--- request eval
[ main::flow('root', 'theirs'), main::run('root', 'StartExecution', 'theirs', 'x'), @main::OTHERS,
  main::as('root', 'DescribeFlow', Name => 'theirs'), main::as('root', 'ListFlows') ]
--- error_code eval
[ 200, 200, (403) x @main::OTHERS, 200, 200 ]
--- response_body_like eval
[ main::has('theirs'), main::has('"Name":"x"'), ($main::DENIED) x @main::OTHERS,
  main::has('"Description":"d"'), main::lacks('nothing', 'mine2', 'Mine') ]
--- no_error_log
[alert]
[error]



=== TEST 3: some executions of a flow; deny wins
--- request eval
[
main::flow('root', 'mine'), main::flow('root', 'job-1'),
main::run('jobs', 'StartExecution', 'mine', 'job-1'), main::run('jobs', 'DescribeExecution', 'mine', 'job-1'),
main::run('jobs', 'StartExecution', 'mine', 'other'), main::run('jobs', 'StartExecution', 'mine'),
main::run('jobs', 'StartExecution', 'mine', 'job-01'), main::run('jobs', 'DescribeExecution', 'mine', 'job-0'),
main::run('jobs', 'StopExecution', 'mine', 'job-1'), main::run('jobs', 'StartExecution', 'job-1', 'job-1'),
main::run('jobs', 'DescribeExecution', 'theirs/execution/mine', 'job-1'),
main::as('jobs', 'DescribeFlow', Name => 'mine'), main::run('jobs', 'ListExecutions', 'mine'),
]
--- error_code eval
[ (200) x 4, (403) x 9 ]
--- response_body_like eval
[ main::has('mine'), main::has('job-1'), main::has('"Name":"job-1"'), main::has('"Name":"job-1"'), ($main::DENIED) x 9 ]
--- no_error_log
[alert]
[error]



=== TEST 4: a document of RAM
--- request eval
[
main::flow('root', 'mine'), main::flow('root', 'secret-1'), main::run('root', 'StartExecution', 'mine', 'x'),
main::as('read', 'DescribeFlow', Name => 'mine'), main::run('read', 'ListExecutions', 'mine'),
main::run('read', 'GetExecutionHistory', 'mine', 'x'), main::as('read', 'ListFlows'), main::as('read', 'DescribeFlow', Name => 'none'),
main::as('read', 'DescribeFlow', Name => 'secret-1'), main::as('read', 'DescribeFlow', Name => 'secret-2'),
main::run('read', 'StartExecution', 'mine', 'y'), main::as('read', 'DeleteFlow', Name => 'mine'),
main::as('read', 'ReportTaskSucceeded', TaskToken => '12', Output => '{}'),
]
--- error_code eval
[ (200) x 7, 404, (403) x 4, 400 ]
--- response_body_like eval
[
main::has('mine'), main::has('secret-1'), main::has('"Name":"x"'),
main::has('"Name":"mine"'), main::has('"Name":"x"'), main::has('"Events"'), main::has('"Name":"mine"'),
main::err('FlowNotExists', "Flow 'none' does not exist."), ($main::DENIED) x 4,
main::err('InvalidArgument', 'Parameter error. Invalid task token.'),
]
--- no_error_log
[alert]
[error]



=== TEST 5: missing parameters and signatures come before
--- request eval
[
main::as('one', 'DescribeExecution', FlowName => 'theirs'), main::as('one', 'Nothing'),
main::as('one', 'DescribeFlow', Name => 'theirs', SignatureNonce => 'a'),
main::as('one', 'DescribeFlow', Name => 'theirs', SignatureNonce => 'a'),
main::as('one', 'DescribeFlow', Name => 'mine') . 'x', main::as('none', 'DescribeFlow', Name => 'theirs'),
]
--- error_code eval
[ 400, 400, 403, 400, 403, 403 ]
--- response_body_like eval
[
main::err('MissingRequiredParams', "The HTTP query 'ExecutionName' must be specified."),
main::has('ActionNotSupported'), $main::DENIED, main::has('SignatureNonceUsed'), main::has('SignatureNotMatch'), main::has('InvalidAccessKeyID'),
]
--- no_error_log
[alert]
[error]



=== TEST 6: the log tells the operator which key and which action
--- request eval: main::as('nobody', 'ListFlows')
--- error_code: 403
--- response_body_like eval: $main::DENIED
--- log_level: info
--- error_log
key "nobody" is not allowed fnf:ListFlows
--- no_error_log
nobodySecret
[error]



=== TEST 7: an action that is none
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/unknown;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{credentials file "[^"]+/unknown", line 2: "fnf:StratExecution" is no action of CloudFlow in}, '[emerg]']



=== TEST 8: a resource that is none
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/resource;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/resource", line 3: "bucket/x" is no resource of CloudFlow: want flow/NAME}, '[emerg]']



=== TEST 9: a statement without "on"
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/words;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/words", line 2: want "allow\|deny ACTION\[,...\] on RESOURCE\[,...\]"}, '[emerg]']



=== TEST 10: a statement before the first key
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/first;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/first", line 1: no key is above it}, '[emerg]']



=== TEST 11: a policy that is not there, beside the configuration
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/missing;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/missing", line 2: policy "missing.json": open\(\) "/[^"]+/missing.json" failed \(2: No such file or directory\)}, '[emerg]']



=== TEST 12: a policy that everybody may write
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/open;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/open", line 2: policy "[^"]+/open.json": must not be writable by others nor by its group}, '[emerg]']



=== TEST 13: a policy that is too large
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/large;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/large.json": is larger than 65536 bytes}, '[emerg]']



=== TEST 14: a policy that is a directory
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/folder;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/folder", line 2: policy "[^"]+": is not a regular file}, '[emerg]']



=== TEST 15: a condition is not passed over
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/condition;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/condition.json": line 3, column 4: a statement has Effect, Action or NotAction, and Resource; nothing else is supported}, '[emerg]']
