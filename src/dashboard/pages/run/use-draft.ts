/** The draft of this browser tab: it survives a reload, and a link can carry it. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { toJsonText } from '../../components/json-values.ts'
import type { Ended } from '../../data/execution.ts'
import { FIRST, isLanguage, isRuntimeChoice, type RunDraft } from './draft.ts'
import { usePageSearch } from '../../search/page-address.ts'

const STORED = 'exectrail.run'
/** Longer texts do not go into an address. */
const IN_ADDRESS_MAX = 4096
/** Variables are secrets, which no address has. */
const SHARED = [
  'language',
  'runtime',
  'code',
  'input',
  'inputSchema',
  'timeoutMs',
  'memoryMb',
  'network',
] as const

/** The draft and the way to change it. What the address carries replaces it once, and leaves the address. */
export function useDraft(): [RunDraft, (draft: RunDraft) => void] {
  const search = usePageSearch()
  const navigate = useNavigate()
  const [draft, setDraft] = useState(() => withParts(load(), search))
  const carried = SHARED.some((name) => search[name] !== undefined)
  useEffect(() => {
    store(draft)
  }, [draft])
  useEffect(() => {
    if (!carried) return
    const none = Object.fromEntries(SHARED.map((name) => [name, undefined]))
    void navigate({ to: '.', replace: true, search: (now: Record<string, unknown>) => ({ ...now, ...none }) })
  }, [carried, navigate])
  return [draft, setDraft]
}

/** The address that carries a draft; null where it is too long for one. */
export function linkTo(draft: RunDraft): string | null {
  const given = new URLSearchParams()
  for (const name of SHARED) if (draft[name] !== FIRST[name]) given.append(name, draft[name])
  const query = given.toString()
  return query.length > IN_ADDRESS_MAX
    ? null
    : `${window.location.origin}/run${query === '' ? '' : `?${query}`}`
}

/** The code of an execution, as it ran. */
export function draftOfRecord(record: Ended): RunDraft {
  const { language, runtime, code, input, codeAgentId } = record
  return {
    ...FIRST,
    language,
    runtime,
    code: code ?? '',
    input: input === null ? '' : (toJsonText(input) ?? ''),
    timeoutMs: String(record.limitTimeoutMs),
    codeAgentId: codeAgentId ?? '',
  }
}

function load(): RunDraft {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? '{}')
    return withParts(FIRST, typeof stored === 'object' && stored !== null ? { ...stored } : {})
  } catch {
    return FIRST
  }
}

/** A tab that keeps nothing, or no more, has the draft until the page is left. */
function store(draft: RunDraft): void {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(draft))
  } catch {
    sessionStorage.removeItem(STORED)
  }
}

function withParts(draft: RunDraft, given: Readonly<Record<string, unknown>>): RunDraft {
  const { language, runtime } = given
  const texts = Object.keys(FIRST).flatMap((name) => {
    const value = given[name]
    return typeof value === 'string' && name !== 'language' && name !== 'runtime'
      ? [[name, value] as const]
      : []
  })
  return {
    ...draft,
    ...Object.fromEntries(texts),
    ...(isLanguage(language) ? { language } : {}),
    ...(isRuntimeChoice(runtime) ? { runtime } : {}),
  }
}
