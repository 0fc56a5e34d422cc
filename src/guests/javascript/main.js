// Where a program has its main.
const sourceOf = Function.prototype.bind.bind(Function.prototype.call)(Function.prototype.toString)
const isClass = (value) => sourceOf(value)[0] === 'c' && /^class\b/.test(sourceOf(value))

/** A value that is exported and can be called is main, whatever its name; a class is not called. */
const entry = (value) => (typeof value === 'function' && !isClass(value) ? value : undefined)

/**
 * The program's main; undefined for a script.
 * @param defined what the program itself named main, exported or not
 * @param exported what it exports, the first that has a main counts
 */
export function findMain(defined, exported) {
  let main = defined
  for (let index = 0; index < exported.length; index += 1)
    main ??= exported[index]?.main ?? entry(exported[index])
  return typeof main === 'function' ? main : undefined
}
