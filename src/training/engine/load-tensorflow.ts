import { createRequire } from 'node:module'
import util from 'node:util'
import { MissingResourceError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { TensorFlow } from '../../graph/value.ts'

/** Packages that bring TensorFlow.js, the fastest first. All are optional: none comes with this tool. */
const PACKAGES = [
  { name: '@tensorflow/tfjs-node-gpu', native: true },
  { name: '@tensorflow/tfjs-node', native: true },
  { name: '@tensorflow/tfjs', native: false },
] as const

/**
 * Returns the first TensorFlow.js package that is installed and loads.
 * Throws: MissingResourceError when there is none.
 */
export async function loadTensorFlow(log: Log): Promise<{ tf: TensorFlow; description: string }> {
  restoreRemovedUtilities()
  const installed = PACKAGES.filter(({ name }) => isInstalled(name))
  for (const { name, native } of installed) {
    try {
      const loaded: TensorFlow & { default?: TensorFlow } = await import(name)
      const tf = loaded.default ?? loaded
      if (!native) {
        // Without it, it prints advice of its own at each start.
        tf.enableProdMode()
        await tf.setBackend('cpu')
        log.warn(`engine tfjs: ${name} has no native code and is some hundred times slower than --engine ort`)
      }
      await tf.ready()
      return { tf, description: `TensorFlow.js ${tf.version_core}, ${name}, backend ${tf.getBackend()}` }
    } catch (error) {
      log.warn(`engine tfjs: ${name} is installed but cannot be loaded: ${(error as Error).message}`)
    }
  }
  throw new MissingResourceError(
    `engine tfjs: expected one of ${PACKAGES.map(({ name }) => name).join(', ')} to be installed, found ${installed.length === 0 ? 'none' : 'none that loads'}`,
    'npm install @tensorflow/tfjs-node (or -gpu, or plain @tensorflow/tfjs); or use --engine ort, which needs nothing',
  )
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') {
      return false
    }
    throw error
  }
}

/** tfjs-node 4.22 calls two functions that Node 23 took out of node:util. */
function restoreRemovedUtilities(): void {
  const removed: Record<string, (value: unknown) => boolean> = {
    isNullOrUndefined: value => value === null || value === undefined,
    isArray: Array.isArray,
  }
  for (const [name, replacement] of Object.entries(removed)) {
    const target = util as unknown as Record<string, unknown>
    target[name] ??= replacement
  }
}
