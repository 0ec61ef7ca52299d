/** The five published convolutional networks of splicing efficiency, and the sets they were measured on. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { encodeText } from '../../../src/genome/sequence.ts'
import type { YeastCnnOptions } from '../../../src/models/yeast/cnn.ts'
import { parityPath } from '../../support/parity.ts'
import { dataPath } from '../../support/real-data.ts'

/** A file of weights and the options of the network they are of. */
export interface PublishedYeast {
  file: string
  options: Partial<YeastCnnOptions>
}

export const PUBLISHED: readonly PublishedYeast[] = [
  { file: 'yeast-1resblock-conv', options: {} },
  { file: 'yeast-4resblock', options: { variant: '4resblock' } },
  { file: 'yeast-1resblock', options: { variant: '1resblock' } },
  { file: 'yeast-5conv', options: { variant: '5conv' } },
  { file: 'yeast-intron', options: { input: 'intron' } },
]

export interface YeastExample {
  sequence: string
  /** Before the last ReLU, and after it. */
  linear: number
  output: number
}

/** Returns the reference outputs of a published network. */
export function referenceExamples(file: string): YeastExample[] {
  const text = readFileSync(parityPath(`${file}.reference.json`), 'utf8')
  return (JSON.parse(text) as { examples: YeastExample[] }).examples
}

/** Returns windows of one length as a network reads them. */
export function codesOf(sequences: readonly string[]) {
  const dims = [sequences.length, sequences[0]!.length]
  return { type: 'uint8', dims, data: Uint8Array.from(sequences.flatMap(s => [...encodeText(s)])) } as const
}

/** A construct: its measured efficiency, its sequence, and the places of the three sites. */
export interface Construct {
  measured: number
  sequence: string
  donor: number
  branch: number
  acceptor: number
}

/** Returns the constructs of a set. Its columns: number, type, barcode, efficiency, sequence and three places. */
export function readConstructs(set: string): Construct[] {
  const text = gunzipSync(readFileSync(dataPath(`yeast-splicing-efficiency/${set}.csv.gz`))).toString(
    'latin1',
  )
  const [, ...rows] = text.trimEnd().split(/\r?\n/)
  return rows.map(row => {
    const [, , , measured, sequence, ...places] = row.split(',')
    const [donor, branch, acceptor] = places.map(Number)
    return {
      measured: Number(measured),
      sequence: sequence!,
      donor: donor!,
      branch: branch!,
      acceptor: acceptor!,
    }
  })
}

const FLANK = 20
const INTRON = 145

/** Returns what a network reads of a construct. */
export function windowOf(
  { sequence, donor, branch, acceptor }: Construct,
  input: YeastCnnOptions['input'] = 'window',
): string {
  return input === 'intron'
    ? sequence.slice(donor, donor + INTRON)
    : [donor, branch, acceptor].map(at => sequence.slice(at - FLANK, at + FLANK)).join('')
}
