import { fileURLToPath } from 'node:url'

/** The model that comes with the tool. */
export const DEFAULT_MODEL = fileURLToPath(new URL('../../models/pwm-human.onnx', import.meta.url))
