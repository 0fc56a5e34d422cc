# One slot: a process in its own control group that starts one sandbox at a time and measures it; one file,
# because all steps of a run share its state.
# Towards the executor: control records in (`LENGTH\n` and fields joined by NUL), lines out.
# Where it has a fork server (fork-client.pl), that one forks the sandbox inside the same control group.
use strict;
use warnings;
use POSIX qw(F_DUPFD WNOHANG);

# The last is the slot's own: the supervisor writes a byte to it once nothing of the run is left.
my @channels = qw(job out err result report over);
# Processor time after which a run counts as a long one.
my $long_run_us = 100_000;
my ($group, $user, $architecture, $run, %pipes, $control, $lines, $wake, $usage_before_fork_server);

sub emit { syswrite $lines, "$_[0]\n" }

sub serve_slot {
  my ($number, $slot_user, $base, $launcher, $arch) = @_;
  ($user, $architecture) = ($slot_user, $arch);
  $0 = "exectrail slot $number";
  $group = enter_group($base, $launcher, $number);
  spit('/proc/self/oom_score_adj', "-1000\n");    # root alone may; others' slots stand behind their sandboxes all the same
  pipe($control, my $control_writer) or die "pipe: $!";
  pipe(my $lines_reader, $lines) or die "pipe: $!";
  my $version = $group ? $group->{version} : 0;
  syswrite STDOUT, join(' ', 'slot', $number, $$, fileno $control, fileno $lines_reader, $version) . "\n";
  open(STDIN, '<', '/dev/null');
  open(STDOUT, '>', '/dev/null');
  pipe(my $wake_reader, $wake) or die "pipe: $!";
  $SIG{CHLD} = sub { syswrite $wake, '.' };
  prepare();
  my $buffer = '';
  while (1) {
    my $ready = '';
    vec($ready, fileno $control, 1) = 1;
    vec($ready, fileno $wake_reader, 1) = 1;
    vec($ready, fileno fork_server()->{socket}, 1) = 1 if fork_server();
    my $over = $run ? $run->{over} : undef;
    vec($ready, fileno $over, 1) = 1 if $over;
    # A child that dies just before `select` does not interrupt it, hence a time-out while there is one.
    my $count = select($ready, undef, undef, $run ? ($run->{armed} ? 0.05 : 1) : undef);
    if ($count > 0 && vec $ready, fileno $wake_reader, 1) { sysread $wake_reader, my $dust, 4096 }
    take_over_mark() if $count > 0 && $over && vec $ready, fileno $over, 1;
    handle_fork_server_message() if $count > 0 && fork_server() && vec $ready, fileno fork_server()->{socket}, 1;
    reap_run();
    look() if $run && $group && $count == 0;    # what happens meanwhile is found at the end
    next unless $count > 0 && vec $ready, fileno $control, 1;
    last unless sysread $control, $buffer, 65536, length $buffer;
    if ($control_writer) { close $control_writer; close $lines_reader; $control_writer = undef }
    take($_) while defined($_ = next_record(\$buffer));
  }
  hard_kill() if $run;
  end_fork_server();
  sweep();
}

sub next_record {
  my ($buffer) = @_;
  return undef unless $$buffer =~ /^(\d+)\n/ && length($$buffer) >= $+[0] + $1;
  my ($start, $length) = ($+[0], $1);
  my $record = substr $$buffer, $start, $length;
  substr($$buffer, 0, $start + $length) = '';
  return $record;
}

sub take {
  my ($verb, @fields) = split /\0/, $_[0], -1;
  if ($verb eq 'start') { start_run(@fields) }
  elsif ($verb eq 'watch') { watch_run(@fields) }
  elsif ($verb eq 'yield') { yield_cpu() if $run && $group }
  elsif ($verb eq 'fork-server') { replace_fork_server(@fields) }
  elsif ($verb eq 'kill') { hard_kill() if $run }
}

# Makes the pipes of the next run; the executor opens its ends through /proc before it starts one.
sub prepare {
  %pipes = ();
  for my $name (@channels) {
    pipe(my $reader, my $writer) or die "pipe: $!";
    $pipes{$name} = $name eq 'job' ? [$reader, $writer] : [$writer, $reader];
  }
  emit(join ' ', 'pipes', map { fileno $pipes{$_}[1] } @channels[0 .. 4]);
}

# Limits of the whole tree, then words for the fork server, then the command that does the same from nothing.
sub start_run {
  my ($memory, $pids, $seccomp, $word_count, @command) = @_;
  my @words = splice @command, 0, $word_count;
  my $forks = @words && fork_server_ready();
  $run = { pid => 0, forked => '', before => $group ? read_group_start($group) : undef, cpu_limit => 0, reported => 0, broke => '', over => $pipes{over}[1] };
  $run->{cold} = sub { start_cold($seccomp, @command) };
  my $held = $group && renew_group_limits($group, $memory, count_pids($pids, $forks));
  set_group_limits($group, 0, 0) if $group && !$held;
  if ($forks && send_run(run_ends(), @words)) { ($run->{forked}, $run->{share}) = ('asked', fork_server()->{share}) }
  else { $run->{cold}->() }
  set_limits($memory, count_pids($pids, $run->{forked} ne '')) if $run && $group && !$held;
}

# The kernel counts this slot, bubblewrap and the supervisor as well, and the fork server.
sub count_pids { return $_[0] && $_[0] + ($_[1] ? 4 : 3) }

sub run_ends { return [map { fileno $pipes{$_}[0] } @channels] }

sub start_cold {
  my ($seccomp, @command) = @_;
  $run->{forked} = '';
  my $pid = fork;
  unless (defined $pid) {
    syswrite $pipes{err}[0], "cannot fork: $!\n";
    return end_run(125 << 8);
  }
  become($seccomp, @command) if $pid == 0;
  %pipes = ();
  $run->{pid} = $pid;
}

# The child: own session, own user, only fds 0 to 5 (and 9, the filter that bubblewrap loads).
sub become {
  my ($seccomp, @command) = @_;
  $SIG{$_} = 'DEFAULT' for qw(CHLD PIPE HUP INT);
  POSIX::setsid();
  my @high = map { fcntl($pipes{$_}[0], F_DUPFD, 20) + 0 } @channels;
  POSIX::dup2($high[$_], $_) for 0 .. $#high;
  POSIX::close($_) for @high;
  if ($seccomp ne '') {
    my $fd = POSIX::open($seccomp, 0);
    if ($fd != 9) { POSIX::dup2($fd, 9); POSIX::close($fd) }
  }
  drop_user();
  %ENV = ();
  chdir '/';
  { no warnings; exec { $command[0] } @command }
  syswrite STDERR, "cannot start $command[0]: $!\n";
  POSIX::_exit(127);
}

# Of a group that is out of memory the kernel takes what runs in the sandbox, and not the one that measures it.
sub offer_to_oom { spit('/proc/self/oom_score_adj', "500\n") }

sub drop_user {
  offer_to_oom();
  return unless defined $user;
  $) = "$user $user";
  $( = $user;
  ($<, $>) = ($user, $user);
  POSIX::_exit(126) if $< != $user || $> != $user;
}

# Only between two runs. The old one goes first, so that what it used is not counted twice.
sub replace_fork_server {
  my @command = @_;
  end_fork_server();
  clear_group() if $group;
  $usage_before_fork_server = $group ? read_group($group)->{usage} : 0;
  set_group_limits($group, 0, 0) if $group;
  start_fork_server($architecture, \&drop_user, @command) or emit("fork-server gone cannot fork: $!");
}

sub handle_fork_server_message {
  my $message = fork_server_message();
  if ($message eq 'ready') {
    mark_fork_server_ready($group ? (read_group($group)->{usage} - $usage_before_fork_server, others_in_group($group)) : 0);
    emit('fork-server ready');
  }
  elsif ($message eq 'forked') {
    $run->{forked} = 'yes' if $run;
    %pipes = ();
  }
  elsif ($message =~ /^done (\d+)/) { end_run($1) if $run }
  elsif ($message =~ /^gone ?(.*)/) { lose_fork_server($1) }
}

# A run it had not begun starts from nothing; one it had begun died with it.
sub lose_fork_server {
  my ($words) = @_;
  end_fork_server();
  emit("fork-server gone $words");
  return unless $run && $run->{forked} ne '';
  return end_run(9) if $run->{forked} eq 'yes';
  $run->{cold}->();
}

sub set_limits {
  my ($memory, $pids) = @_;
  return if set_group_limits($group, $memory, $pids);
  $run->{broke} = 'memory';
  emit('broke memory');
}

# A sandbox that only waits is not looked at.
sub watch_run {
  my ($cpu_us) = @_;
  return unless $run;
  ($run->{cpu_limit}, $run->{armed}) = ($cpu_us, 1);
}

# Evidence while it runs; the executor is notified and ends the run.
sub look {
  return if $run->{broke} || !$run->{armed};
  my $now = read_group($group);
  count_sockets($group, $now, others_of_run());
  my $before = $run->{before};
  my $taken = $now->{cpu} - $before->{cpu};
  yield_cpu() if !$run->{yields} && $taken > $long_run_us;
  report_taken($taken) if $taken - $run->{reported} > $long_run_us;
  my $broke =
      $now->{oom} > $before->{oom} ? 'memory'
    : $now->{pids} > $before->{pids} ? 'pids'
    : $run->{cpu_limit} && $taken > $run->{cpu_limit} ? 'cpu'
    : '';
  return if $broke eq '';
  $run->{broke} = $broke;
  emit("broke $broke");
}

# While it runs: the executor compares what organizations take.
sub report_taken {
  $run->{reported} = $_[0];
  emit("took $_[0]");
}

# A run that lasts gives way to those that begin, so that a few busy loops do not slow everyone's short programs.
sub yield_cpu {
  set_cpu_share($group, 'reduced');
  $run->{yields} = 1;
}

sub reap_run {
  while ((my $pid = waitpid -1, WNOHANG) > 0) {
    my $status = $?;
    lose_fork_server('it died') if fork_server() && $pid == fork_server()->{pid};
    end_run($status) if $run && $pid == $run->{pid};
  }
}

# All of the run but its supervisor is gone: its figures are final, and the executor need not wait for the rest.
sub take_over_mark {
  my $count = sysread $run->{over}, my $mark, 1;
  $run->{over} = undef;
  return unless $count;
  $run->{figures} = [figures()];
  emit("measured @{ $run->{figures} }");
}

# (peak memory, kills for lack of memory, refused processes, processor time in microseconds)
sub figures {
  return (0, 0, 0, 0) unless $group;
  my ($now, $before) = (read_group($group), $run->{before});
  my $peak = $now->{peak} - $before->{usage};
  # The interpreter, or what stands for bubblewrap, is shared with the fork server: part of this tree too.
  $peak += $run->{share} if $run->{forked} ne '';
  return ($peak, map { $now->{$_} - $before->{$_} } qw(oom pids cpu));
}

sub end_run {
  my ($status) = @_;
  clear_group() if $group;
  kill 'KILL', -$run->{pid} if $status != 0 && !$group && $run->{pid};    # its session outlives a supervisor that was killed
  sweep() if $status != 0 && !fork_server();
  my @figures = @{ $run->{figures} // [figures()] };
  set_cpu_share($group, 'normal') if $run->{yields};
  $run = undef;
  %pipes = ();
  emit("done $status @figures");
  prepare();
}

# Everyone of the run: in the group, but not of its fork server.
sub others_of_run {
  my $kept = fork_server() ? fork_server()->{kept} : {};
  return grep { !$kept->{$_} } others_in_group($group);
}

# No process of the run may be left in the group; its fork server stays.
sub clear_group {
  for (1 .. 500) {
    my @left = others_of_run() or return;
    kill 'KILL', @left;
    select undef, undef, undef, 0.001;
  }
}

sub hard_kill {
  kill 'KILL', -$run->{pid}, $run->{pid} if $run->{pid};
  return clear_group() if $group;
  lose_fork_server('a run had to be killed with it') if $run->{forked} eq 'yes';
}

# The last resort, by user: whoever escaped session and group still has the slot's uid.
sub sweep {
  return unless defined $user;
  my $pid = fork;
  return unless defined $pid;
  if ($pid == 0) {
    $) = "$user $user";
    $( = $user;
    ($<, $>) = ($user, $user);
    kill 'KILL', -1 if $< == $user && $> == $user;
    POSIX::_exit(0);
  }
  waitpid $pid, 0;
}

1;
