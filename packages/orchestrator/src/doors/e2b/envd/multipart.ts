import type { IncomingMessage } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { SandboxError } from '@stuntdouble/sdk/errors'

const mostFiles = 1000

type Take = (name: string, body: Readable) => Promise<void>

/** Hands on each file of a form, one after the other, as it comes. Throws `usage` for what is no form. */
export async function eachFile(request: IncomingMessage, take: Take): Promise<void> {
  const form = openForm(request)
  const done = Promise.withResolvers<void>()
  let last: Promise<void> = Promise.resolve()
  form.on('file', (_field, body, name) => {
    // It waits its turn; what is not read holds back the form, and the form its sender.
    const waiting = new PassThrough()
    body.on('error', (cause) => waiting.destroy(cause))
    body.pipe(waiting)
    last = last.then(() => take(name, waiting))
    last.catch((cause) => {
      body.resume()
      done.reject(cause)
    })
  })
  form.on('filesLimit', () => done.reject(badForm('it has too many files')))
  form.on('error', (cause) => done.reject(badForm((cause as Error).message)))
  form.on('finish', () => void last.then(done.resolve, done.reject))
  request.on('close', () => {
    if (!request.complete) form.destroy(new Error('it broke off'))
  })
  request.pipe(form)
  await done.promise
}

function openForm({ headers }: IncomingMessage) {
  try {
    return new Busboy({
      headers: headers as BusboyHeaders,
      preservePath: true,
      limits: { files: mostFiles, fields: 16, fieldSize: 4096, parts: mostFiles + 16 },
    })
  } catch (cause) {
    throw badForm((cause as Error).message)
  }
}

const badForm = (why: string) =>
  new SandboxError('usage', `The form with files cannot be read: ${why}.`, {
    hint: 'Send multipart/form-data with a part for each file, or application/octet-stream with ?path=.',
  })
