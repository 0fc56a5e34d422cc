# Processors: a quota of processor time makes fewer of them worth using than there are, and programs count them.
use strict;
use warnings;
use POSIX ();

# The processors that the tightest quota above this process is worth, rounded up; undef where none is less than all.
sub quota_cpus {
  my ($mounts, $own) = (mounts(), own_paths());
  my @shares = (
    climb($mounts->{cpu}, $own->{cpu}, sub { share_of(map { slurp("$_[0]/cpu.cfs_$_") } qw(quota_us period_us)) }),
    climb($mounts->{v2}, $own->{v2}, sub { share_of(split / /, slurp("$_[0]/cpu.max") // '') }),
  );
  my ($least) = sort { $a <=> $b } @shares;
  return undef unless defined $least;
  my $cpus = POSIX::ceil($least);
  my $all = () = (slurp('/proc/stat') // '') =~ /^cpu\d/mg;
  return $cpus < $all ? $cpus : undef;
}

sub climb {
  my ($mount, $path, $read) = @_;
  return () unless defined $mount;
  $path //= '';
  my @found;
  while (1) {
    push @found, $read->("$mount$path");
    return @found if $path eq '';
    $path =~ s{/[^/]*$}{};
  }
}

sub share_of {
  my ($quota, $period) = @_;
  return () unless defined $period && $quota =~ /^(\d+)/ && $1 > 0;
  return $1 / $period;
}

# As /sys/devices/system/cpu/online has it, for what counts there.
sub list_cpus {
  my ($path, $count) = @_;
  open(my $file, '>', $path) or return;
  print $file '0-', $count - 1, "\n";
  close $file;
  chmod 0644, $path;
}

# Leaves this process, and all it starts, `$count` of the processors it may use; which, differs from slot to slot.
sub keep_cpus {
  my ($arch, $count, $from) = @_;
  my ($sched_setaffinity, $sched_getaffinity) = $arch eq 'arm64' ? (122, 123) : (203, 204);
  my $mask = "\0" x 128;
  return if syscall($sched_getaffinity, 0, length $mask, $mask) < 0;
  my @allowed = grep { vec $mask, $_, 1 } 0 .. 8 * length($mask) - 1;
  return if @allowed <= $count;
  my $kept = "\0" x 128;
  vec($kept, $allowed[($from * $count + $_) % @allowed], 1) = 1 for 0 .. $count - 1;
  syscall($sched_setaffinity, 0, length $kept, $kept);
}

1;
