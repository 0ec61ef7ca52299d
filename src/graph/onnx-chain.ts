import type { GraphProto, ModelProto, NodeProto } from 'onnx-buf'
import { InputDataError } from '../core/errors.ts'
import type { Schemas } from './onnx-proto.ts'

/**
 * Returns one model of two: the one output of the first is the one input of the second. Names, version and metadata are the
 * second's. The first is changed.
 * Throws: InputDataError when the two do not fit: in type or size, in versions of operators, or by names that both use.
 */
export function chainedModels(onnx: Schemas, first: ModelProto, second: ModelProto): ModelProto {
  const [before, after] = [graphOf(first), graphOf(second)]
  const output = onlyOne(before.output, 'output of the first model')
  const input = onlyOne(after.input, 'input of the second model')
  if (output.type?.value.case === 'tensorType' && input.type?.value.case === 'tensorType') {
    const [found, expected] = [output.type.value.value, input.type.value.value]
    if (found.elemType !== expected.elemType || !sizesFit(sizesOf(found.shape), sizesOf(expected.shape))) {
      throw new InputDataError(
        `models to chain: expected numbers of type ${expected.elemType} [${sizesOf(expected.shape)}], found type ${found.elemType} [${sizesOf(found.shape)}]`,
      )
    }
  }
  const given = output.name
  const rename = (name: string) => (name === given ? input.name : name)
  const taken = new Set([...namesMade(before)].map(rename))
  const shared = [...namesMade(after)].find(name => name !== input.name && taken.has(name))
  if (shared !== undefined) {
    throw new InputDataError(`models to chain: expected names of their own, found ${shared} in both`)
  }
  renameIn(before, rename)
  return onnx.create(onnx.ModelProtoSchema, {
    ...second,
    irVersion: first.irVersion > second.irVersion ? first.irVersion : second.irVersion,
    opsetImport: joinedVersions(first, second),
    functions: [...first.functions, ...second.functions],
    graph: {
      ...after,
      node: [...before.node, ...after.node],
      initializer: [...before.initializer, ...after.initializer],
      sparseInitializer: [...before.sparseInitializer, ...after.sparseInitializer],
      valueInfo: [...before.valueInfo, ...after.valueInfo],
      quantizationAnnotation: [...before.quantizationAnnotation, ...after.quantizationAnnotation],
      input: before.input,
    },
  })
}

function graphOf({ graph }: ModelProto): GraphProto {
  if (graph === undefined) {
    throw new InputDataError('models to chain: expected a graph in each, found none')
  }
  return graph
}

function onlyOne<T>(values: readonly T[], what: string): T {
  if (values.length !== 1) {
    throw new InputDataError(`models to chain: expected one ${what}, found ${values.length}`)
  }
  return values[0]!
}

type Sizes = readonly (number | string)[]
type TensorShape = { dim: { value: { case?: string | undefined; value?: bigint | string | undefined } }[] }

const sizesOf = (shape: TensorShape | undefined): Sizes =>
  shape?.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : String(value.value))) ?? []

/** A size that only has a name can be any. */
const sizesFit = (found: Sizes, expected: Sizes): boolean =>
  found.length === expected.length &&
  found.every(
    (size, i) => typeof size === 'string' || typeof expected[i] === 'string' || size === expected[i],
  )

function joinedVersions(first: ModelProto, second: ModelProto): ModelProto['opsetImport'] {
  const joined = [...second.opsetImport]
  for (const domain of first.opsetImport) {
    const same = joined.find(other => other.domain === domain.domain)
    if (same === undefined) {
      joined.push(domain)
    } else if (same.version !== domain.version) {
      throw new InputDataError(
        `models to chain: expected operators ${domain.domain || 'ai.onnx'} of version ${same.version}, found ${domain.version}`,
        'make the first model again with this version of splice-score',
      )
    }
  }
  return joined
}

/** Returns the graphs that are bodies of a node, such as a loop's. */
const bodiesOf = (node: NodeProto): GraphProto[] =>
  node.attribute.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs))

/** Returns the names of all values of a graph and of the graphs in it. */
function namesMade(graph: GraphProto): Set<string> {
  const names = new Set([...graph.input, ...graph.initializer].map(({ name }) => name))
  for (const node of graph.node) {
    for (const name of [...node.output, ...bodiesOf(node).flatMap(body => [...namesMade(body)])]) {
      names.add(name)
    }
  }
  return names
}

function renameIn(graph: GraphProto, rename: (name: string) => string): void {
  for (const node of graph.node) {
    // Nodes are called like what they make, and no two may be called the same.
    node.name = rename(node.name)
    node.input = node.input.map(rename)
    node.output = node.output.map(rename)
    for (const body of bodiesOf(node)) {
      renameIn(body, rename)
    }
  }
  for (const named of [...graph.initializer, ...graph.valueInfo, ...graph.output]) {
    named.name = rename(named.name)
  }
}
