use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

master_on();
workers(2);
no_root_location();
no_long_string();

our $SWF = <<'END';
        cloudflow_account  000000000042;
        location / {
            cloudflow_api  cloudflow stepfunctions swf;
        }
END

# --- calls: pairs of operation and body.  Each block has a store of its own.
our $BLOCKS = 0;
add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('config', $main::SWF) unless defined $block->config;
    $block->set_value('http_config', '    cloudflow_store  store' . ++$main::BLOCKS . " shards=4;\n    cloudflow_zone  z:16m;\n"
                                     . "    cloudflow_swf_poll  1s;\n")
        unless defined $block->http_config;
    main::defaults($block);
    my $calls = $block->calls or return;
    my (@requests, @headers);
    my @list = ref $calls ? @$calls : eval $calls;
    while (@list) {
        my ($operation, $body) = splice @list, 0, 2;
        push @requests, "POST /\n$body";
        push @headers, "X-Amz-Target: SimpleWorkflowService.$operation\n"
                       . "Content-Type: application/x-amz-json-1.0";
    }
    $block->set_value('request', \@requests);
    $block->set_value('more_headers', \@headers);
});
plan(tests => repeat_each() * 72);
run_tests();

our ($DOMAIN, $TYPE);
BEGIN {
    $main::DOMAIN = '{"name":"d","workflowExecutionRetentionPeriodInDays":"1"}';
    $main::TYPE = '"domain":"d","workflowType":{"name":"n","version":"1"}';
}

sub main::refusal { my ($code, $text) = @_; return qr/\A\{"__type":"com\.\Q$code\E","message":"\Q$text\E"\}\z/ }
sub main::fault { return main::refusal("amazonaws.swf.base.model#$_[0]", $_[1]) }
sub main::invalid { return main::refusal('amazon.coral.validate#ValidationException', $_[0]) }

__DATA__

=== TEST 1: what has no output has no body
--- calls eval
[RegisterDomain => $main::DOMAIN]
--- request eval
["POST /\n$main::DOMAIN"]
--- error_code eval
[200]
--- response_body eval
['']
--- raw_response_headers_like eval
[qr/(?=.*^Content-Type: application\/json\r$)(?=.*^Content-Length: 0\r$)(?=.*^x-amzn-RequestId: [0-9a-f-]{36}\r$)/ims]



=== TEST 2: the older spelling of the target, and what else old clients send
--- request eval
["POST /\n$main::DOMAIN", qq(POST /\n{"name":"d"})]
--- more_headers eval
[map { "X-Amz-Target: com.amazonaws.swf.service.model.SimpleWorkflowService.$_\n"
       . "Content-Type: application/x-amz-json-1.0; charset=UTF-8\nContent-Encoding: amz-1.0" }
     qw(RegisterDomain DescribeDomain)]
--- error_code eval
[200, 200]
--- response_body eval
['', '{"domainInfo":{"name":"d","status":"REGISTERED","arn":"arn:aws:swf:us-east-1:000000000042:/domain/d"},'
     . '"configuration":{"workflowExecutionRetentionPeriodInDays":"1"}}']



=== TEST 3: faults of requests
--- calls eval
[
Nothing => '{}', CreateStateMachine => '{}',
DescribeDomain => '{', DescribeDomain => '{"name":5}', DescribeDomain => '{}',
RespondDecisionTaskCompleted => '{"taskToken":"t","decisions":[{"decisionType":"CompleteWorkflowExecution"},{"decisionType":"Bogus"}]}',
RespondDecisionTaskCompleted => '{"taskToken":"t","decisions":[{"decisionType":"StartTimer"}]}',
RespondDecisionTaskCompleted => '{"taskToken":"t"}',
RespondActivityTaskCompleted => '{"taskToken":"nonsense"}',
ListClosedWorkflowExecutions => '{"domain":"d"}',
DescribeDomain => '{"name":"nobody\'s"}',
]
--- error_code eval
[(400) x 11]
--- response_body_like eval
[
(qr/\A\{"__type":"com\.amazon\.coral\.service#UnknownOperationException"\}\z/) x 2,
qr/\A\{"__type":"com\.amazon\.coral\.service#SerializationException"\}\z/,
main::refusal('amazon.coral.service#SerializationException', 'NUMBER_VALUE can not be converted to String'),
main::invalid("1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"),
main::invalid('Close must be last decision in list'),
main::invalid("2 validation errors detected: Value null at 'decisions.1.member.startTimerDecisionAttributes.timerId' failed to satisfy constraint: Member must not be null; Value null at 'decisions.1.member.startTimerDecisionAttributes.startToFireTimeout' failed to satisfy constraint: Member must not be null"),
(main::invalid('Invalid token')) x 2,
main::invalid('Must specify time filter'),
main::fault('UnknownResourceFault', "Unknown domain: nobody's"),
]



=== TEST 4: faults of starts
--- calls eval
[
RegisterDomain => $main::DOMAIN,
StartWorkflowExecution => qq({"workflowId":"w","domain":"x","workflowType":{"name":"n","version":"1"}}),
StartWorkflowExecution => qq({"workflowId":"w",$main::TYPE}),
RegisterWorkflowType => '{"domain":"d","name":"n","version":"1","defaultTaskList":{"name":"l"},"defaultChildPolicy":"ABANDON"}',
StartWorkflowExecution => qq({"workflowId":"w",$main::TYPE}),
StartWorkflowExecution => qq({"workflowId":"w",$main::TYPE,"executionStartToCloseTimeout":"60"}),
StartWorkflowExecution => qq({"workflowId":"w",$main::TYPE,"executionStartToCloseTimeout":"60","taskStartToCloseTimeout":"NONE"}),
StartWorkflowExecution => qq({"workflowId":"w",$main::TYPE,"executionStartToCloseTimeout":"60","taskStartToCloseTimeout":"NONE"}),
DeprecateWorkflowType => qq({$main::TYPE}),
StartWorkflowExecution => qq({"workflowId":"w2",$main::TYPE}),
SignalWorkflowExecution => '{"domain":"d","workflowId":"no","signalName":"s"}',
SignalWorkflowExecution => '{"domain":"d","workflowId":"w","runId":"no","signalName":"s"}',
SignalWorkflowExecution => '{"domain":"d","workflowId":"w","signalName":"s"}',
PollForActivityTask => '{"domain":"d","taskList":{"name":"l"}}',
PollForDecisionTask => '{"domain":"d","taskList":{"name":"empty"}}',
]
--- timeout: 8
--- error_code eval
[200, 400, 400, 200, 400, 400, 200, 400, 200, 400, 400, 400, 200, 200, 200]
--- response_body_like eval
[
qr/\A\z/,
main::fault('UnknownResourceFault', 'Unknown domain: x'),
main::fault('UnknownResourceFault', 'Unknown type: WorkflowType=[name=n, version=1]'),
qr/\A\z/,
main::fault('DefaultUndefinedFault', 'executionStartToCloseTimeout'),
main::fault('DefaultUndefinedFault', 'taskStartToCloseTimeout'),
qr/\A\{"runId":"[0-9a-f]{32}"\}\z/,
main::fault('WorkflowExecutionAlreadyStartedFault', 'Already Started'),
qr/\A\z/,
main::fault('TypeDeprecatedFault', 'WorkflowType=[name=n, version=1]'),
main::fault('UnknownResourceFault', 'Unknown execution, workflowId = no'),
main::fault('UnknownResourceFault', 'Unknown execution: WorkflowExecution=[workflowId=w, runId=no]'),
qr/\A\z/,
qr/\A\{"startedEventId":0\}\z/,
qr/\A\{"startedEventId":0,"previousStartedEventId":0\}\z/,
]



=== TEST 5: a location without that API does not speak it
--- config
        location / {
            cloudflow_api  cloudflow stepfunctions;
        }
--- calls eval
[ListDomains => '{"registrationStatus":"REGISTERED"}']
--- error_code eval
[415]
--- response_body_like eval
[qr/"UnsupportedMediaType"/]



=== TEST 6: more than a megabyte is not read
--- client_max_body_size: 4m
--- calls eval
[DescribeDomain => '{"name":"' . 'x' x 1048600 . '"}']
--- error_code eval
[413]
--- response_body_like eval
[qr/RequestEntityTooLarge|413/]



=== TEST 7: a history is in pages
--- calls eval
[
RegisterDomain => $main::DOMAIN,
RegisterWorkflowType => '{"domain":"d","name":"n","version":"1","defaultTaskList":{"name":"l"},"defaultChildPolicy":"ABANDON","defaultTaskStartToCloseTimeout":"NONE","defaultExecutionStartToCloseTimeout":"60"}',
StartWorkflowExecution => qq({"workflowId":"w",$main::TYPE}),
PollForDecisionTask => '{"domain":"d","taskList":{"name":"l"},"maximumPageSize":2,"identity":"me"}',
PollForDecisionTask => '{"domain":"d","taskList":{"name":"empty"},"nextPageToken":"abcd"}',
]
--- timeout: 5
--- error_code eval
[200, 200, 200, 200, 400]
--- response_body_like eval
[
(qr/\A\z/) x 2, qr/runId/,
qr/\A\{"taskToken":"t[^"]+",(?=.*"startedEventId":3)(?=.*"previousStartedEventId":0).*"events":\[\{"eventId":1,"eventType":"WorkflowExecutionStarted","eventTimestamp":\d+\.\d{3},"workflowExecutionStartedEventAttributes":\{.*\{"eventId":2,"eventType":"DecisionTaskScheduled".*\],"nextPageToken":"[^"]+"\}\z/,
main::invalid('Invalid token'),
]
