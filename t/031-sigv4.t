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

$ENV{TEST_NGINX_AWS_KEYS} = main::keys_file('keys', 0600, <<'END');
AKIDALL    secret
AKIDTOKEN  secret  token  2999-01-01T00:00:00Z
AKIDGONE   secret  token  2020-01-01T00:00:00Z

AKIDSOME   secret
allow  states:List*  on  *
allow  states:Start*,states:Describe*,states:CreateStateMachine  on  arn:aws:states:*:*:stateMachine:mine*
deny   states:*      on  arn:aws:states:*:*:stateMachine:mine-not

AKIDFNF    secret
allow  fnf:*  on  *
END

no_root_location();
no_long_string();

# --- signed: key, operation, body and what is to be different.
add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('config', <<'END');
        location / {
            cloudflow_api          cloudflow stepfunctions;
            cloudflow_credentials  $TEST_NGINX_AWS_KEYS;
        }
END
    main::defaults($block);
    my (@requests, @headers);
    for my $call (@{ eval $block->signed }) {
        my ($key, $operation, $body, %other) = @$call;
        my $date = strftime('%Y%m%dT%H%M%SZ', gmtime(time + ($other{late} // 0)));
        my $day = substr $date, 0, 8;
        my $region = $other{region} // 'us-east-1';
        my $service = $other{service} // 'states';
        my $scope = "$day/$region/$service/aws4_request";
        my %header = ('content-type' => 'application/x-amz-json-1.0', host => 'localhost',
                      'x-amz-date' => $date, 'x-amz-target' => "AWSStepFunctions.$operation");
        $header{'x-amz-security-token'} = $other{token} if defined $other{token};
        my $signed = join ';', sort keys %header;
        my $request = join "\n", 'POST', '/', '', (map { "$_:$header{$_}" } sort keys %header), '',
                      $signed, sha256_hex($body);
        my $text = join "\n", 'AWS4-HMAC-SHA256', $date, $scope, sha256_hex($request);
        my $mac = hmac_sha256($day, 'AWS4' . ($other{secret} // 'secret'));
        $mac = hmac_sha256($_, $mac) for $region, $service, 'aws4_request';
        my $signature = hmac_sha256_hex($text, $mac);
        my $authorization = $other{authorization}
            // "AWS4-HMAC-SHA256 Credential=$key/$scope, SignedHeaders=$signed, Signature=$signature";
        delete $header{host};
        push @requests, "POST /\n" . ($other{sent} // $body);
        push @headers, join "\n", (map { "$_: $header{$_}" } sort keys %header),
                                  $authorization eq 'none' ? () : "Authorization: $authorization";
    }
    $block->set_value('request', @requests == 1 ? $requests[0] : \@requests);
    $block->set_value('more_headers', @headers == 1 ? $headers[0] : \@headers);
});
plan(tests => repeat_each() * 42);
run_tests();

sub main::machine { my ($name) = @_; return qq({"name":"$name","roleArn":"arn:aws:iam::1:role/r","definition":)
    . '"{\\"StartAt\\":\\"A\\",\\"States\\":{\\"A\\":{\\"Type\\":\\"Pass\\",\\"End\\":true}}}"}' }
sub main::coded { my ($code, $text) = @_; return qr/\A\{"__type":"$code","message":"$text/ }

__DATA__

=== TEST 1: who may come in, and who may not
--- signed
[
['AKIDALL', 'ListStateMachines', '{}'],
['AKIDALL', 'ListStateMachines', '{}', authorization => 'none'],
['AKIDALL', 'ListStateMachines', '{}', authorization => 'AWS4-HMAC-SHA256 Credential=x'],
['AKIDALL', 'ListStateMachines', '{}', secret => 'other'],
['AKIDALL', 'ListStateMachines', '{}', sent => '{ }'],
['AKIDALL', 'ListStateMachines', '{}', service => 'sqs'],
['AKIDALL', 'ListStateMachines', '{}', late => -1000],
['AKIDALL', 'ListStateMachines', '{}', late => 1000],
['AKIDNONE', 'ListStateMachines', '{}'],
['AKIDTOKEN', 'ListStateMachines', '{}'],
['AKIDTOKEN', 'ListStateMachines', '{}', token => 'token'],
['AKIDGONE', 'ListStateMachines', '{}', token => 'token'],
]
--- error_code eval
[200, 400, 400, 400, 400, 400, 400, 400, 400, 400, 200, 400]
--- response_body_like eval
[
qr/\A\{"stateMachines":\[\]\}\z/,
main::coded('MissingAuthenticationTokenException', 'Missing Authentication Token'),
main::coded('IncompleteSignatureException', "Authorization header requires 'Signature' parameter"),
(main::coded('InvalidSignatureException', 'The request signature we calculated does not match')) x 2,
main::coded('InvalidSignatureException', "Credential should be scoped to correct service: 'states'"),
main::coded('InvalidSignatureException', 'Signature expired: \d{8}T\d{6}Z is now earlier than'),
main::coded('InvalidSignatureException', 'Signature not yet current: \d{8}T\d{6}Z is still later than'),
(main::coded('UnrecognizedClientException', 'The security token included in the request is invalid')) x 2,
qr/\A\{"stateMachines":\[\]\}\z/,
main::coded('ExpiredTokenException', 'The security token included in the request is expired'),
]



=== TEST 2: the region is that of the credentials
--- signed
[
['AKIDALL', 'CreateStateMachine', main::machine('m'), region => 'eu-west-1'],
['AKIDALL', 'ListStateMachines', '{}', region => 'eu-west-1'],
['AKIDALL', 'ListStateMachines', '{}', region => 'eu-west-2'],
]
--- error_code eval
[200, 200, 200]
--- response_body_like eval
[
qr/"arn:aws:states:eu-west-1:123456789012:stateMachine:m"/,
qr/"arn:aws:states:eu-west-1:123456789012:stateMachine:m"/,
qr/\A\{"stateMachines":\[\]\}\z/,
]



=== TEST 3: policies
--- signed
[
['AKIDSOME', 'CreateStateMachine', main::machine('mine')],
['AKIDSOME', 'CreateStateMachine', main::machine('mine-not')],
['AKIDSOME', 'CreateStateMachine', main::machine('other')],
['AKIDSOME', 'ListStateMachines', '{}'],
['AKIDSOME', 'DeleteStateMachine', '{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:mine"}'],
['AKIDFNF', 'ListStateMachines', '{}'],
]
--- error_code eval
[200, 400, 400, 200, 400, 400]
--- response_body_like eval
[
qr/:mine"/,
main::coded('AccessDeniedException', 'User: arn:aws:iam::123456789012:user/AKIDSOME is not authorized to perform: states:CreateStateMachine on resource: arn:aws:states:us-east-1:123456789012:stateMachine:mine-not because'),
main::coded('AccessDeniedException', 'User'),
qr/:mine"/,
main::coded('AccessDeniedException', 'User'),
main::coded('AccessDeniedException', 'User: arn:aws:iam::123456789012:user/AKIDFNF is not authorized to perform: states:ListStateMachines because'),
]
