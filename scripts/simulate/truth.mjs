// What a junction counter should find in simulated records, counted from their CIGARs as written.

/** @typedef {import('./bam-record.mjs').BamRecordSpec} BamRecordSpec */
/**
 * Coordinates: 0-based half-open. `strand` is that of XS, `.` without; `reads` counts records, `fragments` names.
 * @typedef {{
 *   contig: string, start: number, end: number, strand: string, reads: number, fragments: number
 * }} JunctionCount
 */

/** Unmapped, secondary, duplicate and supplementary records do not count. */
const NOT_COUNTED = 4 | 256 | 1024 | 2048
const TAKES_REFERENCE = 'MDN=X'

/**
 * Returns every intron of an alignment with its two anchors: the M stretches that touch it, 0 where something else does.
 * @param {string} cigar
 * @param {number} start 0-based start of the alignment
 * @returns {{ start: number, end: number, left: number, right: number }[]}
 */
export function intronsOf(cigar, start) {
  const ops = (cigar.match(/\d+\D/g) ?? []).map(op => ({
    length: Number(op.slice(0, -1)),
    code: op.slice(-1),
  }))
  const introns = []
  let at = start
  for (const [i, { length, code }] of ops.entries()) {
    if (code === 'N') {
      const [before, after] = [ops[i - 1], ops[i + 1]]
      introns.push({
        start: at,
        end: at + length,
        left: before?.code === 'M' ? before.length : 0,
        right: after?.code === 'M' ? after.length : 0,
      })
    }
    at += TAKES_REFERENCE.includes(code) ? length : 0
  }
  return introns
}

/**
 * Returns the junctions of the records that count, with both anchors of at least `minAnchor`, in contig order, then by
 * start, end and strand.
 * @param {readonly BamRecordSpec[]} records
 * @param {readonly { name: string }[]} contigs
 * @param {number} minAnchor
 * @returns {JunctionCount[]}
 */
export function countJunctions(records, contigs, minAnchor) {
  /** @type {Map<string, JunctionCount & { names: Set<string> }>} */
  const counts = new Map()
  for (const record of records) {
    const { contig, start, cigar } = record
    if ((record.flag & NOT_COUNTED) !== 0 || contig === undefined || start === undefined || !cigar) {
      continue
    }
    const strand = String(record.tags?.XS?.[1] ?? '.')
    for (const intron of intronsOf(cigar, start)) {
      if (Math.min(intron.left, intron.right) < minAnchor) {
        continue
      }
      const key = `${contig}:${intron.start}-${intron.end}:${strand}`
      const fresh = { contig, start: intron.start, end: intron.end, strand, reads: 0, fragments: 0 }
      const count = counts.get(key) ?? { ...fresh, names: new Set() }
      count.reads++
      count.names.add(record.name)
      count.fragments = count.names.size
      counts.set(key, count)
    }
  }
  const rank = new Map(contigs.map((contig, i) => [contig.name, i]))
  const strandOrder = '+-.'
  return [...counts.values()]
    .map(({ names: _, ...count }) => count)
    .sort(
      (a, b) =>
        (rank.get(a.contig) ?? 0) - (rank.get(b.contig) ?? 0) ||
        a.start - b.start ||
        a.end - b.end ||
        strandOrder.indexOf(a.strand) - strandOrder.indexOf(b.strand),
    )
}
