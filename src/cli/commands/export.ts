import { openSink, requireFolder } from '../../io/sink.ts'
import { exportRun, type RunExportOptions } from '../../training/run-export.ts'
import { RunFolder } from '../../training/run-folder.ts'
import type { CommandContext } from '../context.ts'
import { VERSION } from '../version.ts'

export interface ExportOptions {
  out: string
  as?: RunExportOptions['as']
  name?: string
  licence: string
  fp16?: boolean
  tolerance?: number
}

/** `splice-score export`: the best epoch of a training run as a model file. */
export async function runExport(run: string, options: ExportOptions, context: CommandContext): Promise<void> {
  await requireFolder(options.out)
  const { bytes, metadata, difference } = await exportRun(new RunFolder(run), {
    as: options.as,
    name: options.name,
    licence: options.licence,
    precision: options.fp16 ? 'float16' : 'float32',
    tolerance: options.tolerance,
    toolVersion: VERSION,
  })
  const sink = context.guard(await openSink(options.out))
  await sink.write(bytes)
  await sink.close()
  const { terminal } = context
  terminal.info(
    `${options.out}: ${metadata.name}, kind ${metadata.kind}, columns ${metadata.columns.join(', ')}, threshold ${metadata.threshold}, ${bytes.length} bytes`,
  )
  terminal.info(`largest difference from the network as trained: ${difference.toPrecision(2)}`)
}
