import 'reflect-metadata'
import { createHash, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { AsnConvert } from '@peculiar/asn1-schema'
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { bare } from '../authority.ts'

/**
 * One sandbox’s authority. It signs for the given hosts alone, says so itself (a critical name
 * constraint), and its key cannot leave this process: Node does not export it.
 */
export interface Authority {
  /** Good until the lease’s hard end. PEM. */
  readonly certificate: string
  /** A server’s certificate and key for one of the hosts. */
  contextFor(host: string): Promise<SecureContext>
}

interface Wanted {
  /** Shown in the certificate. */
  readonly sandbox: string
  readonly hosts: readonly string[]
  readonly from: Date
  readonly until: Date
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const nameConstraints = '2.5.29.30'
/** Reserved (RFC 2606): a permitted name of this kind permits none there is. */
const noName = 'invalid'

export type AuthorityKeys = webcrypto.CryptoKeyPair

export const newAuthorityKeys = (): Promise<AuthorityKeys> =>
  webcrypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])

/**
 * The keys may be those of an earlier one, whose certificate was good for a shorter time: who trusts
 * that one trusts this one until then.
 */
export async function createAuthority(wanted: Wanted, keys: AuthorityKeys): Promise<Authority> {
  const { sandbox, hosts, from, until } = wanted
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...{ keys, notBefore: from, notAfter: until, signingAlgorithm: algorithm },
    name: `CN=Stuntdouble ${sandbox} ${await shortName(keys)}`,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new Extension(nameConstraints, true, AsnConvert.serialize(constraintsTo(hosts))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const certificate = `${authority.toString('pem')}\n`

  async function leafFor(host: string): Promise<SecureContext> {
    const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const leaf = await X509CertificateGenerator.create({
      ...{ publicKey: own.publicKey, signingKey: keys.privateKey, signingAlgorithm: algorithm },
      ...{ notBefore: from, notAfter: until, issuer: authority.subject },
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(namesOf(host), true),
        await SubjectKeyIdentifierExtension.create(own.publicKey),
        await AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    const key = await webcrypto.subtle.exportKey('pkcs8', own.privateKey)
    return createSecureContext({
      key: pem('PRIVATE KEY', Buffer.from(key)),
      cert: `${leaf.toString('pem')}\n${certificate}`,
      minVersion: 'TLSv1.2',
    })
  }

  const contexts = new Map<string, Promise<SecureContext>>()
  return {
    certificate,
    contextFor(host) {
      const context = contexts.get(host) ?? leafFor(host)
      contexts.set(host, context)
      return context
    },
  }
}

/** Two authorities of one name and different keys would be taken for each other. */
async function shortName({ publicKey }: AuthorityKeys): Promise<string> {
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', publicKey))
  return createHash('sha256').update(spki).digest('hex').slice(0, 8)
}

const isAddress = (host: string) => isIP(bare(host)) !== 0

const namesOf = (host: string): JsonGeneralNames =>
  isAddress(host) ? [{ type: 'ip', value: bare(host) }] : [{ type: 'dns', value: host }]

/** A kind of name of which none is permitted would be unconstrained: each kind is named. */
function constraintsTo(hosts: readonly string[]): NameConstraints {
  const addresses = hosts.filter(isAddress).map(rangeOf)
  const names = hosts.filter((host) => !isAddress(host))
  const permitted = [
    ...(names.length > 0 ? names : [noName]).map((dNSName) => new GeneralName({ dNSName })),
    ...addresses.map((iPAddress) => new GeneralName({ iPAddress })),
    ...[new GeneralName({ rfc822Name: noName })],
  ]
  const everyAddress = ['0.0.0.0/0', '::/0'].map((iPAddress) => new GeneralName({ iPAddress }))
  return new NameConstraints({
    permittedSubtrees: treesOf(permitted),
    ...(addresses.length === 0 && { excludedSubtrees: treesOf(everyAddress) }),
  })
}

const rangeOf = (host: string) => `${bare(host)}/${isIP(bare(host)) === 4 ? 32 : 128}`

const treesOf = (names: readonly GeneralName[]) =>
  new GeneralSubtrees(names.map((base) => new GeneralSubtree({ base })))

const pem = (label: string, der: Buffer) =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`
