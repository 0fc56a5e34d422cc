/** The guest programs: how each interpreter is started and how it is told its job. */
import { prefixBind, SANDBOX_PATHS } from './bubblewrap.ts'
import type { Tools } from './footing.ts'

export type GuestName = 'javascript' | 'python' | 'bash' | 'vm2'

/** An interpreter with its guest program, by paths as seen where it runs. */
export interface Guest {
  name: GuestName
  command: readonly string[]
  binds: readonly (readonly [string, string])[]
  /** Fixed part of the address space an interpreter reserves, for hosts without control groups. */
  dataFloorBytes: number
}

const NODE_FLAGS = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--no-addons']
/** V8 reserves 512 MB of code range that count as data. */
const NODE_DATA_FLOOR = 603_979_776

/** How to start `name`; a string is what is missing, with the command that gets it. */
export function findGuest(
  name: GuestName,
  tools: Tools,
  where: 'inside' | string,
): Guest | { missing: string; fix: string } {
  const guest = (file: string) => `${where === 'inside' ? SANDBOX_PATHS.guest : where}/${file}`
  const node = where === 'inside' ? SANDBOX_PATHS.node : tools.node
  const nodeBind = [[tools.node, SANDBOX_PATHS.node]] as const
  switch (name) {
    case 'javascript':
      return {
        name,
        command: [node, ...NODE_FLAGS, guest('javascript.cjs')],
        binds: nodeBind,
        dataFloorBytes: NODE_DATA_FLOOR,
      }
    case 'vm2':
      return {
        name,
        command: [node, ...NODE_FLAGS, guest('vm2.cjs')],
        binds: nodeBind,
        dataFloorBytes: NODE_DATA_FLOOR,
      }
    case 'python': {
      if (tools.python === null)
        return { missing: 'python3 was not found', fix: 'apt-get install -y python3' }
      const { path, prefix } = tools.python
      return {
        name,
        command: [path, '-I', '-S', '-B', guest('python.py')],
        binds: prefixBind(prefix),
        dataFloorBytes: 33_554_432,
      }
    }
    case 'bash':
      if (tools.bash === null) return { missing: 'bash was not found', fix: 'apt-get install -y bash' }
      return {
        name,
        command: [tools.bash, '--norc', '--noprofile', guest('bash.sh')],
        binds: [],
        dataFloorBytes: 16_777_216,
      }
  }
}
