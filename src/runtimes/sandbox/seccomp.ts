/**
 * The filter of system calls: a classic BPF program that bubblewrap loads. It refuses what no program of
 * the served languages needs and what the kernel's worst bugs were found in; all else stays allowed, so
 * that interpreters and their libraries work unchanged.
 */

type Architecture = 'x64' | 'arm64'
type JudgedCall = 'clone' | 'clone3' | 'socket' | 'socketpair' | 'setsockopt' | 'ioctl'

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

/** Calls judged by an argument, and the one glibc has to be told does not exist so that it takes `clone`. */
const JUDGED: Record<Architecture, Record<JudgedCall, number>> = {
  x64: { clone: 56, clone3: 435, socket: 41, socketpair: 53, setsockopt: 54, ioctl: 16 },
  arm64: { clone: 220, clone3: 435, socket: 198, socketpair: 199, setsockopt: 208, ioctl: 29 },
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
/** Families of sockets: no others, and not vsock above all, which no network namespace contains. */
const [UNIX, INET, INET6, NETLINK] = [1, 2, 10, 16]
/** Stream, datagram, raw: other kinds have the kernel load modules, such as those of DCCP and SCTP. */
const INET_KINDS = [1, 2, 3]
/** The usual one, ICMP, TCP, UDP, ICMPv6; others load modules as well, and memory that no control group counts. */
const INET_PROTOCOLS = [0, 1, 6, 17, 58]
/** Of netlink the routes, which tell what interfaces there are. */
const NETLINK_PROTOCOLS = [0]

/** By level: what is granted and changes nothing, and what is refused. */
const SOCKET_OPTIONS = [
  // SO_SNDBUF, SO_RCVBUF: the kernel takes them for a wish as well, and netlink's buffers count for no control group.
  // SO_ATTACH_FILTER, _BPF, _REUSEPORT_CBPF, _REUSEPORT_EBPF.
  { level: 1, ignored: [7, 8], refused: [26, 50, 51, 52] },
  // TCP_MD5SIG, _MD5SIG_EXT, _AO_ADD_KEY, _AO_DEL_KEY, _AO_INFO keep keys that nobody counts; TCP_ULP loads modules.
  { level: 6, ignored: [], refused: [14, 32, 38, 39, 40, 31] },
]
/** TIOCSTI and TIOCLINUX type into somebody's terminal. */
const TERMINAL_IOCTLS = [0x5412, 0x541c]
/** Numbers from here on are the x32 tables. */
const X32_BIT = 0x40000000

const LOAD = 0x20
const JUMP_EQUAL = 0x15
const JUMP_GREATER_EQUAL = 0x35
const JUMP_ANY_BIT = 0x45
const AND = 0x54
const RETURN = 0x06

const ALLOW = 0x7fff0000
const KILL_PROCESS = 0x80000000
const fail = (errno: number): number => 0x00050000 | errno
const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97
const ENOPROTOOPT = 92
const EPROTONOSUPPORT = 93

const OFFSET = { number: 0, architecture: 4, argument0: 16, argument1: 24, argument2: 32 }

interface Instruction {
  code: number
  /** Instructions to skip when true, and when false. */
  yes: number
  no: number
  value: number
}

const load = (offset: number): Instruction => ({ code: LOAD, yes: 0, no: 0, value: offset })
const give = (value: number): Instruction => ({ code: RETURN, yes: 0, no: 0, value })
const keepBits = (value: number): Instruction => ({ code: AND, yes: 0, no: 0, value })
const unlessEqual = (value: number, skip: number): Instruction => ({
  code: JUMP_EQUAL,
  yes: 0,
  no: skip,
  value,
})
const ifEqual = (value: number, skip: number): Instruction => ({ code: JUMP_EQUAL, yes: skip, no: 0, value })

/** The program for this machine's architecture; null for one we have no tables for. */
export function makeSeccompFilter(architecture: string): Uint8Array | null {
  if (architecture !== 'x64' && architecture !== 'arm64') return null
  const { clone, clone3, socket, socketpair, setsockopt, ioctl } = JUDGED[architecture]
  const column = architecture === 'x64' ? 0 : 1
  const refused = Object.values(REFUSED).flatMap((numbers) => numbers[column] ?? [])
  return encode([
    load(OFFSET.architecture),
    ifEqual(AUDIT_ARCH[architecture], 1),
    give(KILL_PROCESS),
    load(OFFSET.number),
    ...(architecture === 'x64'
      ? [{ code: JUMP_GREATER_EQUAL, yes: 0, no: 1, value: X32_BIT }, give(fail(EPERM))]
      : []),
    unlessEqual(clone3, 1),
    give(fail(ENOSYS)),
    ...judge(clone, OFFSET.argument0, [
      { code: JUMP_ANY_BIT, yes: 0, no: 1, value: NEW_NAMESPACES },
      give(fail(EPERM)),
      give(ALLOW),
    ]),
    ...judge(socket, OFFSET.argument0, [
      unlessEqual(UNIX, 1),
      give(ALLOW),
      ...when([NETLINK], onlyProtocols(NETLINK_PROTOCOLS)),
      ...when(
        [INET, INET6],
        [load(OFFSET.argument1), keepBits(0xf), ...orFail(INET_KINDS), ...onlyProtocols(INET_PROTOCOLS)],
      ),
      give(fail(EAFNOSUPPORT)),
    ]),
    ...judge(socketpair, OFFSET.argument0, [unlessEqual(UNIX, 1), give(ALLOW), give(fail(EAFNOSUPPORT))]),
    ...judge(setsockopt, OFFSET.argument1, [
      ...SOCKET_OPTIONS.flatMap(({ level, ignored, refused: closed }) =>
        when(
          [level],
          [
            load(OFFSET.argument2),
            ...ignored.flatMap((option) => [unlessEqual(option, 1), give(fail(0))]),
            ...closed.flatMap((option) => [unlessEqual(option, 1), give(fail(ENOPROTOOPT))]),
            give(ALLOW),
          ],
        ),
      ),
      give(ALLOW),
    ]),
    ...judge(ioctl, OFFSET.argument1, [
      ...TERMINAL_IOCTLS.flatMap((request) => [unlessEqual(request, 1), give(fail(EPERM))]),
      give(ALLOW),
    ]),
    ...refused.flatMap((number) => [unlessEqual(number, 1), give(fail(EPERM))]),
    ...spareSupervisor(column),
    give(ALLOW),
  ])
}

function spareSupervisor(column: 0 | 1): Instruction[] {
  const spared = [unlessEqual(SUPERVISOR, 1), give(fail(EPERM)), give(ALLOW)]
  return [
    ...Object.values(NAMES_PROCESS).flatMap((numbers) => judge(numbers[column], OFFSET.argument0, spared)),
    ...Object.values(NAMES_KIND).flatMap((numbers) =>
      judge(numbers[column], OFFSET.argument0, [
        ifEqual(numbers[2], 1),
        give(fail(EPERM)),
        load(OFFSET.argument1),
        ...spared,
      ]),
    ),
  ]
}

/** For one call: load an argument and decide; other calls pass on with their number still loaded. */
function judge(number: number, argument: number, verdict: readonly Instruction[]): Instruction[] {
  return [unlessEqual(number, verdict.length + 1), load(argument), ...verdict]
}

/** Where the loaded value is one of `values`, `verdict`, which decides; else on, with the value still loaded. */
function when(values: readonly number[], verdict: readonly Instruction[]): Instruction[] {
  return [
    ...values.slice(0, -1).map((value, at) => ifEqual(value, values.length - 1 - at)),
    unlessEqual(values.at(-1) ?? 0, verdict.length),
    ...verdict,
  ]
}

/** On where the loaded value is one of `values`. */
function orFail(values: readonly number[]): Instruction[] {
  return [...values.map((value, at) => ifEqual(value, values.length - at)), give(fail(EPROTONOSUPPORT))]
}

function onlyProtocols(protocols: readonly number[]): Instruction[] {
  return [load(OFFSET.argument2), ...orFail(protocols), give(ALLOW)]
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8))
  for (const [index, { code, yes, no, value }] of program.entries()) {
    bytes.setUint16(index * 8, code, true)
    bytes.setUint8(index * 8 + 2, yes)
    bytes.setUint8(index * 8 + 3, no)
    bytes.setUint32(index * 8 + 4, value >>> 0, true)
  }
  return new Uint8Array(bytes.buffer)
}
