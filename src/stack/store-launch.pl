#!/usr/bin/perl
# Puts itself into a control group that holds the store's memory, opens the filter of system calls on fd 9 and
# becomes the store's sandbox. Where no group can be made, the engine's own cap is all there is.
#
# usage: store-launch.pl GROUPS MEMORY FILTER COMMAND…     GROUPS is cgroup.pl; MEMORY in bytes; FILTER '' for none
#        store-launch.pl GROUPS sweep                      removes the groups of those that are gone
use strict;
use warnings;
use POSIX ();

my $threads = 4096;
my ($groups, $memory, $filter, @command) = @ARGV;
require $groups;
my $base = find_cgroup();
sweep_groups($base);
exit 0 if $memory eq 'sweep';

my $group = enter_group($base, $$, 'store');
set_group_limits($group, $memory, $threads) if defined $group;
if ($filter ne '') {
  my $fd = POSIX::open($filter, 0) // die "$filter cannot be read: $!\n";
  POSIX::dup2($fd, 9) // die "fd 9 cannot be made: $!\n";
}
exec { $command[0] } @command or die "$command[0] cannot be started: $!\n";
