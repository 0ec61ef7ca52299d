/** Motifs as MEME's minimal format has them, and as JASPAR counts them. */
import { InputDataError } from '../core/errors.ts'
import { readLines } from './text-lines.ts'

/** A motif of a file. */
export interface NamedMotif {
  name: string
  /** Of A, C, G and T at each position; they sum to 1. Shape: [positions][4]. */
  probabilities: number[][]
  /** Sequences it was made from, where that is known. */
  sites?: number
}

const LETTERS = 'ACGT'

/**
 * Returns the motifs of a file: MEME's minimal format (`MOTIF`, `letter-probability matrix`), or JASPAR's (`>` and four rows of counts in
 * the order A, C, G, T, with or without letters and brackets).
 * Throws: MissingResourceError when it is absent; InputDataError naming file and line for what does not read, and without a motif.
 */
export async function readMotifs(path: string): Promise<NamedMotif[]> {
  const lines: Line[] = []
  let number = 0
  for await (const batch of readLines(path)) {
    for (const line of batch) {
      number++
      if (line.trim() !== '') {
        lines.push({ text: line.trim(), where: `${path}:${number}` })
      }
    }
  }
  const motifs = lines[0]?.text.startsWith('MEME version') ? memeMotifs(lines) : jasparMotifs(lines)
  if (motifs.length === 0) {
    throw new InputDataError(
      `${path}: expected motifs, found none`,
      "give a file in MEME's minimal format or in JASPAR's",
    )
  }
  return motifs
}

interface Line {
  text: string
  where: string
}

function memeMotifs(lines: readonly Line[]): NamedMotif[] {
  const motifs: NamedMotif[] = []
  let name: string | undefined
  for (let i = 0; i < lines.length; i++) {
    const { text, where } = lines[i]!
    if (text.startsWith('ALPHABET=') && text.replace(/\s/g, '') !== `ALPHABET=${LETTERS}`) {
      throw new InputDataError(`${where}: expected ALPHABET= ACGT, found ${text}`, 'motifs of DNA are read')
    }
    name = /^MOTIF\s+(\S+)/.exec(text)?.[1] ?? name
    if (!text.startsWith('letter-probability matrix')) {
      continue
    }
    const width = Number(/\bw=\s*(\d+)/.exec(text)?.[1])
    const sites = /\bnsites=\s*([\d.]+)/.exec(text)?.[1]
    if (name === undefined || !(width > 0)) {
      throw new InputDataError(`${where}: expected MOTIF and a width, w=, found ${text}`)
    }
    const rows = lines.slice(i + 1, i + 1 + width)
    if (rows.length < width) {
      throw new InputDataError(`${where}: expected ${width} rows, found ${rows.length}`)
    }
    const probabilities = rows.map(row => shares(numbersOf(row, LETTERS.length), row.where))
    motifs.push({ name, probabilities, ...(sites === undefined ? {} : { sites: Number(sites) }) })
    i += width
  }
  return motifs
}

function jasparMotifs(lines: readonly Line[]): NamedMotif[] {
  const motifs: NamedMotif[] = []
  const rows = LETTERS.length
  for (let i = 0; i < lines.length; i += 1 + rows) {
    const { text, where } = lines[i]!
    if (!text.startsWith('>') || lines.length < i + 1 + rows) {
      throw new InputDataError(
        `${where}: expected > and a name, and four rows of counts after it, found ${text}`,
        "motifs are read in MEME's minimal format, which begins with MEME version, and in JASPAR's",
      )
    }
    const counts = [...LETTERS].map((letter, k) => {
      const row = lines[i + 1 + k]!
      const found = /^[A-Za-z]/.exec(row.text)?.[0]
      if (found !== undefined && found !== letter) {
        throw new InputDataError(`${row.where}: expected the counts of ${letter}, found ${row.text}`)
      }
      return numbersOf({ ...row, text: row.text.replace(/^[A-Z]\s*/, '').replace(/[[\]]/g, ' ') })
    })
    const odd = counts.findIndex(row => row.length !== counts[0]!.length)
    if (odd >= 0) {
      throw new InputDataError(
        `${lines[i + 1 + odd]!.where}: expected ${counts[0]!.length} counts, found ${counts[odd]!.length}`,
      )
    }
    const columns = counts[0]!.map((_, p) => counts.map(row => row[p]!))
    const sites = columns[0]!.reduce((sum, count) => sum + count, 0)
    motifs.push({
      name: text.slice(1).trim().split(/\s+/).join(' '),
      probabilities: columns.map(column => shares(column, where)),
      sites,
    })
  }
  return motifs
}

function numbersOf({ text, where }: Line, count?: number): number[] {
  const parts = text.trim().split(/\s+/)
  const numbers = parts.map(Number)
  if (
    numbers.some(number => !(number >= 0 && number < Infinity)) ||
    (count ?? parts.length) !== parts.length
  ) {
    throw new InputDataError(
      `${where}: expected ${count ?? ''} numbers of at least 0, found ${text}`.replace('  ', ' '),
    )
  }
  return numbers
}

function shares(numbers: readonly number[], where: string): number[] {
  const sum = numbers.reduce((a, b) => a + b, 0)
  if (!(sum > 0)) {
    throw new InputDataError(`${where}: expected a base at each position, found none`)
  }
  return numbers.map(number => number / sum)
}

/** Returns motifs in MEME's minimal format, with an even background. */
export function memeText(motifs: readonly NamedMotif[]): string {
  const head = [
    'MEME version 4',
    '',
    `ALPHABET= ${LETTERS}`,
    '',
    'strands: + -',
    '',
    'Background letter frequencies',
    [...LETTERS].map(letter => `${letter} 0.25`).join(' '),
  ]
  const blocks = motifs.map(({ name, probabilities, sites = 20 }) => [
    '',
    `MOTIF ${name}`,
    `letter-probability matrix: alength= ${LETTERS.length} w= ${probabilities.length} nsites= ${sites} E= 0`,
    ...probabilities.map(row => row.map(p => p.toFixed(6)).join(' ')),
  ])
  return [...head, ...blocks.flat()].map(line => `${line}\n`).join('')
}
