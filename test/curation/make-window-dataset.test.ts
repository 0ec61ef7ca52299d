import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../src/curation/dataset.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { openReference } from '../../src/io/reference.ts'
import { cutWindow } from '../../src/junctions/window.ts'
import { ROOT } from '../support/build.ts'
import { dataPath, dataReason, hasData } from '../support/real-data.ts'
import { folderOf } from './dataset-folder.ts'

const SCRIPT = join(ROOT, 'scripts/make-window-dataset.mjs')
const built = existsSync(join(ROOT, 'dist/curation/window-table-writer.js'))
const reason = built ? '' : ' (skipped: run npm run build first)'
const FIXTURE = [
  '--ref',
  join(ROOT, 'fixtures/genome.fa'),
  '--annotation',
  join(ROOT, 'fixtures/annotation.gff3'),
]

/** Returns the folder a run of the script wrote. */
function made(...args: string[]): string {
  const out = join(folderOf({}), 'set')
  execFileSync(process.execPath, [SCRIPT, ...args, '--out', out], { stdio: 'pipe' })
  return out
}

const bytes = (folder: string) =>
  ['windows.tsv.gz', 'dataset.json'].map(name => readFileSync(join(folder, name)))

describe.skipIf(!built)(`a dataset made from an annotated genome${reason}`, () => {
  it('is read back with its windows, labels and parts', async () => {
    const folder = made(...FIXTURE, '--validation', '0.2', '--test', '0.2', '--decoys', '2')
    const dataset = await readDataset(folder, { scratchFolder: folder })
    expect(dataset.name).toBe('set')
    expect(dataset.window).toEqual({ length: 800, donor: 200, acceptor: 600 })
    expect(dataset.classNames).toEqual(['positive', 'negative-random'])
    expect(dataset.files.map(({ name, role }) => [name, role])).toEqual([
      ['windows.tsv.gz', 'windows'],
      ['dataset.json', 'description'],
      ['genome.fa', 'source'],
      ['annotation.gff3', 'source'],
    ])
    expect(dataset.splitSource).toBe('column')
    // The fixture genome has one gene of three introns twice, on chr1 and on chr2.
    expect(dataset.warnings).toEqual([
      expect.stringMatching(/^3 of \d+ validation windows have the same bases/),
    ])
    const { splits, genes, places } = dataset
    const lociOf = (part: Uint32Array) => new Set(Array.from(part, row => genes!.ids[row]!))
    const parts = [splits.train, splits.validation, splits.test]
    expect(new Set(parts.flatMap(part => [...lociOf(part)])).size).toBe(
      parts.reduce((sum, part) => sum + lociOf(part).size, 0),
    )
    expect(parts.every(part => part.length > 0)).toBe(true)
    const reference = await openReference(join(ROOT, 'fixtures/genome.fa'))
    const [found, cut] = [new Uint8Array(800), new Uint8Array(800)]
    for (let row = 0; row < dataset.windows.count; row++) {
      await dataset.windows.read(Uint32Array.of(row), found)
      const codes = await reference.loadContig(places!.contigs.texts[places!.contigs.ids[row]!]!)
      const strand = places!.strands[row] === 1 ? '+' : '-'
      cutWindow(codes, { start: places!.starts[row]!, end: places!.ends[row]!, strand }, cut, 0)
      expect(decodeText(found)).toBe(decodeText(cut))
    }
  })

  it('shares no base between its parts', async () => {
    const folder = made(...FIXTURE, '--validation', '0.3')
    const { splits, places } = await readDataset(folder, { scratchFolder: folder })
    const spans = (part: Uint32Array) =>
      Array.from(part, row => ({
        contig: places!.contigs.ids[row],
        start: places!.starts[row]! - 200,
        end: places!.ends[row]! + 200,
      }))
    const train = spans(splits.train)
    const overlaps = spans(splits.validation).filter(a =>
      train.some(b => a.contig === b.contig && a.start < b.end && b.start < a.end),
    )
    expect(overlaps).toEqual([])
  })

  it('is for testing only when asked', async () => {
    const folder = made(...FIXTURE, '--test', '1', '--validation', '0')
    const { splits, windows, splitSource } = await readDataset(folder, { scratchFolder: folder })
    expect(windows.count).toBeGreaterThan(0)
    expect([splits.train.length, splits.validation.length, splits.test.length]).toEqual([0, 0, windows.count])
    expect(splitSource).toBe('column')
  })

  it('has the same bytes for the same seed, others for another', () => {
    const [first, again, other] = [made(...FIXTURE), made(...FIXTURE), made(...FIXTURE, '--seed', '2')]
    expect(bytes(again)).toEqual(bytes(first))
    expect(bytes(other)[0]).not.toEqual(bytes(first)[0])
  })

  it.each([
    [[], 'expected --out, and --ref and --annotation in pairs'],
    [[...FIXTURE, '--ref', 'b.fa', '--out', 'x'], 'in pairs'],
    [[...FIXTURE, '--out', 'x', '--validation', '0.6', '--test', '0.4'], 'leave something to train on'],
    [[...FIXTURE, '--out', 'x', '--validation', '1'], 'leave something to train on'],
    [[...FIXTURE, '--out', 'x', '--test', '1'], 'or --test 1 --validation 0 for a set to test with'],
    [[...FIXTURE, '--out', 'x', '--decoys', '-1'], '--decoys'],
    [[...FIXTURE, '--out', 'x', '--seed', '1.5'], "--seed: expected a whole number, found '1.5'"],
  ])('is refused for %j', (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' })
    expect(status).not.toBe(0)
    expect(stderr).toContain(message)
  })

  it.skipIf(!hasData)(`uses every intron of the human minigenome${dataReason}`, async () => {
    const at = (name: string) => dataPath(`human-chrx-minigenome/${name}`)
    const folder = made('--ref', at('minigenome.fa.gz'), '--annotation', at('refgene-hg38.minigenome.gtf.gz'))
    const dataset = await readDataset(folder, { scratchFolder: folder })
    expect(dataset.windows.count).toBe(2 * 1241)
    expect(dataset.labels.reduce((sum, label) => sum + label, 0)).toBe(1241)
    expect(dataset.splits.validation.length).toBeGreaterThan(200)
    expect(dataset.splits.validation.length).toBeLessThanOrEqual(248)
    const { texts, ids } = dataset.motifs!
    const ofPositives = texts.map(
      (_, i) => ids.filter((id, row) => id === i && dataset.labels[row] === 1).length,
    )
    expect(ofPositives[texts.indexOf('GT-AG')]).toBe(1216)
    expect(ofPositives[texts.indexOf('GC-AG')]).toBe(20)
    expect(ofPositives[texts.indexOf('AT-AC')]).toBe(1)
  })
})
