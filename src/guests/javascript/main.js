// Where a program has its main.
const ofThis = Function.prototype.bind.bind(Function.prototype.call)
const sourceOf = ofThis(Function.prototype.toString)
const addTo = ofThis(WeakSet.prototype.add)
const isIn = ofThis(WeakSet.prototype.has)
const isClass = (value) => sourceOf(value)[0] === 'c' && /^class\b/.test(sourceOf(value))

/** A value that is exported and can be called is main, whatever its name; a class is not called. */
const entry = (value) => (typeof value === 'function' && !isClass(value) ? value : undefined)

/** The program's main, from what it names so and what it exports, the first that has one counts. */
function findMain(defined, exported) {
  let main = defined
  for (let index = 0; index < exported.length; index += 1)
    main ??= exported[index]?.main ?? entry(exported[index])
  for (let index = 0; index < exported.length; index += 1) main ??= exported[index]?.handler
  return typeof main === 'function' ? main : undefined
}

/**
 * Sees whether a program begins its main, by what the marks in its code say. `hook` is what the code reaches; `find`
 * gives its main, from what it exports, or undefined for a script, which a program is that has begun its main. What a
 * script returns at its top level goes to `returns`, and then stands for what its main gives.
 */
export function watchMain() {
  const begun = new WeakSet()
  let defined
  let isBegun = false
  let returned
  return {
    hook: {
      define(main) {
        defined = main
      },
      begin(main) {
        if (typeof main === 'function') addTo(begun, main)
        else isBegun = true
      },
    },
    returns(value) {
      returned = value
    },
    find(exported) {
      if (returned !== undefined) return () => returned
      const main = findMain(defined, exported)
      return main === undefined || isBegun || isIn(begun, main) ? undefined : main
    },
  }
}
