import { availableParallelism, freemem, totalmem } from 'node:os'
import { SpliceScoreError } from '../../core/errors.ts'
import { readModel } from '../../export/default-model.ts'
import { probeProviders, runtimeVersion } from '../../graph/session.ts'
import { openSink } from '../../io/sink.ts'
import type { CommandContext } from '../context.ts'
import { VERSION } from '../version.ts'

const GIB = 2 ** 30

/** `splice-score doctor`: what this machine can do, as lines of `name: value` on standard output. */
export async function runDoctor(context: CommandContext): Promise<void> {
  const lines = [
    `splice-score: ${VERSION}`,
    `node: ${process.versions.node} (${process.platform} ${process.arch})`,
    `onnxruntime: ${await runtimeVersion()}`,
  ]
  for (const { name, available, reason } of await probeProviders()) {
    lines.push(`provider ${name}: ${available ? 'yes' : `no (${reason?.split('\n')[0]})`}`)
  }
  lines.push(
    `default model: ${await describeModel()}`,
    `cores: ${availableParallelism()}`,
    `memory: ${(freemem() / GIB).toFixed(1)} of ${(totalmem() / GIB).toFixed(1)} GiB free`,
  )
  const sink = await openSink(context.stdout)
  await sink.write(`${lines.join('\n')}\n`)
  await sink.close()
}

async function describeModel(): Promise<string> {
  try {
    const { metadata, sha256, bytes } = await readModel(undefined)
    return `${metadata.name}, threshold ${metadata.threshold}, ${bytes.length} bytes, sha256 ${sha256.slice(0, 12)}`
  } catch (error) {
    if (error instanceof SpliceScoreError) {
      return `cannot be read: ${error.message}`
    }
    throw error
  }
}
