import { expect, it } from 'vitest'
import { transcriptMatcher } from '../../../src/curation/labels/transcript-names.ts'

it.each([
  ['ENST00000357613', 'ENST00000357613.8', true],
  ['ENST00000357613.9', 'ENST00000357613.8', true],
  ['ENSMUST00000000001.4', 'ENSMUST00000000001', true],
  ['ENSG00000139618', 'gene:ENSG00000139618', true],
  ['NM_000518.5', 'rna-NM_000518.4', true],
  ['NM_000518', 'NM_000519', false],
  ['rna-NM_000518.5', 'NM_000518.5', true],
  ['AT1G01010.1', 'transcript:AT1G01010.1', true],
  // Here the number after the dot is the isoform, not a version.
  ['AT1G01010.1', 'AT1G01010.2', false],
  ['AT1G01010', 'AT1G01010.1', false],
  ['Y74C9A.3.1', 'Transcript:Y74C9A.3.1', true],
  ['Y74C9A.3', 'Y74C9A.3.1', false],
  ['FBtr0078170', 'transcript:FBtr0078170', true],
  ['transcript', 'transcript:', false],
])('the name %s names %s: %s', (name, id, expected) => {
  expect(transcriptMatcher(['other', name])(id)).toBe(expected)
})
