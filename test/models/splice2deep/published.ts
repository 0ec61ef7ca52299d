/** The published global networks and combiners of Splice2Deep, of D. melanogaster. */
import { readFileSync } from 'node:fs'
import { importWeights } from '../../../src/export/import-weights.ts'
import { readWeights } from '../../../src/export/weights/read-weights.ts'
import type { Architecture } from '../../../src/models/architecture.ts'
import { architecture } from '../../../src/models/registry.ts'
import { parityPath } from '../../support/parity.ts'

export type Site = 'acceptor' | 'donor'

export const LENGTH = 602

/** Index of the first intron base (donor) or of the first exon base after it (acceptor). */
export const PUBLISHED: readonly { site: Site; position: number }[] = [
  { site: 'acceptor', position: 302 },
  { site: 'donor', position: 300 },
]

/** Returns the path of published weights. */
export const weightsOf = (part: 'global' | 'combiner', site: Site) =>
  parityPath(`splice2deep-${part}-${site}-dmel.safetensors`)

/** Returns the examples of a file of reference outputs. */
export function referenceExamples<E>(part: 'global' | 'combiner', site: Site): E[] {
  const text = readFileSync(parityPath(`splice2deep-${part}-${site}-dmel.reference.json`), 'utf8')
  return (JSON.parse(text) as { examples: E[] }).examples
}

/** Returns a published global network with its weights. */
export async function publishedGlobal(
  site: Site,
  options: Record<string, unknown> = {},
): Promise<{ network: Architecture; tensors: Map<string, Float32Array> }> {
  const network = architecture('splice2deep-global', options)
  const label = weightsOf('global', site)
  const tensors = importWeights(await readWeights(label), network, { windowLength: LENGTH, label })
  return { network, tensors }
}
