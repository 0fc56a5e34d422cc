import { useDeferredValue, type ComponentType, type ReactNode } from 'react'
import { Loading } from './states.tsx'

/** The page, drawn after the frame that shows where the reader has come to. */
export function deferPage(Page: ComponentType): () => ReactNode {
  return function DeferredPage(): ReactNode {
    const isDue = useDeferredValue(true, false)
    return isDue ? <Page /> : <Loading what="the page" />
  }
}
