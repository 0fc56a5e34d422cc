import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failed } from './states.tsx'

/** A page that cannot be drawn; the others stay. */
export function PageFailed({ error, reset }: ErrorComponentProps): React.ReactNode {
  return <Failed error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
}
