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
plan(tests => repeat_each() * 45);
run_tests();

our $ARN;
BEGIN { $main::ARN = 'arn:aws:states:us-east-1:000000000042:stateMachine' }

sub main::definition { my ($result) = @_;
    my $text = qq({"StartAt":"A","States":{"A":{"Type":"Pass","Result":$result,"End":true}}});
    $text =~ s/"/\\"/g; return qq("$text") }
sub main::create_machine { my ($name, $result, $more) = @_;
    return (CreateStateMachine => qq({"name":"$name","definition":) . main::definition($result)
            . qq(,"roleArn":"arn:aws:iam::1:role/r") . ($more // '') . '}') }
sub main::routed { my ($operation, $who, $routes) = @_; return ($operation => qq({$who,"routingConfiguration":[$routes]})) }
# More than any fork may bring back.
sub main::wide {
    my $branches = join ',', map { qq({"StartAt":"B$_","States":{"B$_":{"Type":"Pass","End":true}}}) } 1 .. 20;
    my $text = qq({"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[$branches],"End":true,)
               . q("Catch":[{"ErrorEquals":["States.DataLimitExceeded"],"Next":"C"}]},"C":{"Type":"Pass","Result":"caught","End":true}}});
    $text =~ s/"/\\"/g; return $text }
sub main::refusal { my ($code, $text) = @_; return qr/\A\{"__type":"$code","message":"\Q$text\E"\}\z/ }

__DATA__

=== TEST 1: of equal members the last counts, whoever looks
--- calls eval
[
main::create_machine('m', '1', ',"publish":true'),
main::routed(CreateStateMachineAlias => '"name":"a"', qq({"weight":100,"stateMachineVersionArn":null,"stateMachineVersionArn":"$main::ARN:m:1"})),
main::routed(CreateStateMachineAlias => '"name":"b"', qq({"weight":"x","weight":100,"stateMachineVersionArn":1,"stateMachineVersionArn":"$main::ARN:m:1"})),
main::routed(CreateStateMachineAlias => '"name":"c"', qq({"weight":100,"stateMachineVersionArn":"$main::ARN:m:1","stateMachineVersionArn":null})),
DescribeStateMachineAlias => qq({"stateMachineAliasArn":"$main::ARN:m:b"}),
]
--- error_code eval
[200, 200, 200, 400, 200]
--- response_body_like eval
[qr/:m:1"/, qr/:m:a"/, qr/:m:b"/, qr/ValidationException.*Value null at 'routingConfiguration.1.member.stateMachineVersionArn'/, qr/:m:1","weight":100/]
--- no_error_log
[alert]



=== TEST 2: an alias leads to its own machine
--- calls eval
[
main::create_machine('m', '1', ',"publish":true'),
main::create_machine('n', '1', ',"publish":true'),
main::routed(CreateStateMachineAlias => '"name":"a"', qq({"weight":100,"stateMachineVersionArn":"$main::ARN:m:1"})),
main::routed(UpdateStateMachineAlias => qq("stateMachineAliasArn":"$main::ARN:m:a"), qq({"weight":100,"stateMachineVersionArn":"$main::ARN:n:1"})),
main::routed(CreateStateMachineAlias => '"name":"b"', qq({"weight":50,"stateMachineVersionArn":"$main::ARN:m:1"},{"weight":50,"stateMachineVersionArn":"arn:aws:states:us-east-2:000000000042:stateMachine:m:1"})),
main::routed(CreateStateMachineAlias => '"name":"c"', qq({"weight":100,"stateMachineVersionArn":"$main::ARN:m/x:1"})),
]
--- error_code eval
[200, 200, 200, 400, 400, 400]
--- response_body_like eval
[(qr/:1"/) x 2, qr/:m:a"/, (qr/ValidationException.*Routing configuration must contain/) x 3]



=== TEST 3: what a Map made is not its machine
--- calls eval
[
main::create_machine('k', '1'),
StartExecution => qq({"stateMachineArn":"$main::ARN:k","name":"e"}),
StartExecution => qq({"stateMachineArn":"$main::ARN:k/x","name":"f"}),
DescribeStateMachine => qq({"stateMachineArn":"$main::ARN:k/x"}),
DeleteStateMachine => qq({"stateMachineArn":"$main::ARN:k/x"}),
DescribeExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:k/x:e"}',
DescribeExecution => '{"executionArn":"arn:aws:states:us-east-1:000000000042:execution:k:e"}',
]
--- error_code eval
[200, 200, 400, 400, 400, 400, 200]
--- response_body_like eval
[qr/:k"/, qr/:k:e"/, (qr/StateMachineDoesNotExist.*:k\/x'/) x 3, qr/ExecutionDoesNotExist.*:k\/x:e'/, qr/:k:e"/]



=== TEST 4: too much data has the name that a machine may catch
--- calls eval
[
CreateStateMachine => qq({"name":"wide","type":"EXPRESS","roleArn":"arn:aws:iam::1:role/r","definition":") . main::wide() . '"}',
StartSyncExecution => qq({"stateMachineArn":"$main::ARN:wide","input":") . '\\"' . 'x' x 250000 . '\\""}',
]
--- error_code eval
[200, 200]
--- response_body_like eval
[qr/:wide"/, qr/"output":"\\"caught\\""/]
