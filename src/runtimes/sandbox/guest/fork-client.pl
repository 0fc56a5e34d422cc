# The slot's side of its fork server: starts it, hands it runs with their descriptors, hears how they end.
use strict;
use warnings;

my ($fork_server, $sendmsg);
my ($af_unix, $sock_seqpacket, $sol_socket, $scm_rights, $msg_nosignal) = (1, 5, 1, 1, 0x4000);

# Starts it under the slot's user; `fork_server_message` says when it is ready.
sub start_fork_server {
  my ($arch, $drop_user, @command) = @_;
  $sendmsg = $arch eq 'arm64' ? 211 : 46;
  socketpair(my $mine, my $theirs, $af_unix, $sock_seqpacket, 0) or return 0;
  my $pid = fork;
  return 0 unless defined $pid;
  if ($pid == 0) {
    $SIG{$_} = 'DEFAULT' for qw(CHLD PIPE HUP INT);
    POSIX::setsid();
    POSIX::dup2(fileno $theirs, $_) for 0 .. 2;    # it speaks, and complains, in datagrams
    $drop_user->();
    %ENV = ();
    chdir '/';
    { no warnings; exec { $command[0] } @command }
    syswrite STDERR, "cannot start $command[0]: $!";
    POSIX::_exit(127);
  }
  $fork_server = { pid => $pid, socket => $mine, ready => 0, share => 0, kept => {}, words => '' };
  return 1;
}

sub fork_server { return $fork_server }

# It is ready: the bytes it takes, and the processes it is made of, which a run's end leaves alone.
sub mark_fork_server_ready {
  my ($share, @pids) = @_;
  $fork_server->{ready} = 1;
  $fork_server->{share} = $share;
  $fork_server->{kept} = { map { $_ => 1 } @pids };
}

sub fork_server_ready { return $fork_server && $fork_server->{ready} }

# What it says next: ready, forked, done STATUS; 'gone WORDS' once it is no more.
sub fork_server_message {
  my $count = sysread $fork_server->{socket}, my $text, 4096;
  return 'gone ' . $fork_server->{words} unless $count;
  return $text if $text =~ /^(?:ready|forked|done \d+)$/;
  $fork_server->{words} = substr("$fork_server->{words} $text", 0, 500) =~ s/\s+/ /gr;
  return '';
}

# Sends words and descriptors in one datagram; false when the fork server is gone.
sub send_run {
  my ($fds, @words) = @_;
  my $data = join "\0", @words;
  return 0 if length $data > 60_000;
  my $control = pack 'Q l l l*', 16 + 4 * @$fds, $sol_socket, $scm_rights, @$fds;
  my $space = 16 + 8 * int((4 * @$fds + 7) / 8);
  $control .= "\0" x ($space - length $control);
  my $vector = pack 'QQ', address($data), length $data;
  my $header = pack 'Q7', 0, 0, address($vector), 1, address($control), length $control, 0;
  return syscall($sendmsg, fileno $fork_server->{socket}, $header, $msg_nosignal) == length $data;
}

sub address { return unpack 'Q', pack 'p', $_[0] }

# Ends it, and with it all it has forked; bubblewrap and its pid 1 die together.
sub end_fork_server {
  return unless $fork_server;
  kill 'KILL', -$fork_server->{pid}, $fork_server->{pid};
  waitpid $fork_server->{pid}, 0;
  $fork_server = undef;
}

1;
