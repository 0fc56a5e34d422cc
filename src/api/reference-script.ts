/** The script of the API reference page. */

interface Reply {
  header(name: string, value: string): Reply
  send(content: string): void
}

/** The part of a Fastify application that the plugin uses. */
interface Router {
  route(route: { url: string; handler: (request: null, reply: Reply) => unknown }): void
}

type Plugin = (router: Router, options: object, done: () => void) => void

const PREFIX = '/docs'

/**
 * The package hands its script out only as a route of a Fastify plugin, so this asks that route.
 * @throws Error where the plugin has no such route, as after an update
 */
export async function loadReferenceScript(): Promise<string> {
  const { default: plugin }: { default: Plugin } = await import('@scalar/fastify-api-reference')
  const script = Promise.withResolvers<string>()
  const reply: Reply = { header: () => reply, send: (content) => script.resolve(content) }
  const route: Router['route'] = ({ url, handler }) => {
    if (url === `${PREFIX}/js/scalar.js`) handler(null, reply)
  }
  const missing = new Error('@scalar/fastify-api-reference has no script')
  plugin({ route }, { routePrefix: PREFIX, configuration: { url: '/openapi.json' } }, () =>
    script.reject(missing),
  )
  return script.promise
}
