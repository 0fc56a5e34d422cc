import { useEffect, type RefObject } from 'react'
import type { ExecutionList } from './execution-list.ts'

/** A pointer that rests for so long over the rows is not about to click. */
const REST_MS = 3000
const TOP_PX = 4

/** Lets new rows appear while the list is at its top and the reader points at none of its rows. */
export function useFollow(
  list: ExecutionList,
  scroller: RefObject<HTMLDivElement | null>,
  state: 'wanted' | 'off',
): void {
  useEffect(() => {
    if (state === 'off') return undefined
    let pointedMs = -Infinity
    const judge = (): void => {
      const isAtTop = (scroller.current?.scrollTop ?? 0) < TOP_PX
      list.follow(isAtTop && performance.now() - pointedMs > REST_MS ? 'on' : 'off')
    }
    const point = (event: PointerEvent): void => {
      if (event.target instanceof Node && scroller.current?.contains(event.target) === true)
        pointedMs = performance.now()
      judge()
    }
    judge()
    const timer = setInterval(judge, REST_MS / 3)
    document.addEventListener('pointermove', point)
    document.addEventListener('scroll', judge, { capture: true, passive: true })
    return () => {
      clearInterval(timer)
      document.removeEventListener('pointermove', point)
      document.removeEventListener('scroll', judge, { capture: true })
      list.follow('off')
    }
  }, [list, scroller, state])
}
