use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();

# Whoever connects here is never answered.
use IO::Socket::INET;
our $DEAF = IO::Socket::INET->new(Listen => 128, LocalAddr => '127.0.0.1', LocalPort => 0) or die "no port: $!";
$ENV{TEST_NGINX_DEAF_PORT} = $DEAF->sockport;

our $HTTP_TASKS = <<'EOF';
    cloudflow_store          store shards=1;
    cloudflow_zone           z:8m;
    cloudflow_response_size  32k;
    cloudflow_resource       acs:fc:*                   /fn/other;
    cloudflow_resource       acs:fc:*functions/self     /fn/self;
    cloudflow_resource       acs:fc:*functions/back-*   /fn/back;
    cloudflow_resource       acs:fc:*functions/echo     /fn/echo  calls=2;
    cloudflow_resource       acs:fc:*functions/dead     /fn/dead;
    cloudflow_resource       acs:fc:*functions/late     /fn/late;
    cloudflow_resource       acs:fc:*functions/gone     /fn/gone;
    cloudflow_resource       acs:fc:*functions/one      /fn/first;
    cloudflow_resource       acs:fc:*/functions/one     /fn/second;
    cloudflow_resource       acs:mns:*                  /mns;
    cloudflow_resource       HTTP:Request               /http;
    cloudflow_resource       http://mapped.test/*       /mapped;
    cloudflow_resource       ocr:*                      /ocr;
    cloudflow_resource       Ship:*                     /ship;

    # What is called: every name says what it answers.
    server {
        listen        127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        default_type  application/json;

        location = /back-ok     { return 200 '{"x":1}'; }
        location = /back-number { return 200 '12'; }
        location = /back-text   { return 200 'no json'; }
        location = /back-half   { return 200 '{"x":'; }
        location = /back-empty  { return 200 ''; }
        location = /back-204    { return 204; }
        location = /back-302    { return 302 http://elsewhere/; }
        location = /back-404    { return 404 '{"ErrorCode":"FunctionNotFound","ErrorMessage":"m"}'; }
        location = /back-403    { return 403; }
        location = /back-429    { return 429 '{"ErrorCode":"ResourceExhausted"}'; }
        location = /back-slow   { return 429; }
        location = /back-500    { return 500 '{"ErrorCode":"Broken"}'; }
        location = /back-503    { return 503; }
        location = /back-huge   { alias html/huge; error_page 405 =200 /back-huge; }
        location = /back-error  { add_header x-fc-error-type UnhandledInvocationError;
                                  return 200 '{"errorType":"SoldOut","errorMessage":"none left"}'; }
        location = /back-odd    { add_header x-fc-error-type HandledInvocationError; return 200 'oops'; }

        location /echo {
            return 200 '{"method":"$request_method","uri":"$request_uri","key":"$http_x_fnf_idempotency_key","attempt":"$http_x_fnf_attempt","type":"$http_x_fc_invocation_type","length":"$http_content_length","content":"$http_content_type","from":"$http_x_from"}';
        }
        location /queues/ {
            default_type  text/xml;
            add_header    x-mns-request-id  rid;
            return 201 '<?xml version="1.0"?><Message xmlns="u"><MessageId>m-1</MessageId><MessageBodyMD5>AB</MessageBodyMD5></Message>';
        }
        location /topics/ {
            default_type  text/xml;
            return 404 '<Error><Code>TopicNotExist</Code><Message>none</Message></Error>';
        }
    }
EOF

our $CONFIG_TASKS = <<'EOF';
        location / {
            cloudflow_api  cloudflow;
        }

        location /web       { default_type application/json;
                              return 200 '{"request":"$request_method $request_uri","trace":"$http_x_trace","content":"$http_content_type","length":"$http_content_length"}'; }
        location /bad       { return 404; }
        location = /status  { cloudflow_status; }

        location /fn/other  { internal; return 404; }
        location /fn/self   { internal; default_type application/json; return 200 '{"x":1}'; }
        location /fn/first  { internal; return 200 '{"which":1}'; }
        location /fn/second { internal; return 200 '{"which":2}'; }
        location /fn/gone   { internal; return 444; }
        location /fn/back   { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/$cloudflow_task_function; }
        location /fn/echo   { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
                              proxy_set_header X-From "$cloudflow_task_flow $cloudflow_task_execution $cloudflow_task_step $cloudflow_task_attempt $cloudflow_task_function";
                              rewrite ^ /echo/$cloudflow_task_resource break; }
        location /fn/dead   { internal; proxy_pass http://127.0.0.1:1; }
        location /fn/late   { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_DEAF_PORT; proxy_read_timeout 200ms; }
        location /mns       { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1$cloudflow_task_uri; }
        location /http      { internal; proxy_pass $cloudflow_task_scheme://$cloudflow_task_host$cloudflow_task_uri$is_args$args; }
        location /mapped    { internal; return 200 '{"mapped":"$cloudflow_task_target"}'; }
        location /ocr       { internal; return 503 '{"Code":"ServiceUnavailable"}'; }
        location /ship      { internal; default_type application/json; return 200 '{"operation":"$cloudflow_task_function"}'; }
EOF

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('http_config', $main::HTTP_TASKS) unless defined $block->http_config;
    $block->set_value('config', $main::CONFIG_TASKS) unless defined $block->config;
    $block->set_value('user_files', ">>> huge\n" . 'x' x 40000 . "\n") unless defined $block->user_files;
});

# A flow of generation 1 with one task that calls this function.
sub main::calls {
    my ($function, $more) = @_;
    return main::task1("acs:fc:::services/demo/functions/$function", $more);
}

sub main::task1 {
    my ($resource, $more) = @_;
    my $kind = $resource =~ /^[a-z]+:[A-Z]\w*$/ ? 'action' : 'resourceArn';
    return "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: t\n    $kind: $resource\n" . ($more || '');
}

# Of generation 2.
sub main::task2 {
    my ($action, $params, $more) = @_;
    $more = "    End: true\n" unless defined $more;
    return "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: T\nStates:\n  - Type: Task\n    Name: T\n"
        . "    Action: $action\n    Parameters:\n$params$more";
}

# Create, start, and wait for the end: three requests.
sub main::runs {
    my ($name, $definition, $input) = @_;
    return (main::create($name, $definition),
            main::start($name, 'e', defined $input ? (Input => $input) : ()), main::poll($name, 'e'));
}

sub main::ends {
    my ($status, @parts) = @_;
    return (main::has('"RequestId"'), main::has('"Name":"e"'), main::has(qq("Status":"$status"), @parts));
}

plan(tests => repeat_each() * 1608);
run_tests();

__DATA__

=== TEST 1: functions of generation 1: what comes back is the result
--- timeout: 10
--- request eval
[ main::runs('self', main::calls('self')), main::runs('ok', main::calls('back-ok')),
  main::runs('mapped', main::calls('self', "    outputMappings:\n      - target: y\n        source: \$local.x\n")),
  main::runs('named', "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: t\n    resourceArn: acs:fc:cn:1:functions/self\n") ]
--- error_code eval
[ (200) x 12 ]
--- response_body_like eval
[ main::ends('Succeeded', 'Output":"{\"x\":1}"'), main::ends('Succeeded', 'Output":"{\"x\":1}"'),
  main::ends('Succeeded', 'Output":"{\"y\":1}"'), main::ends('Succeeded', 'Output":"{\"x\":1}"') ]
--- no_error_log
[alert]
[crit]



=== TEST 2: functions of generation 1: errors by name
--- timeout: 10
--- request eval
[ map { my $name = $_; (main::runs("f-$name", main::calls($name)), main::execution('GetExecutionHistory', "f-$name", 'e')) }
  qw(back-number back-text back-half back-empty back-204 back-302 back-404 back-403 back-429 back-slow back-500 back-503 back-huge
     back-error back-odd dead late gone unknown) ]
--- error_code eval
[ (200) x (19 * 4) ]
--- response_body_like eval
my $fails = sub { my ($error, $cause) = @_;
    return (main::ends('Failed'), main::has('ExecutionFailed', qq(\\"error\\":\\"$error\\"), $cause)) };
my $invalid = 'The result is not a JSON object';
[ $fails->('FnF.InvalidLocal', ''), $fails->('FnF.InvalidLocal', $invalid), $fails->('FnF.InvalidLocal', $invalid),
  $fails->('FnF.InvalidLocal', $invalid), $fails->('FnF.InvalidLocal', $invalid),
  $fails->('FC.302', '302 Found'), $fails->('FC.FunctionNotFound', 'ErrorMessage'), $fails->('FC.403', '403 Forbidden'),
  $fails->('FC.ResourceExhausted', ''), $fails->('FC.ResourceThrottled', ''),
  $fails->('FC.InternalServerError', 'Broken'), $fails->('FC.InternalServerError', '503 Service'),
  $fails->('FnF.DataLimitExceeded', 'cloudflow_response_size'),
  $fails->('SoldOut', 'none left'), $fails->('FC.Unknown', 'oops'),
  $fails->('FC.InternalServerError', 'could not be made'), $fails->('FC.InternalServerError', 'in time'),
  $fails->('FC.InternalServerError', 'closed before the answer'), $fails->('FC.404', '404 Not Found') ]
--- no_error_log
[alert]
[crit]



=== TEST 3: what a call carries; the most literal pattern wins
--- timeout: 10
--- request eval
[ main::runs('echo', main::calls('echo'), '{"a":"b"}'), main::runs('which', main::calls('one')) ]
--- error_code eval
[ (200) x 6 ]
--- response_body_like eval
[ main::ends('Succeeded', '\"method\":\"POST\"', '\"uri\":\"/echo/acs:fc:::services/demo/functions/echo\"',
             qr/\\"key\\":\\"[0-9a-f-]{36}\\"/, '\"attempt\":\"0\"', '\"type\":\"Sync\"', '\"length\":\"9\"',
             '\"content\":\"application/json\"', '\"from\":\"echo e t 0 echo\"'),
  main::ends('Succeeded', '\"which\":2') ]
--- no_error_log
[alert]
[crit]
[error]



=== TEST 4: retries: the same execution, another key, a higher attempt; then a catch
--- timeout: 15
--- request eval
[ main::runs('again', main::calls('back-500', <<'EOF')),
    retry:
      - errors: [FC.InternalServerError]
        intervalSeconds: 1
        maxAttempts: 2
        multiplier: 1
    catch:
      - errors: [FnF.ALL]
        goto: sorry
    errorMappings:
      - target: error
        source: $local.error
  - type: succeed
    name: good
  - type: pass
    name: sorry
    outputMappings:
      - target: was
        source: $local.error
EOF
  main::execution('GetExecutionHistory', 'again', 'e'),
  main::runs('not-again', main::calls('back-404', "    retry:\n      - errors: [FC.InternalServerError]\n")) ]
--- error_code eval
[ (200) x 7 ]
--- response_body_like eval
[ main::ends('Succeeded', 'FC.InternalServerError'),
  main::inorder(('TaskScheduled', 'TaskStarted', 'TaskFailed') x 3, 'StepFailed'), main::ends('Failed') ]
--- no_error_log
[alert]
[crit]



=== TEST 5: generation 2: functions, HTTP:Request, other services
--- timeout: 10
--- request eval
my $fn = sub { "      resourceArn: acs:fc:::services/d/functions/$_[0]\n      invocationType: Sync\n      body:\n        q.\$: \$Input.q\n" };
[ main::runs('fc', main::task2('FC:InvokeFunction', $fn->('back-ok')), '{"q":1}'),
  main::runs('fc-error', main::task2('FC:InvokeFunction', $fn->('back-error')), '{"q":1}'),
  main::runs('fc-caught', main::task2('FC:InvokeFunction', $fn->('dead'), "    Catch:\n      - Errors: [FC.InternalServerError]\n"
      . "        OutputConstructor:\n          code.\$: \$Context.Current.Error.Code\n        Next: Z\n    End: true\n  - Type: Pass\n    Name: Z\n    End: true\n"), '{"q":1}'),
  main::runs('http', main::task2('HTTP:Request', "      url: http://mapped.test/a?b\n")),
  main::runs('ship', main::task2('Ship:Send', "      to: me\n")),
  main::runs('api', main::task2('ocr:Read', "      imageUrl: x\n")),
  main::runs('nowhere', main::task2('ECS:StopInstance', "      id: x\n")),
  main::runs('wrong', main::task2('HTTP:Request', "      url: ftp://x/\n")) ]
--- error_code eval
[ (200) x 24 ]
--- response_body_like eval
[ main::ends('Succeeded', '\"Code\":200', '\"Content-Type\":[\"application/json\"]', '\"Body\":{\"x\":1}'), main::ends('Failed'),
  main::ends('Succeeded', 'FC.InternalServerError'), main::ends('Succeeded', '\"mapped\":\"http://mapped.test/a?b\"'),
  main::ends('Succeeded', '{\"operation\":\"Send\"}'), main::ends('Failed'), main::ends('Failed'), main::ends('Failed') ]
--- no_error_log
[alert]
[crit]



=== TEST 6: HTTP:Request as a whole; queues and topics
--- timeout: 10
--- request eval
my $url = 'http://127.0.0.1:' . server_port();
[ main::runs('put', main::task2('HTTP:Request', "      url.\$: \$Input.url\n      method: put\n      headers:\n        X-Trace: t-1\n      body:\n        a: 1\n"),
             qq({"url":"$url/web/a b?c=d"})),
  main::runs('get', main::task2('HTTP:Request', "      url: $url/web\n")),
  main::runs('head', main::task2('HTTP:Request', "      url: $url/web\n      method: HEAD\n")),
  main::runs('post', main::task2('HTTP:Request', "      url: $url/web\n      method: post\n      body: a,b\n      headers:\n        Content-Type: text/csv\n")),
  main::runs('bad', main::task2('HTTP:Request', "      url: $url/bad\n"), '{}'), main::execution('GetExecutionHistory', 'bad', 'e'),
  main::runs('shut', main::task2('HTTP:Request', "      url: http://127.0.0.1:1/\n"), '{}'), main::execution('GetExecutionHistory', 'shut', 'e'),
  main::runs('q', main::task1('acs:mns:::/queues/q/messages', "    serviceParams:\n      MessageBody: \$\n")),
  main::runs('t', main::task1('acs:mns:::/topics/t/messages', "    serviceParams:\n      MessageBody: x\n    catch:\n      - errors: [MNS.TopicNotExist]\n        goto: c\n  - type: fail\n    name: no\n    error: E\n  - type: pass\n    name: c\n")),
  main::runs('m', main::task2('MNS:SendMessage', "      resourceArn: acs:mns:::/queues/q/messages\n      message:\n        a: 1\n")) ]
--- error_code eval
[ (200) x 29 ]
--- response_body_like eval
my $sent = 'Output":"{\"MessageId\":\"m-1\",\"MessageBodyMD5\":\"AB\",\"RequestId\":\"rid\"}"';
[ main::ends('Succeeded', '\"Code\":200', '\"Header\":{\"Content-Type\":[\"application/json\"]', '\"request\":\"PUT /web/a%20b?c=d\"',
             '\"trace\":\"t-1\"', '\"content\":\"application/json\"', '\"length\":\"7\"'),
  main::ends('Succeeded', '\"request\":\"GET /web\"', '\"length\":\"\"'), main::ends('Succeeded', '\"Body\":\"\"'),
  main::ends('Succeeded', '\"request\":\"POST /web\"', '\"content\":\"text/csv\"', '\"length\":\"3\"'),
  main::ends('Failed'), main::has('\"error\":\"HTTP.404\"'), main::ends('Failed'), main::has('\"error\":\"HTTP.RequestFailed\"'),
  main::ends('Succeeded', $sent), main::ends('Succeeded'), main::ends('Succeeded', $sent) ]
--- no_error_log
[alert]
[crit]



=== TEST 7: many tasks, few connections
--- timeout: 20
--- request eval
[ main::create('echo', main::calls('echo')), main::create('back', main::calls('back-ok')),
  (map { (main::start('echo', "e$_"), main::start('back', "b$_")) } 1 .. 40), map { (main::poll('echo', "e$_"), main::poll('back', "b$_")) } 1 .. 40 ]
--- error_code eval
[ (200) x 162 ]
--- response_body_like eval
[ (main::has('{')) x 82, (main::has('"Status":"Succeeded"')) x 80 ]
--- no_error_log
[alert]
[crit]
[error]



=== TEST 8: calls are counted; a queue that is full refuses like a service
--- http_config
    cloudflow_store     counted shards=1;
    cloudflow_zone      counted:8m;
    cloudflow_calls     1 queue=1;
    cloudflow_resource  acs:fc:*functions/late  /fn/late;
    cloudflow_resource  acs:fc:*functions/self  /fn/self;
--- timeout: 15
--- request eval
[ main::create('late', main::calls('late')), (map { main::start('late', "e$_") } 1 .. 4), (map { main::poll('late', "e$_") } 1 .. 4),
  main::runs('self', main::calls('self')), main::runs('none', main::calls('none')), 'GET /status' ]
--- error_code eval
[ (200) x 16 ]
--- response_body_like eval
[ (main::has('{')) x 5, (main::has('"Failed"')) x 4, main::ends('Succeeded'), main::ends('Failed'),
  main::has(map { qr/^cloudflow_calls_$_$/m } 'total 3', 'unanswered_total 2', 'unmapped_total 1', 'throttled_total 2', 'running 0', 'waiting 0',
            'microseconds_total [1-9]\d{5,}') ]
--- no_error_log
[alert]
[crit]



=== TEST 9: nothing but its own answer is waited for; numbers that are true; names that lead nowhere else
--- http_config
    cloudflow_store     whole shards=1;
    cloudflow_zone      whole:8m;
    cloudflow_calls     30 queue=1;
    cloudflow_resource  acs:fc:*functions/late    /fn/late  calls=1;
    cloudflow_resource  acs:fc:*functions/self    /fn/self;
    cloudflow_resource  acs:fc:*functions/mirror  /fn/mirror;
    cloudflow_resource  http://vars.test/open/*   /vars;
--- config
        location /          { cloudflow_api  cloudflow; }
        location = /status  { cloudflow_status; }
        location /fn/late   { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_DEAF_PORT; proxy_read_timeout 2s; }
        location /fn/self   { internal; return 200 '{"x":1}'; }
        location /mirrored  { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_DEAF_PORT; proxy_read_timeout 2500ms; }
        location /fn/mirror { internal; mirror /mirrored; proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/ok; }
        location /ok        { return 200 '{"x":1}'; }
        location /vars      { internal; default_type application/json;
                              return 200 '{"agent":"$http_user_agent","a":"$cookie_a","for":"$proxy_add_x_forwarded_for","by":"$http_referer"}'; }
--- timeout: 2
--- request eval
my $url = sub { main::task2('HTTP:Request', "      url: http://vars.test/open/$_[0]\n      headers:\n        User-Agent: me/1\n"
    . "        Cookie: [a=b, c=d]\n        X-Forwarded-For: 1.2.3.4\n        Referer: r\n") };
[ main::create('late', main::calls('late')), main::start('late', 'e1'), main::start('late', 'e2'), 'GET /status',
  main::execution('StopExecution', 'late', 'e2'), 'GET /status',
  main::runs('burst', "version: v1\ntype: flow\nsteps:\n  - type: parallel\n    name: p\n    branches:\n"
      . join('', map { "      - steps:\n          - type: task\n            name: t$_\n            resourceArn: acs:fc:::services/d/functions/self\n" } 1 .. 20)),
  main::runs('mirror', main::calls('mirror')), main::runs('vars', $url->('x?y=../z')),
  (map { main::runs("dots$_", $url->(('../x', '%2e%2E/x', '..%2fx', '.%5Cx')[$_])) } 0 .. 3), 'GET /status' ]
--- error_code eval
[ (200) x 28 ]
--- response_body_like eval
my $numbers = sub { main::has(map { qr/^cloudflow_calls_$_$/m } @_) };
[ (main::has('{')) x 3, $numbers->('running 1', 'waiting 1'), main::has('{'), $numbers->('running 1', 'waiting 0', 'cancelled_total 1'),
  main::ends('Succeeded'), main::ends('Succeeded', '{\"x\":1}'),
  main::ends('Succeeded', '{\"agent\":\"me/1\",\"a\":\"b\",\"for\":\"1.2.3.4, unix:\",\"by\":\"r\"}'),
  (main::ends('Failed')) x 4, $numbers->('throttled_total 0') ]
--- no_error_log
[alert]
[crit]
