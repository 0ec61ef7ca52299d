// The library's public surface. Coordinates everywhere: 0-based half-open, called start and end.
export * from './core/errors.ts'
export { type Log, silentLog } from './core/log.ts'
export type { OnProgress, Progress } from './core/progress.ts'
export { type Bundle, type BundleMetadata, readBundle } from './export/bundle.ts'
export { DEFAULT_MODEL, readModel } from './export/default-model.ts'
export { type ContigMatch, describeMismatch, matchContigs } from './genome/contig-names.ts'
export type { Interval } from './genome/interval.ts'
export type { Junction, JunctionEvidence, StrandSource } from './genome/junction.ts'
export type { Strand } from './genome/strand.ts'
export type { Provider, ProviderChoice } from './graph/providers.ts'
export { type ScoringOptions, type ScoringSession, startScoringSession } from './graph/session-client.ts'
export { type AnnotatedIntron, type Annotation, readAnnotation, type Transcript } from './io/annotation.ts'
export type { ByteSource, ReadableSource } from './io/byte-source.ts'
export { type JunctionTable, readJunctionTable } from './io/junction-table.ts'
export { openReference, type ReferenceGenome } from './io/reference.ts'
export {
  type AlignmentInput,
  type ExtractRequest,
  type ExtractResult,
  extractJunctions,
  openAlignmentRegions,
  openAlignments,
} from './junctions/extract.ts'
export { IntronIndex } from './junctions/intron-index.ts'
export {
  DEFAULT_SETTINGS,
  type ExtractSettings,
  type Profile,
  profileSettings,
} from './junctions/settings.ts'
export { cutWindow, WINDOW_LENGTH } from './junctions/window.ts'
export { JunctionScorer, scoreColumns } from './scoring/junction-scorer.ts'
export type { ScoredJunction } from './scoring/scored-junction.ts'
export { STATUSES, type Status } from './scoring/status.ts'
export { WindowQueue, type WindowScorer } from './scoring/window-queue.ts'
