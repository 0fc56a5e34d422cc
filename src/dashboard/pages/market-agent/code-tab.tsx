/** All that a version runs: its code, its files, its schemas. */
import type { ReactNode } from 'react'
import type { VersionView } from '../../../client/index.ts'
import type { Json } from '../../../execution.ts'
import { formatBytes } from '../../../format.ts'
import { Card } from '../../components/card.tsx'
import { CodeView } from '../../components/code-view.tsx'
import { JsonTree } from '../../components/json-tree.tsx'
import { LongText } from '../../components/long-text.tsx'
import { visible } from '../../format/visible-text.ts'
import styles from './market-agent.module.css'

type Definition = VersionView['definition']

export function CodeTab({ version }: { version: VersionView }): ReactNode {
  const { definition } = version
  const { code, language, files = [] } = definition
  return (
    <div className={styles['column']}>
      <Card title="Code" note={`${language}, ${formatBytes(new Blob([code]).size)}`}>
        <CodeView key={version.sha256} code={code} language={language} />
      </Card>
      {files.map((file) => (
        <FileCard key={file.path} file={file} />
      ))}
      <SchemaCard title="Input schema" schema={definition.inputSchema} />
      <SchemaCard title="Output schema" schema={definition.outputSchema} />
      <SchemaCard title="Policy" schema={definition.policy} />
    </div>
  )
}

function FileCard({ file }: { file: NonNullable<Definition['files']>[number] }): ReactNode {
  const { path, content, encoding = 'utf8' } = file
  return (
    <Card title={visible(path)} note={encoding === 'utf8' ? 'file' : 'file in base64'}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable by keyboard */}
      <pre className={styles['file']} tabIndex={0} aria-label={`Content of ${visible(path)}`}>
        <LongText text={visible(content)} />
      </pre>
    </Card>
  )
}

function SchemaCard({ title, schema }: { title: string; schema: unknown }): ReactNode {
  if (schema === undefined) return null
  return (
    <Card title={title}>
      {/* oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it came as JSON */}
      <JsonTree label={title} value={schema as Json} />
    </Card>
  )
}
