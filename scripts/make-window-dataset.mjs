// Makes a folder of training windows (docs/datasets.md) from annotated genomes: every annotated intron is a positive, random
// GT-AG pairs on the strand opposite to genes are negatives. Whole loci go to one part, with their neighbours
// where windows overlap; with --test 1 --validation 0 all are for testing. Same input and seed, same bytes.
//
//   npm run build
//   node scripts/make-window-dataset.mjs --ref a.fa.gz --annotation a.gff3.gz [--ref b.fa --annotation b.gtf] --out DIR
//     [--validation 0.1] [--test 0] [--decoys 1] [--seed 1] [--name NAME]
import { mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const USAGE =
  'usage: node scripts/make-window-dataset.mjs --ref FASTA --annotation GFF --out DIR ' +
  '[--validation 0.1] [--test 0] [--decoys 1] [--seed 1] [--name NAME]'

/** @param {string} message @returns {never} */
function stop(message) {
  process.stderr.write(`${message}\n${USAGE}\n`)
  process.exit(2)
}

const { values } = parseArgs({
  options: {
    ref: { type: 'string', multiple: true, default: [] },
    annotation: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
    validation: { type: 'string', default: '0.1' },
    test: { type: 'string', default: '0' },
    decoys: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    name: { type: 'string' },
  },
})

/** @param {'validation' | 'test' | 'decoys' | 'seed'} name @param {number} most @returns {number} */
function number(name, most) {
  const value = Number(values[name])
  if (!/^\d+(\.\d+)?$/.test(values[name]) || value > most) {
    stop(`--${name}: expected a number from 0 to ${most}, found '${values[name]}'`)
  }
  return value
}

const { out } = values
if (out === undefined || values.ref.length === 0 || values.ref.length !== values.annotation.length) {
  stop('expected --out, and --ref and --annotation in pairs')
}
const shares = { validation: number('validation', 1), test: number('test', 1) }
const isAllTest = shares.test === 1 && shares.validation === 0
if (!isAllTest && shares.validation + shares.test >= 1) {
  stop(
    '--validation and --test: expected shares that leave something to train on, or --test 1 --validation 0 for a set to test with',
  )
}
const decoysPerIntron = number('decoys', 1000)
const seed = number('seed', 2 ** 31 - 1)
if (!Number.isInteger(seed)) {
  stop(`--seed: expected a whole number, found '${values.seed}'`)
}

// Imported while running, with the types of the sources: the build is not there when types are checked.
/** @param {string} path @returns {Promise<any>} */
const built = path => import(new URL(`../dist/${path}`, import.meta.url).href)
/** @type {typeof import('../src/curation/annotated-examples.ts')} */
const { collectExamples } = await built('curation/annotated-examples.js')
/** @type {typeof import('../src/curation/window-table-writer.ts')} */
const { formatWindowRow, windowTableHeader } = await built('curation/window-table-writer.js')
/** @type {typeof import('../src/core/random.ts')} */
const { chooseGroups, seededRandom } = await built('core/random.js')
/** @type {typeof import('../src/genome/motif.ts')} */
const { intronEnds, motifOfEnds } = await built('genome/motif.js')
/** @type {typeof import('../src/io/annotation.ts')} */
const { intronsUnderNames, readAnnotation } = await built('io/annotation.js')
/** @type {typeof import('../src/io/file-digest.ts')} */
const { sha256File } = await built('io/file-digest.js')
/** @type {typeof import('../src/io/reference.ts')} */
const { openReference } = await built('io/reference.js')
/** @type {typeof import('../src/io/sink.ts')} */
const { openSink } = await built('io/sink.js')
/** @type {typeof import('../src/junctions/window.ts')} */
const { ACCEPTOR_INDEX, cutWindow, DONOR_INDEX, WINDOW_LENGTH } = await built('junctions/window.js')

/**
 * The examples, with the numbers of their genome and locus.
 * @type {(Omit<import('../src/curation/window-table-writer.ts').WindowTableRow, 'split'> & { locus: number, set: number })[]}
 */
const rows = []
/** @type {{ name: string, sha256: string }[]} */
const files = []
const random = seededRandom(seed)
/** @param {string} line */
const print = line => process.stderr.write(`${line}\n`)
let loci = 0
for (const [i, ref] of values.ref.entries()) {
  const gff = values.annotation[i] ?? ''
  const reference = await openReference(ref)
  const annotation = await readAnnotation(gff)
  annotation.warnings.forEach(print)
  const genome = {
    name: basename(gff),
    reference,
    introns: intronsUnderNames(annotation.introns, reference.contigs.keys()),
  }
  loci += await collectExamples(genome, {
    decoysPerIntron,
    random,
    firstLocus: loci,
    log: { info: print, warn: print, debug() {} },
    take({ contig, codes: bases, start, end, strand, locus, isDecoy }) {
      const codes = new Uint8Array(WINDOW_LENGTH)
      if (cutWindow(bases, { start, end, strand }, codes, 0).ambiguousSite) {
        return false
      }
      const motif = motifOfEnds(intronEnds(bases, start, end), strand)
      const className = isDecoy ? 'negative-random' : 'positive'
      rows.push({ contig, start, end, strand, className, motif, gene: `locus${locus}`, codes, locus, set: i })
      return true
    },
  })
  await reference.close()
  for (const path of [ref, gff]) {
    files.push({ name: basename(path), sha256: await sha256File(path) })
  }
}

/** @param {readonly number[]} groups @param {number} share @returns {Set<number>} */
function choose(groups, share) {
  const chosen = share === 0 ? new Set() : chooseGroups(groups, share, random)
  return chosen ?? stop('expected introns of more loci, at least one for each part')
}
/**
 * Returns a number per row, shared by rows of one locus and of neighbouring loci whose windows overlap: what must not
 * come into two parts.
 * @returns {number[]}
 */
function units() {
  /** @type {Map<number, { set: number, contig: string, start: number, end: number }>} */
  const extents = new Map()
  for (const { locus, set, contig, start, end } of rows) {
    const known = extents.get(locus) ?? { set, contig, start, end }
    extents.set(locus, { ...known, start: Math.min(known.start, start), end: Math.max(known.end, end) })
  }
  // A window holds as many exon bases on each side of the intron as come before the donor.
  const reach = 2 * DONOR_INDEX
  const sorted = [...extents].sort(
    ([, a], [, b]) =>
      a.set - b.set || (a.contig < b.contig ? -1 : a.contig > b.contig ? 1 : a.start - b.start),
  )
  /** @type {Map<number, number>} */
  const unitOf = new Map()
  let [unit, set, contig, end] = [-1, -1, '', 0]
  for (const [locus, extent] of sorted) {
    if (extent.set !== set || extent.contig !== contig || extent.start >= end + reach) {
      unit++
      ;({ set, contig, end } = extent)
    }
    end = Math.max(end, extent.end)
    unitOf.set(locus, unit)
  }
  return rows.map(row => unitOf.get(row.locus) ?? 0)
}

const unitOf = units()
const test = isAllTest ? new Set(unitOf) : choose(unitOf, shares.test)
const rest = unitOf.filter(unit => !test.has(unit))
// A part of nothing has no share.
const validation = choose(rest, isAllTest ? 0 : (shares.validation * unitOf.length) / rest.length)

await mkdir(out, { recursive: true })
const table = await openSink(join(out, 'windows.tsv.gz'), { gzip: true })
await table.write(windowTableHeader())
/** @type {Record<string, number>} */
const counts = {}
for (const [i, row] of rows.entries()) {
  const unit = unitOf[i] ?? 0
  const split = test.has(unit) ? 'test' : validation.has(unit) ? 'validation' : 'train'
  counts[`${split} ${row.className}`] = (counts[`${split} ${row.className}`] ?? 0) + 1
  await table.write(formatWindowRow({ ...row, split }))
}
const description = {
  name: values.name ?? basename(resolve(out)),
  window: { length: WINDOW_LENGTH, donor: DONOR_INDEX, acceptor: ACCEPTOR_INDEX },
  source:
    'Annotated introns; negatives are random GT-AG pairs on the strand opposite to genes. ' +
    `Made by make-window-dataset with ${decoysPerIntron} decoys per intron, seed ${seed}; gene is the number of the locus.`,
  files,
}
const json = await openSink(join(out, 'dataset.json'))
await json.write(`${JSON.stringify(description, null, 2)}\n`)
await table.close()
await json.close()
print(
  `${out}: ${new Set(rows.map(row => row.locus)).size} loci; ${Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ')}`,
)
