#!/usr/bin/perl
# Between the supervisor and wasmedge, whose guests see preopened directories only: two named pipes carry the
# job of fd 5 in, led by its length, and the guest's frames out to fd 3; the end is the end of wasmedge. The
# guest is started at once and waits for its job, so that it can be started ahead.
# The working directory is the guest's root; the directories beside it are its /out, /tmp and channel.
# No modules: loading POSIX alone would double the start-up.
use strict;
use warnings;

my $arm = $ARGV[0] eq 'arm64';
shift @ARGV;
my $linux = $^O eq 'linux';
my ($mknodat, $prlimit) = $arm ? (33, 261) : (259, 302);
my $directory = '../channel';
my $eintr = 4;    # the guest's end arrives as a signal, at any moment
my ($at_fdcwd, $s_ififo, $f_setfd, $fd_cloexec) = (-100, 010000, 2, 1);
my ($o_rdwr, $o_nonblock) = (2, $linux ? 04000 : 4);
my %resource = (cpu => 0, fsize => 1, data => 2, core => 4, nofile => 7);

mkdir $_, 0700 for $directory, '../tmp';
open(my $given, '<&=', 5) or die "job: $!";
open(my $report, '>&=', 3) or die "report: $!";
fcntl($_, $f_setfd, $fd_cloexec) for $given, $report;
my $result = open_pipe('result');
my $job = open_pipe('job');
pipe(my $wake_reader, my $wake_writer) or die "pipe: $!";
$SIG{CHLD} = sub { syswrite $wake_writer, '.' };
$SIG{PIPE} = 'IGNORE';

my $pid = fork;
die "cannot fork: $!" unless defined $pid;
if ($pid == 0) {
  $SIG{$_} = 'DEFAULT' for qw(CHLD PIPE);
  exec { $ARGV[0] } @ARGV or die "cannot start $ARGV[0]: $!";
}

# Open in both directions: neither side ever sees an end, nor waits for the other to come.
sub open_pipe {
  my ($name) = @_;
  my $path = "$directory/$name";
  my $failed = $linux ? syscall($mknodat, $at_fdcwd, $path, $s_ififo | 0600, 0) : system('mkfifo', $path);
  die "cannot make a pipe: $!" if $failed != 0;
  sysopen(my $pipe, $path, $o_rdwr | $o_nonblock) or die "cannot open a pipe: $!";
  fcntl($pipe, $f_setfd, $fd_cloexec);
  return $pipe;
}

# Limits come to this process while it waits; the guest is to have them before its job.
sub hand_on_limits {
  return unless $linux;
  for my $resource (values %resource) {
    my $pair = "\0" x 16;
    syscall($prlimit, $pid, $resource, $pair, 0) if syscall($prlimit, 0, $resource, 0, $pair) == 0;
  }
}

sub carry {
  while (my $count = sysread $result, my $part, 65536) {
    my $offset = 0;
    while ($offset < $count) {
      my $written = syswrite $report, $part, $count - $offset, $offset;
      return unless defined $written || $! == $eintr;
      $offset += $written // 0;
    }
  }
}

my ($buffer, $whole) = ('', 0);

sub take_job {
  my $count = sysread $given, $buffer, 1_048_576, length $buffer;
  return if $count || !defined $count && $! == $eintr;
  $whole = 1;
  $buffer = length($buffer) . "\n$buffer";
  hand_on_limits();
}

sub give_job {
  my $count = syswrite $job, $buffer, 65536;
  substr($buffer, 0, $count) = '' if $count;
}

while (1) {
  my ($readable, $writable) = ('', '');
  vec($readable, fileno $result, 1) = 1;
  vec($readable, fileno $wake_reader, 1) = 1;
  vec($readable, fileno $given, 1) = 1 unless $whole;
  vec($writable, fileno $job, 1) = 1 if $whole && $buffer ne '';
  next if select($readable, $writable, undef, undef) < 0;
  carry() if vec $readable, fileno $result, 1;
  take_job() if !$whole && vec $readable, fileno $given, 1;
  give_job() if $whole && $buffer ne '' && vec $writable, fileno $job, 1;
  next unless vec $readable, fileno $wake_reader, 1;
  sysread $wake_reader, my $dust, 64;
  last if waitpid($pid, 1) == $pid;
}
my $status = $?;
carry();
# Dies as it died, so that the supervisor sees the signal itself.
if (my $signal = $status & 127) {
  $SIG{$_} = 'DEFAULT' for qw(CHLD PIPE);
  kill $signal, $$;
  sleep 1;
}
exit($status >> 8);
