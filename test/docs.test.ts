import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/**/*.md', 'otel-collector/*.md', 'clickhouse/*.md'], { cwd: ROOT })

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')

  it('links only to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)(?<path>[^)#\s]+)/gu)].map(
      (match) => match.groups?.['path'] ?? '',
    )
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([])
  })

  it('names only source paths that exist', () => {
    const paths = [
      ...text.matchAll(/`(?<path>(?:src|test|bench|docs|tools|otel-collector|clickhouse)\/[\w./-]+)`/gu),
    ]
    const named = paths.map((match) => match.groups?.['path'] ?? '')
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const named = [...text.matchAll(/npm run (?<name>[\w:-]+)/gu)].map(
      (match) => match.groups?.['name'] ?? '',
    )
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })
})
