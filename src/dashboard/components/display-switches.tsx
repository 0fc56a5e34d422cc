/** Time zone and theme. */
import { Monitor, Moon, Sun } from 'lucide-react'
import { useTimeFormat } from '../format/time.ts'
import { changePreferences, usePreferences, type Preferences } from '../preferences.ts'
import styles from './controls.module.css'

const NEXT: Readonly<Record<Preferences['theme'], Preferences['theme']>> = {
  system: 'light',
  light: 'dark',
  dark: 'system',
}
const ICONS = { system: Monitor, light: Sun, dark: Moon }

export function DisplaySwitches(): React.ReactNode {
  const { theme, zone } = usePreferences()
  const time = useTimeFormat()
  const Icon = ICONS[theme]
  return (
    <>
      <button
        type="button"
        className={styles['button']}
        title="Switches between your zone and UTC"
        onClick={() => changePreferences({ zone: zone === 'utc' ? 'local' : 'utc' })}
      >
        <span className="visually-hidden">Time zone: </span>
        {time.zone}
      </button>
      <button
        type="button"
        className={styles['button']}
        aria-label={`Theme: ${theme}`}
        title={`Theme: ${theme}`}
        onClick={() => changePreferences({ theme: NEXT[theme] })}
      >
        <Icon size={15} aria-hidden="true" />
      </button>
    </>
  )
}
