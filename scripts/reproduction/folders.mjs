// Where the public data sets and the published weights are.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { MissingResourceError } from '../../dist/core/errors.js'

/**
 * Returns the folder of the public data sets: SPLICE_SCORE_DATA, else its usual place beside the repository.
 * Throws: MissingResourceError.
 * @param {string} root
 */
export function dataFolder(root) {
  const folder = resolve(root, process.env.SPLICE_SCORE_DATA ?? '../shared/data')
  if (!existsSync(folder)) {
    throw new MissingResourceError(
      `${folder}: no such folder; expected the public data sets`,
      'set SPLICE_SCORE_DATA to the folder that holds them',
    )
  }
  return folder
}

/**
 * Returns the folder of the published weights, SPLICE_SCORE_PARITY or its usual place; undefined where there is none.
 * Throws: MissingResourceError when the variable names a folder that is not there.
 * @param {string} root
 */
export function parityFolder(root) {
  const named = process.env.SPLICE_SCORE_PARITY
  const folder = resolve(root, named ?? '../shared/parity')
  if (existsSync(folder)) {
    return folder
  }
  if (named !== undefined) {
    throw new MissingResourceError(
      `${folder}: no such folder; expected the published weights`,
      'set SPLICE_SCORE_PARITY to the folder that holds them, or unset it to go without',
    )
  }
  return undefined
}
