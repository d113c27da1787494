/** Where a picture is, and what one must know to make it again. */
export interface Picture {
  url: string
  /** When a signed address ends; absent if it does not. */
  expires?: Date
  format?: string
  width?: number
  height?: number
  seed?: number
  /** How many frames an animation has, and how many a second. */
  frames?: number
  fps?: number
  /** Where the picture is that stands for an animation, if the job asked for one. */
  poster?: Picture
}

/** A job as it is kept. It is submitted once and settled once: done or failed is for good, unless the failure was only assumed. */
export interface Job {
  uid: string
  state: 'submitted' | 'done' | 'failed'
  /** What the webhook's token hashes to. */
  tokenHash: string
  submittedAt: Date
  /** The endpoint's name for the job; null until the endpoint has accepted it. */
  endpointJob: string | null
  settledAt?: Date
  pictures?: Picture[]
  error?: string
  /** True if nobody has said that the job failed: should the endpoint say how it ended after all, that counts. */
  assumed?: boolean
}

/** What a job becomes when it ends. */
export type Outcome = { state: 'done'; pictures: Picture[] } | { state: 'failed'; error: string; assumed?: boolean }

const LONGEST_ERROR = 2_000

/** What a status of the endpoint means for a job, or null while the job goes on. */
export function outcomeOf(status: unknown): Outcome | null {
  const { status: name, output, error } = asObject(status)
  switch (name) {
    case 'COMPLETED':
      return completed(output)
    case 'FAILED':
    case 'CANCELLED':
    case 'TIMED_OUT':
      // an animation that was to keep its frames has a film although it was cancelled
      return name === 'CANCELLED' && Array.isArray(asObject(output).images) ? completed(output) : failed(typeof error === 'string' && error !== '' ? error : `the endpoint says ${name}`)
    default:
      return null
  }
}

export function failed(error: string): Outcome {
  return { state: 'failed', error: error.slice(0, LONGEST_ERROR) }
}

/** What becomes of a job that the endpoint is silent about. */
export function assumed(error: string): Outcome {
  return { state: 'failed', error, assumed: true }
}

/** Whether a job's outcome can be replaced by another. */
export function isOpenTo(job: { state?: unknown; assumed?: unknown }, outcome: Outcome): boolean {
  return job.state === 'submitted' || (job.state === 'failed' && job.assumed === true && !isAssumed(outcome))
}

function isAssumed(outcome: Outcome): boolean {
  return outcome.state === 'failed' && outcome.assumed === true
}

// A document holds a mebibyte: it keeps where pictures are, never the pictures.
function completed(output: unknown): Outcome {
  const images = asObject(output).images
  if (!Array.isArray(images) || images.length === 0) {
    return failed('the endpoint says COMPLETED and names no picture')
  }
  const pictures = images.map(pictureOf).filter(picture => picture !== null)
  if (pictures.length === 0) {
    return failed('the pictures came inline and cannot be kept: give the worker a bucket for its results')
  }
  return { state: 'done', pictures }
}

function pictureOf(image: unknown): Picture | null {
  const { url, format, width, height, seed, frames, fps, poster } = asObject(image)
  if (typeof url !== 'string' || !/^https?:\/\//.test(url)) {
    return null
  }
  const expires = expiryOf(url)
  const still = pictureOf(poster)
  return {
    url,
    ...(expires !== null && { expires }),
    ...(typeof format === 'string' && { format }),
    ...(typeof width === 'number' && { width }),
    ...(typeof height === 'number' && { height }),
    ...(typeof seed === 'number' && { seed }),
    ...(typeof frames === 'number' && { frames }),
    ...(typeof fps === 'number' && { fps }),
    ...(still !== null && { poster: still }),
  }
}

/** A signed address of S3 tells when it was signed and for how many seconds. */
function expiryOf(url: string): Date | null {
  const asked = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams()
  const signed = (asked.get('X-Amz-Date') ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const expires = new Date(Date.parse(signed) + Number(asked.get('X-Amz-Expires') ?? Number.NaN) * 1_000)
  return Number.isNaN(expires.getTime()) ? null : expires
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
