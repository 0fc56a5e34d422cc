#!/usr/bin/perl
# The way out of a sandbox that may reach some hosts: listens on the sandbox's own loopback and carries each
# connection to the filtering proxy, whose socket is bound into the sandbox. It decides nothing. It starts the
# interpreter in its own place once it listens, and stays beside it as one process.
#
# usage: forwarder.pl SOCKET PORT COMMAND...
use strict;
use warnings;

my ($socket_path, $port, @command) = @ARGV;
my $most = 64;    # connections at once; the next waits for one to end
my $piece = 65536;

sub loopback { return pack 'S n a4 x8', 2, $port, "\x7f\0\0\1" }

# Both ends of each connection: { from => peer's handle, to_do => bytes for it, ended => it said its last }.
my (%peer, %pending, %ended);

sub listen_here {
  socket(my $listener, 2, 1, 0) or die "forwarder: $!";    # AF_INET, SOCK_STREAM
  setsockopt($listener, 1, 2, 1);                          # SO_REUSEADDR
  bind($listener, loopback()) && listen($listener, 128) or die "forwarder: port $port: $!";
  return $listener;
}

sub begin {
  my ($inside) = @_;
  my $outside;
  socket($outside, 1, 1, 0) or return close $inside;    # AF_UNIX
  connect($outside, pack 'S a*', 1, $socket_path) or return close $inside;
  for my $pair ([$inside, $outside], [$outside, $inside]) {
    my ($one, $other) = @$pair;
    $peer{ fileno $one } = [$one, $other];
    $pending{ fileno $one } = '';
  }
}

sub finish {
  my ($fd) = @_;
  my ($one, $other) = @{ $peer{$fd} };
  for my $number ($fd, fileno $other) { delete @{$_}{$number} for \(%peer, %pending, %ended) }
  close $_ for $one, $other;
}

# Reads what $fd has for its peer. False when the connection is over.
sub take {
  my ($fd) = @_;
  my ($one, $other) = @{ $peer{$fd} };
  my $count = sysread $one, $pending{ fileno $other }, $piece, length $pending{ fileno $other };
  return 0 unless defined $count;
  $ended{$fd} = 1 if $count == 0;
  return $count > 0 || give(fileno $other);
}

# Writes what waits for $fd, and the end of it when nothing more will come. False when the connection is over.
sub give {
  my ($fd) = @_;
  my ($one, $other) = @{ $peer{$fd} };
  if ($pending{$fd} ne '') {
    my $count = send $one, $pending{$fd}, 0x4040;    # MSG_DONTWAIT, MSG_NOSIGNAL
    return $! == 11 unless defined $count;
    substr($pending{$fd}, 0, $count) = '';
  }
  return 1 unless $pending{$fd} eq '' && $ended{ fileno $other };
  shutdown $one, 1;
  return !$ended{$fd};
}

sub carry {
  my ($listener) = @_;
  while (1) {
    my ($readable, $writable) = ('', '');
    vec($readable, fileno $listener, 1) = 1 if keys %peer < 2 * $most;
    for my $fd (keys %peer) {
      my $room = $pending{ fileno $peer{$fd}[1] } eq '';
      vec($readable, $fd, 1) = 1 if $room && !$ended{$fd};
      vec($writable, $fd, 1) = 1 if $pending{$fd} ne '';
    }
    next if select($readable, $writable, undef, undef) < 0;
    for my $fd (keys %peer) {
      next unless $peer{$fd};
      my $good = !vec($writable, $fd, 1) || give($fd);
      $good &&= !vec($readable, $fd, 1) || take($fd);
      finish($fd) unless $good;
    }
    next unless vec $readable, fileno $listener, 1;
    my $inside;
    begin($inside) if accept $inside, $listener;
  }
}

my $listener = listen_here();
my $pid = fork;
die "forwarder: cannot fork: $!" unless defined $pid;
if ($pid) {
  waitpid $pid, 0;    # it leaves at once, so that the program has no child it did not make
  exec { $command[0] } @command or die "cannot start $command[0]: $!";
}
exit 0 if fork;
$SIG{PIPE} = 'IGNORE';
# None of the run's pipes: their end is the program's end.
close_number($_) for grep { $_ != fileno $listener } 0 .. 9;
carry($listener);

sub close_number {
  my $handle;
  close $handle if open $handle, '<&=', $_[0];
}
