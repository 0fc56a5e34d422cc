/** How one run of a language module is started: what it sees, and how much memory it gets. */
import { engineCommand } from '../../provision/wasmedge/engine.ts'
import type { ModuleName } from '../../provision/wasmedge/modules.ts'
import type { HostSupport } from '../sandbox/host-support.ts'
import type { Guest } from '../sandbox/guests.ts'
import type { GuestMounts, Mount } from './guest-mounts.ts'
import type { Runnable } from './toolchain.ts'

/** What the engine needs for itself besides the program's memory: code, translation, stacks. */
export const ENGINE_BYTES: Record<ModuleName, number> = { quickjs: 134_217_728, python: 402_653_184 }

/** Around the one module: supervisor, channel, engine. */
const ENGINE_PROCESSES = 16

const PAGE_BYTES = 65_536
/** A module that cannot grow at all does not get through its own start. */
const START_PAGES: Record<ModuleName, number> = { quickjs: 64, python: 256 }
/** Most pages a 32-bit memory can have. */
const MAX_PAGES = 65_536

interface GuestSettings {
  support: HostSupport
  memoryBytes: number | null
  /** The caller's own. */
  env: Readonly<Record<string, string>>
}

/** The command of a run, and the binds that put everything in its place. */
export async function guestFor(
  runnable: Runnable,
  guestMounts: GuestMounts,
  { support, memoryBytes, env }: GuestSettings,
): Promise<Guest> {
  const { engine, module, form } = runnable
  const guest = await guestMounts.guest()
  const root =
    engine.root === null ? null : await guestMounts.directory(engine.root, `engine-${engine.version}`)
  const program = await guestMounts.file(runnable.path, `${module.name}-${form}`)
  const library =
    module.name === 'python' ? await guestMounts.directory(`${module.directory}/lib`, 'python') : null
  const pages = pageLimit(runnable, memoryBytes)
  const settings = library === null ? [] : settingsOf(env)
  const mounts = [guest, root, program, library].filter((item): item is Mount => item !== null)
  return {
    // What is started alike is started ahead under one name.
    name: ['wasmedge', module.name, form, pages, ...settings].join(' '),
    command: [
      support.tools.perl ?? 'perl',
      `${guest.path}/channel.pl`,
      process.arch,
      ...engineCommand(engine, root?.path ?? '/'),
      ...directories({ '/': '.', '/out': '../out', '/tmp': '../tmp', '/run/exectrail': '../channel' }),
      ...readOnlyDirectory('/lib/exectrail', guest.path),
      '--memory-page-limit',
      String(pages),
      ...settings.flatMap((setting) => ['--env', setting]),
      ...languageArguments(library, program.path),
    ],
    forkServer: null,
    binds: mounts.flatMap(({ binds }) => binds),
    data: { floorBytes: ENGINE_BYTES[module.name], times: 1 },
    threads: ENGINE_PROCESSES,
    descriptors: 0,
  }
}

/** What an interpreter of Python reads when it starts; its library and its home are not the caller's. */
function settingsOf(env: GuestSettings['env']): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    /^PYTHON(?!PATH$|HOME$)/u.test(name) && value !== '' ? [`${name}=${value}`] : [],
  )
}

function languageArguments(library: Mount | null, program: string): string[] {
  if (library === null)
    return ['--env', 'QJS_LIB=/lib/exectrail/modules', program, '/lib/exectrail/javascript/main.js']
  const start = [program, '-s', '-S', '-P', '-B', '/lib/exectrail/python/main.py']
  return [...readOnlyDirectory('/lib/python', library.path), '--env', 'PYTHONPATH=/lib/python', ...start]
}

function directories(places: Readonly<Record<string, string>>): string[] {
  return Object.entries(places).flatMap(([inside, outside]) => ['--dir', `${inside}:${outside}`])
}

function readOnlyDirectory(inside: string, outside: string): string[] {
  return ['--dir', `${inside}:${outside}:readonly`]
}

function pageLimit({ module }: Runnable, memoryBytes: number | null): number {
  if (memoryBytes === null) return MAX_PAGES
  const least = module.initialPages + START_PAGES[module.name]
  return Math.min(MAX_PAGES, Math.max(least, Math.floor(memoryBytes / PAGE_BYTES)))
}
