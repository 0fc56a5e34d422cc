/**
 * What the filter of system calls lets a program do with sockets: the families and protocols that programs use, and no
 * option by which the kernel keeps memory that no control group counts.
 */
import {
  ALLOW,
  fail,
  returnWith,
  onCall,
  keepBits,
  load,
  OFFSET,
  orFail,
  unlessEqual,
  when,
  type Instruction,
  type Rule,
} from './bpf.ts'

/** Their numbers on one architecture. */
export interface SocketCalls {
  socket: number
  socketpair: number
  setsockopt: number
}

/** Families of sockets: no others, and not vsock above all, which no network namespace contains. */
const [UNIX, INET, INET6, NETLINK] = [1, 2, 10, 16]
/** Stream, datagram, raw: other kinds have the kernel load modules, such as those of DCCP and SCTP. */
const INET_KINDS = [1, 2, 3]
/** The usual one, ICMP, TCP, UDP, ICMPv6; others load modules as well, and memory that no control group counts. */
const INET_PROTOCOLS = [0, 1, 6, 17, 58]
/** Of netlink the routes, which show what interfaces there are. */
const NETLINK_PROTOCOLS = [0]

/** By level: what is granted and changes nothing, and what is refused. */
const SOCKET_OPTIONS = [
  // SO_SNDBUF, SO_RCVBUF: the kernel takes them for a wish as well, and netlink's buffers count for no control group.
  // SO_ATTACH_FILTER, _BPF, _REUSEPORT_CBPF, _REUSEPORT_EBPF.
  { level: 1, ignored: [7, 8], refused: [26, 50, 51, 52] },
  // TCP_MD5SIG, _MD5SIG_EXT, _AO_ADD_KEY, _AO_DEL_KEY, _AO_INFO keep keys that no control group counts; TCP_ULP loads modules.
  { level: 6, ignored: [], refused: [14, 32, 38, 39, 40, 31] },
]

const EAFNOSUPPORT = 97
const ENOPROTOOPT = 92
const EPROTONOSUPPORT = 93

/** The rules for these three calls. */
export function socketRules({ socket, socketpair, setsockopt }: SocketCalls): Rule[] {
  return [
    onCall(socket, OFFSET.argument0, [
      unlessEqual(UNIX, 1),
      returnWith(ALLOW),
      ...when([NETLINK], onlyProtocols(NETLINK_PROTOCOLS)),
      ...when(
        [INET, INET6],
        [
          load(OFFSET.argument1),
          keepBits(0xf),
          ...orFail(INET_KINDS, EPROTONOSUPPORT),
          ...onlyProtocols(INET_PROTOCOLS),
        ],
      ),
      returnWith(fail(EAFNOSUPPORT)),
    ]),
    onCall(socketpair, OFFSET.argument0, [
      unlessEqual(UNIX, 1),
      returnWith(ALLOW),
      returnWith(fail(EAFNOSUPPORT)),
    ]),
    onCall(setsockopt, OFFSET.argument1, [
      ...SOCKET_OPTIONS.flatMap(({ level, ignored, refused: closed }) =>
        when(
          [level],
          [
            load(OFFSET.argument2),
            ...ignored.flatMap((option) => [unlessEqual(option, 1), returnWith(fail(0))]),
            ...closed.flatMap((option) => [unlessEqual(option, 1), returnWith(fail(ENOPROTOOPT))]),
            returnWith(ALLOW),
          ],
        ),
      ),
      returnWith(ALLOW),
    ]),
  ]
}

function onlyProtocols(protocols: readonly number[]): Instruction[] {
  return [load(OFFSET.argument2), ...orFail(protocols, EPROTONOSUPPORT), returnWith(ALLOW)]
}
