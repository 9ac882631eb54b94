package Test::Nginx::Socket;

# A small runner for the declarative test files in t/.  It understands the
# part of Test::Nginx::Socket's language that they use, and nothing else, so
# the same files run under the original when it is installed:
#
#     prove -It/lib t/*.t        this runner
#     prove t/*.t                the original
#
# It needs perl's own modules only.

use strict;
use warnings;

use Cwd qw(abs_path getcwd);
use Exporter 'import';
use File::Path qw(make_path remove_tree);
use IO::Select;
use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Test::More ();
use Time::HiRes qw(sleep time);

our @EXPORT = qw(
    plan repeat_each blocks run_tests no_long_string no_shuffle
    no_root_location workers master_on worker_connections log_level timeout
    server_port server_root html_dir add_block_preprocessor
    add_cleanup_handler bail_out env_to_nginx
);

my $server_port = $ENV{TEST_NGINX_SERVER_PORT} || $ENV{TEST_NGINX_PORT}
                  || 1984;
my $client_port = $ENV{TEST_NGINX_CLIENT_PORT} || $ENV{TEST_NGINX_PORT}
                  || $server_port;
my $binary = $ENV{TEST_NGINX_BINARY} || 'nginx';
my $root = $ENV{TEST_NGINX_SERVROOT} || getcwd() . '/t/servroot';
my $log_level = $ENV{TEST_NGINX_LOG_LEVEL} || 'debug';
my $timeout = $ENV{TEST_NGINX_TIMEOUT} || 3;
my $master = ($ENV{TEST_NGINX_MASTER_PROCESS} || 'off') eq 'on';
my ($repeat_each, $workers, $connections) = (1, 1, 64);
my $shuffle = $ENV{TEST_NGINX_RANDOMIZE} && !$ENV{TEST_NGINX_NO_SHUFFLE};
my ($root_location, $no_plan) = (1, 0);
my (@preprocessors, @cleanups, @env, $blocks);
my ($running_conf, $pid, $log_pos, %rand_ports);


# --- what a test file may call ------------------------------------------

sub repeat_each { $repeat_each = shift if @_; return $repeat_each }
sub workers { $workers = shift if @_; return $workers }
sub worker_connections { $connections = shift if @_; return $connections }
sub master_on { $master = 1 }
sub log_level { $log_level = shift }
sub timeout { $timeout = shift if @_; return $timeout }
sub server_port { $server_port = shift if @_; return $server_port }
sub server_root { $root = shift if @_; return $root }
sub html_dir { return "$root/html" }
sub no_long_string { }
sub no_shuffle { $shuffle = 0 }
sub no_root_location { $root_location = 0 }
sub add_block_preprocessor { push @preprocessors, shift }
sub add_cleanup_handler { push @cleanups, shift }
sub env_to_nginx { push @env, @_ }
sub bail_out { cleanup(); Test::More::BAIL_OUT(@_) }
sub blocks { $blocks ||= parse_blocks(); return scalar @$blocks }

sub plan {
    return $no_plan = 1 if @_ && $_[0] eq 'no_plan';
    Test::More::plan(@_);
}

# "use Test::Nginx::Socket 'no_plan'" and "tests => N"
{
    no warnings 'redefine';
    my $export = \&import;
    *import = sub {
        my ($class, @args) = @_;
        if (@args && $args[0] eq 'no_plan') { $no_plan = 1 }
        elsif (@args > 1) { Test::More::plan(@args) }
        @_ = ($class);
        goto &$export;
    };
}


# --- blocks and sections --------------------------------------------------

sub parse_blocks {
    my $fh = do { no strict 'refs'; \*{'main::DATA'} };
    my @lines = <$fh>;
    my (@found, $block, $section);
    for my $line (@lines) {
        if ($line =~ /^===\s*(.*?)\s*$/) {
            push @found, $block = { name => $1, order => [] };
            undef $section;
        }
        elsif ($block && $line =~ /^---\s+(\w+)(.*?)\r?\n?$/s) {
            my ($name, $rest) = ($1, $2);
            $section = $block->{sections}{$name} = { text => '', filters => [] };
            if ($rest =~ /^:\s?(.*?)\s*$/s) {
                $section->{text} = $1;
                $section->{inline} = 1;
            }
            else {
                my @filters = split ' ', $rest;
                if (@filters && $filters[-1] =~ s/:$//) { }
                elsif ($rest =~ /^\s+(.*?):\s?(.*?)\s*$/s) {
                    @filters = split ' ', $1;
                    @$section{qw(text inline)} = ($2, 1);
                }
                $section->{filters} = \@filters;
            }
        }
        elsif ($section && !$section->{inline}) { $section->{text} .= $line }
    }
    my @only = grep { $_->{sections}{ONLY} } @found;
    @found = @only if @only;
    for my $i (0 .. $#found) {
        if ($found[$i]{sections}{LAST}) { $#found = $i; last }
    }
    $blocks = [grep { !$_->{sections}{SKIP} } @found];
    return $blocks;
}

sub filtered {
    my ($section) = @_;
    my $text = $section->{text};
    if (!$section->{inline}) {
        $text =~ s/\r\n/\n/g;
        $text =~ s/\A(?:[ \t]*\n)+//;
        $text =~ s/\n(?:[ \t]*\n)+\z/\n/;
        $text = '' if $text =~ /\A\s*\z/;
    }
    for my $filter (@{ $section->{filters} }) {
        if ($filter eq 'eval') {
            my $code = $text;
            my @value = eval "package main; no strict; $code";
            die "eval of a section failed: $@\n$code" if $@;
            $text = @value > 1 ? \@value : $value[0];
        }
        elsif ($filter eq 'chomp') { chomp $text }
        elsif ($filter eq 'chop') { chop $text }
        else { die "unknown filter \"$filter\"" }
    }
    return $text;
}

# Value of a section, filters applied; undef: not there.
sub value {
    my ($block, $name) = @_;
    my $section = $block->{sections}{$name} or return undef;
    $section->{value} = filtered($section) unless exists $section->{value};
    return $section->{value};
}

{
    # What preprocessors see: $block->config, $block->set_value(...).
    package Test::Nginx::Socket::Block;
    our $AUTOLOAD;
    sub name { $_[0]{name} }
    sub set_value {
        my ($self, $name, $value) = @_;
        $self->{sections}{$name} = { value => $value, filters => [] };
    }
    sub AUTOLOAD {
        my ($self) = @_;
        (my $name = $AUTOLOAD) =~ s/.*:://;
        return if $name eq 'DESTROY';
        return Test::Nginx::Socket::value($self, $name);
    }
}

sub expand {
    my ($text) = @_;
    return $text if !defined $text || ref $text eq 'Regexp';
    return [map { expand($_) } @$text] if ref $text eq 'ARRAY';
    $text =~ s/\$(\{)?TEST_NGINX_RAND_PORT_(\d+)(?(1)\})/rand_port($2)/ge;
    $text =~ s/\$(\{)?(TEST_NGINX_[_A-Z0-9]+)(?(1)\})/
        my $name = $2;
        my %own = (TEST_NGINX_HTML_DIR => "$root\/html",
                   TEST_NGINX_SERVER_ROOT => $root,
                   TEST_NGINX_PORT => $server_port,
                   TEST_NGINX_SERVER_PORT => $server_port,
                   TEST_NGINX_CLIENT_PORT => $client_port);
        my $value = $own{$name} \/\/ $ENV{$name};
        defined $value ? $value : bail_out("no value for $name")/gex;
    return $text;
}

sub rand_port {
    my ($no) = @_;
    $rand_ports{$no} //= do {
        # None that a client may be given meanwhile.
        my $s;
        for (1 .. 100) {
            $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1',
                                       LocalPort => 10000 + int rand 20000);
            last if $s;
        }
        die "no port: $!" unless $s;
        $s->sockport;
    };
    return $rand_ports{$no};
}


# --- the server ---------------------------------------------------------

sub configuration {
    my ($block) = @_;
    my $section = sub { my $v = expand(value($block, $_[0])); defined $v ? $v : '' };
    my $modules = join '', map { "load_module $_;\n" }
                  split ' ', ($ENV{TEST_NGINX_LOAD_MODULES} || '');
    my $user = $> == 0 ? "user root;\n" : '';
    my $env = join '', map { "env $_;\n" } @env;
    my $on = $master ? 'on' : 'off';
    my $location = $root_location ? <<'END' : '';

        location / {
            root html;
            index index.html index.htm;
        }
END
    return <<"END";
worker_processes  $workers;
daemon on;
master_process $on;
error_log logs/error.log $log_level;
pid       logs/nginx.pid;
$user$modules$env
@{[ $section->('main_config') ]}

events {
    accept_mutex off;
    worker_connections  $connections;
}

http {
    access_log logs/access.log;

    default_type text/plain;
    keepalive_timeout  68;

    client_body_temp_path  client_body_temp;
    proxy_temp_path        proxy_temp;
    fastcgi_temp_path      fastcgi_temp;
    uwsgi_temp_path        uwsgi_temp;
    scgi_temp_path         scgi_temp;

@{[ $section->('http_config') ]}

    server {
        listen          $server_port;
        server_name     'localhost';

        client_max_body_size 30M;
        client_body_buffer_size 4k;

@{[ $section->('config') ]}
$location
    }
}

@{[ $section->('post_main_config') ]}
END
}

sub write_file {
    my ($path, $text) = @_;
    open my $fh, '>', $path or die "cannot write $path: $!";
    print $fh $text;
    close $fh;
}

sub prepare {
    my ($block, $conf) = @_;
    remove_tree($root);
    make_path("$root/conf", "$root/logs", "$root/html");
    write_file("$root/html/index.html",
               "<html><head><title>It works!</title></head>"
               . "<body>It works!</body></html>\n");
    my $files = expand(value($block, 'user_files'));
    if (defined $files) {
        my ($empty, %parts) = split /^>>>\s+(\S+)[^\n]*\n/m, $files;
        for my $name (keys %parts) {
            my $path = "$root/html/$name";
            (my $dir = $path) =~ s{/[^/]*$}{};
            make_path($dir);
            write_file($path, $parts{$name} // '');
        }
    }
    write_file("$root/conf/nginx.conf", $conf);
}

sub read_pid {
    open my $fh, '<', "$root/logs/nginx.pid" or return;
    my $line = <$fh>;
    return $line && $line =~ /^(\d+)/ ? $1 : undef;
}

# True when the server is up; else the output of nginx.
sub launch {
    my ($block, $conf) = @_;
    prepare($block, $conf);
    $log_pos = 0;
    my $out = `$binary -p $root/ -c conf/nginx.conf 2>&1`;
    return (0, $out) if $? != 0;
    for (1 .. 200) {
        if ($pid = read_pid()) {
            $running_conf = $conf;
            sleep $ENV{TEST_NGINX_SLEEP} || 0.05;
            return (1, $out);
        }
        sleep 0.02;
    }
    return (0, "no pid file\n$out");
}

sub stop {
    return unless $pid;
    kill 'QUIT', $pid;
    my $until = time + 10;
    while (kill 0, $pid) {
        if (time > $until) { kill 'KILL', $pid; last }
        sleep 0.02;
        waitpid $pid, WNOHANG;
    }
    undef $pid;
    undef $running_conf;
}

sub cleanup {
    stop();
    $_->() for @cleanups;
    @cleanups = ();
}

END { local $?; cleanup() }


# --- the client -----------------------------------------------------------

sub list { my ($v) = @_; return ref $v eq 'ARRAY' ? @$v : ($v) }

# A section's value for the i-th request; the last of a list stays.
sub nth {
    my ($value, $i) = @_;
    return $value unless ref $value eq 'ARRAY';
    return $value->[$i];
}

sub build_request {
    my ($text, $headers, $keepalive) = @_;
    $text = join '', list($text);
    $text =~ s/\A\s+//;
    my ($first, $body) = split /\r?\n/, $text, 2;
    $body //= '';
    $body =~ s/\A\s+|\s+\z//g;
    my ($method, $uri, $version) = split ' ', $first;
    $version ||= 'HTTP/1.1';
    $headers = join '', list($headers // '');
    $headers =~ s/\A\s+|\s+\z//g;
    $headers =~ s/\r?\n/\r\n/g;
    $headers .= "\r\n" if length $headers;
    my $request = "$method $uri $version\r\n";
    $request .= "Host: localhost\r\n" unless $headers =~ /^Host:/mi;
    unless ($headers =~ /^Connection:/mi) {
        $request .= 'Connection: ' . ($keepalive ? 'keep-alive' : 'close') . "\r\n";
    }
    $request .= $headers;
    if ((length $body || $method =~ /^(POST|PUT)$/)
        && $headers !~ /^(Content-Length|Transfer-Encoding):/mi)
    {
        $request .= 'Content-Length: ' . length($body) . "\r\n";
    }
    return "$request\r\n$body";
}

# All requests of a block: [[bytes, number of answers], ...]
sub requests {
    my ($block) = @_;
    my $headers = expand(value($block, 'more_headers'));
    if (defined(my $raw = expand(value($block, 'raw_request')))) {
        return map { [join('', list($_)), 1] } list($raw);
    }
    if (defined(my $pipelined = expand(value($block, 'pipelined_requests')))) {
        my @all = list($pipelined);
        my $bytes = join '', map {
            build_request($all[$_], nth($headers, $_), $_ < $#all)
        } 0 .. $#all;
        return [$bytes, scalar @all];
    }
    my $request = expand(value($block, 'request'));
    my @all = list($request);
    return map { [build_request($all[$_], nth($headers, $_), 0), 1] } 0 .. $#all;
}

# Sends, reads until the server closes, the answers are complete, or timeout.
sub talk {
    my ($bytes, $limit, $abort, $count) = @_;
    my $socket;
    for (1 .. 50) {
        $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                        PeerPort => $client_port);
        last if $socket;
        sleep 0.02;
    }
    return ('', "cannot connect: $!") unless $socket;
    local $SIG{PIPE} = 'IGNORE';
    $socket->blocking(0);
    my ($sent, $got, $until) = (0, '', time + $limit);
    my $select = IO::Select->new($socket);
    while (1) {
        my $left = $until - time;
        return ($got, 'timeout') if $left <= 0;
        if ($sent < length $bytes) {
            if (IO::Select->new($socket)->can_write($left)) {
                my $n = syswrite $socket, $bytes, 65536, $sent;
                return ($got, undef) if !defined $n && !$!{EAGAIN};
                $sent += $n if $n;
            }
            next unless $select->can_read(0);
        }
        next unless $select->can_read($left);
        my $n = sysread $socket, $got, 65536, length $got;
        next if !defined $n && $!{EAGAIN};
        last unless $n;
        last if $count > 1 && (split_answers($got, $count))[1] >= $count;
    }
    return ($got, undef);
}

# (list of answers, number of complete ones)
sub split_answers {
    my ($bytes, $count) = @_;
    my @answers;
    while (length $bytes) {
        last unless $bytes =~ /\A(HTTP\/\d\.\d (\d+)[^\r\n]*)\r\n(.*?)\r\n\r\n/s
             || $bytes =~ /\A(HTTP\/\d\.\d (\d+)[^\r\n]*)\r\n()\r\n/s;
        my ($status, $head, $end) = ($2, $3, $+[0]);
        if ($status == 100) { $bytes = substr $bytes, $end; next }
        my %headers;
        push @{ $headers{lc $1} }, $2 while $head =~ /^([^:\r\n]+):\s*([^\r\n]*)/mg;
        my $body = substr $bytes, $end;
        my $complete = 0;
        if (($headers{'transfer-encoding'}[0] // '') =~ /chunked/i) {
            my ($text, $rest) = ('', $body);
            while ($rest =~ /\A([0-9a-fA-F]+)[^\r\n]*\r\n/) {
                my ($size, $at) = (hex $1, $+[0]);
                if ($size == 0) { $complete = 1; $rest = substr $rest, $at + 2; last }
                $text .= substr $rest, $at, $size;
                last if length $rest < $at + $size + 2;
                $rest = substr $rest, $at + $size + 2;
            }
            ($body, $bytes) = ($text, $complete ? $rest // '' : '');
        }
        elsif (defined(my $len = $headers{'content-length'}[0])) {
            $complete = length $body >= $len;
            $bytes = $complete ? substr $body, $len : '';
            $body = substr $body, 0, $len;
        }
        else { $bytes = '' }
        push @answers, { status => $status, headers => \%headers,
                         body => $body, complete => $complete };
        last if @answers == $count;
    }
    return (\@answers, scalar grep { $_->{complete} } @answers);
}


# --- checks ---------------------------------------------------------------

sub check { Test::More::ok(shift, shift) }

sub check_answer {
    my ($block, $answer, $i, $name) = @_;
    my $code = expand(value($block, 'error_code'));
    my $like = value($block, 'error_code_like');
    my $status = $answer ? $answer->{status} : '';
    if (defined $like) {
        Test::More::like($status, qr/${\ nth($like, $i)}/sm, "$name - status code ok");
    }
    else {
        my $want = defined $code ? nth($code, $i) // 200 : 200;
        $want =~ s/\s+//g;
        Test::More::is($status, $want, "$name - status code ok");
    }
    check_headers($block, $answer, $i, $name);
    my $body = $answer ? $answer->{body} : '';
    if (defined(my $want = expand(value($block, 'response_body')))) {
        Test::More::is($body, nth($want, $i) // '', "$name - response_body - response is expected");
    }
    if (defined(my $want = expand(value($block, 'response_body_like')))) {
        my $re = nth($want, $i); $re = chomped_re($re);
        Test::More::like($body, $re, "$name - response_body_like - response is expected");
    }
    if (defined(my $want = expand(value($block, 'response_body_unlike')))) {
        my $re = nth($want, $i); $re = chomped_re($re);
        Test::More::unlike($body, $re, "$name - response_body_unlike - response is expected");
    }
}

sub chomped_re {
    my ($re) = @_;
    return $re if ref $re eq 'Regexp';
    $re //= '';
    $re =~ s/^\s*|\s*$//g;
    return qr/$re/sm;
}

sub check_headers {
    my ($block, $answer, $i, $name) = @_;
    for my $kind (qw(response_headers response_headers_like)) {
        my $section = expand(value($block, $kind));
        next unless defined $section;
        for my $line (split /\n/, nth($section, $i) // '') {
            next unless $line =~ /\S/;
            if ($line =~ /^\s*!\s*(\S+)/) {
                my $got = $answer ? $answer->{headers}{lc $1} : undef;
                check(!defined $got, "$name - header $1 absent");
                next;
            }
            my ($header, $want) = $line =~ /^\s*([^:]+?)\s*:\s*(.*?)\s*$/;
            my $got = join ', ', @{ ($answer && $answer->{headers}{lc $header}) || [] };
            if ($kind eq 'response_headers') {
                Test::More::is($got, $want, "$name - header $header ok");
            }
            else { Test::More::like($got, qr/^$want$/, "$name - header $header like") }
        }
    }
}

# What was written to the error log since the last look.
sub log_lines {
    open my $fh, '<', "$root/logs/error.log" or return [];
    seek $fh, $log_pos || 0, 0;
    my @lines = <$fh>;
    $log_pos = tell $fh;
    return \@lines;
}

sub patterns {
    my ($value) = @_;
    return @$value if ref $value eq 'ARRAY';
    return ($value) if ref $value eq 'Regexp';
    return grep { length } split /\n/, $value;
}

sub check_log {
    my ($block, $lines, $name) = @_;
    my $has = sub {
        my ($p) = @_;
        return ref $p eq 'Regexp' ? grep { /$p/ } @$lines
                                  : grep { index($_, $p) >= 0 } @$lines;
    };
    my %used;
    if (defined(my $want = expand(value($block, 'error_log')))) {
        for my $p (patterns($want)) {
            $used{$p} = 1;
            check(scalar $has->($p), "$name - pattern \"$p\" matches a line in error.log");
        }
    }
    if (defined(my $want = expand(value($block, 'no_error_log')))) {
        for my $p (patterns($want)) {
            $used{$p} = 1;
            check(!$has->($p), "$name - pattern \"$p\" should not match any line in error.log")
                or Test::More::diag(($has->($p))[0]);
        }
    }
    if (defined(my $re = value($block, 'grep_error_log'))) {
        $re = ref $re eq 'Regexp' ? $re : do { chomp(my $t = $re); qr/$t/ };
        my $got = join '', map { "$_\n" } map { /($re)/g } @$lines;
        my $want = expand(value($block, 'grep_error_log_out')) // '';
        if (ref $want eq 'Regexp') { Test::More::like($got, $want, "$name - grep_error_log_out") }
        else { Test::More::is($got, $want, "$name - grep_error_log_out") }
    }
    for my $level (qw([alert] [crit] [emerg])) {
        next if $used{$level};
        my @lines = $has->($level);
        Test::More::diag("WARNING: $name - $level in error.log: $lines[0]") if @lines;
    }
}

sub run_once {
    my ($block) = @_;
    my $limit = value($block, 'timeout') // $timeout;
    my $abort = $block->{sections}{abort};
    my $ignore = $block->{sections}{ignore_response};
    my $i = 0;
    for my $request (requests($block)) {
        my ($bytes, $count) = @$request;
        my ($got, $problem) = talk($bytes, $limit, $abort, $count);
        Test::More::diag("$block->{name}: client socket: $problem")
            if $problem && !$abort && !$ignore;
        my ($answers) = split_answers($got, $count);
        if (defined(my $wait = value($block, 'wait'))) { sleep $wait }
        unless ($ignore) {
            for my $k (0 .. $count - 1) {
                check_answer($block, $answers->[$k], $i + $k, $block->{name});
            }
        }
        check_log($block, log_lines(), $block->{name});
        $i += $count;
    }
}

sub run_block {
    my ($block) = @_;
    bless $block, 'Test::Nginx::Socket::Block';
    %rand_ports = ();
    $_->($block) for @preprocessors;
    my $conf = configuration($block);
    if (exists $block->{sections}{must_die}) {
        for (1 .. $repeat_each) {
            stop();
            my ($up, $out) = launch($block, $conf);
            check(!$up, "$block->{name} - nginx must not start");
            my @lines = map { "$_\n" } split /\n/, $out;
            check_log($block, [@lines, @{ log_lines() }], $block->{name});
        }
        return;
    }
    unless (defined $running_conf && $running_conf eq $conf
            && !$block->{sections}{user_files})
    {
        stop();
        my ($up, $out) = launch($block, $conf);
        bail_out("$block->{name}: nginx did not start: $out") unless $up;
    }
    run_once($block) for 1 .. $repeat_each;
}

sub run_tests {
    blocks();
    Test::More::plan('no_plan') if $no_plan;
    my @order = @$blocks;
    if ($shuffle) {
        for (my $i = $#order; $i > 0; $i--) {
            my $j = int rand $i + 1;
            @order[$i, $j] = @order[$j, $i];
        }
    }
    run_block($_) for @order;
    cleanup();
}

1;
