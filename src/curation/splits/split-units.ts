import { classNumber, isPositiveClass } from '../example-classes.ts'
import { type ExampleLayout, shownStretches } from '../example-layout.ts'
import { type ContigExamples, placeOf, REMOVED } from '../example-rows.ts'

/** What must stay together: genes whose windows overlap, with everything that was made from them. */
export interface SplitUnit {
  contig: number
  start: number
  end: number
  /** Numbers of its genes, ascending. */
  genes: number[]
  positives: number
}

export interface SplitUnits {
  units: readonly SplitUnit[]
  /** Number of the unit of each gene that has examples, else -1. */
  unitOfGene: Int32Array
}

const UNKNOWN = classNumber('unknown')

/**
 * Returns the units to split by: a gene with all its examples, and every gene whose windows reach into its stretch, on
 * either strand. No window of one unit shares a base with a window of another. Rows of class `unknown` are in no unit:
 * they join genes that have nothing else to do with each other.
 */
export function splitUnits(
  contigs: readonly ContigExamples[],
  genes: number,
  layout: ExampleLayout,
): SplitUnits {
  const unitOfGene = new Int32Array(genes).fill(-1)
  const units: SplitUnit[] = []
  for (const rows of contigs) {
    const stretches = geneStretches(rows, layout)
    let open: SplitUnit | undefined
    for (const { gene, start, end, positives } of stretches) {
      if (open === undefined || start >= open.end) {
        open = { contig: rows.contig, start, end, genes: [], positives: 0 }
        units.push(open)
      }
      open.end = Math.max(open.end, end)
      open.genes.push(gene)
      open.positives += positives
      unitOfGene[gene] = units.length - 1
    }
  }
  for (const unit of units) {
    unit.genes.sort((a, b) => a - b)
  }
  return { units, unitOfGene }
}

interface GeneStretch {
  gene: number
  start: number
  end: number
  positives: number
}

/** Returns what the windows of each gene span, by start, then gene. */
function geneStretches(rows: ContigExamples, layout: ExampleLayout): GeneStretch[] {
  const stretches = new Map<number, GeneStretch>()
  for (let row = 0; row < rows.count; row++) {
    const gene = rows.genes[row]!
    const className = rows.classes[row]!
    if (className === UNKNOWN || gene < 0 || rows.splits[row] === REMOVED) {
      continue
    }
    const shown = shownStretches(placeOf(rows, row), layout)
    const start = shown[0]!
    const end = shown[shown.length - 1]!
    const known = stretches.get(gene)
    const positive = isPositiveClass(className) ? 1 : 0
    if (known === undefined) {
      stretches.set(gene, { gene, start, end, positives: positive })
    } else {
      known.start = Math.min(known.start, start)
      known.end = Math.max(known.end, end)
      known.positives += positive
    }
  }
  return [...stretches.values()].sort((a, b) => a.start - b.start || a.gene - b.gene)
}
