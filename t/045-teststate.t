use Test::Nginx::Socket;

use FindBin;
use JSON::PP;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();

our $CONFIG = <<'END';
        location / {
            cloudflow_api  stepfunctions;
        }
        location /lambda {
            internal;
            default_type application/json;
            return 200 '{"x":7}';
        }
END

# --- tests: TestState's inputs, definitions as structures.
add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('config', $main::CONFIG);
    $block->set_value('http_config', $main::HTTP . "    cloudflow_resource \"arn:aws:states:::lambda:*\" /lambda;\n");
    main::defaults($block);
    my $json = JSON::PP->new->canonical->allow_nonref;
    my @requests;
    for my $test (@{ $block->tests }) {
        my %input = %$test;
        for my $name (qw(definition input context variables)) {
            $input{$name} = $json->encode($input{$name}) if ref $input{$name};
        }
        push @requests, "POST /\n" . $json->encode(\%input);
    }
    $block->set_value('request', \@requests);
    $block->set_value('more_headers', "X-Amz-Target: AWSStepFunctions.TestState\n"
                                      . "Content-Type: application/x-amz-json-1.0");
});
plan(tests => repeat_each() * 84);
run_tests();

our ($TASK, $MAP, $FAILED, $MACHINE);
BEGIN {
    my $role = 'arn:aws:iam::1:role/r';
    $main::TASK = { Type => 'Task', Resource => 'arn:aws:states:::lambda:invoke', Next => 'Y',
        Parameters => { FunctionName => 'f', 'Payload.$' => '$' }, Assign => { 'v.$' => '$.x' },
        Retry => [{ ErrorEquals => ['A'], IntervalSeconds => 3, BackoffRate => 2, MaxAttempts => 3 }],
        Catch => [{ ErrorEquals => ['Nothing'], Next => 'N' },
                  { ErrorEquals => ['States.ALL'], ResultPath => '$.err', Next => 'X' }] };
    $main::MAP = { Type => 'Map', ItemsPath => '$.v', MaxConcurrency => 4, End => \1,
        ToleratedFailurePercentage => 50, ItemBatcher => { MaxItemsPerBatch => 2 },
        ItemSelector => { 'k.$' => '$$.Map.Item.Value', 'n.$' => '$.n' },
        ItemProcessor => { ProcessorConfig => { Mode => 'DISTRIBUTED', ExecutionType => 'STANDARD' },
            StartAt => 'Inner', States => { Inner => { Type => 'Pass', End => \1 } } } };
    $main::FAILED = { errorOutput => { error => 'A', cause => 'c' } };
    $main::MACHINE = { StartAt => 'M', QueryLanguage => 'JSONata', States => {
        M => { Type => 'Map', Items => [1], End => \1, ItemProcessor => { StartAt => 'P', States => {
            P => { Type => 'Pass', Output => '{% $states.context.State.Name & $v %}', End => \1 } } } } } };
}

sub main::refusal { my ($code, $text) = @_; return qr/\A\{"__type":"$code","message":"\Q$text\E"\}\z/ }
sub main::schema { return main::refusal('ValidationException', "Mock result schema validation error: $_[0]") }
sub main::context { return main::refusal('ValidationException', "Invalid Context object provided: $_[0]") }

__DATA__

=== TEST 1: a task's error: tried again, used up, caught
--- tests eval
[
{ definition => $main::TASK, input => { i => 1 }, mock => $main::FAILED },
{ definition => $main::TASK, input => { i => 1 }, mock => $main::FAILED, inspectionLevel => 'DEBUG',
  stateConfiguration => { retrierRetryCount => 2 } },
{ definition => $main::TASK, input => { i => 1 }, mock => $main::FAILED, inspectionLevel => 'TRACE',
  stateConfiguration => { retrierRetryCount => 3 } },
{ definition => { %$main::TASK, Catch => [] }, mock => { errorOutput => { error => 'B', cause => 'c' } } },
]
--- error_code eval
[(200) x 4]
--- response_body_like eval
[
qr/\A\{"status":"RETRIABLE","error":"A","cause":"c"\}\z/,
qr/"status":"RETRIABLE".*"errorDetails":\{"retryIndex":0,"retryBackoffIntervalSeconds":12\}\}\}\z/,
qr/\A\{"status":"CAUGHT_ERROR","output":"\{\\"i\\":1,\\"err\\":\{\\"Error\\":\\"A\\",\\"Cause\\":\\"c\\"\}\}","error":"A","cause":"c","nextState":"X",.*"errorDetails":\{"catchIndex":1\}\}\}\z/,
qr/\A\{"status":"FAILED","error":"B","cause":"c"\}\z/,
]



=== TEST 2: what is seen of a task, mocked and called
--- tests eval
[
{ definition => $main::TASK, input => { i => 1 }, mock => { result => '{"x":5}' }, inspectionLevel => 'DEBUG',
  variables => { v => 1, w => 2 } },
{ definition => $main::TASK, input => { i => 1 }, mock => { result => '{"y":5}' }, inspectionLevel => 'DEBUG' },
{ definition => $main::TASK, input => { i => 1 }, inspectionLevel => 'DEBUG' },
{ definition => { %$main::TASK, Assign => {}, ResultSelector => { 'p.$' => '$.Payload.x' } }, input => { i => 1 },
  roleArn => 'arn:aws:iam::1:role/r', inspectionLevel => 'DEBUG' },
{ definition => { Type => 'Task', QueryLanguage => 'JSONata', Resource => 'arn:aws:states:::aws-sdk:kms:encrypt',
                  Arguments => { a => '{% 1 + 1 %}' }, Assign => { q => '{% $states.result.z %}' },
                  Output => '{% $states.result.z + 1 %}', End => \1 },
  mock => { result => '{"z":1}', fieldValidationMode => 'NONE' }, inspectionLevel => 'DEBUG' },
]
--- error_code eval
[200, 200, 400, 200, 200]
--- response_body_like eval
[
qr/\A\{"status":"SUCCEEDED","output":"\{\\"x\\":5\}","nextState":"Y","inspectionData":\{"input":"\{\\"i\\":1\}","afterInputPath":"\{\\"i\\":1\}","afterParameters":"\{\\"FunctionName\\":\\"f\\",\\"Payload\\":\{\\"i\\":1\}\}","result":"\{\\"x\\":5\}","afterResultSelector":"\{\\"x\\":5\}","afterResultPath":"\{\\"x\\":5\}","variables":"\{\\"v\\":5,\\"w\\":2\}"\}\}\z/,
qr/"status":"FAILED","error":"States.Runtime","cause":"The JSONPath '\$\.x' specified for the field 'v\.\$' could not be found in the input/,
main::refusal('ValidationException', 'RoleArn must be specified when testing a Task state'),
qr/"status":"SUCCEEDED","output":"\{\\"p\\":7\}".*"result":"\{.*\\"StatusCode\\":200.*"afterResultSelector":"\{\\"p\\":7\}"/,
qr/\A\{"status":"SUCCEEDED","output":"2","inspectionData":\{"input":"\{\}","afterArguments":"\{\\"a\\":2\}","result":"\{\\"z\\":1\}","variables":"\{\\"q\\":1\}"\}\}\z/,
]



=== TEST 3: states that need nothing
--- timeout: 5
--- tests eval
[
{ definition => { Type => 'Wait', Seconds => 1, Next => 'Z' }, inspectionLevel => 'DEBUG' },
{ definition => { Type => 'Choice', Choices => [{ Variable => '$.a', NumericEquals => 1, Next => 'B' }] },
  input => { a => 2 } },
{ definition => { Type => 'Choice', Choices => [{ Variable => '$.a', NumericEquals => 1, Next => 'B' }] },
  input => { a => 1 }, inspectionLevel => 'TRACE' },
{ definition => { Type => 'Fail' }, inspectionLevel => 'DEBUG' },
{ definition => { Type => 'Pass', Result => [1], Next => 'StateName' }, inspectionLevel => 'DEBUG' },
{ definition => $main::MACHINE, stateName => 'P', variables => { v => '!' }, inspectionLevel => 'DEBUG' },
]
--- error_code eval
[(200) x 6]
--- response_body_like eval
[
qr/\A\{"status":"SUCCEEDED","output":"\{\}","nextState":"Z","inspectionData":\{"input":"\{\}","afterInputPath":"\{\}"\}\}\z/,
qr/\A\{"status":"FAILED","error":"States.NoChoiceMatched","cause":"Failed to transition out of the state\. The state does not point to a next state\."\}\z/,
qr/\A\{"status":"SUCCEEDED","output":"\{\\"a\\":1\}","nextState":"B","inspectionData":\{"input":"\{\\"a\\":1\}","afterInputPath":"\{\\"a\\":1\}"\}\}\z/,
qr/\A\{"status":"FAILED","inspectionData":\{"input":"\{\}","afterInputPath":"\{\}"\}\}\z/,
qr/\A\{"status":"SUCCEEDED","output":"\[1\]","nextState":"StateName","inspectionData":\{"input":"\{\}","result":"\[1\]","afterResultSelector":"\[1\]","afterResultPath":"\[1\]"\}\}\z/,
qr/\A\{"status":"SUCCEEDED","output":"\\"StateName!\\"","inspectionData":\{"input":"\{\}","variables":"\{\\"v\\":\\"!\\"\}"\}\}\z/,
]



=== TEST 4: a Map and a Parallel
--- tests eval
[
{ definition => $main::MAP, input => { v => [1, 2, 3], n => 7 }, mock => { result => '[4,5,6]' },
  inspectionLevel => 'TRACE' },
{ definition => $main::MAP, input => { v => [1, 2, 3], n => 7 }, mock => { result => '[4,5,6]' },
  stateConfiguration => { mapIterationFailureCount => 2 } },
{ definition => $main::MAP, input => { v => 3, n => 7 }, mock => { result => '[4,5,6]' }, inspectionLevel => 'TRACE' },
{ definition => $main::MAP, mock => { result => '[4]' }, stateConfiguration => { mapIterationFailureCount => 2 } },
{ definition => $main::MAP, mock => { result => '{}' } },
{ definition => $main::MAP },
{ definition => $main::MAP, stateConfiguration => { mapIterationFailureCount => 2 } },
{ definition => { Type => 'Parallel', End => \1, Branches => [{ StartAt => 'B', States => { B => { Type => 'Succeed' } } }] },
  mock => { result => '[1,2]' } },
{ definition => { Type => 'Parallel', End => \1, Branches => [{ StartAt => 'B', States => { B => { Type => 'Succeed' } } }] },
  mock => { result => '[1]' } },
]
--- error_code eval
[200, 200, 200, 400, 400, 400, 400, 400, 200]
--- response_body_like eval
[
qr/\A\{"status":"SUCCEEDED","output":"\[4,5,6\]".*"afterItemsPath":"\[1,2,3\]","afterItemSelector":"\[\{\\"k\\":1,\\"n\\":7\},\{\\"k\\":2,\\"n\\":7\},\{\\"k\\":3,\\"n\\":7\}\]","afterItemBatcher":"\[\{\\"Items\\":\[[^\]]*\]\},\{\\"Items\\":\[[^\]]*\]\}\]","maxConcurrency":4,"toleratedFailurePercentage":50\}\}\z/,
qr/"status":"FAILED","error":"States.ExceedToleratedFailureThreshold","cause":"The specified tolerated failure threshold was exceeded"/,
qr/\A\{"status":"FAILED","error":"States.Runtime","cause":"Reference path \\"\$\.v\\" must point to array\.","inspectionData":\{"input":"[^}]*\}","afterInputPath":"[^}]*\}"\}\}\z/,
main::refusal('ValidationException', 'Map iteration failure count must be less than or equal to the number of Map iterations'),
main::refusal('ValidationException', 'Mocked result must be an array.'),
main::refusal('InvalidDefinition', 'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]'),
main::refusal('ValidationException', 'TestState does not support MapIterationFailureCount when a mock is not specified.'),
main::refusal('ValidationException', 'Mocked result must contain the same number of items as number of Parallel branches.'),
qr/\A\{"status":"SUCCEEDED","output":"\[1\]"\}\z/,
]



=== TEST 5: what is not allowed
--- tests eval
[
{ definition => $main::TASK, mock => {} },
{ definition => $main::TASK, mock => { result => '{}', %$main::FAILED } },
{ definition => $main::TASK, mock => { result => '{' } },
{ definition => $main::TASK, mock => $main::FAILED, revealSecrets => \1 },
{ definition => $main::TASK, mock => { result => '{"StatusCode":"200"}' } },
{ definition => $main::TASK, mock => $main::FAILED, context => { Map => {} } },
{ definition => $main::TASK, mock => $main::FAILED, context => { Execution => { Id => 5 } } },
{ definition => $main::TASK, mock => $main::FAILED, context => '{' },
{ definition => $main::TASK, mock => $main::FAILED, variables => '[]' },
{ definition => $main::MACHINE, stateName => 'none' },
{ definition => $main::TASK, stateName => 'StateName', mock => $main::FAILED },
{ definition => { Type => 'Pass' } },
{ definition => { Type => 'Nope', End => \1 } },
{ definition => '{' },
{ definition => '[]' },
{ definition => { Type => 'Pass', End => \1 }, input => '{' },
{ definition => { Type => 'Succeed' }, mock => { result => '1' } },
{ definition => { Type => 'Task', Resource => 'arn:aws:states:us-east-1:123456789012:activity:a', End => \1 },
  roleArn => 'arn:aws:iam::1:role/r' },
]
--- error_code eval
[(400) x 18]
--- response_body_like eval
[
(main::refusal('ValidationException', 'A test mock should have only one of the following fields: [result, errorOutput].')) x 2,
main::refusal('ValidationException', 'Mocked result must be valid JSON'),
main::refusal('ValidationException', 'TestState does not support RevealSecrets when a mock is specified.'),
main::schema("Field 'StatusCode' must be a number"),
main::context("'Map' field is not supported when mocking a Context object"),
main::context('Execution.Id must be a string'),
main::context('Context object must be a valid JSON object'),
main::refusal('ValidationException', 'Variables must be a valid JSON object'),
(main::refusal('ValidationException', 'State not found in definition')) x 2,
main::refusal('InvalidDefinition', "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: There should be one of the following fields: [Next, End]'"),
qr/"InvalidDefinition".* at \/Type'"\}\z/,
qr/"InvalidDefinition".*INVALID_JSON_DESCRIPTION/,
qr/"InvalidDefinition".*Definition must be a valid JSON object/,
qr/"InvalidExecutionInput"/,
main::refusal('ValidationException', "State type 'Succeed' is not supported when a mock is specified"),
qr/"InvalidDefinition".*does not support Activity ARN/,
]
