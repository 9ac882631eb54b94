use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 120);
run_tests();

sub main::chunked {
    my ($size, $body) = @_;
    my $text = '';
    $text .= sprintf("%x\r\n%s\r\n", length, $_) for unpack "(a$size)*", $body;
    return "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
        . "Content-Type: application/x-www-form-urlencoded\r\n\r\n${text}0\r\n\r\n";
}

__DATA__

=== TEST 1: from a few bytes to the limit: buffers, files, and one byte too many
--- timeout: 10
--- request eval
my $head = main::form(Action => 'CreateFlow', Version => '2019-03-15', Type => 'FDL', Definition => $main::PASS);
my $sum = length("ActionCreateFlowVersion2019-03-15TypeFDLDefinition$main::PASS" . 'NamebigDescription');
my $rest = 1048576 - $sum;
[
"POST /\n$head&Name=b1&Description=" . 'x' x 3000, "POST /\n$head&Name=b2&Description=" . 'x' x 5000,
"POST /\n$head&Name=b3&Description=" . 'x' x 300000,
"POST /\n$head&Name=big&Description=" . 'x' x $rest, "POST /\n$head&Name=big&Description=" . 'x' x ($rest + 1),
"POST /\n$head&Name=big&Description=" . '%e6%b5%81' x int($rest / 3) . 'x' x ($rest % 3),
main::get('DescribeFlow', Name => 'big'),
"POST /\n$head&Name=over&Description=" . '%20' x ($rest + 1), "POST /\n$head&Name=over&Description=" . 'x' x 5000000,
"POST /\n$head&Name=over&Description=" . 'x' x 20000000,
'GET /?Action=ListFlows&Version=2019-03-15&Limit=1',
]
--- error_code eval
[200, 200, 200, 200, 400, 409, 200, 400, 400, 400, 200]
--- response_body_like eval
my $over = main::err('EntityTooLarge', 'The payload size exceeds maximum allowed size (1048576 bytes).');
[
main::has('"Name":"b1"'), main::has('"Name":"b2"', 'x' x 5000 . '"'), main::has('"Name":"b3"'), main::has('"Name":"big"'),
$over, main::has('FlowAlreadyExists'), main::has('"Name":"big"', 'x' x 10000), $over, $over, $over, main::has('"Flows"'),
]
--- no_error_log
[alert]
[error]



=== TEST 2: chunks
--- timeout: 10
--- raw_request eval
main::chunked(7, main::form(Action => 'CreateFlow', Version => '2019-03-15', Name => 'c1', Type => 'FDL', Definition => $main::PASS, Description => 'y' x 1000))
--- response_body_like eval
main::has('"Name":"c1"', 'y' x 1000 . '"')
--- no_error_log
[alert]
[error]



=== TEST 3: large chunks, into a file
--- timeout: 10
--- raw_request eval
main::chunked(30000, main::form(Action => 'CreateFlow', Version => '2019-03-15', Name => 'c2', Type => 'FDL', Definition => $main::PASS, Description => 'y' x 200000))
--- response_body_like eval
main::has('"Name":"c2"', 'y' x 10000 . '"')
--- no_error_log
[alert]
[error]



=== TEST 4: too many chunks
--- timeout: 10
--- raw_request eval
main::chunked(60000, 'Action=CreateFlow&Version=2019-03-15&Description=' . 'y' x 6000000)
--- error_code: 400
--- response_body_like eval
main::err('EntityTooLarge', 'The payload size exceeds maximum allowed size (1048576 bytes).')
--- no_error_log
[alert]
[error]



=== TEST 5: an empty chunked body
--- raw_request eval
"POST /?Action=ListFlows&Version=2019-03-15 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
--- response_body_like eval
main::has('"Flows":')
--- no_error_log
[alert]
[error]



=== TEST 6: an empty body of a known length
--- raw_request eval
"POST /?Action=ListFlows&Version=2019-03-15 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"
--- response_body_like eval
main::has('"Flows":')
--- no_error_log
[alert]
[error]



=== TEST 7: everything in a long request line
--- config
        large_client_header_buffers  4 1m;
        location / {
            cloudflow_api  cloudflow;
        }
--- timeout: 10
--- request eval
[ main::get('CreateFlow', Name => 'g1', Type => 'FDL', Definition => $main::PASS, Description => 'z' x 300000),
  main::get('DescribeFlow', Name => 'g1'), main::call('DescribeFlow', Name => 'g1', Ignored => 'i' x 500000) ]
--- error_code eval
[200, 200, 200]
--- response_body_like eval
my $all = main::has('"Name":"g1"', 'z' x 10000 . '"');
[ $all, $all, $all ]
--- no_error_log
[alert]
[error]



=== TEST 8: inputs and outputs at their limits
--- timeout: 10
--- request eval
my $input = sub { '{"a":"' . 'x' x ($_[0] - 8) . '"}' };
my $double = "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: a\nStates:\n  - Type: Pass\n    Name: a\n    OutputConstructor:\n      a.\$: \$Input.a\n      b.\$: \$Input.a\n    End: true\n";
[
main::create('size', $main::PASS), main::start('size', 'a', Input => $input->(65536)), main::poll('size', 'a'),
main::start('size', 'b', Input => $input->(65537)), main::execution('GetExecutionHistory', 'size', 'a'),
main::create('legacy', $main::LEGACY), main::start('legacy', 'b', Input => $input->(65537)),
main::create('double', $double), main::start('double', 'a', Input => $input->(40000)), main::poll('double', 'a'),
main::execution('GetExecutionHistory', 'double', 'a', NextToken => 4),
]
--- error_code eval
[200, 200, 200, 400, 200, 200, 400, 200, 200, 200, 200]
--- response_body_like eval
[
main::has('"Name":"size"'), main::has('"Name":"a"'), main::has('"Succeeded"', 'x' x 10000), main::err('InvalidArgument', qr/Parameter error\. ..*/),
main::has('"Type":"ExecutionSucceeded"'), main::has('"Name":"legacy"'), main::err('InvalidArgument', qr/Parameter error\. ..*/),
main::has('"Name":"double"'), main::has('"Name":"a"'), main::has('"Status":"Failed"'), main::has('FnF.DataLimitExceeded', '"Type":"ExecutionFailed"'),
]
--- no_error_log
[alert]
[error]
