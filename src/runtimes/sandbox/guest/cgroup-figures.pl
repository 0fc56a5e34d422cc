# What the control group of a slot counted; cgroup.pl makes it and sets its limits.
use strict;
use warnings;

# Counters: { usage, peak, tcp, oom, pids, cpu } in bytes, kills, refusals, microseconds.
sub read_group {
  my ($group) = @_;
  my $now = read_group_start($group);
  if ($group->{version} == 1) {
    $now->{tcp} = int(read_kept("$group->{memory}/memory.kmem.tcp.usage_in_bytes") // 0);
    $now->{peak} = int(read_kept("$group->{memory}/memory.max_usage_in_bytes") // 0);
    $now->{peak} += int(read_kept("$group->{memory}/memory.kmem.tcp.max_usage_in_bytes") // 0);
  }
  else { $now->{peak} = int(peak_v2($group)) }
  $now->{peak} = $group->{most} if $now->{peak} < ($group->{most} // 0);
  return $now;
}

# Those of them with which the end of a run is compared.
sub read_group_start {
  my ($group) = @_;
  my ($memory, $oom, $pids, $cpu);
  if ($group->{version} == 1) {
    $memory = read_kept("$group->{memory}/memory.usage_in_bytes");
    ($oom) = (read_kept("$group->{memory}/memory.oom_control") // '') =~ /^oom_kill (\d+)/m;
    ($pids) = (read_kept("$group->{pids}/pids.events") // '') =~ /^max (\d+)/m;
    $cpu = (read_kept("$group->{cpuacct}/cpuacct.usage") // 0) / 1000 if $group->{cpuacct};
  }
  else {
    $memory = read_kept("$group->{all}/memory.current");
    ($oom) = (read_kept("$group->{all}/memory.events") // '') =~ /^oom_kill (\d+)/m;
    ($pids) = (read_kept("$group->{all}/pids.events") // '') =~ /^max (\d+)/m;
    ($cpu) = (read_kept("$group->{all}/cpu.stat") // '') =~ /^usage_usec (\d+)/m;
  }
  return { usage => int($memory // 0), tcp => 0, oom => int($oom // 0), pids => int($pids // 0), cpu => int($cpu // 0) };
}

sub peak_v2 {
  my ($group) = @_;
  return slurp("$group->{all}/memory.peak") // 0 unless $group->{peak};
  seek $group->{peak}, 0, 0;
  return readline($group->{peak}) // 0;
}

1;
