import { describe, expect, test } from 'vitest'
import { isCardNumber, isIban } from './checksums.ts'
import { guessByName } from './column-words.ts'
import { mentions, singular, wordsOf } from './name-words.ts'
import { isChoice, isProse, spreadOf } from './spread.ts'
import { subjectOf } from './table-words.ts'
import { guessByContent } from './values.ts'

describe('names of columns', () => {
  test('are read word by word, in every spelling', () => {
    expect(wordsOf('customerFirstName_2')).toEqual(['customer', 'first', 'name'])
    expect(wordsOf('IPAddress')).toEqual(['ip', 'address'])
    expect(wordsOf('Straße-Nr')).toEqual(['strasse', 'nr'])
    expect(wordsOf('PRÉNOM')).toEqual(['prenom'])
  })

  test('mention whole words only', () => {
    expect(mentions(['company'], 'pan')).toBe(false)
    expect(mentions(['firstname'], 'first name')).toBe(true)
    expect(mentions(['billing', 'postalcode'], 'postal code')).toBe(true)
  })

  test.each([
    ['email', 'email_address contactEmail E-Mail correo_electronico epost emailadres'],
    ['phone', 'phone Telefonnummer movil telefone cellulare telefoon fax_number home_phone'],
    ['first_name', 'first_name firstName Vorname prenom primer_nombre primeiro_nome voornaam'],
    [
      'last_name',
      'last_name surname Nachname nom_de_famille apellidos sobrenome cognome achternaam',
    ],
    [
      'full_name',
      'full_name customer_name Ansprechpartner nom_complet nombre_completo contactpersoon',
    ],
    ['username', 'username login benutzername nom_utilisateur nombre_usuario gebruikersnaam'],
    ['address', 'address1 street Straße rue direccion endereco indirizzo straat billing_address'],
    ['city', 'city Wohnort ville ciudad cidade citta woonplaats district'],
    ['postcode', 'zip postal_code PLZ code_postal codigo_postal cep shippingPostcode'],
    ['company', 'company_name Firma entreprise razon_social empresa ragione_sociale bedrijfsnaam'],
    [
      'date',
      'dob birth_date Geburtsdatum date_naissance fecha_nacimiento data_nascita geboortedatum',
    ],
    ['secret', 'password password_hash api_key Passwort mot_de_passe contrasena senha wachtwoord'],
    ['secret', 'ssn iban credit_card passport_number steuernummer cpf codice_fiscale bsn'],
    ['ip', 'ip last_login_ip remote_addr client_ip ip_address'],
    ['url', 'website avatar_url homepage'],
    ['text', 'notes comment Bemerkungen commentaire observacoes messaggio opmerking'],
    ['keep', 'status country_code currency locale'],
  ])('say %s: %s', (answer, names) => {
    for (const name of names.split(' ')) expect([name, guessByName(name)]).toEqual([name, answer])
  })

  test.each(['compensation', 'spinner', 'footer', 'zipper', 'keyboard', 'ortho', 'id', 'quantity'])(
    'that merely contain such a word say nothing: %s',
    (name) => expect(guessByName(name)).toBeUndefined(),
  )
})

test('tables are about people, companies or things, by their last telling word', () => {
  expect(['customers', 'app_users', 'Mitarbeiter', 'employes'].map(subjectOf)).toEqual(
    Array(4).fill('people'),
  )
  expect(['suppliers', 'Firmen'].map(subjectOf)).toEqual(['companies', 'companies'])
  expect(['categories', 'customer_type', 'films'].map(subjectOf)).toEqual(Array(3).fill('things'))
  expect(subjectOf('xyz')).toBe('unknown')
})

test.each([
  ['categories', 'category'],
  ['addresses', 'address'],
  ['users', 'user'],
  ['boss', 'boss'],
])('%s without its plural is %s', (plural, word) => {
  expect(singular(plural)).toBe(word)
})

describe('check digits', () => {
  test('of cards are checked', () => {
    expect(['4111 1111 1111 1111', '5555555555554444', '378282246310005'].every(isCardNumber)).toBe(
      true,
    )
    expect(['4111 1111 1111 1112', '1234567890123', '4111'].some(isCardNumber)).toBe(false)
  })

  test('of bank accounts are checked', () => {
    expect(['DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819'].every(isIban)).toBe(true)
    expect(['DE89 3704 0044 0532 0130 01', 'GB29', 'hello'].some(isIban)).toBe(false)
  })
})

describe('values', () => {
  test.each([
    ['email', ['a.b@shop.org', 'x@y.de']],
    ['secret', ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a']],
    ['secret', ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'x']],
    ['secret', ['DE89370400440532013000', 'GB29NWBK60161331926819']],
    ['secret', ['4111111111111111', '5555555555554444']],
    ['secret', ['8cb2237d0679ca88db6464eac60da96345513964', '5f4dcc3b5aa765d61d8327deb882cf99']],
    ['url', ['https://a.example/x', 'http://b.example']],
    ['ip', ['10.1.2.3', '2001:db8::1']],
    ['uuid', ['123e4567-e89b-42d3-a456-426614174000', '123E4567-E89B-42D3-A456-426614174001']],
    ['phone', ['+49 711 2842222', '(403) 262-3443']],
    ['address', ['47 MySakila Drive', 'Theodor-Heuss-Straße 34', '12, rue de la Paix']],
    ['full_name', ['Mary Smith', 'GONÇALVES, LUIS', 'Jean-Luc Picard', 'Anna Ørsted']],
  ])('look like %s: %j', (answer, values) => {
    expect(guessByContent(values)?.answer).toBe(answer)
  })

  test.each([
    [['active', 'inactive', 'pending']],
    [['2022-02-15', '2021-01-01']],
    [['12:30:00', '09:15:22']],
    [['Deleted Scenes', 'Trailers']],
    [['academy-dinosaur-of-the-seas', 'ace-goldfinger-returns']],
    [['12345', '99']],
    [[]],
  ])('that are nobody’s look like nothing: %j', (values) => {
    expect(guessByContent(values)).toBeUndefined()
  })

  test('are a choice when few come again and again, prose when long and all different', () => {
    const statuses = Array.from(
      { length: 100 },
      (_, index) => ['open', 'closed'][index % 2] as string,
    )
    const notes = Array.from({ length: 20 }, (_, index) => `call them back about case ${index}`)
    expect([isChoice(spreadOf(statuses)), isProse(spreadOf(statuses))]).toEqual([true, false])
    expect([isChoice(spreadOf(notes)), isProse(spreadOf(notes))]).toEqual([false, true])
    expect(isChoice(spreadOf([]))).toBe(false)
  })
})

test.each([
  ['nazwisko', 'last_name'],
  ['fornamn', 'first_name'],
  ['Dogum_Tarihi', 'date'],
  ['tc_kimlik_no', 'secret'],
  ['Фамилия', 'last_name'],
  ['электронная_почта', 'email'],
  ['姓名', 'full_name'],
  ['電話番号', 'phone'],
  ['genre_id', 'keep'],
] as const)('a column called %s is told in its own language', (name, answer) => {
  expect(guessByName(name)).toBe(answer)
})
