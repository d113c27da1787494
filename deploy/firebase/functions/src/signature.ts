import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** How old a signed webhook may be, in seconds; also how far ahead the worker's clock may run. */
export const TOLERANCE = 300

/**
 * Whether a webhook was signed by whoever knows the secret, just now. The header is `t=<unix seconds>,v1=<hex>`, and the signature
 * HMAC-SHA256 of `<t>.<raw body>`. More than one `v1` may be there while a secret is being changed. White space around the secret, such as
 * the newline of a file, is no part of it, here as for the worker.
 */
export function isSigned(header: string | undefined, body: Buffer, secret: string, now: number = Date.now()): boolean {
  const key = secret.trim()
  const fields = (header ?? '').split(',').map(field => field.trim())
  const time = fields.find(field => field.startsWith('t='))?.slice(2) ?? ''
  if (key === '' || !/^\d{1,12}$/.test(time) || Math.abs(now / 1000 - Number(time)) > TOLERANCE) {
    return false
  }
  const expected = createHmac('sha256', key).update(`${time}.`).update(body).digest()
  return fields
    .filter(field => /^v1=[0-9a-f]{64}$/.test(field))
    .some(field => timingSafeEqual(Buffer.from(field.slice(3), 'hex'), expected))
}

/** An unguessable word for the address of one job's webhook. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a token: enough to know it again, nothing to call with. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Whether a token is the one that was hashed, told in a time that does not depend on where they differ. */
export function isToken(token: string, hash: string): boolean {
  return /^[0-9a-f]{64}$/.test(hash) && timingSafeEqual(Buffer.from(hashOf(token), 'hex'), Buffer.from(hash, 'hex'))
}
