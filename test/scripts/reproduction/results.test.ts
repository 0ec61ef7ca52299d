import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { documentText, resultText } from '../../../scripts/reproduction/document.mjs'
import { readResults, resultOf, writeResult } from '../../../scripts/reproduction/results.mjs'
import { scratchFolder } from './fake-tool.ts'

const scratch = scratchFolder()
afterAll(scratch.remove)

describe('results', () => {
  const about = { title: 'T', paper: 'P', data: 'D' }
  const report = {
    sections: [
      { heading: 'H', paragraphs: ['text'], table: { columns: ['', 'ours'], rows: [['a|b', 0.12345678]] } },
    ],
  }
  const facts = { name: 'x', about, toolVersion: '1.2.3', taken: { cpu: 90, wall: 45 } }

  it('are read as they were written', () => {
    const folder = join(scratch.path, 'results')
    const result = resultOf({
      ...facts,
      fast: false,
      report: { sections: [{ heading: 'H', paragraphs: [] }] },
    })
    writeResult(join(folder, 'x.json'), result)
    expect(readResults(folder)).toEqual([result])
    expect(result.minutes).toEqual({ cpu: 1.5, wall: 0.8 })
    expect(readResults(join(scratch.path, 'none'))).toEqual([])
  })

  it('become parts of one page', () => {
    const result = resultOf({ ...facts, fast: true, report })
    expect(resultText(result)).toBe(
      [
        '## T',
        `- Paper: P\n- Data: D\n- Made by \`npm run reproduce -- x --fast\`, version 1.2.3: 1.5 minutes of processor time, 0.8 minutes by the clock, on ${result.machine}`,
        '### H',
        'text',
        '|  | ours |\n|---|---|\n| a\\|b | 0.123457 |',
      ].join('\n\n'),
    )
    expect(documentText([result])).toMatch(/^# Reproductions\n[\s\S]*\n\n## T\n/)
  })

  it('are refused when a row is not as long as the columns', () => {
    const table = { columns: ['a', 'b'], rows: [['1', '2'], ['3']] }
    expect(() =>
      resultOf({ ...facts, fast: true, report: { sections: [{ heading: 'H', paragraphs: [], table }] } }),
    ).toThrow("x, table of 'H': expected 2 cells, found 1: 3")
  })
})
