# What the files t/*.t share: requests of the API, patterns for its answers,
# and the configuration of a block that names none.  Knows nothing of the
# runner but its block preprocessors.

use strict;
use warnings;

package main;

our $VERSION = '2019-03-15';

sub enc {
    my ($text) = @_;
    $text =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge;
    return $text;
}

# name => value, ... in the order given
sub form {
    my @parts;
    while (@_) {
        my ($name, $value) = splice @_, 0, 2;
        push @parts, enc($name) . '=' . enc($value);
    }
    return join '&', @parts;
}

# Everything in the form, as most clients do ...
sub call {
    my ($action, @fields) = @_;
    return "POST /\n" . form(Action => $action, Version => $main::VERSION, @fields);
}

# ... or in the query.
sub get {
    my ($action, @fields) = @_;
    return 'GET /?' . form(Action => $action, Version => $main::VERSION, @fields);
}

sub create {
    my ($name, $definition, @fields) = @_;
    my %given = @fields;
    return call('CreateFlow', Name => $name, Definition => $definition,
                (map { exists $given{$_->[0]} ? () : @$_ }
                     ['Description', 'd'], ['Type', 'FDL']), @fields);
}

sub start {
    my ($flow, $name, @fields) = @_;
    return call('StartExecution', FlowName => $flow, ExecutionName => $name, @fields);
}

sub execution {
    my ($action, $flow, $name, @fields) = @_;
    return call($action, FlowName => $flow, ExecutionName => $name, @fields);
}

sub poll { return execution('DescribeExecution', @_[0, 1], WaitTimeSeconds => 20) }

# Patterns: all of these stand in the answer ...
sub has {
    my $all = join '', map { ref $_ ? "(?=.*$_)" : '(?=.*' . quotemeta($_) . ')' } @_;
    return qr/\A$all/s;
}

# ... none of these ...
sub lacks {
    my $none = join '', map { '(?!.*' . quotemeta($_) . ')' } @_;
    return qr/\A$none/s;
}

# ... in this order ...
sub inorder {
    my $all = join '.*', map { ref $_ ? $_ : quotemeta $_ } @_;
    return qr/$all/s;
}

# ... or it is this error.
sub err {
    my ($code, $message) = @_;
    $message = ref $message ? $message : quotemeta $message;
    return qr/\A\{"RequestId":"[0-9a-zA-Z_-]+","HostId":"[^"]+","Code":"$code","Message":"$message"\}\z/s;
}

our $UUID = qr/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
our $TIME = qr/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;

# Flows.
our $PASS = <<'END';
Type: StateMachine
SpecVersion: v1
Name: f
StartAt: a
States:
  - Type: Pass
    Name: a
    End: true
END

our $LEGACY = <<'END';
version: v1
type: flow
steps:
  - type: pass
    name: pass1
  - type: pass
    name: pass2
END

sub waits {
    my ($seconds) = @_;
    return <<"END";
version: v1
type: flow
steps:
  - type: wait
    name: pause
    duration: $seconds
END
}

our $HTTP = <<'END';
    cloudflow_store  store shards=1;
    cloudflow_zone   z:8m;
END

our $LOCATION = <<'END';
        location / {
            cloudflow_api  cloudflow;
        }
END

sub defaults {
    my ($block) = @_;
    $block->set_value('http_config', $main::HTTP) unless defined $block->http_config;
    $block->set_value('config', $main::LOCATION) unless defined $block->config;
}

1;
