-- About 200 000 rows, the same every time: everything is drawn from a row's number and a salt.
CREATE FUNCTION pg_temp.draw(n bigint, salt int, below int) RETURNS int STABLE LANGUAGE sql AS
  $$ SELECT ((hashint8extended(n, salt) & 2147483647) % below)::int $$;
CREATE FUNCTION pg_temp.pick(choices text[], n bigint, salt int) RETURNS text STABLE LANGUAGE sql AS
  $$ SELECT choices[1 + pg_temp.draw(n, salt, cardinality(choices))] $$;
CREATE FUNCTION pg_temp.first_name(n bigint) RETURNS text STABLE LANGUAGE sql AS
  $$ SELECT pg_temp.pick('{Amelia,Benjamin,Chiara,Dmitri,Eleanor,Farid,Greta,Hassan,Ingrid,Joaquin,Katarina,Lorenzo,
    Marguerite,Nikolai,Odette,Priya,Quentin,Rosalind,Sebastian,Theodora,Umberto,Valentina,Wilhelm,Xiomara,Yasmin,
    Zoltan,Anneliese,Bartholomew,Clementine,Demetrius}', n, 1) $$;
CREATE FUNCTION pg_temp.last_name(n bigint) RETURNS text STABLE LANGUAGE sql AS
  $$ SELECT pg_temp.pick('{Abernathy,Blackwood,Castellanos,Drummond,Eriksen,Fitzgerald,Gallagher,Hollingsworth,
    Ivanovic,Jankowski,Kowalczyk,Lindqvist,Montgomery,Nakamura,Oyelaran,Papadopoulos,Quintero,Rasmussen,Szymanski,
    Thornberry,Underhill,Vasquez,Whitcombe,Yamamoto,Zimmermann,Ashworth,Bellingham,Cunningham,Delacroix,Eastwood}',
    n, 2) $$;
CREATE FUNCTION pg_temp.email(n bigint, host text) RETURNS text STABLE LANGUAGE sql AS
  $$ SELECT lower(pg_temp.first_name(n) || '.' || pg_temp.last_name(n)) || n || '@' || host $$;
CREATE FUNCTION pg_temp.phone(n bigint) RETURNS text STABLE LANGUAGE sql AS
  $$ SELECT format('+44 20 7%s %s', lpad(pg_temp.draw(n, 3, 1000)::text, 3, '0'),
    lpad(pg_temp.draw(n, 4, 10000)::text, 4, '0')) $$;
CREATE FUNCTION pg_temp.ip(n bigint) RETURNS inet STABLE LANGUAGE sql AS
  $$ SELECT format('81.%s.%s.%s', pg_temp.draw(n, 5, 256), pg_temp.draw(n, 6, 256), pg_temp.draw(n, 7, 254) + 1)::inet $$;
CREATE FUNCTION pg_temp.secret(kind text, n bigint) RETURNS text STABLE LANGUAGE sql AS
  $$ SELECT kind || md5(kind || n) || left(md5(n || kind), 8) $$;
CREATE FUNCTION pg_temp.moment(n bigint, salt int) RETURNS timestamptz STABLE LANGUAGE sql AS
  $$ SELECT timestamptz '2025-01-01 08:00:00Z' + pg_temp.draw(n, salt, 31000000) * interval '1 second' $$;

INSERT INTO organisations
SELECT n, pg_temp.last_name(n) || ' & ' || pg_temp.last_name(n + 1000) || ' ' || pg_temp.pick('{Ltd,GmbH,Labs,Inc}', n, 8),
  lower(pg_temp.last_name(n)) || '-' || n, pg_temp.pick('{free,team,business}', n, 9)::plan,
  'billing@' || lower(pg_temp.last_name(n)) || n || '.example',
  'GB' || lpad(pg_temp.draw(n, 10, 999999999)::text, 9, '0'),
  jsonb_build_object('locale', 'en-GB', 'seats', 5 + pg_temp.draw(n, 11, 90),
    'smtp', jsonb_build_object('host', 'smtp.mailer.example', 'password', pg_temp.secret('smtp-', n)),
    'webhook', 'https://hooks.' || lower(pg_temp.last_name(n)) || n || '.example/in/' || pg_temp.secret('', n)),
  pg_temp.moment(n, 12)
FROM generate_series(1, 400) n;

INSERT INTO people
SELECT n, 1 + (n - 1) % 400, pg_temp.first_name(n), pg_temp.last_name(n), pg_temp.email(n, 'corp.example'),
  pg_temp.phone(n), date '1955-01-01' + pg_temp.draw(n, 13, 17000), '$2b$12$' || left(pg_temp.secret('', n) || md5(n::text), 53),
  CASE WHEN n <= 400 THEN 'owner' ELSE pg_temp.pick('{admin,member,member,member}', n, 14) END,
  pg_temp.ip(n), pg_temp.moment(n, 15)
FROM generate_series(1, 6000) n;

INSERT INTO customers
SELECT md5('customer' || n)::uuid, 1 + pg_temp.draw(n, 16, 400), pg_temp.first_name(n + 50000) || ' ' || pg_temp.last_name(n + 50000),
  pg_temp.email(n + 50000, pg_temp.pick('{mail.example,post.example,inbox.example}', n, 17)), pg_temp.phone(n + 50000),
  1 + pg_temp.draw(n, 18, 240) || ' ' || pg_temp.last_name(n + 60000) || ' ' || pg_temp.pick('{Street,Road,Lane,Avenue,Close}', n, 19),
  pg_temp.pick('{SW,NE,EC,LS,BS,EH}', n, 20) || 1 + pg_temp.draw(n, 21, 28) || ' ' || 1 + pg_temp.draw(n, 22, 9) || pg_temp.pick('{AB,DF,GH,JL,NP}', n, 23),
  pg_temp.pick('{London,Leeds,Bristol,Edinburgh,Manchester,Norwich}', n, 24), pg_temp.pick('{GB,GB,GB,IE}', n, 25),
  CASE WHEN n % 4 = 0 THEN 'Prefers a call on ' || pg_temp.phone(n + 50000) || '; ask for ' || pg_temp.first_name(n + 50000) || '.' END,
  pg_temp.moment(n, 26)
FROM generate_series(1, 18000) n;

INSERT INTO products
SELECT n, 'SKU-' || lpad(n::text, 5, '0'),
  pg_temp.pick('{Compact,Sturdy,Quiet,Folding,Woven}', n, 27) || ' ' || pg_temp.pick('{desk,lamp,chair,shelf,kettle}', n, 28),
  500 + pg_temp.draw(n, 29, 40000), ARRAY[pg_temp.pick('{home,office,garden}', n, 30), pg_temp.pick('{new,sale,classic}', n, 31)]
FROM generate_series(1, 250) n;

INSERT INTO orders
SELECT n, c.organisation_id, c.id, pg_temp.pick('{open,paid,shipped,shipped,refunded}', n, 32)::order_status, pg_temp.moment(n, 33)
FROM generate_series(1, 45000) n JOIN customers c ON c.id = md5('customer' || 1 + pg_temp.draw(n, 34, 18000))::uuid;

INSERT INTO order_items (order_id, line, product_id, quantity, price_cents)
SELECT n, line, p.id, 1 + pg_temp.draw(n, 35 + line, 5), p.price_cents
FROM generate_series(1, 45000) n, generate_series(1, 2) line, products p
WHERE p.id = 1 + pg_temp.draw(n, 40 + line, 250) AND (line = 1 OR n % 3 > 0);

INSERT INTO invoices
SELECT n, n, 'INV-2025-' || lpad(n::text, 6, '0'), c.full_name || ', ' || c.street || ', ' || c.city,
  'GB' || lpad(pg_temp.draw(n, 50, 99)::text, 2, '0') || 'NWBK' || lpad(pg_temp.draw(n, 51, 999999999)::text, 14, '0'),
  (1000 + pg_temp.draw(n, 52, 900000)) / 100.0, o.placed_at::date + 1
FROM generate_series(1, 20000) n JOIN orders o ON o.id = n JOIN customers c ON c.id = o.customer_id;

INSERT INTO tickets
SELECT n, c.id, 1 + pg_temp.draw(n, 53, 6000), pg_temp.pick('{"Where is my parcel?","Refund please","Wrong colour","Cannot sign in"}', n, 54),
  'Hello, this is ' || c.full_name || '. ' ||
  pg_temp.pick('{"The parcel never came.","I was charged twice.","The lamp arrived broken.","The link in your mail does not work."}', n, 55) ||
  ' Please write to ' || c.email || ' or ring ' || c.phone || '. I live at ' || c.street || ', ' || c.city || '.',
  pg_temp.moment(n, 56)
FROM generate_series(1, 8000) n JOIN customers c ON c.id = md5('customer' || 1 + pg_temp.draw(n, 57, 18000))::uuid;

INSERT INTO api_keys
SELECT n, 1 + (n - 1) % 400, 1 + (n - 1) % 400, pg_temp.pick('{production,ci,backup,reporting}', n, 58), pg_temp.secret('sd_live_', n), n % 7 = 0
FROM generate_series(1, 900) n;

INSERT INTO sessions
SELECT pg_temp.secret('sess_', n), 1 + pg_temp.draw(n, 59, 6000), pg_temp.ip(n + 70000),
  pg_temp.pick('{"Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0","Mozilla/5.0 (Macintosh) Safari/605.1.15"}', n, 60), pg_temp.moment(n, 61)
FROM generate_series(1, 7000) n;

INSERT INTO audit_log
SELECT n, p.id, pg_temp.pick('{person.login,key.create,invoice.export,settings.update}', n, 62),
  jsonb_build_object('email', p.email, 'ip', host(pg_temp.ip(n + 80000)), 'attempt', pg_temp.draw(n, 63, 4),
    'actor', jsonb_build_object('name', p.first_name || ' ' || p.last_name, 'phone', p.phone)),
  pg_temp.moment(n, 64)
FROM generate_series(1, 22000) n JOIN people p ON p.id = 1 + pg_temp.draw(n, 65, 6000);

SELECT setval(pg_get_serial_sequence(name, 'id'), highest) FROM (VALUES ('organisations', 400), ('people', 6000), ('products', 250),
  ('orders', 45000), ('invoices', 20000), ('tickets', 8000), ('api_keys', 900), ('audit_log', 22000)) AS sequences (name, highest);
ANALYZE;
