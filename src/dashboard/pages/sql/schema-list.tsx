/** The tables: columns with type, unit and meaning, and queries to begin with. */
import { useState } from 'react'
import type { Operations } from '../../../client/index.ts'
import controls from '../../components/controls.module.css'
import { notify } from '../../components/notices.tsx'
import { Answered } from '../../components/question.tsx'
import type { Question } from '../../data/queries.ts'
import { matching, type Table } from './schema.ts'
import styles from './sql.module.css'

interface SchemaListProps {
  question: Question<'getSqlSchema'>
  onChoose: (query: string) => void
}

export function SchemaList({ question, onChoose }: SchemaListProps): React.ReactNode {
  const [text, setText] = useState('')
  return (
    <aside className={styles['schema']} aria-label="Tables">
      <input
        type="search"
        className={controls['input']}
        placeholder="Find a column"
        aria-label="Find a column"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Answered question={question} what="the tables">
        {({ tables, notes }) => <Tables tables={tables} notes={notes} text={text} onChoose={onChoose} />}
      </Answered>
    </aside>
  )
}

function Tables({
  tables,
  notes,
  text,
  onChoose,
}: Pick<Operations['getSqlSchema']['reply'], 'tables' | 'notes'> & {
  text: string
  onChoose: (query: string) => void
}): React.ReactNode {
  return (
    <>
      <details open>
        <summary>Examples</summary>
        <ul className={styles['examples']}>
          {tables.flatMap(({ name, examples }) =>
            examples.map(({ question, query }) => (
              <li key={`${name} ${question}`}>
                <button type="button" onClick={() => onChoose(query)}>
                  {question}
                </button>
              </li>
            )),
          )}
        </ul>
      </details>
      {tables.map((table) => (
        <TableColumns key={table.name} table={table} text={text} />
      ))}
      <details>
        <summary>What holds for every query</summary>
        <ul className={styles['notes']}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </details>
    </>
  )
}

function copy(name: string): void {
  void navigator.clipboard.writeText(name).then(() => notify({ text: `Copied ${name}`, tone: 'good' }))
}

function TableColumns({ table, text }: { table: Table; text: string }): React.ReactNode {
  const columns = matching(table, text)
  return (
    <details open={text !== '' && columns.length > 0}>
      <summary>
        <code>{table.name}</code> <small>{columns.length}</small>
      </summary>
      <p className={styles['meaning']}>{table.description}</p>
      <ul className={styles['columns']}>
        {columns.map(({ name, type, unit, description, values }) => (
          <li key={name}>
            <button
              type="button"
              title={`${description}${values === null ? '' : ` One of: ${values.join(', ')}.`} Click copies the name.`}
              onClick={() => copy(name)}
            >
              <code>{name}</code>
              <small>
                {type}
                {unit !== null && `, ${unit}`}
              </small>
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
