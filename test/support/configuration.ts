import { loadConfig, type Config } from '../../src/config.ts'

/** Configuration of a fresh home that reaches nothing outside: no Collector, no store, free ports. */
export function offlineConfig(home: string, extra: Record<string, string> = {}): Config {
  const { PATH = '', HOME = '' } = process.env
  return loadConfig({ PATH, HOME, EXECTRAIL_HOME: home, EXECTRAIL_PORT: '0', CI: 'true', ...extra })
}
