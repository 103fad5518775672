import { InvalidArgumentError } from 'commander'

export function port(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= 65_535) return number
  throw new InvalidArgumentError('Write a port from 0 to 65535; 0 takes any that is free.')
}
