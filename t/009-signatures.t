use Test::Nginx::Socket;

use Digest::SHA qw(hmac_sha1_base64);
use File::Temp qw(tempdir);
use POSIX qw(strftime);

use FindBin;
require "$FindBin::Bin/requests.pl";

our $DIR = tempdir(CLEANUP => 1);

sub main::keys_file {
    my ($name, $mode, $text) = @_;
    open my $fh, '>', "$main::DIR/$name" or die "$name: $!";
    print $fh $text;
    close $fh;
    chmod $mode, "$main::DIR/$name" or die "$name: $!";
    return "$main::DIR/$name";
}

$ENV{TEST_NGINX_KEYS} = main::keys_file('keys', 0600, <<'END');
# what the published vectors use
testAccessKeyId   testAccessKeySecret

STS.1             stsSecret            CAIS+token/with=chars
STS.2             stsSecret            CAIS+token/with=chars   2999-01-01T00:00:00Z  # far away
STS.3             stsSecret            CAIS+token/with=chars   2020-01-01T00:00:00Z
END

# A V1 request signed now; fields may override anything.
sub main::signed {
    my ($key, $secret, $action, @fields) = @_;
    my %all = (Action => $action, Version => '2019-03-15', Format => 'json', AccessKeyId => $key,
        SignatureMethod => 'HMAC-SHA1', SignatureVersion => '1.0',
        SignatureNonce => join('', map { sprintf '%04x', rand 65536 } 1 .. 8),
        Timestamp => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime), @fields);
    my $text = main::form(map { $_, $all{$_} } sort keys %all);
    my $mac = hmac_sha1_base64('GET&%2F&' . main::enc($text), "$secret&");
    $mac .= '=' while length($mac) % 4;
    return "GET /?$text&Signature=" . main::enc($mac);
}

# The published vectors were signed at a time of their own.
our $VECTORS = <<'END';
        cloudflow_credentials   $TEST_NGINX_KEYS;
        cloudflow_clock_skew    36500d;
        cloudflow_replay_check  off;
        location / {
            cloudflow_api  cloudflow;
        }
END

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
plan(tests => repeat_each() * 236);
run_tests();

__DATA__

=== TEST 1: published vectors, V1
--- config eval: $main::VECTORS
--- request eval
my $v11 = 'Action=DescribeExecution&Format=json&Version=2019-03-15&Timestamp=2026-01-02T03%3A04%3A05Z&SignatureNonce=0f1e2d3c4b5a69788796a5b4c3d2e1f0&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&AccessKeyId=testAccessKeyId&FlowName=my_flow&ExecutionName=run-1&WaitTimeSeconds=20';
my $v12 = 'Action=StartExecution&Format=json&Version=2019-03-15&Timestamp=2026-01-02T03%3A04%3A05Z&SignatureNonce=11112222333344445555666677778888&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&AccessKeyId=testAccessKeyId';
my $bodya = 'ExecutionName=run-1&FlowName=my_flow&Input=%7B%22k%22%3A%22a%20b%2Bc%2Ad~e%2F%C3%A9%3D%26%25%22%7D';
my $bodyb = 'ExecutionName=run-1&FlowName=my_flow&Input=%7B%22k%22%3A%22a+b%2Bc*d%7Ee%2F%C3%A9%3D%26%25%22%7D';
my $v14 = 'Version=2019-03-15&Action=CreateFlow&Format=JSON&RegionId=cn-hangzhou&Timestamp=2026-01-02T03%3A04%3A05Z&SignatureMethod=HMAC-SHA1&SignatureType=&SignatureVersion=1.0&SignatureNonce=99998888777766665555444433332222&AccessKeyId=testAccessKeyId';
my $body4 = 'Name=my_flow&Description=a+b&Type=FDL&Definition=Type%3A+StateMachine%0ASpecVersion%3A+v1%0AName%3A+my_flow%0AStartAt%3A+p%0AStates%3A%0A++-+Type%3A+Pass%0A++++Name%3A+p%0A++++End%3A+true%0A';
my $s11 = 'Signature=JNcqWryTRiz%2F7p4B8abO2Gs1Hm4%3D';
my $s12 = 'Signature=DsHjl4NxSwwe09X3kUn53didKVs%3D';
my $s14 = 'Signature=ykEA5Ujrg6b%2BGlzEDqNLseW96ek%3D';
[
"GET /?$v11&$s11", "GET /?$s11&$v11",
"POST /?$v12&$s12\n$bodya", "POST /?$v12&$s12\n$bodyb", "POST /?$s12\n$bodya&$v12", "POST /\n$v12&$bodyb&$s12",
"POST /?$v14&$s14\n$body4", "POST /?$s14&$v14\n$body4",
"POST /?$v11&$s11", "GET /?$v11&Signature=JNcqWryTRiz%2F7p4B8abO2Gs1Hm5%3D", "GET /?$v11&Signature=JNcqWryTRiz%2F7p4B8abO2Gs1Hm4",
"GET /?$v11&$s11&Extra=", "GET /?" . ($v11 =~ s/run-1/run-2/r) . "&$s11",
"POST /?$v12&$s12\n" . ($bodya =~ s/%20/%2B/r), "POST /?$v14&$s14\n" . ($body4 =~ s/End/Eng/r),
"POST /?" . ($v14 =~ s/SignatureType=&//r) . "&$s14\n$body4",
"GET /?" . ($v11 =~ s/1\.0/1.1/r) . "&$s11",
]
--- error_code eval
[(404) x 6, 200, 409, (403) x 9]
--- response_body_like eval
my $none = main::err('FlowNotExists', "Flow 'my_flow' does not exist.");
my $bad = main::err('SignatureNotMatch', 'The request signature we calculated does not match the signature you provided. Check your access key and signing method.');
[ ($none) x 6, main::has('"Name":"my_flow"', '"Description":"a b"'), main::err('FlowAlreadyExists', "Flow 'my_flow' already exists."), ($bad) x 9 ]
--- no_error_log
[alert]
[error]



=== TEST 2: published vectors, V3
--- http_config
    cloudflow_store  empty shards=1;
    cloudflow_zone   z:8m;
--- config eval: $main::VECTORS
--- request eval
my $query = '/?ExecutionName=run-1&FlowName=my_flow&WaitTimeSeconds=20';
my $body = 'ExecutionName=run-1&FlowName=my_flow&Input=%7B%22k%22%3A%22a%20b%2Bc%2Ad~e%2F%C3%A9%3D%26%25%22%7D';
[ "GET $query", "GET $query", "GET $query", "POST /\n$body",
  "GET $query", 'GET /?ExecutionName=run-1&FlowName=my_flow&WaitTimeSeconds=21', "POST /\n$body&x=", "POST /\n$body", "GET $query", "GET $query" ]
--- more_headers eval
my $host = "Host: cn-hangzhou.fnf.aliyuncs.com\n";
my $common = "x-acs-version: 2019-03-15\nx-acs-date: 2026-01-02T03:04:05Z\n";
my $get = "x-acs-action: DescribeExecution\nx-acs-signature-nonce: 0f1e2d3c4b5a69788796a5b4c3d2e1f0\n$common";
my $names = 'host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version';
my $empty = "x-acs-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n";
my $sm3 = "x-acs-content-sha256: 1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b\n";
my $auth = sub { my ($alg, $list, $mac, $comma) = @_; $comma ||= ',';
    "Authorization: $alg Credential=testAccessKeyId${comma}SignedHeaders=$list${comma}Signature=$mac\n" };
my $v31 = $auth->('ACS3-HMAC-SHA256', $names, '9c994b2ad91d7674e10a66adad06cde8cbe1005cf55ed7c1076e560bfbb944f0');
my $v31spaces = $auth->('ACS3-HMAC-SHA256', $names, '9c994b2ad91d7674e10a66adad06cde8cbe1005cf55ed7c1076e560bfbb944f0', ', ');
my $v31s = $auth->('ACS3-HMAC-SM3', $names, 'eff0a4423a640b939a613c900fd4d725ff4720b61813d5262dbfd864794007e9');
my $post = "content-type: application/x-www-form-urlencoded\nx-acs-action: StartExecution\nx-acs-credentials-provider: static_ak\n"
    . "x-acs-content-sha256: 96e316c2ecda45b40bc2ec012e42f2db3e79d482e23c4af6d17a24ec9fcfda87\n"
    . "x-acs-signature-nonce: 11112222333344445555666677778888\n$common";
my $v32 = $auth->('ACS3-HMAC-SHA256', 'content-type;host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version',
    'bc5be45026654b41017bae5ca07ff48754e9c9b4de1ad9eff70e64c6b7e25f43');
[
"$host$get$empty$v31", "$host$get$empty$v31spaces", "$host$get$sm3$v31s", "$host$post$v32",
"Host: cn-shanghai.fnf.aliyuncs.com\n$get$empty$v31", "$host$get$empty$v31", "$host$post$v32",
"$host" . ($post =~ s/static_ak/static_sts/r) . $v32, "$host$get$empty" . ($v31 =~ s/9c994b/9c994c/r),
"$host$get$empty" . ($v31 =~ s/x-acs-date;//r),
]
--- error_code eval
[(404) x 4, (403) x 6]
--- response_body_like eval
my $none = main::err('FlowNotExists', "Flow 'my_flow' does not exist.");
my $bad = main::err('SignatureNotMatch', 'The request signature we calculated does not match the signature you provided. Check your access key and signing method.');
[ ($none) x 4, ($bad) x 6 ]
--- no_error_log
[alert]
[error]



=== TEST 3: keys, tokens, clocks
--- request eval
my @key = ('testAccessKeyId', 'testAccessKeySecret');
my $token = 'CAIS+token/with=chars';
my $at = sub { Timestamp => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + shift)) };
[
main::signed(@key, 'ListFlows'), main::signed(@key, 'ListFlows', SignatureNonce => 'n' x 64, SignatureType => '', RegionId => 'cn-hangzhou'),
main::signed($key[0], 'guess', 'ListFlows'), main::signed('nobody', $key[1], 'ListFlows'),
main::signed('STS.1', 'stsSecret', 'ListFlows', SecurityToken => $token),
main::signed('STS.2', 'stsSecret', 'ListFlows', SecurityToken => $token),
main::signed('STS.3', 'stsSecret', 'ListFlows', SecurityToken => $token),
main::signed('STS.1', 'stsSecret', 'ListFlows'), main::signed('STS.1', 'stsSecret', 'ListFlows', SecurityToken => 'other'),
main::signed(@key, 'ListFlows', SecurityToken => $token),
main::signed(@key, 'ListFlows', $at->(-890)), main::signed(@key, 'ListFlows', $at->(890)),
main::signed(@key, 'ListFlows', Timestamp => '2026-01-02T03:04:05Z'), main::signed(@key, 'ListFlows', $at->(1000)),
main::signed(@key, 'ListFlows', Timestamp => 'now'), main::signed(@key, 'ListFlows', SignatureNonce => 'n' x 129),
main::signed(@key, 'ListFlows', BearerToken => 'x', SignatureType => 'BEARERTOKEN'),
main::signed(@key, 'FlyToTheMoon'), main::signed(@key, 'ListFlows', Version => 'x'),
main::get('ListFlows'), main::get('ListFlows', AccessKeyId => 'a', Signature => 's'),
]
--- error_code eval
[200, 200, 403, 403, 200, 200, 403, 403, 403, 403, 200, 200, 403, 403, 400, 400, 403, 400, 400, 400, 400]
--- response_body_like eval
my $ok = main::has('"Flows":');
my $key = sub { main::err('InvalidAccessKeyID', "The AccessKey ID '$_[0]' is invalid.") };
[
$ok, $ok, main::err('SignatureNotMatch', qr/The request signature we calculated .*/), $key->('nobody'),
$ok, $ok, $key->('STS.3'), $key->('STS.1'), $key->('STS.1'), $key->('testAccessKeyId'), $ok, $ok,
main::err('RequestTimeTooSkewed', qr/The difference between the request time '2026-01-02T03:04:05Z' and the current time '$main::TIME' is too large\./),
main::err('RequestTimeTooSkewed', qr/The difference between .*/),
main::err('InvalidArgument', 'Parameter error. Timestamp must have the form YYYY-MM-DDThh:mm:ssZ.'),
main::err('InvalidArgument', 'Parameter error. SignatureNonce must be at most 128 characters long.'),
$key->('testAccessKeyId'),
main::err('ActionNotSupported', "The requested API operation 'FlyToTheMoon' is incorrect. Please check."),
main::err('APIVersionNotSupported', "The requested API version 'x' is not supported yet. Please check."),
main::err('MissingRequiredParams', "The HTTP query 'AccessKeyId' must be specified."),
main::err('MissingRequiredParams', "The HTTP query 'SignatureMethod' must be specified."),
]
--- no_error_log
[alert]
[error]



=== TEST 4: a nonce is good for once
--- request eval
my @key = ('testAccessKeyId', 'testAccessKeySecret');
my $request = main::signed(@key, 'ListFlows');
my ($nonce) = $request =~ /SignatureNonce=(\w+)/;
my $forged = main::signed('testAccessKeyId', 'guess', 'ListFlows', SignatureNonce => 'forged-first');
[
$request, $request, $request, main::signed(@key, 'ListFlows', SignatureNonce => $nonce, RegionId => 'x'),
main::signed('STS.1', 'stsSecret', 'ListFlows', SignatureNonce => $nonce, SecurityToken => 'CAIS+token/with=chars'),
$forged, main::signed(@key, 'ListFlows', SignatureNonce => 'forged-first'),
]
--- error_code eval
[200, 400, 400, 400, 200, 403, 200]
--- response_body_like eval
my $ok = main::has('"Flows":');
my $used = main::err('SignatureNonceUsed', 'Specified signature nonce was used already.');
[ $ok, $used, $used, $used, $ok, main::has('SignatureNotMatch'), $ok ]
--- no_error_log
[alert]
[error]



=== TEST 5: off for one location, a narrow clock in another
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS;
        server_name  one;
        location / {
            cloudflow_api         cloudflow;
            cloudflow_clock_skew  5s;
            if ($http_x_open) {
                rewrite ^ /open last;
            }
        }
        location = /open {
            cloudflow_api          cloudflow;
            cloudflow_credentials  off;
        }
--- request eval
my @key = ('testAccessKeyId', 'testAccessKeySecret');
[
main::signed(@key, 'ListFlows'), main::get('ListFlows'), main::get('ListFlows'),
main::signed(@key, 'ListFlows', Timestamp => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time - 60))),
]
--- more_headers eval
[ '', '', 'X-Open: 1', '' ]
--- error_code eval
[200, 400, 200, 403]
--- response_body_like eval
[ main::has('"Flows"'), main::has('MissingRequiredParams'), main::has('"Flows"'), main::has('RequestTimeTooSkewed') ]
--- no_error_log
[alert]
[error]
