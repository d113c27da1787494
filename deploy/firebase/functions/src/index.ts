import { initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { setGlobalOptions } from 'firebase-functions/v2'
import { HttpsError, onCall, onRequest } from 'firebase-functions/v2/https'
import { onSchedule } from 'firebase-functions/v2/scheduler'
import { defineSecret, defineString } from 'firebase-functions/params'
import { Endpoint } from './endpoint.js'
import { FirestoreJobs } from './firestore.js'
import { Jobs } from './jobs.js'
import { isOn } from './settings.js'

const apiKey = defineSecret('DARKROOM_API_KEY')
const webhookSecret = defineSecret('DARKROOM_WEBHOOK_SECRET')
const endpoint = defineString('DARKROOM_ENDPOINT', { description: 'https://api.runpod.ai/v2/<endpoint>, or the address of a worker' })
const webhookUrl = defineString('DARKROOM_WEBHOOK_URL', { description: 'Address of the function darkroomWebhook' })
const signed = defineString('DARKROOM_SIGNED', { description: 'yes if the worker signs webhooks; RunPod does not', default: 'no' })

initializeApp()
setGlobalOptions({ maxInstances: 10 })

const secrets = [apiKey, webhookSecret]

function jobs(): Jobs {
  return new Jobs(new FirestoreJobs(getFirestore()), new Endpoint(endpoint.value(), apiKey.value()), {
    webhookUrl: webhookUrl.value(),
    webhookSecret: isOn('DARKROOM_SIGNED', signed.value()) ? webhookSecret.value() : null,
  })
}

/** Called by the app with the job's `input`; answers with the id of the document to watch. */
export const darkroomSubmit = onCall({ secrets }, async request => {
  if (request.auth === undefined) {
    throw new HttpsError('unauthenticated', 'sign in to make pictures')
  }
  const input: unknown = request.data?.input
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new HttpsError('invalid-argument', 'input: must be an object, as the worker documents it')
  }
  try {
    return { job: await jobs().submit(request.auth.uid, input as Record<string, unknown>) }
  } catch (e) {
    console.error(e)
    throw new HttpsError('unavailable', 'the endpoint could not be given the job')
  }
})

/** Called by the endpoint when a job has ended. */
export const darkroomWebhook = onRequest({ secrets }, async (request, response) => {
  if (request.method !== 'POST') {
    response.status(405).end()
    return
  }
  let status: number
  try {
    status = await jobs().receive({
      job: String(request.query.job ?? ''),
      token: String(request.query.token ?? ''),
      signature: request.get('X-Darkroom-Signature'),
      body: request.rawBody,
    })
  } catch (e) {
    // nothing is settled yet: the endpoint calls again
    console.error(e)
    status = 503
  }
  response.status(status).end()
})

/** Asks after jobs whose webhook did not come. */
export const darkroomPoll = onSchedule({ schedule: 'every 5 minutes', secrets }, async () => {
  await jobs().poll()
})
