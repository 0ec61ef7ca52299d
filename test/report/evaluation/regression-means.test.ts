import { expect, it } from 'vitest'
import { regressionMeans, regressionReport } from '../../../src/report/evaluation/regression.ts'

const NONE = { resamples: 0, confidence: 0.95, seed: 1 }
const reportOf = (column: string, predicted: number[], targets: number[]) =>
  regressionReport({ column, predicted, targets }, NONE)

const RISING = reportOf('rising', [1, 2, 3], [2, 4, 6])
const FALLING = reportOf('falling', [3, 2, 1, 0], [0, 1, 3, 2])
const CONSTANT = reportOf('constant', [1, 2, 3], [5, 5, 5])

it('one column needs no mean, several have one of each number', () => {
  expect(regressionMeans([RISING])).toBeUndefined()
  const means = regressionMeans([RISING, FALLING])!
  expect(means.pearson).toEqual({ value: expect.closeTo((1 - 0.8) / 2, 9), columns: 2 })
  expect(means.spearman).toEqual({ value: expect.closeTo((1 - 0.8) / 2, 9), columns: 2 })
  expect(means.mse).toEqual({ value: expect.closeTo((14 / 3 + (9 + 1 + 4 + 4) / 4) / 2, 9), columns: 2 })
})

it('a column whose targets are all alike has no correlation, and the mean is that of the others', () => {
  const means = regressionMeans([RISING, CONSTANT])!
  expect(means.pearson).toEqual({ value: expect.closeTo(1, 9), columns: 1 })
  expect(means.mse.columns).toBe(2)
  expect(regressionMeans([CONSTANT, CONSTANT])!.pearson).toEqual({ value: undefined, columns: 0 })
})
