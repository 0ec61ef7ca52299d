import { DisjointSets } from '../../core/disjoint-sets.ts'
import { classNumber, isPositiveClass } from '../example-classes.ts'
import { type ExampleLayout, shownStretches } from '../example-layout.ts'
import { type ContigExamples, placeOf, REMOVED } from '../example-rows.ts'

/** Genes of one contig whose windows overlap. Coordinates: 0-based half-open, what their windows show. */
export interface GeneCluster {
  contig: number
  start: number
  end: number
  /** Numbers of its genes, ascending. */
  genes: number[]
  positives: number
  /** Number of its unit. */
  unit: number
}

/** What a dataset is split by. */
export interface SplitUnits {
  /** By contig, then start; those of a contig do not overlap. */
  clusters: readonly GeneCluster[]
  /** Number of the cluster of each gene that has examples, else -1. */
  clusterOfGene: Int32Array
  /** Numbers of the clusters of each unit. */
  units: readonly (readonly number[])[]
}

const UNKNOWN = classNumber('unknown')

/**
 * Returns the units to split by. A cluster is a gene with all its examples, and every gene whose windows reach into its
 * stretch, on either strand: no window of one shows a base that a window of another does. Clusters are one unit that have genes
 * of one group: copies in two annotations, or at two places under one ID. Rows of class `unknown` are in no unit: they join genes that
 * have nothing else to do with each other.
 * Shape: `groupOf` has the group of every gene.
 */
export function splitUnits(
  contigs: readonly ContigExamples[],
  groupOf: Int32Array,
  layout: ExampleLayout,
): SplitUnits {
  const clusterOfGene = new Int32Array(groupOf.length).fill(-1)
  const clusters: GeneCluster[] = []
  for (const rows of contigs) {
    let open: GeneCluster | undefined
    for (const { gene, start, end, positives } of geneStretches(rows, layout)) {
      if (open === undefined || start >= open.end) {
        open = { contig: rows.contig, start, end, genes: [], positives: 0, unit: -1 }
        clusters.push(open)
      }
      open.end = Math.max(open.end, end)
      open.genes.push(gene)
      open.positives += positives
      clusterOfGene[gene] = clusters.length - 1
    }
  }
  for (const cluster of clusters) {
    cluster.genes.sort((a, b) => a - b)
  }
  return { clusters, clusterOfGene, units: joinedUnits(clusters, groupOf) }
}

/** Numbers the units of the clusters by their first one. */
function joinedUnits(clusters: GeneCluster[], groupOf: Int32Array): number[][] {
  const sets = new DisjointSets(clusters.length)
  const firstOfGroup = new Map<number, number>()
  for (const [number, { genes }] of clusters.entries()) {
    for (const gene of genes) {
      const first = firstOfGroup.get(groupOf[gene]!)
      if (first === undefined) {
        firstOfGroup.set(groupOf[gene]!, number)
      } else {
        sets.join(first, number)
      }
    }
  }
  const units: number[][] = []
  const unitOfRoot = new Map<number, number>()
  for (const [number, cluster] of clusters.entries()) {
    const root = sets.root(number)
    const unit = unitOfRoot.get(root) ?? units.push([]) - 1
    unitOfRoot.set(root, unit)
    units[unit]!.push(number)
    cluster.unit = unit
  }
  return units
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
