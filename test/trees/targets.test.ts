import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { classTargets, targetTable } from '../../src/trees/targets.ts'

describe('targets', () => {
  it('are kept without zeros', () => {
    const table = targetTable([0, 2, 0, 0, -1, 3], 2)
    expect([table.rows, table.columns]).toEqual([3, 2])
    expect([...table.starts]).toEqual([0, 1, 1, 3])
    expect([...table.places]).toEqual([1, 0, 1])
    expect([...table.numbers]).toEqual([2, -1, 3])
  })

  it('of classes are one 1 in each row', () => {
    expect(classTargets([2, 0], 3)).toEqual(targetTable([0, 0, 1, 1, 0, 0], 3))
  })

  it('are finite numbers in whole rows, and classes those there are', () => {
    expect(() => targetTable([1, 0, Number.NaN, 1], 2)).toThrow(InputDataError)
    expect(() => targetTable([1, 0, Number.NaN, 1], 2)).toThrow(
      'row 1, target 0: expected a finite number, found NaN',
    )
    expect(() => targetTable([1, 0, 1], 2)).toThrow('whole rows of 2 targets')
    expect(() => classTargets([0, 3], 3)).toThrow('row 1: expected a class below 3, found 3')
  })
})
