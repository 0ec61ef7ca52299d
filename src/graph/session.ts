import type { InferenceSession } from 'onnxruntime-node'
import { InputDataError, MissingResourceError } from '../core/errors.ts'
import { type Log, silentLog } from '../core/log.ts'
import { OnnxGraph } from './onnx-writer.ts'
import { PROVIDERS, type Provider, type ProviderChoice } from './providers.ts'

/** Element types sessions are fed with and answer in, and the typed array of each. */
export interface TensorArrays {
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  bool: Uint8Array
}

/** A tensor. Shape: `dims`, row-major. */
export type TensorLike = {
  [T in keyof TensorArrays]: { type: T; dims: readonly number[]; data: TensorArrays[T] }
}[keyof TensorArrays]

/** A loaded model. */
export interface Session {
  /** The provider in use. */
  readonly provider: Provider
  /** Returns the outputs by name. Blocks the calling thread while it computes; use a worker to stay responsive. */
  run(inputs: Record<string, TensorLike>): Promise<Record<string, TensorLike>>
  /** Frees the model. */
  close(): Promise<void>
}

export interface SessionOptions {
  provider: ProviderChoice
  /** CPU threads for one run; 0 lets the runtime choose one per core. */
  threads: number
  /** False runs the model's nodes one by one as they are written, joining none; slow, for comparisons. */
  optimise?: boolean
  log?: Log
}

const INSTALL_HINT: Record<Provider, string> = {
  cpu: 'reinstall onnxruntime-node for this platform; it needs glibc 2.28 or newer (not Alpine) and has no build for Intel Macs',
  cuda: 'CUDA needs Linux x64 with CUDA 12 and cuDNN 9, and the CUDA 12 provider library, which comes by reinstalling onnxruntime-node with install scripts enabled (npm rebuild onnxruntime-node with ONNXRUNTIME_NODE_INSTALL not set to skip); or use --provider cpu',
  webgpu:
    'WebGPU needs a graphics adapter with a Vulkan driver (on Linux: libvulkan1 and the driver of the card); or use --provider cpu',
}

type Runtime = typeof import('onnxruntime-node')

/** Returns ONNX Runtime. Loaded here and nowhere else, and late: its library takes longer to load than `--version` may take. */
async function loadRuntime(): Promise<Runtime> {
  try {
    const runtime = await import('onnxruntime-node')
    // The runtime writes its log straight to the process's stderr, and every error in it is thrown as well: without
    // this, `auto` on a machine without CUDA would greet each run with a red line about a missing library.
    runtime.env.logLevel = 'fatal'
    return runtime
  } catch (error) {
    throw new MissingResourceError(
      `ONNX Runtime could not be loaded: ${reasonOf(error)}`,
      INSTALL_HINT.cpu,
      error,
    )
  }
}

/** Returns the version of ONNX Runtime. */
export async function runtimeVersion(): Promise<string> {
  const { common, node } = (await loadRuntime()).env.versions
  return node ?? common
}

/**
 * Returns a session that runs the model.
 * Throws: MissingResourceError when the provider asked for by name cannot be used here (with ONNX Runtime's own words
 * and what to install), InputDataError when the provider works but this model cannot be opened.
 */
export async function openSession(model: Uint8Array, options: SessionOptions): Promise<Session> {
  const log = options.log ?? silentLog
  const runtime = await loadRuntime()
  // The runtime does not fall back by itself: a list such as ['cuda', 'cpu'] throws when the first cannot load.
  const wanted: Provider[] = options.provider === 'auto' ? ['cuda', 'cpu'] : [options.provider]
  for (const provider of wanted) {
    try {
      const session = await createSession(runtime, model, provider, options)
      log.debug(`model opened on provider ${provider}`)
      return wrap(runtime, session, provider)
    } catch (error) {
      if (provider !== wanted.at(-1)) {
        log.debug(`provider ${provider} not used: ${reasonOf(error)}`)
        continue
      }
      throw await openingError(provider, error)
    }
  }
  throw new RangeError('no provider to try')
}

/** One provider's state on this machine. */
export interface ProviderReport {
  name: Provider
  available: boolean
  /** Why not, in the runtime's words. */
  reason?: string
}

/** Returns for every provider whether it can run a tiny model here. */
export async function probeProviders(): Promise<ProviderReport[]> {
  const reports: ProviderReport[] = []
  for (const name of PROVIDERS) {
    const reason = await probe(name)
    reports.push(reason === undefined ? { name, available: true } : { name, available: false, reason })
  }
  return reports
}

/** Returns why the provider cannot be used here, or undefined when it ran a tiny model and got the sum right. */
async function probe(provider: Provider): Promise<string | undefined> {
  try {
    const runtime = await loadRuntime()
    const session = wrap(
      runtime,
      await createSession(runtime, await tinyModel(), provider, { threads: 1 }),
      provider,
    )
    const x: TensorLike = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) }
    const { sum } = await session.run({ x })
    await session.close()
    const found = Array.from((sum?.data as Float32Array | undefined) ?? [])
    return found.join() === '2,4' ? undefined : `expected 1+1, 2+2 to be 2,4 and found ${found}`
  } catch (error) {
    return reasonOf(error)
  }
}

async function tinyModel(): Promise<Uint8Array> {
  const graph = new OnnxGraph('probe')
  const x = graph.input('x', 'float32', [2])
  graph.node('Add', [x, x], 'sum')
  graph.output('sum', 'float32', [2])
  return graph.toBytes()
}

/** A model that does not open on a provider that does work is at fault itself. */
async function openingError(provider: Provider, error: unknown): Promise<Error> {
  const reason = await probe(provider)
  if (reason === undefined) {
    return new InputDataError(
      `the model cannot be opened on provider ${provider} by ONNX Runtime ${await runtimeVersion()}: ${reasonOf(error)}`,
      'check that the file is a complete ONNX model of operator set 17 or older',
      error,
    )
  }
  return new MissingResourceError(
    `provider ${provider} cannot be used here: ${reason}`,
    INSTALL_HINT[provider],
    error,
  )
}

function createSession(
  runtime: Runtime,
  model: Uint8Array,
  provider: Provider,
  { threads, optimise = true }: Pick<SessionOptions, 'threads' | 'optimise'>,
): Promise<InferenceSession> {
  return runtime.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: optimise ? 'all' : 'disabled',
    logSeverityLevel: 4,
  })
}

function wrap(runtime: Runtime, session: InferenceSession, provider: Provider): Session {
  return {
    provider,
    async run(inputs) {
      const feeds: Record<string, InstanceType<Runtime['Tensor']>> = {}
      for (const [name, tensor] of Object.entries(inputs)) {
        feeds[name] = new runtime.Tensor(tensor.type, tensor.data, tensor.dims)
      }
      const results = await session.run(feeds)
      const outputs: Record<string, TensorLike> = {}
      for (const name of session.outputNames) {
        const { type, dims, data } = results[name]!
        outputs[name] = { type, dims, data } as TensorLike
      }
      return outputs
    },
    close: () => session.release(),
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim()
}
