import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'fatal' | 'debug'>

/** JSON lines on stderr. What could carry a token or a password is cut out by name as a second net. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: {
        paths: [
          'token',
          'url',
          'password',
          'key',
          '*.token',
          '*.url',
          '*.password',
          '*.key',
          'req.headers',
        ],
        censor: '[cut]',
      },
    },
    pino.destination(2),
  )
}
