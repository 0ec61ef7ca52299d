import { describe, expect, it } from 'vitest'
import { ReferenceMismatchError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { AnnotationFit } from '../../../src/curation/labels/annotation-fit.ts'
import type { KnownIntron } from '../../../src/curation/labels/gene-model.ts'
import type { Strand } from '../../../src/genome/strand.ts'
import { plantIntron, randomCodes } from '../made-genome.ts'

const intron = (start: number, strand: Strand = '+'): KnownIntron => ({
  contig: 0,
  start,
  end: start + 50,
  strand,
  transcripts: [],
  isPrimary: false,
  isCoding: true,
  gene: 0,
})

/** Returns the fit of introns of which the first are canonical, the others AA-AA. */
function fitOf(canonical: number, all: number, motif = 'GT-AG', strand: Strand = '+'): AnnotationFit {
  const { codes, introns } = plantedIntrons(canonical, all, motif, strand)
  const fit = new AnnotationFit()
  fit.add(introns, codes)
  return fit
}

function plantedIntrons(canonical: number, all: number, motif: string, strand: Strand, rest = 'AA-AA') {
  const codes = randomCodes(100 * all, seededRandom(1))
  const introns = Array.from({ length: all }, (_, i) => intron(100 * i, strand))
  for (const [i, { start, end }] of introns.entries()) {
    plantIntron(codes, start, end, strand, i < canonical ? motif : rest)
  }
  return { codes, introns }
}

describe('an annotation', () => {
  it.each([
    ['GT-AG', '+'],
    ['GC-AG', '-'],
    ['AT-AC', '-'],
    ['GT-AG', '.'],
  ] as const)('with %s introns on %s fits', (motif, strand) => {
    const fit = fitOf(30, 30, motif, strand)
    expect(fit.share).toBe(1)
    fit.require()
    expect(fit.warnings()).toEqual([])
  })

  it('mostly without canonical introns is of another assembly, and the figure is told', () => {
    const fit = fitOf(7, 30)
    expect(() => fit.require()).toThrow(ReferenceMismatchError)
    expect(() => fit.require()).toThrow(
      'only 23.3 % of 30 annotated introns are GT-AG, GC-AG or AT-AC in the reference, where 95 to 100 % are usual',
    )
  })

  it('with few canonical introns is warned of', () => {
    const fit = fitOf(15, 30)
    fit.require()
    expect(fit.warnings()).toEqual([
      'only 50.0 % of 30 annotated introns are GT-AG, GC-AG or AT-AC in the reference, where 95 to 100 % are usual; such a share is low for a right assembly and high for a wrong one',
    ])
  })

  it('with fewer than 20 introns is not judged by them', () => {
    const fit = fitOf(0, 19)
    fit.require()
    expect(fit.warnings()).toEqual([])
  })

  it('on the wrong strand does not fit', () => {
    const codes = randomCodes(3000, seededRandom(1))
    const introns = Array.from({ length: 30 }, (_, i) => intron(100 * i, '-'))
    for (const { start, end } of introns) {
      plantIntron(codes, start, end, '+')
    }
    const fit = new AnnotationFit()
    fit.add(introns, codes)
    expect(fit.share).toBe(0)
  })

  it('of one contig among others that does not fit is told by its name', () => {
    const fit = new AnnotationFit()
    const add = (name: string, canonical: number, all: number, rest = 'AA-AA') => {
      const { codes, introns } = plantedIntrons(canonical, all, 'GT-AG', '+', rest)
      fit.add(introns, codes, name)
    }
    add('chr1', 300, 300)
    add('chr2', 0, 19)
    add('chr3', 8, 20)
    fit.require()
    expect(fit.share).toBeGreaterThan(0.9)
    add('chr4', 7, 20)
    expect(() => fit.require()).toThrow(ReferenceMismatchError)
    expect(() => fit.require()).toThrow(
      'only 35.0 % of 20 annotated introns of chr4 are GT-AG, GC-AG or AT-AC in the reference',
    )
  })

  it('of an organelle, whose introns start with GT and end otherwise, is warned of', () => {
    const fit = new AnnotationFit()
    for (const [name, motif] of [
      ['chr1', 'GT-AG'],
      ['chrC', 'GT-AT'],
    ] as const) {
      const { codes, introns } = plantedIntrons(30, 30, motif, '-')
      fit.add(introns, codes, name)
    }
    fit.require()
    expect(fit.warnings()).toEqual([
      expect.stringMatching(/^only 50\.0 % of 60 annotated introns are /),
      expect.stringMatching(
        /^only 0\.0 % of 30 annotated introns of chrC .*; most start with GT, as group II introns/,
      ),
    ])
  })

  it('in unknown bases is not judged', () => {
    const fit = new AnnotationFit()
    fit.add(
      Array.from({ length: 30 }, (_, i) => intron(100 * i)),
      new Uint8Array(3000).fill(4),
    )
    expect(fit.share).toBe(1)
    fit.require()
    expect(fit.warnings()).toEqual([])
  })

  it('with all introns past the ends does not fit; with some it is counted', () => {
    const codes = randomCodes(1000, seededRandom(1))
    const fit = new AnnotationFit()
    fit.add([intron(2000), intron(3000)], codes)
    expect(() => fit.require()).toThrow(
      "all 2 annotated introns lie past the ends of the reference's contigs",
    )
    fit.add([intron(950)], codes)
    fit.require()
    expect(fit.warnings()).toEqual([
      "2 of 3 annotated introns lie past the ends of the reference's contigs and were left out",
    ])
  })
})
