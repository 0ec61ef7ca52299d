import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The compiled modules joined into few files, which is what the tool runs. */
const COMMAND_LINE = join('dist', 'bin', 'main.js')

const WHAT_TO_DO = 'run `npm run build` first, or `npm test`, which builds by itself'

/** Returns why dist/ of a folder does not stand for its src/, or undefined when every file was built after its last change. */
export function buildProblem(root: string): string | undefined {
  const src = join(root, 'src')
  for (const entry of readdirSync(src, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!entry.endsWith('.ts')) {
      continue
    }
    const built = join('dist', entry.replace(/\.ts$/, '.js'))
    const source = join('src', entry)
    if (!existsSync(join(root, built))) {
      return `these tests run the built command line, and ${built} is not there: ${WHAT_TO_DO}`
    }
    for (const product of [built, COMMAND_LINE]) {
      if (modified(root, product) < modified(root, source)) {
        return `these tests run the built command line, and ${product} is older than ${source}: ${WHAT_TO_DO}`
      }
    }
  }
  return undefined
}

/** When a file was last changed, in milliseconds; minus infinity when it is not there. */
function modified(root: string, file: string): number {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY
}

/** Throws Error saying what to do unless the built command line is that of the sources. */
export function requireBuild(): void {
  const problem = buildProblem(ROOT)
  if (problem !== undefined) {
    throw new Error(problem)
  }
}
