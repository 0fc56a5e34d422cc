/**
 * The filter of system calls: a classic BPF program that bubblewrap loads. It refuses what no program of
 * the served languages needs and what the kernel's worst bugs were found in; all else stays allowed, so
 * that interpreters and their libraries work unchanged.
 */
import {
  decide,
  encode,
  fail,
  returnWith,
  ifEqual,
  JUMP_ANY_BIT,
  JUMP_GREATER_EQUAL,
  onCall,
  load,
  OFFSET,
  unlessEqual,
  ALLOW,
  KILL_PROCESS,
  type Rule,
} from './bpf.ts'
import { socketRules, type SocketCalls } from './seccomp-sockets.ts'

type Architecture = 'x64' | 'arm64'

const AUDIT_ARCH: Record<Architecture, number> = { x64: 0xc000003e, arm64: 0xc00000b7 }
/** Numbers by architecture; null where it has no such call. From the kernel's syscall tables. */
const REFUSED: Record<string, readonly [x64: number | null, arm64: number | null]> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  process_mrelease: [448, 448],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  perf_event_open: [298, 241],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_setup: [206, 0],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  open_tree_attr: [467, 467],
  unshare: [272, 97],
  setns: [308, 268],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  fanotify_init: [300, 262],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  acct: [163, 89],
  syslog: [103, 116],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  vhangup: [153, 58],
  personality: [135, 92],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  memfd_secret: [447, 447],
  lookup_dcookie: [212, 18],
  nfsservctl: [180, 42],
  modify_ldt: [154, null],
  iopl: [172, null],
  ioperm: [173, null],
  uselib: [134, null],
  ustat: [136, null],
  sysfs: [139, null],
  _sysctl: [156, null],
}

/**
 * Calls that programs take for missing in an older kernel. glibc makes do with `clone` for clone3; inotify shows who
 * else reads the files that all sandboxes share, and programs that watch files look at them instead.
 */
const ABSENT: Record<string, readonly [x64: number | null, arm64: number | null]> = {
  clone3: [435, 435],
  inotify_init: [253, null],
  inotify_init1: [294, 26],
}

/** Calls allowed or refused by an argument. */
const ARGUMENT_CHECKED: Record<Architecture, SocketCalls & { clone: number; ioctl: number; fcntl: number }> =
  {
    x64: { clone: 56, socket: 41, socketpair: 53, setsockopt: 54, ioctl: 16, fcntl: 72 },
    arm64: { clone: 220, socket: 198, socketpair: 199, setsockopt: 208, ioctl: 29, fcntl: 25 },
  }

/**
 * Calls that name a process in their first argument. Process 1 is the supervisor, which runs under the program's own
 * user: without this a program could take away its limits, its processor and its memory. Signals it withstands.
 */
const NAMES_PROCESS: Record<string, readonly [x64: number, arm64: number]> = {
  prlimit64: [302, 261],
  sched_setparam: [142, 118],
  sched_setscheduler: [144, 119],
  sched_setaffinity: [203, 122],
  sched_setattr: [314, 274],
}
/** The same with a kind before it, of which a process is `own`; groups and users would take the supervisor in. */
const NAMES_KIND: Record<string, readonly [x64: number, arm64: number, own: number]> = {
  setpriority: [141, 140, 0],
  ioprio_set: [251, 30, 1],
}
const SUPERVISOR = 1

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACES = 0x7e020000
/** TIOCSTI and TIOCLINUX type into a user's terminal. */
const TERMINAL_IOCTLS = [0x5412, 0x541c]
/** F_NOTIFY, the older form of inotify. */
const WATCH_FOLDER = 1026
/** Numbers from here on are the x32 tables. */
const X32_BIT = 0x40000000

const EPERM = 1
const EINVAL = 22
const ENOSYS = 38

/** The program for this machine's architecture; null for one we have no tables for. */
export function makeSeccompFilter(architecture: string): Uint8Array | null {
  if (architecture !== 'x64' && architecture !== 'arm64') return null
  const { clone, ioctl, fcntl } = ARGUMENT_CHECKED[architecture]
  const column = architecture === 'x64' ? 0 : 1
  const refused = Object.values(REFUSED).flatMap((numbers) => numbers[column] ?? [])
  const absent = Object.values(ABSENT).flatMap((numbers) => numbers[column] ?? [])
  return encode([
    load(OFFSET.architecture),
    ifEqual(AUDIT_ARCH[architecture], 1),
    returnWith(KILL_PROCESS),
    load(OFFSET.number),
    ...(architecture === 'x64'
      ? [{ code: JUMP_GREATER_EQUAL, yes: 0, no: 1, value: X32_BIT }, returnWith(fail(EPERM))]
      : []),
    ...decide(
      [
        ...absent.map((number) => ({ number, action: [returnWith(fail(ENOSYS))] })),
        onCall(clone, OFFSET.argument0, [
          { code: JUMP_ANY_BIT, yes: 0, no: 1, value: NEW_NAMESPACES },
          returnWith(fail(EPERM)),
          returnWith(ALLOW),
        ]),
        ...socketRules(ARGUMENT_CHECKED[architecture]),
        onCall(ioctl, OFFSET.argument1, [
          ...TERMINAL_IOCTLS.flatMap((request) => [unlessEqual(request, 1), returnWith(fail(EPERM))]),
          returnWith(ALLOW),
        ]),
        onCall(fcntl, OFFSET.argument1, [
          unlessEqual(WATCH_FOLDER, 1),
          returnWith(fail(EINVAL)),
          returnWith(ALLOW),
        ]),
        ...refused.map((number) => ({ number, action: [returnWith(fail(EPERM))] })),
        ...supervisorRules(column),
      ],
      returnWith(ALLOW),
    ),
  ])
}

function supervisorRules(column: 0 | 1): Rule[] {
  const spared = [unlessEqual(SUPERVISOR, 1), returnWith(fail(EPERM)), returnWith(ALLOW)]
  return [
    ...Object.values(NAMES_PROCESS).map((numbers) => onCall(numbers[column], OFFSET.argument0, spared)),
    ...Object.values(NAMES_KIND).map((numbers) =>
      onCall(numbers[column], OFFSET.argument0, [
        ifEqual(numbers[2], 1),
        returnWith(fail(EPERM)),
        load(OFFSET.argument1),
        ...spared,
      ]),
    ),
  ]
}
