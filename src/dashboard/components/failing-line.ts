/** Where in the user's own code an error arose, read from its stack. */
import type { Language } from '../../execution.ts'

const FRAMES: Readonly<Record<Language, RegExp>> = {
  javascript: /\bmain\.[cm]?js:(\d+)/gu,
  typescript: /\bmain\.[cm]?ts:(\d+)/gu,
  python: /File "(?:[^"\n]{0,200}\/)?main\.py", line (\d+)/gu,
  bash: /\bmain\.sh: line (\d+):/gu,
}

const READ_MAX = 65_536

/** Number of the line, from 1; null where no frame is of the code itself. */
export function failingLine(
  language: Language,
  { errorStack, errorMessage }: { errorStack: string | null; errorMessage: string | null },
): number | null {
  const text = `${errorStack ?? ''}\n${errorMessage ?? ''}`.slice(0, READ_MAX)
  const frames = [...text.matchAll(FRAMES[language])]
  // Python and bash name the place of the error last, JavaScript first.
  const found = language === 'javascript' || language === 'typescript' ? frames[0] : frames.at(-1)
  const line = Number(found?.[1])
  return Number.isSafeInteger(line) && line > 0 ? line : null
}
