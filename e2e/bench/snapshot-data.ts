/** Bytes of COPY text that one customer brings along, with purchases and events; measured. */
const bytesPerCustomer = 2034

export const customersIn = (bytes: number) => Math.max(100, Math.round(bytes / bytesPerCustomer))

export const bigTables = ['shop.customer', 'shop.purchase', 'shop.event'] as const

/** Half of all columns hold somebody's. Each customer has four purchases and eight events. */
export const bigSql = (customers: number) => `
CREATE SCHEMA shop;
CREATE TABLE shop.customer (
  id bigint NOT NULL, email text NOT NULL, name text NOT NULL, phone text, address text, city text,
  plan text NOT NULL, locale text NOT NULL, joined timestamptz NOT NULL, score int NOT NULL);
CREATE TABLE shop.purchase (
  id bigint NOT NULL, customer_id bigint NOT NULL, receipt text NOT NULL, card text NOT NULL, ip inet NOT NULL,
  reference uuid NOT NULL, amount numeric(10,2) NOT NULL, note text);
CREATE TABLE shop.event (
  id bigint NOT NULL, customer_id bigint NOT NULL, who text NOT NULL, session text NOT NULL, address inet NOT NULL,
  at timestamptz NOT NULL, path text NOT NULL, device text NOT NULL, login text NOT NULL, bytes int NOT NULL);
INSERT INTO shop.customer SELECT i, 'person' || i || '.' || left(md5(i::text), 6) || '@mail' || i % 90 || '.net',
  initcap(translate(left(md5('f' || i), 7), '0123456789', 'ghijklmnop')) || ' ' || initcap(translate(left(md5('l' || i), 9), '0123456789', 'ghijklmnop')),
  '+49 ' || 150 + i % 29 || ' ' || 1000000 + i::bigint * 7919 % 8999999, (i % 300) || ' ' || initcap(translate(left(md5('s' || i % 5000), 8), '0123456789', 'ghijklmnop')) || ' Road',
  initcap(translate(left(md5('c' || i % 900), 7), '0123456789', 'ghijklmnop')),
  (ARRAY['free','team','firm'])[1 + i % 3], (ARRAY['de-DE','en-US','fr-FR'])[1 + i % 3], timestamptz '2019-01-01' + i * interval '7 min', i % 1000
  FROM generate_series(1, ${customers}) i;
INSERT INTO shop.purchase SELECT i, 1 + i % ${customers}, 'buyer' || i || '@post' || i % 70 || '.org', 4000000000000000 + i::bigint * 7919, ('10.' || i % 250 || '.' || i / 250 % 250 || '.' || i % 251)::inet,
  md5('r' || i)::uuid, (i % 100000) / 100.0, 'Ring ' || left(md5('n' || i), 8) || ' before noon, gate code ' || i % 9999
  FROM generate_series(1, ${4 * customers}) i;
INSERT INTO shop.event SELECT i, 1 + i % ${customers}, 'user' || i % 99991 || '@mail' || i % 90 || '.net', md5('t' || i), ('172.16.' || i % 250 || '.' || i % 251)::inet,
  timestamptz '2024-01-01' + i * interval '1 s', '/shop/item/' || i % 5000 || '?page=' || i % 20, 'Mozilla/5.0 (X11; Linux x86_64) Gecko/' || i % 60, 'login' || i % 100003, i % 20000
  FROM generate_series(1, ${8 * customers}) i;
ALTER TABLE shop.customer ADD PRIMARY KEY (id);
ALTER TABLE shop.purchase ADD PRIMARY KEY (id);
ALTER TABLE shop.event ADD PRIMARY KEY (id);
CREATE INDEX ON shop.customer (email);
CREATE INDEX ON shop.purchase (customer_id);
CREATE INDEX ON shop.event (customer_id, at);
ALTER TABLE shop.purchase ADD FOREIGN KEY (customer_id) REFERENCES shop.customer;
ALTER TABLE shop.event ADD FOREIGN KEY (customer_id) REFERENCES shop.customer;
ANALYZE;`

export const bigPolicy = `
shop.customer: { id: keep, email: email, name: full_name, phone: phone, address: address, city: city, plan: keep, locale: keep, joined: keep, score: keep }
shop.purchase: { id: keep, customer_id: keep, receipt: email, card: secret, ip: ip, reference: keep, amount: keep, note: text }
shop.event: { id: keep, customer_id: keep, who: email, session: secret, address: ip, at: date, path: keep, device: keep, login: username, bytes: keep }
`

export const narrowSql = (rows: number) => `
CREATE SCHEMA narrow;
CREATE TABLE narrow.reading (id bigint PRIMARY KEY, owner text NOT NULL, kind text NOT NULL, value int NOT NULL);
INSERT INTO narrow.reading SELECT i, 'owner' || i || '@mail' || i % 90 || '.net', 'kind' || i % 7, i % 1000 FROM generate_series(1, ${rows}) i;
ANALYZE narrow.reading;`

export const narrowPolicy = `
narrow.reading: { id: keep, owner: email, kind: keep, value: keep }
`
