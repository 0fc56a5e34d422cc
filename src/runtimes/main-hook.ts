/** How a guest program gets at the `main` of a module, exported or not. */

/** One more line hands `main` to the global function `hook`; a source map has to stay the last line. */
export function addMainHook(code: string, hook: string): string {
  const line = `\n;globalThis.${hook}?.(typeof main === 'function' ? main : undefined)\n`
  const map = code.lastIndexOf('\n//# sourceMappingURL=')
  return map < 0 ? code + line : code.slice(0, map) + line + code.slice(map + 1)
}
