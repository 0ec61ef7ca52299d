// The library's surface for training, apart from that for scoring, which loads less. Coordinates: 0-based half-open.
export { applyCalibrator, type Calibrator, fitCalibrator } from './core/calibration.ts'
export { type ClassificationReport, classificationReport } from './core/classification-report.ts'
export { type Dataset, type DatasetOptions, readDataset } from './curation/dataset.ts'
export { type ExportedModel, type ExportRequest, exportModel } from './export/export-model.ts'
export { importWeights } from './export/import-weights.ts'
export { readWeights } from './export/weights/read-weights.ts'
export type { NamedTensor } from './export/weights/tensor-file.ts'
export { memeText, type NamedMotif, readMotifs } from './io/motif-file.ts'
export type { Architecture } from './models/architecture.ts'
export { positionalImportance } from './models/asp-svm/asp-svm.ts'
export { type KernelMotif, kernelMotifs, motifShares } from './models/kernel-motifs.ts'
export { architecture, MODELS, type ModelEntry } from './models/registry.ts'
export { exportEnsemble } from './training/ensemble-export.ts'
export {
  type OwnTrainer,
  type OwnTrainingRequest,
  ownTrainer,
  type TrainedModel,
} from './training/own-trainers.ts'
export { type PartialConfig, type RunConfig, resolveConfig } from './training/run-config.ts'
export { exportRun, type RunExportOptions, readRun, type TrainedRun } from './training/run-export.ts'
export { RunFolder } from './training/run-folder.ts'
export type { RunResult } from './training/run-result.ts'
export { type TrainRunOptions, trainRun } from './training/train-run.ts'
export type { TrainingProgress } from './training/trainer.ts'
export { runTrials, type TrialsOptions } from './training/trials/run-trials.ts'
export { type TrialSettings, trialSettings } from './training/trials/trial-settings.ts'
export { binTable } from './trees/binned-table.ts'
export { type Forest, forestValues, growForest } from './trees/forest.ts'
export { impurityImportance, permutationImportance } from './trees/importance.ts'
export { classTargets, targetTable } from './trees/targets.ts'
