import { expect, test } from 'vitest'
import { portsIn } from './listening.ts'

const table = `
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1
   1: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 2
   2: 0100007F:0BB9 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 3
   3: 0200007F:0BBA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 0 0
   1: 00000000000000000000000000000000:1435 00000000000000000000000000000000:0000 0A 0 0
   2: 00000000000000000000000001000000:0BBB 00000000000000000000000000000000:0000 0A 0 0
`

test('ports that listen where 127.0.0.1 leads are found, once and in order', () => {
  expect(portsIn(table)).toEqual([3000, 5173, 8080])
})

test('whatever else is in its place says nothing', () => {
  expect(portsIn('cat: /proc/net/tcp: No such file\n0A 0A 0A 0A\n')).toEqual([])
})
