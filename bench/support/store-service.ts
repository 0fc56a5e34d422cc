/** The service over a full store, and its answers over HTTP. */
import { SERVICE_KEY, startService, type BenchService } from './service.ts'
import { openFullStore, type FullStore } from './store-data.ts'
import type { Draw, Question } from './store-questions.ts'

const headers = { Authorization: `Bearer ${SERVICE_KEY}` }

/** ms until every answer of the question is there. */
export async function ask(service: BenchService, question: Question, draw: Draw): Promise<number> {
  const begun = performance.now()
  await Promise.all(
    question.paths(draw).map(async (path) => {
      const answer = await fetch(service.url + path, { headers })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${question.name}: ${answer.status} ${text.slice(0, 500)}`)
    }),
  )
  return performance.now() - begun
}

/** Starts store and service with their home in `home` for as long as `use` lasts. */
export async function withService<T>(
  rows: number,
  home: string,
  use: (service: BenchService, full: FullStore) => Promise<T>,
): Promise<T> {
  const full = await openFullStore(rows)
  const service = await startService(home, { url: 'http://127.0.0.1:9' }, full.users.service)
  try {
    return await use(service, full)
  } finally {
    await service.stop()
    await full.stop()
  }
}
