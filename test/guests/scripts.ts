/** Scripts that call their main, and scripts that only seem to. */

/** A program that begins main by itself; each prints `ran` once, with the input `{"a":1}` and without a second run. */
export interface ScriptCase {
  javascript?: string
  python?: string
  bash?: string
}

const JS_MAIN = 'async function main() { print("ran\\n") }\n'
const PYTHON_MAIN = 'def main(argv=None):\n    print("ran")\n    return 1\n'
const ASYNC_PYTHON_MAIN = 'import asyncio\nasync def main():\n    print("ran")\n'
const PYTHON_FORKED =
  'import multiprocessing, os, threading\nfrom_child, to_parent = os.pipe()\nparent = os.getpid()\ndef main():\n    print("again") if os.getpid() == parent else os.write(to_parent, b"ran")\n'
const SHOWN = 'print(os.read(from_child, 9).decode())'
const BASH_MAIN = 'main() { echo ran; }\n'

export const SCRIPTS: Record<string, ScriptCase> = {
  'at its end': {
    javascript: `${JS_MAIN}main()`,
    python: `${PYTHON_MAIN}main()`,
    bash: `${BASH_MAIN}main "$@"`,
  },
  'where it is the program that runs': {
    python: `${PYTHON_MAIN}if __name__ == "__main__":\n    main()`,
    bash: `${BASH_MAIN}[[ \${BASH_SOURCE[0]} == "$0" ]] && main "$@"`,
  },
  'with its status': {
    python: `import sys\n${PYTHON_MAIN}if __name__ == "__main__":\n    sys.exit(main())`,
    bash: `${BASH_MAIN}if [[ "\${BASH_SOURCE[0]}" == "\${0}" ]]; then main "$@"; exit; fi`,
  },
  'from another function': {
    javascript: `${JS_MAIN}function cli() { return main() }\ncli()`,
    python: `${ASYNC_PYTHON_MAIN}def cli():\n    asyncio.run(main())\nif __name__ == "__main__":\n    cli()`,
    bash: `${BASH_MAIN}cli() { main "$@"; }\ncli "$@"`,
  },
  'by way of a value': {
    javascript: `${JS_MAIN}[main].map((f) => f())`,
    python: 'def main(x):\n    print("ran")\nlist(map(main, [1]))',
    bash: `${BASH_MAIN}f=main\n$f`,
  },
  'under another name': {
    javascript: 'const run = async () => { print("ran\\n") }\nexports.main = run\nrun()',
    python: 'def run(x=None):\n    print("ran")\nmain = run\nrun()',
  },
  'as an expression': {
    javascript: 'const main = async () => print("ran\\n")\nmain().catch(print)',
    python: 'main = lambda x=None: print("ran")\nmain()',
  },
  'wrapped in another': {
    javascript: 'const wrap = (f) => () => f()\nconst main = wrap(() => print("ran\\n"))\nmain()',
    python:
      'import functools\ndef wrap(f):\n    @functools.wraps(f)\n    def call(*all):\n        return f(*all)\n    return call\n@wrap\ndef main(x=None):\n    print("ran")\nmain()',
  },
  'that fails, and goes on': {
    javascript: 'function main() { print("ran\\n"); throw new Error("no") }\ntry { main() } catch {}',
    python:
      'def main(x=None):\n    print("ran")\n    raise ValueError("no")\ntry:\n    main()\nexcept ValueError:\n    pass',
    bash: 'main() { echo ran; return 1; }\nmain || true',
  },
  elsewhere: {
    python: 'import threading\ndef main():\n    print("ran")\nthreading.Thread(target=main).start()',
    bash: `${BASH_MAIN}main "$@" | cat`,
  },
  'after a while': {
    python: 'import threading\ndef main():\n    print("ran")\nthreading.Timer(0.05, main).start()',
  },
  'in another process': {
    python: `${PYTHON_FORKED}process = multiprocessing.Process(target=main)\nprocess.start()\nprocess.join()\n${SHOWN}`,
    bash: `${BASH_MAIN}export -f main\ntimeout 5 bash -c 'main "$@"'`,
  },
  'in a fork': {
    python: `${PYTHON_FORKED}if os.fork() == 0:\n    main()\n    os._exit(0)\nos.wait()\n${SHOWN}`,
  },
  'under a profiler': {
    python:
      'import cProfile\ndef main():\n    print("ran")\nprofile = cProfile.Profile()\nprofile.runctx("main()", globals(), None)',
  },
  'as a method': {
    javascript: 'const app = { async main() { print("ran\\n") } }\nmodule.exports = app\napp.main()',
    python: 'class App:\n    def main(self):\n        print("ran")\napp = App()\nmain = app.main\napp.main()',
  },
  'as a method of a class': {
    javascript:
      'class App { static async main() { print("ran\\n") } }\nmodule.exports = App\nvoid App.main()',
  },
  'as a member of an object': {
    javascript: 'const app = { main: () => print("ran\\n") }\nexports.main = app.main\napp.main()',
  },
  'and makes it readonly': { bash: `${BASH_MAIN}readonly -f main\nmain` },
  'as a member of its module': {
    python: 'import __main__\ndef main():\n    print("ran")\n__main__.main()',
  },
  'in what gathers its output': {
    python: `${PYTHON_MAIN}import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    main()\nprint(out.getvalue(), end="")`,
    bash: `${BASH_MAIN}out=$(main "$@")\necho "$out"`,
  },
  'in a group': { bash: `${BASH_MAIN}{ main "$@"; } 2>&1 | cat` },
  'behind its back': { bash: `${BASH_MAIN}(main "$@") &\nwait` },
  'as text': {
    python: 'def main(x=None):\n    print("ran")\nexec("main()")',
    bash: `${BASH_MAIN}eval "main x"`,
  },
  'with options of its own': {
    bash: 'set -euo pipefail\nmain() { echo ran; }\nmain "$@"',
  },
  'with the input': {
    bash: 'main() { [[ $1 == \'{"a":1}\' ]] && echo ran; }\nmain "$@"',
  },
  'with a trap on its functions': {
    bash: 'f() { trap "trap - RETURN" RETURN; g; }\ng() { :; }\nmain() { f; echo ran; }\nmain',
  },
}

/** A program that speaks of main and does not call it: it is called, once. */
export const MENTIONS: Record<string, ScriptCase> = {
  'in words': {
    javascript: `// main\n${JS_MAIN}const text = "main()"`,
    python: `# main()\n${PYTHON_MAIN}text = "main()"`,
    bash: `# main does it\n${BASH_MAIN}text="main x"`,
  },
  'in what is not called': {
    javascript: `${JS_MAIN}const later = () => main()`,
    python: `${PYTHON_MAIN}def later():\n    main()`,
    bash: `${BASH_MAIN}later() { main; }`,
  },
  'as what it exports': {
    javascript: `${JS_MAIN}module.exports = { main }`,
    python: `${PYTHON_MAIN}__all__ = [main.__name__]`,
  },
  'as the name of a member of another': {
    javascript: `${JS_MAIN}const app = { main() {} }\napp.main()\nclass App { static main() {} }\nApp.main()`,
  },
  'as the name of another': {
    javascript: `${JS_MAIN}class App { main() {} }\nnew App().main()`,
    python: `${PYTHON_MAIN}class App:\n    def main(self):\n        pass\nApp().main()`,
    bash: `${BASH_MAIN}main_loop() { :; }\nmain_loop`,
  },
  'where it calls itself': {
    javascript: 'function main(n) { if (n === 0) return; print("ran\\n"); main(0) }',
    python: 'def main(n):\n    if n == 0:\n        return\n    print("ran")\n    main(0)',
    bash: 'main() { [[ $1 == 0 ]] && return; echo ran; main 0; }',
  },
}
