use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 201);
run_tests();

__DATA__

=== TEST 1: protocol: action, version, method, path
--- request eval
[
'GET /', 'POST /', 'GET /?Action=ListFlows', 'GET /?Version=2019-03-15',
'GET /?Action=ListFlows&Version=2014-05-26', 'GET /?Action=ListFlows&Version=',
'GET /?Action=FlyToTheMoon&Version=2019-03-15', 'GET /?Action=&Version=2019-03-15',
'GET /?Action=FlyToTheMoon&Version=x',
"GET /?Action=Fly%22%5C%0A%C3%A9&Version=2019-03-15", 'GET /?Action=listFlows&Version=2019-03-15',
'GET /?Action=LISTFLOWS&Version=2019-03-15',
'PUT /?Action=ListFlows&Version=2019-03-15', 'DELETE /?Action=ListFlows&Version=2019-03-15',
'OPTIONS /?Action=ListFlows&Version=2019-03-15',
'GET /2015-03-31?Action=ListFlows&Version=2019-03-15',
'GET /?Action=CreateSchedule&Version=2019-03-15',
]
--- error_code eval
[(400) x 10, 200, 400, 405, 405, 405, 404, 400]
--- response_headers eval
[('Content-Type: application/json;charset=utf-8') x 17]
--- response_body_like eval
my $unknown = sub { main::err('ActionNotSupported', "The requested API operation '$_[0]' is incorrect. Please check.") };
[
(main::err('MissingRequiredParams', "The HTTP query 'Action' must be specified.")) x 2,
main::err('MissingRequiredParams', "The HTTP query 'Version' must be specified."),
main::err('MissingRequiredParams', "The HTTP query 'Action' must be specified."),
main::err('APIVersionNotSupported', "The requested API version '2014-05-26' is not supported yet. Please check."),
main::err('MissingRequiredParams', "The HTTP query 'Version' must be specified."),
$unknown->('FlyToTheMoon'),
main::err('MissingRequiredParams', "The HTTP query 'Action' must be specified."),
main::err('APIVersionNotSupported', "The requested API version 'x' is not supported yet. Please check."),
$unknown->("Fly\\\"\\\\\\n\xc3\xa9"),
main::has('"Flows":['), $unknown->('LISTFLOWS'),
(map { main::err('UnsupportedHTTPMethod', qr/.*'$_'.*/) } qw(PUT DELETE OPTIONS)),
main::err('ResourceNotExists', qr/..*/),
main::err('MissingRequiredParams', "The HTTP query 'FlowName' must be specified."),
]
--- no_error_log
[alert]
[error]



=== TEST 2: the V3 layout names headers
--- request eval
[ ('GET /') x 5 ]
--- more_headers eval
my $v3 = "Authorization: ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=00\n";
[
$v3, "${v3}x-acs-action: ListFlows\n", "${v3}x-acs-action: ListFlows\nx-acs-version: 2000-01-01\n",
"${v3}x-acs-action: FlyToTheMoon\nx-acs-version: 2019-03-15\n",
"${v3}x-acs-action: ListFlows\nx-acs-version: 2019-03-15\n",
]
--- error_code eval
[400, 400, 400, 400, 200]
--- response_body_like eval
[
main::err('MissingRequiredHeader', "The HTTP header 'x-acs-action' must be specified."),
main::err('MissingRequiredHeader', "The HTTP header 'x-acs-version' must be specified."),
main::err('APIVersionNotSupported', "The requested API version '2000-01-01' is not supported yet. Please check."),
main::err('ActionNotSupported', "The requested API operation 'FlyToTheMoon' is incorrect. Please check."),
main::has('"Flows":['),
]
--- no_error_log
[alert]
[error]



=== TEST 3: bodies of other kinds
--- request eval
[ ("POST /?Action=ListFlows&Version=2019-03-15\nLimit=1") x 2, ("POST /?Action=ListFlows&Version=2019-03-15\n{\"Limit\":1}") x 3,
  "POST /?Action=ListFlows&Version=2019-03-15\n[1]", "POST /?Action=ListFlows&Version=2019-03-15\n{\"Limit\":" ]
--- more_headers eval
[ 'Content-Type: text/plain', "Content-Type: Application/X-WWW-Form-URLencoded; charset=UTF-8",
  'Content-Type: application/json', 'Content-Type: application/json; charset=utf-8', 'Content-Type: application/xml',
  'Content-Type: application/json', 'Content-Type: application/json' ]
--- error_code eval
[415, 200, 200, 200, 415, 400, 400]
--- response_body_like eval
my $type = main::err('UnsupportedMediaType', 'The content type must be \"application/json\".');
[
$type, main::has('"Flows"'), main::has('"Flows"'), main::has('"Flows"'), $type,
main::err('InvalidArgument', 'Parameter error. The body must be a JSON object.'),
main::err('InvalidArgument', qr/Parameter error\. The body is not valid JSON.*/),
]
--- no_error_log
[alert]
[error]



=== TEST 4: request ids
--- request eval
[
'GET /?Action=ListFlows&Version=2019-03-15&RequestId=my-Request_1',
'GET /?Action=ListFlows&Version=2019-03-15&RequestId=' . 'a' x 128,
'GET /?Action=ListFlows&Version=2019-03-15&RequestId=' . 'a' x 129,
'GET /?Action=ListFlows&Version=2019-03-15&RequestId=a%22b',
'GET /?Action=Fly&Version=2019-03-15&RequestId=my-Request_1',
'PUT /?Action=Fly&Version=2019-03-15&RequestId=my-Request_1',
]
--- error_code eval
[200, 200, 200, 200, 400, 405]
--- response_headers_like eval
my $uuid = 'x-acs-request-id: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
[ 'x-acs-request-id: my-Request_1', 'x-acs-request-id: a{128}', $uuid, $uuid, 'x-acs-request-id: my-Request_1', 'x-acs-request-id: .+' ]
--- response_body_like eval
my $uuid = qr/\A\{"RequestId":"$main::UUID",/;
[ main::has('{"RequestId":"my-Request_1",'), main::has('{"RequestId":"' . 'a' x 128 . '",'), $uuid, $uuid,
  main::has('{"RequestId":"my-Request_1","HostId":"localhost","Code":"ActionNotSupported"'), main::has('"UnsupportedHTTPMethod"') ]
--- no_error_log
[alert]
[error]



=== TEST 5: garbage
--- request eval
[
'GET /?Action=ListFlows&Version=2019-03-15&x=%zz', 'GET /?Action=ListFlows&Version=2019-03-15&x=%4',
'GET /?Action=ListFlows&Version=2019-03-15&x=%ff%fe', 'GET /?Action=ListFlows&Version=2019-03-15&%c3%28=1',
'GET /?Action=ListFlows&Version=2019-03-15&&&=&=x&x&%00=%00',
'GET /?' . join('&', map { "a$_=1" } 1 .. 900) . '&Action=ListFlows&Version=2019-03-15',
'GET /?' . join('&', map { "a$_=" } 1 .. 1001) . '&Action=ListFlows&Version=2019-03-15',
"POST /\nAction=ListFlows&Version=2019-03-15&x=%",
]
--- error_code eval
[400, 400, 400, 400, 200, 200, 400, 400]
--- response_body_like eval
my $escape = main::err('InvalidArgument', q(Parameter error. A '%' must be followed by two hexadecimal digits.));
my $utf8 = main::err('InvalidArgument', 'Parameter error. Names and values of parameters must be UTF-8.');
[ $escape, $escape, $utf8, $utf8, main::has('"Flows"'), main::has('"Flows"'),
  main::err('InvalidArgument', 'Parameter error. There are more than 1000 parameters.'), $escape ]
--- no_error_log
[alert]
[error]



=== TEST 6: HEAD and a body that never comes
--- raw_request eval
"HEAD /?Action=ListFlows&Version=2019-03-15 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
--- error_code: 405
--- response_body:
--- no_error_log
[alert]
[error]



=== TEST 7: a client that leaves in the middle of its body
--- raw_request eval
"POST /?Action=ListFlows&Version=2019-03-15 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"
--- timeout: 0.3
--- abort
--- ignore_response
--- no_error_log
[alert]
[error]
