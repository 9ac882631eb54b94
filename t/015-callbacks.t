use Test::Nginx::Socket;

use FindBin;
require "$FindBin::Bin/requests.pl";

no_root_location();
no_long_string();

# The called location itself reports on the token that it was given.
our $HTTP_CALLS = <<'EOF';
    cloudflow_store     store shards=1;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:fc:*functions/good    /good;
    cloudflow_resource  acs:fc:*functions/bad     /bad;
    cloudflow_resource  acs:fc:*functions/silent  /silent;
    cloudflow_resource  acs:fc:*functions/later   /later;
    cloudflow_resource  acs:fc:*functions/broken  /broken;
    cloudflow_resource  acs:mns:*                 /good;
    cloudflow_resource  http://hook.test/*        /hook;
EOF

our $CONFIG_CALLS = <<'EOF';
        location / {
            cloudflow_api  cloudflow;
        }

        location /silent { internal; default_type application/json; return 200 '{"taken":true}'; }
        location /later  { internal; return 202; }
        location /broken { internal; return 500; }

        location /good {
            internal;
            proxy_method            GET;
            proxy_pass_request_body off;
            proxy_set_header        Content-Type "";
            proxy_set_header        Content-Length "";
            proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/?Action=ReportTaskSucceeded&Version=2019-03-15&TaskToken=$cloudflow_task_token&Output=%7B%22by%22%3A%22eve%22%7D;
        }
        location /bad {
            internal;
            proxy_method            GET;
            proxy_pass_request_body off;
            proxy_set_header        Content-Type "";
            proxy_set_header        Content-Length "";
            proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/?Action=ReportTaskFailed&Version=2019-03-15&TaskToken=$cloudflow_task_token&Error=Rejected&Cause=too%20dear;
        }
        location /hook {
            internal;
            proxy_method            GET;
            proxy_pass_request_body off;
            proxy_set_header        Content-Type "";
            proxy_set_header        Content-Length "";
            proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/?Action=ReportTaskSucceeded&Version=2019-03-15&TaskToken=$http_x_fnf_http_callback_task_token&Output=%5B1%5D;
        }
EOF

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value('http_config', $main::HTTP_CALLS) unless defined $block->http_config;
    $block->set_value('config', $main::CONFIG_CALLS) unless defined $block->config;
});

sub main::waiting {
    my ($function, $pattern, $more) = @_;
    return "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: ask\n    resourceArn: acs:fc:::services/d/functions/$function\n"
        . "    pattern: $pattern\n    inputMappings:\n      - target: taskToken\n        source: \$context.task.token\n" . ($more || '');
}

sub main::runs {
    my ($name, $definition) = @_;
    return (main::create($name, $definition), main::start($name, 'e'), main::poll($name, 'e'),
            main::execution('GetExecutionHistory', $name, 'e'));
}

sub main::ends {
    my ($status, $output, $history) = @_;
    return (main::has('"RequestId"'), main::has('"Name":"e"'), main::has(qq("Status":"$status"), $output), $history);
}

plan(tests => repeat_each() * 220);
run_tests();

__DATA__

=== TEST 1: reports: taken before the submission has returned, too
--- timeout: 15
--- request eval
[ main::runs('good', main::waiting('good', 'waitForCallback')),
  main::runs('bad', main::waiting('bad', 'waitForCallback')),
  main::runs('caught', main::waiting('bad', 'waitForCallback', "    catch:\n      - errors: [Rejected]\n        goto: no\n"
      . "    errorMappings:\n      - target: why\n        source: \$local.cause\n  - type: succeed\n    name: yes\n  - type: pass\n    name: no\n"
      . "    outputMappings:\n      - target: why\n        source: \$local.why\n")),
  main::runs('sync', main::waiting('good', 'sync')) ]
--- error_code eval
[ (200) x 16 ]
--- response_body_like eval
[ main::ends('Succeeded', 'Output":"{\"by\":\"eve\"}"', main::inorder('TaskScheduled', '<token>', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded', 'eve')),
  main::ends('Failed', '', main::inorder('TaskSubmitted', 'TaskFailed', 'Rejected', 'too dear', 'ExecutionFailed')),
  main::ends('Succeeded', 'too dear', main::inorder('TaskFailed', 'Rejected')),
  main::ends('Succeeded', 'eve', main::inorder('TaskScheduled', 'TaskSucceeded')) ]
--- no_error_log
[alert]
[crit]
[error]



=== TEST 2: nobody reports, or the submission fails
--- timeout: 15
--- request eval
[ main::runs('silent', main::waiting('silent', 'waitForCallback', "    timeoutSeconds: 1\n")),
  main::runs('later', main::waiting('later', 'sync', "    timeoutSeconds: 1\n")),
  main::runs('broken', main::waiting('broken', 'waitForCallback')) ]
--- error_code eval
[ (200) x 12 ]
--- response_body_like eval
[ main::ends('Failed', '', main::inorder('TaskScheduled', 'waitForCallback', '\"timeout\":1', 'TaskSubmitted', '{\"taken\":true}', 'TaskTimedOut', 'FnF.TaskTimeout')),
  main::ends('Failed', '', main::inorder('TaskSubmitted', 'TaskTimedOut', 'FnF.TaskTimeout')),
  main::ends('Failed', '', main::inorder('TaskStarted', 'TaskSubmitFailed', 'FC.InternalServerError')) ]
--- no_error_log
[alert]
[crit]
[error]



=== TEST 3: generation 2: the token in the parameters, and in the header of HTTP:Request
--- timeout: 15
--- request eval
my $head = "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: A\nStates:\n  - Type: Task\n    Name: A\n    TaskMode: WaitForCustomCallback\n";
[ main::runs('mns', $head . "    Action: MNS:SendMessage\n    Parameters:\n      resourceArn: acs:mns:::/topics/t/messages\n      message:\n"
      . "        token.\$: \$Context.Current.TaskToken\n    End: true\n"),
  main::runs('hook', $head . "    Action: HTTP:Request\n    Parameters:\n      url: http://hook.test/x\n    OutputConstructor:\n"
      . "      first.\$: \$Output[0]\n    End: true\n") ]
--- error_code eval
[ (200) x 8 ]
--- response_body_like eval
[ main::ends('Succeeded', 'Output":"{\"by\":\"eve\"}"', main::inorder('TaskScheduled', '<token>', 'TaskSubmitted', 'TaskSucceeded')),
  main::ends('Succeeded', '\"first\":1', main::inorder('TaskScheduled', 'HTTP:Request', 'TaskSubmitted', 'TaskSucceeded')) ]
--- no_error_log
[alert]
[crit]
[error]



=== TEST 4: reports that are refused
--- request eval
my $t = 'x' x 80;
[ main::call('ReportTaskSucceeded', Output => '{}'), main::call('ReportTaskSucceeded', TaskToken => $t),
  main::call('ReportTaskSucceeded', TaskToken => $t, Output => '{}'), main::call('ReportTaskSucceeded', TaskToken => '12', Output => '{'),
  main::call('ReportTaskFailed', TaskToken => $t), main::call('ReportTaskFailed', TaskToken => $t, Error => 'e' x 129),
  main::call('ReportTaskFailed', TaskToken => $t, Error => 'E', Cause => 'c' x 4097), main::get('ReportTaskFailed', TaskToken => $t, Error => 'E') ]
--- error_code eval
[ (400) x 8 ]
--- response_body_like eval
[ main::err('MissingRequiredParams', "The HTTP query 'TaskToken' must be specified."), main::err('MissingRequiredParams', "The HTTP query 'Output' must be specified."),
  main::err('InvalidArgument', 'Parameter error. Invalid task token.'), main::err('InvalidArgument', qr/Parameter error. Output is not valid JSON: .*/),
  main::err('MissingRequiredParams', "The HTTP query 'Error' must be specified."),
  main::err('InvalidArgument', 'Parameter error. Error must be between 1 and 128 characters long.'),
  main::err('InvalidArgument', 'Parameter error. Cause must be between 1 and 4096 characters long.'),
  main::err('InvalidArgument', 'Parameter error. Invalid task token.') ]
--- no_error_log
[alert]
[crit]
[error]
