import { lookClass } from './frame.ts'
import { BASE_LOOKS } from './style.ts'

/** Outlines of the letters A, C, G and T in a box of 1 x 1, y downwards: text cannot be stretched in every SVG reader. */
const OUTLINES = [
  'M0 1L0.39 0L0.61 0L1 1L0.79 1L0.71 0.77L0.29 0.77L0.21 1ZM0.35 0.6L0.65 0.6L0.5 0.17Z',
  'M0.894 0.192C0.79 0.059 0.626 -0.012 0.458 0.002C0.29 0.016 0.14 0.114 0.06 0.262C-0.02 0.411 -0.02 0.589 0.06 0.738C0.14 0.886 0.29 0.984 0.458 0.998C0.626 1.012 0.79 0.941 0.894 0.808L0.723 0.728C0.657 0.81 0.56 0.851 0.462 0.837C0.365 0.823 0.28 0.756 0.234 0.658C0.189 0.559 0.189 0.441 0.234 0.342C0.28 0.244 0.365 0.177 0.462 0.163C0.56 0.149 0.657 0.19 0.723 0.272Z',
  'M0.894 0.192C0.787 0.055 0.617 -0.016 0.444 0.003C0.272 0.022 0.122 0.13 0.048 0.287C-0.026 0.444 -0.013 0.628 0.082 0.774C0.177 0.919 0.34 1.005 0.514 1C0.688 0.995 0.846 0.9 0.933 0.75L0.933 0.46L0.52 0.46L0.52 0.62L0.74 0.62L0.736 0.709C0.675 0.798 0.579 0.847 0.479 0.839C0.38 0.831 0.29 0.768 0.24 0.67C0.19 0.572 0.187 0.453 0.23 0.351C0.274 0.249 0.359 0.179 0.458 0.163C0.557 0.148 0.656 0.188 0.723 0.272Z',
  'M0 0L1 0L1 0.17L0.6 0.17L0.6 1L0.4 1L0.4 0.17L0 0.17Z',
].map(parseOutline)

interface Command {
  letter: string
  /** x and y in turn. */
  values: number[]
}

function parseOutline(path: string): Command[] {
  return [...path.matchAll(/([MLCZ])([^MLCZ]*)/g)].map(([, letter, rest]) => ({
    letter: letter!,
    values: rest === '' ? [] : rest!.split(' ').map(Number),
  }))
}

/** Where a letter stands. Units: px. */
export interface LetterBox {
  left: number
  top: number
  width: number
  height: number
}

/** Returns the letter of a base code (A 0, C 1, G 2, T 3) as SVG text that fills the box. */
export function drawBase(code: number, { left, top, width, height }: LetterBox): string {
  const place = (value: number, i: number) => (i % 2 === 0 ? left + value * width : top + value * height)
  const path = OUTLINES[code]!.map(
    ({ letter, values }) => `${letter}${values.map((value, i) => place(value, i).toFixed(2)).join(' ')}`,
  ).join('')
  return `<path class="splice-fill ${lookClass(BASE_LOOKS[code]!)}" d="${path}"/>`
}
