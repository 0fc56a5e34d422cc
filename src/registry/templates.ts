/** The agents that come with exectrail: folders of `templates/`, published in the namespace `exectrail`. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidRequestError } from '../errors.ts'
import { readDefinition, type AgentDefinition } from './definition.ts'
import { readProject, writeProject } from './project.ts'

const FOLDER = join(import.meta.dirname, '../../templates')

/** Names of the templates, such as `csv-summary`, in their order. */
export async function templateNames(): Promise<string[]> {
  const entries = await readdir(FOLDER, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
}

/** @throws {InvalidRequestError} that names the templates there are */
export async function readTemplate(name: string): Promise<AgentDefinition> {
  const names = await templateNames()
  if (!names.includes(name))
    throw new InvalidRequestError([
      { path: 'template', message: `there is no ${JSON.stringify(name)}; there are ${names.join(', ')}` },
    ])
  return readProject(join(FOLDER, name))
}

export async function readTemplates(): Promise<AgentDefinition[]> {
  return Promise.all((await templateNames()).map(readTemplate))
}

/**
 * Copies a template into a folder, as a project of its own.
 * @param name `namespace/name` of the new agent
 * @throws {InvalidRequestError} for a template or a name that there is not
 * @throws {ExectrailError} `conflict` where the folder has files
 */
export async function copyTemplate(
  template: string,
  { name, directory }: { name: string; directory: string },
): Promise<AgentDefinition> {
  const copied = readDefinition({ ...(await readTemplate(template)), name, version: '0.1.0' })
  await writeProject(directory, copied)
  return copied
}
