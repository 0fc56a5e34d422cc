/** Where a search finds nothing: what was asked for, and what finds more. */
import { Link } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import controls from '../../components/controls.module.css'
import { Empty } from '../../components/states.tsx'
import { visible } from '../../format/visible-text.ts'
import styles from './marketplace.module.css'
import type { MarketSearchControl } from './search-address.ts'

export function NothingFound({ search }: { search: MarketSearchControl }): ReactNode {
  if (!search.isNarrowed)
    return (
      <Empty title="There is no agent yet" command="exectrail agent init acme/summer">
        <p>
          Publish one from here, from the command line, or from an execution that did what it should:{' '}
          <i>Make an agent of this run</i> on its page.
        </p>
      </Empty>
    )
  return (
    <section className={styles['nothing']}>
      <SearchX size={22} aria-hidden="true" />
      <h2 className="untrusted">
        {search.q === undefined ? 'No agent matches' : `No agent matches “${visible(search.q)}”`}
      </h2>
      <ul>
        {waysOut(search).map(({ text, undo }) => (
          <li key={text}>
            <button type="button" className={controls['button']} onClick={() => search.change(undo)}>
              {text}
            </button>
          </li>
        ))}
        <li>
          <button type="button" className={controls['button']} onClick={search.clear}>
            Show all agents
          </button>
        </li>
      </ul>
      <p>
        Or <Link to="/marketplace/publish">publish one</Link> that does it.
      </p>
    </section>
  )
}

type Undo = Parameters<MarketSearchControl['change']>[0]

/** Each condition that could go. */
function waysOut({
  q,
  topic,
  language,
  runtime,
  license,
  owner,
}: MarketSearchControl): { text: string; undo: Undo }[] {
  const words = q?.trim().split(/\s+/u) ?? []
  return [
    ...(words.length > 1
      ? [{ text: `Search for “${visible(words[0] ?? '')}” alone`, undo: { q: words[0] } }]
      : []),
    ...(language === undefined
      ? []
      : [{ text: `In any language, not only ${language}`, undo: { language: undefined } }]),
    ...(runtime === undefined
      ? []
      : [{ text: `On any runtime, not only ${runtime}`, undo: { runtime: undefined } }]),
    ...(license === undefined
      ? []
      : [{ text: `Under any licence, not only ${visible(license)}`, undo: { license: undefined } }]),
    ...(topic.length === 0 ? [] : [{ text: 'With any topic', undo: { topic: [] } }]),
    ...(owner === 'own' ? [{ text: 'Of every organization', undo: { owner: 'any' as const } }] : []),
  ]
}
