/** Which of the files given with code it can import. */
import { posix } from 'node:path'

/** By extension, what esbuild is to take a file for. */
export const LOADERS: Readonly<Record<string, 'js' | 'ts' | 'json'>> = {
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.json': 'json',
}

/** Whether `path` is code that a program can import. */
export function isImportable(path: string): boolean {
  return Object.hasOwn(LOADERS, posix.extname(path))
}
