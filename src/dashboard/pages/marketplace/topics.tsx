/** The topics that a search asks for, each with the way to take it away, and the most frequent of what it finds. */
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import controls from '../../components/controls.module.css'
import { visible } from '../../format/visible-text.ts'
import { countOf, useFacets } from './facets.ts'
import styles from './marketplace.module.css'
import type { MarketSearchControl } from './search-address.ts'

const OFFERED_MAX = 10

export function Topics({ search }: { search: MarketSearchControl }): ReactNode {
  return (
    <>
      <Asked search={search} />
      <Offered search={search} />
    </>
  )
}

function Asked({ search }: { search: MarketSearchControl }): ReactNode {
  if (search.topic.length === 0) return null
  return (
    <ul className={styles['topics']} aria-label="Topics">
      {search.topic.map((topic) => (
        <li key={topic}>
          <button
            type="button"
            className={controls['button']}
            aria-label={`Without the topic ${topic}`}
            onClick={() => search.change({ topic: search.topic.filter((one) => one !== topic) })}
          >
            {visible(topic)}
            <X size={13} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Offered({ search }: { search: MarketSearchControl }): ReactNode {
  const facets = useFacets(search)
  const topics = facets?.topic.filter(({ value }) => !search.topic.includes(value)) ?? []
  if (topics.length === 0) return null
  return (
    <ul className={styles['topics']} aria-label="Topics of what was found">
      {topics.slice(0, OFFERED_MAX).map(({ value }) => (
        <li key={value}>
          <button
            type="button"
            className={styles['topic']}
            onClick={() => search.change({ topic: [...search.topic, value] })}
          >
            {visible(value)}
            {countOf(facets, 'topic', value)}
          </button>
        </li>
      ))}
    </ul>
  )
}
