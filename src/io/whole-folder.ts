import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, readdir, realpath, rename, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { MissingResourceError, OutputError, UsageError } from '../core/errors.ts'

/** A folder being filled. It appears whole under its name at `commit`, or not at all. */
export interface WholeFolder {
  /** Where to write meanwhile: `.<name>.tmp-<random>`, beside the wanted folder. */
  readonly path: string
  /** Gives the folder its name. Throws: OutputError when that is not possible; the unfinished folder is then removed. */
  commit(): Promise<void>
  /** Removes the unfinished folder, synchronously. After `commit`, or a second time, it does nothing. */
  discard(): void
}

/**
 * Returns a folder to fill. An empty folder of the wanted name is replaced, one behind a symbolic link too.
 * Throws: UsageError when the wanted folder is not empty or is a file; MissingResourceError when the folder
 * it is to be made in is absent; OutputError when it cannot be made or an empty one not be replaced.
 */
export async function createWholeFolder(path: string): Promise<WholeFolder> {
  const existing = await emptyFolder(path)
  // The name of `../x/` is only known once the path is resolved, which also drops a slash at its end.
  const wanted = existing ?? resolve(path)
  const temporary = join(dirname(wanted), `.${basename(wanted)}.tmp-${randomBytes(6).toString('hex')}`)
  try {
    if (existing !== undefined) {
      await requireMovable(path, existing, temporary)
    }
    await mkdir(temporary)
  } catch (error) {
    throw folderError(path, dirname(wanted), error)
  }
  let isOpen = true
  const discard = () => {
    if (isOpen) {
      isOpen = false
      rmSync(temporary, { recursive: true, force: true })
    }
  }
  return {
    path: temporary,
    async commit() {
      if (!isOpen) {
        throw new OutputError(
          `${path}: expected a folder still being written, found it committed or discarded`,
        )
      }
      try {
        await rename(temporary, wanted)
      } catch (error) {
        discard()
        throw renameError(path, error)
      }
      isOpen = false
    },
    discard,
  }
}

/**
 * Returns the real path of the empty folder that has the wanted name, undefined where there is none.
 * Throws: UsageError when something else stands there.
 */
async function emptyFolder(path: string): Promise<string | undefined> {
  let names: string[]
  try {
    names = await readdir(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      return undefined
    }
    if (code === 'ENOTDIR' && (await isThere(resolve(path)))) {
      throw new UsageError(
        `${path}: expected a folder to write, found a file`,
        'give the name of a new folder',
      )
    }
    throw folderError(path, dirname(resolve(path)), error)
  }
  if (names.length > 0) {
    throw notEmpty(path, `found one with ${names.length} files or folders in it`)
  }
  return realpath(path)
}

/** A folder that cannot be replaced is told before the long work, not after it: it is moved away and back. */
async function requireMovable(path: string, existing: string, temporary: string): Promise<void> {
  // Replacing this one works on Linux, but leaves the user's shell in a folder that is gone.
  if (existing === (await realpath('.'))) {
    throw inUse(path)
  }
  try {
    await rename(existing, temporary)
  } catch (error) {
    throw renameError(path, error)
  }
  await rename(temporary, existing)
}

/** False where a folder on the way is a file, which looks the same to `readdir`. */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') {
      return false
    }
    throw error
  }
}

function notEmpty(path: string, found: string): UsageError {
  return new UsageError(
    `${path}: expected a folder that is new or empty, ${found}`,
    'choose another name, or remove the folder first',
  )
}

function inUse(path: string, cause?: unknown): OutputError {
  return new OutputError(
    `${path}: expected a folder that can be replaced by the finished one, found one in use (the current folder, or the place of a mount)`,
    'name a new folder inside it',
    cause,
  )
}

function folderError(path: string, parent: string, error: unknown): Error {
  if (error instanceof OutputError || error instanceof UsageError) {
    return error
  }
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new MissingResourceError(
      `${path}: the folder ${parent} does not exist`,
      'make the folder first, or write elsewhere',
      error,
    )
  }
  return cannotBeWritten(path, error)
}

function renameError(path: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') {
    return notEmpty(path, 'found that something was put there during the run')
  }
  if (code === 'EBUSY' || code === 'EINVAL') {
    return inUse(path, error)
  }
  return cannotBeWritten(path, error)
}

function cannotBeWritten(path: string, error: unknown): OutputError {
  const { code } = error as NodeJS.ErrnoException
  const hint =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'free some space, or write to another disk'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'check the permissions of the folder it is to be made in, or write elsewhere'
        : undefined
  return new OutputError(`${path}: cannot be written: ${(error as Error).message}`, hint, error)
}
