import { FieldValue, type DocumentData, type Firestore, type Timestamp } from 'firebase-admin/firestore'
import { isOpenTo, type Job, type Outcome } from './job.js'
import type { JobStore } from './jobs.js'

const COLLECTION = 'darkroomJobs'

/** Jobs as documents that their owners may watch. */
export class FirestoreJobs implements JobStore {
  constructor(private readonly firestore: Firestore) {}

  async create(job: Job): Promise<string> {
    return (await this.jobs.add(job)).id
  }

  async find(id: string): Promise<Job | null> {
    const data = (await this.jobs.doc(id).get()).data()
    return data === undefined ? null : toJob(data)
  }

  async accepted(id: string, endpointJob: string): Promise<void> {
    await this.jobs.doc(id).update({ endpointJob })
  }

  async settle(id: string, outcome: Outcome, at: Date): Promise<boolean> {
    const document = this.jobs.doc(id)
    return this.firestore.runTransaction(async transaction => {
      if (!isOpenTo((await transaction.get(document)).data() ?? {}, outcome)) {
        return false
      }
      // nothing stays of a failure that was only assumed
      transaction.update(document, { error: FieldValue.delete(), assumed: FieldValue.delete(), ...outcome, settledAt: at })
      return true
    })
  }

  async open(before: Date, most: number): Promise<[string, Job][]> {
    const found = await this.jobs.where('state', '==', 'submitted').where('submittedAt', '<', before).orderBy('submittedAt').limit(most).get()
    return found.docs.map(document => [document.id, toJob(document.data())])
  }

  private get jobs() {
    return this.firestore.collection(COLLECTION)
  }
}

function toJob(data: DocumentData): Job {
  return { ...data, submittedAt: (data.submittedAt as Timestamp).toDate() } as Job
}
