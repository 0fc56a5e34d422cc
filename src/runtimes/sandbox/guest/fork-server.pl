#!/usr/bin/perl
# Forks one sandbox for each run: bubblewrap has built the view once, read-only, and this process is pid 1
# in it; each child gets namespaces, /proc, /tmp and /dev/shm of its own, gives up all rights and becomes the
# supervisor of one run. Spares a run the start of bubblewrap and of perl. It never sees a job: what it is
# hears comes from the slot on fd 0, and the run's descriptors go to the child alone.
#
# usage: fork-server.pl HOME ARCH FILTER    FILTER is the file of the seccomp program, '' for none
my ($home, $arch, $filter_file) = @ARGV;
require "$home/supervisor.pl";

my %call =
  $arch eq 'arm64'
  ? (clone => 220, mount => 40, capset => 91, prctl => 167, recvmsg => 212, dup3 => 24, close => 57,
    close_range => 436, setsid => 157, fcntl => 25)
  : (clone => 56, mount => 165, capset => 126, prctl => 157, recvmsg => 47, dup3 => 292, close => 3,
    close_range => 436, setsid => 112, fcntl => 72);
my ($pr_set_pdeathsig, $pr_set_dumpable, $pr_set_seccomp, $pr_capbset_drop, $pr_set_no_new_privs, $pr_cap_ambient) =
  (1, 4, 22, 24, 38, 47);
my ($pr_cap_ambient_clear_all, $seccomp_mode_filter, $linux_capability_version_3) = (4, 2, 0x20080522);
my ($clone_newns, $clone_newipc, $clone_newpid, $clone_newnet) = (0x00020000, 0x08000000, 0x20000000, 0x40000000);
my ($sigkill, $sigchld, $f_dupfd) = (9, 17, 0);
my ($ms_nosuid, $ms_nodev, $ms_noexec, $ms_bind) = (2, 4, 8, 4096);
my ($af_inet, $sock_dgram, $siocsifflags, $iff_up, $iff_running) = (2, 2, 0x8914, 0x1, 0x40);
# User, host name and control group cannot be changed without rights, so those of the outer sandbox serve all.
my $namespaces = $clone_newns | $clone_newipc | $clone_newpid | $clone_newnet | $sigchld;
my $filter = $filter_file eq '' ? '' : read_file($filter_file);
my $empty = "$home/empty";
my @hidden = grep { -e } map { "/proc/$_" } split /\n/, read_file("$home/hidden");

sub read_file {
  my ($path) = @_;
  open(my $file, '<', $path) or die "cannot read $path: $!";
  binmode $file;
  local $/;
  return scalar <$file>;
}

sub mount_fresh {
  my ($type, $where, $flags, $options) = @_;
  syscall($call{mount}, $type, $where, $type, $flags, $options) == 0 or die "cannot mount $where: $!";
}

# By a bind mount of an empty file, which cannot be written.
sub hide {
  my ($path) = @_;
  syscall($call{mount}, $empty, $path, 0, $ms_bind, 0) == 0 or die "cannot hide $path: $!";
}

# No user namespace may be made below this one, should the filter ever let it through.
sub forbid_users {
  open(my $file, '>', '/proc/sys/user/max_user_namespaces') or die "cannot forbid user namespaces: $!";
  print $file "0\n";
  close $file or die "cannot forbid user namespaces: $!";
}

# Says something in one datagram.
sub say_words { syswrite STDERR, $_[0] }

sub address { return unpack 'Q', pack 'p', $_[0] }

# One request of the slot: its words, and the descriptors that came with it. Empty when the slot is gone.
sub receive {
  my ($data, $control) = ("\0" x 65536, "\0" x 64);
  my $vector = pack 'QQ', address($data), length $data;
  my $header = pack 'Q7', 0, 0, address($vector), 1, address($control), length $control, 0;
  my $count = syscall($call{recvmsg}, 0, $header, 0);
  return () if $count <= 0;
  my ($length, undef, undef, @fds) = unpack 'Q l l l*', $control;
  return ([@fds[0 .. ($length - 16) / 4 - 1]], split /\0/, substr($data, 0, $count), -1);
}

# The child: descriptors 0 to 5 and no other.
sub take_descriptors {
  my @high = map { syscall($call{fcntl}, $_, $f_dupfd, 20) } @_;
  syscall($call{dup3}, $high[$_], $_, 0) for 0 .. $#high;
  return if syscall($call{close_range}, $#high + 1, 0xffffffff, 0) == 0;
  syscall($call{close}, $_) for $#high + 1 .. 1023;
}

# The child's own file systems, and then no rights to change them.
sub enter_sandbox {
  my ($disk) = @_;
  syscall($call{prctl}, $pr_set_pdeathsig, $sigkill, 0, 0, 0);    # dies with this process
  syscall($call{setsid});
  mount_fresh('proc', '/proc', $ms_nosuid | $ms_nodev | $ms_noexec, '');
  hide($_) for @hidden;
  mount_fresh('tmpfs', '/tmp', $ms_nosuid | $ms_nodev, "mode=0755,size=$disk");
  mount_fresh('tmpfs', '/dev/shm', $ms_nosuid | $ms_nodev, 'mode=0755,size=1048576');
  mount_fresh('devpts', '/dev/pts', $ms_nosuid | $ms_noexec, 'newinstance,ptmxmode=0666,mode=620');
  raise_loopback();
  drop_rights();
}

# A program may talk to itself.
sub raise_loopback {
  my $request = pack 'a16 s x22', 'lo', $iff_up | $iff_running;
  socket(my $any, $af_inet, $sock_dgram, 0) or die "cannot make a socket: $!";
  ioctl($any, $siocsifflags, $request) or die "cannot raise the loopback device: $!";
}

sub drop_rights {
  for my $capability (0 .. 63) {
    last if syscall($call{prctl}, $pr_capbset_drop, $capability, 0, 0, 0) != 0;
  }
  syscall($call{prctl}, $pr_cap_ambient, $pr_cap_ambient_clear_all, 0, 0, 0);
  my ($version, $none) = (pack('LL', $linux_capability_version_3, 0), "\0" x 24);
  syscall($call{capset}, $version, $none) == 0 or die "cannot drop capabilities: $!";
  syscall($call{prctl}, $pr_set_no_new_privs, 1, 0, 0, 0) == 0 or die "cannot forbid new privileges: $!";
  return if $filter eq '';
  my $program = pack 'S x6 Q', length($filter) / 8, address($filter);
  syscall($call{prctl}, $pr_set_seccomp, $seccomp_mode_filter, $program, 0, 0) == 0 or die "cannot filter system calls: $!";
}

# Forks a child that calls `$begin`; what it dies of goes where its fd 2 leads.
sub fork_run {
  my ($begin) = @_;
  my $pid = syscall($call{clone}, $namespaces, 0, 0, 0, 0);
  return $pid if $pid != 0;
  eval { $begin->(); 1 } or say_words($@);
  exit 125;
}

sub serve {
  my ($fds, $disk, @run) = @_;
  my $pid = fork_run(sub {
    take_descriptors(@$fds);
    enter_sandbox($disk);
    $0 = "supervisor.pl @run";
    supervise(@run);
  });
  my $why = "$!";
  syscall($call{close}, $_) for @$fds;
  if ($pid < 0) { say_words("cannot fork: $why"); return 0 }
  say_words('forked');
  waitpid $pid, 0;
  say_words("done $?");
  return 1;
}

syscall($call{prctl}, $pr_set_dumpable, 0, 0, 0, 0);    # closes its /proc to others of the same user
forbid_users();
my $probe = fork_run(sub { enter_sandbox(4096); exit 0 });
die "cannot make namespaces: $!" if $probe < 0;
waitpid $probe, 0;
if ($? == 0) {
  say_words('ready');
  while (my @request = receive()) { serve(@request) or last }
}
