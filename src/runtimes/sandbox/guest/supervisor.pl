#!/usr/bin/perl
# The parent of one execution; one file, because each further file would delay every start.
# Inside bubblewrap it is pid 1 and `kill -1` reaches every process there; without namespaces it is a
# subreaper and walks its descendants. It takes the job on fd 0, starts the interpreter at once, hands the
# job on when it has come, and reports on fd 4 how everything ended. Where fd 5 is a pipe, it writes a byte
# there as soon as nothing of the program is left.
# No modules, not even strict and warnings, which cost 2 ms a run; the tests compile it under both.
# fork-server.pl loads it once and calls `supervise` in each child.
#
# usage: supervisor.pl MODE ARCH WORK OUT LIMIT_FILES LIMIT_BYTES COMMAND...
#   MODE pid1|subreaper; WORK and OUT are directories; the last two bound what /out may give back.
my ($mode, $arch, $work, $out, $max_files, $max_bytes, @command);
my ($pr_set_dumpable, $pr_set_child_subreaper) = (4, 36);
my ($sig_block, $sig_setmask, $sigchld, $sig_leaving, $wnohang) = (0, 2, 17, 63, 1);
my ($o_nonblock, $o_cloexec, $f_setfd, $fd_cloexec) = (04000, 02000000, 2, 1);
my $clock_monotonic = 1;
my $above;    # of WORK, which a program may remove
my %call;
my %resource = (fsize => 1, data => 2, core => 4, nproc => 6, nofile => 7, as => 9, cpu => 0);
my $no_follow;
my ($max_names, $max_counted) = (10_000, 100_000);    # of OUT
my $linux = $^O eq 'linux';
my $maxrss = 0;
my $peak = 0;
my ($user_us, $system_us) = (0, 0);
my $ended;    # wait status of the interpreter
my $ended_ns = 0;    # when, by the monotonic clock
my %limit;           # as set on the interpreter
my $seen = 0;
my $killed = 0;
my %watched;      # memory (bytes), pids, cpu (microseconds): only where the host has no control groups
my $broke = '';

my $wake_set = pack 'Q', 1 << ($sigchld - 1) | 1 << ($sig_leaving - 1);
my $awaited = 1;    # the job has not come
my $dying = 0;    # the interpreter had ended by its own word and was killed; it is not waited for
my $wake_fd = -1;
my ($wake, $report, $over, $child);
my $buffer = '';

sub supervise {
  ($mode, $arch, $work, $out, $max_files, $max_bytes, @command) = @_;
  %call =
    $arch eq 'arm64'
    ? (wait4 => 260, prctl => 167, prlimit => 261, close => 57, dup3 => 24, statfs => 43, sigprocmask => 135,
      signalfd => 74, exit_group => 94, clock_gettime => 113)
    : (wait4 => 61, prctl => 157, prlimit => 302, close => 3, dup3 => 292, statfs => 137, sigprocmask => 14,
      signalfd => 289, exit_group => 231, clock_gettime => 228);
  $no_follow = $arch eq 'arm64' ? 0100000 : 0400000;
  open($over, '>&=', 5) and -p $over or $over = undef;
  fcntl($over, $f_setfd, $fd_cloexec) if $over;
  arm();
  ($above = $work) =~ s{/[^/]*$}{};
  mkdir $above, 0700;
  mkdir $work, 0700;
  mkdir $out, 0700;
  open($report, '>&=', 4) or die "report: $!";
  fcntl($report, $f_setfd, $fd_cloexec);
  $child = start();
  watch();
  syswrite $over, '.' if end_all() && $over;
  report_end();
  syscall($call{exit_group}, 0) if $linux;    # perl would take down its memory piece by piece
  exit 0;
}

sub arm {
  $SIG{PIPE} = 'IGNORE';
  $SIG{$_} = 'IGNORE' for qw(HUP INT QUIT TERM USR1 USR2);
  return unless $linux;
  # Not dumpable: the code runs under the same user and must not open our descriptors through /proc.
  syscall($call{prctl}, $pr_set_dumpable, 0, 0, 0, 0);
  syscall($call{prctl}, $pr_set_child_subreaper, 1, 0, 0, 0) if $mode eq 'subreaper';
  # perl runs handlers between its own steps, so a child that dies just before `select` would not wake it:
  # the signal is blocked and read from a descriptor instead.
  syscall($call{sigprocmask}, $sig_block, $wake_set, 0, 8);
  $wake_fd = syscall($call{signalfd}, -1, $wake_set, 8, $o_cloexec | $o_nonblock);
  open($wake, '<&=', $wake_fd) if $wake_fd >= 0;
}

sub start {
  local $^F = 20;
  pipe(my $job_reader, my $job_writer) or die "pipe: $!";
  my $pid = fork;
  fail("cannot fork: $!") unless defined $pid;
  if ($pid == 0) {
    $SIG{$_} = 'DEFAULT' for qw(PIPE HUP INT QUIT TERM USR1 USR2 CHLD);
    chdir $work or fail("cannot enter the working directory: $!");
    open(STDIN, '<', '/dev/null') or fail("cannot open /dev/null: $!");
    close $_ for $job_writer, grep { defined } $wake;    # one of them may be fd 5
    my $no_signals = "\0" x 8;    # syscall wants something it could write to
    syscall($call{sigprocmask}, $sig_setmask, $no_signals, 0, 8) if $linux;
    syscall($call{dup3}, fileno($job_reader), 5, 0) if fileno($job_reader) != 5;
    syscall($call{close}, fileno $job_reader) if fileno($job_reader) != 5;
    delete $ENV{PWD};
    exec { $command[0] } @command or fail("cannot start $command[0]: $!");
  }
  close $job_reader;
  fcntl($job_writer, $f_setfd, $fd_cloexec);
  syscall($call{close}, 3);
  return { pid => $pid, job => $job_writer };
}

sub fail {
  my ($why) = @_;
  syswrite $report, "fault $why\n";
  exit 125;
}

# Collects every child that is gone; true while some are left.
sub reap {
  my ($flags) = @_;
  while (1) {
    my ($status, $usage) = (pack('i', 0), "\0" x 144);
    my $pid =
      $linux ? syscall($call{wait4}, -1, $status, $flags, $usage) : waitpid(-1, $flags);
    return 0 if $pid < 0;
    return 1 if $pid == 0;
    if ($linux) {
      my ($us, $uu, $ss, $su, $rss) = unpack 'q5', $usage;
      $user_us += $us * 1_000_000 + $uu;
      $system_us += $ss * 1_000_000 + $su;
      $maxrss = $rss if $rss > $maxrss;
    }
    next if $pid != $child->{pid} || defined $ended;
    $ended = $linux ? unpack('i', $status) : $?;
    $ended_ns = now_ns();
  }
}

sub now_ns {
  my $time = pack 'qq', 0, 0;
  return 0 unless $linux && syscall($call{clock_gettime}, $clock_monotonic, $time) == 0;
  my ($seconds, $ns) = unpack 'qq', $time;
  return $seconds * 1_000_000_000 + $ns;
}

sub descendants {
  my %children;
  opendir(my $proc, '/proc') or return ($child->{pid});
  for my $pid (grep { /^\d+$/ } readdir $proc) {
    open(my $stat, '<', "/proc/$pid/stat") or next;
    my $line = <$stat>;
    next unless defined $line && $line =~ /^\d+ \(.*\) \S (\d+)/s;
    push @{ $children{$1} }, $pid;
  }
  my (@found, @queue) = ();
  @queue = ($$);
  while (defined(my $pid = shift @queue)) {
    push @found, @{ $children{$pid} || [] };
    push @queue, @{ $children{$pid} || [] };
  }
  return @found;
}

# The last real-time signal but one, from the interpreter itself, which leaves with status 0 as soon as it has sent it, and needs milliseconds to
# take down its memory. Whatever sends it ends its own program, no more.
sub says_it_ended {
  my ($signals) = @_;
  for my $info (unpack '(a128)*', $signals) {
    my ($signal, undef, undef, $sender) = unpack 'L4', $info;
    return 1 if $signal == $sig_leaving && $sender == $child->{pid} && $mode eq 'pid1';
  }
  return 0;
}

# Nothing of the program runs any further. Where the kernel can say what it used, it is only stopped: it dies with pid 1,
# and taking its memory down does not keep the processors from the report.
sub end_at_its_word {
  ($ended, $ended_ns) = (0, now_ns());
  my $used_us = usage_of_lone_child();
  my $lone = defined $used_us && !%watched;
  kill $lone ? 'STOP' : 'KILL', -1;
  return unless $lone;
  $user_us += $used_us;
  $dying = 1;
}

# Processor time of the interpreter where it is alone and never had a child that it waited for; else undefined. Asked
# while it lives: whoever looks at one that dies takes down its memory for it.
sub usage_of_lone_child {
  opendir(my $proc, '/proc') or return undef;
  return undef if 2 != grep { /^\d/ } readdir $proc;
  open(my $file, '<', "/proc/$child->{pid}/stat") or return undef;
  my $children_faults = (split / /, (split /\) /, <$file> // '', 2)[1] // '')[8];
  my $time = pack 'qq', 0, 0;
  return undef if ($children_faults // 1) != 0 || syscall($call{clock_gettime}, ~$child->{pid} << 3 | 2, $time) != 0;
  my ($seconds, $ns) = unpack 'qq', $time;
  return $seconds * 1_000_000 + int($ns / 1000);
}

# Ends everything and collects it; bounded, for what is in uninterruptible sleep cannot be waited out. True where
# nothing is left.
sub end_all {
  return 1 if $dying;
  for (1 .. 2000) {
    if ($mode eq 'pid1') { kill 'KILL', -1 }
    else { kill 'KILL', descendants() }
    return 1 unless reap($wnohang);
    select undef, undef, undef, 0.001;
  }
  return 0;
}

sub set_limit {
  my ($name, $value) = @_;
  my $number = $resource{$name};
  $watched{$1} = $value if $name =~ /^watch_(\w+)$/;
  $limit{$name} = $value;
  return unless $linux && defined $number;
  my $pair = pack 'QQ', $value, $value;
  syscall($call{prlimit}, $child->{pid}, $number, $pair, 0);
}

# Adds up the tree: private memory, threads, processor time. Misses what is shorter than a look apart.
sub look {
  my ($memory, $threads, $cpu) = (disk_used(), 0, $user_us + $system_us);
  for my $pid (descendants()) {
    open(my $stat, '<', "/proc/$pid/stat") or next;
    my (undef, $rest) = split /\) /, <$stat> // '', 2;
    next unless defined $rest;
    my @fields = split / /, $rest;
    $threads += $fields[17];
    $cpu += ($fields[11] + $fields[12]) * 10_000;
    open(my $statm, '<', "/proc/$pid/statm") or next;
    my (undef, $resident, $shared) = split / /, <$statm> // '0 0 0';
    $memory += ($resident - $shared) * 4096;
  }
  $peak = $memory if $memory > $peak;
  $broke =
      $watched{memory} && $memory > $watched{memory} ? 'memory'
    : $watched{pids} && $threads >= $watched{pids} ? 'pids'
    : $watched{cpu} && $cpu > $watched{cpu} ? 'cpu'
    : '';
}

sub write_file {
  my ($path, $content) = @_;
  my @parts = grep { $_ ne '' && $_ ne '.' } split m{/}, $path;
  return fail("file $path leaves the working directory") if grep { $_ eq '..' } @parts;
  my $name = pop @parts;
  my $directory = $work;
  for my $part (@parts) {
    $directory .= "/$part";
    mkdir $directory, 0700;
  }
  open(my $file, '>', "$directory/$name") or return fail("cannot write $path: $!");
  binmode $file;
  print $file $content or return fail("cannot write $path: $!");
  close $file or return fail("cannot write $path: $!");
  chmod 0700, "$directory/$name" if $content =~ /^(?:#!|\x7fELF)/;    # scripts and programs can be run
}

# The job: records `NAME LENGTH ARGUMENT\n` and LENGTH bytes each.
sub take_record {
  return 0 unless $buffer =~ /^(\w+) (\d+) ?([^\n]*)\n/;
  my $start = $+[0];
  my ($name, $length, $argument) = ($1, $2, $3);
  return 0 if length($buffer) < $start + $length;
  my $body = substr $buffer, $start, $length;
  substr($buffer, 0, $start + $length) = '';
  if ($name eq 'limit') { set_limit(split / /, $argument) }
  elsif ($name eq 'file') { write_file($argument, $body) }
  elsif ($name eq 'job') { hand_on($body) }
  elsif ($name eq 'kill') { $killed = 1 }
  return 1;
}

sub hand_on {
  my ($body) = @_;
  my $offset = 0;
  while ($offset < length $body) {
    my $count = syswrite $child->{job}, $body, 65536, $offset;
    last unless $count;    # the interpreter is gone; its status says why
    $offset += $count;
  }
  close $child->{job};
  $awaited = 0;
}

sub watch {
  my $rehearsed = !$linux || $mode ne 'pid1';
  while (!defined $ended && !$killed && $broke eq '') {
    my $ready = '';
    vec($ready, 0, 1) = 1;
    vec($ready, $wake_fd, 1) = 1 if $wake_fd >= 0;
    my $rehearses = $awaited && !$rehearsed;
    my $count = select($ready, undef, undef, $rehearses ? 0 : %watched || $wake_fd < 0 ? 0.05 : undef);
    next if $count < 0;
    if ($count == 0 && $rehearses) { rehearse(); $rehearsed = 1; next }
    look() if %watched;
    if ($wake_fd < 0 || $count > 0 && vec $ready, $wake_fd, 1) {
      my $signals = '';
      sysread $wake, $signals, 4096 if $wake_fd >= 0;
      reap($wnohang);
      end_at_its_word() if !defined $ended && says_it_ended($signals);
    }
    next unless $count > 0 && vec $ready, 0, 1;
    $count = sysread STDIN, $buffer, 1_048_576, length $buffer;
    $killed = 1 unless $count;    # the executor is gone
    1 while take_record();
  }
}

# Does, while the job is awaited, what is to be done once it comes, and changes nothing: the pages this process
# touches for the first time are copied now.
sub rehearse {
  my ($kept_buffer, $kept_work) = ($buffer, $work);
  ($buffer, $work) = ("limit 0 none 0\nfile 0 null\n", '/dev');
  1 while take_record();
  ($buffer, $work) = ($kept_buffer, $kept_work);
  says_it_ended("\0" x 128);
  usage_of_lone_child();
  disk_full();
  collect($out, '', 0, { files => 0, bytes => 0, names => 0, out => 0 });
  describe_end(0, 0);
}

# Regular files of OUT with one link only, opened without following links and without blocking; the others are
# counted, up to a number. Of so many names that sorting and looking at them takes time, the first are looked at.
sub collect {
  my ($directory, $prefix, $depth, $left) = @_;
  return $left->{out} += 1 if $depth >= 16 || -l $directory;    # a link: somebody put it in its place
  opendir(my $handle, $directory) or return $left->{out} += $depth > 0;
  for my $name (sort(read_names($handle, $left))) {
    my $path = "$directory/$name";
    my @stat = lstat $path;
    if (@stat && -d _ ) { collect($path, "$prefix$name/", $depth + 1, $left) }
    elsif (!@stat || !-f _ || !give_file($path, "$prefix$name", $left, @stat)) { $left->{out} += 1 }
  }
}

sub read_names {
  my ($handle, $left) = @_;
  my @names;
  while ($left->{out} < $max_counted && defined(my $name = readdir $handle)) {
    next if $name eq '.' || $name eq '..';
    if ($left->{names} > 0) { $left->{names} -= 1; push @names, $name }
    else { $left->{out} += 1 }
  }
  return @names;
}

sub give_file {
  my ($path, $name, $left, @stat) = @_;
  return 0 if $stat[3] != 1 || $stat[7] > $left->{bytes} || $left->{files} < 1;
  sysopen(my $file, $path, $no_follow | $o_nonblock) or return 0;
  my @opened = stat $file;
  return 0 if $opened[1] != $stat[1] || $opened[0] != $stat[0];
  $left->{bytes} -= $stat[7];
  $left->{files} -= 1;
  print $report 'file ', length $name, ' ', $stat[7], "\n$name";
  pass_on($file, $stat[7]);
  return 1;
}

# In pieces: what is collected counts as memory of the run.
sub pass_on {
  my ($file, $size) = @_;
  while ($size > 0) {
    my $count = sysread $file, my $part, $size < 65536 ? $size : 65536;
    $part = "\0" x ($count = $size < 65536 ? $size : 65536) unless $count;    # it cannot be read; its size is already announced
    print $report $part;
    $size -= $count;
  }
}

# (bytes of a block, blocks, free blocks) of a writable file system; empty where it is the host's.
sub disk {
  my ($where) = @_;
  return () unless $linux && $mode eq 'pid1';
  my $buf = "\0" x 128;
  return () if syscall($call{statfs}, $where, $buf) != 0;
  return (unpack 'q7', $buf)[1, 2, 3];
}

sub disk_full {
  return has_full_file($work, 0) || has_full_file($out, 0) if $mode ne 'pid1';
  for my $where ($above, '/dev/shm') {
    my ($size, undef, $free) = disk($where);
    return 1 if defined $size && $free * $size < 65536;
  }
  return 0;
}

# Without a file system of its own a run is bounded by file: whether one has reached what it may have.
sub has_full_file {
  my ($directory, $depth) = @_;
  return 0 if !$limit{fsize} || $depth > 16 || -l $directory;
  opendir(my $handle, $directory) or return 0;
  while (defined(my $name = readdir $handle)) {
    next if $name eq '.' || $name eq '..' || $seen++ > 10_000;
    my @stat = lstat "$directory/$name" or next;
    return 1 if -d _ ? has_full_file("$directory/$name", $depth + 1) : -f _ && $stat[7] >= $limit{fsize};
  }
  return 0;
}

sub disk_used {
  my ($size, $blocks, $free) = disk($above);
  return defined $size ? ($blocks - $free) * $size : 0;
}

sub report_end {
  my $full = disk_full();
  my $left = { files => $max_files, bytes => $max_bytes, names => $max_names, out => 0 };
  collect($out, '', 0, $left);
  ($ended, $ended_ns) = (9, now_ns()) unless defined $ended;
  print $report describe_end($full, $left->{out});
  close $report;
}

sub describe_end {
  my ($full, $dropped) = @_;
  my $status = $ended // 0;
  return join(' ', 'end', ($status >> 8) & 255, $status & 127, $user_us, $system_us, $maxrss, $full, $killed, $peak,
    $broke, $ended_ns, $dropped < $max_counted ? $dropped : $max_counted) . "\n";
}

supervise(@ARGV) unless caller;

1;
