import { expect } from 'vitest'
import { attacksIn, CONTAINED, REFUSED, TIMEOUT, type Attack } from './attack.ts'

export const BASH_ATTACKS: readonly Attack[] = attacksIn('subprocess', 'bash', [
  {
    tries: 'the classic fork bomb',
    code: `b() { b | b & }; b; wait; sleep 100`,
    request: { limits: { pids: 40, timeoutMs: 60_000 } },
    expect: ['limit/pids_limit'],
  },
  {
    tries: 'to read the secrets of the host',
    code: ({ file }) =>
      `cat ${file} /etc/shadow /root/.bash_history /proc/1/environ /proc/*/environ; env; ls /home /root /var; exit 0`,
    expect: CONTAINED,
  },
  {
    tries: 'to learn how the host was started, and to watch what others read',
    code: `cat /proc/cmdline /proc/interrupts /proc/softirqs; echo x >> /proc/cmdline; timeout 0.3 tail -n 0 -f /usr/bin/env; exit 0`,
    expect: CONTAINED,
    proves: ({ stdout, stderr }) => {
      expect(stdout).toBe('')
      expect(stderr).toMatch(/(?:Permission denied|Read-only file system)[^]*reverting to polling/)
    },
  },
  {
    tries: 'to leave the root',
    code: `cd /; cd ../../..; ls; cat ../../../etc/hostname; exit 0`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).not.toContain('home'),
  },
  {
    tries: 'to gain rights by a setuid program',
    code: `for p in su mount umount passwd newgrp chsh; do command -v $p > /dev/null && $p -h < /dev/null; done 2>&1 | head -c 300; su -c id; id -u`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout.trim().endsWith('1000')).toBe(true),
  },
  {
    tries: 'to unshare and mount',
    code: `unshare -Urm mount -t tmpfs none /usr && echo ESCAPED; mount -o remount,rw / && echo ESCAPED; exit 0`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe(''),
  },
  {
    tries: 'to reach the host by /dev/tcp',
    code: ({ port }) => `exec 7<> /dev/tcp/127.0.0.1/${port} && echo REACHED`,
    expect: ['failure/exit_code'],
    proves: ({ stdout }) => expect(stdout).toBe(''),
  },
  {
    tries: 'to write over its guest program',
    code: `echo evil > /run/exectrail/bash.sh; rm -rf /usr/bin /run; : > /usr/bin/bash; exit 0`,
    expect: CONTAINED,
  },
  {
    tries: 'to delete everything',
    code: `rm -rf --no-preserve-root / 2> /dev/null; echo still`,
    expect: [...CONTAINED, ...TIMEOUT],
    proves: ({ stdout }) => expect(['', 'still\n']).toContain(stdout),
  },
  {
    tries: 'to ignore every signal',
    code: `trap '' TERM INT HUP QUIT USR1; while :; do sleep 1000; done`,
    expect: TIMEOUT,
  },
  {
    tries: 'to run on after its deadline in the background',
    code: `(setsid sleep 300 &) ; (nohup sleep 300 > /dev/null 2>&1 &); sleep 100`,
    expect: TIMEOUT,
  },
  {
    tries: 'to keep the output open from a daemon',
    code: `setsid sleep 300 & echo done`,
    expect: CONTAINED,
    proves: ({ durationMs }) => expect(durationMs).toBeLessThan(15_000),
  },
  {
    tries: 'to flood both streams',
    code: `yes & yes >&2`,
    request: { limits: { timeoutMs: 1000 } },
    expect: TIMEOUT,
    proves: ({ outputTruncated }) => expect(outputTruncated).toBe(true),
  },
  {
    tries: 'to eat memory as a string',
    code: `x=x; while :; do x+=$x; done`,
    request: { limits: { memoryMb: 64, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to eat memory in a pipe of programs',
    code: `tail /dev/zero | cat; exit 0`,
    request: { limits: { memoryMb: 64, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to fill the disk',
    code: `dd if=/dev/zero of=/tmp/fill bs=1M`,
    request: { limits: { diskBytes: 8_388_608, timeoutMs: 60_000 } },
    expect: ['limit/disk_limit'],
  },
  {
    tries: 'to fill shared memory',
    code: `dd if=/dev/zero of=/dev/shm/fill bs=64k count=1000`,
    expect: ['limit/disk_limit'],
  },
  {
    tries: 'to kill the supervisor and everyone',
    code: `kill -9 1; kill -TERM 1; kill -9 -1; sleep 1`,
    expect: ['failure/exit_code', 'success'],
  },
  {
    tries: 'to pass its own kill off as a limit',
    code: `kill -9 $$`,
    expect: ['failure/exit_code'],
    proves: ({ signal }) => expect(signal).toBe('SIGKILL'),
  },
  {
    tries: 'to exit 137',
    code: `exit 137`,
    expect: ['failure/exit_code'],
    proves: ({ exitCode }) => expect(exitCode).toBe(137),
  },
  {
    tries: 'to give a result that is no JSON',
    code: `main() { result 'no json {'; }`,
    expect: ['failure/exception'],
  },
  {
    tries: 'to make a result without end',
    code: `main() { yes >&3; }`,
    request: { limits: { timeoutMs: 5000 } },
    expect: ['failure/exception', 'failure/exit_code', ...TIMEOUT],
  },
  {
    tries: 'to inject by the names and values of its environment',
    code: `echo "$EVIL"`,
    request: { env: { EVIL: `'; touch /tmp/pwned; echo '$(id)\`id\`\n\\'` } },
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe(`'; touch /tmp/pwned; echo '$(id)\`id\`\n\\'\n`),
  },
  {
    tries: 'to look at devices',
    code: `ls /dev; cat /dev/vda /dev/mem /dev/kmsg; exit 0`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).not.toMatch(/vda|kvm|mem\b/),
  },
  { tries: 'to write to a terminal it has not', code: `echo x > /dev/tty`, expect: REFUSED },
  {
    tries: 'to change its limits',
    code: `ulimit -n 100000; ulimit -c unlimited; ulimit -n`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('256\n'),
  },
  {
    tries: 'to find its control group',
    code: `cat /proc/self/cgroup; ls -d /sys /proc/cgroups /run/*; find /run /dev /tmp -name cgroup.procs 2> /dev/null; exit 0`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).not.toContain('cgroup.procs'),
  },
])
