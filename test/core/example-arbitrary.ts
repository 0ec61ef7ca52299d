import fc from 'fast-check'

const list = fc
  .array(
    fc.record({
      score: fc.integer({ min: 0, max: 12 }),
      label: fc.integer({ min: 0, max: 1 }),
      weight: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 2, maxLength: 60 },
  )
  .filter(rows => rows.some(row => row.label === 1) && rows.some(row => row.label === 0))

/** Scores with many ties and labels of both classes, with whole weights. */
export const weightedExamples = list.map(rows => ({
  scores: rows.map(row => row.score / 12),
  labels: rows.map(row => row.label),
  weights: rows.map(row => row.weight),
}))

/** Scores with many ties and labels of both classes. */
export const examples = weightedExamples.map(({ scores, labels }) => ({ scores, labels }))
