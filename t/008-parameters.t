use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 116);
run_tests();

__DATA__

=== TEST 1: the same call as GET query, POST query, POST form, both, and JSON
--- request eval
my $all = main::form(Action => 'DescribeFlow', Version => '2019-03-15', Name => 'same');
[
main::create('same', $main::PASS), "GET /?$all", "POST /?$all", "POST /\n$all",
"POST /?Action=DescribeFlow&Version=2019-03-15\nName=same", "POST /?Name=same\nAction=DescribeFlow&Version=2019-03-15",
"POST /\n{\"Action\":\"DescribeFlow\",\"Version\":\"2019-03-15\",\"Name\":\"same\"}",
"POST /?Action=DescribeFlow&Version=2019-03-15\n{\"Name\":\"same\",\"RegionId\":null}",
"GET /?$all&RegionId=cn-hangzhou&Format=XML&SignatureType=&ResourceOwnerAccount=x&AcceptLanguage=en",
"POST /?Action=DescribeFlow&Version=2019-03-15&Name=other\nName=same",
"POST /?Action=DescribeFlow&Version=2019-03-15&Name=same\nName=other",
]
--- more_headers eval
my $form = 'Content-Type: application/x-www-form-urlencoded';
my $json = 'Content-Type: application/json';
[ $form, $form, $form, $form, $form, '', $json, $json, $form, $form, $form ]
--- error_code eval
[(200) x 10, 404]
--- response_body_like eval
[ (main::has('"Name":"same"', '"Definition":"Type: StateMachine')) x 10, main::err('FlowNotExists', "Flow 'other' does not exist.") ]
--- no_error_log
[alert]
[error]



=== TEST 2: plus, percent, and everything between
--- request eval
my $head = 'POST /?Action=CreateFlow&Version=2019-03-15&Type=FDL';
my $flow = 'Definition=version:+v1%0atype%3A+flow%0Asteps:+[]%0A';
[
"$head&Name=plus1&$flow&Description=a+b%20c%2Bd", "$head\nName=plus2&$flow&Description=a+b%20c%2Bd",
"$head\nName=plus3&$flow&Description=~*%7E%2a%27%28%29%21'()!", "$head\nName=plus4&$flow&Description=%e6%B5%81%E7%a8%8B\xc3\xa9",
"$head\nName=plus5&$flow&Description==&x", "$head\nN%61me=plus6&$flow&%44escription=%3D%26%25%23%3f",
"$head\n&&Name=plus7&&$flow&Description=&", "$head\nName=plus8&$flow&Description",
"$head\nName=plus9&$flow&Description=%22%5C%0A%01%7F", 'GET /?Action=DescribeFlow&Version=2019-03-15&Name=plus%39',
]
--- error_code eval
[(200) x 10]
--- response_body_like eval
[
main::has('"Name":"plus1"', '"Description":"a b c+d"', '"Definition":"version: v1\ntype: flow\nsteps: []\n"'),
main::has('"Name":"plus2"', '"Description":"a b c+d"', '"Definition":"version: v1\ntype: flow\nsteps: []\n"'),
main::has(q("Description":"~*~*'()!'()!")), main::has(qq("Description":"\xe6\xb5\x81\xe7\xa8\x8b\xc3\xa9")),
main::has('"Description":"="'), main::has('"Description":"=&%#?"'), main::has('"Description":""'), main::has('"Description":""'),
main::has(qr/"Description":"\\"\\\\\\n\\u0001(?:\x7f|\\u007[fF])"/), main::has('"Name":"plus9"'),
]
--- no_error_log
[alert]
[error]



=== TEST 3: structured and typed parameters
--- request eval
my $flow = main::form(Definition => $main::PASS, Description => 'd', Type => 'FDL');
[
"POST /?Action=CreateFlow&Version=2019-03-15\nName=flat&$flow&Environment.Variables.1.Name=A&Environment.Variables.1.Value=1"
    . "&Environment.Variables.2.Name=B&Environment.Variables.2.Description=d&Environment.Variables.2.Value=x+y",
"POST /?Action=UpdateFlow&Version=2019-03-15\n{\"Name\":\"flat\",\"Environment\":{\"Variables\":[{\"Name\":\"C\",\"Value\":\"3\"}]}}",
"POST /?Action=StartExecution&Version=2019-03-15\n{\"FlowName\":\"flat\",\"ExecutionName\":\"e\",\"Input\":{\"k\":[1,2.50,true,null]}}",
"POST /?Action=ListExecutions&Version=2019-03-15\n{\"FlowName\":\"flat\",\"Limit\":1,\"MetadataOnly\":true}",
'GET /?Action=ListExecutions&Version=2019-03-15&FlowName=flat&Limit=001&MetadataOnly=TRUE',
'GET /?Action=ListExecutions&Version=2019-03-15&FlowName=flat&Limit=&MetadataOnly=&Status=&NextToken=&StartedTimeBegin=',
'GET /?Action=ListExecutions&Version=2019-03-15&FlowName=flat&Limit=99999999999999999999',
'GET /?Action=ListExecutions&Version=2019-03-15&FlowName=',
]
--- more_headers eval
my $json = 'Content-Type: application/json';
[ '', $json, $json, $json, '', '', '', '' ]
--- error_code eval
[(200) x 6, 400, 400]
--- response_body_like eval
[
main::has('{"Variables":[{"Name":"A","Value":"1","Description":""},{"Name":"B","Value":"x y","Description":"d"}]}'),
main::has('{"Variables":[{"Name":"C","Value":"3","Description":""}]}'),
main::has('"Name":"e"', '"Input":"{\"k\":[1,2.50,true,null]}"'),
main::has('"Name":"e"', main::lacks('"Input"')), main::has('"Name":"e"', main::lacks('"Input"')),
main::has('"Name":"e"', '"Input"'),
main::err('InvalidArgument', 'Parameter error. Limit must be between 1 and 100.'),
main::err('MissingRequiredParams', "The HTTP query 'FlowName' must be specified."),
]
--- no_error_log
[alert]
[error]
