/** `exectrail agent init`, `publish` and `fork`. */
import { resolve } from 'node:path'
import type { AgentDefinitionInput, VersionView, Visibility } from '../../client/registry.ts'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import type { Language } from '../../execution.ts'
import { withProgress } from '../../provision/progress.ts'
import { sha256Of } from '../../registry/canonical-hash.ts'
import { readDefinition, type AgentDefinition } from '../../registry/definition.ts'
import { readProject, writeProject } from '../../registry/project.ts'
import { signVersion } from '../../registry/signature.ts'
import { copyTemplate } from '../../registry/templates.ts'
import { agentPath, splitReference, type AgentOptions } from '../agent-path.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { readSigningKeyFile } from '../signing-key-file.ts'
import type { Terminal } from '../terminal.ts'

/** Publishing runs the examples. */
const TIME_LIMIT_MS = 600_000

/** Writes the folder of a new agent. */
export async function init(
  name: string,
  folder: string | undefined,
  options: { language: Language; template?: string; json?: true },
  terminal: Terminal,
): Promise<number> {
  const directory = resolve(folder ?? name.split('/')[1] ?? '.')
  const definition =
    options.template === undefined
      ? await writeNew(name, directory, options.language)
      : await copyTemplate(options.template, { name, directory })
  if (options.json) await terminal.data(toJson(definition))
  else {
    terminal.say(escapeControls(`${name} is begun in ${directory}: write its code and examples, then`))
    terminal.say(escapeControls(`  exectrail agent publish ${directory}`))
  }
  return 0
}

const CODE: Readonly<Record<Language, string>> = {
  javascript: 'export function main(input) {\n  return { sum: input.xs.reduce((sum, x) => sum + x, 0) }\n}\n',
  typescript:
    'export function main(input: { xs: number[] }): { sum: number } {\n  return { sum: input.xs.reduce((sum, x) => sum + x, 0) }\n}\n',
  python: 'def main(input):\n    return {"sum": sum(input["xs"])}\n',
  bash: `main() {
  local sum=0 x
  for x in $(printf '%s' "$1" | tr -c '0-9-' ' '); do sum=$((sum + x)); done
  printf '{"sum": %s}' "$sum" | result
}
`,
}

async function writeNew(name: string, directory: string, language: Language): Promise<AgentDefinition> {
  const numbers = { type: 'array', items: { type: 'number' } }
  const given: AgentDefinitionInput = {
    name,
    version: '0.1.0',
    description: 'Adds the numbers of a list',
    language,
    code: CODE[language],
    runtimes: ['subprocess'],
    inputSchema: { type: 'object', properties: { xs: numbers }, required: ['xs'] },
    outputSchema: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
    examples: [{ name: 'three numbers', input: { xs: [1, 2, 3] }, output: { sum: 6 } }],
    readme: `# ${name}\n\nAdds the numbers of a list.\n`,
    license: 'Apache-2.0',
    topics: [],
  }
  const definition = readDefinition(given)
  await writeProject(directory, definition)
  return definition
}

interface PublishOptions extends AgentOptions {
  visibility?: Visibility
  workspace?: string
  sign?: string
  repository?: string
  commit?: string
}

/** Publishes what a folder holds. */
export async function publish(folder: string, options: PublishOptions, terminal: Terminal): Promise<number> {
  const definition = withSource(await readProject(folder), options)
  const body = {
    definition,
    visibility: options.visibility,
    workspaceId: options.workspace,
    signature: options.sign === undefined ? undefined : await signed(definition, options.sign),
  }
  const config = loadConfig()
  const service = await findService(config)
  const title = escapeControls(`Publishing ${definition.name}@${definition.version}`)
  const made = await withProgress({ title, report: (line) => terminal.say(line), ci: config.ci }, () =>
    service.post<VersionView>('/v1/registry/agents', body, {
      query: { organization: options.org },
      timeoutMs: TIME_LIMIT_MS,
    }),
  )
  await print(made, options, terminal, 'is published')
  return 0
}

async function signed(definition: AgentDefinition, file: string) {
  const { privateKey } = await readSigningKeyFile(file)
  const { name, version } = definition
  return signVersion({ name, version, sha256: sha256Of(definition) }, privateKey)
}

function withSource(definition: AgentDefinition, { repository, commit }: PublishOptions): AgentDefinition {
  if (repository === undefined && commit === undefined) return definition
  if (repository === undefined || commit === undefined)
    throw new InvalidRequestError([{ path: 'source', message: 'give both --repository and --commit' }])
  return readDefinition({ ...definition, source: { repository, commit } })
}

/** Copies a version into a namespace of the caller. */
export async function fork(
  from: string,
  name: string,
  options: AgentOptions & { as?: string; visibility?: Visibility; workspace?: string },
  terminal: Terminal,
): Promise<number> {
  const origin = splitReference(from)
  const body = {
    to: name,
    selector: origin.selector ?? undefined,
    version: options.as,
    visibility: options.visibility,
    workspaceId: options.workspace,
  }
  const config = loadConfig()
  const service = await findService(config)
  const title = escapeControls(`Copying ${from} to ${name}`)
  const made = await withProgress({ title, report: (line) => terminal.say(line), ci: config.ci }, () =>
    service.post<VersionView>(`${agentPath(origin.name)}/fork`, body, {
      query: { organization: options.org },
      timeoutMs: TIME_LIMIT_MS,
    }),
  )
  await print(made, options, terminal, `is a copy of ${from}`)
  return 0
}

async function print(
  made: VersionView,
  options: AgentOptions & { visibility?: Visibility },
  terminal: Terminal,
  what: string,
): Promise<void> {
  if (options.json) return terminal.data(toJson(made))
  const review = made.review === 'pending' ? '; other organizations see it once it is approved' : ''
  terminal.say(escapeControls(`${made.name}@${made.version} ${what}${review}.`))
  terminal.say(`  sha256  ${made.sha256}`)
  const organization = made.publisherId === 'default' ? '' : ` --org ${made.publisherId}`
  terminal.say(
    escapeControls(`  run it  exectrail run ${made.name}@${made.version}${organization} --input '{…}'`),
  )
  if (options.visibility === undefined)
    terminal.say(
      `  exectrail agent show ${made.name} says who sees it, exectrail agent visibility changes that`,
    )
  return undefined
}
