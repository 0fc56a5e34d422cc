/** The same program in every language, so that every runtime can be held to the same answers. */
import type { Language } from '../../src/execution.ts'

export type ProgramName =
  | 'value'
  | 'asynchronous'
  | 'throws'
  | 'syntax'
  | 'exits'
  | 'script'
  | 'echo'
  | 'unicode'
  | 'flood'
  | 'stdin'
  | 'environment'
  | 'files'
  | 'folders'
  | 'endless'
  | 'hog'

type Programs = Record<ProgramName, string>

/** Lines of the flood, and the bytes of one with its newline. */
export const FLOOD = { lines: 1000, lineBytes: 1024 }
/** What the unicode program prints: characters of one to four bytes, prime in length, so that chunks split them. */
export const UNICODE = { unit: 'aé€𝄞-', times: 40_009 }
/** Line of the statement that throws. */
export const THROW_LINE = 4

const javascript: Programs = {
  value:
    'export function main(input) {\n  return { sum: input.xs.reduce((a, b) => a + b, 0), text: "é\\u{1d11e}", none: null }\n}',
  asynchronous:
    'export async function main(input) {\n  await new Promise((resolve) => setTimeout(resolve, 1))\n  return input.xs.length\n}',
  throws:
    'const before = 1\n\nfunction inner() {\n  throw new TypeError("broken " + before)\n}\nexport function main() {\n  inner()\n}',
  syntax: 'console.log("never")\nconst a = = 1\n',
  exits: 'console.log("before")\nprocess.exit(7)',
  script: 'console.log("out")\nconsole.error("err")',
  echo: 'export const main = (input) => input',
  unicode: `console.log("${UNICODE.unit}".repeat(${UNICODE.times}))`,
  flood: `const line = "x".repeat(${FLOOD.lineBytes - 1})\nfor (let i = 0; i < ${FLOOD.lines}; i++) console.log(line)`,
  stdin: 'const { readFileSync } = await import("node:fs")\nexport const main = () => readFileSync(0).length',
  environment: 'export const main = () => ({ ...process.env })',
  files:
    'const fs = await import("node:fs")\nconst text = fs.readFileSync("given/in.txt", "utf8")\nfs.writeFileSync("/out/back.txt", text + "!")\nfs.writeFileSync("/out/raw.bin", Buffer.from([0, 255, 1]))\nexport const main = () => text',
  folders:
    'const fs = await import("node:fs")\nfs.mkdirSync("/out/deep/er", { recursive: true })\nfs.writeFileSync("/out/deep/er/back.txt", "kept")',
  endless: 'console.log("begun")\nfor (;;) {}',
  hog: 'const kept = []\nfor (;;) kept.push(new Array(100000).fill(kept.length))',
}

const typed = (code: string): string =>
  `type Unused<T> = { [K in keyof T]: T[K] }; enum Level { Low = 1 }; ${code}`

const typescript: Programs = {
  ...javascript,
  value: typed(
    'interface Input { xs: number[] }\nexport function main(input: Input): { sum: number; text: string; none: null } {\n  return { sum: input.xs.reduce((a: number, b: number) => a + b, Level.Low - 1), text: "é\\u{1d11e}", none: null }\n}',
  ),
  throws: typed(
    'const before: number = 1\ninterface Gone {\n  a: string }\nfunction inner(): never { throw new TypeError("broken " + before) }\nexport function main(): void {\n  inner()\n}',
  ),
  syntax: 'console.log("never")\nconst a: number = = 1\n',
  environment:
    'declare const process: { env: Record<string, string> }\nexport const main = () => ({ ...process.env })',
}

const python: Programs = {
  value: 'def main(input):\n    return {"sum": sum(input["xs"]), "text": "é\\U0001d11e", "none": None}',
  asynchronous:
    'import asyncio\nasync def main(input):\n    await asyncio.sleep(0.001)\n    return len(input["xs"])',
  throws:
    'before = 1\n\ndef inner():\n    raise TypeError("broken %d" % before)\n\ndef main(input):\n    inner()',
  syntax: 'print("never")\na = = 1\n',
  exits: 'import sys\nprint("before")\nsys.exit(7)',
  script: 'import sys\nprint("out")\nprint("err", file=sys.stderr)',
  echo: 'def main(input):\n    return input',
  unicode: `print("${UNICODE.unit}" * ${UNICODE.times})`,
  flood: `line = "x" * ${FLOOD.lineBytes - 1}\nfor _ in range(${FLOOD.lines}):\n    print(line)`,
  stdin: 'import sys\ndef main(input):\n    return len(sys.stdin.read())',
  environment: 'import os\ndef main(input):\n    return dict(os.environ)',
  files:
    'text = open("given/in.txt").read()\nopen("/out/back.txt", "w").write(text + "!")\nopen("/out/raw.bin", "wb").write(bytes([0, 255, 1]))\ndef main(input):\n    return text',
  folders: 'import os\nos.makedirs("/out/deep/er")\nopen("/out/deep/er/back.txt", "w").write("kept")',
  endless: 'print("begun", flush=True)\nwhile True:\n    pass',
  hog: 'kept = []\nwhile True:\n    kept.append(bytearray(b"x" * 1000000))',
}

const bash: Programs = {
  value:
    'main() {\n  local digits=${1//[^0-9]/ } sum=0 x\n  for x in $digits; do sum=$((sum + x)); done\n  result "{\\"sum\\": $sum, \\"text\\": \\"é𝄞\\", \\"none\\": null}"\n}',
  asynchronous: 'main() {\n  sleep 0.001 &\n  wait\n  result 3\n}',
  throws: 'before=1\n\ninner() {\n  nonesuch_command "$before"\n}\nmain() {\n  inner\n}',
  syntax: 'echo never\nif then fi\n',
  exits: 'echo before\nexit 7',
  script: 'echo out\necho err >&2',
  echo: 'main() {\n  result "$1"\n}',
  unicode: `printf '${UNICODE.unit}%.0s' $(seq ${UNICODE.times})\necho`,
  flood: `printf -v line '%*s' ${FLOOD.lineBytes - 1} ''\nyes "\${line// /x}" | head -n ${FLOOD.lines}`,
  stdin: 'main() {\n  result "$(wc -c)"\n}',
  environment:
    'main() {\n  local out= name\n  for name in $(compgen -e); do out+="${out:+, }\\"$name\\": \\"${!name}\\""; done\n  result "{$out}"\n}',
  files:
    'text=$(< given/in.txt)\nprintf "%s!" "$text" > /out/back.txt\nprintf "\\0\\377\\1" > /out/raw.bin\nmain() {\n  result "\\"$text\\""\n}',
  folders: 'mkdir -p /out/deep/er\nprintf kept > /out/deep/er/back.txt',
  endless: 'echo begun\nwhile :; do :; done',
  hog: 'x=x\nwhile :; do x+=$x; done',
}

/** Code by language and name. */
export const PROGRAMS: Record<Language, Programs> = { javascript, typescript, python, bash }
