import type { OwnTrainerEntry } from '../registry.ts'

/** The support vector machine of ASP, as the registry lists it. Its numbers are as many as its support vectors make them. */
export const ASP_SVM_ENTRY: OwnTrainerEntry = {
  kind: 'own-trainer',
  name: 'asp-svm',
  title: 'support vector machine over the weighted degree kernel (ASP)',
  source: 'Sonnenburg et al., BMC Bioinformatics 8(Suppl 10):S7, 2007',
  input: '141 bases around one site, or windows of any one length',
  windowLength: 141,
}
