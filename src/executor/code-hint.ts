/** One line of help for mistakes that people and models often make in the code they send. */
import type { Language, NetworkPolicy } from '../execution.ts'

/** What is known of a run that ended. */
export interface EndedRun {
  code: string
  language: Language
  network: NetworkPolicy
  success: boolean
  errorType: string | null
  errorMessage: string
  /** Only asked for when the run failed. */
  stderr: () => string
  /** Whether it printed nothing, returned nothing and left no file. */
  silent: boolean
}

interface Rule {
  /** @default every language */
  languages?: readonly Language[]
  /** Only for code that cannot be parsed. */
  syntax?: true
  /** In the error's message or at the end of stderr. */
  error?: RegExp
  /** In the code. */
  code?: RegExp
  hint: string
}

const MAIN = 'define main(input) and return the value from it'
const SCRIPT: readonly Language[] = ['javascript', 'typescript']

/** The first rule that matches wins. Every expression runs in time linear in the text. */
const RULES: readonly Rule[] = [
  {
    code: /^[ \t]*(?:```|~~~)/mu,
    hint: 'The code is wrapped in a Markdown fence: send only the lines between the fences.',
  },
  {
    syntax: true,
    code: /^[^\n]*\\n[^\n]*$/u,
    hint: 'The code is one line with line breaks written as \\n: send real line breaks.',
  },
  {
    syntax: true,
    code: /&(?:lt|gt|quot|amp|#39);/u,
    hint: 'The code has HTML entities such as &lt;: send the characters themselves.',
  },
  {
    syntax: true,
    code: /[\u2018\u2019\u201c\u201d]/u,
    hint: 'The code has typographic quotation marks: write \' and " instead.',
  },
  {
    error: /return'? outside (?:of )?function|Illegal return|Top-level return|can only `return'/iu,
    hint: `\`return\` stands outside of a function: ${MAIN}.`,
  },
  {
    languages: SCRIPT,
    syntax: true,
    code: /(?:\breturn|=>|[=(?:&,])\s{0,100}<(?:>|[A-Za-z][\w.]{0,100}[\s/>])/u,
    hint: 'The code has JSX, which no runtime here compiles: use plain function calls.',
  },
  {
    languages: ['javascript'],
    syntax: true,
    code: /^[ \t]*(?:export )?(?:interface|enum|type) \w{1,100}[ <={]|[)\w]\??: (?:string|number|boolean|any|unknown|void|Record)\b/mu,
    hint: 'The code looks like TypeScript: set the language to typescript.',
  },
  {
    languages: SCRIPT,
    syntax: true,
    code: /^[ \t]*(?:(?:async )?def \w{1,100}\(|from [\w.]{1,100} import |elif |print )/mu,
    hint: 'The code looks like Python: set the language to python.',
  },
  {
    languages: ['python'],
    syntax: true,
    code: /^[ \t]*[!%]\w/mu,
    hint: 'Lines that begin with ! or % are commands of a notebook: leave them out.',
  },
  {
    languages: ['python'],
    syntax: true,
    code: /^[ \t]*(?:const |let |var |function \w{0,100}\(|import [^\n]{0,200} from ['"])/mu,
    hint: 'The code looks like JavaScript: set the language to javascript or typescript.',
  },
  {
    languages: SCRIPT,
    error: /await is only valid in async/u,
    hint: '`await` works at the top level only beside `import`: use import instead of require, or put it into an async main(input).',
  },
  {
    error: /JSON cannot carry: [^\n]* is undefined/u,
    hint: 'Write null for what has no value, or leave the member out: `value ?? null`.',
  },
  {
    error: /JSON cannot carry: [^\n]* is a Promise/u,
    hint: 'Wait for it: `await` the promise, and `await Promise.all(list)` a list of them.',
  },
  {
    languages: SCRIPT,
    error: /JSON cannot carry: /u,
    hint: 'Return plain data: [...set], Object.fromEntries(map), Array.from(bytes), error.message, String(bigint), null for NaN.',
  },
  {
    languages: ['python'],
    error: /JSON cannot carry: /u,
    hint: 'Return plain data: list(items) for a set or a generator, value.isoformat() for a date, str(value) for a Decimal, None for nan.',
  },
  {
    languages: ['python'],
    error: /No module named '/u,
    hint: 'The module is not installed here: use the standard library, or send the module in `files`.',
  },
  {
    languages: SCRIPT,
    error: /Cannot find (?:module|package) '/u,
    hint: "The module is not there: use Node's own, or send it in `files` and import it by its path.",
  },
  {
    languages: ['python'],
    error: /EOFError/u,
    hint: 'Standard input is empty: the input is the argument of main(input).',
  },
]

const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ENETUNREACH|fetch failed|name resolution|Name or service not known|Network is unreachable|Could not resolve host/u
const NETWORK_OFF =
  'The code has no network: name the hosts it may reach, such as network: { allow: ["api.example.com"] }.'
const NO_RESULT = `A script has no result: ${MAIN}.`

/** Mistakes show at the beginning of the code; a bound on what hostile code costs. */
const CODE_SEEN = 65_536
const STDERR_SEEN = 4096

/** A line of help that fits how the run ended; null where none is known. */
export function hintFor(run: EndedRun): string | null {
  if (run.success) return run.silent && endsWithExpression(run) ? NO_RESULT : null
  const code = run.code.slice(0, CODE_SEEN)
  const error = `${run.errorMessage.slice(0, STDERR_SEEN)}\n${run.stderr().slice(-STDERR_SEEN)}`
  for (const rule of RULES) {
    if (rule.languages?.includes(run.language) === false) continue
    if (rule.syntax && run.errorType !== 'syntax_error') continue
    if (rule.error?.test(error) || rule.code?.test(code)) return rule.hint
  }
  return run.network === 'none' && NO_NETWORK.test(error) ? NETWORK_OFF : null
}

const STATEMENT =
  /^(?:import|from|return|const|let|var|if|else|for|while|try|with|def|class|function|export|del|pass|raise|throw|global|assert|async|yield|await)\b/u
const LAST_LINE_MAX = 500

/** True for a script whose last line is an unused value, which a notebook would display. */
function endsWithExpression({ code, language }: EndedRun): boolean {
  if (language === 'bash' || /\bmain\b/u.test(code.slice(0, CODE_SEEN))) return false
  const last = code.slice(-LAST_LINE_MAX).trimEnd().split('\n').at(-1)?.replace(/;$/u, '') ?? ''
  if (!/^[\w$("'`[{-]/u.test(last) || STATEMENT.test(last)) return false
  // Neither an assignment, nor the end of a block, nor a call, whose effect may be what was meant.
  return !/(?<![=!<>])=(?!=|>)|[)}:]$|\+\+$|--$/u.test(last)
}
