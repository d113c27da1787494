// What this browser keeps: pictures in IndexedDB, small things in the local storage. Where it keeps nothing (private windows), all still works.

const MOST = 60 // pictures; the oldest go first

const opened = new Promise(resolve => {
  try {
    const request = indexedDB.open('darkroom', 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('pictures', { keyPath: 'id', autoIncrement: true })
      request.result.createObjectStore('inputs', { keyPath: 'place' })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => resolve(null)
  } catch {
    resolve(null)
  }
})

async function within(store, mode, action) {
  const database = await opened
  if (database === null) return undefined
  return new Promise(resolve => {
    const transaction = database.transaction(store, mode)
    const request = action(transaction.objectStore(store))
    transaction.oncomplete = () => resolve(request?.result)
    transaction.onerror = transaction.onabort = () => resolve(undefined)
  })
}

/** All kept pictures, the newest first. */
export const pictures = async () => ((await within('pictures', 'readonly', store => store.getAll())) ?? []).reverse()

/** Keeps a picture; gives its number, or undefined where nothing is kept. */
export async function keep(picture) {
  const id = await within('pictures', 'readwrite', store => store.add(picture))
  const all = (await within('pictures', 'readonly', store => store.getAllKeys())) ?? []
  for (const old of all.slice(0, Math.max(0, all.length - MOST))) await drop(old)
  return id
}

export const drop = id => within('pictures', 'readwrite', store => store.delete(id))
export const dropAll = () => within('pictures', 'readwrite', store => store.clear())

export const inputs = async () => (await within('inputs', 'readonly', store => store.getAll())) ?? []

export const keepInputs = list => within('inputs', 'readwrite', store => {
  store.clear()
  list.forEach((input, place) => store.put({ ...input, place }))
  return store.count()
})

export function note(name, value) {
  try {
    if (value === null) localStorage.removeItem(`darkroom.${name}`)
    else localStorage.setItem(`darkroom.${name}`, JSON.stringify(value))
  } catch { /* full, or not allowed: then it is not kept */ }
}

export function noted(name) {
  try {
    return JSON.parse(localStorage.getItem(`darkroom.${name}`))
  } catch {
    return null
  }
}
