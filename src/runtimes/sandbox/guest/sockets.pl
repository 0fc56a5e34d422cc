# What sockets of a run keep in the kernel beyond what its control group counts: answers that wait in netlink, and
# connections not yet accepted, which belong to no group.
use strict;
use warnings;

my $few = 32;              # sockets; they hold a few MiB at most
my $look_bytes = 1048576;  # of the kernel's list of connections
my $struct = 4096;         # bytes of a connection beside its data

# Adds what the group misses to { usage, tcp, oom } of `read_group`; more than the limit in all counts as a kill.
# @pids are those of the run.
sub count_sockets {
  my ($group, $now, @pids) = @_;
  my $more = ($now->{tcp} // 0) + uncounted($group, @pids);
  return if $more < 1048576;
  my $all = $now->{usage} + $more;
  $group->{most} = $all if $all > ($group->{most} // 0);
  my $limit = $group->{limit} or return;
  $now->{oom} += 1 if $all > $limit && $more + unreclaimable($group) > $limit;
}

sub uncounted {
  my ($group, @pids) = @_;
  my $net = own_network(@pids) // return 0;
  my $summary = slurp("$net/sockstat") // return 0;
  my ($sockets) = $summary =~ /^sockets: used (\d+)/m;
  return 0 if ($sockets // 0) <= $few;
  my ($tcp) = $summary =~ /^TCP: inuse (\d+)/m;
  my ($tcp6) = (slurp("$net/sockstat6") // '') =~ /^TCP6: inuse (\d+)/m;
  my $sum = waiting_answers($net);
  $sum += connections("$net/tcp", $tcp, $group) if ($tcp // 0) > $few;
  $sum += connections("$net/tcp6", $tcp6, $group) if ($tcp6 // 0) > $few;
  return $sum;
}

# The network namespace of the run, where it has one of its own: bubblewrap's outer process stands in the host's.
sub own_network {
  my $host = (stat '/proc/self/ns/net')[1] // return undef;
  for my $pid (@_) {
    my $its = (stat "/proc/$pid/ns/net")[1] // next;
    return "/proc/$pid/net" if $its != $host;
  }
  return undef;
}

sub waiting_answers {
  my ($net) = @_;
  my $sum = 0;
  for my $line (split /\n/, slurp("$net/netlink") // '') {
    my (undef, undef, undef, undef, $received, $sent) = split ' ', $line;
    $sum += $received + $sent if ($received // '') =~ /^\d+$/ && ($sent // '') =~ /^\d+$/;
  }
  return $sum;
}

# Bytes in the queues of connections without an owner, or of all where the group counts none; of a long list, as the
# part that was read suggests.
sub connections {
  my ($path, $count, $group) = @_;
  open(my $list, '<', $path) or return 0;
  my ($read, $seen, $sum) = (0, 0, 0);
  while (defined(my $line = <$list>) && $read < $look_bytes) {
    $read += length $line;
    my (undef, undef, undef, $state, $queues, undef, undef, undef, undef, $inode) = split ' ', $line;
    my ($sent, $received) = ($queues // '') =~ /^([0-9A-F]{8}):([0-9A-F]{8})$/ or next;
    next if $state eq '06' || $state eq '0A';    # over, or listening
    $seen += 1;
    if (!$group->{counts_tcp}) { $sum += $struct + hex($sent) + hex($received) }
    elsif ($inode == 0) { $sum += $struct + hex $received }
  }
  return $seen && $read >= $look_bytes && $count > $seen ? int($sum * $count / $seen) : $sum;
}

# Memory the kernel cannot take back from the group by forgetting what is on disk.
sub unreclaimable {
  my ($group) = @_;
  if ($group->{version} == 1) {
    my %stat = (slurp("$group->{memory}/memory.stat") // '') =~ /^(\w+) (\d+)$/mg;
    return ($stat{rss} // 0) + ($stat{shmem} // 0) + (slurp("$group->{memory}/memory.kmem.usage_in_bytes") // 0);
  }
  my %stat = (slurp("$group->{all}/memory.stat") // '') =~ /^(\w+) (\d+)$/mg;
  my $sum = 0;
  $sum += $_ // 0 for @stat{qw(anon shmem kernel sock)};
  return $sum;
}

1;
