// The worker's key: asked for when the worker wants one, kept as long as this tab is open, never in an address.
import { at } from './dom.js'

const NAME = 'darkroom.key' // as on the page of the worker's status
let asked = null

export const key = () => sessionStorage.getItem(NAME) ?? ''

/** Asks for the key; true once there is one. Calls that come meanwhile wait for the same answer. */
export function askForKey(wasWrong) {
  asked ??= ask(wasWrong).finally(() => { asked = null })
  return asked
}

function ask(wasWrong) {
  const dialog = at('key-dialog')
  at('key-error').textContent = wasWrong ? 'This key is not the worker’s.' : ''
  at('key').value = ''
  at('key-later').onclick = () => dialog.close('')
  dialog.returnValue = ''
  dialog.showModal()
  at('key').focus()
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      const given = dialog.returnValue === 'use' ? at('key').value.trim() : ''
      if (given !== '') sessionStorage.setItem(NAME, given)
      else if (wasWrong) sessionStorage.removeItem(NAME)
      resolve(given !== '')
    }, { once: true })
  })
}
