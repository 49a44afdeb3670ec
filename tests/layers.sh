#!/bin/sh
# Checks who includes whom, which file is the door to which library, and what the engine may not call. TAP.
# SPDX-License-Identifier: GPL-3.0-or-later
cd "$(dirname "$0")/.." || exit 1
exec perl - <<'PERL'
use strict;
use warnings;

# A room may look into the rooms on its left (and itself).
my %may_see = (
    base  => [qw(base)],
    mail  => [qw(base mail)],
    net   => [qw(base mail net)],
    store => [qw(base mail store)],
    flow  => [qw(base mail net store flow)],
    cmd   => [qw(base mail net store flow cmd)],
    ui    => [qw(base mail net store flow ui)],
    main  => [qw(base mail net store flow cmd ui)],
);

# Header => files that may include it: the doors. First match counts.
my @doors = (
    [qr{^(n?curses|term|panel|menu|form)\.h$},    qr{^ui/term(info)?\.c$}],
    [qr{^libetpan/},                              qr{^src/net/(stream|imap)\w*\.[ch]$}],
    [qr{^openssl/},                               qr{^src/(net/(tls|cert|stream)\.[ch]|mail/digest\.c)$}],
    [qr{^gmime/},                                 qr{^src/mail/(parse|part|headers)\w*\.[ch]$}],
    [qr{^gpgme\.h$},                              qr{^src/store/pgp(\.c|_wait\.[ch])$}],
    [qr{^notmuch\.h$},                            qr{^src/store/(index|search)\.c$}],
    [qr{^sqlite3\.h$},                            qr{^src/store/(db|catalog)\w*\.[ch]$}],
    [qr{^gumbo\.h$},                              qr{^src/mail/html\w*\.[ch]$}],
    [qr{^libxml/},                                qr{^src/store/autoconfig\.c$}],
    [qr{^(libpsl|idn2)\.h$},                      qr{^src/mail/host\.c$}],
    [qr{^(uni(lbrk|gbrk|width|wbrk|case|norm|ctype|name|str|types|conv)\.h|unistr\.h)$},
                                                  qr{^src/(mail/wrap|base/text)\.c$}],
    [qr{^(glib|gio|gmodule|gobject)[/.-]},        qr{.}],
    [qr{^(sys|netinet|arpa|linux|net|bits)/},     qr{.}],
    [qr{^(assert|complex|ctype|dirent|dlfcn|endian|errno|fcntl|fenv|float|fnmatch|ftw|getopt|glob|iconv|inttypes|
        langinfo|libintl|limits|locale|math|netdb|poll|pthread|pty|pwd|grp|regex|sched|semaphore|setjmp|signal|
        spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|syslog|termios|time|
        uchar|unistd|utmp|wchar|wctype)\.h$}x,    qr{.}],
);

my $engine = qr{^src/(base|mail|net|store|flow)/};

sub room_of {
    my ($file) = @_;
    return 'main' if $file eq 'src/main.c';
    return 'ui' if $file =~ m{^ui/};
    return $file =~ m{^src/(\w+)/} ? $1 : '';
}

# Each rule: what it promises, and a function (file, line of code) that returns a complaint or nothing.
my @rules = (
    ['rooms look only to their left', sub {
        my ($file, $line) = @_;
        my ($header) = $line =~ m{^\s*#\s*include\s*"([^"]*)"} or return;
        my $room = room_of($file);
        return "unknown room" unless $may_see{$room};
        my ($seen) = $header =~ m{^(\w+)/[\w/.]+$} or return "write \"room/file.h\"";
        return if grep { $_ eq $seen } @{$may_see{$room}};
        return "$room may not see $seen";
    }],
    ['inner headers stay in their room', sub {
        my ($file, $line) = @_;
        my ($seen) = $line =~ m{^\s*#\s*include\s*"(\w+)/\w+_inner\.h"} or return;
        return $seen eq room_of($file) ? () : "this header is for $seen alone";
    }],
    ['each library has its door', sub {
        my ($file, $line) = @_;
        my ($header) = $line =~ m{^\s*#\s*include\s*<([^>]*)>} or return;
        for my $door (@doors) {
            next unless $header =~ $door->[0];
            return $file =~ $door->[1] ? () : "not a door for <$header>";
        }
        return "<$header> has no door in tests/layers.sh";
    }],
    ['only paths and main read the environment', sub {
        my ($file, $line) = @_;
        return if $file =~ m{^src/(base/paths|main)\.c$};
        return $line =~ m{\b((g_|secure_)?getenv|(g_)?setenv|(g_)?unsetenv|putenv|g_get_environ|environ)\b} ? "$1" : ();
    }],
    ['children come from GSubprocess or posix_spawn', sub {
        my ($file, $line) = @_;
        return $line =~ m{\b(v?fork|forkpty|system|popen|f?exec[lv]p?e?|clone|g_spawn_\w+)\s*\(} ? "$1" : ();
    }],
    ['the engine does not print', sub {
        my ($file, $line) = @_;
        return unless $file =~ $engine;
        return $line =~ m{\b(stdout|stderr|v?printf\s*\(|puts\s*\(|putchar\s*\(|perror\s*\(|
                             g_(print|printerr|message|warning|info|debug)\s*\()}x ? "$1" : ();
    }],
);

# What each rule must catch, so that a rule that catches nothing is noticed.
my @samples = (
    [0, 'src/base/err.c',   '#include "mail/model.h"'],
    [0, 'src/net/imap.c',   '#include "store/catalog.h"'],
    [0, 'src/store/pgp.h',  '#include "net/stream.h"'],
    [0, 'src/flow/sync.c',  '#include "ui/term.h"'],
    [0, 'src/cmd/show.c',   '#include "ui/app.h"'],
    [0, 'ui/app.c',         '#include "cmd/out.h"'],
    [0, 'src/mail/page.c',  '#include "../store/catalog.h"'],
    [0, 'src/mail/page.c',  '#include "page.h"'],
    [1, 'src/mail/page.c',  '#include "base/job_inner.h"'],
    [2, 'ui/canvas.c',      '#include <curses.h>'],
    [2, 'src/flow/sync.c',  '#include <libetpan/libetpan.h>'],
    [2, 'src/store/read.c', '# include <gmime/gmime.h>'],
    [2, 'src/flow/read.c',  '#include <notmuch.h>'],
    [2, 'src/flow/read.c',  '#include <libxml/parser.h>'],
    [2, 'src/mail/page.c',  '#include <newlibrary.h>'],
    [3, 'src/net/imap.c',   'const char *proxy = g_getenv("PROXY");'],
    [4, 'src/store/pgp.c',  'pid_t child = fork ();'],
    [4, 'ui/app.c',         'execvp(argv[0], argv);'],
    [5, 'src/net/imap.c',   'fprintf(stderr, "x");'],
    [5, 'src/mail/page.c',  'printf("x");'],
);

# Comments and the insides of strings are blanked; lines stay where they are, and includes keep their names.
sub code_of {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    local $/;
    my $text = <$in>;
    my $blank = sub { my ($part) = @_; $part =~ s/[^\n]//g; return " $part" };
    $text =~ s{("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|/\*.*?\*/|//[^\n]*}{
        defined $1 ? $1 : $blank->($&)}gse;
    my @lines = split /\n/, $text, -1;
    for (@lines) {
        s/"(?:[^"\\]|\\.)*"/""/g unless /^\s*#\s*include/;
    }
    return @lines;
}

my @found;
my @files = sort grep { -f } glob('src/*.[ch] src/*/*.[ch] ui/*.[ch]');
for my $file (@files) {
    my $number = 0;
    for my $line (code_of($file)) {
        $number++;
        for my $rule (0 .. $#rules) {
            my $complaint = $rules[$rule][1]->($file, $line);
            push @{$found[$rule]}, "$file:$number: $complaint: $line" if defined $complaint;
        }
    }
}

my $failed = 0;
my $test = 0;
sub result {
    my ($good, $what, @details) = @_;
    $test++;
    print $good ? "ok" : "not ok", " $test - $what\n";
    print "# $_\n" for @details;
    $failed = 1 unless $good;
}

print "1..", scalar(@rules) + 2, "\n";
result(@files > 0, 'there are files to look at');
result(!$found[$_], $rules[$_][0], @{$found[$_] || []}) for 0 .. $#rules;
my @missed = grep { !defined $rules[$_->[0]][1]->($_->[1], $_->[2]) } @samples;
result(!@missed, 'every rule catches its samples', map { "$_->[1]: $_->[2]" } @missed);
exit $failed;
PERL
