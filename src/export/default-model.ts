import { fileURLToPath } from 'node:url'
import { MissingResourceError } from '../core/errors.ts'
import { type Bundle, readBundle } from './bundle.ts'

/** The model that comes with the tool: a network trained by `scripts/train-default-model.mjs`, told of in docs/model-card.md. */
export const DEFAULT_MODEL = fileURLToPath(new URL('../../models/site-pair-human.onnx', import.meta.url))

/**
 * Returns the model of a file, or the one that comes with the tool.
 * Throws: as `readBundle`; where the tool's own is missing, MissingResourceError saying so.
 */
export async function readModel(path: string | undefined): Promise<Bundle> {
  if (path !== undefined) {
    return readBundle(path)
  }
  try {
    return await readBundle(DEFAULT_MODEL)
  } catch (error) {
    if (error instanceof MissingResourceError) {
      throw new MissingResourceError(
        `expected the default model that comes with splice-score, found none: ${error.message}`,
        'install splice-score again, or give another model with --model',
        error,
      )
    }
    throw error
  }
}
