import { expect, test } from 'vitest'
import { databaseClients } from './database-client.ts'

const programsOf = (url: string) => databaseClients({ url }).map(({ program }) => program)

test('a database is opened with the client of its kind', () => {
  expect(programsOf('postgres://app:pw@127.0.0.1:5432/shop')).toEqual(['psql'])
  expect(programsOf('mysql://app:pw@127.0.0.1:3306/shop')).toEqual(['mariadb', 'mysql'])
  expect(programsOf('redis://app:pw@127.0.0.1:6379/0')).toEqual(['redis-cli'])
})

test.each(['postgres', 'mysql', 'redis'])(
  'the password of a %s database stands in no argument',
  (scheme) => {
    for (const { args, env } of databaseClients({ url: `${scheme}://app:s%40cret@h:1/shop%20a` })) {
      expect(args.join(' ')).not.toContain('s@cret')
      expect(Object.values(env)).toContain('s@cret')
      expect([...args, ...Object.values(env)].join(' ')).toContain('shop a')
    }
  },
)
