/** What a reader chose for this browser: theme and time zone. */
import { useSyncExternalStore } from 'react'

export interface Preferences {
  theme: 'system' | 'light' | 'dark'
  zone: 'local' | 'utc'
}

const DEFAULTS: Preferences = { theme: 'system', zone: 'local' }
const STORED = 'exectrail.preferences'
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()
let current = load()

/** The choices, and a component that follows them. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current)
}

/** The theme that the document has, and a component that follows it. */
export function useTheme(): string | undefined {
  return useSyncExternalStore(subscribe, () => document.documentElement.dataset['theme'])
}

export function changePreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  try {
    localStorage.setItem(STORED, JSON.stringify(current))
  } catch {
    // A browser that keeps nothing has the choice until the page is left.
  }
  applyPreferences()
  for (const listener of listeners) listener()
}

/** Gives the document its theme, also when that of the system changes. */
export function applyPreferences(): void {
  const theme = current.theme === 'system' ? (dark.matches ? 'dark' : 'light') : current.theme
  document.documentElement.dataset['theme'] = theme
}

dark.addEventListener('change', () => {
  applyPreferences()
  for (const listener of listeners) listener()
})

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function load(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}')
    const given = typeof stored === 'object' && stored !== null ? stored : {}
    const theme =
      'theme' in given && (given.theme === 'light' || given.theme === 'dark') ? given.theme : DEFAULTS.theme
    return { theme, zone: 'zone' in given && given.zone === 'utc' ? 'utc' : DEFAULTS.zone }
  } catch {
    return DEFAULTS
  }
}
