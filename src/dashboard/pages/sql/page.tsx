/** SQL over the store: an editor with the schema beside it, and the answer as a table or a chart. */
import { useState } from 'react'
import { CodeEditor } from '../../components/code-editor.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import controls from '../../components/controls.module.css'
import { PageHeader } from '../../components/page-header.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { Answer } from './answer.tsx'
import { HistoryList } from './history-list.tsx'
import { SchemaList } from './schema-list.tsx'
import styles from './sql.module.css'
import { toCompletion } from './schema.ts'
import { useSql } from './use-sql.ts'

const BEGIN = `SELECT code_agent_id, outcome, count() AS runs
FROM code_exec_logs
WHERE started_at >= now() - INTERVAL 1 DAY
GROUP BY code_agent_id, outcome
ORDER BY runs DESC
LIMIT 20`

export function Page(): React.ReactNode {
  const sql = useSql()
  const { asked } = sql
  const [draft, setDraft] = useState({ text: asked ?? BEGIN, of: asked })
  // Another address, by *back* or an example, brings another query.
  if (draft.of !== asked) setDraft({ text: asked ?? draft.text, of: asked })
  const choose = (text: string): void => {
    setDraft({ text, of: asked })
    sql.run(text)
  }
  const schema = useDirectQuestion('getSqlSchema', {})
  return (
    <>
      <PageHeader title="SQL">
        <HistoryList onChoose={choose} />
      </PageHeader>
      <div className={styles['page']}>
        <SchemaList question={schema} onChoose={choose} />
        <div className={styles['work']}>
          <CodeEditor
            label="Query in ClickHouse SQL"
            language="sql"
            value={draft.text}
            onChange={(text) => setDraft({ text, of: asked })}
            onSubmit={() => sql.run(draft.text)}
            schema={toCompletion(schema.data)}
            rows={8}
          />
          <Actions sql={sql} text={draft.text} />
          <Answer sql={sql} />
        </div>
      </div>
    </>
  )
}

function Actions({ sql, text }: { sql: ReturnType<typeof useSql>; text: string }): React.ReactNode {
  const isRunning = sql.state === 'running'
  return (
    <div className={styles['actions']}>
      <button
        type="button"
        className={`${controls['button'] ?? ''} ${controls['primary'] ?? ''}`}
        disabled={isRunning || text.trim() === ''}
        onClick={() => sql.run(text)}
      >
        Run
      </button>
      {isRunning && (
        <button type="button" className={controls['button']} onClick={sql.cancel}>
          Cancel
        </button>
      )}
      <span className={styles['hint']}>
        <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs it, read-only
      </span>
      {sql.asked !== undefined && (
        <span className={styles['share']}>
          {sql.isInAddress ? (
            <>
              The link has the query <CopyButton text={window.location.href} what="the link" />
            </>
          ) : (
            'The query is too long for a link'
          )}
        </span>
      )}
    </div>
  )
}
