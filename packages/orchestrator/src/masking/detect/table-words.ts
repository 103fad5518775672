import { singular, wordsOf } from './name-words.ts'

/** Whom or what a table's rows are. */
export type Subject = 'people' | 'companies' | 'things' | 'unknown'

const people =
  listed(`user, customer, client, employee, staff, person, people, member, contact, patient,
  student, teacher, author, actor, artist, player, passenger, driver, subscriber, lead, participant, guest,
  visitor, candidate, applicant, agent, owner, profile, parent, child, beneficiary, doctor, nurse, tenant,
  resident, citizen, attendee, recipient, follower, friend, identity, human, worker, rep, kunde, kunden,
  mitarbeiter, benutzer, nutzer, personen, schuler, patienten, utilisateur, employe, personne, adherent,
  cliente, empleado, usuario, persona, alumno, paciente, funcionario, utilizador, pessoa, aluno, dipendente,
  utente, paziente, klant, klanten, medewerker, gebruiker, persoon, personeel`)

const companies =
  listed(`company, organisation, organization, supplier, vendor, firm, merchant, partner,
  account, employer, agency, business, manufacturer, shipper, carrier, firma, firmen, unternehmen, lieferant,
  lieferanten, entreprise, societe, fournisseur, empresa, proveedor, fornecedor, azienda, fornitore, bedrijf,
  leverancier`)

const things =
  listed(`product, item, article, film, movie, track, album, song, genre, category, type, media,
  playlist, language, currency, country, tag, role, permission, plan, feature, status, level, unit, color, size,
  brand, book, course, lesson, material, ingredient, recipe, game, show, episode, season, part, model, vehicle,
  skill, topic, subject, format, region, continent, department, warehouse, store, inventory, setting, migration,
  produkt, artikel, kategorie, sprache, wahrung, land, produit, categorie, langue, pays, devise, producto,
  categoria, idioma, pais, moneda, produto, moeda, prodotto, lingua, paese, valuta, taal`)

/** By the last telling word: `customer_type` is about types, `product_owner` about owners. */
export function subjectOf(table: string): Subject {
  for (const word of wordsOf(table).map(singular).reverse()) {
    if (people.has(word)) return 'people'
    if (companies.has(word)) return 'companies'
    if (things.has(word)) return 'things'
  }
  return 'unknown'
}

function listed(list: string): ReadonlySet<string> {
  return new Set(list.split(',').map((word) => singular(word.trim())))
}
