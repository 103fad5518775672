import { expect, test } from 'vitest'
import { SharedWork } from './image-work.ts'

const never = new AbortController().signal

test('work that several want is done once, and each sees its progress', async () => {
  const shared = new SharedWork()
  const seen: string[] = []
  let runs = 0
  const join = (who: string) =>
    shared.join('image', {
      signal: never,
      onProgress: ({ message }) => seen.push(`${who} ${message}`),
      work: async (tell) => {
        runs += 1
        await Promise.resolve()
        tell({ phase: 'build', message: 'half' })
      },
    })
  await Promise.all([join('a'), join('b')])

  expect(runs).toBe(1)
  expect(seen).toEqual(['a half', 'b half'])
})

test('a caller that gives up leaves the others be; the last to leave ends the work', async () => {
  const shared = new SharedWork()
  const ended = Promise.withResolvers<void>()
  const first = new AbortController()
  const second = new AbortController()
  const join = ({ signal }: AbortController) =>
    shared.join('image', {
      signal,
      onProgress: () => {},
      work: (_, stop) =>
        new Promise((_, reject) => {
          stop.addEventListener('abort', () => {
            ended.resolve()
            reject(stop.reason)
          })
        }),
    })
  const [one, two] = [join(first), join(second)]
  first.abort(new Error('first left'))
  await expect(one).rejects.toThrow('first left')
  second.abort(new Error('second left'))
  await expect(two).rejects.toThrow('second left')
  await ended.promise
})

test('work that failed is tried again by the next caller', async () => {
  const shared = new SharedWork()
  let runs = 0
  const work = async () => {
    runs += 1
    if (runs === 1) throw new Error('no mirror')
  }
  const joining = { work, onProgress: () => {}, signal: never }

  await expect(shared.join('image', joining)).rejects.toThrow('no mirror')
  await shared.join('image', joining)
  expect(runs).toBe(2)
})
