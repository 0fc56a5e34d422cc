/** Why a host refuses user namespaces, read from its settings, and the commands that allow them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const BWRAP = '/usr/bin/bwrap'
const PROFILE = `abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap ${BWRAP} flags=(unconfined) {\\n  userns,\\n}\\n`
const IN_DOCKER =
  'in Docker run with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined'

/** Settings that refuse namespaces: their value when they do, and what helps. */
const SETTINGS: readonly { name: string; refuses: string; fix: string }[] = [
  {
    // Ubuntu since 23.10: without a profile, a program has no rights in the namespaces it makes.
    name: 'kernel.apparmor_restrict_unprivileged_userns',
    refuses: '1',
    fix: `give bubblewrap an AppArmor profile: printf '${PROFILE}' | sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap (or, for every program: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0)`,
  },
  {
    name: 'kernel.unprivileged_userns_clone',
    refuses: '0',
    fix: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    name: 'user.max_user_namespaces',
    refuses: '0',
    fix: 'sudo sysctl -w user.max_user_namespaces=15000',
  },
]

/**
 * What allows user namespaces on this host, for a person.
 * @param settings directory of the kernel's settings
 */
export function allowNamespaces(settings = '/proc/sys'): string {
  const found = SETTINGS.filter(({ name, refuses }) => readSetting(settings, name) === refuses)
  return [...found.map(({ fix }) => fix), IN_DOCKER].join('; ')
}

function readSetting(settings: string, name: string): string | null {
  try {
    return readFileSync(join(settings, ...name.split('.')), 'utf8').trim()
  } catch {
    return null // this kernel does not have it
  }
}
