/**
 * `npm run screenshots [page…]`: starts a stack with its samples and writes a picture of each page of the dashboard to
 * docs/screenshots, in both themes and as wide as a telephone; parts of the marketplace in one.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { createClient, type Client } from '../src/client/index.ts'
import { loadConfig } from '../src/config.ts'
import { requireBrowser } from './browser.ts'
import { fillMarketplace } from './marketplace-samples.ts'

const ROOT = join(import.meta.dirname, '..')
const TARGET = join(ROOT, 'docs', 'screenshots')
const KEY = 'key-of-the-screenshots'
const QUALITY = 82
const SETTLED_MS = 4000
const WIDE = { width: 1360, height: 850 }
const SHAPES = [
  { name: 'light', theme: 'light', size: WIDE },
  { name: 'dark', theme: 'dark', size: WIDE },
  { name: 'narrow', theme: 'light', size: { width: 390, height: 844 } },
] as const

interface Shown {
  name: string
  path: string
  /** Whose key opens it. @default an administrator's of the installation */
  key?: string
  shapes?: readonly (typeof SHAPES)[number][]
}

const only = new Set(process.argv.slice(2))
const home = mkdtempSync(join(tmpdir(), 'exectrail-screenshots-'))
const stack = await startStack(home)
try {
  const browser = await chromium.launch({
    executablePath: await requireBrowser(loadConfig().path),
    args: ['--no-sandbox', '--hide-scrollbars'],
  })
  mkdirSync(TARGET, { recursive: true })
  const client = createClient({ url: stack.url, key: KEY })
  const pages = Object.entries(await pathsOf(client)).map(([name, path]): Shown => ({ name, path }))
  pages.push(...marketplace(await fillMarketplace(client, stack.url)))
  for (const shown of pages) if (only.size === 0 || only.has(shown.name)) await take(browser, shown)
  await browser.close()
} finally {
  stack.child.kill('SIGTERM')
  await once(stack.child, 'exit')
  rmSync(home, { recursive: true, force: true })
}

async function startStack(directory: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/main.ts'), 'up', '--samples'], {
    // oxlint-disable-next-line node/no-process-env -- a child inherits it
    env: { ...process.env, EXECTRAIL_HOME: directory, EXECTRAIL_PORT: '0', EXECTRAIL_API_KEY: KEY },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`exectrail up ended with ${code}`)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text)
      if (text.includes('Running.')) resolve()
    })
  })
  const endpoints: { service: string } = JSON.parse(readFileSync(join(directory, 'endpoints.json'), 'utf8'))
  return { url: endpoints.service, child }
}

/** The pages by name; those of one thing show something that failed. */
async function pathsOf(client: Client): Promise<Record<string, string>> {
  const failed = await client.listExecutions({ where: 'outcome=failure', limit: 1 })
  const newest = await client.listExecutions({ limit: 2 })
  const { data: workflows } = await client.listWorkflowExecutions({ limit: 1 })
  const { data: errors } = await client.getErrors({ limit: 1 })
  const [first] = failed.data
  const [a, b] = newest.data
  return {
    overview: '/',
    executions: '/executions',
    execution: pathTo('/executions', first?.executionId),
    compare: `/compare?a=${a?.executionId ?? ''}&b=${b?.executionId ?? ''}`,
    agents: '/agents',
    agent: pathTo('/agents', first?.codeAgentId),
    workflows: '/workflows',
    workflow: pathTo('/workflows', workflows[0]?.workflowExecutionId),
    costs: '/costs',
    alerts: '/alerts?state=rules',
    errors: '/errors',
    error: pathTo('/errors', errors[0]?.fingerprint),
    live: '/live',
    run: '/run',
    sql: '/sql',
    settings: '/settings',
  }
}

/** Parts of the marketplace: what the administrator of an organization sees, and reports as that of the installation does. */
function marketplace(key: string): Shown[] {
  const shapes = SHAPES.filter(({ name }) => name === 'light')
  return [
    { name: 'marketplace', path: '/marketplace', shapes },
    { name: 'marketplace-namespaces', path: '/marketplace?show=namespaces', key, shapes },
    { name: 'marketplace-keys', path: '/marketplace?show=keys', key, shapes },
    { name: 'marketplace-reports', path: '/marketplace?show=reports', shapes },
  ]
}

function pathTo(base: string, id: string | null | undefined): string {
  return `${base}/${encodeURIComponent(id ?? '')}`
}

async function take(browser: Browser, { name, path, key = KEY, shapes = SHAPES }: Shown): Promise<void> {
  for (const { name: shape, theme, size } of shapes) {
    const context = await browser.newContext({ viewport: size, colorScheme: theme, timezoneId: 'UTC' })
    const page = await context.newPage()
    await page.goto(`${stack.url}/?key=${key}`)
    await page.goto(`${stack.url}${path}${path.includes('?') ? '&' : '?'}range=1h`)
    await page.getByRole('main').waitFor()
    await page.locator('main:has(h1):not(:has(output:has(i)))').waitFor()
    // A live stream never ends; the other requests and the editor take less than this.
    await page.waitForLoadState('networkidle', { timeout: SETTLED_MS }).catch(() => undefined)
    const file = `${name}-${shape}.webp`
    writeFileSync(join(TARGET, file), await picture(page))
    process.stdout.write(`docs/screenshots/${file}\n`)
    await context.close()
  }
}

/** WebP, which only the browser's own protocol has. */
async function picture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  return Buffer.from(data, 'base64')
}
