use Test::Nginx::Socket;

use File::Temp qw(tempdir);

use FindBin;
require "$FindBin::Bin/requests.pl";

our $DIR = tempdir(CLEANUP => 1);

sub main::a_file {
    my ($name, $mode, $text) = @_;
    open my $fh, '>', "$main::DIR/$name" or die "$name: $!";
    print $fh $text;
    close $fh;
    chmod $mode, "$main::DIR/$name" or die "$name: $!";
}

our $KEY;
BEGIN { $main::KEY = '{"api":{"AuthorizationType":"API_KEY","AuthParameters":{"ApiKeyAuthParameters":{"ApiKeyName":"X-Key","ApiKeyValue":"h1dden"},'
    . '"InvocationHttpParameters":{"QueryStringParameters":[{"Key":"k","Value":"h1dden too","IsValueSecret":true}]}}}}' }
main::a_file('good', 0600, $KEY);
main::a_file('open', 0644, $KEY);
main::a_file('bad', 0600, "{\n\"api\": h1dden}");
main::a_file('short', 0600, '{"api":{"AuthorizationType":"BASIC","AuthParameters":{"BasicAuthParameters":{"Password":"h1dden"}}}}');
$ENV{TEST_NGINX_KEYS_DIR} = $main::DIR;

our $STORE;
BEGIN { $main::STORE = "    cloudflow_store  store shards=1;\n    cloudflow_zone  z:8m;\n    cloudflow_resource  https://api.test/*  /show;\n"
    . "    cloudflow_resource  https://dead.test/*  /dead;\n" }

sub main::web_state {
    my ($url, $connection) = @_;
    my $given = qq({"ApiEndpoint":"$url","Method":"GET","InvocationConfig":{"ConnectionArn":"arn:aws:events:us-east-1:1:connection/$connection/1"}});
    my $text = qq({"Type":"Task","Resource":"arn:aws:states:::http:invoke","Parameters":$given,"End":true});
    $text =~ s/"/\\"/g;
    $text
}

sub main::web {
    my $name = shift;
    my $text = '{\"StartAt\":\"A\",\"States\":{\"A\":' . main::web_state(@_) . '}}';
    (qq(POST /\n{"name":"$name","type":"EXPRESS","roleArn":"arn:aws:iam::1:role/r","definition":"$text"}),
     qq(POST /\n{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:$name"}))
}

no_root_location();
no_long_string();
log_level('info');
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 40);
run_tests();

__DATA__

=== TEST 1: a connection is used, and shown to nobody
--- http_config eval
$main::STORE . '
    cloudflow_connections  $TEST_NGINX_KEYS_DIR/good;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
        location /show {
            internal;
            if ($http_x_key = h1dden) {
                return 200 "$args";
            }
            return 403;
        }
        location /dead {
            internal;
            proxy_pass  http://127.0.0.1:1$cloudflow_task_uri$is_args$args;
        }
--- more_headers eval
[ map { "Content-Type: application/x-amz-json-1.0\nX-Amz-Target: AWSStepFunctions.$_" } (qw(CreateStateMachine StartSyncExecution)) x 3 ]
--- request eval
[ main::web('a', 'https://api.test/x?a=1', 'api'), main::web('n', 'https://api.test/x', 'nobody'), main::web('d', 'https://dead.test/x?a=1', 'api') ]
--- error_code eval
[ (200) x 6 ]
--- response_body_like eval
[ '{', qr{ResponseBody\\":\\"a=1&k=h1dden%20too\\"}, '{', qr{"error":"Events.ConnectionResource.ResourceNotFound"}, '{', qr{"error":"States.Http.Socket"} ]
--- no_error_log
h1dden
[alert]



=== TEST 2: the upstream's line in the log has stars
--- http_config eval
$main::STORE . '
    cloudflow_connections  $TEST_NGINX_KEYS_DIR/good;
'
--- config
        location / {
            cloudflow_api  stepfunctions;
        }
        location /dead {
            internal;
            proxy_pass  http://127.0.0.1:1$cloudflow_task_uri$is_args$args;
        }
--- more_headers
Content-Type: application/x-amz-json-1.0
X-Amz-Target: AWSStepFunctions.TestState
--- request eval
qq(POST /\n{"roleArn":"arn:aws:iam::1:role/r","definition":") . main::web_state('https://dead.test/x?a=1', 'api') . '"}'
--- error_code: 200
--- error_log
request: "GET /dead?a=1 HTTP/1.1"
/x?a=1****
--- no_error_log
h1dden



=== TEST 3: a file that others may read
--- http_config eval
$main::STORE . '
    cloudflow_connections  $TEST_NGINX_KEYS_DIR/open;
'
--- must_die
--- error_log
must not be accessible to others
[emerg]



=== TEST 4: no JSON
--- http_config eval
$main::STORE . '
    cloudflow_connections  $TEST_NGINX_KEYS_DIR/bad;
'
--- must_die
--- error_log eval
[ qr{^(?!.*h1dden).*connections file ".*/bad", line 2}, '[emerg]' ]



=== TEST 5: a connection that says too little
--- http_config eval
$main::STORE . '
    cloudflow_connections  $TEST_NGINX_KEYS_DIR/short;
'
--- must_die
--- error_log eval
[ qr{^(?!.*h1dden).*connection "api": Username must be a text}, '[emerg]' ]



=== TEST 6: connections twice
--- http_config eval
$main::STORE . '
    cloudflow_connections  off;
    cloudflow_connections  $TEST_NGINX_KEYS_DIR/good;
'
--- must_die
--- error_log
"cloudflow_connections" directive is duplicate
[emerg]
