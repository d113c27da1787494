// Small helpers around the document.

export const at = id => document.getElementById(id)

/** Makes an element: properties that begin with "on" are listeners, what the element knows is set, all else is an attribute. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name in element) element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false))
  return element
}

let last = ''

/** Tells those who do not see the page what has happened; the same twice is told once. */
export function tell(text) {
  if (text !== last) at('live').textContent = last = text
}

/** Shows for a moment, on the button itself, that it has done its work. */
export function confirm(button, text) {
  const before = button.textContent
  button.textContent = text
  tell(text)
  setTimeout(() => { button.textContent = before }, 1500)
}
