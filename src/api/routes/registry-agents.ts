import { Hono } from 'hono'
import { z } from 'zod'
import { LANGUAGES, RUNTIMES } from '../../execution.ts'
import { SEARCH_SORTS } from '../../metadata/registry-values.ts'
import { searchAgents, type SearchQuery } from '../../service/registry/search-agents.ts'
import { showAgent, showVersion } from '../../service/registry/show-agent.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { hashFilters } from '../cursor.ts'
import { documentRoute } from '../document-route.ts'
import { needMetadata } from '../metadata.ts'
import { countUpTo, namesOf, oneOf, organization, query } from '../parameters.ts'
import { decodePosition, encodePosition, pathAgent, pathPart } from '../registry-paths.ts'
import { agentFacetsSchema, agentSchema, agentSummarySchema, agentVersionSchema } from '../registry-schema.ts'

const tag = 'registry'
const routes = {
  search: documentRoute({
    id: 'searchAgents',
    summary: 'Code agents that this key may see, by words, topics, language, runtime and licence, best first',
    tag,
    reply: z.object({
      data: z.array(agentSummarySchema),
      nextCursor: z.string().nullable(),
      facets: agentFacetsSchema.optional(),
    }),
    description: 'One page',
  }),
  read: documentRoute({
    id: 'getAgent',
    summary: 'A code agent: its versions with their figures, its tags, its origin',
    tag,
    reply: agentSchema,
    description: 'The agent',
  }),
  version: documentRoute({
    id: 'getAgentVersion',
    summary: 'A version of a code agent with its definition, by number, range or tag',
    tag,
    reply: agentVersionSchema,
    description: 'The version',
  }),
}

const word = z.string('give it once').min(1, 'leave it out instead of an empty value')
const topics = namesOf(z.array(word.max(40, 'at most 40 characters')).max(10, 'at most 10'))
const parameters = {
  organization,
  q: word
    .max(256, 'at most 256 characters')
    .optional()
    .describe('Words of the name, the topics, the description or the README; the last may be a beginning'),
  topic: topics.optional().describe('Topics separated by commas: agents that have all of them'),
  language: oneOf(LANGUAGES).optional(),
  runtime: oneOf(RUNTIMES).optional(),
  license: word
    .max(64, 'at most 64 characters')
    .optional()
    .describe('SPDX identifier of the licence, in any case'),
  namespace: word.max(40, 'at most 40 characters').optional(),
  owner: oneOf(['any', 'own']).default('any').describe('`own`: those of the organization of this key'),
  sort: oneOf(SEARCH_SORTS)
    .optional()
    .describe(
      'Default: `relevance` with words, else `runs`. `success` is the lower bound that the success rate has 19 times out of 20, so that few runs count little; `trend` is how much the runs of seven days exceed those of the seven before',
    ),
  limit: countUpTo(100, 20).describe('Agents of a page, at most'),
  facets: oneOf(['none', 'counted'])
    .default('none')
    .describe('`counted`: with how many of the matches have which language, runtimes, topics and licence'),
  cursor: z.string('give it once').max(1_000).optional().describe('`nextCursor` of the page before'),
}

/** Reading of `/v1/registry/agents` */
export function registryAgents({ metadata }: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(metadata).database
  return new Hono<ApiEnv>()
    .get('/', routes.search, query(parameters), async (c) => {
      const { organization: given, cursor, limit, topic, facets, ...filters } = c.req.valid('query')
      const scope = scopeOf(c, given)
      const hash = hashFilters({ ...filters, topic, organization: given })
      const asked: SearchQuery = {
        ...filters,
        topics: topic,
        limit,
        facets,
        after: cursor === undefined ? null : decodePosition(hash, cursor),
      }
      const { next, ...page } = await searchAgents(database(), scope, asked)
      return c.json({ ...page, nextCursor: next === null ? null : encodePosition(hash, next) })
    })
    .get('/:namespace/:name', routes.read, query({ organization }), async (c) =>
      c.json(await showAgent(database(), scopeOf(c, c.req.valid('query').organization), pathAgent(c))),
    )
    .get('/:namespace/:name/versions/:version', routes.version, query({ organization }), async (c) => {
      const reference = `${pathAgent(c)}@${pathPart(c, 'version')}`
      return c.json(await showVersion(database(), scopeOf(c, c.req.valid('query').organization), reference))
    })
}
