/** Entry point of the command line. What it loads comes from the compile cache, so the cache is on before anything else. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./command-line.ts')
