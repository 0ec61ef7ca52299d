// The rule of natural introns, and predictions that look at nothing, on the rows of imported datasets.
import { join } from 'node:path'
import { seededRandom } from '../../../dist/core/random.js'
import { readYeastIntrons } from '../../../dist/curation/import/yeast-introns.js'
import { encodeText } from '../../../dist/genome/sequence.js'
import { readLines } from '../../../dist/io/text-lines.js'
import {
  fitYeastBaseline,
  passesYeastBaseline,
  splicedEfficiency,
} from '../../../dist/models/yeast/baseline.js'
import { regressionReport } from '../../../dist/report/evaluation/regression.js'

/** @typedef {Record<'mse' | 'pearson' | 'spearman', number | undefined>} Figures */
/** @typedef {Record<'baseline' | 'zeros' | 'random', Figures>} References */

/**
 * Returns how the rule does on the test rows of a dataset of whole constructs, and zeros and uniform random numbers beside it.
 * @param {string} introns
 * @param {string} dataset
 * @param {number} seed
 * @returns {Promise<References>}
 */
export async function measureRule(introns, dataset, seed) {
  const rule = fitYeastBaseline(await readYeastIntrons(introns))
  const rows = await readRows(dataset)
  const efficiency = splicedEfficiency(rows.filter(row => row.split === 'train').map(row => row.efficiency))
  const tested = rows.filter(row => row.split === 'test')
  const targets = tested.map(row => row.efficiency)
  const random = seededRandom(seed)
  return {
    baseline: figuresOf(
      tested.map(row => (passesYeastBaseline(rule, row) ? efficiency : 0)),
      targets,
    ),
    zeros: figuresOf(
      tested.map(() => 0),
      targets,
    ),
    random: figuresOf(
      tested.map(() => random.float()),
      targets,
    ),
  }
}

/**
 * @param {readonly number[]} predicted
 * @param {readonly number[]} targets
 * @returns {Figures}
 */
function figuresOf(predicted, targets) {
  const settings = { resamples: 0, confidence: 0.95, seed: 1 }
  const { mse, pearson, spearman } = regressionReport(
    { column: 'efficiency', predicted, targets },
    settings,
  ).estimates
  return { mse: mse.value, pearson: pearson.value, spearman: spearman.value }
}

/** @param {string} dataset */
async function readRows(dataset) {
  /** @type {{ split: string, efficiency: number, codes: Uint8Array, donor: number, branch: number, acceptor: number }[]} */
  const rows = []
  /** @type {string[] | undefined} */
  let names
  for await (const lines of readLines(join(dataset, 'windows.tsv.gz'))) {
    for (const line of lines) {
      const fields = line.split('\t')
      if (names === undefined) {
        names = fields
        continue
      }
      const row = Object.fromEntries(names.map((name, i) => [name, fields[i] ?? '']))
      rows.push({
        split: row.split ?? '',
        efficiency: Number(row.target),
        codes: encodeText(row.sequence ?? ''),
        donor: Number(row.donor_position),
        branch: Number(row.branch_position),
        acceptor: Number(row.acceptor_position),
      })
    }
  }
  return rows
}
