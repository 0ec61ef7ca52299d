import { openSink } from '../../io/sink.ts'
import { MODELS, type ModelEntry, modelSize } from '../../models/registry.ts'
import { ownTrainer } from '../../training/own-trainers.ts'
import type { CommandContext } from '../context.ts'

export interface ModelsOptions {
  json?: boolean
}

/** `splice-score models`: the models there are, as a table or JSON on standard output. */
export async function runModels(options: ModelsOptions, context: CommandContext): Promise<void> {
  const sink = await openSink(context.stdout)
  await sink.write(options.json ? `${JSON.stringify(MODELS.map(describe), undefined, 2)}\n` : table())
  await sink.close()
}

/** Everything about a model, as JSON. */
function describe(entry: ModelEntry): Record<string, unknown> {
  const { name, title, source, input, windowLength } = entry
  return {
    name,
    title,
    source,
    input,
    windowLength,
    ...modelSize(entry),
    kind: entry.kind,
    ...(entry.kind === 'network'
      ? { output: entry.output, options: entry.defaults, presets: entry.presets ?? {} }
      : { settings: ownTrainer(name)?.settings ?? {} }),
  }
}

function table(): string {
  const rows = MODELS.map(entry => [
    entry.name,
    entry.title,
    entry.input,
    String(modelSize(entry)?.parameters ?? '-'),
    entry.source,
  ])
  const lines = [['name', 'title', 'input', 'parameters', 'source'], ...rows]
  return lines.map(line => `${line.join('\t')}\n`).join('')
}
