use Test::Nginx::Socket;

use File::Temp qw(tempdir);

use FindBin;
require "$FindBin::Bin/requests.pl";

our $DIR = tempdir(CLEANUP => 1);

sub main::keys_file {
    my ($name, $mode, $text) = @_;
    open my $fh, '>', "$main::DIR/$name" or die "$name: $!";
    print $fh $text;
    close $fh;
    chmod $mode, "$main::DIR/$name" or die "$name: $!";
}

main::keys_file('keys', 0600, "AKIDONE  s1gn\nAKIDTWO  s1gn2  t0ken\n");
main::keys_file('none', 0600, "# nobody\n");
main::keys_file('open', 0644, "AKIDONE  s1gn\n");
$ENV{TEST_NGINX_KEYS_DIR} = $main::DIR;

our $STORE;
BEGIN { $main::STORE = "    cloudflow_store  store shards=1;\n    cloudflow_zone  z:8m;\n" }

sub main::machine {
    my ($name, $resource) = @_;
    (qq(POST /\n{"name":"$name","type":"EXPRESS","roleArn":"arn:aws:iam::1:role/r","definition":)
     . qq("{\\"StartAt\\":\\"A\\",\\"States\\":{\\"A\\":{\\"Type\\":\\"Task\\",\\"Resource\\":\\"$resource\\",\\"End\\":true}}}"}),
     qq(POST /\n{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:$name"}))
}

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 52);
run_tests();

__DATA__

=== TEST 1: tasks are signed as their resource says
--- http_config eval
$main::STORE . '
    cloudflow_signing_keys  $TEST_NGINX_KEYS_DIR/keys;
    cloudflow_resource  arn:aws:lambda:*                  /show  key=AKIDONE calls=4;
    cloudflow_resource  arn:aws:states:::aws-sdk:kms:*    /show  key=AKIDTWO region=eu-north-1;
    cloudflow_resource  arn:aws:states:::aws-sdk:ssm:*    /show  calls=1 host=ssm.test:81 service=other key=AKIDONE;
    cloudflow_resource  arn:aws:states:::aws-sdk:*        /show;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
        location /show {
            internal;
            default_type  application/json;
            return 200 '{"a":"$http_authorization","h":"$cloudflow_task_host","t":"$http_x_amz_security_token"}';
        }
--- more_headers eval
[ map { "Content-Type: application/x-amz-json-1.0\nX-Amz-Target: AWSStepFunctions.$_" } (qw(CreateStateMachine StartSyncExecution)) x 4 ]
--- request eval
[ main::machine('l', 'arn:aws:lambda:ap-east-1:123456789012:function:f'), main::machine('k', 'arn:aws:states:::aws-sdk:kms:encrypt'),
  main::machine('s', 'arn:aws:states:::aws-sdk:ssm:getParameter'), main::machine('n', 'arn:aws:states:::aws-sdk:xray:x') ]
--- error_code eval
[ (200) x 8 ]
--- response_body_like eval
my $form = sub { qr{"a\\":\\"AWS4-HMAC-SHA256 Credential=$_[0]/\d{8}/$_[1]/aws4_request, SignedHeaders=[a-z;-]+, Signature=[0-9a-f]{64}\\",\\"h\\":\\"$_[2]\\"} };
[ '{', $form->('AKIDONE', 'ap-east-1/lambda', 'lambda.ap-east-1.amazonaws.com'),
  '{', qr{Credential=AKIDTWO/\d{8}/eu-north-1/kms/.*t\\":\\"t0ken},
  '{', $form->('AKIDONE', 'us-east-1/other', 'ssm.test:81'),
  '{', qr{"a\\":\\"\\"} ]
--- no_error_log
s1gn
[alert]



=== TEST 2: a key that is not there
--- http_config eval
$main::STORE . '
    cloudflow_signing_keys  $TEST_NGINX_KEYS_DIR/keys;
    cloudflow_resource  arn:*  /show  key=AKIDNONE;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
--- must_die
--- error_log
key "AKIDNONE" of resource "arn:*" is not in the file of "cloudflow_signing_keys"
[emerg]



=== TEST 3: no file of keys
--- http_config eval
$main::STORE . '
    cloudflow_resource  arn:*  /show  key=AKIDONE;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
--- must_die
--- error_log
is not in the file of "cloudflow_signing_keys"
[emerg]



=== TEST 4: a region of no key
--- http_config eval
$main::STORE . '
    cloudflow_signing_keys  $TEST_NGINX_KEYS_DIR/keys;
    cloudflow_resource  arn:*  /show  region=eu-west-1;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
--- must_die
--- error_log
resource "arn:*" is signed with no "key="
[emerg]



=== TEST 5: a file that others may read
--- http_config eval
$main::STORE . '
    cloudflow_signing_keys  $TEST_NGINX_KEYS_DIR/open;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
--- must_die
--- error_log
must not be accessible to others
[emerg]



=== TEST 6: keys twice
--- http_config eval
$main::STORE . '
    cloudflow_signing_keys  $TEST_NGINX_KEYS_DIR/keys;
    cloudflow_signing_keys  $TEST_NGINX_KEYS_DIR/keys;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
--- must_die
--- error_log
"cloudflow_signing_keys" directive is duplicate
[emerg]



=== TEST 7: an option twice
--- http_config eval
$main::STORE . '
    cloudflow_signing_keys  $TEST_NGINX_KEYS_DIR/keys;
    cloudflow_resource  arn:*  /show  key=AKIDONE key=AKIDTWO;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
--- must_die
--- error_log
invalid parameter "key=AKIDTWO"
[emerg]



=== TEST 8: keys of calls let nobody in
--- http_config eval
$main::STORE . '
    cloudflow_signing_keys  $TEST_NGINX_KEYS_DIR/keys;
    cloudflow_resource  arn:*  /show  key=AKIDONE;
'
--- config
        location / {
            cloudflow_api          cloudflow;
            cloudflow_credentials  $TEST_NGINX_KEYS_DIR/none;
        }
--- request
GET /?Action=ListFlows&Version=2019-03-15&AccessKeyId=AKIDONE&Signature=s&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&SignatureNonce=n&Timestamp=2026-01-02T03:04:05Z
--- error_code: 403
--- response_body_like: InvalidAccessKeyID
