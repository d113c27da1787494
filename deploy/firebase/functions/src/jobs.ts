import { NotTakenError, UnknownOutcomeError, type Endpoint, type Taken } from './endpoint.js'
import { assumed, failed, outcomeOf, type Job, type Outcome } from './job.js'
import { hashOf, isSigned, isToken, newToken } from './signature.js'

/** Where jobs are kept. */
export interface JobStore {
  create(job: Job): Promise<string>
  find(id: string): Promise<Job | null>
  accepted(id: string, endpointJob: string): Promise<void>
  /**
   * Settles a job that is still submitted, or whose failure was assumed, in one step with looking whether it is; false if it was settled
   * before. An assumption settles only what is submitted.
   */
  settle(id: string, outcome: Outcome, at: Date): Promise<boolean>
  /** Jobs still submitted that were so before a moment, oldest first. */
  open(before: Date, most: number): Promise<[id: string, job: Job][]>
}

/** A webhook as it arrived; the body is the bytes that were signed. */
export interface Webhook {
  job: string
  token: string
  signature: string | undefined
  body: Buffer
}

export interface Settings {
  /** Where the endpoint reaches the webhook function. */
  webhookUrl: string
  /** What a worker signs with; null for RunPod's platform, which signs nothing. */
  webhookSecret: string | null
}

/** Polling leaves a job this long to its webhook, milliseconds. */
export const PATIENCE = 2 * 60_000
/** How long a job may stay submitted at all, milliseconds: RunPod's default for a job's whole life. */
export const LONGEST_LIFE = 24 * 3_600_000
/** How long polling waits for the webhook of a job of which nobody knows whether the endpoint got it, milliseconds. */
export const LONGEST_DOUBT = 3_600_000
const POLLED_AT_ONCE = 100

/** Jobs on their way: handed over, called back or asked after, settled once. */
export class Jobs {
  constructor(
    private readonly store: JobStore,
    private readonly endpoint: Endpoint,
    private readonly settings: Settings,
  ) {}

  /**
   * Hands a job of this user over and returns its id. It is kept before the endpoint hears of it: the webhook may be faster than the answer.
   * If nobody knows whether the endpoint has the job, it stays submitted: its webhook tells, or at last polling gives it up.
   *
   * Throws NotTakenError, with the job settled as failed, if the endpoint certainly has it not.
   */
  async submit(uid: string, input: Record<string, unknown>): Promise<string> {
    const webhook = new URL(this.settings.webhookUrl.trim())
    const token = newToken()
    const id = await this.store.create({
      uid,
      state: 'submitted',
      tokenHash: hashOf(token),
      submittedAt: new Date(),
      endpointJob: null,
    })
    webhook.searchParams.set('job', id)
    webhook.searchParams.set('token', token)
    let taken: Taken
    try {
      taken = await this.endpoint.run({ ...input, return: 'url' }, webhook.href, id)
    } catch (e) {
      if (e instanceof UnknownOutcomeError) {
        console.warn(`job ${id}: ${e.message}`)
        return id
      }
      const reason = e instanceof NotTakenError && e.status !== null ? e.message : 'the endpoint could not be given the job'
      await this.store.settle(id, failed(reason), new Date())
      throw e
    }
    await this.note(id, taken)
    return id
  }

  /** Writes down what the endpoint answered. It has the job whether or not that succeeds, so this fails without harm: the webhook will tell. */
  private async note(id: string, { id: endpointJob, status }: Taken): Promise<void> {
    try {
      if (endpointJob !== null) {
        await this.store.accepted(id, endpointJob)
      }
      const outcome = outcomeOf(status)
      if (outcome !== null) {
        await this.store.settle(id, outcome, new Date())
      }
    } catch (e) {
      console.error(`job ${id}: the endpoint's answer could not be kept`, e)
    }
  }

  /** Takes a webhook; returns the HTTP status to answer with. The same webhook twice changes nothing and is no error. */
  async receive({ job: id, token, signature, body }: Webhook): Promise<number> {
    const job = id === '' || id.includes('/') ? null : await this.store.find(id)
    if (job === null || !isToken(token, job.tokenHash)) {
      return 403
    }
    const { webhookSecret } = this.settings
    if (webhookSecret !== null && !isSigned(signature, body, webhookSecret)) {
      return 403
    }
    const status = parse(body)
    if (status === null || (job.endpointJob !== null && status.id !== job.endpointJob)) {
      return 400
    }
    const outcome = outcomeOf(status)
    if (outcome !== null) {
      await this.store.settle(id, outcome, new Date())
    } else if (job.endpointJob === null && typeof status.id === 'string') {
      // from now on polling can ask after it
      await this.store.accepted(id, status.id)
    }
    return 200
  }

  /** Asks after jobs whose webhook did not come; returns how many were settled. */
  async poll(now: Date = new Date()): Promise<number> {
    const open = await this.store.open(new Date(now.getTime() - PATIENCE), POLLED_AT_ONCE)
    let settled = 0
    for (const [id, job] of open) {
      const outcome = await this.askAfter(job, now)
      try {
        if (outcome !== null && (await this.store.settle(id, outcome, now))) {
          settled++
        }
      } catch (e) {
        // the next poll finds it again; the others shall not wait for that
        console.error(`job ${id} could not be settled`, e)
      }
    }
    return settled
  }

  private async askAfter(job: Job, now: Date): Promise<Outcome | null> {
    const age = now.getTime() - job.submittedAt.getTime()
    if (job.endpointJob === null) {
      return age > LONGEST_DOUBT ? assumed('it is not known whether the endpoint got the job') : null
    }
    try {
      const status = await this.endpoint.status(job.endpointJob)
      if (status === null) {
        return assumed('the endpoint no longer knows the job')
      }
      const outcome = outcomeOf(status)
      if (outcome !== null) {
        return outcome
      }
    } catch (e) {
      // the next poll asks again
      console.warn(`job ${job.endpointJob}: ${e instanceof Error ? e.message : 'no answer'}`)
    }
    return age > LONGEST_LIFE ? assumed('the job did not end within a day') : null
  }
}

function parse(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
