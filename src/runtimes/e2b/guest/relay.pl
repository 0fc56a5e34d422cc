#!/usr/bin/perl
# The one command of a run inside an E2B sandbox. Starts the supervisor and carries all it and the program say
# over the command's stdout, in frames `KIND LENGTH\n` and LENGTH characters. Bytes become characters of the
# same number, for the way home decodes UTF-8 and would spoil what is none. The provider drops what a command
# has written but that is unread when it exits, so this one stays until it hears that all has arrived.
# perl-base only, no modules, as the supervisor.
#
# usage: relay.pl DIRECTORY MAX_FILES MAX_BYTES COMMAND...   DIRECTORY holds `job` and the guest programs
# frames: b work directory · n the program begins · o, e output · r result channel · s supervisor's report ·
#         z microseconds to the end, microseconds to the last of the result, out-of-memory kills
# stdin:  `kill` ends the program, `done` this one
use strict;
use warnings;

my ($directory, $max_files, $max_bytes, @command) = @ARGV;
my $arm = `uname -m` =~ /^(?:aarch64|arm64)/;
my ($prctl, $dup3, $clock_gettime) = $arm ? (167, 24, 113) : (157, 292, 228);
my ($pr_set_dumpable, $clock_monotonic, $f_setfl, $o_wronly, $o_nonblock) = (4, 1, 4, 01, 04000);
my $result_max = 33_554_432 + 65_536;
my $linger_seconds = 60;
my ($name) = $directory =~ m{([^/]+)$};
my $work = ($ENV{HOME} || '/tmp') . "/$name";
my $out = '/out';

# Not dumpable: the program runs as the same user and must not open our stdout through /proc.
syscall($prctl, $pr_set_dumpable, 0, 0, 0, 0);
$SIG{PIPE} = 'IGNORE';
%ENV = (PATH => $ENV{PATH} || '/usr/local/bin:/usr/bin:/bin', HOME => $ENV{HOME} || '/tmp', LANG => 'C.UTF-8');

sub emit {
  my ($kind, $body) = @_;
  my $head = sprintf "%s %d\n", $kind, length $body;
  utf8::encode($body);
  my $frame = $head . $body;
  my $at = 0;
  while ($at < length $frame) {
    my $count = syswrite STDOUT, $frame, length($frame) - $at, $at;
    exit 1 unless $count;    # the reader is gone
    $at += $count;
  }
}

sub slurp {
  my ($path) = @_;
  open(my $file, '<', $path) or return '';
  binmode $file;
  local $/;
  return scalar(<$file>) // '';
}

sub remove {
  my ($path) = @_;
  if (-d $path && !-l $path) {
    empty($path);
    rmdir $path;
  }
  else { unlink $path }
}

sub empty {
  my ($path) = @_;
  opendir(my $handle, $path) or return;
  remove("$path/$_") for grep { $_ ne '.' && $_ ne '..' } readdir $handle;
}

sub now_us {
  my $time = "\0" x 16;
  syscall($clock_gettime, $clock_monotonic, $time);
  my ($seconds, $nanoseconds) = unpack 'q2', $time;
  return $seconds * 1_000_000 + int($nanoseconds / 1000);
}

sub oom_kills { slurp('/proc/vmstat') =~ /^oom_kill (\d+)/m ? $1 : 0 }

# The first line is the mark of the guest's frames; it and the job are gone before the program runs.
my ($mark, $job) = split /\n/, slurp("$directory/job"), 2;
unlink "$directory/job";
defined $job or die "the job did not arrive\n";
empty($out);
my $ooms = oom_kills();
my @held;    # so that no pipe gets descriptor 3 or 4
do { open(my $null, '<', '/dev/null') or die "open: $!\n"; push @held, $null } until fileno($held[-1]) > 4;
my %ends = map { pipe(my $reader, my $writer) or die "pipe: $!\n"; ($_ => [$reader, $writer]) }
  qw(job out err result report);
my $pid = fork // die "fork: $!\n";
start() if $pid == 0;

sub start {
  my %to = (job => 0, out => 1, err => 2, result => 3, report => 4);
  for my $pipe (keys %to) { syscall($dup3, fileno $ends{$pipe}[$pipe eq 'job' ? 0 : 1], $to{$pipe}, 0) }
  chdir '/';
  my @supervisor = ('perl', "$directory/supervisor.pl", 'subreaper', $arm ? 'arm64' : 'x64', "$work/work", $out);
  exec { $supervisor[0] } @supervisor, $max_files, $max_bytes, @command or syswrite STDERR, "perl: $!\n";
  exit 127;
}

close $ends{job}[0];
close $ends{$_}[1] for qw(out err result report);
my %pipe = (job => $ends{job}[1], map { $_ => $ends{$_}[0] } qw(out err result report));
fcntl($pipe{job}, $f_setfl, $o_wronly | $o_nonblock);
my ($running_at, $ended_at, $result_at, $result_bytes, $head, $control) = (undef, undef, 0, 0, '', '');
my %kind = (out => 'o', err => 'e', result => 'r', report => 's');
syswrite STDOUT, "\x1e$name\n";
emit('b', "$work/work");
carry() while !defined $ended_at;
drain();
waitpid $pid, 0;
$running_at //= $ended_at;
emit('z', join ' ', $ended_at - $running_at, $result_at - $running_at, oom_kills() - $ooms);
linger();
remove($directory);
remove($work);
exit 0;

# One look at everything that moves. Output is not taken before the program begins.
sub carry {
  my ($reading, $writing) = ('', '');
  my @wanted = ('result', 'report', defined $running_at ? ('out', 'err') : ());
  vec($reading, fileno $pipe{$_}, 1) = 1 for grep { $pipe{$_} } @wanted;
  vec($reading, 0, 1) = 1 if defined $control;
  vec($writing, fileno $pipe{job}, 1) = 1 if length $job;
  return if select($reading, $writing, undef, undef) < 0;
  push_job() if length $job && vec $writing, fileno $pipe{job}, 1;
  take_control() if defined $control && vec $reading, 0, 1;
  for my $from (grep { $pipe{$_} && vec $reading, fileno $pipe{$_}, 1 } @wanted) { take($from) }
}

sub push_job {
  my $count = syswrite $pipe{job}, $job, 65_536;
  if (!defined $count && $! != 11) { $job = '' }    # the supervisor is gone; its report says why
  else { substr($job, 0, $count // 0) = '' }
}

sub take_control {
  my $count = sysread STDIN, $control, 64, length $control;
  if (!$count) { $control = undef }
  elsif ($control =~ s/kill\n//) { $job .= "kill 0 \n"; push_job() }
}

sub take {
  my ($from) = @_;
  my $count = sysread $pipe{$from}, my $bytes, 32_768;
  if (!$count) {
    $ended_at = now_us() if $from eq 'report';
    delete $pipe{$from};
    return 0;
  }
  note_result($bytes) if $from eq 'result';
  emit($kind{$from}, $bytes) if $from ne 'result' || $result_bytes <= $result_max;
  return 1;
}

sub note_result {
  my ($bytes) = @_;
  $result_bytes += length $bytes;
  $result_at = now_us();
  if ($result_bytes > $result_max) { $job .= "kill 0 \n"; push_job() }
  return if defined $running_at;
  $head .= $bytes;
  return unless $head =~ /\n\Q$mark\E running \d+\n/;
  $running_at = $result_at;
  emit('n', '');
}

# What the dead left in the pipes. What outlived the supervisor holds them open and is not waited for.
sub drain {
  for my $from (grep { $pipe{$_} } qw(result out err)) {
    fcntl($pipe{$from}, $f_setfl, $o_nonblock);
    1 while $pipe{$from} && take($from);
  }
}

sub linger {
  $control //= '';
  while ($control !~ /done\n/) {
    my $reading = '';
    vec($reading, 0, 1) = 1;
    return unless select($reading, undef, undef, $linger_seconds);
    next if sysread STDIN, $control, 64, length $control;
    select(undef, undef, undef, $linger_seconds);    # without stdin it cannot be asked to stop
    return;
  }
}
