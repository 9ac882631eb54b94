use Test::Nginx::Socket;

use Digest::SHA qw(sha256_hex hmac_sha256 hmac_sha256_hex);
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

$ENV{TEST_NGINX_SWF_KEYS} = main::keys_file('keys', 0600, <<'END');
AKIDALL    secret

AKIDMINE   secret
allow  swf:*  on  arn:aws:swf:*:123456789012:/domain/mine*
deny   swf:DeprecateDomain  on  arn:aws:swf:*:*:/domain/mine-too

AKIDLIST   secret
allow  swf:List*,swf:Describe*  on  arn:aws:swf:*:*:/domain/*

AKIDSFN    secret
allow  states:*  on  *
END

no_root_location();
no_long_string();

# --- calls: pairs of operation and body; --- signed: key, operation, body,
# and what is to be different.  Each block has a store of its own.
our $BLOCKS = 0;
add_block_preprocessor(sub {
    my ($block) = @_;
    my @calls = $block->calls ? @{ $block->calls } : ();
    my @signed = $block->signed ? @{ eval $block->signed } : ();
    my $extra = $block->limits // '';
    my $keys = @signed ? 'cloudflow_credentials  $TEST_NGINX_SWF_KEYS;' : '';
    $block->set_value('config', "        location / {\n            cloudflow_api  swf;\n            $keys\n        }\n");
    $block->set_value('http_config', '    cloudflow_store  store' . ++$main::BLOCKS . " shards=4;\n    cloudflow_zone  z:16m;\n"
                                     . "    cloudflow_swf_poll  1s;\n    $extra\n");
    main::defaults($block);
    my (@requests, @headers);
    while (@calls) {
        my ($operation, $body) = splice @calls, 0, 2;
        push @requests, "POST /\n$body";
        push @headers, "X-Amz-Target: SimpleWorkflowService.$operation\nContent-Type: application/x-amz-json-1.0";
    }
    for my $call (@signed) {
        my ($key, $operation, $body, %other) = @$call;
        my $date = strftime('%Y%m%dT%H%M%SZ', gmtime);
        my $scope = join '/', substr($date, 0, 8), $other{region} // 'us-east-1', $other{service} // 'swf', 'aws4_request';
        my %header = ('content-type' => 'application/x-amz-json-1.0', host => 'localhost',
                      'x-amz-date' => $date, 'x-amz-target' => "SimpleWorkflowService.$operation");
        my $names = join ';', sort keys %header;
        my $request = join "\n", 'POST', '/', '', (map { "$_:$header{$_}" } sort keys %header), '', $names, sha256_hex($body);
        my $text = join "\n", 'AWS4-HMAC-SHA256', $date, $scope, sha256_hex($request);
        my $mac = 'AWS4' . ($other{secret} // 'secret');
        $mac = hmac_sha256($_, $mac) for split m{/}, $scope;
        my $signature = hmac_sha256_hex($text, $mac);
        delete $header{host};
        push @requests, "POST /\n$body";
        push @headers, join "\n", (map { "$_: $header{$_}" } sort keys %header), $other{unsigned} ? ()
            : "Authorization: AWS4-HMAC-SHA256 Credential=$key/$scope, SignedHeaders=$names, Signature=$signature";
    }
    $block->set_value('request', \@requests);
    $block->set_value('more_headers', \@headers);
});
plan(tests => repeat_each() * 188);
run_tests();

our $ARN;
BEGIN { $main::ARN = 'arn:aws:swf:us-east-1:123456789012:/domain' }

sub main::coded { my ($code, $text) = @_; return qr/\A\{"__type":"com\.[\w.]+#$code","message":"\Q$text\E/ }
sub main::domain { my ($name, $more) = @_; return qq({"name":"$name","workflowExecutionRetentionPeriodInDays":"NONE") . ($more // '') . '}' }
sub main::type { my ($name, $version, $more) = @_; return qq({"domain":"d","name":"$name","version":"$version") . ($more // '') . '}' }
sub main::typed { my ($kind, $name, $version) = @_; return qq({"domain":"d","$kind":{"name":"$name","version":"$version"}}) }
sub main::names { return join ',', map { qr/\{"name":"\Q$_\E",[^}]*\}/ } @_ }
sub main::types { return join ',', map { qr/\{"activityType":\{"name":"\Q$_->[0]\E","version":"\Q$_->[1]\E"\},[^}]*\}/ } @_ }

__DATA__

=== TEST 1: domains
--- timeout: 8
--- calls eval
[
RegisterDomain => main::domain('b', ',"description":"a \"b\"","tags":[{"key":"k","value":"v"}]'),
RegisterDomain => main::domain('b'),
RegisterDomain => main::domain('c'), RegisterDomain => main::domain('a'),
DescribeDomain => '{"name":"b"}',
ListDomains => '{"registrationStatus":"REGISTERED"}',
ListDomains => '{"registrationStatus":"REGISTERED","reverseOrder":true,"maximumPageSize":2}',
DeprecateDomain => '{"name":"b"}', DeprecateDomain => '{"name":"b"}',
ListDomains => '{"registrationStatus":"REGISTERED","maximumPageSize":2}',
ListDomains => '{"registrationStatus":"DEPRECATED"}',
RegisterDomain => main::domain('b'),
UndeprecateDomain => '{"name":"b"}', UndeprecateDomain => '{"name":"b"}',
DescribeDomain => '{"name":"b"}',
DeprecateDomain => '{"name":"no"}',
]
--- error_code eval
[200, 400, 200, 200, 200, 200, 200, 200, 400, 200, 200, 400, 200, 400, 200, 400]
--- response_body_like eval
[
qr/\A\z/, main::coded('DomainAlreadyExistsFault', 'b"}'), (qr/\A\z/) x 2,
qr/\A\{"domainInfo":\{"name":"b","status":"REGISTERED","description":"a \\"b\\"","arn":"$main::ARN\/b"\},"configuration":\{"workflowExecutionRetentionPeriodInDays":"NONE"\}\}\z/,
qr/\A\{"domainInfos":\[${\main::names(qw(a b c))}\]\}\z/,
qr/\A\{"domainInfos":\[${\main::names(qw(c b))}\],"nextPageToken":"[^"]+"\}\z/,
qr/\A\z/, main::coded('DomainDeprecatedFault', 'b"}'),
qr/\A\{"domainInfos":\[${\main::names(qw(a c))}\]\}\z/,
qr/\A\{"domainInfos":\[${\main::names(qw(b))}\]\}\z/,
main::coded('DomainAlreadyExistsFault', 'b"}'),
qr/\A\z/, main::coded('DomainAlreadyExistsFault', 'b"}'),
qr/"status":"REGISTERED"/, main::coded('UnknownResourceFault', 'Unknown domain: no"}'),
]



=== TEST 2: types, and each has its own versions
--- timeout: 8
--- calls eval
[
RegisterActivityType => main::type('n', '1'),
RegisterDomain => main::domain('d'),
RegisterActivityType => main::type('n', '1', ',"description":"x","defaultTaskHeartbeatTimeout":"NONE","defaultTaskList":{"name":"l"},"defaultTaskPriority":"-3"'),
RegisterActivityType => main::type('n', '1'),
RegisterWorkflowType => main::type('n', '1'),
RegisterActivityType => main::type('m', '2'), RegisterActivityType => main::type('m', '1'), RegisterActivityType => main::type('mm', '0'),
DescribeActivityType => main::typed('activityType', 'n', '1'),
DescribeActivityType => main::typed('activityType', 'n', '2'),
DescribeWorkflowType => main::typed('workflowType', 'n', '1'),
ListActivityTypes => '{"domain":"d","registrationStatus":"REGISTERED"}',
ListActivityTypes => '{"domain":"d","registrationStatus":"REGISTERED","name":"m"}',
ListActivityTypes => '{"domain":"d","registrationStatus":"REGISTERED","reverseOrder":true,"maximumPageSize":3}',
ListActivityTypes => '{"domain":"x","registrationStatus":"REGISTERED"}',
DeleteActivityType => main::typed('activityType', 'n', '1'),
UndeprecateActivityType => main::typed('activityType', 'n', '1'),
DeprecateActivityType => main::typed('activityType', 'n', '1'), DeprecateActivityType => main::typed('activityType', 'n', '1'),
RegisterActivityType => main::type('n', '1'),
DescribeActivityType => main::typed('activityType', 'n', '1'),
ListActivityTypes => '{"domain":"d","registrationStatus":"DEPRECATED"}',
DeleteActivityType => main::typed('activityType', 'n', '1'), DeleteActivityType => main::typed('activityType', 'n', '1'),
RegisterActivityType => main::type('n', '1'),
DescribeActivityType => main::typed('activityType', 'n', '1'),
]
--- error_code eval
[400, 200, 200, 400, 200, 200, 200, 200, 200, 400, 200, 200, 200, 200, 400, 400, 400, 200, 400, 400, 200, 200, 200, 400, 200, 200]
--- response_body_like eval
[
main::coded('UnknownResourceFault', 'Unknown domain: d"}'), (qr/\A\z/) x 2,
main::coded('TypeAlreadyExistsFault', 'ActivityType=[name=n, version=1]"}'), (qr/\A\z/) x 4,
qr/\A\{"typeInfo":\{"activityType":\{"name":"n","version":"1"\},"status":"REGISTERED","description":"x","creationDate":\d+\.\d{3}\},"configuration":\{(?=.*"defaultTaskHeartbeatTimeout":"NONE")(?=.*"defaultTaskList":\{"name":"l"\})(?=.*"defaultTaskPriority":"-3")[^}]*\}[^}]*\}\}\z/,
main::coded('UnknownResourceFault', 'Unknown type: ActivityType=[name=n, version=2]"}'),
qr/"configuration":\{\}\}\z/,
qr/\A\{"typeInfos":\[${\main::types(['m', 1], ['m', 2], ['mm', 0], ['n', 1])}\]\}\z/,
qr/\A\{"typeInfos":\[${\main::types(['m', 1], ['m', 2])}\]\}\z/,
qr/\A\{"typeInfos":\[${\main::types(['n', 1], ['mm', 0], ['m', 2])}\],"nextPageToken":"[^"]+"\}\z/,
main::coded('UnknownResourceFault', 'Unknown domain: x"}'),
main::coded('TypeNotDeprecatedFault', 'ActivityType=[name=n, version=1]"}'),
main::coded('TypeAlreadyExistsFault', 'ActivityType=[name=n, version=1]"}'),
qr/\A\z/, main::coded('TypeDeprecatedFault', 'ActivityType=[name=n, version=1]"}'),
main::coded('TypeAlreadyExistsFault', 'ActivityType=[name=n, version=1]"}'),
qr/"status":"DEPRECATED",.*"creationDate":[\d.]+,"deprecationDate":\d+\.\d{3}\}/,
qr/\A\{"typeInfos":\[${\main::types(['n', 1])}\]\}\z/,
qr/\A\z/, main::coded('UnknownResourceFault', 'Unknown type: ActivityType=[name=n, version=1]"}'),
qr/\A\z/, qr/"status":"REGISTERED".*"configuration":\{\}\}\z/,
]



=== TEST 3: a domain takes its types along, and does not bring them back
--- timeout: 8
--- calls eval
[
RegisterDomain => main::domain('d'),
RegisterActivityType => main::type('a', '1'), RegisterActivityType => main::type('b', '1'),
DeprecateDomain => '{"name":"d"}',
ListActivityTypes => '{"domain":"d","registrationStatus":"DEPRECATED"}',
RegisterActivityType => main::type('c', '1'),
DeprecateActivityType => main::typed('activityType', 'a', '1'),
UndeprecateActivityType => main::typed('activityType', 'a', '1'),
PollForActivityTask => '{"domain":"d","taskList":{"name":"l"}}',
UndeprecateDomain => '{"name":"d"}',
ListActivityTypes => '{"domain":"d","registrationStatus":"REGISTERED"}',
UndeprecateActivityType => main::typed('activityType', 'a', '1'),
RegisterActivityType => main::type('c', '1'),
ListActivityTypes => '{"domain":"d","registrationStatus":"REGISTERED"}',
ListActivityTypes => '{"domain":"d","registrationStatus":"DEPRECATED"}',
DeleteActivityType => main::typed('activityType', 'b', '1'),
]
--- error_code eval
[200, 200, 200, 200, 200, 400, 400, 400, 200, 200, 200, 200, 200, 200, 200, 200]
--- response_body_like eval
[
(qr/\A\z/) x 4,
qr/\A\{"typeInfos":\[${\main::types(['a', 1], ['b', 1])}\]\}\z/,
main::coded('DomainDeprecatedFault', 'd"}'),
main::coded('TypeDeprecatedFault', 'ActivityType=[name=a, version=1]"}'),
main::coded('DomainDeprecatedFault', 'd"}'),
qr/\A\{"startedEventId":0\}\z/,
qr/\A\z/, qr/\A\{"typeInfos":\[\]\}\z/, (qr/\A\z/) x 2,
qr/\A\{"typeInfos":\[${\main::types(['a', 1], ['c', 1])}\]\}\z/,
qr/\A\{"typeInfos":\[${\main::types(['b', 1])}\]\}\z/,
qr/\A\z/,
]



=== TEST 4: tags
--- timeout: 5
--- calls eval
[
RegisterDomain => main::domain('d', ',"tags":[{"key":"k","value":"v"},{"key":"l"}]'),
TagResource => qq({"resourceArn":"$main::ARN/d","tags":[{"key":"k","value":"w"},{"key":"m","value":""}]}),
UntagResource => qq({"resourceArn":"$main::ARN/d","tagKeys":["l","unknown"]}),
ListTagsForResource => qq({"resourceArn":"$main::ARN/d"}),
TagResource => qq({"resourceArn":"$main::ARN/d","tags":[) . join(',', map { qq({"key":"t$_"}) } 1 .. 49) . ']}',
ListTagsForResource => qq({"resourceArn":"$main::ARN/d"}),
ListTagsForResource => qq({"resourceArn":"$main::ARN/x"}),
RegisterDomain => main::domain('e', ',"tags":[' . join(',', map { qq({"key":"t$_"}) } 1 .. 51) . ']'),
DescribeDomain => '{"name":"e"}',
]
--- error_code eval
[200, 200, 200, 200, 400, 200, 400, 400, 400]
--- response_body_like eval
[
(qr/\A\z/) x 3,
qr/\A\{"tags":\[\{"key":"k","value":"w"\},\{"key":"m","value":""\}\]\}\z/,
main::coded('TooManyTagsFault', ''),
qr/\A\{"tags":\[\{"key":"k","value":"w"\},\{"key":"m","value":""\}\]\}\z/,
main::coded('UnknownResourceFault', 'Unknown domain: x"}'),
main::coded('TooManyTagsFault', ''),
main::coded('UnknownResourceFault', 'Unknown domain: e"}'),
]



=== TEST 5: limits are the operator's
--- timeout: 5
--- limits: cloudflow_limit  domains=2 types=1;
--- calls eval
[
RegisterDomain => main::domain('d'), RegisterDomain => main::domain('e'), RegisterDomain => main::domain('f'),
RegisterActivityType => main::type('a', '1'), RegisterActivityType => main::type('a', '2'),
RegisterWorkflowType => main::type('a', '1'), RegisterWorkflowType => main::type('b', '1'),
DeprecateActivityType => main::typed('activityType', 'a', '1'), DeleteActivityType => main::typed('activityType', 'a', '1'),
RegisterActivityType => main::type('a', '2'),
]
--- error_code eval
[200, 200, 400, 200, 400, 200, 400, 200, 200, 200]
--- response_body_like eval
[
(qr/\A\z/) x 2, main::coded('LimitExceededFault', ''), qr/\A\z/, main::coded('LimitExceededFault', ''),
qr/\A\z/, main::coded('LimitExceededFault', ''), (qr/\A\z/) x 3,
]



=== TEST 6: who may come in, and to which domains
--- timeout: 8
--- signed
[
['AKIDALL', 'ListDomains', '{"registrationStatus":"REGISTERED"}', unsigned => 1],
['AKIDALL', 'ListDomains', '{"registrationStatus":"REGISTERED"}', secret => 'other'],
['AKIDALL', 'ListDomains', '{"registrationStatus":"REGISTERED"}', service => 'states'],
['AKIDNONE', 'ListDomains', '{"registrationStatus":"REGISTERED"}'],
['AKIDALL', 'RegisterDomain', main::domain('other')],
['AKIDMINE', 'RegisterDomain', main::domain('mine')],
['AKIDMINE', 'RegisterDomain', main::domain('mine-too')],
['AKIDMINE', 'RegisterDomain', main::domain('not-mine')],
['AKIDMINE', 'DescribeDomain', '{"name":"other"}'],
['AKIDMINE', 'DeprecateDomain', '{"name":"mine-too"}'],
['AKIDMINE', 'ListDomains', '{"registrationStatus":"REGISTERED"}'],
['AKIDMINE', 'TagResource', qq({"resourceArn":"$main::ARN/other","tags":[]})],
['AKIDMINE', 'TagResource', qq({"resourceArn":"$main::ARN/mine","tags":[]})],
['AKIDLIST', 'ListDomains', '{"registrationStatus":"REGISTERED"}'],
['AKIDLIST', 'DeprecateDomain', '{"name":"mine"}'],
['AKIDSFN', 'DescribeDomain', '{"name":"mine"}'],
['AKIDMINE', 'RespondActivityTaskCompleted', '{"taskToken":"t"}'],
]
--- error_code eval
[400, 400, 400, 400, 200, 200, 200, 400, 400, 400, 400, 400, 200, 200, 400, 400, 400]
--- response_body_like eval
[
main::coded('MissingAuthenticationTokenException', ''),
main::coded('InvalidSignatureException', 'The request signature we calculated does not match'),
main::coded('InvalidSignatureException', "Credential should be scoped to correct service: 'swf'"),
main::coded('UnrecognizedClientException', ''),
(qr/\A\z/) x 3,
main::coded('OperationNotPermittedFault', "User: arn:aws:iam::123456789012:user/AKIDMINE is not authorized to perform: swf:RegisterDomain on resource: $main::ARN/not-mine"),
main::coded('OperationNotPermittedFault', ''),
main::coded('OperationNotPermittedFault', ''),
main::coded('OperationNotPermittedFault', ''),
main::coded('OperationNotPermittedFault', ''),
qr/\A\z/,
qr/\A\{"domainInfos":\[${\main::names(qw(mine mine-too other))}\]\}\z/,
main::coded('OperationNotPermittedFault', ''),
main::coded('OperationNotPermittedFault', ''),
main::coded('ValidationException', 'Invalid token'),
]
