/** What a model can run on. */
export const PROVIDERS = ['cpu', 'cuda', 'webgpu'] as const
export type Provider = (typeof PROVIDERS)[number]
/** `auto` takes cuda where it loads, else cpu. */
export type ProviderChoice = Provider | 'auto'
