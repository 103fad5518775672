import type { Attack } from '../attack.ts'

/** The children wait a while and leave by themselves, so that there is room again afterwards. */
export const forks = (limit: number): Attack => ({
  family: 'exhaustion',
  title: 'forks until something gives',
  script: `
python3 - <<'END'
import os, time
n = 0
try:
    while n < ${limit + 100}:
        if os.fork() == 0:
            time.sleep(4); os._exit(0)
        n += 1
except OSError:
    pass
if n > 0: print('CONTROL')
print('REACHED', n)
if n > ${limit}: print('WON', n, 'processes')
END
sleep 5`,
})

/** Asks for more than it was given, and touches every page. */
export const devours = (limitBytes: number): Attack => ({
  family: 'exhaustion',
  title: 'eats all the memory there is',
  script: `
python3 -c 'b = b"x" * (8 << 20)' && echo CONTROL
python3 -c 'b = b"x" * ${limitBytes + 64 * 1024 ** 2}' 2>/dev/null && echo 'WON more memory than its limit'
true`,
})
