/**
 * Colours of the series on light and dark paper: those of Okabe & Ito (2008), which the usual forms of colour blindness
 * tell apart, darkened or lightened to a contrast of at least 3 with the paper; dashes tell them apart without colour.
 */
const SERIES: readonly { light: string; dark: string; dash: string }[] = [
  { light: '#0072b2', dark: '#56b4e9', dash: 'none' },
  { light: '#d55e00', dark: '#f08a3c', dash: '7 3' },
  { light: '#00855f', dark: '#2fc19a', dash: '2 2.5' },
  { light: '#b0578a', dark: '#e39cc4', dash: '9 3 2 3' },
  { light: '#9a6b00', dark: '#e6b422', dash: '5 5' },
  { light: '#4b4f58', dark: '#b6bcc8', dash: '12 4' },
]

/** Number of looks before they repeat. */
export const LOOKS = SERIES.length

/** Looks of the bases A, C, G and T: green, blue, ochre and red, as logos have them, of the colours above. */
export const BASE_LOOKS: readonly number[] = [2, 0, 4, 1]

const INK = {
  light: { paper: '#ffffff', text: '#22262e', quiet: '#5a606b', grid: '#e4e6ea', axis: '#8a909b' },
  dark: { paper: '#16191f', text: '#e8eaee', quiet: '#a4abb8', grid: '#2c313a', axis: '#7d8592' },
}

/** The style sheet of every chart. Names begin with `splice-`: a chart may stand inline in a page among others. */
export const STYLE = [
  '.splice-chart text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:12px;stroke:none}',
  '.splice-chart .splice-title{font-size:15px;font-weight:600}',
  '.splice-chart .splice-tick{font-size:11px}',
  '.splice-end{text-anchor:end}',
  '.splice-middle{text-anchor:middle}',
  '.splice-grid,.splice-axis{stroke-width:1}',
  '.splice-line{fill:none;stroke-width:1.8;stroke-linejoin:round}',
  '.splice-area{fill-opacity:.18}',
  '.splice-chart .splice-fill{stroke:none;fill-rule:evenodd}',
  '.splice-reference{stroke-width:1.2;stroke-dasharray:3 3}',
  '.splice-threshold{stroke-width:1.4;stroke-dasharray:6 3 1.5 3}',
  ...SERIES.map(({ dash }, i) => `.splice-line.splice-s${i}{stroke-dasharray:${dash}}`),
  '.splice-line.splice-area,.splice-line.splice-solid{stroke-dasharray:none}',
  colours('light'),
  `@media (prefers-color-scheme:dark){${colours('dark')}}`,
].join('')

function colours(scheme: 'light' | 'dark'): string {
  const { paper, text, quiet, grid, axis } = INK[scheme]
  return [
    `.splice-paper{fill:${paper}}`,
    `.splice-title,.splice-label{fill:${text}}`,
    `.splice-tick{fill:${quiet}}`,
    `.splice-grid{stroke:${grid}}`,
    `.splice-axis{stroke:${axis}}`,
    `.splice-reference,.splice-threshold{stroke:${quiet}}`,
    ...SERIES.map(
      (series, i) =>
        `.splice-s${i}{stroke:${series[scheme]}}` +
        `.splice-s${i}.splice-area,.splice-s${i}.splice-dot,.splice-s${i}.splice-fill{fill:${series[scheme]}}`,
    ),
  ].join('')
}
