import type { StrategyName } from '../shapes.ts'
import { farther } from './farther-words.ts'
import { mentions, wordsOf } from './name-words.ts'

/**
 * What a column's name says it holds, in English, German, French, Spanish, Portuguese, Italian and
 * Dutch, without accents, and in what `farther` adds. The first line that fits decides, so the narrower
 * ones stand first.
 */
const terms: readonly (readonly [answer: StrategyName | 'place' | 'event', terms: string])[] = [
  [
    'secret',
    `password, passwd, pwd, passwort, kennwort, mot de passe, mdp, contrasena, clave, senha,
     palavra passe, parola chiave, wachtwoord, password hash, salt, secret, token, api key, apikey,
     access key, private key, secret key, session id, session key, session, otp, totp, mfa, pin, cvv, cvc,
     credential, credentials, cookie, signature, nonce, passphrase, recovery code, license key`,
  ],
  [
    'secret',
    `ssn, social security, social security number, sozialversicherungsnummer, svnr, steuernummer,
     steuer id, tax id, tax number, vat id, vat number, ust id, nif, nie, dni, cpf, cnpj, rg, nss, siret,
     codice fiscale, partita iva, bsn, national id, identity number, passport, passport number, reisepass,
     personalausweis, passeport, pasaporte, passaporte, passaporto, paspoort, paspoortnummer, iban, bic,
     account number, bank account, kontonummer, rekeningnummer, numero de cuenta, routing number,
     sort code, card number, credit card, kreditkarte, kreditkartennummer, carte de credit, ccn,
     insurance number, versicherungsnummer, driver license, driving licence, license plate, kennzeichen,
     medical record, mrn, device id, imei, imsi, mac address`,
  ],
  [
    'email',
    `email, e mail, mail, email address, mail address, courriel, correo, correo electronico, epost,
     posta elettronica, emailadres, emailadresse`,
  ],
  [
    'ip',
    `ip, ip address, ipaddress, ip addr, remote addr, client ip, last ip, host ip, sign in ip, ipv4, ipv6,
     adresse ip, direccion ip, indirizzo ip`,
  ],
  [
    'phone',
    `phone, telephone, tel, mobile, cell, cellphone, fax, phone number, msisdn, whatsapp, handy, telefon,
     telefonnummer, mobil, mobiltelefon, rufnummer, telefax, faxnummer, telefono, movil, celular, telefone,
     telemovel, cellulare, telefoon, telefoonnummer, mobiel, gsm`,
  ],
  [
    'username',
    `username, user name, login, login name, loginname, nickname, nick, handle, screen name, benutzername,
     anmeldename, nom utilisateur, nom d utilisateur, pseudo, nombre usuario, nombre de usuario,
     nome de usuario, nome utente, gebruikersnaam, twitter, github, linkedin, skype, telegram, instagram`,
  ],
  [
    'url',
    `url, website, homepage, web page, link, uri, avatar, avatar url, photo url, image url, picture url,
     webseite, site web, sitio web, pagina web, sito web`,
  ],
  [
    'postcode',
    `postcode, postal code, post code, zip, zip code, zipcode, plz, postleitzahl, code postal,
     codigo postal, cep, codice postale`,
  ],
  [
    'first_name',
    `first name, given name, forename, fname, middle name, middle initial, initials, vorname, rufname,
     prenom, primer nombre, nombre de pila, primeiro nome, nome proprio, voornaam, tussenvoegsel`,
  ],
  [
    'last_name',
    `last name, surname, family name, lname, maiden name, nachname, familienname, zuname, geburtsname,
     nom de famille, nom famille, apellido, apellidos, sobrenome, apelido, cognome, achternaam, familienaam`,
  ],
  [
    'company',
    `company, company name, organisation, organization, organisation name, organization name, employer,
     business name, legal name, trade name, firma, firmenname, unternehmen, arbeitgeber, entreprise, societe,
     raison sociale, empresa, razon social, razao social, azienda, ragione sociale, bedrijf, bedrijfsnaam,
     werkgever`,
  ],
  [
    'full_name',
    `full name, display name, real name, person name, customer name, client name, contact name,
     employee name, user full name, owner name, account holder, cardholder, card holder, holder name,
     patient name, recipient, recipient name, sender name, from name, to name, signatory, contact person,
     ship name, bill name, author, author name, composer, lyricist, artist, artist name, performer, singer, director,
     actor, player name, assignee, reviewer, approver, beneficiary, next of kin, emergency contact, spouse,
     guardian, doctor, physician, kundenname, ansprechpartner, kontoinhaber, empfanger, empfaenger, autor,
     nom complet, auteur, compositeur, destinataire, nombre completo, compositor, destinatario, nome completo,
     titular, nome cliente, compositore, autore, volledige naam, contactpersoon, klantnaam`,
  ],
  [
    'address',
    `address, address line, addr, street, street name, street address, house number, apartment, po box,
     strasse, str, hausnummer, adresse, anschrift, rue, direccion, calle, domicilio, endereco, rua, logradouro,
     indirizzo, straat, straatnaam, huisnummer, adres`,
  ],
  [
    'city',
    `city, town, district, suburb, municipality, birthplace, place of birth, hometown, stadt, wohnort,
     ort, ortsteil, bezirk, gemeinde, geburtsort, ville, commune, ciudad, localidad, municipio, barrio, cidade,
     bairro, citta, comune, quartiere, stad, woonplaats, geboorteplaats`,
  ],
  [
    'place',
    `state, province, region, county, bundesland, departement, provincia, estado, regione, provincie`,
  ],
  [
    'date',
    `birth, dob, birthday, birth date, birthdate, date of birth, born, death date, date of death,
     geburtsdatum, geburtstag, geboren, todesdatum, date de naissance, date naissance, naissance,
     fecha de nacimiento, fecha nacimiento, nacimiento, data de nascimento, data nascimento, nascimento,
     data di nascita, data nascita, nascita, geboortedatum`,
  ],
  [
    'event',
    `hire date, hired, hired at, joined, joined at, admission date, discharge date, appointment date,
     einstellungsdatum, eintrittsdatum, austrittsdatum, date embauche, fecha contratacion, data assunzione`,
  ],
  [
    'number',
    `salary, wage, income, net worth, credit score, gehalt, lohn, einkommen, salaire, revenu, salario,
     sueldo, ingresos, stipendio, reddito, salaris, inkomen, latitude, longitude, lat, lng, lon, weight kg,
     height cm, blood pressure`,
  ],
  [
    'text',
    `note, notes, comment, comments, description, message, body, content, remark, remarks, memo, bio,
     biography, about, feedback, review, text, subject, summary, details, reason, transcript, diagnosis,
     prescription, user agent, error, log, query, payload, bemerkung, bemerkungen, kommentar, notiz, notizen,
     beschreibung, nachricht, betreff, commentaire, commentaires, remarque, remarques, sujet, nota, notas,
     comentario, comentarios, descripcion, mensaje, asunto, descricao, observacao, observacoes, mensagem,
     assunto, messaggio, descrizione, oggetto, commento, opmerking, opmerkingen, omschrijving, bericht,
     onderwerp, toelichting`,
  ],
  [
    'keep',
    `country, country code, country name, nation, land, pays, pais, paese, language, locale, lang, currency, currency code,
     timezone, time zone, status, type, kind, plan, tier, role, category, priority, severity, version, color,
     colour, size, unit, sku, mime type, content type, format, method, level, genre, gender, sex, source, channel`,
  ],
]

const split = (list: string) => list.split(',').map((term) => term.trim())
const lists = terms.map(
  ([answer, list]) => [answer, [...split(list), ...split(farther[answer] ?? '')]] as const,
)

export type NameGuess = (typeof terms)[number][0]

/** What the name of a column says; undefined where it says nothing. */
export function guessByName(column: string): NameGuess | undefined {
  const words = wordsOf(column)
  return lists.find(([, list]) => list.some((term) => mentions(words, term)))?.[0]
}

const identifiers = new Set([
  'id',
  'uuid',
  'guid',
  'key',
  'code',
  'number',
  'no',
  'nr',
  'ref',
  'sku',
  'slug',
])
const generic = new Set(
  `name title label caption bezeichnung titel nom libelle titre nombre denominacion titulo nome titolo naam`.split(
    ' ',
  ),
)

/** Words after which a name is an identifier’s, whatever stands before them. */
export function isIdentifierName(column: string): boolean {
  return identifiers.has(wordsOf(column).at(-1) ?? '')
}

/** `name`, `title`, `label`: what they hold is the table’s to say. */
export function isGenericName(column: string): boolean {
  return generic.has(wordsOf(column).at(-1) ?? '')
}
