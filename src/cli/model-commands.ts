import { type Command, Option } from 'commander'
import type { CommandContext } from './context.ts'
import { addModelOptions, addTalkOptions, count, probability, type TalkOptions } from './options.ts'

/** Returns what a command gets, from its options about talking. */
export type MakeContext = (options: TalkOptions) => CommandContext

export function addModels(command: Command, makeContext: MakeContext): void {
  command
    .description('list the models that can be trained or imported')
    .option('--json', 'as JSON, with every option')
    .action(async options => {
      const { runModels } = await import('./commands/models.ts')
      await runModels(options, makeContext({ quiet: true, progress: false }))
    })
}

export function addTrain(command: Command, makeContext: MakeContext): void {
  const collect = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value]
  command
    .description('train a model on a dataset; or pwm from a reference and an annotation')
    .option('--model <name>', 'one of those that splice-score models lists')
    .option(
      '--data <dir>',
      'dataset: a folder that splice-score curate wrote, or with windows.tsv (docs/datasets.md)',
    )
    .requiredOption('--out <path>', 'the folder of the run; of models that are no networks the ONNX file')
    .option('--resume', 'go on with the run in the folder, with its settings')
    .option('--config <json>', 'settings, over those the model was published with (docs/training.md)')
    .option(
      '--preset <name>',
      "options of the network under a name, e.g. reduced; models --json lists each network's",
    )
    .option(
      '--set <name=value>',
      'one setting, e.g. learningRate=0.001 or options.channels=16; repeatable',
      collect,
    )
    .option(
      '--epochs <n>',
      'passes over the training examples (default: as the model was published, else 10)',
      count,
    )
    .option('--batch-size <n>', 'examples of a step (default: as the model was published, else 32)', count)
    .addOption(new Option('--engine <name>', 'what computes the steps').choices(['ort', 'tfjs']))
    .addOption(
      new Option('--provider <name>', 'where ONNX Runtime computes').choices([
        'cpu',
        'cuda',
        'webgpu',
        'auto',
      ]),
    )
    .option('--seed <n>', 'seed of everything drawn at random (default: 1)', count)
    .option(
      '--trials <n>',
      'try so many random settings by cross-validation, and train with the best (docs/training.md)',
      count,
    )
    .option(
      '--teacher <bundle>',
      'with --data: a model whose scores are learnt from, besides the labels; repeatable',
      collect,
    )
    .option(
      '-r, --ref <fasta>',
      'with --data: the reference of a dataset without windows; pwm with --annotation: reference genome, repeatable',
      collect,
    )
    .option(
      '--annotation <gff>',
      'pwm: GFF3 or GTF of that reference; as many as --ref, in the same order',
      collect,
    )
    .option('--encoder <bundle.onnx>', 'random-forest: a model of numbers to learn from instead of bases')
    .option('--name <text>', "of a model that is no network: its name (default: the model's)")
    .option('--licence <text>', 'of a model that is no network: its licence (default: MIT)')
  addTalkOptions(command).action(async options => {
    const { runTrain } = await import('./commands/train.ts')
    await runTrain(options, makeContext(options))
  })
}

export function addEvaluate(command: Command, makeContext: MakeContext): void {
  command
    .description('measure a model on a dataset')
    .requiredOption(
      '--data <dir>',
      'dataset: a folder that splice-score curate wrote, or with windows.tsv (docs/datasets.md)',
    )
    .option('-r, --ref <fasta>', 'the reference of a dataset without windows, to cut them from')
    .option('--split <name>', 'test, validation, train or all (default: test if it has examples)')
    .option(
      '-o, --output <prefix>',
      'write prefix.evaluation.json and charts; else a table to standard output',
    )
    .option('--resamples <n>', 'of the bootstrap intervals', count, 1000)
    .option('--seed <n>', 'of the bootstrap intervals', count, 1)
  addModelOptions(command)
  addTalkOptions(command).action(async options => {
    const { runEvaluate } = await import('./commands/evaluate.ts')
    await runEvaluate(options, makeContext(options))
  })
}

export function addExport(command: Command, makeContext: MakeContext): void {
  command
    .description("write a training run's best epoch, or the mean of several runs, as one ONNX file")
    .argument(
      '<run...>',
      'the folder that splice-score train wrote; of several of one network, the mean of their logits',
    )
    .requiredOption('-o, --out <bundle.onnx>', 'the file to write')
    .addOption(
      new Option('--as <kind>', 'what the model is asked (default: as it was trained)').choices([
        'junction',
        'site',
        'window',
        'sequence',
        'values',
        'bases',
      ]),
    )
    .option(
      '--data <dir>',
      'with several runs: the dataset they were trained on, for threshold and calibration',
    )
    .option('-r, --ref <fasta>', 'with --data: the reference of a dataset without windows')
    .option('--name <text>', "the model's name (default: the network's)")
    .option('--licence <text>', 'licence of the model', 'MIT')
    .option('--fp16', 'store the weights in half precision')
    .option(
      '--tolerance <p>',
      'largest difference from the network as defined to accept (default: 0.0001)',
      probability,
    )
  addTalkOptions(command).action(async (runs, options) => {
    const { runExport } = await import('./commands/export.ts')
    await runExport(runs, options, makeContext(options))
  })
}

export function addImport(command: Command, makeContext: MakeContext): void {
  command
    .description('write published weights as one ONNX file')
    .argument('<weights>', 'safetensors, or a PyTorch .pt file, of which only the tensors are read')
    .requiredOption(
      '--model <name>',
      'the network the weights are of: one of those that splice-score models lists',
    )
    .requiredOption('-o, --out <bundle.onnx>', 'the file to write')
    .addOption(
      new Option(
        '--as <kind>',
        'what the model is asked (default: each base of a sequence, one site, or numbers, as the network tells)',
      ).choices(['sequence', 'junction', 'site', 'window', 'values']),
    )
    .option('--preset <name>', "options of the network under a name; models --json lists each network's")
    .option('--options <json>', 'options of the network, where they are not the published ones')
    .option('--window-length <n>', 'with --as site, window or values: bases of a window', count)
    .option('--site <n>', 'with --as site: index of the site', count)
    .option('--threshold <p>', 'default threshold of the model', probability)
    .option('--name <text>', "the model's name (default: the network's)")
    .option('--licence <text>', 'licence of the weights')
    .option('--fp16', 'store the weights in half precision')
    .option(
      '--tolerance <p>',
      'largest difference from the network as defined to accept (default: 0.0001)',
      probability,
    )
  addTalkOptions(command).action(async (weights, options) => {
    const { runImport } = await import('./commands/import.ts')
    await runImport(weights, options, makeContext(options))
  })
}
