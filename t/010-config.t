use Test::Nginx::Socket;

use File::Temp qw(tempdir);

use FindBin;
require "$FindBin::Bin/requests.pl";

our $DIR = tempdir(CLEANUP => 1);

sub main::keys_file {
    my ($name, $mode, $text) = @_;
    open my $fh, '>', "$main::DIR/$name" or die "$name: $!";
    print $fh $text;
    close $fh;
    chmod $mode, "$main::DIR/$name" or die "$name: $!";
}

main::keys_file('good', 0640, "id secret\r\n\tother\tsecret token\n");
main::keys_file('open', 0644, "id secret\n");
main::keys_file('shared', 0660, "id secret\n");
main::keys_file('short', 0600, "# keys\nid\n");
main::keys_file('long', 0600, "id secret token 2999-01-01T00:00:00Z more\n");
main::keys_file('when', 0600, "\n\nid secret token tomorrow\n");
main::keys_file('twice', 0600, "id secret\nid2 secret\nid other\n");
main::keys_file('large', 0600, "# padding\n" x 110_000);
main::keys_file('none', 0600, "# nobody\n");
$ENV{TEST_NGINX_KEYS_DIR} = $main::DIR;

no_root_location();
no_long_string();
add_block_preprocessor(sub { main::defaults(@_) });
plan(tests => repeat_each() * 185);
run_tests();

__DATA__

=== TEST 1: no store
--- http_config
    cloudflow_zone   z:8m;
--- must_die
--- error_log
"cloudflow_store" is required
[emerg]



=== TEST 2: no zone
--- http_config
    cloudflow_store  store;
--- must_die
--- error_log
"cloudflow_zone" is required
[emerg]



=== TEST 3: a store without an API is served by nobody, and harms nobody
--- config
        location / {
            return 200 "plain\n";
        }
--- request
GET /
--- response_body
plain
--- no_error_log
[alert]
[error]



=== TEST 4: loaded and not used
--- http_config
    # nothing
--- config
        location / {
            return 200 "plain\n";
        }
--- request
GET /
--- response_body
plain
--- no_error_log
[alert]
[error]



=== TEST 5: no shards
--- http_config
    cloudflow_store  store shards=0;
    cloudflow_zone   z:8m;
--- must_die
--- error_log
[emerg]
"shards" must be between 1 and 64
nginx.conf:



=== TEST 6: too many shards
--- http_config
    cloudflow_store  store shards=65;
    cloudflow_zone   z:8m;
--- must_die
--- error_log
[emerg]
"shards" must be between 1 and 64



=== TEST 7: shards that are no number
--- http_config
    cloudflow_store  store shards=two;
    cloudflow_zone   z:8m;
--- must_die
--- error_log
[emerg]
invalid parameter "shards=two"



=== TEST 8: an unknown option
--- http_config
    cloudflow_store  store files=2;
    cloudflow_zone   z:8m;
--- must_die
--- error_log
[emerg]
invalid parameter "files=2"



=== TEST 9: an empty directory
--- http_config
    cloudflow_store  "";
    cloudflow_zone   z:8m;
--- must_die
--- error_log
[emerg]
"cloudflow_store" directive has an empty directory



=== TEST 10: a zone that is too small
--- http_config
    cloudflow_store  store shards=1;
    cloudflow_zone   z:32k;
--- must_die
--- error_log
[emerg]
cloudflow zone "z" is too small



=== TEST 11: a zone without a size
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z;
--- must_die
--- error_log
[emerg]
want name:size, not "z"



=== TEST 12: a zone of no size
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:much;
--- must_die
--- error_log
[emerg]
invalid zone size "much"



=== TEST 13: two stores
--- http_config
    cloudflow_store  store;
    cloudflow_store  other;
    cloudflow_zone   z:8m;
--- must_die
--- error_log
[emerg]
"cloudflow_store" directive is duplicate



=== TEST 14: two zones
--- http_config
    cloudflow_store  store;
    cloudflow_zone   z:8m;
    cloudflow_zone   y:8m;
--- must_die
--- error_log
[emerg]
"cloudflow_zone" directive is duplicate



=== TEST 15: two APIs
--- config
        location / {
            cloudflow_api  cloudflow;
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log
[emerg]
"cloudflow_api" directive is duplicate



=== TEST 16: an API that is not there
--- config
        location / {
            cloudflow_api  cloudflow simpleworkflow;
        }
--- must_die
--- error_log
[emerg]
unknown API "simpleworkflow"



=== TEST 17: no readers
--- http_config
    cloudflow_store    store;
    cloudflow_zone     z:8m;
    cloudflow_readers  0;
--- must_die
--- error_log
[emerg]
"cloudflow_readers" must be between 1 and 16



=== TEST 18: too many readers
--- http_config
    cloudflow_store    store;
    cloudflow_zone     z:8m;
    cloudflow_readers  17;
--- must_die
--- error_log
[emerg]
"cloudflow_readers" must be between 1 and 16



=== TEST 19: a wait that is no time
--- http_config
    cloudflow_store       store;
    cloudflow_zone        z:8m;
    cloudflow_owner_wait  soon;
--- must_die
--- error_log
[emerg]
"cloudflow_owner_wait" directive invalid value



=== TEST 20: a check that is neither on nor off
--- http_config
    cloudflow_store         store;
    cloudflow_zone          z:8m;
    cloudflow_replay_check  perhaps;
--- must_die
--- error_log
[emerg]
invalid value "perhaps" in "cloudflow_replay_check" directive



=== TEST 21: a skew given twice
--- http_config
    cloudflow_store       store;
    cloudflow_zone        z:8m;
    cloudflow_clock_skew  5m;
    cloudflow_clock_skew  10m;
--- must_die
--- error_log
[emerg]
"cloudflow_clock_skew" directive is duplicate



=== TEST 22: the store of a server
--- config
        cloudflow_store  store;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log
[emerg]
"cloudflow_store" directive is not allowed here



=== TEST 23: credentials: no such file
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/missing;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{open\(\) "[^"]+/missing" failed \(2: No such file or directory\)}, '[emerg]']



=== TEST 24: credentials: everybody may read them
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/open;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log
[emerg]
must not be accessible to others nor writable by its group



=== TEST 25: credentials: the group may write them
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/shared;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log
[emerg]
must not be accessible to others nor writable by its group



=== TEST 26: credentials: a line too short
--- config
        location / {
            cloudflow_api          cloudflow;
            cloudflow_credentials  $TEST_NGINX_KEYS_DIR/short;
        }
--- must_die
--- error_log eval
[qr{credentials file "[^"]+/short", line 2: want "id secret \[token \[expiry\]\]"}, '[emerg]']



=== TEST 27: credentials: a line too long
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/long;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/long", line 1: want}, '[emerg]']



=== TEST 28: credentials: a time that is none
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/when;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{/when", line 3: want}, '[emerg]']



=== TEST 29: credentials: a key twice; its secret is not shown
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/twice;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log eval
[qr{^(?!.*secret).*names key "id" twice}, '[emerg]']



=== TEST 30: credentials: too large
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/large;
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log
[emerg]
is larger than



=== TEST 31: credentials: nobody may come in; and twice the same file
--- config
        cloudflow_credentials  $TEST_NGINX_KEYS_DIR/good;
        location / {
            cloudflow_api          cloudflow;
            cloudflow_credentials  $TEST_NGINX_KEYS_DIR/none;
        }
        location /open {
            cloudflow_api          cloudflow;
            cloudflow_credentials  $TEST_NGINX_KEYS_DIR/none;
        }
        location /good {
            cloudflow_api  cloudflow;
        }
--- request eval
[ map { "GET /?Action=ListFlows&Version=2019-03-15&AccessKeyId=$_&Signature=s&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&SignatureNonce=n&Timestamp=2026-01-02T03:04:05Z" } qw(id secret) ]
--- error_code eval
[403, 403]
--- response_body_like eval
[ map { main::err('InvalidAccessKeyID', "The AccessKey ID '$_' is invalid.") } qw(id secret) ]
--- no_error_log
[alert]
[error]



=== TEST 32: a resource without a server
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:*  /tasks;
--- config
        location / {
            return 200;
        }
--- must_die
--- error_log
[emerg]
"cloudflow_resource" needs a server with "cloudflow_tasks" or "cloudflow_api"



=== TEST 33: a resource without a store
--- http_config
    cloudflow_resource  acs:*  /tasks;
--- config
        location / {
            return 200;
        }
--- must_die
--- error_log
[emerg]
"cloudflow_store" is required



=== TEST 34: a resource twice
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:*  /tasks;
    cloudflow_resource  acs:*  /other;
--- must_die
--- error_log
[emerg]
duplicate resource "acs:*"



=== TEST 35: a resource at no URI
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:*  tasks;
--- must_die
--- error_log
[emerg]
"tasks" should be the URI of a location



=== TEST 36: a resource at a URI with arguments
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:*  /tasks?x;
--- must_die
--- error_log
[emerg]
"/tasks?x" has characters that do not belong into a URI



=== TEST 37: a resource without a pattern
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_resource  ""  /tasks;
--- must_die
--- error_log
[emerg]
"cloudflow_resource" directive has an empty pattern



=== TEST 38: a resource without calls
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:*  /tasks  calls=0;
--- must_die
--- error_log
[emerg]
"calls" must be between 1 and 65536



=== TEST 39: a resource with an unknown option
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:*  /tasks  weight=1;
--- must_die
--- error_log
[emerg]
invalid parameter "weight=1"



=== TEST 40: no calls
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_calls     0;
--- must_die
--- error_log
[emerg]
"cloudflow_calls" must be between 1 and 65536



=== TEST 41: calls twice
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_calls     1;
    cloudflow_calls     2;
--- must_die
--- error_log
[emerg]
"cloudflow_calls" directive is duplicate



=== TEST 42: no queue
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_calls     1 queue=no;
--- must_die
--- error_log
[emerg]
invalid parameter "queue=no"



=== TEST 43: a response that has no size
--- http_config
    cloudflow_store          store;
    cloudflow_zone           z:8m;
    cloudflow_response_size  large;
--- must_die
--- error_log
[emerg]
"cloudflow_response_size" directive invalid value



=== TEST 44: two servers for tasks
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    server {
        listen  127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        cloudflow_tasks;
    }
    server {
        listen  127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        cloudflow_tasks;
    }
--- must_die
--- error_log
[emerg]
"cloudflow_tasks" directive is duplicate



=== TEST 45: a server of its own for tasks, and variables in a request that is none
--- http_config
    cloudflow_store     store;
    cloudflow_zone      z:8m;
    cloudflow_resource  acs:*  /tasks;
    server {
        listen  127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        cloudflow_tasks;
        location /tasks {
            internal;
            return 200 '{"server":"tasks"}';
        }
    }
--- config
        location / {
            cloudflow_api  cloudflow;
        }
        location /tasks {
            return 200 "[$cloudflow_task_flow$cloudflow_task_token]";
        }
--- request eval
[ main::create('f', "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: t\n    resourceArn: acs:fc:::services/s/functions/f\n"),
  main::start('f', 'e'), main::poll('f', 'e'), 'GET /tasks' ]
--- error_code eval
[ (200) x 4 ]
--- response_body_like eval
[ main::has('"Name":"f"'), main::has('"Name":"e"'), main::has('{\\"server\\":\\"tasks\\"}'), qr/\A\[\]\z/ ]
--- no_error_log
[alert]
[error]



=== TEST 46: "if" and "limit_except" are the same location
--- config
        location / {
            cloudflow_api  cloudflow;

            if ($arg_x) {
                set $y 1;
            }

            limit_except POST {
                allow all;
            }
        }
--- request eval
['GET /?x=1&Action=ListFlows&Version=2019-03-15', 'GET /?Action=ListFlows&Version=2019-03-15']
--- response_body_like eval
['"Flows":\[', '"Flows":\[']
--- no_error_log
[alert]
[error]



=== TEST 47: an owner is not waited for that long
--- http_config
    cloudflow_store       store;
    cloudflow_zone        z:8m;
    cloudflow_owner_wait  61m;
--- must_die
--- error_log
[emerg]
"cloudflow_owner_wait" must not be longer than one hour



=== TEST 48: a store that cannot be made
--- http_config
    cloudflow_store  no/such/store;
    cloudflow_zone   z:8m;
--- config
        location / {
            cloudflow_api  cloudflow;
        }
--- must_die
--- error_log
[emerg]
/no/such/store" failed (2: No such file or directory)



=== TEST 49: a retention shorter than calls are repeated
--- http_config
    cloudflow_store       store;
    cloudflow_zone        z:8m;
    cloudflow_retention   39s;
--- must_die
--- error_log
[emerg]
"cloudflow_retention" must be at least 40000ms



=== TEST 50: a retention that is no time
--- http_config
    cloudflow_store       store;
    cloudflow_zone        z:8m;
    cloudflow_retention   never;
--- must_die
--- error_log
[emerg]
invalid time "never"



=== TEST 51: a retention off has no count
--- http_config
    cloudflow_store       store;
    cloudflow_zone        z:8m;
    cloudflow_retention   off count=3;
--- must_die
--- error_log
[emerg]
invalid time "off"



=== TEST 52: a retention of nobody
--- http_config
    cloudflow_store       store;
    cloudflow_zone        z:8m;
    cloudflow_retention   1d count=0;
--- must_die
--- error_log
[emerg]
"count" must be between 1 and 1000000000



=== TEST 53: two retentions
--- http_config
    cloudflow_store       store;
    cloudflow_zone        z:8m;
    cloudflow_retention   1d;
    cloudflow_retention   off;
--- must_die
--- error_log
[emerg]
"cloudflow_retention" directive is duplicate
