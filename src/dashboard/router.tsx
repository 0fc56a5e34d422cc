/** The pages and their addresses. What a page reads of its address it checks itself, in `search/`. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router'
import { deferPage } from './components/deferred-page.tsx'
import { NotFound } from './components/not-found.tsx'
import { PageFailed } from './components/page-failed.tsx'
import { Shell } from './components/shell.tsx'
import { parseSearch, stringifySearch, type Search } from './search/address.ts'
import { KEPT } from './search/window.ts'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: PageFailed,
  validateSearch: (search: Record<string, unknown>): Search => parseSearch(stringifySearch(search)),
  search: { middlewares: [retainSearchParams([...KEPT])] },
})

const at = <Path extends string>(path: Path, load: () => Promise<{ Page: () => React.ReactNode }>) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(async () => ({ Page: deferPage((await load()).Page) }), 'Page'),
  })

/** The list stays as it is while one of its executions is opened beside it. */
const executions = at('/executions', () => import('./pages/executions/page.tsx'))

const routes = [
  at('/', () => import('./pages/overview/page.tsx')),
  executions.addChildren([createRoute({ getParentRoute: () => executions, path: '$id' })]),
  at('/compare', () => import('./pages/compare/page.tsx')),
  at('/agents', () => import('./pages/agents/page.tsx')),
  at('/agents/$id', () => import('./pages/agent/page.tsx')),
  at('/marketplace', () => import('./pages/marketplace/page.tsx')),
  at('/marketplace/publish', () => import('./pages/publish/page.tsx')),
  at('/marketplace/$namespace/$name', () => import('./pages/market-agent/page.tsx')),
  at('/workflows', () => import('./pages/workflows/page.tsx')),
  at('/workflows/$id', () => import('./pages/workflow/page.tsx')),
  at('/costs', () => import('./pages/costs/page.tsx')),
  at('/errors', () => import('./pages/errors/page.tsx')),
  at('/errors/$id', () => import('./pages/error/page.tsx')),
  at('/alerts', () => import('./pages/alerts/page.tsx')),
  at('/live', () => import('./pages/live/page.tsx')),
  at('/run', () => import('./pages/run/page.tsx')),
  at('/sql', () => import('./pages/sql/page.tsx')),
  at('/settings', () => import('./pages/settings/page.tsx')),
]

export const router = createRouter({
  routeTree: root.addChildren(routes),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
