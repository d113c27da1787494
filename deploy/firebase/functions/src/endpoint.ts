/** What the endpoint answered to a job that it has taken. */
export interface Taken {
  /** The endpoint's name for the job; null if it gave none. */
  id: string | null
  /** The answer itself: the job may have ended with it, where the endpoint refuses its fields. */
  status: unknown
}

/** RunPod's endpoint API, as their platform and a Darkroom worker both serve it. */
export class Endpoint {
  private readonly base: string
  private readonly apiKey: string

  /** `base` is `https://api.runpod.ai/v2/<endpoint>`, or a worker's own address. */
  constructor(
    base: string,
    apiKey: string,
    private readonly timeout: number = 15_000,
  ) {
    this.base = base.trim().replace(/\/+$/, '')
    this.apiKey = apiKey.trim()
  }

  /**
   * Hands a job over. The key names this job and no other: a worker takes a body once under one key, however often it comes; RunPod's
   * platform does not look at it.
   *
   * Throws NotTakenError if the endpoint certainly has no such job, and UnknownOutcomeError if nobody can tell.
   */
  async run(input: Record<string, unknown>, webhook: string, key: string): Promise<Taken> {
    let answer: { status: number; body: unknown }
    try {
      answer = await this.call('/run', {
        method: 'POST',
        body: JSON.stringify({ input, webhook }),
        headers: { 'idempotency-key': key },
      })
    } catch (e) {
      throw wasNeverSent(e)
        ? new NotTakenError('the endpoint could not be reached', null, e)
        : new UnknownOutcomeError('the endpoint was sent the job, and its answer did not come', e)
    }
    const { status, body } = answer
    const { id, status: name, error } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
    if (status >= 300 && status < 500) {
      const reason = typeof error === 'string' && error !== '' && status !== 401 && status !== 403 ? `: ${error}` : ''
      throw new NotTakenError(`the endpoint did not accept the job (${status})${reason}`, status)
    }
    if (status >= 500 || (typeof id !== 'string' && typeof name !== 'string')) {
      throw new UnknownOutcomeError(`the endpoint does not say whether it took the job (${status})`)
    }
    return { id: typeof id === 'string' ? id : null, status: body }
  }

  /** How far a job is; null if the endpoint no longer knows it. */
  async status(job: string): Promise<unknown> {
    const { status, body } = await this.call(`/status/${encodeURIComponent(job)}`, { method: 'GET' })
    if (status === 404) {
      return null
    }
    if (status >= 300) {
      throw new Error(`the endpoint did not tell the status (${status})`)
    }
    return body
  }

  private async call(
    path: string,
    request: { method: string; body?: string; headers?: Record<string, string> },
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(this.base + path, {
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(this.timeout),
    })
    const body: unknown = await response.json().catch(() => null)
    return { status: response.status, body }
  }
}

/** The endpoint has no such job: it refused it, or never heard of it. */
export class NotTakenError extends Error {
  constructor(
    message: string,
    readonly status: number | null,
    cause?: unknown,
  ) {
    super(message, { cause })
  }
}

/** The endpoint may have taken the job, and may not have. */
export class UnknownOutcomeError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|ERR_INVALID_\w+|ERR_TLS_CERT_\w+|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_\w*HANDSHAKE\w*|CERT_\w+|UNABLE_TO_\w+|\w*SELF_SIGNED_CERT\w*)$/

/** Of these the system call tells: they can also come from a connection that has been used. */
const WHILE_CONNECTING = /^(EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|EADDRNOTAVAIL)$/

/** Whether a request failed before a byte of it could arrive. What is not known to be so may have arrived. */
function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof TypeError)) {
    return false
  }
  const cause = error.cause as
    | { code?: unknown; syscall?: unknown; errors?: { syscall?: unknown }[] }
    | undefined
  if (cause === undefined) {
    // the address or a header is none
    return true
  }
  // an address that cannot be called at all has no code: another scheme, a port that is never called
  if (cause.code === undefined) {
    return !(cause instanceof AggregateError)
  }
  const code = String(cause.code)
  const connecting = (cause.errors ?? [cause]).every(one => one.syscall === 'connect')
  return BEFORE_SENDING.test(code) || (connecting && WHILE_CONNECTING.test(code))
}
