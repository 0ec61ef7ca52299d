import type { Random } from '../../core/random.ts'

/** An intron in the bases known around it, in transcript orientation. Coordinates: 0-based half-open in `bases`. */
export interface FramedIntron {
  /** Upper-case letters: exon, intron, exon. */
  bases: string
  start: number
  end: number
}

/** A pair of sites of which one is false, or one false site: the other is then the intron's. */
export interface FramedDecoy {
  start: number
  end: number
  how: 'near-donor' | 'near-acceptor'
  /** The bases to show are `[from, to)` of the intron's. */
  from: number
  to: number
}

/** Intron bases by which a site is known again; introns are hardly ever shorter. */
const CORE = 20

/** The sites of a table, by the exon bases and the first 20 intron bases at them. */
export class KnownSites {
  readonly #donors = new Set<string>()
  readonly #acceptors = new Set<string>()

  add({ bases, start, end }: FramedIntron): void {
    this.#donors.add(bases.slice(0, start + CORE))
    this.#acceptors.add(bases.slice(end - CORE))
  }

  hasDonor({ bases, start }: FramedIntron, position: number): boolean {
    return this.#donors.has(bases.slice(position - start, position + CORE))
  }

  hasAcceptor({ bases, end }: FramedIntron, position: number): boolean {
    return this.#acceptors.has(bases.slice(position - CORE, position + bases.length - end))
  }
}

export interface DecoyChoice {
  site: 'donor' | 'acceptor' | 'junction'
  count: number
  /** Shortest intron of a decoy. */
  minIntron: number
  sites: KnownSites
  random: Random
}

/** Returns up to `count` decoys of an intron, without repeats, each of those there are equally likely. */
export function chooseDecoys(intron: FramedIntron, choice: DecoyChoice): FramedDecoy[] {
  const { site, count, random } = choice
  const all = [
    ...(site === 'acceptor' ? [] : falseDonors(intron, choice)),
    ...(site === 'donor' ? [] : falseAcceptors(intron, choice)),
  ]
  const chosen: FramedDecoy[] = []
  for (let left = all.length; left > 0 && chosen.length < count; left--) {
    const i = random.int(left)
    chosen.push(all[i]!)
    all[i] = all[left - 1]!
  }
  return chosen
}

function falseDonors(intron: FramedIntron, { minIntron, sites }: DecoyChoice): FramedDecoy[] {
  const { bases, start, end } = intron
  return placesOf(bases, 'GT', start + 1, end - minIntron)
    .filter(position => !sites.hasDonor(intron, position))
    .map(position => ({
      start: position,
      end,
      how: 'near-donor',
      from: position - start,
      to: bases.length,
    }))
}

function falseAcceptors(intron: FramedIntron, { minIntron, sites }: DecoyChoice): FramedDecoy[] {
  const { bases, start, end } = intron
  return placesOf(bases, 'AG', start + minIntron - 2, end - 3)
    .map(position => position + 2)
    .filter(position => !sites.hasAcceptor(intron, position))
    .map(position => ({
      start,
      end: position,
      how: 'near-acceptor',
      from: 0,
      to: position + bases.length - end,
    }))
}

/** Returns where a dinucleotide begins, from the first to the last place given. */
function placesOf(bases: string, pair: string, first: number, last: number): number[] {
  const places: number[] = []
  for (let at = bases.indexOf(pair, first); at >= 0 && at <= last; at = bases.indexOf(pair, at + 1)) {
    places.push(at)
  }
  return places
}
