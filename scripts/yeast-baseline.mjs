// Predicts the splicing efficiency of yeast constructs by the rule of natural introns, yeast-baseline: the mean efficiency of the
// training constructs that are spliced for those whose motifs and lengths are like natural ones, 0 for all others.
//   npm run build && node scripts/yeast-baseline.mjs --introns wildtype-introns.csv.gz [--train TABLE]... [-o predictions.tsv] TABLE...
// Writes a line for each construct of the tables (standard output without -o), and how well that does to standard error. The mean is of the
// tables of --train, of the tables themselves without.
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { SpliceScoreError, UsageError } from '../dist/core/errors.js'
import { ImportTally } from '../dist/curation/import/import-tally.js'
import { readYeastConstructs } from '../dist/curation/import/yeast-constructs.js'
import { readYeastIntrons } from '../dist/curation/import/yeast-introns.js'
import { fitYeastBaseline, passesYeastBaseline, splicedEfficiency } from '../dist/models/yeast/baseline.js'
import { regressionReport } from '../dist/report/evaluation/regression.js'

const HEADER = ['table', 'library', 'barcode', 'measured', 'passes', 'predicted']

try {
  await main()
} catch (error) {
  if (!(error instanceof SpliceScoreError)) {
    throw error
  }
  console.error(`error: ${error.message}${error.hint === undefined ? '' : `\nhint: ${error.hint}`}`)
  process.exitCode = error.exitCode
}

async function main() {
  const { introns, train, out, tables } = options()
  const rule = fitYeastBaseline(await readYeastIntrons(introns))
  console.error(describe(rule))
  const learnt = await readYeastConstructs(train, new ImportTally())
  const efficiency = splicedEfficiency(learnt.map(construct => construct.efficiency))
  const lines = [HEADER.join('\t')]
  for (const table of tables) {
    const constructs = await readYeastConstructs([table], new ImportTally())
    const passes = constructs.map(construct => passesYeastBaseline(rule, construct))
    const predicted = passes.map(passed => (passed ? efficiency : 0))
    for (const [i, { library, barcode, efficiency: measured }] of constructs.entries()) {
      const fields = [basename(table), library, barcode, measured, Number(passes[i]), predicted[i]]
      lines.push(fields.join('\t'))
    }
    const { estimates } = regressionReport(
      { column: table, predicted, targets: constructs.map(construct => construct.efficiency) },
      { resamples: 0, confidence: 0.95, seed: 1 },
    )
    const share = passes.filter(passed => passed).length / passes.length
    console.error(
      `${basename(table)}: ${constructs.length} rows, ${(100 * share).toFixed(1)} % pass, predicted ${efficiency.toFixed(4)}; ` +
        Object.entries(estimates)
          .map(([name, { value }]) => `${name} ${value?.toFixed(4) ?? 'undefined'}`)
          .join(', '),
    )
  }
  const text = `${lines.join('\n')}\n`
  if (out === undefined) {
    process.stdout.write(text)
  } else {
    writeFileSync(out, text)
  }
}

function options() {
  const { values, positionals: tables } = parseArgs({
    allowPositionals: true,
    options: {
      introns: { type: 'string' },
      train: { type: 'string', multiple: true },
      out: { type: 'string', short: 'o' },
    },
  })
  if (values.introns === undefined || tables.length === 0) {
    throw new UsageError(
      'expected --introns and at least one table of constructs',
      'node scripts/yeast-baseline.mjs --introns wildtype-introns.csv.gz --train train.csv test.csv',
    )
  }
  return { introns: values.introns, train: values.train ?? tables, out: values.out, tables }
}

/** @param {import('../src/models/yeast/baseline.ts').YeastBaseline} rule */
function describe({ donor, branch, acceptor, intron, branchToEnd }) {
  const scores = [donor, branch, acceptor].map(({ threshold }) => threshold.toFixed(4))
  return (
    `passes: scores of donor, branch motif and acceptor from ${scores.join(', ')}; ` +
    `intron of ${intron.join(' to ')} bases, ${branchToEnd.join(' to ')} of them from the branch point on`
  )
}
