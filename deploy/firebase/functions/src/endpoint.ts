/** RunPod's endpoint API, as their platform and a Darkroom worker both serve it. */
export class Endpoint {
  /** `base` is `https://api.runpod.ai/v2/<endpoint>`, or a worker's own address. */
  constructor(
    private readonly base: string,
    private readonly apiKey: string,
    private readonly timeout: number = 15_000,
  ) {}

  /** Hands a job over and returns the endpoint's name for it. */
  async run(input: Record<string, unknown>, webhook: string): Promise<string> {
    const { status, body } = await this.call('/run', { method: 'POST', body: JSON.stringify({ input, webhook }) })
    const id = (body as { id?: unknown } | null)?.id
    if (status >= 300 || typeof id !== 'string') {
      throw new EndpointError(`the endpoint did not accept the job (${status})`, status)
    }
    return id
  }

  /** How far a job is; null if the endpoint no longer knows it. */
  async status(job: string): Promise<unknown> {
    const { status, body } = await this.call(`/status/${encodeURIComponent(job)}`, { method: 'GET' })
    if (status === 404) {
      return null
    }
    if (status >= 300) {
      throw new EndpointError(`the endpoint did not tell the status (${status})`, status)
    }
    return body
  }

  private async call(path: string, request: { method: string; body?: string }): Promise<{ status: number; body: unknown }> {
    const response = await fetch(this.base.replace(/\/+$/, '') + path, {
      ...request,
      headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(this.timeout),
    })
    const body: unknown = await response.json().catch(() => null)
    return { status: response.status, body }
  }
}

/** The endpoint answered, and not with what was asked for. */
export class EndpointError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message)
  }
}
