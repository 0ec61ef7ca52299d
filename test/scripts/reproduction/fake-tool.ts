import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Context } from '../../../scripts/reproduction/context.mjs'

/** Of the registry, as far as these tests go. */
export const MODELS = [
  ...['dassi-acceptor', 'dassi-donor', 'cnn', 'cnn-emb', 'hybrid', 'lstm', 'lstm-emb'].map(name => ({
    name,
    kind: 'network',
  })),
  { name: 'asp-svm', kind: 'own-trainer' },
]
export const TABLE = 'class\tsequence\npositive\tACGT\n'
/** What each command is said to take. */
export const SECONDS = { wall: 2, cpu: 3 }

/** Writes what the command line would, without training anything: as many true as false calls. */
export function fakeTool(calls: string[][], fails: (args: readonly string[]) => boolean = () => false) {
  return async (_root: string, args: readonly string[]) => {
    calls.push([...args])
    const out = args[args.findIndex(arg => arg === '--out' || arg === '-o') + 1]!
    const [command, model] = [args[0], args[args.indexOf('--model') + 1]]
    if (fails(args)) {
      mkdirSync(out, { recursive: true })
      writeFileSync(join(out, 'checkpoint.safetensors'), '')
      throw new Error('ended with 1')
    }
    if (command === 'train' && model !== 'asp-svm') {
      mkdirSync(out, { recursive: true })
      writeFileSync(join(out, 'result.json'), args.join(' '))
    } else {
      mkdirSync(dirname(out), { recursive: true })
      const made = command === 'export' ? readFileSync(join(args[1]!, 'result.json'), 'utf8') : args.join(' ')
      writeFileSync(command === 'evaluate' ? `${out}.evaluation.json` : out, evaluation(made))
    }
    return SECONDS
  }
}

/** An evaluation with 30 of 40 positives and 45 of 50 negatives called right. */
export function evaluation(made: string): string {
  const confusion = { truePositives: 30, falseNegatives: 10, trueNegatives: 45, falsePositives: 5 }
  return JSON.stringify({ made, levels: [{ overall: { confusion, estimates: { auroc: { value: 0.9 } } } }] })
}

export interface Given {
  tool?: ReturnType<typeof fakeTool>
  models?: typeof MODELS
  data?: string
  parity?: string
  jobs?: number
}

/** Returns a context in that work folder, whose commands are noted and not run. */
export function makeContext(work: string, calls: string[][], given: Given = {}): Context {
  const { tool = fakeTool(calls), models = MODELS, data = work, parity, jobs = 1 } = given
  const folders = { root: work, data, parity, work }
  return new Context({ ...folders, fast: true, jobs, log: () => {}, models, tool })
}

/** Returns a new folder for a test, and what removes it. */
export function scratchFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'reproduction-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
