import { Link } from '@tanstack/react-router'
import { Empty } from './states.tsx'

export function NotFound(): React.ReactNode {
  return (
    <Empty title="There is no page at this address">
      <Link to="/">To the overview</Link>
    </Empty>
  )
}
