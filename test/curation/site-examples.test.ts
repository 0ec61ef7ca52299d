import { describe, expect, it } from 'vitest'
import { KnownSites } from '../../src/curation/decoys/known-sites.ts'
import type { ExampleClass } from '../../src/curation/example-classes.ts'
import { LeftOut } from '../../src/curation/left-out.ts'
import { SiteExamples } from '../../src/curation/site-examples.ts'

interface SiteDraft {
  start: number
  end: number
  strand: '+' | '-'
  className: ExampleClass
}

const draft = (start: number, end: number, className: ExampleClass, strand: '+' | '-' = '+'): SiteDraft => ({
  start,
  end,
  strand,
  className,
})

function sites(
  drafts: SiteDraft[],
  kind: 'donor' | 'acceptor',
  support: Record<number, number> = {},
  known = new KnownSites([]),
) {
  const leftOut = new LeftOut()
  const examples = new SiteExamples(kind, (_, end) => support[end] ?? 0)
  for (const { start, end, strand, className } of drafts) {
    examples.offer(start, end, strand, className, '.', 0)
  }
  const found: string[] = []
  examples.give(known, leftOut, (start, end, strand, className) =>
    found.push(`${start}-${end}${strand} ${className}`),
  )
  return {
    found,
    leftOut: leftOut.asRecord(),
  }
}

describe('the sites of junctions', () => {
  it('stand once each, with the junction that has most support', () => {
    const drafts = [
      draft(100, 200, 'positive'),
      draft(100, 300, 'positive'),
      draft(150, 300, 'positive'),
      draft(100, 300, 'positive', '-'),
    ]
    expect(sites(drafts, 'donor', { 300: 9, 200: 5 }).found).toEqual([
      '100-300+ positive',
      '150-300+ positive',
      '100-300- positive',
    ])
    expect(sites(drafts, 'acceptor').found).toEqual([
      '100-200+ positive',
      '100-300+ positive',
      '100-300- positive',
    ])
  })

  it('take the class of what is known to splice', () => {
    const classes = ['negative-near-miss', 'negative-1', 'unknown', 'positive-alt', 'positive-mane'] as const
    for (let last = 0; last < classes.length; last++) {
      const drafts = classes.slice(0, last + 1).map((name, i) => draft(100, 200 + i, name))
      const expected = last === 0 ? 'negative-near-miss' : classes[last]
      for (const order of [drafts, drafts.toReversed()]) {
        // The most supported is not the one that counts.
        expect(sites(order, 'donor', { 200: 1000 }).found.map(text => text.split(' ')[1])).toEqual([expected])
      }
    }
  })

  it('are never negative where they are known', () => {
    const known = new KnownSites([
      { start: 100, end: 900, strand: '+' },
      { start: 500, end: 700, strand: '-' },
    ])
    const drafts = [
      draft(100, 200, 'negative-near-miss'),
      draft(600, 700, 'negative-1', '-'),
      draft(600, 700, 'negative-random'),
      draft(100, 250, 'negative-random', '-'),
    ]
    expect(sites(drafts, 'donor', {}, known)).toEqual({
      found: ['600-700+ negative-random', '100-250- negative-random'],
      leftOut: { 'site-known': { 'negative-1': 1, 'negative-near-miss': 1 } },
    })
    expect(sites([draft(100, 200, 'unknown')], 'donor', {}, known).found).toEqual(['100-200+ unknown'])
  })
})
