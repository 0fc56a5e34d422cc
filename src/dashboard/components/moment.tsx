import { useTimeFormat } from '../format/time.ts'

/** An instant in the reader's zone; the whole of it on hover, with the zone. */
export function Moment({
  at,
  as = 'short',
}: {
  at: string | null
  as?: 'short' | 'second' | 'full' | 'clock'
}): React.ReactNode {
  const time = useTimeFormat()
  if (at === null) return '–'
  return (
    <time dateTime={at} title={`${time.full(at)} ${time.zone}`}>
      {time[as](at)}
    </time>
  )
}
