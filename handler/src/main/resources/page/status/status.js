// Fetches the worker's status every few seconds, while somebody looks.
import { show } from './view.js'

const EVERY = 3000
const TIMEOUT = 20000
const KEY = 'darkroom.key' // as on the worker's other pages

const at = id => document.getElementById(id)
let timer
let paused = false

async function refresh() {
  clearTimeout(timer)
  let again = true
  try {
    again = await fetched()
  } catch (failure) {
    tell(`The worker does not answer: ${failure.message}`)
  }
  if (again && !paused && !document.hidden) timer = setTimeout(refresh, EVERY)
}

/** Shows what the worker answers; false if it wants a key first. */
async function fetched() {
  const key = sessionStorage.getItem(KEY)
  const answer = await fetch('status', {
    headers: { Accept: 'application/json', ...(key ? { Authorization: `Bearer ${key}` } : {}) },
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT),
  })
  if (answer.status === 401) {
    ask(key !== null)
    return false
  }
  const body = await answer.json()
  if (!answer.ok) throw new Error(body.error ?? `HTTP ${answer.status}`)
  at('ask').hidden = true
  tell('')
  show(body)
  return true
}

/** Asks for the key, once more if the one that was there is wrong. */
function ask(wrong) {
  sessionStorage.removeItem(KEY)
  at('status').hidden = true
  at('ask').hidden = false
  tell(wrong ? 'The key is wrong.' : '')
  at('key').focus()
}

function tell(words) {
  at('notice').textContent = words
  at('notice').hidden = words === ''
}

at('ask').addEventListener('submit', event => {
  event.preventDefault()
  sessionStorage.setItem(KEY, at('key').value.trim())
  at('key').value = ''
  refresh()
})

at('pause').addEventListener('click', () => {
  paused = !paused
  at('pause').setAttribute('aria-pressed', String(paused))
  if (!paused) refresh()
  else clearTimeout(timer)
})

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !paused) refresh()
})

refresh()
