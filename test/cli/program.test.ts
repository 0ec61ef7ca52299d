import { describe, expect, it } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'
import { UsageError } from '../../src/core/errors.ts'
import { fakeContext } from '../support/command-context.ts'

const program = () =>
  buildProgram(
    () => fakeContext(),
    () => undefined,
  )

describe('several inputs', () => {
  it.each([[[]], [['score']], [['extract']]])(
    'after %j are refused with the list of commands',
    async words => {
      const run = program().parseAsync([...words, 'a.bam', 'b.bam'], { from: 'user' })
      const error = await run.then(
        () => undefined,
        (caught: unknown) => caught,
      )
      expect(error).toBeInstanceOf(UsageError)
      expect((error as UsageError).message).toBe('expected one input, found 2: a.bam b.bam')
      expect((error as UsageError).hint).toBe(
        'the commands are extract, curate, dataset, train, evaluate, export, import, models and doctor; several BAM files are joined with samtools merge',
      )
    },
  )
})

describe('words that no command looks at', () => {
  it.each([
    [['train', '--model', 'cnn', '--out', 'run', '--set', 'threads=1', 'shards=1'], 'train'],
    [['evaluate', '--data', 'd', 'more'], 'evaluate'],
    [['models', 'all'], 'models'],
    [['dataset', 'show', 'd', 'e'], 'show'],
    [['doctor', 'now'], 'doctor'],
  ])('of %j are refused', async (words, command) => {
    await expect(program().parseAsync(words, { from: 'user' })).rejects.toThrow(
      `error: too many arguments for '${command}'`,
    )
  })
})

describe('the help', () => {
  const helpOf = (name: string) =>
    program()
      .commands.find(command => command.name() === name)!
      .configureHelp({ helpWidth: 400 })
      .helpInformation()

  it.each([
    ['train', '--out <path>', 'the folder of the run; of models that are no networks the ONNX file'],
    [
      'train',
      '--epochs <n>',
      'passes over the training examples (default: as the model was published, else 10)',
    ],
    ['train', '--batch-size <n>', 'examples of a step (default: as the model was published, else 32)'],
    ['export', '--fp16', 'store the weights in half precision'],
    ['import', '--fp16', 'store the weights in half precision'],
  ])('of %s explains %s', (name, option, text) => {
    const line = helpOf(name)
      .split('\n')
      .find(line => line.trim().startsWith(option))
    expect(line).toContain(text)
  })
})
