#!/usr/bin/perl
# Forks the sandboxes, so that the executor never has to: a fork costs in proportion to the memory of the
# process that forks, and this one is small. It speaks lines with the executor on fd 0 and 1 and forks one
# process per slot; a slot lives in its own control group (so a run is born inside it, no migration) under
# its own user id and serves one run after the other. When the executor goes, fd 0 ends and everything dies.
#
# usage: launcher.pl DIRECTORY UID_MODE ARCH CGROUPS     UID_MODE own|drop, CGROUPS auto|off
use strict;
use warnings;
use POSIX qw(WNOHANG);

my ($home, $uid_mode, $arch, $cgroups) = @ARGV;
require "$home/cgroup.pl";
require "$home/cgroup-figures.pl";
require "$home/sockets.pl";
require "$home/cpus.pl";
require "$home/fork-client.pl";
require "$home/slot.pl";
close_inherited();

my $uid_base = 0x20000000;
my $launcher = $$;
my $executor = getppid;
my %slots;

$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{$_} = 'IGNORE' for qw(HUP INT);
my ($prctl, $pr_set_child_subreaper) = ($arch eq 'arm64' ? 167 : 157, 36);
syscall($prctl, $pr_set_child_subreaper, 1, 0, 0, 0) if $^O eq 'linux';    # no zombie is left to others
my $base = $cgroups eq 'off' ? { version => 0 } : find_cgroup();
sweep_groups($base);
sweep_users() if $uid_mode eq 'drop';
my $cpus = quota_cpus();
list_cpus("$home/online-cpus", $cpus) if defined $cpus;
say_line("ready $$ $base->{version} " . ($cpus // 0));

pipe(my $wake_reader, my $wake_writer) or die "pipe: $!";
$SIG{CHLD} = sub { syswrite $wake_writer, '.' };
my $buffer = '';

# Descriptors that whoever started the executor left open are no business of a sandbox.
sub close_inherited {
  opendir(my $own, '/proc/self/fd') or return;
  my @open = grep { /^\d+$/ && $_ > 2 } readdir $own;
  closedir $own;
  POSIX::close($_) for @open;
}

sub say_line { syswrite STDOUT, "$_[0]\n" }

# Kills what launchers long gone left behind under slot users.
sub sweep_users {
  opendir(my $proc, '/proc') or return;
  for my $pid (grep { /^\d+$/ } readdir $proc) {
    # Not the directory's owner: that is root where a process cannot be dumped.
    my ($user) = (slurp("/proc/$pid/status") // '') =~ /^Uid:\s+(\d+)/m or next;
    next if $user < $uid_base;
    my $owner = ($user - $uid_base) >> 8;
    kill 'KILL', $pid if $owner == $$ || !kill(0, $owner);
  }
}

sub add_slot {
  my ($number) = @_;
  my $pid = fork;
  return say_line("gone $number cannot fork: $!") unless defined $pid;
  if ($pid) { $slots{$pid} = $number; return }
  $SIG{CHLD} = 'DEFAULT';
  close $wake_reader;
  close $wake_writer;
  keep_cpus($arch, $cpus, $launcher + $number) if defined $cpus;
  my $user = $uid_mode eq 'drop' ? $uid_base + ($launcher << 8) + $number : undef;
  serve_slot($number, $user, $base, $launcher, $arch);
  POSIX::_exit(0);
}

sub reap {
  while ((my $pid = waitpid -1, WNOHANG) > 0) {
    my $number = delete $slots{$pid};
    next unless defined $number;
    remove_group($base, $number) if $base->{version};
    say_line("gone $number ended with status $?");
  }
}

sub take_line {
  my ($line) = @_;
  my ($verb, $number) = split / /, $line;
  add_slot($number) if $verb eq 'slot' && $number =~ /^\d+$/;
}

while (1) {
  my $ready = '';
  vec($ready, 0, 1) = 1;
  vec($ready, fileno $wake_reader, 1) = 1;
  # A child that dies just before `select` does not interrupt it, hence the time-out.
  my $count = select($ready, undef, undef, %slots ? 1 : undef);
  next if $count < 0;
  sysread $wake_reader, my $dust, 4096 if $count > 0 && vec $ready, fileno $wake_reader, 1;
  reap();
  next unless $count > 0 && vec $ready, 0, 1;
  last unless sysread STDIN, $buffer, 65536, length $buffer;
  take_line($1) while $buffer =~ s/^([^\n]*)\n//;
}

# The slots see their own pipes end; what does not go within a second is killed.
for (1 .. 500) {
  reap();
  last unless %slots;
  kill 'KILL', keys %slots if $_ == 400;
  select undef, undef, undef, 0.002;
}
sweep_users() if $uid_mode eq 'drop';
remove_home() if getppid != $executor;    # killed, so it could not tidy up itself

sub remove_home {
  return unless $home =~ m{/exectrail-[^/]+$};
  for my $path (glob("$home/runs/*/*/* $home/runs/*/* $home/runs/* $home/*/* $home/*")) {
    -d $path && !-l $path ? rmdir $path : unlink $path;
  }
  rmdir $home;
}
