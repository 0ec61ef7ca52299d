import { Network, type TensorSpec } from '../graph/network.ts'
import { expandAxis } from '../graph/ops/expand-axis.ts'
import { input } from '../graph/ops/leaves.ts'
import { oneHot } from '../graph/ops/one-hot.ts'
import { fixed } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'

/** What a network's result means. */
export type OutputKind =
  /** Logits of neither, acceptor and donor for each position. Shape: [N, 3, 1, L]. */
  | 'positions'
  /** Logits of exclusive classes. Shape: [N, classes]. */
  | 'classes'
  /** Numbers, or logits of labels independent of each other. Shape: [N, outputs]. */
  | 'values'
  /** Logits of the donor, the acceptor and the pair, each for itself. Shape: [N, 3]. */
  | 'pair'
  /** Logits, or numbers, of the bases that the channels stand for at each position of the window itself. Shape: [N, channels, 1, L]. */
  | 'bases'

/** A network that can be built: its definition with its options settled. */
export interface Architecture {
  /** The registry's name. */
  readonly name: string
  /** Everything that changes the definition; with the name, enough to build it again. */
  readonly options: Readonly<Record<string, unknown>>
  /** Bases of a window where the definition fixes them; undefined when any length will do. */
  readonly windowLength: number | undefined
  /** Index of the site in a window, where the published windows of that length have one. */
  readonly site?: number | undefined
  /** Where both sites lie in a window, for a network that has them at fixed places. */
  readonly pairSites?: { donor: number; acceptor: number } | undefined
  readonly output: OutputKind
  /** For `values`: the names of the numbers, where they have any. */
  readonly columns?: readonly string[]
  /** For `positions`: where the donor is marked, counted from the first intron base; 0 or -1 (the last exon base). */
  readonly donorOffset: number
  /** Codes that the input's channels stand for; undefined when the network reads codes. */
  readonly channels: readonly number[] | undefined
  /** For `bases`: what the network holds a window in. */
  readonly encoder?: {
    /** Names of the numbers. */
    readonly columns: readonly string[]
    /** Returns the numbers; its parameters are among those of `build`. Shape: x as that of `build` -> [N, columns]. */
    build(net: Network, x: Value): Value
  }
  /** Returns the logits. `x` is one-hot float32 [N, channels, 1, L], or uint8 codes [N, L] where `channels` is undefined. */
  build(net: Network, x: Value): Value
}

/** Returns the first half of a network that gives bases: a network of values. Undefined of any other. */
export function encoderOf(architecture: Architecture): Architecture | undefined {
  const { encoder } = architecture
  return encoder && { ...architecture, output: 'values', columns: encoder.columns, build: encoder.build }
}

/** A, C, G, T. */
export const BASE_CHANNELS = [0, 1, 2, 3] as const

/** Returns the logits of a network for codes uint8 [N, L]. */
export function logitsOf(architecture: Architecture, net: Network, codes: Value): Value {
  const { channels } = architecture
  if (channels === undefined) {
    return architecture.build(net, codes)
  }
  return architecture.build(net, expandAxis(oneHot(codes, channels), 2))
}

/** The tensors of a network, in the order its definition asks for them. */
export interface NetworkTensors {
  parameters: readonly TensorSpec[]
  statistics: readonly TensorSpec[]
}

/** Returns the tensors of a network for windows of a length. */
export function tensorsOf(architecture: Architecture, windowLength: number): NetworkTensors {
  const { net } = builtFor(architecture, windowLength)
  return { parameters: net.parameters, statistics: net.statistics }
}

/** Returns how many classes or values a network tells of each example or position. */
export function outputsOf(architecture: Architecture, windowLength: number): number {
  return fixed(builtFor(architecture, windowLength).logits.shape[1])
}

function builtFor(architecture: Architecture, windowLength: number): { net: Network; logits: Value } {
  const net = new Network('inference', ({ name, shape }) => input(name, 'float32', shape))
  const logits = logitsOf(architecture, net, input('codes', 'uint8', ['N', windowLength]))
  return { net, logits }
}
