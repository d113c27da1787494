import { isOpenTo, type Job, type Outcome } from '../src/job.js'
import type { JobStore } from '../src/jobs.js'

/** Jobs in memory, settled once as the documents are. */
export class JobsInMemory implements JobStore {
  readonly jobs = new Map<string, Job>()

  async create(job: Job): Promise<string> {
    const id = `doc${this.jobs.size + 1}`
    this.jobs.set(id, job)
    return id
  }

  async find(id: string): Promise<Job | null> {
    return this.jobs.get(id) ?? null
  }

  async accepted(id: string, endpointJob: string): Promise<void> {
    this.get(id).endpointJob = endpointJob
  }

  async settle(id: string, outcome: Outcome, at: Date): Promise<boolean> {
    const job = this.get(id)
    if (!isOpenTo(job, outcome)) {
      return false
    }
    delete job.error
    delete job.assumed
    Object.assign(job, outcome, { settledAt: at })
    return true
  }

  async open(before: Date, most: number): Promise<[string, Job][]> {
    return [...this.jobs].filter(([, job]) => job.state === 'submitted' && job.submittedAt < before).slice(0, most)
  }

  get(id: string): Job {
    const job = this.jobs.get(id)
    if (job === undefined) {
      throw new Error(`there is no job ${id}`)
    }
    return job
  }
}
