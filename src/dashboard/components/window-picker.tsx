/** Chooses the window of the page: a length of time up to now, or two instants. */
import { useNavigate } from '@tanstack/react-router'
import { useTimeFormat } from '../format/time.ts'
import {
  isRange,
  rangeOf,
  RANGE_NAMES,
  RANGE_WORDS,
  toWindowInput,
  useWindow,
  type Range,
} from '../search/window.ts'
import styles from './controls.module.css'

const FIXED = 'fixed'

export function WindowPicker(): React.ReactNode {
  const shown = useWindow()
  const time = useTimeFormat()
  const setWindow = useSetWindow()
  const range = rangeOf(shown)
  const { from, to } = toWindowInput(shown)
  return (
    <label className={styles['field']}>
      <span className="visually-hidden">Window</span>
      <select
        className={styles['select']}
        value={range ?? FIXED}
        onChange={({ target }) => isRange(target.value) && setWindow({ range: target.value })}
      >
        {range === null && (
          <option value={FIXED}>
            {time.short(from)} – {to === undefined ? 'now' : time.short(to)}
          </option>
        )}
        {RANGE_NAMES.map((name) => (
          <option key={name} value={name}>
            {RANGE_WORDS[name]}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Changes the window and keeps the rest of the address, but not a place in a list. */
export function useSetWindow(): (next: { range: Range } | { from: string; to: string }) => void {
  const navigate = useNavigate()
  return (next) =>
    void navigate({
      to: '.',
      search: ({
        range: _range,
        from: _from,
        to: _to,
        cursor: _cursor,
        ...rest
      }: Record<string, unknown>) => ({
        ...rest,
        range: undefined,
        from: undefined,
        to: undefined,
        ...next,
      }),
    })
}
