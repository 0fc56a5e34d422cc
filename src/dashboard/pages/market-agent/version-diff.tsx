/** What differs between two definitions, part by part. */
import type { ReactNode } from 'react'
import type { VersionView } from '../../../client/index.ts'
import { TextDiff } from '../compare/text-diff.tsx'
import styles from './market-agent.module.css'

type Definition = VersionView['definition']

export function VersionDiff({ a, b }: { a: Definition; b: Definition }): ReactNode {
  const changed = partsOf(a).flatMap(([title, before], index) => {
    const after = partsOf(b)[index]?.[1] ?? ''
    return before === after ? [] : [{ title, before, after }]
  })
  if (changed.length === 0) return <p className={styles['quiet']}>They differ in nothing but the version.</p>
  return changed.map(({ title, before, after }) => (
    <div key={title}>
      <h3 className={styles['part']}>{title}</h3>
      <TextDiff label={title} a={before} b={after} />
    </div>
  ))
}

/** Texts as they are, the rest as JSON. */
function partsOf({
  code,
  readme,
  files,
  version: _version,
  name: _name,
  ...rest
}: Definition): [string, string][] {
  return [
    ['Code', code],
    ['README', readme],
    ['Files', (files ?? []).map(({ path, content }) => `── ${path}\n${content}`).join('\n')],
    ['Rules, schemas, examples and the rest', JSON.stringify(rest, null, 2)],
  ]
}
