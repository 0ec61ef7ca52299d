import { int, OnnxGraph, tensor, text, texts } from '../graph/onnx-writer.ts'
import { SCORING_INPUT, SCORING_OUTPUT } from '../graph/session-client.ts'
import type { Forest } from '../trees/forest.ts'
import { LEAF } from '../trees/tree.ts'
import type { OwnTrainerEntry } from './registry.ts'

export const RANDOM_FOREST_ENTRY: OwnTrainerEntry = {
  kind: 'own-trainer',
  name: 'random-forest',
  title: 'random forest over bases, or over the numbers of an encoder',
  source: 'Breiman, Machine Learning 45:5, 2001; as SuperQ has it (github.com/aron0093/5MT003)',
  input: 'windows of any length',
  // SuperQ's.
  windowLength: 1000,
}

/** Bases a window has a feature for: A, C, G, T. */
export const FOREST_BASES = 4

/** ONNX's numbers of the types that Cast is told. */
const INT32 = 6
const FLOAT64 = 11

/**
 * Returns a forest over bases as an ONNX graph: codes uint8 [N, length] -> means float32 [N, targets]. Feature 4i + b says whether base b
 * is at position i; an unknown base is none of the four.
 */
export function basesForestGraph(forest: Forest, length: number): OnnxGraph {
  const graph = new OnnxGraph('random-forest')
  const codes = graph.input(SCORING_INPUT, 'uint8', ['N', length])
  const rows = FOREST_BASES + 1
  const table = new Float64Array(rows * FOREST_BASES)
  for (let base = 0; base < FOREST_BASES; base++) {
    table[base * FOREST_BASES + base] = 1
  }
  const bases = graph.constant('forest_bases', { type: 'float64', dims: [rows, FOREST_BASES], data: table })
  const shape = graph.constant('forest_shape', {
    type: 'int64',
    dims: [2],
    data: [-1, length * FOREST_BASES],
  })
  const numbers = graph.node('Cast', [codes], 'forest_codes', { to: int(INT32) })
  const vectors = graph.node('Gather', [bases, numbers], 'forest_vectors', { axis: int(0) })
  addForest(graph, forest, graph.node('Reshape', [vectors, shape], 'forest_numbers'))
  return graph
}

/** Returns a forest over numbers as an ONNX graph: features float32 [N, features] -> means float32 [N, targets]. */
export function featuresForestGraph(forest: Forest): OnnxGraph {
  const graph = new OnnxGraph('random-forest')
  const features = graph.input('forest_features', 'float32', ['N', forest.features])
  addForest(graph, forest, graph.node('Cast', [features], 'forest_numbers', { to: int(FLOAT64) }))
  return graph
}

/**
 * Adds the trees as one node. It compares and sums in float64: thresholds are float32 numbers, so that every row comes to the leaf that
 * it has here, and the sum does not depend on the order in which the runtime adds the trees up.
 */
function addForest(graph: OnnxGraph, forest: Forest, numbers: string): void {
  const nodes = nodesOf(forest)
  const ints = (value: readonly number[]) => ({ kind: 'ints' as const, value })
  const doubles = (value: readonly number[]) =>
    tensor({ type: 'float64', dims: [value.length], data: Float64Array.from(value) })
  graph.node(
    'TreeEnsembleRegressor',
    [numbers],
    SCORING_OUTPUT,
    {
      aggregate_function: text('AVERAGE'),
      post_transform: text('NONE'),
      n_targets: int(forest.targets),
      nodes_treeids: ints(nodes.tree),
      nodes_nodeids: ints(nodes.node),
      nodes_modes: texts(nodes.mode),
      nodes_featureids: ints(nodes.feature),
      nodes_values_as_tensor: doubles(nodes.threshold),
      nodes_truenodeids: ints(nodes.yes),
      nodes_falsenodeids: ints(nodes.no),
      target_treeids: ints(nodes.leafTree),
      target_nodeids: ints(nodes.leafNode),
      target_ids: ints(nodes.leafTarget),
      target_weights_as_tensor: doubles(nodes.leafMean),
    },
    'ai.onnx.ml',
  )
  graph.output(SCORING_OUTPUT, 'float32', ['N', forest.targets])
}

/** The trees' nodes as the format lists them, one tree after the other. */
function nodesOf({ trees }: Forest) {
  const list = (): number[] => []
  const nodes = { tree: list(), node: list(), feature: list(), threshold: list(), yes: list(), no: list() }
  const leaves = { leafTree: list(), leafNode: list(), leafTarget: list(), leafMean: list() }
  const mode: string[] = []
  const addMean = (tree: number, node: number, target: number, mean: number) => {
    leaves.leafTree.push(tree)
    leaves.leafNode.push(node)
    leaves.leafTarget.push(target)
    leaves.leafMean.push(mean)
  }
  for (const [t, { feature, threshold, left, starts, places, means }] of trees.entries()) {
    for (let n = 0; n < feature.length; n++) {
      const isLeaf = feature[n] === LEAF
      nodes.tree.push(t)
      nodes.node.push(n)
      mode.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ')
      nodes.feature.push(isLeaf ? 0 : feature[n]!)
      nodes.threshold.push(threshold[n]!)
      nodes.yes.push(isLeaf ? 0 : left[n]!)
      nodes.no.push(isLeaf ? 0 : left[n]! + 1)
      // A leaf of zeros still needs a value to be known as one.
      if (isLeaf && starts[n] === starts[n + 1]) {
        addMean(t, n, 0, 0)
      }
      for (let i = starts[n]!; i < starts[n + 1]!; i++) {
        addMean(t, n, places[i]!, means[i]!)
      }
    }
  }
  return { ...nodes, ...leaves, mode }
}
