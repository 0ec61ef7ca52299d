import { tmpdir } from 'node:os'
import { basename, resolve } from 'node:path'
import { readDataset } from '../../curation/dataset.ts'
import { openSink } from '../../io/sink.ts'
import { datasetCharts } from '../../report/dataset/charts.ts'
import { formatDatasetReport } from '../../report/dataset/document.ts'
import { readRecord } from '../../report/dataset/record.ts'
import { datasetStatistics } from '../../report/dataset/statistics.ts'
import { describeDataset } from '../../report/dataset/table.ts'
import type { CommandContext } from '../context.ts'
import { Outputs, planOutput } from '../outputs.ts'
import { VERSION } from '../version.ts'

export interface DatasetShowOptions {
  ref?: string
  output?: string
  json?: boolean
}

/** `splice-score dataset show`: what a dataset holds, as text or JSON, and as charts. */
export async function runDatasetShow(
  folder: string,
  options: DatasetShowOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const { prefix } = await planOutput(options.output === undefined ? {} : { output: options.output }, [])
  const record = await readRecord(folder)
  // Nothing is drawn for validation: what is shown is what the table says.
  const dataset = context.guard(
    await readDataset(folder, {
      scratchFolder: tmpdir(),
      validationFraction: 0,
      keepUnknown: true,
      ...(options.ref !== undefined && { reference: options.ref }),
    }),
  )
  try {
    // The folder may have been given as `.`.
    const name = /^\.{0,2}$/.test(dataset.name) ? basename(resolve(folder)) : dataset.name
    const examples = { ...dataset, name }
    const report = await datasetStatistics(examples, record, {
      toolVersion: VERSION,
      onProgress: terminal.progress,
    })
    terminal.clear()
    const json = formatDatasetReport(report)
    const outputs = context.guard(new Outputs(context.stdout))
    if (prefix !== undefined) {
      await outputs.writeText(`${prefix}.dataset-report.json`, json)
      for (const [chart, svg] of Object.entries(datasetCharts(report, examples))) {
        await outputs.writeText(`${prefix}.${chart}.svg`, svg)
      }
    }
    const files = await outputs.commit()
    const sink = context.guard(await openSink(context.stdout))
    await sink.write(options.json ? json : `${describeDataset(report)}\n`)
    await sink.close()
    if (files.length > 0) {
      terminal.info(`wrote ${files.join(', ')}`)
    }
  } finally {
    await dataset.close()
  }
}
