#!/usr/bin/env bash
# The style that a program can guard: which room may include which, who may
# call what, and how long lines, functions and files may grow; and that what
# the code's tables offer is described.  Prints TAP.
cd "$(dirname "$0")/.." && exec perl -x "$0" "$@"
#!perl
use strict;
use warnings;

my %may = (
    base    => [qw(base)],
    expr    => [qw(base expr)],
    flow    => [qw(base expr flow)],
    engine  => [qw(base expr flow engine)],
    store   => [qw(base store)],
    wire    => [qw(base wire)],
    shard   => [qw(base flow engine shard)],
    actions => [qw(base flow engine shard wire actions)],
    nginx   => [qw(base expr flow engine store wire shard actions nginx)],
);
my %may_file = (
    wire    => { 'engine/event.h' => 1 },
    shard   => { 'store/store.h' => 1 },
    actions => { 'store/store.h' => 1 },
    engine  => { 'flow/states.def' => 1 },
);

# Outside headers: where alone they may stand.
my @outside = (
    [qr{cjson/},           qr{^src/base/json\.c$}],
    [qr{yaml\.h},          qr{^src/base/yaml[a-z_]*\.c$}],
    [qr{openssl/},         qr{^src/base/digest\.c$|^src/nginx/}],
    [qr{pcre2},            qr{^src/expr/regex\.c$}],
    [qr{sqlite3},          qr{^src/store/store_sqlite[a-z_]*\.[ch]$}],
    [qr{zlib},             qr{^src/base/digest\.c$}],
    [qr{pthread},          qr{^src/nginx/}],
    [qr{ngx_},             qr{^src/nginx/}],
);

# Calls: where alone they may stand; the deterministic rooms have no clock.
my $pure = qr{^src/(expr|flow|engine)/};
my @banned = (
    [qr{\b(?:malloc|calloc|realloc|free)\s*\(}, qr{^src/base/arena\.c$|^src/nginx/}],
    [qr{\b(?:strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca)\s*\(}, undef],
    [qr{\b(?:atoi|atol|atof)\s*\(}, undef],
    [qr{\b(?:rand|srand|random|srandom|drand48)\s*\(}, undef],
    [qr{\b(?:localtime|gmtime|mktime|strftime|setlocale)\s*\(}, undef],
    [qr{\bsleep\s*\(}, undef],
    [qr{\bsystem\s*\(|\bpopen\s*\(}, undef],
);
my @banned_pure = (
    qr{\b(?:time|clock_gettime|gettimeofday|getenv)\s*\(},
    qr{"[^"]*%[-+ #0-9.*]*[eEfgG]},
);

my (%failed, @order);
sub group { my $g = shift; push @order, $g unless $failed{$g}; $failed{$g} ||= [] }
sub fail { my ($g, $where, $what) = @_; push @{ $failed{$g} }, "$where: $what" }
group($_) for qw(includes calls lines functions files docs);

my @files = (glob('*.c'), glob('src/*/*.c src/*/*.h src/*/*.def'));
for my $file (@files) {
    my ($room) = $file =~ m{^src/([^/]+)/};
    $room ||= 'nginx';
    open my $fh, '<', $file or die "$file: $!";
    my @lines = <$fh>;
    chomp @lines;
    includes($file, $room, \@lines);
    calls($file, \@lines);
    functions($file, \@lines) if $file =~ /\.c$/;
    for my $i (0 .. $#lines) {
        my $line = $lines[$i];
        utf8::decode($line);
        fail('lines', "$file:" . ($i + 1), 'longer than 80 columns')
            if length $line > 80 && $file !~ /\.def$/;
        fail('lines', "$file:" . ($i + 1), 'tab') if $line =~ /\t/;
        fail('lines', "$file:" . ($i + 1), 'trailing blank') if $line =~ /\s$/;
    }
    my $max = $file =~ /\.h$/ ? 150 : 800;
    $max = 300 if $file eq 'ngx_http_cloudflow_module.c';
    fail('files', $file, scalar(@lines) . " lines, more than $max") if @lines > $max;
    fail('files', $file, 'no opening comment')
        unless grep { m{^/\*} } @lines[0 .. ($#lines < 3 ? $#lines : 3)];
    fail('files', $file, 'a name that says nothing')
        if $file =~ m{/[a-z_]*(?:common|misc|helpers|utils?|part2)\.[ch]$};
}

sub includes {
    my ($file, $room, $lines) = @_;
    for my $i (0 .. $#$lines) {
        my $at = "$file:" . ($i + 1);
        if ($lines->[$i] =~ /^\s*#\s*include\s+"([^"]+)"/) {
            my $name = $1;
            my ($to) = $name =~ m{^([a-z]+)/};
            if (!$to) { fail('includes', $at, "\"$name\" names no room") }
            elsif (!(grep { $_ eq $to } @{ $may{$room} })
                   && !$may_file{$room}{$name})
            {
                fail('includes', $at, "$room may not include $name");
            }
        }
        elsif ($lines->[$i] =~ /^\s*#\s*include\s+<([^>]+)>/) {
            my $name = $1;
            for my $rule (@outside) {
                next unless $name =~ $rule->[0];
                fail('includes', $at, "<$name> may not be included here")
                    unless $file =~ $rule->[1] || $room eq 'nginx';
            }
        }
    }
}

sub calls {
    my ($file, $lines) = @_;
    my $text = join "\n", @$lines;
    $text =~ s{(/\*.*?\*/)}{(my $c = $1) =~ s/[^\n]//g; $c}gse;
    my @code = split /\n/, $text, -1;
    for my $i (0 .. $#code) {
        my $at = "$file:" . ($i + 1);
        (my $bare = $code[$i]) =~ s/"(?:[^"\\]|\\.)*"/""/g;
        for my $rule (@banned) {
            next if $rule->[1] && $file =~ $rule->[1];
            fail('calls', $at, "banned: $1") if $bare =~ /(?<![\w>.])($rule->[0])/;
        }
        fail('calls', $at, 'C++ comment') if $bare =~ m{(?<!:)//};
        next unless $file =~ $pure;
        for my $re (@banned_pure) {
            fail('calls', $at, "not in a deterministic room: $1")
                if $code[$i] =~ /(?<![\w>.])($re)/;
        }
    }
}

# A function begins with '{' in the first column.
sub functions {
    my ($file, $lines) = @_;
    my ($start, $name);
    for my $i (0 .. $#$lines) {
        if ($lines->[$i] eq '{') {
            $start = $i;
            for (my $j = $i - 1; $j >= 0; $j--) {
                if ($lines->[$j] =~ /^(\w+)\(/) { $name = $1; last }
            }
        }
        elsif ($lines->[$i] eq '}' && defined $start) {
            my $n = $i - $start + 1;
            fail('functions', "$file:" . ($start + 1),
                 ($name || '?') . " has $n lines, more than 70") if $n > 70;
            undef $start;
        }
    }
}

# What a user can meet is described: each row of the code's tables stands in
# README or docs, and what is said of numbers is so.
sub slurp { my $name = shift; open my $fh, '<', $name or die "$name: $!"; local $/; return scalar <$fh> }

sub docs {
    my $readme = slurp('README.md');
    my $text = join "\n", $readme, map { slurp($_) } glob('docs/*.md');
    my $example = slurp('nginx.conf.example');
    my $lacks = sub { my ($what, $name) = @_; fail('docs', $name, "$what that README and docs say nothing of") };
    my %rows = (directive => [], variable => [], counter => [], 'name of an error' => [], option => []);

    push @{ $rows{directive} }, slurp('ngx_http_cloudflow_module.c') =~ /\{ ngx_string\("(\w+)"\)/g;
    for my $name (@{ $rows{directive} }) {
        $lacks->('directive', $name) unless $readme =~ /^\| `$name\b[^|]*(?:\\\|[^|]*)*\|.*\|.*\|.*\|$/m;
        fail('docs', $name, 'is not in nginx.conf.example') unless $example =~ /^\s*$name[\s;]/m;
    }
    while ($example =~ /^\s*(?:# )?(cloudflow_\w+)\s/gm) {
        my $name = $1;
        fail('docs', $name, 'in nginx.conf.example, but no directive') unless grep { $_ eq $name } @{ $rows{directive} };
    }

    for my $file (glob 'src/nginx/*.c') {
        my $code = slurp($file);
        push @{ $rows{variable} }, $code =~ /\{ ngx_string\("(cloudflow_\w+)"\), \w+_get\b/g;
        push @{ $rows{option} }, $code =~ /"([a-z]+=)"/g;
    }
    push @{ $rows{variable} }, slurp('src/nginx/fields.def') =~ /^FIELD\(.*"(\w+)"/gm;
    push @{ $rows{counter} }, map { "cloudflow_$_" } slurp('src/nginx/metrics.def') =~ /^METRIC\([^"]*"(\w+)"/gm;
    push @{ $rows{'name of an error'} }, slurp($_) =~ /"((?:FnF|FC)\.\w+)"/g for glob 'src/*/*.c';
    for my $name (@{ $rows{variable} }) { $lacks->('variable', "\$$name") unless $text =~ /^\| `\$$name` \|/m }
    for my $name (@{ $rows{counter} }) { $lacks->('counter', $name) unless $text =~ /^\| `$name` \|/m }
    for my $name (@{ $rows{option} }) { $lacks->('option', $name) unless $readme =~ /(?<![a-z_])$name/ }
    for my $name (@{ $rows{'name of an error'} }) { $lacks->('error', $name) unless $text =~ /`\Q$name\E`/ }

    my %seen = (action => docs_actions($text, $lacks), error => docs_errors($text, $lacks), limit => docs_limits($text, $lacks));
    $seen{$_} = @{ $rows{$_} } for keys %rows;
    for my $what (sort keys %seen) { fail('docs', $what, 'no row was found: is the check still right?') if $seen{$what} < 4 }
}

# Parameters in their order, "*" where one is required.
sub docs_actions {
    my ($text, $lacks) = @_;
    my $shapes = slurp('src/wire/rpc_shapes.c');
    my %fields;
    while ($shapes =~ /wf_field_t  (\w+)\[\] = \{(.*?)\n\};/gs) {
        my ($name, $rows) = ($1, $2);
        my @all;
        push @all, "`$1`" . ($2 =~ /REQUIRED/ ? '\\*' : '') while $rows =~ /\{ FIELD\("(\w+)"(.*?)\}/gs;
        $fields{$name} = join ' ', @all;
    }
    my %shape = $shapes =~ /SHAPE\("(\w+)", (\w+)\)/g;
    my @actions = slurp('src/actions/actions.def') =~ /^ACTION\(\w+,\s*(\w+),/gm;
    for my $name (@actions) {
        if ($text !~ /^\| $name \| ([^|]*?) \| [^|]+ \|$/m) { $lacks->('action', $name) }
        elsif ($1 ne $fields{ $shape{$name} }) { fail('docs', $name, "has the parameters $fields{ $shape{$name} }") }
    }
    return scalar @actions;
}

sub docs_errors {
    my ($text, $lacks) = @_;
    my $n = 0;
    my $def = slurp('src/base/errors.def');
    while ($def =~ /^ERROR\(\w+,\s*(\d+),\s*(\w+),\s*(\d+),\s*"(\w+)"/gm) {
        my ($no, $again, $status, $code) = ($1, $2 eq 'true' ? 'yes' : 'no', $3, $4);
        next if $no >= 60;   # other services' alone
        $n++;
        $lacks->('error', $code) unless $text =~ /^\| `$code` \| $status \| $again \| [^|]+ \|$/m;
    }
    # Of SWF: in sections of its own.
    my ($swf) = $text =~ /^## Operations of SWF\n(.*?)^## Errors of executions$/ms;
    for my $name (slurp('src/wire/aws_swf_operations.def') =~ /^OPERATION\((\w+),/gm) {
        $lacks->('operation of SWF', $name) unless $swf =~ /^\| $name \| [^|]+ \|$/m;
    }
    my $faults = slurp('src/wire/aws_swf_errors.def');
    while ($faults =~ /^ERROR_AWS\(\w+,\s*(\d+),\s*"[\w.]+#(\w+)"/gm) {
        $n++;
        $lacks->('error of SWF', $2) unless $swf =~ /^\| `$2` \| $1 \| [^|]+ \|$/m;
    }
    my $aws = slurp('src/wire/aws_errors.def');
    while ($aws =~ /^ERROR_AWS\(\w+,\s*(\d+),\s*"(\w+)"/gm) {
        $n++;
        $lacks->('error', $2) unless $text =~ /^\| `$2` \| $1 \| [^|]+ \|$/m;
    }
    return $n;
}

# A number with its unit is that of the constant; no other limit is named.
sub docs_limits {
    my ($text, $lacks) = @_;
    my $header = join '', map { slurp($_) } glob('src/base/limits*.h');
    my %value = (INT32_MAX => 2147483647);
    while ($header =~ /^#define (WF_\w+)[ \t]+([^\n]+?)[ \t]*(?:\/\*|\n)/gm) {
        my ($name, $sum) = ($1, $2);
        $sum =~ s/\b(\d+)u?ll\b/$1/g;
        $sum =~ s/\b([A-Z]\w+)\b/$value{$1} \/\/ die "$name: $1 is not known"/ge;
        die "$name: $sum" if $sum !~ /^[\d\s*+().]+$/;
        $value{$name} = eval $sum;
    }
    delete $value{INT32_MAX};
    my %unit = ('' => 1, KiB => 1024, MiB => 1024 ** 2, s => 1, days => 86400);
    my %said;
    while ($text =~ /^\| [^|]+ \| ([\d,]+)(?: (\w+))? \| [^|]*\| `(WF_\w+)` \|$/gm) {
        my ($number, $unit, $name) = ($1, $2 // '', $3);
        $number =~ s/,//g;
        my $is = $number * ($unit{$unit} // die "$name: $unit is no unit");
        $is *= 1000 if $name =~ /_MS(?:_|$)/;
        $said{$name} = 1;
        if (!defined $value{$name}) { fail('docs', $name, 'is no limit') }
        elsif ($is != $value{$name}) { fail('docs', $name, "is $value{$name}, docs say $is") }
    }
    for my $name (sort keys %value) { $lacks->('limit', $name) unless $said{$name} }
    return scalar keys %value;
}

docs();

print '1..', scalar @order, "\n";
my ($no, $bad) = (0, 0);
for my $g (@order) {
    $no++;
    my @found = @{ $failed{$g} };
    $bad ||= @found;
    print "# $_\n" for @found;
    print @found ? 'not ok' : 'ok', " $no - tidy: $g\n";
}
exit($bad ? 1 : 0);
__END__
