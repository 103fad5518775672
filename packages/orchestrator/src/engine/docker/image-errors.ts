import { SandboxError } from '@stuntdouble/sdk/errors'

/** Names may come from an untrusted file: shown short and without anything a terminal would obey. */
const shown = (image: string) => JSON.stringify(image.slice(0, 120))

export const imageNameInvalid = (image: string) =>
  new SandboxError('image_unavailable', `${shown(image)} is not the name of an image.`, {
    hint: 'Write a repository and a tag, such as stuntdouble/workspace or postgres:16.',
  })

export const imageUnknown = (image: string, known: readonly string[]) =>
  new SandboxError('image_unavailable', `There is no image ${shown(image)} of ours.`, {
    hint: `Ours are ${known.join(', ')}.`,
  })

export const registryRefused = (image: string, registry: string) =>
  new SandboxError('policy_refused', `${shown(image)} would be fetched from ${shown(registry)}.`, {
    hint: 'Only the default registry is asked on a blueprint’s word; `docker pull` the image once.',
  })

export const registryUnreachable = (image: string, cause?: unknown) =>
  new SandboxError('image_unavailable', `No image registry answers for ${shown(image)}.`, {
    hint: `Connect the engine to a registry, or load the image: docker pull ${image}, docker load.`,
    retryable: true,
    cause,
  })

export const imageNotInRegistry = (image: string, cause: unknown) =>
  new SandboxError('image_unavailable', `The registry does not give out ${shown(image)}.`, {
    hint: `Check the name and tag; for a private image run: docker login, docker pull ${image}.`,
    cause,
  })

export const baseUnavailable = (image: string, cause: unknown) =>
  new SandboxError('image_unavailable', `${image} could be neither pulled nor made.`, {
    hint: 'Install mmdebstrap and debian-archive-keyring (apt-get), or connect to a registry.',
    retryable: true,
    cause,
  })

export const buildFailed = (image: string, cause: unknown) =>
  new SandboxError('image_unavailable', `Building ${image} failed.`, {
    hint: 'Its packages come from the Debian mirror and npm’s registry: check that both answer.',
    retryable: true,
    cause,
  })
