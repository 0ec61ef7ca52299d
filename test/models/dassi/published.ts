/** The four published DASSI networks and the sets they were tested on. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { importWeights } from '../../../src/export/import-weights.ts'
import { readWeights } from '../../../src/export/weights/read-weights.ts'
import { encodeText } from '../../../src/genome/sequence.ts'
import type { Architecture } from '../../../src/models/architecture.ts'
import type { DassiSite } from '../../../src/models/dassi/genotypes.ts'
import { architecture } from '../../../src/models/registry.ts'
import { parityPath } from '../../support/parity.ts'
import { dataPath } from '../../support/real-data.ts'

/** Windows of a published network, and the index of the first intron base (donor) or the first exon base after it (acceptor). */
export const PUBLISHED: readonly { site: DassiSite; length: 141 | 602; position: number }[] = [
  { site: 'acceptor', length: 141, position: 60 },
  { site: 'acceptor', length: 602, position: 302 },
  { site: 'donor', length: 141, position: 61 },
  { site: 'donor', length: 602, position: 300 },
]

export interface PublishedNetwork {
  network: Architecture
  tensors: Map<string, Float32Array>
}

/** Returns the path of a published network's weights. */
export const weightsOf = (site: DassiSite, length: number) =>
  parityPath(`dassi-${site}-${length}.safetensors`)

/** Returns a published network with its weights. */
export async function publishedNetwork(site: DassiSite, length: number): Promise<PublishedNetwork> {
  const network = architecture(`dassi-${site}`, { windowLength: length })
  const label = weightsOf(site, length)
  const tensors = importWeights(await readWeights(label), network, { windowLength: length, label })
  return { network, tensors }
}

export interface DassiExample {
  sequence: string
  logits: [number, number]
  probabilities: [number, number]
}

/** Returns the reference outputs of a published network. */
export function referenceExamples(site: DassiSite, length: number): DassiExample[] {
  const text = readFileSync(parityPath(`dassi-${site}-${length}.reference.json`), 'utf8')
  return (JSON.parse(text) as { examples: DassiExample[] }).examples
}

/** Returns windows of one length as a network reads them. */
export function codesOf(sequences: readonly string[]) {
  const dims = [sequences.length, sequences[0]!.length]
  return { type: 'uint8', dims, data: Uint8Array.from(sequences.flatMap(s => [...encodeText(s)])) } as const
}

/** A test set: a folder of the data, and a species as its files call it. */
export interface TestSet {
  folder: string
  species: string
  site: DassiSite
}

/** Returns the windows of a test set with their labels. */
export function readTestSet({ folder, species, site }: TestSet): { sequences: string[]; labels: number[] } {
  const lines = (what: string) => {
    const path = dataPath(`${folder}/test_${species}_${site.slice(0, 3)}_${what}.txt.gz`)
    return gunzipSync(readFileSync(path)).toString('latin1').trimEnd().split('\n')
  }
  return { sequences: lines('seq'), labels: lines('label').map(Number) }
}
