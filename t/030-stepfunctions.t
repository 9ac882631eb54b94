use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

master_on();
workers(2);
no_root_location();
no_long_string();

our $BOTH = <<'END';
        cloudflow_account  000000000042;
        location / {
            cloudflow_api  cloudflow stepfunctions;
        }
END

# --- calls: pairs of operation and body; "CloudFlow" is a request of that API.
add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('config', $main::BOTH) unless defined $block->config;
    $block->set_value('http_config', "    cloudflow_store  store shards=4;\n    cloudflow_zone  z:16m;\n")
        unless defined $block->http_config;
    main::defaults($block);
    my $calls = $block->calls or return;
    my (@requests, @headers);
    my @list = ref $calls ? @$calls : eval $calls;
    while (@list) {
        my ($operation, $body) = splice @list, 0, 2;
        if ($operation eq 'CloudFlow') {
            push @requests, $body;
            push @headers, '';
            next;
        }
        push @requests, "POST /\n$body";
        push @headers, "X-Amz-Target: AWSStepFunctions.$operation\n"
                       . "Content-Type: application/x-amz-json-1.0";
    }
    $block->set_value('request', \@requests);
    $block->set_value('more_headers', \@headers);
});
plan(tests => repeat_each() * 148);
run_tests();

our $MACHINE;
BEGIN { $main::MACHINE = 'arn:aws:states:us-east-1:000000000042:stateMachine:m' }

sub main::definition { my ($result) = @_;
    my $text = qq({"StartAt":"A","States":{"A":{"Type":"Pass","Result":$result,"End":true}}});
    $text =~ s/"/\\"/g; return qq("$text") }
sub main::create_machine { my ($name, $result, $more) = @_;
    return (CreateStateMachine => qq({"name":"$name","definition":) . main::definition($result)
            . qq(,"roleArn":"arn:aws:iam::1:role/r") . ($more // '') . '}') }
sub main::refusal { my ($code, $text) = @_; return qr/\A\{"__type":"$code","message":"\Q$text\E"\}\z/ }

__DATA__

=== TEST 1: a machine and its executions; CloudFlow's API has none of it
--- timeout: 5
--- calls eval
[
main::create_machine('m', '1'), main::create_machine('m', '1'), main::create_machine('m', '2'),
DescribeStateMachine => qq({"stateMachineArn":"$main::MACHINE"}),
ListStateMachines => '{}',
StartExecution => qq({"stateMachineArn":"$main::MACHINE","name":"e","input":"[1]"}),
StartExecution => qq({"stateMachineArn":"$main::MACHINE","name":"e","input":"[2]"}),
StopExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:m:e"}',
DescribeExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:m:e"}',
GetExecutionHistory => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:m:e","reverseOrder":true,"maxResults":1}',
ListExecutions => qq({"stateMachineArn":"$main::MACHINE","statusFilter":"SUCCEEDED"}),
CloudFlow => main::get('ListFlows'),
CloudFlow => main::get('DescribeFlow', Name => 'sfn/us-east-1/000000000042/m'),
CloudFlow => main::create('asl', '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}'),
CloudFlow => main::get('DescribeExecution', FlowName => 'sfn/us-east-1/000000000042/m', ExecutionName => 'e'),
DeleteStateMachine => qq({"stateMachineArn":"$main::MACHINE"}),
DeleteStateMachine => qq({"stateMachineArn":"$main::MACHINE"}),
DescribeStateMachine => qq({"stateMachineArn":"$main::MACHINE"}),
]
--- error_code eval
[200, 200, 400, 200, 200, 200, 400, 200, 200, 200, 200, 200, 404, 400, 404, 200, 200, 400]
--- response_body_like eval
[
(qr/\A\{"stateMachineArn":"$main::MACHINE","creationDate":\d+\.\d{3}\}\z/) x 2,
main::refusal('StateMachineAlreadyExists', "State Machine Already Exists: '$main::MACHINE'"),
qr/"status":"ACTIVE","type":"STANDARD".*"loggingConfiguration":\{"level":"OFF","includeExecutionData":false\},"tracingConfiguration":\{"enabled":false\}/,
qr/\A\{"stateMachines":\[\{"stateMachineArn":"$main::MACHINE","name":"m","type":"STANDARD","creationDate":[\d.]+\}\]\}\z/,
qr/\A\{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:m:e","startDate":[\d.]+\}\z/,
main::refusal('ExecutionAlreadyExists', "Execution Already Exists: 'arn:aws:states:us-east-1:000000000042:execution:m:e'"),
qr/\A\{"stopDate":[\d.]+\}\z/,
qr/"status":"SUCCEEDED".*"input":"\[1\]".*"output":"1"/,
qr/\A\{"events":\[\{.*"type":"ExecutionSucceeded".*\}\],"nextToken":"[^"]+"\}\z/,
qr/\A\{"executions":\[\{"executionArn":"[^"]*:m:e",[^\[]*\}\]\}\z/,
qr/"Flows":\[\]/,
qr/"FlowNotExists"/, qr/"InvalidArgument".*Type: StateMachine/, qr/"FlowNotExists"/,
(qr/\A\{\}\z/) x 2,
main::refusal('StateMachineDoesNotExist', "State Machine Does Not Exist: '$main::MACHINE'"),
]



=== TEST 2: versions and aliases
--- timeout: 5
--- calls eval
[
main::create_machine('v', '1', ',"publish":true,"versionDescription":"first"'),
PublishStateMachineVersion => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v","revisionId":"no"}',
PublishStateMachineVersion => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v","revisionId":"INITIAL"}',
UpdateStateMachine => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v","publish":true,"definition":' . main::definition('2') . '}',
UpdateStateMachine => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v","publish":true,"definition":' . main::definition('2') . '}',
UpdateStateMachine => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v"}',
ListStateMachineVersions => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v"}',
CreateStateMachineAlias => '{"name":"live","routingConfiguration":[{"stateMachineVersionArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:1","weight":100}]}',
CreateStateMachineAlias => '{"name":"live","routingConfiguration":[{"stateMachineVersionArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:1","weight":100}]}',
CreateStateMachineAlias => '{"name":"live","routingConfiguration":[{"stateMachineVersionArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:2","weight":100}]}',
CreateStateMachineAlias => '{"name":"x","routingConfiguration":[{"stateMachineVersionArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:9","weight":100}]}',
DeleteStateMachineVersion => '{"stateMachineVersionArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:1"}',
StartExecution => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:live","name":"e"}',
DescribeExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:v:e"}',
DescribeStateMachine => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:1"}',
UpdateStateMachineAlias => '{"stateMachineAliasArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:live","routingConfiguration":[{"stateMachineVersionArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:2","weight":100}]}',
DescribeStateMachineAlias => '{"stateMachineAliasArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:live"}',
DeleteStateMachineVersion => '{"stateMachineVersionArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:1"}',
DeleteStateMachineAlias => '{"stateMachineAliasArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v:live"}',
ListStateMachineAliases => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:v"}',
]
--- error_code eval
[200, 400, 200, 200, 200, 400, 200, 200, 200, 400, 400, 400, 200, 200, 200, 200, 200, 200, 200, 200]
--- response_body_like eval
[
qr/"stateMachineVersionArn":"[^"]*:v:1"\}\z/,
main::refusal('ConflictException', 'Failed to publish the State Machine version for revision no. The current State Machine revision is INITIAL.'),
qr/\A\{"creationDate":[\d.]+,"stateMachineVersionArn":"[^"]*:v:1"\}\z/,
qr/\A\{"updateDate":[\d.]+,"revisionId":"[0-9a-f-]{36}","stateMachineVersionArn":"[^"]*:v:2"\}\z/,
qr/\A\{"updateDate":[\d.]+,"stateMachineVersionArn":"[^"]*:v:2"\}\z/,
main::refusal('MissingRequiredParameter', 'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified'),
qr/\A\{"stateMachineVersions":\[\{"stateMachineVersionArn":"[^"]*:v:2",[^{]*\},\{"stateMachineVersionArn":"[^"]*:v:1",[^{]*\}\]\}\z/,
(qr/\A\{"stateMachineAliasArn":"[^"]*:v:live","creationDate":[\d.]+\}\z/) x 2,
main::refusal('ConflictException', 'Failed to create alias because an alias with the same name and a different routing configuration already exists.'),
main::refusal('ResourceNotFound', 'Request references a resource that does not exist.'),
main::refusal('ConflictException', 'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]'),
qr/:execution:v:e"/,
qr/"stateMachineAliasArn":"[^"]*:v:live","stateMachineVersionArn":"[^"]*:v:1".*"output":"1"/,
qr/"stateMachineArn":"[^"]*:v:1".*"description":"first"/,
qr/\A\{"updateDate":[\d.]+\}\z/,
qr/"routingConfiguration":\[\{"stateMachineVersionArn":"[^"]*:v:2","weight":100\}\]/,
(qr/\A\{\}\z/) x 2,
qr/\A\{"stateMachineAliases":\[\]\}\z/,
]



=== TEST 3: activities and tags
--- timeout: 5
--- calls eval
my $a = 'arn:aws:states:us-east-1:000000000042:activity:a';
[
CreateActivity => '{"name":"a","tags":[{"key":"k","value":"1"},{"key":"k","value":"2"}]}',
CreateActivity => '{"name":"a"}',
DescribeActivity => qq({"activityArn":"$a"}),
ListActivities => '{}',
ListTagsForResource => qq({"resourceArn":"$a"}),
TagResource => qq({"resourceArn":"$a","tags":[{"key":"l","value":""},{"key":"k","value":"3"}]}),
ListTagsForResource => qq({"resourceArn":"$a"}),
UntagResource => qq({"resourceArn":"$a","tagKeys":["k","none"]}),
ListTagsForResource => qq({"resourceArn":"$a"}),
DeleteActivity => qq({"activityArn":"$a"}),
DeleteActivity => qq({"activityArn":"$a"}),
DescribeActivity => qq({"activityArn":"$a"}),
ListTagsForResource => qq({"resourceArn":"$a"}),
]
--- error_code eval
[200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 400, 400]
--- response_body_like eval
my $a = 'arn:aws:states:us-east-1:000000000042:activity:a';
[
(qr/\A\{"activityArn":"$a","creationDate":[\d.]+\}\z/) x 2,
qr/\A\{"activityArn":"$a","name":"a","creationDate":[\d.]+,"encryptionConfiguration":\{"type":"AWS_OWNED_KEY"\}\}\z/,
qr/\A\{"activities":\[\{"activityArn":"$a","name":"a","creationDate":[\d.]+\}\]\}\z/,
qr/\A\{"tags":\[\{"key":"k","value":"2"\}\]\}\z/,
qr/\A\{\}\z/,
qr/\A\{"tags":\[\{"key":"k","value":"3"\},\{"key":"l","value":""\}\]\}\z/,
qr/\A\{\}\z/,
qr/\A\{"tags":\[\{"key":"l","value":""\}\]\}\z/,
(qr/\A\{\}\z/) x 2,
main::refusal('ActivityDoesNotExist', "Activity Does Not Exist: '$a'"),
main::refusal('ResourceNotFound', "Resource not found: '$a'"),
]



=== TEST 4: Express
--- timeout: 5
--- calls eval
[
main::create_machine('x', '1', ',"type":"EXPRESS"'),
StartSyncExecution => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:x","name":"n","input":"{}"}',
StartExecution => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:x","name":"n"}',
ListExecutions => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:x"}',
main::create_machine('y', '1'),
StartSyncExecution => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:y"}',
]
--- error_code eval
[200, 200, 200, 400, 200, 400]
--- response_body_like eval
[
qr/:x"/,
qr/\A\{"executionArn":"arn:aws:states:us-east-1:000000000042:express:x:n:[0-9a-f-]{36}","stateMachineArn":"[^"]*:x","name":"n","startDate":[\d.]+,"stopDate":[\d.]+,"status":"SUCCEEDED","input":"\{\}","inputDetails":\{"included":true\},"output":"1","outputDetails":\{"included":true\},"billingDetails":\{"billedMemoryUsedInMB":64,"billedDurationInMilliseconds":100\}\}\z/,
qr/\A\{"executionArn":"[^"]*:express:x:n:[0-9a-f-]{36}","startDate":[\d.]+\}\z/,
main::refusal('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine'),
qr/:y"/,
main::refusal('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine'),
]



=== TEST 5: headers of answers
--- request
POST /
{"maxResults":1001}
--- more_headers
X-Amz-Target: AWSStepFunctions.ListStateMachines
Content-Type: application/x-amz-json-1.0
--- error_code: 400
--- response_headers_like
x-amzn-RequestId: [0-9a-f-]{36}
x-amzn-ErrorType: ValidationException
Content-Type: application/x-amz-json-1\.0



=== TEST 6: other protocols of the service are not spoken here
--- request
POST /service/AWSStepFunctions/operation/ListStateMachines
x
--- more_headers
smithy-protocol: rpc-v2-cbor
Content-Type: application/cbor
--- config
        location / {
            cloudflow_api  cloudflow stepfunctions;
        }
--- error_code: 404
--- response_body_like: UnknownOperationException



=== TEST 7: a location without that API does not speak it
--- calls eval
[ListStateMachines => '{}']
--- config
        location / {
            cloudflow_api  cloudflow;
        }
--- error_code eval
[415]
--- response_body_like eval
[qr/"Code":"UnsupportedMediaType"/]



=== TEST 8: regions and accounts are kept apart
--- calls eval
[
main::create_machine('m', '1'),
DescribeStateMachine => '{"stateMachineArn":"arn:aws:states:us-east-2:000000000042:stateMachine:m"}',
DescribeStateMachine => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000043:stateMachine:m"}',
]
--- error_code eval
[200, 400, 400]
--- response_body_like eval
[qr/:m"/, (qr/StateMachineDoesNotExist/) x 2]



=== TEST 9: an account has twelve digits
--- config
        cloudflow_account  42;
        location / {
            cloudflow_api  stepfunctions;
        }
--- request
GET /
--- must_die
--- error_log
invalid account "42", it must have 12 digits



=== TEST 10: what has failed is redriven
--- timeout: 5
--- calls eval
[
CreateStateMachine => qq({"name":"f","roleArn":"arn:aws:iam::1:role/r","definition":"{\\"StartAt\\":\\"F\\",\\"States\\":{\\"F\\":{\\"Type\\":\\"Fail\\",\\"Error\\":\\"E\\"}}}"}),
StartExecution => '{"stateMachineArn":"arn:aws:states:us-east-1:000000000042:stateMachine:f","name":"e"}',
RedriveExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:f:e","clientToken":"t"}',
RedriveExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:f:e","clientToken":"t"}',
DescribeExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:f:e"}',
GetExecutionHistory => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:f:e","reverseOrder":true,"maxResults":2}',
RedriveExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:f:x"}',
RedriveExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:stateMachine:f"}',
RedriveExecution => '{}',
]
--- error_code eval
[200, 200, 200, 200, 200, 200, 400, 400, 400]
--- response_body_like eval
[
qr/:f"/, qr/:f:e"/,
(qr/\A\{"redriveDate":\d+\.\d{3}\}\z/) x 2,
qr/"status":"FAILED".*"redriveCount":1,"redriveDate":\d+\.\d{3},.*"error":"E","redriveStatus":"REDRIVABLE"\}\z/,
qr/"type":"ExecutionFailed".*"type":"ExecutionRedriven".*"executionRedrivenEventDetails":\{"redriveCount":1\}/,
main::refusal('ExecutionDoesNotExist', "Execution Does Not Exist: 'arn:aws:states:us-east-1:000000000042:execution:f:x'"),
qr/"InvalidArn"/, qr/"ValidationException"/,
]
