# Control groups of the slots: version 1, version 2 or none, whichever lets us create a group.
use strict;
use warnings;
use Fcntl qw(O_RDONLY O_WRONLY);
use POSIX ();

my $prefix = 'exectrail';
my %kept;    # handles of a group's files, by path; closed when another program is started

# Three system calls a file; perl's own files take eight, and a run reads and writes two dozen.
sub slurp {
  my ($path) = @_;
  my $fd = POSIX::open($path, 0);
  return undef unless defined $fd;
  my ($text, $count) = ('', 0);
  # At the end of a file it gives "0 but true".
  while (defined($count = POSIX::read($fd, my $part, 65536)) && $count > 0) { $text .= $part }
  POSIX::close($fd);
  return defined $count ? $text : undef;
}

sub spit {
  my ($path, $text) = @_;
  my $fd = POSIX::open($path, 1);
  return 0 unless defined $fd;
  my $count = POSIX::write($fd, $text, length $text);
  POSIX::close($fd);
  return defined $count ? 1 : 0;
}

# The same for a file of the group that is read or written again and again: opening it takes most of the time.
sub read_kept {
  my $file = kept_open($_[0], O_RDONLY) // return undef;
  sysseek $file, 0, 0;
  my $count = sysread $file, my $text, 65536;
  return defined $count ? $text : undef;
}

sub write_kept {
  my ($path, $text) = @_;
  my $file = kept_open($path, O_WRONLY) // return 0;
  return defined syswrite($file, $text) ? 1 : 0;
}

sub kept_open {
  my ($path, $mode) = @_;
  return $kept{$path}[$mode] if $kept{$path}[$mode];
  sysopen(my $file, $path, $mode) or return undef;
  return $kept{$path}[$mode] = $file;
}

sub mounts {
  my %found;
  for my $line (split /\n/, slurp('/proc/self/mounts') // '') {
    my (undef, $where, $type, $options) = split / /, $line;
    $found{v2} //= $where if $type eq 'cgroup2';
    next unless $type eq 'cgroup';
    $found{$_} //= $where for split /,/, $options;
  }
  return \%found;
}

sub own_paths {
  my %paths;
  for my $line (split /\n/, slurp('/proc/self/cgroup') // '') {
    my (undef, $names, $path) = split /:/, $line, 3;
    $path = '' if $path eq '/';
    $paths{v2} = $path if $names eq '';
    $paths{$_} = $path for split /,/, $names;
  }
  return \%paths;
}

# The directories below which a group can be made: { version => 1|2|0, memory, pids, cpuacct, cpu }.
sub find_cgroup {
  my ($mounts, $own) = (mounts(), own_paths());
  my %v1 = map { $_ => "$mounts->{$_}" . ($own->{$_} // '') }
    grep { defined $mounts->{$_} } qw(memory pids cpuacct);
  if ($v1{memory} && $v1{pids} && -w $v1{memory} && -w $v1{pids}) {
    my $cpu = defined $mounts->{cpu} ? "$mounts->{cpu}" . ($own->{cpu} // '') : '';
    $v1{cpu} = $cpu if $cpu ne '' && -w $cpu;
    return { version => 1, %v1 };
  }
  if (defined $mounts->{v2}) {
    my $path = $own->{v2} // '';
    while (1) {
      my $directory = "$mounts->{v2}$path";
      return { version => 2, all => $directory } if usable_v2($directory);
      last if $path eq '';
      $path =~ s{/[^/]*$}{};
    }
  }
  return { version => 0 };
}

sub usable_v2 {
  my ($directory) = @_;
  return 0 unless -w $directory;
  spit("$directory/cgroup.subtree_control", '+memory +pids +cpu');
  my $probe = "$directory/$prefix-$$-probe";
  mkdir $probe or return 0;
  my $good = -e "$probe/memory.max" && -e "$probe/pids.max";
  rmdir $probe;
  return $good;
}

sub group_directories {
  my ($base, $launcher, $slot) = @_;
  my $name = "$prefix-$launcher-$slot";
  return map { $_ => "$base->{$_}/$name" } grep { $_ ne 'version' } keys %$base;
}

# Makes the slot's groups and moves this process in; undef where the host refuses.
sub enter_group {
  my ($base, $launcher, $slot) = @_;
  return undef unless $base->{version};
  my %group = (version => $base->{version}, group_directories($base, $launcher, $slot));
  for my $directory (grep { m{/} } values %group) {
    (mkdir($directory, 0755) || -d $directory) or return undef;
    spit("$directory/cgroup.procs", "0\n") or return undef;
  }
  return \%group;
}

# False where the group already takes more memory than it may have from now on: the kernel leaves it without a limit.
sub set_group_limits {
  my ($group, $memory, $pids) = @_;
  ($group->{limit}, $group->{most}, $group->{held}) = ($memory, 0, '');
  my $held = $group->{version} == 1 ? set_limits_v1($group, $memory, $pids) : set_limits_v2($group, $memory, $pids);
  $group->{held} = "$memory $pids" if $held;
  return $held;
}

# The same limits once more: true where they hold, and the peaks count anew.
sub renew_group_limits {
  my ($group, $memory, $pids) = @_;
  return 0 if ($group->{held} // '') ne "$memory $pids";
  $group->{most} = 0;
  reset_peaks($group);
  return 1;
}

sub set_limits_v1 {
  my ($group, $memory, $pids) = @_;
  write_kept("$group->{memory}/memory.limit_in_bytes", "-1\n");
  write_kept("$group->{memory}/memory.memsw.limit_in_bytes", "-1\n");
  write_kept("$group->{pids}/pids.max", ($pids || 'max') . "\n");
  # The buffers of TCP and UDP are counted apart, once they have a limit; version 2 counts them as memory.
  my $buffers = $memory ? int($memory / 4) : -1;
  $group->{counts_tcp} = write_kept("$group->{memory}/memory.kmem.tcp.limit_in_bytes", "$buffers\n");
  reset_peaks($group);
  return 1 unless $memory;
  my $held = write_kept("$group->{memory}/memory.limit_in_bytes", "$memory\n");
  write_kept("$group->{memory}/memory.memsw.limit_in_bytes", "$memory\n") if $held;
  return $held;
}

sub set_limits_v2 {
  my ($group, $memory, $pids) = @_;
  $group->{counts_tcp} = 1;
  write_kept("$group->{all}/memory.max", ($memory || 'max') . "\n");
  write_kept("$group->{all}/memory.swap.max", "0\n");
  write_kept("$group->{all}/memory.oom.group", "0\n");
  write_kept("$group->{all}/pids.max", ($pids || 'max') . "\n");
  reset_peaks($group);
  return 1;
}

sub reset_peaks {
  my ($group) = @_;
  if ($group->{version} == 1) {
    write_kept("$group->{memory}/memory.max_usage_in_bytes", "0\n");
    write_kept("$group->{memory}/memory.kmem.tcp.max_usage_in_bytes", "0\n");
  }
  elsif (open(my $peak, '+<', "$group->{all}/memory.peak")) {    # writable since Linux 6.12; else the peak of the slot's life
    $group->{peak} = $peak if defined syswrite $peak, "reset\n";
  }
}

# How much of a busy processor the group gets beside others: in the normal share, or an eighth of it.
sub set_cpu_share {
  my ($group, $share) = @_;
  my $shares = $share eq 'normal' ? 1024 : 128;
  return spit("$group->{all}/cpu.weight", int($shares / 1024 * 100) . "\n") if $group->{version} == 2;
  spit("$group->{cpu}/cpu.shares", "$shares\n") if $group->{cpu};
}

# Everyone in the slot's group but this process.
sub others_in_group {
  my ($group) = @_;
  my $list = slurp(($group->{all} // $group->{memory}) . '/cgroup.procs') // '';
  return grep { $_ != $$ && $_ != 0 } split /\s+/, $list;
}

# Removes groups that launchers long gone left behind.
sub sweep_groups {
  my ($base) = @_;
  for my $parent (map { $base->{$_} } grep { $_ ne 'version' } keys %$base) {
    opendir(my $handle, $parent) or next;
    for my $name (readdir $handle) {
      next unless $name =~ /^\Q$prefix\E-(\d+)-/ && $1 != $$ && !kill(0, $1);
      for (1 .. 50) {
        my @left = split /\s+/, slurp("$parent/$name/cgroup.procs") // '';
        kill 'KILL', @left if @left;
        last if rmdir("$parent/$name") || !-d "$parent/$name";
        select undef, undef, undef, 0.002;
      }
    }
  }
}

sub remove_group {
  my ($base, $slot) = @_;
  my %group = group_directories($base, $$, $slot);
  for my $directory (values %group) {
    for (1 .. 50) {
      last if rmdir($directory) || !-d $directory;
      select undef, undef, undef, 0.002;
    }
  }
}

1;
