use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 260);
run_tests();

__DATA__

=== TEST 1: named, unnamed, the same name again
--- request eval
[
main::create('run', main::waits(3600)),
main::start('run', 'one', Input => '{"k":"a b+c*d~e/\u00e9=&%","n":12345678901234567890.10}'),
main::start('run', 'one'), main::start('run', 'one', Input => '{"other":1}'),
main::call('StartExecution', FlowName => 'run'),
main::start('run', '', Input => ''),
main::execution('DescribeExecution', 'run', 'one'),
main::execution('DescribeExecution', 'run', 'one', WaitTimeSeconds => 0),
]
--- response_body_like eval
my $one = main::has('"FlowName":"run","Name":"one"', '"FlowDefinition":"version: v1\n',
    '"Input":"{\"k\":\"a b+c*d~e/\\\\u00e9=&%\",\"n\":12345678901234567890.10}"',
    '"Output":""', '"Status":"Running"', qr/"StartedTime":"$main::TIME"/,
    '"StoppedTime":"1970-01-01T00:00:00Z"');
my $unnamed = main::has(qr/"Name":"$main::UUID"/, '"Input":"{}"', '"Status":"Running"');
my $seen = main::has('"Name":"one"', '"Status":"Running"', '"Environment":{"Variables":[]}');
[ main::has('"Name":"run"'), $one, $one, $one, $unnamed, $unnamed, $seen, $seen ]
--- error_code eval
[(200) x 8]
--- no_error_log
[alert]
[error]



=== TEST 2: a name is free again for nobody
--- request eval
[
main::create('once', $main::PASS), main::start('once', 'e'), main::poll('once', 'e'),
main::start('once', 'e'), main::start('once', 'e', Input => '{}'),
main::create('twice', $main::PASS), main::start('twice', 'e'),
main::start('once', 'E'),
]
--- error_code eval
[200, 200, 200, 400, 400, 200, 200, 200]
--- response_body_like eval
my $taken = main::err('ExecutionAlreadyExists', "Execution 'e' for flow 'once' already exists.");
[
main::has('"Name":"once"'), main::has('"Name":"e"'),
main::has('"Status":"Succeeded"', '"Output":"{}"', qr/"StoppedTime":"$main::TIME"/),
$taken, $taken, main::has('"Name":"twice"'), main::has('"FlowName":"twice","Name":"e"'),
main::has('"Name":"E"'),
]
--- no_error_log
[alert]
[error]



=== TEST 3: what StartExecution and DescribeExecution refuse
--- request eval
[
main::create('ref', $main::PASS), main::create('quick', $main::PASS, ExecutionMode => 'Express'),
main::start('none', 'e'), main::call('StartExecution', ExecutionName => 'e'),
main::start('ref', '1st'), main::start('ref', 'a:b'), main::start('ref', 'n' x 129),
main::start('ref', 'e', Input => '[]'), main::start('ref', 'e', Input => '{"a":1'),
main::start('ref', 'e', Input => '1'), main::start('ref', 'e', Input => '{"a":"' . 'x' x 65536 . '"}'),
main::start('quick', 'e'),
main::start('ref', 'e', Qualifier => '7'), main::start('ref', 'e', Qualifier => 'prod'),
main::execution('DescribeExecution', 'ref', 'e'), main::execution('DescribeExecution', 'ref', 'a:b'),
main::execution('DescribeExecution', 'none', 'e'),
main::call('DescribeExecution', FlowName => 'ref'), main::call('DescribeExecution', ExecutionName => 'e'),
(map { main::execution('DescribeExecution', 'ref', 'e', WaitTimeSeconds => $_) } qw(61 -1 x 1.5)),
]
--- error_code eval
[200, 200, 404, (400) x 9, 404, 404, 404, 404, 404, (400) x 6]
--- response_body_like eval
my $name = "Parameter error. ExecutionName must be 1 to 128 characters long, begin with a letter or '_' and consist of letters, digits, '_' and '-'.";
my $range = main::err('InvalidArgument', 'Parameter error. WaitTimeSeconds must be between 0 and 60.');
my $integer = main::err('InvalidArgument', 'Parameter error. WaitTimeSeconds must be an integer.');
[
main::has('"Name":"ref"'), main::has('"Name":"quick"'),
main::err('FlowNotExists', "Flow 'none' does not exist."),
main::err('MissingRequiredParams', "The HTTP query 'FlowName' must be specified."),
(main::err('InvalidArgument', $name)) x 3,
main::err('InvalidArgument', 'Parameter error. Input must be a JSON object.'),
main::err('InvalidArgument', qr/Parameter error\. Input is not valid JSON.*/),
main::err('InvalidArgument', 'Parameter error. Input must be a JSON object.'),
main::err('InvalidArgument', qr/Parameter error\. .*(?:65536|64 KiB).*/),
main::err('ActionNotSupported', 'Express execution is not supported'),
main::err('FlowVersionNotExists', "Version '7' for flow 'ref' does not exist."),
main::err('FlowAliasNotExists', "Alias 'prod' for flow 'ref' does not exist."),
main::err('ExecutionNotExists', "Execution 'e' for flow 'ref' does not exist."),
main::err('ExecutionNotExists', "Execution 'a:b' for flow 'ref' does not exist."),
main::err('FlowNotExists', "Flow 'none' does not exist."),
main::err('MissingRequiredParams', "The HTTP query 'ExecutionName' must be specified."),
main::err('MissingRequiredParams', "The HTTP query 'FlowName' must be specified."),
$range, $range, $integer, $integer,
]
--- no_error_log
[alert]
[error]



=== TEST 4: states of generation 2 to their end
--- timeout: 10
--- request eval
my $flow = <<'END';
Type: StateMachine
SpecVersion: v1
Name: f
StartAt: check
States:
  - Type: Choice
    Name: check
    Branches:
      - Condition: $Input.n > 9
        Next: big
      - Condition: $Input.n == 5
        Next: bad
    Default: small
  - Type: Pass
    Name: big
    OutputConstructor:
      text.$: format("{} is big", $Input.n)
      n.$: $Input.n
      fixed: $Input.n
      who.$: $Context.Execution.Name
    Next: done
  - Type: Wait
    Name: small
    Seconds: 1
    Next: done
  - Type: Succeed
    Name: done
  - Type: Fail
    Name: bad
    Code: NotFive
    Detail: five is out of the question
END
[
main::create('gen2', $flow),
main::start('gen2', 'big', Input => '{"n":12345678901234567890}'), main::poll('gen2', 'big'),
main::start('gen2', 'small', Input => '{"n":1}'), main::poll('gen2', 'small'),
main::start('gen2', 'bad', Input => '{"n":5}'), main::poll('gen2', 'bad'),
main::execution('GetExecutionHistory', 'gen2', 'bad', Limit => 1000),
]
--- error_code eval
[(200) x 8]
--- response_body_like eval
[
main::has('"Name":"gen2"'), main::has('"Name":"big"'),
main::has('"Status":"Succeeded"', '\"text\":\"12345678901234567890 is big\"', '\"n\":12345678901234567890',
    '\"fixed\":\"$Input.n\"', '\"who\":\"big\"'),
main::has('"Name":"small"', '"Status":"Running"'),
main::has('"Status":"Succeeded"', '"Output":"{\"n\":1}"'),
main::has('"Name":"bad"'), main::has('"Status":"Failed"', '"Output":""'),
main::has('"Type":"ExecutionFailed","StepName":""',
    '"EventDetail":"{\"error\":\"NotFive\",\"cause\":\"five is out of the question\"}"'),
]
--- no_error_log
[alert]
[error]



=== TEST 5: steps of generation 1 to their end
--- timeout: 10
--- request eval
my $flow = <<'END';
version: v1
type: flow
inputMappings:
  - target: n
    source: $input.payload.n
steps:
  - type: choice
    name: check
    choices:
      - condition: $.n > 9
        steps:
          - type: pass
            name: mark
            outputMappings:
              - target: size
                source: big
        goto: done
      - condition: $.n == 5
        goto: bad
  - type: wait
    name: pause
    duration: $.n
    end: true
  - type: fail
    name: bad
    error: NotFive
    cause: out of the question
  - type: succeed
    name: done
outputMappings:
  - target: all
    source: $local
  - target: n
    source: $input.n
END
[
main::create('gen1', $flow),
main::start('gen1', 'big', Input => '{"payload":{"n":10}}'), main::poll('gen1', 'big'),
main::start('gen1', 'small', Input => '{"payload":{"n":1}}'), main::poll('gen1', 'small'),
main::start('gen1', 'bad', Input => '{"payload":{"n":5}}'), main::poll('gen1', 'bad'),
main::execution('GetExecutionHistory', 'gen1', 'bad', Limit => 1000),
]
--- error_code eval
[(200) x 8]
--- response_body_like eval
[
main::has('"Name":"gen1"'), main::has('"Name":"big"'),
main::has('"Status":"Succeeded"', '"Output":"{\"all\":{\"size\":\"big\"},\"n\":10}"'),
main::has('"Name":"small"', '"Status":"Running"'),
main::has('"Status":"Succeeded"', '"Output":"{\"all\":{},\"n\":1}"'),
main::has('"Name":"bad"'), main::has('"Status":"Failed"'),
main::has('"Type":"ExecutionFailed"', '"EventDetail":"{\"error\":\"NotFive\",\"cause\":\"out of the question\"}"'),
]
--- no_error_log
[alert]
[error]



=== TEST 6: a task that nothing maps fails by its name; forks of nothing succeed
--- request eval
my $task = "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: t\nStates:\n"
    . "  - Type: Task\n    Name: t\n    Action: HTTP:Request\n    TaskMode: RequestComplete\n"
    . "    Parameters: {method: GET, url: 'http://127.0.0.1/'}\n    End: true\n";
my $branch = "{StartAt: a, States: [{Type: Pass, Name: a, End: true}]}";
my $map = "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: m\nStates:\n"
    . "  - Type: Map\n    Name: m\n    ItemsPath: \$Input.items\n    Processor: $branch\n    End: true\n";
my $parallel = "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: p\nStates:\n"
    . "  - Type: Parallel\n    Name: p\n    Branches: [$branch]\n    End: true\n";
[
main::create('task', $task), main::start('task', 'e'), main::poll('task', 'e'),
main::execution('GetExecutionHistory', 'task', 'e'),
main::create('map', $map), main::start('map', 'e', Input => '{"items":[]}'), main::poll('map', 'e'),
main::create('parallel', $parallel), main::start('parallel', 'e'), main::poll('parallel', 'e'),
]
--- error_code eval
[(200) x 10]
--- response_body_like eval
[
main::has('"Name":"task"'), main::has('"Name":"e"'), main::has('"Status":"Failed"'),
main::has(qr/"Type":"ExecutionFailed"[^}]*\\"error\\":\\"FnF.ResourceNotMapped\\"[^}]*http:\/\/127\.0\.0\.1\//),
map { ( main::has(qq("Name":"$_")), main::has('"Name":"e"'), main::has('"Status":"Succeeded"') ) } qw(map parallel)
]
--- no_error_log
[alert]
[error]
